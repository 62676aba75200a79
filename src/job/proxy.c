/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that a command leads to (ProxyCommand): the command's child stays as
 * long as the link does, and what it said goes with what went wrong.
 */
#include "base/base.h"

#include <sys/wait.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

#define START_NS (10 * NS_PER_S)

const char *proxy_command(const struct hostrun *h)
{
	return hostrun_hop(h, 0)->reach.proxy_command;
}

bool proxy_start(struct hostrun *h, struct err *err)
{
	const struct msg_proxy_start m = {.command =
						  bytes_str(proxy_command(h))};

	h->proxy_end[0] = h->proxy_said[0] = '\0';
	if (zygote_spawn(h->engine->config.zygote, CHILD_PROXY, -1, &h->child,
			 err) != ERR_OK)
		return false;
	h->limit_ns = time_mono_ns() + START_NS;
	return hostrun_send(h, MSG_PROXY_START, &m);
}

void proxy_keep(struct hostrun *h)
{
	h->proxy = h->child;
	h->child = (struct child){0};
	(void)snprintf(h->address, sizeof h->address, "by command %s",
		       shown_str(proxy_command(h)).s);
	log_line(LOG_INFO, "job", "%s: %s", h->host->name, h->address);
}

static void take(struct hostrun *h, const struct msg_proxy_said *m)
{
	int status = (int)m->status;

	(void)snprintf(h->proxy_said, sizeof h->proxy_said, "%s",
		       shown_line(m->said).s);
	if (m->ended && WIFSIGNALED(status))
		(void)snprintf(h->proxy_end, sizeof h->proxy_end,
			       "was killed by signal %d", WTERMSIG(status));
	else if (m->ended)
		(void)snprintf(h->proxy_end, sizeof h->proxy_end,
			       "ended with status %d", WEXITSTATUS(status));
}

void proxy_hear(struct hostrun *h)
{
	struct msg_proxy_said m;
	struct frame f;
	struct err err;
	bool got = true;

	if (!h->proxy.id)
		return;
	if (chan_fill(&h->proxy.chan, &err) != ERR_OK)
		h->proxy.chan.eof = true;
	while (chan_next(&h->proxy.chan, &f, &got, &err) == ERR_OK && got)
		if (msg_read(&f, MSG_PROXY_SAID, &m, &err) == ERR_OK)
			take(h, &m);
	if (!h->proxy.chan.eof)
		return;
	if (!h->proxy_end[0])
		(void)snprintf(h->proxy_end, sizeof h->proxy_end, "is gone");
	proxy_drop(h);
}

/* Whether the command may be the reason: always, until the host has spoken. */
static bool is_about_the_way(const struct hostrun *h, const struct err *err)
{
	if (!proxy_command(h) || h->hop)
		return false;
	if (h->phase == HOST_CONNECTING || h->phase == HOST_HANDSHAKE)
		return err->code == ERR_NET || err->code == ERR_TIMEOUT ||
		       err->code == ERR_REMOTE;
	return (err->code == ERR_NET || err->code == ERR_TIMEOUT) &&
	       (h->proxy_end[0] || h->proxy_said[0]);
}

void proxy_explain(struct hostrun *h, struct err *err)
{
	size_t n = strlen(err->msg);

	proxy_hear(h);
	if (!is_about_the_way(h, err))
		return;
	(void)snprintf(err->msg + n, sizeof err->msg - n,
		       "; its ProxyCommand %.40s%s%.200s",
		       h->proxy_end[0] ? h->proxy_end : "runs",
		       h->proxy_said[0] ? " and said: " : " and said nothing",
		       h->proxy_said);
}

void proxy_drop(struct hostrun *h)
{
	if (!h->proxy.id)
		return;
	zygote_kill(h->engine->config.zygote, &h->proxy);
	chan_release(&h->proxy.chan);
	h->proxy = (struct child){0};
}
