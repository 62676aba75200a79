/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a table against what the audit log last said of each: both are
 * walked side by side, in the order of the rows' numbers, so that neither has
 * to fit into memory.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/audit.h"
#include "case/verify.h"

/* What the audit log says of rows first..last of a table. */
struct claim {
	int64_t first, last;
	struct buf digests;
	char id[64];
};

struct claims {
	sqlite3_stmt *stmt;
	struct claim now, ahead;
	bool has_ahead;
	int64_t row; /* the next row of `now` */
};

static void read_claim(sqlite3_stmt *stmt, struct claim *c)
{
	c->first = sqlite3_column_int64(stmt, 0);
	c->last = sqlite3_column_int64(stmt, 1);
	buf_clear(&c->digests);
	(void)buf_add_bytes(&c->digests, db_column_bytes(stmt, 2));
	(void)snprintf(c->id, sizeof c->id, "%s",
		       shown(db_column_bytes(stmt, 3)).s);
}

static enum err_code look_ahead(struct verify *v, struct claims *c,
				struct err *err)
{
	enum err_code code = db_step(&v->db, c->stmt, &c->has_ahead, err);

	if (code == ERR_OK && c->has_ahead)
		read_claim(c->stmt, &c->ahead);
	return code;
}

static bool is_sound(const struct claim *c, int64_t after)
{
	return c->first > after && c->last >= c->first &&
	       c->last - c->first < AUDIT_RANGE_MAX &&
	       c->digests.n == (size_t)(c->last - c->first + 1) * SHA256_LEN;
}

/* The next claim: of several about one row, the last that was written. */
static enum err_code next_claim(struct verify *v, struct claims *c, bool *got,
				struct err *err)
{
	enum err_code code = ERR_OK;
	int64_t after = c->now.last;

	*got = false;
	while (code == ERR_OK && c->has_ahead) {
		struct claim spare = c->now;

		c->now = c->ahead;
		c->ahead = spare;
		code = look_ahead(v, c, err);
		if (code != ERR_OK)
			return code;
		if (c->has_ahead && c->ahead.first == c->now.first)
			continue;
		if (is_sound(&c->now, after)) {
			c->row = c->now.first;
			*got = true;
			return ERR_OK;
		}
		verify_problem(v, "audit of rows %s: makes no sense",
			       c->now.id);
		c->now.last = after;
	}
	return code;
}

struct table_check {
	const struct table *table;
	struct claims claims;
	bool claimed; /* claims.row is the next row there should be */
	sqlite3_stmt *rows;
	bool there; /* rows is on a row */
	struct digester digester;
};

static void name_row(const struct table_check *t, int64_t row, char out[96])
{
	const struct claim *c = &t->claims.now;

	if (t->table->uuid && t->claimed && t->claims.row == row)
		(void)snprintf(out, 96, "%" PRId64 " (%s)", row, c->id);
	else
		(void)snprintf(out, 96, "%" PRId64, row);
}

static enum err_code step_claim(struct verify *v, struct table_check *t,
				struct err *err)
{
	if (t->claims.row < t->claims.now.last) {
		t->claims.row++;
		return ERR_OK;
	}
	return next_claim(v, &t->claims, &t->claimed, err);
}

static void compare_row(struct verify *v, struct table_check *t)
{
	const struct claims *c = &t->claims;
	const uint8_t *want =
		c->now.digests.p + (size_t)(c->row - c->now.first) * SHA256_LEN;
	uint8_t digest[SHA256_LEN];
	char name[96];

	audit_row_digest(&t->digester, t->table->name, t->rows, digest);
	if (memcmp(digest, want, SHA256_LEN) == 0)
		return;
	name_row(t, c->row, name);
	verify_problem(v, "%s %s: the row was changed", t->table->name, name);
}

/* One step of walking rows and claims side by side. */
static enum err_code merge_step(struct verify *v, struct table_check *t,
				struct err *err)
{
	int64_t row = t->there ? sqlite3_column_int64(t->rows, 0) : INT64_MAX;
	enum err_code code = ERR_OK;
	char name[96];

	if (t->claimed && (!t->there || t->claims.row < row)) {
		name_row(t, t->claims.row, name);
		verify_problem(v, "%s %s: the row was removed", t->table->name,
			       name);
		return step_claim(v, t, err);
	}
	v->report->rows++;
	if (t->claimed && t->claims.row == row) {
		compare_row(v, t);
		code = step_claim(v, t, err);
	} else {
		verify_problem(
			v, "%s %" PRId64 ": the row is not in the audit log",
			t->table->name, row);
	}
	if (code == ERR_OK)
		code = db_step(&v->db, t->rows, &t->there, err);
	return code;
}

#define CLAIMS_SQL                                                             \
	"SELECT row_first, row_last, digest, object_id FROM audit_log"         \
	" WHERE object = ? AND row_first IS NOT NULL"                          \
	" ORDER BY row_first, seq"

static enum err_code open_table(struct verify *v, struct table_check *t,
				struct err *err)
{
	enum err_code code =
		db_query(&v->db, CLAIMS_SQL, DB_ARGS(v_text(t->table->name)),
			 &t->claims.stmt, err);

	if (code == ERR_OK)
		code = look_ahead(v, &t->claims, err);
	if (code == ERR_OK)
		code = next_claim(v, &t->claims, &t->claimed, err);
	if (code == ERR_OK)
		code = db_query(&v->db, t->table->select,
				DB_ARGS(v_int(INT64_MIN), v_int(INT64_MAX)),
				&t->rows, err);
	if (code == ERR_OK)
		code = db_step(&v->db, t->rows, &t->there, err);
	return code;
}

enum err_code verify_table(struct verify *v, const struct table *table,
			   struct err *err)
{
	struct table_check t = {.table = table};
	enum err_code code;

	buf_init(&t.claims.now.digests, AUDIT_ENCODING_MAX);
	buf_init(&t.claims.ahead.digests, AUDIT_ENCODING_MAX);
	t.claims.now.last = INT64_MIN;
	digester_init(&t.digester);
	code = open_table(v, &t, err);
	while (code == ERR_OK && (t.there || t.claimed))
		code = merge_step(v, &t, err);
	buf_release(&t.claims.now.digests);
	buf_release(&t.claims.ahead.digests);
	digester_release(&t.digester);
	return code;
}
