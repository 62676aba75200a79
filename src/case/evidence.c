/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of files: cut into chunks at whole multiples of CHUNK_SIZE,
 * each stored once under its SHA-256 however many files and hosts have it,
 * compressed when that saves something. A piece says which chunk lies where
 * in an evidence item. Both only ever grow.
 */
#include "base/base.h"
#include "case/book.h"

/* Before the first change of a transaction: what to come back to. */
static void save(struct book *book, struct transfer *t)
{
	if (t->txn == book->txn)
		return;
	t->txn = book->txn;
	buf_clear(&t->before.block);
	(void)buf_add_bytes(&t->before.block, buf_bytes(&t->now.block));
	t->before.block_at = t->now.block_at;
	t->before.size = t->now.size;
	hash_release(&t->before.hash);
	hash_copy(&t->before.hash, &t->now.hash);
}

void transfer_undo(struct transfer *t)
{
	struct buf block = t->now.block;

	hash_release(&t->now.hash);
	t->now = t->before;
	t->before = (struct progress){.block = block};
	t->txn = 0;
}

void transfer_free(struct transfer *t)
{
	hash_release(&t->now.hash);
	hash_release(&t->before.hash);
	buf_release(&t->now.block);
	buf_release(&t->before.block);
	free(t);
}

static enum err_code chunk_row(struct book *book, const struct pack *k,
			       int64_t *row, struct err *err)
{
	struct bytes sha256 = bytes_of(k->sha256, SHA256_LEN);
	struct bytes stored =
		buf_bytes(k->codec == CODEC_ZSTD ? &k->squeezed : &k->block);
	enum err_code code =
		db_number(&book->db, "SELECT id FROM chunks WHERE sha256 = ?",
			  DB_ARGS(v_blob(sha256)), row, err);

	if (code != ERR_OK || *row)
		return code;
	code = db_insert(&book->db,
			 "INSERT INTO chunks (sha256, size, codec,"
			 " data_sha256, data) VALUES (?,?,?,?,?)",
			 DB_ARGS(v_blob(sha256), v_u64(k->block.n),
				 v_int(k->codec),
				 v_blob(bytes_of(k->stored_sha256, SHA256_LEN)),
				 v_blob(stored)),
			 row, err);
	if (code != ERR_OK)
		return code;
	return audit_row(&book->audit, T_CHUNKS, *row, k->host, k->at_ns, err);
}

static enum err_code insert_piece(struct book *book, const struct pack *k,
				  struct err *err)
{
	int64_t chunk, piece;
	enum err_code code = chunk_row(book, k, &chunk, err);

	if (code == ERR_OK)
		code = db_insert(&book->db,
				 "INSERT INTO pieces (evidence, \"offset\","
				 " size, chunk) VALUES (?,?,?,?)",
				 DB_ARGS(v_int(k->evidence), v_u64(k->offset),
					 v_u64(k->block.n), v_int(chunk)),
				 &piece, err);
	if (code != ERR_OK)
		return code;
	return audit_row(&book->audit, T_PIECES, piece, k->host, k->at_ns, err);
}

enum err_code evidence_settle(struct book *book, bool all, struct err *err)
{
	enum err_code code = ERR_OK;
	struct pack *k;

	while (code == ERR_OK &&
	       (k = (struct pack *)errands_take(book->packer, all))) {
		code = insert_piece(book, k, err);
		pack_free(k);
	}
	return code;
}

enum err_code transfer_store(struct book *book, const struct stream *s,
			     struct transfer *t, int64_t at_ns, struct err *err)
{
	struct progress *now = &t->now;
	struct pack *k;

	if (now->block.n == 0)
		return ERR_OK;
	save(book, t);
	k = xcalloc(1, sizeof *k);
	k->evidence = t->evidence;
	k->host = s->host;
	k->at_ns = at_ns;
	k->offset = now->block_at;
	k->block = now->block;
	now->block_at += now->block.n;
	buf_init(&now->block, CHUNK_SIZE);
	errands_put(&book->packer, &packing, &k->errand);
	return evidence_settle(book, false, err);
}

enum err_code transfer_add(struct book *book, struct stream *s,
			   struct transfer *t, const struct rec_chunk *chunk,
			   int64_t at_ns, struct err *err)
{
	struct bytes rest = chunk->data;
	uint64_t end = t->now.block_at + t->now.block.n;
	enum err_code code = ERR_OK;

	if (chunk->offset < end ||
	    chunk->offset > (uint64_t)INT64_MAX - RECORD_CHUNK_MAX ||
	    rest.n > RECORD_CHUNK_MAX)
		return err_set(err, ERR_FORMAT,
			       "file bytes at %" PRIu64 " come after %" PRIu64,
			       chunk->offset, end);
	save(book, t);
	if (chunk->offset != end) { /* the host could not read the rest */
		code = transfer_store(book, s, t, at_ns, err);
		t->now.block_at = chunk->offset;
	}
	hash_add(&t->now.hash, rest);
	t->now.size += rest.n;
	while (code == ERR_OK && rest.n) {
		uint64_t at = t->now.block_at + t->now.block.n;
		size_t n = MIN(rest.n, CHUNK_SIZE - (size_t)(at % CHUNK_SIZE));

		(void)buf_add(&t->now.block, rest.p, n);
		rest = bytes_skip(rest, n);
		if ((at + n) % CHUNK_SIZE == 0)
			code = transfer_store(book, s, t, at_ns, err);
	}
	return code;
}

/* How an item ended up. */
struct outcome {
	char sha256[HASH_HEX_MAX], source[HASH_HEX_MAX];
	const char *why;             /* it is not complete; NULL when it is */
	bool redacted;               /* complete, and not as it is there */
	char original[HASH_HEX_MAX]; /* of that; empty: not told */
	uint64_t taken_out;          /* bytes of it that were secret */
};

static const char *shortcoming(const struct transfer *t,
			       const struct rec_file_end *end,
			       const struct outcome *o, const char *reason)
{
	if (!end)
		return "broken off";
	if (o->source[0] && strcmp(o->source, o->sha256) != 0)
		return REASON_HASH;
	if (end->size != t->now.size)
		return "bytes are missing";
	if (t->now.block_at != t->now.size)
		return reason[0] ? reason : "it has gaps";
	if (!end->complete)
		return reason[0] ? reason : "broken off on the host";
	return NULL;
}

/* A transfer that went wrong is no news of the host, but of the coverage. */
static enum err_code say_damaged(struct book *book, const struct stream *s,
				 const struct transfer *t, int64_t at_ns,
				 const char *why, struct err *err)
{
	int64_t row;
	enum err_code code = db_insert(
		&book->db,
		"INSERT INTO coverage_rows (run, host, what, outcome, reason,"
		" path, files, bytes, at_ns) SELECT v.run, v.host, 'collect',"
		" 'failed', ?, f.path, 1, ?, ? FROM evidence_items v"
		" JOIN files f ON f.id = v.file WHERE v.id = ?",
		DB_ARGS(v_text(why), v_u64(t->now.size), v_int(at_ns),
			v_int(t->evidence)),
		&row, err);

	if (code != ERR_OK)
		return code;
	return audit_row(&book->audit, T_COVERAGE, row, s->host, at_ns, err);
}

#define LINK_WHERE                                                             \
	" WHERE evidence IS NULL AND host = ?1 AND sha256 = ?2"                \
	" AND path = (SELECT f.path FROM evidence_items v"                     \
	" JOIN files f ON f.id = v.file WHERE v.id = ?3)"

/* Findings of just these bytes at that place get to know their evidence. */
static enum err_code link_findings(struct book *book, const struct stream *s,
				   const struct transfer *t, const char *sha256,
				   int64_t at_ns, struct err *err)
{
	int64_t finding = 1;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && finding) {
		code = db_number(
			&book->db,
			"UPDATE findings SET evidence = ?3"
			" WHERE id = (SELECT id FROM findings" LINK_WHERE
			" LIMIT 1) RETURNING id",
			DB_ARGS(v_int(s->host), v_text(sha256),
				v_int(t->evidence)),
			&finding, err);
		if (code == ERR_OK && finding)
			code = audit_row(&book->audit, T_FINDINGS, finding,
					 s->host, at_ns, err);
	}
	return code;
}

static enum err_code write_outcome(struct book *book, const struct stream *s,
				   const struct transfer *t,
				   const struct outcome *o, int64_t at_ns,
				   struct err *err)
{
	const char *source = o->source[0] ? o->source : NULL;
	enum err_code code = db_run(
		&book->db,
		"UPDATE evidence_items SET size = ?, sha256 = ?,"
		" sha256_source = ?, complete = ?, reason = ?, redacted = ?,"
		" original_sha256 = ? WHERE id = ?",
		DB_ARGS(v_u64(t->now.size), v_text(o->sha256), v_text(source),
			v_int(o->why == NULL),
			v_text(o->why        ? o->why
			       : o->redacted ? RECORD_REDACTED
					     : NULL),
			o->taken_out ? v_u64(o->taken_out) : v_null(),
			v_text(o->original[0] ? o->original : NULL),
			v_int(t->evidence)),
		err);

	if (code != ERR_OK)
		return code;
	return audit_row(&book->audit, T_EVIDENCE, t->evidence, s->host, at_ns,
			 err);
}

static void hash_so_far(const struct transfer *t, char out[HASH_HEX_MAX])
{
	uint8_t digest[HASH_LEN_MAX];
	struct hash copy;

	hash_copy(&copy, &t->now.hash);
	(void)hash_final(&copy, digest);
	(void)hex_encode(bytes_of(digest, SHA256_LEN), out, HASH_HEX_MAX);
}

enum err_code transfer_end(struct book *book, struct stream *s,
			   struct transfer *t, const struct rec_file_end *end,
			   int64_t at_ns, struct err *err)
{
	struct outcome o = {0};
	enum err_code code;
	char *reason;

	if (end && (!hash_text(end->sha256, o.source) ||
		    !hash_text(end->original, o.original)))
		return err_set(err, ERR_FORMAT, "a SHA-256 of %zu bytes",
			       end->sha256.n);
	if (end && end->redacted > end->size)
		return err_set(err, ERR_FORMAT,
			       "more bytes are said to be redacted than there "
			       "are");
	o.taken_out = end ? end->redacted : 0;
	code = transfer_store(book, s, t, at_ns, err);
	if (code != ERR_OK)
		return code;
	reason = words_of(end ? end->reason : bytes_of(NULL, 0));
	hash_so_far(t, o.sha256);
	o.why = shortcoming(t, end, &o, reason);
	o.redacted = strcmp(reason, RECORD_REDACTED) == 0;
	code = write_outcome(book, s, t, &o, at_ns, err);
	if (code == ERR_OK && o.why && end && end->complete)
		code = say_damaged(book, s, t, at_ns, o.why, err);
	if (code == ERR_OK && !o.why)
		code = link_findings(book, s, t, o.sha256, at_ns, err);
	if (code == ERR_OK)
		t->ended_txn = book->txn;
	free(reason);
	return code;
}
