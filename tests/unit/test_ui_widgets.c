/* SPDX-License-Identifier: Apache-2.0 */
/* The console's grid, list and doc, read as text. */
#include "unit/ui_shot.h"

#include "ui/doc.h"
#include "ui/list.h"

/* ---- grid ---- */

static void grid_holds_nothing_a_terminal_obeys(void **state UNUSED)
{
	struct pen p = pen_at(&grid, grid_rect(&grid), 0);

	(void)pen_put(&p, ROLE_NORMAL,
		      "a\x1b[2Jb\xc2\x9b"
		      "c\xe2\x80\xae"
		      "d\x7f\r\n\te\xff");
	assert_memory_equal(text_of(), "a?[2Jb?c?d????e?\n", 17);
}

static void grid_cuts_with_a_tilde(void **state UNUSED)
{
	struct pen p = pen_at(&grid, (struct rect){0, 0, 1, 6}, 0);

	assert_int_equal(pen_put(&p, ROLE_NORMAL, "1234567"), 6);
	assert_shows("12345~\n");
	p = pen_at(&grid, (struct rect){1, 0, 1, 6}, 0);
	assert_int_equal(pen_put(&p, ROLE_NORMAL, "123456"), 6);
	assert_shows("123456\n");
	p = pen_at(&grid, (struct rect){0, 0, 1, 6}, 1);
	assert_int_equal(pen_put(&p, ROLE_NORMAL, "outside"), 0);
}

static void grid_wide_characters_keep_their_columns(void **state UNUSED)
{
	struct pen p = pen_at(&grid, (struct rect){0, 0, 1, 4}, 0);

	assert_int_equal(pen_put(&p, ROLE_NORMAL, "漢字漢"), 4);
	assert_shows("漢 ~");
	p = pen_at(&grid, (struct rect){1, 0, 1, 40}, 0);
	(void)pen_put(&p, ROLE_NORMAL, "e\xcc\x81|漢|");
	assert_shows("e\xcc\x81|漢|");
	p = pen_at(&grid, (struct rect){1, 3, 1, 1}, 0);
	(void)pen_put(&p, ROLE_NORMAL, "x"); /* over half of the wide one */
	assert_shows("e\xcc\x81| x|");
}

static void grid_tells_spelled_bytes_from_typed_ones(void **state UNUSED)
{
	struct pen p = pen_at(&grid, grid_rect(&grid), 0);
	struct text t;

	text_from_bytes(&t, LIT("\x1b\\x1b"), TEXT_ANY_WIDTH);
	pen_put_evidence(&p, ROLE_NORMAL, ROLE_WARN, text_str(&t), 0);
	text_release(&t);
	assert_shows("\\x1b\\x1b\n");
	assert_memory_equal(roles_of(), "wwwwnnnn", 8);
}

/* ---- list ---- */

static void add_findings(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char *id = xasprintf("id=0000-%04u", i);
		char *rule = xasprintf("rule=rule_%u", i);

		fake_row("finding", id, rule,
			 i % 2 ? "host=web01" : "host=db01", "severity=high",
			 "status=new", "path=/tmp/x", NULL);
		free(id);
		free(rule);
	}
}

static const char *const columns[] = {"host", "status", "rule", "path", NULL};

static void open_list(struct list *l)
{
	struct row_query query = {.view = "finding"};
	struct err err;
	struct source *src = source_case(NULL, &query, &err);

	assert_non_null(src);
	list_init(l, src, columns);
}

static void list_act_ok(struct list *l, enum action action)
{
	struct err err;

	assert_true(list_act(l, action, &err));
	assert_int_equal(err.code, ERR_OK);
}

static void list_work_all(struct list *l)
{
	while (list_work(l))
		;
}

static void list_draws_titles_and_cursor(void **state UNUSED)
{
	struct list l;

	add_findings(3);
	open_list(&l);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_shows("HOST   STATUS  RULE    OBJECT");
	assert_shows("> db01   new     rule_0  /tmp/x");
	assert_shows("  web01  new     rule_1  /tmp/x");
	assert_int_equal(grid.cursor_row, 1);
	list_release(&l);
}

static void list_shrinks_wide_columns_to_fit(void **state UNUSED)
{
	struct list l;

	fake_row("finding", "id=1", "host=web01", "status=new",
		 "rule=a_rule_with_a_very_long_name_indeed",
		 "path=/var/lib/a/long/path/that/does/not/fit", NULL);
	open_list(&l);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_shows("web01");
	assert_shows("that/does/not/fit"); /* rows differ in it: kept */
	assert_hides("RULE");
	list_act_ok(&l, ACT_RIGHT); /* columns scroll away on the left */
	list_act_ok(&l, ACT_RIGHT);
	grid_clear(&grid);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_hides("HOST");
	assert_shows("OBJECT");
	assert_shows("~h/that/does/not/fit"); /* its end */
	list_release(&l);
}

static void list_moves_by_rows_and_pages(void **state UNUSED)
{
	struct list l;

	add_findings(30);
	open_list(&l);
	list_draw(&l, &grid, grid_rect(&grid));
	list_act_ok(&l, ACT_LAST);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_shows("> web01  new     rule_29");
	list_act_ok(&l, ACT_DOWN);
	assert_int_equal(l.scroll.cursor, 29);
	list_act_ok(&l, ACT_PAGE_UP);
	assert_int_equal(l.scroll.cursor, 21);
	list_act_ok(&l, ACT_FIRST);
	assert_int_equal(l.scroll.cursor, 0);
	list_release(&l);
}

static void count_row(void *arg, const struct view *view UNUSED,
		      const struct row *row UNUSED)
{
	++*(int *)arg;
}

static void list_marks_say_what_a_verb_is_about(void **state UNUSED)
{
	struct list l;
	int n = 0;

	add_findings(5);
	open_list(&l);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_int_equal(list_each_chosen(&l, count_row, &n), 1);
	list_act_ok(&l, ACT_MARK);
	list_act_ok(&l, ACT_MARK);
	assert_int_equal(list_each_chosen(&l, count_row, &n), 2);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_shows(" *db01");
	list_act_ok(&l, ACT_MARK_ALL); /* some are: none */
	assert_int_equal(l.n_marks, 0);
	list_act_ok(&l, ACT_MARK_ALL);
	assert_int_equal(l.n_marks, 5);
	assert_int_equal(n, 3);
	list_release(&l);
}

static void list_filter_says_how_much_it_hides(void **state UNUSED)
{
	struct list l;
	struct pen p = pen_at(&grid, grid_rect(&grid), 9);

	add_findings(10);
	open_list(&l);
	list_set_filter(&l, "host=web01 !rule_1");
	list_work_all(&l);
	assert_int_equal(list_count(&l), 4); /* 3 5 7 9 */
	list_draw(&l, &grid, (struct rect){0, 0, 9, 40});
	list_context(&l, "finding", &p);
	assert_shows("shown 4 of 10 findings");
	assert_shows("rule_3");
	assert_hides("db01");
	list_set_filter(&l, "status!=new");
	assert_int_equal(list_count(&l), 0);
	grid_clear(&grid);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_shows("no row has these words");
	list_act_ok(&l, ACT_CLEAR_FILTER);
	assert_int_equal(list_count(&l), 10);
	list_release(&l);
}

static void list_search_goes_round(void **state UNUSED)
{
	struct list l;

	add_findings(10);
	open_list(&l);
	list_search(&l, "rule_7");
	list_work_all(&l);
	assert_int_equal(l.scroll.cursor, 7);
	list_search(&l, "WEB01"); /* capitals count */
	list_work_all(&l);
	assert_true(l.found_none);
	list_search(&l, "web01");
	list_work_all(&l);
	list_act_ok(&l, ACT_NEXT_HIT);
	list_work_all(&l);
	assert_int_equal(l.scroll.cursor, 9);
	list_act_ok(&l, ACT_NEXT_HIT);
	list_work_all(&l);
	assert_int_equal(l.scroll.cursor, 1);
	list_act_ok(&l, ACT_PREV_HIT);
	list_work_all(&l);
	assert_int_equal(l.scroll.cursor, 9);
	list_release(&l);
}

static void list_refresh_keeps_the_cursor_on_its_row(void **state UNUSED)
{
	struct row_query query = {.view = "finding", .reverse = true};
	struct list l;
	struct row row;
	struct err err;

	add_findings(4);
	list_init(&l, source_case(NULL, &query, &err), columns);
	list_draw(&l, &grid, grid_rect(&grid));
	list_act_ok(&l, ACT_DOWN); /* rule_2 */
	fake_row("finding", "id=new", "rule=rule_new", "host=x", NULL);
	assert_ok(list_refresh(&l, &err), err);
	assert_true(list_row(&l, &row));
	assert_true(bytes_eq(row_bytes(source_view(l.src), &row, "rule"),
			     LIT("rule_2")));
	list_release(&l);
}

static void list_draws_only_what_is_seen(void **state UNUSED)
{
	struct list l;

	add_findings(15000);
	open_list(&l);
	fake.gets = 0;
	list_draw(&l, &grid, grid_rect(&grid));
	list_act_ok(&l, ACT_LAST);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_true(fake.gets < 100);
	list_release(&l);
}

static void list_tables_in_memory_lose_their_oldest(void **state UNUSED)
{
	const struct view *view = view_find("note");
	struct source *src = source_table(view);
	struct value values[8] = {{0}};
	struct row row = {.values = values};
	struct err err;

	for (int i = 0; i < 5; i++) {
		values[view_column(view, "created_at")] = value_int_of(i);
		values[view_column(view, "body")] = value_str_of("text");
		source_add(src, &row, 3);
	}
	assert_int_equal(source_count(src), 3);
	assert_ok(source_get(src, 0, &row, &err), err);
	assert_int_equal(row_int(view, &row, "created_at", -1), 2);
	assert_code(source_reverse(src, true, &err), ERR_UNSUPPORTED);
	source_close(src);
}

/* ---- doc ---- */

static void doc_wraps_between_words(void **state UNUSED)
{
	struct doc d;

	doc_init(&d, false);
	doc_clear(&d, 40);
	doc_field(&d, "what", ROLE_NORMAL,
		  "a sentence that is too long for one line of forty");
	doc_bytes(&d, ROLE_NORMAL, 2, LIT("first\nsecond\x1b\n"));
	doc_draw(&d, &grid, grid_rect(&grid));
	assert_shows("what        a sentence that is too long\n"
		     "            for one line of forty\n");
	assert_shows("  second\\x1b\n");
	doc_release(&d);
}

static void doc_hex_marks_the_match(void **state UNUSED)
{
	struct doc d;

	doc_init(&d, false);
	doc_clear(&d, 40); /* narrow: 8 a line */
	doc_hex(&d, LIT("0123456789"), 0x100, 0x102, 3);
	doc_draw(&d, &grid, grid_rect(&grid));
	assert_shows("00000100  30 31 32 33 34 35 36 37  01234");
	assert_memory_equal(roles_of() + 10, "nnnnnnmmmmmmmmm", 15);
	doc_release(&d);
}

static void doc_cursor_stops_on_targets_only(void **state UNUSED)
{
	struct doc d;

	doc_init(&d, true);
	doc_line(&d, ROLE_TITLE, "head");
	doc_begin(&d, 7);
	doc_put(&d, ROLE_NORMAL, "first");
	doc_line(&d, ROLE_TITLE, "between");
	doc_begin(&d, 9);
	doc_put(&d, ROLE_NORMAL, "second");
	doc_draw(&d, &grid, grid_rect(&grid));
	assert_int_equal(doc_target(&d), 7);
	assert_true(doc_act(&d, ACT_DOWN));
	assert_int_equal(doc_target(&d), 9);
	assert_true(doc_act(&d, ACT_DOWN));
	assert_int_equal(doc_target(&d), 9);
	assert_true(doc_act(&d, ACT_UP));
	assert_int_equal(doc_target(&d), 7);
	doc_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(grid_holds_nothing_a_terminal_obeys),
		TEST(grid_cuts_with_a_tilde),
		TEST(grid_wide_characters_keep_their_columns),
		TEST(grid_tells_spelled_bytes_from_typed_ones),
		TEST(list_draws_titles_and_cursor),
		TEST(list_shrinks_wide_columns_to_fit),
		TEST(list_moves_by_rows_and_pages),
		TEST(list_marks_say_what_a_verb_is_about),
		TEST(list_filter_says_how_much_it_hides),
		TEST(list_search_goes_round),
		TEST(list_refresh_keeps_the_cursor_on_its_row),
		TEST(list_draws_only_what_is_seen),
		TEST(list_tables_in_memory_lose_their_oldest),
		TEST(doc_wraps_between_words),
		TEST(doc_hex_marks_the_match),
		TEST(doc_cursor_stops_on_targets_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
