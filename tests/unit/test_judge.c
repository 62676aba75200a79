/* SPDX-License-Identifier: Apache-2.0 */
/* What SQL of checks sees of a case, what it may do, and what becomes of what
 * it finds. */
#include "unit/case_util.h"

#include "case/judge.h"
#include "model/fact.h"

#define SECOND INT64_C(1000000000)

struct answer {
	char rows[4096]; /* cells by '|', rows by a newline */
	size_t n;
};

static void add(struct answer *a, struct bytes b)
{
	size_t n = strlen(a->rows);

	(void)snprintf(a->rows + n, sizeof a->rows - n, "%.*s", (int)b.n,
		       b.n ? (const char *)b.p : "");
}

static void add_cell(struct answer *a, const struct value *v)
{
	char number[32];

	(void)snprintf(number, sizeof number, "%" PRId64, v->i);
	if (v->type == VALUE_INT)
		add(a, bytes_str(number));
	else
		add(a, v->type == VALUE_NULL ? bytes_str("-") : v->b);
}

static enum err_code take(void *arg, const char *const *names UNUSED,
			  const struct value *values, size_t n,
			  struct err *err UNUSED)
{
	struct answer *a = arg;

	if (a->n++)
		add(a, bytes_str("\n"));
	for (size_t i = 0; i < n; i++) {
		if (i)
			add(a, bytes_str("|"));
		add_cell(a, &values[i]);
	}
	return ERR_OK;
}

static enum err_code ask(struct judge *j, const char *sql, struct answer *a,
			 size_t *at, struct err *err)
{
	const struct judge_ask q = {.sql = sql,
				    .limit_ns = 20 * SECOND,
				    .max_rows = 100,
				    .row = take,
				    .arg = a};

	*a = (struct answer){.n = 0};
	return judge_run(j, &q, at, err);
}

static void assert_answer(struct judge *j, const char *sql, const char *want)
{
	struct answer a;
	struct err err;
	size_t at;

	if (ask(j, sql, &a, &at, &err) != ERR_OK)
		fail_msg("%s: %s", sql, err.msg);
	assert_string_equal(a.rows, want);
}

static void assert_refused(struct judge *j, const char *sql)
{
	struct answer a;
	struct err err;
	size_t at;

	if (ask(j, sql, &a, &at, &err) != ERR_FORMAT)
		fail_msg("not refused: %s", sql);
	assert_int_equal(a.n, 0);
	assert_true(at <= strlen(sql));
}

/* ---- what it sees ---- */

static void put_fact(struct fix *f, uint64_t file, const char *kind,
		     const char *name, const char *detail)
{
	struct change *c = fix_record(f, REC_FACT);

	c->u.record.u.fact = (struct rec_fact){.kind = bytes_str(kind),
					       .name = bytes_str(name),
					       .detail = bytes_str(detail),
					       .file_seq = file,
					       .length = file ? 3 : 0};
	fix_submit(f, c);
}

static void put_process(struct fix *f, uint64_t pid, const char *detail)
{
	struct change *c = fix_record(f, REC_PROCESS);

	c->u.record.u.process = (struct rec_process){
		.seq = pid,
		.pid = pid,
		.ppid = 1,
		.exe = bytes_str("/usr/bin/x"),
		.cmdline = bytes_of("x\0-d\0y", 6),
		.detail = bytes_str(detail)};
	fix_submit(f, c);
}

static struct judge *judge_of(struct fix *f, const char *host)
{
	struct judge *j;
	struct err err;

	fix_flush(f);
	if (judge_open(f->cf, host, &j, &err) != ERR_OK)
		fail_msg("%s", err.msg);
	return j;
}

static void members_are_columns_of_their_type(void **state)
{
	struct fix *f = *state;
	struct judge *j;

	put_fact(f, put_evidence(f, "/etc/cron.d/x", bytes_str("abc")), "cron",
		 "curl x",
		 "{\"account\":\"root\",\"signs\":[\"fetch\",\"netcat\"]}");
	put_fact(f, 0, "module", "good",
		 "{\"size\":7,\"proc\":true,\"sys\":false,\"path\":\"/x.ko\"}");
	put_fact(f, 0, "module", "bad",
		 "{\"size\":\"7\",\"proc\":1,\"users\":\"x\",\"taint\":[1]}");
	put_process(f, 7, "{\"comm\":\"x\",\"environ\":[\"A=1\"],\"tty\":3}");
	j = judge_of(f, "web01");
	assert_answer(j,
		      "SELECT name, account, cron.path, length, value FROM cron,"
		      " json_each(signs)",
		      "curl x|root|/etc/cron.d/x|3|fetch\n"
		      "curl x|root|/etc/cron.d/x|3|netcat");
	assert_answer(j,
		      "SELECT name, size, proc, sys, users, taint,"
		      " module_path, path FROM module ORDER BY name DESC",
		      "good|7|1|0|-|-|/x.ko|-\nbad|-|-|-|-|-|-|-");
	assert_answer(j,
		      "SELECT pid, exe, cmdline, comm, environ, tty, host"
		      " FROM process",
		      "7|/usr/bin/x|x -d y|x|[\"A=1\"]|3|web01");
	assert_answer(j, "SELECT path, complete FROM evidence",
		      "/etc/cron.d/x|1");
	assert_int_equal(judge_rows(j), 5);
	judge_close(j);
}

static void only_the_newest_picture_of_one_host_is_seen(void **state)
{
	struct fix *f = *state;
	struct err err;
	struct judge *j;

	put_fact(f, 0, "module", "other", "{}");
	fix_host(f, "web2");
	fix_run(f, "triage");
	put_triage(f);
	put_fact(f, 0, "module", "old", "{}");
	put_process(f, 1, "{}");
	fix_run(f, "triage");
	put_triage(f);
	put_fact(f, 0, "module", "new", "{}");
	put_process(f, 2, "{}");
	j = judge_of(f, "web2");
	assert_answer(j, "SELECT name FROM module", "new");
	assert_answer(j, "SELECT pid FROM process", "2");
	assert_answer(j, "SELECT name FROM host", "web2");
	judge_close(j);
	j = judge_of(f, "web01");
	assert_answer(j, "SELECT name FROM module", "other");
	judge_close(j);
	assert_int_equal(judge_open(f->cf, "web3", &j, &err), ERR_NOTFOUND);
	assert_null(j);
}

static void functions_take_paths_and_ends_apart(void **state UNUSED)
{
	struct judge *j;
	struct err err;

	assert_int_equal(judge_open_fixture((struct bytes){0}, &j, &err),
			 ERR_OK);
	assert_answer(j,
		      "SELECT base_name('/a/b'), dir_name('/a/b'),"
		      " dir_name('/a'), dir_name('a'), base_name(NULL)",
		      "b|/a|/||-");
	assert_answer(j,
		      "SELECT address_of('192.0.2.7:443'),"
		      " port_of('192.0.2.7:443'),"
		      " address_of('[2001:db8::7]:22'),"
		      " port_of('[2001:db8::7]:22'),"
		      " address_of('[::ffff:192.0.2.9]:1'), port_of('x:99999')",
		      "192.0.2.7|443|2001:db8::7|22|192.0.2.9|-");
	assert_answer(j,
		      "SELECT 'abc' REGEXP '^a.c$', 'abc' REGEXP 'x',"
		      " NULL REGEXP 'x', words(x'612d00')",
		      "1|0|-|a-");
	assert_answer(j,
		      "SELECT is_scratch('/tmp/x'), is_scratch('/srv/tmp/x'),"
		      " is_hidden('/usr/.x/y'), is_hidden('/home/k/.local/x'),"
		      " is_hidden('.x'), is_hidden(NULL),"
		      " program_of('-@/bin/x -d'), program_of(''),"
		      " top_of('/a/b/c', 2), top_of('/a/b', 2)",
		      "1|0|1|0|0|0|/bin/x|-|/a/b|/a/b");
	assert_answer(j, "SELECT count(*) > 10 FROM strong_sign", "1");
	assert_refused(j, "SELECT 'a' REGEXP '('");
	judge_close(j);
}

/* ---- what it may do ---- */

static void only_a_select_over_what_is_documented(void **state)
{
	static const char *const bad[] = {
		"",
		"-- nothing",
		"INSERT INTO module (name) VALUES ('x')",
		"DELETE FROM module",
		"UPDATE main.hosts SET name = 'x'",
		"CREATE TABLE temp.t (x)",
		"ATTACH 'x' AS y",
		"DETACH main",
		"PRAGMA query_only = 0",
		"SELECT * FROM pragma_database_list",
		"SELECT * FROM main.hosts",
		"SELECT * FROM main.finding",
		"SELECT * FROM sqlite_schema",
		"SELECT * FROM temp.sqlite_schema",
		"SELECT load_extension('x')",
		/* a name that is also one of ours */
		"SELECT name FROM (SELECT name FROM main.hosts) AS event",
		"WITH event AS (SELECT * FROM main.hosts)"
		" SELECT name FROM event",
		"WITH other AS (SELECT * FROM main.findings)"
		" SELECT * FROM other",
		"WITH host AS (SELECT * FROM host, main.runs)"
		" SELECT * FROM host",
		"SELECT (SELECT name FROM main.hosts) FROM event",
		"SELECT count(*) FROM main.hosts",
		"SELECT 1 FROM main.hosts AS event",
		"SELECT count(*) FROM hosts",
		"SELECT name FROM hosts",
		/* what tells of the connection, or has no end */
		"SELECT count(*) FROM pragma_function_list",
		"SELECT randomblob(9)",
		"SELECT sqlite_version()",
		"SELECT json_patch('{}', '{}')",
		"SELECT fts5_source_id()",
		"SELECT 1; SELECT 2",
		"SELECT ?1",
		"BEGIN",
		"VACUUM INTO 'x'",
		"EXPLAIN SELECT 1",
		"SELECT nothing FROM module",
		"SELECT * FROM nothing",
	};
	struct fix *f = *state;
	struct judge *j = judge_of(f, "web01");

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_refused(j, bad[i]);
	assert_answer(j, "SELECT count(*) FROM module; \n", "0");
	assert_answer(j, "WITH event AS (SELECT 7 AS x) SELECT x FROM event",
		      "7");
	assert_answer(j, "WITH e AS (SELECT * FROM temp.host) SELECT name FROM e",
		      "web01");
	judge_close(j);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM hosts"), 1);
}

static void the_place_of_a_mistake_is_told(void **state UNUSED)
{
	const char *sql = "SELECT name\nFROM modul";
	struct judge *j;
	struct answer a;
	struct err err;
	size_t at;

	assert_int_equal(judge_open_fixture((struct bytes){0}, &j, &err),
			 ERR_OK);
	assert_int_equal(ask(j, "SELECT nam FROM module", &a, &at, &err),
			 ERR_FORMAT);
	assert_int_equal(at, 7);
	assert_non_null(strstr(err.msg, "no such column: nam"));
	assert_int_equal(ask(j, sql, &a, &at, &err), ERR_FORMAT);
	assert_non_null(strstr(err.msg, "no such table: modul"));
	judge_close(j);
}

#define FOR_EVER                                                               \
	"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"     \
	" SELECT i FROM n WHERE i < 0"

static void it_ends_in_time_and_in_size(void **state UNUSED)
{
	struct answer a = {.n = 0};
	struct judge_ask q = {.sql = FOR_EVER,
			      .limit_ns = SECOND / 20,
			      .max_rows = 2,
			      .row = take,
			      .arg = &a};
	struct cancel cancel;
	struct judge *j;
	struct err err;
	size_t at;

	assert_int_equal(judge_open_fixture((struct bytes){0}, &j, &err),
			 ERR_OK);
	assert_int_equal(judge_run(j, &q, &at, &err), ERR_TIMEOUT);
	assert_int_equal(cancel_init(&cancel, &err), ERR_OK);
	cancel_raise(&cancel);
	q.limit_ns = 1000 * SECOND;
	q.cancel = &cancel;
	assert_int_equal(judge_run(j, &q, &at, &err), ERR_CANCELLED);
	cancel_release(&cancel);
	q.cancel = NULL;
	q.sql = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3";
	assert_int_equal(judge_run(j, &q, &at, &err), ERR_LIMIT);
	assert_string_equal(a.rows, "1\n2");
	judge_close(j);
}

/* ---- fixtures ---- */

static void rows_of_a_fixture_are_those_of_a_host(void **state UNUSED)
{
	const char *json =
		"{\"tables\":{\"module\":[{\"name\":\"x\",\"users\":[\"y\"],"
		"\"module_path\":\"/x\"},{\"name\":\"z\",\"size\":\"no\"}],"
		"\"event\":[{\"kind\":\"login\",\"time_ns\":5}]}}";
	struct judge *j;
	struct err err;

	assert_int_equal(judge_open_fixture(bytes_str(json), &j, &err), ERR_OK);
	assert_answer(j,
		      "SELECT fact_id, host, name, users, module_path, size"
		      " FROM module",
		      "1|fixture|x|[\"y\"]|/x|-\n2|fixture|z|-|-|-");
	assert_answer(j, "SELECT event_id, kind, time_ns FROM event",
		      "1|login|5");
	judge_close(j);
}

static void a_fixture_that_means_nothing_is_refused(void **state UNUSED)
{
	static const char *const bad[] = {
		"no json",
		"{\"tables\":{\"modul\":[]}}",
		"{\"tables\":{\"module\":[{\"nam\":\"x\"}]}}",
	};
	struct judge *j;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(
			judge_open_fixture(bytes_str(bad[i]), &j, &err),
			ERR_FORMAT);
		assert_null(j);
	}
}

/* ---- what becomes of what it finds ---- */

static struct change *found(struct fix *f, const char *object)
{
	struct change *c = change_new(CHANGE_CHECK_FOUND);

	c->host = f->host;
	c->run = f->run;
	c->u.check = (struct change_check){
		.check = "preload",
		.file = "preload.sql",
		.severity = "high",
		.technique = "T1574.006",
		.title = "A library",
		.object = change_str(c, object),
		.meta = "{\"severity\":\"high\",\"source\":\"x\"}"};
	return c;
}

#define FINDING                                                                \
	"SELECT group_concat(severity || ' ' || status || ' ' || object"       \
	" || ' ' || coalesce(quiet, '-'), ',') FROM"                           \
	" (SELECT * FROM finding ORDER BY id)"

static void what_is_found_twice_is_one_finding(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_evidence(f, "/etc/ld.so.preload", bytes_str("/x"));
	struct change *c;

	put_fact(f, file, "preload", "/x", "{\"source\":\"ld.so.preload\"}");
	fix_flush(f);
	c = found(f, "/x");
	c->u.check.fact = sql_int(f, "SELECT id FROM facts");
	fix_submit(f, c);
	fix_flush(f);
	assert_sql(f, FINDING, "high new /x -");
	assert_sql(f,
		   "SELECT kind || '|' || rule || '|' || namespace || '|' ||"
		   " CAST(path AS TEXT) || '|' || (evidence_id IS NOT NULL)"
		   " || '|' || fact_id || '|' || \"offset\" FROM finding",
		   "check|preload|preload.sql|/etc/ld.so.preload|1|1|0");
	assert_int_equal(
		sql_int(f, "SELECT count(*) FROM event WHERE kind ="
			   " 'finding'"),
		1);
	fix_run(f, "check");
	c = found(f, "/x");
	c->u.check.severity = "info";
	c->u.check.quiet = "package";
	c->u.check.meta = "{\"severity\":\"info\"}";
	fix_submit(f, c);
	fix_submit(f, found(f, "/y"));
	fix_flush(f);
	assert_sql(f, FINDING, "info new /x package,high new /y -");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding_runs"), 3);
	expect_sound(f);
}

static void what_people_said_of_it_stays(void **state)
{
	struct fix *f = *state;
	struct change *set = change_new(CHANGE_FINDING_SET);
	struct err err;
	char *id;

	fix_submit(f, found(f, "/x"));
	fix_flush(f);
	id = sql_str(f, "SELECT id FROM finding");
	set->u.finding = (struct change_finding_set){
		.id = id, .status = "benign", .severity = "low"};
	assert_int_equal(case_apply(f->cf, set, &err), ERR_OK);
	fix_submit(f, found(f, "/x"));
	fix_flush(f);
	assert_sql(f, FINDING, "low benign /x -");
	free(id);
	expect_sound(f);
}

static void proofs_of_another_host_are_none(void **state)
{
	struct fix *f = *state;
	struct change *c;

	put_fact(f, 0, "module", "x", "{}");
	put_process(f, 5, "{}");
	fix_flush(f);
	fix_host(f, "web2");
	fix_run(f, "check");
	c = found(f, "/x");
	c->u.check.fact = 1;
	c->u.check.process = 1;
	c->u.check.event = 1;
	c->u.check.evidence = "nothing";
	fix_submit(f, c);
	fix_flush(f);
	assert_sql(f,
		   "SELECT coalesce(fact_id, 'none') || coalesce(pid, 'none')"
		   " || coalesce(evidence_id, 'none') FROM finding",
		   "nonenonenone");
	expect_sound(f);
}

static void an_exclusion_covers_an_object(void **state)
{
	struct fix *f = *state;
	struct change *x = change_new(CHANGE_EXCLUSION_ADD);
	struct err err;

	fix_submit(f, found(f, "pid 7"));
	fix_submit(f, found(f, "pid 8"));
	fix_flush(f);
	x->u.exclusion = (struct change_exclusion){
		.rule = "preload", .path = "pid 7", .reason = "known"};
	assert_int_equal(case_apply(f->cf, x, &err), ERR_OK);
	assert_sql(f,
		   "SELECT group_concat(object) FROM finding"
		   " WHERE exclusion_id IS NULL",
		   "pid 8");
	x = change_new(CHANGE_EXCLUSION_ADD);
	x->u.exclusion = (struct change_exclusion){.path = "pid *",
						   .reason = "known"};
	assert_int_equal(case_apply(f->cf, x, &err), ERR_OK);
	fix_submit(f, found(f, "pid 9"));
	fix_flush(f);
	assert_int_equal(
		sql_int(f, "SELECT count(*) FROM finding"
			   " WHERE exclusion_id IS NULL"),
		0);
	expect_sound(f);
}

static void a_finding_without_an_object_is_refused(void **state)
{
	struct fix *f = *state;
	struct change *c = found(f, "");
	struct err err;

	assert_int_equal(case_apply(f->cf, c, &err), ERR_USAGE);
	c = found(f, "/x");
	c->u.check.severity = "awful";
	assert_int_equal(case_apply(f->cf, c, &err), ERR_FORMAT);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"), 0);
}

#define TEST(t)	 cmocka_unit_test_setup_teardown(t, host_and_run, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(members_are_columns_of_their_type),
		TEST(only_the_newest_picture_of_one_host_is_seen),
		cmocka_unit_test(functions_take_paths_and_ends_apart),
		TEST(only_a_select_over_what_is_documented),
		cmocka_unit_test(the_place_of_a_mistake_is_told),
		cmocka_unit_test(it_ends_in_time_and_in_size),
		cmocka_unit_test(rows_of_a_fixture_are_those_of_a_host),
		cmocka_unit_test(a_fixture_that_means_nothing_is_refused),
		TEST(what_is_found_twice_is_one_finding),
		TEST(what_people_said_of_it_stays),
		TEST(proofs_of_another_host_are_none),
		TEST(an_exclusion_covers_an_object),
		TEST(a_finding_without_an_object_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
