/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When two rows of the timeline are one event that two sources tell: a line
 * of sshd is in auth.log, in syslog and in the journal; a login in wtmp and
 * in wtmpdb; a rotated log was collected twice. Two rows of one source never
 * are. Plain data, any thread.
 */
#ifndef HALLIGAN_MODEL_SAME_H
#define HALLIGAN_MODEL_SAME_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/time.h"

/* Daemons, the journal and PAM look at their clocks one after the other. */
#define SAME_SLACK_NS     (2 * NS_PER_S)
#define SAME_PRECISION_NS NS_PER_S /* what is known less well is not judged */
#define SAME_TEXT_MAX     ((size_t)4 << 10)

/* What an event says, as its columns have it. */
struct same_event {
	struct bytes kind, desc, actor, message;
	struct bytes path; /* of the evidence */
};

/* What the same event has in common, whoever tells it. */
struct same_key {
	struct buf text; /* equal bytes, made with SAME_TEXT_MAX */
	/* "sshd[12]", "pts/0": who it is of all who say so at a time; where
	 * both are known they are equal. Part of what it was made of. */
	struct bytes who;
};

/* Makes the key; false: such an event has no other sources. */
bool same_key_of(const struct same_event *e, struct same_key *key);

/* Some logs leave the number away: "sudo" may be "sudo[12]". */
static inline bool is_unnumbered(struct bytes a, struct bytes b)
{
	return a.n < b.n && b.p[a.n] == '[' && memcmp(a.p, b.p, a.n) == 0;
}

static inline bool same_who(struct bytes a, struct bytes b)
{
	return a.n == 0 || b.n == 0 || bytes_eq(a, b) || is_unnumbered(a, b) ||
	       is_unnumbered(b, a);
}

/*
 * How far apart they are: 0 when both may have been at one time. a began no
 * later than b. Above SAME_SLACK_NS they are two events.
 */
int64_t same_distance(int64_t a_ns, int64_t a_precision, int64_t b_ns);

#endif
