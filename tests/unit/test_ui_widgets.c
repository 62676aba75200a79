/* SPDX-License-Identifier: Apache-2.0 */
/* The console's widgets, drawn into grids and read as text. */
#include "unit/unit.h"

#include "ui/blob.h"
#include "ui/doc.h"
#include "ui/grid.h"
#include "ui/hex.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/pager.h"
#include "ui/prompt.h"
#include "unit/fake_app.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static struct grid grid;
static char *shot;

static const char *text_of(void)
{
	struct buf out;

	buf_init(&out, 1u << 20);
	grid_to_text(&grid, &out);
	free(shot);
	shot = buf_detach(&out);
	return shot;
}

static const char *roles_of(void)
{
	struct buf out;

	buf_init(&out, 1u << 20);
	grid_to_roles(&grid, &out);
	free(shot);
	shot = buf_detach(&out);
	return shot;
}

#define assert_shows(words)                                                    \
	do {                                                                   \
		if (!strstr(text_of(), words))                                 \
			fail_msg("no \"%s\" in:\n%s", words, shot);            \
	} while (0)

#define assert_hides(words)                                                    \
	do {                                                                   \
		if (strstr(text_of(), words))                                  \
			fail_msg("\"%s\" in:\n%s", words, shot);               \
	} while (0)

static int fresh(void **state UNUSED)
{
	fake_reset();
	grid_init(&grid, 10, 40);
	return 0;
}

static int done(void **state UNUSED)
{
	grid_release(&grid);
	free(shot);
	shot = NULL;
	fake_reset();
	return 0;
}

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
	assert_shows("HOST   STATUS  RULE    PATH");
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
	assert_shows("a_rule_with_a_very_lon~");
	assert_hides("PATH");       /* has no room, and half of it is no use */
	list_act_ok(&l, ACT_RIGHT); /* columns scroll away on the left */
	list_act_ok(&l, ACT_RIGHT);
	grid_clear(&grid);
	list_draw(&l, &grid, grid_rect(&grid));
	assert_hides("HOST");
	assert_shows("PATH");
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

/* ---- pager and hex ---- */

static void pager_open(struct pager *pg, struct blob **blob, struct bytes b)
{
	*blob = blob_memory(b);
	pager_init(pg, *blob, true);
}

static void pager_spells_out_control_bytes(void **state UNUSED)
{
	struct blob *blob;
	struct pager pg;

	pager_open(&pg, &blob, LIT("one\n\x1b]52;c;AAAA\x07\n\ta\tb\r\n"));
	pager_draw(&pg, &grid, grid_rect(&grid));
	assert_shows("     1  one\n");
	assert_shows("     2  \\x1b]52;c;AAAA\\x07\n");
	assert_shows("     3          a       b\\x0d\n");
	assert_hides("     4");
	pager_release(&pg);
	blob_free(blob);
}

static void pager_breaks_endless_lines(void **state UNUSED)
{
	uint8_t *big = xmalloc(10000);
	struct blob *blob;
	struct pager pg;

	memset(big, 'x', 10000);
	pager_open(&pg, &blob, bytes_of(big, 10000));
	pager_draw(&pg, &grid, grid_rect(&grid));
	assert_int_equal(pg.n, 3);
	assert_shows("     +  xxx");
	pager_release(&pg);
	blob_free(blob);
	free(big);
}

static void pager_finds_and_scrolls_sideways(void **state UNUSED)
{
	struct blob *blob;
	struct pager pg;

	pager_open(&pg, &blob, LIT("a\nb\nneedle one\nc\nd\nNeedle two\n"));
	pager_draw(&pg, &grid, (struct rect){0, 0, 3, 40});
	pager_search(&pg, "needle");
	while (pager_work(&pg))
		;
	assert_int_equal(pg.hit, 2);
	assert_true(pager_act(&pg, ACT_NEXT_HIT));
	while (pager_work(&pg))
		;
	assert_int_equal(pg.hit, 5);
	assert_true(pager_act(&pg, ACT_RIGHT));
	pager_draw(&pg, &grid, (struct rect){0, 0, 3, 40});
	assert_shows("     6  wo");
	pager_search(&pg, "nothing like it");
	while (pager_work(&pg))
		;
	assert_true(pg.found_none);
	pager_release(&pg);
	blob_free(blob);
}

static void pager_reads_as_one_goes_down(void **state UNUSED)
{
	size_t n = 3u << 20;
	uint8_t *big = xmalloc(n);
	struct blob *blob;
	struct pager pg;

	for (size_t i = 0; i < n; i++)
		big[i] = i % 64 == 63 ? '\n' : 'y';
	pager_open(&pg, &blob, bytes_of(big, n));
	pager_draw(&pg, &grid, grid_rect(&grid));
	assert_int_equal(pg.data.n, 1u << 20);
	assert_true(pager_act(&pg, ACT_LAST));
	pager_draw(&pg, &grid, grid_rect(&grid));
	assert_int_equal(pg.n, n / 64);
	assert_shows(" 49152  yyy");
	pager_release(&pg);
	blob_free(blob);
	free(big);
}

static void hex_shows_and_finds_bytes(void **state UNUSED)
{
	uint8_t bytes[300];
	struct blob *blob;
	struct hex h;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	grid_release(&grid);
	grid_init(&grid, 10, 80);
	blob = blob_memory(bytes_of(bytes, sizeof bytes));
	hex_init(&h, blob);
	hex_draw(&h, &grid, grid_rect(&grid));
	assert_shows("00000000  00 01 02 03 04 05 06 07  08");
	hex_search(&h, "41 42 43");
	while (hex_work(&h))
		;
	assert_int_equal(h.hit, 0x41);
	hex_search(&h, "xyz");
	while (hex_work(&h))
		;
	assert_int_equal(h.hit, 'x');
	hex_draw(&h, &grid, grid_rect(&grid));
	assert_shows("pqrstuvwxyz{|}~.");
	assert_true(hex_act(&h, ACT_LAST));
	grid_clear(&grid);
	hex_draw(&h, &grid, grid_rect(&grid));
	assert_shows("00000120  20 21 22 23 24 25 26 27  28 29 2a 2b");
	hex_search(&h, "not there");
	while (hex_work(&h))
		;
	assert_true(h.found_none);
	hex_release(&h);
	blob_free(blob);
}

static void hex_finds_backwards(void **state UNUSED)
{
	struct blob *blob = blob_memory(LIT("ab..ab..ab"));
	struct hex h;

	hex_init(&h, blob);
	hex_search(&h, "ab");
	while (hex_work(&h))
		;
	assert_true(hex_act(&h, ACT_NEXT_HIT));
	while (hex_work(&h))
		;
	assert_true(hex_act(&h, ACT_NEXT_HIT));
	while (hex_work(&h))
		;
	assert_int_equal(h.hit, 8);
	assert_true(hex_act(&h, ACT_PREV_HIT));
	while (hex_work(&h))
		;
	assert_int_equal(h.hit, 4);
	hex_release(&h);
	blob_free(blob);
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

/* ---- prompt ---- */

static void type(struct prompt *p, const char *s)
{
	for (; *s; s++)
		(void)prompt_key(p, (uint8_t)*s);
}

static void prompt_edits_a_line(void **state UNUSED)
{
	struct prompt p = {0};

	prompt_open(&p, PROMPT_LINE, ":", NULL);
	type(&p, "hunt web1");
	assert_int_equal(prompt_key(&p, K_LEFT), PROMPT_STAYS);
	type(&p, "0");
	assert_string_equal(p.line, "hunt web01");
	(void)prompt_key(&p, KEY_CTRL_('a'));
	(void)prompt_key(&p, K_DELETE);
	assert_string_equal(p.line, "unt web01");
	(void)prompt_key(&p, KEY_CTRL_('e'));
	(void)prompt_key(&p, KEY_CTRL_('w'));
	assert_string_equal(p.line, "unt ");
	(void)prompt_key(&p, 0x6f22); /* a wide character */
	(void)prompt_key(&p, 0x1f600);
	assert_string_equal(p.line, "unt 漢😀");
	(void)prompt_key(&p, K_BACKSPACE);
	assert_string_equal(p.line, "unt 漢");
	prompt_draw(&p, &grid, 9);
	assert_shows(":unt 漢\n");
	assert_int_equal(grid.cursor_col, 7);
	assert_int_equal(prompt_key(&p, K_ENTER), PROMPT_DONE);
	prompt_close(&p);
}

static void prompt_scrolls_a_long_line(void **state UNUSED)
{
	struct prompt p = {0};

	prompt_open(&p, PROMPT_LINE, ":", NULL);
	for (int i = 0; i < 100; i++)
		type(&p, "x");
	type(&p, "END");
	prompt_draw(&p, &grid, 0);
	assert_shows("END");
	assert_true(grid.cursor_col <= 39);
	prompt_close(&p);
}

static void prompt_recalls_and_returns(void **state UNUSED)
{
	struct history h = {0};
	struct prompt p = {0};

	history_add(&h, "one");
	history_add(&h, "two");
	history_add(&h, "two");
	assert_int_equal(h.n, 2);
	prompt_open(&p, PROMPT_LINE, ":", &h);
	type(&p, "typed");
	(void)prompt_key(&p, K_UP);
	(void)prompt_key(&p, K_UP);
	(void)prompt_key(&p, K_UP);
	assert_string_equal(p.line, "one");
	(void)prompt_key(&p, K_DOWN);
	(void)prompt_key(&p, K_DOWN);
	assert_string_equal(p.line, "typed");
	prompt_close(&p);
	history_release(&h);
}

static void prompt_completes_words(void **state UNUSED)
{
	struct prompt p = {0};

	prompt_open(&p, PROMPT_LINE, ":", NULL);
	type(&p, "host l");
	assert_int_equal(prompt_key(&p, K_TAB), PROMPT_COMPLETE);
	prompt_offer(&p, LIT("list\n"));
	assert_string_equal(p.line, "host list ");
	prompt_set(&p, "f");
	prompt_offer(&p, LIT("finding-a\nfinding-b\n"));
	assert_string_equal(p.line, "finding-");
	prompt_draw_offers(&p, &grid, 5, 4);
	assert_shows("  finding-a\n  finding-b\n");
	prompt_offer(&p, LIT(""));
	assert_string_equal(p.line, "finding-");
	prompt_close(&p);
}

static void prompt_secrets_are_not_shown(void **state UNUSED)
{
	struct prompt p = {0};

	prompt_open(&p, PROMPT_SECRET, "password: ", NULL);
	type(&p, "hunter");
	(void)prompt_key(&p, 0xe9);
	(void)prompt_key(&p, K_BACKSPACE);
	type(&p, "2");
	prompt_draw(&p, &grid, 0);
	assert_shows("password: (not shown)");
	assert_hides("hunter");
	assert_true(bytes_eq(secret_bytes(&p.secret), LIT("hunter2")));
	assert_string_equal(p.line, "");
	prompt_close(&p);
	assert_null(p.secret.page);
}

static void prompt_pastes_never_end_the_line(void **state UNUSED)
{
	struct prompt p = {0};

	prompt_open(&p, PROMPT_LINE, ":", NULL);
	(void)prompt_key(&p, K_PASTE_BEGIN);
	type(&p, "verify");
	assert_int_equal(prompt_key(&p, K_ENTER), PROMPT_CHANGED);
	assert_int_equal(prompt_key(&p, K_ESC), PROMPT_STAYS);
	type(&p, "x");
	(void)prompt_key(&p, K_PASTE_END);
	assert_string_equal(p.line, "verify x");
	assert_int_equal(prompt_key(&p, K_ESC), PROMPT_LEFT);
	prompt_close(&p);
}

static void prompt_choices_take_one_of_their_keys(void **state UNUSED)
{
	struct prompt p = {0};

	prompt_open(&p, PROMPT_CHOICE, "stop? ", NULL);
	p.choices = "yn";
	assert_int_equal(prompt_key(&p, K_ENTER), PROMPT_STAYS);
	assert_int_equal(prompt_key(&p, ' '), PROMPT_STAYS);
	assert_int_equal(prompt_key(&p, 'X'), PROMPT_STAYS);
	assert_int_equal(prompt_key(&p, 'y'), PROMPT_DONE);
	assert_string_equal(p.line, "y");
	prompt_close(&p);
}

/* ---- keymap ---- */

static void keymap_rows_are_complete_and_unique(void **state UNUSED)
{
	for (size_t i = 0; i < n_keymap; i++) {
		const struct binding *b = &keymap[i];
		char name[KEY_NAME_MAX];

		assert_non_null(b->help);
		assert_true(strlen(b->help) > 1);
		assert_true((b->action == ACT_NONE) == (b->line != NULL));
		assert_string_not_equal(key_title(b->key, name), "");
		for (size_t k = i + 1; k < n_keymap; k++)
			if (keymap[k].key == b->key &&
			    strcmp(keymap[k].context, b->context) == 0)
				fail_msg("%s twice in \"%s\"", name,
					 b->context);
	}
}

static void keymap_nearer_contexts_win(void **state UNUSED)
{
	const struct binding *b = keymap_find("findings", "list", 's');

	assert_int_equal(b->action, ACT_STATUS);
	assert_int_equal(keymap_find("findings", "list", 'f')->action,
			 ACT_FILTER);
	assert_int_equal(keymap_find("findings", "list", 'Q')->action,
			 ACT_QUIT);
	assert_null(keymap_find("findings", "list", 0x263a));
	assert_true(keymap_reaches(b, "findings", "list"));
	assert_false(keymap_reaches(keymap_find("", "list", K_ENTER),
				    "findings", "list"));
}

static void keys_have_utf8_and_names(void **state UNUSED)
{
	char utf8[5], name[KEY_NAME_MAX];

	assert_int_equal(key_utf8(0x1f600, utf8), 4);
	assert_string_equal(utf8, "😀");
	assert_int_equal(key_utf8(0x20ac, utf8), 3);
	assert_string_equal(utf8, "€");
	assert_int_equal(key_utf8(0xe9, utf8), 2);
	assert_int_equal(key_utf8(0x9b, utf8), 0);
	assert_int_equal(key_utf8(K_UP, utf8), 0);
	assert_string_equal(key_title(KEY_CTRL_('l'), name), "^L");
	assert_string_equal(key_title(K_F + 10, name), "F10");
	assert_string_equal(key_title(' ', name), "Space");
	assert_string_equal(key_title(K_UNKNOWN, name), "that key");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

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
		TEST(pager_spells_out_control_bytes),
		TEST(pager_breaks_endless_lines),
		TEST(pager_finds_and_scrolls_sideways),
		TEST(pager_reads_as_one_goes_down),
		TEST(hex_shows_and_finds_bytes),
		TEST(hex_finds_backwards),
		TEST(doc_wraps_between_words),
		TEST(doc_hex_marks_the_match),
		TEST(doc_cursor_stops_on_targets_only),
		TEST(prompt_edits_a_line),
		TEST(prompt_scrolls_a_long_line),
		TEST(prompt_recalls_and_returns),
		TEST(prompt_completes_words),
		TEST(prompt_secrets_are_not_shown),
		TEST(prompt_pastes_never_end_the_line),
		TEST(prompt_choices_take_one_of_their_keys),
		TEST(keymap_rows_are_complete_and_unique),
		TEST(keymap_nearer_contexts_win),
		TEST(keys_have_utf8_and_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
