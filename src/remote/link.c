/* SPDX-License-Identifier: Apache-2.0 */
/* The link child's main: its orders, its jail, and the phases in order. */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>

#include "base/hash.h"
#include "base/jail.h"
#include "base/keystream.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "base/warm.h"
#include "remote/kexinit.h"
#include "remote/escalate.h"
#include "remote/link.h"
#include "remote/reach.h"
#include "remote/remote.h"

#define MEMORY_MAX (UINT64_C(1) << 30)
#define ORDERS_NS  (600 * NS_PER_S) /* a passphrase may be typed meanwhile */

void remote_warm_up(void)
{
	hash_lib_init();
	keystream_init();
	if (libssh2_init(0) != 0)
		BUG("libssh2 does not start");
	warm_crypto();
}

const char *remote_library(void)
{
	static char name[64];

	(void)snprintf(name, sizeof name, "libssh2 %s", libssh2_version(0));
	return name;
}

static uint64_t or_default(uint64_t given, uint64_t otherwise, uint64_t most)
{
	return MIN(given ? given : otherwise, most);
}

static bool take_str(struct bytes b, char *out, size_t room)
{
	if (b.n >= room || (b.n && memchr(b.p, '\0', b.n)))
		return false;
	(void)snprintf(out, room, "%.*s", (int)b.n, (const char *)b.p);
	return true;
}

/* The last one stays the last: it is the host itself. */
static enum err_code read_hop(struct link *l, const struct msg_link_jump *m,
			      struct err *err)
{
	struct hop *hop = &l->hops[l->n_hops ? l->n_hops - 1 : 0];
	char methods[METHODS_LEN_MAX];

	if (l->n_hops == LINK_HOPS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d servers on the way",
			       REACH_JUMPS_MAX);
	if (l->n_hops)
		l->hops[l->n_hops] = *hop;
	*hop = (struct hop){.port = (uint16_t)m->port};
	if (m->port > UINT16_MAX || !take_str(m->host, hop->host, sizeof hop->host) ||
	    !take_str(m->user, hop->user, sizeof hop->user) ||
	    !take_str(m->host_key_types, hop->host_key_types,
		      sizeof hop->host_key_types) ||
	    !take_str(m->methods, methods, sizeof methods))
		return err_set(err, ERR_LIMIT, "orders that are too long");
	(void)text_into(hop->name, sizeof hop->name, m->name);
	hop->methods = xstrdup(methods[0] ? methods : REACH_METHODS);
	l->n_hops++;
	return ERR_OK;
}

static enum err_code read_start(struct link *l, struct err *err)
{
	struct msg_link_jump jump;
	struct msg_link_start m;
	struct frame f;
	enum err_code code =
		chan_wait(&l->chan, &f, deadline_in(ORDERS_NS, NULL), err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_LINK_START, &m, err);
	if (code != ERR_OK)
		return code;
	jump = (struct msg_link_jump){.host = m.host,
				      .port = m.port,
				      .user = m.user,
				      .host_key_types = m.host_key_types,
				      .methods = m.methods};
	code = read_hop(l, &jump, err);
	if (code != ERR_OK)
		return code;
	l->handshake_ms = or_default(m.handshake_ms, 15000, 3600000);
	l->auth_ms = or_default(m.auth_ms, 30000, 3600000);
	l->placing_ms = or_default(m.placing_ms, 120000, 3600000);
	l->idle_ms = or_default(m.idle_ms, 30000, 86400000);
	l->keepalive_s = or_default(m.keepalive_s, 5, 3600);
	l->probe_largest = m.probe_largest;
	l->no_probe = m.no_probe;
	l->may_ask_password = m.may_ask_password;
	l->looks_only = m.looks_only;
	l->ahead = m.ahead;
	code = escalate_find(m.escalate, &l->escalate, err);
	l->tty = escalate_wants_tty(l->escalate);
	return code;
}

static enum err_code enter_jail(struct link *l, struct err *err)
{
	struct jail_limits limits = {.memory_bytes = MEMORY_MAX};
	/* A place for the pipe that may come, since there are no more later. */
	int place = fcntl(l->chan.fd, F_DUPFD_CLOEXEC, 3);
	int keep[] = {l->chan.fd, l->sock, log_fd(), place};
	struct jail_report report;
	struct msg_link_jailed m;
	char what[128];
	enum err_code code =
		jail_enter(&limits, keep, ARRAY_SIZE(keep), &report, err);

	close_fd(place);
	if (code != ERR_OK)
		return code;
	m.what = bytes_str(jail_describe(&report, what, sizeof what));
	return link_send(l, MSG_LINK_JAILED, &m, err);
}

/* The engine may name the keys while the handshake is under way, or later,
 * when a person has unlocked something. */
static enum err_code read_key(struct link *l, const struct msg_link_key *m,
			      struct err *err)
{
	struct hop *hop;

	if (m->hop >= l->n_hops)
		return err_set(err, ERR_FORMAT, "a key for nobody");
	hop = &l->hops[m->hop];
	if (m->blob.n == 0 || hop->n_keys == LINK_KEYS_MAX)
		return ERR_OK;
	if (!hop->keys)
		hop->keys = xcalloc(LINK_KEYS_MAX, sizeof *hop->keys);
	struct link_key *key = &hop->keys[hop->n_keys++];

	*key = (struct link_key){.blob = xmemdup(m->blob.p, m->blob.n),
				 .n = m->blob.n};
	(void)text_into(key->name, sizeof key->name, m->name);
	return ERR_OK;
}

static enum err_code read_keys(struct link *l, struct err *err)
{
	struct deadline d = deadline_in(ORDERS_NS, NULL);

	link_watchdog(0);
	for (;;) {
		struct msg_link_jump jump;
		struct msg_link_key key;
		struct frame f;
		enum err_code code = chan_wait(&l->chan, &f, d, err);

		if (code == ERR_OK && f.type == MSG_LINK_GO)
			return code;
		if (code == ERR_OK && f.type == MSG_LINK_JUMP) {
			code = msg_read(&f, MSG_LINK_JUMP, &jump, err);
			if (code == ERR_OK)
				code = read_hop(l, &jump, err);
		} else if (code == ERR_OK) {
			code = msg_read(&f, MSG_LINK_KEY, &key, err);
			if (code == ERR_OK)
				code = read_key(l, &key, err);
		}
		if (code != ERR_OK)
			return code;
	}
}

/* Into each server on the way, nearest first, and into the host itself. */
static enum err_code log_in(struct link *l, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < l->n_hops; i++)
		l->hops[i].link = l;
	l->at = l->hops;
	for (;;) {
		code = link_handshake(l, err);
		if (code == ERR_OK)
			code = link_authenticate(l, err);
		if (code != ERR_OK || l->at == &l->hops[l->n_hops - 1])
			return code;
		code = hop_on(l, err);
		if (code != ERR_OK)
			return code;
	}
}

/* With a probe, or the shell where there is none. */
static enum err_code work(struct link *l, struct err *err)
{
	enum err_code code = l->no_probe
				     ? err_set(err, ERR_UNSUPPORTED, "%s", "")
				     : link_place(l, err);

	if (code == ERR_UNSUPPORTED)
		code = link_shell(l, err);
	return code == ERR_OK ? link_relay(l, err) : code;
}

static enum err_code run(struct link *l, struct err *err)
{
	enum err_code code = read_start(l, err);
	bool ready;

	if (code == ERR_OK)
		code = enter_jail(l, err);
	if (code == ERR_OK)
		code = read_keys(l, err);
	if (code == ERR_OK)
		code = log_in(l, err);
	ready = code == ERR_OK;
	if (ready && l->looks_only)
		code = link_look(l, err);
	else if (ready)
		code = work(l, err);
	link_watchdog(0);
	if (code == ERR_OK) /* what was said last must arrive */
		code = chan_drain(&l->chan, deadline_in(INT64_MAX, NULL), err);
	return code;
}

int link_main(int chan_fd, int fd)
{
	static struct link l; /* too large for a stack */
	struct err err;
	int status = 0;

	l.sock = fd;
	l.feed_fd = -1;
	secret_harden_process();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGALRM, SIG_DFL);
	link_keep_memory();
	chan_init(&l.chan, chan_fd);
	buf_init(&l.first, KEXINIT_MAX);
	buf_init(&l.early, 64u << 10);
	buf_init(&l.complaints, STDERR_MAX);
	if (run(&l, &err) != ERR_OK) {
		status = 1;
		if (l.at)
			err.code = hop_blame(&l, &err);
		if (!l.chan.eof)
			msg_send_fault(&l.chan, &err);
	}
	/* How it ended is on its way before whoever reads there sees that. */
	close_fd(l.feed_fd);
	link_close(&l);
	return status;
}
