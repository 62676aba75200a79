/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands in the console: the same table as on the command line, with a
 * front that turns lists into pages and sentences into the message row.
 */
#include "base/base.h"

#include "ui/console.h"
#include "ui/term.h"

#define DATA_MAX  (16u << 20)
#define LINE_MAX_ PROMPT_LINE_MAX
#define BATCH_AT_ONCE 20 /* lines in a turn of the loop */

/* What a command put out, until it is over. */
struct console_front {
	struct front front; /* first */
	struct ui *ui;
	bool shows; /* COMMAND_SHOWS: records, not a list */
	size_t n_lists;
	const struct view *view; /* of the list that is coming */
	struct source *table;
	struct doc *doc;
	struct buf data;
	struct buf said;
	size_t n_said;
};

static void front_begin(struct front *front, const struct view *view)
{
	struct console_front *f = (struct console_front *)front;

	f->view = view;
	f->n_lists++;
	if (f->shows) {
		if (f->n_lists > 1) {
			doc_line(f->doc, ROLE_NORMAL, "");
			doc_line(f->doc, ROLE_TITLE, view->name);
		}
	} else if (!f->table) {
		f->table = source_table(view);
	}
}

static void record_fields(struct console_front *f, const struct row *row)
{
	struct buf shown;

	buf_init(&shown, DATA_MAX);
	for (size_t i = 0; i < f->view->n_columns; i++) {
		const struct column *c = &f->view->columns[i];

		if (row->values[i].type == VALUE_NULL)
			continue;
		buf_clear(&shown);
		(void)value_show(c, &row->values[i], TEXT_ANY_WIDTH, &shown);
		doc_field(f->doc, c->name, ROLE_NORMAL, buf_str(&shown));
	}
	buf_release(&shown);
}

static void record_line(struct console_front *f, const struct row *row)
{
	struct buf shown;

	buf_init(&shown, DATA_MAX);
	for (size_t i = 0; i < f->view->n_columns; i++) {
		const struct column *c = &f->view->columns[i];

		if (!c->title || row->values[i].type == VALUE_NULL)
			continue;
		(void)buf_add_str(&shown, "  ");
		(void)value_show(c, &row->values[i], TEXT_ANY_WIDTH, &shown);
	}
	doc_text(f->doc, ROLE_NORMAL, buf_str(&shown));
	buf_release(&shown);
}

static void front_row(struct front *front, const struct row *row)
{
	struct console_front *f = (struct console_front *)front;

	if (!f->shows) {
		if (f->table && source_view(f->table) == f->view)
			source_add(f->table, row, 0);
	} else if (f->n_lists == 1) {
		record_fields(f, row);
	} else {
		record_line(f, row);
	}
}

static void front_end(struct front *front UNUSED)
{
}

static void front_say(struct front *front, const char *line)
{
	struct console_front *f = (struct console_front *)front;

	ui_say(f->ui, ROLE_GOOD, "%s", line);
	(void)buf_addf(&f->said, "%s\n", line);
	f->n_said++;
}

static bool front_data(struct front *front, struct bytes b)
{
	struct console_front *f = (struct console_front *)front;

	return buf_add_bytes(&f->data, b);
}

/* Sentences that do not fit on one row get a page. */
static void show_said(struct console_front *f, const char *title)
{
	struct doc *d = xcalloc(1, sizeof *d);
	struct bytes rest = buf_bytes(&f->said), line;

	doc_init(d, false);
	d->width = f->ui->grid.cols;
	while (bytes_split(&rest, '\n', &line)) {
		char *s = bytes_to_str(line);

		doc_text(d, ROLE_NORMAL, s);
		free(s);
	}
	ui_push(f->ui, page_doc(f->ui, title, d));
}

static void show_result(struct console_front *f, const struct invocation *inv)
{
	struct ui *ui = f->ui;

	if (f->table) {
		ui_push(ui, page_table(ui, f->table, "row"));
		f->table = NULL;
	}
	if (f->doc->n) {
		ui_push(ui, page_doc(ui, inv->command->name, f->doc));
		f->doc = NULL;
	}
	if (f->data.n)
		ui_push(ui,
			page_text(ui, inv->command->name, buf_bytes(&f->data)));
	if (f->n_said > 1)
		show_said(f, inv->command->name);
	if (inv->run.s[0])
		ui_say(ui, ROLE_GOOD, "%s started; 3 shows it, X stops it",
		       inv->command->name);
	ui->case_changed = true;
}

static void draw_busy(struct ui *ui, const char *name)
{
	ui_say(ui, ROLE_NORMAL, "%s: at work", name);
	ui_draw(ui);
	term_draw(&ui->grid);
}

static bool may_take_long(const struct command *c)
{
	return (c->flags & COMMAND_CANCELS) || strcmp(c->name, "verify") == 0;
}

static enum err_code run_invocation(struct ui *ui, struct invocation *inv,
				    struct err *err)
{
	struct console_front f = {
		.front = {.begin = front_begin,
			  .row = front_row,
			  .end = front_end,
			  .say = front_say,
			  .data = front_data,
			  .asks = true,
			  .is_console = true},
		.ui = ui,
		.shows = inv->command->flags & COMMAND_SHOWS,
	};
	enum err_code code;

	buf_init(&f.data, DATA_MAX);
	buf_init(&f.said, DATA_MAX);
	f.doc = xcalloc(1, sizeof *f.doc);
	doc_init(f.doc, false);
	f.doc->width = ui->grid.cols;
	if (may_take_long(inv->command))
		draw_busy(ui, inv->command->name);
	ui->message[0] = '\0';
	inv->front = &f.front;
	code = command_run(ui->app, inv, err);
	show_result(&f, inv);
	source_close(f.table);
	if (f.doc)
		doc_release(f.doc);
	free(f.doc);
	buf_release(&f.data);
	buf_release(&f.said);
	return code;
}

/* ---- words of the console itself ---- */

static void run_quit(struct ui *ui, size_t n UNUSED,
		     const char *const *args UNUSED)
{
	ui_quit(ui);
}

static void run_set(struct ui *ui, size_t n, const char *const *args)
{
	if (n != 2 || strcmp(args[0], "mouse") != 0 ||
	    (strcmp(args[1], "on") != 0 && strcmp(args[1], "off") != 0)) {
		ui_say(ui, ROLE_BAD, "what can be set: mouse on, mouse off");
		return;
	}
	ui->mouse = strcmp(args[1], "on") == 0;
	term_mouse(ui->mouse);
	ui_say(ui, ROLE_GOOD, "the mouse is %s", args[1]);
}

static void run_screen(struct ui *ui, size_t n, const char *const *args)
{
	for (unsigned i = 0; n == 1 && i < UI_SCREENS; i++)
		if (strcasecmp(screens[i].wide, args[0]) == 0) {
			ui_go(ui, i);
			return;
		}
	ui_say(ui, ROLE_BAD,
	       "screens are case, hosts, jobs, coverage, "
	       "evidence, findings, notes, timeline, audit and "
	       "messages");
}

const struct ui_command ui_commands[] = {
	{"quit", "", "Leave the console; asks when jobs run.", run_quit},
	{"q", "", "The same.", run_quit},
	{"screen", "NAME", "Go to a screen: hosts, findings, ...", run_screen},
	{"set", "mouse on|off",
	 "Clicks select, the wheel scrolls; off, the terminal selects text.",
	 run_set},
};
const size_t n_ui_commands = ARRAY_SIZE(ui_commands);

static bool run_own(struct ui *ui, size_t n, const char *const *words)
{
	for (size_t i = 0; i < n_ui_commands; i++)
		if (strcmp(ui_commands[i].name, words[0]) == 0) {
			ui_commands[i].run(ui, n - 1, words + 1);
			return true;
		}
	return false;
}

enum err_code ui_words(struct ui *ui, size_t n, const char *const *words)
{
	struct invocation *inv;
	struct err err = {0};
	enum err_code code;
	struct buf line;

	if (n == 0 || run_own(ui, n, words))
		return ERR_OK;
	inv = xcalloc(1, sizeof *inv);
	code = command_parse((int)MIN(n, (size_t)INT16_MAX), words, inv, &err);
	buf_init(&line, DATA_MAX);
	for (size_t i = 0; i < n; i++)
		(void)buf_addf(&line, "%s%s", i ? " " : "", words[i]);
	inv->line = buf_str(&line);
	if (code == ERR_OK)
		code = run_invocation(ui, inv, &err);
	if (code != ERR_OK)
		ui_say_err(ui, &err);
	buf_release(&line);
	free(inv);
	return code;
}

static enum err_code run_one(struct ui *ui, const char *line)
{
	struct command_words words;
	struct err err;
	enum err_code code = command_split(line, &words, &err);

	if (code != ERR_OK) {
		ui_say_err(ui, &err);
		return code;
	}
	code = ui_words(ui, words.n, (const char *const *)words.v);
	command_words_free(&words);
	return code;
}

void ui_line(struct ui *ui, const char *line)
{
	struct bytes rest = bytes_str(line), piece;

	while (bytes_split(&rest, '\n', &piece)) {
		char *one = bytes_to_str(piece);

		(void)run_one(ui, one);
		free(one);
	}
}

/* ---- many lines ---- */

static void batch_forget(struct ui *ui)
{
	free(ui->batch.lines);
	ui->batch.lines = NULL;
}

void ui_batch(struct ui *ui, char *lines, size_t n)
{
	if (n == 1 || ui->batch.lines) {
		if (n == 1)
			ui_line(ui, lines);
		else
			ui_say(ui, ROLE_WARN,
			       "the rows before are not done yet; Esc stops");
		free(lines);
		return;
	}
	ui->batch.lines = lines;
	ui->batch.at = 0;
	ui->batch.n = n;
	ui->batch.n_done = ui->batch.n_failed = 0;
}

static void batch_end(struct ui *ui, const char *how)
{
	if (ui->batch.n_failed)
		ui_say(ui, ROLE_BAD,
		       "%s%zu of %zu judged, %zu failed: 0 says why", how,
		       ui->batch.n_done - ui->batch.n_failed, ui->batch.n,
		       ui->batch.n_failed);
	else
		ui_say(ui, *how ? ROLE_WARN : ROLE_GOOD,
		       "%s%zu of %zu judged", how, ui->batch.n_done,
		       ui->batch.n);
	batch_forget(ui);
}

bool ui_batch_work(struct ui *ui)
{
	for (int i = 0; ui->batch.lines && i < BATCH_AT_ONCE; i++) {
		char *line = ui->batch.lines + ui->batch.at;
		size_t n = strcspn(line, "\n");

		if (!*line) {
			batch_end(ui, "");
			return false;
		}
		ui->batch.at += n + (line[n] == '\n');
		line[n] = '\0';
		ui->batch.n_failed += run_one(ui, line) != ERR_OK;
		ui->batch.n_done++;
	}
	if (!ui->batch.lines)
		return false;
	/* On the row alone: as a message it would be said fifty times. */
	(void)snprintf(ui->message, sizeof ui->message,
		       "%zu of %zu judged, Esc stops", ui->batch.n_done,
		       ui->batch.n);
	ui->message_role = ROLE_NORMAL;
	ui->changed = true;
	return true;
}

void ui_batch_stop(struct ui *ui)
{
	if (ui->batch.lines)
		batch_end(ui, "stopped: ");
}

void ui_complete(struct ui *ui, const char *line, struct buf *out)
{
	command_complete(ui->app, line, out);
	if (strchr(line, ' '))
		return;
	for (size_t i = 0; i < n_ui_commands; i++)
		if (strncmp(ui_commands[i].name, line, strlen(line)) == 0)
			(void)buf_addf(out, "%s\n", ui_commands[i].name);
}
