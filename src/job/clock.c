/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a host's clock is off ours, as NTP measures it (RFC 5905 8): the
 * probe says when it heard the question and when it answered, so that what
 * is left of the round trip is the way there and back. The offset is known to
 * half of that; of several the shortest counts.
 */
#include "base/base.h"

#include "base/time.h"
#include "job/engine.h"

#define QUESTIONS 5

/* Without a probe it is a process here that would answer. */
void clock_ask(struct hostrun *h)
{
	struct req_control req = {.action = CONTROL_ALIVE};

	if (h->shell || h->clock.asked_ns || h->clock.n >= QUESTIONS)
		return;
	h->clock.asked_ns = time_now_ns();
	req.asked_ns = (uint64_t)h->clock.asked_ns;
	(void)link_request(h, REQ_CONTROL, &req); /* it logs */
}

/* Both ways over the half, so that neither overflows. */
static bool offset_of(const struct rec_clock *rec, int64_t asked_ns,
		      int64_t now_ns, int64_t *offset_ns, int64_t *error_ns)
{
	int64_t there, back, away, spent;

	if (__builtin_sub_overflow(rec->heard_ns, asked_ns, &there) ||
	    __builtin_sub_overflow(rec->said_ns, now_ns, &back) ||
	    __builtin_sub_overflow(rec->said_ns, rec->heard_ns, &spent))
		return false;
	away = now_ns - asked_ns;
	if (spent < 0 || spent > away)
		return false; /* a clock that was set meanwhile, or a lie */
	*offset_ns = there / 2 + back / 2;
	*error_ns = (away - spent) / 2;
	return true;
}

enum err_code clock_heard(struct hostrun *h, const struct rec_clock *rec,
			  struct err *err)
{
	struct host_clock *c = &h->clock;
	int64_t offset_ns, error_ns;

	if (!c->asked_ns || rec->asked_ns != (uint64_t)c->asked_ns)
		return err_set(err, ERR_FORMAT,
			       "it tells of its clock, and was not asked");
	if (offset_of(rec, c->asked_ns, time_now_ns(), &offset_ns,
		      &error_ns) &&
	    (!c->known || error_ns < c->error_ns)) {
		c->known = true;
		c->offset_ns = offset_ns;
		c->error_ns = error_ns;
	}
	c->n++;
	c->asked_ns = 0;
	if (c->n == QUESTIONS)
		clock_tell(h);
	else
		clock_ask(h);
	return ERR_OK;
}

void clock_tell(struct hostrun *h)
{
	struct change *c;

	if (h->clock.told || !h->clock.known)
		return;
	h->clock.told = true;
	c = outcome_new(h, CHANGE_HOST_SEEN);
	c->u.host_seen.clock_offset_ns = h->clock.offset_ns;
	c->u.host_seen.clock_error_ns = MAX(h->clock.error_ns, INT64_C(1));
	engine_post(h->engine, c);
}
