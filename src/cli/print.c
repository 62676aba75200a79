/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes to standard output: tables as wide as the terminal, tab-separated
 * lines when it is none, one record as a list of names and values, or JSON.
 */
#include "base/base.h"

#include <sys/ioctl.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"

#define OUT_FLUSH (64u << 10)
#define OUT_MAX	  (64u << 20)
#define KEPT_MAX  200 /* rows that decide how wide columns are */
#define GAP	  2
#define DOTS	  3 /* cells of "..." */

unsigned cli_width(int fd, unsigned *rows)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
		size = (struct winsize){.ws_col = 80, .ws_row = 24};
	if (rows)
		*rows = size.ws_row;
	return size.ws_col;
}

PRINTF_LIKE(2, 0)
static void vline(const char *prefix, const char *fmt, va_list ap)
{
	char line[ERR_MSG_MAX + 512];
	struct err err;
	size_t n;

	n = (size_t)snprintf(line, sizeof line - 2, "%s", prefix);
	(void)vsnprintf(line + n, sizeof line - 2 - n, fmt, ap); /* cut: fine */
	n = strlen(line);
	line[n++] = '\n';
	/* nobody is left to tell when this fails */
	(void)!fs_write_all(STDERR_FILENO, bytes_of(line, n), &err);
}

void cli_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vline("halligan: ", fmt, ap);
	va_end(ap);
}

void cli_say(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	vline("", fmt, ap);
	va_end(ap);
}

static void flush(struct cli *cli)
{
	if (cli->out_err.code == ERR_OK &&
	    fs_write_all(STDOUT_FILENO, buf_bytes(&cli->out), &cli->out_err) !=
		    ERR_OK)
		err_wrap(&cli->out_err, "standard output");
	buf_clear(&cli->out);
}

static void flush_when_large(struct cli *cli)
{
	if (cli->out.n >= OUT_FLUSH)
		flush(cli);
}

static void front_say(struct front *front, const char *line)
{
	cli_say((struct cli *)front, "%s", line);
}

static bool front_data(struct front *front, struct bytes b)
{
	struct cli *cli = (struct cli *)front;

	flush(cli);
	if (cli->out_err.code == ERR_OK &&
	    fs_write_all(STDOUT_FILENO, b, &cli->out_err) != ERR_OK)
		err_wrap(&cli->out_err, "standard output");
	return cli->out_err.code == ERR_OK;
}

/* ---- JSON ---- */

static void print_json(struct cli *cli, const struct row *row)
{
	struct json json = json_to(&cli->out);

	row_json(cli->view, row, &json);
	(void)buf_add_byte(&cli->out, '\n');
}

/* ---- one record ---- */

/* Words of the responder keep their lines, indented. */
static void print_words(struct cli *cli, struct bytes b, unsigned indent)
{
	struct bytes line;
	bool first = true;

	while (bytes_split(&b, '\n', &line)) {
		if (!first)
			(void)buf_addf(&cli->out, "\n%*s", (int)indent, "");
		(void)text_append(&cli->out, line, TEXT_ANY_WIDTH);
		first = false;
	}
}

static void print_whole(struct cli *cli, const struct column *column,
			const struct value *v, unsigned indent)
{
	if (v->type == VALUE_TEXT && column->kind == COLUMN_TEXT)
		print_words(cli, v->b, indent);
	else if (v->type == VALUE_TEXT && column->kind == COLUMN_ID)
		(void)text_append(&cli->out, v->b, TEXT_ANY_WIDTH);
	else if (v->type == VALUE_INT && column->kind == COLUMN_SIZE)
		(void)buf_addf(&cli->out, "%" PRId64, v->i);
	else
		(void)value_show(column, v, TEXT_ANY_WIDTH, &cli->out);
}

static void print_record(struct cli *cli, const struct row *row)
{
	const struct view *view = cli->view;
	unsigned widest = 0;

	if (cli->n_rows > 1)
		(void)buf_add_byte(&cli->out, '\n');
	for (size_t i = 0; i < view->n_columns; i++)
		widest = MAX(widest, (unsigned)strlen(view->columns[i].name));
	for (size_t i = 0; i < view->n_columns; i++) {
		if (row->values[i].type == VALUE_NULL)
			continue;
		(void)buf_addf(&cli->out, "%-*s", (int)(widest + GAP),
			       view->columns[i].name);
		print_whole(cli, &view->columns[i], &row->values[i],
			    widest + GAP);
		(void)buf_add_byte(&cli->out, '\n');
	}
}

/* ---- tables ---- */

static bool is_shown(const struct column *column)
{
	return column->title != NULL;
}

static unsigned cells_of(const struct column *column, const struct value *v)
{
	struct buf scratch;
	unsigned cells;

	buf_init(&scratch, OUT_FLUSH);
	cells = value_show(column, v, TEXT_ANY_WIDTH, &scratch);
	buf_release(&scratch);
	return cells;
}

static unsigned listed_cells(const struct view *view,
			     const struct value *values, size_t i)
{
	struct value v;
	struct buf room;
	unsigned cells;

	buf_init(&room, OUT_MAX);
	v = value_listed(view, values, i, &room);
	cells = cells_of(&view->columns[i], &v);
	buf_release(&room);
	return cells;
}

/* The column that can give a cell away most easily, -1: none can. */
static int widest_column(const struct view *view, const unsigned *widths)
{
	int widest = -1;

	for (size_t i = 0; i < view->n_columns; i++)
		if (is_shown(&view->columns[i]) &&
		    widths[i] > view->columns[i].min_cells &&
		    (widest < 0 || widths[i] > widths[widest]))
			widest = (int)i;
	return widest;
}

static void fit(struct cli *cli)
{
	unsigned screen = cli_width(STDOUT_FILENO, NULL), total = 0;
	int widest;

	for (size_t i = 0; i < cli->view->n_columns; i++)
		if (is_shown(&cli->view->columns[i]))
			total += cli->widths[i] + GAP;
	while (total > screen + GAP &&
	       (widest = widest_column(cli->view, cli->widths)) >= 0) {
		cli->widths[widest]--;
		total--;
	}
}

static void measure(struct cli *cli)
{
	const struct view *view = cli->view;

	cli->widths = xcalloc(view->n_columns, sizeof *cli->widths);
	for (size_t i = 0; i < view->n_columns; i++) {
		const struct column *column = &view->columns[i];

		if (!is_shown(column))
			continue;
		cli->widths[i] = (unsigned)strlen(column->title);
		for (struct kept_row *k = cli->kept; k; k = k->next)
			cli->widths[i] = MAX(cli->widths[i],
					     listed_cells(view, k->values, i));
	}
	fit(cli);
}

static void pad(struct buf *out, unsigned cells)
{
	(void)buf_addf(out, "%*s", (int)cells, "");
}

/* Blanks at the end of a line are nobody's. */
static void end_line(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	(void)buf_add_byte(out, '\n');
}

/* Of a path too wide for its column the end says more: ".../bin/sshd". The
 * value that fits behind the dots, from a slash on; empty when none does. */
static struct value path_end(const struct column *column,
			     const struct value *v, unsigned width)
{
	struct value end = *v;
	size_t most = 4 * (size_t)width; /* bytes that could ever fit */

	if (end.b.n > most)
		end.b = bytes_skip(end.b, end.b.n - most);
	while (end.b.n) {
		const uint8_t *slash = memchr(end.b.p + 1, '/', end.b.n - 1);

		end.b = slash ? bytes_skip(end.b, (size_t)(slash - end.b.p))
			      : bytes_of(NULL, 0);
		if (cells_of(column, &end) + DOTS <= width)
			break;
	}
	return end;
}

/* A value in at most so many cells. */
static unsigned show_cell(const struct column *column, const struct value *v,
			  unsigned width, struct buf *out)
{
	struct value end;

	if (column->kind != COLUMN_BYTES || v->b.n == 0 || v->b.p[0] != '/' ||
	    cells_of(column, v) <= width)
		return value_show(column, v, width, out);
	end = path_end(column, v, width);
	if (end.b.n == 0)
		return value_show(column, v, width, out);
	(void)buf_add_str(out, "...");
	return DOTS + value_show(column, &end, width - DOTS, out);
}

static void print_cell(struct cli *cli, size_t i, const struct value *values)
{
	const struct column *column = &cli->view->columns[i];
	struct buf cell, room;
	struct value v;
	unsigned cells;

	buf_init(&cell, OUT_MAX);
	buf_init(&room, OUT_MAX);
	v = value_listed(cli->view, values, i, &room);
	cells = show_cell(column, &v, cli->widths[i], &cell);
	buf_release(&room);
	if (column_is_right(column->kind) && cells < cli->widths[i])
		pad(&cli->out, cli->widths[i] - cells);
	(void)buf_add_bytes(&cli->out, buf_bytes(&cell));
	if (!column_is_right(column->kind) && cells < cli->widths[i])
		pad(&cli->out, cli->widths[i] - cells);
	pad(&cli->out, GAP);
	buf_release(&cell);
}

static void print_table_row(struct cli *cli, const struct value *values)
{
	for (size_t i = 0; i < cli->view->n_columns; i++)
		if (is_shown(&cli->view->columns[i]))
			print_cell(cli, i, values);
	end_line(&cli->out);
	flush_when_large(cli);
}

static void print_titles(struct cli *cli)
{
	const struct view *view = cli->view;

	if (cli->colour)
		(void)buf_add_str(&cli->out, "\033[1m");
	for (size_t i = 0; i < view->n_columns; i++) {
		const struct column *column = &view->columns[i];
		int width = (int)cli->widths[i];

		if (is_shown(column))
			(void)buf_addf(&cli->out, "%*.*s%*s",
				       column_is_right(column->kind) ? width
							     : -width,
				       width, column->title, GAP, "");
	}
	if (cli->colour) {
		while (cli->out.p[cli->out.n - 1] == ' ')
			cli->out.n--;
		(void)buf_add_str(&cli->out, "\033[0m");
	}
	end_line(&cli->out);
}

/* A copy: what rows lend is gone with the next one. */
static void keep(struct cli *cli, const struct row *row)
{
	size_t n = cli->view->n_columns, total = 0;
	struct kept_row *k = xcalloc(1, sizeof *k);
	uint8_t *at;

	for (size_t i = 0; i < n; i++)
		total += row->values[i].b.n;
	k->values = xmemdup(row->values, n * sizeof *k->values);
	k->bytes = at = xmalloc(total ? total : 1);
	for (size_t i = 0; i < n; i++) {
		size_t len = row->values[i].b.n;

		if (len)
			memcpy(at, row->values[i].b.p, len);
		k->values[i].b = bytes_of(at, len);
		at += len;
	}
	*cli->kept_end = k;
	cli->kept_end = &k->next;
	cli->n_kept++;
}

static void free_kept(struct kept_row *k)
{
	free(k->values);
	free(k->bytes);
	free(k);
}

/* The rows so far decide how wide the columns are; then they are printed. */
static void settle(struct cli *cli)
{
	struct kept_row *next;

	measure(cli);
	print_titles(cli);
	for (struct kept_row *k = cli->kept; k; k = next) {
		next = k->next;
		print_table_row(cli, k->values);
		free_kept(k);
	}
	cli->kept = NULL;
	cli->kept_end = &cli->kept;
	cli->n_kept = 0;
}

/* ---- plain lines for programs ---- */

static void print_plain(struct cli *cli, const struct row *row)
{
	bool first = true;
	struct buf room;

	buf_init(&room, OUT_MAX);
	for (size_t i = 0; i < cli->view->n_columns; i++) {
		const struct column *column = &cli->view->columns[i];

		if (!is_shown(column))
			continue;
		if (!first)
			(void)buf_add_byte(&cli->out, '\t');
		first = false;
		if (row) {
			struct value v = value_listed(cli->view, row->values,
						      i, &room);

			(void)value_show(column, &v, TEXT_ANY_WIDTH,
					 &cli->out);
		} else {
			(void)buf_add_str(&cli->out, column->title);
		}
	}
	(void)buf_add_byte(&cli->out, '\n');
	buf_release(&room);
}

/* ---- the front ---- */

static bool is_record(const struct cli *cli)
{
	unsigned flags = cli->inv->command->flags;

	return (flags & COMMAND_SHOWS) &&
	       (cli->n_lists == 1 || (flags & COMMAND_SHOWS_ALL));
}

static void front_begin(struct front *front, const struct view *view)
{
	struct cli *cli = (struct cli *)front;

	cli->view = view;
	cli->n_lists++;
	cli->kept_end = &cli->kept;
	if (front->json || is_record(cli))
		return;
	if (cli->n_lists > 1)
		(void)buf_add_str(&cli->out, "\n");
	if (!cli->is_terminal)
		print_plain(cli, NULL);
}

static void front_row(struct front *front, const struct row *row)
{
	struct cli *cli = (struct cli *)front;

	cli->n_rows++;
	if (front->json)
		print_json(cli, row);
	else if (is_record(cli))
		print_record(cli, row);
	else if (!cli->is_terminal)
		print_plain(cli, row);
	else if (cli->widths)
		print_table_row(cli, row->values);
	else
		keep(cli, row);
	if (cli->n_kept == KEPT_MAX)
		settle(cli);
	flush_when_large(cli);
}

static void front_end(struct front *front)
{
	struct cli *cli = (struct cli *)front;

	if (cli->n_kept)
		settle(cli);
	free(cli->widths);
	cli->widths = NULL;
	flush(cli);
}

void cli_print_init(struct cli *cli, const struct invocation *inv)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	cli->inv = inv;
	cli->is_terminal = isatty(STDOUT_FILENO);
	cli->err_is_terminal = isatty(STDERR_FILENO);
	cli->quiet = option_flag(inv, "quiet");
	cli->colour = cli->is_terminal && !(no_color && *no_color) && term &&
		      strcmp(term, "dumb") != 0 &&
		      !option_flag(inv, "no-color");
	cli->front = (struct front){
		.begin = front_begin,
		.row = front_row,
		.end = front_end,
		.say = front_say,
		.data = front_data,
		.confirm = cli_confirm,
		.json = option_flag(inv, "json"),
	};
	buf_init(&cli->out, OUT_MAX);
}

enum err_code cli_print_finish(struct cli *cli, struct err *err)
{
	flush(cli);
	buf_release(&cli->out);
	if (cli->out_err.code == ERR_OK || cli->out_err.sys == EPIPE)
		return ERR_OK;
	*err = cli->out_err;
	return err->code;
}
