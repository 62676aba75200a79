/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of processes, scanned without stopping them, and the programs
 * they run that are in no folder any more.
 */
#ifndef HALLIGAN_PROBE_MEMORY_H
#define HALLIGAN_PROBE_MEMORY_H

#include "base/base.h"
#include "probe/file.h"
#include "probe/work.h"

/* Gives every process the plan asks for to the crew. The walking thread. */
void memory_offer(struct run *run, struct crew *crew);

/* One process; the crew's threads. */
void memory_do(struct worker *w, const struct job *job);

#endif
