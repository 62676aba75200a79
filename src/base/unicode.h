/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What base/text.c asks of a character. Two of a kind: by the tables of
 * utf8proc (unicode.c), and without them, for the probe that is sent when
 * nothing is scanned, of which they would be a fifth (unicode_plain.c). What
 * that one lets pass is read again here before anybody sees it.
 */
#ifndef HALLIGAN_BASE_UNICODE_H
#define HALLIGAN_BASE_UNICODE_H

#include "base/base.h"
#include "base/bytes.h"

/* How many bytes the first character takes (RFC 3629); 0 at the end. What is
 * none is one byte, and *cp -1. */
size_t unicode_first(struct bytes b, int32_t *cp);

/* Combines with the one before. */
bool unicode_is_mark(int32_t cp);

/* Assigned, and neither a control nor a separator of lines. */
bool unicode_is_drawn(int32_t cp);

/* Of a terminal. */
unsigned unicode_cells(int32_t cp);

#endif
