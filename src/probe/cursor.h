/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a walk has come: the last path before which, in the order of the
 * walk, nothing is under way any more. Files are finished out of order.
 * Any thread.
 */
#ifndef HALLIGAN_PROBE_CURSOR_H
#define HALLIGAN_PROBE_CURSOR_H

#include <pthread.h>

#include "base/base.h"
#include "base/buf.h"
#include "probe/coverage.h"
#include "probe/out.h"

struct cursor_step;

struct cursor {
	pthread_mutex_t lock;
	struct cursor_step *first, *last; /* under way, or done behind those */
	struct ledger open; /* what was noted since the last of them began */
	struct coverage *coverage;
	struct buf at; /* path: it and all before are done, and count */
	size_t at_root;
	bool news;
};

void cursor_init(struct cursor *c, struct coverage *coverage);
void cursor_release(struct cursor *c);

/* The walk has come to path; it is under way until cursor_done. */
struct cursor_step *cursor_begin(struct cursor *c, size_t root,
				 struct bytes path) MUST_CHECK;

/* All its records have been sent. Once for each cursor_begin, or never. */
void cursor_done(struct cursor *c, struct cursor_step *step);

/* Where it notes what it passes over; of a worker, on the file of a step. */
struct ledger *cursor_ledger(struct cursor_step *step);

/* The walk has come to its end: what is behind its last step counts, too. */
void cursor_end(struct cursor *c);

/* All coverage that counts, and then REC_CURSOR, if it has moved since: the two
 * belong together. between is called before that; NULL. */
void cursor_send(struct cursor *c, struct out *out,
		 void (*between)(void *arg), void *arg);

/* Where a path is in the order of a walk: as bytes, a slash before all. */
int cursor_order(struct bytes a, struct bytes b);

#endif
