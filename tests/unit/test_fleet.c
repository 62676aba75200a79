/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many hosts at once, with children that follow a script: who is begun when,
 * what stops a run, who is tried again, and that no host delays another.
 */
#include "unit/unit.h"

#include "unit/job_bed.h"

#include "base/hash.h"
#include "base/time.h"
#include "job/engine.h"

#define HOSTS_MAX 64

static struct job_host_view host_of(struct bed *bed, const struct uuid *run,
				    size_t i)
{
	static struct job_host_view hosts[HOSTS_MAX];
	size_t n = engine_job_hosts(bed->engine, run, hosts, HOSTS_MAX);

	assert_true(i < n);
	return hosts[i];
}

/* How often a connection was made or tried, as the case would have it. */
static size_t connects(struct bed *bed)
{
	size_t n = 0;

	for (size_t i = 0; i < bed->memory.n; i++)
		n += bed->memory.got[i]->kind == CHANGE_RUN_HOST &&
		     strcmp(bed->memory.got[i]->u.run_host.state,
			    "connecting") == 0;
	return n;
}

static const enum script six_good[] = {SCRIPT_GOOD, SCRIPT_GOOD, SCRIPT_GOOD,
				       SCRIPT_GOOD, SCRIPT_GOOD, SCRIPT_GOOD};

static void canaries_are_asked_about(void **state)
{
	struct bed *bed = *state;
	struct answers no = {.yes = false}, yes = {.yes = true};
	struct job *job = fleet_of(six_good, 6);
	struct job_host_view last;
	struct job_view view;

	job->fleet.canary = 2;
	job->fleet.canary_asks = true;
	view = run_to_end(bed, job, &no);
	assert_int_equal(no.asked, 1);
	assert_int_equal(no.last.kind, ASK_GO_ON);
	assert_non_null(strstr(no.last.prompt, "2 of 6 hosts first: 2 done, "));
	assert_int_equal(connects(bed), 2);
	assert_int_equal(view.code, ERR_PARTIAL);
	assert_int_equal(view.n_done, 2);
	assert_int_equal(view.n_not_begun, 4);
	assert_int_equal(view.n_cancelled, 4);
	assert_int_equal(view.n_failed, 0); /* nobody asked them */
	last = host_of(bed, &view.run, 5);
	assert_int_equal(last.phase, HOST_CANCELLED);
	assert_non_null(strstr(last.err.msg, "not started"));

	job = fleet_of(six_good, 6);
	job->fleet.canary = 2;
	job->fleet.canary_asks = true;
	view = run_to_end(bed, job, &yes);
	assert_int_equal(yes.asked, 1);
	assert_int_equal(view.code, ERR_OK);
	assert_int_equal(view.n_done, 6);
}

static void canaries_decide_when_nobody_is_there(void **state)
{
	static const enum script bad[] = {SCRIPT_GOOD, SCRIPT_DIES,
					  SCRIPT_GOOD, SCRIPT_GOOD};
	static const enum script partly[] = {SCRIPT_PARTIAL, SCRIPT_GOOD};
	struct bed *bed = *state;
	struct answers none = {0};
	struct job *job = fleet_of(bad, 4);
	struct job_view view;

	job->fleet.canary = 2;
	view = run_to_end(bed, job, &none);
	assert_int_equal(view.code, ERR_PARTIAL);
	assert_int_equal(view.n_done, 1);
	assert_int_equal(view.n_not_begun, 2);
	assert_non_null(strstr(host_of(bed, &view.run, 3).err.msg,
			       "h1: "));

	/* What could not be read there is no failure of the host. */
	job = fleet_of(partly, 2);
	job->fleet.canary = 1;
	view = run_to_end(bed, job, &none);
	assert_int_equal(view.n_done + view.n_partial, 2);
	assert_int_equal(view.n_partial, 1);
	assert_int_equal(none.asked, 0);

	job = fleet_of(bad, 4); /* there are no others */
	job->fleet.canary = 4;
	assert_int_equal(run_to_end(bed, job, &none).n_done, 3);
}

static void a_cancel_takes_the_question_back(void **state)
{
	struct bed *bed = *state;
	struct job *job = fleet_of(six_good, 6);
	struct uuid run = job->run;
	struct notice *n;
	unsigned asked = 0, unasked = 0;
	struct err err;

	job->fleet.canary = 1;
	job->fleet.canary_asks = true;
	engine_submit(bed->engine, job);
	while (!unasked) {
		assert_ok(wait_fd(engine_fd(bed->engine), POLLIN, patience(),
				  &err),
			  err);
		while ((n = engine_notice(bed->engine))) {
			if (n->kind == NOTICE_ASK && asked++ == 0)
				engine_cancel(bed->engine, &run, NULL);
			unasked += n->kind == NOTICE_UNASK;
			free(n);
		}
	}
	assert_int_equal(asked, 1);
}

static void too_many_failures_stop_the_run(void **state)
{
	static const enum script hosts[] = {SCRIPT_GOOD,  SCRIPT_DIES,
					    SCRIPT_FAULT, SCRIPT_GOOD,
					    SCRIPT_GOOD,  SCRIPT_GOOD};
	struct bed *bed = *state;
	struct answers none = {0};
	struct job *job = fleet_of(hosts, 6);
	struct job_view view;

	job->fleet.parallel = 1;
	job->fleet.max_failures = 2;
	view = run_to_end(bed, job, &none);
	assert_int_equal(view.code, ERR_PARTIAL);
	assert_int_equal(view.n_done, 1);
	assert_int_equal(view.n_not_begun, 3);
	assert_int_equal(connects(bed), 3);
	assert_non_null(strstr(host_of(bed, &view.run, 5).err.msg,
			       "not started: 2 of 6 hosts had failed"));

	job = fleet_of(hosts, 6);
	job->fleet.parallel = 1;
	job->fleet.max_failures = 34;
	job->fleet.max_failures_is_percent = true;
	view = run_to_end(bed, job, &none);
	assert_int_equal(view.n_done, 4);
	assert_int_equal(view.n_not_begun, 0);

	job = fleet_of(hosts, 6);
	job->fleet.parallel = 1;
	job->fleet.max_failures = 16;
	job->fleet.max_failures_is_percent = true;
	view = run_to_end(bed, job, &none);
	assert_int_equal(view.n_not_begun, 4);
}

static void only_what_may_pass_is_tried_again(void **state)
{
	static const struct {
		enum script script;
		unsigned retry, attempts;
		enum host_phase phase;
	} cases[] = {
		{SCRIPT_FLAKY, 2, 3, HOST_DONE},
		{SCRIPT_REFUSED, 0, 1, HOST_FAILED},
		{SCRIPT_REFUSED, 2, 3, HOST_FAILED},
		{SCRIPT_FAULT, 5, 1, HOST_FAILED}, /* who may log in */
		{SCRIPT_DIES, 5, 1, HOST_FAILED},  /* it was reached */
	};
	struct bed *bed = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct answers none = {0};
		struct job_host_view host;
		struct job_host *unused;
		struct job *job = job_for(&unused, cases[i].script);

		job->fleet.retry = cases[i].retry;
		(void)finish(bed, job, &none, &host);
		assert_int_equal(host.phase, cases[i].phase);
		assert_int_equal(host.attempts, cases[i].attempts);
		assert_int_equal(last_of(&bed->memory, CHANGE_RUN_HOST)
					 ->u.run_host.attempts,
				 cases[i].attempts);
	}
}

/* A host that rests has no place that another could have. */
static void a_host_that_rests_holds_no_place(void **state)
{
	static const enum script hosts[] = {SCRIPT_FLAKY, SCRIPT_GOOD,
					    SCRIPT_REFUSED, SCRIPT_GOOD};
	struct bed *bed = *state;
	struct answers none = {0};
	struct job *job = fleet_of(hosts, 4);
	struct job_view view;

	job->fleet.parallel = 1;
	job->fleet.retry = 4;
	view = run_to_end(bed, job, &none);
	assert_int_equal(view.n_done, 3);
	assert_int_equal(view.n_active, 0);
	assert_int_equal(connects(bed), 3 + 1 + 5 + 1);
}

static void one_that_was_cut_goes_on(void **state)
{
	static const struct {
		enum script script;
		unsigned reconnect, attempts;
		enum err_code code;
		const char *says;
	} cases[] = {
		{SCRIPT_CUT, 1, 2, ERR_OK, ""},
		{SCRIPT_CUT_DONE, 3, 1, ERR_OK, ""},
		{SCRIPT_CUT, 0, 1, ERR_NET, "the cable is out"},
		{SCRIPT_CUT_OFTEN, 3, 4, ERR_NET,
		 "cut off (the cable is out), and 3 attempts to reconnect"},
		{SCRIPT_CUT_CHANGED, 3, 2, ERR_HOSTKEY, "host key CHANGED"},
		{SCRIPT_FAULT, 3, 1, ERR_AUTH, ""}, /* who may log in */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bed *bed;
		struct answers none = {0};
		struct job_host_view host;
		struct job_host *unused;
		struct job *job = job_for(&unused, cases[i].script);

		(void)set_up(state);
		bed = *state;
		job->fleet.reconnect = cases[i].reconnect;
		(void)finish(bed, job, &none, &host);
		assert_int_equal(host.err.code, cases[i].code);
		assert_int_equal(host.attempts, cases[i].attempts);
		assert_non_null(strstr(host.err.msg, cases[i].says));
		if (cases[i].script == SCRIPT_CUT && !cases[i].code)
			/* 20 before, 3 behind */
			assert_int_equal(host.files, 23);
		(void)tear_down(state);
	}
}

static void await_phase(struct bed *bed, const struct uuid *run, size_t i,
			enum host_phase phase)
{
	struct answers none = {0};
	struct job_view view = {0};

	do
		assert_true(await_news(bed, run, &none, &view));
	while (!view.n_hosts || host_of(bed, run, i).phase != phase);
}

static void hosts_are_left_out_on_demand(void **state)
{
	static const enum script hosts[] = {SCRIPT_HANGS, SCRIPT_STEERED,
					    SCRIPT_GOOD, SCRIPT_GOOD};
	struct bed *bed = *state;
	struct answers none = {0};
	struct job *job = fleet_of(hosts, 4);
	struct uuid run = job->run;
	struct job_view view = {0};

	job->fleet.parallel = 2;
	engine_submit(bed->engine, job);
	await_phase(bed, &run, 1, HOST_RUNNING);
	engine_skip(bed->engine, &run, "h3");
	await_phase(bed, &run, 3, HOST_CANCELLED);
	assert_int_equal(host_of(bed, &run, 2).phase, HOST_QUEUED);
	engine_skip(bed->engine, &run, NULL);
	await_phase(bed, &run, 2, HOST_CANCELLED);
	assert_int_equal(host_of(bed, &run, 1).phase, HOST_RUNNING);
	engine_skip(bed->engine, &run, "web01"); /* at work: let it be */
	await_phase(bed, &run, 0, HOST_CANCELLED);
	engine_control(bed->engine, &run, NULL, CONTROL_FASTER);
	while (await_news(bed, &run, &none, &view))
		;
	assert_int_equal(view.code, ERR_PARTIAL);
	assert_int_equal(view.n_done, 1);
	assert_string_equal(host_of(bed, &run, 2).err.msg, "skipped");
}

/* All others are through while the bad ones are still at it. */
static void no_host_delays_another(void **state)
{
	enum script hosts[40] = {SCRIPT_HANGS, SCRIPT_FLOOD, SCRIPT_GARBAGE,
				 SCRIPT_STEERED, SCRIPT_DIES};
	struct bed *bed = *state;
	struct answers none = {0};
	struct job_view view = {0};
	struct job *job;
	struct uuid run;

	for (size_t i = 5; i < ARRAY_SIZE(hosts); i++)
		hosts[i] = SCRIPT_GOOD;
	job = fleet_of(hosts, ARRAY_SIZE(hosts));
	job->fleet.parallel = 5;
	run = job->run;
	engine_submit(bed->engine, job);
	while (job_n_over(&view) < ARRAY_SIZE(hosts) - 2)
		assert_true(await_news(bed, &run, &none, &view));
	assert_int_equal(host_of(bed, &run, 0).phase, HOST_RUNNING);
	assert_int_equal(host_of(bed, &run, 3).phase, HOST_RUNNING);
	assert_int_equal(view.n_done, 36);
	assert_int_equal(view.n_active, 2);
}

#define CAP  UINT64_C(100000)
#define HELD UINT64_C(36000) /* what may move at once, amply */

/* So many bytes take so long, at least. */
static void check_cap(struct bed *bed, uint64_t rate, uint64_t total_rate)
{
	static const enum script floods[] = {SCRIPT_FLOOD, SCRIPT_FLOOD};
	struct job *job = fleet_of(floods, 2);
	struct answers none = {0};
	uint64_t moved = 2 * fake_flood_len();
	int64_t begun = time_mono_ns();
	double might;

	assert_in_range(moved, 2 * HELD, 4u << 20);
	job->fleet.rate = rate;
	job->fleet.total_rate = total_rate;
	assert_int_equal(run_to_end(bed, job, &none).n_done, 2);
	might = (double)(time_mono_ns() - begun) * (double)CAP /
		(double)NS_PER_S;
	assert_true(might > 0.95 * (double)(moved - HELD));
}

static void bytes_of_a_host_are_held_to_a_cap(void **state)
{
	check_cap(*state, CAP / 2, 0);
}

static void bytes_of_all_are_held_to_a_cap(void **state)
{
	check_cap(*state, 0, CAP);
}

/* ---- how long yet ---- */

static struct hostrun host_in(struct jobrun *run, struct job_host *host,
			      enum host_phase phase, int64_t began,
			      int64_t ended)
{
	struct hostrun h;

	hostrun_init(&h, run, host);
	h.phase = phase;
	h.started_ns = began;
	h.ended_ns = ended;
	return h;
}

#define S(n) ((n) * NS_PER_S)

static void an_estimate_needs_something_to_go_by(void **state UNUSED)
{
	struct job_host none = {0}, known = {.earlier_files = 1000};
	struct job_host large = {.earlier_files = 1, .earlier_bytes = 1u << 30};
	struct job job = {.n_hosts = 6, .fleet.parallel = 2};
	struct jobrun run = {.job = &job};
	struct hostrun hosts[6];
	char text[JOB_LEFT_MAX];

	run.hosts = hosts;
	hosts[0] = host_in(&run, &none, HOST_DONE, S(1), S(11));
	hosts[1] = host_in(&run, &none, HOST_PARTIAL, S(1), S(21));
	hosts[2] = host_in(&run, &none, HOST_FAILED, S(1), S(2));
	hosts[3] = host_in(&run, &none, HOST_RUNNING, S(90), TIME_UNKNOWN);
	hosts[4] = host_in(&run, &none, HOST_QUEUED, TIME_UNKNOWN,
			   TIME_UNKNOWN);
	hosts[5] = hosts[4];
	assert_int_equal(eta_run(&run, S(95)), 0); /* two are no median */
	hosts[2] = host_in(&run, &none, HOST_DONE, S(1), S(41));
	/* 20 s is the median: 15 are left of one, 20 of each of two. */
	assert_int_equal(eta_run(&run, S(95)), S(55) / 2);
	assert_int_equal(eta_host(&hosts[3], S(95)), 0);
	/* A quarter of what there was the last time, in 30 s. */
	hosts[3].host = &known;
	hosts[3].started_ns = S(65);
	hosts[3].intake.files = 250;
	assert_int_equal(eta_host(&hosts[3], S(95)), S(90));
	assert_int_equal(eta_run(&run, S(95)), S(90));
	hosts[3].intake.files = 20; /* too early to tell */
	assert_int_equal(eta_host(&hosts[3], S(95)), 0);
	assert_int_equal(eta_percent(&hosts[3]), 2);
	hosts[3].intake.files = 1200; /* it has grown */
	assert_int_equal(eta_host(&hosts[3], S(95)), 0);
	assert_int_equal(eta_percent(&hosts[3]), 0);
	/* A quarter of a file, in 30 s. */
	hosts[3].host = &large;
	hosts[3].intake.files = 0;
	hosts[3].intake.part = 1u << 28;
	assert_in_range(eta_host(&hosts[3], S(95)), S(90), S(91));
	assert_in_range(eta_percent(&hosts[3]), 24, 25);

	assert_string_equal(job_left(0, text), "");
	assert_string_equal(job_left(S(4), text), "");
	assert_string_equal(job_left(S(89), text), "~89 s left");
	assert_string_equal(job_left(S(170), text), "~3 min left");
	assert_string_equal(job_left(S(7200), text), "~2 h left");
}

/* A host that has not begun is judged by those that are at work. */
static void the_same_words_tell_of_hosts_to_come(void **state UNUSED)
{
	struct job_host known = {.earlier_files = 1000}, none = {0};
	struct job job = {.n_hosts = 3, .fleet.parallel = 1};
	struct jobrun run = {.job = &job};
	struct hostrun hosts[3];

	run.hosts = hosts;
	hosts[0] = host_in(&run, &known, HOST_RUNNING, S(65), TIME_UNKNOWN);
	hosts[1] = host_in(&run, &known, HOST_CONNECTING, S(95), TIME_UNKNOWN);
	hosts[2] = host_in(&run, &known, HOST_QUEUED, TIME_UNKNOWN,
			   TIME_UNKNOWN);
	assert_int_equal(eta_run(&run, S(95)), 0); /* nobody is anywhere */
	hosts[0].intake.files = 250;
	/* 90 s of the first, 120 of each that comes. */
	assert_in_range(eta_run(&run, S(95)), S(329), S(331));
	hosts[0].intake.files = 1000; /* over in a moment */
	hosts[0].phase = HOST_DONE;
	hosts[0].ended_ns = S(95);
	assert_in_range(eta_run(&run, S(95)), S(59), S(61));
	hosts[2].host = &none;
	assert_int_equal(eta_run(&run, S(95)), 0);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BED(canaries_are_asked_about),
		BED(canaries_decide_when_nobody_is_there),
		BED(a_cancel_takes_the_question_back),
		BED(too_many_failures_stop_the_run),
		BED(only_what_may_pass_is_tried_again),
		BED(a_host_that_rests_holds_no_place),
		cmocka_unit_test(one_that_was_cut_goes_on),
		BED(hosts_are_left_out_on_demand),
		BED(no_host_delays_another),
		BED(bytes_of_a_host_are_held_to_a_cap),
		BED(bytes_of_all_are_held_to_a_cap),
		cmocka_unit_test(an_estimate_needs_something_to_go_by),
		cmocka_unit_test(the_same_words_tell_of_hosts_to_come),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("fleet", tests, NULL, NULL);
}
