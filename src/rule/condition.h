/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of YARA rules, as tokens. Pure; any thread. */
#ifndef HALLIGAN_RULE_CONDITION_H
#define HALLIGAN_RULE_CONDITION_H

#include "rule/lex.h"
#include "rule/need.h"

struct tokens {
	const struct token *v;
	size_t n;
};

/* What the terms that must all hold ask for. */
struct rule_need condition_need(struct tokens condition);

#endif
