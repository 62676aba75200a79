/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the audit log. */
#include "base/base.h"
#include "case/audit.h"

static const uint8_t no_hash[SHA256_LEN];

static void put_u64be(uint8_t *p, uint64_t v)
{
	for (size_t i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static void encode_bytes(uint8_t type, struct bytes b, struct buf *out)
{
	uint8_t *p = buf_reserve(out, 9 + b.n);

	if (!p)
		return;
	p[0] = type;
	put_u64be(p + 1, b.n);
	if (b.n)
		memcpy(p + 9, b.p, b.n);
	buf_commit(out, 9 + b.n);
}

static void encode_number(uint8_t type, const void *number, struct buf *out)
{
	uint8_t *p = buf_reserve(out, 9);
	uint64_t bits;

	if (!p)
		return;
	memcpy(&bits, number, sizeof bits);
	p[0] = type;
	put_u64be(p + 1, bits);
	buf_commit(out, 9);
}

static void encode_value(const struct value *v, struct buf *out)
{
	switch (v->type) {
	case VALUE_NULL:
		(void)buf_add_byte(out, 'n');
		break;
	case VALUE_INT:
		encode_number('i', &v->i, out);
		break;
	case VALUE_REAL:
		encode_number('r', &v->real, out);
		break;
	case VALUE_TEXT:
		encode_bytes('t', v->b, out);
		break;
	case VALUE_BLOB:
		encode_bytes('b', v->b, out);
		break;
	}
}

static void encode_row(const char *table, const struct value *row, size_t n,
		       struct buf *out)
{
	while (n && row[n - 1].type == VALUE_NULL)
		n--;
	buf_clear(out);
	encode_bytes('t', bytes_str(table), out);
	for (size_t i = 0; i < n; i++)
		encode_value(&row[i], out);
}

void audit_encode(const char *table, sqlite3_stmt *stmt, int n, struct buf *out)
{
	while (n && sqlite3_column_type(stmt, n - 1) == SQLITE_NULL)
		n--;
	buf_clear(out);
	encode_bytes('t', bytes_str(table), out);
	for (int i = 0; i < n; i++) {
		struct value v = db_column_value(stmt, i);

		encode_value(&v, out);
	}
}

void digester_init(struct digester *d)
{
	buf_init(&d->encoding, AUDIT_ENCODING_MAX);
	hash_init(&d->hash, HASH_SHA256);
}

void digester_release(struct digester *d)
{
	buf_release(&d->encoding);
	hash_release(&d->hash);
}

static void digest_encoding(struct digester *d, uint8_t digest[SHA256_LEN])
{
	uint8_t out[HASH_LEN_MAX];

	hash_each(&d->hash, buf_bytes(&d->encoding), out);
	memcpy(digest, out, SHA256_LEN);
}

void audit_row_digest(struct digester *d, const char *table, sqlite3_stmt *stmt,
		      uint8_t digest[SHA256_LEN])
{
	audit_encode(table, stmt, sqlite3_column_count(stmt), &d->encoding);
	digest_encoding(d, digest);
}

struct digester *audit_digester(struct audit *a)
{
	if (!a->digester.hash.ctx)
		digester_init(&a->digester);
	return &a->digester;
}

void audit_hash(const uint8_t prev[SHA256_LEN], struct bytes encoding,
		uint8_t hash[SHA256_LEN])
{
	uint8_t out[HASH_LEN_MAX];
	struct hash h;

	hash_init(&h, HASH_SHA256);
	hash_add(&h, bytes_of(prev, SHA256_LEN));
	hash_add(&h, encoding);
	(void)hash_final(&h, out);
	memcpy(hash, out, SHA256_LEN);
}

/* Nothing is in it. */
static void begin_range(struct audit_range *r)
{
	buf_clear(&r->digests);
	*r = (struct audit_range){.digests = r->digests};
}

void audit_forget(struct audit *a)
{
	for (unsigned t = 0; t < N_TABLES; t++)
		begin_range(&a->ranges[t]);
	a->n_touches = 0;
}

void audit_release(struct audit *a)
{
	free(a->touches);
	for (unsigned t = 0; t < N_TABLES; t++)
		buf_release(&a->ranges[t].digests);
	digester_release(&a->digester);
	*a = (struct audit){0};
}

enum err_code audit_begin(struct audit *a, struct err *err)
{
	sqlite3_stmt *stmt;
	struct bytes hash;
	bool got = false;
	enum err_code code = db_query(a->db,
				      "SELECT seq, hash FROM audit_log"
				      " ORDER BY seq DESC LIMIT 1",
				      DB_NONE, &stmt, err);

	if (code == ERR_OK)
		code = db_step(a->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	audit_forget(a);
	a->seq = 0;
	memcpy(a->head, no_hash, SHA256_LEN);
	if (got) {
		a->seq = sqlite3_column_int64(stmt, 0);
		hash = db_column_bytes(stmt, 1);
		if (hash.n == SHA256_LEN)
			memcpy(a->head, hash.p, SHA256_LEN);
		else /* verify tells more; we must not build on it */
			code = err_set(err, ERR_FORMAT,
				       "the audit log is damaged at row "
				       "%" PRId64,
				       a->seq);
	}
	sqlite3_reset(stmt);
	return code;
}

/* The digests of all rows of an entry, one after the other, behind those that
 * are there. */
static enum err_code digests(struct audit *a, const struct audit_entry *e,
			     struct buf *out, struct err *err)
{
	const struct table *t = &tables[e->table];
	int64_t from = e->first + (int64_t)(out->n / SHA256_LEN);
	uint8_t digest[SHA256_LEN];
	sqlite3_stmt *stmt;
	bool got = true;
	enum err_code code;

	if (from > e->last)
		return ERR_OK;
	code = db_query(a->db, t->select, DB_ARGS(v_int(from), v_int(e->last)),
			&stmt, err);
	while (code == ERR_OK && got) {
		code = db_step(a->db, stmt, &got, err);
		if (code != ERR_OK || !got)
			continue;
		audit_row_digest(audit_digester(a), t->name, stmt, digest);
		(void)buf_add(out, digest, sizeof digest);
	}
	if (code != ERR_OK)
		return code;
	sqlite3_reset(stmt);
	if (out->n != (size_t)(e->last - e->first + 1) * SHA256_LEN)
		BUG("audit of %s %" PRId64 "..%" PRId64 ": %zu bytes", t->name,
		    e->first, e->last, out->n);
	return ERR_OK;
}

/* What people know the row or rows by. The caller frees it. */
static enum err_code object_id(struct audit *a, const struct audit_entry *e,
			       char **out, struct err *err)
{
	const char *sql = tables[e->table].uuid;
	sqlite3_stmt *stmt;
	bool got;
	enum err_code code;

	if (!sql) {
		*out = e->first == e->last ? xasprintf("%" PRId64, e->first)
					   : xasprintf("%" PRId64 "..%" PRId64,
						       e->first, e->last);
		return ERR_OK;
	}
	code = db_query(a->db, sql, DB_ARGS(v_int(e->first)), &stmt, err);
	if (code == ERR_OK)
		code = db_step(a->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	*out = db_column_str(stmt, 0);
	sqlite3_reset(stmt);
	return ERR_OK;
}

#define SEAL_SQL "UPDATE audit_log SET hash = ? WHERE seq = ?"

/* Reads the row back as it is stored, so that what is hashed is what is
 * there, and gives it its hash. */
static enum err_code seal(struct audit *a, struct err *err)
{
	uint8_t hash[SHA256_LEN];
	sqlite3_stmt *stmt;
	struct buf b;
	bool got;
	enum err_code code = db_query(a->db, AUDIT_SELECT "WHERE seq = ?",
				      DB_ARGS(v_int(a->seq + 1)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(a->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	buf_init(&b, AUDIT_ENCODING_MAX);
	audit_encode("audit_log", stmt, AUDIT_COLUMNS, &b);
	sqlite3_reset(stmt);
	audit_hash(a->head, buf_bytes(&b), hash);
	buf_release(&b);
	code = db_run(
		a->db, SEAL_SQL,
		DB_ARGS(v_blob(bytes_of(hash, sizeof hash)), v_int(a->seq + 1)),
		err);
	if (code != ERR_OK)
		return code;
	memcpy(a->head, hash, sizeof hash);
	a->seq++;
	return ERR_OK;
}

static enum err_code insert(struct audit *a, const struct audit_entry *e,
			    const char *id, const struct buf *digest,
			    struct err *err)
{
	const char *object = e->has_rows ? tables[e->table].name : NULL;

	return db_run(
		a->db,
		"INSERT INTO audit_log (seq, at_ns, actor, action, host,"
		" object, object_id, row_first, row_last, detail,"
		" digest, prev, hash)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,x'')",
		DB_ARGS(v_int(a->seq + 1), v_int(e->at_ns), v_text(a->actor),
			v_text(e->action), v_ref(e->host), v_text(object),
			v_text(id), e->has_rows ? v_int(e->first) : v_null(),
			e->has_rows ? v_int(e->last) : v_null(),
			v_text(e->detail),
			e->has_rows ? v_blob(buf_bytes(digest)) : v_null(),
			v_blob(bytes_of(a->head, SHA256_LEN))),
		err);
}

/* known: the digests of the first rows, to which the others are added. */
static enum err_code add(struct audit *a, const struct audit_entry *e,
			 struct buf *known, struct err *err)
{
	enum err_code code = ERR_OK;
	char *id = NULL;

	if (e->has_rows) {
		code = digests(a, e, known, err);
		if (code == ERR_OK)
			code = object_id(a, e, &id, err);
	}
	if (code == ERR_OK)
		code = insert(a, e, id, known, err);
	if (code == ERR_OK)
		code = seal(a, err);
	free(id);
	return code;
}

enum err_code audit_add(struct audit *a, const struct audit_entry *e,
			struct err *err)
{
	struct buf digest;
	enum err_code code;

	buf_init(&digest, AUDIT_RANGE_MAX * SHA256_LEN);
	code = add(a, e, &digest, err);
	buf_release(&digest);
	return code;
}

static enum err_code add_range(struct audit *a, enum table_id table,
			       struct err *err)
{
	struct audit_range *r = &a->ranges[table];
	enum err_code code = ERR_OK;

	if (!r->digests.max)
		buf_init(&r->digests, AUDIT_RANGE_MAX * SHA256_LEN);
	if (r->last)
		code = add(a,
			   &(struct audit_entry){.action = tables[table].action,
						 .at_ns = r->at_ns,
						 .host = r->host,
						 .has_rows = true,
						 .table = table,
						 .first = r->first,
						 .last = r->last},
			   &r->digests, err);
	begin_range(r);
	return code;
}

static enum err_code grow_range(struct audit *a, enum table_id table,
				int64_t row, int64_t host, int64_t at_ns,
				struct err *err)
{
	struct audit_range *r = &a->ranges[table];
	enum err_code code;

	if (r->last && r->host == host && row == r->last + 1 &&
	    row - r->first < AUDIT_RANGE_MAX) {
		r->last = row;
		return ERR_OK;
	}
	code = add_range(a, table, err);
	r->first = r->last = row;
	r->host = host;
	r->at_ns = at_ns;
	return code;
}

void audit_values_digest(struct digester *d, enum table_id table,
			 const struct value *row, size_t n,
			 uint8_t digest[SHA256_LEN])
{
	encode_row(tables[table].name, row, n, &d->encoding);
	digest_encoding(d, digest);
}

enum err_code audit_row_known(struct audit *a, const struct audit_touch *t,
			      const uint8_t digest[SHA256_LEN], struct err *err)
{
	struct audit_range *r = &a->ranges[t->table];
	enum err_code code =
		grow_range(a, t->table, t->row, t->host, t->at_ns, err);

	/* Behind one that is to be read back, it is read back. */
	if (code != ERR_OK ||
	    r->digests.n != (size_t)(t->row - r->first) * SHA256_LEN)
		return code;
	(void)buf_add(&r->digests, digest, SHA256_LEN);
	return ERR_OK;
}

enum err_code audit_row(struct audit *a, enum table_id table, int64_t row,
			int64_t host, int64_t at_ns, struct err *err)
{
	if (tables[table].appends)
		return grow_range(a, table, row, host, at_ns, err);
	if (a->n_touches == a->cap) {
		a->cap = a->cap ? a->cap * 2 : 64;
		a->touches = xrealloc(a->touches, a->cap, sizeof *a->touches);
	}
	a->touches[a->n_touches++] = (struct audit_touch){
		.table = table, .row = row, .host = host, .at_ns = at_ns};
	return ERR_OK;
}

static int by_row(const void *va, const void *vb)
{
	const struct audit_touch *a = va, *b = vb;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
}

static enum err_code add_touches(struct audit *a, struct err *err)
{
	enum err_code code = ERR_OK;

	if (a->n_touches)
		qsort(a->touches, a->n_touches, sizeof *a->touches, by_row);
	for (size_t i = 0; code == ERR_OK && i < a->n_touches; i++) {
		const struct audit_touch *t = &a->touches[i];

		if (i + 1 < a->n_touches && t[1].table == t->table &&
		    t[1].row == t->row)
			continue; /* once is enough: the row as it is now */
		code = audit_add(
			a,
			&(struct audit_entry){.action = tables[t->table].action,
					      .at_ns = t->at_ns,
					      .host = t->host,
					      .has_rows = true,
					      .table = t->table,
					      .first = t->row,
					      .last = t->row},
			err);
	}
	a->n_touches = 0;
	return code;
}

enum err_code audit_flush(struct audit *a, struct err *err)
{
	enum err_code code = add_touches(a, err);

	for (unsigned t = 0; code == ERR_OK && t < N_TABLES; t++)
		code = add_range(a, (enum table_id)t, err);
	return code;
}
