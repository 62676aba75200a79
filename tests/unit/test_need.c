/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that need content that begins with "MZ", or of a bounded size: told
 * from those that only look so, set aside or not looked for, and missed by
 * nobody.
 */
#include "unit/unit.h"

#include "base/hash.h"
#include "probe/rules.h"
#include "probe/yara.h"
#include "rule/need.h"
#include "unit/probe_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)
#define RULE(condition) "rule r { strings: $a = \"x\" condition: " condition " }"

static size_t needy(const char *source)
{
	struct buf b;
	size_t n;

	buf_init(&b, 1 << 16);
	assert_true(buf_add_str(&b, source));
	n = rule_blank_needy(&b);
	assert_int_equal(b.n, strlen(source));
	buf_release(&b);
	return n;
}

static void these_need_it(void **state UNUSED)
{
	static const char *const conditions[] = {
		"uint16(0) == 0x5a4d",
		"uint16(0) == 0x5A4D and $a",
		"uint16(0x00)==23117 and filesize<200KB and all of them",
		"$a and uint16be ( 0 ) == 0x4D5A",
		"0x5a4d == uint16(0) and ($a or filesize < 3)",
		"((uint16(0) == 0x5a4d) and (any of them))",
		"for any i in (1..#a) : ( @a[i] < 3 or $a ) and "
		"uint16(0) == 0x5a4d",
		"not $a and /* or */ uint16(0) == 0x5a4d // or",
		"filesize < 5 and (uint16(0) == 0x5a4d) and $a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		char *s = xasprintf(RULE("%s\n"), conditions[i]);

		if (needy(s) != 1)
			fail_msg("%s", conditions[i]);
		free(s);
	}
}

static void these_do_not(void **state UNUSED)
{
	static const char *const conditions[] = {
		"$a",
		"uint16(0) == 0x5a4d or $a",
		"$a or (uint16(0) == 0x5a4d and filesize < 5)",
		"not uint16(0) == 0x5a4d",
		"not (uint16(0) == 0x5a4d)",
		"$a and not (uint16(0) == 0x5a4d and $a)",
		"uint16(0) != 0x5a4d",
		"uint16(0) == 0x5a4e",
		"uint16(1) == 0x5a4d",
		"uint32(0) == 0x5a4d",
		"uint16(0) == 0x5a4d + 1 and $a",
		"uint16(0) == 0x5a4dKB",
		"defined uint16(0) == 0x5a4d",
		"for any i in (0..3) : ( uint16(i) == 0x5a4d )",
		"uint16(0) == 0x5a4d and filename matches /x/ or $a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		char *s = xasprintf(RULE("%s\n"), conditions[i]);

		if (needy(s) != 0)
			fail_msg("%s", conditions[i]);
		free(s);
	}
}

#define MZ(name) "rule " name " { condition: uint16(0) == 0x5a4d }\n"

static void whom_others_need_stay(void **state UNUSED)
{
	assert_int_equal(needy(MZ("a") MZ("b")), 2);
	assert_int_equal(needy(MZ("a") "rule b { condition: a }"), 0);
	assert_int_equal(needy("rule b { condition: not a }" MZ("a")), 0);
	assert_int_equal(needy(MZ("ab") MZ("ba") "rule c { condition: any of "
					     "(a*) }"),
			 1);
	assert_int_equal(needy("global " MZ("a")), 0);
	assert_int_equal(needy("global private " MZ("a")), 0);
	assert_int_equal(needy("private " MZ("a") "private " MZ("b")), 2);
	/* a regular expression that does not end swallows the brace */
	assert_int_equal(needy("rule a { condition: uint16(0) == 0x5a4d and "
			       "$a / 1 }\nrule b { condition: true }\n"),
			 0);
	assert_int_equal(needy("rule a { condition: uint16(0) == 0x5a4d"), 0);
	assert_int_equal(needy(""), 0);
}

static void lines_and_neighbours_stay(void **state UNUSED)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	assert_true(buf_add_str(&b, "import \"pe\"\nprivate rule a : t {\n"
				    "condition: uint16(0) == 0x5a4d\n}\n"
				    "rule b { condition: true }"));
	assert_int_equal(rule_blank_needy(&b), 1);
	assert_string_equal(buf_str(&b),
			    "import \"pe\"\n                    \n"
			    "                              \n \n"
			    "rule b { condition: true }");
	buf_release(&b);
}

/* ---- bounds of the size ---- */

static void note_size(void *arg, struct bytes name, const struct rule_need *need)
{
	assert_true(bytes_eq(name, bytes_str("r")));
	*(uint64_t *)arg = need->max_size;
}

static void sizes_are_told(void **state UNUSED)
{
	static const struct {
		const char *condition;
		uint64_t max_size;
	} rows[] = {
		{"filesize < 100", 100},
		{"filesize<0x64 and $a", 100},
		{"$a and (filesize <= 2KB)", 2048},
		{"3MB > filesize and $a", 3145728},
		{"3MB >= filesize and filesize < 2MB and $a", 2097152},
		{"filesize == 7 and not $a", 7},
		{"7 == filesize", 7},
		{"uint16(0) == 0x5a4d and filesize < 9", 9},
		{"filesize < 5000MB", 5242880000},
		{"filesize > 100", RULE_ANY_SIZE},
		{"filesize >= 100", RULE_ANY_SIZE},
		{"100 < filesize", RULE_ANY_SIZE},
		{"100 <= filesize", RULE_ANY_SIZE},
		{"filesize != 100", RULE_ANY_SIZE},
		{"not filesize < 100", RULE_ANY_SIZE},
		{"not (filesize < 100)", RULE_ANY_SIZE},
		{"filesize < 100 or $a", RULE_ANY_SIZE},
		{"$a or filesize < 100 and $a", RULE_ANY_SIZE},
		{"filesize < 100 + 7", RULE_ANY_SIZE},
		{"filesize < 100 * filesize", RULE_ANY_SIZE},
		{"filesize < #a", RULE_ANY_SIZE},
		{"filesize < 99999999999", RULE_ANY_SIZE},
		{"$a at filesize - 100", RULE_ANY_SIZE},
		{"for any i in (1..3) : ( filesize < 100 )", RULE_ANY_SIZE},
		{"($a and filesize < 100) == true", RULE_ANY_SIZE},
		{"$a", RULE_ANY_SIZE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *s = xasprintf(RULE("%s\n"), rows[i].condition);
		uint64_t size = RULE_ANY_SIZE;

		rule_needs(bytes_str(s), note_size, &size);
		if (size != rows[i].max_size)
			fail_msg("%s: %" PRIu64, rows[i].condition, size);
		free(s);
	}
}

/* ---- what is found ---- */

/* Rules of a set: so many that need it, and some that are not alone. */
static void make_rules(struct buf *b, unsigned n)
{
	buf_init(b, 1 << 20);
	for (unsigned i = 0; i < n; i++)
		assert_true(buf_addf(b,
				     "rule mz_%u { strings: $a = \"EVIL\" "
				     "condition: uint16(0) == 0x5a4d and $a }\n",
				     i));
	assert_true(buf_add_str(b, "rule by_mz_0 { condition: mz_0 }\n"
				   "rule either { strings: $a = \"EVIL\" "
				   "condition: uint16(0) == 0x5a4d or $a }\n"));
}

static void a_large_set_has_a_lean_one(void **state UNUSED)
{
	for (unsigned n = 10; n <= 100; n += 90) {
		struct plan plan = {0};
		struct rules *rules;
		struct buf source;
		struct err err;

		make_rules(&source, n);
		plan_rules_str(&plan, "r.yar", buf_str(&source));
		assert_ok(rules_compile(&plan, &rules, &err), err);
		assert_int_equal(rules_count(rules), n + 2);
		if (n == 10)
			assert_null(rules->lean);
		else
			assert_int_equal(rules->lean->num_rules, 3);
		rules_free(rules);
		plan_release(&plan);
		buf_release(&source);
	}
}

static void both_sets_find_what_there_is(void **state UNUSED)
{
	static const struct {
		const char *name;
		struct bytes content;
		size_t matches;
	} files[] = {
		{"evil.exe", {(const uint8_t *)"MZ EVIL", 7}, 102},
		{"evil.txt", {(const uint8_t *)"ZM EVIL", 7}, 1},
		{"good.exe", {(const uint8_t *)"MZ good", 7}, 1},
		{"good.txt", {(const uint8_t *)"good", 4}, 0},
		{"m", {(const uint8_t *)"M", 1}, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct buf source;
		struct folder f;
		struct took t;

		folder_make(&f);
		/* The set changes from file to file. */
		folder_write(&f, "0", LIT("MZ EVIL before"));
		folder_write(&f, files[i].name, files[i].content);
		folder_write(&f, "z", LIT("EVIL behind"));
		make_rules(&source, 100);
		kit_look(buf_str(&source), f.path, &t);
		assert_int_equal(took_count(&t, REC_MATCH),
				 102 + files[i].matches + 1);
		assert_true(took_match(&t, "by_mz_0", folder_at(&f, "0")));
		assert_true(took_match(&t, "either", folder_at(&f, "z")));
		took_release(&t);
		folder_remove(&f);
		buf_release(&source);
	}
}

/* Around the sizes at which more and more strings are not looked for. */
static const size_t sizes[] = {1,    4000, 4095, 4096,  4097,   5000,
			       8191, 8192, 9000, 16384, 100000, 5000000};

static const struct {
	const char *op;
	bool below, equal, above;
} ops[] = {{"<", true, false, false},
	   {"<=", true, true, false},
	   {"==", false, true, false},
	   {">", false, false, true},
	   {">=", false, true, true}};

#define EACH_OP_AND_SIZE(op, at)                                               \
	for (size_t op = 0; (op) < ARRAY_SIZE(ops); (op)++)                    \
		for (size_t at = 0; (at) < ARRAY_SIZE(sizes); (at)++)

/* In two namespaces the same name has two bounds. */
static void plan_bounded(struct plan *plan)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	EACH_OP_AND_SIZE(op, at)
	{
		assert_true(buf_addf(&b,
				     "rule is_%zu_%zu { strings: $a = \"E\" "
				     "condition: $a and filesize %s %zu }\n",
				     op, at, ops[op].op, sizes[at]));
		assert_true(buf_addf(&b,
				     "rule not_%zu_%zu { condition: not "
				     "is_%zu_%zu }\n",
				     op, at, op, at));
	}
	plan_rules_str(plan, "r.yar", buf_str(&b));
	plan_rules_str(plan, "s.yar",
		       "rule is_0_0 { strings: $a = \"E\" condition: $a }");
	free(plan->rules[1].ns);
	plan->rules[1].ns = xasprintf("other");
	buf_release(&b);
}

static bool holds(size_t op, size_t at, size_t size)
{
	if (size < sizes[at])
		return ops[op].below;
	return size > sizes[at] ? ops[op].above : ops[op].equal;
}

static void expect_bounded(const struct took *t, const char *path, size_t size)
{
	EACH_OP_AND_SIZE(op, at)
	{
		bool found, denied;
		char name[32];

		(void)snprintf(name, sizeof name, "is_%zu_%zu", op, at);
		/* the one of the other namespace always is */
		found = took_match(t, name, path) && (op || at);
		(void)snprintf(name, sizeof name, "not_%zu_%zu", op, at);
		denied = took_match(t, name, path);
		if (found != (holds(op, at, size) && (op || at)) ||
		    denied == holds(op, at, size))
			fail_msg("%s: filesize %s %zu", path, ops[op].op,
				 sizes[at]);
	}
	assert_true(took_match(t, "is_0_0", path));
}

static void bounded_rules_find_what_there_is(void **state UNUSED)
{
	struct plan plan = {0};
	struct folder f;
	struct took t;

	folder_make(&f);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint8_t *content = xcalloc(sizes[i], 1);
		char name[16];

		content[sizes[i] - 1] = 'E';
		(void)snprintf(name, sizeof name, "%zu", sizes[i]);
		folder_write(&f, name, bytes_of(content, sizes[i]));
		free(content);
	}
	plan_bounded(&plan);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run(&plan, &t);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char name[16];

		(void)snprintf(name, sizeof name, "%zu", sizes[i]);
		expect_bounded(&t, folder_at(&f, name), sizes[i]);
	}
	took_release(&t);
	folder_remove(&f);
}

/* A string has at most so many matches that libyara counts, of 48 bytes and
 * more each: it is told when there are more. */
#define TOO_MANY 1000100u

static void what_is_bounded_is_not_looked_for(void **state UNUSED)
{
	static const struct {
		const char *condition;
		uint64_t too_many;
	} rows[] = {
		{"$a and filesize < 3MB", 1},
		{"$a or filesize < 1MB", 1},
		{"$a and filesize < 100KB", 0},
	};
	uint8_t *content = xcalloc(TOO_MANY, 2);

	for (size_t i = 0; i < 2 * TOO_MANY; i += 2)
		memcpy(content + i, "<?", 2);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *rule = xasprintf("rule r { strings: $a = \"<?\" "
				       "condition: %s }",
				       rows[i].condition);
		struct folder f;
		struct took t;

		folder_make(&f);
		folder_write(&f, "f", bytes_of(content, 2 * TOO_MANY));
		kit_look(rule, f.path, &t);
		assert_int_equal(took_covered(&t, "scanned", "too-many-matches"),
				 rows[i].too_many);
		took_release(&t);
		folder_remove(&f);
		free(rule);
	}
	free(content);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(these_need_it),
		cmocka_unit_test(these_do_not),
		cmocka_unit_test(whom_others_need_stay),
		cmocka_unit_test(lines_and_neighbours_stay),
		cmocka_unit_test(a_large_set_has_a_lean_one),
		cmocka_unit_test(sizes_are_told),
		cmocka_unit_test(both_sets_find_what_there_is),
		cmocka_unit_test(bounded_rules_find_what_there_is),
		cmocka_unit_test(what_is_bounded_is_not_looked_for),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
