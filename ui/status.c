/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame around a page: screens on the first row, what is looked at on
 * the second, one message or the progress of jobs on the last but one, keys
 * on the last.
 */
#include "base/base.h"

#include "base/time.h"
#include "ui/console.h"
#include "ui/words.h"

#define OFFERS_MAX_ROWS  8
#define MESSAGE_MAX_ROWS 6

static struct rect row_rect(const struct grid *g, unsigned row)
{
	return (struct rect){.row = row, .rows = 1, .cols = g->cols};
}

static const char *utc_minute(char out[TIME_TEXT_MAX], bool with_day)
{
	char now[TIME_TEXT_MAX];

	(void)time_format_short(time_now_ns(), now);
	/* 2026-11-21 22:14:05Z */
	if (with_day)
		(void)snprintf(out, TIME_TEXT_MAX, "UTC %.16sZ", now);
	else
		(void)snprintf(out, TIME_TEXT_MAX, "%.5sZ", now + 11);
	return out;
}

static void draw_screens(const struct ui *ui, struct pen *p, bool wide)
{
	bool names = ui->grid.cols >= 70;

	for (unsigned i = 1; i <= UI_SCREENS; i++) {
		unsigned n = i % UI_SCREENS;
		bool here = n == ui->screen;
		const char *name = wide ? screens[n].wide : screens[n].narrow;

		(void)pen_putf(p, here ? ROLE_SELECTED : ROLE_DIM, "%s%u%s%s",
			       here ? "[" : "", n, here || names ? name : "",
			       here ? "]" : "");
		(void)pen_put(p, ROLE_DIM, " ");
	}
}

static void draw_top(struct ui *ui, struct grid *g)
{
	bool wide = g->cols >= UI_WIDE;
	struct pen p = pen_at(g, row_rect(g, 0), 0);
	char when[TIME_TEXT_MAX], tlp[32] = "", *right;
	unsigned cells, room;
	struct text name;

	draw_screens(ui, &p, wide);
	(void)utc_minute(when, g->cols >= 150);
	if (ui->info.tlp[0])
		(void)snprintf(tlp, sizeof tlp, "  TLP:%s", ui->info.tlp);
	for (char *c = tlp; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 32);
	cells = shown_cells(when) + shown_cells(wide ? tlp : "") + 2;
	room = pen_left(&p) > cells + 1 ? pen_left(&p) - cells - 1 : 0;
	text_from_bytes(&name, bytes_str(ui->info.name), MAX(room, 1u));
	right = xasprintf("%s%s  %s", room > 3 ? text_str(&name) : "",
			  wide ? tlp : "", when);
	text_release(&name);
	cells = shown_cells(right);
	if (cells + 1 <= pen_left(&p)) {
		pen_pad(&p, g->cols - cells, ROLE_NORMAL);
		(void)pen_put(&p, ROLE_TITLE, right);
	}
	free(right);
}

/* A long message takes rows from the page: an error is to be read whole. */
static void draw_said(struct ui *ui, struct grid *g)
{
	struct rect r = {.row = g->rows - 2, .rows = 1, .cols = g->cols};
	struct doc d;

	doc_init(&d, false);
	doc_clear(&d, g->cols);
	doc_text(&d, ui->message_role, ui->message);
	r.rows = (unsigned)MIN(d.n, (size_t)MESSAGE_MAX_ROWS);
	r.row -= r.rows - 1;
	for (unsigned line = 0; line < r.rows; line++) {
		struct pen p = pen_at(g, r, line);

		pen_fill(&p, ROLE_NORMAL);
	}
	doc_draw(&d, g, r);
	doc_release(&d);
}

static void draw_message(struct ui *ui, struct grid *g)
{
	unsigned row = g->rows - 2;
	struct pen p = pen_at(g, row_rect(g, row), 0);

	if (ui->prompt.kind != PROMPT_NONE) {
		prompt_draw(&ui->prompt, g, row);
		prompt_draw_offers(&ui->prompt, g, row, OFFERS_MAX_ROWS);
	} else if (ui->message[0]) {
		draw_said(ui, g);
	} else if (ui->n_asks) {
		(void)pen_putf(&p, ROLE_WARN,
			       "%s waits for an answer; ! gives it",
			       shown_str(ui_asker_name(&ui->asks[0])).s);
	} else {
		(void)ui_progress(ui, &p);
	}
}

static bool put_hint(struct pen *p, const char *key, const char *hint)
{
	if (shown_cells(key) + shown_cells(hint) + 2 > pen_left(p))
		return false;
	(void)pen_put(p, ROLE_TITLE, key);
	(void)pen_putf(p, ROLE_DIM, " %s ", hint);
	return true;
}

static void draw_hints(struct ui *ui, struct grid *g)
{
	const struct page_type *type = ui_page(ui)->type;
	struct pen p = pen_at(g, row_rect(g, g->rows - 1), 0);

	if (ui->prompt.kind != PROMPT_NONE) {
		(void)put_hint(&p, "Enter", "does it");
		(void)put_hint(&p, "Esc", ui->asking ? "later" : "leaves");
		if (ui->completes)
			(void)put_hint(&p, "Tab", "completes");
		if (ui->prompt.history)
			(void)put_hint(&p, "Up", "lines before");
		return;
	}
	(void)put_hint(&p, "?", "help");
	for (size_t i = 0; i < n_keymap; i++) {
		const struct binding *b = &keymap[i];
		char name[KEY_NAME_MAX];

		if (!b->hint ||
		    (b->context[0] && strcmp(b->context, type->name) != 0 &&
		     strcmp(b->context, type->widget) != 0))
			continue;
		if (!keymap_reaches(b, type->name, type->widget))
			continue;
		if (b->action == ACT_OPEN && strcmp(type->widget, "text") == 0)
			continue; /* it is open */
		(void)key_title(b->key, name);
		if (b->action == ACT_SCREEN)
			(void)snprintf(name, sizeof name, "1-0");
		if (!put_hint(&p, name, b->hint))
			return;
	}
}

static void draw_too_small(struct grid *g)
{
	struct pen p = pen_at(g, grid_rect(g), 0);

	(void)pen_putf(&p, ROLE_WARN, "too small: %ux%u, need %ux%u", g->cols,
		       g->rows, UI_MIN_COLS, UI_MIN_ROWS);
}

void ui_draw(struct ui *ui)
{
	struct grid *g = &ui->grid;
	struct page *page = ui_page(ui);
	struct pen p;

	grid_clear(g);
	if (g->rows < UI_MIN_ROWS || g->cols < UI_MIN_COLS) {
		draw_too_small(g);
		return;
	}
	draw_top(ui, g);
	ui->body =
		(struct rect){.row = 2, .rows = g->rows - 4, .cols = g->cols};
	page->type->draw(page, g, ui->body);
	p = pen_at(g, row_rect(g, 1), 0); /* says how the body was drawn */
	page->type->context(page, &p);
	if (ui->asking)
		ui_draw_ask(ui, g);
	draw_message(ui, g);
	draw_hints(ui, g);
}
