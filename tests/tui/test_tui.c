/* SPDX-License-Identifier: Apache-2.0 */
/* The console as people meet it: the program, a terminal, keys. */
#include "tui/tui.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/fs.h"
#include "base/time.h"
#include "unit/case_util.h"

#define HOSTILE                                                                \
	"\x1b]52;c;QUFB\x07\x1b]0;owned\x07\x1b[2J\xc2\x9b"                    \
	"31m\xe2\x80\xae"                                                      \
	"end"

static struct tui tui;
static char *home_env, *editor_env;
static const char *env[8];

/* ---- a case to look at ---- */

static void fill_case(struct fix *f)
{
	uint64_t file;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	file = put_file(f, "/srv/www/fig3.php", "", false);
	put_hit(f, put_match(f, file, "webshell_generic", "high"), 0x1002);
	file = put_file(f, "/tmp/" HOSTILE, "", false);
	put_hit(f, put_match(f, file, "rule_" HOSTILE, "low"), 0x10);
	(void)put_evidence(f, "/etc/" HOSTILE,
			   bytes_str("first line\nsecond " HOSTILE "\n"));
	put_coverage(f, "scanned", "/srv");
	put_coverage(f, "skipped", "/proc");
	put_run_host(f, "done");
	put_note(f, "body " HOSTILE);
	fix_flush(f);
}

static void write_editor(struct fix *f)
{
	char *path = xasprintf("%s/editor", f->dir);
	struct err err;
	static const char script[] =
		"#!/bin/sh\n"
		"read -r first < \"$1\"\n"
		"printf 'edited: %s\\nsecond line\\n' \"$first\" > \"$1\"\n";

	assert_ok(fs_replace(path, bytes_str(script), 0700, &err), err);
	editor_env = xasprintf("EDITOR=%s", path);
	free(path);
}

static int setup(void **state)
{
	struct fix *f;

	if (fix_setup(state) != 0)
		return -1;
	f = *state;
	fill_case(f);
	fix_close(f);
	write_editor(f);
	home_env = xasprintf("HOME=%s", f->dir);
	env[0] = home_env;
	env[1] = editor_env;
	env[2] = "VISUAL=";
	env[3] = NULL;
	return 0;
}

static int teardown(void **state)
{
	tui_stop(&tui);
	free(home_env);
	free(editor_env);
	return fix_teardown(state);
}

static void start(struct fix *f, const struct tui_options *o)
{
	const char *const argv[] = {getenv("HALLIGAN"), f->path, NULL};
	struct tui_options with_env = *o;

	with_env.env = env;
	assert_int_equal(chdir(f->dir), 0);
	tui_start(&tui, &with_env, argv);
}

static void start_usual(struct fix *f)
{
	start(f, &(struct tui_options){0});
	tui_wait(&tui, "NEEDS YOU");
}

static void run_halligan(struct fix *f, const char *verb, int want)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		(void)execl(getenv("HALLIGAN"), "halligan", "-C", f->path, verb,
			    (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), want);
}

/* Leaves by Q; the case is whole and the bytes were clean. */
static void leave(struct fix *f, const char *term)
{
	char why[512] = "";
	int status;

	tui_type(&tui, "Q");
	status = tui_wait_end(&tui);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	if (!bytes_are_clean(term, buf_bytes(&tui.raw), why, sizeof why))
		fail_msg("%s", why);
	run_halligan(f, "verify", 0);
}

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

/* ---- screens ---- */

static void every_screen_at_80x24(void **state)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5",
					   "6", "7", "8", "9", "0"};
	static const char *const shows[] = {
		"[1Case]",          "> web01",
		"[3Jobs]",          "/proc",
		"[5Evid]",          "webshell_generic",
		"body \\x1b]52;c;", "[8Time]",
		"run.interrupted",  "Nothing was said",
	};
	struct fix *f = *state;

	start_usual(f);
	tui_wait(&tui, "2 findings are new");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		tui_type(&tui, keys[i]);
		tui_wait(&tui, shows[i]);
		tui_wait(&tui, "? help");
	}
	leave(f, "xterm-256color");
}

static void every_screen_at_132x43(void **state)
{
	struct fix *f = *state;

	start(f, &(struct tui_options){.rows = 43, .cols = 132});
	tui_wait(&tui, "0Messages");
	tui_wait(&tui, "TLP:AMBER");
	tui_type(&tui, "6");
	tui_wait(&tui, "│ ── finding webshell_generic");
	tui_wait(&tui, "at 0x1002, 4 bytes");
	tui_type(&tui, "9");
	tui_wait(&tui, "│ ── audit");
	leave(f, "xterm-256color");
}

static void resizing_at_any_time(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "6");
	tui_wait(&tui, "> high");
	tui_resize(&tui, 14, 59);
	tui_wait(&tui, "too small: 59x14, need 60x15");
	tui_resize(&tui, 43, 132);
	tui_wait(&tui, "[6Findings]");
	tui_resize(&tui, 15, 60);
	tui_wait(&tui, "[6Find]");
	tui_resize(&tui, 1, 1);
	tui_resize(&tui, 24, 80);
	tui_wait(&tui, "── finding webshell_generic");
	leave(f, "xterm-256color");
}

static void hostile_names_and_bodies_are_spelled_out(void **state)
{
	struct fix *f = *state;

	start(f, &(struct tui_options){.rows = 50, .cols = 200});
	tui_wait(&tui, "NEEDS YOU");
	tui_type(&tui, "7");
	tui_wait(&tui, "body \\x1b]52;c;QUFB\\x07\\x1b]0;owned\\x07\\x1b[2J"
		       "\\x9b31m\\u{202e}end");
	tui_type(&tui, "6G");
	tui_wait(&tui, "rule_\\x1b]52;c;");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, "path        /tmp/\\x1b]52;c;QUFB\\x07");
	tui_type(&tui, "5" TUI_ENTER);
	tui_wait(&tui, "     2  second \\x1b]52;c;QUFB\\x07");
	tui_type(&tui, TUI_TAB);
	tui_wait(&tui, "00000000  66 69 72 73 74");
	tui_type(&tui, TUI_TAB);
	tui_wait(&tui, "complete    yes");
	leave(f, "xterm-256color");
}

/* ---- doing things ---- */

static void a_note_at_the_prompt(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "7a");
	tui_wait(&tui, "note (Enter alone: editor):");
	tui_type(&tui, "call from the NOC \xc3\xa9" TUI_ENTER);
	tui_wait(&tui, "wrote note");
	tui_wait(&tui, "call from the NOC \xc3\xa9");
	leave(f, "xterm-256color");
	fix_open(f);
	assert_int_equal(sql_int(f, "select count(*) from note where body "
				    "= 'call from the NOC \xc3\xa9'"),
			 1);
}

static void a_note_in_the_editor(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "7a");
	tui_wait(&tui, "editor):");
	tui_type(&tui, "draft" TUI_ENTER);
	tui_wait(&tui, "> ");
	tui_wait(&tui, "wrote note");
	tui_type(&tui, "ge"); /* the newest is first */
	tui_wait(&tui, "rewrote note");
	tui_wait(&tui, "edited: draft");
	tui_wait(&tui, "second line");
	leave(f, "xterm-256color");
	fix_open(f);
	assert_int_equal(sql_int(f, "select count(*) from note where body "
				    "like 'edited: draft%second line%'"),
			 1);
	assert_int_equal(sql_int(f, "select count(*) from audit where "
				    "action = 'note.edit'"),
			 1);
}

static void a_finding_is_judged(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "6*s");
	tui_wait(&tui, "status: n new, c confirmed");
	tui_type(&tui, "c");
	tui_wait_gone(&tui, "status: n new");
	tui_type(&tui, "1");
	tui_wait(&tui, "new 0");
	leave(f, "xterm-256color");
	fix_open(f);
	assert_int_equal(sql_int(f, "select count(*) from finding where "
				    "status = 'confirmed'"),
			 2);
}

static void commands_are_those_of_the_shell(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, ":finding li" TUI_TAB);
	tui_wait(&tui, ":finding list");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, "2 rows");
	tui_type(&tui, "q:host add ir@192.0.2.9 db01" TUI_ENTER);
	tui_wait(&tui, "added db01");
	tui_wait(&tui, "HOSTS     2");
	tui_type(&tui, ":nonsense" TUI_ENTER);
	tui_wait(&tui, "'nonsense' is not a command");
	tui_type(&tui, ":" TUI_UP TUI_UP);
	tui_wait(&tui, ":host add ir@192.0.2.9 db01");
	tui_type(&tui, TUI_ESC);
	tui_wait_gone(&tui, "Tab completes");
	tui_type(&tui, ":verify" TUI_ENTER);
	tui_wait(&tui, "evidence");
	leave(f, "xterm-256color");
}

static void help_is_searched(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "2?");
	tui_wait(&tui, "Help:");
	tui_wait(&tui, "IN LISTS");
	tui_type(&tui, "fingerprint");
	tui_wait_gone(&tui, "IN LISTS");
	tui_wait(&tui, ":host trust NAME");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, ":host trust web01 --fingerprint");
	tui_type(&tui, TUI_ESC);
	tui_wait(&tui, "? help");
	leave(f, "xterm-256color");
}

static void filter_and_search(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "6f");
	tui_wait(&tui, "Enter does it");
	tui_type(&tui, "severity=high" TUI_ENTER);
	tui_wait(&tui, "shown 1 of 2 findings");
	tui_type(&tui, "\\");
	tui_wait(&tui, "2 findings  filter: none");
	tui_type(&tui, "/rule_");
	tui_wait(&tui, "> low");
	tui_type(&tui, TUI_ENTER "4");
	tui_wait(&tui, "scanned");
	tui_type(&tui, "u");
	tui_wait(&tui, "shown 1 of 2 coverage rows");
	tui_wait_gone(&tui, "  scanned");
	leave(f, "xterm-256color");
}

static void pastes_outside_a_prompt_are_dropped(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "\033[200~6Q:host add x\r\033[201~");
	tui_wait(&tui, "pasted text ignored");
	assert_non_null(strstr(tui_screen(&tui), "[1Case]"));
	tui_type(&tui, ":\033[200~host\nlist\033[201~");
	tui_wait(&tui, ":host list");
	tui_type(&tui, TUI_ESC);
	tui_wait_gone(&tui, "Esc leaves");
	leave(f, "xterm-256color");
}

static void the_mouse_is_off_until_set(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	assert_null(memmem(tui.raw.p, tui.raw.n, "\033[?1006", 7));
	tui_type(&tui, ":set mouse on" TUI_ENTER);
	tui_wait(&tui, "the mouse is on");
	tui_type(&tui, "\033[<0;34;1M\033[<0;34;1m"); /* the tab 6Find */
	tui_wait(&tui, "[6Find]");
	tui_type(&tui, "\033[<0;5;5M\033[<0;5;5m");
	tui_wait(&tui, "> low");
	tui_type(&tui, ":set mouse off" TUI_ENTER);
	tui_wait(&tui, "the mouse is off");
	leave(f, "xterm-256color");
}

/* ---- hosts that do not answer ---- */

/* Jobs want a probe to be there, even those that send none. */
static void need_probe(void)
{
	const char *probe = getenv("HALLIGAN_PROBE");

	if (probe && access(probe, R_OK) == 0)
		return;
	print_message("skipped: no probe was built\n");
	skip();
}

/* A port where somebody accepts and says nothing. */
static int silent_port(unsigned *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t n = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &n), 0);
	*port = ntohs(in.sin_port);
	return fd;
}

static void a_host_that_hangs_holds_nobody_up(void **state)
{
	struct fix *f = *state;
	unsigned port;
	int fd;
	char *line;

	need_probe();
	fd = silent_port(&port);
	start_usual(f);
	line = xasprintf(":host add ir@127.0.0.1:%u slow" TUI_ENTER, port);
	tui_type(&tui, line);
	free(line);
	tui_wait(&tui, "added slow");
	tui_type(&tui, ":connect slow" TUI_ENTER);
	tui_wait(&tui, "connect started");
	tui_type(&tui, "3");
	tui_wait(&tui, "slow");
	tui_wait(&tui, "0/1 hosts");
	tui_type(&tui, "?");
	tui_wait(&tui, "Help:");
	tui_type(&tui, TUI_ESC);
	tui_wait(&tui, "[3Jobs]");
	tui_type(&tui, "Q");
	tui_wait(&tui, "1 job runs; leave and stop it?");
	tui_type(&tui, "n");
	tui_wait_gone(&tui, "leave and stop it?");
	tui_type(&tui, "X");
	tui_wait(&tui, "y stops it");
	tui_type(&tui, "y");
	tui_wait(&tui, "connect is over: 1 host");
	leave(f, "xterm-256color");
	close(fd);
}

static void a_host_that_refuses_needs_you(void **state)
{
	struct fix *f = *state;
	unsigned port;
	char *line;

	need_probe();
	close(silent_port(&port)); /* nobody listens there now */
	start_usual(f);
	line = xasprintf(":host add ir@127.0.0.1:%u gone" TUI_ENTER, port);
	tui_type(&tui, line);
	free(line);
	tui_wait(&tui, "added gone");
	tui_type(&tui, ":connect gone" TUI_ENTER);
	tui_wait(&tui, "gone         cannot be reached");
	leave(f, "xterm-256color");
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

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_of_bytes_finds_what_it_is_for),
		TEST(every_screen_at_80x24),
		TEST(every_screen_at_132x43),
		TEST(resizing_at_any_time),
		TEST(hostile_names_and_bodies_are_spelled_out),
		TEST(a_note_at_the_prompt),
		TEST(a_note_in_the_editor),
		TEST(a_finding_is_judged),
		TEST(commands_are_those_of_the_shell),
		TEST(help_is_searched),
		TEST(filter_and_search),
		TEST(pastes_outside_a_prompt_are_dropped),
		TEST(the_mouse_is_off_until_set),
		TEST(a_host_that_hangs_holds_nobody_up),
		TEST(a_host_that_refuses_needs_you),
		TEST(other_terminals),
		TEST(no_color_means_none),
		TEST(other_locales_get_ascii),
		TEST(dumb_terminals_get_a_hint),
		TEST(signals_give_the_terminal_back),
		TEST(a_monkey_does_no_harm),
	};

	if (!getenv("HALLIGAN") || access(getenv("HALLIGAN"), X_OK) != 0) {
		print_message("skipped: no program at $HALLIGAN\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
