/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that do what the writer gives out. */
#include "base/base.h"

#include <pthread.h>
#include <sched.h>

#include "case/errands.h"

struct errands {
	const struct errand_kind *kind;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct errand *first, **last;
	size_t n; /* put in and not taken out */
	bool ends;
	unsigned n_threads;
	pthread_t threads[ERRAND_THREADS_MAX];
};

/* Under the lock. */
static struct errand *next_to_do(struct errands *p)
{
	struct errand *e = p->first;

	while (e && e->taken)
		e = e->next;
	return e;
}

static void *errands_main(void *arg)
{
	struct errands *p = arg;
	void *own = p->kind->begin();
	struct errand *e;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!(e = next_to_do(p)) && !p->ends)
			pthread_cond_wait(&p->work, &p->lock);
		if (!e)
			break;
		e->taken = true;
		pthread_mutex_unlock(&p->lock);
		p->kind->run(own, e);
		pthread_mutex_lock(&p->lock);
		e->done = true;
		pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	p->kind->end(own);
	return NULL;
}

/* The writer keeps one processor busy. */
static unsigned threads_wanted(const struct errand_kind *kind)
{
	cpu_set_t cpus;
	int n = 1;

	if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
		n = CPU_COUNT(&cpus) - 1;
	return MIN((unsigned)MAX(n, 1), kind->threads_max);
}

static struct errands *errands_new(const struct errand_kind *kind)
{
	struct errands *p = xcalloc(1, sizeof *p);

	p->kind = kind;
	p->last = &p->first;
	if (pthread_mutex_init(&p->lock, NULL) != 0 ||
	    pthread_cond_init(&p->work, NULL) != 0 ||
	    pthread_cond_init(&p->done, NULL) != 0)
		BUG("mutex");
	while (p->n_threads < threads_wanted(kind) &&
	       pthread_create(&p->threads[p->n_threads], NULL, errands_main,
			      p) == 0)
		p->n_threads++;
	if (p->n_threads == 0)
		BUG("a thread cannot be made");
	return p;
}

void errands_put(struct errands **at, const struct errand_kind *kind,
		 struct errand *e)
{
	struct errands *p = *at;

	if (!p)
		p = *at = errands_new(kind);
	e->next = NULL;
	e->taken = e->done = false;
	pthread_mutex_lock(&p->lock);
	*p->last = e;
	p->last = &e->next;
	p->n++;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

struct errand *errands_take(struct errands *p, bool all)
{
	struct errand *e = NULL;

	if (!p)
		return NULL;
	pthread_mutex_lock(&p->lock);
	if (p->first && (all || p->n > p->kind->ahead * p->n_threads)) {
		e = p->first;
		while (!e->done)
			pthread_cond_wait(&p->done, &p->lock);
		p->first = e->next;
		if (!p->first)
			p->last = &p->first;
		p->n--;
	}
	pthread_mutex_unlock(&p->lock);
	return e;
}

void errands_drop(struct errands *p)
{
	struct errand *e;

	while ((e = errands_take(p, true)))
		p->kind->free(e);
}

void errands_free(struct errands *p)
{
	if (!p)
		return;
	errands_drop(p);
	pthread_mutex_lock(&p->lock);
	p->ends = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		(void)pthread_join(p->threads[i], NULL);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_cond_destroy(&p->done);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}
