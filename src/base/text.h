/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way from foreign bytes to something a person reads. What comes out
 * is valid UTF-8, one line, of a known width in terminal cells; everything a
 * terminal could obey or a reader could be fooled by is spelled out:
 *
 *   invalid UTF-8, C0, DEL, C1      \xNN
 *   format and bidi controls, private use, unassigned, line separators,
 *   blank-looking letters, a fifth combining mark on one base      \u{NNNN}
 *   backslash itself                \\
 *
 * so that a \x1b typed by an attacker reads \\x1b. The rule is by Unicode
 * general category (utf8proc), because iswprint() lets bidi overrides pass.
 */
#ifndef HALLIGAN_BASE_TEXT_H
#define HALLIGAN_BASE_TEXT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"

/* Text somebody may see. Owned; only the functions here make one. */
struct text {
	char *s;	/* NUL-terminated, NULL only when zeroed */
	size_t n;	/* bytes */
	unsigned cells; /* terminal columns */
};

/* No limit on the width of a text. */
#define TEXT_ANY_WIDTH 0u

/*
 * Makes t (overwritten, not released first) from foreign bytes, at most
 * max_cells wide; what is cut off shows as a last "~" cell.
 */
void text_from_bytes(struct text *t, struct bytes b, unsigned max_cells);
void text_release(struct text *t);

static inline const char *text_str(const struct text *t)
{
	return t->s ? t->s : "";
}

/* Appends the shown form to a buffer; returns its width in cells. */
unsigned text_append(struct buf *out, struct bytes b, unsigned max_cells);

/*
 * Bytes of the character `at` begins with if it must be spelled out wherever
 * it is written (a control, a bidi override, ...), and its code point in *cp;
 * 0 when it may stand as it is, or is no UTF-8.
 */
size_t text_hidden(struct bytes at, int32_t *cp);

/* Cells one code point takes as shown: 0 for marks, 1, 2. */
unsigned text_char_cells(int32_t codepoint);

/* The first character of b: its length in bytes (0 at the end) and its code
 * point, -1 for a byte that begins no character. */
size_t text_first_char(struct bytes b, int32_t *codepoint);

/* Whether it is drawn over the character before it. */
bool text_char_is_mark(int32_t codepoint);

/*
 * Whether a byte string is already exactly its own shown form (apart from
 * backslashes), i.e. nothing in it needs spelling out.
 */
bool text_is_plain(struct bytes b);

/*
 * For messages: err_set(err, ..., "%s", shown(path).s). The array lives until
 * the end of the full expression. Long input is cut in the middle of nowhere:
 * messages, not data.
 */
struct shown {
	char s[240];
};

struct shown shown(struct bytes b);
struct shown shown_str(const char *s);
/* What may be said again of words that were to name a host: not the password
 * that somebody wrote before its @, in place of being asked for it. */
const char *without_password(const char *s);
/* What somebody wrote in several lines, in one. */
struct shown shown_line(struct bytes b);

/* The same in full, as far as there is room in out. */
const char *text_into(char *out, size_t room, struct bytes b);

/* Valid UTF-8 as RFC 3629 has it (no surrogates, no overlong forms). */
bool utf8_is_valid(struct bytes b);

#endif
