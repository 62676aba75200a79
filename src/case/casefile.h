/* SPDX-License-Identifier: Apache-2.0 */
/* An open case, inside this room: the writer and the front's own reader. */
#ifndef HALLIGAN_CASE_CASEFILE_H
#define HALLIGAN_CASE_CASEFILE_H

#include "case/case.h"
#include "case/writer.h"

struct casefile {
	char *path;
	bool read_only; /* it cannot be written: there is no writer */
	struct writer writer;
	struct db reader;	  /* the front thread's */
	struct db teller; /* the engine thread's, opened when it first asks */
	enum db_mode reader_mode; /* of all readers */
	/* The chunk read last: a pager asks for the same one many times. */
	int64_t chunk;
	struct buf chunk_data;
};

/*
 * Opens a case of any version we know for reading; how, and which version,
 * is told. Whether its tables are as they should be is not looked at.
 */
enum err_code reader_open(struct db *db, const char *path, enum db_mode *mode,
			  int *version, struct err *err) MUST_CHECK;

/* What the engine thread reads by: one for all of its hosts, since to read the
 * schema takes longer than what is asked. */
enum err_code reader_of_engine(struct casefile *cf, struct db **db,
			       struct err *err) MUST_CHECK;

/*
 * The bytes of a chunk whose row (codec, size, sha256, data_sha256, data) the
 * statement is on, from column `first`, into out (cleared). ERR_VERIFY when
 * they are not what they were.
 */
#define CHUNK_COLUMNS "c.codec, c.size, c.sha256, c.data_sha256, c.data"
enum err_code chunk_decode(sqlite3_stmt *stmt, int first, struct buf *out,
			   struct err *err) MUST_CHECK;

/* Runs that are one, as some took up others: runs_of (id). From those that
 * `first` selects up to the one that began it, and down to all others. */
#define RUNS_OF(first)                                                         \
	"WITH RECURSIVE runs_of (id) AS (" first                               \
	" UNION SELECT CASE WHEN r.id = o.id THEN r.resumes ELSE r.id END"     \
	" FROM runs_of o JOIN runs r ON r.resumes = o.id"                      \
	" OR (r.id = o.id AND r.resumes IS NOT NULL))"

#endif
