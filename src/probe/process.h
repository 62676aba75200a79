/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes of the host as /proc has them, proc(5). A process is known by its
 * open folder, so that another with the same number is never taken for it.
 */
#ifndef HALLIGAN_PROBE_PROCESS_H
#define HALLIGAN_PROBE_PROCESS_H

#include "base/base.h"
#include "base/buf.h"
#include "model/record.h"

struct run;

struct process {
	int dir; /* /proc/PID, or one of its tasks when the first of them has
		    ended; owned */
	uint64_t pid, ppid, uid;
	int64_t start_ns; /* TIME_UNKNOWN when not known */
	bool kernel;	  /* a thread of the kernel's: it has no memory */
	bool own;	  /* it runs our own program */
	struct buf exe;	  /* path, without " (deleted)"; empty: not told */
	bool exe_deleted, memfd;
	struct buf cmdline;
};

/* False with errno, when it is gone or may not be looked at. */
bool process_open(struct process *p, uint64_t pid);
void process_close(struct process *p);

/* What a link to a program says, without " (deleted)"; whether it had that. */
bool process_cut_deleted(struct bytes *exe);

/* When it started, so many ticks (hz a second) after the host did. */
int64_t process_start_ns(int64_t boot_ns, int64_t hz, uint64_t ticks);

/* Opens the program it runs, deleted or not; -1 with errno. */
int process_open_exe(const struct process *p);

/* All of it but seq, sha256 and the counts of bytes; borrows from p. */
void process_fill(const struct process *p, struct rec_process *rec);

/* Gives the record a number and tells the console; the number. */
uint64_t process_send(struct run *run, struct rec_process *rec);

/* Numbers of all processes, ascending; the caller frees. *n is 0 and errno
 * says why when /proc cannot be read. */
uint64_t *process_list(size_t *n) MUST_CHECK;

#endif
