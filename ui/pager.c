/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as lines of text. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/pager.h"
#include "ui/words.h"

#define READ_STEP (1u << 20)
#define TAB_CELLS 8
#define SIDE_STEP 8u

void pager_init(struct pager *pg, struct blob *blob, bool numbers)
{
	*pg = (struct pager){.blob = blob, .numbers = numbers, .hit = -1};
	buf_init(&pg->data, PAGER_MAX);
}

void pager_release(struct pager *pg)
{
	buf_release(&pg->data);
	free(pg->lines);
	*pg = (struct pager){0};
}

static void add_line(struct pager *pg, size_t at, uint32_t number)
{
	if (pg->n == pg->cap) {
		pg->cap = pg->cap ? pg->cap * 2 : 256;
		pg->lines = xrealloc(pg->lines, pg->cap, sizeof *pg->lines);
	}
	pg->lines[pg->n++] =
		(struct pager_line){.at = (uint32_t)at, .number = number};
}

static uint32_t last_number(const struct pager *pg)
{
	for (size_t i = pg->n; i > 0; i--)
		if (pg->lines[i - 1].number)
			return pg->lines[i - 1].number;
	return 0;
}

/* Finds the lines that begin in data[from..]. */
static void index_lines(struct pager *pg, size_t from)
{
	uint32_t number = last_number(pg);

	if (pg->n == 0 && pg->data.n)
		add_line(pg, 0, ++number);
	for (size_t i = from; i < pg->data.n; i++) {
		if (pg->data.p[i] == '\n') {
			if (i + 1 < pg->data.n || !pg->all)
				add_line(pg, i + 1, ++number);
		} else if (i + 1 - pg->lines[pg->n - 1].at == PAGER_LINE_MAX) {
			add_line(pg, i + 1, 0);
		}
	}
}

static void read_more(struct pager *pg)
{
	size_t from = pg->data.n, n = MIN(READ_STEP, PAGER_MAX - from);
	uint8_t *room = n ? buf_reserve(&pg->data, n) : NULL;

	if (pg->all)
		return;
	if (!room) {
		pg->all = true;
		return;
	}
	if (pg->blob->read(pg->blob, from, room, &n, &pg->err) != ERR_OK) {
		pg->all = true;
		return;
	}
	buf_commit(&pg->data, n);
	if (n == 0 || pg->data.n >= pg->blob->size)
		pg->all = true;
	index_lines(pg, from);
}

static void read_up_to(struct pager *pg, uint64_t line)
{
	while (!pg->all && pg->n <= line)
		read_more(pg);
}

static struct bytes line_bytes(const struct pager *pg, uint64_t i)
{
	size_t at = pg->lines[i].at;
	size_t end = i + 1 < pg->n ? pg->lines[i + 1].at : pg->data.n;

	if (end > at && pg->data.p[end - 1] == '\n')
		end--;
	return bytes_of(pg->data.p + at, end - at);
}

/* The line as shown text: tabs become blanks, the rest base/text.c's way. */
static void show_line(const struct pager *pg, uint64_t i, struct buf *out)
{
	struct bytes b = line_bytes(pg, i), piece;
	unsigned cells = 0;

	while (b.n) {
		const uint8_t *tab = memchr(b.p, '\t', b.n);
		size_t n = tab ? (size_t)(tab - b.p) : b.n;

		piece = bytes_of(b.p, n);
		cells += text_append(out, piece, TEXT_ANY_WIDTH);
		b = bytes_skip(b, n);
		if (!tab)
			break;
		do
			(void)buf_add_byte(out, ' ');
		while (++cells % TAB_CELLS);
		b = bytes_skip(b, 1);
	}
}

void pager_draw(struct pager *pg, struct grid *g, struct rect r)
{
	struct buf shown;

	read_up_to(pg, pg->scroll.top + r.rows);
	scroll_fit(&pg->scroll, pg->n, r.rows);
	buf_init(&shown, PAGER_LINE_MAX * 16);
	for (unsigned line = 0; line < r.rows; line++) {
		uint64_t i = pg->scroll.top + line;
		struct pen p = pen_at(g, r, line);

		if (i >= pg->n)
			break;
		buf_clear(&shown);
		show_line(pg, i, &shown);
		if (pg->numbers && pg->lines[i].number)
			(void)pen_putf(&p, ROLE_DIM, "%6" PRIu32 "  ",
				       pg->lines[i].number);
		else if (pg->numbers)
			(void)pen_put(&p, ROLE_DIM, "     +  ");
		pen_put_evidence(
			&p, (int64_t)i == pg->hit ? ROLE_MARK : ROLE_NORMAL,
			ROLE_WARN, buf_str(&shown), pg->left);
	}
	buf_release(&shown);
}

static bool match(void *arg, uint64_t i)
{
	struct pager *pg = arg;
	struct buf shown;
	bool found;

	buf_init(&shown, PAGER_LINE_MAX * 16);
	show_line(pg, i, &shown);
	found = find_in(pg->find.words, buf_str(&shown));
	buf_release(&shown);
	return found;
}

bool pager_work(struct pager *pg)
{
	int64_t until_ns = time_mono_ns() + UI_SLICE_NS;
	uint64_t found;

	if (!pg->find.pending)
		return false;
	switch (find_step(&pg->find, pg->n, until_ns, match, pg, &found)) {
	case FIND_MORE:
		return true;
	case FIND_FOUND:
		pg->hit = (int64_t)found;
		scroll_near(&pg->scroll, found);
		break;
	case FIND_NONE:
		pg->hit = -1;
		pg->found_none = true;
		break;
	}
	return false;
}

static void search_on(struct pager *pg, bool back)
{
	uint64_t at = pg->hit >= 0 ? (uint64_t)pg->hit : pg->scroll.top;

	read_up_to(pg, UINT64_MAX - 1);
	pg->found_none = false;
	if (pg->n)
		find_start(&pg->find, back ? at + pg->n - 1 : at + 1, pg->n,
			   back);
}

void pager_search(struct pager *pg, const char *words)
{
	read_up_to(pg, UINT64_MAX - 1);
	(void)snprintf(pg->find.words, sizeof pg->find.words, "%s", words);
	pg->found_none = false;
	pg->hit = -1;
	find_start(&pg->find, pg->scroll.top, pg->n, false);
}

bool pager_act(struct pager *pg, enum action action)
{
	if (action == ACT_LAST)
		read_up_to(pg, UINT64_MAX - 1);
	if (action == ACT_NEXT_HIT || action == ACT_PREV_HIT) {
		search_on(pg, action == ACT_PREV_HIT);
		return true;
	}
	if (action == ACT_RIGHT || action == ACT_LEFT) {
		pg->left = action == ACT_RIGHT
				   ? pg->left + SIDE_STEP
				   : pg->left - MIN(pg->left, SIDE_STEP);
		return true;
	}
	scroll_fit(&pg->scroll, pg->n, pg->scroll.rows);
	return scroll_act(&pg->scroll, action);
}

void pager_goto(struct pager *pg, uint64_t offset)
{
	uint64_t i = 0;

	while (!pg->all && pg->data.n <= offset)
		read_more(pg);
	while (i + 1 < pg->n && pg->lines[i + 1].at <= offset)
		i++;
	pg->scroll.n = pg->n;
	pg->hit = (int64_t)i;
	scroll_near(&pg->scroll, i);
}

bool pager_is_cut(const struct pager *pg)
{
	return pg->blob->size > PAGER_MAX;
}

/* What is not read is not searched either: said before all else. */
static void put_cut(const struct pager *pg, struct pen *p)
{
	char got[WORDS_MAX], all[WORDS_MAX];

	if (!pager_is_cut(pg))
		return;
	if (pg->found_none && pg->find.words[0])
		(void)pen_putf(p, ROLE_WARN, "  not in the first %s of %s",
			       words_size(PAGER_MAX, got),
			       words_size(pg->blob->size, all));
	else
		(void)pen_putf(p, ROLE_WARN, "  first %s of %s",
			       words_size(PAGER_MAX, got),
			       words_size(pg->blob->size, all));
}

void pager_context(const struct pager *pg, struct pen *p)
{
	char where[64];

	if (pg->blob->size == 0)
		(void)pen_put(p, ROLE_DIM, "  empty");
	put_cut(pg, p);
	if (pg->n)
		(void)pen_putf(p, ROLE_DIM, "  lines %s%s",
			       scroll_where(&pg->scroll, where, sizeof where),
			       pg->all ? "" : "+");
	if (pg->left)
		(void)pen_putf(p, ROLE_DIM, "  from column %u", pg->left + 1);
	if (pg->find.pending)
		(void)pen_put(p, ROLE_WARN, "  searching");
	else if (pg->found_none && pg->find.words[0] && !pager_is_cut(pg))
		(void)pen_putf(p, ROLE_WARN, "  no \"%s\"",
			       shown_str(pg->find.words).s);
	if (pg->err.code != ERR_OK)
		(void)pen_putf(p, ROLE_BAD, "  %s", pg->err.msg);
}
