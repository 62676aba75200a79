/* SPDX-License-Identifier: Apache-2.0 */
/* The console's pages and questions, over an app in memory. */
#include "unit/unit.h"

#include "base/time.h"
#include "ui/console.h"
#include "ui/words.h"
#include "unit/fake_app.h"

static struct ui *ui;
static char *shot;

static const char *screen(void)
{
	struct buf out;

	if (ui->case_changed)
		ui_refresh(ui);
	while (ui_work(ui))
		;
	ui_draw(ui);
	buf_init(&out, 1u << 20);
	grid_to_text(&ui->grid, &out);
	free(shot);
	shot = buf_detach(&out);
	return shot;
}

#define assert_shows(words)                                                    \
	do {                                                                   \
		if (!strstr(screen(), words))                                  \
			fail_msg("no \"%s\" in:\n%s", words, shot);            \
	} while (0)

#define assert_hides(words)                                                    \
	do {                                                                   \
		if (strstr(screen(), words))                                   \
			fail_msg("\"%s\" in:\n%s", words, shot);               \
	} while (0)

static void key(int32_t code)
{
	struct key k = {.code = code};

	ui_key(ui, &k);
}

static void type(const char *s)
{
	for (; *s; s++)
		key((uint8_t)*s);
}

static void resize(unsigned rows, unsigned cols)
{
	grid_release(&ui->grid);
	grid_init(&ui->grid, rows, cols);
}

static void fill_case(void)
{
	fake.info = (struct case_info){.n_hosts = 3,
				       .n_findings = 2,
				       .n_new_findings = 1,
				       .n_evidence = 1,
				       .evidence_bytes = 1234567,
				       .n_audit = 2};
	(void)snprintf(fake.info.name, sizeof fake.info.name, "acme-26");
	(void)snprintf(fake.info.tlp, sizeof fake.info.tlp, "amber");
	fake_row("host", "id=h1", "name=web01", "state=done",
		 "target=ir@192.0.2.7", "findings=2", NULL);
	fake_row("host", "id=h2", "name=web02", "state=failed",
		 "target=192.0.2.8", NULL);
	fake_row("host", "id=h3", "name=db01", "state=done", NULL);
	fake_row("run", "id=run-1", "op=hunt", "state=done",
		 "command=hunt --all", "hosts=3", NULL);
	fake_row("run_host", "run_id=run-1", "host=web02", "state=failed",
		 "code=hostkey", "message=key SHA256:ff is not SHA256:ab",
		 NULL);
	fake_row("coverage", "id=1", "run_id=run-1", "host=web01", "what=hunt",
		 "outcome=skipped", "reason=permission", "path=/root/secret",
		 "files=3", NULL);
	fake_row("finding", "id=f-0001", "host=web01", "rule=wellmess",
		 "severity=high", "status=new", "path=/tmp/\x1b]52;c;QQ==\x07",
		 "offset=4098", "description=a backdoor", "evidence_id=e-0001",
		 NULL);
	fake_row("finding", "id=f-0002", "host=web01", "rule=webshell",
		 "severity=low", "status=benign", "path=/var/www/a.php", NULL);
	fake_row("hit", "id=1", "finding_id=f-0001", "identifier=$a",
		 "offset=4098", "length=4", "context=xxBOTYxx",
		 "context_offset=4096", NULL);
	fake_row("evidence", "id=e-0001", "host=web01", "path=/tmp/x",
		 "size=23", "complete=1", NULL);
	fake_row("note", "id=n-0001", "author=kim", "body=line one\nline two",
		 "created_at=0", NULL);
	fake_row("audit", "seq=1", "at=0", "actor=kim@laptop",
		 "action=case.create", NULL);
}

static void open_ui(void)
{
	ui = xcalloc(1, sizeof *ui);
	/* Any pointer that is not NULL: the fakes do not look at it. */
	ui->app = (struct app *)(uintptr_t)&fake;
	ui->log = source_table(messages_view());
	ui->screen = 1;
	grid_init(&ui->grid, 24, 80);
	ui_refresh_info(ui);
	ui_go(ui, 1);
}

static int fresh(void **state UNUSED)
{
	fake_reset();
	fill_case();
	open_ui();
	return 0;
}

static int fresh_empty(void **state UNUSED)
{
	fake_reset();
	open_ui();
	return 0;
}

static int done(void **state UNUSED)
{
	prompt_close(&ui->prompt);
	ui_free_pages(ui);
	history_release(&ui->commands);
	history_release(&ui->searches);
	source_close(ui->log);
	grid_release(&ui->grid);
	free(ui->note_host);
	free(ui);
	free(shot);
	shot = NULL;
	fake_reset();
	return 0;
}

static void dashboard_says_what_needs_somebody(void **state UNUSED)
{
	assert_shows("[1Case] 2Hosts 3Jobs 4Cov 5Evid 6Find 7Note 8Time 9Aud "
		     "0Msg");
	assert_shows("TLP:AMBER");
	assert_shows("FINDINGS  2     new 1");
	assert_shows("EVIDENCE  1     1.2 MB");
	assert_shows("1 finding is new: nobody judged it yet");
	assert_shows("web02        host key not trusted, refused  key "
		     "SHA256:ff is");
	key(K_ENTER); /* the finding */
	assert_int_equal(ui->screen, 6);
	assert_shows("shown 1 of 2 findings  filter: status=new");
	key('1');
	key('j');
	key(K_ENTER);
	assert_int_equal(ui->screen, 2);
	assert_shows("> web02");
}

static void dashboard_of_an_empty_case_says_how_to_begin(void **state UNUSED)
{
	assert_shows("New case.  a adds the first host   m writes what you "
		     "were told   ? help");
}

static void every_screen_draws_at_every_size(void **state UNUSED)
{
	static const struct {
		unsigned rows, cols;
	} sizes[] = {{15, 60}, {24, 80}, {43, 132}, {50, 200}, {100, 300}};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		resize(sizes[i].rows, sizes[i].cols);
		for (unsigned s = 0; s < UI_SCREENS; s++) {
			char name[32];

			ui_go(ui, s);
			(void)snprintf(name, sizeof name, "[%u", s);
			assert_shows(name);
			assert_shows("? help");
		}
	}
	resize(14, 59);
	assert_memory_equal(screen(), "too small: 59x14, need 60x15\n\n", 30);
}

static void small_terminals_only_let_one_quit(void **state UNUSED)
{
	resize(14, 59);
	key('6');
	assert_int_equal(ui->screen, 1);
	key('Q');
	assert_true(ui->quit);
}

static void findings_show_the_bytes_that_matched(void **state UNUSED)
{
	key('6');
	assert_shows("> high");
	assert_shows("/tmp/\\x1b]52;c;QQ==\\x07");
	key(K_ENTER);
	assert_shows("finding wellmess");
	assert_shows("what        a backdoor");
	assert_shows("$a  at 0x1002, 4 bytes");
	assert_shows("00001000  78 78 42 4f 54 59 78 78");
	key('J');
	assert_shows("finding webshell");
	key('q');
	assert_shows("> low");
}

static void wide_screens_put_the_detail_beside(void **state UNUSED)
{
	resize(43, 132);
	key('6');
	assert_shows("[6Findings]");
	assert_shows("│ ── finding wellmess");
	assert_shows("│ rule        wellmess");
}

static void status_is_set_by_a_command(void **state UNUSED)
{
	key('6');
	key(' ');
	key(' ');
	key('s');
	assert_shows("status: n new, c confirmed, b benign");
	key('c');
	assert_string_equal(buf_str(&fake.ran),
			    "finding set f-0001 --status confirmed\n"
			    "finding set f-0002 --status confirmed\n");
}

static void keys_put_commands_at_the_prompt(void **state UNUSED)
{
	key('2');
	key(' ');
	key(' ');
	key('H');
	assert_shows(":hunt web01 web02 --rules");
	type("r.yar");
	key(K_ENTER);
	assert_string_equal(buf_str(&fake.ran),
			    "hunt web01 web02 --rules r.yar\n");
	assert_int_equal(ui->commands.n, 1);
}

static void words_from_hosts_are_quoted_or_refused(void **state UNUSED)
{
	size_t n;
	char *line;

	fake_row("host", "id=h9", "name=a \"b\\ $(c)", NULL);
	key('2');
	key('G');
	(void)screen();
	line = ui_expand(ui, "host show %{name}", &n);
	assert_non_null(line);
	assert_string_equal(line, "host show \"a \\\"b\\\\ $(c)\"\n");
	free(line);
	key('6');
	assert_null(ui_expand(ui, "collect --path %{path}", &n));
	assert_shows("cannot be typed");
}

static void commands_that_list_open_a_page(void **state UNUSED)
{
	key(':');
	type("finding list");
	key(K_ENTER);
	assert_shows("2 rows  filter: none");
	assert_shows("> high");
	key('q');
	key(':');
	type("hots add x");
	key(K_ENTER);
	assert_shows("'hots add' is not a command");
	key(':');
	type("set mouse maybe");
	key(K_ENTER);
	assert_shows("what can be set: mouse on, mouse off");
	key('M');
	assert_shows("2 messages");
	ui_say(ui, ROLE_BAD, "%s",
	       "a sentence that is longer than the eighty columns of the "
	       "terminal is shown on as many rows as it takes");
	assert_shows("a sentence that is longer than the eighty columns of the "
		     "terminal is shown on\nas many rows as it takes\n");
}

static void completion_offers_commands(void **state UNUSED)
{
	key(':');
	type("hu");
	key(K_TAB);
	assert_string_equal(ui->prompt.line, "hunt ");
	key(K_ESC);
	assert_int_equal(ui->prompt.kind, PROMPT_NONE);
}

static void notes_are_typed_or_about_a_host(void **state UNUSED)
{
	key('2');
	key('m');
	assert_shows("note about web01");
	type("watch C2 first; -- \"quoted\"");
	key(K_ENTER);
	assert_string_equal(buf_str(&fake.ran),
			    "note add --host web01 -- watch C2 first; -- "
			    "\"quoted\"\n");
	key('7');
	assert_shows("line one line two");
	key(K_ENTER);
	assert_shows("line one\nline two\n");
}

static void add_job(bool over)
{
	struct job_view *j = &fake.jobs[fake.n_jobs++];

	*j = (struct job_view){.op = JOB_HUNT,
			       .n_hosts = 2,
			       .n_done = 1,
			       .files = 12345,
			       .bytes = 2000000,
			       .matches = 3,
			       .over = over,
			       .started_ns = 0,
			       .ended_ns = TIME_UNKNOWN,
			       .code = ERR_PARTIAL,
			       .n_failed = 1};
	(void)snprintf(j->run.s, sizeof j->run.s, "run-1");
	fake.n_hosts = 2;
	fake.hosts[0] = (struct job_host_view){.host = "web01",
					       .phase = HOST_RUNNING,
					       .files = 12345,
					       .bytes = 2000000,
					       .matches = 3,
					       .now = "/usr/lib",
					       .started_ns = TIME_UNKNOWN};
	fake.hosts[1] = (struct job_host_view){.host = "web02",
					       .phase = HOST_FAILED,
					       .started_ns = TIME_UNKNOWN};
	(void)err_set(&fake.hosts[1].err, ERR_NET, "connecting: refused");
}

static void jobs_show_progress_and_stop(void **state UNUSED)
{
	add_job(false);
	ui_watch_jobs(ui);
	assert_int_equal(ui->n_running, 1);
	assert_shows("hunt [##########----------]  1/2 hosts  12,345 files  "
		     "2.0 MB  3 matches  X stops");
	key('3');
	assert_shows("web01        [######-] running");
	assert_shows("connecting: refused");
	key('X');
	assert_shows("stop hunt run-1 on 1 hosts? y stops it");
	key(K_ENTER);
	assert_shows("stop hunt");
	key('n');
	assert_string_equal(fake.cancelled, "");
	key('X');
	key('y');
	assert_string_equal(fake.cancelled, "run-1");
	fake.jobs[0].over = true;
	ui_watch_jobs(ui);
	assert_shows("hunt is over: 2 hosts, 1 failed, 3 matches");
}

static void runs_say_what_was_not_seen(void **state UNUSED)
{
	key('3');
	key(K_ENTER);
	assert_shows("WHAT WE DID NOT SEE");
	assert_shows("web01  skipped  permission  3 files  /root/secret");
}

static void quitting_asks_while_jobs_run(void **state UNUSED)
{
	add_job(false);
	key('Q');
	assert_false(ui->quit);
	assert_shows("1 job runs; leave and stop it?");
	key(K_ESC);
	assert_false(ui->quit);
	key('Q');
	key('y');
	assert_true(ui->quit);
}

static void ask(uint64_t id, enum ask_kind kind)
{
	struct ask a = {.id = id,
			.kind = kind,
			.host = "web03",
			.prompt = "passphrase of id_ed25519",
			.key_type = "ssh-ed25519",
			.fingerprint = "SHA256:abcdef",
			.address = "192.0.2.9:22"};

	ui_asked(ui, &a);
}

static void host_keys_want_a_typed_yes(void **state UNUSED)
{
	ask(7, ASK_HOST_KEY);
	assert_shows("NOT CONNECTED");
	assert_shows("web03  192.0.2.9:22  has a key this case does not know");
	assert_shows("ssh-ed25519 SHA256:abcdef");
	key(K_ENTER);
	type("y");
	key(K_ENTER);
	key(K_PASTE_BEGIN);
	type("yes");
	key(K_PASTE_END);
	key(K_ENTER);
	assert_int_equal(fake.answered, 0);
	type("yes");
	key(K_ENTER);
	assert_int_equal(fake.answered, 7);
	assert_true(fake.answer);
	assert_hides("NOT CONNECTED");
}

static void questions_wait_their_turn(void **state UNUSED)
{
	key(':');
	type("verify");
	ask(1, ASK_HOST_KEY);
	ask(2, ASK_PASSPHRASE);
	assert_shows(":verify"); /* what is being typed stays */
	key(K_ESC);
	assert_shows("1 more wait");
	key(K_ESC); /* later */
	assert_int_equal(fake.answered, 0);
	assert_shows("web03 waits for an answer; ! gives it");
	key('2');
	assert_shows("[2Hosts]");
	key('!');
	type("no");
	key(K_ENTER);
	assert_int_equal(fake.answered, 1);
	assert_false(fake.answer);
	assert_shows("passphrase of id_ed25519: (not shown)");
	type("s3cret");
	assert_hides("s3cret");
	key(K_ENTER);
	assert_int_equal(fake.answered, 2);
	assert_true(fake.answer);
	assert_string_equal(fake.secret, "s3cret");
}

static void questions_that_are_moot_go_away(void **state UNUSED)
{
	ask(1, ASK_PASSWORD);
	ask(2, ASK_HOST_KEY);
	ui_unasked(ui, 1);
	assert_shows("type yes to trust this key");
	ui_unasked(ui, 2);
	assert_int_equal(ui->prompt.kind, PROMPT_NONE);
	assert_int_equal(fake.answered, 0);
}

static void evidence_has_text_hex_and_meta(void **state UNUSED)
{
	static const char bytes[] = "root line\n\x1b[31mred\x1b[0m\n";

	fake.evidence = (const uint8_t *)bytes;
	fake.n_evidence = sizeof bytes - 1;
	key('5');
	key(K_ENTER);
	assert_shows("/tmp/x [Text] Hex  Meta");
	assert_shows("     2  \\x1b[31mred\\x1b[0m");
	key(K_TAB);
	assert_shows("00000000  72 6f 6f 74");
	key(']');
	assert_shows("complete    yes");
	key('[');
	key('[');
	key('/');
	type("red");
	key(K_ENTER);
	assert_shows("     2  \\x1b[31mred");
	key('q');
	key('6');
	key('b'); /* bytes of the finding */
	assert_shows("at 0x");
	assert_shows("Text [Hex] Meta");
}

static void help_is_searched_and_run(void **state UNUSED)
{
	key('2');
	key('?');
	assert_shows("HERE");
	assert_shows("IN LISTS");
	assert_shows(":hunt %{name*} --rules");
	type("judge a");
	assert_shows("COMMANDS");
	assert_hides("IN LISTS");
	key(K_ENTER);
	assert_shows(":finding set");
	key(K_ESC);
	key('x');
	assert_shows("Do:");
	assert_hides("EVERYWHERE");
	type("qqqq");
	assert_shows("nothing has these words");
	for (int i = 0; i < 4; i++)
		key(K_BACKSPACE);
	assert_shows("HERE");
	key(K_ESC);
	assert_shows("[2Hosts]");
	assert_shows("> web01");
}

static void pastes_and_unknown_keys_do_nothing(void **state UNUSED)
{
	key(K_PASTE_BEGIN);
	type("Qq6");
	key(K_ENTER);
	key(K_PASTE_END);
	assert_false(ui->quit);
	assert_int_equal(ui->screen, 1);
	assert_shows("pasted text ignored; press : or / first");
	key('%');
	assert_shows("no such key here: % - ? lists them");
}

static void the_mouse_selects_tabs_and_rows(void **state UNUSED)
{
	struct key k = {.code = K_CLICK, .row = 0, .col = 33};

	ui_key(ui, &k);
	assert_int_equal(ui->screen, 6);
	(void)screen();
	k = (struct key){.code = K_CLICK, .row = 4, .col = 5};
	ui_key(ui, &k);
	assert_shows("> low");
	k.code = K_DOUBLE;
	ui_key(ui, &k);
	assert_shows("finding webshell");
}

static void words_are_for_people(void **state UNUSED)
{
	char out[WORDS_MAX];

	assert_string_equal(words_count(0, out), "0");
	assert_string_equal(words_count(1234567, out), "1,234,567");
	assert_string_equal(words_size(999, out), "999 B");
	assert_string_equal(words_size(999960, out), "1.0 MB");
	assert_string_equal(words_size(UINT64_MAX, out), "18446.7 PB");
	assert_string_equal(words_bar(0, 0, out), "[--------------------]");
	assert_string_equal(words_bar(9, 3, out), "[####################]");
	assert_string_equal(words_plural(1, "host", out), "1 host");
	assert_int_equal(words_role("HIGH"), ROLE_BAD);
	assert_int_equal(words_role("whatever"), ROLE_NORMAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dashboard_says_what_needs_somebody),
		cmocka_unit_test_setup_teardown(
			dashboard_of_an_empty_case_says_how_to_begin,
			fresh_empty, done),
		TEST(every_screen_draws_at_every_size),
		cmocka_unit_test_setup_teardown(
			every_screen_draws_at_every_size, fresh_empty, done),
		TEST(small_terminals_only_let_one_quit),
		TEST(findings_show_the_bytes_that_matched),
		TEST(wide_screens_put_the_detail_beside),
		TEST(status_is_set_by_a_command),
		TEST(keys_put_commands_at_the_prompt),
		TEST(words_from_hosts_are_quoted_or_refused),
		TEST(commands_that_list_open_a_page),
		TEST(completion_offers_commands),
		TEST(notes_are_typed_or_about_a_host),
		TEST(jobs_show_progress_and_stop),
		TEST(runs_say_what_was_not_seen),
		TEST(quitting_asks_while_jobs_run),
		TEST(host_keys_want_a_typed_yes),
		TEST(questions_wait_their_turn),
		TEST(questions_that_are_moot_go_away),
		TEST(evidence_has_text_hex_and_meta),
		TEST(help_is_searched_and_run),
		TEST(pastes_and_unknown_keys_do_nothing),
		TEST(the_mouse_selects_tabs_and_rows),
		TEST(words_are_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
