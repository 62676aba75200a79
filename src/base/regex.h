/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions that strangers wrote: compiled to a program of bounded
 * size and run in time linear in the text, whatever the pattern says. Bytes,
 * no locale. What cannot be had at that price (back-references, look-around)
 * is refused, and so is a pattern whose repeats multiply past the bound.
 *
 *   . [a-z] [^a-z] \w \d \s \W \D \S \xHH \t \n \r ( ) (?: ) |
 *   * + ? {n} {n,} {n,m} (lazy forms too) ^ $ \b \B, (?i) at the start
 */
#ifndef HALLIGAN_BASE_REGEX_H
#define HALLIGAN_BASE_REGEX_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

#define REGEX_PATTERN_MAX 1024u
#define REGEX_PROGRAM_MAX 4096u

struct regex;

/* ERR_FORMAT says what is wrong with the pattern. */
enum err_code regex_compile(struct bytes pattern, struct regex **out,
			    struct err *err) MUST_CHECK;
void regex_free(struct regex *r); /* NULL is fine */

/* Any thread: a regex is not changed by searching. */
bool regex_search(const struct regex *r, struct bytes text);

/* Bytes that every match holds, letters in lower case; may be empty. */
struct bytes regex_literal(const struct regex *r);

/*
 * Many at once: only those whose literal is in the text are run. Numbers are
 * those of the order of adding.
 */
struct regex_set;

struct regex_set *regex_set_new(void) MUST_CHECK;
void regex_set_free(struct regex_set *s); /* NULL is fine */
size_t regex_set_add(struct regex_set *s, struct regex *r); /* takes r */

/* Calls hit for each that matches. Any thread, once all are added. */
void regex_set_search(const struct regex_set *s, struct bytes text,
		      void (*hit)(void *arg, size_t n), void *arg);

#endif
