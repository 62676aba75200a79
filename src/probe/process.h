/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of a process, by system calls alone. */
#ifndef HALLIGAN_PROBE_PROCESS_H
#define HALLIGAN_PROBE_PROCESS_H

#include <limits.h>

#include "base/base.h"
#include "model/record.h"

struct run;

struct process {
	struct rec_process rec; /* its bytes are in here */
	char exe[PATH_MAX];
	uint8_t cmdline[RECORD_META_MAX];
};

/* False when it is gone or /proc is not to be had. */
bool process_read(struct process *p, uint64_t pid);

/* Gives it a number and tells the console. */
void process_send(struct run *run, struct process *p);

/* Calls each for every process there is, until it returns false. */
void process_each(bool (*each)(void *arg, uint64_t pid), void *arg);

#endif
