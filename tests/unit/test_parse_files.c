/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of files and their times. */
#include "unit/parse_kit.h"

static void test_bodyfile(void **state UNUSED)
{
	static const char message[] =
		"/a|b (r/rrw-r--r--, uid 0, gid 5, size 16, inode 64-1)";
	struct parsed p = parse_file(
		"bodyfile", "/x",
		"# comment\n"
		"0|/a|b|64-1|r/rrw-r--r--|0|5|16|1700000001|1700000002.25|"
		"1700000003|1700000004.123456789\n"
		"0|'/l' -> '/t'|1|lrwxrwxrwx|0|0|1|1700000000|-|-1|0\n"
		"0|'/q'|1|-rw-r--r--|0|0|1|0|0|0|?\n"
		"0|/gone (deleted)|0|r/----------|0|0|0|0|0|0|0\n"
		"0|/bad|1|-rw-r--r--|0|0|1|x|1700000000|0|0\n0|short|1\n");

	assert_int_equal(p.n_events, 8);
	assert_int_equal(p.n_problems, 2);
	hold_event(&p, 0, "2023-11-14T22:13:21Z", "file.accessed", "", message);
	hold_event(&p, 1, "2023-11-14T22:13:22.25Z", "file.changed", "",
		   message);
	hold_event(&p, 2, "2023-11-14T22:13:23Z", "file.meta", "", message);
	hold_event(&p, 3, "2023-11-14T22:13:24.123456789Z", "file.created", "",
		   message);
	assert_true(p.events[1].e.precision_ns == 10000000);
	assert_true(p.events[3].e.precision_ns == 1);
	assert_string_equal(p.events[3].e.desc, DESC_CREATED);
	hold_event(&p, 4, "2023-11-14T22:13:20Z", "file.accessed", "",
		   "'/l' -> '/t' (lrwxrwxrwx, uid 0, gid 0, size 1, inode 1)");
	hold_event(&p, 5, "", "file.listed", "",
		   "/q (-rw-r--r--, uid 0, gid 0, size 1, inode 1)");
	hold_event(&p, 6, "", "file.listed", "",
		   "/gone (deleted) (r/----------, uid 0, gid 0, size 0, "
		   "inode 0)");
	hold_event(&p, 7, "2023-11-14T22:13:20Z", "file.changed", "",
		   "/bad (-rw-r--r--, uid 0, gid 0, size 1, inode 1)");
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodyfile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
