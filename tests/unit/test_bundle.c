/* SPDX-License-Identifier: Apache-2.0 */
/* Which probe goes to which machine, and bundles that are not whole. */
#include "unit/unit.h"

#include "unit/job_fakes.h"

#include "base/fs.h"
#include "base/hash.h"
#include "job/bundle.h"

static char dir[64];

static int set_up(void **state UNUSED)
{
	(void)snprintf(dir, sizeof dir, "/tmp/halligan-bundle.XXXXXX");
	assert_non_null(mkdtemp(dir));
	fake_bundle(dir);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	struct err err;

	return fs_remove_tree(dir, &err) != ERR_OK;
}

static void put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct err err;

	assert_ok(fs_replace(path, bytes_str(text), 0644, &err), err);
	free(path);
}

static void machines_have_their_probe(void **state UNUSED)
{
	static const struct {
		const char *system, *machine, *arch; /* NULL: none */
	} cases[] = {
		{"Linux", "x86_64", "x86_64"}, {"Linux", "armv7l", "armhf"},
		{"Linux", "armv8l", "armhf"},  {"Linux", "armv6l", NULL},
		{"Linux", "aarch64", NULL},    {"Linux", "i686", NULL},
		{"FreeBSD", "x86_64", NULL},   {"Linux", "", NULL},
		{"Linux", "../x", NULL},       {"", "x86_64", NULL},
	};
	struct bundle b;
	struct err err;

	assert_ok(bundle_open(&b, dir, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct probe *p = NULL;
		enum err_code code =
			bundle_find(&b, bytes_str(cases[i].system),
				    bytes_str(cases[i].machine), true, &p,
				    &err);

		assert_int_equal(code,
				 cases[i].arch ? ERR_OK : ERR_UNSUPPORTED);
		if (cases[i].arch)
			assert_string_equal(p->arch, cases[i].arch);
	}
	bundle_release(&b);
}

static void what_is_missing_is_named(void **state UNUSED)
{
	struct probe *p;
	struct bundle b;
	struct err err;

	assert_ok(bundle_open(&b, dir, &err), err);
	assert_code(bundle_find(&b, bytes_str("FreeBSD"), bytes_str("amd64"),
				true, &p, &err),
		    ERR_UNSUPPORTED);
	assert_string_equal(err.msg, "no probe for FreeBSD amd64; there is one "
				     "for Linux on x86_64, armhf");
	bundle_release(&b);
}

/* The plain form is not on disk: it comes out of the zst one, as often as it
 * is wanted, and is what was hashed. */
static void the_plain_form_is_unpacked(void **state UNUSED)
{
	struct bytes want = bytes_str(FAKE_PROBE "armhf"), got;
	uint8_t digest[SHA256_LEN];
	char sha256[65];
	struct probe *p;
	struct bundle b;
	struct err err;

	hash_sha256(want, digest);
	(void)hex_encode(bytes_of(digest, sizeof digest), sha256,
			 sizeof sha256);
	assert_ok(bundle_open(&b, dir, &err), err);
	assert_int_equal(bundle_largest(&b, true), strlen(FAKE_PROBE "x86_64"));
	assert_ok(bundle_find(&b, bytes_str("Linux"), bytes_str("armv7l"), true,
			      &p, &err),
		  err);
	assert_string_equal(p->sha256, sha256);
	assert_string_equal(p->engine, "libyara 4.5.2");
	for (int i = 0; i < 2; i++) {
		assert_ok(bundle_form(&b, p, PROBE_RAW, &got, &err), err);
		assert_true(bytes_eq(got, want));
	}
	assert_code(bundle_form(&b, p, PROBE_GZ, &got, &err), ERR_NOTFOUND);
	put("halligan-probe-armhf.gz", "packed otherwise");
	assert_ok(bundle_form(&b, p, PROBE_GZ, &got, &err), err);
	assert_true(bytes_eq(got, bytes_str("packed otherwise")));
	bundle_release(&b);
}

/* Whoever is not to scan gets the lean one, where there is one. */
static void lean_ones_go_where_nothing_is_scanned(void **state UNUSED)
{
	static const struct {
		const char *machine;
		bool scans;
		const char *name;
	} cases[] = {
		{"x86_64", false, "x86_64-lean"}, {"x86_64", true, "x86_64"},
		{"armv7l", false, "armhf"},       {"armv7l", true, "armhf"},
	};
	struct bundle b;
	struct probe *p;
	struct err err;
	char list[200];

	(void)snprintf(list, sizeof list,
		       "x86_64 %zu libyara 4.5.2\narmhf %zu libyara 4.5.2\n"
		       "x86_64-lean 9 no engine\n",
		       strlen(FAKE_PROBE "x86_64"), strlen(FAKE_PROBE "armhf"));
	put("halligan-probes", list);
	fake_packed(dir, "x86_64-lean", "lean one\n");
	assert_ok(bundle_open(&b, dir, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_ok(bundle_find(&b, bytes_str("Linux"),
				      bytes_str(cases[i].machine),
				      cases[i].scans, &p, &err),
			  err);
		assert_string_equal(p->name, cases[i].name);
	}
	assert_int_equal(bundle_largest(&b, true), strlen(FAKE_PROBE "x86_64"));
	assert_int_equal(bundle_largest(&b, false), strlen(FAKE_PROBE "armhf"));
	assert_code(bundle_find(&b, bytes_str("Linux"), bytes_str("s390x"),
				false, &p, &err),
		    ERR_UNSUPPORTED);
	assert_string_equal(err.msg, "no probe for Linux s390x; there is one "
				     "for Linux on x86_64, armhf");
	bundle_release(&b);
}

static void a_probe_that_was_swapped_is_not_sent(void **state UNUSED)
{
	struct probe *p;
	struct bundle b;
	struct err err;

	put("halligan-probes", "x86_64 18 libyara 4.5.2\narmhf 5 libyara 1\n");
	assert_ok(bundle_open(&b, dir, &err), err);
	assert_code(bundle_find(&b, bytes_str("Linux"), bytes_str("armv7l"),
				true, &p, &err),
		    ERR_FORMAT);
	put("halligan-probe-armhf.zst", "no zstd at all");
	bundle_release(&b);
	assert_ok(bundle_open(&b, dir, &err), err);
	assert_code(bundle_find(&b, bytes_str("Linux"), bytes_str("armv7l"),
				true, &p, &err),
		    ERR_FORMAT);
	bundle_release(&b);
}

static void lists_that_make_no_sense_are_refused(void **state UNUSED)
{
	static const struct {
		const char *list;
		enum err_code code;
	} cases[] = {
		{"", ERR_NOTFOUND},
		{"\n\n", ERR_NOTFOUND},
		{"x86_64\n", ERR_FORMAT},
		{"x86_64 big libyara\n", ERR_FORMAT},
		{"x86_64 0 libyara\n", ERR_FORMAT},
		{"x86_64 99999999999999 libyara\n", ERR_FORMAT},
		{"../../etc/passwd 5 libyara\n", ERR_FORMAT},
		{"averyveryverylongarchitecture 5 libyara\n", ERR_FORMAT},
		{"a 1 x\na 1 x\na 1 x\na 1 x\na 1 x\na 1 x\na 1 x\na 1 x\n"
		 "a 1 x\na 1 x\na 1 x\na 1 x\na 1 x\na 1 x\na 1 x\na 1 x\n"
		 "a 1 x\n",
		 ERR_FORMAT},
	};
	struct bundle b;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put("halligan-probes", cases[i].list);
		assert_code(bundle_open(&b, dir, &err), cases[i].code);
	}
}

int main(void)
{
#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_DIR(machines_have_their_probe),
		IN_DIR(what_is_missing_is_named),
		IN_DIR(the_plain_form_is_unpacked),
		IN_DIR(lean_ones_go_where_nothing_is_scanned),
		IN_DIR(a_probe_that_was_swapped_is_not_sent),
		IN_DIR(lists_that_make_no_sense_are_refused),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
