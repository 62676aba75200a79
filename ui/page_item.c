/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes on a page: an item of evidence as text, as hex, and what is known of
 * it; and text that a command put out.
 */
#include "base/base.h"

#include "ui/blob.h"
#include "ui/console.h"
#include "ui/hex.h"
#include "ui/pager.h"
#include "ui/words.h"

#define TITLE_MAX (64u << 10)

enum way { AS_TEXT, AS_HEX, AS_META, N_WAYS };

static const char *const way_names[N_WAYS] = {"Text", "Hex", "Meta"};

struct item_page {
	struct page page;
	char *id;    /* of the evidence; NULL: text of ours */
	char *title; /* shown form */
	struct blob *blob;
	enum way way;
	struct pager pager;
	struct hex hex;
	struct doc meta;
	unsigned meta_width;
};

static struct item_page *self(struct page *page)
{
	return (struct item_page *)page;
}

/* ---- the row of the evidence ---- */

static void make_meta(struct item_page *ip, unsigned width)
{
	struct err err;
	struct row row;
	struct source *src = source_of_row(ip->page.ui->app, "evidence",
					   ip->id, &row, &err);
	const struct view *view;
	char mode[WORDS_MAX];
	struct buf shown;

	doc_clear(&ip->meta, width);
	ip->meta_width = width;
	if (!src) {
		doc_linef(&ip->meta, ROLE_BAD, "%s", err.msg);
		return;
	}
	view = source_view(src);
	buf_init(&shown, 1u << 20);
	for (size_t i = 0; i < view->n_columns; i++) {
		const struct column *c = &view->columns[i];

		if (row.values[i].type == VALUE_NULL)
			continue;
		buf_clear(&shown);
		if (c->kind == COLUMN_MODE)
			(void)buf_add_str(
				&shown, words_mode((uint64_t)row.values[i].i,
						   mode));
		else if (c->kind == COLUMN_ID)
			(void)text_append(&shown, row.values[i].b,
					  TEXT_ANY_WIDTH);
		else
			(void)value_show(c, &row.values[i], TEXT_ANY_WIDTH,
					 &shown);
		doc_field(&ip->meta, c->name, ROLE_NORMAL, buf_str(&shown));
	}
	buf_release(&shown);
	source_close(src);
}

/* ---- the page ---- */

static void draw(struct page *page, struct grid *g, struct rect r)
{
	struct item_page *ip = self(page);

	switch (ip->way) {
	case AS_TEXT:
		pager_draw(&ip->pager, g, r);
		break;
	case AS_HEX:
		hex_draw(&ip->hex, g, r);
		break;
	case AS_META:
		if (ip->meta_width != r.cols)
			make_meta(ip, r.cols);
		doc_draw(&ip->meta, g, r);
		break;
	case N_WAYS:
		break;
	}
}

static void context(struct page *page, struct pen *p)
{
	struct item_page *ip = self(page);
	struct pen name = *p;
	bool cut = ip->way == AS_TEXT && pager_is_cut(&ip->pager);
	unsigned room = pen_left(p) / (cut ? 4 : 2);
	unsigned cells = shown_cells(ip->title);

	/* A long path must not push out how one is looking at it. */
	name.end = p->col + room;
	if (cells > room)
		(void)pen_put(&name, ROLE_DIM, "~");
	pen_put_evidence(&name, ROLE_TITLE, ROLE_WARN, ip->title,
			 cells > room ? cells - room + 1 : 0);
	p->col = name.col;
	(void)pen_put(p, ROLE_NORMAL, " ");
	for (int i = 0; ip->id && i < N_WAYS; i++) {
		bool here = i == (int)ip->way;

		(void)pen_putf(p, here ? ROLE_SELECTED : ROLE_DIM,
			       here ? "[%s]" : " %s ", way_names[i]);
	}
	if (ip->way == AS_TEXT)
		pager_context(&ip->pager, p);
	else if (ip->way == AS_HEX)
		hex_context(&ip->hex, p);
}

/* The next or previous row of the list below, when it is one of evidence. */
static bool other_item(struct page *page, enum action action)
{
	struct ui *ui = page->ui;
	struct list *l = page->below ? page_rows(page->below) : NULL;
	enum way way = self(page)->way;
	struct err err;
	struct page *next;
	struct row row;
	char *id;

	if (!l || strcmp(source_view(l->src)->name, "evidence") != 0)
		return false;
	(void)list_act(l, action == ACT_NEXT_ITEM ? ACT_DOWN : ACT_UP, &err);
	if (!list_row(l, &row))
		return true;
	id = bytes_to_str(row_bytes(source_view(l->src), &row, "id"));
	next = page_item(ui, id, 0, 0);
	free(id);
	if (!next)
		return true;
	self(next)->way = way;
	ui_back(ui);
	ui_push(ui, next);
	return true;
}

static bool act(struct page *page, enum action action)
{
	struct item_page *ip = self(page);

	if (ip->id && (action == ACT_NEXT_TAB || action == ACT_PREV_TAB)) {
		ip->way =
			(enum way)(((int)ip->way +
				    (action == ACT_NEXT_TAB ? 1 : N_WAYS - 1)) %
				   N_WAYS);
		return true;
	}
	if (action == ACT_NEXT_ITEM || action == ACT_PREV_ITEM)
		return other_item(page, action);
	if (ip->way == AS_META &&
	    (action == ACT_NEXT_HIT || action == ACT_PREV_HIT))
		return doc_search(&ip->meta, action == ACT_PREV_HIT, true);
	if (ip->way == AS_META)
		return doc_act(&ip->meta, action);
	return ip->way == AS_HEX ? hex_act(&ip->hex, action)
				 : pager_act(&ip->pager, action);
}

static void search(struct page *page, const char *words)
{
	struct item_page *ip = self(page);

	if (ip->way == AS_TEXT) {
		pager_search(&ip->pager, words);
	} else if (ip->way == AS_HEX) {
		hex_search(&ip->hex, words);
	} else {
		(void)snprintf(ip->meta.find.words, sizeof ip->meta.find.words,
			       "%s", words);
		(void)doc_search(&ip->meta, false, false);
	}
}

static const char *search_label(struct page *page)
{
	return self(page)->way == AS_HEX ? "text, or 0x.. for bytes: /" : "/";
}

static bool work(struct page *page)
{
	struct item_page *ip = self(page);
	bool pending = ip->pager.find.pending || ip->hex.searching;
	bool more = pager_work(&ip->pager) || hex_work(&ip->hex);

	page->ui->changed |= pending;
	return more;
}

static size_t chosen(struct page *page, each_row *each, void *arg)
{
	struct item_page *ip = self(page);
	struct source *src;
	struct row row;
	struct err err;

	if (!ip->id)
		return 0;
	src = source_of_row(page->ui->app, "evidence", ip->id, &row, &err);
	if (!src)
		return 0;
	each(arg, source_view(src), &row);
	source_close(src);
	return 1;
}

static void free_page(struct page *page)
{
	struct item_page *ip = self(page);

	pager_release(&ip->pager);
	hex_release(&ip->hex);
	doc_release(&ip->meta);
	blob_free(ip->blob);
	free(ip->title);
	free(ip->id);
	free(ip);
}

static const struct page_type item_type = {
	.name = "item",
	.widget = "text",
	.draw = draw,
	.context = context,
	.act = act,
	.search = search,
	.search_label = search_label,
	.work = work,
	.chosen = chosen,
	.free = free_page,
};

static const struct page_type text_type = {
	.name = "doc",
	.widget = "text",
	.draw = draw,
	.context = context,
	.act = act,
	.search = search,
	.search_label = search_label,
	.work = work,
	.free = free_page,
};

static struct item_page *new_page(struct ui *ui, struct blob *blob,
				  bool numbers)
{
	struct item_page *ip = xcalloc(1, sizeof *ip);

	ip->page = (struct page){.type = &text_type, .ui = ui};
	ip->blob = blob;
	pager_init(&ip->pager, blob, numbers);
	hex_init(&ip->hex, blob);
	doc_init(&ip->meta, false);
	return ip;
}

struct page *page_text(struct ui *ui, const char *title, struct bytes b)
{
	struct item_page *ip = new_page(ui, blob_memory(b), false);

	ip->title = xstrdup(title);
	return &ip->page;
}

/* Whether the beginning looks like text: then that is what one sees first. */
static bool is_text(struct blob *blob)
{
	uint8_t head[512];
	size_t n = sizeof head;
	struct err err;

	return blob->read(blob, 0, head, &n, &err) != ERR_OK ||
	       !memchr(head, '\0', n);
}

/* Its path, as it is shown, and its size. */
static char *find_title(struct ui *ui, const char *id, uint64_t *size)
{
	struct source *src;
	struct text title;
	struct row row;
	struct buf room;
	struct value v;
	struct err err;
	char *copy;

	src = source_of_row(ui->app, "evidence", id, &row, &err);
	if (!src) {
		ui_say_err(ui, &err);
		return NULL;
	}
	*size = (uint64_t)MAX(row_int(source_view(src), &row, "size", 0),
			      INT64_C(0));
	buf_init(&room, TITLE_MAX);
	v = value_listed(source_view(src), row.values,
			 (size_t)view_column(source_view(src), "path"), &room);
	text_from_bytes(&title, v.b, TEXT_ANY_WIDTH);
	copy = xstrdup(text_str(&title));
	text_release(&title);
	buf_release(&room);
	source_close(src);
	return copy;
}

static struct page *open_at(struct ui *ui, const char *id, char *title,
			    struct blob *blob, uint64_t offset, uint64_t n)
{
	struct item_page *ip = new_page(ui, blob, true);

	ip->page.type = &item_type;
	ip->title = title;
	ip->id = xstrdup(id);
	ip->way = n || !is_text(ip->blob) ? AS_HEX : AS_TEXT;
	if (n) {
		hex_goto(&ip->hex, offset, n);
		pager_goto(&ip->pager, offset);
	}
	return &ip->page;
}

struct page *page_item(struct ui *ui, const char *evidence_id, uint64_t offset,
		       uint64_t n)
{
	uint64_t size;
	char *title = find_title(ui, evidence_id, &size);

	return title ? open_at(ui, evidence_id, title,
			       blob_evidence(ui->app, evidence_id, size),
			       offset, n)
		     : NULL;
}

struct page *page_said(struct ui *ui, const char *evidence_id, uint64_t offset,
		       uint64_t n)
{
	uint64_t size;
	struct err err;
	char *title, *unpacked;

	if (!app_is_packed(ui->app, evidence_id))
		return page_item(ui, evidence_id, offset, n);
	title = find_title(ui, evidence_id, &size);
	if (!title)
		return NULL;
	if (app_unpacked_size(ui->app, evidence_id, &size, &err) != ERR_OK) {
		free(title);
		ui_say_err(ui, &err);
		return NULL;
	}
	unpacked = xasprintf("%s, unpacked", title);
	free(title);
	return open_at(ui, evidence_id, unpacked,
		       blob_said(ui->app, evidence_id, size), offset, n);
}
