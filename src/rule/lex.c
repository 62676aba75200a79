/* SPDX-License-Identifier: Apache-2.0 */
/* YARA source in tokens. What the compiler will refuse needs no care here. */
#include "base/base.h"
#include "rule/lex.h"

struct lexer lexer_of(struct bytes source)
{
	return (struct lexer){.source = source, .line = 1};
}

static uint8_t peek(const struct lexer *l, size_t ahead)
{
	size_t at = l->at + ahead;

	return at < l->source.n ? l->source.p[at] : 0;
}

static bool at_end(const struct lexer *l)
{
	return l->at >= l->source.n;
}

static void step(struct lexer *l)
{
	if (l->source.p[l->at++] == '\n') {
		l->line++;
		l->line_at = l->at;
	}
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '#' ||
	       c == '@' || c == '!';
}

static void skip_line(struct lexer *l)
{
	while (!at_end(l) && peek(l, 0) != '\n')
		step(l);
}

static void skip_comment(struct lexer *l)
{
	l->at += 2;
	while (!at_end(l) && !(peek(l, 0) == '*' && peek(l, 1) == '/'))
		step(l);
	l->at = MIN(l->at + 2, l->source.n);
}

static void skip_blanks(struct lexer *l)
{
	while (!at_end(l)) {
		if (is_blank(peek(l, 0)))
			step(l);
		else if (peek(l, 0) == '/' && peek(l, 1) == '/')
			skip_line(l);
		else if (peek(l, 0) == '/' && peek(l, 1) == '*')
			skip_comment(l);
		else
			return;
	}
}

/* Neither may go on past its line. */
static void take_quoted(struct lexer *l, uint8_t quote)
{
	step(l);
	while (!at_end(l) && peek(l, 0) != quote && peek(l, 0) != '\n') {
		if (peek(l, 0) == '\\' && peek(l, 1) != '\n' && peek(l, 1))
			step(l);
		step(l);
	}
	if (peek(l, 0) == quote)
		step(l);
}

struct token lex_next(struct lexer *l)
{
	struct token t = {0};
	size_t from;
	uint8_t c;

	skip_blanks(l);
	from = l->at;
	c = peek(l, 0);
	t.line = l->line;
	t.column = (unsigned)(l->at - l->line_at) + 1;
	if (at_end(l))
		return t;
	if (c == '"' || c == '/') {
		t.kind = c == '"' ? TOKEN_STRING : TOKEN_REGEX;
		take_quoted(l, c);
	} else if (is_word(c)) {
		t.kind = TOKEN_WORD;
		while (!at_end(l) && is_word(peek(l, 0)))
			step(l);
	} else {
		t.kind = TOKEN_OTHER;
		step(l);
	}
	t.text = bytes_of(l->source.p + from, l->at - from);
	return t;
}

bool token_is(const struct token *t, const char *word)
{
	return t->kind != TOKEN_STRING && bytes_eq(t->text, bytes_str(word));
}

bool token_number(const struct token *t, uint64_t *n)
{
	char digits[24], *end;

	if (t->kind != TOKEN_WORD || t->text.n >= sizeof digits ||
	    t->text.p[0] < '0' || t->text.p[0] > '9')
		return false;
	(void)snprintf(digits, sizeof digits, "%.*s", (int)t->text.n,
		       (const char *)t->text.p);
	*n = strtoull(digits, &end, strncmp(digits, "0x", 2) == 0 ? 16 : 10);
	if (*n > UINT32_MAX)
		return false;
	if (strcmp(end, "KB") == 0)
		*n <<= 10;
	else if (strcmp(end, "MB") == 0)
		*n <<= 20;
	else if (*end)
		return false;
	return true;
}
