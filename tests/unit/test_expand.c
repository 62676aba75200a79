/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ForensicArtifacts' definitions against the files that plaso and dfvfs find
 * for them in a tree made for it: the same ones, but for what differs on
 * purpose. HALLIGAN_CORPUS has the tree (fa-expand/), HALLIGAN_ARTIFACTS the
 * definitions (artifacts/data of a checkout).
 */
#include "unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>

#include "artifact/artifact.h"
#include "base/pathset.h"

#define FILES_MAX 20000u

static struct {
	char *v[FILES_MAX];
	size_t n;
} tree;

static struct artifact_set set;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_tree(const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;

	archive_read_support_filter_gzip(a);
	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_filename(a, path, 65536), 0);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);

		if (archive_entry_filetype(e) != AE_IFREG)
			continue;
		assert_true(tree.n < FILES_MAX);
		while (name[0] == '/' || (name[0] == '.' && name[1] == '/'))
			name += name[0] == '/' ? 1 : 2;
		tree.v[tree.n++] = xasprintf("/%s", name);
	}
	archive_read_free(a);
	qsort(tree.v, tree.n, sizeof *tree.v, by_name);
}

struct taken {
	struct pathset *patterns;
	uint32_t n;
};

/* plaso leaves sources of the type PATH out. */
static enum err_code take(void *arg, const struct artifact *of UNUSED,
			  const struct artifact_source *source UNUSED,
			  const struct req_pattern *p, struct err *err)
{
	struct taken *t = arg;

	return p->use == PATTERN_CONTENT
		       ? pathset_add(t->patterns, p->pattern, t->n++, err)
		       : ERR_OK;
}

static struct pathset *patterns_of(const struct artifact *a)
{
	static const char *const homes[] = {"/root", "/home/alice",
					    "/srv/homes/bob"};
	struct taken t = {.patterns = pathset_new()};
	struct err err;

	assert_ok(artifact_each_pattern(&set, a, take, &t, NULL, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++)
		assert_ok(pathset_add_home(t.patterns, bytes_str(homes[i]),
					   false, false, &err),
			  err);
	return t.patterns;
}

/* plaso takes sources of other systems, too. */
static bool is_of_others(const struct artifact *a)
{
	for (size_t i = 0; i < a->n_sources; i++)
		if (a->sources[i].os &&
		    !(a->sources[i].os & ARTIFACT_LINUX))
			return true;
	return false;
}

static bool is_in(json_t *paths, const char *path)
{
	size_t i;
	json_t *v;

	json_array_foreach(paths, i, v)
		if (strcmp(json_string_value(v), path) == 0)
			return true;
	return false;
}

/* How many files both have. */
static size_t compare(const struct artifact *a, json_t *paths)
{
	struct pathset *patterns = patterns_of(a);
	struct pathset_state at = {0};
	size_t both = 0;
	uint32_t id;

	for (size_t i = 0; i < tree.n; i++) {
		bool want = is_in(paths, tree.v[i]);
		bool got = pathset_find(patterns, bytes_str(tree.v[i]), &at) &&
			   pathset_ends(patterns, &at, &id, 1);

		both += want && got;
		if (got && !want)
			fail_msg("%s: %s is too many", a->name, tree.v[i]);
		if (want && !got && !is_of_others(a))
			fail_msg("%s: %s is missing", a->name, tree.v[i]);
	}
	pathset_state_release(&at);
	pathset_free(patterns);
	return both;
}

static void the_same_files_are_meant(void **state UNUSED)
{
	char *path = xasprintf("%s/fa-expand/expected.jsonl",
			       getenv("HALLIGAN_CORPUS"));
	FILE *f = fopen(path, "r");
	size_t n = 0, files = 0;
	json_t *row;

	assert_non_null(f);
	while ((row = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL))) {
		const char *name =
			json_string_value(json_object_get(row, "name"));
		const struct artifact *a = artifacts_find(&set, name);

		if (!a)
			fail_msg("there is no %s", name);
		files += compare(a, json_object_get(row, "paths"));
		n++;
		json_decref(row);
	}
	printf("%zu definitions, %zu files of %zu in the tree\n", n, files,
	       tree.n);
	assert_true(n >= 200 && files >= 6000);
	fclose(f);
	free(path);
}

static void hear(void *arg, const char *file, unsigned line, bool is_error,
		 const char *why)
{
	if (!is_error)
		return;
	printf("%s:%u: %s\n", file, line, why);
	++*(unsigned *)arg;
}

static void all_of_them_load(void **state UNUSED)
{
	unsigned n = 0;
	const struct artifact_sink sink = {hear, &n};
	struct err err;

	assert_ok(artifacts_load(&set, getenv("HALLIGAN_ARTIFACTS"), &sink,
				 &err),
		  err);
	artifacts_check(&set, &sink);
	assert_int_equal(n, 0);
	assert_true(set.n > 600);
}

int main(void)
{
	const char *corpus = getenv("HALLIGAN_CORPUS");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_them_load),
		cmocka_unit_test(the_same_files_are_meant),
	};
	char *path;

	if (!corpus || !getenv("HALLIGAN_ARTIFACTS")) {
		puts("skipped: HALLIGAN_CORPUS and HALLIGAN_ARTIFACTS do not "
		     "name the samples and the definitions");
		return 77;
	}
	path = xasprintf("%s/fa-expand/skeleton.tar.gz", corpus);
	read_tree(path);
	free(path);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
