/* SPDX-License-Identifier: Apache-2.0 */
/* The console's pager, hex, prompt and keymap. */
#include "unit/ui_shot.h"

#include "ui/blob.h"
#include "ui/hex.h"
#include "ui/keymap.h"
#include "ui/pager.h"
#include "ui/prompt.h"

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
	hex_search(&h, "4142");
	while (hex_work(&h))
		;
	assert_true(h.found_none); /* text, not bytes */
	hex_search(&h, "0x41 42 43");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pager_spells_out_control_bytes),
		TEST(pager_breaks_endless_lines),
		TEST(pager_finds_and_scrolls_sideways),
		TEST(pager_reads_as_one_goes_down),
		TEST(hex_shows_and_finds_bytes),
		TEST(hex_finds_backwards),
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
