/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One cell for people and for programs. JSON gives what SQL gives, a time as
 * its nanoseconds; only a BOOL becomes true or false.
 */
#include "base/base.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "model/rows.h"

#define ID_CELLS 8          /* of an id, what people see */
#define CELL_MAX 64         /* room for a number, a time, a span */
#define TEXT_CUT (4u << 10) /* bytes of a long text worth laying out */

static void size_str(int64_t bytes, char out[CELL_MAX])
{
	static const char units[] = "KMGTPE";
	double v = (double)bytes;
	size_t unit = 0;

	if (bytes < 10000) {
		(void)snprintf(out, CELL_MAX, "%" PRId64, bytes);
		return;
	}
	for (v /= 1024; v >= 1000 && unit < sizeof units - 2; unit++)
		v /= 1024;
	(void)snprintf(out, CELL_MAX, "%.*f%c", v < 99.95 ? 1 : 0, v,
		       units[unit]);
}

static void span_str(int64_t span_ns, char out[CELL_MAX])
{
	char text[TIME_TEXT_MAX];

	if (span_ns > -60 * NS_PER_S && span_ns < 60 * NS_PER_S) {
		(void)snprintf(out, CELL_MAX, "%.3fs",
			       (double)span_ns / (double)NS_PER_S);
		return;
	}
	(void)snprintf(out, CELL_MAX, "%s%s", span_ns < 0 ? "-" : "",
		       time_format_span(span_ns > 0            ? span_ns
					: span_ns < -INT64_MAX ? INT64_MAX
							       : -span_ns,
					text));
}

bool column_is_right(enum column_kind kind)
{
	return kind == COLUMN_INT || kind == COLUMN_SIZE ||
	       kind == COLUMN_OFFSET || kind == COLUMN_MODE ||
	       kind == COLUMN_SPAN;
}

bool column_is_number(enum column_kind kind)
{
	return column_is_right(kind) || kind == COLUMN_TIME ||
	       kind == COLUMN_BOOL;
}

static void int_str(const struct column *column, int64_t v, char out[CELL_MAX])
{
	char text[TIME_TEXT_MAX];

	switch (column->kind) {
	case COLUMN_TIME:
		(void)snprintf(out, CELL_MAX, "%s", time_format_short(v, text));
		return;
	case COLUMN_SPAN:
		span_str(v, out);
		return;
	case COLUMN_SIZE:
		size_str(v, out);
		return;
	case COLUMN_OFFSET:
		(void)snprintf(out, CELL_MAX, "0x%" PRIx64, (uint64_t)v);
		return;
	case COLUMN_MODE:
		(void)snprintf(out, CELL_MAX, "0%" PRIo64, (uint64_t)v);
		return;
	case COLUMN_BOOL:
		(void)snprintf(out, CELL_MAX, "%s", v ? "yes" : "no");
		return;
	case COLUMN_TEXT:
	case COLUMN_BYTES:
	case COLUMN_ARGS:
	case COLUMN_INT:
	case COLUMN_HASH:
	case COLUMN_ID:
		break;
	}
	(void)snprintf(out, CELL_MAX, "%" PRId64, v);
}

/* Words lie on one line in a list: what stands between them and is one of
 * `ends` becomes a blank. */
static unsigned show_words(struct bytes b, struct bytes ends,
			   unsigned max_cells, struct buf *out)
{
	uint8_t *copy;
	unsigned cells;

	while (b.n && (b.p[b.n - 1] == ' ' ||
		       memchr(ends.p, b.p[b.n - 1], ends.n)))
		b.n--;
	if (max_cells)
		b.n = MIN(b.n, MAX((size_t)max_cells * 8, TEXT_CUT));
	copy = b.n ? xmemdup(b.p, b.n) : NULL;
	for (size_t i = 0; i < b.n; i++)
		if (memchr(ends.p, copy[i], ends.n))
			copy[i] = ' ';
	cells = text_append(out, bytes_of(copy, b.n), max_cells);
	free(copy);
	return cells;
}

static unsigned show_bytes(const struct column *column, struct bytes b,
			   unsigned max_cells, struct buf *out)
{
	if (column->kind == COLUMN_TEXT)
		return show_words(b, bytes_str("\n\r\t"), max_cells, out);
	if (column->kind == COLUMN_ARGS)
		return show_words(b, bytes_of("", 1), max_cells, out);
	if (column->kind == COLUMN_ID && b.n > ID_CELLS)
		b = bytes_skip(b, b.n - ID_CELLS);
	return text_append(out, b, max_cells);
}

/* The value of that column when the row has one. */
static const struct value *value_of(const struct view *view,
				    const struct value *values,
				    const char *name)
{
	int column = view_column(view, name);

	if (column < 0 || values[column].type == VALUE_NULL)
		return NULL;
	return &values[column];
}

struct value value_listed(const struct view *view, const struct value *values,
			  size_t column, struct buf *room)
{
	int pid_column = view_column(view, "pid");
	const struct value *member, *object, *exe = NULL, *pid = NULL;
	struct value v = values[column];

	if (strcmp(view->columns[column].name, "path") != 0)
		return v;
	object = value_of(view, values, "object");
	if (object)
		return *object;
	member = value_of(view, values, "member");
	if (pid_column >= 0 && !view->columns[pid_column].title)
		pid = value_of(view, values, "pid"); /* in no column */
	if (pid)
		exe = value_of(view, values, "exe");
	if (!member && !pid)
		return v;
	buf_clear(room);
	/* Cut short is fine in a list. */
	(void)buf_add_bytes(room, exe ? exe->b : v.b);
	if (member) {
		(void)buf_add_str(room, "!/");
		(void)buf_add_bytes(room, member->b);
	}
	if (pid)
		(void)buf_addf(room, " (pid %" PRId64 ")", pid->i);
	v.type = VALUE_BLOB; /* some processes have no program to be named */
	v.b = buf_bytes(room);
	return v;
}

unsigned value_show(const struct column *column, const struct value *value,
		    unsigned max_cells, struct buf *out)
{
	char text[CELL_MAX] = "-";

	switch (value->type) {
	case VALUE_TEXT:
	case VALUE_BLOB:
		return show_bytes(column, value->b, max_cells, out);
	case VALUE_INT:
		int_str(column, value->i, text);
		break;
	case VALUE_REAL:
		(void)snprintf(text, sizeof text, "%g", value->real);
		break;
	case VALUE_NULL:
		break;
	}
	return text_append(out, bytes_str(text), max_cells);
}

void value_json(const struct column *column, const struct value *value,
		struct json *json)
{
	switch (value->type) {
	case VALUE_NULL:
		json_no_value(json, column->name);
		break;
	case VALUE_INT:
		if (column->kind == COLUMN_BOOL)
			json_bool(json, column->name, value->i != 0);
		else
			json_int(json, column->name, value->i);
		break;
	case VALUE_REAL:
		json_double(json, column->name, value->real);
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
		json_bytes(json, column->name, value->b);
		break;
	}
}
