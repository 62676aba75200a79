/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of a case share: a folder, a case in it, changes to make. */
#ifndef HALLIGAN_TESTS_UNIT_CASE_UTIL_H
#define HALLIGAN_TESTS_UNIT_CASE_UTIL_H

#include "unit/unit.h"

#include <sqlite3.h>

#include "base/hash.h"
#include "case/case.h"

#define T0 INT64_C(1700000000000000000) /* 2023-11-14T22:13:20Z */

struct fix {
	char dir[64];
	char path[96]; /* of the case */
	struct casefile *cf;
	struct uuid host, run;
	uint64_t files, matches; /* numbers given out in the stream */
};

/* cmocka setup and teardown: *state is a struct fix with a new, open case in
 * a folder of its own. */
int fix_setup(void **state);
int fix_teardown(void **state);

void fix_open(struct fix *f);
void fix_close(struct fix *f);

/* A host, and a run under way on it; f->host and f->run are set. */
void fix_host(struct fix *f, const char *name);
void fix_run(struct fix *f, const char *op);

/* Submits, waiting for room. */
void fix_submit(struct fix *f, struct change *c);
void fix_flush(struct fix *f);
struct change *fix_record(struct fix *f, enum rec_type type);

/* Records; each returns the number it gave. */
uint64_t put_file(struct fix *f, const char *path, const char *sha256,
		  bool content);
uint64_t put_member(struct fix *f, const char *path, const char *member,
		    const char *sha256);
uint64_t put_match(struct fix *f, uint64_t file, const char *rule,
		   const char *severity);
void put_hit(struct fix *f, uint64_t match, uint64_t offset);
void put_bytes(struct fix *f, uint64_t file, struct bytes b);
void put_end(struct fix *f, uint64_t file, struct bytes whole);
/* The plan of a triage: a picture of the host begins. */
void put_triage(struct fix *f);
/* A whole file as evidence. */
uint64_t put_evidence(struct fix *f, const char *path, struct bytes b);
void put_coverage(struct fix *f, const char *outcome, const char *path);
/* What came of a source, a file or a parser, which counts nothing. */
void put_covered(struct fix *f, const char *what, const char *outcome,
		 const char *reason, const char *path);
void put_run_host(struct fix *f, const char *state);
void put_note(struct fix *f, const char *body);

/* First cell of the query's first row, over a connection of its own. */
int64_t sql_int(struct fix *f, const char *sql);
char *sql_str(struct fix *f, const char *sql); /* free() it; NULL: NULL */
/* Changes the file behind our back. */
void sql_tamper(struct fix *f, const char *sql);

/* Verifies; lines[] gets the problems, joined by newlines. */
struct verdict {
	enum err_code code;
	struct verify_report report;
	struct err err;
	char lines[8192];
};

struct verdict fix_verify(struct fix *f);
/* cmocka setup: a case with a host and a run of it under way. */
int host_and_run(void **state);

/* Every byte of that item, and no more, is what the case gives. */
void assert_evidence(struct fix *f, const char *id, struct bytes want);

struct verdict expect_sound(struct fix *f); /* it must verify */

/* The same must be that text. */
void assert_sql(struct fix *f, const char *sql, const char *want);
/* n bytes that do not compress, the same for the same seed. */
uint8_t *noise(size_t n, unsigned seed);

/* That column of that row of a list. */
const struct value *fix_cell(struct rows *rows, uint64_t index,
			     const char *column);

#endif
