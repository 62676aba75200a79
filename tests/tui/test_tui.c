/* SPDX-License-Identifier: Apache-2.0 */
/* The console as people meet it: screens, keys, what they do. */
#include "tui/kit.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/fs.h"

/* ---- screens ---- */

static void every_screen_at_80x24(void **state)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5",
					   "6", "7", "8", "9", "0"};
	static const char *const shows[] = {
		"[1Case]",          "> web01",
		"[3Jobs]",          "skipped",
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

/* A tag given by a key, seen and filtered by in the list, completed. */
static void hosts_are_tagged_and_answers_stacked(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, ":host add 'app[1:3]' --group apps" TUI_ENTER);
	tui_wait(&tui, "added 3 hosts");
	tui_type(&tui, ":host add @-" TUI_ENTER);
	tui_wait(&tui, "the console has no standard input");
	tui_type(&tui, "2  T");
	tui_wait(&tui, ":host tag app1 app2");
	tui_type(&tui, "triage" TUI_ENTER);
	tui_wait(&tui, "put the tag triage on 2 hosts");
	tui_type(&tui, "ftags:triage" TUI_ENTER);
	tui_wait(&tui, "shown 2 of 4 hosts");
	tui_type(&tui, ":host list --tag tri" TUI_TAB TUI_ENTER);
	tui_wait(&tui, "2 rows");
	tui_type(&tui, "q6S");
	tui_wait(&tui, "2 answers");
	tui_wait(&tui, "HOSTS  SEVERITY");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, "1 finding ");
	tui_type(&tui, "qS");
	tui_wait(&tui, "2 findings");
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
	tui_wait(&tui, "shown 1 of 2 sums");
	tui_wait_gone(&tui, "  scanned");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, "1 coverage row ");
	tui_wait(&tui, "/proc");
	leave(f, "xterm-256color");
}

static void false_positives_leave_the_list_and_are_counted(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, "6");
	tui_wait(&tui, "2 findings");
	tui_type(&tui, "F");
	tui_wait(&tui, "h this rule and this content");
	tui_type(&tui, "p");
	tui_wait(&tui, "why is it harmless?");
	tui_type(&tui, "our own \"agent\"" TUI_ENTER);
	tui_wait(&tui, "covers 1 finding");
	tui_wait(&tui, "1 finding  filter: none");
	tui_wait(&tui, "1 excluded or quiet (e)");
	tui_type(&tui, "e");
	tui_wait(&tui, "with those excluded or quiet (-)");
	tui_wait(&tui, "2 findings");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, "our own \"agent\"");
	leave(f, "xterm-256color");
}

static void saved_hunts_are_proposed_on_marked_hosts(void **state)
{
	struct fix *f = *state;
	FILE *rules;

	start_usual(f); /* in the folder of the case */
	rules = fopen("r", "w");
	assert_non_null(rules);
	assert_true(fputs("rule r { condition: false }\n", rules) >= 0);
	assert_int_equal(fclose(rules), 0);
	tui_type(&tui, ":hunt save weekly --rules r --path /srv" TUI_ENTER);
	tui_wait(&tui, "saved the hunt weekly");
	tui_type(&tui, "3S");
	tui_wait(&tui, "1 saved hunt");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, ":hunt run weekly --all");
	tui_type(&tui, TUI_ESC);
	tui_wait_gone(&tui, "Esc leaves");
	tui_type(&tui, "2 3");
	tui_wait(&tui, "1 saved hunt");
	tui_type(&tui, TUI_ENTER);
	tui_wait(&tui, ":hunt run weekly web01");
	tui_type(&tui, TUI_ESC);
	tui_wait_gone(&tui, "Esc leaves");
	/* One that says which hosts is run on those. */
	tui_type(&tui, "2*3:hunt save few --rules r --path /srv --tag dmz "
		       "--failed" TUI_ENTER);
	tui_wait(&tui, "saved the hunt few");
	tui_type(&tui, "2*3g" TUI_ENTER);
	tui_wait(&tui, ":hunt run few");
	tui_wait_gone(&tui, "--all");
	tui_type(&tui, TUI_ESC);
	tui_wait_gone(&tui, "Esc leaves");
	leave(f, "xterm-256color");
}

static void indicators_have_a_page(void **state)
{
	struct fix *f = *state;

	start_usual(f);
	tui_type(&tui, ":indicator add ip 192[.]0[.]2[.]7 --severity "
		       "high" TUI_ENTER);
	tui_wait(&tui, "added ip 192.0.2.7");
	tui_type(&tui, "6I");
	tui_wait(&tui, "1 indicator");
	tui_type(&tui, "\t");
	tui_wait(&tui, "SIGHTINGS");
	tui_type(&tui, "q" TUI_ENTER);
	tui_wait(&tui, "It was not seen");
	tui_type(&tui, "qa");
	tui_wait(&tui, ":indicator add");
	tui_type(&tui, TUI_ESC);
	tui_wait_gone(&tui, "Esc leaves");
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
	FILE *config;

	need_probe();
	fd = silent_port(&port);
	start_usual(f);
	config = fopen("patient", "w"); /* in the folder of the case */
	assert_non_null(config);
	assert_true(fputs("ConnectTimeout 300\n", config) >= 0);
	assert_int_equal(fclose(config), 0);
	line = xasprintf(":host add ir@127.0.0.1:%u slow" TUI_ENTER, port);
	tui_type(&tui, line);
	free(line);
	tui_wait(&tui, "added slow");
	tui_type(&tui, ":connect slow --ssh-config patient" TUI_ENTER);
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

/* ---- packed logs ---- */

#define LINE_LEN  16 /* a row of hex */
#define THE_LINE  4000
#define ALL_LINES 9000

static bool shell_does(const char *line)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

/* Lines "line 0004000 ok", packed by that program; false: it is not here. */
static bool pack(struct fix *f, const char *program, struct buf *packed)
{
	char *plain = xasprintf("%s/plain", f->dir);
	char *made = xasprintf("%s/packed", f->dir);
	char *line = xasprintf("%s <%s >%s 2>/dev/null", program, plain, made);
	struct err err;
	bool ok;

	buf_clear(packed);
	for (unsigned i = 0; i < ALL_LINES; i++)
		(void)buf_addf(packed, "line %07u ok\n", i);
	assert_ok(fs_replace(plain, buf_bytes(packed), 0600, &err), err);
	buf_clear(packed);
	ok = shell_does(line);
	if (ok)
		assert_ok(fs_read(made, packed, &err), err);
	free(plain);
	free(made);
	free(line);
	return ok;
}

/* One event in it, on THE_LINE. */
static void put_packed(struct fix *f, const char *path, struct bytes packed)
{
	uint64_t file = put_evidence(f, path, packed);
	struct change *c = fix_record(f, REC_EVENT);

	c->u.record.u.event = (struct rec_event){
		.file_seq = file,
		.time_ns = 1,
		.precision_ns = 1,
		.source = bytes_str("utc"),
		.desc = bytes_str("Recorded Time"),
		.kind = bytes_str("syslog"),
		.message = bytes_str("a line of a packed log"),
		.offset = (uint64_t)THE_LINE * LINE_LEN,
		.length = LINE_LEN - 1};
	fix_submit(f, c);
	fix_flush(f);
}

/* The line of the timeline opens what the log says, not what it is packed
 * as; what is broken off says so. */
static void packed_logs_open_where_they_say_it(void **state)
{
	static const char *const programs[] = {"gzip", "xz", "zstd -q",
					       "bzip2"};
	struct fix *f = *state;
	unsigned n = 0;
	struct buf packed;

	buf_init(&packed, 1u << 20);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (!pack(f, programs[i], &packed))
			continue;
		n++;
		fix_open(f);
		fix_host(f, programs[i]);
		fix_run(f, "import");
		put_packed(f, "/var/log/x", buf_bytes(&packed));
		fix_close(f);
		if (n > 1) /* that of the one before */
			tui_stop(&tui);
		start_usual(f);
		tui_type(&tui, "8g");
		tui_wait(&tui, "a line of a packed log");
		tui_type(&tui, TUI_ENTER);
		tui_wait(&tui, "THE EVIDENCE SAYS, AT BYTE 64000");
		tui_wait(&tui, "line 0004000 ok");
		tui_type(&tui, "qb");
		tui_wait(&tui, "/var/log/x, unpacked");
		tui_wait(&tui, "0000fa00  6c 69 6e 65 20 30 30 30");
		tui_type(&tui, TUI_TAB TUI_TAB); /* as text */
		tui_wait(&tui, "line 0004001 ok");
		leave(f, "xterm-256color");
	}
	assert_true(n > 0);
	buf_release(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_screen_at_80x24),
		TEST(every_screen_at_132x43),
		TEST(resizing_at_any_time),
		TEST(hostile_names_and_bodies_are_spelled_out),
		TEST(a_note_at_the_prompt),
		TEST(a_note_in_the_editor),
		TEST(a_finding_is_judged),
		TEST(commands_are_those_of_the_shell),
		TEST(hosts_are_tagged_and_answers_stacked),
		TEST(help_is_searched),
		TEST(filter_and_search),
		TEST(false_positives_leave_the_list_and_are_counted),
		TEST(saved_hunts_are_proposed_on_marked_hosts),
		TEST(indicators_have_a_page),
		TEST(pastes_outside_a_prompt_are_dropped),
		TEST(the_mouse_is_off_until_set),
		TEST(a_host_that_hangs_holds_nobody_up),
		TEST(a_host_that_refuses_needs_you),
		TEST(packed_logs_open_where_they_say_it),
	};

	if (need_program())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
