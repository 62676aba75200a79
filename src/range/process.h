/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes of our own on this machine: starting a program, and ending one
 * with all it started. A process is named by its id and the time it was
 * started, so that an id used again by somebody else is never touched.
 */
#ifndef HALLIGAN_RANGE_PROCESS_H
#define HALLIGAN_RANGE_PROCESS_H

#include <sys/types.h>

#include "base/base.h"
#include "base/err.h"

struct process {
	pid_t pid;
	uint64_t start; /* proc_pid_stat(5) field 22; 0: none */
};

/*
 * Starts argv[0] (a full path) in a session of its own: nothing open but
 * standard input on /dev/null and output and errors appended to log, no
 * signal blocked, folder /, a plain environment.
 */
enum err_code process_start(const char *const *argv, const char *log,
			    struct process *p, struct err *err) MUST_CHECK;

/* Whether it runs; a zombie does not. */
bool process_is_running(struct process p);

/*
 * Waits until it ends, at most span_ns: ERR_OK, else ERR_TIMEOUT. When it is
 * our child it is reaped and *status has its waitpid(2) status, else -1.
 */
enum err_code process_wait(struct process p, int64_t span_ns, int *status,
			   struct err *err) MUST_CHECK;

/*
 * Ends p and all its descendants, and waits for that. All are stopped before
 * the first is killed, so that none starts another meanwhile. Not running
 * (any more) is fine.
 */
enum err_code process_end_tree(struct process p, struct err *err) MUST_CHECK;

/* Whether a program of that name (at most 15 bytes) runs on this machine. */
bool process_named_runs(const char *name);

/* argv to its end: started, waited for, exit status 0 expected. */
enum err_code process_run(const char *const *argv, const char *log,
			  struct err *err) MUST_CHECK;

#endif
