/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job from the order to its first host: its rules are compiled in a jailed
 * child of the console first. While that goes on nothing is on record and no
 * host has heard of it; bad rules end it there.
 */
#include "base/base.h"

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"
#include "wire/stream.h"

/* signature-base, 3.1 MB of it: 0.50 MB in 0.5 s; level 9 makes 0.53 MB of it
 * in 0.04 s, which is for sets so large that the engine would be missed. */
#define REQUEST_LEVEL	    16
#define REQUEST_LEVEL_LARGE 9
#define REQUEST_LARGE	    ((size_t)8 << 20)

/* Of bytes more that compiled rules may be, to be chosen: for signature-base
 * it is 1.5 MB, more than the half second of compiling there is worth. */
#define MAY_COST ((size_t)256 << 10)

/* Of the problems of its rules a job tells so many errors, and warnings. */
#define PROBLEMS_SAID 20u
#define PROBLEMS_MAX  ((size_t)64 << 10)

static void say_problem(void *arg, const struct rule_problem *p)
{
	struct jobrun *run = arg;

	/* The first error is what the job ends with. */
	if (p->is_error && !run->n_said[true])
		run->n_said[true]++;
	else if (run->n_said[p->is_error]++ < PROBLEMS_SAID)
		(void)buf_addf(&run->problems, "%s:%u:%u: %s: %s\n",
			       shown_str(p->place.path).s, p->place.line,
			       p->place.column,
			       p->is_error ? "error" : "warning", p->message);
	else
		run->n_more++;
	log_line(p->is_error ? LOG_ERROR : LOG_WARN, "rules", "%s:%u:%u: %s",
		 shown_str(p->place.path).s, p->place.line, p->place.column,
		 p->message);
}

static void give_up(struct engine *e, struct jobrun *run,
		    const struct err *err)
{
	run->err = *err;
	run->code = err->code;
	run->over = true;
	run->checking = false;
	run->ended_ns = time_now_ns();
	rules_check_end(&run->check, e->config.zygote);
	e->board_stale = true;
}

/* As every host of the job is sent it: once, in one zstd frame. */
static enum err_code pack(const struct jobrun *run, bool compiled,
			  struct buf *out, struct err *err)
{
	const struct ruleset *set = run->job->rules;
	enum err_code code = ERR_OK;
	struct zwriter z;
	struct buf plain;

	buf_init(&plain, JOB_REQUEST_MAX);
	if (compiled)
		code = ruleset_encode_compiled(
			set, buf_bytes(&run->check.compiled), &plain, err);
	else if (set)
		code = ruleset_encode_slim(set, &plain, err);
	if (code == ERR_OK &&
	    !buf_add_bytes(&plain, buf_bytes(&run->job->request)))
		code = err_set(err, ERR_LIMIT, "too many rules and paths");
	if (code == ERR_OK && plain.n) {
		zwriter_init(&z, plain.n < REQUEST_LARGE ? REQUEST_LEVEL
							 : REQUEST_LEVEL_LARGE);
		code = zwriter_add(&z, buf_bytes(&plain), ZFLUSH_END,
				   out, err);
		zwriter_release(&z);
	}
	buf_release(&plain);
	return code;
}

/* Compiled rules are libyara's own memory: its version has to be the same,
 * in every probe, for which of them will be needed is not known yet. */
static const struct probe *misfit(const struct engine *e)
{
	const struct bundle *b = e->config.probes;

	for (size_t i = 0; i < b->n_probes; i++)
		if (!b->probes[i].lean &&
		    strcmp(b->probes[i].engine, rules_engine()) != 0)
			return &b->probes[i];
	return NULL;
}

static bool wants_compiled(const struct engine *e, const struct job *job)
{
	return job->rules && job->rules_form != RULES_SOURCE && !misfit(e);
}

/* Source, unless compiled rules were ordered, or cost little more. */
static enum err_code pack_request(struct engine *e, struct jobrun *run,
				  struct err *err)
{
	enum rules_form form = run->job->rules ? run->job->rules_form
					       : RULES_SOURCE;
	const struct probe *other = misfit(e);
	enum err_code code = ERR_OK;
	struct buf compiled;

	if (form == RULES_COMPILED && other)
		return err_set(err, ERR_UNSUPPORTED,
			       "compiled rules are of %s, and the probe for %s "
			       "has %s: send them as source",
			       rules_engine(), other->arch, other->engine);
	if (form == RULES_COMPILED && run->check.compiled.n == 0)
		return err_set(err, ERR_LIMIT,
			       "these rules are too large when compiled: send "
			       "them as source");
	buf_init(&compiled, JOB_REQUEST_MAX);
	if (form != RULES_SOURCE && run->check.compiled.n)
		code = pack(run, true, &compiled, err);
	if (code == ERR_OK && form != RULES_COMPILED)
		code = pack(run, false, &run->request, err);
	run->sends_compiled =
		form == RULES_COMPILED ||
		(compiled.n && compiled.n <= run->request.n + MAY_COST);
	if (code == ERR_OK && run->sends_compiled) {
		buf_clear(&run->request);
		(void)buf_add_bytes(&run->request, buf_bytes(&compiled));
	}
	buf_release(&compiled);
	return code;
}

/* Everything that could be known here is right: hosts may be bothered. */
static void go(struct engine *e, struct jobrun *run)
{
	struct err err;

	run->checking = false;
	if (pack_request(e, run, &err) != ERR_OK) {
		give_up(e, run, &err);
		return;
	}
	rules_check_end(&run->check, e->config.zygote);
	/* Fresh for each job: the user may have mended the file. */
	known_forget(e);
	if (run->job->via != VIA_BUNDLE) /* it is not known what that is */
		outcome_run_begin(run, e);
	e->board_stale = true;
}

void run_begin(struct engine *e, struct job *job)
{
	struct jobrun *run = xcalloc(1, sizeof *run);
	struct err err;

	run->job = job;
	run->hosts = xcalloc(job->n_hosts, sizeof *run->hosts);
	run->started_ns = time_now_ns();
	run->ended_ns = TIME_UNKNOWN;
	buf_init(&run->request, JOB_REQUEST_MAX);
	buf_init(&run->problems, PROBLEMS_MAX);
	for (size_t i = 0; i < job->n_hosts; i++) {
		hostrun_init(&run->hosts[i], run, &job->hosts[i]);
		run->hosts[i].engine = e;
	}
	run->next = e->jobs;
	e->jobs = run;
	e->board_stale = true;
	if (!job->rules) {
		go(e, run);
		return;
	}
	run->checking = true;
	if (rules_check_begin(&run->check, job->rules, e->config.zygote,
			      CHILD_RULES, wants_compiled(e, job), &err) !=
	    ERR_OK)
		give_up(e, run, &err);
	run->check.say = say_problem;
	run->check.arg = run;
}

void run_check_step(struct engine *e, struct jobrun *run)
{
	enum err_code code;
	struct err err;
	bool done;

	if (!run->checking)
		return;
	code = rules_check_step(&run->check, &done, &err);
	if (done && run->n_more)
		(void)buf_addf(&run->problems,
			       "and %u more: `halligan rule lint` has them "
			       "all\n",
			       run->n_more);
	if (done && code == ERR_OK)
		go(e, run);
	else if (done)
		give_up(e, run, &err);
}

static bool is_meant(const struct hostrun *h, const char *host)
{
	return !host[0] || strcmp(h->host->name, host) == 0;
}

void run_cancel(struct engine *e, struct jobrun *run, const char *host)
{
	struct err err;

	if (run->over)
		return;
	if (run->checking) {
		err_set(&err, ERR_CANCELLED, "cancelled");
		give_up(e, run, &err);
		return;
	}
	run->cancelled |= !host[0];
	if (!host[0])
		ask_drop_run(e, run);
	for (size_t i = 0; i < run->job->n_hosts; i++)
		if (is_meant(&run->hosts[i], host))
			hostrun_cancel(&run->hosts[i]);
}

void run_skip(struct jobrun *run, const char *host)
{
	struct err skipped;

	err_set(&skipped, ERR_CANCELLED, "skipped");
	for (size_t i = 0; !run->over && i < run->job->n_hosts; i++)
		if (is_meant(&run->hosts[i], host) &&
		    (host[0] || run->hosts[i].phase == HOST_QUEUED))
			hostrun_drop(&run->hosts[i], &skipped);
}

void run_control(struct jobrun *run, const char *host, enum control action)
{
	for (size_t i = 0; !run->over && i < run->job->n_hosts; i++)
		if (is_meant(&run->hosts[i], host))
			hostrun_control(&run->hosts[i], action);
}

void run_release(struct engine *e, struct jobrun *run)
{
	rules_check_end(&run->check, e->config.zygote);
	for (size_t i = 0; i < run->job->n_hosts; i++)
		hostrun_release(&run->hosts[i]);
	free(run->hosts);
	free(run->rule_names);
	passwords_release(run);
	buf_release(&run->request);
	buf_release(&run->problems);
	job_free(run->job);
	free(run);
}
