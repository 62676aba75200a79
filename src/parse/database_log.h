/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database of SQLite whose last changes are still in the log beside it,
 * FILE-wal: what was committed there is laid over its pages, as SQLite itself
 * would before it reads.
 */
#ifndef HALLIGAN_PARSE_DATABASE_LOG_H
#define HALLIGAN_PARSE_DATABASE_LOG_H

#include "base/base.h"
#include "base/bytes.h"

struct laid {
	uint8_t *p; /* the database as it was after the last commit; NULL */
	size_t n;
	uint32_t page_size;
	uint8_t *is_new; /* for each page: it is of the log */
	bool is_damaged; /* the log goes on, and cannot be read there */
};

/* By their first bytes. */
bool is_database(struct bytes file);
bool is_database_log(struct bytes log);

/* False: the log is none of a database with such pages, or nothing was
 * committed in it. laid_release in any case. */
bool database_lay(struct bytes file, struct bytes log, struct laid *out);
void laid_release(struct laid *l);

/* Whether the file has these bytes, rather than the log. */
bool laid_is_old(const struct laid *l, uint64_t offset, uint64_t length);

#endif
