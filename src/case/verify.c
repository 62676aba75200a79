/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is everything as it was recorded? The audit chain is hashed anew; each row
 * of each table is compared with what the audit log last said of it; all
 * evidence is hashed. Everything within one snapshot, so a case may be
 * verified while it is written.
 */
#include "base/base.h"

#include "base/text.h"
#include "case/casefile.h"
#include "case/verify.h"

void verify_problem(struct verify *v, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap); /* cut is fine */
	va_end(ap);
	v->report->problems++;
	if (v->problem)
		v->problem(v->arg, line);
}

/* ---- the file ---- */

/* What SQLite itself can tell: pages, indexes, types. */
static enum err_code check_structure(struct verify *v, struct err *err)
{
	sqlite3_stmt *stmt;
	bool got = true;
	enum err_code code = db_query(&v->db, "PRAGMA integrity_check(20)",
				      DB_NONE, &stmt, err);

	while (code == ERR_OK && got) {
		struct bytes said;

		code = db_step(&v->db, stmt, &got, err);
		if (code != ERR_OK || !got)
			break;
		said = db_column_bytes(stmt, 0);
		if (!bytes_eq(said, bytes_str("ok")))
			verify_problem(v, "file structure: %s", shown(said).s);
	}
	if (code == ERR_OK)
		sqlite3_reset(stmt);
	return code;
}

/* ---- the chain ---- */

struct chain {
	int64_t seq;
	uint8_t head[SHA256_LEN];
	struct buf encoding;
};

static void check_link(struct verify *v, struct chain *chain,
		       sqlite3_stmt *stmt)
{
	int64_t seq = sqlite3_column_int64(stmt, 0);
	struct bytes prev = db_column_bytes(stmt, AUDIT_COLUMNS);
	struct bytes hash = db_column_bytes(stmt, AUDIT_COLUMNS + 1);
	uint8_t want[SHA256_LEN];

	if (seq != chain->seq + 1)
		verify_problem(v,
			       "audit %" PRId64 ": %" PRId64
			       " rows before it are missing",
			       seq, seq - chain->seq - 1);
	else if (!bytes_eq(prev, bytes_of(chain->head, SHA256_LEN)))
		verify_problem(v,
			       "audit %" PRId64
			       ": does not follow from the row before it",
			       seq);
	chain->seq = seq;
	audit_encode("audit_log", stmt, AUDIT_COLUMNS, &chain->encoding);
	memset(want, 0, sizeof want);
	if (prev.n == SHA256_LEN)
		audit_hash(prev.p, buf_bytes(&chain->encoding), want);
	if (!bytes_eq(hash, bytes_of(want, sizeof want)))
		verify_problem(v, "audit %" PRId64 ": the row was changed",
			       seq);
	/* Go on from what is stored: one broken row is one problem. */
	memset(chain->head, 0, SHA256_LEN);
	if (hash.n == SHA256_LEN)
		memcpy(chain->head, hash.p, SHA256_LEN);
}

static enum err_code check_chain(struct verify *v, struct err *err)
{
	struct chain chain = {0};
	sqlite3_stmt *stmt;
	bool got = true;
	enum err_code code = db_query(&v->db, AUDIT_SELECT "ORDER BY seq",
				      DB_NONE, &stmt, err);

	buf_init(&chain.encoding, AUDIT_ENCODING_MAX);
	while (code == ERR_OK && got) {
		code = db_step(&v->db, stmt, &got, err);
		if (code != ERR_OK || !got)
			break;
		check_link(v, &chain, stmt);
		v->report->audit_rows++;
	}
	if (code == ERR_OK) {
		sqlite3_reset(stmt);
		if (chain.seq == 0)
			verify_problem(v, "the audit log is empty");
	}
	v->report->head_seq = chain.seq;
	(void)hex_encode(bytes_of(chain.head, SHA256_LEN), v->report->head,
			 sizeof v->report->head);
	buf_release(&chain.encoding);
	return code;
}

/* ---- evidence ---- */

struct item {
	int64_t id, size;
	bool complete;
	char uuid[UUID_TEXT_LEN + 1], sha256[HASH_HEX_MAX];
	uint64_t got, end; /* bytes there; offset where they end */
	bool damaged;
	struct hash hash;
};

#define PIECES_SQL                                                             \
	"SELECT p.\"offset\", p.size, " CHUNK_COLUMNS                          \
	" FROM pieces p LEFT JOIN chunks c ON c.id = p.chunk"                  \
	" WHERE p.evidence = ? ORDER BY p.\"offset\""

static void check_piece(struct verify *v, struct item *item, sqlite3_stmt *stmt,
			struct buf *bytes)
{
	uint64_t offset = (uint64_t)sqlite3_column_int64(stmt, 0);
	uint64_t size = (uint64_t)sqlite3_column_int64(stmt, 1);
	struct err err;

	if (chunk_decode(stmt, 2, bytes, &err) != ERR_OK || bytes->n != size) {
		verify_problem(v,
			       "evidence %s: the bytes at %" PRIu64
			       " are not those that were stored",
			       item->uuid, offset);
		item->damaged = true;
		return;
	}
	if (offset != item->end && item->complete) {
		verify_problem(v, "evidence %s: there is a gap at %" PRIu64,
			       item->uuid, item->end);
		item->damaged = true;
	}
	hash_add(&item->hash, buf_bytes(bytes));
	item->got += bytes->n;
	item->end = offset + bytes->n;
	v->report->evidence_bytes += bytes->n;
}

static void check_whole(struct verify *v, struct item *item)
{
	uint8_t digest[HASH_LEN_MAX];
	char hex[HASH_HEX_MAX];

	(void)hash_final(&item->hash, digest);
	(void)hex_encode(bytes_of(digest, SHA256_LEN), hex, sizeof hex);
	if (item->damaged)
		return; /* said already where */
	if (item->complete && item->got != (uint64_t)item->size)
		verify_problem(
			v, "evidence %s: %" PRIu64 " bytes instead of %" PRId64,
			item->uuid, item->got, item->size);
	else if (item->sha256[0] && strcmp(hex, item->sha256) != 0)
		verify_problem(v, "evidence %s: SHA-256 is %s instead of %s",
			       item->uuid, hex, item->sha256);
}

static enum err_code check_item(struct verify *v, struct item *item,
				struct err *err)
{
	sqlite3_stmt *stmt;
	struct buf bytes;
	bool got = true;
	enum err_code code = db_query(&v->db, PIECES_SQL,
				      DB_ARGS(v_int(item->id)), &stmt, err);

	buf_init(&bytes, CHUNK_SIZE);
	hash_init(&item->hash, HASH_SHA256);
	while (code == ERR_OK && got) {
		code = db_step(&v->db, stmt, &got, err);
		if (code == ERR_OK && got)
			check_piece(v, item, stmt, &bytes);
	}
	check_whole(v, item);
	v->report->evidence_items++;
	v->report->incomplete += !item->complete;
	buf_release(&bytes);
	return code;
}

#define ITEM_SQL                                                               \
	"SELECT id, uuid, coalesce(sha256, ''), coalesce(size, 0),"            \
	" complete FROM evidence_items WHERE id > ? ORDER BY id LIMIT 1"

static enum err_code next_item(struct verify *v, struct item *item, bool *got,
			       struct err *err)
{
	sqlite3_stmt *stmt;
	enum err_code code = db_query(&v->db, ITEM_SQL,
				      DB_ARGS(v_int(item->id)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(&v->db, stmt, got, err);
	if (code != ERR_OK || !*got)
		return code;
	*item = (struct item){.id = sqlite3_column_int64(stmt, 0),
			      .size = sqlite3_column_int64(stmt, 3),
			      .complete = sqlite3_column_int(stmt, 4) != 0};
	(void)snprintf(item->uuid, sizeof item->uuid, "%s",
		       shown(db_column_bytes(stmt, 1)).s);
	(void)snprintf(item->sha256, sizeof item->sha256, "%s",
		       shown(db_column_bytes(stmt, 2)).s);
	sqlite3_reset(stmt);
	return ERR_OK;
}

static enum err_code check_evidence(struct verify *v, struct err *err)
{
	struct item item = {.id = INT64_MIN};
	bool got = true;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && got) {
		code = next_item(v, &item, &got, err);
		if (code == ERR_OK && got)
			code = check_item(v, &item, err);
	}
	return code;
}

/* Chunks that no piece leads to are not read above. */
static enum err_code check_stray_chunks(struct verify *v, struct err *err)
{
	sqlite3_stmt *stmt;
	struct buf bytes;
	bool got = true;
	enum err_code code =
		db_query(&v->db,
			 "SELECT c.id, " CHUNK_COLUMNS " FROM chunks c"
			 " WHERE c.id NOT IN (SELECT chunk FROM pieces)",
			 DB_NONE, &stmt, err);

	buf_init(&bytes, CHUNK_SIZE);
	while (code == ERR_OK && got) {
		struct err ignored;

		code = db_step(&v->db, stmt, &got, err);
		if (code == ERR_OK && got &&
		    chunk_decode(stmt, 1, &bytes, &ignored) != ERR_OK)
			verify_problem(v, "chunks %" PRId64 ": %s",
				       (int64_t)sqlite3_column_int64(stmt, 0),
				       ignored.msg);
	}
	buf_release(&bytes);
	return code;
}

/* ---- all of it ---- */

/* A finding, not what ends the search for others. */
static bool is_damage(enum err_code code)
{
	return code == ERR_FORMAT || code == ERR_VERIFY;
}

static enum err_code check_objects(struct verify *v, struct err *err)
{
	enum err_code code = schema_check_objects(&v->db, v->version, err);

	if (is_damage(code)) {
		verify_problem(v, "%s", err->msg);
		return ERR_OK;
	}
	return code;
}

static enum err_code check_tables(struct verify *v, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < N_TABLES && code == ERR_OK; i++) {
		if (!schema_has_table(v->version, (enum table_id)i))
			continue;
		code = verify_table(v, &tables[i], err);
		if (is_damage(code)) { /* the others may be readable */
			verify_problem(v, "%s: %s", tables[i].name, err->msg);
			code = ERR_OK;
		}
	}
	return code;
}

static enum err_code run_checks(struct verify *v, struct err *err)
{
	static enum err_code (*const checks[])(struct verify * v,
					       struct err * err) = {
		check_objects, check_structure, check_chain,
		check_tables,  check_evidence,  check_stray_chunks,
	};
	enum err_code code = db_script(&v->db, "BEGIN", err);

	for (size_t i = 0; i < ARRAY_SIZE(checks) && code == ERR_OK; i++) {
		code = checks[i](v, err);
		if (is_damage(code)) {
			verify_problem(v, "%s", err->msg);
			code = ERR_OK;
		}
	}
	return code;
}

static enum err_code conclude(const struct verify *v, const char *path,
			      struct err *err)
{
	if (!v->report->problems)
		return ERR_OK;
	return err_set(err, ERR_VERIFY,
		       "%s does not verify: %" PRIu64 " problem%s",
		       shown_str(path).s, v->report->problems,
		       v->report->problems == 1 ? "" : "s");
}

enum err_code case_verify(const char *path,
			  void (*report_problem)(void *arg, const char *line),
			  void *arg, struct verify_report *report,
			  struct err *err)
{
	struct verify v = {
		.problem = report_problem, .arg = arg, .report = report};
	enum err_code code;

	*report = (struct verify_report){0};
	code = reader_open(&v.db, path, &(enum db_mode){DB_READ}, &v.version,
			   err);
	if (code == ERR_OK)
		code = run_checks(&v, err);
	db_close(&v.db);
	if (code == ERR_VERIFY) { /* so damaged that it does not open */
		verify_problem(&v, "%s", err->msg);
		code = ERR_OK;
	}
	return code == ERR_OK ? conclude(&v, path, err) : code;
}
