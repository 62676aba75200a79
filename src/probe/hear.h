/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child that scans says, held against what it can say: it has seen
 * hostile bytes, and may be theirs by now.
 */
#ifndef HALLIGAN_PROBE_HEAR_H
#define HALLIGAN_PROBE_HEAR_H

#include "base/base.h"
#include "base/chan.h"
#include "base/err.h"
#include "probe/engine.h"

/* One scan under way. Zeroed but for the first four. */
struct hearing {
	const struct scan_order *order;
	const struct scan_sink *sink;
	uint64_t n_rules;
	int64_t begun_ns;
	uint64_t matches;  /* in the content, or in the last member */
	uint64_t hits;     /* of the last match */
	uint64_t said;     /* members and problems */
	uint64_t data_due; /* bytes of the last member still to come */
	struct scan_end end;
	bool ended;
};

/* FRAME_SEEN, which wants to know whether it is to be told of. */
enum err_code hear_seen(struct hearing *h, const struct frame *f, bool *heed,
			struct err *err) MUST_CHECK;

/* The next other frame, to the sink; ERR_FORMAT for one that cannot be. */
enum err_code hear(struct hearing *h, const struct frame *f,
		   struct err *err) MUST_CHECK;

#endif
