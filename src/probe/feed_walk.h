/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk of a host that has no probe: what its shell says of its files
 * (probe/feed.h) in place of what a file system would, with the same reasons
 * and the same records.
 */
#ifndef HALLIGAN_PROBE_FEED_WALK_H
#define HALLIGAN_PROBE_FEED_WALK_H

#include "base/base.h"
#include "base/err.h"
#include "probe/feed.h"
#include "probe/run.h"
#include "probe/work.h"

/* All roots of the plan. What the shell said that cannot be is an error. */
enum err_code feed_walk(struct run *run, struct feed *feed, struct crew *crew,
			struct err *err) MUST_CHECK;

#endif
