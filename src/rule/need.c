/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules need content that begins with "MZ". When in doubt a rule does
 * not: that costs time alone. */
#include "base/base.h"
#include "rule/lex.h"
#include "rule/need.h"

/* Longer conditions are left as they are. */
#define CONDITION_MAX 512

struct needy {
	struct bytes name; /* in the source */
	size_t from, to;   /* all of the rule */
};

struct scan {
	struct lexer lexer;
	const uint8_t *source;
	struct token t; /* the current one */
	struct needy *v;
	size_t n, cap;
};

static void next(struct scan *s)
{
	s->t = lex_next(&s->lexer);
}

static size_t offset(const struct scan *s, const struct token *t)
{
	return t->kind == TOKEN_END ? s->lexer.source.n
				    : (size_t)(t->text.p - s->source);
}

/* ---- conditions ---- */

struct tokens {
	const struct token *v;
	size_t n;
};

static int depth_change(const struct token *t)
{
	return (token_is(t, "(") || token_is(t, "[")) -
	       (token_is(t, ")") || token_is(t, "]"));
}

/* Without parentheses that are around all of it. */
static struct tokens unwrapped(struct tokens c)
{
	while (c.n > 1 && token_is(&c.v[0], "(")) {
		int depth = 0;
		size_t i = 0;

		do
			depth += depth_change(&c.v[i++]);
		while (depth > 0 && i < c.n);
		if (i < c.n || depth != 0)
			break;
		c = (struct tokens){c.v + 1, c.n - 2};
	}
	return c;
}

static bool is_number(const struct token *t, unsigned long wanted)
{
	char digits[16], *end;
	bool hex;

	if (t->kind != TOKEN_WORD || t->text.n >= sizeof digits ||
	    t->text.p[0] < '0' || t->text.p[0] > '9')
		return false;
	(void)snprintf(digits, sizeof digits, "%.*s", (int)t->text.n,
		       (const char *)t->text.p);
	hex = strncmp(digits, "0x", 2) == 0;
	return strtoul(digits, &end, hex ? 16 : 10) == wanted && !*end;
}

/* uint16(0) == 0x5a4d, and the other way round. */
static bool asks_for_it(struct tokens term)
{
	static const struct {
		const char *function;
		unsigned long value;
	} ways[] = {{"uint16", 0x5a4d}, {"uint16be", 0x4d5a}};
	const struct token *call, *equal, *value;

	term = unwrapped(term);
	if (term.n != 7)
		return false;
	call = equal = value = term.v;
	if (token_is(&term.v[1], "=")) {
		equal += 1;
		call += 3;
	} else {
		equal += 4;
		value += 6;
	}
	if (!token_is(&equal[0], "=") || !token_is(&equal[1], "=") ||
	    !token_is(&call[1], "(") || !is_number(&call[2], 0) ||
	    !token_is(&call[3], ")"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (token_is(&call[0], ways[i].function) &&
		    is_number(value, ways[i].value))
			return true;
	return false;
}

/* One of the terms that must all hold asks for it. */
static bool is_needy(struct tokens c)
{
	size_t from = 0;
	bool found = false;
	int depth = 0;

	c = unwrapped(c);
	for (size_t i = 0; i <= c.n; i++) {
		bool ends = i == c.n ||
			    (depth == 0 && token_is(&c.v[i], "and"));

		if (ends) {
			found |= asks_for_it(
				(struct tokens){c.v + from, i - from});
			from = i + 1;
			continue;
		}
		if (depth == 0 && token_is(&c.v[i], "or"))
			return false;
		depth += depth_change(&c.v[i]);
	}
	return found && depth == 0;
}

/* ---- rules ---- */

/* What no condition has: then the source is not as it was taken to be. */
static bool is_doubtful(const struct token *t)
{
	static const char *const others[] = {"{", "rule", "meta", "strings",
					     "condition"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (token_is(t, others[i]))
			return true;
	return false;
}

/* At the first token of a condition; ends at the brace behind it. */
static bool read_condition(struct scan *s)
{
	struct token tokens[CONDITION_MAX];
	bool doubtful = false;
	size_t n = 0;

	for (; s->t.kind != TOKEN_END && !token_is(&s->t, "}"); next(s)) {
		doubtful |= is_doubtful(&s->t);
		if (n < CONDITION_MAX)
			tokens[n] = s->t;
		n++;
	}
	return !doubtful && n < CONDITION_MAX &&
	       is_needy((struct tokens){tokens, n});
}

/* At the opening brace of a rule; ends at the one that closes it. */
static bool read_body(struct scan *s)
{
	int depth = 0;

	for (; s->t.kind != TOKEN_END; next(s)) {
		depth += token_is(&s->t, "{") - token_is(&s->t, "}");
		if (depth == 0)
			return false;
		if (depth == 1 && token_is(&s->t, "condition")) {
			next(s); /* the colon */
			next(s);
			return read_condition(s);
		}
	}
	return false;
}

static void add(struct scan *s, struct needy rule)
{
	if (s->n == s->cap) {
		s->cap = MAX(s->cap * 2, (size_t)64);
		s->v = xrealloc(s->v, s->cap, sizeof *s->v);
	}
	s->v[s->n++] = rule;
}

/* At "rule", which begins at `from` unless words stand before it. */
static void read_rule(struct scan *s, size_t from, bool is_global)
{
	struct needy rule = {.from = from};
	bool needy;

	next(s);
	rule.name = s->t.text;
	while (s->t.kind != TOKEN_END && !token_is(&s->t, "{"))
		next(s);
	needy = read_body(s) && !is_global;
	if (s->t.kind == TOKEN_END)
		return;
	rule.to = offset(s, &s->t) + 1;
	if (needy)
		add(s, rule);
}

static void find_needy(struct scan *s)
{
	bool is_global = false;
	size_t from = 0;

	for (next(s); s->t.kind != TOKEN_END; next(s)) {
		bool modifies = token_is(&s->t, "global") ||
				token_is(&s->t, "private");

		if (!modifies && !token_is(&s->t, "rule")) {
			is_global = false;
			from = 0;
			continue;
		}
		if (from == 0)
			from = offset(s, &s->t) + 1;
		is_global |= token_is(&s->t, "global");
		if (modifies)
			continue;
		read_rule(s, from - 1, is_global);
		is_global = false;
		from = 0;
	}
}

/* ---- what others say of them ---- */

static int by_name(const void *a, const void *b)
{
	const struct needy *x = a, *y = b;

	return bytes_cmp(x->name, y->name);
}

/* A name, or the beginning of one before a "*", in the rule of another. */
static void spare(struct scan *s, struct bytes word, bool is_prefix)
{
	for (size_t i = 0; is_prefix && i < s->n; i++)
		if (s->v[i].name.n >= word.n &&
		    memcmp(s->v[i].name.p, word.p, word.n) == 0)
			s->v[i].to = s->v[i].from;
	if (!is_prefix) {
		struct needy key = {.name = word};
		struct needy *found = s->n ? bsearch(&key, s->v, s->n,
						     sizeof key, by_name)
					   : NULL;

		if (found && found->name.p != word.p)
			found->to = found->from;
	}
}

static void spare_mentioned(struct scan *s)
{
	struct token last = {0};

	s->lexer = lexer_of(s->lexer.source);
	for (next(s);; next(s)) {
		if (last.kind == TOKEN_WORD)
			spare(s, last.text, token_is(&s->t, "*"));
		if (s->t.kind == TOKEN_END)
			return;
		last = s->t;
	}
}

static void blank(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != '\n')
			p[i] = ' ';
}

size_t rule_blank_needy(struct buf *source)
{
	struct scan s = {.lexer = lexer_of(buf_bytes(source)),
			 .source = source->p};
	size_t n = 0;

	find_needy(&s);
	if (s.n) {
		qsort(s.v, s.n, sizeof *s.v, by_name);
		spare_mentioned(&s);
	}
	for (size_t i = 0; i < s.n; i++) {
		n += s.v[i].to > s.v[i].from;
		blank(source->p + s.v[i].from, s.v[i].to - s.v[i].from);
	}
	free(s.v);
	return n;
}
