/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many bytes a second hosts may cost, each and all of a run together. A
 * bucket fills with time; what comes from a link is taken from it once it is
 * here, and while it is empty the link is not read: it stops reading then,
 * and TCP makes the host wait. What is sent waits here, piece by piece.
 */
#include "base/base.h"

#include <sys/socket.h>

#include "base/time.h"
#include "job/engine.h"

/* What a bucket holds: a tenth of a second, but never less than moves. */
#define HELD_MIN  (INT64_C(16) << 10)
#define HELD_PART 10
#define PIECE_MAX (UINT64_C(32) << 10)
/* What lies between a host and us unread, where there are caps. */
#define AHEAD_MIN (UINT64_C(32) << 10)
#define AHEAD_MAX (UINT64_C(1) << 20)

static void fill(struct bucket *b, uint64_t rate, int64_t now)
{
	int64_t held = MAX((int64_t)(rate / HELD_PART), HELD_MIN);
	int64_t span = b->at_ns ? MIN(now - b->at_ns, NS_PER_S) : NS_PER_S;
	int64_t more = (int64_t)((double)rate * (double)span /
				 (double)NS_PER_S);

	if (more == 0)
		return; /* it counts once it is a byte */
	b->left = MIN(b->left + more, held);
	b->at_ns = now;
}

/* Nanoseconds until there is something in it; 0: there is. */
static int64_t empty_for(struct bucket *b, uint64_t rate, int64_t now)
{
	if (!rate)
		return 0;
	fill(b, rate, now);
	return b->left > 0 ? 0
			   : (int64_t)((double)(1 - b->left) *
				       (double)NS_PER_S / (double)rate) + 1;
}

/* Of one host: half of it each time that it was told to be slower. */
static uint64_t host_rate(const struct hostrun *h)
{
	uint64_t rate = h->run->job->fleet.rate;

	return rate ? MAX(rate >> h->slower, UINT64_C(1)) : 0;
}

static int64_t closed_for(struct hostrun *h)
{
	const struct job_fleet *fleet = &h->run->job->fleet;
	int64_t now;

	if (!fleet->rate && !fleet->total_rate)
		return 0;
	now = time_mono_ns();
	return MAX(empty_for(&h->bucket, host_rate(h), now),
		   empty_for(&h->run->bucket, fleet->total_rate, now));
}

bool rate_is_open(struct hostrun *h)
{
	int64_t ns = h->is_link ? closed_for(h) : 0;

	if (ns && (!h->run->rate_wait_ns || ns < h->run->rate_wait_ns))
		h->run->rate_wait_ns = ns;
	h->rate_closed = ns > 0;
	if (h->rate_held && !ns) /* poll(2) knows nothing of it */
		h->run->rate_wait_ns = 1;
	return !ns;
}

void rate_charge(struct hostrun *h, uint64_t bytes)
{
	int64_t n = (int64_t)MIN(bytes, (uint64_t)INT32_MAX);

	h->bucket.left -= n;
	h->run->bucket.left -= n;
	/* Whoever had something is the last to have more. By the round alone
	 * it could be the same one each time that there is anything. */
	h->run->turn = (size_t)(h - h->run->hosts) + 1;
}

/* The smaller of the caps as one host feels it; 0: none. */
static uint64_t cap_of(const struct hostrun *h)
{
	const struct job_fleet *fleet = &h->run->job->fleet;

	if (!fleet->rate || !fleet->total_rate)
		return MAX(fleet->rate, fleet->total_rate);
	return MIN(fleet->rate, fleet->total_rate);
}

uint64_t rate_ahead(const struct hostrun *h)
{
	uint64_t cap = cap_of(h);

	return cap ? MIN(MAX(cap / HELD_PART, AHEAD_MIN), AHEAD_MAX) : 0;
}

void rate_limit_socket(const struct hostrun *h, int fd)
{
	int room = (int)rate_ahead(h);

	/* A cap that is kept less well is no reason not to go on. */
	if (room)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
}

/* ---- what is sent ---- */

void upload_begin(struct hostrun *h, enum msg_type type, struct bytes data,
		  bool says_last, void (*then)(struct hostrun *h))
{
	h->upload = (struct upload){.type = type,
				    .rest = data,
				    .says_last = says_last,
				    .then = then};
	if (data.n) {
		upload_pump(h);
	} else {
		h->upload = (struct upload){0};
		if (then)
			then(h);
	}
}

bool upload_is_busy(const struct hostrun *h)
{
	return h->upload.type != 0;
}

static size_t piece_len(const struct hostrun *h)
{
	size_t most = cap_of(h) ? PIECE_MAX : MSG_DATA_MAX;

	return MIN(h->upload.rest.n, most);
}

/* Whether the link takes what it is sent; it will be heard of when it does
 * again. */
static bool takes_more(struct hostrun *h)
{
	struct chan *c = &h->child.chan;
	struct err err;

	if (!cap_of(h))
		return true;
	if (chan_flush(c, &err) != ERR_OK)
		buf_clear(&c->out); /* its end of file tells */
	return !chan_wants_write(c);
}

void upload_pump(struct hostrun *h)
{
	struct upload *u = &h->upload;
	bool sent = true;

	while (upload_is_busy(h) && sent && rate_is_open(h) &&
	       takes_more(h)) {
		size_t n = piece_len(h);
		struct msg_data piece = {
			.data = bytes_of(u->rest.p, n),
			.last = u->says_last && n == u->rest.n,
		};
		void (*then)(struct hostrun *h) = u->then;

		sent = hostrun_send(h, u->type, &piece);
		rate_charge(h, n);
		u->rest = bytes_skip(u->rest, n);
		if (u->rest.n && sent)
			continue;
		*u = (struct upload){0};
		if (sent && then)
			then(h);
	}
	if (h->child.id)
		(void)takes_more(h); /* the last piece goes now, too */
}
