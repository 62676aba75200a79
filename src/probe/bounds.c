/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that are not looked for in large content. */
#include "base/base.h"
#include "base/bytes.h"
#include "probe/bounds.h"
#include "probe/yara.h"
#include "rule/need.h"

#define CLASS_FROM ((uint64_t)4 << 10)

/* What the source says of a rule. */
struct said {
	struct bytes ns, name;
	uint64_t max_size;
};

struct saids {
	struct said *v;
	size_t n, cap;
	struct bytes ns; /* of the file being read */
};

/* ---- from the source ---- */

static void on_rule(void *arg, struct bytes name, const struct rule_need *need)
{
	struct saids *all = arg;

	if (all->n == all->cap) {
		all->cap = MAX(all->cap * 2, (size_t)256);
		all->v = xrealloc(all->v, all->cap, sizeof *all->v);
	}
	all->v[all->n++] = (struct said){
		.ns = all->ns, .name = name, .max_size = need->max_size};
}

static int by_name(const void *a, const void *b)
{
	const struct said *x = a, *y = b;
	int order = bytes_cmp(x->name, y->name);

	return order ? order : bytes_cmp(x->ns, y->ns);
}

/* libyara takes no rule twice: then one of the two is none. */
static void forget_doubles(struct saids *all)
{
	for (size_t i = 1; i < all->n; i++)
		if (by_name(&all->v[i - 1], &all->v[i]) == 0)
			all->v[i - 1].max_size = all->v[i].max_size =
				RULE_ANY_SIZE;
}

static uint64_t max_size_of(const struct saids *all, const YR_RULE *rule)
{
	struct said key = {.ns = bytes_str(rule->ns->name),
			   .name = bytes_str(rule->identifier)};
	const struct said *found =
		bsearch(&key, all->v, all->n, sizeof key, by_name);

	return found ? found->max_size : RULE_ANY_SIZE;
}

static void fill(struct bounds *b, const struct saids *all,
		 const YR_RULES *rules)
{
	if (!rules)
		return;
	b->max_size =
		xcalloc((size_t)rules->num_rules + 1, sizeof *b->max_size);
	for (uint32_t i = 0; i < rules->num_rules; i++)
		b->max_size[i] = max_size_of(all, &rules->rules_table[i]);
}

void bounds_learn(struct rules *rules, const struct plan *plan)
{
	struct saids all = {0};

	for (size_t i = 0; i < plan->n_rules; i++) {
		const struct plan_rules *file = &plan->rules[i];

		if (file->compiled)
			continue;
		all.ns = bytes_str(plan_namespace(file));
		rule_needs(buf_bytes(&file->source), on_rule, &all);
	}
	if (all.n) {
		qsort(all.v, all.n, sizeof *all.v, by_name);
		forget_doubles(&all);
		fill(&rules->bounds, &all, rules->yr);
		fill(&rules->lean_bounds, &all, rules->lean);
	}
	free(all.v);
}

/* ---- for the scan ---- */

/* Since 4.5 libyara knows which conditions may hold without a string. */
#if YR_VERSION_HEX >= 0x040500
static YR_BITMASK *judged_of(const YR_RULES *rules)
{
	return rules->no_required_strings;
}
#else
static YR_BITMASK *judged_of(const YR_RULES *rules UNUSED)
{
	return NULL;
}
#endif

static size_t mask_size(uint32_t n)
{
	return YR_BITMASK_SIZE(n) * sizeof(YR_BITMASK);
}

/* Bytes of content from which on it is that class. */
static uint64_t class_from(size_t class)
{
	return class ? CLASS_FROM << (class - 1) : 0;
}

static void leave_out(struct bounds_class *c, const YR_RULE *rule, uint32_t i)
{
	const YR_STRING *string;

	yr_rule_strings_foreach(rule, string)
		yr_bitmask_set(c->skip, string->idx);
	if (c->judge)
		yr_bitmask_clear(c->judge, i);
}

static void prepare_class(struct bounds *b, size_t class, const YR_RULES *rules)
{
	struct bounds_class *c = &b->classes[class];
	const YR_BITMASK *judged = judged_of(rules);

	c->skip = xcalloc(1, mask_size(rules->num_strings));
	if (judged) {
		c->judge = xmalloc(mask_size(rules->num_rules));
		memcpy(c->judge, judged, mask_size(rules->num_rules));
	}
	for (uint32_t i = 0; i < rules->num_rules; i++)
		if (b->max_size[i] < class_from(class))
			leave_out(c, &rules->rules_table[i], i);
}

void bounds_prepare(struct bounds *b, const YR_RULES *rules)
{
	for (size_t i = 0; b->max_size && i < BOUNDS_CLASSES; i++)
		prepare_class(b, i, rules);
}

/*
 * The first is libyara's own note of strings that had too many matches: empty
 * between scans, and asked before all else where one may be. The second is
 * where every scan begins.
 */
void bounds_apply(const struct bounds *b, YR_SCANNER *scanner, uint64_t size)
{
	const YR_RULES *rules = scanner->rules;
	const struct bounds_class *c;
	size_t at = 0;

	if (!b->max_size)
		return;
	while (at + 1 < BOUNDS_CLASSES && size >= class_from(at + 1))
		at++;
	c = &b->classes[at];
	memcpy(scanner->strings_temp_disabled, c->skip,
	       mask_size(rules->num_strings));
	if (c->judge)
		memcpy(judged_of(rules), c->judge, mask_size(rules->num_rules));
}

void bounds_release(struct bounds *b)
{
	for (size_t i = 0; i < BOUNDS_CLASSES; i++) {
		free(b->classes[i].skip);
		free(b->classes[i].judge);
	}
	free(b->max_size);
	*b = (struct bounds){0};
}
