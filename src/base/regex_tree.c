/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a pattern, and what every match of it holds. */
#include "base/base.h"

#include "base/hash.h"
#include "base/regex.h"
#include "base/regex_tree.h"
#include "base/text.h"

#define DEPTH_MAX  32u   /* groups in groups */
#define REPEAT_MAX 1000u /* {n,m} */

struct parser {
	struct regex_tree *tree;
	struct bytes rest;
	unsigned depth;
	const char *wrong; /* the first thing that is */
};

static uint16_t parse_branches(struct parser *p);

static uint16_t fail(struct parser *p, const char *why)
{
	if (!p->wrong)
		p->wrong = why;
	p->rest.n = 0;
	return 0;
}

static uint16_t new_node(struct parser *p, struct regex_node node)
{
	struct regex_tree *t = p->tree;

	/* Each byte of a pattern makes three nodes at most. */
	if (t->n_nodes == 4 * REGEX_PATTERN_MAX)
		BUG("a pattern of more than %zu nodes", t->n_nodes);
	t->nodes[t->n_nodes] = node;
	return (uint16_t)t->n_nodes++;
}

static uint8_t peek(const struct parser *p)
{
	return p->rest.n ? p->rest.p[0] : '\0';
}

static uint8_t next(struct parser *p)
{
	uint8_t c = peek(p);

	p->rest = bytes_skip(p->rest, 1);
	return c;
}

static bool skip(struct parser *p, const char *what)
{
	if (!bytes_starts(p->rest, what))
		return false;
	p->rest = bytes_skip(p->rest, strlen(what));
	return true;
}

/* ---- classes ---- */

static void class_add(struct regex_class *c, uint8_t byte)
{
	c->bits[byte >> 3] |= (uint8_t)(1u << (byte & 7));
}

static void class_invert(struct regex_class *c)
{
	for (size_t i = 0; i < sizeof c->bits; i++)
		c->bits[i] = (uint8_t)~c->bits[i];
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* \w \d \s and their opposites; false when the letter is none of them. */
static bool class_named(struct regex_class *c, uint8_t letter)
{
	static const struct {
		uint8_t letter;
		bool (*has)(uint8_t c);
	} names[] = {{'w', regex_is_word}, {'d', is_digit}, {'s', is_blank}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		bool opposite = letter == names[i].letter - 'a' + 'A';

		if (letter != names[i].letter && !opposite)
			continue;
		for (unsigned b = 0; b < 256; b++)
			if (names[i].has((uint8_t)b) != opposite)
				class_add(c, (uint8_t)b);
		return true;
	}
	return false;
}

static void class_fold(struct regex_class *c)
{
	for (unsigned b = 'a'; b <= 'z'; b++) {
		uint8_t upper = (uint8_t)(b - 'a' + 'A');

		if (regex_class_has(c, (uint8_t)b))
			class_add(c, upper);
		else if (regex_class_has(c, upper))
			class_add(c, (uint8_t)b);
	}
}

static uint16_t class_node(struct parser *p, const struct regex_class *c)
{
	struct regex_tree *t = p->tree;

	t->classes =
		xrealloc(t->classes, t->n_classes + 1, sizeof *t->classes);
	t->classes[t->n_classes] = *c;
	return new_node(p, (struct regex_node){
				   .kind = REGEX_CLASS,
				   .number = (uint16_t)t->n_classes++});
}

/* What an escape that is no class stands for. */
static uint8_t escaped_byte(struct parser *p, uint8_t c)
{
	static const char from[] = "tnrfv0ae", to[] = "\t\n\r\f\v\0\a\033";
	const char *at = c ? strchr(from, c) : NULL;
	uint8_t byte;

	if (at)
		return (uint8_t)to[at - from];
	if (c == 'x') {
		if (p->rest.n < 2 ||
		    !hex_decode(bytes_of(p->rest.p, 2), &byte, 1))
			return (uint8_t)fail(p, "\\x wants two hex digits");
		p->rest = bytes_skip(p->rest, 2);
		return byte;
	}
	if (is_digit(c))
		return (uint8_t)fail(p, "back-references are not supported");
	if (regex_is_word(c) && c != '_')
		return (uint8_t)fail(p, "an escape nobody knows");
	return c;
}

/* One end of a range, or a class by name, which is none. */
static bool class_item(struct parser *p, struct regex_class *c, uint8_t *byte)
{
	*byte = next(p);
	if (*byte != '\\')
		return true;
	if (!p->rest.n)
		return fail(p, "a \\ with nothing behind it") != 0;
	*byte = next(p);
	if (class_named(c, *byte))
		return false;
	*byte = *byte == 'b' ? '\b' : escaped_byte(p, *byte);
	return true;
}

static uint16_t parse_class(struct parser *p)
{
	struct regex_class c = {0};
	bool inverted = skip(p, "^"), first = true;
	uint8_t from, to;

	for (; p->rest.n && (first || peek(p) != ']'); first = false) {
		if (!class_item(p, &c, &from))
			continue;
		to = from;
		if (p->rest.n > 1 && peek(p) == '-' && p->rest.p[1] != ']') {
			(void)next(p);
			if (!class_item(p, &c, &to))
				return fail(p, "a range ends in a class");
		}
		if (to < from)
			return fail(p, "a range goes backwards");
		for (unsigned b = from; b <= to; b++)
			class_add(&c, (uint8_t)b);
	}
	if (next(p) != ']')
		return fail(p, "a [ is never closed");
	if (p->tree->fold)
		class_fold(&c);
	if (inverted)
		class_invert(&c);
	return class_node(p, &c);
}

/* ---- the rest ---- */

static uint16_t byte_node(struct parser *p, uint8_t byte)
{
	return new_node(p, (struct regex_node){
				   .kind = REGEX_BYTE,
				   .byte = p->tree->fold ? regex_fold(byte)
							 : byte});
}

static uint16_t assert_node(struct parser *p, enum regex_assert what)
{
	return new_node(p, (struct regex_node){.kind = REGEX_ASSERT,
					       .byte = (uint8_t)what});
}

static uint16_t parse_escape(struct parser *p)
{
	struct regex_class c = {0};
	uint8_t letter;

	if (!p->rest.n)
		return fail(p, "a \\ with nothing behind it");
	letter = next(p);
	if (letter == 'b' || letter == 'B')
		return assert_node(p, letter == 'b' ? REGEX_AT_WORD
						    : REGEX_NOT_AT_WORD);
	if (class_named(&c, letter))
		return class_node(p, &c);
	return byte_node(p, escaped_byte(p, letter));
}

static uint16_t parse_group(struct parser *p)
{
	uint16_t node;

	if (peek(p) == '?' && !skip(p, "?:"))
		return fail(p, "groups that look around, have names or change "
			       "the case are not supported");
	if (++p->depth > DEPTH_MAX)
		return fail(p, "groups are nested too deeply");
	node = parse_branches(p);
	p->depth--;
	if (next(p) != ')')
		return fail(p, "a ( is never closed");
	return node;
}

static uint16_t any_byte(struct parser *p)
{
	struct regex_class c = {0};

	class_add(&c, '\n');
	class_invert(&c);
	return class_node(p, &c);
}

static uint16_t parse_atom(struct parser *p)
{
	uint8_t c = next(p);

	switch (c) {
	case '.':
		return any_byte(p);
	case '[':
		return parse_class(p);
	case '(':
		return parse_group(p);
	case '\\':
		return parse_escape(p);
	case '^':
		return assert_node(p, REGEX_AT_START);
	case '$':
		return assert_node(p, REGEX_AT_END);
	case '*':
	case '+':
	case '?':
		return fail(p, "a repeat of nothing");
	default:
		return byte_node(p, c);
	}
}

static bool parse_number(struct parser *p, uint16_t *n)
{
	unsigned v = 0, digits = 0;

	while (is_digit(peek(p)) && ++digits < 6)
		v = 10 * v + (unsigned)(next(p) - '0');
	*n = (uint16_t)MIN(v, REPEAT_MAX + 1);
	return digits > 0;
}

/* {n} {n,} {n,m}; anything else behind a { is just that. */
static bool parse_bounds(struct parser *p, uint16_t *min, uint16_t *max)
{
	struct bytes before = p->rest;
	bool ok = skip(p, "{") && parse_number(p, min);

	*max = *min;
	if (ok && skip(p, ",") && !parse_number(p, max))
		*max = REGEX_ENDLESS;
	if (ok && skip(p, "}"))
		return true;
	p->rest = before;
	return false;
}

static bool parse_repeat(struct parser *p, uint16_t *min, uint16_t *max)
{
	*min = 0;
	*max = REGEX_ENDLESS;
	if (skip(p, "*"))
		return true;
	if (skip(p, "+")) {
		*min = 1;
		return true;
	}
	if (skip(p, "?")) {
		*max = 1;
		return true;
	}
	return parse_bounds(p, min, max);
}

static uint16_t parse_repeated(struct parser *p)
{
	uint16_t node = parse_atom(p), min, max;

	while (node && parse_repeat(p, &min, &max)) {
		(void)skip(p, "?"); /* lazy: where it ends does not matter */
		if (min > REPEAT_MAX ||
		    (max > REPEAT_MAX && max != REGEX_ENDLESS) || min > max)
			return fail(p, "a repeat is out of bounds");
		node = new_node(p, (struct regex_node){.kind = REGEX_REPEAT,
						       .child = node,
						       .min = min,
						       .max = max});
	}
	return node;
}

static uint16_t parse_sequence(struct parser *p)
{
	uint16_t all = new_node(p, (struct regex_node){.kind = REGEX_SEQUENCE});
	uint16_t *end = &p->tree->nodes[all].child;

	while (p->rest.n && peek(p) != '|' && peek(p) != ')') {
		uint16_t node = parse_repeated(p);

		*end = node;
		end = &p->tree->nodes[node].next;
	}
	return all;
}

static uint16_t parse_branches(struct parser *p)
{
	uint16_t first = parse_sequence(p), all;
	uint16_t *end;

	if (peek(p) != '|')
		return first;
	all = new_node(p, (struct regex_node){.kind = REGEX_BRANCHES,
					      .child = first});
	end = &p->tree->nodes[first].next;
	while (skip(p, "|")) {
		*end = parse_sequence(p);
		end = &p->tree->nodes[*end].next;
	}
	return all;
}

enum err_code regex_parse(struct bytes pattern, struct regex_tree *tree,
			  struct err *err)
{
	struct parser p = {.tree = tree, .rest = pattern};

	*tree = (struct regex_tree){.n_nodes = 1};
	if (pattern.n == 0 || pattern.n > REGEX_PATTERN_MAX)
		return err_set(err, ERR_FORMAT,
			       "a pattern has 1 to %u bytes",
			       REGEX_PATTERN_MAX);
	tree->nodes =
		xcalloc(4 * (size_t)REGEX_PATTERN_MAX, sizeof *tree->nodes);
	tree->fold = skip(&p, "(?i)");
	tree->root = parse_branches(&p);
	if (!p.wrong && p.rest.n)
		(void)fail(&p, "a ) that closes nothing");
	if (!p.wrong)
		return ERR_OK;
	regex_tree_release(tree);
	return err_set(err, ERR_FORMAT, "%s: %s", shown(pattern).s, p.wrong);
}

void regex_tree_release(struct regex_tree *tree)
{
	free(tree->nodes);
	free(tree->classes);
	*tree = (struct regex_tree){0};
}

/* ---- what every match holds ---- */

struct literal {
	uint8_t now[REGEX_LITERAL_MAX], best[REGEX_LITERAL_MAX];
	size_t now_n, best_n;
};

static void literal_break(struct literal *l)
{
	if (l->now_n > l->best_n) {
		memcpy(l->best, l->now, l->now_n);
		l->best_n = l->now_n;
	}
	l->now_n = 0;
}

static void literal_visit(const struct regex_tree *t, unsigned at,
			  struct literal *l)
{
	const struct regex_node *node = &t->nodes[at];

	if (node->kind == REGEX_BYTE) {
		if (l->now_n < REGEX_LITERAL_MAX)
			l->now[l->now_n++] = regex_fold(node->byte);
		return;
	}
	if (node->kind == REGEX_SEQUENCE) {
		for (unsigned c = node->child; c; c = t->nodes[c].next)
			literal_visit(t, c, l);
		return;
	}
	if (node->kind == REGEX_ASSERT) /* takes no bytes */
		return;
	literal_break(l);
	if (node->kind == REGEX_REPEAT && node->min) {
		literal_visit(t, node->child, l);
		literal_break(l);
	}
}

size_t regex_tree_literal(const struct regex_tree *tree,
			  uint8_t out[REGEX_LITERAL_MAX])
{
	struct literal l = {0};

	literal_visit(tree, tree->root, &l);
	literal_break(&l);
	memcpy(out, l.best, l.best_n);
	return l.best_n;
}
