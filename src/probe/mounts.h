/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount table, asked before a folder is touched: even stat(2) on a
 * network file system whose server is gone may never return.
 */
#ifndef HALLIGAN_PROBE_MOUNTS_H
#define HALLIGAN_PROBE_MOUNTS_H

#include "base/base.h"
#include "base/buf.h"
#include "probe/coverage.h"

struct mount {
	struct bytes path;  /* in the table's text */
	enum reason reason; /* REASON_SCANNED: may be entered */
	size_t line;	    /* of the table */
};

struct mounts {
	struct buf text;
	struct mount *all; /* in the order of their paths */
	size_t n, cap;
};

/* Takes a /proc/self/mountinfo, proc(5), and unescapes it in place. */
void mounts_parse(struct mounts *m, struct buf *text);

/* Reads the host's; without /proc it is empty. */
void mounts_read(struct mounts *m);
void mounts_release(struct mounts *m); /* zeroed is fine */

/* What is mounted exactly there; NULL: nothing is. */
const struct mount *mounts_find(const struct mounts *m, struct bytes path);

/* Whether exactly there something is mounted that may not be entered. */
enum reason mounts_at(const struct mounts *m, struct bytes path);

/* The same for what a path is on. */
enum reason mounts_over(const struct mounts *m, struct bytes path);

#endif
