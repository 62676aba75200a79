/* SPDX-License-Identifier: Apache-2.0 */
/* Names and copies of a file: scanned once, reported everywhere. */
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "unit/probe_kit.h"

#define EVIL "some EVIL content, and EVIL again"

static const char plain[] =
	"rule evil { strings: $a = \"EVIL\" condition: $a }\n"
	"rule big { condition: filesize > 1000 }\n";
/* The same, and one that makes names matter. */
static const char named[] =
	"rule evil { strings: $a = \"EVIL\" condition: $a }\n"
	"rule big { condition: filesize > 1000 }\n"
	"rule name { condition: filename == \"link 3\" }\n";

static void make_links(const struct folder *f, unsigned n)
{
	char name[32];

	folder_write(f, "link 0", bytes_str(EVIL));
	folder_write(f, "clean 0", bytes_str("nothing to see"));
	for (unsigned i = 1; i < n; i++) {
		char from[128];

		(void)snprintf(from, sizeof from, "%s", folder_at(f, "link 0"));
		(void)snprintf(name, sizeof name, "link %u", i);
		assert_int_equal(link(from, folder_at(f, name)), 0);
		(void)snprintf(from, sizeof from, "%s",
			       folder_at(f, "clean 0"));
		(void)snprintf(name, sizeof name, "clean %u", i);
		assert_int_equal(link(from, folder_at(f, name)), 0);
	}
}

static void look(const struct folder *f, const char *rules, struct took *t)
{
	struct plan plan = {0};

	plan_rules_str(&plan, "same.yar", rules);
	plan_root_str(&plan, f->path);
	plan_go(&plan, (struct req_start){
			       .scan = true, .context = 4, .threads = 1});
	kit_run(&plan, t);
}

/* Every name has its file, its match and its hits, and the first's number. */
static void expect_all(const struct took *t, const struct folder *f, unsigned n,
		       bool reused)
{
	uint64_t first = 0;
	unsigned n_same = 0;

	assert_int_equal(took_count(t, REC_HIT), 2 * n);
	for (unsigned i = 0; i < n; i++) {
		const struct rec_file *file;
		char name[32];

		(void)snprintf(name, sizeof name, "link %u", i);
		file = took_file(t, folder_at(f, name));
		assert_non_null(file);
		assert_int_equal(file->sha256.n, SHA256_LEN);
		assert_true(took_match(t, "evil", folder_at(f, name)));
		first = file->same_as ? file->same_as : first;
		n_same += file->same_as != 0;
	}
	assert_int_equal(n_same, reused ? n - 1 : 0);
	assert_true(!reused || first == took_nth(t, REC_FILE, 0)->u.file.seq);
	assert_int_equal(took_covered(t, "scanned", ""), 2 * n);
}

static void links_are_scanned_once(void **state UNUSED)
{
	struct folder f;
	struct took t;

	folder_make(&f);
	make_links(&f, 10);
	look(&f, plain, &t);
	expect_all(&t, &f, 10, true);
	took_release(&t);
	folder_remove(&f);
}

/* A rule that asks for names must see each of them. */
static void names_that_matter_are_scanned_each(void **state UNUSED)
{
	struct folder f;
	struct took t;

	folder_make(&f);
	make_links(&f, 10);
	look(&f, named, &t);
	expect_all(&t, &f, 10, false);
	assert_true(took_match(&t, "name", folder_at(&f, "link 3")));
	took_release(&t);
	folder_remove(&f);
}

/* The same size and the same first bytes are not the same content. */
static void what_differs_is_scanned(void **state UNUSED)
{
	uint8_t *bytes = noise(4096);
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "a", bytes_of(bytes, 4096));
	memcpy(bytes + 4000, "EVIL", 4);
	folder_write(&f, "b", bytes_of(bytes, 4096));
	look(&f, plain, &t);
	assert_false(took_match(&t, "evil", folder_at(&f, "a")));
	assert_true(took_match(&t, "evil", folder_at(&f, "b")));
	assert_true(took_match(&t, "big", folder_at(&f, "a")));
	assert_int_equal(took_file(&t, folder_at(&f, "b"))->same_as, 0);
	took_release(&t);
	folder_remove(&f);
	free(bytes);
}

/* Copies are looked for where hashing is fast; found, they are told alike. */
static void copies_match_as_the_first_did(void **state UNUSED)
{
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "one", bytes_str(EVIL));
	folder_write(&f, "two", bytes_str(EVIL));
	folder_write(&f, "xyz", bytes_str(EVIL));
	look(&f, plain, &t);
	assert_true(took_match(&t, "evil", folder_at(&f, "one")));
	assert_true(took_match(&t, "evil", folder_at(&f, "two")));
	assert_true(took_match(&t, "evil", folder_at(&f, "xyz")));
	assert_int_equal(took_count(&t, REC_HIT), 6);
	assert_int_equal(took_covered(&t, "scanned", ""), 3);
	took_release(&t);
	folder_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_scanned_once),
		cmocka_unit_test(names_that_matter_are_scanned_each),
		cmocka_unit_test(what_differs_is_scanned),
		cmocka_unit_test(copies_match_as_the_first_did),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("same", tests, NULL, NULL);
}
