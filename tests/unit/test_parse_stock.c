/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Debian ships, under its own paths: each file is read without a word of
 * complaint where a parser takes it, and no file has a sign. The trees are
 * those of scripts/test-chroots; without them this is skipped.
 */
#include "unit/parse_kit.h"

#include <ftw.h>

#include "base/buf.h"
#include "base/fs.h"
#include "parse/conf.h"

#define FILE_BYTES ((size_t)1 << 20)

static const char *const folders[] = {"etc",
				      "root",
				      "usr/lib/systemd",
				      "usr/lib/udev",
				      "usr/lib/modprobe.d",
				      "usr/lib/modules-load.d",
				      "usr/lib/python3",
				      "usr/lib/tmpfiles.d",
				      "usr/share/pam-configs",
				      "usr/lib/NetworkManager",
				      NULL};

static char root[4096];
static size_t n_read, n_facts, n_wrong;

static void hold(const struct parsed *p, const char *path)
{
	for (size_t i = 0; i < p->n_facts; i++) {
		n_facts++;
		if (!strstr(p->facts[i].detail, "\"signs\":[\""))
			continue;
		print_message("%s: %s\n", path, p->facts[i].detail);
		n_wrong++;
	}
	if (p->n_problems) {
		print_message("%s: %s\n", path, p->last_problem);
		n_wrong++;
	}
}

static int take(const char *path, const struct stat *st, int type,
		struct FTW *walk UNUSED)
{
	struct parse_input in = {.path = bytes_str(path + strlen(root)),
				 .mtime_ns = TIME_UNKNOWN,
				 .taken_ns = TIME_UNKNOWN};
	const struct parser *parser;
	struct parsed p;
	struct buf content;
	struct err err;

	if (type != FTW_F || st->st_size > (off_t)FILE_BYTES)
		return 0;
	buf_init(&content, FILE_BYTES);
	if (fs_read(path, &content, &err) == ERR_OK) {
		in.content = buf_bytes(&content);
		parser = parser_guess(&in);
		if (parser) {
			n_read++;
			assert_ok(parse_keep(parser, &in, &p, &err), err);
			hold(&p, path + strlen(root));
			parsed_release(&p);
		}
	}
	buf_release(&content);
	return 0;
}

static bool find_root(const char *suite)
{
	const char *given = getenv("HALLIGAN_CHROOTS");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (given)
		(void)snprintf(root, sizeof root, "%s/%s", given, suite);
	else if (cache)
		(void)snprintf(root, sizeof root, "%s/halligan/chroots/%s",
			       cache, suite);
	else
		(void)snprintf(root, sizeof root,
			       "%s/.cache/halligan/chroots/%s",
			       home ? home : "", suite);
	return access(root, R_OK | X_OK) == 0;
}

static void hold_suite(const char *suite)
{
	char path[sizeof root + 64];

	if (!find_root(suite)) {
		print_message("no %s: scripts/test-chroots makes it\n", root);
		skip();
	}
	n_read = n_facts = n_wrong = 0;
	for (size_t i = 0; folders[i]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", root, folders[i]);
		(void)nftw(path, take, 16, FTW_PHYS);
	}
	print_message("%s: %zu files, %zu facts\n", suite, n_read, n_facts);
	assert_true(n_read >= 20);
	assert_true(n_facts >= 50);
	assert_int_equal(n_wrong, 0);
}

static void test_bookworm(void **state UNUSED)
{
	hold_suite("bookworm");
}

static void test_trixie(void **state UNUSED)
{
	hold_suite("trixie");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bookworm),
		cmocka_unit_test(test_trixie),
	};
	bool any = find_root("bookworm");

	any |= find_root("trixie");
	if (!any) {
		printf("skipped: no %s: scripts/test-chroots makes it\n", root);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
