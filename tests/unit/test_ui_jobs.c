/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, questions and leaving, over an app in memory. */
#include "unit/ui_kit.h"

static void add_job(bool over)
{
	struct job_view *j = &fake.jobs[fake.n_jobs++];

	*j = (struct job_view){.op = JOB_HUNT,
			       .n_hosts = 2,
			       .n_done = 0,
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
	assert_shows("web01        running             12,345 files   2.0 MB");
	assert_hides("#-]"); /* nobody knows how much of it is done */
	fake.hosts[0].percent = 45;
	fake.hosts[0].left_ns = INT64_C(170000000000);
	fake.jobs[0].percents = 45;
	ui_refresh(ui);
	assert_shows("web01        running     ~45%    12,345 files   2.0 MB"
		     "    3 hits  ~3 min left");
	assert_shows("hunt    [##############------] 1/2 hosts  1 failed");
	/* Of a file that is large. */
	fake.hosts[0].part = UINT64_C(1200000000);
	fake.hosts[0].whole = UINT64_C(10700000000);
	ui_refresh(ui);
	assert_shows("1.2 GB of 10.7 GB under way: /usr/lib");
	assert_shows("connecting: refused");
	fake.hosts[0].shell = true;
	(void)snprintf(fake.hosts[0].shell_why,
		       sizeof fake.hosts[0].shell_why,
		       "no probe for Linux mips");
	ui_refresh(ui);
	assert_shows("in shell mode: no probe for Linux mips");
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

static void logins_tell_of_no_files(void **state UNUSED)
{
	add_job(false);
	fake.jobs[0].op = JOB_CONNECT;
	ui_watch_jobs(ui);
	assert_shows("]  1/2 hosts  X stops");
	fake.hosts[0].phase = HOST_RECONNECTING;
	key('3');
	assert_hides("3 matches");
	/* Its numbers stand under those of the others. */
	assert_shows(" reconnecting        12,345 files");
	assert_shows(" failed              ");
}

static void jobs_say_what_they_were_told(void **state UNUSED)
{
	add_job(false);
	fake.jobs[0].pace = fake.hosts[0].pace = 25;
	ui_watch_jobs(ui);
	assert_shows("]  pace 25%  1/2 hosts");
	fake.jobs[0].paused = fake.hosts[0].paused = true;
	ui_refresh(ui);
	assert_shows("]  paused  1/2 hosts");
	key('3');
	assert_shows("] 1/2 hosts  paused  1 failed");
	assert_shows("web01        paused              12,345 files");
	fake.jobs[0].paused = fake.hosts[0].paused = false;
	ui_refresh(ui);
	assert_shows("] 1/2 hosts  pace 25%  1 failed");
	assert_shows("web01        pace 25%            12,345 files");
	key('p');
	key('P');
	key('<');
	key('>');
	assert_string_equal(buf_str(&fake.ran),
			    "run pause run-1\nrun continue run-1\n"
			    "run slower run-1\nrun faster run-1\n");
}

/* What there is to do while a run goes on has its keys in sight, and what
 * there is to know is not cut. */
static void eighty_columns_are_enough(void **state UNUSED)
{
	add_job(false);
	fake.jobs[0].pace = fake.hosts[0].pace = 50;
	fake.jobs[0].started_ns = fake.hosts[0].started_ns =
		time_now_ns() - 17 * NS_PER_S;
	fake.hosts[0].ended_ns = TIME_UNKNOWN;
	fake.jobs[0].left_ns = INT64_C(170000000000);
	key('3');
	assert_shows("p pause P go on < slower > faster s skip X stop");
	key(K_ENTER);
	assert_shows("] 1/2 hosts  pace 50%  1 failed");
	assert_shows("~3 min left  12,345 files  2.0 MB  3 matches  17s");
	assert_shows("web01        pace 50%            12,345 files   2.0 MB"
		     "    3 hits  17s");
}

static void a_bad_rule_does_not_look_clean(void **state UNUSED)
{
	add_job(true);
	fake.n_hosts = 0;
	(void)err_set(&fake.jobs[0].err, ERR_FORMAT,
		      "bad.yar:3: undefined string \"$b\"");
	ui_watch_jobs(ui);
	assert_shows("hunt did not begin: bad.yar:3: undefined string \"$b\"");
	assert_int_equal(ui->message_role, ROLE_BAD);
	ui->message[0] = '\0';
	ui_refresh(ui);
	assert_shows("! hunt did not begin  bad.yar:3: undefined string");
	key('0');
	assert_shows("error  hunt did not begin: bad.yar:3");
}

static void the_end_of_a_job_counts_all_hosts(void **state UNUSED)
{
	add_job(true);
	fake.hosts[0].phase = HOST_PARTIAL;
	fake.jobs[0].n_partial = 1;
	(void)err_set(&fake.hosts[0].err, ERR_PARTIAL, "3 files not read");
	fake.brought = (struct case_brought){.n_evidence = 13,
					     .n_unchanged = 12};
	ui_watch_jobs(ui);
	assert_shows("hunt is over: 2 hosts, 1 partly, 1 failed, 3 matches; "
		     "web01: 3 files");
	(void)snprintf(fake.jobs[0].run.s, sizeof fake.jobs[0].run.s, "run-2");
	fake.jobs[0].op = JOB_CONNECT;
	ui_watch_jobs(ui);
	assert_hides("1 failed, 3 matches");
	assert_shows("connect is over: 2 hosts, 1 partly, 1 failed; web01");
	fake_row("run", "id=run-3", "op=collect", "state=running", NULL);
	(void)snprintf(fake.jobs[0].run.s, sizeof fake.jobs[0].run.s, "run-3");
	fake.jobs[0].op = JOB_COLLECT;
	ui_watch_jobs(ui);
	assert_hides("collect is over"); /* the case does not have all yet */
	(void)snprintf(fake.jobs[0].run.s, sizeof fake.jobs[0].run.s, "run-1");
	ui->n_told = 0;
	ui_watch_jobs(ui);
	assert_shows("collect is over: 2 hosts, 1 partly, 1 failed, "
		     "1 new evidence item, 12");
	assert_shows("unchanged; web01");
}

static void hosts_add_up(void **state UNUSED)
{
	fake_row("host", "id=h4", "name=app01", "state=partial", NULL);
	fake_row("host", "id=h5", "name=app02", "state=cancelled", NULL);
	fake_row("host", "id=h6", "name=app03", "state=auth", NULL);
	fake_row("host", "id=h7", "name=app04", "state=trusted", NULL);
	fake_row("run_host", "run_id=run-1", "host=app01", "state=partial",
		 "code=partial", "message=3 files not read", NULL);
	ui_refresh(ui);
	assert_shows("7     done 2   partly 1   failed 1");
	assert_shows("stopped 1   running 1   not seen yet 1");
	assert_shows("app01        was seen in part only  3 files not read");
	assert_shows("app02        was stopped");
	assert_shows("web02        host key not trusted, refused");
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
			.confirm = "ssh-keygen -lf /etc/ssh/ssh_host_x.pub",
			.address = "192.0.2.9:22"};

	if (kind == ASK_HOST_KEY)
		(void)snprintf(a.prompt, sizeof a.prompt,
			       "an authority covers it");
	ui_asked(ui, &a);
}

/* The name of the host alone would have people vouch for another's key. */
static void a_key_on_the_way_is_shown_as_that(void **state UNUSED)
{
	struct ask a = {.id = 7,
			.kind = ASK_HOST_KEY,
			.host = "web03",
			.server = "kim@bastion",
			.address = "192.0.2.9:22"};

	ui_asked(ui, &a);
	assert_shows("jump host kim@bastion  192.0.2.9:22  has a key");
	assert_shows("On the way to web03.");
	ui_unasked(ui, 7);
}

static void host_keys_want_a_typed_yes(void **state UNUSED)
{
	ask(7, ASK_HOST_KEY);
	assert_shows("NOT CONNECTED");
	assert_shows("web03  192.0.2.9:22  has a key this case does not know");
	assert_shows("ssh-ed25519 SHA256:abcdef");
	assert_shows("ssh-keygen -lf /etc/ssh/ssh_host_x.pub");
	assert_shows("an authority covers it");
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

static void canaries_want_a_typed_yes(void **state UNUSED)
{
	struct ask a = {.id = 9,
			.kind = ASK_GO_ON,
			.prompt = "2 of 200 hosts first: 2 done, 7 matches"};

	ui_asked(ui, &a);
	assert_shows("GO ON?");
	assert_shows("2 of 200 hosts first: 2 done, 7 matches");
	key(K_ESC); /* look around first */
	assert_shows("the run waits for an answer; ! gives it");
	key('!');
	type("y");
	key(K_ENTER);
	assert_int_equal(fake.answered, 0);
	type("yes");
	key(K_ENTER);
	assert_int_equal(fake.answered, 9);
	assert_true(fake.answer);
	assert_shows("the run: all hosts are begun now");
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

static void a_password_may_be_for_all(void **state UNUSED)
{
	struct ask a = {.id = 4,
			.kind = ASK_PASSWORD,
			.host = "web03",
			.prompt = "web03 asks: password of kim",
			.address = "192.0.2.9:22"};

	ui_asked(ui, &a); /* one host: nobody to share it with */
	key(K_TAB);
	type("one");
	assert_hides("Tab");
	key(K_ENTER);
	assert_string_equal(fake.secret, "one");
	assert_false(fake.shares);
	a.id = 5;
	a.may_share = true;
	ui_asked(ui, &a);
	assert_shows("It is for this host alone. Tab: for all hosts of this "
		     "run that want the same.");
	type("t");
	key(K_TAB);
	assert_shows("Kept for all hosts of this run that want the same; one tries "
		     "first. Tab: not");
	key(K_TAB);
	assert_shows("It is for this host alone.");
	key(K_TAB);
	type("wo");
	key(K_ENTER);
	assert_int_equal(fake.answered, 5);
	assert_string_equal(fake.secret, "two");
	assert_true(fake.shares);
	assert_shows("web03: tries it first, then all that want the same get");
}

/* As many as there are hosts: none is refused for want of a place. */
static void none_of_many_questions_is_lost(void **state UNUSED)
{
	for (uint64_t i = 100; i < 300; i++) {
		struct ask a = {.id = i,
				.kind = ASK_PASSWORD,
				.host = "web03",
				.prompt = "web03 asks: password of kim"};

		ui_asked(ui, &a);
	}
	assert_int_equal(fake.answered, 0);
	assert_int_equal(ui->n_asks, 200);
}

/* What is asked for is at the end of what the server says. */
static void a_long_question_is_seen_to_its_end(void **state UNUSED)
{
	struct ask a = {.id = 6,
			.kind = ASK_PASSWORD,
			.host = "web03",
			.prompt = "web03 (192.0.2.9:22) asks: it took the "
				  "password, and also wants: Sent to the phone "
				  "*17 Verification code:"};

	ui_asked(ui, &a);
	assert_shows("web03 (192.0.2.9:22) asks: it took the password, and");
	assert_shows("  phone *17 Verification code:");
	assert_shows("your answer: (not shown)");
}

/* The server says whether what is typed may be seen; then Enter alone is an
 * answer like others. */
static void what_may_be_seen_is_shown(void **state UNUSED)
{
	struct ask a = {.id = 7,
			.kind = ASK_PASSWORD,
			.host = "web03",
			.prompt = "web03 asks: Verification code",
			.echo = true};

	ui_asked(ui, &a);
	assert_shows("What you type is shown, but not kept.");
	type("123456");
	assert_shows("web03 asks: Verification code: 123456");
	key(K_ENTER);
	assert_int_equal(fake.answered, 7);
	assert_true(fake.answer);
	assert_string_equal(fake.secret, "123456");
	a.id = 8;
	ui_asked(ui, &a);
	key(K_ENTER);
	assert_int_equal(fake.answered, 8);
	assert_true(fake.answer);
	assert_string_equal(fake.secret, "");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(jobs_show_progress_and_stop),
		TEST(logins_tell_of_no_files),
		TEST(jobs_say_what_they_were_told),
		TEST(eighty_columns_are_enough),
		TEST(a_bad_rule_does_not_look_clean),
		TEST(the_end_of_a_job_counts_all_hosts),
		TEST(hosts_add_up),
		TEST(runs_say_what_was_not_seen),
		TEST(quitting_asks_while_jobs_run),
		TEST(a_key_on_the_way_is_shown_as_that),
		TEST(host_keys_want_a_typed_yes),
		TEST(canaries_want_a_typed_yes),
		TEST(questions_wait_their_turn),
		TEST(a_password_may_be_for_all),
		TEST(none_of_many_questions_is_lost),
		TEST(what_may_be_seen_is_shown),
		TEST(a_long_question_is_seen_to_its_end),
		TEST(questions_that_are_moot_go_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
