/* SPDX-License-Identifier: Apache-2.0 */
/* Which files are meant: words, filters, packages. */
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/time.h"
#include "model/filter.h"
#include "probe/packages.h"
#include "unit/probe_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static const struct bytes hello = {(const uint8_t *)"hello", 5};

/* A walk of the folder with options as words, name and value in turn. */
static void look(const struct folder *f, const char *const *words,
		 struct took *t)
{
	struct filter_words w;
	struct plan plan = {0};
	struct err err;

	filter_words_init(&w);
	for (; words[0]; words += 2)
		assert_ok(filter_words_add(&w, words[0], words[1], &err), err);
	assert_ok(plan_add_filter(&plan, &w.filter, &err), err);
	for (size_t i = 0; i < w.n_globs; i++)
		assert_ok(plan_add_glob(&plan, &w.globs[i], &err), err);
	filter_words_release(&w);
	plan_root_str(&plan, f->path);
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run(&plan, t);
}

static void set_time(const struct folder *f, const char *name, time_t s)
{
	struct timespec ts[2] = {{.tv_sec = s}, {.tv_sec = s}};

	assert_int_equal(utimensat(AT_FDCWD, folder_at(f, name), ts, 0), 0);
}

static void lay(struct folder *f)
{
	folder_make(f);
	assert_int_equal(mkdir(folder_at(f, "www"), 0755), 0);
	assert_int_equal(mkdir(folder_at(f, "www/cache"), 0755), 0);
	folder_write(f, "www/a.php", hello);
	folder_write(f, "www/b.PHP", LIT("more than five"));
	folder_write(f, "www/.php", hello);
	folder_write(f, "www/cache/c.php", hello);
	folder_write(f, "tool", hello);
	assert_int_equal(chmod(folder_at(f, "tool"), 04755), 0);
	set_time(f, "www/a.php", 1700000000);
	set_time(f, "www/b.PHP", 1700000000);
	set_time(f, "www/.php", 1600000000);
	set_time(f, "www/cache/c.php", 1700086400);
	set_time(f, "tool", 1600000000);
}

/* What passes, of the five files that lay() makes, and folders left out. */
static const struct {
	const char *words[7];
	unsigned passed, excluded;
} rows[] = {
	{{NULL}, 5, 0},
	{{"min-size", "6"}, 1, 0},
	{{"ext", "php"}, 3, 0},
	{{"ext", ".php", "include", "**/tool"}, 4, 0},
	{{"ext", "php", "exclude", "cache"}, 2, 1},
	{{"exclude", "*.php"}, 2, 0},
	{{"include", "www/*"}, 3, 0},
	{{"include", "www/**"}, 4, 0},
	{{"exclude", "ww?"}, 1, 1},
	{{"mtime-after", "2023-11-14T22:13:20Z"}, 3, 0},
	{{"mtime-before", "2023-11-14T22:13:20Z"}, 2, 0},
	{{"mtime-after", "2023-11-15"}, 1, 0},
	{{"mtime-after", "1d"}, 0, 0},
	{{"ctime-after", "1d"}, 5, 0},
	{{"ctime-before", "1d"}, 0, 0},
	{{"mode", "setuid"}, 1, 0},
	{{"mode", "6000"}, 1, 0},
	{{"mode", "setuid,sticky,world-writable"}, 1, 0},
	{{"mode", "world-writable"}, 0, 0},
	{{"owner", "12345678"}, 0, 0},
	{{"mode", "setuid", "min-size", "6"}, 0, 0},
	{{"one-fs", NULL}, 5, 0},
};

static void each_filter_counts_what_it_leaves_out(void **state UNUSED)
{
	struct folder f;
	struct took t;

	lay(&f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		look(&f, rows[i].words, &t);
		if (took_count(&t, REC_FILE) != rows[i].passed ||
		    took_covered(&t, "skipped", "excluded") != rows[i].excluded)
			fail_msg("row %zu: %s", i, rows[i].words[0]);
		if (!rows[i].excluded)
			assert_int_equal(took_covered(&t, "skipped", "filtered"),
					 5 - rows[i].passed);
		assert_int_equal(took_covered(&t, "failed", ""), 0);
		took_release(&t);
	}
	folder_remove(&f);
}

/* As touch -d 2290-01-01 makes it. */
static void a_time_past_all_numbers_hides_nothing(void **state UNUSED)
{
	static const char *const after[] = {"mtime-after", "2023-11-14", NULL};
	static const char *const before[] = {"mtime-before", "2023-11-14",
					     NULL};
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "far", hello);
	set_time(&f, "far", (time_t)INT64_C(10098345600));
	look(&f, after, &t);
	assert_non_null(took_file(&t, folder_at(&f, "far")));
	took_release(&t);
	look(&f, before, &t);
	assert_non_null(took_file(&t, folder_at(&f, "far")));
	took_release(&t);
	folder_remove(&f);
}

static void an_excluded_folder_is_named(void **state UNUSED)
{
	static const char *const words[] = {"exclude", "cache", NULL};
	bool named = false;
	struct folder f;
	struct took t;

	lay(&f);
	look(&f, words, &t);
	for (size_t i = 0; i < t.n; i++)
		named |= t.recs[i].type == REC_COVERAGE &&
			 bytes_eq(t.recs[i].u.coverage.path,
				  bytes_str(folder_at(&f, "www/cache")));
	assert_true(named);
	took_release(&t);
	folder_remove(&f);
}

static void bad_words_are_refused(void **state UNUSED)
{
	static const char *const bad[][2] = {
		{"min-size", "x"},     {"min-size", "1Q"},
		{"mtime-after", "x"},  {"mtime-after", "2026-13-01"},
		{"ctime-before", "d"}, {"owner", ""},
		{"owner", "4294967296"}, {"mode", ""},
		{"mode", "9"},	       {"mode", "0"},
		{"mode", "suid"},      {"mode", "70000"},
		{"include", "[a"},     {"exclude", ""},
		{"ext", "."},	       {"ext", "a/b"},
	};
	struct filter_words w;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		filter_words_init(&w);
		if (filter_words_add(&w, bad[i][0], bad[i][1], &err) !=
		    ERR_USAGE)
			fail_msg("--%s %s", bad[i][0], bad[i][1]);
		filter_words_release(&w);
	}
	filter_words_init(&w);
	assert_ok(filter_words_add(&w, "packaged", NULL, &err), err);
	assert_code(filter_words_add(&w, "not-packaged", NULL, &err),
		    ERR_USAGE);
	filter_words_release(&w);
	assert_false(filter_has_option("path"));
}

static void words_that_rule_out_each_other_are_refused(void **state UNUSED)
{
	static const struct {
		const char *words[3][2];
		uint64_t max_size;
		enum err_code code;
		const char *ahead;
	} t[] = {
		{{{"min-size", "2K"}}, 2047, ERR_USAGE, NULL},
		{{{"min-size", "2K"}}, 2048, ERR_OK, NULL},
		{{{"min-size", "2K"}}, 0, ERR_OK, NULL},
		{{{"mtime-after", "1d"}, {"mtime-before", "2d"}},
		 0, ERR_USAGE, NULL},
		{{{"mtime-after", "2d"}, {"mtime-before", "1d"}},
		 0, ERR_OK, NULL},
		{{{"ctime-before", "2020-01-01"}, {"ctime-after", "2020-01-01"}},
		 0, ERR_USAGE, NULL},
		{{{"mtime-before", "2020-01-01"}, {"ctime-after", "2020-01-02"}},
		 0, ERR_OK, NULL},
		{{{"mtime-after", "2199-01-01"}}, 0, ERR_OK, "mtime-after"},
		{{{"ctime-after", "2199-01-01"}}, 0, ERR_OK, "ctime-after"},
		{{{"ctime-before", "2199-01-01"}}, 0, ERR_OK, NULL},
	};
	struct filter_words w;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		const char *ahead;

		filter_words_init(&w);
		for (size_t j = 0; t[i].words[j][0]; j++)
			assert_ok(filter_words_add(&w, t[i].words[j][0],
						   t[i].words[j][1], &err),
				  err);
		if (filter_words_check(&w, t[i].max_size, &err) != t[i].code)
			fail_msg("case %zu", i);
		ahead = filter_words_ahead(&w);
		assert_int_equal(!ahead, !t[i].ahead);
		if (ahead)
			assert_string_equal(ahead, t[i].ahead);
		filter_words_release(&w);
	}
}

static void make_dirs(const struct folder *f, const char *path)
{
	struct err err;

	assert_ok(fs_make_dirs(folder_at(f, path), 0755, &err), err);
}

/* An image with three package managers, one after the other. */
static void lay_packages(struct folder *f)
{
	folder_make(f);
	make_dirs(f, "usr/bin");
	make_dirs(f, "usr/lib");
	make_dirs(f, "var/lib/dpkg/info");
	make_dirs(f, "usr/lib/apk/db");
	make_dirs(f, "var/lib/pacman/local/x-1");
	make_dirs(f, "etc");
	assert_int_equal(symlink("usr/bin", folder_at(f, "bin")), 0);
	assert_int_equal(symlink("usr/lib", folder_at(f, "lib")), 0);
	assert_int_equal(symlink("bin", folder_at(f, "usr/sbin")), 0);
	assert_int_equal(symlink("usr/sbin", folder_at(f, "sbin")), 0);
	folder_write(f, "var/lib/dpkg/info/a.list",
		     LIT("/.\n/bin\n/bin/ls\n/sbin/init\n/etc/a b"));
	folder_write(f, "var/lib/dpkg/info/a.md5sums", LIT("x  /etc/no\n"));
	folder_write(f, "var/lib/dpkg/diversions",
		     LIT("/bin/sh\n/bin/sh.distrib\ndash\n"));
	folder_write(f, "usr/lib/apk/db/installed",
		     LIT("P:x\nF:usr/share\nR:apk\nZ:Q1\nF:\nR:top\n"));
	folder_write(f, "var/lib/pacman/local/x-1/files",
		     LIT("%FILES%\nusr/\nusr/pac\n\n%BACKUP%\netc/no 1\n"));
	folder_write(f, "var/lib/pacman/local/ALPM_DB_VERSION", LIT("9\n"));
}

static void count_gap(void *arg, const char *path UNUSED)
{
	++*(unsigned *)arg;
}

static void packages_are_read_by_ourselves(void **state UNUSED)
{
	static const char *const in[] = {
		"/bin/ls",     "/usr/bin/ls",	"/usr/bin/init",
		"/sbin/init",  "/etc/a b",	"/usr/bin/sh.distrib",
		"/usr/share/apk", "/top",	"/usr/pac"};
	static const char *const out[] = {"/usr/bin/evil", "/etc/no",
					  "/bin/sh", "/etc/no 1", "/",
					  "/usr/bin/ls2"};
	struct packages p;
	struct folder f;
	struct top top;
	unsigned gaps = 0;
	struct err err;

	lay_packages(&f);
	assert_ok(top_open_dir(&top, f.path, &err), err);
	packages_read(&p, &top, count_gap, &gaps);
	for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
		if (!packages_has(&p, bytes_str(in[i])))
			fail_msg("%s", in[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(out); i++) {
		if (packages_has(&p, bytes_str(out[i])))
			fail_msg("%s", out[i]);
	}
	assert_int_equal(gaps, 0);
	packages_release(&p);
	make_dirs(&f, "var/lib/rpm"); /* not readable for us */
	folder_write(&f, "var/lib/rpm/rpmdb.sqlite", LIT("SQLite"));
	packages_read(&p, &top, count_gap, &gaps);
	assert_int_equal(gaps, 1);
	packages_release(&p);
	top_release(&top);
	folder_remove(&f);
}

static void an_unknown_owner_is_a_failure(void **state UNUSED)
{
	static const char *const words[] = {"owner", "no such user", NULL};
	struct folder f;
	struct took t;

	lay(&f);
	look(&f, words, &t);
	assert_int_equal(took_count(&t, REC_FILE), 0);
	assert_int_equal(took_covered(&t, "failed", "unknown-user"), 1);
	took_release(&t);
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_filter_counts_what_it_leaves_out),
		cmocka_unit_test(a_time_past_all_numbers_hides_nothing),
		cmocka_unit_test(an_excluded_folder_is_named),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(words_that_rule_out_each_other_are_refused),
		cmocka_unit_test(packages_are_read_by_ourselves),
		cmocka_unit_test(an_unknown_owner_is_a_failure),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
