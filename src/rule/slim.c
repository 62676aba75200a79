/* SPDX-License-Identifier: Apache-2.0 */
/* YARA source, token by token, without what only people read. */
#include "base/base.h"
#include "rule/lex.h"
#include "rule/slim.h"

struct slim {
	struct lexer lexer;
	struct token t, last; /* the current one, and the one written last */
	int depth;	      /* of braces */
	unsigned line;	      /* being written */
};

static void next(struct slim *s)
{
	s->t = lex_next(&s->lexer);
}

static struct slim slim_of(struct bytes source)
{
	struct slim s = {.lexer = lexer_of(source), .line = 1};

	next(&s);
	return s;
}

/* "meta", if it begins that section: behind the brace of a rule, and before
 * a colon. */
static bool at_metas(const struct slim *s)
{
	struct lexer ahead = s->lexer;
	struct token colon;

	if (s->depth != 1 || !token_is(&s->last, "{") ||
	    !token_is(&s->t, "meta"))
		return false;
	colon = lex_next(&ahead);
	return token_is(&colon, ":");
}

static void skip_metas(struct slim *s)
{
	do
		next(s);
	while (s->t.kind != TOKEN_END && !token_is(&s->t, "strings") &&
	       !token_is(&s->t, "condition") && !token_is(&s->t, "}"));
}

/* A rule, with what stands before that word. */
static bool begins_rule(const struct slim *s)
{
	bool follows = token_is(&s->last, "private") ||
		       token_is(&s->last, "global");

	return s->depth == 0 && !follows &&
	       (token_is(&s->t, "rule") || token_is(&s->t, "private") ||
		token_is(&s->t, "global") || token_is(&s->t, "import"));
}

/* Something stood between the two, and it may matter: words run together, and
 * what follows a regular expression at once are its flags. */
static bool wants_blank(const struct slim *s)
{
	static const char closed[] = "(){}[]:,=";
	const struct token *a = &s->last, *b = &s->t;

	if (a->text.p + a->text.n == b->text.p || a->kind == TOKEN_END)
		return false;
	if (s->depth > 1) /* a string of bytes in hex */
		return false;
	if (a->kind == TOKEN_REGEX || b->kind == TOKEN_REGEX)
		return true;
	return !(a->kind == TOKEN_OTHER && strchr(closed, a->text.p[0])) &&
	       !(b->kind == TOKEN_OTHER && strchr(closed, b->text.p[0]));
}

static const char *gap(struct slim *s)
{
	if (begins_rule(s) && s->last.kind != TOKEN_END) {
		s->line++;
		return "\n";
	}
	return wants_blank(s) ? " " : "";
}

/* The next token that is to be written is the current one. */
static bool find_next(struct slim *s)
{
	if (at_metas(s))
		skip_metas(s);
	return s->t.kind != TOKEN_END;
}

static void written(struct slim *s)
{
	if (s->t.kind == TOKEN_OTHER)
		s->depth += token_is(&s->t, "{") - token_is(&s->t, "}");
	s->last = s->t;
	next(s);
}

bool rule_slim(struct bytes source, struct buf *out)
{
	struct slim s = slim_of(source);

	while (find_next(&s)) {
		if (!buf_add_str(out, gap(&s)) ||
		    !buf_add_bytes(out, s.t.text))
			return false;
		written(&s);
	}
	return buf_add_byte(out, '\n');
}

unsigned rule_slim_origin(struct bytes source, unsigned line)
{
	struct slim s = slim_of(source);
	unsigned origin = 1;

	while (find_next(&s)) {
		unsigned before = s.line;

		(void)gap(&s);
		if (s.line > line)
			break;
		if (s.line != before || s.last.kind == TOKEN_END)
			origin = s.t.line;
		written(&s);
	}
	return origin;
}
