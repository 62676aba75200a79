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
#include "probe/out.h"

struct cursor_step;

struct cursor {
	pthread_mutex_t lock;
	struct cursor_step *first, *last; /* under way, or done behind those */
	struct buf at; /* path: it and all before are done */
	size_t at_root;
	bool news;
};

void cursor_init(struct cursor *c);
void cursor_release(struct cursor *c);

/* The walk has come to path; it is under way until cursor_done. */
struct cursor_step *cursor_begin(struct cursor *c, size_t root,
				 struct bytes path) MUST_CHECK;

/* All its records have been sent. Once for each cursor_begin, or never. */
void cursor_done(struct cursor *c, struct cursor_step *step);

/* REC_CURSOR, if it has moved since. */
void cursor_send(struct cursor *c, struct out *out);

/* Where a path is in the order of a walk: as bytes, a slash before all. */
int cursor_order(struct bytes a, struct bytes b);

#endif
