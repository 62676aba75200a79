/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Budgets. CPU time and bytes read are paid from credit that grows with the
 * clock; a debt is waited off, so that a file that cost much is made up for
 * after it. Pace is each thread's own: a quarter means to rest three times as
 * long as was worked, whatever it was that took the time; and a quarter of what
 * is earned, where that is what holds it up.
 */
#include "base/base.h"

#include <sys/eventfd.h>

#include "base/time.h"
#include "probe/budget.h"
#include "probe/limits.h"
#include "probe/pressure.h"
#include "probe/run.h"

#define WATCH_NS    (500 * NS_PER_MS)
#define LOOK_NS     NS_PER_S          /* longest wait without a new look */
#define SHORTEST_NS (2 * NS_PER_MS)   /* waits below are not worth it */
#define BURST_NS    (100 * NS_PER_MS) /* credit that may be saved up */
#define COUNT_NS    (5 * NS_PER_MS)   /* between counts of CPU time */
#define STALLED_MAX 1000u             /* a tenth of the time */

void budget_init(struct budget *b, const struct req_budget *asked)
{
	*b = (struct budget){.asked = asked};
	b->open_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (b->open_fd < 0 || pthread_mutex_init(&b->lock, NULL) != 0)
		BUG("no descriptor or mutex for the budgets");
	atomic_init(&b->paused, false);
	atomic_init(&b->pace, PACE_FULL);
	atomic_init(&b->end, BUDGET_KEPT);
	atomic_init(&b->load, 0);
	atomic_init(&b->watched_ns, 0);
	atomic_init(&b->scanned, 0);
}

void budget_release(struct budget *b)
{
	b->open_fd = close_fd(b->open_fd);
	(void)pthread_mutex_destroy(&b->lock); /* nobody holds it */
}

static uint64_t memory_budget(const struct req_budget *asked)
{
	return asked->memory_bytes ? asked->memory_bytes : BUDGET_MEMORY;
}

enum err_code budget_may_start(const struct req_budget *asked,
			       uint64_t rule_bytes, struct err *err)
{
	uint64_t available = pressure_available();
	uint64_t stalled = pressure_stalled(), needed;

	if (__builtin_add_overflow(memory_budget(asked), rule_bytes, &needed))
		needed = UINT64_MAX;
	if (available != UINT64_MAX && available < needed)
		return err_set(err, ERR_LIMIT,
			       "not started: %" PRIu64 " of %" PRIu64
			       " MiB of memory are available there",
			       available >> 20, needed >> 20);
	if (stalled >= STALLED_MAX)
		return err_set(err, ERR_LIMIT,
			       "not started: programs there wait for memory "
			       "%" PRIu64 " %% of the time",
			       stalled / 100);
	return ERR_OK;
}

void budget_spent(struct budget *b, uint64_t cpu_ns)
{
	atomic_fetch_add(&b->scanned, cpu_ns);
}

static uint64_t cpu_used(const struct budget *b)
{
	return usage_now().cpu_ns + atomic_load(&b->scanned);
}

void budget_stop(struct budget *b, enum budget_end end)
{
	int kept = BUDGET_KEPT;

	(void)atomic_compare_exchange_strong(&b->end, &kept, (int)end);
}

/* ---- the host ---- */

static void watch_memory(struct budget *b)
{
	uint64_t available = pressure_available();

	if (available < memory_budget(b->asked) / 4 ||
	    pressure_stalled() >= STALLED_MAX)
		budget_stop(b, BUDGET_PRESSURE);
}

static void watch_load(struct budget *b)
{
	uint64_t load;

	if (!b->asked->load_centi)
		return;
	load = pressure_load();
	atomic_store(&b->load, load > b->asked->load_centi ? load : 0);
}

void budget_watch(struct budget *b)
{
	int_fast64_t last = atomic_load(&b->watched_ns);
	int64_t now = time_mono_ns();

	if (now - last < WATCH_NS ||
	    !atomic_compare_exchange_strong(&b->watched_ns, &last, now))
		return;
	watch_memory(b);
	watch_load(b);
}

void budget_begin(struct budget *b)
{
	pthread_mutex_lock(&b->lock);
	b->filled_ns = time_mono_ns();
	b->cpu_seen = cpu_used(b);
	pthread_mutex_unlock(&b->lock);
	/* Before the first file: nobody may slip by while another looks. */
	watch_memory(b);
	watch_load(b);
}

const char *budget_waiting(const struct budget *b, char out[BUDGET_WAIT_MAX])
{
	uint64_t load = atomic_load(&b->load), most = b->asked->load_centi;

	out[0] = '\0';
	if (load)
		(void)snprintf(out, BUDGET_WAIT_MAX,
			       "load %" PRIu64 ".%02" PRIu64 " is over %" PRIu64
			       ".%02" PRIu64,
			       load / 100, load % 100, most / 100, most % 100);
	return out;
}

/* ---- the console ---- */

static void set_paused(struct budget *b, bool paused)
{
	uint64_t count = 1;
	ssize_t n;

	if (atomic_exchange(&b->paused, paused) == paused)
		return;
	n = paused ? read(b->open_fd, &count, sizeof count)
		   : write(b->open_fd, &count, sizeof count);
	if (n != (ssize_t)sizeof count)
		BUG("an eventfd that is %s", paused ? "empty" : "full");
}

void budget_control(struct budget *b, uint64_t action)
{
	unsigned pace = atomic_load(&b->pace);

	switch (action) {
	case CONTROL_PAUSE:
	case CONTROL_RESUME:
		set_paused(b, action == CONTROL_PAUSE);
		break;
	case CONTROL_SLOWER:
		atomic_store(&b->pace, MAX(pace / 2, PACE_MIN));
		break;
	case CONTROL_FASTER:
		atomic_store(&b->pace, MIN(pace * 2, PACE_FULL));
		break;
	default: /* a sign of life, or from a console newer than us */
		break;
	}
}

/* ---- credit ---- */

/* What span_ns is worth at so much a second, and no overflow. */
static int64_t worth(int64_t span_ns, uint64_t per_s)
{
	return (int64_t)((double)span_ns * (double)per_s / (double)NS_PER_S);
}

/* How long until so much is earned at so much a second. */
static int64_t time_for(int64_t amount, uint64_t per_s)
{
	return (int64_t)((double)amount * (double)NS_PER_S / (double)per_s) + 1;
}

/* At the pace that is kept; 0 stays what it is. */
static uint64_t paced(const struct budget *b, uint64_t per_s)
{
	uint64_t pace = atomic_load(&b->pace);

	return per_s ? MAX(per_s / PACE_FULL * pace +
				   per_s % PACE_FULL * pace / PACE_FULL,
			   UINT64_C(1))
		     : 0;
}

static uint64_t cpu_ns_per_s(const struct budget *b)
{
	return paced(b, MIN(b->asked->cpu_percent, (uint64_t)100000) *
				(uint64_t)(NS_PER_S / 100));
}

static uint64_t read_per_s(const struct budget *b)
{
	return paced(b, b->asked->read_bytes_s);
}

/* Under the lock. */
static void fill(struct budget *b, int64_t now)
{
	uint64_t cpu = cpu_ns_per_s(b), read = read_per_s(b);
	int64_t span = now - b->filled_ns;
	uint64_t used;

	if (span < COUNT_NS)
		return;
	b->filled_ns = now;
	if (cpu) {
		used = cpu_used(b);
		b->cpu_credit += worth(span, cpu);
		b->cpu_credit -= (int64_t)(used - MIN(used, b->cpu_seen));
		b->cpu_credit = MIN(b->cpu_credit, worth(BURST_NS, cpu));
		b->cpu_seen = used;
	}
	if (read) {
		b->read_credit += worth(span, read);
		b->read_credit = MIN(b->read_credit, worth(BURST_NS, read));
	}
}

/* How long until there is credit for what comes next; 0: it is charged. */
static int64_t charge(struct budget *b, uint64_t bytes)
{
	int64_t wait = 0;

	if (!b->asked->cpu_percent && !b->asked->read_bytes_s)
		return 0;
	pthread_mutex_lock(&b->lock);
	fill(b, time_mono_ns());
	if (b->cpu_credit < 0)
		wait = time_for(-b->cpu_credit, cpu_ns_per_s(b));
	if (b->read_credit < 0)
		wait = MAX(wait,
			   time_for(-b->read_credit, read_per_s(b)));
	if (wait == 0 && b->asked->read_bytes_s)
		b->read_credit -= (int64_t)MIN(bytes, (uint64_t)INT32_MAX);
	pthread_mutex_unlock(&b->lock);
	return wait;
}

/* ---- turns ---- */

void budget_rest(struct turn *turn)
{
	if (turn->since_ns)
		turn->worked_ns += time_mono_ns() - turn->since_ns;
	turn->since_ns = 0;
}

/* What the pace asks for what was worked, less what was waited already. A
 * faster pace counts at once. */
static int64_t rest_due(const struct budget *b, struct turn *turn)
{
	int64_t pace = atomic_load(&b->pace);
	int64_t due = turn->worked_ns / pace * ((int64_t)PACE_FULL - pace) -
		      turn->rested_ns;

	if (due <= 0)
		turn->worked_ns = turn->rested_ns = 0;
	return due < SHORTEST_NS ? 0 : due;
}

/* How long to wait before another look; 0: go. */
static int64_t must_wait(struct budget *b, struct turn *turn, uint64_t bytes)
{
	int64_t due = rest_due(b, turn);

	if (atomic_load(&b->paused) || atomic_load(&b->load))
		return LOOK_NS;
	return due ? due : charge(b, bytes);
}

bool budget_pass(struct run *run, struct turn *turn, uint64_t bytes)
{
	struct budget *b = &run->budget;

	budget_rest(turn);
	while (!run_is_over(run)) {
		bool paused = atomic_load(&b->paused);
		int64_t wait, begun = time_mono_ns();
		struct err err;

		budget_watch(b);
		wait = must_wait(b, turn, bytes);
		if (wait == 0) {
			turn->since_ns = begun;
			return true;
		}
		wait = paused ? INT64_MAX : MIN(wait, LOOK_NS);
		(void)!wait_fd(paused ? b->open_fd : -1, POLLIN,
			       deadline_within(run->deadline, wait), &err);
		turn->rested_ns += time_mono_ns() - begun;
	}
	return false;
}
