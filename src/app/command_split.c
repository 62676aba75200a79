/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A `:` line to words. Blanks separate; '...' keeps all as it is; "..." and
 * bare words take a backslash before any character. No variables, no globs:
 * this is no shell.
 */
#include "base/base.h"

#include "app/command.h"

#define WORD_MAX (64u << 10)

struct split {
	const char *at;
	struct buf word;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The part of a word between quotes, or up to a blank or quote. */
static enum err_code split_part(struct split *s, struct err *err)
{
	char quote = *s->at == '\'' || *s->at == '"' ? *s->at++ : '\0';

	for (; *s->at; s->at++) {
		char c = *s->at;

		if (quote ? c == quote
			  : is_blank(c) || c == '\'' || c == '"')
			break;
		if (c == '\\' && quote != '\'') {
			if (!s->at[1])
				return err_set(err, ERR_USAGE,
					       "nothing after the last "
					       "backslash");
			c = *++s->at;
		}
		if (!buf_add_byte(&s->word, (uint8_t)c))
			return err_set(err, ERR_LIMIT,
				       "a word is longer than %u bytes",
				       WORD_MAX);
	}
	if (!quote)
		return ERR_OK;
	if (*s->at != quote)
		return err_set(err, ERR_USAGE, "a %c is never closed", quote);
	s->at++;
	return ERR_OK;
}

static enum err_code split_word(struct split *s, struct command_words *words,
				struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && *s->at && !is_blank(*s->at))
		code = split_part(s, err);
	if (code != ERR_OK)
		return code;
	if (words->n == COMMAND_VALUES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d words",
			       COMMAND_VALUES_MAX);
	words->v = xrealloc(words->v, words->n + 1, sizeof words->v[0]);
	words->v[words->n++] = xstrdup(buf_str(&s->word));
	buf_clear(&s->word);
	return ERR_OK;
}

enum err_code command_split(const char *line, struct command_words *words,
			    struct err *err)
{
	struct split s = {.at = line};
	enum err_code code = ERR_OK;

	*words = (struct command_words){0};
	buf_init(&s.word, WORD_MAX);
	for (;;) {
		while (is_blank(*s.at))
			s.at++;
		if (!*s.at)
			break;
		code = split_word(&s, words, err);
		if (code != ERR_OK)
			break;
	}
	buf_release(&s.word);
	if (code != ERR_OK)
		command_words_free(words);
	return code;
}

static bool is_plain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("_./:@%+,-=", c));
}

bool command_quote(struct buf *out, struct bytes word)
{
	bool plain = word.n > 0;

	for (size_t i = 0; i < word.n; i++)
		plain &= is_plain_char((char)word.p[i]);
	if (plain)
		return buf_add_bytes(out, word);
	(void)buf_add_byte(out, '"');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '"' || word.p[i] == '\\')
			(void)buf_add_byte(out, '\\');
		(void)buf_add_byte(out, word.p[i]);
	}
	return buf_add_byte(out, '"');
}

void command_words_free(struct command_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->v[i]);
	free(words->v);
	*words = (struct command_words){0};
}
