/* SPDX-License-Identifier: Apache-2.0 */
/* Screens, their stacks of pages, and where a key goes. */
#include "base/base.h"

#include "ui/console.h"
#include "ui/term.h"

static struct page *open_hosts(struct ui *ui)
{
	return page_list(ui, list_spec_for("host"), NULL);
}

static struct page *open_jobs(struct ui *ui)
{
	return page_list(ui, list_spec_for("run"), NULL);
}

static struct page *open_coverage(struct ui *ui)
{
	return page_list(ui, list_spec_for("coverage_sum"), NULL);
}

static struct page *open_evidence(struct ui *ui)
{
	return page_list(ui, list_spec_for("evidence"), NULL);
}

static struct page *open_findings(struct ui *ui)
{
	return page_list(ui, list_spec_for("finding"), NULL);
}

static struct page *open_notes(struct ui *ui)
{
	return page_list(ui, list_spec_for("note"), NULL);
}

static struct page *open_timeline(struct ui *ui)
{
	return page_list(ui, list_spec_for("event"), NULL);
}

static struct page *open_audit(struct ui *ui)
{
	return page_list(ui, list_spec_for("audit"), NULL);
}

const struct screen screens[UI_SCREENS] = {
	[0] = {"Msg", "Messages", page_messages},
	[1] = {"Case", "Case", page_case},
	[2] = {"Hosts", "Hosts", open_hosts},
	[3] = {"Jobs", "Jobs", open_jobs},
	[4] = {"Cov", "Coverage", open_coverage},
	[5] = {"Evid", "Evidence", open_evidence},
	[6] = {"Find", "Findings", open_findings},
	[7] = {"Note", "Notes", open_notes},
	[8] = {"Time", "Timeline", open_timeline},
	[9] = {"Aud", "Audit", open_audit},
};

static void push_list(struct ui *ui, const char *view)
{
	struct page *page = page_list(ui, list_spec_for(view), NULL);

	if (page)
		ui_push(ui, page);
}

static void open_hunts(struct ui *ui)
{
	push_list(ui, "hunt");
}

static void open_indicators(struct ui *ui)
{
	push_list(ui, "indicator");
}

static void set_name(void *arg, const struct view *view, const struct row *row)
{
	char **name = arg;

	if (!*name)
		*name = bytes_to_str(row_bytes(view, row, "name"));
}

/* Of the host under the cursor, or of all. */
static void open_picture(struct ui *ui)
{
	struct row_query query = {.view = "fact_sum"};
	struct page *page = ui_page(ui);
	char *host = NULL;

	if (strcmp(page->type->name, "hosts") == 0 && page->type->chosen)
		(void)page->type->chosen(page, set_name, &host);
	if (host) {
		query.where[0].column = "host";
		query.where[0].value = host;
	}
	ui_push(ui, page_list(ui, list_spec_for(query.view), &query));
	free(host);
}

struct page *ui_page(struct ui *ui)
{
	return ui->tops[ui->screen];
}

static void refresh_stack(struct page *page)
{
	for (; page; page = page->below) {
		if (page->stale && page->type->refresh)
			page->type->refresh(page);
		page->stale = false;
	}
}

void ui_go(struct ui *ui, unsigned screen)
{
	if (!ui->tops[screen]) {
		struct page *page = screens[screen].open(ui);

		if (!page)
			return;
		ui->tops[screen] = page;
	}
	if (screen != ui->screen)
		ui->last_screen = ui->screen;
	ui->screen = screen;
	refresh_stack(ui_page(ui));
	ui->changed = true;
}

void ui_push(struct ui *ui, struct page *page)
{
	page->below = ui->tops[ui->screen];
	ui->tops[ui->screen] = page;
	ui->changed = true;
}

void ui_back(struct ui *ui)
{
	struct page *page = ui_page(ui);

	ui->changed = true;
	if (page->below) {
		ui->tops[ui->screen] = page->below;
		page->type->free(page);
	} else if (ui->screen != 1) {
		ui_go(ui, 1);
	} else {
		ui_say(ui, ROLE_NORMAL, "this is the first page; Q quits");
	}
}

void ui_free_pages(struct ui *ui)
{
	free(ui->batch.lines);
	ui->batch.lines = NULL;
	for (size_t i = 0; i < UI_SCREENS; i++)
		while (ui->tops[i]) {
			struct page *page = ui->tops[i];

			ui->tops[i] = page->below;
			page->type->free(page);
		}
}

void ui_refresh_info(struct ui *ui)
{
	struct err err;

	if (app_case(ui->app) &&
	    case_info(app_case(ui->app), &ui->info, &err) != ERR_OK)
		ui_say_err(ui, &err);
}

void ui_refresh(struct ui *ui)
{
	ui->case_changed = false;
	ui_refresh_info(ui);
	for (size_t i = 0; i < UI_SCREENS; i++)
		for (struct page *p = ui->tops[i]; p; p = p->below)
			p->stale = true;
	refresh_stack(ui_page(ui));
	ui->changed = true;
}

bool ui_work(struct ui *ui)
{
	struct page *page = ui_page(ui);
	bool more = page->type->work && page->type->work(page);

	more |= ui_batch_work(ui);
	ui->changed |= more;
	return more;
}

/* ---- actions of the console itself ---- */

static void searched(struct ui *ui, const char *line)
{
	struct page *page = ui_page(ui);

	if (!line)
		return;
	history_add(&ui->searches, line);
	page->type->search(page, line);
}

static void searching(struct ui *ui, const char *line)
{
	struct page *page = ui_page(ui);

	page->type->search(page, line);
}

static void search(struct ui *ui)
{
	struct page *page = ui_page(ui);
	const char *label = "/";

	if (!page->type->search) {
		ui_say(ui, ROLE_NORMAL, "there is nothing to search here");
		return;
	}
	if (page->type->search_label)
		label = page->type->search_label(page);
	ui_prompt(ui, PROMPT_LINE, label, &ui->searches, searched);
	ui->prompt_changed = searching;
}

static void filtered(struct ui *ui, const char *line)
{
	struct page *page = ui_page(ui);

	if (line && page->type->filter)
		page->type->filter(page, line);
}

static void filter(struct ui *ui)
{
	if (!ui_page(ui)->type->filter) {
		ui_say(ui, ROLE_NORMAL, "there is nothing to filter here");
		return;
	}
	ui_prompt(ui, PROMPT_LINE, "filter: ", &ui->searches, filtered);
}

static void command_typed(struct ui *ui, const char *line)
{
	if (!line)
		return;
	history_add(&ui->commands, line);
	ui_line(ui, line);
}

static void command(struct ui *ui)
{
	ui_prompt(ui, PROMPT_LINE, ":", &ui->commands, command_typed);
	ui->completes = true;
}

static void last_screen(struct ui *ui)
{
	ui_go(ui, ui->last_screen);
}

static void messages(struct ui *ui)
{
	ui_go(ui, 0);
}

static void help(struct ui *ui)
{
	ui_push(ui, page_help(ui, false));
}

static void menu(struct ui *ui)
{
	ui_push(ui, page_help(ui, true));
}

static void stop_newest(struct ui *ui)
{
	ui_stop_job(ui, NULL);
}

static void redraw(struct ui *ui)
{
	term_forget();
	ui->changed = true;
}

static void suspend(struct ui *ui)
{
	term_suspend();
	ui->changed = true;
}

static const struct {
	enum action action;
	void (*run)(struct ui *ui);
} actions[] = {
	{ACT_BACK, ui_back},       {ACT_QUIT, ui_quit},
	{ACT_HELP, help},          {ACT_MENU, menu},
	{ACT_COMMAND, command},    {ACT_SEARCH, search},
	{ACT_FILTER, filter},      {ACT_LAST_SCREEN, last_screen},
	{ACT_MESSAGES, messages},  {ACT_STOP_JOB, stop_newest},
	{ACT_REDRAW, redraw},      {ACT_SUSPEND, suspend},
	{ACT_REFRESH, ui_refresh}, {ACT_NOTE, ui_note_add},
	{ACT_EDIT, ui_note_edit},  {ACT_STATUS, ui_set_status},
	{ACT_EXCLUDE, ui_exclude}, {ACT_HUNTS, open_hunts},
	{ACT_ANSWER, ui_answer},   {ACT_INDICATORS, open_indicators},
	{ACT_PICTURE, open_picture},
};

void ui_act(struct ui *ui, enum action action)
{
	struct page *page = ui_page(ui);

	ui->changed = true;
	if (page->type->act(page, action))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (actions[i].action == action) {
			actions[i].run(ui);
			return;
		}
	ui_say(ui, ROLE_NORMAL, "that key does nothing here");
}

void ui_propose(struct ui *ui, const char *line)
{
	command(ui);
	prompt_set(&ui->prompt, line);
}

void ui_binding(struct ui *ui, const struct binding *b, int32_t key)
{
	size_t n_lines;
	char *line;

	if (b->action == ACT_SCREEN) {
		ui_go(ui, (unsigned)(key - '0'));
		return;
	}
	if (b->action != ACT_NONE) {
		ui_act(ui, b->action);
		return;
	}
	line = ui_expand(ui, b->line, &n_lines);
	if (!line)
		return;
	if (b->line[strlen(b->line) - 1] == ' ') {
		ui_propose(ui, line);
	} else {
		ui_line(ui, line);
	}
	free(line);
}

/* ---- keys ---- */

static unsigned screen_at(const struct ui *ui, unsigned col)
{
	unsigned at = 0;

	for (unsigned i = 1; i <= UI_SCREENS; i++) {
		const struct screen *s = &screens[i % UI_SCREENS];
		const char *name =
			ui->grid.cols >= UI_WIDE ? s->wide : s->narrow;

		at += (unsigned)strlen(name) + 2 +
		      (i % UI_SCREENS == ui->screen ? 2 : 0);
		if (col < at)
			return i % UI_SCREENS;
	}
	return ui->screen;
}

static void click(struct ui *ui, const struct key *key)
{
	struct page *page = ui_page(ui);

	if (key->row == 0) {
		ui_go(ui, screen_at(ui, key->col));
		return;
	}
	if (key->row < ui->body.row || !page->type->click)
		return;
	page->type->click(page, key->row - ui->body.row);
	if (key->code == K_DOUBLE)
		ui_act(ui, ACT_OPEN);
}

static bool too_small(const struct ui *ui)
{
	return ui->grid.rows < UI_MIN_ROWS || ui->grid.cols < UI_MIN_COLS;
}

/* A paste outside a prompt would be taken for commands. True: taken. */
static bool drop_paste(struct ui *ui, const struct key *key)
{
	if (key->code == K_PASTE_BEGIN) {
		ui->pasting = true;
		return true;
	}
	if (!ui->pasting)
		return false;
	if (key->code == K_PASTE_END) {
		ui->pasting = false;
		ui_say(ui, ROLE_WARN,
		       "pasted text ignored; press : or / first");
	}
	return true;
}

void ui_key(struct ui *ui, const struct key *key)
{
	struct page *page = ui_page(ui);
	const struct binding *b;
	char name[KEY_NAME_MAX];

	ui->changed = true;
	if (too_small(ui)) {
		if (key->code == 'Q')
			ui->quit = true;
		return;
	}
	if (ui->prompt.kind != PROMPT_NONE) {
		ui_prompt_key(ui, key);
		return;
	}
	if (drop_paste(ui, key))
		return;
	if (ui->batch.lines && key->code == K_ESC) {
		ui_batch_stop(ui);
		return;
	}
	ui->message[0] = '\0';
	if (key->code == K_CLICK || key->code == K_DOUBLE) {
		click(ui, key);
		return;
	}
	if (page->type->key && page->type->key(page, key))
		return;
	b = keymap_find(page->type->name, page->type->widget, key->code);
	if (b)
		ui_binding(ui, b, key->code);
	else
		ui_say(ui, ROLE_NORMAL, "no such key here: %s - ? lists them",
		       key_title(key->code, name));
}
