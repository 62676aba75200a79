/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that SQL of checks has besides SQLite's own. */
#ifndef HALLIGAN_CASE_JUDGE_FUNCTIONS_H
#define HALLIGAN_CASE_JUDGE_FUNCTIONS_H

#include "case/db.h"

enum err_code judge_functions(struct db *db, struct err *err) MUST_CHECK;

#endif
