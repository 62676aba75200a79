/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a judge does not know of its host, and why: kinds of facts that no
 * triage told, or not wholly, and files that say them and were not taken or
 * read. A check that finds nothing in what is not there says nothing.
 */
#ifndef HALLIGAN_CASE_JUDGE_GAPS_H
#define HALLIGAN_CASE_JUDGE_GAPS_H

#include "base/base.h"
#include "case/db.h"
#include "model/fact.h"

#define JUDGE_KINDS_MAX 64u /* kinds of facts, and events behind them */

struct judge_gap {
	char *why;   /* for people, who see it escaped; NULL: none */
	bool failed; /* it was to be told or taken, and was not */
};

struct judge_gaps {
	struct judge_gap of[JUDGE_KINDS_MAX];
};

/* Over a connection of a judge, which has the functions of SQL that it has. */
enum err_code judge_gaps_read(struct db *db, int64_t host,
			      struct judge_gaps *out,
			      struct err *err) MUST_CHECK;
void judge_gaps_release(struct judge_gaps *gaps); /* zeroed is fine */

const char *judge_gap_kind(size_t kind); /* "account", ..., "event" */

#endif
