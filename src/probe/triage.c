/* SPDX-License-Identifier: Apache-2.0 */
/* Sources of the live picture, one after the other, and who watches them. */
#include "base/base.h"

#include <fcntl.h>

#include "probe/helper.h"
#include "probe/triage.h"

#define HANG_NS	    (5 * NS_PER_S)	/* in one step, when nobody says */
#define LOOK_NS	    (100 * NS_PER_MS)	/* between looks at it */
#define OVER_NS	    (200 * NS_PER_MS)	/* to come to an end by itself */
#define STACK_BYTES ((size_t)512 << 10)
#define AGAIN_MAX   4u /* times that one source may hang */

const struct triage_source triage_sources[] = {
	{"clock", look_clock, 5, false, false, false},
	{"time-zone", look_time_zone, 5, true, false, false},
	{"package-lists", look_package_lists, 30, true, false, true},
	{"processes", look_processes, 60, false, true, false},
	{"sockets", look_sockets, 20, false, false, false},
	{"sessions", look_sessions, 10, false, false, false},
	{"modules", look_modules, 20, false, false, false},
	{"kernel", look_kernel, 10, false, false, false},
	{"bpf", look_bpf, 10, false, false, false},
	{"mounts", look_mounts, 10, false, false, false},
	{"interfaces", look_interfaces, 10, false, false, false},
	{"routes", look_routes, 10, false, false, false},
	{"neighbours", look_neighbours, 10, false, false, false},
	{"views", look_views, 60, false, false, false},
	{"firewall", look_firewall, 20, false, false, false},
	{"containers", look_containers, 20, true, false, false},
	{"kernel-log", look_kernel_log, 10, false, false, false},
	{"path", look_path, 10, true, false, false},
	{"histories", look_histories, 20, true, false, false},
	{"logs", look_logs, 10, true, false, false},
	{"packages", look_packages, 40, true, false, false},
	{"odd-files", look_odd_files, 60, true, false, false},
	{"unpackaged-files", look_unpackaged, 30, true, false, false},
	{"changed-files", look_changed_files, 60, true, false, false},
};
const size_t n_triage_sources = ARRAY_SIZE(triage_sources);

const struct triage_source *triage_source_find(const char *name)
{
	for (size_t i = 0; i < n_triage_sources; i++)
		if (strcmp(triage_sources[i].name, name) == 0)
			return &triage_sources[i];
	return NULL;
}

static bool is_wanted(const struct plan *plan,
		      const struct triage_source *source)
{
	for (size_t i = 0; i < plan->n_sources; i++)
		if (strcmp(plan->sources[i], source->name) == 0)
			return true;
	return source->always || !plan->n_sources;
}

/* ---- what they share ---- */

static struct triage *triage_new(struct run *run)
{
	struct triage *t = xcalloc(1, sizeof *t);

	atomic_init(&t->owners_left, 1);
	t->top.fd = -1;
	t->is_image = run->top->dir || run->limits.image;
	t->with_secrets = run->plan->start.secrets;
	if (run->top->dir) {
		t->top = *run->top;
		t->top.dir = xstrdup(run->top->dir);
		t->top.fd = fcntl(run->top->fd, F_DUPFD_CLOEXEC, 3);
	}
	mounts_read(&t->mounts);
	socktable_init(&t->sockets);
	return t;
}

static void triage_put(struct triage *t)
{
	if (atomic_fetch_sub(&t->owners_left, 1) != 1)
		return;
	for (size_t i = 0; i < t->n_processes; i++) {
		free(t->processes[i].exe);
		free(t->processes[i].cgroup);
		free(t->processes[i].note);
	}
	free(t->processes);
	free(t->programs);
	free(t->bpf);
	packages_release(&t->packages);
	mounts_release(&t->mounts);
	socktable_release(&t->sockets);
	top_release(&t->top);
	free(t);
}

bool triage_packaged(const struct tell *t, struct bytes path)
{
	return packages_has(&t->triage->packages, path);
}

const struct seen_process *triage_process(const struct triage *t, uint64_t pid)
{
	for (size_t i = 0; i < t->n_processes; i++)
		if (t->processes[i].pid == pid)
			return &t->processes[i];
	return NULL;
}

/* ---- one source ---- */

/* A source under way: of who watches, and once lost of its own thread. */
struct hand {
	struct tell tell;
	const struct triage_source *source;
	pthread_cond_t changed;
	pthread_t thread;
	bool ended; /* under the tell's lock */
};

static void hand_free(struct hand *hand)
{
	(void)pthread_cond_destroy(&hand->changed);
	tell_release(&hand->tell);
	free(hand);
}

static void *hand_main(void *arg)
{
	struct hand *hand = arg;
	struct triage *triage = hand->tell.triage;
	bool lost;

	hand->source->look(&hand->tell);
	pthread_mutex_lock(&hand->tell.lock);
	lost = hand->tell.lost;
	hand->ended = true;
	pthread_cond_broadcast(&hand->changed);
	pthread_mutex_unlock(&hand->tell.lock);
	if (lost) {
		hand_free(hand);
		triage_put(triage);
	}
	return NULL;
}

static struct hand *hand_new(struct run *run, struct triage *triage,
			     const struct triage_source *source, uint64_t from)
{
	struct hand *hand = xcalloc(1, sizeof *hand);
	pthread_condattr_t clock;

	if (pthread_condattr_init(&clock) != 0 ||
	    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(&hand->changed, &clock) != 0)
		BUG("threads cannot be set up");
	(void)pthread_condattr_destroy(&clock);
	tell_init(&hand->tell, triage, run, source->seconds * NS_PER_S);
	hand->tell.at = from;
	hand->source = source;
	return hand;
}

/* ---- who watches ---- */

static int64_t hang_ns(const struct run *run)
{
	uint64_t asked = run->plan->budget.file_timeout_s;

	return asked ? MIN(HANG_NS, (int64_t)MIN(asked, (uint64_t)60) *
					    NS_PER_S)
		     : HANG_NS;
}

/* Under the lock: the reason to go on without it, or NULL. */
static const char *is_late(struct hand *hand, int64_t *over_ns)
{
	const struct tell *t = &hand->tell;
	int64_t now = time_mono_ns();

	if (run_is_over(t->run)) {
		*over_ns = *over_ns ? *over_ns : now + OVER_NS;
		return !t->waiting && now > *over_ns ? "stopped" : NULL;
	}
	return !t->waiting && now - t->beat_ns > hang_ns(t->run) ? "hang"
								  : NULL;
}

/* How it went. */
struct end {
	const char *why;
	uint64_t told, at;
	bool lost;
};

/* Until it has ended, or is lost, when it is not to be touched any more. */
static struct end await_end(struct hand *hand)
{
	struct tell *t = &hand->tell;
	const char *late = NULL;
	int64_t over_ns = 0;
	struct end end;

	pthread_mutex_lock(&t->lock);
	while (!hand->ended && !(late = is_late(hand, &over_ns))) {
		int64_t next = time_mono_ns() + LOOK_NS;
		struct timespec at = {.tv_sec = (time_t)(next / NS_PER_S),
				      .tv_nsec = (long)(next % NS_PER_S)};

		(void)pthread_cond_timedwait(&hand->changed, &t->lock, &at);
	}
	t->lost = !hand->ended;
	end = (struct end){.why = t->lost ? late : t->why,
			   .told = t->told,
			   .at = t->at,
			   .lost = t->lost};
	if (t->lost) {
		atomic_fetch_add(&t->triage->owners_left, 1);
		(void)pthread_detach(hand->thread); /* ours, once */
	}
	pthread_mutex_unlock(&t->lock);
	return end;
}

/* What was not wanted at all, or is not there, has not failed. */
static const char *outcome_of(const char *why, uint64_t told)
{
	static const char *const skips[] = {"not-found", "not-live", "stopped",
					    "no-probe"};

	for (size_t i = 0; i < ARRAY_SIZE(skips); i++)
		if (strcmp(why, skips[i]) == 0)
			return "skipped";
	return !*why || (told && strcmp(why, "permission") == 0) ? "collected"
								  : "failed";
}

static void say(struct run *run, const struct triage_source *source,
		uint64_t at, const char *why, uint64_t told)
{
	char path[64];
	const char *outcome = outcome_of(why, told);
	struct rec_coverage row = {
		.what = bytes_str("triage"),
		.outcome = bytes_str(outcome),
		.reason = bytes_str(why),
		.files = told,
	};

	(void)snprintf(path, sizeof path, at ? "%s %" PRIu64 : "%s",
		       source->name, at);
	row.path = bytes_str(path);
	(void)out_send(run->out, REC_COVERAGE, &row); /* remembered */
	coverage_count(&run->coverage, outcome, why);
}

void triage_say(struct run *run, const char *source, const char *why,
		uint64_t told)
{
	const struct triage_source *s = triage_source_find(source);

	if (!s)
		BUG("no source %s", source);
	say(run, s, 0, why, told);
}

/* Once; where it hung, for another to go on behind it, or 0. */
static uint64_t look_once(struct run *run, struct triage *triage,
			  const struct triage_source *source, uint64_t from)
{
	struct hand *hand = hand_new(run, triage, source, from);
	bool started = helper_thread(&hand->thread, STACK_BYTES, hand_main,
				     hand);
	struct end end;
	bool goes_on;

	if (!started)
		hand_main(hand); /* then nobody watches */
	end = await_end(hand);
	goes_on = end.lost && source->steps && strcmp(end.why, "hang") == 0;
	if (!end.lost) {
		if (started)
			(void)pthread_join(hand->thread, NULL); /* once */
		hand_free(hand);
	}
	say(run, source, goes_on ? end.at : 0, end.why ? end.why : "",
	    end.told);
	return goes_on ? end.at : 0;
}

static void look_at(struct run *run, struct triage *triage,
		    const struct triage_source *source)
{
	uint64_t at = 0;

	if (triage->is_image && !source->in_images) {
		say(run, source, 0, "not-live", 0);
		return;
	}
	run_set_current(run, bytes_str(source->name));
	for (unsigned i = 0; i < AGAIN_MAX; i++) {
		at = look_once(run, triage, source, at);
		if (!at)
			break;
	}
}

void triage_run(struct run *run)
{
	struct triage *triage = triage_new(run);

	for (size_t i = 0; i < n_triage_sources; i++)
		if (is_wanted(run->plan, &triage_sources[i]))
			look_at(run, triage, &triage_sources[i]);
	run->triage = triage;
}

void triage_release(struct run *run)
{
	if (run->triage)
		triage_put(run->triage);
	run->triage = NULL;
}

uint64_t triage_file_packaged(const struct run *run, struct bytes path)
{
	if (!run->triage || !run->triage->has_packages)
		return FILE_PACKAGED_UNKNOWN;
	return packages_has(&run->triage->packages, path) ? FILE_PACKAGED_YES
							  : FILE_PACKAGED_NO;
}
