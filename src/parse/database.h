/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Databases of SQLite, out of memory: what programs keep of logins, visits,
 * packages and bans. A row of database_moments is one time of one table; which
 * database it is, its columns tell. What a table has more is not minded.
 */
#ifndef HALLIGAN_PARSE_DATABASE_H
#define HALLIGAN_PARSE_DATABASE_H

#include "base/base.h"
#include "parse/parse.h"

/* How a column counts; all of UTC. */
enum epoch {
	EPOCH_S,
	EPOCH_MS,
	EPOCH_US,
	EPOCH_WEBKIT, /* microseconds since 1601; small ones are EPOCH_S, as
		       * the first versions had them */
};

struct moment {
	const char *parser; /* whose it is: "firefox" */
	/* Of several with one name the first that the tables allow. */
	const char *name;
	enum epoch epoch;
	const char *desc;
	const char *kind; /* NULL: as the message's first word says, of what
			   * package managers do */
	/* The table, for where its row is; its rowid is in the second column
	 * of the query: time, rowid, actor, message. */
	const char *table;
	const char *columns; /* these four */
	const char *from;    /* and where from */
};

extern const struct moment database_moments[];
extern const size_t n_database_moments;

/*
 * Where the row of a table lies: its cell in the leaf of the tree whose root
 * is that page. False: not found, or the tree is damaged.
 */
bool database_find_row(struct bytes file, uint64_t root, int64_t rowid,
		       uint64_t *offset, uint64_t *length);

#endif
