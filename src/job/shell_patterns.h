/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns of paths as a shell can follow them: find(1) below the folder that
 * each spells out, as deep as it goes. More may be told than is meant; the
 * one who reads it judges.
 */
#ifndef HALLIGAN_JOB_SHELL_PATTERNS_H
#define HALLIGAN_JOB_SHELL_PATTERNS_H

#include "base/base.h"
#include "base/buf.h"
#include "model/record.h"

/* Those of one folder, for one purpose. */
struct shell_group {
	char *folder; /* NULL: of each home */
	bool content;
	unsigned depth;
	uint64_t cap; /* the largest file; UINT64_MAX: any */
	struct buf tails; /* each a word of a shell */
};

struct shell_patterns {
	struct shell_group *v;
	size_t n;
	struct buf links; /* commands, for files of /etc that may be some */
	bool zone; /* what says the time zone is wanted */
};

void shell_patterns_add(struct shell_patterns *p,
			const struct req_pattern *req);

/* Commands for all of them; root: the number they have. False when there is
 * no room. */
bool shell_patterns_write(const struct shell_patterns *p, uint64_t root,
			  uint64_t largest, struct buf *out);
void shell_patterns_release(struct shell_patterns *p);

/* The function `secret`: whether $f is not to be read. */
void shell_secret_write(bool all_may, struct buf *out);

/* As one word of a shell. */
void shell_add_quoted(struct buf *out, struct bytes b);

#endif
