/* SPDX-License-Identifier: Apache-2.0 */
/* One plan carried out, from the first root to the last record. */
#include "base/base.h"
#include "base/time.h"
#include "probe/engine.h"
#include "probe/feed_walk.h"
#include "probe/indicator.h"
#include "probe/limits.h"
#include "probe/memory.h"
#include "probe/run.h"
#include "probe/sight.h"
#include "probe/socket.h"
#include "probe/triage.h"
#include "probe/walk.h"
#include "probe/work.h"

#define SCAN_MAX       ((uint64_t)1 << 30)
#define DAY_S          86400u
#define SCAN_TIMEOUT_S 60u
#define PROGRESS_NS    (250 * NS_PER_MS)
/* How far it is, and what was looked at until there: so often, but not more
 * than so many times while a run takes e times as long. What a cut costs is
 * that part of what was done. */
#define CURSOR_NS      NS_PER_S
#define CURSOR_PART    60
#define HEARTBEAT_NS   (10 * NS_PER_S) /* said even when nothing moved */

/* / itself, and none at all: what a shell tells of is not here. */
static const struct top whole = {.fd = -1};
static char nowhere_dir[] = "";
static const struct top nowhere = {.dir = nowhere_dir, .fd = -1};

void run_init(struct run *run, const struct plan *plan, struct engine *engine,
	      struct out *out, const struct cancel *cancel,
	      const struct run_limits *limits)
{
	uint64_t s = MIN(plan->start.deadline_s, (uint64_t)INT32_MAX);

	*run = (struct run){
		.plan = plan, .engine = engine, .out = out, .limits = *limits};
	if (pthread_mutex_init(&run->content_lock, NULL) != 0 ||
	    pthread_mutex_init(&run->current_lock, NULL) != 0)
		BUG("a mutex cannot be made");
	budget_init(&run->budget, &plan->budget);
	coverage_init(&run->coverage, plan, out, &run->budget);
	run->top = limits->top ? limits->top : &whole;
	if (limits->feed)
		run->top = &nowhere;
	else
		mounts_read(&run->mounts);
	owners_read(&run->owners, run->top);
	cursor_init(&run->cursor, &run->coverage);
	writers_init(&run->writers);
	buf_init(&run->current, RECORD_PATH_MAX);
	run->deadline = (struct deadline){INT64_MAX, cancel};
	if (s)
		run->deadline = deadline_in((int64_t)s * NS_PER_S, cancel);
	atomic_init(&run->file_seq, 0);
	atomic_init(&run->match_seq, 0);
	atomic_init(&run->matches, 0);
	atomic_init(&run->process_seq, 0);
	atomic_init(&run->memory_read, 0);
	atomic_init(&run->helpers_lost, 0);
	atomic_init(&run->socket_seq, 0);
	run->indicators = indicators_new(plan);
	slow_init(&run->slow);
}

void run_release(struct run *run)
{
	triage_release(run);
	indicators_free(run->indicators);
	slow_release(&run->slow);
	coverage_release(&run->coverage);
	mounts_release(&run->mounts);
	owners_release(&run->owners);
	filter_release(&run->filter);
	patterns_release(&run->patterns);
	cursor_release(&run->cursor); /* before what it counts for */
	writers_release(&run->writers);
	engine_stop(run->engine);
	buf_release(&run->current);
	budget_release(&run->budget);
	(void)pthread_mutex_destroy(&run->content_lock);
	(void)pthread_mutex_destroy(&run->current_lock);
}

uint64_t run_size_limit(const struct run *run)
{
	uint64_t asked = run->plan->start.max_file_size;

	if (!plan_hunts(run->plan))
		return asked ? asked : INT64_MAX;
	return asked ? MIN(asked, SCAN_MAX) : SCAN_MAX;
}

unsigned run_file_timeout_s(const struct run *run)
{
	uint64_t asked = run->plan->budget.file_timeout_s;

	return asked ? (unsigned)MIN(asked, (uint64_t)INT32_MAX)
		     : SCAN_TIMEOUT_S;
}

uint64_t run_timeout_ms(const struct run *run)
{
	int64_t most = (int64_t)MIN(run_file_timeout_s(run), DAY_S) * 1000;
	int64_t left = deadline_left(run->deadline) / NS_PER_MS + 1;

	return (uint64_t)MIN(left, most);
}

bool run_is_over(const struct run *run)
{
	struct err err;

	return atomic_load(&run->out->dead) || out_is_full(run->out) ||
	       atomic_load(&run->budget.end) != BUDGET_KEPT ||
	       deadline_check(run->deadline, &err) != ERR_OK;
}

void run_set_current(struct run *run, struct bytes path)
{
	pthread_mutex_lock(&run->current_lock);
	buf_clear(&run->current);
	(void)buf_add_bytes(&run->current, path); /* fits: it is a record's */
	pthread_mutex_unlock(&run->current_lock);
}

void run_list(struct run *run, struct rec_file *file)
{
	file->seq = atomic_fetch_add(&run->file_seq, 1) + 1;
	file->owner = owner_name(&run->owners, file->uid);
	(void)out_send(run->out, REC_FILE, file); /* remembered */
	run_set_current(run, file->path);
}

static void get_progress(struct run *run, struct rec_progress *p)
{
	unsigned pace = atomic_load(&run->budget.pace);

	p->paused = atomic_load(&run->budget.paused);
	p->pace = pace == PACE_FULL ? 0 : pace;
	pthread_mutex_lock(&run->coverage.lock);
	p->files = run->coverage.done;
	p->bytes = run->coverage.done_bytes;
	p->part = run->coverage.under_way.part;
	p->whole = run->coverage.under_way.whole;
	pthread_mutex_unlock(&run->coverage.lock);
	p->matches = atomic_load(&run->matches);
}

static bool has_moved(const struct rec_progress *was,
		      const struct rec_progress *now)
{
	return was->files != now->files || was->part != now->part ||
	       was->paused != now->paused ||
	       was->pace != now->pace || was->waiting.n != now->waiting.n;
}

static void send_progress(struct run *run, struct rec_progress *p)
{
	struct buf path;

	run->progress = *p;
	buf_init(&path, RECORD_PATH_MAX);
	pthread_mutex_lock(&run->current_lock);
	(void)buf_add_bytes(&path, buf_bytes(&run->current));
	pthread_mutex_unlock(&run->current_lock);
	p->path = buf_bytes(&path);
	(void)out_send(run->out, REC_PROGRESS, p); /* remembered */
	buf_release(&path);
}

/* What is done until the cursor, just before that. */
static void say_progress(void *arg)
{
	struct run *run = arg;
	struct rec_progress p = {0};
	char waiting[BUDGET_WAIT_MAX];

	get_progress(run, &p);
	p.waiting = bytes_str(budget_waiting(&run->budget, waiting));
	send_progress(run, &p);
}

void run_tick(struct run *run)
{
	int64_t now = time_mono_ns();
	struct rec_progress p = {0};
	char waiting[BUDGET_WAIT_MAX];

	budget_watch(&run->budget);
	get_progress(run, &p);
	p.waiting = bytes_str(budget_waiting(&run->budget, waiting));
	if (now - run->progress_ns >=
	    (has_moved(&run->progress, &p) ? PROGRESS_NS : HEARTBEAT_NS)) {
		run->progress_ns = now;
		send_progress(run, &p);
	}
	if (!run->begun_ns)
		run->begun_ns = run->cursor_ns = now;
	if (now - run->cursor_ns >=
	    MAX(CURSOR_NS, (now - run->begun_ns) / CURSOR_PART)) {
		run->cursor_ns = now;
		cursor_send(&run->cursor, run->out, say_progress, run);
	}
	out_tick(run->out);
}

/* The budgets' ends; BUDGET_KEPT is none. */
static const char *const ends[] = {
	[BUDGET_PRESSURE] = "memory-pressure",
	[BUDGET_UNHEARD] = PROBE_WHY_UNHEARD,
	[BUDGET_HANGS] = "host-hangs",
};

static const char *why_over(const struct run *run)
{
	struct err err;

	int end = atomic_load(&run->budget.end);

	if (atomic_load(&run->out->dead))
		return "output";
	if (end != BUDGET_KEPT)
		return ends[end];
	if (out_is_full(run->out))
		return "bundle-size";
	switch (deadline_check(run->deadline, &err)) {
	case ERR_CANCELLED:
		return "cancelled";
	case ERR_TIMEOUT:
		return "deadline";
	default:
		return "";
	}
}

static void send_done(struct run *run, const char *why)
{
	struct usage usage = usage_now();
	struct rec_done done = {
		.files = run->coverage.done,
		.bytes = run->coverage.done_bytes,
		.matches = atomic_load(&run->matches),
		.skipped = run->coverage.skipped + run->coverage.failed,
		.clock_ns = time_now_ns(),
		.cpu_ns = usage.cpu_ns,
		.rss_bytes = usage.rss_bytes,
		.complete = *why == '\0',
		.reason = bytes_str(why),
	};

	(void)out_send(run->out, REC_DONE, &done); /* remembered */
}

void run_load_patterns(struct run *run, const struct top *top)
{
	const struct plan *plan = run->plan;

	if (!patterns_load(&run->patterns, plan, top, &run->mounts,
			   buf_bytes(&run->owners.text)))
		coverage_add(&run->coverage, plan->pattern_root, REASON_LIMIT,
			     bytes_str("patterns or homes, too many of them"),
			     0);
}

static void walk_here(struct run *run)
{
	struct crew *crew;

	if (!filter_load(&run->filter, run->plan, run->top, &run->owners,
			 &run->coverage)) {
		for (size_t i = 0; i < run->plan->n_roots; i++)
			coverage_add(&run->coverage, i, REASON_NO_USER,
				     bytes_str(run->plan->roots[i]), 0);
		return;
	}
	run_load_patterns(run, run->top);
	sockets_look(run); /* first: they do not wait */
	same_init(&run->same, run->engine, run->plan->start.archives);
	crew = crew_start(run);
	if (run->plan->has_memory) /* more volatile than files */
		memory_offer(run, crew);
	for (size_t i = 0; i < run->plan->n_roots; i++)
		if (!run->plan->has_memory || i != run->plan->memory_root)
			walk_root(run, i, crew);
	crew_finish(crew);
	same_release(&run->same);
}

/* What no shell can show is said, and once. */
static void walk_fed(struct run *run)
{
	const struct plan *plan = run->plan;
	struct crew *crew;

	if (plan->has_memory)
		coverage_add(&run->coverage, plan->memory_root, REASON_NO_PROBE,
			     bytes_str(plan->roots[plan->memory_root]), 0);
	same_init(&run->same, run->engine, plan->start.archives);
	crew = crew_start(run);
	(void)!feed_walk(run, run->limits.feed, crew, &run->feed_err);
	crew_finish(crew);
	same_release(&run->same);
}

void run_files(struct run *run)
{
	struct rec_plan plan =
		plan_record(run->plan,
			    run->engine ? engine_rules(run->engine) : 0);

	(void)out_send(run->out, REC_PLAN, &plan); /* remembered */
	budget_begin(&run->budget);
	if (run->plan->start.triage && !run->limits.feed)
		triage_run(run);
	if (run->limits.feed)
		walk_fed(run);
	else if (run->plan->n_roots || run->plan->n_indicators)
		walk_here(run);
}

void run_finish(struct run *run)
{
	const char *why = run->coverage.stopped ? why_over(run) : "";

	engine_stop(run->engine); /* its CPU time counts, once it ended */
	run->engine = NULL;
	/* Else somebody may go on from the cursor; but what hangs is to be
	 * known before they do. */
	if (!*why || atomic_load(&run->budget.end) == BUDGET_HANGS)
		cursor_end(&run->cursor);
	cursor_send(&run->cursor, run->out, NULL, NULL);
	sight_finish(run);
	send_done(run, why);
}
