/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is mounted over: files that are on the disk, run when somebody has
 * them open, and are in no listing. A copy of the mount around the place, in
 * no namespace (open_tree(2), Linux 5.2, as root), shows them to us alone;
 * nothing there changes.
 */
#ifndef HALLIGAN_PROBE_UNDER_H
#define HALLIGAN_PROBE_UNDER_H

#include "base/base.h"
#include "base/bytes.h"

struct helper;
struct run;

/* Entries of a hidden folder with a row of coverage of their own. */
#define UNDER_LISTED_MAX 16u

/* A row of coverage for what the mount at that place hides; where that cannot
 * be told one for the place itself, and none for an empty folder. */
void under_note(struct run *run, size_t root, struct helper *helper,
		 int dir_fd, const char *name, struct bytes path);

#endif
