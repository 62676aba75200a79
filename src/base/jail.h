/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jail of a child that handles hostile bytes: no_new_privs, rlimits,
 * Landlock with nothing allowed (where the kernel has it), then seccomp with
 * the system calls such a child needs: reading, writing and polling the
 * descriptors it was given, memory that is never executable, time, random
 * bytes, exit. No file system, no new sockets, no processes, no ptrace.
 */
#ifndef HALLIGAN_BASE_JAIL_H
#define HALLIGAN_BASE_JAIL_H

#include "base/base.h"
#include "base/err.h"

struct jail_limits {
	uint64_t memory_bytes; /* RLIMIT_AS; 0: not limited */
	uint64_t cpu_s;	       /* RLIMIT_CPU; 0: not limited */
	bool may_thread;       /* threads and their stacks */
};

/* What was applied, for the record. */
struct jail_report {
	bool no_new_privs;
	bool seccomp;
	int landlock_abi; /* 0: the kernel has none */
	bool rlimits;
};

/*
 * Enters the jail; cannot be left. Closes every descriptor that is not in
 * keep[] (n of them, at most 16, -1 is passed over), but for the standard
 * three. ERR_UNSUPPORTED when not even seccomp can be had. What cannot be
 * asked for any more gives EPERM; what only an intruder would ask for
 * (programs, sockets, other processes) ends the process with SIGSYS.
 */
enum err_code jail_enter(const struct jail_limits *limits, const int *keep,
			 size_t n, struct jail_report *report,
			 struct err *err) MUST_CHECK;

/*
 * For a program of ours that is about to be started on hostile bytes, and
 * needs no files: no_new_privs, no core, Landlock with nothing allowed (where
 * the kernel has it), and seccomp against sockets, tracing and the like.
 * Processes, threads and memory files it may have.
 */
enum err_code jail_enter_program(struct jail_report *report,
				 struct err *err) MUST_CHECK;

/* "no_new_privs seccomp landlock:4 rlimits" into out; returns out. */
const char *jail_describe(const struct jail_report *report, char *out,
			  size_t room);

#endif
