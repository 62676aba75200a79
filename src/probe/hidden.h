/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes by three views: the folder /proc as it is read, every number that
 * may be one, and the groups of cgroups(7). Who is in one of the others alone
 * is hidden; a thread has a number too, but is none.
 */
#ifndef HALLIGAN_PROBE_HIDDEN_H
#define HALLIGAN_PROBE_HIDDEN_H

#include "base/base.h"
#include "probe/tell.h"

struct found_process {
	uint64_t pid;
	const char *found_by; /* "readdir", "number", "cgroup" */
};

/* All there are, ascending; the caller frees. *n is 0 and errno says why
 * when /proc cannot be read. */
struct found_process *hidden_list(struct tell *t, size_t *n) MUST_CHECK;

/* Fields of /proc/loadavg and /proc/sys/kernel/pid_max: the largest number
 * worth asking for, when `largest` is the largest that was seen. */
uint64_t hidden_cap(struct bytes loadavg, struct bytes pid_max,
		    uint64_t largest);

#endif
