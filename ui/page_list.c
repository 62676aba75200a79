/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page that is a list, with the detail of the row under the cursor at its
 * right (wide) or below it (high enough). All lists of the console are this
 * one, told apart by a struct list_spec.
 */
#include "base/base.h"

#include "ui/console.h"
#include "ui/words.h"

#define DETAIL_LEAST 6 /* rows */
#define LIST_LEAST   7 /* rows */
#define VERY_WIDE    160
#define SEEK_MAX     2000

struct list_page {
	struct page page;
	struct page_type type; /* its own: the name is the spec's */
	const struct list_spec *spec;
	struct list list;
	const char *what;
	bool shows_all; /* also what the spec hides */
	bool stacked;	/* one row for what is the same on several hosts */
	struct doc detail;
	char *detail_id; /* of the row in `detail`, NULL: none */
	unsigned detail_width;
};

static struct list_page *self(struct page *page)
{
	return (struct list_page *)page;
}

/* ---- drawing ---- */

static char *row_key(const struct view *view, const struct row *row)
{
	struct bytes id = row_bytes(view, row, "id");

	if (id.n)
		return bytes_to_str(id);
	return xasprintf("%" PRId64, row_int(view, row, "seq",
					     row_int(view, row, "id", -1)));
}

static void make_detail(struct list_page *lp, unsigned width)
{
	const struct view *view = source_view(lp->list.src);
	struct row row;
	char *id;

	if (!list_row(&lp->list, &row)) {
		doc_clear(&lp->detail, width);
		free(lp->detail_id);
		lp->detail_id = NULL;
		return;
	}
	id = row_key(view, &row);
	if (lp->detail_id && strcmp(id, lp->detail_id) == 0 &&
	    width == lp->detail_width) {
		free(id);
		return;
	}
	doc_clear(&lp->detail, width);
	lp->detail.scroll.top = 0;
	(void)list_row(&lp->list, &row);
	detail_row(lp->page.ui, view, &row, &lp->detail);
	free(lp->detail_id);
	lp->detail_id = id;
	lp->detail_width = width;
}

static void forget_detail(struct list_page *lp)
{
	free(lp->detail_id);
	lp->detail_id = NULL;
}

static void draw_title(struct list_page *lp, struct grid *g, struct rect r)
{
	struct pen p = pen_at(g, r, 0);
	struct row row;
	char title[128] = "";

	if (list_row(&lp->list, &row))
		detail_title(source_view(lp->list.src), &row, title,
			     sizeof title);
	(void)pen_put(&p, ROLE_DIM, "── ");
	(void)pen_put(&p, ROLE_TITLE, title);
	(void)pen_put(&p, ROLE_DIM, " ");
	if (lp->detail.n > (size_t)r.rows - 1)
		(void)pen_put(&p, ROLE_DIM, "── Tab: all of it ");
	pen_line(&p, ROLE_DIM);
}

static void draw_detail(struct list_page *lp, struct grid *g, struct rect r)
{
	int row = g->cursor_row, col = g->cursor_col;

	make_detail(lp, r.cols);
	draw_title(lp, g, (struct rect){r.row, r.col, r.rows, r.cols});
	doc_draw(&lp->detail, g,
		 (struct rect){r.row + 1, r.col, r.rows - 1, r.cols});
	g->cursor_row = row;
	g->cursor_col = col;
}

static void draw_beside(struct list_page *lp, struct grid *g, struct rect r)
{
	unsigned left = r.cols >= VERY_WIDE ? r.cols / 2 : r.cols * 11 / 20;
	struct rect list = {r.row, r.col, r.rows, left - 1};
	struct rect rule = {r.row, r.col + left, r.rows, 1};
	struct rect detail = {r.row, r.col + left + 2, r.rows,
			      r.cols - left - 2};

	list_draw(&lp->list, g, list);
	grid_rule(g, rule, ROLE_DIM);
	draw_detail(lp, g, detail);
}

static void draw_below(struct list_page *lp, struct grid *g, struct rect r)
{
	unsigned below = MAX(r.rows * 2 / 5, (unsigned)DETAIL_LEAST);
	struct rect list = {r.row, r.col, r.rows - below, r.cols};
	struct rect detail = {r.row + r.rows - below, r.col, below, r.cols};

	list_draw(&lp->list, g, list);
	draw_detail(lp, g, detail);
}

static void draw(struct page *page, struct grid *g, struct rect r)
{
	struct list_page *lp = self(page);
	bool has_rows = list_count(&lp->list) > 0;

	if (!lp->spec || !lp->spec->has_detail || !has_rows)
		list_draw(&lp->list, g, r);
	else if (r.cols >= UI_WIDE)
		draw_beside(lp, g, r);
	else if (r.rows >= LIST_LEAST + DETAIL_LEAST)
		draw_below(lp, g, r);
	else
		list_draw(&lp->list, g, r);
}

/* How many rows are left out. */
static void hidden_context(const struct list_page *lp, struct pen *p)
{
	const char *view = lp->spec ? lp->spec->view : "";
	uint64_t n = lp->page.ui->info.n_excluded;
	char all[WORDS_MAX];

	if (lp->stacked)
		(void)pen_put(p, ROLE_MARK, "  stacked, the rarest first (S)");
	if (!lp->spec || !lp->spec->hides || lp->stacked)
		return;
	if (lp->shows_all)
		(void)pen_putf(p, ROLE_WARN, "  with those %s (-)",
			       lp->spec->hides_what);
	else if (strcmp(view, "finding") == 0 && n)
		(void)pen_putf(p, ROLE_DIM, "  %s %s (e)", words_count(n, all),
			       lp->spec->hides_what);
}

static void context(struct page *page, struct pen *p)
{
	struct list_page *lp = self(page);

	list_context(&lp->list, lp->what, p);
	hidden_context(lp, p);
	if (lp->list.n_terms)
		pen_fill(p, ROLE_SELECTED);
}

/* ---- doing ---- */

static char *value_words(const struct value *v)
{
	if (v->type == VALUE_NULL)
		return NULL;
	return v->type == VALUE_INT ? xasprintf("%" PRId64, v->i)
				    : bytes_to_str(v->b);
}

/* The rows that one of a stack stands for. */
static struct page *open_stack(struct list_page *lp, const struct view *view,
			       const struct row *row)
{
	struct row_query query = {.view = lp->spec->view};
	struct bytes rest = bytes_str(stack_of(query.view)->same), piece;
	char *values[ARRAY_SIZE(query.where)];
	struct page *page;
	size_t n = 0;

	while (n < ARRAY_SIZE(values) && bytes_split(&rest, ' ', &piece)) {
		char *name = bytes_to_str(piece);
		int at = view_column(view, name);

		free(name);
		values[n] = value_words(&row->values[at]);
		query.where[n].column = view->columns[at].name;
		query.where[n].value = values[n];
		n++;
	}
	page = page_list(lp->page.ui, lp->spec, &query);
	while (n-- > 0)
		free(values[n]);
	return page;
}

static void open_row(struct list_page *lp)
{
	const struct view *view = source_view(lp->list.src);
	struct page *page;
	struct row row;

	if (!list_row(&lp->list, &row))
		return;
	page = lp->stacked ? open_stack(lp, view, &row)
	       : lp->spec && lp->spec->open
		       ? lp->spec->open(lp->page.ui, view, &row)
		       : page_detail(lp->page.ui);
	if (page)
		ui_push(lp->page.ui, page);
}

/* From a finding to the bytes that matched, from an event to those that say
 * so. */
static bool open_bytes(struct list_page *lp)
{
	const struct view *view = source_view(lp->list.src);
	struct page *page;
	struct row row;
	char *id;

	if (!list_row(&lp->list, &row) || view_column(view, "evidence_id") < 0)
		return false;
	id = bytes_to_str(row_bytes(view, &row, "evidence_id"));
	if (*id) {
		uint64_t at = (uint64_t)row_int(view, &row, "offset", 0);
		uint64_t n = (uint64_t)row_int(view, &row, "length", 1);

		/* Rules match what lies there, parsers read what is in it. */
		page = (view_column(view, "rule") < 0 ? page_said : page_item)(
			lp->page.ui, id, at, n);
		if (page)
			ui_push(lp->page.ui, page);
	} else {
		ui_say(lp->page.ui, ROLE_NORMAL,
		       "the file itself is not in the case; c collects it");
	}
	free(id);
	return true;
}

static bool stop_job(struct list_page *lp)
{
	const struct view *view = source_view(lp->list.src);
	struct row row;
	char *id;

	if (strcmp(view->name, "run") != 0 || !list_row(&lp->list, &row))
		return false;
	id = bytes_to_str(row_bytes(view, &row, "id"));
	ui_stop_job(lp->page.ui, id);
	free(id);
	return true;
}

static void tell_marked(struct list_page *lp)
{
	uint64_t n = list_count(&lp->list);
	char all[WORDS_MAX];

	if (lp->list.n_marks && lp->list.n_marks < n)
		ui_say(lp->page.ui, ROLE_WARN,
		       "marked %zu of %s (the most at once)", lp->list.n_marks,
		       words_count(n, all));
}

/* Rows of the case as the page shows them now; NULL: said why not. */
static struct source *open_source(struct ui *ui, const struct list_spec *spec,
				  const struct row_query *given)
{
	struct row_query query = {.view = spec->view};
	struct source *src;
	struct err err;
	size_t n = 0;

	if (given)
		query = *given;
	query.reverse = spec->newest_first;
	while (n < ARRAY_SIZE(query.where) && query.where[n].column)
		n++;
	if (spec->hides && n < ARRAY_SIZE(query.where))
		query.where[n].column = spec->hides;
	src = source_case(ui->app, &query, &err);
	if (!src)
		ui_say_err(ui, &err);
	return src;
}

static void dress(struct list_page *lp)
{
	lp->list.reverse = lp->list.usual_reverse = lp->spec->newest_first;
	lp->list.empty = lp->spec->empty;
	lp->list.dims = lp->spec->hides;
}

/* The same source lists something else: marks, filter and search were of the
 * rows before. */
static void list_anew(struct list_page *lp)
{
	struct source *src = lp->list.src;

	lp->list.src = NULL;
	list_release(&lp->list);
	list_init(&lp->list, src, lp->stacked ? NULL : lp->spec->columns);
	dress(lp);
	if (lp->stacked) /* the rarest first, whatever the rows' own order */
		lp->list.reverse = lp->list.usual_reverse = false;
	forget_detail(lp);
}

/* Also what is left out at first, or again not. */
static bool toggle_hidden(struct list_page *lp)
{
	struct err err;

	if (!lp->spec || !lp->spec->hides)
		return false;
	if (source_hide(lp->list.src, lp->spec->hides, lp->shows_all, &err) !=
	    ERR_OK) {
		ui_say_err(lp->page.ui, &err);
		return true;
	}
	lp->shows_all = !lp->shows_all;
	list_anew(lp);
	return true;
}

static bool toggle_stack(struct list_page *lp)
{
	bool stack = !lp->stacked;
	struct err err;

	if (!lp->spec || !stack_of(lp->spec->view))
		return false;
	if (source_stack(lp->list.src, stack,
			 !stack && lp->spec->newest_first, &err) != ERR_OK) {
		ui_say_err(lp->page.ui, &err);
		return true;
	}
	lp->stacked = stack;
	lp->type.name = stack ? "stack" : lp->spec->name;
	lp->what = stack ? "answer" : lp->spec->what;
	list_anew(lp);
	return true;
}

static bool act(struct page *page, enum action action)
{
	struct list_page *lp = self(page);
	struct err err;

	if (action == ACT_OPEN) {
		open_row(lp);
		return true;
	}
	if (action == ACT_PANE) {
		if (list_count(&lp->list))
			ui_push(page->ui, page_detail(page->ui));
		return true;
	}
	if (action == ACT_EVIDENCE)
		return open_bytes(lp);
	if (action == ACT_UNSEEN) {
		list_set_filter(&lp->list,
				"outcome!=scanned outcome!=collected "
				"outcome!=listed");
		forget_detail(lp);
		return true;
	}
	if (action == ACT_HIDDEN)
		return toggle_hidden(lp);
	if (action == ACT_STACK)
		return toggle_stack(lp);
	if (action == ACT_STOP_JOB)
		return stop_job(lp);
	if (!list_act(&lp->list, action, &err))
		return false;
	if (err.code != ERR_OK)
		ui_say_err(page->ui, &err);
	else if (action == ACT_MARK_ALL)
		tell_marked(lp);
	return true;
}

static void click(struct page *page, unsigned line)
{
	struct list_page *lp = self(page);

	if (line >= 1 && line <= lp->list.scroll.rows)
		list_click(&lp->list, line - 1);
}

static void refresh(struct page *page)
{
	struct list_page *lp = self(page);
	struct err err;

	if (list_refresh(&lp->list, &err) != ERR_OK)
		ui_say_err(page->ui, &err);
	forget_detail(lp);
}

static void search(struct page *page, const char *words)
{
	list_search(&self(page)->list, words);
}

static void filter(struct page *page, const char *words)
{
	list_set_filter(&self(page)->list, words);
	forget_detail(self(page));
}

static bool work(struct page *page)
{
	struct list *l = &self(page)->list;
	bool was_pending = l->find.pending;
	bool more = list_work(l);

	page->ui->changed |= was_pending; /* found, or through */
	return more;
}

static size_t chosen(struct page *page, each_row *each, void *arg)
{
	return list_each_chosen(&self(page)->list, each, arg);
}

static void free_page(struct page *page)
{
	struct list_page *lp = self(page);

	list_release(&lp->list);
	doc_release(&lp->detail);
	free(lp->detail_id);
	free(lp);
}

/* The log stays when its page goes. */
static void free_messages(struct page *page)
{
	self(page)->list.src = NULL;
	free_page(page);
}

static const struct page_type list_type = {
	.name = "table",
	.widget = "list",
	.draw = draw,
	.context = context,
	.act = act,
	.click = click,
	.refresh = refresh,
	.search = search,
	.filter = filter,
	.work = work,
	.chosen = chosen,
	.free = free_page,
};

static struct list_page *new_page(struct ui *ui, const struct list_spec *spec,
				  struct source *src)
{
	struct list_page *lp = xcalloc(1, sizeof *lp);

	lp->type = list_type;
	lp->page = (struct page){.type = &lp->type, .ui = ui};
	lp->spec = spec;
	if (spec) {
		lp->type.name = spec->name;
		lp->type.live = spec->live;
	}
	list_init(&lp->list, src, spec ? spec->columns : NULL);
	doc_init(&lp->detail, false);
	return lp;
}

struct page *page_list(struct ui *ui, const struct list_spec *spec,
		       const struct row_query *query)
{
	struct source *src = open_source(ui, spec, query);
	struct list_page *lp;

	if (!src)
		return NULL;
	lp = new_page(ui, spec, src);
	lp->what = spec->what;
	dress(lp);
	return &lp->page;
}

struct page *page_table(struct ui *ui, struct source *table, const char *what)
{
	const struct list_spec *spec = list_spec_for(source_view(table)->name);
	struct list_page *lp = new_page(ui, spec, table);

	lp->what = what;
	lp->type.live = false;
	return &lp->page;
}

struct page *page_messages(struct ui *ui)
{
	struct list_page *lp = new_page(ui, NULL, ui->log);

	lp->type.name = "messages";
	lp->type.refresh = NULL;
	lp->type.free = free_messages;
	lp->what = "message";
	lp->list.empty = "Nothing was said yet";
	return &lp->page;
}

struct list *page_rows(struct page *page)
{
	return page->type->draw == draw ? &self(page)->list : NULL;
}

void page_seek(struct page *page, const char *column, const char *value)
{
	struct list *l = page_rows(page);
	struct row row;

	for (uint64_t i = 0; l && i < MIN(list_count(l), (uint64_t)SEEK_MAX);
	     i++) {
		l->scroll.cursor = i;
		if (list_row(l, &row) &&
		    bytes_eq(row_bytes(source_view(l->src), &row, column),
			     bytes_str(value))) {
			l->scroll.n = list_count(l);
			scroll_to(&l->scroll, i);
			return;
		}
	}
	if (l)
		l->scroll.cursor = 0;
}
