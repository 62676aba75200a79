/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a view under an index. Two windows of rows are kept; a window is
 * read from the nearest anchor, and a far jump first walks the keys alone,
 * from whichever end is nearer (paging.c); or from where sorting.c says, when
 * nothing has the rows in their order.
 */
#include "base/base.h"
#include "case/book.h"
#include "case/casefile.h"
#include "case/paging.h"

#define WINDOW_ROWS  256
#define WINDOW_BYTES (8u << 20)  /* of text and bytes; then it ends early */
#define ROW_BYTES    (64u << 20) /* no row is larger (db.c) */

/* Copies the row; its bytes go to data and are found by offset: data may
 * still move while the window fills. */
static void take_row(struct rows *rows, struct window *w, sqlite3_stmt *stmt)
{
	size_t width = rows->view->n_columns;
	struct value *to = w->values + w->n * width;

	for (size_t i = 0; i < width; i++) {
		to[i] = db_column_value(stmt, (int)i);
		if (to[i].type != VALUE_TEXT && to[i].type != VALUE_BLOB)
			continue;
		to[i].i = (int64_t)w->data.n;
		(void)buf_add_bytes(&w->data, to[i].b);
	}
	w->n++;
}

static void settle_bytes(struct rows *rows, struct window *w)
{
	for (size_t i = 0; i < w->n * rows->view->n_columns; i++) {
		struct value *v = &w->values[i];

		if (v->type == VALUE_TEXT || v->type == VALUE_BLOB) {
			v->b.p = v->b.n ? w->data.p + v->i : NULL;
			v->i = 0;
		}
	}
}

/* The statement is the caller's to finalize, also after an error. */
static enum err_code select_rows(struct rows *rows, uint64_t first, size_t room,
				 sqlite3_stmt **stmt, struct err *err)
{
	const struct anchor *from = paging_before(rows, first);
	struct stretch stretch = {.after = from ? &from->key : NULL,
				  .rows = room};

	return rows->is_sorted ? sorting_select(rows, first, room, stmt, err)
			       : paging_select(rows, "*", &stretch, stmt, err);
}

static enum err_code load(struct rows *rows, struct window *w, uint64_t first,
			  size_t room, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = select_rows(rows, first, room, &stmt, err);

	w->first = first;
	w->n = 0;
	w->used = ++rows->clock;
	buf_clear(&w->data);
	if (!w->values)
		w->values = xcalloc(WINDOW_ROWS * rows->view->n_columns,
				    sizeof *w->values);
	while (code == ERR_OK && got && w->n < room &&
	       w->data.n < WINDOW_BYTES) {
		code = db_step(&rows->db, stmt, &got, err);
		if (code == ERR_OK && got)
			take_row(rows, w, stmt);
	}
	rows->sorts |= stmt &&
		       sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_SORT, 0) > 0;
	sqlite3_finalize(stmt);
	settle_bytes(rows, w);
	if (code == ERR_OK && w->n)
		paging_add(rows, w->first + w->n,
			   w->values + (w->n - 1) * rows->view->n_columns);
	return code;
}

static struct window *window_of(struct rows *rows, uint64_t index)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++) {
		struct window *w = &rows->windows[i];

		if (index >= w->first && index - w->first < w->n) {
			w->used = ++rows->clock;
			return w;
		}
	}
	return NULL;
}

static struct window *oldest_window(struct rows *rows)
{
	return rows->windows[0].used <= rows->windows[1].used
		       ? &rows->windows[0]
		       : &rows->windows[1];
}

/* Reads the window that holds index, or the part of it that comes next when
 * its rows are large. */
static enum err_code load_around(struct rows *rows, uint64_t index,
				 struct window **out, struct err *err)
{
	uint64_t start = index - index % WINDOW_ROWS;
	const struct anchor *from = paging_before(rows, index);
	enum err_code code = ERR_OK;

	if (from && from->index > start)
		start = from->index; /* its first part was read before */
	if (start && rows->sorts && !rows->is_sorted)
		code = sorting_fill(rows, err);
	else if (start && !rows->is_sorted && (!from || from->index != start))
		code = paging_walk(rows, start, err);
	*out = oldest_window(rows);
	if (code == ERR_OK)
		code = load(rows, *out, start,
			    WINDOW_ROWS - (size_t)(start % WINDOW_ROWS), err);
	if (code == ERR_OK && (*out)->n == 0)
		code = err_set(err, ERR_NOTFOUND, "there are fewer rows now");
	return code;
}

#define SUPERSEDED                                                             \
	"(SELECT count(DISTINCT e.id) FROM superseded s JOIN events e"         \
	" ON e.evidence = s.evidence AND e.run <= s.run)"
#define FOLDED                                                                 \
	"(SELECT count(*) FROM folds d JOIN events e ON e.id = d.event"        \
	" JOIN events x ON x.id = d.first"                                     \
	" WHERE " EVENT_STANDS("e") " AND " EVENT_STANDS("x") ")"

/* Views on tables that only grow: their rows are numbered from 1 without
 * gaps, so that the last number is their count. */
static const struct {
	const char *view, *sql;
} growing[] = {
	{"event", "SELECT coalesce(max(id), 0) - " SUPERSEDED " - " FOLDED
		  " FROM events"},
	{"event_source",
	 "SELECT coalesce(max(id), 0) - " SUPERSEDED " FROM events"},
	{"hit", "SELECT coalesce(max(id), 0) FROM hits"},
	{"file", "SELECT coalesce(max(id), 0) FROM files"},
	{"coverage", "SELECT coalesce(max(id), 0) FROM coverage_rows"},
	{"audit", "SELECT coalesce(max(seq), 0) FROM audit_log"},
};

static char *count_sql(const struct rows *rows)
{
	for (size_t i = 0; i < ARRAY_SIZE(growing) && !*rows->where; i++)
		if (strcmp(rows->view->name, growing[i].view) == 0)
			return xstrdup(growing[i].sql);
	/* The limit keeps SQLite from merging the two SELECTs; only in the
	 * inner one does it leave out joins that change nothing. */
	return xasprintf("SELECT count(*) FROM (SELECT 1 FROM %s%s LIMIT -1)",
			 rows->view->name, rows->where);
}

enum err_code rows_refresh(struct rows *rows, struct err *err)
{
	char *sql = count_sql(rows);
	sqlite3_stmt *stmt = NULL;
	bool got;
	enum err_code code = rows->stack ? stacking_fill(rows, err) : ERR_OK;

	if (code == ERR_OK)
		code = db_prepare(&rows->db, sql, &stmt, err);

	free(sql);
	if (code == ERR_OK)
		code = db_bind(&rows->db, stmt, rows->args, rows->n_args, err);
	if (code == ERR_OK)
		code = db_step(&rows->db, stmt, &got, err);
	if (code == ERR_OK)
		rows->total = (uint64_t)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	rows->is_sorted = false;
	paging_forget(rows);
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++)
		rows->windows[i].n = 0;
	return code;
}

enum err_code case_rows(struct casefile *cf, const struct row_query *query,
			struct rows **out, struct err *err)
{
	struct rows *rows = xcalloc(1, sizeof *rows);
	enum err_code code = paging_init(rows, query, err);

	*out = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++)
		buf_init(&rows->windows[i].data, WINDOW_BYTES + ROW_BYTES);
	if (code == ERR_OK)
		code = db_open(&rows->db, cf->path, cf->reader_mode, err);
	if (code == ERR_OK)
		code = rows_refresh(rows, err);
	if (code != ERR_OK) {
		rows_close(rows);
		return code;
	}
	*out = rows;
	return ERR_OK;
}

uint64_t rows_count(const struct rows *rows)
{
	return rows->limit ? MIN(rows->limit, rows->total) : rows->total;
}

const struct view *rows_view(const struct rows *rows)
{
	return rows->view;
}

enum err_code rows_get(struct rows *rows, uint64_t index, struct row *row,
		       struct err *err)
{
	struct window *w = window_of(rows, index);
	enum err_code code = ERR_OK;

	if (index >= rows_count(rows))
		return err_set(err, ERR_NOTFOUND, "there is no row %" PRIu64,
			       index);
	while (code == ERR_OK && !w) {
		code = load_around(rows, index, &w, err);
		if (code == ERR_OK && index - w->first >= w->n)
			w = NULL;
	}
	if (code == ERR_OK)
		row->values =
			w->values + (index - w->first) * rows->view->n_columns;
	return code;
}

void rows_close(struct rows *rows)
{
	if (!rows)
		return;
	paging_release(rows);
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++) {
		free(rows->windows[i].values);
		buf_release(&rows->windows[i].data);
	}
	db_close(&rows->db);
	free(rows);
}
