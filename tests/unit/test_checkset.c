/* SPDX-License-Identifier: Apache-2.0 */
/* Files of checks: what a header is, and what is wrong with one. */
#include "unit/unit.h"

#include "base/fs.h"
#include "detect/checkset.h"

#define GOOD                                                                   \
	"-- SPDX-License-Identifier: none\n--\n-- id: odd-thing\n"             \
	"-- title: An odd thing\n-- severity: high\n"                          \
	"-- attack: T1070.002 [T1685.006], T1014\n"                            \
	"-- why: because it\n--   goes on: here\n"                             \
	"-- false-positives: none\n\nSELECT 1\n  AS object\n"

struct said {
	char lines[1024];
	char dir[64];
};

static void say(void *arg, const struct check_problem *p)
{
	struct said *said = arg;
	size_t n = strlen(said->lines);

	(void)snprintf(said->lines + n, sizeof said->lines - n, "%u: %s\n",
		       p->line, p->message);
}

static int setup(void **state)
{
	struct said *said = xcalloc(1, sizeof *said);

	(void)snprintf(said->dir, sizeof said->dir, "/tmp/checkset-XXXXXX");
	*state = said;
	return mkdtemp(said->dir) ? 0 : -1;
}

static int teardown(void **state)
{
	struct said *said = *state;
	struct err err;
	enum err_code code = fs_remove_tree(said->dir, &err);

	free(said);
	return code == ERR_OK ? 0 : -1;
}

static char *write_file(struct said *said, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", said->dir, name);
	struct err err;

	assert_int_equal(fs_replace(path, bytes_str(text), 0600, &err), ERR_OK);
	return path;
}

static void a_header_goes_on_where_it_is_indented(void **state)
{
	char *path = write_file(*state, "odd-thing.sql", GOOD);
	struct checkset set = {0};
	const struct check *c;
	struct err err;
	char *techniques;

	assert_int_equal(checkset_load(&set, path, false, say, *state, &err),
			 ERR_OK);
	assert_int_equal(set.n, 1);
	c = checkset_find(&set, "odd-thing");
	assert_non_null(c);
	assert_string_equal(c->why, "because it goes on: here");
	assert_string_equal(c->severity, "high");
	assert_string_equal(c->source + c->sql, "SELECT 1\n  AS object\n");
	assert_int_equal(check_line(c, 0), 11);
	assert_int_equal(check_line(c, 12), 12);
	techniques = check_techniques(c);
	assert_string_equal(techniques, "T1070.002, T1014");
	free(techniques);
	checkset_hash(&set);
	assert_int_equal(strlen(set.sha256), 64);
	checkset_release(&set);
	free(path);
}

struct bad {
	const char *from, *to, *says;
};

/* The good one with one thing wrong. */
static char *spoil(const struct bad *b)
{
	const char *at = strstr(GOOD, b->from);

	assert_non_null(at);
	return xasprintf("%.*s%s%s", (int)(at - GOOD), GOOD, b->to,
			 at + strlen(b->from));
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
	static const struct bad all[] = {
		{"-- id: odd-thing\n", "", "1: it has no id\n"},
		{"-- title: An odd thing\n", "", "1: it has no title\n"},
		{"-- severity: high\n", "", "1: it has no severity\n"},
		{"-- attack: T1070.002 [T1685.006], T1014\n", "",
		 "1: it has no attack\n"},
		{"-- why: because it\n--   goes on: here\n", "",
		 "1: it has no why\n"},
		{"-- false-positives: none\n", "",
		 "1: it has no false-positives\n"},
		{"-- title: An odd thing", "-- title:", "4: it has no title\n"},
		{"severity: high", "severity: awful",
		 "5: 'awful' is no severity\n"},
		{"T1014", "T10", "6: techniques are written T1574.006, by a "
				 "comma and a blank\n"},
		{"id: odd-thing", "id: Odd",
		 "3: an id is of small letters, digits and -\n"},
		{"id: odd-thing", "id: other",
		 "3: the file is not called other.sql, as its id says\n"},
		{"-- why:", "-- reason: x\n-- why:",
		 "7: there is no header 'reason'\n"},
		{"-- why:", "-- title: x\n-- why:",
		 "7: title is there twice\n"},
		{"SELECT 1\n  AS object\n", "", "1: there is no SELECT\n"},
	};
	struct said *said = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		char *text = spoil(&all[i]);
		char *path = write_file(said, "odd-thing.sql", text);
		struct checkset set = {0};
		struct err err;

		said->lines[0] = '\0';
		assert_int_equal(
			checkset_load(&set, path, false, say, said, &err),
			ERR_FORMAT);
		assert_string_equal(said->lines, all[i].says);
		assert_int_equal(set.n, 0);
		checkset_release(&set);
		free(path);
		free(text);
	}
}

static void a_folder_is_read_and_one_takes_anothers_place(void **state)
{
	struct said *said = *state;
	struct checkset set = {0};
	struct err err;
	char *path;

	assert_int_equal(checkset_load(&set, said->dir, false, say, said, &err),
			 ERR_NOTFOUND);
	assert_false(checkset_is_at(said->dir));
	path = write_file(said, "odd-thing.sql", GOOD);
	free(write_file(said, ".hidden.sql", "x"));
	free(write_file(said, "notes.txt", "x"));
	assert_true(checkset_is_at(said->dir));
	assert_true(checkset_is_at(path));
	assert_int_equal(checkset_load(&set, said->dir, false, say, said, &err),
			 ERR_OK);
	assert_int_equal(checkset_load(&set, path, false, say, said, &err),
			 ERR_FORMAT);
	assert_non_null(strstr(said->lines, "has the id odd-thing, too"));
	assert_int_equal(checkset_load(&set, path, true, say, said, &err),
			 ERR_OK);
	assert_int_equal(set.n, 1);
	assert_string_equal(set.v[0].path, path);
	checkset_release(&set);
	free(path);
}

static void what_is_no_text_is_refused(void **state)
{
	char *path = write_file(*state, "odd-thing.sql", "-- id: \xff\xfe\n");
	struct checkset set = {0};
	struct err err;

	assert_int_equal(checkset_load(&set, path, false, say, *state, &err),
			 ERR_FORMAT);
	assert_non_null(strstr(err.msg, "no text in UTF-8"));
	checkset_release(&set);
	free(path);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_header_goes_on_where_it_is_indented),
		TEST(what_is_wrong_is_said_with_its_line),
		TEST(a_folder_is_read_and_one_takes_anothers_place),
		TEST(what_is_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
