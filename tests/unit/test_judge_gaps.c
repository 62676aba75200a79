/* SPDX-License-Identifier: Apache-2.0 */
/* What a judge does not know of its host, and which checks that is about. */
#include "unit/case_util.h"

#include "base/time.h"
#include "case/judge.h"

static void put_fact(struct fix *f, const char *kind, const char *path)
{
	struct change *c = fix_record(f, REC_FACT);

	c->u.record.u.fact =
		(struct rec_fact){.kind = bytes_str(kind),
				  .name = bytes_str("x"),
				  .detail = bytes_str("{}"),
				  .length = 3,
				  .file_seq = put_evidence(f, path,
							   bytes_str("x:x"))};
	fix_submit(f, c);
}

static struct judge *judge_now(struct fix *f)
{
	struct judge *j;
	struct err err;

	fix_flush(f);
	if (judge_open(f->cf, "web01", &j, &err) != ERR_OK)
		fail_msg("%s", err.msg);
	return j;
}

/* What is lacking, "KIND: WHY" by newlines, with "!" where it was to be. */
struct lacking {
	char lines[2048];
};

static void take_lack(void *arg, const char *kind, const char *why, bool failed)
{
	struct lacking *l = arg;
	size_t n = strlen(l->lines);

	(void)snprintf(l->lines + n, sizeof l->lines - n, "%s%s: %s\n",
		       failed ? "!" : "", kind, why);
}

static enum err_code ignore(void *arg UNUSED, const char *const *names UNUSED,
			    const struct value *values UNUSED, size_t n UNUSED,
			    struct err *err UNUSED)
{
	return ERR_OK;
}

static struct lacking ask(struct fix *f, const char *sql)
{
	struct lacking l = {.lines = ""};
	const struct judge_ask q = {.sql = sql,
				    .limit_ns = 20 * NS_PER_S,
				    .max_rows = 100,
				    .row = ignore,
				    .lack = take_lack,
				    .arg = &l};
	struct judge *j = judge_now(f);
	struct err err;
	size_t at;

	if (judge_run(j, &q, &at, &err) != ERR_OK)
		fail_msg("%s: %s", sql, err.msg);
	judge_close(j);
	return l;
}

/* What reads that kind lacks it, with the words, or nothing (NULL). */
static void hold(struct fix *f, const char *kind, const char *words,
		 bool failed)
{
	char *sql = xasprintf("SELECT 1 FROM \"%s\"", kind);
	struct lacking l = ask(f, sql);

	if (!words)
		assert_string_equal(l.lines, "");
	else if (!strstr(l.lines, words) || (l.lines[0] == '!') != failed)
		fail_msg("%s: %s, not %s", kind, l.lines, words);
	free(sql);
}

static void what_was_never_told_is_a_gap(void **state)
{
	struct fix *f = *state;

	hold(f, "process", "no triage told it", false);
	hold(f, "account", "no files were taken", false);
	fix_run(f, "triage");
	put_triage(f);
	hold(f, "process", "did not come to it", true);
	hold(f, "account", "took no files", true);
	put_covered(f, "triage", "skipped", "no-probe", "odd-files");
	hold(f, "odd_file", "no-probe", false);
	put_covered(f, "triage", "failed", "hang", "processes");
	hold(f, "process", "processes: hang", true);
	put_covered(f, "triage", "collected", "", "processes");
	hold(f, "process", NULL, false);
	put_covered(f, "triage", "skipped", "not-found", "modules");
	hold(f, "module", NULL, false);
	fix_run(f, "triage");
	put_triage(f);
	put_covered(f, "triage", "failed", "permission", "processes");
	hold(f, "process", "an earlier triage told was judged", true);
}

static void a_file_that_was_not_taken_is_a_gap(void **state)
{
	struct fix *f = *state;

	fix_run(f, "triage");
	put_triage(f);
	put_fact(f, "resolver", "/etc/resolv.conf");
	put_covered(f, "triage", "skipped", "size", "/etc/passwd");
	put_covered(f, "triage", "failed", "hang", "/etc/cron.d");
	put_covered(f, "triage", "failed", "permission", "/etc/shadow");
	put_covered(f, "triage", "failed", "not-found", "/etc/hosts");
	put_run_host(f, "done");
	hold(f, "account", "/etc/passwd: size", true);
	hold(f, "password", "/etc/shadow: permission", true);
	hold(f, "cron", "/etc/cron.d: hang", true);
	hold(f, "hosts_entry", NULL, false);
	hold(f, "resolver", NULL, false);
	/* It came by another way. */
	fix_run(f, "collect");
	put_fact(f, "account", "/etc/passwd");
	hold(f, "account", NULL, false);
	(void)put_evidence(f, "/etc/sudoers", bytes_str("unread"));
	hold(f, "sudoers", "/etc/sudoers was not read yet", true);
	put_covered(f, "parse", "parsed", "sudoers", "/etc/sudoers");
	hold(f, "sudoers", NULL, false);
}

static void read_is_what_the_sql_names(void **state)
{
	struct fix *f = *state;
	struct lacking l =
		ask(f, "SELECT name FROM account WHERE uid = 0 AND NOT EXISTS"
		       " (SELECT 1 FROM password p"
		       " WHERE p.name = account.name)");

	assert_string_equal(l.lines, "account: no files were taken\n"
				     "password: no files were taken\n");
	l = ask(f, "SELECT count(*) FROM event");
	assert_string_equal(l.lines, "event: no files were taken\n");
	l = ask(f, "SELECT 1 FROM coverage");
	assert_string_equal(l.lines, "");
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_was_never_told_is_a_gap),
		TEST(a_file_that_was_not_taken_is_a_gap),
		TEST(read_is_what_the_sql_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
