/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of lines made for reading: details of a row, help, the dashboard.
 * A line is made of pieces with a role each; it may carry a target, a number
 * of the page's, and can then be chosen with the cursor.
 */
#ifndef HALLIGAN_UI_DOC_H
#define HALLIGAN_UI_DOC_H

#include "base/base.h"
#include "base/bytes.h"
#include "ui/grid.h"
#include "ui/scroll.h"

#define DOC_PIECES 16
#define DOC_MAX    20000 /* lines */

struct doc_line {
	char *s; /* the pieces, each with its NUL */
	size_t n;
	struct {
		uint32_t at;
		uint8_t role;
	} pieces[DOC_PIECES];
	uint8_t n_pieces;
	int target; /* -1: none */
};

struct doc {
	struct doc_line *lines;
	size_t n, cap;
	unsigned width; /* to wrap at */
	struct scroll scroll;
	unsigned left; /* cells scrolled to the right */
	struct find find;
	int64_t hit; /* line of the last hit, -1 */
};

void doc_init(struct doc *d, bool has_cursor);
void doc_release(struct doc *d);
/* Forgets the lines, keeps where it is scrolled to. */
void doc_clear(struct doc *d, unsigned width);

/* Begins an empty line; pieces are put on the last line begun. */
void doc_begin(struct doc *d, int target);
void doc_put(struct doc *d, enum role role, const char *shown);
void doc_putf(struct doc *d, enum role role, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* A whole line. */
void doc_line(struct doc *d, enum role role, const char *shown);
void doc_linef(struct doc *d, enum role role, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Foreign bytes, line by line, wrapped between words, indented. */
void doc_bytes(struct doc *d, enum role role, unsigned indent, struct bytes b);

/* Text that is fit to be shown, wrapped between words. */
void doc_text(struct doc *d, enum role role, const char *shown);

/* The same, indented on every line. */
void doc_indented(struct doc *d, enum role role, unsigned indent,
		  const char *shown);

/* "label     value", the value wrapped; shown already. */
void doc_field(struct doc *d, const char *label, enum role role,
	       const char *shown);

/* Offset, hex and characters of b, 16 (or 8 where narrow) a line; the n
 * bytes from `from` on are marked. base is the offset of b[0]. */
void doc_hex(struct doc *d, struct bytes b, uint64_t base, uint64_t from,
	     uint64_t n);

/* Moves the lines of another doc to the end of this one. */
void doc_append(struct doc *d, struct doc *from);
/* Forgets the lines from that one on. */
void doc_cut(struct doc *d, size_t from);

/* Fits the scrolling to r and draws. */
void doc_draw(struct doc *d, struct grid *g, struct rect r);

/* Moving and searching keys; false: not one of them. */
bool doc_act(struct doc *d, enum action action);

/* Searches from here with d->find.words; the line becomes the hit. */
bool doc_search(struct doc *d, bool back, bool from_next);

/* Target under the cursor, -1. */
int doc_target(const struct doc *d);

#endif
