/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules of a source need what, and those that need the head left out. */
#include "base/base.h"
#include "rule/condition.h"
#include "rule/lex.h"
#include "rule/need.h"

/* Longer conditions are left as they are. */
#define CONDITION_MAX 512

struct needy {
	struct bytes name; /* in the source */
	size_t from, to;   /* all of the rule */
	struct rule_need need;
	bool is_global;
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
static struct rule_need read_condition(struct scan *s)
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
	if (doubtful || n >= CONDITION_MAX)
		return RULE_NO_NEED;
	return condition_need((struct tokens){tokens, n});
}

/* At the opening brace of a rule; ends at the one that closes it. */
static struct rule_need read_body(struct scan *s)
{
	int depth = 0;

	for (; s->t.kind != TOKEN_END; next(s)) {
		depth += token_is(&s->t, "{") - token_is(&s->t, "}");
		if (depth == 0)
			return RULE_NO_NEED;
		if (depth == 1 && token_is(&s->t, "condition")) {
			next(s); /* the colon */
			next(s);
			return read_condition(s);
		}
	}
	return RULE_NO_NEED;
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
	struct needy rule = {.from = from, .is_global = is_global};

	next(s);
	rule.name = s->t.text;
	while (s->t.kind != TOKEN_END && !token_is(&s->t, "{"))
		next(s);
	rule.need = read_body(s);
	if (s->t.kind == TOKEN_END)
		return;
	rule.to = offset(s, &s->t) + 1;
	if (rule.need.head || rule.need.max_size != RULE_ANY_SIZE)
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

static struct scan scan_of(struct bytes source)
{
	struct scan s = {.lexer = lexer_of(source), .source = source.p};

	find_needy(&s);
	if (s.n)
		qsort(s.v, s.n, sizeof *s.v, by_name);
	return s;
}

void rule_needs(struct bytes source, rule_need_fn *fn, void *arg)
{
	struct scan s = scan_of(source);

	for (size_t i = 0; i < s.n; i++)
		fn(arg, s.v[i].name, &s.v[i].need);
	free(s.v);
}

static bool may_be_left_out(const struct needy *rule)
{
	return rule->need.head && !rule->is_global && rule->to > rule->from;
}

size_t rule_blank_needy(struct buf *source)
{
	struct scan s = scan_of(buf_bytes(source));
	size_t n = 0;

	if (s.n)
		spare_mentioned(&s);
	for (size_t i = 0; i < s.n; i++) {
		const struct needy *rule = &s.v[i];

		if (!may_be_left_out(rule))
			continue;
		n++;
		blank(source->p + rule->from, rule->to - rule->from);
	}
	free(s.v);
	return n;
}
