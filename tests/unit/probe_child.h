/* SPDX-License-Identifier: Apache-2.0 */
/* The static program in a process of its own, with both pipes. */
#ifndef HALLIGAN_TESTS_UNIT_PROBE_CHILD_H
#define HALLIGAN_TESTS_UNIT_PROBE_CHILD_H

#include <sys/types.h>

#include "unit/probe_kit.h"

struct child {
	pid_t pid;
	int to, from;
	struct buf packed; /* what came so far */
	struct took took;  /* after child_end */
};

/* Path of the program, from the environment. */
extern const char *probe;

/* Finds it and sees to it that a hang ends; false when there is none. */
bool probe_find(void);
void probe_copy(const char *to);

/* Runs argv, inside a root of its own when root is not NULL. */
void child_start(struct child *c, const char *root, char *const *argv);
void child_serve(struct child *c); /* --serve */

/* Runs argv to its end, with its complaints thrown away; its exit status. */
int child_alone(char *const *argv);

/* When set, runs in the process that becomes the probe, just before. */
extern void (*child_before)(void);

/* Reads what is there next; false at the end. */
bool child_read(struct child *c);

/* Reads until a record of that type has come. */
void child_await(struct child *c, enum rec_type type);

/* Reads to the end and gives the exit status. */
int child_end(struct child *c);

/* A request, in a zstd frame of its own. */
void child_say(struct child *c, enum rec_type type, const void *msg);

/* A hunt, with its rules in two pieces. */
void child_ask(struct child *c, const char *rules, const char *path,
	       struct req_start start);

#endif
