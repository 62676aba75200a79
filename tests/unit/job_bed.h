/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bed of the engine's tests: an engine whose children are played
 * (job_fakes.h), and a sink that remembers, and refuses on demand.
 */
#ifndef HALLIGAN_TESTS_UNIT_JOB_BED_H
#define HALLIGAN_TESTS_UNIT_JOB_BED_H

#include <pthread.h>

#include "job/job.h"
#include "unit/job_fakes.h"

struct memory {
	struct sink sink;
	struct change *got[8192];
	size_t n;
	size_t room; /* how many more it takes before it says "full" */
	pthread_mutex_t lock;
};

void make_room(struct memory *m, size_t n);
size_t room_left(struct memory *m);
void set_room(struct memory *m, size_t room);
size_t count(struct memory *m, enum change_kind kind);
const struct change *last_of(struct memory *m, enum change_kind kind);

struct bed {
	struct zygote zygote;
	struct memory memory;
	struct engine *engine;
	struct bundle probes;
	char dir[64];
};

/* With these children; of the configuration only how long things may take. */
int set_up_with(void **state, const struct child_kind *kinds, size_t n,
		const struct engine_config *given);
int set_up(void **state);
int set_up_impatient(void **state); /* with silent probes */
int tear_down(void **state);

/* A job for one host, web01, that follows the script. */
struct job *job_for(struct job_host **host, enum script script);
/* One more host of it, h1, h2, ... */
void add_host(struct job *job, enum script script);

/* A job for n hosts: of user tester, but for the first, whose user is ir. */
struct job *fleet_of(const enum script *scripts, size_t n);

/* What the test answers to questions while it waits. */
struct answers {
	bool yes;
	struct bytes secret;
	/* In place of both, of the n-th question; NULL: no. */
	const char *(*say)(const struct ask *ask, unsigned n);
	bool shares;
	unsigned asked;
	struct ask last;
};

/* Waits for news; true while the job goes on. */
bool await_news(struct bed *bed, const struct uuid *run,
		struct answers *answers, struct job_view *view);
/* Submits it and waits for its end: its code, and its first host. */
enum err_code finish(struct bed *bed, struct job *job,
		     struct answers *answers, struct job_host_view *host);

/* The same: how it stands at its end. */
struct job_view run_to_end(struct bed *bed, struct job *job,
			   struct answers *answers);

#endif
