/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of artifacts: both forms, what is wrong with them, patterns. */
#include "unit/unit.h"

#include "artifact/artifact.h"
#include "base/pathset.h"
#include "wire/records.h"

struct heard {
	unsigned n, errors, line; /* of the last */
	char why[400];
};

static void hear(void *arg, const char *file UNUSED, unsigned line,
		 bool is_error, const char *why)
{
	struct heard *h = arg;

	h->n++;
	h->errors += is_error;
	h->line = line;
	(void)snprintf(h->why, sizeof h->why, "%s", why);
}

static struct heard read_text(struct artifact_set *set, const char *text)
{
	struct heard h = {0};
	const struct artifact_sink sink = {hear, &h};

	artifacts_read(set, "folder/artifacts/x.yaml", bytes_str(text), &sink);
	return h;
}

/* ---- ForensicArtifacts ---- */

#define GOOD                                                                   \
	"---\nname: Good\ndoc: Something.\nsources:\n- type: FILE\n"           \
	"  attributes: {paths: ['/etc/good']}\nsupported_os: [Linux]\n"

static const struct {
	const char *text, *why; /* a part of it */
	unsigned line;
} bad[] = {
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: "
	 "['/a']}\nsupported_os: Linux\n",
	 "supported_os is no list", 6},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: "
	 "['/a']}\nsupported_os: [Plan9]\n",
	 "Plan9 is no operating system", 6},
	{"name: X\ndoc: d\nsources:\n- type: ARTIFACT_GROUP\n  attributes: "
	 "{names: ['Y']}\n  supported_os: [Windows]\nsupported_os: [Linux]\n",
	 "supported_os of a source", 4},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: "
	 "['/a']}\nurls: 'http://x'\n",
	 "urls is no list", 6},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: "
	 "['/a']}\nextra: 1\n",
	 "has no 'extra'", 6},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: "
	 "['/a']}\n  returned_types: [Y]\n",
	 "has no 'returned_types'", 6},
	{"name: X\nsources:\n- type: FILE\n  attributes: {paths: ['/a']}\n",
	 "has no doc", 1},
	{"doc: d\nsources:\n- type: FILE\n  attributes: {paths: ['/a']}\n",
	 "without a name", 1},
	{"name: X\ndoc: d\n", "has no sources", 1},
	{"name: X\ndoc: d\nsources: []\n", "has no sources", 1},
	{"name: X\ndoc: d\nsources:\n- attributes: {paths: ['/a']}\n",
	 "without a type", 4},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n", "without attributes", 4},
	{"name: X\ndoc: d\nsources:\n- type: TAPE\n", "no type of source", 4},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {files: "
	 "['/a']}\n",
	 "FILE has no 'files'", 5},
	{"name: X\ndoc: d\nsources:\n- type: COMMAND\n  attributes: {args: "
	 "[]}\n",
	 "COMMAND has no cmd", 5},
	{"name: X\ndoc: d\ncollectors: []\n", "collectors are sources", 3},
	{"name: X\ndoc: [\n", "not YAML", 3},
	{"- a\n- b\n", "no mapping", 1},
	{"name: X\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: "
	 "['a\\tb\x01']}\n",
	 "", 0},
};

/* What is wrong costs itself, and says where; what is around it is read. */
static void mistakes_cost_themselves(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct artifact_set set = {0};
		char *text = xasprintf(GOOD "---\n%s" GOOD, bad[i].text);
		struct heard h = read_text(&set, text);

		if (h.n == 0 || !strstr(h.why, bad[i].why) ||
		    (bad[i].line && h.line != bad[i].line + 8))
			fail_msg("row %zu: %u problems, line %u: %s", i, h.n,
				 h.line, h.why);
		assert_int_equal(set.n, 2);
		assert_null(artifacts_find(&set, "X"));
		artifacts_release(&set);
		free(text);
	}
}

struct listed {
	size_t n;
	char all[2000];
};

static enum err_code list(void *arg, const struct artifact *of UNUSED,
			  const struct artifact_source *s UNUSED,
			  const struct req_pattern *p, struct err *err UNUSED)
{
	struct listed *l = arg;
	size_t at = strlen(l->all);

	l->n++;
	(void)snprintf(l->all + at, sizeof l->all - at, "%" PRIu64 " %.*s\n",
		       p->use, (int)p->pattern.n, (const char *)p->pattern.p);
	return ERR_OK;
}

static void patterns_of(const struct artifact_set *set, const char *name,
			struct listed *l, struct heard *h)
{
	const struct artifact_sink sink = {hear, h};
	const struct artifact *a = artifacts_find(set, name);
	struct err err;

	*l = (struct listed){0};
	*h = (struct heard){0};
	assert_non_null(a);
	assert_ok(artifact_each_pattern(set, a, list, l, &sink, &err), err);
}

static void paths_become_patterns(void **state UNUSED)
{
	struct artifact_set set = {0};
	struct listed l;
	struct heard h = read_text(
		&set,
		"name: A\naliases: [OldA]\ndoc: |\n  Two\n  lines.\nsources:\n"
		"- attributes:\n    paths:\n"
		"    - '/var/log/**/x[0-9]'\n    - '/a/**3/b c'\n"
		"    - '/a/**77/b'\n    - '%%users.homedir%%/.x*'\n"
		"    - '/odd\\name[1'\n    - '/trail//x/'\n  type: FILE\n"
		"- type: PATH\n  attributes: {paths:['/p']}\n"
		"- type: FILE\n  attributes: {paths: ['%%environ_x%%\\y']}\n"
		"  supported_os: [Windows]\n"
		"- type: COMMAND\n  attributes: {cmd: /bin/ps, args: [-ef]}\n"
		"supported_os: [Linux, Windows]\n");

	assert_int_equal(h.n, 0);
	patterns_of(&set, "OldA", &l, &h);
	assert_string_equal(l.all, "1 /var/log/**10/x[0-9]\n1 /a/**3/b c\n"
				   "1 /a/**10/b\n1 ~/.x*\n1 /odd\\\\name\\[1\n"
				   "1 /trail/x\n2 /p\n");
	assert_int_equal(h.n, 1); /* the command */
	assert_int_equal(h.errors, 0);
	assert_non_null(strstr(h.why, "not run: /bin/ps"));
	artifacts_release(&set);
	h = read_text(&set, "name: B\ndoc: d\nsources:\n- type: FILE\n"
			    "  attributes: {paths: ['%%users.sid%%/x', 'rel', "
			    "'/a/../b', '/ok']}\n");
	assert_int_equal(h.errors, 3);
	patterns_of(&set, "B", &l, &h);
	assert_string_equal(l.all, "1 /ok\n");
	artifacts_release(&set);
}

static void groups_end(void **state UNUSED)
{
	struct artifact_set set = {0};
	struct heard h = {0};
	const struct artifact_sink sink = {hear, &h};
	struct listed l;

	(void)read_text(
		&set,
		"name: A\ndoc: d\nsources:\n- type: ARTIFACT_GROUP\n"
		"  attributes: {names: [B, C]}\n"
		"---\nname: B\ndoc: d\nsources:\n- type: ARTIFACT_GROUP\n"
		"  attributes: {names: [A, C, OldC]}\n"
		"---\nname: C\naliases: [OldC]\ndoc: d\nsources:\n"
		"- type: FILE\n  attributes: {paths: ['/c']}\n");
	artifacts_check(&set, &sink);
	assert_int_equal(h.errors, 1);
	assert_non_null(strstr(h.why, "a circle"));
	patterns_of(&set, "A", &l, &h);
	assert_string_equal(l.all, "1 /c\n");
	(void)read_text(&set, "name: D\ndoc: d\nsources:\n"
			      "- type: ARTIFACT_GROUP\n"
			      "  attributes: {names: [Nobody]}\n");
	h = (struct heard){0};
	artifacts_check(&set, &sink);
	assert_int_equal(h.errors, 2);
	artifacts_release(&set);
}

/* ---- UAC ---- */

static void uac_is_read_by_lines(void **state UNUSED)
{
	struct artifact_set set = {0};
	struct listed l;
	struct heard h = read_text(
		&set,
		"version: 1.0 # a comment\n"
		"condition: command_exists \"x\": y\n"
		"artifacts:\n"
		"  -\n"
		"    description: First.\n"
		"    supported_os: [aix, linux]\n"
		"    collector: file\n"
		"    path: %user_home%/\"A b\" /etc/c\\ d\n"
		"    name_pattern: [\"*.x\", 'y\\,z']\n"
		"    max_depth: 2\n"
		"    exclude_name_pattern: [\"shadow\"]\n"
		"    max_file_size: 10M\n"
		"  -\n"
		"    supported_os: [all]\n"
		"    collector: find\n"
		"    path: /opt\n"
		"    path_pattern: [\"*/.git/hooks/*\"]\n"
		"  -\n"
		"    supported_os: [linux]\n"
		"    collector: command\n"
		"    command: \"\"\"\n"
		"      ps -ef # not this\n"
		"      w: x\n"
		"    \"\"\"\n"
		"  -\n"
		"    supported_os: [linux]\n"
		"    collector: file\n"
		"    path: /proc/%line%/maps\n"
		"  -\n"
		"    supported_os: [macos]\n"
		"    collector: file\n"
		"    path: /Users\n"
		"  -\n"
		"    supported_os: [linux]\n"
		"    collector: stat\n"
		"    path: /srv\n"
		"    max_depth: 1\n"
		"    permissions: [-4000, -2000]\n");

	assert_int_equal(h.errors, 0);
	assert_int_equal(h.n, 4); /* three conditions and a placeholder */
	patterns_of(&set, "uac/x", &l, &h);
	assert_string_equal(
		l.all,
		"1 ~/A b/*.x\n1 ~/A b/**1/*.x\n"
		"1 ~/A b/y,z\n1 ~/A b/**1/y,z\n"
		"1 /etc/c d/*.x\n1 /etc/c d/**1/*.x\n"
		"1 /etc/c d/y,z\n1 /etc/c d/**1/y,z\n"
		"2 /opt/.git/hooks/**64\n2 /opt/**64/.git/hooks/**64\n"
		"2 /srv\n2 /srv/**1\n");
	assert_non_null(strstr(h.why, "not run: ps -ef; w: x"));
	assert_int_equal(set.v[0].sources[0].max_size, 10 << 20);
	assert_string_equal(set.v[0].sources[0].exclude,
			    "shadow\nshadow/**\n");
	assert_string_equal(set.v[0].doc, "First.");
	artifacts_release(&set);
}

static void uac_mistakes_are_told(void **state UNUSED)
{
	static const struct {
		const char *text, *why;
		unsigned line;
	} rows[] = {
		{"artifacts:\n  description: x\n", "comes a dash", 2},
		{"artifacts:\n -\n  collector: tape\n  path: /x\n",
		 "no collector: tape", 2},
		{"artifacts:\n -\n  collector: file\n  colour: red\n"
		 "  path: /x\n  supported_os: [linux]\n",
		 "no key of an artifact: colour:", 4},
		{"artifacts:\n -\n  collector: file\n  path: /x\n"
		 "  supported_os: [hurd]\n",
		 "hurd is no operating system", 5},
		{"artifacts:\n -\n  supported_os: [linux]\n  path: /x\n",
		 "without a collector", 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct artifact_set set = {0};
		struct heard first = {0};
		const struct artifact_sink sink = {hear, &first};
		char *said = NULL;

		artifacts_read(&set, "x", bytes_str(rows[i].text), &sink);
		said = first.why;
		if (!first.errors)
			fail_msg("row %zu: nothing was told", i);
		if (!strstr(said, rows[i].why) &&
		    !strstr(said, "no entry of it can be used"))
			fail_msg("row %zu: %s", i, said);
		artifacts_release(&set);
	}
}

/* ---- the overlay, profiles, requests ---- */

static void the_overlay_is_about_definitions(void **state UNUSED)
{
	struct artifact_set set = {0};
	struct heard h = {0};
	const struct artifact_sink sink = {hear, &h};
	const struct artifact *a;

	(void)read_text(&set, GOOD);
	artifacts_read_overlay(
		&set, "o",
		bytes_str("Good:\n  parser: utmp\n  attack: [T1078, T1003.008]"
			  "\n  sensitivity: hashes\n  max_size: 2M\n"
			  "  volatility: 4\n"),
		&sink);
	assert_int_equal(h.n, 0);
	a = artifacts_find(&set, "Good");
	assert_string_equal(a->extra.parser, "utmp");
	assert_int_equal(a->extra.n_attack, 2);
	assert_int_equal(a->extra.secrecy, SECRECY_HASHES);
	assert_int_equal(a->extra.max_size, 2 << 20);
	assert_int_equal(a->extra.volatility, 4);
	artifacts_read_overlay(&set, "o",
			       bytes_str("Nobody: {parser: x}\n"
					 "Good: {attack: [X1]}\n"),
			       &sink);
	assert_int_equal(h.errors, 2);
	artifacts_release(&set);
}

static void a_profile_becomes_requests(void **state UNUSED)
{
	struct artifact_set set = {0};
	struct heard h = {0};
	const struct artifact_sink sink = {hear, &h};
	const char *profile = "wide", *name = "Goood";
	struct artifact_choice choice = {.profiles = &profile,
					 .n_profiles = 1,
					 .sink = &sink};
	struct record rec;
	struct buf out;
	struct err err;
	size_t used;

	(void)read_text(&set, GOOD);
	artifacts_read_profiles(
		&set, "p",
		bytes_str("small: {doc: d, artifacts: [Good]}\n"
			  "wide: {doc: d, artifacts: [small, Good, wide]}\n"
			  "none: {doc: d}\n"),
		&sink);
	assert_int_equal(h.errors, 1);
	buf_init(&out, 1 << 16);
	assert_ok(artifacts_request(&set, &choice, &out, &err), err);
	assert_ok(record_next(buf_bytes(&out), &used, &rec, &err), err);
	assert_int_equal(used, out.n);
	assert_int_equal(rec.type, REQ_PATTERN);
	assert_true(bytes_eq(rec.u.pattern.pattern, bytes_str("/etc/good")));
	profile = "nobody";
	assert_int_equal(artifacts_request(&set, &choice, &out, &err),
			 ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "small wide"));
	choice = (struct artifact_choice){.names = &name, .n_names = 1};
	assert_int_equal(artifacts_request(&set, &choice, &out, &err),
			 ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "did you mean Good?"));
	buf_release(&out);
	artifacts_release(&set);
}

/* ---- the set of patterns ---- */

static const struct {
	const char *pattern, *path;
	bool ends, goes_on;
} walks[] = {
	{"/etc/passwd", "/etc/passwd", true, false},
	{"/etc/passwd", "/etc", false, true},
	{"/etc/passwd", "/etc/passwd/x", false, false},
	{"/etc/*.conf", "/etc/.conf", true, false},
	{"/etc/*.conf", "/etc/a.conf", true, false},
	{"/etc/*.conf", "/etc/a.confx", false, false},
	{"/var/**/log", "/var/log", false, true},
	{"/var/**/log", "/var/a/log", true, true},
	{"/var/**", "/var", false, true},
	{"/var/**2", "/var/a/b", true, false},
	{"/var/**2", "/var/a/b/c", false, false},
	{"/v/**1/x", "/v/a/x", true, false},
	{"/v/**1/x", "/v/a/b/x", false, false},
	{"/v/**", "/v/1/2/3/4/5/6/7/8/9/10", true, false},
	{"/v/**", "/v/1/2/3/4/5/6/7/8/9/10/11", false, false},
	{"/a\\*", "/a*", true, false},
	{"/a\\*", "/ab", false, false},
	{"/[ab]?", "/ax", true, false},
	{"~/.ssh/id_*", "/home/al/.ssh/id_x", true, false},
	{"~/.ssh/id_*", "/root/.ssh/id_x", true, false},
	{"~/.ssh/id_*", "/srv/x/.ssh/id_x", false, false},
	{"~/.ssh/id_*", "/.ssh/id_x", true, false}, /* of a shallow home */
	{"~/**2/x", "/home/al/d/x", true, true},
	{"~/**2/x", "/d/x", false, false},
	{"~", "/home/al", true, false},
	{"/", "/", true, true},
};

static void patterns_are_walked(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		struct pathset *set = pathset_new();
		struct pathset_state at = {0};
		uint32_t ids[4];
		struct err err;
		bool found;

		assert_ok(pathset_add(set, bytes_str(walks[i].pattern), 7,
				      &err),
			  err);
		assert_ok(pathset_add_home(set, bytes_str("/root"), false,
					   false, &err),
			  err);
		assert_ok(pathset_add_home(set, bytes_str("/home"), true,
					   false, &err),
			  err);
		assert_ok(pathset_add_home(set, bytes_str("/"), false, true,
					   &err),
			  err);
		found = pathset_find(set, bytes_str(walks[i].path), &at) &&
			pathset_ends(set, &at, ids, 4) == 1;
		if (found != walks[i].ends ||
		    (at.n && walks[i].goes_on != pathset_goes_on(set, &at) &&
		     walks[i].pattern[0] != '~' && walks[i].path[1]))
			fail_msg("row %zu: %s at %s", i, walks[i].pattern,
				 walks[i].path);
		assert_true(!found || ids[0] == 7);
		pathset_state_release(&at);
		pathset_free(set);
	}
}

static void what_is_no_pattern_is_refused(void **state UNUSED)
{
	static const char *const rows[] = {"", "etc", "~x", "/a/[b", "/a\\/["};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pathset *set = pathset_new();
		struct err err;

		assert_int_equal(pathset_add(set, bytes_str(rows[i]), 0, &err),
				 ERR_USAGE);
		pathset_free(set);
	}
}

/* Folders that stars alone reach are not spelled out. */
static void what_is_spelled_out_is_known(void **state UNUSED)
{
	struct pathset *set = pathset_new();
	struct pathset_state at = {0}, to = {0};
	struct err err;

	assert_ok(pathset_add(set, bytes_str("/**/x"), 0, &err), err);
	assert_ok(pathset_add(set, bytes_str("/proc/cmdline"), 1, &err), err);
	pathset_begin(set, &at);
	assert_true(pathset_step(set, &at, bytes_str("proc"), true, &to));
	assert_int_equal(to.n, 1);
	assert_true(pathset_step(set, &at, bytes_str("proc"), false, &to));
	assert_true(to.n > 1);
	assert_false(pathset_step(set, &at, bytes_str("sys"), true, &to));
	pathset_state_release(&at);
	pathset_state_release(&to);
	pathset_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_cost_themselves),
		cmocka_unit_test(paths_become_patterns),
		cmocka_unit_test(groups_end),
		cmocka_unit_test(uac_is_read_by_lines),
		cmocka_unit_test(uac_mistakes_are_told),
		cmocka_unit_test(the_overlay_is_about_definitions),
		cmocka_unit_test(a_profile_becomes_requests),
		cmocka_unit_test(patterns_are_walked),
		cmocka_unit_test(what_is_no_pattern_is_refused),
		cmocka_unit_test(what_is_spelled_out_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
