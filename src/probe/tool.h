/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of the host, run to have its view of things: by its path, with an
 * environment of ours, no shell, nothing to read, a deadline and a cap on
 * what it may say. What it says is whatever an intruder wants it to.
 */
#ifndef HALLIGAN_PROBE_TOOL_H
#define HALLIGAN_PROBE_TOOL_H

#include "base/base.h"
#include "base/buf.h"
#include "probe/tell.h"

#define TOOL_OUT_MAX ((size_t)64 << 20)
#define TOOL_ARGS_MAX 40u

struct tool {
	const char *name;
	char path[64];	/* empty: the host has no such program */
	char asked[64]; /* its arguments, as far as they fit */
	struct buf out;
	int status;	/* exit status; -1: it was killed */
	bool timeout;	/* by us, since it took too long */
	const char *answer; /* how it did badly, model/fact.c; NULL: it did
			       not, as far as is known */
	uint64_t said;	    /* how many things, when somebody counted */
};

/* False: the host has no such program, or it was not run. out is empty or
 * what the last run said. args ends with NULL. The program is the one that a
 * shell of root would run, as it is: with what /etc/ld.so.preload brings. */
bool tool_run(struct tell *t, struct tool *tool, const char *name,
	      const char *const *args);
bool tool_run_for(struct tell *t, struct tool *tool, const char *name,
		  const char *const *args, unsigned seconds);
void tool_release(struct tool *tool); /* zeroed is fine */

/* Whether what it said may be held against what is seen otherwise. */
bool tool_ended_well(const struct tool *tool);

/* The fact. */
void tool_tell(struct tell *t, const struct tool *tool);

#endif
