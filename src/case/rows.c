/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a view under an index. SQL pages by key, not by number, so what is
 * kept is anchors: "row number N comes right after this key". A window of
 * rows is read from the nearest one; a far jump first walks the keys alone,
 * from whichever end is nearer.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/casefile.h"

#define WINDOW_ROWS  256
#define WINDOW_BYTES (8u << 20) /* of text and bytes; then it ends early */
#define ROW_BYTES    (64u << 20) /* no row is larger (db.c) */
#define KEYS_MAX     3
#define WHERE_MAX    4
#define ANCHORS_MAX  1024

/* The key of a row; bytes are owned. */
struct key {
	struct value v[KEYS_MAX];
};

struct anchor {
	uint64_t index; /* of the row after the key */
	struct key key;
};

struct window {
	uint64_t first;
	size_t n;
	struct value *values; /* n rows of n_columns */
	struct buf data;
	uint64_t used; /* when, for choosing the one to give up */
};

struct rows {
	struct db db;
	const struct view *view;
	char *where; /* "WHERE a = ? AND b = ?" or "" */
	struct key_column {
		int column;
		const char *name;
	} keys[KEYS_MAX];
	size_t n_keys;
	bool down; /* keys fall */
	char *key_list;
	struct value args[WHERE_MAX];
	char *strings[WHERE_MAX];
	size_t n_args;
	uint64_t limit, total;
	struct anchor *anchors; /* by index */
	size_t n_anchors;
	struct window windows[2];
	uint64_t clock;
};

/* ---- making ---- */

static bool counts(enum column_kind kind)
{
	return kind == COLUMN_INT || kind == COLUMN_SIZE ||
	       kind == COLUMN_TIME || kind == COLUMN_SPAN ||
	       kind == COLUMN_BOOL;
}

/* The typed form of what the column is to equal. */
static enum err_code add_arg(struct rows *rows, const struct column *column,
			     const char *value, struct err *err)
{
	struct bytes b = bytes_str(value);
	bool minus = bytes_starts(b, "-");
	uint64_t number;
	struct value *arg = &rows->args[rows->n_args];

	rows->strings[rows->n_args++] = xstrdup(value);
	b = bytes_str(rows->strings[rows->n_args - 1]);
	if (!counts(column->kind)) {
		*arg = column->kind == COLUMN_BYTES
			       ? v_blob(b)
			       : v_text((const char *)b.p);
		return ERR_OK;
	}
	if (!bytes_to_u64(bytes_skip(b, minus), &number) || number > INT64_MAX)
		return err_set(err, ERR_USAGE, "%s is a number, not '%s'",
			       column->name, shown_str(value).s);
	*arg = v_int(minus ? -(int64_t)number : (int64_t)number);
	return ERR_OK;
}

static enum err_code make_where(struct rows *rows,
				const struct row_query *query, struct err *err)
{
	enum err_code code = ERR_OK;
	struct buf sql;

	buf_init(&sql, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(query->where) && code == ERR_OK;
	     i++) {
		const char *name = query->where[i].column;
		int at = name ? view_column(rows->view, name) : -1;

		if (!name)
			break;
		if (at < 0) {
			code = err_set(err, ERR_USAGE, "%s has no column '%s'",
				       rows->view->name, shown_str(name).s);
			break;
		}
		(void)buf_addf(&sql, " %s \"%s\" = ?", i ? "AND" : "WHERE",
			       rows->view->columns[at].name);
		code = add_arg(rows, &rows->view->columns[at],
			       query->where[i].value, err);
	}
	rows->where = buf_detach(&sql);
	return code;
}

/* Takes the view's order apart: "time_ns DESC, id DESC". */
static void make_keys(struct rows *rows, bool reverse)
{
	struct bytes rest = bytes_str(rows->view->order), piece;
	struct buf list;
	size_t falls = 0;

	buf_init(&list, 1024);
	while (bytes_split(&rest, ',', &piece)) {
		struct key_column *k = &rows->keys[rows->n_keys];
		struct bytes name;
		char *word;

		piece = bytes_trim(piece);
		if (rows->n_keys == KEYS_MAX ||
		    !bytes_split(&piece, ' ', &name))
			BUG("order of view %s", rows->view->name);
		falls += piece.n > 0;
		word = bytes_to_str(name);
		k->column = view_column(rows->view, word);
		free(word);
		if (k->column < 0)
			BUG("order of view %s", rows->view->name);
		k->name = rows->view->columns[k->column].name;
		(void)buf_addf(&list, "%s%s", rows->n_keys ? ", " : "",
			       k->name);
		rows->n_keys++;
	}
	if (falls && falls != rows->n_keys)
		BUG("order of view %s runs both ways", rows->view->name);
	rows->down = (falls > 0) != reverse;
	rows->key_list = buf_detach(&list);
}

enum err_code case_rows(struct casefile *cf, const struct row_query *query,
			struct rows **out, struct err *err)
{
	const struct view *view = view_find(query->view);
	struct rows *rows;
	enum err_code code;

	*out = NULL;
	if (!view)
		return err_set(err, ERR_USAGE, "there is no view '%s'",
			       shown_str(query->view).s);
	rows = xcalloc(1, sizeof *rows);
	rows->view = view;
	rows->limit = query->limit;
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++)
		buf_init(&rows->windows[i].data, WINDOW_BYTES + ROW_BYTES);
	make_keys(rows, query->reverse);
	code = make_where(rows, query, err);
	if (code == ERR_OK)
		code = db_open(&rows->db, cf->path, DB_READ, err);
	if (code == ERR_OK)
		code = rows_refresh(rows, err);
	if (code != ERR_OK) {
		rows_close(rows);
		return code;
	}
	*out = rows;
	return ERR_OK;
}

/* ---- keys and anchors ---- */

static void key_release(struct key *key)
{
	for (size_t i = 0; i < KEYS_MAX; i++) {
		union {
			const void *borrowed;
			void *owned;
		} p = {.borrowed = key->v[i].b.p};

		free(p.owned);
	}
	*key = (struct key){0};
}

static void key_set(struct key *key, size_t i, const struct value *v)
{
	key->v[i] = *v;
	key->v[i].b = (struct bytes){0};
	if (v->b.n)
		key->v[i].b = bytes_of(xmemdup(v->b.p, v->b.n), v->b.n);
}

static void forget_anchors(struct rows *rows)
{
	for (size_t i = 0; i < rows->n_anchors; i++)
		key_release(&rows->anchors[i].key);
	rows->n_anchors = 0;
}

/* The anchor with the greatest index up to `index`; NULL: the start. */
static const struct anchor *anchor_before(const struct rows *rows,
					  uint64_t index)
{
	size_t low = 0, high = rows->n_anchors;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (rows->anchors[mid].index <= index)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &rows->anchors[low - 1] : NULL;
}

/* Takes the key. */
static void anchor_add(struct rows *rows, uint64_t index, struct key *key)
{
	const struct anchor *before = anchor_before(rows, index);
	size_t at = before ? (size_t)(before - rows->anchors) + 1 : 0;

	if (before && before->index == index) {
		key_release(key);
		return;
	}
	if (rows->n_anchors == ANCHORS_MAX) {
		forget_anchors(rows);
		at = 0;
	}
	if (!rows->anchors)
		rows->anchors = xcalloc(ANCHORS_MAX, sizeof *rows->anchors);
	memmove(rows->anchors + at + 1, rows->anchors + at,
		(rows->n_anchors - at) * sizeof *rows->anchors);
	rows->anchors[at] = (struct anchor){.index = index, .key = *key};
	rows->n_anchors++;
}

/*
 * SELECT what ... after the key (NULL: from the start) in the list's order,
 * or against it; at most `limit` rows after `skip`.
 */
static enum err_code select_rows(struct rows *rows, const char *what,
				 const struct key *after, bool against,
				 const uint64_t window[2],
				 sqlite3_stmt **stmt, struct err *err)
{
	bool down = rows->down != against;
	struct value args[WHERE_MAX + KEYS_MAX + 2];
	size_t n = rows->n_args;
	struct buf sql;
	enum err_code code;

	memcpy(args, rows->args, sizeof rows->args);
	buf_init(&sql, 8192);
	(void)buf_addf(&sql, "SELECT %s FROM %s%s", what, rows->view->name,
		       rows->where);
	if (after) {
		(void)buf_addf(&sql, " %s (%s) %c (?",
			       *rows->where ? "AND" : "WHERE", rows->key_list,
			       down ? '<' : '>');
		for (size_t i = 1; i < rows->n_keys; i++)
			(void)buf_add_str(&sql, ", ?");
		(void)buf_add_str(&sql, ")");
		for (size_t i = 0; i < rows->n_keys; i++)
			args[n++] = after->v[i];
	}
	for (size_t i = 0; i < rows->n_keys; i++)
		(void)buf_addf(&sql, "%s %s%s", i ? "," : " ORDER BY",
			       rows->keys[i].name, down ? " DESC" : "");
	(void)buf_add_str(&sql, " LIMIT ? OFFSET ?");
	args[n++] = v_u64(window[0]);
	args[n++] = v_u64(window[1]);
	code = db_prepare(&rows->db, buf_str(&sql), stmt, err);
	buf_release(&sql);
	return code == ERR_OK ? db_bind(&rows->db, *stmt, args, n, err) : code;
}

/* Makes an anchor at index > 0 by walking the keys to the row before it. */
static enum err_code walk_to(struct rows *rows, uint64_t index,
			     struct err *err)
{
	const struct anchor *from = anchor_before(rows, index);
	uint64_t start = from ? from->index : 0;
	bool against = rows->total - index < index - start;
	uint64_t window[2] = {1, against ? rows->total - index
					 : index - start - 1};
	sqlite3_stmt *stmt = NULL;
	struct key key = {0};
	bool got = false;
	enum err_code code =
		select_rows(rows, rows->key_list,
			    from && !against ? &from->key : NULL, against,
			    window, &stmt, err);

	if (code == ERR_OK)
		code = db_step(&rows->db, stmt, &got, err);
	if (code == ERR_OK && got) {
		for (size_t i = 0; i < rows->n_keys; i++) {
			struct value v = db_column_value(stmt, (int)i);

			key_set(&key, i, &v);
		}
		anchor_add(rows, index, &key);
	}
	sqlite3_finalize(stmt);
	if (code == ERR_OK && !got)
		return err_set(err, ERR_NOTFOUND, "there are fewer rows now");
	return code;
}

/* ---- windows ---- */

/* Copies the row; its bytes go to data and are found by offset for now. */
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

/* What comes after a window can be read from its last row on. */
static void anchor_after(struct rows *rows, const struct window *w)
{
	const struct value *last =
		w->values + (w->n - 1) * rows->view->n_columns;
	struct key key = {0};

	for (size_t i = 0; i < rows->n_keys; i++)
		key_set(&key, i, &last[rows->keys[i].column]);
	anchor_add(rows, w->first + w->n, &key);
}

static enum err_code load(struct rows *rows, struct window *w,
			  uint64_t first, size_t room, struct err *err)
{
	const struct anchor *from = anchor_before(rows, first);
	const uint64_t window[2] = {room, 0};
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = select_rows(rows, "*", from ? &from->key : NULL,
					 false, window, &stmt, err);

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
	sqlite3_finalize(stmt);
	settle_bytes(rows, w);
	if (code == ERR_OK && w->n)
		anchor_after(rows, w);
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
	const struct anchor *from = anchor_before(rows, index);
	enum err_code code = ERR_OK;

	if (from && from->index > start)
		start = from->index; /* its first part was read before */
	else if (start && (!from || from->index != start))
		code = walk_to(rows, start, err);
	*out = oldest_window(rows);
	if (code == ERR_OK)
		code = load(rows, *out, start,
			    WINDOW_ROWS - (size_t)(start % WINDOW_ROWS), err);
	if (code == ERR_OK && (*out)->n == 0)
		code = err_set(err, ERR_NOTFOUND, "there are fewer rows now");
	return code;
}

/* ---- what rows.h offers ---- */

enum err_code rows_refresh(struct rows *rows, struct err *err)
{
	char *sql = xasprintf("SELECT count(*) FROM %s%s", rows->view->name,
			      rows->where);
	sqlite3_stmt *stmt = NULL;
	bool got;
	enum err_code code = db_prepare(&rows->db, sql, &stmt, err);

	free(sql);
	if (code == ERR_OK)
		code = db_bind(&rows->db, stmt, rows->args, rows->n_args, err);
	if (code == ERR_OK)
		code = db_step(&rows->db, stmt, &got, err);
	if (code == ERR_OK)
		rows->total = (uint64_t)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	forget_anchors(rows);
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++)
		rows->windows[i].n = 0;
	return code;
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
		row->values = w->values +
			      (index - w->first) * rows->view->n_columns;
	return code;
}

void rows_close(struct rows *rows)
{
	if (!rows)
		return;
	forget_anchors(rows);
	free(rows->anchors);
	for (size_t i = 0; i < ARRAY_SIZE(rows->windows); i++) {
		free(rows->windows[i].values);
		buf_release(&rows->windows[i].data);
	}
	for (size_t i = 0; i < rows->n_args; i++)
		free(rows->strings[i]);
	free(rows->where);
	free(rows->key_list);
	db_close(&rows->db);
	free(rows);
}
