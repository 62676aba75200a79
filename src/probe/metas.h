/* SPDX-License-Identifier: Apache-2.0 */
/* What libyara has of a rule that matched. */
#ifndef HALLIGAN_PROBE_METAS_H
#define HALLIGAN_PROBE_METAS_H

#include <yara.h>

#include "base/base.h"
#include "base/buf.h"
#include "model/record.h"
#include "rule/metas.h"

struct match_words {
	struct rule_meta *v; /* what rule/metas.h borrows from */
	struct metas metas;
	struct buf tags;
};

/* Fills what a rule decides of a match; m borrows from the rule and from
 * words, which is released after use. */
void match_words_fill(struct match_words *words, const YR_RULE *rule,
		      struct rec_match *m);
void match_words_release(struct match_words *words);

#endif
