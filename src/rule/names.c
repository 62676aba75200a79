/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules a set declares, and where. */
#include "base/base.h"
#include "rule/lex.h"
#include "rule/rule.h"

struct names {
	struct rule_name *v;
	size_t n, cap;
};

static void add_name(struct names *names, const struct rule_file *f,
		     const struct token *t)
{
	if (names->n == names->cap) {
		names->cap = MAX(names->cap * 2, (size_t)256);
		names->v = xrealloc(names->v, names->cap, sizeof *names->v);
	}
	/* The line is known; columns are looked up for those few shown. */
	names->v[names->n++] = (struct rule_name){
		.name = t->text, .file = f, .place = {.line = t->line}};
}

static void add_file(struct names *names, const struct rule_file *f)
{
	struct lexer l = lexer_of(buf_bytes(&f->source));
	struct token t = lex_next(&l);
	int braces = 0;

	for (; t.kind != TOKEN_END; t = lex_next(&l)) {
		braces += token_is(&t, "{") - token_is(&t, "}");
		if (braces || !token_is(&t, "rule"))
			continue;
		t = lex_next(&l);
		if (t.kind == TOKEN_WORD)
			add_name(names, f, &t);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct rule_name *x = a, *y = b;
	int order = bytes_cmp(x->name, y->name);

	if (order == 0)
		order = (x->file > y->file) - (x->file < y->file);
	if (order == 0)
		order = (x->name.p > y->name.p) - (x->name.p < y->name.p);
	return order;
}

struct rule_name *ruleset_names(const struct ruleset *set, size_t *n)
{
	struct names names = {0};

	for (size_t i = 0; i < set->n_files; i++)
		add_file(&names, &set->files[i]);
	if (names.n)
		qsort(names.v, names.n, sizeof *names.v, by_name);
	*n = names.n;
	return names.v;
}

const struct rule_name *rule_names_find(const struct rule_name *names, size_t n,
					struct bytes name, struct bytes ns)
{
	size_t from = 0, to = n;

	while (from < to) { /* the first that is not before it */
		size_t middle = from + (to - from) / 2;

		if (bytes_cmp(names[middle].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < n && bytes_eq(names[from].name, name); from++)
		if (bytes_eq(bytes_str(names[from].file->ns), ns))
			return &names[from];
	return NULL;
}
