/* SPDX-License-Identifier: Apache-2.0 */
/* What a condition asks of all content that it holds for. When in doubt it
 * asks for nothing: that costs time alone. */
#include "base/base.h"
#include "rule/condition.h"

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

static bool is_number(const struct token *t, uint64_t wanted)
{
	uint64_t n;

	return token_number(t, &n) && n == wanted;
}

/* uint16(0) == 0x5a4d, and the other way round. */
static bool asks_for_head(struct tokens term)
{
	static const struct {
		const char *function;
		uint64_t value;
	} ways[] = {{"uint16", 0x5a4d}, {"uint16be", 0x4d5a}};
	const struct token *call, *equal, *value;

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

/* filesize < 10KB, <= and ==, and the other way round. */
static uint64_t size_asked_for(struct tokens term)
{
	const struct token *first = term.v, *last = term.v + term.n - 1;
	const char *less = "<";
	uint64_t n;

	if (term.n != 3 && (term.n != 4 || !token_is(&term.v[2], "=")))
		return RULE_ANY_SIZE;
	if (token_is(last, "filesize")) {
		const struct token *other = first;

		first = last;
		last = other;
		less = ">";
	}
	if (!token_is(first, "filesize") || !token_number(last, &n))
		return RULE_ANY_SIZE;
	if (!token_is(&term.v[1], less) &&
	    (term.n != 4 || !token_is(&term.v[1], "=")))
		return RULE_ANY_SIZE;
	return n;
}

static void heed_term(struct tokens term, struct rule_need *need)
{
	term = unwrapped(term);
	need->head |= asks_for_head(term);
	need->max_size = MIN(need->max_size, size_asked_for(term));
}

struct rule_need condition_need(struct tokens c)
{
	struct rule_need need = RULE_NO_NEED;
	size_t from = 0;
	int depth = 0;

	c = unwrapped(c);
	for (size_t i = 0; i <= c.n; i++) {
		if (i == c.n || (depth == 0 && token_is(&c.v[i], "and"))) {
			heed_term((struct tokens){c.v + from, i - from}, &need);
			from = i + 1;
			continue;
		}
		if (depth == 0 && token_is(&c.v[i], "or"))
			return RULE_NO_NEED;
		depth += depth_change(&c.v[i]);
	}
	return depth == 0 ? need : RULE_NO_NEED;
}
