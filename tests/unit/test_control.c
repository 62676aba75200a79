/* SPDX-License-Identifier: Apache-2.0 */
/* What a command that steers runs means by the words behind it. */
#include "unit/unit.h"

#include "app/cmd.h"

#define RUN_1 "01a217b5-0000-7000-8000-00000000aaaa"
#define RUN_2 "01a217b5-0000-7000-8000-00000000bbbb"

static struct {
	size_t n;
	struct job_view v[2];
} jobs;

static const struct job_host_view first[] = {
	{.host = "web01", .phase = HOST_RUNNING},
	{.host = "db01", .phase = HOST_DONE},
};
static const struct job_host_view second[] = {
	{.host = "web01", .phase = HOST_QUEUED},
	{.host = "mail", .phase = HOST_RUNNING},
};

static struct {
	char run[64], host[64];
	enum control action;
	bool done;
} told;

size_t app_jobs(struct app *app UNUSED, struct job_view *out, size_t room)
{
	memcpy(out, jobs.v, MIN(jobs.n, room) * sizeof *out);
	return jobs.n;
}

size_t app_job_hosts(struct app *app UNUSED, const struct uuid *run,
		     struct job_host_view *out, size_t room)
{
	memcpy(out, strcmp(run->s, RUN_1) == 0 ? first : second,
	       MIN(room, ARRAY_SIZE(first)) * sizeof *out);
	return ARRAY_SIZE(first);
}

static void note(const struct uuid *run, const char *host)
{
	(void)snprintf(told.run, sizeof told.run, "%s", run->s);
	(void)snprintf(told.host, sizeof told.host, "%s", host ? host : "");
	told.done = true;
}

void app_control_job(struct app *app UNUSED, const struct uuid *run,
		     const char *host, enum control action)
{
	told.action = action;
	note(run, host);
}

void app_skip_job(struct app *app UNUSED, const struct uuid *run,
		  const char *host)
{
	note(run, host);
}

void app_cancel_job(struct app *app UNUSED, const struct uuid *run,
		    const char *host)
{
	note(run, host);
}

void cmd_say(struct invocation *inv UNUSED, const char *fmt UNUSED, ...)
{
}

/* `run pause` with these words, of two runs or the first. */
static enum err_code pause_words(size_t n_jobs, const char *a, const char *b,
				 struct err *err)
{
	static const struct command pause = {.name = "run pause"};
	struct invocation inv = {.command = &pause,
				 .args = {a, b},
				 .n_args = (size_t)!!a + !!b};

	memset(&told, 0, sizeof told);
	jobs.n = n_jobs;
	for (size_t i = 0; i < 2; i++)
		jobs.v[i] = (struct job_view){.op = JOB_HUNT, .n_hosts = 2};
	(void)snprintf(jobs.v[0].run.s, sizeof jobs.v[0].run.s, RUN_1);
	(void)snprintf(jobs.v[1].run.s, sizeof jobs.v[1].run.s, RUN_2);
	return cmd_run_control(NULL, &inv, err);
}

static void words_are_a_run_and_a_host(void **state UNUSED)
{
	static const struct {
		size_t n_jobs;
		const char *a, *b, *run, *host;
	} cases[] = {
		{1, NULL, NULL, RUN_1, ""},
		{2, "aaaa", NULL, RUN_1, ""},
		{2, "bbbb", "web01", RUN_2, "web01"},
		/* One word that is no run is a host of one. */
		{1, "web01", NULL, RUN_1, "web01"},
		{2, "mail", NULL, RUN_2, "mail"},
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_ok(pause_words(cases[i].n_jobs, cases[i].a, cases[i].b,
				      &err),
			  err);
		assert_string_equal(told.run, cases[i].run);
		assert_string_equal(told.host, cases[i].host);
		assert_int_equal(told.action, CONTROL_PAUSE);
	}
}

static void words_that_could_be_two_are_refused(void **state UNUSED)
{
	static const struct {
		size_t n_jobs;
		const char *a, *b;
		enum err_code code;
		const char *says;
	} cases[] = {
		{0, NULL, NULL, ERR_NOTFOUND, "nothing runs"},
		{2, NULL, NULL, ERR_USAGE, "2 runs are at work"},
		{2, "web01", NULL, ERR_USAGE, "web01 is in 2 runs"},
		{1, "db01", NULL, ERR_NOTFOUND, "no host of that name"},
		{1, "mail", NULL, ERR_NOTFOUND, "no host of that name"},
		{2, "aaaa", "db01", ERR_NOTFOUND, "through already"},
		{2, "aaaa", "mail", ERR_NOTFOUND, "not a host of it"},
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(pause_words(cases[i].n_jobs, cases[i].a,
					     cases[i].b, &err),
				 cases[i].code);
		assert_non_null(strstr(err.msg, cases[i].says));
		assert_false(told.done);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_a_run_and_a_host),
		cmocka_unit_test(words_that_could_be_two_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
