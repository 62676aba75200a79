/* SPDX-License-Identifier: Apache-2.0 */
/* What SQL of a stranger may do, held before any of it runs. */
#ifndef HALLIGAN_CASE_JUDGE_GUARD_H
#define HALLIGAN_CASE_JUDGE_GUARD_H

#include "case/db.h"

struct guard {
	struct db *db;
	struct db *bare;
	bool *read; /* of each kind of model/fact.c, and of events behind them:
		       whether the SQL is about it */
};

/*
 * One SELECT over what is documented, by functions that are known here.
 * `bare` has the documented tables and nothing else, so that whatever has a
 * name there means the same here (temporary tables are found first); NULL:
 * the database has nothing else itself. ERR_FORMAT: what is wrong, *at is
 * where (the length of the SQL when that is not known).
 */
enum err_code guard_prepare(const struct guard *g, const char *sql,
			    sqlite3_stmt **stmt, size_t *at,
			    struct err *err) MUST_CHECK;

#endif
