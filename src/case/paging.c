/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a long list a row is: conditions, keys, anchors. */
#include "base/base.h"
#include "base/text.h"
#include "case/paging.h"

/* What keys of a chosen order have where the column is NULL, which does not
 * compare. */
#define KEY_NULL "-1"
static const int64_t key_null = -1;

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
	if (!column_is_number(column->kind)) {
		*arg = column->kind == COLUMN_BYTES ||
				       column->kind == COLUMN_ARGS
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

/* Older cases do not say which runs saw a finding, but for the last. */
#define SEEN_BY                                                                \
	"(run_id = ?%zu OR \"%s\" IN (SELECT t.finding_id"                     \
	" FROM finding_run t WHERE t.run_id = ?%zu))"

/* The value is the argument number n. */
static void add_condition(struct buf *sql, const char *name, enum row_op op,
			  const char *value, size_t n)
{
	switch (op) {
	case ROW_IS:
		/* Not "IS ?" for both: with that SQLite would not begin at
		 * the host to find a host's events. */
		(void)buf_addf(sql, "\"%s\" %s", name,
			       value ? "= ?" : "IS NULL");
		break;
	case ROW_IS_SET:
		(void)buf_addf(sql, "\"%s\" IS NOT NULL", name);
		break;
	case ROW_AT_LEAST:
		(void)buf_addf(sql, "\"%s\" >= ?", name);
		break;
	case ROW_BELOW:
		(void)buf_addf(sql, "\"%s\" < ?", name);
		break;
	case ROW_SEEN_BY:
		(void)buf_addf(sql, SEEN_BY, n, name, n);
		break;
	}
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
		(void)buf_add_str(&sql, i ? " AND " : " WHERE ");
		add_condition(&sql, rows->view->columns[at].name,
			      query->where[i].op, query->where[i].value,
			      rows->n_args + 1);
		if (query->where[i].value)
			code = add_arg(rows, &rows->view->columns[at],
				       query->where[i].value, err);
	}
	rows->where = buf_detach(&sql);
	return code;
}

/* Takes an order apart: "time_ns DESC, id DESC". */
static void make_keys(struct rows *rows, const char *order, bool reverse)
{
	struct bytes rest = bytes_str(order ? order : rows->view->order), piece;
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
		(void)snprintf(k->expr, sizeof k->expr,
			       order ? "ifnull(%s, " KEY_NULL ")" : "%s",
			       rows->view->columns[k->column].name);
		(void)buf_addf(&list, "%s%s", rows->n_keys ? ", " : "",
			       k->expr);
		rows->n_keys++;
	}
	if (falls && falls != rows->n_keys)
		BUG("order of view %s runs both ways", rows->view->name);
	rows->down = (falls > 0) != reverse;
	rows->key_list = buf_detach(&list);
}

/* Its conditions are of the rows it is made of. */
static enum err_code set_stack(struct rows *rows, struct err *err)
{
	rows->stack = stack_of(rows->view->name);
	if (!rows->stack)
		return err_set(err, ERR_USAGE, "rows of %s do not stack",
			       rows->view->name);
	rows->view = stack_view(rows->stack);
	rows->stacked_where = rows->where;
	rows->where = xstrdup("");
	memcpy(rows->stacked_args, rows->args, sizeof rows->args);
	rows->n_stacked = rows->n_args;
	rows->n_args = 0;
	return ERR_OK;
}

enum err_code paging_init(struct rows *rows, const struct row_query *query,
			  struct err *err)
{
	enum err_code code;

	rows->view = view_find(query->view);
	if (!rows->view)
		return err_set(err, ERR_USAGE, "there is no view '%s'",
			       shown_str(query->view).s);
	rows->limit = query->limit;
	code = make_where(rows, query, err);
	if (code == ERR_OK && query->stack)
		code = set_stack(rows, err);
	make_keys(rows, query->stack ? NULL : query->order, query->reverse);
	return code;
}

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
	key->v[i] = v->type == VALUE_NULL ? v_int(key_null) : *v;
	key->v[i].b = (struct bytes){0};
	if (v->b.n)
		key->v[i].b = bytes_of(xmemdup(v->b.p, v->b.n), v->b.n);
}

void paging_forget(struct rows *rows)
{
	for (size_t i = 0; i < rows->n_anchors; i++)
		key_release(&rows->anchors[i].key);
	rows->n_anchors = 0;
}

const struct anchor *paging_before(const struct rows *rows, uint64_t index)
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
	const struct anchor *before = paging_before(rows, index);
	size_t at = before ? (size_t)(before - rows->anchors) + 1 : 0;

	if (before && before->index == index) {
		key_release(key);
		return;
	}
	if (rows->n_anchors == ANCHORS_MAX) {
		paging_forget(rows);
		at = 0;
	}
	if (!rows->anchors)
		rows->anchors = xcalloc(ANCHORS_MAX, sizeof *rows->anchors);
	memmove(rows->anchors + at + 1, rows->anchors + at,
		(rows->n_anchors - at) * sizeof *rows->anchors);
	rows->anchors[at] = (struct anchor){.index = index, .key = *key};
	rows->n_anchors++;
}

void paging_add_order(struct buf *sql, const struct rows *rows, bool down)
{
	for (size_t i = 0; i < rows->n_keys; i++)
		(void)buf_addf(sql, "%s%s%s", i ? ", " : "", rows->keys[i].expr,
			       down ? " DESC" : "");
}

enum err_code paging_select(struct rows *rows, const char *what,
			    const struct stretch *stretch, sqlite3_stmt **stmt,
			    struct err *err)
{
	bool down = rows->down != stretch->against;
	struct value args[WHERE_MAX + KEYS_MAX + 2];
	size_t n = rows->n_args;
	struct buf sql;
	enum err_code code;

	memcpy(args, rows->args, sizeof rows->args);
	buf_init(&sql, 8192);
	(void)buf_addf(&sql, "SELECT %s FROM %s%s", what, rows->view->name,
		       rows->where);
	if (stretch->after) {
		(void)buf_addf(&sql, " %s (%s) %c (?",
			       *rows->where ? "AND" : "WHERE", rows->key_list,
			       down ? '<' : '>');
		for (size_t i = 1; i < rows->n_keys; i++)
			(void)buf_add_str(&sql, ", ?");
		(void)buf_add_str(&sql, ")");
		for (size_t i = 0; i < rows->n_keys; i++)
			args[n++] = stretch->after->v[i];
	}
	(void)buf_add_str(&sql, " ORDER BY ");
	paging_add_order(&sql, rows, down);
	(void)buf_add_str(&sql, " LIMIT ? OFFSET ?");
	args[n++] = v_u64(stretch->rows);
	args[n++] = v_u64(stretch->skip);
	code = db_prepare(&rows->db, buf_str(&sql), stmt, err);
	buf_release(&sql);
	return code == ERR_OK ? db_bind(&rows->db, *stmt, args, n, err) : code;
}

enum err_code paging_walk(struct rows *rows, uint64_t index, struct err *err)
{
	const struct anchor *from = paging_before(rows, index);
	uint64_t start = from ? from->index : 0;
	bool against = rows->total - index < index - start;
	struct stretch stretch = {.after = from && !against ? &from->key : NULL,
				  .against = against,
				  .rows = 1,
				  .skip = against ? rows->total - index
						  : index - start - 1};
	sqlite3_stmt *stmt = NULL;
	struct key key = {0};
	bool got = false;
	enum err_code code =
		paging_select(rows, rows->key_list, &stretch, &stmt, err);

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

void paging_add(struct rows *rows, uint64_t index, const struct value *values)
{
	struct key key = {0};

	for (size_t i = 0; i < rows->n_keys; i++)
		key_set(&key, i, &values[rows->keys[i].column]);
	anchor_add(rows, index, &key);
}

void paging_release(struct rows *rows)
{
	paging_forget(rows);
	free(rows->anchors);
	for (size_t i = 0; i < ARRAY_SIZE(rows->strings); i++)
		free(rows->strings[i]);
	free(rows->stacked_where);
	free(rows->where);
	free(rows->key_list);
}
