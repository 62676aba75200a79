/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YARA source in tokens, as far as it takes to know where rules begin and
 * what is included without compiling anything: comments are passed over,
 * strings and regular expressions are one token each. Pure; any thread.
 */
#ifndef HALLIGAN_RULE_LEX_H
#define HALLIGAN_RULE_LEX_H

#include "base/base.h"
#include "base/bytes.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* rule, $a, 0x10 */
	TOKEN_STRING, /* with its quotes */
	TOKEN_REGEX,  /* with its slashes */
	TOKEN_OTHER,  /* one byte */
};

struct token {
	enum token_kind kind;
	struct bytes text;	/* in the source */
	unsigned line, column;	/* from 1; columns are bytes */
};

struct lexer {
	struct bytes source;
	size_t at;
	unsigned line;
	size_t line_at; /* where the line begins */
};

struct lexer lexer_of(struct bytes source);
struct token lex_next(struct lexer *l);

bool token_is(const struct token *t, const char *word);

/* 100, 0x64, 10KB; false: no number, or none below 2^32. */
bool token_number(const struct token *t, uint64_t *n);

#endif
