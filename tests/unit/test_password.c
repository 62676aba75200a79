/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One password for many hosts: only where somebody said so, one host at a
 * time until it is known to be right, and none to a host that wants another.
 */
#include "unit/unit.h"

#include "unit/job_bed.h"

#include <poll.h>

#include "base/hash.h"

static struct job *team_of(const enum script *scripts, size_t n, bool share)
{
	struct job *job = fleet_of(scripts, n);

	job->share_password = share;
	return job;
}

static const char *right(const struct ask *ask UNUSED, unsigned n UNUSED)
{
	return "hunter2";
}

static const char *a_slip_first(const struct ask *ask UNUSED, unsigned n)
{
	return n == 0 ? "hunter3" : "hunter2";
}

static const char *right_once(const struct ask *ask UNUSED, unsigned n)
{
	return n == 0 ? "hunter2" : "hunter3";
}

static const char *nobody(const struct ask *ask UNUSED, unsigned n UNUSED)
{
	return NULL;
}

static const enum script one_user[] = {SCRIPT_GOOD, SCRIPT_PASSWORD,
				       SCRIPT_PASSWORD, SCRIPT_PASSWORD,
				       SCRIPT_PASSWORD};
static const enum script two_users[] = {SCRIPT_PASSWORD, SCRIPT_PASSWORD,
					SCRIPT_PASSWORD, SCRIPT_PASSWORD};

static void every_host_asks_unless_told(void **state)
{
	struct answers answers = {.say = right};
	struct job_view view = run_to_end(*state, team_of(one_user, 5, false),
					  &answers);

	assert_int_equal(view.n_done, 5);
	assert_int_equal(answers.asked, 4);
	assert_false(answers.last.shares);
	assert_true(answers.last.may_share);
}

static void one_answer_is_for_all_of_a_user(void **state)
{
	struct answers answers = {.say = right};
	struct job_view view = run_to_end(*state, team_of(one_user, 5, true),
					  &answers);

	assert_int_equal(view.n_done, 5);
	assert_int_equal(answers.asked, 1);
	assert_true(answers.last.shares);
	answers.asked = 0;
	view = run_to_end(*state, team_of(two_users, 4, true), &answers);
	assert_int_equal(view.n_done, 4);
	assert_int_equal(answers.asked, 2);
}

/* Accounts are locked after a few wrong logins, on all hosts at once. */
static void a_slip_is_one_wrong_login(void **state)
{
	struct answers answers = {.say = a_slip_first};
	unsigned before = fake_wrong_passwords();
	struct job_view view = run_to_end(*state, team_of(one_user, 5, true),
					  &answers);

	assert_int_equal(view.n_done, 5);
	assert_int_equal(answers.asked, 2);
	assert_int_equal(fake_wrong_passwords() - before, 1);
}

static void no_is_said_once(void **state)
{
	struct answers answers = {.say = nobody};
	struct job_view view = run_to_end(*state, team_of(one_user, 5, true),
					  &answers);

	assert_int_equal(view.n_done, 1);
	assert_int_equal(view.n_failed, 4);
	assert_int_equal(answers.asked, 1);
}

static const char *its_own(const struct ask *ask, unsigned n UNUSED)
{
	return ask->shares ? "hunter2" : "its-own";
}

/* It is asked about that host alone, and the others keep theirs. */
static void a_host_may_have_its_own(void **state)
{
	static const enum script scripts[] = {SCRIPT_GOOD, SCRIPT_PASSWORD,
					      SCRIPT_OWN_PASSWORD,
					      SCRIPT_PASSWORD};
	struct answers answers = {.say = its_own};
	struct job *job = team_of(scripts, 4, true);
	struct job_view view;

	job->fleet.parallel = 1;
	view = run_to_end(*state, job, &answers);
	assert_int_equal(view.n_failed, 0);
	assert_int_equal(answers.asked, 2);
	assert_string_equal(answers.last.host, "h2");
	assert_false(answers.last.shares);
	assert_false(answers.last.may_share);
	assert_non_null(strstr(answers.last.prompt, "not the one for all"));
}

/* Whoever is the first to be asked, the others are not lost with it. */
static void the_next_is_asked_when_the_first_fails(void **state)
{
	static const enum script scripts[] = {
		SCRIPT_GOOD, SCRIPT_OWN_PASSWORD, SCRIPT_PASSWORD,
		SCRIPT_PASSWORD, SCRIPT_PASSWORD};

	for (unsigned parallel = 1; parallel <= 5; parallel += 4) {
		struct answers answers = {.say = right};
		struct job *job = team_of(scripts, 5, true);
		struct job_view view;

		job->fleet.parallel = parallel;
		view = run_to_end(*state, job, &answers);
		assert_int_equal(view.n_failed, 1);
		assert_true(answers.asked >= 3 && answers.asked <= 4);
	}
}

static void a_code_is_for_one_host(void **state)
{
	static const enum script scripts[] = {SCRIPT_GOOD, SCRIPT_CODE,
					      SCRIPT_CODE, SCRIPT_CODE};
	struct answers answers = {.say = right};
	struct job_view view = run_to_end(*state, team_of(scripts, 4, true),
					  &answers);

	assert_int_equal(view.n_failed, 0);
	assert_int_equal(answers.asked, 3);
	assert_false(answers.last.shares || answers.last.may_share);
	assert_true(answers.last.echo); /* as the server said */
}

/* In the console the one who answers says it. */
static void it_may_be_said_with_the_answer(void **state)
{
	struct answers answers = {.say = right_once, .shares = true};
	unsigned before = fake_wrong_passwords();
	struct job_view view = run_to_end(*state, team_of(one_user, 5, false),
					  &answers);

	assert_int_equal(view.n_failed, 0);
	assert_int_equal(fake_wrong_passwords() - before, 0);
}

static void a_cancel_asks_nobody_else(void **state)
{
	struct bed *bed = *state;
	struct job *job = team_of(one_user, 5, true);
	struct uuid run = job->run;
	struct job_view view = {0};
	unsigned asked = 0;
	struct err err;

	engine_submit(bed->engine, job);
	while (!view.over) {
		struct notice *n;

		assert_ok(wait_fd(engine_fd(bed->engine), POLLIN, patience(),
				  &err), err);
		while ((n = engine_notice(bed->engine))) {
			asked += n->kind == NOTICE_ASK;
			if (n->kind == NOTICE_ASK)
				engine_cancel(bed->engine, &run, NULL);
			free(n);
		}
		(void)engine_jobs(bed->engine, &view, 1);
	}
	assert_int_equal(asked, 1);
	assert_int_equal(view.code, ERR_CANCELLED);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BED(every_host_asks_unless_told),
		BED(one_answer_is_for_all_of_a_user),
		BED(a_slip_is_one_wrong_login),
		BED(no_is_said_once),
		BED(a_host_may_have_its_own),
		BED(the_next_is_asked_when_the_first_fails),
		BED(a_code_is_for_one_host),
		BED(it_may_be_said_with_the_answer),
		BED(a_cancel_asks_nobody_else),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
