/* SPDX-License-Identifier: Apache-2.0 */
/* Cells, pens, and the last check before anything becomes a cell. */
#include "base/base.h"

#include "ui/grid.h"

#define MAX_MARKS 4
#define PUTF_MAX  1024

void grid_init(struct grid *g, unsigned rows, unsigned cols)
{
	*g = (struct grid){.rows = rows, .cols = cols};
	g->cells = xcalloc((size_t)rows * cols + 1, sizeof *g->cells);
	grid_clear(g);
}

void grid_release(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

void grid_clear(struct grid *g)
{
	for (size_t i = 0; i < (size_t)g->rows * g->cols; i++)
		g->cells[i] = (struct cell){.cells = 1};
	g->cursor_row = -1;
	g->cursor_col = -1;
}

struct rect grid_rect(const struct grid *g)
{
	return (struct rect){.rows = g->rows, .cols = g->cols};
}

static struct cell *cell_at(const struct grid *g, unsigned row, unsigned col)
{
	return &g->cells[(size_t)row * g->cols + col];
}

void grid_to_text(const struct grid *g, struct buf *out)
{
	for (unsigned row = 0; row < g->rows; row++) {
		size_t keep = out->n;

		for (unsigned col = 0; col < g->cols; col++) {
			const struct cell *c = cell_at(g, row, col);

			if (c->cells == 0)
				continue;
			(void)buf_add_str(out, c->s[0] ? c->s : " ");
			if (c->s[0] && c->s[0] != ' ')
				keep = out->n;
		}
		out->n = keep;
		(void)buf_add_byte(out, '\n');
	}
}

void grid_to_roles(const struct grid *g, struct buf *out)
{
	for (unsigned row = 0; row < g->rows; row++) {
		for (unsigned col = 0; col < g->cols; col++)
			(void)buf_add_byte(
				out, (uint8_t) "ndtsmgwb"[cell_at(g, row, col)
								  ->role]);
		(void)buf_add_byte(out, '\n');
	}
}

struct pen pen_at(struct grid *g, struct rect r, unsigned line)
{
	struct pen p = {.g = g, .row = r.row + line, .col = r.col};

	p.end = MIN(r.col + r.cols, g->cols);
	if (line >= r.rows || p.row >= g->rows)
		p.end = p.col;
	return p;
}

/* One shown character: base, marks, width. */
struct glyph {
	size_t n; /* bytes taken from the string */
	char s[CELL_BYTES];
	unsigned cells;
};

static bool is_mark(struct bytes b, size_t *n)
{
	int32_t cp;

	*n = text_first_char(b, &cp);
	return cp >= 0 && text_char_is_mark(cp);
}

static void glyph_add_marks(struct glyph *gl, struct bytes rest, size_t used)
{
	size_t n;

	for (int marks = 0; marks < MAX_MARKS; marks++) {
		struct bytes at = bytes_skip(rest, gl->n);

		if (at.n == 0 || !is_mark(at, &n) || used + n >= sizeof gl->s)
			return;
		memcpy(gl->s + used, at.p, n);
		used += n;
		gl->s[used] = '\0';
		gl->n += n;
	}
}

/* The next character; what nobody may send to a terminal becomes "?". */
static struct glyph next_glyph(struct bytes b)
{
	struct glyph gl = {.n = 1, .s = "?", .cells = 1};
	int32_t cp;
	size_t n = text_first_char(b, &cp);
	unsigned w;

	if (cp < 0)
		return gl;
	gl.n = n;
	w = text_char_cells(cp);
	if (!text_is_plain(bytes_of(b.p, gl.n)) || w == 0)
		return gl;
	memcpy(gl.s, b.p, gl.n);
	gl.s[gl.n] = '\0';
	gl.cells = w;
	glyph_add_marks(&gl, b, gl.n);
	return gl;
}

static void clear_halves(struct grid *g, unsigned row, unsigned col)
{
	struct cell *c = cell_at(g, row, col);

	if (c->cells == 0 && col > 0)
		*cell_at(g, row, col - 1) =
			(struct cell){.cells = 1, .role = c->role};
	if (c->cells == 2 && col + 1 < g->cols)
		*cell_at(g, row, col + 1) =
			(struct cell){.cells = 1, .role = c->role};
}

static void put_glyph(struct pen *p, enum role role, const struct glyph *gl)
{
	struct cell *c = cell_at(p->g, p->row, p->col);

	clear_halves(p->g, p->row, p->col);
	memcpy(c->s, gl->s, sizeof c->s);
	c->cells = (uint8_t)gl->cells;
	c->role = (uint8_t)role;
	if (gl->cells == 2) {
		clear_halves(p->g, p->row, p->col + 1);
		c[1] = (struct cell){.role = (uint8_t)role};
	}
	p->col += gl->cells;
}

static void put_cut(struct pen *p, enum role role)
{
	struct glyph cut = {.s = "~", .cells = 1};

	if (p->col >= p->end)
		p->col = p->end - 1;
	clear_halves(p->g, p->row, p->col);
	put_glyph(p, role, &cut);
}

unsigned pen_put(struct pen *p, enum role role, const char *shown)
{
	struct bytes rest = bytes_str(shown);
	unsigned from = p->col;

	if (pen_left(p) == 0)
		return 0;
	while (rest.n) {
		struct glyph gl = next_glyph(rest);

		if (gl.cells > pen_left(p)) {
			put_cut(p, role);
			break;
		}
		put_glyph(p, role, &gl);
		rest = bytes_skip(rest, gl.n);
	}
	return p->col - from;
}

unsigned pen_putf(struct pen *p, enum role role, const char *fmt, ...)
{
	char line[PUTF_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	return pen_put(p, role, line);
}

/* Bytes of the spelled-out piece at s, 0 when s begins with a plain one. */
static size_t spelled_len(const char *s)
{
	const char *end;

	if (s[0] != '\\')
		return 0;
	if (s[1] == 'x' && s[2] && s[3])
		return 4;
	end = s[1] == 'u' ? strchr(s, '}') : NULL;
	return end ? (size_t)(end - s) + 1 : 0;
}

static bool put_or_skip(struct pen *p, enum role role, const struct glyph *gl,
			unsigned *skip)
{
	if (*skip >= gl->cells) {
		*skip -= gl->cells;
		return true;
	}
	if (gl->cells > pen_left(p)) {
		put_cut(p, ROLE_DIM);
		return false;
	}
	*skip = 0;
	put_glyph(p, role, gl);
	return true;
}

void pen_put_evidence(struct pen *p, enum role role, enum role spelled,
		      const char *shown, unsigned skip)
{
	size_t in_spelled = 0;

	if (pen_left(p) == 0)
		return;
	while (*shown) {
		struct glyph gl;

		if (in_spelled == 0)
			in_spelled = spelled_len(shown);
		if (in_spelled == 0 && shown[0] == '\\' && shown[1] == '\\')
			shown++;
		gl = next_glyph(bytes_str(shown));
		if (!put_or_skip(p, in_spelled ? spelled : role, &gl, &skip))
			return;
		shown += gl.n;
		if (in_spelled)
			in_spelled -= gl.n;
	}
}

void pen_pad(struct pen *p, unsigned to_col, enum role role)
{
	struct glyph blank = {.s = " ", .cells = 1};

	while (p->col < to_col && pen_left(p))
		put_glyph(p, role, &blank);
}

void pen_fill(struct pen *p, enum role role)
{
	pen_pad(p, p->end, role);
}

void pen_line(struct pen *p, enum role role)
{
	struct glyph rule = {.s = "─", .cells = 1};

	while (pen_left(p))
		put_glyph(p, role, &rule);
}

unsigned shown_cells(const char *shown)
{
	struct bytes rest = bytes_str(shown);
	unsigned cells = 0;

	while (rest.n) {
		struct glyph gl = next_glyph(rest);

		cells += gl.cells;
		rest = bytes_skip(rest, gl.n);
	}
	return cells;
}

void grid_rule(struct grid *g, struct rect r, enum role role)
{
	r.cols = MIN(r.cols, 1u);
	for (unsigned line = 0; line < r.rows; line++) {
		struct pen p = pen_at(g, r, line);

		(void)pen_put(&p, role, "│");
	}
}
