/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steering what runs: pause, continue, slower, faster, skip, cancel. Only the
 * program that started a run can, so these are commands of the console; on
 * the command line the same is done by keys while a job runs.
 */
#include "base/base.h"

#include "app/cmd.h"
#include "base/text.h"

#define JOBS_SEEN 16

typedef bool is_meant(struct app *app, const struct job_view *job,
		      const char *word);

/* How many runs at work are meant; found: the last of them. */
static size_t count_runs(struct app *app, is_meant *is, const char *word,
			 struct job_view *found)
{
	struct job_view jobs[JOBS_SEEN];
	size_t n = MIN(app_jobs(app, jobs, JOBS_SEEN), (size_t)JOBS_SEEN);
	size_t n_found = 0;

	for (size_t i = 0; i < n; i++) {
		if (jobs[i].over || !is(app, &jobs[i], word))
			continue;
		*found = jobs[i];
		n_found++;
	}
	return n_found;
}

static bool ends_so(struct app *app UNUSED, const struct job_view *job,
		    const char *digits)
{
	size_t n = digits ? strlen(digits) : 0, len = strlen(job->run.s);

	return n <= len && (!n || strcmp(job->run.s + len - n, digits) == 0);
}

/* The run that arg means by its last digits; NULL: the only one. */
static enum err_code find_run(struct app *app, const char *arg,
			      struct job_view *found, struct err *err)
{
	size_t n = count_runs(app, ends_so, arg, found);

	if (n == 1)
		return ERR_OK;
	if (n > 1)
		return err_set(err, ERR_USAGE,
			       "%zu runs are at work: give the last digits "
			       "of the id of one",
			       n);
	return arg ? err_set(err, ERR_NOTFOUND, "no run %s is at work",
			     shown_str(arg).s)
		   : err_set(err, ERR_NOTFOUND, "nothing runs");
}

static enum err_code check_host(struct app *app, const struct job_view *job,
				const char *name, struct err *err)
{
	struct job_host_view *hosts = xcalloc(job->n_hosts, sizeof *hosts);
	size_t n = app_job_hosts(app, &job->run, hosts, job->n_hosts);
	bool found = false, over = false;

	for (size_t i = 0; i < MIN(n, job->n_hosts) && !found; i++) {
		found = strcmp(hosts[i].host, name) == 0;
		over = found && host_phase_is_final(hosts[i].phase);
	}
	free(hosts);
	if (found && !over)
		return ERR_OK;
	return err_set(err, ERR_NOTFOUND, found ? "%s is through already"
						: "%s is not a host of it",
		       shown_str(name).s);
}

static bool has_host(struct app *app, const struct job_view *job,
		     const char *name)
{
	struct err err;

	return check_host(app, job, name, &err) == ERR_OK;
}

/* The one run at work that has a host of this name, which is not through. */
static enum err_code find_run_of(struct app *app, const char *host,
				 struct job_view *found, struct err *err)
{
	size_t n = count_runs(app, has_host, host, found);

	if (n == 1)
		return ERR_OK;
	if (n > 1)
		return err_set(err, ERR_USAGE,
			       "%s is in %zu runs that are at work: give the "
			       "last digits of the id of one before it",
			       shown_str(host).s, n);
	return err_set(err, ERR_NOTFOUND,
		       "no run %s is at work, and no host of that name in one "
		       "that is",
		       shown_str(host).s);
}

static const struct {
	const char *command, *said;
	enum control action; /* 0: */
	void (*act)(struct app *app, const struct uuid *run, const char *host);
} verbs[] = {
	{"run pause", "is to pause", CONTROL_PAUSE, NULL},
	{"run continue", "goes on", CONTROL_RESUME, NULL},
	{"run slower", "is to go half as fast", CONTROL_SLOWER, NULL},
	{"run faster", "may go twice as fast", CONTROL_FASTER, NULL},
	{"run skip", "leaves out what is not begun", 0, app_skip_job},
	{"run cancel", "is to stop", 0, app_cancel_job},
};

/* A lone word is a run, or else a host. */
static enum err_code find(struct app *app, const struct invocation *inv,
			  struct job_view *job, const char **host,
			  struct err *err)
{
	const char *first = inv->n_args ? inv->args[0] : NULL;
	enum err_code code = find_run(app, first, job, err);

	*host = inv->n_args > 1 ? inv->args[1] : NULL;
	if (code == ERR_NOTFOUND && inv->n_args == 1) {
		*host = first;
		return find_run_of(app, first, job, err);
	}
	return code == ERR_OK && *host ? check_host(app, job, *host, err)
				       : code;
}

COMMAND_RUN(cmd_run_control)
{
	const char *host;
	struct job_view job;
	enum err_code code = find(app, inv, &job, &host, err);
	size_t i = 0;

	if (code != ERR_OK)
		return code;
	while (strcmp(verbs[i].command, inv->command->name) != 0)
		i++;
	if (verbs[i].action)
		app_control_job(app, &job.run, host, verbs[i].action);
	else
		verbs[i].act(app, &job.run, host);
	cmd_say(inv, "%s %s%s%s %s", job_op_name(job.op),
		job.run.s + strlen(job.run.s) - MIN(strlen(job.run.s), 8u),
		host ? " on " : "", host ? shown_str(host).s : "",
		verbs[i].said);
	return ERR_OK;
}
