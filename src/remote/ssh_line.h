/* SPDX-License-Identifier: Apache-2.0 */
/* A line of ssh_config(5) in words, as ssh cuts it. */
#ifndef HALLIGAN_REMOTE_SSH_LINE_H
#define HALLIGAN_REMOTE_SSH_LINE_H

#include "base/base.h"

#define SSH_BLANKS    " \t\r\n"
#define SSH_WORDS_MAX 256

struct ssh_words {
	char *v[SSH_WORDS_MAX]; /* owned */
	size_t n;
};

/*
 * The next word off *s, up to blanks, one = or the end, a double quote in
 * front ending at the next; it is changed in place. NULL at the end, and for
 * a quote without its end. For keywords and the criteria of Match.
 */
char *ssh_take_word(char **s);

/* The rest of a line: quotes of both kinds, backslashes before these, blanks
 * and themselves, and # where a word would begin. False: a quote is open, or
 * there are too many. */
bool ssh_split_words(const char *s, struct ssh_words *w);
void ssh_words_release(struct ssh_words *w);

void ssh_lower(char *s);

/* In small letters; an address in its usual form. The caller's to free. */
char *ssh_plain_name(const char *name);

#endif
