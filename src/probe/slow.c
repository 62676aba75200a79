/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule takes the time: by halves. */
#include "base/base.h"
#include "base/time.h"
#include "probe/run.h"
#include "probe/slow.h"

/* A part of the rules gets so many seconds: the least unless the content is
 * large, more when several parts take that long. */
#define STEP_LEAST 1u
#define STEP_MOST  4u
/* What the rule that was found may take until we know enough. */
#define ALONE_S 10u
/* All steps of one file. */
#define SEARCH_NS (60 * NS_PER_S)

struct search {
	const struct slow_scan *scan;
	struct deadline d;
	unsigned step_s;
	int64_t took_ns; /* by the last part */
	bool over;       /* no time, or nobody to search for */
};

void slow_init(struct slow_rules *slow)
{
	*slow = (struct slow_rules){0};
	if (pthread_mutex_init(&slow->lock, NULL) != 0)
		BUG("a mutex cannot be made");
}

void slow_release(struct slow_rules *slow)
{
	(void)pthread_mutex_destroy(&slow->lock); /* nobody holds it */
}

/* What matches meanwhile was told, as far as it will be. */
static void pass_match(void *user UNUSED, struct rec_match *m UNUSED)
{
}

static void pass_hit(void *user UNUSED, struct rec_hit *h UNUSED)
{
}

/* Whether the content takes n rules from that one on longer than that. */
static bool is_late(struct search *q, uint64_t from, uint64_t n,
		    unsigned seconds)
{
	const struct scan_sink sink = {.match = pass_match, .hit = pass_hit};
	const struct slow_scan *scan = q->scan;
	const struct scan_order *was = scan->order;
	struct scan_order order = {.offset = was->offset,
				   .length = was->length,
				   .timeout_ms = (uint64_t)seconds * 1000,
				   .part = true,
				   .part_from = from,
				   .part_n = n};
	struct budget *budget = &scan->run->budget;
	struct scan_end end;
	enum reason reason;
	int64_t begun_ns;

	memcpy(order.externals, was->externals, sizeof order.externals);
	q->over = q->over || !budget_pass(scan->run, scan->turn, 0);
	if (q->over)
		return false;
	begun_ns = time_mono_ns();
	reason = scanner_scan(scan->scanner, &order, scan->fd, q->d, &sink,
			      &end);
	q->took_ns = time_mono_ns() - begun_ns;
	budget_spent(budget, scanner_take_cpu_ns(scan->scanner));
	q->over = reason != REASON_TIMEOUT && !reason_is_success(reason);
	return reason == REASON_TIMEOUT;
}

/* What is slow without any rule is the content, and a part of them takes that
 * long, too. */
static bool can_tell(struct search *q)
{
	int64_t base_s;

	if (is_late(q, 0, 0, STEP_MOST / 2) || q->over)
		return false;
	base_s = (q->took_ns + NS_PER_S / 2) / NS_PER_S;
	q->step_s = (unsigned)MAX(2 * base_s, (int64_t)STEP_LEAST);
	q->step_s = MIN(q->step_s, STEP_MOST);
	return true;
}

static bool find_known(struct search *q, const struct slow_rules *slow,
		       uint64_t *rule)
{
	for (size_t i = 0; i < slow->n_known; i++) {
		*rule = slow->known[i];
		if (is_late(q, *rule, 1, q->step_s))
			return true;
	}
	return false;
}

/* Where both halves take long, the one that takes longer is wanted; either
 * will do in the end. */
static bool halve(struct search *q, uint64_t *rule)
{
	uint64_t from = 0, n = engine_rules(q->scan->run->engine);

	while (n > 1 && !q->over) {
		uint64_t half = n / 2;

		if (!is_late(q, from, half, q->step_s)) {
			from += half;
			n -= half;
		} else if (q->step_s < STEP_MOST &&
			   is_late(q, from + half, n - half, q->step_s)) {
			q->step_s *= 2;
		} else {
			n = half;
		}
	}
	*rule = from;
	return n && !q->over && is_late(q, from, 1, q->step_s);
}

static bool search(struct search *q, struct slow_rules *slow, uint64_t *rule)
{
	if (!can_tell(q))
		return false;
	if (find_known(q, slow, rule))
		return true;
	if (q->over || slow->searches == SLOW_SEARCHES)
		return false;
	slow->searches++;
	if (!halve(q, rule))
		return false;
	slow->known[slow->n_known++] = *rule;
	return true;
}

/* How long it takes is measured once more, or a rule that takes a second would
 * be called as bad as one without an end. */
static bool say(struct search *q, uint64_t rule, char detail[SLOW_DETAIL_MAX])
{
	unsigned alone = (unsigned)MIN(
		(q->scan->order->timeout_ms + 999) / 1000, (uint64_t)ALONE_S);
	bool late = is_late(q, rule, 1, alone);
	struct buf name;
	bool known;

	buf_init(&name, RULE_NAME_MAX);
	known = scanner_rule_name(q->scan->scanner, rule, q->d, &name);
	if (known)
		(void)snprintf(detail, SLOW_DETAIL_MAX,
			       "rule %.300s took %s%.1f s alone",
			       buf_str(&name), late ? "over " : "",
			       late ? (double)alone
				    : (double)q->took_ns / NS_PER_S);
	buf_release(&name);
	return known;
}

bool slow_find(const struct slow_scan *scan, char detail[SLOW_DETAIL_MAX])
{
	struct slow_rules *slow = &scan->run->slow;
	struct search q = {.scan = scan};
	uint64_t rule;
	bool found;

	pthread_mutex_lock(&slow->lock);
	q.d = deadline_within(scan->run->deadline, SEARCH_NS);
	found = search(&q, slow, &rule);
	pthread_mutex_unlock(&slow->lock);
	return found && say(&q, rule, detail);
}
