/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules as they go to hosts compile to what they were, but for what they say
 * of themselves; and that is read here as libyara reads it. Over sources made
 * to be misread, and over signature-base where HALLIGAN_SIGNATURE_BASE has a
 * checkout of it.
 */
#include "unit/unit.h"

#include <yara.h>

#include "base/fs.h"
#include "base/hash.h"
#include "rule/metas.h"
#include "rule/slim.h"

static const char *const externals[] = {"filename", "filepath", "extension",
					"filetype", "owner",	"md5"};

static YR_RULES *compile(struct buf *source)
{
	YR_COMPILER *compiler;
	YR_RULES *rules = NULL;

	assert_int_equal(yr_compiler_create(&compiler), ERROR_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(externals); i++)
		(void)yr_compiler_define_string_variable(compiler, externals[i],
							 "");
	if (yr_compiler_add_string(compiler, buf_str(source), NULL) == 0)
		(void)yr_compiler_get_rules(compiler, &rules);
	yr_compiler_destroy(compiler);
	return rules;
}

static void same_strings(const YR_RULE *a, const YR_RULE *b)
{
	const YR_STRING *s = a->strings, *t = b->strings;

	assert_int_equal(s == NULL, t == NULL);
	while (s) {
		assert_string_equal(s->identifier, t->identifier);
		assert_int_equal(s->flags, t->flags);
		assert_int_equal(s->length, t->length);
		if (s->length)
			assert_memory_equal(s->string, t->string, s->length);
		if (STRING_IS_LAST_IN_RULE(s)) {
			assert_true(STRING_IS_LAST_IN_RULE(t));
			return;
		}
		s++;
		t++;
	}
}

static void same_tags(const YR_RULE *a, const YR_RULE *b)
{
	const char *tag, *other = b->tags;

	yr_rule_tags_foreach(a, tag)
	{
		assert_string_equal(tag, other);
		other += strlen(other) + 1;
	}
}

/* What the console reads is what libyara has. */
static void same_metas(const YR_RULE *rule, const struct rule_name *name)
{
	struct rule_metas metas;
	const YR_META *meta;
	size_t i = 0;

	rule_metas_read(name, &metas);
	yr_rule_metas_foreach(rule, meta)
	{
		assert_true(i < metas.n);
		assert_string_equal(metas.v[i].name, meta->identifier);
		if (meta->type == META_TYPE_STRING) {
			assert_int_equal(metas.v[i].kind, RULE_META_STRING);
			assert_string_equal(metas.v[i].string, meta->string);
		} else {
			assert_int_equal(metas.v[i].kind,
					 meta->type == META_TYPE_BOOLEAN
						 ? RULE_META_BOOLEAN
						 : RULE_META_INTEGER);
			assert_int_equal(metas.v[i].integer, meta->integer);
		}
		i++;
	}
	assert_int_equal(i, metas.n);
	rule_metas_release(&metas);
}

static size_t code_size(const YR_RULES *rules)
{
	for (uint32_t i = 0; i < rules->arena->num_buffers; i++)
		if (rules->arena->buffers[i].data == rules->code_start)
			return rules->arena->buffers[i].used;
	return 0;
}

/* How many rules the source has; 0: it does not compile. */
static size_t check(struct rule_file *f)
{
	struct ruleset set = {.files = f, .n_files = 1};
	YR_RULES *a = compile(&f->source), *b;
	const YR_RULE *rule;
	struct rule_name *names;
	struct buf slim;
	size_t n = 0, n_names;

	if (!a)
		return 0;
	buf_init(&slim, f->source.n + 1);
	assert_true(rule_slim(buf_bytes(&f->source), &slim));
	b = compile(&slim);
	if (!b)
		fail_msg("does not compile any more: %s", buf_str(&slim));
	assert_int_equal(a->num_rules, b->num_rules);
	assert_int_equal(a->num_strings, b->num_strings);
	assert_int_equal(code_size(a), code_size(b));
	names = ruleset_names(&set, &n_names);
	assert_int_equal(n_names, a->num_rules);
	yr_rules_foreach(a, rule)
	{
		const YR_RULE *other = &b->rules_table[n++];
		const struct rule_name *name =
			rule_names_find(names, n_names,
					bytes_str(rule->identifier),
					bytes_str("ns"));

		assert_non_null(name);
		assert_string_equal(rule->identifier, other->identifier);
		assert_int_equal(rule->flags & ~RULE_FLAGS_NULL,
				 other->flags & ~RULE_FLAGS_NULL);
		assert_null(other->metas);
		same_strings(rule, other);
		same_tags(rule, other);
		same_metas(rule, name);
	}
	free(names);
	buf_release(&slim);
	(void)yr_rules_destroy(a);
	(void)yr_rules_destroy(b);
	return n;
}

static void check_text(const char *text, size_t n)
{
	struct rule_file f = {.ns = (char[]){"ns"}};

	buf_init(&f.source, 1 << 20);
	assert_true(buf_add_str(&f.source, text));
	if (check(&f) != n)
		fail_msg("not %zu rules: %s", n, text);
	buf_release(&f.source);
}

static void nothing_but_words_is_lost(void **state UNUSED)
{
	check_text("rule a { meta: x = \"y\" condition: true }", 1);
	check_text("rule a { meta:\n a = \"{ meta: } strings: \\\" condition\"\n"
		   " b = -5 c = true c = false d = 0x1f e = 3KB f = 2MB\n"
		   " g = \"\" h = \"\\t\\x41\\\\ \\n\" i = 0o17 // j = 1\n"
		   " /* k = 2 */ l = \"http://x/*y*/\"\n"
		   "strings: $a = \"q\" condition: $a }",
		   1);
	check_text("import \"pe\"//x\nprivate\nrule a:t1 t2{meta:a=1\n"
		   "condition:pe.is_dll()or filesize<2KB}global rule b\n"
		   "{condition:true}rule c{condition:a and b}",
		   3);
	check_text("rule a { strings: $a = /ab\\/c[\\/*]d/is $b = /x/ nocase\n"
		   "$c = { 4D 5A /* x */ ( 90 | ?? ) [2-4] 0A // y\n FF }\n"
		   "$d = \"//no\" wide ascii $e = \"/*\" $ = \"*/\" private\n"
		   "condition: any of them and #a > 1 and @a[1] < 5 and "
		   "!a[1] == 2 and for all i in (1..#c) : ( @c[i] > 0 ) }",
		   1);
	check_text("rule a { condition: filesize \\ 2 > 3 } rule b { meta: x = "
		   "\"after a division\" condition: filesize % 2 == 0 - -1 }",
		   2);
	check_text("rule a { meta: m = \"1\" strings: $m = { AA } condition: $m "
		   "}\nrule meta_ { condition: a or not a }",
		   2);
	check_text("rule a { condition: filename matches /x/i and \"a\" "
		   "contains \"b\" and 1.5 < 2 and 6 \\ 2 == 3 and 1<<2 == 4 }",
		   1);
	check_text("", 0);
}

static void a_line_is_a_rule(void **state UNUSED)
{
	static const char source[] =
		"// head\nimport \"pe\"\n\nrule a\n{ meta: x = 1\ncondition: "
		"true }\n/* c\n */ private rule b {\ncondition:\ntrue }\n"
		"rule c { condition: true }\n";
	static const unsigned origins[] = {1, 2, 4, 8, 11, 11};
	struct buf slim;

	buf_init(&slim, sizeof source);
	assert_true(rule_slim(bytes_str(source), &slim));
	assert_string_equal(buf_str(&slim), "import \"pe\"\n"
					    "rule a{condition:true}\n"
					    "private rule b{condition:true}\n"
					    "rule c{condition:true}\n");
	for (unsigned i = 1; i < ARRAY_SIZE(origins); i++)
		assert_int_equal(rule_slim_origin(bytes_str(source), i),
				 origins[i]);
	buf_release(&slim);
}

static void public_rules_stay_what_they_are(void **state UNUSED)
{
	const char *path = getenv("HALLIGAN_SIGNATURE_BASE");
	struct ruleset set;
	struct err err;
	size_t n = 0;

	if (!path || !path[0])
		skip();
	assert_ok(ruleset_load(&set, &path, 1, &err), err);
	for (size_t i = 0; i < set.n_files; i++) {
		free(set.files[i].ns);
		set.files[i].ns = xstrdup("ns");
		n += check(&set.files[i]);
	}
	assert_true(n > 5000);
	ruleset_release(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_words_is_lost),
		cmocka_unit_test(a_line_is_a_rule),
		cmocka_unit_test(public_rules_stay_what_they_are),
	};
	int failed;

	hash_lib_init();
	if (yr_initialize() != ERROR_SUCCESS)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)yr_finalize();
	return failed;
}
