/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of the host asked for its view, held against ours. A difference
 * stands when it is there each time; a bad answer, when there are two. A
 * program that answered badly once is not asked in other ways.
 */
#ifndef HALLIGAN_PROBE_VIEW_H
#define HALLIGAN_PROBE_VIEW_H

#include "base/base.h"
#include "probe/said.h"
#include "probe/tool.h"

#define VIEW_TOLD_MAX 200u /* differences of one program */

struct view {
	struct tell *t;
	struct tool tool; /* as it ran last */
	/* What we see, and what it said: out of tool.out. Both in order. */
	void (*ours)(struct view *v, struct numbers *out);
	void (*theirs)(struct view *v, struct numbers *out);
	int ok_status; /* the highest exit status that is no failure */
	const void *about; /* for ours and theirs */
	const char *const *args; /* of the run at hand */
	unsigned seconds;	 /* that it may take */
	struct numbers odd; /* in ours, and not in theirs, every time */
	struct numbers told; /* that view_tell was called for */
	size_t said; /* by theirs, the last time */
};

/* Runs it, once or more; odd has what is then to be told. False: it is not
 * there or answered badly, as view_end tells. */
bool view_ask(struct view *v, const char *program, const char *const *args);

/* Without a program: theirs looks for itself. */
void view_compare(struct view *v);

/* Whether an odd one was not told of yet; it is now. */
bool view_is_new(struct view *v, uint64_t key);

/* The difference, by the program and how it was asked. */
void view_tell(struct view *v, struct bytes name, const char *subject,
	       const char *seen_by, const char *note);

/* The fact of the program, and the end of all. */
void view_end(struct view *v);

#endif
