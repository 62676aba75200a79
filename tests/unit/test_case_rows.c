/* SPDX-License-Identifier: Apache-2.0 */
/* Lists over a case: paging, filters, and the views as documented. */
#include "unit/case_util.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/time.h"
#include "case/paging.h"

static struct rows *open_rows(struct fix *f, const struct row_query *query)
{
	struct rows *rows;
	struct err err;

	assert_ok(case_rows(f->cf, query, &rows, &err), err);
	return rows;
}

/* Events 0..n-1, three to a second, behind the writer's back: fast. */
static void many_events(struct fix *f, unsigned n)
{
	char *sql = xasprintf(
		"WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1"
		" FROM c WHERE i < %u) INSERT INTO events (host, time_ns,"
		" timestamp_desc, kind, message) SELECT 1 + i %% 2, i / 3,"
		" 'T', 'file', 'm' || i FROM c",
		n - 1);

	fix_host(f, "web01");
	fix_host(f, "web02");
	sql_tamper(f, sql);
	free(sql);
}

static void rows_come_in_order_from_anywhere(void **state)
{
	static const uint64_t at[] = {0,     1, 255,   256,   257, 99999, 50000,
				      49999, 7, 98765, 70000, 511, 512,   0};
	struct fix *f = *state;
	struct rows *rows;

	many_events(f, 100000);
	for (int reverse = 0; reverse < 2; reverse++) {
		rows = open_rows(f, &(struct row_query){.view = "event",
							.reverse = reverse});
		assert_int_equal(rows_count(rows), 100000);
		for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
			uint64_t want = reverse ? 99999 - at[i] : at[i];

			assert_int_equal(fix_cell(rows, at[i], "id")->i, want + 1);
			assert_int_equal(fix_cell(rows, at[i], "time_ns")->i,
					 want / 3);
		}
		rows_close(rows);
	}
}

static void every_row_comes_once(void **state)
{
	struct fix *f = *state;
	struct rows *rows;

	many_events(f, 3000);
	rows = open_rows(f, &(struct row_query){.view = "event"});
	for (uint64_t i = 0; i < 3000; i++)
		assert_int_equal(fix_cell(rows, i, "id")->i, i + 1);
	for (uint64_t i = 3000; i-- > 0;)
		assert_int_equal(fix_cell(rows, i, "id")->i, i + 1);
	rows_close(rows);
}

static void two_hosts(struct fix *f)
{
	fix_host(f, "web01");
	fix_run(f, "hunt");
	fix_host(f, "web02");
}

/* Facts 1..n of two hosts in turn, and as many reasons in coverage. */
static void many_facts(struct fix *f, unsigned n)
{
	char *sql = xasprintf(
		"WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1"
		" FROM c WHERE i < %u) INSERT INTO facts (host, run, kind,"
		" name, detail) SELECT 1 + i %% 2, 1, 'k' || i %% 7, x'6e',"
		" '{}' FROM c;"
		"INSERT INTO coverage_rows (run, host, what, outcome, reason,"
		" path, files, bytes, at_ns) SELECT 1, host, 'w', 'failed',"
		" 'r' || id, x'2f', 1, 1, id FROM facts ORDER BY id",
		n - 1);

	sql_tamper(f, sql);
	free(sql);
}

static int on_steps(void *arg)
{
	++*(uint64_t *)arg;
	return 0;
}

/* Every `step`th id, n of them, from one end to the other and back; returns how much
 * SQLite did for that. */
static uint64_t walk(struct fix *f, const struct row_query *query, uint64_t n,
		     int64_t first, int64_t step)
{
	struct rows *rows = open_rows(f, query);
	uint64_t steps = 0;

	assert_int_equal(rows_count(rows), n);
	sqlite3_progress_handler(rows->db.handle, 100, on_steps, &steps);
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(fix_cell(rows, i, "id")->i,
				 first + step * (int64_t)i);
	for (uint64_t i = n; i-- > 0;)
		assert_int_equal(fix_cell(rows, i, "id")->i,
				 first + step * (int64_t)i);
	rows_close(rows);
	return steps;
}

/* No index has these in their order: they are sorted once, not for each
 * window. */
static void what_must_be_sorted_is_sorted_once(void **state)
{
	static const struct row_query lists[] = {
		{.view = "fact", .where = {{"host", "web02"}}},
		{.view = "fact", .where = {{"host", "web02"}}, .reverse = true},
		{.view = "coverage_sum", .where = {{"host", "web02"}}},
	};
	enum { FEW = 1000, MANY = 8000 };
	uint64_t few[ARRAY_SIZE(lists)];
	struct fix *f = *state;

	two_hosts(f);
	many_facts(f, 2 * FEW);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		few[i] = walk(f, &lists[i], FEW, i ? 2 * FEW : 2, i ? -2 : 2);
	sql_tamper(f, "DELETE FROM facts; DELETE FROM coverage_rows");
	many_facts(f, 2 * MANY);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		assert_true(walk(f, &lists[i], MANY, i ? 2 * MANY : 2,
				 i ? -2 : 2) < 2 * MANY / FEW * few[i]);
}

static void a_sorted_list_is_refreshed(void **state)
{
	struct fix *f = *state;
	struct rows *rows;
	struct err err;

	two_hosts(f);
	many_facts(f, 2000);
	rows = open_rows(f, &(struct row_query){.view = "fact",
						.where = {{"host", "web01"}}});
	assert_int_equal(fix_cell(rows, 999, "id")->i, 1999);
	sql_tamper(f, "INSERT INTO facts (host, run, kind, name, detail)"
		      " VALUES (1, 1, 'k', x'6e', '{}')");
	assert_ok(rows_refresh(rows, &err), err);
	assert_int_equal(rows_count(rows), 1001);
	assert_int_equal(fix_cell(rows, 0, "id")->i, 1);
	assert_int_equal(fix_cell(rows, 1000, "id")->i, 2001);
	rows_close(rows);
}

static void filters_and_limits_hold(void **state)
{
	struct fix *f = *state;
	struct rows *rows;
	struct row row;
	struct err err;

	many_events(f, 3000);
	rows = open_rows(f, &(struct row_query){
				    .view = "event",
				    .where = {{"host", "web02"}},
			    });
	assert_int_equal(rows_count(rows), 1500);
	assert_int_equal(fix_cell(rows, 1499, "id")->i, 3000);
	assert_int_equal(fix_cell(rows, 700, "id")->i, 1402);
	rows_close(rows);
	rows = open_rows(f, &(struct row_query){.view = "event",
						.where = {{"time_ns", "5"},
							  {"message", "m16"}}});
	assert_int_equal(rows_count(rows), 1);
	assert_int_equal(fix_cell(rows, 0, "id")->i, 17);
	rows_close(rows);
	rows = open_rows(f, &(struct row_query){.view = "event",
						.where = {{"note_id", NULL},
							  {"id", "-7"}}});
	assert_int_equal(rows_count(rows), 0);
	rows_close(rows);
	rows = open_rows(f, &(struct row_query){.view = "event",
						.where = {{"note_id", NULL}}});
	assert_int_equal(rows_count(rows), 3000);
	rows_close(rows);
	rows = open_rows(f, &(struct row_query){.view = "event", .limit = 10});
	assert_int_equal(rows_count(rows), 10);
	assert_int_equal(fix_cell(rows, 9, "id")->i, 10);
	assert_code(rows_get(rows, 10, &row, &err), ERR_NOTFOUND);
	rows_close(rows);
}

static void filters_are_values_not_sql(void **state)
{
	struct fix *f = *state;
	struct rows *rows;
	struct err err;

	fix_host(f, "x' OR '1'='1");
	rows = open_rows(
		f, &(struct row_query){.view = "host",
				       .where = {{"name", "x' OR '1'='1"}}});
	assert_int_equal(rows_count(rows), 1);
	rows_close(rows);
	rows = open_rows(
		f, &(struct row_query){.view = "host",
				       .where = {{"name", "' OR 1=1 --"}}});
	assert_int_equal(rows_count(rows), 0);
	rows_close(rows);
	assert_code(case_rows(f->cf,
			      &(struct row_query){.view = "host",
						  .where = {{"1=1 --", "1"}}},
			      &rows, &err),
		    ERR_USAGE);
	assert_null(rows);
	assert_code(case_rows(f->cf, &(struct row_query){.view = "hosts"},
			      &rows, &err),
		    ERR_USAGE);
	assert_code(case_rows(f->cf,
			      &(struct row_query){.view = "audit",
						  .where = {{"seq", "one"}}},
			      &rows, &err),
		    ERR_USAGE);
}

static void bytes_are_filtered_as_bytes(void **state)
{
	struct fix *f = *state;
	struct rows *rows;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	put_file(f, "/srv/\xff", "", false);
	put_file(f, "/srv/x", "", false);
	fix_flush(f);
	rows = open_rows(f,
			 &(struct row_query){.view = "file",
					     .where = {{"path", "/srv/\xff"}}});
	assert_int_equal(rows_count(rows), 1);
	assert_int_equal(fix_cell(rows, 0, "path")->type, VALUE_BLOB);
	assert_int_equal(fix_cell(rows, 0, "btime_ns")->type, VALUE_NULL);
	rows_close(rows);
}

static void refresh_shows_what_came(void **state)
{
	struct fix *f = *state;
	struct rows *rows;
	struct err err;

	put_note(f, "first");
	rows = open_rows(f, &(struct row_query){.view = "note"});
	put_note(f, "second");
	assert_int_equal(rows_count(rows), 1);
	assert_ok(rows_refresh(rows, &err), err);
	assert_int_equal(rows_count(rows), 2);
	assert_true(bytes_eq(fix_cell(rows, 1, "body")->b, bytes_str("second")));
	rows_close(rows);
}

/* Rows too large for one window still come each at its place. */
static void large_rows_page_too(void **state)
{
	struct fix *f = *state;
	size_t n = 900000;
	char *body = xmalloc(n + 1);
	struct rows *rows;

	memset(body, 'x', n);
	body[n] = '\0';
	for (int i = 0; i < 25; i++) {
		body[0] = (char)('a' + i);
		put_note(f, body);
	}
	rows = open_rows(f, &(struct row_query){.view = "note"});
	for (uint64_t i = 0; i < 25; i++)
		assert_int_equal(fix_cell(rows, i, "body")->b.p[0], 'a' + i);
	for (uint64_t i = 25; i-- > 0;)
		assert_int_equal(fix_cell(rows, i, "body")->b.p[0], 'a' + i);
	assert_int_equal(fix_cell(rows, 24, "body")->b.n, n);
	rows_close(rows);
	free(body);
}

/* ---- the table of views ---- */

static void assert_view_is_as_listed(struct fix *f, const struct view *view)
{
	char *sql = xasprintf("SELECT group_concat(name) FROM"
			      " pragma_table_info('%s')",
			      view->name);
	char *got = sql_str(f, sql);
	struct buf want;

	buf_init(&want, 4096);
	for (size_t i = 0; i < view->n_columns; i++)
		(void)buf_addf(&want, "%s%s", i ? "," : "",
			       view->columns[i].name);
	assert_non_null(got);
	assert_string_equal(got, buf_str(&want));
	buf_release(&want);
	free(got);
	free(sql);
}

static void views_have_the_columns_listed(void **state)
{
	struct fix *f = *state;

	for (size_t i = 0; i < n_views; i++)
		assert_view_is_as_listed(f, &views[i]);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM sqlite_schema"
				    " WHERE type = 'view'"),
			 n_views);
}

static void every_view_lists_in_its_order(void **state)
{
	struct fix *f = *state;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	put_hit(f, put_match(f, put_file(f, "/srv/x", "", true), "r", ""), 9);
	put_coverage(f, "scanned", "/srv");
	put_run_host(f, "done");
	fix_flush(f);
	put_note(f, "n");
	for (size_t i = 0; i < n_views; i++) {
		struct rows *rows = open_rows(
			f, &(struct row_query){.view = views[i].name});

		for (uint64_t at = 0; at < rows_count(rows); at++)
			(void)fix_cell(rows, at, views[i].columns[0].name);
		rows_close(rows);
	}
}

/* Paging by key is only fast when an index gives the order. */
static void long_lists_are_not_sorted(void **state)
{
	static const char *const sql[] = {
		"SELECT * FROM event ORDER BY time_ns, id",
		"SELECT * FROM event WHERE (time_ns, id) > (5, 5)"
		" ORDER BY time_ns, id",
		"SELECT * FROM event WHERE host = 'x' ORDER BY time_ns, id",
		"SELECT * FROM audit ORDER BY seq",
		"SELECT * FROM coverage ORDER BY id",
		"SELECT * FROM file ORDER BY id DESC",
		"SELECT * FROM hit ORDER BY id",
		"SELECT * FROM finding ORDER BY severity_rank DESC, id DESC",
		"SELECT * FROM evidence ORDER BY id",
	};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sql); i++) {
		char *plan_sql = xasprintf("EXPLAIN QUERY PLAN %s", sql[i]);
		sqlite3_stmt *stmt;
		sqlite3 *db;

		assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
		assert_int_equal(
			sqlite3_prepare_v2(db, plan_sql, -1, &stmt, NULL),
			SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *step =
				(const char *)sqlite3_column_text(stmt, 3);

			if (strstr(step, "TEMP B-TREE"))
				fail_msg("%s: %s", sql[i], step);
		}
		sqlite3_finalize(stmt);
		sqlite3_close(db);
		free(plan_sql);
	}
}

static bool names(const char *page, const char *macro, const char *word)
{
	char *line = xasprintf("\n.%s %s\n", macro, word);
	bool found = strstr(page, line) != NULL;

	free(line);
	return found;
}

/* From one view's heading in the page to the next. */
static char *section_of(const char *page, const char *view)
{
	char *heading = xasprintf("\n.Ss %s\n", view);
	const char *from = strstr(page, heading), *to;

	free(heading);
	if (!from)
		return NULL;
	to = strstr(from + 1, "\n.S");
	return to ? xasprintf("%.*s\n", (int)(to - from), from) : xstrdup(from);
}

static void manual_names_every_column(void **state)
{
	const char *src = getenv("HALLIGAN_SRCDIR");
	char *path = xasprintf("%s/man/halligan-case.5", src ? src : "..");
	struct buf page;
	struct err err;

	(void)state;
	buf_init(&page, 1u << 20);
	assert_ok(fs_read(path, &page, &err), err);
	for (size_t i = 0; i < n_views; i++) {
		char *section = section_of(buf_str(&page), views[i].name);

		if (!section)
			fail_msg("no section on view %s", views[i].name);
		for (size_t k = 0; k < views[i].n_columns; k++)
			if (!names(section, "It Va", views[i].columns[k].name))
				fail_msg("view %s: no word on %s",
					 views[i].name,
					 views[i].columns[k].name);
		free(section);
	}
	buf_release(&page);
	free(path);
}

/* ---- cells ---- */

static void assert_shown(enum column_kind kind, struct value v, unsigned cells,
			 const char *want)
{
	struct column column = {.name = "c", .kind = kind};
	struct buf out;

	buf_init(&out, 4096);
	assert_int_equal(value_show(&column, &v, cells, &out), strlen(want));
	assert_string_equal(buf_str(&out), want);
	buf_release(&out);
}

static struct value int_value(int64_t i)
{
	return (struct value){.type = VALUE_INT, .i = i};
}

static struct value text_value(const char *s)
{
	return (struct value){.type = VALUE_TEXT, .b = bytes_str(s)};
}

static void cells_read_well(void **state)
{
	(void)state;
	assert_shown(COLUMN_TEXT, (struct value){0}, 0, "-");
	assert_shown(COLUMN_INT, int_value(-12), 0, "-12");
	assert_shown(COLUMN_OFFSET, int_value(0x7f00b000), 0, "0x7f00b000");
	assert_shown(COLUMN_MODE, int_value(0104755), 0, "0104755");
	assert_shown(COLUMN_SIZE, int_value(9999), 0, "9999");
	assert_shown(COLUMN_SIZE, int_value(10240), 0, "10.0K");
	assert_shown(COLUMN_SIZE, int_value(INT64_C(5) << 30), 0, "5.0G");
	assert_shown(COLUMN_SIZE, int_value(INT64_MAX), 0, "8.0E");
	assert_shown(COLUMN_SIZE, int_value(999 << 10), 0, "999K");
	assert_shown(COLUMN_TIME, int_value(T0), 0, "2023-11-14 22:13:20Z");
	assert_shown(COLUMN_SPAN, int_value(-1500 * NS_PER_MS), 0, "-1.500s");
	assert_shown(COLUMN_SPAN, int_value(-3600 * NS_PER_S), 0, "-1h00");
	assert_shown(COLUMN_SPAN, int_value(INT64_MIN), 0, "-106751d");
	assert_shown(COLUMN_BOOL, int_value(1), 0, "yes");
	assert_shown(COLUMN_ID,
		     text_value("01890000-0000-7000-8000-0000deadbeef"), 0,
		     "deadbeef");
	assert_shown(COLUMN_TEXT, text_value("two\nlines\n"), 0, "two lines");
	assert_shown(COLUMN_ARGS,
		     (struct value){.type = VALUE_BLOB,
				    .b = bytes_of("sh\0-c\0a\nb\0\0", 10)},
		     0, "sh -c a\\x0ab");
	assert_shown(COLUMN_BYTES, text_value("two\nlines"), 0,
		     "two\\x0alines");
	assert_shown(COLUMN_TEXT, text_value("cut here"), 4, "cut~");
	assert_shown(COLUMN_TEXT, text_value("\x1b[2J"), 0, "\\x1b[2J");
}

static void cells_are_json(void **state)
{
	static const struct column columns[] = {
		{.name = "n", .kind = COLUMN_TEXT},
		{.name = "t", .kind = COLUMN_TIME},
		{.name = "b", .kind = COLUMN_BOOL},
		{.name = "p", .kind = COLUMN_BYTES},
	};
	const struct value values[] = {
		{.type = VALUE_NULL},
		{.type = VALUE_INT, .i = T0},
		{.type = VALUE_INT, .i = 1},
		{.type = VALUE_BLOB, .b = bytes_of("/\xff", 2)},
	};
	struct json json;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	json = json_to(&out);
	json_begin_object(&json, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		value_json(&columns[i], &values[i], &json);
	json_end_object(&json);
	assert_string_equal(buf_str(&out),
			    "{\"n\":null,\"t\":1700000000000000000,\"b\":true,"
			    "\"p\":\"/\\\\xff\",\"p_b64\":\"L/8=\"}");
	buf_release(&out);
}

int main(void)
{
#define ROWS_TEST(t) cmocka_unit_test_setup_teardown(t, fix_setup, fix_teardown)
	const struct CMUnitTest tests[] = {
		ROWS_TEST(rows_come_in_order_from_anywhere),
		ROWS_TEST(every_row_comes_once),
		ROWS_TEST(what_must_be_sorted_is_sorted_once),
		ROWS_TEST(a_sorted_list_is_refreshed),
		ROWS_TEST(filters_and_limits_hold),
		ROWS_TEST(filters_are_values_not_sql),
		ROWS_TEST(bytes_are_filtered_as_bytes),
		ROWS_TEST(refresh_shows_what_came),
		ROWS_TEST(large_rows_page_too),
		ROWS_TEST(views_have_the_columns_listed),
		ROWS_TEST(every_view_lists_in_its_order),
		ROWS_TEST(long_lists_are_not_sorted),
		cmocka_unit_test(manual_names_every_column),
		cmocka_unit_test(cells_read_well),
		cmocka_unit_test(cells_are_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
