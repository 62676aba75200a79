/* SPDX-License-Identifier: Apache-2.0 */
/* The console's pages, over an app in memory. */
#include "unit/ui_kit.h"

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

/* Each leg of a run that another took up since is none to be taken up. */
static void what_was_taken_up_needs_nobody(void **state UNUSED)
{
	fake_row("run", "id=run-8", "op=hunt", "state=interrupted",
		 "resumes=run-6", NULL);
	fake_row("run", "id=run-7", "op=walk", "state=interrupted",
		 "resumes=run-6", NULL);
	fake_row("run", "id=run-6", "op=collect", "state=interrupted", NULL);
	key('2');
	key('1');
	assert_shows("hunt was interrupted: R there takes it up");
	assert_hides("walk was interrupted");
	assert_hides("collect was interrupted");
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
	assert_shows("2 of 2 judged");
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
	key('T'); /* the tag comes last: it is typed at the end */
	assert_shows(":host tag web01 web02");
	key(K_ESC);
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

/* Nearest to us last: each server of the last connection, and no other. */
static void a_host_tells_what_was_negotiated(void **state UNUSED)
{
	fake_row("host", "id=h9", "name=nas01",
		 "clock_offset_ns=7260000000000", NULL);
	fake_row("hop", "host=nas01", "position=0", "target=kim@earlier:22",
		 NULL);
	fake_row("hop", "host=nas01", "position=0", "target=kim@bastion:22",
		 "kex=ecdh-sha2-nistp256", NULL);
	fake_row("hop", "host=nas01", "position=1", "target=kim@nas01:22",
		 "kex=curve25519-sha256", "host_key=ssh-ed25519",
		 "cipher=aes128-ctr", "mac=hmac-sha2-256", NULL);
	resize(43, 170);
	key('2');
	key('G');
	assert_shows("LAST CONNECTION");
	assert_shows("kim@nas01:22  curve25519-sha256  ssh-ed25519  aes128-ctr");
	assert_shows("kim@bastion:22  ecdh-sha2-nistp256");
	assert_hides("kim@earlier");
	assert_shows("its clock is 2 h 1 min ahead of this machine's");
}

static void what_is_the_same_is_stacked(void **state UNUSED)
{
	fake_row("finding_stack", "place=1", "id=f-0002", "hosts=1",
		 "severity=low", "rule=webshell", "path=/var/www/a.php",
		 "seen_on=web01", "host_names=web01", NULL);
	fake_row("finding_stack", "place=2", "id=f-0001", "hosts=7",
		 "severity=high", "rule=wellmess", "path=/opt/x",
		 "seen_on=web01, web02, web03 and 4 more",
		 "host_names=web01,web02,web03,web04,web05,web06,web07", NULL);
	key('6');
	key('S');
	assert_shows("2 answers  filter: none  stacked, the rarest first (S)");
	assert_shows("HOSTS  SEVERITY  RULE");
	assert_shows(">     1  low ");
	key('j');
	assert_shows(">     7  high      wellmess");
	assert_shows("web01, web02, web03~");
	assert_shows("the same on 7 hosts");
	assert_shows("web07"); /* all of them, in the detail */
	key('k');
	key(K_ENTER);
	assert_shows("1 finding  filter: none");
	assert_shows("> low");
	assert_hides("stacked");
	key('e'); /* of these, those that are excluded, too */
	assert_shows("1 finding  filter: none");
	assert_shows("with those excluded");
	key('e');
	key('q');
	assert_shows("2 answers");
	key('s'); /* a judgement is of one, not of a stack */
	assert_shows("no such key here: s");
	key('S');
	assert_shows("2 findings  filter: none");
	key('7');
	key('S');
	assert_shows("that key does nothing here");
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

/* A line of the timeline opens the bytes that say so. */
static void events_show_what_the_evidence_says(void **state UNUSED)
{
	static const char log[] = "first line\nroot logged in\nlast\n";
	static const char packed[] = "\x1f\x8b\x08 root logged in";

	fake.evidence = (const uint8_t *)log;
	fake.n_evidence = sizeof log - 1;
	fake_row("event", "id=900", "host=web01", "time_ns=1", "kind=login",
		 "message=a login", "path=/var/log/x", "evidence_id=e-0001",
		 "offset=11", "length=14", "precision_ns=86400000000000",
		 "time_source=assumed utc", NULL);
	key('8');
	key('/');
	type("a login");
	key(K_ENTER);
	key(K_ENTER);
	assert_shows("rests on    assumed utc");
	assert_shows("known to within 86400 seconds");
	assert_shows("THE EVIDENCE SAYS, AT BYTE 11");
	assert_shows("root logged in");
	assert_hides("first line");
	key('q');
	key('b');
	assert_shows("Text [Hex] Meta");
	assert_hides("unpacked");
	key('q');
	fake.evidence = (const uint8_t *)packed;
	fake.n_evidence = sizeof packed - 1;
	/* Of a packed one what is in it: here that is in capitals. */
	key('b');
	assert_shows("/tmp/x, unpacked");
	assert_shows("ROOT LOGGED");
	key('q');
	key(K_ENTER);
	assert_shows("THE EVIDENCE SAYS, AT BYTE 11");
	assert_shows("GED IN");
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

static void many_rows_are_judged_a_few_at_a_time(void **state UNUSED)
{
	char id[32];

	for (int i = 0; i < 1100; i++) {
		(void)snprintf(id, sizeof id, "id=x-%04d", i);
		fake_row("finding", id, "host=web02", "path=/x", NULL);
	}
	key('6');
	key('*');
	assert_shows("marked 1000 of 1,102 (the most at once)");
	key('s');
	key('b');
	assert_int_equal(ui_work(ui), true);
	ui_draw(ui);
	assert_string_equal(ui->message, "20 of 1000 judged, Esc stops");
	key(K_ESC);
	assert_shows("stopped: 20 of 1000 judged");
	key('s');
	key('b');
	assert_shows("1000 of 1000 judged");
}

static void long_words_of_a_host_are_wrapped(void **state UNUSED)
{
	fake_row("run_host", "run_id=run-1", "host=db01", "state=failed",
		 "message=host key CHANGED: ssh-ed25519 SHA256:0123456789 is "
		 "not the pinned SHA256:abcdefghij of the case",
		 "footprint=wrote /tmp/.halligan-0123456789abcdef/probe, which "
		 "removed itself when it started",
		 NULL);
	key('2');
	key('G');
	key(K_ENTER);
	assert_shows("\n    SHA256:abcdefghij of the case");
	assert_shows("it started");
	assert_hides("lines 0-0");
}

static void evidence_says_its_mode_in_octal(void **state UNUSED)
{
	key('5');
	key(K_ENTER);
	key(K_TAB);
	key('/');
	assert_shows("text, or 0x.. for bytes: /");
	key(K_ESC);
	key(K_TAB);
	assert_shows("mode        0644 regular file");
}

static void the_timeline_keeps_its_messages(void **state UNUSED)
{
	fake_row("event", "id=1", "host=production-web-frontend-01",
		 "time_ns=1", "kind=file", "timestamp_desc=Content Modification "
		 "Time", "message=/home/deploy/.cache/fonts/.font-unix/mta-agent "
		 "(12 bytes, mode 0755, uid 0, gid 0)",
		 NULL);
	resize(24, 62);
	key('8');
	assert_shows("MESSAGE");
	assert_shows("nt-unix/mta-agent");
}

static void marked_findings_are_collected_by_host(void **state UNUSED)
{
	fake_row("finding", "id=f-0003", "host=web01", "path=/var/www/a.php",
		 NULL);
	fake_row("finding", "id=f-0004", "host=web01", "path=/b c", NULL);
	fake_row("finding", "id=f-0005", "host=web02", "path=/d", NULL);
	key('6');
	assert_shows("5 findings");
	key('j');
	key(' ');
	key(' ');
	key(' ');
	key('c');
	assert_shows(":collect web01 --path /var/www/a.php --path \"/b c\"");
	key(K_ESC);
	key(' ');
	key('c');
	assert_shows("are of several hosts: mark those of one host at a time");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dashboard_says_what_needs_somebody),
		TEST(what_was_taken_up_needs_nobody),
		TEST(every_screen_draws_at_every_size),
		TEST(small_terminals_only_let_one_quit),
		TEST(findings_show_the_bytes_that_matched),
		TEST(wide_screens_put_the_detail_beside),
		TEST(a_host_tells_what_was_negotiated),
		TEST(status_is_set_by_a_command),
		TEST(keys_put_commands_at_the_prompt),
		TEST(words_from_hosts_are_quoted_or_refused),
		TEST(what_is_the_same_is_stacked),
		TEST(commands_that_list_open_a_page),
		TEST(completion_offers_commands),
		TEST(notes_are_typed_or_about_a_host),
		TEST(evidence_has_text_hex_and_meta),
		TEST(events_show_what_the_evidence_says),
		TEST(help_is_searched_and_run),
		TEST(pastes_and_unknown_keys_do_nothing),
		TEST(the_mouse_selects_tabs_and_rows),
		TEST(words_are_for_people),
		cmocka_unit_test_setup_teardown(
			dashboard_of_an_empty_case_says_how_to_begin,
			fresh_empty, done),
		cmocka_unit_test_setup_teardown(
			every_screen_draws_at_every_size, fresh_empty, done),
		TEST(many_rows_are_judged_a_few_at_a_time),
		TEST(marked_findings_are_collected_by_host),
		TEST(long_words_of_a_host_are_wrapped),
		TEST(evidence_says_its_mode_in_octal),
		TEST(the_timeline_keeps_its_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
