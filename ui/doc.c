/* SPDX-License-Identifier: Apache-2.0 */
/* Lines made for reading: built, wrapped, drawn, searched. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/doc.h"

#define LABEL_CELLS 12
#define LINE_MAX_   4096
#define WRAP_MIN    20

void doc_init(struct doc *d, bool has_cursor)
{
	*d = (struct doc){.hit = -1, .width = 80};
	d->scroll.has_cursor = has_cursor;
}

void doc_release(struct doc *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->lines[i].s);
	free(d->lines);
	*d = (struct doc){.hit = -1};
}

void doc_clear(struct doc *d, unsigned width)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->lines[i].s);
	d->n = 0;
	d->hit = -1;
	d->width = width;
}

void doc_begin(struct doc *d, int target)
{
	if (d->n == DOC_MAX)
		return;
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 32;
		d->lines = xrealloc(d->lines, d->cap, sizeof *d->lines);
	}
	d->lines[d->n++] = (struct doc_line){.target = target};
}

void doc_put(struct doc *d, enum role role, const char *shown)
{
	struct doc_line *l = d->n ? &d->lines[d->n - 1] : NULL;
	size_t len = strlen(shown) + 1;

	if (!l || l->n_pieces == DOC_PIECES)
		return;
	l->s = xrealloc(l->s, l->n + len, 1);
	memcpy(l->s + l->n, shown, len);
	l->pieces[l->n_pieces].at = (uint32_t)l->n;
	l->pieces[l->n_pieces++].role = (uint8_t)role;
	l->n += len;
}

void doc_putf(struct doc *d, enum role role, const char *fmt, ...)
{
	char line[LINE_MAX_];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	doc_put(d, role, line);
}

void doc_line(struct doc *d, enum role role, const char *shown)
{
	doc_begin(d, -1);
	doc_put(d, role, shown);
}

void doc_linef(struct doc *d, enum role role, const char *fmt, ...)
{
	char line[LINE_MAX_];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	doc_line(d, role, line);
}

static size_t char_len(const char *s)
{
	size_t n = 1;

	while (((uint8_t)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Bytes of s that fit into `cells`, cut between words where it can. */
static size_t fit_words(const char *s, unsigned cells)
{
	size_t n = 0, blank = 0;
	unsigned used = 0;

	while (s[n]) {
		size_t len = char_len(s + n);
		char one[8] = {0};

		memcpy(one, s + n, MIN(len, sizeof one - 1));
		used += shown_cells(one);
		if (used > cells)
			return blank ? blank : (n ? n : len);
		n += len;
		if (one[0] == ' ')
			blank = n;
	}
	return n;
}

/* Puts shown text over as many lines as it needs; the first line has been
 * begun and has `indent` cells on it already. */
static void put_wrapped(struct doc *d, enum role role, unsigned indent,
			const char *shown)
{
	unsigned room =
		d->width > indent + WRAP_MIN ? d->width - indent : WRAP_MIN;
	bool first = true;

	do {
		size_t n = fit_words(shown, room);
		char *piece = bytes_to_str(bytes_of(shown, n));

		if (!first) {
			doc_begin(d, -1);
			doc_putf(d, ROLE_NORMAL, "%*s", (int)indent, "");
		}
		doc_put(d, role, piece);
		free(piece);
		shown += n;
		first = false;
	} while (*shown && d->n < DOC_MAX);
}

void doc_text(struct doc *d, enum role role, const char *shown)
{
	doc_begin(d, -1);
	put_wrapped(d, role, 0, shown);
}

void doc_indented(struct doc *d, enum role role, unsigned indent,
		  const char *shown)
{
	doc_begin(d, -1);
	doc_putf(d, ROLE_NORMAL, "%*s", (int)indent, "");
	put_wrapped(d, role, indent, shown);
}

void doc_bytes(struct doc *d, enum role role, unsigned indent, struct bytes b)
{
	struct bytes line;

	while (bytes_split(&b, '\n', &line) && d->n < DOC_MAX) {
		struct text t;

		text_from_bytes(&t, line, TEXT_ANY_WIDTH);
		doc_begin(d, -1);
		doc_putf(d, ROLE_NORMAL, "%*s", (int)indent, "");
		put_wrapped(d, role, indent, text_str(&t));
		text_release(&t);
	}
}

void doc_field(struct doc *d, const char *label, enum role role,
	       const char *shown)
{
	doc_begin(d, -1);
	doc_putf(d, ROLE_DIM, "%-*s ", LABEL_CELLS - 1, label);
	put_wrapped(d, role, MAX((unsigned)LABEL_CELLS, shown_cells(label) + 1),
		    shown);
}

void doc_append(struct doc *d, struct doc *from)
{
	for (size_t i = 0; i < from->n; i++) {
		size_t had = d->n;

		doc_begin(d, -1);
		if (d->n > had)
			d->lines[had] = from->lines[i];
		else
			free(from->lines[i].s);
	}
	from->n = 0;
}

void doc_cut(struct doc *d, size_t from)
{
	while (d->n > from)
		free(d->lines[--d->n].s);
}

struct hex_line {
	struct bytes b;    /* bytes of this line */
	uint64_t at;       /* offset of b[0] */
	uint64_t from, to; /* marked offsets */
	unsigned width;
};

static void put_hex(struct doc *d, const struct hex_line *l, bool as_chars)
{
	char out[3 * 16 + 1];
	size_t n = 0;
	bool was_marked = false;

	for (unsigned i = 0; i < l->width; i++) {
		uint64_t at = l->at + i;
		bool marked = i < l->b.n && at >= l->from && at < l->to;
		uint8_t byte = i < l->b.n ? l->b.p[i] : ' ';

		if (marked != was_marked && n) {
			doc_put(d, was_marked ? ROLE_MARK : ROLE_NORMAL, out);
			n = 0;
		}
		was_marked = marked;
		if (as_chars)
			out[n++] =
				byte < 0x20 || byte > 0x7e ? '.' : (char)byte;
		else
			n += (size_t)snprintf(
				out + n, 4, i < l->b.n ? "%02x " : "   ", byte);
		out[n] = '\0';
	}
	doc_put(d, was_marked ? ROLE_MARK : ROLE_NORMAL, out);
}

void doc_hex(struct doc *d, struct bytes b, uint64_t base, uint64_t from,
	     uint64_t n)
{
	unsigned width = d->width >= 10 + 16 * 4 + 2 ? 16 : 8;

	for (size_t i = 0; i < b.n; i += width) {
		struct hex_line l = {
			.b = bytes_of(b.p + i, MIN(b.n - i, (size_t)width)),
			.at = base + i,
			.from = from,
			.to = from + n,
			.width = width,
		};

		doc_begin(d, -1);
		doc_putf(d, ROLE_DIM, "%08" PRIx64 "  ", l.at);
		put_hex(d, &l, false);
		doc_put(d, ROLE_NORMAL, " ");
		put_hex(d, &l, true);
	}
}

static void draw_line(struct doc *d, struct pen *p, size_t i)
{
	const struct doc_line *l = &d->lines[i];
	bool here =
		d->scroll.has_cursor && i == d->scroll.cursor && l->target >= 0;
	unsigned skip = d->left;

	for (size_t k = 0; k < l->n_pieces; k++) {
		enum role role =
			here ? ROLE_SELECTED : (enum role)l->pieces[k].role;
		const char *s = l->s + l->pieces[k].at;
		unsigned cells;

		if ((int64_t)i == d->hit && role != ROLE_SELECTED)
			role = ROLE_MARK;
		cells = skip ? shown_cells(s) : 0;
		pen_put_evidence(p, role, ROLE_WARN, s, skip);
		skip -= MIN(skip, cells);
	}
	if (here)
		pen_fill(p, ROLE_SELECTED);
}

/* Where the cursor may stand: on the next line with a target. */
static void seek_target(struct doc *d, bool back)
{
	uint64_t at = d->scroll.cursor;

	if (!d->scroll.has_cursor || d->n == 0)
		return;
	for (size_t tries = 0; tries < 2 * d->n; tries++) {
		if (d->lines[at].target >= 0) {
			scroll_to(&d->scroll, at);
			return;
		}
		if ((back && at == 0) || (!back && at + 1 == d->n))
			back = !back;
		at = back ? (at ? at - 1 : 0) : MIN(at + 1, d->n - 1);
	}
}

void doc_draw(struct doc *d, struct grid *g, struct rect r)
{
	scroll_fit(&d->scroll, d->n, r.rows);
	seek_target(d, false);
	for (unsigned line = 0; line < r.rows; line++) {
		uint64_t i = d->scroll.top + line;
		struct pen p = pen_at(g, r, line);

		if (i >= d->n)
			break;
		draw_line(d, &p, (size_t)i);
	}
}

static bool match(void *arg, uint64_t i)
{
	struct doc *d = arg;
	const struct doc_line *l = &d->lines[i];
	struct buf all;
	bool found;

	buf_init(&all, 1u << 20);
	for (size_t k = 0; k < l->n_pieces; k++)
		(void)buf_add_str(&all, l->s + l->pieces[k].at);
	found = find_in(d->find.words, buf_str(&all));
	buf_release(&all);
	return found;
}

bool doc_search(struct doc *d, bool back, bool from_next)
{
	uint64_t at = d->hit >= 0 ? (uint64_t)d->hit : d->scroll.cursor;
	uint64_t found;

	if (d->n == 0)
		return false;
	if (from_next)
		at = back ? (at ? at - 1 : d->n - 1) : at + 1;
	find_start(&d->find, at, d->n, back);
	if (find_step(&d->find, d->n, INT64_MAX, match, d, &found) !=
	    FIND_FOUND)
		return false;
	d->hit = (int64_t)found;
	scroll_to(&d->scroll, found);
	return true;
}

bool doc_act(struct doc *d, enum action action)
{
	uint64_t before = d->scroll.cursor;

	if (action == ACT_LEFT || action == ACT_RIGHT) {
		d->left = action == ACT_RIGHT ? d->left + 8
					      : d->left - MIN(d->left, 8u);
		return true;
	}
	if (!scroll_act(&d->scroll, action))
		return false;
	seek_target(d, d->scroll.cursor < before || action == ACT_UP ||
			       action == ACT_LAST);
	return true;
}

int doc_target(const struct doc *d)
{
	if (!d->scroll.has_cursor || d->scroll.cursor >= d->n)
		return -1;
	return d->lines[d->scroll.cursor].target;
}
