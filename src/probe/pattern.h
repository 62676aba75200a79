/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The patterns of a plan, on the host they are for: homes are those of its
 * own accounts, folders that are symlinks are where they lead. What they name
 * is found by the walk of / like any other file.
 */
#ifndef HALLIGAN_PROBE_PATTERN_H
#define HALLIGAN_PROBE_PATTERN_H

#include "base/base.h"
#include "base/pathset.h"
#include "probe/mounts.h"
#include "probe/plan.h"
#include "probe/top.h"

/* Of a passwd that a host may have made up. */
#define PATTERN_HOMES_MAX 8192u

/* What is wanted of a file: of several patterns the most. use 0: nothing. */
struct want {
	uint64_t use;	   /* enum pattern_use */
	uint64_t max_size; /* UINT64_MAX: no cap */
	enum req_secrecy secrecy;
};

struct patterns {
	const struct plan *plan;
	struct pathset *set; /* NULL: the plan has none */
	unsigned leads; /* paths that were said to be elsewhere */
};

/* top NULL: nothing of it can be looked at, homes are taken as they are told.
 * False when there are more than can be held; what fits holds. */
bool patterns_load(struct patterns *p, const struct plan *plan,
		   const struct top *top, const struct mounts *mounts,
		   struct bytes passwd);
/* For who cannot look: the folder that patterns spell out, or a file that one
 * names, is at `to`, without symlinks. What is no path, or too much, holds for
 * nothing. */
void patterns_lead(struct patterns *p, struct bytes from, struct bytes to);

void patterns_release(struct patterns *p); /* zeroed is fine */

/* What is wanted of what lies here. */
struct want patterns_want(const struct patterns *p,
			  const struct pathset_state *at, struct bytes path,
			  uint64_t mode);

/* The same by its path alone. */
struct want patterns_find(const struct patterns *p, struct bytes path,
			  uint64_t mode);

/* The path without symlinks, as far as it is there; the caller frees. */
char *patterns_resolve(const struct top *top, const struct mounts *mounts,
		       struct bytes path) MUST_CHECK;

#endif
