/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the case and tables in memory behind one face. */
#include "base/base.h"

#include "ui/source.h"

#define TABLE_MAX 100000

struct source {
	const struct view *view;
	/* of the case */
	struct app *app;
	struct row_query query;
	char *where[ARRAY_SIZE(((struct row_query *)0)->where)];
	struct rows *rows;
	/* in memory: n rows, their values one after the other */
	struct value **table;
	size_t n, cap;
};

static enum err_code open_rows(struct source *s, struct err *err)
{
	struct rows *rows = NULL;
	enum err_code code = app_rows(s->app, &s->query, &rows, err);

	if (code != ERR_OK)
		return code;
	rows_close(s->rows);
	s->rows = rows;
	s->view = rows_view(rows);
	return ERR_OK;
}

struct source *source_case(struct app *app, const struct row_query *query,
			   struct err *err)
{
	struct source *s = xcalloc(1, sizeof *s);

	s->app = app;
	s->query = *query;
	for (size_t i = 0; i < ARRAY_SIZE(s->where); i++)
		if (query->where[i].value) {
			s->where[i] = xstrdup(query->where[i].value);
			s->query.where[i].value = s->where[i];
		}
	if (open_rows(s, err) != ERR_OK) {
		source_close(s);
		return NULL;
	}
	return s;
}

struct source *source_of_row(struct app *app, const char *view, const char *id,
			     struct row *row, struct err *err)
{
	struct row_query query = {.view = view,
				  .limit = 1,
				  .where[0] = {.column = "id", .value = id}};
	struct source *s = source_case(app, &query, err);

	if (s && source_get(s, 0, row, err) != ERR_OK) {
		source_close(s);
		s = NULL;
	}
	return s;
}

struct source *source_table(const struct view *view)
{
	struct source *s = xcalloc(1, sizeof *s);

	s->view = view;
	return s;
}

static void free_values(const struct view *view, struct value *values)
{
	for (size_t i = 0; i < view->n_columns; i++)
		free((void *)(uintptr_t)values[i].b.p);
	free(values);
}

static struct value *copy_values(const struct view *view,
				 const struct value *from)
{
	struct value *to = xcalloc(view->n_columns, sizeof *to);

	for (size_t i = 0; i < view->n_columns; i++) {
		to[i] = from[i];
		if (from[i].type != VALUE_TEXT && from[i].type != VALUE_BLOB)
			to[i].b = bytes_of(NULL, 0);
		if (to[i].b.n)
			to[i].b.p = xmemdup(to[i].b.p, to[i].b.n);
		else
			to[i].b.p = NULL;
	}
	return to;
}

void source_add(struct source *s, const struct row *row, size_t max)
{
	if (s->n >= (max ? max : TABLE_MAX)) {
		free_values(s->view, s->table[0]);
		memmove(s->table, s->table + 1, --s->n * sizeof *s->table);
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->table = xrealloc(s->table, s->cap, sizeof *s->table);
	}
	s->table[s->n++] = copy_values(s->view, row->values);
}

const struct view *source_view(const struct source *s)
{
	return s->view;
}

uint64_t source_count(const struct source *s)
{
	return s->rows ? rows_count(s->rows) : s->n;
}

enum err_code source_get(struct source *s, uint64_t index, struct row *row,
			 struct err *err)
{
	if (s->rows)
		return rows_get(s->rows, index, row, err);
	if (index >= s->n)
		return err_set(err, ERR_NOTFOUND, "row %" PRIu64, index);
	row->values = s->table[index];
	return ERR_OK;
}

enum err_code source_refresh(struct source *s, struct err *err)
{
	return s->rows ? rows_refresh(s->rows, err) : ERR_OK;
}

enum err_code source_reverse(struct source *s, bool reverse, struct err *err)
{
	if (!s->rows)
		return err_set(err, ERR_UNSUPPORTED,
			       "this list has one order only");
	s->query.reverse = reverse;
	return open_rows(s, err);
}

enum err_code source_hide(struct source *s, const char *column, bool hide,
			  struct err *err)
{
	size_t room = ARRAY_SIZE(s->query.where), i = 0;

	if (!s->rows)
		return err_set(err, ERR_UNSUPPORTED,
			       "this list is as it was put out");
	while (i < room && s->query.where[i].column &&
	       (strcmp(s->query.where[i].column, column) != 0 ||
		s->query.where[i].value || s->query.where[i].op != ROW_IS))
		i++;
	if (i == room)
		return err_set(err, ERR_LIMIT, "too many conditions");
	if (hide) {
		s->query.where[i].column = column;
	} else {
		memmove(&s->query.where[i], &s->query.where[i + 1],
			(room - i - 1) * sizeof s->query.where[0]);
		memmove(&s->where[i], &s->where[i + 1],
			(room - i - 1) * sizeof s->where[0]);
		s->query.where[room - 1].column = NULL;
		s->where[room - 1] = NULL;
	}
	return open_rows(s, err);
}

enum err_code source_stack(struct source *s, bool stack, bool reverse,
			   struct err *err)
{
	struct row_query before = s->query;
	enum err_code code;

	if (!s->rows || !stack_of(s->query.view))
		return err_set(err, ERR_UNSUPPORTED,
			       "rows of this list do not stack");
	s->query.stack = stack;
	s->query.reverse = reverse;
	code = open_rows(s, err);
	if (code != ERR_OK)
		s->query = before;
	return code;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	rows_close(s->rows);
	for (size_t i = 0; i < s->n; i++)
		free_values(s->view, s->table[i]);
	free(s->table);
	for (size_t i = 0; i < ARRAY_SIZE(s->where); i++)
		free(s->where[i]);
	free(s);
}
