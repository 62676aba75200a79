/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a list has its rows from: a view of the case, or a table in memory
 * (what a command put out, messages). Both look the same to ui/list.c.
 */
#ifndef HALLIGAN_UI_SOURCE_H
#define HALLIGAN_UI_SOURCE_H

#include "app/app.h"
#include "base/base.h"
#include "model/rows.h"

struct source;

/* Rows of the case by that query; NULL with err set. */
struct source *source_case(struct app *app, const struct row_query *query,
			   struct err *err) MUST_CHECK;
/* The one row of that view with that id, which lives as long as the source;
 * NULL with err set. */
struct source *source_of_row(struct app *app, const char *view, const char *id,
			     struct row *row, struct err *err) MUST_CHECK;
/* An empty table with the columns of that view (borrowed). */
struct source *source_table(const struct view *view) MUST_CHECK;

/* Copies a row of the table's view to its end; the oldest rows go when there
 * are more than max (0: 100 000). */
void source_add(struct source *s, const struct row *row, size_t max);

const struct view *source_view(const struct source *s);
uint64_t source_count(const struct source *s);
enum err_code source_get(struct source *s, uint64_t index, struct row *row,
			 struct err *err) MUST_CHECK;
enum err_code source_refresh(struct source *s, struct err *err) MUST_CHECK;
/* The other way round; only rows of the case can. */
enum err_code source_reverse(struct source *s, bool reverse,
			     struct err *err) MUST_CHECK;
/* Without the rows in which that column is set, or with them again. */
enum err_code source_hide(struct source *s, const char *column, bool hide,
			  struct err *err) MUST_CHECK;
/* Stacked, or each row again; reverse: the other way round. */
enum err_code source_stack(struct source *s, bool stack, bool reverse,
			   struct err *err) MUST_CHECK;
void source_close(struct source *s); /* NULL is fine */

static inline struct value value_str_of(const char *s)
{
	return (struct value){.type = VALUE_TEXT, .b = bytes_str(s)};
}

static inline struct value value_int_of(int64_t i)
{
	return (struct value){.type = VALUE_INT, .i = i};
}

#endif
