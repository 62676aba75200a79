/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine against children that follow a script instead of a server: what
 * it asks, what reaches the sink, how each way to fail ends.
 */
#include "unit/unit.h"

#include "unit/job_bed.h"


#include "base/hash.h"
#include "base/time.h"
#include "job/job.h"
#include "remote/remote.h"
#include "wire/records.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static const struct {
	enum script script;
	enum err_code code, host_code;
	enum host_phase phase;
	const char *says;
} endings[] = {
	{SCRIPT_GOOD, ERR_OK, ERR_OK, HOST_DONE, ""},
	{SCRIPT_PARTIAL, ERR_PARTIAL, ERR_PARTIAL, HOST_PARTIAL,
	 "/srv: : rule r:slow took 9.0 s alone and 5 more"},
	{SCRIPT_FLOOD, ERR_OK, ERR_OK, HOST_DONE, ""},
	{SCRIPT_GARBAGE, ERR_FORMAT, ERR_FORMAT, HOST_FAILED, ""},
	{SCRIPT_NO_HELLO, ERR_FORMAT, ERR_FORMAT, HOST_FAILED, "hello"},
	{SCRIPT_DIES, ERR_REMOTE, ERR_REMOTE, HOST_FAILED, "died"},
	{SCRIPT_NO_DONE, ERR_REMOTE, ERR_REMOTE, HOST_FAILED, "before it was"},
	{SCRIPT_FAULT, ERR_AUTH, ERR_AUTH, HOST_FAILED, "tried 1 key"},
	{SCRIPT_RESUMES, ERR_OK, ERR_OK, HOST_DONE, ""},
	{SCRIPT_AFTER_DONE, ERR_FORMAT, ERR_FORMAT, HOST_FAILED, "after the"},
	{SCRIPT_OTHER_RULES, ERR_FORMAT, ERR_FORMAT, HOST_FAILED,
	 "other rules"},
	{SCRIPT_TELLS_TIME, ERR_FORMAT, ERR_FORMAT, HOST_FAILED,
	 "was not asked"},
	{SCRIPT_INVENTS, ERR_FORMAT, ERR_FORMAT, HOST_FAILED,
	 "a match of a rule that it was not sent: invented"},
	{SCRIPT_VAX, ERR_UNSUPPORTED, ERR_UNSUPPORTED, HOST_FAILED,
	 "no probe for Linux vax; there is one for Linux on x86_64, armhf"},
};

static void every_ending_is_told(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		struct answers answers = {.yes = true};
		struct job_host_view view;
		struct job_host *host;
		struct job *job = job_for(&host, endings[i].script);
		enum err_code code = finish(bed, job, &answers, &view);

		if (code != endings[i].code ||
		    view.phase != endings[i].phase ||
		    view.err.code != endings[i].host_code ||
		    !strstr(view.err.msg, endings[i].says))
			fail_msg("script %d: %s, %s: %s",
				 (int)endings[i].script, err_name(code),
				 host_phase_name(view.phase), view.err.msg);
		assert_int_equal(count(&bed->memory, CHANGE_RUN_BEGIN), i + 1);
		assert_int_equal(count(&bed->memory, CHANGE_RUN_END), i + 1);
	}
}

/* Each host is sent the probe of its machine, and that is on record. */
static void the_probe_is_for_the_machine(void **state)
{
	static const enum script scripts[] = {SCRIPT_GOOD, SCRIPT_ARM};
	char *sha256[2];
	struct bed *bed = *state;

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct answers answers = {0};
		struct job_host_view view;
		struct job_host *host;

		assert_int_equal(finish(bed, job_for(&host, scripts[i]),
					&answers, &view),
				 ERR_OK);
		sha256[i] = xstrdup(last_of(&bed->memory, CHANGE_RUN_HOST)
					    ->u.run_host.probe_sha256);
		assert_int_equal(strlen(sha256[i]), 64);
	}
	assert_string_not_equal(sha256[0], sha256[1]);
	free(sha256[0]);
	free(sha256[1]);
}

static void records_reach_the_sink_in_order(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_FLOOD);
	struct uuid id = host->id;

	assert_int_equal(finish(bed, job, &answers, &view), ERR_OK);
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 3000);
	assert_int_equal(count(&bed->memory, CHANGE_HOST_SEEN), 1);
	assert_string_equal(last_of(&bed->memory, CHANGE_RECORD)->host.s, id.s);
	assert_string_equal(
		last_of(&bed->memory, CHANGE_HOST_SEEN)->u.host_seen.hostname,
		"evil\\x1b[31m");
	assert_int_equal(bed->memory.got[0]->kind, CHANGE_RUN_BEGIN);
	assert_int_equal(bed->memory.got[bed->memory.n - 1]->kind,
			 CHANGE_RUN_END);
	assert_non_null(strstr(
		last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.footprint,
		"/dev/shm/.x"));
	assert_string_equal(
		last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.engine,
		"none");
	assert_int_equal(
		last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.cpu_ns, 11);
	assert_int_equal(
		last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.rss_bytes,
		12);
}

static void a_full_sink_makes_hosts_wait(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_FLOOD);
	struct uuid run = job->run;

	set_room(&bed->memory, 100);
	engine_submit(bed->engine, job);
	while (await_news(bed, &run, &answers, &view)) {
		size_t n = count(&bed->memory, CHANGE_RECORD);

		if (room_left(&bed->memory) == 0) {
			assert_true(n < 3000);
			make_room(&bed->memory, 400);
		}
	}
	while (room_left(&bed->memory) == 0 &&
	       count(&bed->memory, CHANGE_RUN_END) == 0)
		make_room(&bed->memory, 400);
	assert_int_equal(view.code, ERR_OK);
	make_room(&bed->memory, 4000);
	engine_stop(bed->engine);
	bed->engine = NULL;
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 3000);
	assert_int_equal(count(&bed->memory, CHANGE_RUN_END), 1);
}

static void an_unknown_key_is_refused_without_a_yes(void **state)
{
	struct bed *bed = *state;
	struct answers no = {.yes = false};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);

	job->accept_new_host_keys = false;
	assert_int_equal(finish(bed, job, &no, &view), ERR_HOSTKEY);
	assert_int_equal(no.asked, 1);
	assert_int_equal(no.last.kind, ASK_HOST_KEY);
	assert_non_null(strstr(no.last.fingerprint, "SHA256:"));
	assert_non_null(strstr(view.err.msg, "halligan host trust web01"));
	assert_int_equal(count(&bed->memory, CHANGE_HOST_KEY_REFUSED), 1);
	assert_int_equal(count(&bed->memory, CHANGE_HOST_TRUST), 0);
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 0);
}

static void an_answered_key_is_pinned(void **state)
{
	struct bed *bed = *state;
	struct answers yes = {.yes = true};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);

	job->accept_new_host_keys = false;
	assert_int_equal(finish(bed, job, &yes, &view), ERR_OK);
	assert_string_equal(
		last_of(&bed->memory, CHANGE_HOST_TRUST)->u.host_key.how,
		"answered");
}

static void a_changed_key_is_refused_unasked(void **state)
{
	struct bed *bed = *state;
	struct answers yes = {.yes = true};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);
	char fp[FINGERPRINT_MAX];

	key_fingerprint(bytes_of(fake_host_key, FAKE_HOST_KEY_LEN), fp);
	host->pinned_fingerprint = xstrdup("SHA256:pinned");
	assert_int_equal(finish(bed, job, &yes, &view), ERR_HOSTKEY);
	assert_int_equal(yes.asked, 0);
	assert_non_null(strstr(view.err.msg, "SHA256:pinned"));
	assert_non_null(strstr(view.err.msg, fp));
	assert_string_equal(last_of(&bed->memory, CHANGE_HOST_KEY_REFUSED)
				    ->u.host_key.pinned_fingerprint,
			    "SHA256:pinned");
}

static void a_locked_key_is_asked_for_and_used(void **state)
{
	struct bed *bed = *state;
	struct answers good = {.yes = true, .secret = LIT("sesame")};
	struct job_host_view view;
	struct job_host *host;

	assert_int_equal(finish(bed, job_for(&host, SCRIPT_SIGN), &good, &view),
			 ERR_OK);
	assert_int_equal(good.asked, 1);
	assert_int_equal(good.last.kind, ASK_PASSPHRASE);
	/* It stays unlocked for the next host. */
	assert_int_equal(finish(bed, job_for(&host, SCRIPT_SIGN), &good, &view),
			 ERR_OK);
	assert_int_equal(good.asked, 1);
}

static void wrong_passphrases_end_after_three(void **state)
{
	struct bed *bed = *state;
	struct answers bad = {.yes = true, .secret = LIT("wrong")};
	struct job_host_view view;
	struct job_host *host;

	assert_int_not_equal(finish(bed, job_for(&host, SCRIPT_SIGN), &bad,
				    &view), ERR_OK);
	assert_int_equal(bad.asked, 3);
	assert_non_null(strstr(bad.last.prompt, "wrong passphrase"));
}

static void a_password_goes_to_the_link(void **state)
{
	struct bed *bed = *state;
	struct answers good = {.yes = true, .secret = LIT("hunter2")};
	struct job_host_view view;
	struct job_host *host;

	assert_int_equal(finish(bed, job_for(&host, SCRIPT_PASSWORD), &good,
				&view), ERR_OK);
	assert_int_equal(good.last.kind, ASK_PASSWORD);
	assert_non_null(strstr(good.last.prompt, "web01"));
}

static void a_cancel_ends_the_run(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view host_view;
	struct job_view view = {0};
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_HANGS);
	struct uuid run = job->run;

	engine_submit(bed->engine, job);
	do {
		assert_true(await_news(bed, &run, &answers, &view));
		(void)engine_job_hosts(bed->engine, &run, &host_view, 1);
	} while (!view.n_hosts || host_view.phase != HOST_RUNNING);
	engine_cancel(bed->engine, &run, NULL);
	while (await_news(bed, &run, &answers, &view))
		;
	assert_int_equal(view.code, ERR_CANCELLED);
	assert_int_equal(last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.code,
			 ERR_CANCELLED);
}

static void a_silent_probe_is_given_up(void **state)
{
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;

	assert_int_equal(finish(*state, job_for(&host, SCRIPT_HANGS), &answers,
				&view), ERR_TIMEOUT);
	assert_non_null(strstr(view.err.msg, "stopped answering"));
}

static void await_running(struct bed *bed, const struct uuid *run,
			  struct job_view *view)
{
	struct job_host_view host = {0};
	struct answers answers = {0};

	while (host.phase != HOST_RUNNING) {
		assert_true(await_news(bed, run, &answers, view));
		(void)engine_job_hosts(bed->engine, run, &host, 1);
	}
}

#define ANY_PACE UINT32_MAX

static void await_state(struct bed *bed, const struct uuid *run, bool paused,
			unsigned pace)
{
	struct answers answers = {0};
	struct job_host_view host;
	struct job_view view;

	do {
		assert_true(await_news(bed, run, &answers, &view));
		(void)engine_job_hosts(bed->engine, run, &host, 1);
	} while (view.paused != paused || host.paused != paused ||
		 (pace != ANY_PACE && (view.pace != pace || host.pace != pace)));
}

static void a_run_is_steered_and_it_is_on_record(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_view view = {0};
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_STEERED);
	const struct change *c;
	struct uuid run = job->run;

	engine_submit(bed->engine, job);
	await_running(bed, &run, &view);
	engine_control(bed->engine, &run, NULL, CONTROL_PAUSE);
	await_state(bed, &run, true, 0);
	engine_control(bed->engine, &run, "web01", CONTROL_SLOWER);
	await_state(bed, &run, true, 50);
	engine_control(bed->engine, &run, "another", CONTROL_FASTER);
	engine_control(bed->engine, &run, NULL, CONTROL_RESUME);
	await_state(bed, &run, false, 50);
	engine_control(bed->engine, &run, NULL, CONTROL_FASTER);
	while (await_news(bed, &run, &answers, &view))
		;
	assert_int_equal(view.code, ERR_OK);
	assert_int_equal(count(&bed->memory, CHANGE_EVENT), 4);
	c = last_of(&bed->memory, CHANGE_EVENT);
	assert_string_equal(c->u.event.action, "run.faster");
	assert_non_null(strstr(c->u.event.detail, "\"host\":\"web01\""));
	assert_non_null(strstr(c->u.event.detail, run.s));
	engine_control(bed->engine, &run, NULL, CONTROL_PAUSE); /* too late */
}

/* By question and answer, so that half of the way there and back is all that
 * is not known. */
static void the_clock_is_measured(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;
	const struct change_host_seen *seen;

	assert_int_equal(finish(bed, job_for(&host, SCRIPT_CLOCK), &answers,
				&view),
			 ERR_OK);
	assert_int_equal(count(&bed->memory, CHANGE_HOST_SEEN), 2);
	seen = &last_of(&bed->memory, CHANGE_HOST_SEEN)->u.host_seen;
	assert_true(seen->clock_error_ns > 0);
	assert_true(seen->clock_error_ns < 60 * NS_PER_S);
	assert_true(seen->clock_offset_ns >
		    FAKE_CLOCK_NS - seen->clock_error_ns - NS_PER_MS);
	assert_true(seen->clock_offset_ns <
		    FAKE_CLOCK_NS + seen->clock_error_ns + NS_PER_MS);
	assert_null(seen->os); /* what the hello said stays */
	assert_true(view.clock_offset_ns == seen->clock_offset_ns);
}

static void a_host_not_begun_yet_waits_too(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_view view = {0};
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_STEERED);
	struct uuid run = job->run;

	engine_submit(bed->engine, job);
	engine_control(bed->engine, &run, NULL, CONTROL_PAUSE);
	engine_control(bed->engine, &run, NULL, CONTROL_SLOWER);
	await_state(bed, &run, true, ANY_PACE); /* it may be on its way */
	engine_control(bed->engine, &run, NULL, CONTROL_RESUME);
	await_running(bed, &run, &view);
	await_state(bed, &run, false, 50); /* it begins with what was said */
	engine_control(bed->engine, &run, NULL, CONTROL_FASTER);
	while (await_news(bed, &run, &answers, &view))
		;
	assert_int_equal(view.code, ERR_OK);
}

/* The probe must hear from us even when we cannot take what it says. */
static void a_full_sink_does_not_silence_us(void **state)
{
	int64_t end = time_mono_ns() + (JOB_HEARD_S + 2) * NS_PER_S;
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_view view = {0};
	struct job_host *host;
	struct job_host_view host_view = {0};
	struct job *job = job_for(&host, SCRIPT_LISTENS);
	struct uuid run = job->run;

	set_room(&bed->memory, 100);
	engine_submit(bed->engine, job);
	while (time_mono_ns() < end)
		assert_true(await_news(bed, &run, &answers, &view));
	assert_int_equal(room_left(&bed->memory), 0);
	make_room(&bed->memory, 10000);
	while (await_news(bed, &run, &answers, &view))
		;
	(void)engine_job_hosts(bed->engine, &run, &host_view, 1);
	assert_ok(host_view.err.code, host_view.err);
}

/* What a host that broke off was not asked for any more is on record as not
 * looked at; of one that came to its end there is nothing to say. */
static void what_was_not_reached_is_said(void **state)
{
	static const enum script scripts[] = {SCRIPT_NO_DONE, SCRIPT_DIES,
					      SCRIPT_GOOD};
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		const struct rec_coverage *row;

		(void)finish(bed, job_for(&host, scripts[i]), &answers, &view);
		row = &last_of(&bed->memory, CHANGE_RECORD)
			       ->u.record.u.coverage;
		assert_int_equal(bytes_eq(row->reason, bytes_str("stopped")),
				 scripts[i] != SCRIPT_GOOD);
	}
}

/* One who says more than anybody has to say is ended, and that is on record. */
static void too_much_is_the_end(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_FLOOD);
	const struct rec_coverage *row = NULL;

	job->told_max = 1000;
	assert_int_equal(finish(bed, job, &answers, &view), ERR_LIMIT);
	assert_non_null(strstr(view.err.msg,
			       "more than 1000 rows of coverage"));
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 1002);
	for (size_t i = 0; i < bed->memory.n; i++) {
		const struct change *c = bed->memory.got[i];

		if (c->kind == CHANGE_RECORD &&
		    bytes_eq(c->u.record.u.coverage.what,
			     bytes_str("rows of coverage")))
			row = &c->u.record.u.coverage;
	}
	assert_non_null(row);
	assert_true(bytes_eq(row->outcome, bytes_str("failed")));
	/* and, the last, that the rest was not reached */
	row = &last_of(&bed->memory, CHANGE_RECORD)->u.record.u.coverage;
	assert_true(bytes_eq(row->reason, bytes_str("stopped")));
}

static void many_hosts_share_few_places(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);
	struct job_view view;
	struct uuid run = job->run;

	for (int i = 1; i < 30; i++)
		add_host(job, i % 10 == 0 ? SCRIPT_DIES : SCRIPT_GOOD);
	job->fleet.parallel = 4;
	engine_submit(bed->engine, job);
	while (await_news(bed, &run, &answers, &view))
		;
	assert_int_equal(view.code, ERR_PARTIAL);
	assert_int_equal(view.n_done, 28);
	assert_int_equal(view.n_failed, 2);
}

static void a_wrong_clock_is_told_in_words(void **state UNUSED)
{
	static const struct {
		int64_t offset_ns;
		const char *words;
	} cases[] = {
		{0, ""},
		{TIME_UNKNOWN, ""},
		{60 * NS_PER_S, ""},
		{-60 * NS_PER_S, ""},
		{61 * NS_PER_S,
		 "its clock is 1 min 1 s ahead of this machine's"},
		{-3599 * NS_PER_S,
		 "its clock is 59 min 59 s behind this machine's"},
		{3600 * NS_PER_S,
		 "its clock is 1 h 0 min ahead of this machine's"},
		{-7199 * NS_PER_S, /* it took a moment to hear of it */
		 "its clock is 2 h 0 min behind this machine's"},
		{-90000 * NS_PER_S,
		 "its clock is 1 d 1 h behind this machine's"},
		{INT64_MAX,
		 "its clock is 106752 d 0 h ahead of this machine's"},
		{INT64_MIN + 1,
		 "its clock is 106752 d 0 h behind this machine's"},
	};
	char words[JOB_CLOCK_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(job_clock_off(cases[i].offset_ns, words),
				    cases[i].words);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BED(every_ending_is_told),
		BED(the_probe_is_for_the_machine),
		BED(records_reach_the_sink_in_order),
		BED(a_full_sink_makes_hosts_wait),
		BED(an_unknown_key_is_refused_without_a_yes),
		BED(an_answered_key_is_pinned),
		BED(a_changed_key_is_refused_unasked),
		BED(a_locked_key_is_asked_for_and_used),
		BED(wrong_passphrases_end_after_three),
		BED(a_password_goes_to_the_link),
		BED(a_cancel_ends_the_run),
		cmocka_unit_test_setup_teardown(a_silent_probe_is_given_up,
						set_up_impatient, tear_down),
		BED(a_run_is_steered_and_it_is_on_record),
		cmocka_unit_test(a_wrong_clock_is_told_in_words),
		BED(the_clock_is_measured),
		BED(a_host_not_begun_yet_waits_too),
		BED(a_full_sink_does_not_silence_us),
		BED(what_was_not_reached_is_said),
		BED(too_much_is_the_end),
		BED(many_hosts_share_few_places),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
