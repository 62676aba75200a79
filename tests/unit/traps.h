/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree arranged to trap whoever walks it, for tests of the probe, and
 * processes that change it meanwhile. Files with the word GOOD are to be
 * found, one with OUTSIDE never: it is beside the tree.
 */
#ifndef HALLIGAN_TESTS_UNIT_TRAPS_H
#define HALLIGAN_TESTS_UNIT_TRAPS_H

#include "base/base.h"

#define TRAPS_DEPTH   4096u
#define TRAPS_CROWD   100000u
#define TRAPS_LINKS   1000u
#define TRAPS_CHANGES 5u

/* What is in the tree, by the reasons that coverage gives. */
struct traps {
	unsigned good; /* files with the word, all of them regular */
	unsigned fifos, sockets, devices, symlinks, sparse;
	unsigned all; /* what is no folder */
};

/* dir is new; dir.outside is made beside it. */
void traps_lay(const char *dir, struct traps *t);

/* Processes that flip, grow, cut and remove things in dir/race. */
struct racers {
	pid_t pids[TRAPS_CHANGES];
	uint64_t *flips; /* shared; of the first of them */
};

void racers_start(struct racers *r, const char *dir);
void racers_stop(struct racers *r);

#endif
