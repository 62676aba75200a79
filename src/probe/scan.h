/* SPDX-License-Identifier: Apache-2.0 */
/* The child that scans: libyara over hostile bytes, in a jail. */
#ifndef HALLIGAN_PROBE_SCAN_H
#define HALLIGAN_PROBE_SCAN_H

#include <sys/types.h>

#include "base/base.h"

struct rules;

/* Hits sent of one match; all are counted. */
#define SCAN_HITS_MAX 64u

struct scan_setup {
	const struct rules *rules;
	uint8_t *areas; /* ENGINE_AREA each; the slot's own is its content */
	size_t n_slots, slot;
	uint64_t memory_bytes;
	pid_t parent;
};

/* Everything it does, in the forked process, until chan_fd ends. */
NORETURN void scan_main(const struct scan_setup *setup, int chan_fd);

/* Whether a child may give that as the reason of its end. */
bool scan_may_end(uint64_t reason);

#endif
