/* SPDX-License-Identifier: Apache-2.0 */
/* An engine with children that are played, and a sink that remembers. */
#include "unit/unit.h"

#include "unit/job_bed.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "base/fs.h"
#include "base/time.h"
#include "wire/records.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static bool remember(struct sink *sink, struct change *c)
{
	struct memory *m = (struct memory *)sink;
	bool taken;

	pthread_mutex_lock(&m->lock);
	taken = m->room > 0 && m->n < ARRAY_SIZE(m->got);
	if (taken) {
		m->room--;
		m->got[m->n++] = c;
	}
	pthread_mutex_unlock(&m->lock);
	return taken;
}

void make_room(struct memory *m, size_t n)
{
	uint64_t one = 1;

	pthread_mutex_lock(&m->lock);
	m->room += n;
	pthread_mutex_unlock(&m->lock);
	assert_int_equal(write(m->sink.room_fd, &one, sizeof one), sizeof one);
}

size_t room_left(struct memory *m)
{
	size_t room;

	pthread_mutex_lock(&m->lock);
	room = m->room;
	pthread_mutex_unlock(&m->lock);
	return room;
}

void set_room(struct memory *m, size_t room)
{
	pthread_mutex_lock(&m->lock);
	m->room = room;
	pthread_mutex_unlock(&m->lock);
}

size_t count(struct memory *m, enum change_kind kind)
{
	size_t n = 0;

	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->n; i++)
		n += m->got[i]->kind == kind;
	pthread_mutex_unlock(&m->lock);
	return n;
}

const struct change *last_of(struct memory *m, enum change_kind kind)
{
	const struct change *found = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->got[i]->kind == kind)
			found = m->got[i];
	if (!found) {
		fail_msg("no %s", change_action(kind));
		abort(); /* fail_msg does not come back; compilers do not know */
	}
	return found;
}

/* ---- the fixture ---- */

int set_up_with(void **state, const struct child_kind *kinds, size_t n,
		const struct engine_config *given)
{
	struct bed *bed = xcalloc(1, sizeof *bed);
	struct engine_config config = {.zygote = &bed->zygote,
				       .sink = &bed->memory.sink,
				       .probes = &bed->probes,
				       .silence_ns = given->silence_ns,
				       .item_cpu_s = given->item_cpu_s,
				       .retry_ns = NS_PER_MS};
	struct err err;

	(void)snprintf(bed->dir, sizeof bed->dir, "/tmp/halligan-job.XXXXXX");
	assert_non_null(mkdtemp(bed->dir));
	fake_bundle(bed->dir);
	assert_ok(bundle_open(&bed->probes, bed->dir, &err), err);
	bed->memory.sink.submit = remember;
	bed->memory.sink.room_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	bed->memory.room = SIZE_MAX / 2;
	pthread_mutex_init(&bed->memory.lock, NULL);
	fake_prepare();
	assert_ok(zygote_start(&bed->zygote, kinds, n, NULL, &err), err);
	assert_ok(engine_start(&config, &bed->engine, &err), err);
	*state = bed;
	return 0;
}

static int set_up_fakes(void **state, int64_t silence_ns)
{
	const struct engine_config config = {.silence_ns = silence_ns};

	return set_up_with(state, job_fakes, JOB_FAKES, &config);
}

int set_up(void **state)
{
	return set_up_fakes(state, 0);
}

int set_up_impatient(void **state)
{
	return set_up_fakes(state, 50 * NS_PER_MS);
}

int tear_down(void **state)
{
	struct bed *bed = *state;
	struct err err;

	engine_stop(bed->engine);
	bundle_release(&bed->probes);
	zygote_stop(&bed->zygote);
	for (size_t i = 0; i < bed->memory.n; i++)
		change_free(bed->memory.got[i]);
	pthread_mutex_destroy(&bed->memory.lock);
	close(bed->memory.sink.room_fd);
	assert_ok(fs_remove_tree(bed->dir, &err), err);
	free(bed);
	return 0;
}

static void set_target(struct job_host *host, const char *target)
{
	const struct reach_us us = {.home = "/nonexistent", .user = "tester"};
	const struct reach_ask ask = {.target = target};
	struct err err;

	assert_ok(reach_make(&us, NULL, &ask, &host->reach, &err), err);
}

struct job *job_for(struct job_host **host, enum script script)
{
	struct job *job = job_new(JOB_HUNT);
	struct req_start start = {.scan = true};
	char target[32];
	struct err err;

	*host = job_add_host(job);
	(*host)->id = uuid_v7();
	(*host)->name = xstrdup("web01");
	(void)snprintf(target, sizeof target, "ir@host:%d", (int)script);
	set_target(*host, target);
	if (script == SCRIPT_RESUMES) {
		(*host)->has_cursor = true;
		(*host)->cursor = xmemdup("/srv/x", 6);
		(*host)->cursor_n = 6;
	}
	job->command = xstrdup("hunt web01");
	job->accept_new_host_keys = true;
	assert_ok(record_encode(REQ_PATH, &(struct req_path){LIT("/srv")},
				&job->request, &err),
		  err);
	assert_ok(record_encode(REQ_START, &start, &job->request, &err), err);
	return job;
}

static void answer(struct bed *bed, struct answers *answers,
		   const struct ask *ask)
{
	const char *said =
		answers->say ? answers->say(ask, answers->asked) : NULL;

	answers->asked++;
	answers->last = *ask;
	engine_answer(bed->engine, ask->id,
		      answers->say ? said != NULL : answers->yes,
		      said ? bytes_str(said) : answers->secret,
		      answers->shares);
}

/* Waits for news; true while the job goes on. */
bool await_news(struct bed *bed, const struct uuid *run,
		       struct answers *answers, struct job_view *view)
{
	struct job_view all[4];
	struct notice *n;
	struct err err;
	size_t jobs;

	assert_ok(wait_fd(engine_fd(bed->engine), POLLIN, patience(), &err),
		  err);
	while ((n = engine_notice(bed->engine))) {
		if (n->kind == NOTICE_ASK)
			answer(bed, answers, &n->ask);
		free(n);
	}
	jobs = engine_jobs(bed->engine, all, ARRAY_SIZE(all));
	for (size_t i = 0; i < jobs; i++)
		if (strcmp(all[i].run.s, run->s) == 0) {
			*view = all[i];
			return !all[i].over;
		}
	return true;
}

enum err_code finish(struct bed *bed, struct job *job,
			    struct answers *answers,
			    struct job_host_view *host)
{
	struct uuid run = job->run;
	struct job_view view;

	engine_submit(bed->engine, job);
	while (await_news(bed, &run, answers, &view))
		;
	assert_true(engine_job_hosts(bed->engine, &run, host, 1) >= 1);
	return view.code;
}

void add_host(struct job *job, enum script script)
{
	struct job_host *host = job_add_host(job);
	int i = (int)job->n_hosts - 1;
	char target[32];

	host->id = uuid_v7();
	host->name = xasprintf("h%d", i);
	(void)snprintf(target, sizeof target, "h%d:%d", i, (int)script);
	set_target(host, target);
}

struct job *fleet_of(const enum script *scripts, size_t n)
{
	struct job_host *host;
	struct job *job = job_for(&host, scripts[0]);

	for (size_t i = 1; i < n; i++)
		add_host(job, scripts[i]);
	return job;
}

struct job_view run_to_end(struct bed *bed, struct job *job,
			   struct answers *answers)
{
	struct uuid run = job->run;
	struct job_view view = {0};

	engine_submit(bed->engine, job);
	while (await_news(bed, &run, answers, &view))
		;
	return view;
}
