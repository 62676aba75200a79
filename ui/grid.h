/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A screen as data: cells of one shown character each, a width and a role.
 * Everything the console shows is drawn into one of these; term.c copies it
 * to the terminal and the unit tests print it. A cell can hold nothing that
 * a terminal obeys, whoever wrote it: pen_put checks again what base/text.c
 * made, because this is the last door.
 */
#ifndef HALLIGAN_UI_GRID_H
#define HALLIGAN_UI_GRID_H

#include "base/base.h"
#include "base/buf.h"
#include "base/text.h"

/* What a piece of the screen means; term.c says how that looks. */
enum role {
	ROLE_NORMAL,
	ROLE_DIM,
	ROLE_TITLE,
	ROLE_SELECTED,
	ROLE_MARK,
	ROLE_GOOD,
	ROLE_WARN,
	ROLE_BAD,
	N_ROLES
};

#define CELL_BYTES 22 /* a base of 4 bytes, 4 marks of 4, NUL */

struct cell {
	char s[CELL_BYTES]; /* "" is a blank */
	uint8_t cells;      /* 1, 2; 0: the right half of a wide one */
	uint8_t role;
};

struct grid {
	unsigned rows, cols;
	struct cell *cells;
	int cursor_row, cursor_col; /* -1: no cursor */
};

struct rect {
	unsigned row, col, rows, cols;
};

/* Makes an empty screen; over an old one, only grid_release before. */
void grid_init(struct grid *g, unsigned rows, unsigned cols);
void grid_release(struct grid *g);
void grid_clear(struct grid *g);
struct rect grid_rect(const struct grid *g);

/* The rows as lines of text, blanks at line ends cut; roles the same way,
 * one letter a cell: n d t s m g w b. */
void grid_to_text(const struct grid *g, struct buf *out);
void grid_to_roles(const struct grid *g, struct buf *out);

/* A pen writes from left to right and never past `end`. */
struct pen {
	struct grid *g;
	unsigned row, col, end;
};

/* At the start of line `line` of the rectangle; a line below it writes
 * nothing. */
struct pen pen_at(struct grid *g, struct rect r, unsigned line);

/*
 * Writes text that is fit to be shown already (ours, or from base/text.h).
 * What does not fit is cut and the last cell becomes "~". Returns cells used.
 */
unsigned pen_put(struct pen *p, enum role role, const char *shown);
unsigned pen_putf(struct pen *p, enum role role, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/*
 * The same for the shown form of evidence: what base/text.c spelled out
 * (\x1b, \u{202e}) gets the role `spelled`, so that it cannot be taken for
 * the same letters in the evidence; a spelled backslash shows as one.
 * The first `skip` cells are left out (horizontal scrolling).
 */
void pen_put_evidence(struct pen *p, enum role role, enum role spelled,
		      const char *shown, unsigned skip);

/* Blanks up to column `col` of the rectangle the pen was made for. */
void pen_pad(struct pen *p, unsigned to_col, enum role role);
void pen_fill(struct pen *p, enum role role); /* up to the end */
void pen_line(struct pen *p, enum role role); /* a rule up to the end */

/* Cells left. */
static inline unsigned pen_left(const struct pen *p)
{
	return p->end > p->col ? p->end - p->col : 0;
}

/* Width in cells of text that is fit to be shown. */
unsigned shown_cells(const char *shown);

/* A vertical rule over the height of the rectangle, in its first column. */
void grid_rule(struct grid *g, struct rect r, enum role role);

#endif
