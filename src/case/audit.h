/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: who did what to which rows, each row of it hashed together
 * with the one before. halligan-case(5) tells the recipe to outsiders; here
 * is the only code that follows it, for writing and for verifying.
 *
 * Rows that people change are recorded one by one, at once. Rows that hosts
 * send are gathered and recorded at the end of their transaction.
 */
#ifndef HALLIGAN_CASE_AUDIT_H
#define HALLIGAN_CASE_AUDIT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/hash.h"
#include "case/db.h"
#include "case/schema.h"

#define AUDIT_RANGE_MAX 1024 /* rows one audit row may cover */

struct audit_range {
	int64_t first, last; /* last 0: none is open */
	int64_t host;        /* 0: none */
	int64_t at_ns;
	struct buf digests; /* of its first rows, that need no reading back */
};

struct audit_touch {
	enum table_id table;
	int64_t row, host, at_ns;
};

/* For the digests of many rows. */
struct digester {
	struct buf encoding;
	struct hash hash;
};

struct audit {
	struct db *db;
	const char *actor;
	int64_t seq; /* of the last row */
	uint8_t head[SHA256_LEN];
	struct audit_range ranges[N_TABLES]; /* of tables that only grow */
	struct audit_touch *touches;         /* rows of the others */
	size_t n_touches, cap;
	struct digester digester; /* made with the first row */
};

/* What an audit row says. */
struct audit_entry {
	const char *action;
	int64_t at_ns;
	int64_t host;  /* row number, 0: none */
	bool has_rows; /* table, first and last are set */
	enum table_id table;
	int64_t first, last;
	const char *detail; /* JSON object, NULL */
};

/* First thing in a transaction: reads the head, forgets what was gathered. */
enum err_code audit_begin(struct audit *a, struct err *err) MUST_CHECK;

/* One audit row, now. */
enum err_code audit_add(struct audit *a, const struct audit_entry *entry,
			struct err *err) MUST_CHECK;

/* A row that a host sent was inserted (or, in a table that allows it,
 * changed): to be recorded by audit_flush. */
enum err_code audit_row(struct audit *a, enum table_id table, int64_t row,
			int64_t host, int64_t at_ns,
			struct err *err) MUST_CHECK;

/*
 * The same for a row of a table that only grows whose digest is at hand.
 * Reading it back took a sixth of the time that a million events take.
 */
enum err_code audit_row_known(struct audit *a, const struct audit_touch *t,
			      const uint8_t digest[SHA256_LEN],
			      struct err *err) MUST_CHECK;

/* Records what was gathered. Before a commit or a savepoint. */
enum err_code audit_flush(struct audit *a, struct err *err) MUST_CHECK;
void audit_forget(struct audit *a); /* what was gathered */
void audit_release(struct audit *a);

/*
 * The encoding that is hashed: the table's name, then each column: 'n', 'i'
 * and 8 bytes, 'r' and 8 bytes, 't' or 'b' and an 8-byte length and that many
 * bytes; NULLs at the end are left out. From column 0 to n of the statement.
 */
void audit_encode(const char *table, sqlite3_stmt *stmt, int n,
		  struct buf *out);

void digester_init(struct digester *d);
void digester_release(struct digester *d);
void audit_row_digest(struct digester *d, const char *table, sqlite3_stmt *stmt,
		      uint8_t digest[SHA256_LEN]);
struct digester *audit_digester(struct audit *a); /* the writer's own */
/* Of values: all columns in their order, as they are stored. Any thread. */
void audit_values_digest(struct digester *d, enum table_id table,
			 const struct value *row, size_t n,
			 uint8_t digest[SHA256_LEN]);

/* Columns of audit_log before prev and hash; those two follow. */
#define AUDIT_COLUMNS 11
#define AUDIT_SELECT                                                           \
	"SELECT seq, at_ns, actor, action, host, object, object_id,"           \
	" row_first, row_last, detail, digest, prev, hash FROM audit_log "

/* hash = SHA-256(prev, encoding of the columns before it). */
void audit_hash(const uint8_t prev[SHA256_LEN], struct bytes encoding,
		uint8_t hash[SHA256_LEN]);

/* More than a row of SQLite may be (db.c). */
#define AUDIT_ENCODING_MAX (65u << 20)

#endif
