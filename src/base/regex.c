/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing a pattern into a tree, the tree into a program, and running that
 * program over a text with all its threads side by side (Thompson).
 */
#include "base/base.h"

#include "base/regex.h"
#include "base/regex_tree.h"
#include "base/text.h"

enum op { OP_BYTE, OP_CLASS, OP_SPLIT, OP_JUMP, OP_ASSERT, OP_MATCH };

struct insn {
	uint8_t op;
	uint8_t byte;  /* OP_BYTE; OP_ASSERT: enum regex_assert */
	uint16_t x, y; /* where to go on; OP_CLASS: x is its number */
};

struct regex {
	struct insn *code;
	size_t n;
	struct regex_class *classes;
	bool fold;
	uint8_t literal[REGEX_LITERAL_MAX];
	size_t literal_n;
};

struct emitter {
	const struct regex_tree *tree;
	struct insn code[REGEX_PROGRAM_MAX];
	size_t n;
	bool full;
};

static size_t put(struct emitter *e, struct insn insn)
{
	if (e->n == REGEX_PROGRAM_MAX) {
		e->full = true;
		return 0;
	}
	e->code[e->n] = insn;
	return e->n++;
}

static void emit(struct emitter *e, unsigned at);

/* Each but the last branch begins with a split and ends with a jump out;
 * the jumps are chained by x until the end is known. */
static void emit_branches(struct emitter *e, const struct regex_node *node)
{
	uint16_t last_jump = 0;

	for (unsigned c = node->child; c && !e->full;
	     c = e->tree->nodes[c].next) {
		size_t split;

		if (!e->tree->nodes[c].next) {
			emit(e, c);
			break;
		}
		split = put(e, (struct insn){.op = OP_SPLIT});
		e->code[split].x = (uint16_t)e->n;
		emit(e, c);
		last_jump = (uint16_t)put(
			e, (struct insn){.op = OP_JUMP, .x = last_jump});
		e->code[split].y = (uint16_t)e->n;
	}
	while (last_jump && !e->full) {
		uint16_t before = e->code[last_jump].x;

		e->code[last_jump].x = (uint16_t)e->n;
		last_jump = before;
	}
}

static void emit_star(struct emitter *e, unsigned child)
{
	size_t split = put(e, (struct insn){.op = OP_SPLIT});

	e->code[split].x = (uint16_t)e->n;
	emit(e, child);
	(void)put(e, (struct insn){.op = OP_JUMP, .x = (uint16_t)split});
	e->code[split].y = (uint16_t)e->n;
}

static void emit_maybe(struct emitter *e, unsigned child)
{
	size_t split = put(e, (struct insn){.op = OP_SPLIT});

	e->code[split].x = (uint16_t)e->n;
	emit(e, child);
	e->code[split].y = (uint16_t)e->n;
}

/* Repeats are written out, which is what the bound of a program bounds. */
static void emit_repeat(struct emitter *e, const struct regex_node *node)
{
	for (unsigned i = 0; i < node->min && !e->full; i++) {
		size_t before = e->n;

		emit(e, node->child);
		if (e->n == before) /* nothing, however often */
			return;
	}
	if (node->max == REGEX_ENDLESS) {
		emit_star(e, node->child);
		return;
	}
	for (unsigned i = node->min; i < node->max && !e->full; i++)
		emit_maybe(e, node->child);
}

static void emit(struct emitter *e, unsigned at)
{
	const struct regex_node *node = &e->tree->nodes[at];

	if (e->full)
		return;
	switch (node->kind) {
	case REGEX_BYTE:
		(void)put(e, (struct insn){.op = OP_BYTE, .byte = node->byte});
		break;
	case REGEX_CLASS:
		(void)put(e, (struct insn){.op = OP_CLASS, .x = node->number});
		break;
	case REGEX_ASSERT:
		(void)put(e,
			  (struct insn){.op = OP_ASSERT, .byte = node->byte});
		break;
	case REGEX_SEQUENCE:
		for (unsigned c = node->child; c; c = e->tree->nodes[c].next)
			emit(e, c);
		break;
	case REGEX_BRANCHES:
		emit_branches(e, node);
		break;
	case REGEX_REPEAT:
		emit_repeat(e, node);
		break;
	}
}

static struct regex *take_over(struct emitter *e, struct regex_tree *tree)
{
	struct regex *r = xcalloc(1, sizeof *r);

	r->code = xmemdup(e->code, e->n * sizeof *e->code);
	r->n = e->n;
	r->classes = tree->classes;
	tree->classes = NULL;
	r->fold = tree->fold;
	r->literal_n = regex_tree_literal(tree, r->literal);
	return r;
}

enum err_code regex_compile(struct bytes pattern, struct regex **out,
			    struct err *err)
{
	struct emitter *e;
	struct regex_tree tree;
	enum err_code code = regex_parse(pattern, &tree, err);

	*out = NULL;
	if (code != ERR_OK)
		return code;
	e = xcalloc(1, sizeof *e);
	e->tree = &tree;
	emit(e, tree.root);
	(void)put(e, (struct insn){.op = OP_MATCH});
	if (e->full)
		code = err_set(err, ERR_FORMAT,
			       "the repeats of %s make it too large",
			       shown(pattern).s);
	else
		*out = take_over(e, &tree);
	free(e);
	regex_tree_release(&tree);
	return code;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	free(r->code);
	free(r->classes);
	free(r);
}

struct bytes regex_literal(const struct regex *r)
{
	return bytes_of(r->literal, r->literal_n);
}

/* Instructions to be run at one place of the text, each once. */
struct threads {
	uint16_t dense[REGEX_PROGRAM_MAX];
	size_t n;
};

struct runner {
	const struct regex *r;
	struct bytes text;
	struct threads *now, *next;
	uint16_t seen[REGEX_PROGRAM_MAX]; /* where in dense it may be */
	uint16_t stack[2 * REGEX_PROGRAM_MAX];
};

static bool holds(const struct runner *run, enum regex_assert what, size_t at)
{
	bool before = at > 0 && regex_is_word(run->text.p[at - 1]);
	bool after = at < run->text.n && regex_is_word(run->text.p[at]);

	switch (what) {
	case REGEX_AT_START:
		return at == 0;
	case REGEX_AT_END:
		return at == run->text.n;
	case REGEX_AT_WORD:
		return before != after;
	case REGEX_NOT_AT_WORD:
		return before == after;
	}
	BUG("assertion %d", (int)what);
}

static bool is_in(const struct runner *run, const struct threads *t,
		  uint16_t pc)
{
	return run->seen[pc] < t->n && t->dense[run->seen[pc]] == pc;
}

/* Follows jumps and splits from pc; true when that matches already. */
static bool add(struct runner *run, struct threads *t, uint16_t pc, size_t at)
{
	size_t depth = 0;

	run->stack[depth++] = pc;
	while (depth) {
		const struct insn *i;

		pc = run->stack[--depth];
		if (is_in(run, t, pc))
			continue;
		run->seen[pc] = (uint16_t)t->n;
		t->dense[t->n++] = pc;
		i = &run->r->code[pc];
		if (i->op == OP_MATCH)
			return true;
		if (i->op == OP_SPLIT)
			run->stack[depth++] = i->y;
		if (i->op == OP_SPLIT || i->op == OP_JUMP)
			run->stack[depth++] = i->x;
		else if (i->op == OP_ASSERT &&
			 holds(run, (enum regex_assert)i->byte, at))
			run->stack[depth++] = (uint16_t)(pc + 1);
	}
	return false;
}

static bool takes(const struct regex *r, const struct insn *i, uint8_t byte)
{
	if (i->op == OP_BYTE)
		return i->byte == (r->fold ? regex_fold(byte) : byte);
	return i->op == OP_CLASS && regex_class_has(&r->classes[i->x], byte);
}

static bool run_all(struct runner *run)
{
	for (size_t at = 0; at <= run->text.n; at++) {
		struct threads *before = run->now;

		/* A match may begin anywhere. */
		if (add(run, run->now, 0, at))
			return true;
		if (at == run->text.n)
			return false;
		run->next->n = 0;
		for (size_t i = 0; i < run->now->n; i++) {
			uint16_t pc = run->now->dense[i];

			if (takes(run->r, &run->r->code[pc],
				  run->text.p[at]) &&
			    add(run, run->next, (uint16_t)(pc + 1), at + 1))
				return true;
		}
		run->now = run->next;
		run->next = before;
	}
	return false;
}

bool regex_search(const struct regex *r, struct bytes text)
{
	struct threads a, b;
	struct runner run = {.now = &a, .next = &b};

	run.r = r;
	run.text = text;
	a.n = b.n = 0;
	return run_all(&run);
}
