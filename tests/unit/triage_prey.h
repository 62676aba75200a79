/* SPDX-License-Identifier: Apache-2.0 */
/* Processes for a triage to find: copies of the test's own program, which
 * say that they are ready and wait until they are let go. */
#ifndef HALLIGAN_TESTS_UNIT_TRIAGE_PREY_H
#define HALLIGAN_TESTS_UNIT_TRIAGE_PREY_H

#include "unit/unit.h"

struct prey {
	pid_t pid;
	int in; /* closed: it ends */
};

/* First thing in main(); does not come back in a copy. */
void prey_main(int argc, char **argv);

/* A copy of the program at path; NULL: in memory alone. before, if any, runs
 * in the child just before. */
void prey_start(struct prey *p, const char *path, void (*before)(void *arg),
		void *arg);
void prey_end(struct prey *p);

#endif
