/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that the writer has done by threads of their own while it goes on:
 * it comes back in the order in which it was given out.
 */
#ifndef HALLIGAN_CASE_ERRANDS_H
#define HALLIGAN_CASE_ERRANDS_H

#include "base/base.h"

/* The first member of what is to be done. */
struct errand {
	struct errand *next;
	bool taken, done; /* by a thread; under the lock */
};

#define ERRAND_THREADS_MAX 3u

struct errand_kind {
	void *(*begin)(void); /* what each thread has of its own */
	void (*end)(void *own);
	void (*run)(void *own, struct errand *);
	void (*free)(struct errand *);
	unsigned threads_max; /* ERRAND_THREADS_MAX at most */
	unsigned ahead; /* under way for each thread, unless all are taken */
};

struct errands;

/* Takes what it is given. The threads begin with the first one. */
void errands_put(struct errands **at, const struct errand_kind *kind,
		 struct errand *e);

/* The oldest one, once it is done. NULL when there is none, or, unless `all`,
 * when no more are under way than threads can use. NULL has none. */
struct errand *errands_take(struct errands *p, bool all);

void errands_drop(struct errands *p); /* all that were put in */
void errands_free(struct errands *p);

#endif
