/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the kernel's small texts in /proc and /sys, proc(5). */
#ifndef HALLIGAN_PROBE_PROCTEXT_H
#define HALLIGAN_PROBE_PROCTEXT_H

#include "base/base.h"
#include "base/buf.h"

/* A file of the folder after what out holds; what is longer is cut. False
 * with errno. dir may be AT_FDCWD. */
bool proc_read(int dir, const char *name, struct buf *out) MUST_CHECK;

/* The whole of it without blanks at its ends, as a new text. */
bool proc_read_new(int dir, const char *name, struct buf *out, size_t max)
	MUST_CHECK;

/* The n-th word, from 0; blanks in between come in any number. */
struct bytes proc_word(struct bytes line, unsigned n);

uint64_t proc_word_number(struct bytes line, unsigned n); /* 0: it is none */

/* What is behind "Key:" and blanks in a text of such lines; false: no line
 * begins so. key has its colon. */
bool proc_value(struct bytes text, const char *key, struct bytes *value);

/* The same as a number, 0 when it is none; base 10 or 16. */
uint64_t proc_number(struct bytes text, const char *key, unsigned base);

/* Without the escapes that mount tables have, \040 and so on: shrinks in
 * place, or adds to out as far as that has room. */
size_t proc_unescape_here(uint8_t *p, size_t n);
void proc_unescape(struct bytes b, struct buf *out);

/* A symlink's target into out; false with errno. */
bool proc_link(int dir, const char *name, struct buf *out) MUST_CHECK;

#endif
