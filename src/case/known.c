/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content that the case has already of a host: its probe is told, and a file
 * that holds just that is evidence of its own that consists of the same
 * chunks. The hash is the host's word; what has it is here. What other hosts
 * brought is told only where that was asked for: a host could find out so what
 * was found elsewhere, and claim to hold it.
 */
#include "base/base.h"
#include "base/hash.h"
#include "base/text.h"
#include "case/casefile.h"
#include "case/records.h"

#define KNOWN_MAX  65536
#define PIECES_MAX (1u << 20) /* of one file: 1 TiB */

/* What was redacted says so, and is no file's content. */
#define WHOLE " complete = 1 AND reason IS NULL AND size > 0"
#define KNOWN_SQL                                                              \
	"SELECT size, sha256 FROM evidence_items WHERE (?1 IS NULL"            \
	" OR host = (SELECT id FROM hosts WHERE uuid = ?1)) AND" WHOLE         \
	" GROUP BY sha256 ORDER BY size DESC LIMIT ?2"

static enum err_code tell(sqlite3_stmt *stmt, const struct known_sink *sink,
			  struct err *err)
{
	uint8_t sha256[SHA256_LEN];

	if (!hex_decode(db_column_bytes(stmt, 1), sha256, sizeof sha256))
		return ERR_OK;
	return sink->take(sink->user, (uint64_t)sqlite3_column_int64(stmt, 0),
			  bytes_of(sha256, sizeof sha256), err);
}

enum err_code case_known(struct casefile *cf, const struct uuid *host,
			 const struct known_sink *sink, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	struct db *db;
	bool got = true;
	enum err_code code = reader_of_engine(cf, &db, err);

	if (code == ERR_OK)
		code = db_query(db, KNOWN_SQL,
				DB_ARGS(v_text(host ? host->s : NULL),
					v_int(KNOWN_MAX)),
				&stmt, err);
	while (code == ERR_OK && got) {
		code = db_step(db, stmt, &got, err);
		if (code == ERR_OK && got)
			code = tell(stmt, sink, err);
	}
	if (stmt)
		sqlite3_reset(stmt);
	return code;
}

/* ---- a file that has it ---- */

struct piece {
	int64_t offset, size, chunk;
};

static enum err_code read_pieces(struct db *db, int64_t item,
				 struct piece **pieces, size_t *n,
				 struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = db_query(
		db,
		"SELECT \"offset\", size, chunk FROM pieces"
		" WHERE evidence = ? ORDER BY \"offset\"",
		DB_ARGS(v_int(item)), &stmt, err);

	while (code == ERR_OK && got && *n < PIECES_MAX) {
		code = db_step(db, stmt, &got, err);
		if (code != ERR_OK || !got)
			break;
		*pieces = xrealloc(*pieces, *n + 1, sizeof **pieces);
		(*pieces)[(*n)++] = (struct piece){
			.offset = sqlite3_column_int64(stmt, 0),
			.size = sqlite3_column_int64(stmt, 1),
			.chunk = sqlite3_column_int64(stmt, 2)};
	}
	if (stmt)
		sqlite3_reset(stmt);
	return code;
}

static enum err_code copy_pieces(struct intake *in, int64_t from, int64_t to,
				 struct err *err)
{
	struct piece *pieces = NULL;
	size_t n = 0;
	enum err_code code =
		read_pieces(&in->book->db, from, &pieces, &n, err);

	for (size_t i = 0; code == ERR_OK && i < n; i++) {
		int64_t row;

		code = db_insert(&in->book->db,
				 "INSERT INTO pieces (evidence, \"offset\","
				 " size, chunk) VALUES (?,?,?,?)",
				 DB_ARGS(v_int(to), v_int(pieces[i].offset),
					 v_int(pieces[i].size),
					 v_int(pieces[i].chunk)),
				 &row, err);
		if (code == ERR_OK)
			code = audit_row(&in->book->audit, T_PIECES, row,
					 in->s->host, in->at_ns, err);
	}
	free(pieces);
	return code;
}

static enum err_code end_item(struct intake *in, int64_t item, int64_t same,
			      const struct rec_file *f, const char *sha256,
			      struct err *err)
{
	enum err_code code = db_run(
		&in->book->db,
		"UPDATE evidence_items SET size = ?1, sha256 = ?2,"
		" sha256_source = ?2, complete = 1, method = method ||"
		" '; not sent again: the content is that of ' ||"
		" (SELECT uuid FROM evidence_items WHERE id = ?3)"
		" WHERE id = ?4",
		DB_ARGS(v_u64(f->size), v_text(sha256), v_int(same),
			v_int(item)),
		err);

	if (code != ERR_OK)
		return code;
	return audit_row(&in->book->audit, T_EVIDENCE, item, in->s->host,
			 in->at_ns, err);
}

enum err_code known_item(struct intake *in, const struct rec_file *f,
			 const char *sha256, struct seen *seen,
			 struct err *err)
{
	int64_t same = 0;
	enum err_code code = evidence_settle(in->book, true, err);

	if (code == ERR_OK)
		code = db_number(&in->book->db,
				 "SELECT id FROM evidence_items WHERE"
				 " sha256 = ? AND size = ? AND (host = ? OR ?)"
				 " AND" WHOLE " ORDER BY id LIMIT 1",
				 DB_ARGS(v_text(sha256), v_u64(f->size),
					 v_int(in->s->host), v_int(f->of_any)),
				 &same, err);
	if (code == ERR_OK && !same)
		return err_set(err, ERR_FORMAT,
			       "file %" PRIu64 " is said to hold what was sent "
			       "before, and was not",
			       f->seq);
	if (code == ERR_OK)
		code = evidence_row(in, seen->row, &seen->evidence, err);
	if (code == ERR_OK)
		code = copy_pieces(in, same, seen->evidence, err);
	if (code == ERR_OK)
		code = end_item(in, seen->evidence, same, f, sha256, err);
	return code;
}
