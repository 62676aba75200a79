/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the case: a list of rows over one of the public views, whose
 * columns are a table (model/views.c) that the text tables, --json, the
 * console's lists, the exporters and halligan-case(5) all walk.
 */
#ifndef HALLIGAN_MODEL_ROWS_H
#define HALLIGAN_MODEL_ROWS_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

enum value_type { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

/* One cell. Bytes are borrowed until the rows move on; never trusted text. */
struct value {
	enum value_type type;
	int64_t i;
	double real;
	struct bytes b; /* VALUE_TEXT and VALUE_BLOB */
};

/* How a column is shown. */
enum column_kind {
	COLUMN_TEXT,  /* words of ours or of the responder */
	COLUMN_BYTES, /* bytes from a host: BLOB in SQL */
	COLUMN_ARGS,  /* the same, NUL behind each word */
	COLUMN_INT,
	COLUMN_SIZE, /* bytes */
	COLUMN_OFFSET, /* where in bytes, or an address: hex for people */
	COLUMN_MODE, /* st_mode: octal for people */
	COLUMN_TIME, /* int64 ns UTC */
	COLUMN_SPAN, /* int64 ns */
	COLUMN_HASH, /* hex text */
	COLUMN_ID,   /* UUID text; people see the last 8 digits */
	COLUMN_BOOL,
};

/* Those whose values are numbers; and which of these stand on the right in a
 * list, so that they can be held against each other. */
bool column_is_number(enum column_kind kind);
bool column_is_right(enum column_kind kind);

struct column {
	const char *name; /* in SQL and JSON */
	enum column_kind kind;
	const char *title;  /* over the column; NULL: not in lists */
	unsigned min_cells; /* narrowest useful width in a list */
	const char *help;   /* one sentence for halligan-case(5) */
};

struct view {
	const char *name; /* in SQL */
	const char *help; /* one sentence */
	const struct column *columns;
	size_t n_columns;
	const char *order; /* SQL ORDER BY of the usual list: unique, and all
			      columns of it in one direction */
	bool sums;	   /* its rows are sums of others */
};

extern const struct view views[];
extern const size_t n_views;

/* What differs between two runs: made from them, no view of the file. */
extern const struct view diff_view;
#define DIFF_COLUMNS_MAX 16

/* How rows of a view stack; the lists are of columns, by blanks (stack.c). */
struct stack {
	const char *view;
	const char *host; /* the column that names the host */
	const char *same; /* rows equal in these are one */
	const char *alike; /* and in this one, but for names and numbers */
	const char *most; /* of these the greatest */
	const char *sum;  /* and these together */
	const char *order; /* among as many hosts */
};

const struct stack *stack_of(const char *view); /* NULL: it does not */
/* What is listed then: no view of the file. */
const struct view *stack_view(const struct stack *stack);

const struct view *view_find(const char *name); /* NULL when there is none */
int view_column(const struct view *view, const char *name); /* -1 */

enum row_op {
	ROW_IS, /* value NULL: IS NULL */
	ROW_IS_SET, /* not NULL; value is not looked at */
	ROW_AT_LEAST,
	ROW_BELOW,
	ROW_SEEN_BY, /* findings by id: a run with that id saw them */
};

/* Which rows. Zeroed: all, in the view's usual order. */
struct row_query {
	const char *view;
	/* All of them hold; a column that is NULL ends the list. */
	struct {
		const char *column;
		const char *value;
		enum row_op op;
	} where[12];
	const char *order; /* as in struct view; NULL: the view's own */
	bool reverse;
	uint64_t limit; /* 0: all */
	bool stack;	/* the same answer of many hosts is one row, the
			   rarest first; `order` is not looked at */
};

/*
 * A list under a cursor. One thread. The implementation pages by key, so a
 * row's index stays cheap at any length.
 */
struct rows;

struct row {
	const struct value *values; /* n_columns of the view */
};

/* The value of that column, NULL when the view has no such column. */
const struct value *row_value(const struct view *view, const struct row *row,
			      const char *column);

/* Its bytes (empty for NULL and numbers); its number, if it is one. */
struct bytes row_bytes(const struct view *view, const struct row *row,
		       const char *column);
int64_t row_int(const struct view *view, const struct row *row,
		const char *column, int64_t otherwise);

/* Sees the case as it is now; `rows_refresh` looks again. */
enum err_code rows_refresh(struct rows *rows, struct err *err) MUST_CHECK;
uint64_t rows_count(const struct rows *rows);
const struct view *rows_view(const struct rows *rows);

/* Row `index`; values live until the next rows_ call. ERR_NOTFOUND past end. */
enum err_code rows_get(struct rows *rows, uint64_t index, struct row *row,
		       struct err *err) MUST_CHECK;
void rows_close(struct rows *rows); /* NULL is fine */

/*
 * For people, sanitised, appended to out; returns its width in cells. NULL is
 * "-", an id its last 8 digits, breaks in a TEXT are blanks. max_cells 0: any.
 */
struct buf;
unsigned value_show(const struct column *column, const struct value *value,
		    unsigned max_cells, struct buf *out);

/*
 * What to show of a row in a list: the value, but a path with the member of
 * the archive there is shown as one, "/srv/a.tar!/bin/x", and with the process
 * it is of, "/bin/sh (deleted) (pid 12)", where no column shows that, by what
 * its program is called; it lies in room.
 * What a check found is shown in place of the path.
 */
struct value value_listed(const struct view *view, const struct value *values,
			  size_t column, struct buf *room);

/*
 * As a JSON member named by the column: what SQL gives, times as nanoseconds;
 * only COLUMN_BOOL becomes true or false.
 */
struct json;
void value_json(const struct column *column, const struct value *value,
		struct json *json);

/* A whole row as an object with the view's column names. Of an event,
 * `datetime` is ISO 8601 with an offset and `timestamp` (microseconds) is
 * added, as Timesketch wants them. */
void row_json(const struct view *view, const struct row *row,
	      struct json *json);

#endif
