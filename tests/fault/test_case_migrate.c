/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case of an earlier version, made by the program of that time: it verifies
 * as it is, becomes one of this version when it is opened for work, and
 * verifies then. Wherever that is cut off, by a full disk or by death, it is
 * as it was.
 */
#include "unit/case_util.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "case/schema.h"

/* As tests/data/README tells. */
static const struct old {
	int version;
	int64_t head_seq, findings, evidence;
} olds[] = {{1, 57, 4, 5}, {2, 105, 9, 10}, {3, 90, 8, 10}};

#define PAGE_FRAME    (16384 + 24) /* of the write-ahead log */
#define SHM_BYTES     32768 /* SQLite's index of that log, a file too */
#define LIMIT_NEVER   ((uint64_t)16 << 20)

static const struct old *old = olds; /* the one being tested */

static void unpack(const char *to)
{
	const char *src = getenv("HALLIGAN_SRCDIR");
	char *cmd = xasprintf("gzip -dc '%s/tests/data/version-%d.case.gz'"
			      " > '%s'", src ? src : ".", old->version, to);
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(cmd);
}

static int old_setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof *f);

	hash_lib_init();
	(void)snprintf(f->dir, sizeof f->dir, "/tmp/halligan-case-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	(void)snprintf(f->path, sizeof f->path, "%s/old.case", f->dir);
	unpack(f->path);
	*state = f;
	return 0;
}

static void expect_as_it_was(struct fix *f)
{
	struct verdict v = expect_sound(f);

	assert_int_equal(sql_int(f, "PRAGMA user_version"),
			 old->version);
	assert_int_equal(v.report.head_seq, old->head_seq);
	assert_int_equal(v.report.evidence_items, old->evidence);
}

static void it_verifies_as_it_is(void **state)
{
	expect_as_it_was(*state);
}

static void it_is_brought_to_our_version(void **state)
{
	struct fix *f = *state;
	struct verdict before = expect_sound(f), now;
	char *s, *told;

	fix_open(f);
	assert_int_equal(sql_int(f, "PRAGMA user_version"),
			 schema_version());
	s = sql_str(f, "SELECT actor || ' ' || detail FROM audit WHERE"
		       " action = 'case.migrate'");
	told = xasprintf("kim@laptop {\"from\":%d,\"to\":%d}", old->version,
			 schema_version());
	assert_string_equal(s, told);
	free(told);
	free(s);
	/* On top of what was there, not instead of it. */
	s = sql_str(f, "SELECT prev FROM audit WHERE action = 'case.migrate'");
	assert_string_equal(s, before.report.head);
	free(s);
	now = expect_sound(f);
	assert_int_equal(now.report.audit_rows, old->head_seq + 1);
	assert_int_equal(now.report.rows, before.report.rows);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"),
			 old->findings);
	fix_close(f);
	fix_open(f); /* once is enough */
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE"
				    " action = 'case.migrate'"), 1);
}

/* The same finding and the same file once more, and something new. */
static void it_takes_new_work(void **state)
{
	struct fix *f = *state;
	uint64_t file;

	fix_open(f);
	fix_host(f, "db02");
	fix_run(f, "hunt");
	file = put_file(f, "/usr/bin/x", "", false);
	put_hit(f, put_match(f, file, "a_rule", "high"), 5);
	put_evidence(f, "/etc/passwd", bytes_str("root:x:0:0:root:/root:\n"));
	put_run_host(f, "done");
	fix_flush(f);
	put_note(f, "went on with a later program");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"),
			 old->findings + 1);
	expect_sound(f);
	sql_tamper(f, "UPDATE findings SET status = 'benign' WHERE id = 1");
	assert_code(fix_verify(f).code, ERR_VERIFY);
}

static void a_foreign_object_stops_it(void **state)
{
	struct fix *f = *state;
	struct err err;

	sql_tamper(f, "CREATE TRIGGER t AFTER INSERT ON notes BEGIN"
		      " DELETE FROM findings; END");
	assert_code(case_open(f->path, "kim", -1, &f->cf, &err), ERR_FORMAT);
	assert_non_null(strstr(err.msg, "does not belong in a case"));
	assert_int_equal(sql_int(f, "PRAGMA user_version"),
			 old->version);
}

static void set_version(struct fix *f, int version)
{
	char *sql = xasprintf("PRAGMA user_version = %d", version);

	sql_tamper(f, sql);
	free(sql);
}

/* Our version's number on older tables, and the other way round. */
static void a_wrong_number_stops_it(void **state)
{
	struct fix *f = *state;
	struct err err;

	set_version(f, schema_version());
	assert_code(case_open(f->path, "kim", -1, &f->cf, &err), ERR_FORMAT);
	assert_code(fix_verify(f).code, ERR_VERIFY);
	set_version(f, old->version);
	fix_open(f);
	fix_close(f);
	set_version(f, old->version);
	assert_code(case_open(f->path, "kim", -1, &f->cf, &err), ERR_FORMAT);
}

/* In a process that may write no file past `limit`: what opening gave. */
static int open_limited(struct fix *f, uint64_t limit, bool dies)
{
	struct rlimit r = {.rlim_cur = limit, .rlim_max = limit};
	struct err err;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)signal(SIGXFSZ, dies ? SIG_DFL : SIG_IGN);
		(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
		if (setrlimit(RLIMIT_FSIZE, &r) != 0)
			_exit(100);
		/* Ends as it is, in the middle of whatever it got to. */
		_exit((int)case_open(f->path, "kim", -1, &f->cf, &err));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Death or a full disk at each page that the migration writes. */
static void cut_off_at_each_page(struct fix *f, bool dies)
{
	unsigned cuts = 0;
	uint64_t limit = SHM_BYTES;

	for (; limit < LIMIT_NEVER; limit += PAGE_FRAME) {
		int status = open_limited(f, limit, dies);

		if (WIFEXITED(status) && WEXITSTATUS(status) == ERR_OK)
			break;
		if (dies)
			assert_true(WIFSIGNALED(status));
		else
			assert_int_equal(WEXITSTATUS(status), ERR_IO);
		expect_as_it_was(f);
		cuts++;
	}
	assert_true(limit < LIMIT_NEVER);
	assert_true(cuts > 1); /* a later version has less to do */
	assert_int_equal(sql_int(f, "PRAGMA user_version"),
			 schema_version());
	expect_sound(f);
}

static void a_full_disk_leaves_it_as_it_was(void **state)
{
	cut_off_at_each_page(*state, false);
}

static void death_leaves_it_as_it_was(void **state)
{
	cut_off_at_each_page(*state, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, old_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_verifies_as_it_is),
		TEST(it_is_brought_to_our_version),
		TEST(it_takes_new_work),
		TEST(a_foreign_object_stops_it),
		TEST(a_wrong_number_stops_it),
		TEST(a_full_disk_leaves_it_as_it_was),
		TEST(death_leaves_it_as_it_was),
	};

	int failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(olds); i++) {
		old = &olds[i];
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
