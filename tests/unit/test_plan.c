/* SPDX-License-Identifier: Apache-2.0 */
/* Requests become plans, rule source becomes rules, or an error says why. */
#include "unit/unit.h"

#include "base/fs.h"
#include "base/hash.h"
#include "probe/rules.h"
#include "probe/yara.h"
#include "unit/probe_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static const struct {
	const char *source, *message;
	enum err_code code;
} bad_rules[] = {
	{"rule a { condition: true }\nrule b { condition: }",
	 "bad.yar:2: ", ERR_FORMAT},
	{"include \"/etc/passwd\"", "bad.yar:1: ", ERR_FORMAT},
	{"rule a { condition: nosuch }", "bad.yar:1: ", ERR_FORMAT},
	{"import \"magic\"\nrule a { condition: magic.type() == \"x\" }",
	 "a rule imports the module \"magic\"", ERR_UNSUPPORTED},
};

static void bad_rules_are_named(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_rules); i++) {
		struct plan plan = {0};
		struct rules *rules;
		struct err err;

		plan_rules_str(&plan, "good.yar", "rule z {condition: true}");
		plan_rules_str(&plan, "bad.yar", bad_rules[i].source);
		assert_code(rules_compile(&plan, &rules, &err),
			    bad_rules[i].code);
		if (!bytes_starts(bytes_str(err.msg), bad_rules[i].message))
			fail_msg("%s", err.msg);
		plan_release(&plan);
	}
}

/* What it is told for the record is what it says first. */
static void a_plan_says_what_was_asked(void **state UNUSED)
{
	static const struct {
		struct req_start start;
		const char *op;
	} ops[] = {
		{{.scan = true, .collect = true}, "hunt"},
		{{.collect = true}, "collect"},
	};
	struct record about = {
		.type = REQ_ABOUT,
		.u.about = {.command = LIT("hunt --all"),
			    .rules_sha256 = LIT("abcd"),
			    .root = LIT("/mnt/image")},
	};
	struct plan plan = {0};
	struct rec_plan said;
	struct err err;

	assert_ok(plan_add(&plan, &about, &err), err);
	plan_rules_str(&plan, "a.yar", "rule z {condition: true}");
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		plan.start = ops[i].start;
		said = plan_record(&plan, 1);
		assert_true(bytes_eq(said.op, bytes_str(ops[i].op)));
	}
	assert_true(bytes_eq(said.command, LIT("hunt --all")));
	assert_true(bytes_eq(said.rules_sha256, LIT("abcd")));
	assert_true(bytes_eq(said.form, LIT("source")));
	assert_true(bytes_eq(said.root, LIT("/mnt/image")));
	about.u.about.root = LIT("mnt");
	assert_code(plan_add(&plan, &about, &err), ERR_USAGE);
	plan_release(&plan);
}

static void a_nul_in_rules_is_refused(void **state UNUSED)
{
	struct req_rules req = {.name = LIT("r"),
				.source = LIT("rule a { condition: true }\0x"),
				.last = true};
	struct plan plan = {0};
	struct rules *rules;
	struct err err;

	assert_ok(plan_add_rules(&plan, &req, &err), err);
	assert_code(rules_compile(&plan, &rules, &err), ERR_FORMAT);
	plan_release(&plan);
}

/* A rule as libyara saves it. */
static void save_rules(const char *source, struct buf *out)
{
	struct plan plan = {0};
	struct rules *rules;
	struct folder f;
	struct err err;

	folder_make(&f);
	plan_rules_str(&plan, "r.yar", source);
	assert_ok(rules_compile(&plan, &rules, &err), err);
	assert_int_equal(yr_rules_save(rules->yr, folder_at(&f, "saved")), 0);
	buf_init(out, 1 << 20);
	assert_ok(fs_read(folder_at(&f, "saved"), out, &err), err);
	rules_free(rules);
	plan_release(&plan);
	folder_remove(&f);
}

static void compiled_rules_run(void **state UNUSED)
{
	struct req_rules req = {.name = LIT("compiled"), .compiled = true};
	struct plan plan = {0};
	struct folder f;
	struct took t;
	struct buf saved;
	struct err err;

	save_rules("rule r { strings: $a = \"EVIL\" condition: $a and "
		   "filename == \"bad\" }",
		   &saved);
	folder_make(&f);
	folder_write(&f, "bad", LIT("some EVIL"));
	req.source = bytes_of(saved.p, saved.n / 2);
	assert_ok(plan_add_rules(&plan, &req, &err), err);
	req.source = bytes_skip(buf_bytes(&saved), saved.n / 2);
	req.last = true;
	assert_ok(plan_add_rules(&plan, &req, &err), err);
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run(&plan, &t);
	assert_true(took_match(&t, "r", folder_at(&f, "bad")));
	assert_true(bytes_eq(took_nth(&t, REC_PLAN, 0)->u.plan.form,
			     LIT("compiled")));
	took_release(&t);
	folder_remove(&f);
	buf_release(&saved);
}

static void compiled_rules_are_one_whole(void **state UNUSED)
{
	struct req_rules compiled = {.name = LIT("c"), .source = LIT("YARA"),
				     .last = true, .compiled = true};
	struct req_rules source = {.name = LIT("s"), .source = LIT("x"),
				   .last = true};
	struct plan plan = {0};
	struct rules *rules;
	struct buf saved;
	struct err err;

	assert_ok(plan_add_rules(&plan, &compiled, &err), err);
	assert_code(plan_add_rules(&plan, &compiled, &err), ERR_FORMAT);
	assert_code(plan_add_rules(&plan, &source, &err), ERR_FORMAT);
	assert_code(rules_compile(&plan, &rules, &err), ERR_FORMAT);
	plan_release(&plan);
	assert_ok(plan_add_rules(&plan, &source, &err), err);
	assert_code(plan_add_rules(&plan, &compiled, &err), ERR_FORMAT);
	plan_release(&plan);
	save_rules("rule r { condition: true }", &saved);
	saved.p[4] ^= 0xff; /* the version of its format */
	compiled.source = buf_bytes(&saved);
	assert_ok(plan_add_rules(&plan, &compiled, &err), err);
	assert_code(rules_compile(&plan, &rules, &err), ERR_FORMAT);
	assert_non_null(strstr(err.msg, rules_engine()));
	plan_release(&plan);
	buf_release(&saved);
}

static void same_names_in_two_files_are_fine(void **state UNUSED)
{
	struct plan plan = {0};
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "x", LIT("x"));
	plan_rules_str(&plan, "one", "rule r { condition: true }");
	plan_rules_str(&plan, "two", "rule r { condition: true }");
	plan_root_str(&plan, f.path);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run(&plan, &t);
	assert_int_equal(took_count(&t, REC_MATCH), 2);
	assert_int_equal(took_count(&t, REC_FILE), 1);
	assert_int_equal(t.recs[t.n - 1].type, REC_DONE);
	assert_true(t.recs[t.n - 1].u.done.complete);
	took_release(&t);
	folder_remove(&f);
}

static void plans_are_checked(void **state UNUSED)
{
	struct req_rules half = {.name = LIT("a"), .source = LIT("rule ")};
	struct req_rules other = {.name = LIT("b"), .last = true};
	struct req_start scan = {.scan = true}, none = {0};
	struct record answer = {.type = REC_DONE}, news = {0};
	struct plan plan = {0};
	struct err err;

	assert_ok(plan_add(&plan, &news, &err), err);
	assert_code(plan_add(&plan, &answer, &err), ERR_FORMAT);
	assert_code(plan_start(&plan, &none, &err), ERR_USAGE);
	assert_code(plan_start(&plan, &scan, &err), ERR_USAGE);
	assert_ok(plan_add_rules(&plan, &half, &err), err);
	assert_code(plan_add_rules(&plan, &other, &err), ERR_FORMAT);
	assert_code(plan_start(&plan, &scan, &err), ERR_FORMAT);
	half.last = true;
	assert_ok(plan_add_rules(&plan, &half, &err), err);
	assert_code(plan_start(&plan, &scan, &err), ERR_USAGE); /* no root */
	assert_code(plan_add_root(&plan, LIT(""), &err), ERR_USAGE);
	assert_code(plan_add_root(&plan, LIT("/a\0b"), &err), ERR_USAGE);
	assert_ok(plan_add_root(&plan, LIT("/"), &err), err);
	assert_string_equal(plan.roots[0], "/");
	assert_ok(plan_start(&plan, &scan, &err), err);
	plan_release(&plan);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_rules_are_named),
		cmocka_unit_test(a_plan_says_what_was_asked),
		cmocka_unit_test(a_nul_in_rules_is_refused),
		cmocka_unit_test(compiled_rules_run),
		cmocka_unit_test(compiled_rules_are_one_whole),
		cmocka_unit_test(same_names_in_two_files_are_fine),
		cmocka_unit_test(plans_are_checked),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
