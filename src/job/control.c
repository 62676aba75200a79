/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to probes while they run: pause, go on, slower, faster, and,
 * every two seconds, that we are still there. A probe that hears nothing for
 * JOB_HEARD_S ends itself: its connection may be cut where nobody tells it.
 * Hosts whose turn has not come remember what was said, and begin with it.
 */
#include "base/base.h"

#include "base/json.h"
#include "base/time.h"
#include "job/engine.h"

#define ALIVE_NS    (2 * NS_PER_S)
#define SLOWER_MAX  5u /* at the slowest, whatever is said */

/* Audit actions. */
static const char *const actions[] = {
	[CONTROL_PAUSE] = "run.pause",
	[CONTROL_RESUME] = "run.continue",
	[CONTROL_SLOWER] = "run.slower",
	[CONTROL_FASTER] = "run.faster",
};

static void send(struct hostrun *h, enum control action)
{
	struct req_control req = {.action = action};

	(void)link_request(h, REQ_CONTROL, &req); /* it logs */
}

static bool may_send(const struct hostrun *h)
{
	return h->phase == HOST_RUNNING && !h->closing && !upload_is_busy(h) &&
	       h->run->request.n > 0;
}

void control_begin(struct hostrun *h)
{
	if (!may_send(h))
		return;
	for (unsigned i = 0; i < h->slower; i++)
		send(h, CONTROL_SLOWER);
	if (h->held)
		send(h, CONTROL_PAUSE);
	clock_ask(h);
	h->alive_due_ns = time_mono_ns() + ALIVE_NS;
}

void control_tick(struct hostrun *h, int64_t mono_ns)
{
	struct err err;

	if (!may_send(h))
		return;
	/* What still waits to be sent says it as well. */
	if (mono_ns >= h->alive_due_ns && !chan_wants_write(&h->child.chan))
		send(h, CONTROL_ALIVE);
	if (mono_ns >= h->alive_due_ns)
		shell_keep(h);
	if (mono_ns >= h->alive_due_ns)
		h->alive_due_ns = mono_ns + ALIVE_NS;
	/* Links are not polled while the sink is full. */
	if (h->child.id && chan_flush(&h->child.chan, &err) != ERR_OK)
		buf_clear(&h->child.chan.out); /* its end of file tells */
}

static void record(struct hostrun *h, enum control action)
{
	struct change *c = outcome_new(h, CHANGE_EVENT);
	struct buf detail;
	struct json json = json_to(&detail);

	buf_init(&detail, 4096);
	json_begin_object(&json, NULL);
	json_str(&json, "run", h->run->job->run.s);
	json_str(&json, "host", h->host->name);
	json_str(&json, "action", actions[action] + strlen("run."));
	json_end_object(&json);
	c->u.event.action = actions[action];
	c->u.event.detail = change_str(c, buf_str(&detail));
	buf_release(&detail);
	engine_post(h->engine, c);
}

void hostrun_control(struct hostrun *h, enum control action)
{
	if (host_phase_is_final(h->phase) || h->closing)
		return;
	if (action == CONTROL_PAUSE || action == CONTROL_RESUME)
		h->held = action == CONTROL_PAUSE;
	else if (action == CONTROL_SLOWER)
		h->slower = MIN(h->slower + 1, SLOWER_MAX);
	else if (h->slower)
		h->slower--;
	if (may_send(h))
		send(h, action);
	record(h, action);
	h->engine->board_stale = true;
}
