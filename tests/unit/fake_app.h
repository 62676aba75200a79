/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An app for tests of the console: rows from tables in memory, jobs as the
 * test sets them, commands noted instead of run. Takes the place of the real
 * one when linked before it.
 */
#ifndef HALLIGAN_TESTS_UNIT_FAKE_APP_H
#define HALLIGAN_TESTS_UNIT_FAKE_APP_H

#include "app/app.h"
#include "app/command.h"
#include "base/buf.h"

/* Forgets everything. */
void fake_reset(void);

/*
 * A row of a view. Cells as "column=value", NULL ends; other columns are
 * NULL. Digits become a number where the column is one; \xNN no escapes.
 */
void fake_row(const char *view, ...) __attribute__((sentinel));

struct fake_app {
	struct job_view jobs[8];
	size_t n_jobs;
	struct job_host_view hosts[8];
	size_t n_hosts;
	struct case_info info;
	struct case_brought brought;
	struct buf ran;    /* command lines, one a line */
	uint64_t answered; /* id of the last question answered */
	bool answer, shares;
	char secret[64];
	char cancelled[64];      /* run id */
	const uint8_t *evidence; /* bytes of every item */
	size_t n_evidence;
	uint64_t gets; /* rows read */
};

extern struct fake_app fake;

#endif
