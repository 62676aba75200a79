/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule says about itself, as a match has it. A rule set goes to hosts
 * without it: half of the bytes, and whom we are after is none of their
 * business; nor is how bad a match is. The console reads it from the source
 * it has, a probe that works alone from libyara. Pure; any thread.
 */
#ifndef HALLIGAN_RULE_METAS_H
#define HALLIGAN_RULE_METAS_H

#include "base/base.h"
#include "base/buf.h"
#include "model/record.h"
#include "rule/rule.h"

enum rule_meta_kind { RULE_META_INTEGER, RULE_META_STRING, RULE_META_BOOLEAN };

struct rule_meta {
	const char *name;
	enum rule_meta_kind kind;
	const char *string; /* of RULE_META_STRING */
	int64_t integer;    /* of the others */
};

/* What rec_match borrows from. */
struct metas {
	char numbers[6][24];
	struct buf json;
};

/* Fills severity, technique, description, author, reference, score and meta of
 * m, which borrows from v and metas. */
void metas_fill(struct metas *metas, const struct rule_meta *v, size_t n,
		struct rec_match *m);
void metas_release(struct metas *metas); /* zeroed is fine */

/* The same read from a rule's source, which libyara has compiled. */
struct rule_metas {
	struct rule_meta *v;
	size_t n;
};

void rule_metas_read(const struct rule_name *rule, struct rule_metas *metas);
void rule_metas_release(struct rule_metas *metas); /* zeroed is fine */

#endif
