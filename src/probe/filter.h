/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the files of a walk are meant. */
#ifndef HALLIGAN_PROBE_FILTER_H
#define HALLIGAN_PROBE_FILTER_H

#include "base/base.h"
#include "probe/coverage.h"
#include "probe/packages.h"
#include "probe/plan.h"
#include "probe/top.h"
#include "probe/owner.h"

struct filter {
	const struct plan *plan;
	struct packages packages;
	bool has_uid;
	uint64_t uid;
};

/* Reads what of the host it needs. False when nothing can pass: the user
 * whose files are wanted is not known there. */
bool filter_load(struct filter *f, const struct plan *plan,
		 const struct top *top, const struct owners *owners,
		 struct coverage *coverage);
void filter_release(struct filter *f); /* zeroed is fine */

/* Whether a folder is left out with all that is in it. */
bool filter_shuts(const struct filter *f, struct bytes path);

/* Whether a file passes by its path alone, and by all else. */
bool filter_passes_path(const struct filter *f, struct bytes path);
bool filter_passes(const struct filter *f, const struct rec_file *file);

/* Whether any file would not pass by all else. */
bool filter_chooses(const struct filter *f);

#endif
