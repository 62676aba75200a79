/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In the child that scans: content that comes piece by piece, as the memory
 * of a process does, so that libyara sees all of it as one. The probe is
 * asked for the next piece once; which there were is remembered, and one
 * that libyara wants to see again is asked for again.
 */
#ifndef HALLIGAN_PROBE_PIECES_H
#define HALLIGAN_PROBE_PIECES_H

#include <yara.h>

#include "base/base.h"
#include "base/chan.h"

struct piece_seen {
	uint64_t base;
	uint32_t length;
	bool has_head; /* a program may begin here */
};

struct pieces {
	struct chan *chan;
	const uint8_t *area;
	struct piece_seen *seen;
	size_t n, cap;
	size_t at;     /* the one libyara is at */
	size_t loaded; /* the one that is in the area */
	bool all_seen;
	bool importing; /* modules look for the head of a program */
	YR_MEMORY_BLOCK block;
	YR_MEMORY_BLOCK_ITERATOR iterator;
};

/* Borrows both. */
void pieces_init(struct pieces *p, struct chan *chan, const uint8_t *area);
void pieces_release(struct pieces *p);

#endif
