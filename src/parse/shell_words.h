/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of shell as words, and which of them are commands. No shell: enough
 * of its quotes, pipes and substitutions to tell what is run from what is
 * only said. Quoted text is said, unless what stands in front has it run
 * (`sh -c`, `eval`, `trap`, an assignment); what `$(` and backticks hold is
 * run anywhere but in '...'.
 */
#ifndef HALLIGAN_PARSE_SHELL_WORDS_H
#define HALLIGAN_PARSE_SHELL_WORDS_H

#include "base/base.h"
#include "base/bytes.h"

#define SHELL_WORDS_MAX 256u /* of a line; what follows is not looked at */

struct shell_word {
	struct bytes text; /* without the quotes around it */
	uint16_t of;       /* number of the command it belongs to */
	uint8_t depth;     /* how many substitutions and run quotes around */
	bool cmd;          /* it is run */
	bool piped;        /* it is run, and reads a pipe */
	bool target;       /* > or >> leads there */
	bool glued;        /* no blank between the word before and it */
};

struct shell_line {
	struct bytes text; /* all of it */
	size_t n;
	struct shell_word w[SHELL_WORDS_MAX];
};

void shell_split(struct bytes line, struct shell_line *out);

/* The file name of a command: "/usr/bin/curl" and "\curl" are "curl". */
struct bytes shell_name(struct bytes word);

/* Words i up to the next blank, with the quotes that are between. */
struct bytes shell_whole(const struct shell_line *line, size_t i);

#endif
