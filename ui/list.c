/* SPDX-License-Identifier: Apache-2.0 */
/* The list: cursor, marks, search, filter. Drawing is in list_draw.c. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/list.h"
#include "ui/list_priv.h"

#define ROW_TEXT_MAX (1u << 20)
#define NEARBY       200 /* rows looked at for the one that moved */

static void add_column(struct list *l, int column)
{
	if (column >= 0 && l->n_columns < LIST_COLUMNS_MAX)
		l->columns[l->n_columns++] = column;
}

void list_init(struct list *l, struct source *src, const char *const *columns)
{
	const struct view *view = source_view(src);

	*l = (struct list){.src = src, .empty = "nothing here"};
	l->scroll.has_cursor = true;
	for (; columns && *columns; columns++)
		add_column(l, view_column(view, *columns));
	if (l->n_columns)
		return;
	for (size_t i = 0; i < view->n_columns; i++)
		if (view->columns[i].title)
			add_column(l, (int)i);
}

static void clear_marks(struct list *l)
{
	for (size_t i = 0; i < l->n_marks; i++)
		free(l->marks[i]);
	free(l->marks);
	l->marks = NULL;
	l->n_marks = 0;
}

void list_release(struct list *l)
{
	clear_marks(l);
	source_close(l->src);
	free(l->shown);
	*l = (struct list){0};
}

uint64_t list_count(const struct list *l)
{
	return l->n_terms ? l->n_shown : source_count(l->src);
}

bool list_get(struct list *l, uint64_t i, struct row *row)
{
	struct err err;

	if (i >= list_count(l))
		return false;
	if (l->n_terms)
		i = l->shown[i];
	return source_get(l->src, i, row, &err) == ERR_OK;
}

bool list_row(struct list *l, struct row *row)
{
	return list_get(l, l->scroll.cursor, row);
}

char *list_row_id(struct list *l, const struct row *row, uint64_t i)
{
	static const char *const keys[] = {"id", "seq"};
	const struct view *view = source_view(l->src);

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		struct bytes id = row_bytes(view, row, keys[k]);
		int64_t n = row_int(view, row, keys[k], -1);

		if (id.n)
			return bytes_to_str(id);
		if (n >= 0)
			return xasprintf("%" PRId64, n);
	}
	return xasprintf("#%" PRIu64, l->n_terms ? l->shown[i] : i);
}

/* ---- marks ---- */

static size_t find_mark(const struct list *l, const char *id)
{
	size_t i = 0;

	while (i < l->n_marks && strcmp(l->marks[i], id) != 0)
		i++;
	return i;
}

bool list_is_marked(struct list *l, const struct row *row, uint64_t i)
{
	char *id;
	bool is_marked;

	if (l->n_marks == 0)
		return false;
	id = list_row_id(l, row, i);
	is_marked = find_mark(l, id) < l->n_marks;
	free(id);
	return is_marked;
}

static void mark(struct list *l, uint64_t i, bool toggle)
{
	struct row row;
	char *id;
	size_t at;

	if (!list_get(l, i, &row))
		return;
	id = list_row_id(l, &row, i);
	at = find_mark(l, id);
	if (at == l->n_marks) {
		l->marks = xrealloc(l->marks, l->n_marks + 1, sizeof *l->marks);
		l->marks[l->n_marks++] = id;
		return;
	}
	free(id);
	if (toggle) {
		free(l->marks[at]);
		l->marks[at] = l->marks[--l->n_marks];
	}
}

static void mark_all(struct list *l)
{
	if (l->n_marks) {
		clear_marks(l);
		return;
	}
	for (uint64_t i = 0; i < MIN(list_count(l), (uint64_t)LIST_MARKS_MAX); i++)
		mark(l, i, false);
}

size_t list_each_chosen(struct list *l,
			void (*each)(void *arg, const struct view *view,
				     const struct row *row),
			void *arg)
{
	const struct view *view = source_view(l->src);
	struct row row;
	size_t n = 0;

	if (l->n_marks == 0 && list_row(l, &row)) {
		each(arg, view, &row);
		return 1;
	}
	for (uint64_t i = 0; n < l->n_marks && i < list_count(l); i++)
		if (list_get(l, i, &row) && list_is_marked(l, &row, i)) {
			each(arg, view, &row);
			n++;
		}
	return n;
}

/* ---- search and filter ---- */

static void show_value(const struct view *view, const struct row *row,
		       int column, struct buf *out)
{
	buf_clear(out);
	(void)value_show(&view->columns[column], &row->values[column],
			 TEXT_ANY_WIDTH, out);
}

static bool any_column_holds(struct list *l, const struct row *row,
			     const char *words, struct buf *scratch)
{
	for (size_t i = 0; i < l->n_columns; i++) {
		show_value(source_view(l->src), row, l->columns[i], scratch);
		if (find_in(words, buf_str(scratch)))
			return true;
	}
	return false;
}

static bool term_holds(struct list *l, const struct list_term *t,
		       const struct row *row, struct buf *scratch)
{
	if (t->column < 0)
		return any_column_holds(l, row, t->words, scratch);
	show_value(source_view(l->src), row, t->column, scratch);
	if (t->whole)
		return strcasecmp(buf_str(scratch), t->words) == 0;
	return find_in(t->words, buf_str(scratch));
}

static bool passes(struct list *l, const struct row *row, struct buf *scratch)
{
	for (size_t i = 0; i < l->n_terms; i++)
		if (term_holds(l, &l->terms[i], row, scratch) ==
		    l->terms[i].is_not)
			return false;
	return true;
}

static void show_row(struct list *l, uint64_t i)
{
	if (l->n_shown == l->cap_shown) {
		l->cap_shown = l->cap_shown ? l->cap_shown * 2 : 256;
		l->shown = xrealloc(l->shown, l->cap_shown, sizeof *l->shown);
	}
	l->shown[l->n_shown++] = (uint32_t)i;
}

static bool filter_work(struct list *l, int64_t until_ns)
{
	uint64_t n = MIN(source_count(l->src), (uint64_t)UINT32_MAX);
	struct buf scratch;

	buf_init(&scratch, ROW_TEXT_MAX);
	while (l->n_terms && l->looked_at < n) {
		struct row row;
		struct err err;

		if (source_get(l->src, l->looked_at, &row, &err) == ERR_OK &&
		    passes(l, &row, &scratch))
			show_row(l, l->looked_at);
		l->looked_at++;
		if (time_mono_ns() > until_ns)
			break;
	}
	buf_release(&scratch);
	return l->n_terms && l->looked_at < n;
}

static bool search_match(void *arg, uint64_t i)
{
	struct list *l = arg;
	struct buf scratch;
	struct row row;
	bool found;

	if (!list_get(l, i, &row))
		return false;
	buf_init(&scratch, ROW_TEXT_MAX);
	found = any_column_holds(l, &row, l->find.words, &scratch);
	buf_release(&scratch);
	return found;
}

static bool search_work(struct list *l, int64_t until_ns)
{
	uint64_t found;

	if (!l->find.pending)
		return false;
	switch (find_step(&l->find, list_count(l), until_ns, search_match, l,
			  &found)) {
	case FIND_MORE:
		return true;
	case FIND_FOUND:
		l->scroll.n = list_count(l);
		scroll_to(&l->scroll, found);
		break;
	case FIND_NONE:
		l->found_none = true;
		break;
	}
	return false;
}

bool list_work(struct list *l)
{
	int64_t until_ns = time_mono_ns() + UI_SLICE_NS;

	return filter_work(l, until_ns) || search_work(l, until_ns);
}

void list_search(struct list *l, const char *words)
{
	(void)snprintf(l->find.words, sizeof l->find.words, "%s", words);
	l->found_none = false;
	find_start(&l->find, l->scroll.cursor, list_count(l), false);
}

static void search_on(struct list *l, bool back)
{
	uint64_t n = list_count(l), at = l->scroll.cursor;

	l->found_none = false;
	if (n)
		find_start(&l->find, back ? at + n - 1 : at + 1, n, back);
}

static const char *operator_of(const char *word, bool *is_not, bool *whole)
{
	const char *at = strpbrk(word, "=:");

	*is_not = at && at > word && at[-1] == '!';
	*whole = at && *at == '=';
	return at;
}

static void add_term(struct list *l, const char *word)
{
	struct list_term *t = &l->terms[l->n_terms];
	bool is_not, whole;
	const char *op = operator_of(word, &is_not, &whole);

	if (l->n_terms == LIST_TERMS_MAX || !*word)
		return;
	*t = (struct list_term){.column = -1};
	if (op) {
		char *name = bytes_to_str(
			bytes_of(word, (size_t)(op - word) - (is_not ? 1 : 0)));

		t->column = view_column(source_view(l->src), name);
		free(name);
	}
	if (t->column >= 0) {
		t->is_not = is_not;
		t->whole = whole;
		word = op + 1;
	} else if (*word == '!') {
		t->is_not = true;
		word++;
	}
	(void)snprintf(t->words, sizeof t->words, "%s", word);
	if (t->words[0] || t->whole)
		l->n_terms++;
}

void list_set_filter(struct list *l, const char *words)
{
	struct bytes rest, piece;

	(void)snprintf(l->filter, sizeof l->filter, "%s", words);
	l->n_terms = 0;
	l->n_shown = 0;
	l->looked_at = 0;
	rest = bytes_str(l->filter);
	while (bytes_split(&rest, ' ', &piece)) {
		char *word = bytes_to_str(piece);

		add_term(l, word);
		free(word);
	}
	if (l->n_terms == 0)
		l->filter[0] = '\0';
	(void)filter_work(l, time_mono_ns() + UI_SLICE_NS);
	scroll_fit(&l->scroll, list_count(l), l->scroll.rows);
}

/* ---- refresh ---- */

static bool is_here(struct list *l, uint64_t i, const char *id)
{
	struct row row;
	char *other;
	bool same;

	if (!list_get(l, i, &row))
		return false;
	other = list_row_id(l, &row, i);
	same = strcmp(other, id) == 0;
	free(other);
	return same;
}

/* Rows were added in front, at the end or nearby: look there. */
static void follow(struct list *l, const char *id, uint64_t old_count)
{
	uint64_t at = l->scroll.cursor, n = list_count(l);
	uint64_t moved = n > old_count ? at + (n - old_count) : at;

	if (is_here(l, at, id))
		return;
	if (is_here(l, moved, id)) {
		l->scroll.top += moved - at;
		l->scroll.cursor = moved;
		return;
	}
	for (uint64_t by = 1; by <= NEARBY; by++) {
		if (is_here(l, at + by, id))
			l->scroll.cursor = at + by;
		else if (by <= at && is_here(l, at - by, id))
			l->scroll.cursor = at - by;
		else
			continue;
		return;
	}
}

static char *id_here(struct list *l)
{
	struct row row;

	return list_row(l, &row) ? list_row_id(l, &row, l->scroll.cursor)
				 : NULL;
}

enum err_code list_refresh(struct list *l, struct err *err)
{
	uint64_t old_count = list_count(l);
	/* A list at its first row follows what comes in front of it. */
	char *id = l->scroll.cursor ? id_here(l) : NULL;
	enum err_code code = source_refresh(l->src, err);

	if (l->n_terms) {
		l->n_shown = 0;
		l->looked_at = 0;
		(void)filter_work(l, time_mono_ns() + UI_SLICE_NS);
	}
	if (id)
		follow(l, id, old_count);
	free(id);
	scroll_fit(&l->scroll, list_count(l), l->scroll.rows);
	return code;
}

static void turn_round(struct list *l, struct err *err)
{
	if (source_reverse(l->src, !l->reverse, err) != ERR_OK)
		return;
	l->reverse = !l->reverse;
	scroll_to(&l->scroll, 0);
	if (l->n_terms) {
		l->n_shown = 0;
		l->looked_at = 0;
		(void)filter_work(l, time_mono_ns() + UI_SLICE_NS);
	}
}

void list_click(struct list *l, unsigned at)
{
	if (l->scroll.top + at < list_count(l))
		l->scroll.cursor = l->scroll.top + at;
}

bool list_act(struct list *l, enum action action, struct err *err)
{
	err->code = ERR_OK;
	scroll_fit(&l->scroll, list_count(l), l->scroll.rows);
	if (scroll_act(&l->scroll, action))
		return true;
	if (action == ACT_MARK) {
		mark(l, l->scroll.cursor, true);
		(void)scroll_act(&l->scroll, ACT_DOWN);
	} else if (action == ACT_MARK_ALL) {
		mark_all(l);
	} else if (action == ACT_NEXT_HIT || action == ACT_PREV_HIT) {
		search_on(l, action == ACT_PREV_HIT);
	} else if (action == ACT_CLEAR_FILTER) {
		list_set_filter(l, "");
	} else if (action == ACT_REVERSE) {
		turn_round(l, err);
	} else if (action == ACT_RIGHT) {
		l->first += l->first + 1 < l->n_columns;
	} else if (action == ACT_LEFT) {
		l->first -= l->first > 0;
	} else {
		return false;
	}
	return true;
}
