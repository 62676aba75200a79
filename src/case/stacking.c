/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that say the same of several hosts as one row, the rarest first: made
 * once, when the list is opened or refreshed, as a temporary table of its
 * connection, which then pages like any view. It is in memory with a row for
 * each answer: about 300 bytes, and the names of the hosts that gave it.
 */
#include "base/base.h"
#include "case/paging.h"

#define SQL_MAX	  (16u << 10)
#define SHAPE_MAX (64u << 10)

/* "a, b" of "a b" */
static void add_list(struct buf *sql, const char *list)
{
	struct bytes rest = bytes_str(list), piece;
	bool first = true;

	while (bytes_split(&rest, ' ', &piece)) {
		(void)buf_addf(sql, "%s\"", first ? "" : ", ");
		(void)buf_add_bytes(sql, piece);
		(void)buf_add_str(sql, "\"");
		first = false;
	}
}

/* ", max(s_x) AS x" for each x */
static void add_outer(struct buf *sql, const char *list, const char *function)
{
	struct bytes rest = bytes_str(list), piece;

	while (bytes_split(&rest, ' ', &piece))
		(void)buf_addf(sql, ", %s(s_%.*s) AS \"%.*s\"", function,
			       (int)piece.n, (const char *)piece.p,
			       (int)piece.n, (const char *)piece.p);
}

/* ", max(x) AS s_x" for each x */
static void add_inner(struct buf *sql, const char *list, const char *function)
{
	struct bytes rest = bytes_str(list), piece;

	while (bytes_split(&rest, ' ', &piece))
		(void)buf_addf(sql, ", %s(\"%.*s\") AS s_%.*s", function,
			       (int)piece.n, (const char *)piece.p,
			       (int)piece.n, (const char *)piece.p);
}

/* ", a, b" of "a b"; nothing of nothing */
static void add_more(struct buf *sql, const char *list)
{
	if (!list)
		return;
	(void)buf_add_str(sql, ", ");
	add_list(sql, list);
}

static void make_table(struct buf *sql, const struct view *view)
{
	(void)buf_addf(sql, "DROP TABLE IF EXISTS temp.%s;"
			    "CREATE TEMP TABLE %s (",
		       view->name, view->name);
	for (size_t i = 0; i < view->n_columns; i++)
		(void)buf_addf(sql, "%s\"%s\"%s", i ? ", " : "",
			       view->columns[i].name,
			       i ? "" : " INTEGER PRIMARY KEY");
	(void)buf_add_str(sql, ")");
}

/* ---- texts that are alike ---- */

/* A name of the host, an address, a number: of each of them alone. */
static bool is_of_one(struct bytes word, struct bytes host)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= '0' && word.p[i] <= '9')
			return true;
	return host.n && bytes_eq(word, host);
}

static void add_shape(struct buf *out, struct bytes text, struct bytes host)
{
	struct bytes word;
	bool first = true;

	while (bytes_split(&text, ' ', &word)) {
		size_t n = word.n;

		while (n && strchr(":,;.)", word.p[n - 1]))
			n--;
		(void)buf_add_str(out, first ? "" : " ");
		first = false;
		if (is_of_one(bytes_first(word, n), host))
			(void)buf_add_str(out, "\u2026");
		else
			(void)buf_add_bytes(out, bytes_first(word, n));
		(void)buf_add_bytes(out, bytes_skip(word, n));
	}
}

static struct bytes text_of(sqlite3_value *v)
{
	const void *text = sqlite3_value_text(v);

	return bytes_of(text, text ? (size_t)sqlite3_value_bytes(v) : 0);
}

/* shape_of(text, host): without what is of one host alone. */
static void run_shape(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct buf out;

	buf_init(&out, SHAPE_MAX);
	add_shape(&out, text_of(v[0]), text_of(v[1]));
	sqlite3_result_text(to, buf_str(&out), (int)out.n, SQLITE_TRANSIENT);
	buf_release(&out);
}

static enum err_code add_function(struct db *db, struct err *err)
{
	int rc = sqlite3_create_function_v2(
		db->handle, "shape_of", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
		NULL, run_shape, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ERR_OK : db_error(db, rc, "reading", err);
}

/* ---- the statement ---- */

/* "web01, web02, web03 and 9 more" of names with commas between: where the
 * third of these is, is looked for in steps. */
#define SEEN_ON                                                                \
	"CASE WHEN hosts <= 3 THEN replace(s_names, ',', ', ') ELSE"           \
	" replace(substr(s_names, 1, s_at + instr(substr(s_names, s_at + 1),"  \
	" ',') - 1), ',', ', ') || printf(' and %d more', hosts - 3) END"
#define FIRST_COMMA  "SELECT *, instr(s_names, ',') AS s_first FROM ("
#define SECOND_COMMA                                                           \
	"SELECT *, s_first + instr(substr(s_names, s_first + 1), ',') AS s_at" \
	" FROM ("

/* One row for each answer and host: a host counts once, and names come in
 * order. */
static void select_hosts(struct buf *sql, const struct rows *rows)
{
	const struct stack *s = rows->stack;
	bool has_id = view_column(view_find(s->view), "id") >= 0;

	(void)buf_addf(sql, "SELECT \"%s\" AS s_host, %s AS s_id, count(*)"
			    " AS s_rows, ",
		       s->host, has_id ? "min(id)" : "NULL");
	add_list(sql, s->same);
	if (s->alike)
		(void)buf_addf(sql, ", shape_of(\"%s\", \"%s\") AS s_shape,"
				    " max(\"%s\") AS s_text",
			       s->alike, s->host, s->alike);
	add_inner(sql, s->most, "max"); /* of one host, then of all */
	add_inner(sql, s->sum, "sum");
	(void)buf_addf(sql, " FROM %s%s GROUP BY ", s->view,
		       rows->stacked_where);
	add_list(sql, s->same);
	(void)buf_addf(sql, "%s, \"%s\"", s->alike ? ", s_shape" : "", s->host);
}

/* Then one for each answer. */
static void select_answers(struct buf *sql, const struct rows *rows)
{
	const struct stack *s = rows->stack;

	(void)buf_add_str(sql, "SELECT min(s_id) AS s_id, count(*) AS hosts,"
			       " sum(s_rows) AS s_rows,"
			       " group_concat(s_host, ',') AS s_names, ");
	add_list(sql, s->same);
	if (s->alike)
		(void)buf_addf(sql, ", CASE WHEN min(s_text) IS max(s_text)"
				    " THEN max(s_text) ELSE s_shape END AS"
				    " \"%s\"",
			       s->alike);
	add_outer(sql, s->most, "max");
	add_outer(sql, s->sum, "sum");
	(void)buf_add_str(sql, " FROM (");
	select_hosts(sql, rows);
	(void)buf_add_str(sql, ") GROUP BY ");
	add_list(sql, s->same);
	(void)buf_add_str(sql, s->alike ? ", s_shape" : "");
}

static void make_insert(struct buf *sql, const struct rows *rows)
{
	const struct stack *s = rows->stack;

	(void)buf_addf(sql, "INSERT INTO temp.%s SELECT NULL, s_id, hosts,"
			    " s_rows, ",
		       rows->view->name);
	add_list(sql, s->same);
	add_more(sql, s->sum);
	(void)buf_add_str(sql, ", " SEEN_ON);
	add_more(sql, s->alike);
	add_more(sql, s->most);
	(void)buf_add_str(sql, ", s_names FROM (" SECOND_COMMA FIRST_COMMA);
	select_answers(sql, rows);
	(void)buf_addf(sql, "))) ORDER BY hosts, %s", s->order);
}

enum err_code stacking_fill(struct rows *rows, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	struct buf sql;
	bool got;
	enum err_code code;

	buf_init(&sql, SQL_MAX);
	make_table(&sql, rows->view);
	code = add_function(&rows->db, err);
	if (code == ERR_OK)
		code = db_script(&rows->db, buf_str(&sql), err);
	buf_clear(&sql);
	make_insert(&sql, rows);
	if (code == ERR_OK)
		code = db_prepare(&rows->db, buf_str(&sql), &stmt, err);
	if (code == ERR_OK)
		code = db_bind(&rows->db, stmt, rows->stacked_args,
			       rows->n_stacked, err);
	if (code == ERR_OK)
		code = db_step(&rows->db, stmt, &got, err);
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return code;
}
