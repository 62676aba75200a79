/* SPDX-License-Identifier: Apache-2.0 */
/* Rule sets: reading, compiling in the jail, and what bad ones are told. */
#include "unit/unit.h"

#include <poll.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/wait.h"
#include "detect/detect.h"
#include "wire/records.h"

static const struct child_kind kinds[] = {
	{.name = "rules", .main = rules_main},
};
static struct zygote zygote;
static char dir[64];

static char *put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct err err;

	assert_ok(fs_replace(path, bytes_str(text), 0600, &err), err);
	return path;
}

static int set_up(void **state UNUSED)
{
	struct err err;

	(void)snprintf(dir, sizeof dir, "/tmp/halligan-rules.XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_ok(zygote_start(&zygote, kinds, 1, rules_warm_up, &err), err);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	struct err err;

	zygote_stop(&zygote);
	assert_ok(fs_remove_tree(dir, &err), err);
	return 0;
}

struct said {
	unsigned errors, warnings;
	unsigned own; /* warnings that are not libyara's */
	char last[512];
};

static void hear(void *arg, const struct rule_problem *p)
{
	struct said *said = arg;

	*(p->is_error ? &said->errors : &said->warnings) += 1;
	said->own += !p->is_error && !strstr(p->message, "may slow down");
	(void)snprintf(said->last, sizeof said->last, "%s:%u:%u: %s",
		       p->place.path, p->place.line, p->place.column,
		       p->message);
}

static enum err_code check(const char *path, struct ruleset *set,
			   struct said *said, struct err *err)
{
	enum err_code code = ruleset_load(set, &path, 1, err);

	*said = (struct said){0};
	return code == ERR_OK ? ruleset_check(set, &zygote, 0, hear, said, err)
			      : code;
}

static void good_rules_are_counted_and_hashed(void **state UNUSED)
{
	struct ruleset a, b;
	struct said said;
	struct err err;

	free(put("one.yar", "rule A { strings: $a = \"xyz\" condition: $a }\n"
			    "private rule P { condition: filesize > 1 }"));
	free(put("two.yara", "import \"pe\" import \"hash\"\n"
			     "rule A { condition: P2 and filename == \"x\" "
			     "and filepath contains \"/\" and extension != "
			     "\"\" and filetype == \"\" and owner == \"\" "
			     "and md5 == \"\" } rule P2 { condition: true }"));
	free(put("ignored.txt", "no rule at all"));
	assert_code(check(dir, &a, &said, &err), ERR_FORMAT); /* P2 too late */
	ruleset_release(&a);
	free(put("two.yara", "import \"pe\"\nrule A { condition: filename == "
			     "\"x\" and owner == md5 }"));
	assert_ok(check(dir, &a, &said, &err), err);
	assert_int_equal(a.n_files, 2);
	assert_int_equal(a.n_rules, 3);
	assert_string_equal(a.files[0].ns, "one");
	assert_int_equal(strlen(a.sha256), 64);
	free(put("one.yar", "rule B { condition: true }"));
	assert_ok(check(dir, &b, &said, &err), err);
	assert_string_not_equal(a.sha256, b.sha256);
	ruleset_release(&a);
	ruleset_release(&b);
}

static void a_bad_rule_names_file_and_line(void **state UNUSED)
{
	struct ruleset set;
	struct said said;
	struct err err;
	char *path = put("bad.yar", "rule A {\n condition:\n  $nope }\n"), *want;

	free(put("worse.yar", "rule {"));
	want = xasprintf("%s:3:3: undefined string \"$nope\", the first of 2 "
			 "errors",
			 path);
	assert_code(check(dir, &set, &said, &err), ERR_FORMAT);
	assert_string_equal(err.msg, want);
	assert_int_equal(said.errors, 2); /* both files are told of */
	ruleset_release(&set);
	free(want);
	free(path);
}

static void includes_stay_in_the_folder(void **state UNUSED)
{
	static const char *const sources[] = {
		"include \"/etc/passwd\"\n", "include \"../../etc/passwd\"\n",
		"include \"out.yar\"\n", "include \"nothing.yar\"\n",
		"include \".\"\n", "include\n", "include \"inc.yar\"\n",
	};
	char *path = put("inc.yar", ""), *link, *want;
	struct ruleset set;
	struct err err;

	link = xasprintf("%s/out.yar", dir);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	want = xasprintf("%s:1:", path);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		const char *here = path;

		free(put("inc.yar", sources[i]));
		assert_code(ruleset_load(&set, &here, 1, &err), ERR_FORMAT);
		assert_non_null(strstr(err.msg, "inc.yar:"));
		assert_non_null(strstr(err.msg, "include"));
	}
	free(want);
	free(link);
	free(path);
}

static void includes_take_their_place(void **state UNUSED)
{
	struct ruleset set;
	struct said said;
	struct err err;
	char *path, *want;

	free(put("a_part.yar", "rule Part {\n condition: true }"));
	path = put("index.yar",
		   "// include \"nothing\"\n/* include \"nothing\" */\n"
		   "rule First { strings: $a = \"include \\\"x\\\"\" "
		   "$b = /include \"{3}/ condition: all of them }\n"
		   "include \"a_part.yar\" rule Last { condition: Part and "
		   "$x }\n");
	want = xasprintf("%s:4:54: undefined string \"$x\"", path);
	assert_code(check(dir, &set, &said, &err), ERR_FORMAT);
	assert_string_equal(err.msg, want);
	assert_int_equal(set.n_files, 1); /* the part is no file of its own */
	ruleset_release(&set);
	free(want);
	free(put("a_part.yar", "rule Part {\n condition: nope }"));
	assert_code(check(dir, &set, &said, &err), ERR_FORMAT);
	assert_non_null(strstr(said.last, "index.yar:4:54: undefined string"));
	assert_non_null(strstr(err.msg, "a_part.yar:2:13: undefined "
					"identifier \"nope\""));
	ruleset_release(&set);
	free(put("a_part.yar", "rule Part { condition: true }"));
	free(put("index.yar", "include \"a_part.yar\"\n"
			      "rule Last { condition: Part }"));
	assert_ok(check(dir, &set, &said, &err), err);
	assert_int_equal(set.n_rules, 2);
	ruleset_release(&set);
	free(path);
}

static void doubles_are_named(void **state UNUSED)
{
	struct ruleset set;
	struct said said;
	struct err err;
	char *want;

	free(put("one.yar", "rule Same { condition: true }"));
	free(put("two.yar", "\nprivate rule Same { condition: false }"));
	assert_ok(check(dir, &set, &said, &err), err);
	want = xasprintf("%s/two.yar:2:14: rule \"Same\" is in "
			 "%s/one.yar:1:6, too", dir, dir);
	assert_string_equal(said.last, want);
	assert_int_equal(set.n_warnings, 1);
	ruleset_release(&set);
	free(want);
	free(put("two.yar", "rule Twice { condition: true }\n"
			    "rule Twice { condition: false }"));
	assert_code(check(dir, &set, &said, &err), ERR_FORMAT);
	assert_non_null(strstr(err.msg, "two.yar:2:6: duplicated identifier "
					"\"Twice\", first in "));
	assert_non_null(strstr(err.msg, "two.yar:1:6"));
	ruleset_release(&set);
}

/* The error that is returned says that there are others. */
static void all_errors_are_said(void **state UNUSED)
{
	char *path = put("many.yar", "rule A { condition: $a }\n"
				     "rule B { condition: b }\n"
				     "rule C { condition: c }");
	struct ruleset set;
	struct said said;
	struct err err;

	assert_code(check(path, &set, &said, &err), ERR_FORMAT);
	assert_int_equal(said.errors, 3);
	assert_non_null(strstr(err.msg, "many.yar:1:21: undefined string "
					"\"$a\", the first of 3 errors"));
	ruleset_release(&set);
	free(path);
}

static void slow_rules_are_warned_about(void **state UNUSED)
{
	struct ruleset set;
	struct said said;
	struct err err;

	free(put("slow.yar", "rule Slow {\n strings:\n  $s = /a.*b/\n  "
			     "$t = \"x\"\n condition: any of them }"));
	assert_ok(check(dir, &set, &said, &err), err);
	assert_true(set.n_warnings >= 1);
	assert_int_equal(said.warnings, set.n_warnings);
	assert_non_null(strstr(said.last, "slow.yar:"));
	ruleset_release(&set);
}

/* What a rule's body makes the lint say, and where; NULL: nothing. */
static const struct {
	const char *body, *place, *says;
} slow_parts[] = {
	{"strings: $h = { 4D 5A 90 00 [0-20000] 50 45 00 01 }\ncondition: $h",
	 "1:41", "string \"$h\" jumps up to 20000 bytes"},
	{"strings: $h = { 4D 5A 90 00 [0-19999] 50 45 00 01 }\ncondition: $h",
	 NULL, NULL},
	{"strings: $h = { 4D 5A 90 00 // [0-99999]\n[5-] 50 45 00 01 }\n"
	 "condition: $h",
	 "2:1", "string \"$h\" has a jump without an end"},
	{"strings: $r = /abcd.{0,1000}efgh/\ncondition: $r", "1:33",
	 "string \"$r\" repeats up to 1000 times"},
	{"strings: $r = /abcd[^{0,5000}]{2}\\{0,5000}x{999}/\n"
	 "condition: $r",
	 NULL, NULL},
	{"strings: $s = \"abcd{0,5000} { [0-99999] }\"\ncondition: $s", NULL,
	 NULL},
	{"condition:\n for any i in (0..filesize - 4) : ( uint8(i) == 1 )",
	 "2:2", "a loop over all of a file"},
	{"condition:\n for any i in (filesize - 9..filesize) : ( i > 0 )", NULL,
	 NULL},
	{"condition:\n for all i in (0x1..10MB) : ( i > 0 )", "2:2",
	 "a loop of 10485760 rounds"},
	{"condition:\n for all i in (1, 2, 900000) : ( i > 0 )", NULL, NULL},
	{"strings: $s = \"abcd\" condition:\n for all of them : "
	 "( $ in (0..filesize) )",
	 NULL, NULL},
};

static void slow_parts_are_warned_about(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(slow_parts); i++) {
		char *source =
			xasprintf("rule Slow { %s }", slow_parts[i].body);
		char *path = put("parts.yar", source);
		struct ruleset set;
		struct said said;
		struct err err;
		char *want;

		assert_ok(check(path, &set, &said, &err), err);
		want = xasprintf("%s:%s: %s", path,
				 slow_parts[i].place ? slow_parts[i].place : "",
				 slow_parts[i].says ? slow_parts[i].says : "");
		assert_int_equal(said.own, slow_parts[i].says != NULL);
		if (slow_parts[i].says && !strstr(said.last, want))
			fail_msg("%s\nsays %s", source, said.last);
		ruleset_release(&set);
		free(want);
		free(path);
		free(source);
	}
}

/* The word alone, in a string or a comment, needs no database. */
static void the_magic_module_brings_its_database(void **state UNUSED)
{
	struct ruleset set;
	struct said said;
	struct err err;
	char *path = put("m.yar", "/* \"magic\" */ import \"pe\"\nrule A { "
				  "strings: $a = \"magic\" condition: $a }");

	assert_ok(check(path, &set, &said, &err), err);
	assert_int_equal(set.magic.n, 0);
	ruleset_release(&set);
	free(put("m.yar", "import \"magic\"\nrule A { condition: "
			  "magic.type() contains \"x\" }"));
	if (access("/usr/share/misc/magic.mgc", R_OK) == 0) {
		assert_ok(check(path, &set, &said, &err), err);
		assert_true(set.magic.n > 1000);
	} else {
		assert_code(check(path, &set, &said, &err), ERR_NOTFOUND);
		assert_non_null(strstr(err.msg, "magic.mgc"));
	}
	ruleset_release(&set);
	free(path);
}

static void nothing_to_read_is_said(void **state UNUSED)
{
	const char *missing = "/nonexistent/rules", *here = dir;
	struct ruleset set;
	struct err err;

	assert_code(ruleset_load(&set, &missing, 1, &err), ERR_NOTFOUND);
	assert_code(ruleset_load(&set, &here, 1, &err), ERR_NOTFOUND);
}

static void compiled_rules_come_back_when_wanted(void **state UNUSED)
{
	char *path = put("two.yar", "rule a { condition: true } "
				    "rule b { condition: false }");
	const char *paths[] = {path};
	struct rules_check k;
	struct ruleset set;
	struct record rec;
	struct buf out;
	struct err err;
	bool done = false;
	size_t used;

	assert_ok(ruleset_load(&set, paths, 1, &err), err);
	assert_ok(rules_check_begin(&k, &set, &zygote, 0, true, &err), err);
	while (!done) {
		struct deadline d = {.mono_ns = k.end_ns};

		assert_ok(wait_fd(k.child.chan.fd,
				  chan_wants_write(&k.child.chan)
					  ? POLLIN | POLLOUT
					  : POLLIN,
				  d, &err),
			  err);
		assert_ok(rules_check_step(&k, &done, &err), err);
	}
	assert_int_equal(set.n_rules, 2);
	assert_true(bytes_starts(buf_bytes(&k.compiled), "YARA"));
	buf_init(&out, 1 << 20);
	assert_ok(ruleset_encode_compiled(&set, buf_bytes(&k.compiled), &out,
					  &err),
		  err);
	assert_ok(record_next(buf_bytes(&out), &used, &rec, &err), err);
	assert_int_equal(used, out.n);
	assert_true(rec.u.rules.compiled && rec.u.rules.last);
	assert_true(bytes_eq(rec.u.rules.source, buf_bytes(&k.compiled)));
	rules_check_end(&k, &zygote);
	buf_release(&out);
	ruleset_release(&set);
	free(path);
}

static void large_files_travel_in_pieces(void **state UNUSED)
{
	struct ruleset set;
	struct said said;
	struct buf rule, out;
	struct err err;
	struct bytes rest;
	char *path;
	size_t pieces = 0;

	buf_init(&rule, 8u << 20);
	for (int i = 0; i < 20000; i++)
		assert_true(buf_addf(&rule, "rule R%d { strings: $a = "
				     "\"marker number %d\" condition: $a }\n",
				     i, i));
	path = put("large.yar", buf_str(&rule));
	assert_ok(check(path, &set, &said, &err), err);
	assert_int_equal(set.n_rules, 20000);
	buf_init(&out, 16u << 20);
	assert_ok(ruleset_encode(&set, &out, &err), err);
	for (rest = buf_bytes(&out); rest.n; pieces++) {
		struct record rec;
		size_t used;

		assert_ok(record_next(rest, &used, &rec, &err), err);
		assert_int_equal(rec.type, REQ_RULES);
		rest = bytes_skip(rest, used);
		assert_int_equal(rec.u.rules.last, rest.n == 0);
	}
	assert_true(pieces > 1);
	buf_release(&out);
	buf_release(&rule);
	ruleset_release(&set);
	free(path);
}

/* Whom we are after, and where our rules lie, is no host's business. */
static void words_stay_here(void **state UNUSED)
{
	char *path = put("secret.yar",
			 "// a comment on Mallory\nrule r { meta: author = "
			 "\"Mallory's friend\" reference = \"case 7, Mallory\" "
			 "strings: $a = \"needle\" condition: $a }\n");
	struct ruleset set;
	struct said said;
	struct buf out;
	struct err err;

	assert_ok(check(path, &set, &said, &err), err);
	buf_init(&out, 1u << 20);
	assert_ok(ruleset_encode_slim(&set, &out, &err), err);
	assert_non_null(memmem(out.p, out.n, "needle", 6));
	assert_null(memmem(out.p, out.n, "Mallory", 7));
	assert_null(memmem(out.p, out.n, path, strlen(path)));
	buf_release(&out);
	ruleset_release(&set);
	free(path);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BED(good_rules_are_counted_and_hashed),
		BED(a_bad_rule_names_file_and_line),
		BED(includes_stay_in_the_folder),
		BED(includes_take_their_place),
		BED(doubles_are_named),
		BED(all_errors_are_said),
		BED(slow_rules_are_warned_about),
		BED(slow_parts_are_warned_about),
		BED(the_magic_module_brings_its_database),
		BED(nothing_to_read_is_said),
		BED(compiled_rules_come_back_when_wanted),
		BED(large_files_travel_in_pieces),
		BED(words_stay_here),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
