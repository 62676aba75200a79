/* SPDX-License-Identifier: Apache-2.0 */
/* An open case, inside this room: the writer and the front's own reader. */
#ifndef HALLIGAN_CASE_CASEFILE_H
#define HALLIGAN_CASE_CASEFILE_H

#include "case/case.h"
#include "case/writer.h"

struct casefile {
	char *path;
	struct writer writer;
	struct db reader; /* the front thread's */
	/* The chunk read last: a pager asks for the same one many times. */
	int64_t chunk;
	struct buf chunk_data;
};

/*
 * The bytes of a chunk whose row (codec, size, sha256, data_sha256, data) the
 * statement is on, from column `first`, into out (cleared). ERR_VERIFY when
 * they are not what they were.
 */
#define CHUNK_COLUMNS "c.codec, c.size, c.sha256, c.data_sha256, c.data"
enum err_code chunk_decode(sqlite3_stmt *stmt, int first, struct buf *out,
			   struct err *err) MUST_CHECK;

#endif
