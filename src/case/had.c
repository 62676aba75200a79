/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that a cut collection brought here, whole or in part: what a probe is
 * told of them, and how the rest of one comes to the item that has its begin.
 * Runs that take up the same one are one with it and with each other.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/casefile.h"
#include "case/records.h"

/* Those who have so many files in a second of work have small ones. */
#define HAD_MAX 2000

/* All of it from the begin on, and nothing was wrong with that. */
#define IN_PART                                                                \
	" v.complete = 0 AND v.reason IN ('broken off', 'interrupted')"        \
	" AND v.size > 0 AND v.size = (SELECT max(p.\"offset\" + p.size)"      \
	" FROM pieces p WHERE p.evidence = v.id)"
/* Of items of the same path the newest. */
#define HAD_SQL                                                                \
	RUNS_OF("SELECT id FROM runs WHERE uuid = ?1")                            \
	" SELECT max(v.id), f.path, f.size, f.ino, f.dev, f.mtime_ns,"         \
	" f.ctime_ns, v.size, v.sha256, v.complete"                            \
	" FROM evidence_items v JOIN files f ON f.id = v.file"                 \
	" WHERE v.host = (SELECT id FROM hosts WHERE uuid = ?2)"               \
	" AND v.run IN (SELECT id FROM runs_of) AND f.member IS NULL"          \
	" AND (v.complete OR (" IN_PART "))"                                   \
	" GROUP BY f.path ORDER BY 1 DESC LIMIT ?3"

#define PIECES_SQL                                                             \
	"SELECT p.size, " CHUNK_COLUMNS " FROM pieces p"                       \
	" JOIN chunks c ON c.id = p.chunk WHERE p.evidence = ?"                \
	" ORDER BY p.\"offset\""

/* Of what the case has of an item, which has no gaps. */
static enum err_code hash_item(struct db *db, int64_t item, struct hash *hash,
			       uint64_t *size, struct err *err)
{
	sqlite3_stmt *stmt;
	struct buf chunk;
	bool got = true;
	enum err_code code =
		db_query(db, PIECES_SQL, DB_ARGS(v_int(item)), &stmt, err);

	*size = 0;
	hash_init(hash, HASH_SHA256);
	buf_init(&chunk, CHUNK_SIZE);
	while (code == ERR_OK && got) {
		code = db_step(db, stmt, &got, err);
		if (code == ERR_OK && got)
			code = chunk_decode(stmt, 1, &chunk, err);
		if (code != ERR_OK || !got)
			continue;
		hash_add(hash, buf_bytes(&chunk));
		*size += chunk.n;
	}
	if (code == ERR_OK)
		sqlite3_reset(stmt);
	else
		hash_release(hash);
	buf_release(&chunk);
	return code;
}

/* ---- for the probe ---- */

static int64_t time_at(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL
		       ? TIME_UNKNOWN
		       : sqlite3_column_int64(stmt, column);
}

static uint64_t number_at(sqlite3_stmt *stmt, int column)
{
	return (uint64_t)sqlite3_column_int64(stmt, column);
}

/* A run that was killed could not say what it had; the pieces do. */
static enum err_code fill_hash(struct db *db, sqlite3_stmt *stmt,
			       uint8_t sha256[HASH_LEN_MAX], struct err *err)
{
	struct bytes hex = db_column_bytes(stmt, 8);
	struct hash hash;
	uint64_t size;
	enum err_code code;

	if (hex_decode(hex, sha256, SHA256_LEN))
		return ERR_OK;
	code = hash_item(db, sqlite3_column_int64(stmt, 0), &hash, &size, err);
	if (code == ERR_OK)
		(void)hash_final(&hash, sha256);
	return code;
}

static enum err_code tell(struct db *db, sqlite3_stmt *stmt,
			  const struct had_sink *sink, struct err *err)
{
	uint8_t sha256[HASH_LEN_MAX];
	struct req_have have = {
		.path = db_column_bytes(stmt, 1),
		.size = number_at(stmt, 2),
		.ino = number_at(stmt, 3),
		.dev = number_at(stmt, 4),
		.mtime_ns = time_at(stmt, 5),
		.ctime_ns = time_at(stmt, 6),
		.bytes = number_at(stmt, 7),
		.whole = sqlite3_column_int(stmt, 9) != 0,
	};
	enum err_code code = fill_hash(db, stmt, sha256, err);

	if (code != ERR_OK)
		return code;
	have.sha256 = bytes_of(sha256, SHA256_LEN);
	/* One that grew as it was read is not what it was, anyway. */
	return have.bytes > have.size ? ERR_OK
				      : sink->take(sink->user, &have, err);
}

enum err_code case_had(struct casefile *cf, const struct uuid *run,
		       const struct uuid *host, const struct had_sink *sink,
		       struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	struct db *db;
	bool got = true;
	enum err_code code = reader_of_engine(cf, &db, err);

	if (code == ERR_OK)
		code = db_query(db, HAD_SQL,
				DB_ARGS(v_text(run->s), v_text(host->s),
					v_int(HAD_MAX)),
				&stmt, err);
	while (code == ERR_OK && got) {
		code = db_step(db, stmt, &got, err);
		if (code == ERR_OK && got)
			code = tell(db, stmt, sink, err);
	}
	if (stmt)
		sqlite3_reset(stmt);
	return code;
}

/* ---- what the probe then sends ---- */

#define ITEM_SQL                                                               \
	RUNS_OF("SELECT ?1")                                                      \
	" SELECT v.id FROM files f JOIN evidence_items v ON v.file = f.id"     \
	" WHERE f.host = ?2 AND f.path = ?3 AND f.size = ?4 AND f.ino = ?5"    \
	" AND f.dev = ?6 AND f.mtime_ns IS ?7 AND f.ctime_ns IS ?8"            \
	" AND f.member IS NULL AND v.size = ?9 AND" IN_PART                    \
	" AND v.run IN (SELECT id FROM runs_of) ORDER BY v.id DESC LIMIT 1"

static enum err_code say_gone_on(struct intake *in, int64_t item,
				 uint64_t from, struct err *err)
{
	enum err_code code = db_run(
		&in->book->db,
		"UPDATE evidence_items SET reason = 'broken off',"
		" method = method || '; gone on at byte ' || ?1 WHERE id = ?2",
		DB_ARGS(v_u64(from), v_int(item)), err);

	if (code != ERR_OK)
		return code;
	return audit_row(&in->book->audit, T_EVIDENCE, item, in->s->host,
			 in->at_ns, err);
}

enum err_code had_go_on(struct intake *in, const struct rec_file *f,
			struct seen *seen, struct err *err)
{
	struct book *book = in->book;
	struct hash so_far;
	uint64_t size;
	enum err_code code = evidence_settle(book, true, err);

	if (code == ERR_OK)
		code = db_number(&book->db, ITEM_SQL,
				 DB_ARGS(v_int(in->s->run), v_int(in->s->host),
					 v_blob(f->path), v_u64(f->size),
					 v_u64(f->ino), v_u64(f->dev),
					 v_time(f->mtime_ns),
					 v_time(f->ctime_ns), v_u64(f->from)),
				 &seen->evidence, err);
	if (code == ERR_OK && !seen->evidence)
		return err_set(err, ERR_FORMAT,
			       "file %" PRIu64 " is to go on at byte %" PRIu64
			       ", and nothing is here of it that ends there",
			       f->seq, f->from);
	if (code == ERR_OK)
		code = hash_item(&book->db, seen->evidence, &so_far, &size,
				 err);
	if (code != ERR_OK)
		return code;
	code = say_gone_on(in, seen->evidence, f->from, err);
	if (code != ERR_OK) {
		hash_release(&so_far);
		return code;
	}
	transfer_begin_at(book, in->s, seen, f->from, &so_far);
	return ERR_OK;
}
