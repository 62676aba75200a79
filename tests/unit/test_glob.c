/* SPDX-License-Identifier: Apache-2.0 */
/* Globs of paths. */
#include "unit/unit.h"

#include "base/glob.h"
#include "base/time.h"

static bool matches(struct bytes pattern, struct bytes path)
{
	struct glob *glob;
	struct err err;
	bool yes;

	assert_ok(glob_compile(pattern, &glob, &err), err);
	yes = glob_matches(glob, path);
	glob_free(glob);
	return yes;
}

static const struct {
	const char *glob, *path;
	bool yes;
} rows[] = {
	{"/a", "/a", true},
	{"/a", "/ab", false},
	{"/a", "/b/a", false},
	{"a", "/b/a", true},
	{"a", "/a", true},
	{"a", "/ba", false},
	{"*.php", "/var/www/x.php", true},
	{"*.php", "/var/x.php/y", false},
	{"www/*.php", "/var/www/x.php", true},
	{"/var/*", "/var/x", true},
	{"/var/*", "/var/", true},
	{"/var/*", "/var/x/y", false},
	{"/var/**", "/var/x/y", true},
	{"/var/**", "/var", false},
	{"/**/a", "/a", true},
	{"/**/a", "/b/c/a", true},
	{"/**/a", "/b/ca", false},
	{"/a/**/b/*", "/a/b/x", true},
	{"/a/**/b/*", "/a/x/y/b/z", true},
	{"/a/**/b/*", "/a/x/y/b/z/w", false},
	{"/a**b", "/ax/y/b", true},
	{"/?", "/a", true},
	{"/?", "//", false},
	{"/[a-c]x", "/bx", true},
	{"/[a-c]x", "/dx", false},
	{"/[!a-c]x", "/dx", true},
	{"/[^a-c]x", "/bx", false},
	{"/x[!a]y", "/x/y", false},
	{"/[]]", "/]", true},
	{"/[a-]", "/-", true},
	{"/\\*", "/*", true},
	{"/\\*", "/x", false},
	{"/\xff*", "/\xff\xfe", true},
};

static void globs_match_whole_paths(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (matches(bytes_str(rows[i].glob), bytes_str(rows[i].path)) !=
		    rows[i].yes)
			fail_msg("%s of %s", rows[i].glob, rows[i].path);
	}
}

static void every_byte_is_one(void **state UNUSED)
{
	for (unsigned c = 0; c < 256; c++) {
		uint8_t path[] = {'/', 'x', (uint8_t)c};
		bool is_slash = c == '/';

		assert_int_equal(matches(bytes_str("/x?"), bytes_of(path, 3)),
				 !is_slash);
		assert_int_equal(matches(bytes_str("/x*"), bytes_of(path, 3)),
				 !is_slash);
		assert_true(matches(bytes_str("/**"), bytes_of(path, 3)));
	}
}

static void what_is_not_closed_is_refused(void **state UNUSED)
{
	static const char *const bad[] = {"", "[", "/[a", "/[]", "/a\\",
					  "/[a-", "/[\\"};
	char *longest = xmalloc(GLOB_LEN_MAX);
	struct glob *glob;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_code(glob_compile(bytes_str(bad[i]), &glob, &err),
			    ERR_USAGE);
	memset(longest, '?', GLOB_LEN_MAX);
	assert_code(glob_compile(bytes_of(longest, GLOB_LEN_MAX), &glob, &err),
		    ERR_USAGE);
	free(longest);
}

/* Words of more than one, across which states are carried. */
static void long_ones_match_too(void **state UNUSED)
{
	for (size_t n = 50; n < 1000; n += 37) {
		char *glob = xcalloc(n + 16, 1), *path = xcalloc(n + 16, 1);

		glob[0] = path[0] = '/';
		memset(glob + 1, '?', n);
		memset(path + 1, 'y', n);
		memcpy(glob + n + 1, "/**/*z", 6);
		memcpy(path + n + 1, "/z", 2);
		assert_true(matches(bytes_str(glob), bytes_str(path)));
		path[n] = '/';
		assert_false(matches(bytes_str(glob), bytes_str(path)));
		free(glob);
		free(path);
	}
}

/* A matcher that tries everything takes longer than there is time. */
static void no_glob_takes_long(void **state UNUSED)
{
	char glob[129] = "/", path[4096] = "/";
	int64_t begin = time_mono_ns();

	for (unsigned i = 0; i < 60; i++)
		memcpy(glob + 1 + 2 * (size_t)i, "*a", 2);
	glob[121] = 'b';
	memset(path + 1, 'a', sizeof path - 2);
	assert_false(matches(bytes_str(glob), bytes_str(path)));
	assert_true(time_mono_ns() - begin < NS_PER_S);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_whole_paths),
		cmocka_unit_test(every_byte_is_one),
		cmocka_unit_test(what_is_not_closed_is_refused),
		cmocka_unit_test(long_ones_match_too),
		cmocka_unit_test(no_glob_takes_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
