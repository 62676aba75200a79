/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a verification share. */
#ifndef HALLIGAN_CASE_VERIFY_H
#define HALLIGAN_CASE_VERIFY_H

#include "base/base.h"
#include "case/case.h"
#include "case/db.h"
#include "case/schema.h"

struct verify {
	struct db db;
	int version; /* of the case */
	void (*problem)(void *arg, const char *line);
	void *arg;
	struct verify_report *report;
};

/* Counts a problem and tells it. */
void verify_problem(struct verify *v, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Each row is as the audit log left it, none is missing, none is new. */
enum err_code verify_table(struct verify *v, const struct table *table,
			   struct err *err) MUST_CHECK;

#endif
