/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that read files, and the short queue they take them from. */
#ifndef HALLIGAN_PROBE_WORK_H
#define HALLIGAN_PROBE_WORK_H

#include "base/base.h"
#include "probe/run.h"

/* Whose a program without a name is. */
struct job_program {
	uint64_t pid;
	int64_t start_ns;
	size_t exe_n;
	uint8_t exe[]; /* what the link to it says */
};

/* An open regular file, or a process. Owns fd and path. */
struct job {
	int fd;
	size_t root;
	uint8_t *path;
	size_t path_n;
	struct cursor_step *step; /* to be called done; NULL: of no walk */
	struct rec_file *told; /* what a shell said of it, owned; NULL: ask the
				  kernel */
	struct under_way under_way; /* what is told of it, while it came here */
	struct want want; /* by patterns; use 0: all of it, as ever */
	struct job_program *program; /* owned; NULL: a file like any other */
	uint64_t pid; /* not a file (fd is -1) but this process; 0: a file */
};

struct crew;

/* How many threads a plan is worth. */
size_t crew_size(const struct plan *plan);

/* Starts the plan's number of threads, or fewer when there is no more. */
struct crew *crew_start(struct run *run) MUST_CHECK;

/* Gives the job away; waits for room. */
void crew_add(struct crew *crew, struct job job);

/* Waits until everything given is done, and frees the crew. */
void crew_finish(struct crew *crew);

#endif
