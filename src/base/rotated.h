/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of rotated logs: "syslog", "syslog.1", "syslog.2.gz",
 * "messages-20260101.xz" are of one set, whose members follow each other in
 * time. Plain data, any thread.
 */
#ifndef HALLIGAN_BASE_ROTATED_H
#define HALLIGAN_BASE_ROTATED_H

#include "base/base.h"
#include "base/bytes.h"

struct rotated {
	struct bytes
		stem; /* the path without its suffixes: what a set shares */
	bool has_number;
	uint64_t number; /* of .N: the higher, the older */
	uint64_t date;   /* of -YYYYMMDD or -YYYYMMDDHH..., as a number; 0 */
	bool packed;     /* .gz, .xz, .zst or .bz2 */
};

/* Takes a path apart; stem is a part of it. */
struct rotated rotated_of(struct bytes path);

/* Below 0: a was written before b. Both are of one set. */
int rotated_cmp(const struct rotated *a, const struct rotated *b);

#endif
