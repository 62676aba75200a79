/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, questions and leaving, over an app in memory. */
#include "unit/ui_kit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(jobs_show_progress_and_stop),
		TEST(runs_say_what_was_not_seen),
		TEST(quitting_asks_while_jobs_run),
		TEST(host_keys_want_a_typed_yes),
		TEST(questions_wait_their_turn),
		TEST(questions_that_are_moot_go_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
