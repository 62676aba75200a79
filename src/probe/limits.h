/* SPDX-License-Identifier: Apache-2.0 */
/* Being a good guest: last in every queue, first to be killed, no traces. */
#ifndef HALLIGAN_PROBE_LIMITS_H
#define HALLIGAN_PROBE_LIMITS_H

#include "base/base.h"

/*
 * Lowest priority for CPU and disk, first choice of the kernel when memory
 * runs out, no core dumps, as many descriptors as allowed. What the host
 * refuses is left as it was.
 */
void limits_apply(void);

/* The kernel kills us when our parent ends. */
void limits_die_with_parent(void);

/*
 * Removes our own program file: the one we run from, found by its device
 * and inode, never another. True when it has no name any more.
 */
bool unlink_self(void);

struct usage {
	uint64_t cpu_ns;
	uint64_t rss_bytes; /* most at once */
};

/* Of this process and of its children that have ended. */
struct usage usage_now(void);

struct rusage;
uint64_t usage_cpu_ns(const struct rusage *r);

/* CPUs we may run on, at least 1. Asks the kernel, not its files. */
unsigned cpus_allowed(void);

#endif
