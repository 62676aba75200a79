/* SPDX-License-Identifier: Apache-2.0 */
/* Reading evidence back: chunks, and bytes of an item by offset. */
#include "base/base.h"

#include <zstd.h>

#include "base/hash.h"
#include "base/text.h"
#include "case/casefile.h"

static bool is_hash_of(struct bytes b, struct bytes want)
{
	uint8_t digest[SHA256_LEN];

	hash_sha256(b, digest);
	return bytes_eq(bytes_of(digest, sizeof digest), want);
}

/* The stored bytes without their compression; false when they make no
 * sense. */
static bool unpack(int64_t codec, struct bytes data, size_t size,
		   struct buf *out)
{
	uint8_t *to;
	size_t n;

	buf_clear(out);
	if (codec == 0)
		return data.n == size && buf_add_bytes(out, data);
	to = buf_reserve(out, size);
	if (codec != 1 || !to)
		return false;
	n = ZSTD_decompress(to, size, data.p, data.n);
	if (ZSTD_isError(n) || n != size)
		return false;
	buf_commit(out, n);
	return true;
}

enum err_code chunk_decode(sqlite3_stmt *stmt, int first, struct buf *out,
			   struct err *err)
{
	int64_t size = sqlite3_column_int64(stmt, first + 1);
	struct bytes sha256 = db_column_bytes(stmt, first + 2);
	struct bytes stored = db_column_bytes(stmt, first + 3);
	struct bytes data = db_column_bytes(stmt, first + 4);

	if (size < 0 || size > CHUNK_SIZE || !is_hash_of(data, stored) ||
	    !unpack(sqlite3_column_int64(stmt, first), data, (size_t)size,
		    out) ||
	    !is_hash_of(buf_bytes(out), sha256))
		return err_set(err, ERR_VERIFY,
			       "its bytes are not those that were stored");
	return ERR_OK;
}

#define PIECE_SQL                                                              \
	"SELECT p.\"offset\", p.size, p.chunk, " CHUNK_COLUMNS                 \
	" FROM pieces p JOIN chunks c ON c.id = p.chunk"                       \
	" WHERE p.evidence = ?1 AND p.\"offset\" <= ?2"                        \
	" ORDER BY p.\"offset\" DESC LIMIT 1"

static enum err_code load_chunk(struct casefile *cf, sqlite3_stmt *stmt,
				struct err *err)
{
	int64_t chunk = sqlite3_column_int64(stmt, 2);
	enum err_code code;

	if (cf->chunk == chunk)
		return ERR_OK;
	cf->chunk = 0;
	code = chunk_decode(stmt, 3, &cf->chunk_data, err);
	if (code == ERR_OK)
		cf->chunk = chunk;
	return code;
}

/* Bytes at offset out of the piece that holds it; *n 0 when none does. */
static enum err_code read_piece(struct casefile *cf, int64_t item,
				uint64_t offset, uint8_t *to, size_t *n,
				struct err *err)
{
	size_t room = *n;
	sqlite3_stmt *stmt;
	bool got = false;
	uint64_t within;
	enum err_code code =
		db_query(&cf->reader, PIECE_SQL,
			 DB_ARGS(v_int(item), v_u64(offset)), &stmt, err);

	*n = 0;
	if (code == ERR_OK)
		code = db_step(&cf->reader, stmt, &got, err);
	if (code != ERR_OK || !got)
		return code;
	within = offset - (uint64_t)sqlite3_column_int64(stmt, 0);
	if (within < (uint64_t)sqlite3_column_int64(stmt, 1))
		code = load_chunk(cf, stmt, err);
	if (code == ERR_OK && within < cf->chunk_data.n &&
	    within < (uint64_t)sqlite3_column_int64(stmt, 1)) {
		*n = MIN(room, cf->chunk_data.n - (size_t)within);
		memcpy(to, cf->chunk_data.p + within, *n);
	}
	sqlite3_reset(stmt);
	return code;
}

/* The item's row, and how far it should reach: over that is its end. */
static enum err_code find_item(struct casefile *cf, const char *id,
			       int64_t *item, uint64_t *reach, struct err *err)
{
	sqlite3_stmt *stmt;
	bool got = false;
	enum err_code code =
		db_query(&cf->reader,
			 "SELECT v.id, CASE WHEN v.complete THEN v.size"
			 " ELSE f.size END FROM evidence_items v"
			 " JOIN files f ON f.id = v.file WHERE v.uuid = ?",
			 DB_ARGS(v_text(id)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(&cf->reader, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	*item = sqlite3_column_int64(stmt, 0);
	*reach = (uint64_t)sqlite3_column_int64(stmt, 1);
	sqlite3_reset(stmt);
	if (!got)
		return err_set(err, ERR_NOTFOUND, "there is no evidence %s",
			       shown_str(id).s);
	return ERR_OK;
}

enum err_code case_evidence_read(struct casefile *cf, const char *id,
				 uint64_t offset, uint8_t *to, size_t *n,
				 struct err *err)
{
	size_t room = *n, got = 1;
	uint64_t reach = 0;
	int64_t item = 0;
	enum err_code code = find_item(cf, id, &item, &reach, err);

	*n = 0;
	while (code == ERR_OK && got && *n < room) {
		got = room - *n;
		code = read_piece(cf, item, offset + *n, to + *n, &got, err);
		if (code == ERR_OK)
			*n += got;
	}
	if (code != ERR_OK)
		return err_wrap(err, "evidence %s", shown_str(id).s);
	if (room && *n == 0 && offset < reach)
		return err_set(err, ERR_NOTFOUND,
			       "evidence %s is not complete: nothing at "
			       "%" PRIu64,
			       shown_str(id).s, offset);
	return ERR_OK;
}
