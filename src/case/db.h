/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SQLite connection with what we always want of it: defensive settings
 * (a case may come from somebody else), prepared statements kept by their
 * text, typed arguments, and SQLite's errors as ours. One thread at a time.
 */
#ifndef HALLIGAN_CASE_DB_H
#define HALLIGAN_CASE_DB_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/err.h"
#include "base/time.h"
#include "model/rows.h"

#define DB_STATEMENTS_MAX 160

struct db {
	sqlite3 *handle;
	char *path;
	struct {
		const char *sql; /* a literal: known by its address */
		sqlite3_stmt *stmt;
	} kept[DB_STATEMENTS_MAX];
	size_t n_kept;
	bool broken; /* a write or read failed, not a rule of ours */
};

/* FROZEN: read-only, and nobody can change it meanwhile. */
enum db_mode { DB_READ, DB_WRITE, DB_FROZEN, DB_MEMORY };

/* Opens without making; sees to the file's being there and what may be done
 * with it. Whether it is a case is schema_check's to say. */
enum err_code db_open(struct db *db, const char *path, enum db_mode mode,
		      struct err *err) MUST_CHECK;
void db_close(struct db *db); /* zeroed is fine */

/* Fills err from what SQLite returned; `what` was attempted. */
enum err_code db_error(struct db *db, int rc, const char *what,
		       struct err *err);

/* Arguments of a statement, in the order of its question marks. */
#define DB_ARGS(...)                                                           \
	(const struct value[]){__VA_ARGS__},                                   \
		ARRAY_SIZE(((const struct value[]){__VA_ARGS__}))
#define DB_NONE NULL, 0

static inline struct value v_int(int64_t i)
{
	return (struct value){.type = VALUE_INT, .i = i};
}

/* Numbers from a host: SQL's end at INT64_MAX. */
static inline struct value v_u64(uint64_t u)
{
	return v_int(u > INT64_MAX ? INT64_MAX : (int64_t)u);
}

static inline struct value v_null(void)
{
	return (struct value){.type = VALUE_NULL};
}

static inline struct value v_time(int64_t when_ns)
{
	return when_ns == TIME_UNKNOWN ? v_null() : v_int(when_ns);
}

/* A row number; 0 is none. */
static inline struct value v_ref(int64_t row)
{
	return row ? v_int(row) : v_null();
}

static inline struct value v_text(const char *s)
{
	return s ? (struct value){.type = VALUE_TEXT, .b = bytes_str(s)}
		 : v_null();
}

static inline struct value v_blob(struct bytes b)
{
	return (struct value){.type = VALUE_BLOB, .b = b};
}

/* Runs a statement to its end. sql is a literal. */
enum err_code db_run(struct db *db, const char *sql, const struct value *args,
		     size_t n, struct err *err) MUST_CHECK;

/* The same and the number of the row that it inserted. */
enum err_code db_insert(struct db *db, const char *sql,
			const struct value *args, size_t n, int64_t *row,
			struct err *err);

/* First column of the first row as a number, 0 when there is no row. */
enum err_code db_number(struct db *db, const char *sql,
			const struct value *args, size_t n, int64_t *out,
			struct err *err);

/*
 * A kept statement, reset and bound (arguments are borrowed until it ends).
 * Read it with db_step and sqlite3_column_*, then sqlite3_reset.
 */
enum err_code db_query(struct db *db, const char *sql, const struct value *args,
		       size_t n, sqlite3_stmt **stmt, struct err *err);
enum err_code db_step(struct db *db, sqlite3_stmt *stmt, bool *got,
		      struct err *err) MUST_CHECK;

/* For SQL made at run time: the caller's to finalize. */
enum err_code db_prepare(struct db *db, const char *sql, sqlite3_stmt **stmt,
			 struct err *err) MUST_CHECK;
enum err_code db_bind(struct db *db, sqlite3_stmt *stmt,
		      const struct value *args, size_t n,
		      struct err *err) MUST_CHECK;

/* Several statements without arguments, of ours. */
enum err_code db_script(struct db *db, const char *sql,
			struct err *err) MUST_CHECK;

struct bytes db_column_bytes(sqlite3_stmt *stmt, int column);
char *db_column_str(sqlite3_stmt *stmt, int column); /* a copy; NULL: NULL */
struct value db_column_value(sqlite3_stmt *stmt, int column); /* borrowed */

#endif
