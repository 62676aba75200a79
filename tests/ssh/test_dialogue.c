/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in by dialogues that sshd never has: several questions in one
 * request, none in another, many rounds, rounds without an end. The server is
 * tests/ssh/prompts.c.
 */
#include "ssh/sim.h"

#include "base/fs.h"

struct dialogue {
	const char *play;
	const char *answers[8]; /* NULL: no more */
	struct {
		const char *text;
		bool echo;
		enum login_secret secret;
	} prompts[8]; /* that were put, whole */
	const char *refused; /* NULL: it is in */
	const char *heard;   /* by the server, each followed by |; NULL: any */
};

static char *server; /* tests/ssh/prompts */

static void start(struct sim *s, const char *play, const char *const *answers)
{
	const char *argv[] = {server, in_fixture("host_ecdsa"), play,
			      in_fixture("heard"), NULL};
	pid_t pid;

	sim_defaults(s);
	s->no_keyring = true;
	s->start.may_ask_password = true;
	s->answers = answers;
	s->stop_at = MSG_LINK_PHASE;
	sim_start(s, server_start(argv, &pid));
	while (s->fault.code == ERR_OK && s->last_phase != LINK_PLACING)
		sim_run(s);
}

/* Once the server is gone. */
static void assert_heard(const char *play, const char *what)
{
	struct buf text;
	struct err err;

	buf_init(&text, 4096);
	assert_ok(fs_read(in_fixture("heard"), &text, &err), err);
	if (!bytes_eq(buf_bytes(&text), bytes_str(what)))
		fail_msg("%s: not '%s': %s", play, what, buf_str(&text));
	buf_release(&text);
}

static void hold(const struct dialogue *d)
{
	unsigned n = 0;
	struct sim s;

	start(&s, d->play, d->answers);
	for (; n < ARRAY_SIZE(d->prompts) && d->prompts[n].text; n++) {
		assert_string_equal(s.prompts[n].text, d->prompts[n].text);
		assert_int_equal(s.prompts[n].echo, d->prompts[n].echo);
		assert_int_equal(s.prompts[n].secret, d->prompts[n].secret);
	}
	if (n)
		assert_int_equal(s.n_prompts, n);
	if (!d->refused && s.fault.code != ERR_OK)
		fail_msg("%s: %s", d->play, s.fault.msg);
	if (d->refused && !strstr(s.fault.msg, d->refused))
		fail_msg("%s: not '%s': %s", d->play, d->refused, s.fault.msg);
	(void)sim_end(&s);
	await_all_gone();
	if (d->heard)
		assert_heard(d->play, d->heard);
}

/* Each by itself, in its order; what goes with all of them before each. An
 * answer may be nothing. */
static void several_questions_in_one_request(void **state UNUSED)
{
	static const struct dialogue dialogues[] = {
		{.play = "both",
		 .answers = {"hunter2", "123456", ""},
		 .prompts = {{"Vault - Two things are wanted - Password:",
			      false, SECRET_LOGIN},
			     {"Vault - Two things are wanted - Verification "
			      "code:",
			      true, SECRET_OTHER},
			     {"Vault - Two things are wanted - Why are you "
			      "here?",
			      true, SECRET_OTHER}},
		 .heard = "hunter2|123456||\n"},
		/* In the wrong order; and again from the first. */
		{.play = "both",
		 .answers = {"123456", "hunter2", "", "hunter2", "123456", ""}},
		{.play = "both",
		 .answers = {"hunter2", "000000", "x"},
		 .refused = "the server accepts keyboard-interactive; tried 0 "
			    "keys, 3 answers"},
		/* Nobody is asked any more once somebody said no. */
		{.play = "both",
		 .answers = {"hunter2"},
		 .prompts = {{"Vault - Two things are wanted - Password:",
			      false, SECRET_LOGIN},
			     {"Vault - Two things are wanted - Verification "
			      "code:",
			      true, SECRET_OTHER}},
		 .refused = "accepts keyboard-interactive; tried 0 keys; what "
			    "it asked was not answered",
		 .heard = ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(dialogues); i++)
		hold(&dialogues[i]);
}

/* What is only said wants no person, and ends nothing. */
static void many_rounds_some_of_them_empty(void **state UNUSED)
{
	static const struct dialogue dialogues[] = {
		{.play = "steps",
		 .answers = {"hunter2", "1", "2", "3"},
		 .prompts = {{"Password:", false, SECRET_LOGIN},
			     {"Code:", true, SECRET_OTHER},
			     {"Token:", false, SECRET_OTHER},
			     {"Next code:", true, SECRET_OTHER}}},
		{.play = "steps",
		 .answers = {"hunter2", "1", "2", "4"},
		 .refused = "tried 0 keys, 4 answers"},
		/* No half of a request is answered, nor an empty one sent:
		 * that would be a failed login, and count as one. */
		{.play = "steps",
		 .answers = {"hunter2", "1"},
		 .refused = "tried 0 keys, 1 answer; what it asked was not "
			    "answered",
		 .heard = "hunter2|\n"},
		{.play = "steps",
		 .refused = "what it asked was not answered",
		 .heard = ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(dialogues); i++)
		hold(&dialogues[i]);
}

/* A person is not asked for ever, nor by the hundred. */
static void a_server_that_asks_on_and_on_is_left(void **state UNUSED)
{
	const char *yes[64] = {NULL};
	static const struct dialogue silent = {
		.play = "silent",
		.refused = "the server asks on and on (33 times)"};
	static const struct dialogue many = {
		.play = "many",
		.refused = "the server asks 17 questions at once",
		.heard = ""};
	struct sim s;

	for (size_t i = 0; i + 1 < ARRAY_SIZE(yes); i++)
		yes[i] = "yes";
	start(&s, "endless", yes);
	assert_non_null(strstr(s.fault.msg, "asks on and on (33 times)"));
	assert_int_equal(s.n_prompts, 32);
	(void)sim_end(&s);
	await_all_gone();
	hold(&silent);
	hold(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_questions_in_one_request),
		cmocka_unit_test(many_rounds_some_of_them_empty),
		cmocka_unit_test(a_server_that_asks_on_and_on_is_left),
	};

	server = realpath("tests/ssh/prompts", NULL);
	if (!server) {
		print_message("built without libssh: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("dialogue", tests, fixture_make,
					   fixture_remove);
}
