/* SPDX-License-Identifier: Apache-2.0 */
/* The console on all kinds of terminals, and under all kinds of keys. */
#include "tui/kit.h"

#include <signal.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/time.h"

/* ---- the check itself ---- */

static void the_check_of_bytes_finds_what_it_is_for(void **state UNUSED)
{
	static const struct {
		const char *bytes;
		bool clean;
	} rows[] = {
		{"text \xc3\xa9 \xe6\xbc\xa2\r\n\b", true},
		{"\033[1;24r\033[12;40H\033[38;5;172m\033(B\033[m", true},
		{"\033[?1049h\033[22;0;0t", true},
		{"-\033[19b", true}, /* rep: again and again */
		{"\033]0;title\a", false},
		{"\033]52;c;QUFB\a", false},
		{"\033]4;1;rgb:00/00/00\033\\", false},
		{"\033Pq\033\\", false},
		{"\033_x\033\\", false},
		{"\033[6n", false},
		{"\xc2\x9b"
		 "31m",
		 false},
		{"\x9b"
		 "31m",
		 false},
		{"\xe2\x80\xae", false},
		{"\a", false},
	};
	char why[512];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (bytes_are_clean("xterm-256color", bytes_str(rows[i].bytes),
				    why, sizeof why) != rows[i].clean)
			fail_msg("row %zu", i);
}

/* ---- terminals ---- */

static void other_terminals(void **state)
{
	static const char *const terms[] = {"vt100", "linux", "screen-256color",
					    "tmux-256color"};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(terms); i++) {
		if (i)
			tui_stop(&tui);
		start(f, &(struct tui_options){.term = terms[i]});
		tui_wait(&tui, "NEEDS YOU");
		tui_type(&tui, "6");
		tui_wait(&tui, "webshell_generic");
		leave(f, terms[i]);
	}
}

/* Whether an SGR sets a colour; 39 and 49 are the terminal's own. */
static bool has_colour(struct bytes raw)
{
	unsigned n = 0;
	bool in_csi = false, coloured = false;

	for (size_t i = 0; i < raw.n; i++) {
		uint8_t c = raw.p[i];

		if (i && raw.p[i - 1] == 0x1b && c == '[') {
			in_csi = true;
			coloured = false;
			n = 0;
		} else if (in_csi && c >= '0' && c <= '9') {
			n = n * 10 + (unsigned)(c - '0');
		} else if (in_csi) {
			coloured |= (n >= 30 && n <= 38) ||
				    (n >= 40 && n <= 48) || n >= 90;
			if (c == 'm' && coloured)
				return true;
			in_csi = c == ';';
			n = 0;
		}
	}
	return false;
}

static void no_color_means_none(void **state)
{
	struct fix *f = *state;

	env[3] = "NO_COLOR=1";
	env[4] = NULL;
	start_usual(f);
	tui_type(&tui, "6");
	tui_wait(&tui, "> high");
	assert_true(has_colour(bytes_str("\033[1;38;5;160m")));
	leave(f, "xterm-256color");
	assert_false(has_colour(buf_bytes(&tui.raw)));
}

static void other_locales_get_ascii(void **state)
{
	struct fix *f = *state;

	env[3] = "LC_ALL=C";
	env[4] = NULL;
	start_usual(f);
	tui_type(&tui, "6");
	tui_wait(&tui, "-- finding webshell_generic");
	leave(f, "xterm-256color");
	for (size_t i = 0; i < tui.raw.n; i++)
		if (tui.raw.p[i] >= 0x80)
			fail_msg("byte %02x at %zu", tui.raw.p[i], i);
}

static void dumb_terminals_get_a_hint(void **state)
{
	struct fix *f = *state;
	int status;

	start(f, &(struct tui_options){.term = "dumb"});
	status = tui_wait_end(&tui);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_non_null(memmem(tui.raw.p, tui.raw.n, "dumb terminal", 13));
}

static bool is_cooked(void)
{
	struct termios mode;

	assert_int_equal(tcgetattr(tui.fd, &mode), 0);
	return (mode.c_lflag & ICANON) && (mode.c_lflag & ECHO);
}

static void signals_give_the_terminal_back(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (i)
			tui_stop(&tui);
		start_usual(f);
		assert_false(is_cooked());
		assert_int_equal(kill(tui.pid, signals[i]), 0);
		(void)tui_wait_end(&tui);
		assert_non_null(memmem(tui.raw.p, tui.raw.n, "\033[?1049l", 8));
		assert_true(is_cooked());
	}
	run_halligan(f, "verify", 0);
}

/* ---- anything at all ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Keys of all kinds; not Q and ^Z, which end or stop it. */
static void random_keys(uint32_t *seed, char *out, unsigned n)
{
	static const char *const pieces[] = {
		TUI_UP,
		TUI_DOWN,
		TUI_ENTER,
		TUI_ESC,
		TUI_TAB,
		"\033[5~",
		"\033[6~",
		"\033OH",
		"\033OF",
		"\033OP",
		"\033[3~",
		"\177",
		"\xc3\xa9",
		"\xe6\xbc\xa2",
		"\xff",
		"\033[200~x\033[201~",
		"\014",
		"\004",
		"\025",
		"\033[<0;9;9M",
		":",
		"/",
		"?",
		"x",
		"1",
		"2",
		"3",
		"4",
		"5",
		"6",
		"7",
		"8",
		"9",
		"0",
		"h",
		"l",
		"j",
		"k",
		"g",
		"G",
		" ",
		"*",
		"o",
		"f",
		"\\",
		"n",
		"N",
		"q",
		"s",
		"c",
		"m",
		"u",
		"V",
		"r",
		"-",
		"J",
		"K",
		"[",
		"]",
		"b",
		"M",
		"~",
		"\001",
		"help\r",
		"finding list\r",
		"severity=high\r",
	};

	*out = '\0';
	while (n-- > 0) {
		const char *piece =
			pieces[next_random(seed) % ARRAY_SIZE(pieces)];
		size_t at = strlen(out);

		(void)snprintf(out + at, 1024 - at, "%s", piece);
	}
}

static uint32_t choose_seed(void)
{
	const char *given = getenv("HALLIGAN_TUI_SEED");
	uint64_t seed = (uint64_t)time_now_ns() >> 20;

	if (given)
		(void)bytes_to_u64(bytes_str(given), &seed);
	print_message("HALLIGAN_TUI_SEED=%u\n", (unsigned)(uint32_t)seed);
	return (uint32_t)seed;
}

static void a_monkey_does_no_harm(void **state)
{
	struct fix *f = *state;
	uint32_t seed = choose_seed();
	char keys[1024];

	start_usual(f);
	for (int i = 0; i < 150; i++) {
		size_t before = tui.n_settled;

		random_keys(&seed, keys, 8);
		tui_type(&tui, keys);
		if (i % 10 == 5)
			tui_resize(&tui, (int)(1 + next_random(&seed) % 60),
				   (int)(1 + next_random(&seed) % 220));
		tui_settle(&tui, before);
	}
	tui_resize(&tui, 24, 80);
	/* Out of a paste that was cut in two, of prompts and pages. */
	tui_type(&tui, "\033[201~");
	for (int i = 0; !strstr(tui_screen(&tui), "Q quits") && i < 200; i++) {
		size_t before = tui.n_settled;

		tui_type(&tui, TUI_ESC);
		tui_settle(&tui, before);
	}
	tui_type(&tui, "6");
	tui_wait(&tui, "[6Find]");
	leave(f, "xterm-256color");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_of_bytes_finds_what_it_is_for),
		TEST(other_terminals),
		TEST(no_color_means_none),
		TEST(other_locales_get_ascii),
		TEST(dumb_terminals_get_a_hint),
		TEST(signals_give_the_terminal_back),
		TEST(a_monkey_does_no_harm),
	};

	if (need_program())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
