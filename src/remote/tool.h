/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running OpenSSH's own small programs from the keyring child, without a
 * shell: found in PATH, with no more environment than given, without a
 * terminal, and gone when the keyring is.
 */
#ifndef HALLIGAN_REMOTE_TOOL_H
#define HALLIGAN_REMOTE_TOOL_H

#include <sys/types.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wait.h"

#define TOOL_ARGS_MAX  8
#define TOOL_INPUT_MAX 4096 /* fits a pipe, so that writing never waits */

struct tool {
	const char *args[TOOL_ARGS_MAX]; /* args[0]: its name; NULL ends */
	const char *agent;               /* SSH_AUTH_SOCK for it; NULL: none */
	struct bytes input;
};

/* Starts it; *out_fd is the reading end of its standard output. */
enum err_code tool_start(const struct tool *t, pid_t *pid, int *out_fd,
			 struct err *err) MUST_CHECK;

/* SIGTERM, then SIGKILL after a moment; takes it out of the process table. */
void tool_stop(pid_t pid);

/*
 * Runs it to its end. out takes what it wrote to standard output, errors what
 * it wrote to standard error; what is over their maximum is dropped. *status
 * is its exit status.
 */
enum err_code tool_run(const struct tool *t, struct buf *out,
		       struct buf *errors, int *status,
		       struct err *err) MUST_CHECK;

#endif
