/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's process: holds the compiled rules and forks who scans. */
#ifndef HALLIGAN_PROBE_NURSERY_H
#define HALLIGAN_PROBE_NURSERY_H

#include <sys/types.h>

#include "base/base.h"
#include "probe/plan.h"

struct nursery_setup {
	const struct plan *plan;
	uint8_t *areas; /* shared, ENGINE_AREA for each slot */
	size_t n_slots;
	uint64_t memory_bytes; /* of each child */
	pid_t parent;
};

/* Everything it does, in the forked process. chan_fd: to who forked it. */
NORETURN void nursery_main(const struct nursery_setup *setup, int chan_fd);

#endif
