/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing a list: column widths, head, rows, the line that says what is
 * shown. */
#include "base/base.h"

#include "ui/list_priv.h"
#include "ui/words.h"

#define GAP         2  /* cells between columns */
#define LEAD        2  /* cursor and mark */
#define NATURAL_MAX 80 /* a column wants no more than this */
#define CELL_TEXT   (64u << 10)

struct layout {
	unsigned width[LIST_COLUMNS_MAX];
	size_t at[LIST_COLUMNS_MAX]; /* columns of the list, left to right */
	size_t n;
};

static const struct column *column_at(const struct list *l, size_t i)
{
	return &source_view(l->src)->columns[l->columns[i]];
}

static const char *title_of(const struct column *c)
{
	return c->title ? c->title : c->name;
}

/* Widths grow with what was seen and never shrink while the list lives, so
 * that columns do not dance while one scrolls. */
static void learn_widths(struct list *l, unsigned rows)
{
	struct buf scratch, room;

	buf_init(&scratch, CELL_TEXT);
	buf_init(&room, CELL_TEXT);
	for (size_t c = 0; c < l->n_columns; c++)
		l->width[c] = MAX(l->width[c],
				  shown_cells(title_of(column_at(l, c))));
	for (unsigned line = 0; line < rows; line++) {
		struct row row;

		if (!list_get(l, l->scroll.top + line, &row))
			break;
		for (size_t c = 0; c < l->n_columns; c++) {
			struct value v = value_listed(source_view(l->src),
						      row.values,
						      l->columns[c], &room);
			unsigned w;

			buf_clear(&scratch);
			w = value_show(column_at(l, c), &v, NATURAL_MAX,
				       &scratch);
			l->width[c] = MAX(l->width[c], w);
		}
	}
	buf_release(&scratch);
	buf_release(&room);
}

/* Half a number or a time is of no use; half a text is. */
static unsigned floor_of(const struct list *l, size_t i)
{
	const struct column *c = column_at(l, i);
	unsigned least = MAX(c->min_cells, shown_cells(title_of(c)));

	if (c->kind != COLUMN_TEXT && c->kind != COLUMN_BYTES &&
	    c->kind != COLUMN_ARGS && c->kind != COLUMN_HASH)
		return l->width[i];
	return MIN(least, l->width[i]);
}

static unsigned layout_total(const struct layout *lay)
{
	unsigned total = LEAD;

	for (size_t i = 0; i < lay->n; i++)
		total += lay->width[i] + (i ? GAP : 0);
	return total;
}

/* Takes cells off the widest column that may give some, until it fits. */
static void shrink(const struct list *l, struct layout *lay, unsigned room)
{
	while (layout_total(lay) > room) {
		size_t best = lay->n;

		for (size_t i = 0; i < lay->n; i++)
			if (lay->width[i] > floor_of(l, lay->at[i]) &&
			    (best == lay->n ||
			     lay->width[i] > lay->width[best]))
				best = i;
		if (best == lay->n)
			return;
		lay->width[best]--;
	}
}

/* What is left over goes to the text that was cut most. */
static void grow(const struct list *l, struct layout *lay, unsigned room)
{
	while (layout_total(lay) < room) {
		unsigned most = 0;
		size_t best = lay->n;

		for (size_t i = 0; i < lay->n; i++) {
			unsigned lacks = l->width[lay->at[i]] - lay->width[i];

			if (lacks > most) {
				most = lacks;
				best = i;
			}
		}
		if (best == lay->n)
			return;
		lay->width[best]++;
	}
}

/* Rows differ in these: without them a list says nothing. */
static bool is_precious(const struct column *c)
{
	static const char *const names[] = {"path", "message", "name",
					    "host", "seen_on"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(c->name, names[i]) == 0)
			return true;
	return false;
}

/* Leaves out the last column that rows can do without. */
static void leave_out(const struct list *l, struct layout *lay)
{
	size_t i = lay->n - 1;

	while (i > 0 && is_precious(column_at(l, lay->at[i])))
		i--;
	if (i == 0)
		i = lay->n - 1;
	lay->n--;
	memmove(lay->at + i, lay->at + i + 1,
		(lay->n - i) * sizeof lay->at[0]);
}

static void lay_out(struct list *l, struct layout *lay, unsigned room)
{
	if (l->first >= l->n_columns)
		l->first = l->n_columns ? l->n_columns - 1 : 0;
	lay->n = l->n_columns - l->first;
	for (size_t i = 0; i < lay->n; i++)
		lay->at[i] = l->first + i;
	while (lay->n > 0) {
		for (size_t i = 0; i < lay->n; i++)
			lay->width[i] = l->width[lay->at[i]];
		shrink(l, lay, room);
		if (lay->n == 1 || layout_total(lay) <= room)
			break;
		leave_out(l, lay);
	}
	l->n_drawn = lay->n;
	grow(l, lay, room);
}

static void draw_head(const struct list *l, const struct layout *lay,
		      struct pen p)
{
	pen_pad(&p, p.col + LEAD, ROLE_TITLE);
	for (size_t i = 0; i < lay->n; i++) {
		const struct column *c = column_at(l, lay->at[i]);
		unsigned from = p.col, w = lay->width[i];
		unsigned cells = shown_cells(title_of(c));
		struct pen part = p;

		part.end = MIN(p.end, from + w);
		if (column_is_right(c->kind) && cells < w)
			pen_pad(&part, from + w - cells, ROLE_TITLE);
		(void)pen_put(&part, ROLE_TITLE, title_of(c));
		p.col = part.col;
		pen_pad(&p, from + w + GAP, ROLE_TITLE);
	}
	pen_fill(&p, ROLE_TITLE);
}

static enum role role_of(const struct column *c, const char *shown)
{
	if (words_column(c->name))
		return words_role(shown);
	if (c->kind == COLUMN_ID || c->kind == COLUMN_HASH)
		return ROLE_DIM;
	return ROLE_NORMAL;
}

/* Of a path its end says more than its beginning. */
static bool cuts_in_front(const struct column *c, const struct value *v)
{
	return strcmp(c->name, "path") == 0 || strcmp(c->name, "exe") == 0 ||
	       (strcmp(c->name, "message") == 0 && v->b.n &&
		v->b.p[0] == '/');
}

/* Of "/path (size, mode)" the path says more. */
static unsigned cut_behind(struct buf *shown, unsigned cells)
{
	char *at = strstr((char *)(uintptr_t)buf_str(shown), " (");

	if (!at || shown->n == 0 || shown->p[shown->n - 1] != ')')
		return cells;
	*at = '\0';
	shown->n = (size_t)(at - (char *)shown->p);
	return shown_cells(buf_str(shown));
}

/* row: the role of one that has it as a whole as a whole; ROLE_NORMAL: none. */
static void draw_value(struct pen *p, const struct column *c,
		       const struct value *v, unsigned width, enum role row)
{
	bool here = row == ROLE_SELECTED;
	bool front = cuts_in_front(c, v);
	unsigned from = p->col, cells, skip = 0;
	struct pen part = *p;
	struct buf shown;
	enum role role;

	buf_init(&shown, CELL_TEXT);
	cells = value_show(c, v, front ? TEXT_ANY_WIDTH : width, &shown);
	if (front && cells > width)
		cells = cut_behind(&shown, cells);
	role = row != ROLE_NORMAL ? row : role_of(c, buf_str(&shown));
	part.end = MIN(p->end, from + width);
	if (column_is_right(c->kind) && cells < width)
		pen_pad(&part, from + width - cells, role);
	if (front && cells > width) {
		skip = cells - width + 1;
		(void)pen_put(&part, here ? role : ROLE_DIM, "~");
	}
	pen_put_evidence(&part, role, ROLE_WARN, buf_str(&shown), skip);
	p->col = part.col;
	buf_release(&shown);
}

static bool is_dim(const struct list *l, const struct row *row)
{
	const struct value *v =
		l->dims ? row_value(source_view(l->src), row, l->dims) : NULL;

	return v && v->type != VALUE_NULL;
}

static void draw_row(struct list *l, const struct layout *lay, uint64_t i,
		     struct pen p)
{
	struct row row;
	bool here = i == l->scroll.cursor;
	enum role role = here ? ROLE_SELECTED : ROLE_NORMAL;
	struct buf room;
	bool dim;

	if (!list_get(l, i, &row))
		return;
	dim = is_dim(l, &row);
	if (!here && dim)
		role = ROLE_DIM;
	(void)pen_put(&p, role, here ? ">" : " ");
	if (list_is_marked(l, &row, i)) {
		(void)pen_put(&p, here ? ROLE_SELECTED : ROLE_MARK, "*");
		(void)list_get(l, i, &row);
	} else { /* what is dim is told without colour, too */
		(void)pen_put(&p, role, dim ? "-" : " ");
	}
	buf_init(&room, CELL_TEXT);
	for (size_t c = 0; c < lay->n && pen_left(&p); c++) {
		struct value v = value_listed(source_view(l->src), row.values,
					      l->columns[lay->at[c]], &room);
		unsigned from = p.col;

		draw_value(&p, column_at(l, lay->at[c]), &v, lay->width[c],
			   role);
		pen_pad(&p, from + lay->width[c] + GAP, role);
	}
	buf_release(&room);
	if (here)
		pen_fill(&p, role);
}

static void draw_empty(struct list *l, struct grid *g, struct rect r)
{
	struct pen p = pen_at(g, r, 2);

	pen_pad(&p, r.col + 2, ROLE_NORMAL);
	(void)pen_put(&p, ROLE_DIM,
		      l->n_terms ? "no row has these words; \\ shows all again"
				 : l->empty);
}

void list_draw(struct list *l, struct grid *g, struct rect r)
{
	struct layout lay;
	unsigned rows = r.rows ? r.rows - 1 : 0;

	scroll_fit(&l->scroll, list_count(l), rows);
	learn_widths(l, rows);
	lay_out(l, &lay, r.cols);
	draw_head(l, &lay, pen_at(g, r, 0));
	if (list_count(l) == 0)
		draw_empty(l, g, r);
	for (unsigned line = 0; line < rows; line++)
		draw_row(l, &lay, l->scroll.top + line, pen_at(g, r, line + 1));
	if (list_count(l) && r.rows > 1) {
		g->cursor_row =
			(int)(r.row + 1 + l->scroll.cursor - l->scroll.top);
		g->cursor_col = (int)r.col;
	}
}

void list_context(const struct list *l, const char *what, struct pen *p)
{
	char n[WORDS_MAX], all[WORDS_MAX];
	uint64_t total = source_count(l->src);

	if (l->n_terms) {
		(void)pen_putf(p, ROLE_SELECTED, "shown %s of %s%s",
			       words_count(l->n_shown, n),
			       words_plural(total, what, all),
			       l->looked_at < total ? " (looking)" : "");
		(void)pen_put(p, ROLE_SELECTED, "  filter: ");
		pen_put_evidence(p, ROLE_SELECTED, ROLE_WARN,
				 shown_str(l->filter).s, 0);
	} else {
		(void)pen_put(p, ROLE_NORMAL, words_plural(total, what, all));
		(void)pen_put(p, ROLE_DIM, "  filter: none");
	}
	if (l->n_marks)
		(void)pen_putf(p, ROLE_MARK, "  marked %zu", l->n_marks);
	if (l->reverse != l->usual_reverse)
		(void)pen_put(p, ROLE_NORMAL, "  order reversed");
	if (l->find.pending)
		(void)pen_put(p, ROLE_WARN, "  searching");
	else if (l->find.words[0] && l->found_none)
		(void)pen_putf(p, ROLE_WARN, "  no \"%s\"",
			       shown_str(l->find.words).s);
	if (l->first || (l->n_drawn && l->n_drawn < l->n_columns))
		(void)pen_putf(p, ROLE_DIM, "  %zu of %zu columns (h l)",
			       l->n_drawn, l->n_columns);
}
