/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks: what is the same on several hosts is one row, the rarest first. */
#include "unit/case_util.h"

#include "base/buf.h"

static struct rows *open_stack(struct fix *f, struct row_query query)
{
	struct rows *rows;
	struct err err;

	query.stack = true;
	assert_ok(case_rows(f->cf, &query, &rows, &err), err);
	return rows;
}

/* "hosts path [sha256] on names" of each row, with | between. */
static const char *told(struct rows *rows)
{
	static struct buf out;

	buf_release(&out);
	buf_init(&out, 1u << 20);
	for (uint64_t i = 0; i < rows_count(rows); i++) {
		struct bytes path = fix_cell(rows, i, "path")->b;

		(void)buf_addf(&out, "%s%d %.*s", i ? "|" : "",
			       (int)fix_cell(rows, i, "hosts")->i, (int)path.n,
			       (const char *)path.p);
		path = fix_cell(rows, i, "seen_on")->b;
		(void)buf_addf(&out, " %.*s", (int)path.n,
			       (const char *)path.p);
	}
	return buf_str(&out);
}

/* Six hosts; a file that all have, one that two have, and one that differs on
 * a host: in its content, or only in who owns it. */
static void six_hosts(struct fix *f)
{
	for (int i = 1; i <= 6; i++) {
		char name[16];

		(void)snprintf(name, sizeof name, "web%02d", i);
		fix_host(f, name);
	}
	sql_tamper(f, "INSERT INTO runs (uuid, op, started_at, started_by,"
		      " owner, state, code) VALUES ('r1', 'walk', 1, 'x', '',"
		      " 'done', 'ok'), ('r2', 'walk', 2, 'x', '', 'done',"
		      " 'ok')");
	sql_tamper(f,
		   "INSERT INTO files (host, run, path, size, mode, uid, gid,"
		   " nlink, ino, dev, changed, seen_at, sha256)"
		   " SELECT h.id, r.id, CAST(p.column1 AS BLOB), 5, 33188,"
		   " CASE WHEN p.column1 = '/owner' AND h.id = 4 THEN 7 ELSE 0"
		   " END, 0, 1, h.id, 1, 0, r.id, CASE WHEN p.column1 = '/odd'"
		   " AND h.id = 3 THEN 'bb' WHEN p.column1 = '/none' THEN NULL"
		   " ELSE 'aa' END FROM hosts h, runs r,"
		   " (VALUES ('/all'), ('/odd'), ('/owner'), ('/none')) p"
		   " UNION ALL SELECT id, 1, CAST('/two' AS BLOB), 5, 33188, 0,"
		   " 0, 1, 1, 1, 0, 1, 'cc' FROM hosts WHERE id IN (5, 2)");
}

static void the_rarest_come_first(void **state)
{
	struct fix *f = *state;
	struct rows *rows;

	six_hosts(f);
	rows = open_stack(f, (struct row_query){.view = "file"});
	assert_string_equal(
		told(rows),
		"1 /odd web03|1 /owner web04|2 /two web02, web05|"
		"5 /odd web01, web02, web04 and 2 more|"
		"5 /owner web01, web02, web03 and 2 more|"
		"6 /all web01, web02, web03 and 3 more|"
		"6 /none web01, web02, web03 and 3 more");
	/* Two runs saw it on each of them. */
	assert_int_equal(fix_cell(rows, 5, "rows")->i, 12);
	assert_true(bytes_eq(fix_cell(rows, 5, "host_names")->b,
			     bytes_str("web01,web02,web03,web04,web05,"
				       "web06")));
	assert_int_equal(fix_cell(rows, 6, "sha256")->type, VALUE_NULL);
	rows_close(rows);
	rows = open_stack(f, (struct row_query){.view = "file",
						.reverse = true,
						.limit = 1});
	assert_string_equal(told(rows),
			    "6 /none web01, web02, web03 and 3 more");
	rows_close(rows);
}

static void only_what_is_asked_for_stacks(void **state)
{
	struct fix *f = *state;
	struct rows *rows;

	six_hosts(f);
	rows = open_stack(
		f, (struct row_query){.view = "file",
				      .where = {{"host", "web03", ROW_IS},
						{"sha256", NULL, ROW_IS_SET}}});
	assert_string_equal(told(rows),
			    "1 /all web03|1 /odd web03|1 /owner web03");
	/* What comes meanwhile is there when it is looked at again. */
	sql_tamper(f, "UPDATE files SET sha256 = 'aa'");
	{
		struct err err;

		assert_ok(rows_refresh(rows, &err), err);
	}
	assert_string_equal(told(rows),
			    "1 /all web03|1 /none web03|1 /odd web03|"
			    "1 /owner web03");
	rows_close(rows);
}

/* 100 000 rows: three answers, and one for every ten rows; looked at from
 * both ends. */
static void many_rows_page(void **state)
{
	struct fix *f = *state;
	struct rows *rows;

	six_hosts(f);
	sql_tamper(f,
		   "WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1"
		   " FROM c WHERE i < 99999) INSERT INTO coverage_rows (run,"
		   " host, what, outcome, reason, path, files, bytes, at_ns)"
		   " SELECT 1, 1 + i % 6, 'walk', 'skipped', 'permission',"
		   " CAST(printf('/d%05d', i / 10) AS BLOB), 1, i, 1 FROM c");
	rows = open_stack(f, (struct row_query){.view = "coverage"});
	assert_int_equal(rows_count(rows), 10000);
	for (uint64_t i = 0; i < 10000; i += 997) {
		char want[16];

		(void)snprintf(want, sizeof want, "/d%05d", (int)i);
		assert_true(bytes_eq(fix_cell(rows, i, "path")->b,
				     bytes_str(want)));
		assert_int_equal(fix_cell(rows, i, "hosts")->i, 6);
		assert_int_equal(fix_cell(rows, i, "files")->i, 10);
	}
	assert_int_equal(fix_cell(rows, 9999, "place")->i, 10000);
	assert_int_equal(fix_cell(rows, 0, "place")->i, 1);
	rows_close(rows);
}

/* What failed for one reason is one row, though each names itself. */
static void reasons_stack_by_what_they_say(void **state)
{
	static const struct {
		int hosts;
		const char *message;
	} want[] = {
		{1, "web06 cannot be resolved"},
		{2, "127.0.0.4: Network is unreachable"},
		{3, "connection refused by \u2026"},
	};
	struct fix *f = *state;
	struct rows *rows;

	six_hosts(f);
	sql_tamper(f,
		   "INSERT INTO run_hosts (run, host, state, code, message,"
		   " files, bytes, matches, changed_at, attempts)"
		   " SELECT 1, id, 'failed', 'net', CASE WHEN id <= 3 THEN"
		   " printf('connection refused by 127.0.0.%d:22', id)"
		   " WHEN id <= 5 THEN '127.0.0.4: Network is unreachable'"
		   " ELSE name || ' cannot be resolved' END, 0, 0, 0, 1, 1"
		   " FROM hosts");
	rows = open_stack(f, (struct row_query){.view = "run_host"});
	assert_int_equal(rows_count(rows), ARRAY_SIZE(want));
	for (uint64_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct bytes b = fix_cell(rows, i, "message")->b;

		assert_int_equal(fix_cell(rows, i, "hosts")->i, want[i].hosts);
		assert_true(bytes_eq(b, bytes_str(want[i].message)));
	}
	rows_close(rows);
}

static void every_stack_can_be_listed(void **state)
{
	struct fix *f = *state;
	struct err err;
	size_t n = 0;

	for (size_t i = 0; i < n_views; i++) {
		struct row_query query = {.view = views[i].name,
					  .stack = true};
		struct rows *rows;

		if (!stack_of(views[i].name)) {
			assert_code(case_rows(f->cf, &query, &rows, &err),
				    ERR_USAGE);
			continue;
		}
		assert_ok(case_rows(f->cf, &query, &rows, &err), err);
		rows_close(rows);
		n++;
	}
	assert_int_equal(n, 16);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_rarest_come_first),
		TEST(only_what_is_asked_for_stacks),
		TEST(many_rows_page),
		TEST(reasons_stack_by_what_they_say),
		TEST(every_stack_can_be_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
