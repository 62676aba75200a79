/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions only of rules that can match. Since 4.5 libyara knows before it
 * evaluates which rules have a string in the file or need none, yet it walks
 * over the code of all the others to skip them: with thousands of rules, a
 * cache miss each for every file. Here the code of those that count is put
 * together first, in their order, and that is what is run.
 */
#include "base/base.h"

#include "probe/faster.h"

#define KNOWS_REQUIRED (FASTER_FITS && YR_VERSION_HEX >= 0x040500)

/* A rule's code: INIT_RULE, the offset of its end, its index; ... */
#define INIT_BYTES   (1 + sizeof(int32_t) + sizeof(uint32_t))
#define MATCH_BYTES  (1 + sizeof(uint64_t)) /* ...; MATCH_RULE, its index */
#define IMPORT_BYTES (1 + sizeof(uint64_t))

struct piece {
	uint32_t at, n; /* in the code of all rules */
	uint32_t rule;
	bool always; /* an import, or a global rule: what it does when skipped
			is needed */
};

/* How the code of a set of rules is made up; the same for all its scans. */
struct layout {
	YR_RULES *rules;
	unsigned generation;
	struct piece *pieces; /* NULL when the code is not as we know it */
	size_t n;
	YR_RULES run; /* the same rules, with the code below */
	uint8_t *code;
};

/* A scanner's rules are one of two sets, by the content. */
static _Thread_local struct layout layouts[2];

static atomic_uint generation;

unsigned faster_generation(void)
{
	return atomic_load(&generation);
}

static struct piece *add(struct layout *l)
{
	if ((l->n & (l->n - 1)) == 0)
		l->pieces = xrealloc(l->pieces, l->n ? l->n * 2 : 1,
				     sizeof *l->pieces);
	return &l->pieces[l->n++];
}

static uint64_t argument(const uint8_t *code)
{
	uint64_t value;

	memcpy(&value, code, sizeof value);
	return value;
}

/* Each file of rules imports again what others did. */
static bool is_imported(const struct layout *l, const uint8_t *code,
			uint64_t name)
{
	for (size_t i = 0; i < l->n; i++) {
		const uint8_t *at = code + l->pieces[i].at;

		if (*at == OP_IMPORT &&
		    strcmp((const char *)(uintptr_t)argument(at + 1),
			   (const char *)(uintptr_t)name) == 0)
			return true;
	}
	return false;
}

/* The bytes it takes; 0 when it is not a whole rule. */
static size_t add_rule(struct layout *l, const uint8_t *code, size_t at,
		       size_t end)
{
	uint32_t n, rule;

	if (end - at < INIT_BYTES + MATCH_BYTES)
		return 0;
	memcpy(&n, code + at + 1, sizeof n);
	memcpy(&rule, code + at + 1 + sizeof n, sizeof rule);
	if (n < INIT_BYTES + MATCH_BYTES || n > end - at ||
	    rule >= l->rules->num_rules ||
	    code[at + n - MATCH_BYTES] != OP_MATCH_RULE ||
	    argument(code + at + n - sizeof(uint64_t)) != rule)
		return 0;
	*add(l) = (struct piece){
		.at = (uint32_t)at,
		.n = n,
		.rule = rule,
		.always = RULE_IS_GLOBAL(&l->rules->rules_table[rule]),
	};
	return n;
}

static bool look_through(struct layout *l, const uint8_t *code, size_t end)
{
	size_t at = 0;

	while (at < end && code[at] != OP_HALT) {
		size_t n = 0;

		if (code[at] == OP_INIT_RULE) {
			n = add_rule(l, code, at, end);
		} else if (code[at] == OP_IMPORT && end - at >= IMPORT_BYTES) {
			n = IMPORT_BYTES;
			if (!is_imported(l, code, argument(code + at + 1)))
				*add(l) = (struct piece){
					.at = (uint32_t)at,
					.n = IMPORT_BYTES,
					.always = true,
				};
		}
		if (n == 0)
			return false;
		at += n;
	}
	return at < end;
}

static size_t code_size(const YR_RULES *rules)
{
	const YR_ARENA *arena = rules->arena;

	for (uint32_t i = 0; i < arena->num_buffers; i++) {
		if (arena->buffers[i].data == rules->code_start)
			return arena->buffers[i].used;
	}
	return 0;
}

static void learn(struct layout *l, YR_RULES *rules)
{
	size_t size = code_size(rules);

	free(l->pieces);
	free(l->code);
	*l = (struct layout){.rules = rules, .generation = generation};
	if (size > INT32_MAX || !look_through(l, rules->code_start, size)) {
		free(l->pieces);
		l->pieces = NULL;
		return;
	}
	l->code = xmalloc(size);
	l->run = *rules;
	l->run.code_start = l->code;
}

#if KNOWS_REQUIRED
static bool is_required(const YR_SCAN_CONTEXT *context,
			const struct piece *piece)
{
	return piece->always ||
	       yr_bitmask_is_set(context->required_eval, piece->rule) != 0;
}
#else
static bool is_required(const YR_SCAN_CONTEXT *context UNUSED,
			const struct piece *piece UNUSED)
{
	return true;
}
#endif

static void gather(struct layout *l, const YR_SCAN_CONTEXT *context)
{
	uint8_t *to = l->code;

	for (size_t i = 0; i < l->n; i++) {
		const struct piece *piece = &l->pieces[i];

		if (!is_required(context, piece))
			continue;
		memcpy(to, l->rules->code_start + piece->at, piece->n);
		to += piece->n;
	}
	*to = OP_HALT;
}

void faster_restore(YR_SCAN_CONTEXT *context)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		if (context->rules == &layouts[i].run)
			context->rules = layouts[i].rules;
}

/* That of the set; the other one's place is taken when it is new. */
static struct layout *layout_of(YR_RULES *rules)
{
	static _Thread_local size_t last;

	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		struct layout *l = &layouts[i];

		if (l->rules == rules && l->generation == generation) {
			last = i;
			return l;
		}
	}
	last = (last + 1) % ARRAY_SIZE(layouts);
	learn(&layouts[last], rules);
	return &layouts[last];
}

int faster_execute(YR_SCAN_CONTEXT *context)
{
	YR_RULES *rules = context->rules;
	struct layout *l;
	int result;

	if (!KNOWS_REQUIRED)
		return __real_yr_execute_code(context);
	l = layout_of(rules);
	if (!l->pieces)
		return __real_yr_execute_code(context);
	gather(l, context);
	context->rules = &l->run;
	result = __real_yr_execute_code(context);
	faster_restore(context);
	return result;
}

int __wrap_yr_rules_destroy(YR_RULES *rules)
{
	atomic_fetch_add(&generation, 1);
	return __real_yr_rules_destroy(rules);
}
