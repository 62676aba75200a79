/* SPDX-License-Identifier: Apache-2.0 */
/* What texts of /proc/PID say. */
#ifndef HALLIGAN_PROBE_PROCSTAT_H
#define HALLIGAN_PROBE_PROCSTAT_H

#include "base/base.h"
#include "base/buf.h"

/* proc_pid_stat(5). */
struct proc_stat {
	uint64_t pid, ppid, sid, flags, threads, ticks;
	int64_t tty;
	struct bytes comm; /* in the text */
	char state;
	bool kernel_thread;
};

/* A name may hold blanks and brackets. False for what has no such form. */
bool proc_stat_parse(struct bytes text, struct proc_stat *out);
bool proc_stat_ended(const struct proc_stat *s); /* it is dead, or a zombie */

/* The same of the file there; text, which is set up here, holds comm. False
 * too when it is gone. */
bool proc_stat_read(int dir, const char *name, struct buf *text,
		    struct proc_stat *out);

/* The line of proc_pid_cgroup(5) that says most. */
struct bytes proc_cgroup(struct bytes text);

/* The runtime a group's path is of and the container's id or name; "" when it
 * is of none. */
const char *cgroup_container(struct bytes path, struct bytes *id);

/* One of the variables that change what a program does or leaves behind. */
bool environ_matters(struct bytes variable);

/* "elf", "go", "upx", "script", "" by the first bytes of a program. */
const char *program_kind(struct bytes head);

#endif
