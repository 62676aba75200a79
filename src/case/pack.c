/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that hash and compress blocks of evidence. */
#include "base/base.h"

#include <pthread.h>
#include <sched.h>
#include <zstd.h>

#include "case/pack.h"

#define ZSTD_LEVEL  1 /* 3 costs a third of the speed for a few per cent */
#define THREADS_MAX 3u
#define AHEAD       2u /* blocks for each thread, and as many waiting */

struct packer {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct pack *first, **last;
	size_t n; /* put in and not taken out */
	bool ends;
	unsigned n_threads;
	pthread_t threads[THREADS_MAX];
};

/* When it saves at least a sixteenth. */
static void squeeze(ZSTD_CCtx *ctx, struct pack *k)
{
	struct bytes b = buf_bytes(&k->block);
	size_t room = b.n - b.n / 16, n;

	buf_init(&k->squeezed, room);
	n = ZSTD_compressCCtx(ctx, buf_reserve(&k->squeezed, room), room, b.p,
			      b.n, ZSTD_LEVEL);
	if (ZSTD_isError(n)) { /* it needs more than that room */
		k->codec = CODEC_RAW;
		buf_release(&k->squeezed);
		memcpy(k->stored_sha256, k->sha256, SHA256_LEN);
		return;
	}
	k->codec = CODEC_ZSTD;
	buf_commit(&k->squeezed, n);
	hash_sha256(buf_bytes(&k->squeezed), k->stored_sha256);
}

/* Under the lock. */
static struct pack *next_to_do(struct packer *p)
{
	struct pack *k = p->first;

	while (k && k->taken)
		k = k->next;
	return k;
}

static void *packer_main(void *arg)
{
	struct packer *p = arg;
	ZSTD_CCtx *ctx = ZSTD_createCCtx();
	struct pack *k;

	if (!ctx)
		BUG("no memory to compress with");
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!(k = next_to_do(p)) && !p->ends)
			pthread_cond_wait(&p->work, &p->lock);
		if (!k)
			break;
		k->taken = true;
		pthread_mutex_unlock(&p->lock);
		hash_sha256(buf_bytes(&k->block), k->sha256);
		squeeze(ctx, k);
		pthread_mutex_lock(&p->lock);
		k->done = true;
		pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	ZSTD_freeCCtx(ctx);
	return NULL;
}

/* The writer keeps one processor busy. */
static unsigned threads_wanted(void)
{
	cpu_set_t cpus;
	int n = 1;

	if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
		n = CPU_COUNT(&cpus) - 1;
	return MIN((unsigned)MAX(n, 1), THREADS_MAX);
}

static struct packer *packer_new(void)
{
	struct packer *p = xcalloc(1, sizeof *p);

	p->last = &p->first;
	if (pthread_mutex_init(&p->lock, NULL) != 0 ||
	    pthread_cond_init(&p->work, NULL) != 0 ||
	    pthread_cond_init(&p->done, NULL) != 0)
		BUG("mutex");
	while (p->n_threads < threads_wanted() &&
	       pthread_create(&p->threads[p->n_threads], NULL, packer_main,
			      p) == 0)
		p->n_threads++;
	if (p->n_threads == 0)
		BUG("a thread cannot be made");
	return p;
}

void packer_put(struct packer **at, struct pack *k)
{
	struct packer *p = *at;

	if (!p)
		p = *at = packer_new();
	pthread_mutex_lock(&p->lock);
	*p->last = k;
	p->last = &k->next;
	p->n++;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

struct pack *packer_take(struct packer *p, bool all)
{
	struct pack *k = NULL;

	if (!p)
		return NULL;
	pthread_mutex_lock(&p->lock);
	if (p->first && (all || p->n > AHEAD * p->n_threads)) {
		k = p->first;
		while (!k->done)
			pthread_cond_wait(&p->done, &p->lock);
		p->first = k->next;
		if (!p->first)
			p->last = &p->first;
		p->n--;
	}
	pthread_mutex_unlock(&p->lock);
	return k;
}

void packer_drop(struct packer *p)
{
	struct pack *k;

	while ((k = packer_take(p, true)))
		pack_free(k);
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	packer_drop(p);
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

void pack_free(struct pack *k)
{
	buf_release(&k->block);
	buf_release(&k->squeezed);
	free(k);
}
