/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking a tree that may be arranged to trap us: folder by folder through
 * descriptors, never through a symlink below (or at) the root, never into
 * pseudo or network file systems, never opening what is not a regular file.
 */
#ifndef HALLIGAN_PROBE_WALK_H
#define HALLIGAN_PROBE_WALK_H

#include "base/base.h"
#include "probe/run.h"
#include "probe/work.h"

/* Deepest folder entered below a root. */
#define WALK_DEPTH_MAX 8192u

/* Gives every regular file at or below the plan's root to the crew. */
void walk_root(struct run *run, size_t root, struct crew *crew);

#endif
