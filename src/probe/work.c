/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that read files, and the short queue they take them from. */
#include "base/base.h"

#include "probe/file.h"
#include "probe/helper.h"
#include "probe/limits.h"
#include "probe/work.h"

#define QUEUE_LEN   32u
#define THREADS_MAX 16u
#define HELD_MAX    ((uint64_t)256 << 20)
#define STACK_BYTES ((size_t)512 << 10) /* the scanning is done elsewhere */

struct crew {
	struct run *run;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct job queue[QUEUE_LEN]; /* a ring */
	size_t first, n;
	uint64_t held; /* bytes of content in memory, of jobs that have it */
	bool closed;
	pthread_t threads[THREADS_MAX];
	size_t n_threads;
	atomic_size_t n_workers; /* that have begun: each has its number */
	struct worker *own;      /* when not even one thread could be started */
};

static void job_release(struct job *job)
{
	close_fd(job->fd);
	free(job->path);
	free(job->told);
	free(job->program);
}

static uint64_t held_by(const struct job *job)
{
	return job->told ? job->told->size : 0;
}

static void do_job(struct crew *crew, struct worker *worker, struct job *job)
{
	struct ledger *was = coverage_into(
		job->step ? cursor_ledger(job->step) : NULL);

	worker_do(worker, job);
	(void)coverage_into(was);
	if (job->step && !run_is_over(crew->run)) /* else it may have been left half done */
		cursor_done(&crew->run->cursor, job->step);
	job_release(job);
}

static bool take(struct crew *crew, struct job *job)
{
	bool got;

	pthread_mutex_lock(&crew->lock);
	while (crew->n == 0 && !crew->closed)
		pthread_cond_wait(&crew->changed, &crew->lock);
	got = crew->n > 0;
	if (got) {
		*job = crew->queue[crew->first];
		crew->first = (crew->first + 1) % QUEUE_LEN;
		crew->n--;
		pthread_cond_broadcast(&crew->changed);
	}
	pthread_mutex_unlock(&crew->lock);
	return got;
}

/* The file in memory is gone, and another may come. */
static void let_go(struct crew *crew, uint64_t held)
{
	if (!held)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->held -= held;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

static void *thread_main(void *arg)
{
	struct crew *crew = arg;
	struct worker *worker =
		worker_new(crew->run, atomic_fetch_add(&crew->n_workers, 1));
	struct job job;

	while (take(crew, &job)) {
		uint64_t held = held_by(&job);

		do_job(crew, worker, &job);
		let_go(crew, held);
	}
	worker_free(worker);
	return NULL;
}

/*
 * Contents are sent one file after the other, so more than one thread would
 * only wait; and the disk likes one reader best.
 */
size_t crew_size(const struct plan *plan)
{
	size_t asked = (size_t)MIN(plan->start.threads, THREADS_MAX);

	if (!plan_hunts(plan))
		return 1;
	return asked ? asked : MIN(2u, cpus_allowed());
}

struct crew *crew_start(struct run *run)
{
	struct crew *crew = xcalloc(1, sizeof *crew);
	size_t wanted = crew_size(run->plan);

	crew->run = run;
	if (pthread_mutex_init(&crew->lock, NULL) != 0 ||
	    pthread_cond_init(&crew->changed, NULL) != 0)
		BUG("threads cannot be set up");
	while (crew->n_threads < wanted &&
	       helper_thread(&crew->threads[crew->n_threads], STACK_BYTES,
			     thread_main, crew))
		crew->n_threads++;
	if (crew->n_threads == 0) /* a limit of the host: the walker works */
		crew->own = worker_new(run, 0);
	return crew;
}

void crew_add(struct crew *crew, struct job job)
{
	if (crew->own) {
		do_job(crew, crew->own, &job);
		return;
	}
	pthread_mutex_lock(&crew->lock);
	while (crew->n == QUEUE_LEN ||
	       (crew->held && crew->held + held_by(&job) > HELD_MAX))
		pthread_cond_wait(&crew->changed, &crew->lock);
	crew->held += held_by(&job);
	crew->queue[(crew->first + crew->n++) % QUEUE_LEN] = job;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

void crew_finish(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->closed = true;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
	for (size_t i = 0; i < crew->n_threads; i++)
		(void)pthread_join(crew->threads[i], NULL); /* ours, once */
	worker_free(crew->own);
	(void)pthread_cond_destroy(&crew->changed);
	(void)pthread_mutex_destroy(&crew->lock);
	free(crew);
}
