/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board: what the front may see of the engine's state, copied under a
 * lock at most ten times a second while nothing else changes.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

static void view_host(const struct hostrun *h, struct job_host_view *v)
{
	*v = (struct job_host_view){
		.host_id = h->host->id,
		.phase = h->phase,
		.files = h->intake.files,
		.bytes = h->intake.bytes + h->intake.part,
		.part = h->intake.part,
		.whole = h->intake.whole,
		.percent = eta_percent(h),
		.matches = h->intake.matches,
		.attempts = h->attempts,
		.shell = h->shell,
		.clock_offset_ns = h->clock.known  ? h->clock.offset_ns
				   : h->clock.seen ? h->clock.seen_ns
						   : TIME_UNKNOWN,
		.started_ns = h->started_ns,
		.ended_ns = h->ended_ns,
		.err = h->err,
	};
	if (h->phase == HOST_RUNNING) {
		v->paused = h->intake.paused;
		v->pace = h->intake.pace;
	} else {
		v->paused = h->held && !host_phase_is_final(h->phase);
	}
	v->left_ns = v->paused ? 0 : eta_host(h, time_now_ns());
	(void)snprintf(v->host, sizeof v->host, "%s", h->host->name);
	if (h->shell)
		(void)snprintf(v->shell_why, sizeof v->shell_why, "%s",
			       h->shell_why);
	v->waits = h->intake.waits;
	(void)snprintf(v->now, sizeof v->now, "%s", h->intake.now);
}

/* It is paused when whatever is left of it is; its pace is the slowest. */
static void add_state(struct job_view *v, const struct job_host_view *host)
{
	if (host_phase_is_final(host->phase))
		return;
	v->n_paused += host->paused;
	if (host->pace && (!v->pace || host->pace < v->pace))
		v->pace = host->pace;
}

static void view_job(const struct jobrun *run, struct job_view *v,
		     struct job_host_view *hosts)
{
	*v = (struct job_view){
		.run = run->job->run,
		.op = run->job->op,
		.started_ns = run->started_ns,
		.ended_ns = run->ended_ns,
		.over = run->over,
		.code = run->code,
		.err = run->err,
		.n_hosts = run->job->n_hosts,
		.n_active = run->n_active,
		.waits = run->canary_asked && !run->canary_passed &&
			 run->stop.code == ERR_OK,
	};
	(void)snprintf(v->command, sizeof v->command, "%s",
		       shown_str(run->job->command).s);
	for (size_t i = 0; i < run->job->n_hosts; i++) {
		const struct hostrun *h = &run->hosts[i];

		view_host(h, &hosts[i]);
		add_state(v, &hosts[i]);
		v->n_done += h->phase == HOST_DONE;
		v->n_partial += h->phase == HOST_PARTIAL;
		v->n_failed += h->phase == HOST_FAILED;
		v->n_cancelled += h->phase == HOST_CANCELLED;
		v->n_not_begun += h->phase == HOST_CANCELLED && !h->attempts;
		v->files += h->intake.files;
		v->bytes += hosts[i].bytes;
		v->percents += hosts[i].percent;
		v->matches += h->intake.matches;
		v->events += h->intake.events;
		v->facts += h->intake.facts;
	}
	v->paused = v->n_paused &&
		    v->n_paused == v->n_hosts - job_n_over(v);
	if (!v->over && !v->n_paused && !v->waits && !run->checking)
		v->left_ns = eta_run(run, time_now_ns());
}

static void board_clear(struct engine *e)
{
	for (size_t i = 0; i < e->n_board; i++) {
		free(e->board_hosts[i]);
		free(e->board_problems[i]);
	}
	free(e->board);
	free(e->board_hosts);
	free(e->board_problems);
	e->board = NULL;
	e->board_hosts = NULL;
	e->board_problems = NULL;
	e->n_board = 0;
}

void board_update(struct engine *e)
{
	size_t n = 0, i = 0;

	for (struct jobrun *run = e->jobs; run; run = run->next)
		n++;
	pthread_mutex_lock(&e->board_lock);
	board_clear(e);
	e->board = xcalloc(n, sizeof *e->board);
	e->board_hosts = xcalloc(n, sizeof *e->board_hosts);
	e->board_problems = xcalloc(n, sizeof *e->board_problems);
	e->n_board = n;
	for (struct jobrun *run = e->jobs; run; run = run->next, i++) {
		e->board_hosts[i] = xcalloc(run->job->n_hosts,
					    sizeof *e->board_hosts[i]);
		view_job(run, &e->board[i], e->board_hosts[i]);
		/* All at once, when they are known. */
		e->board_problems[i] =
			xstrdup(run->checking ? "" : buf_str(&run->problems));
	}
	pthread_mutex_unlock(&e->board_lock);
	e->board_stale = false;
	e->board_at_ns = time_mono_ns();
}

void board_release(struct engine *e)
{
	board_clear(e);
}

size_t engine_jobs(struct engine *e, struct job_view *out, size_t room)
{
	size_t n;

	pthread_mutex_lock(&e->board_lock);
	n = e->n_board;
	if (MIN(n, room))
		memcpy(out, e->board, MIN(n, room) * sizeof *out);
	pthread_mutex_unlock(&e->board_lock);
	return n;
}

size_t engine_job_hosts(struct engine *e, const struct uuid *run,
			struct job_host_view *out, size_t room)
{
	size_t n = 0;

	pthread_mutex_lock(&e->board_lock);
	for (size_t i = 0; i < e->n_board; i++) {
		if (strcmp(e->board[i].run.s, run->s) != 0)
			continue;
		n = e->board[i].n_hosts;
		if (MIN(n, room))
			memcpy(out, e->board_hosts[i],
			       MIN(n, room) * sizeof *out);
	}
	pthread_mutex_unlock(&e->board_lock);
	return n;
}

char *engine_job_problems(struct engine *e, const struct uuid *run)
{
	char *problems = NULL;

	pthread_mutex_lock(&e->board_lock);
	for (size_t i = 0; i < e->n_board; i++)
		if (strcmp(e->board[i].run.s, run->s) == 0)
			problems = xstrdup(e->board_problems[i]);
	pthread_mutex_unlock(&e->board_lock);
	return problems ? problems : xstrdup("");
}
