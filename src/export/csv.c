/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma-separated values, RFC 4180: CRLF ends a line, quotes are doubled.
 * Cells are text as text.h makes it, so one record is one line and no byte of
 * a host reaches a terminal; a cell a spreadsheet would take for a formula
 * gets an apostrophe before it. The exact bytes are in the case and in jsonl.
 *
 * Of the timeline the three columns Timesketch insists on come first: message,
 * datetime, timestamp_desc.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "export/export.h"

#define LINE_MAX_BYTES (64u << 20)

static const char *const timeline_first[] = {
	"message", "datetime", "timestamp_desc",
};

/* Which columns of the view, in which order. */
struct layout {
	size_t *column;
	size_t n;
};

static bool is_early(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(timeline_first); i++)
		if (strcmp(timeline_first[i], name) == 0)
			return true;
	return false;
}

static bool is_timeline(const struct view *view)
{
	return strcmp(view->name, "event") == 0 ||
	       strcmp(view->name, "event_source") == 0;
}

static void lay_out(struct layout *l, const struct view *view)
{
	bool timeline = is_timeline(view);

	*l = (struct layout){
		.column = xcalloc(view->n_columns, sizeof *l->column)};
	for (size_t i = 0; timeline && i < ARRAY_SIZE(timeline_first); i++) {
		int at = view_column(view, timeline_first[i]);

		if (at >= 0)
			l->column[l->n++] = (size_t)at;
	}
	for (size_t i = 0; i < view->n_columns; i++)
		if (!timeline || !is_early(view->columns[i].name))
			l->column[l->n++] = i;
}

/* What spreadsheets begin to compute at. */
static bool is_formula(struct bytes b)
{
	return b.n && memchr("=+-@\t\r", b.p[0], 6) != NULL;
}

static void add_cell(struct buf *out, struct bytes cell)
{
	(void)buf_add_byte(out, '"');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			(void)buf_add_byte(out, '"');
		(void)buf_add_byte(out, cell.p[i]);
	}
	(void)buf_add_byte(out, '"');
}

static bool needs_quotes(struct bytes cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (strchr("\",\r\n'", cell.p[i]) || cell.p[i] == ' ')
			return true;
	return false;
}

/* A cell of foreign bytes, or of words of the responder. */
static void add_text(struct buf *out, struct bytes b)
{
	struct buf cell;

	buf_init(&cell, LINE_MAX_BYTES);
	if (is_formula(b))
		(void)buf_add_byte(&cell, '\'');
	(void)text_append(&cell, b, TEXT_ANY_WIDTH);
	if (needs_quotes(buf_bytes(&cell)))
		add_cell(out, buf_bytes(&cell));
	else
		(void)buf_add_bytes(out, buf_bytes(&cell));
	buf_release(&cell);
}

static void add_value(struct buf *out, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return;
	case VALUE_INT:
		(void)buf_addf(out, "%" PRId64, v->i);
		return;
	case VALUE_REAL:
		(void)buf_addf(out, "%.17g", v->real);
		return;
	case VALUE_TEXT:
	case VALUE_BLOB:
		add_text(out, v->b);
		return;
	}
}

/* The timeline's datetime is ours to write: ISO 8601 with an offset. */
static bool add_datetime(struct buf *out, const struct view *view,
			 const struct row *row, size_t column)
{
	struct value when = export_value(view, row, "time_ns");
	char text[TIME_TEXT_MAX];

	if (!is_timeline(view) || when.type != VALUE_INT ||
	    strcmp(view->columns[column].name, "datetime") != 0)
		return false;
	(void)buf_add_str(out, time_format(when.i, TIME_US, text));
	return true;
}

static void add_header(struct buf *line, const struct view *view,
		       const struct layout *l)
{
	for (size_t i = 0; i < l->n; i++)
		(void)buf_addf(line, "%s%s", i ? "," : "",
			       view->columns[l->column[i]].name);
	(void)buf_add_str(line, "\r\n");
}

static void add_row(struct buf *line, const struct view *view,
		    const struct layout *l, const struct row *row)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			(void)buf_add_byte(line, ',');
		if (!add_datetime(line, view, row, l->column[i]))
			add_value(line, &row->values[l->column[i]]);
	}
	(void)buf_add_str(line, "\r\n");
}

static enum err_code send_line(struct outfile *out, struct buf *line,
			       struct err *err)
{
	enum err_code code;

	if (line->full)
		return err_set(err, ERR_LIMIT, "a row is longer than %u MiB",
			       LINE_MAX_BYTES >> 20);
	code = outfile_add(out, buf_bytes(line), err);
	buf_clear(line);
	return code;
}

enum err_code export_csv(struct export_source *source, struct outfile *out,
			 uint64_t *n_rows, struct err *err)
{
	struct layout layout;
	struct buf line;
	struct row row;
	bool got = true;
	enum err_code code;

	lay_out(&layout, source->view);
	buf_init(&line, LINE_MAX_BYTES);
	add_header(&line, source->view, &layout);
	for (;;) {
		code = send_line(out, &line, err);
		if (code == ERR_OK)
			code = source->next(source, &row, &got, err);
		if (code != ERR_OK || !got)
			break;
		add_row(&line, source->view, &layout, &row);
		++*n_rows;
	}
	buf_release(&line);
	free(layout.column);
	return code;
}
