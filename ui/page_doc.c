/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of lines: the whole detail of the row under the cursor of the list
 * below, and docs that somebody else made.
 */
#include "base/base.h"

#include "ui/console.h"

struct doc_page {
	struct page page;
	struct page_type type; /* its own: the name is its caller's */
	char *title;
	struct doc *doc;
	bool is_detail; /* made of the row of the list below */
	unsigned width;
	bool made;
};

static struct doc_page *self(struct page *page)
{
	return (struct doc_page *)page;
}

static struct list *rows_below(struct page *page)
{
	return page->below ? page_rows(page->below) : NULL;
}

static void make(struct doc_page *dp)
{
	struct list *l = rows_below(&dp->page);
	char title[128] = "gone";
	struct row row;

	doc_clear(dp->doc, dp->width);
	dp->made = true;
	if (l && list_row(l, &row)) {
		detail_title(source_view(l->src), &row, title, sizeof title);
		detail_row(dp->page.ui, source_view(l->src), &row, dp->doc);
	}
	free(dp->title);
	dp->title = xstrdup(title);
}

static void draw(struct page *page, struct grid *g, struct rect r)
{
	struct doc_page *dp = self(page);

	if (dp->is_detail && (!dp->made || dp->width != r.cols)) {
		dp->width = r.cols;
		make(dp);
	}
	doc_draw(dp->doc, g, r);
}

static void context(struct page *page, struct pen *p)
{
	struct doc_page *dp = self(page);
	char where[64];

	if (dp->is_detail && !dp->made) {
		dp->width = p->g->cols;
		make(dp);
	}
	(void)pen_put(p, ROLE_TITLE, dp->title);
	if (dp->doc->scroll.n)
		(void)pen_putf(p, ROLE_DIM, "  lines %s",
			       scroll_where(&dp->doc->scroll, where,
					    sizeof where));
}

static bool next_row(struct doc_page *dp, enum action action)
{
	struct list *l = rows_below(&dp->page);
	struct err err;

	if (!dp->is_detail || !l)
		return false;
	(void)list_act(l, action == ACT_NEXT_ITEM ? ACT_DOWN : ACT_UP, &err);
	dp->made = false;
	dp->doc->scroll.top = 0;
	return true;
}

static bool act(struct page *page, enum action action)
{
	struct doc_page *dp = self(page);

	if (action == ACT_NEXT_ITEM || action == ACT_PREV_ITEM)
		return next_row(dp, action);
	if (action == ACT_PANE) {
		ui_back(page->ui);
		return true;
	}
	if ((action == ACT_OPEN || action == ACT_EVIDENCE ||
	     action == ACT_STOP_JOB) &&
	    dp->is_detail)
		return page->below->type->act(page->below,
					      action == ACT_OPEN ? ACT_EVIDENCE
								 : action) ||
		       action == ACT_OPEN;
	if (action == ACT_NEXT_HIT || action == ACT_PREV_HIT) {
		if (!doc_search(dp->doc, action == ACT_PREV_HIT, true))
			ui_say(page->ui, ROLE_WARN, "not found");
		return true;
	}
	return doc_act(dp->doc, action);
}

static void refresh(struct page *page)
{
	self(page)->made = false;
}

static void search(struct page *page, const char *words)
{
	struct doc *d = self(page)->doc;

	(void)snprintf(d->find.words, sizeof d->find.words, "%s", words);
	if (*words && !doc_search(d, false, false))
		ui_say(page->ui, ROLE_WARN, "not found: %s",
		       shown_str(words).s);
}

/* The row it shows, whatever is marked below. */
static size_t chosen(struct page *page, each_row *each, void *arg)
{
	struct list *l = rows_below(page);
	struct row row;

	if (!self(page)->is_detail || !l || !list_row(l, &row))
		return 0;
	each(arg, source_view(l->src), &row);
	return 1;
}

static void free_page(struct page *page)
{
	struct doc_page *dp = self(page);

	doc_release(dp->doc);
	free(dp->doc);
	free(dp->title);
	free(dp);
}

static const struct page_type doc_type = {
	.name = "doc",
	.widget = "text",
	.draw = draw,
	.context = context,
	.act = act,
	.refresh = refresh,
	.search = search,
	.chosen = chosen,
	.free = free_page,
};

struct page *page_doc(struct ui *ui, const char *title, struct doc *doc)
{
	struct doc_page *dp = xcalloc(1, sizeof *dp);

	dp->type = doc_type;
	dp->page = (struct page){.type = &dp->type, .ui = ui};
	dp->title = xstrdup(title);
	dp->doc = doc;
	return &dp->page;
}

struct page *page_detail(struct ui *ui)
{
	struct doc *doc = xcalloc(1, sizeof *doc);
	struct doc_page *dp;

	doc_init(doc, false);
	dp = (struct doc_page *)page_doc(ui, "", doc);
	dp->type.name = ui_page(ui)->type->name;
	dp->type.live = true;
	dp->is_detail = true;
	return &dp->page;
}
