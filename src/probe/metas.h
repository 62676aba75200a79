/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule says about itself, as a match has it. */
#ifndef HALLIGAN_PROBE_METAS_H
#define HALLIGAN_PROBE_METAS_H

#include <yara.h>

#include "base/base.h"
#include "base/buf.h"
#include "model/record.h"

/* Texts of numbers, which have to lie somewhere. */
struct metas {
	char numbers[6][24];
	struct buf tags, json;
};

/* Fills what a rule decides of a match; m borrows from the rule and from
 * metas, which is released after use. */
void metas_fill(struct metas *metas, const YR_RULE *rule, struct rec_match *m);
void metas_release(struct metas *metas);

#endif
