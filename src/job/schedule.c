/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn it is. The hosts of a run are begun in their order, so many at
 * once; canaries alone before all others; none any more once too many have
 * failed. A host that could not be reached rests before it is tried again,
 * and gives its place to another meanwhile.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

/* How the first n hosts of a run fare. */
struct tally {
	size_t n, by_phase[HOST_CANCELLED + 1];
	uint64_t matches;
	const struct hostrun *first_failed;
};

static struct tally tally_of(const struct jobrun *run, size_t n)
{
	struct tally t = {.n = n};

	for (size_t i = 0; i < n; i++) {
		const struct hostrun *h = &run->hosts[i];

		t.by_phase[h->phase]++;
		t.matches += h->intake.matches;
		if (h->phase == HOST_FAILED && !t.first_failed)
			t.first_failed = h;
	}
	return t;
}

static size_t n_well(const struct tally *t)
{
	return t->by_phase[HOST_DONE] + t->by_phase[HOST_PARTIAL];
}

static size_t n_over(const struct tally *t)
{
	return n_well(t) + t->by_phase[HOST_FAILED] +
	       t->by_phase[HOST_CANCELLED];
}

/* The worst that happened decides the code of the whole run. */
static enum err_code run_code(const struct jobrun *run, const struct tally *t)
{
	if (t->n && t->by_phase[HOST_CANCELLED] == t->n &&
	    run->stop.code == ERR_OK)
		return ERR_CANCELLED;
	if (run->cancelled && t->by_phase[HOST_CANCELLED])
		return ERR_CANCELLED;
	if (t->n && t->by_phase[HOST_FAILED] == t->n)
		return t->first_failed->err.code;
	return t->by_phase[HOST_DONE] < t->n ? ERR_PARTIAL : ERR_OK;
}

/* ---- canaries ---- */

static size_t n_canaries(const struct jobrun *run)
{
	size_t n = run->job->fleet.canary;

	return run->canary_passed || n >= run->job->n_hosts ? 0 : n;
}

/* "3 canaries: 2 done, 1 partly, 14 matches, 12 s; web03: no answer" */
static void say_canaries(const struct jobrun *run, const struct tally *t,
			 char *out, size_t room)
{
	const struct hostrun *bad = t->first_failed;
	char span[TIME_TEXT_MAX], partly[40] = "", failed[40] = "";

	if (t->by_phase[HOST_PARTIAL])
		(void)snprintf(partly, sizeof partly, ", %zu partly",
			       t->by_phase[HOST_PARTIAL]);
	if (n_over(t) > n_well(t))
		(void)snprintf(failed, sizeof failed, ", %zu failed",
			       n_over(t) - n_well(t));
	(void)snprintf(out, room,
		       "%zu of %zu hosts first: %zu done%s%s, %" PRIu64
		       " matches, %s%s%s%s%.90s",
		       t->n, run->job->n_hosts, t->by_phase[HOST_DONE], partly,
		       failed, t->matches,
		       time_format_span(time_now_ns() - run->started_ns, span),
		       bad ? "; " : "", bad ? shown_str(bad->host->name).s : "",
		       bad ? ": " : "", bad ? bad->err.msg : "");
}

static void judge_canaries(struct engine *e, struct jobrun *run)
{
	struct tally t = tally_of(run, n_canaries(run));
	char line[256];

	if (t.n == 0 || n_over(&t) < t.n || run->canary_asked ||
	    run->stop.code != ERR_OK)
		return;
	if (run->job->fleet.canary_asks) {
		run->canary_asked = true;
		say_canaries(run, &t, line, sizeof line);
		ask_go_on(e, run, line);
		e->board_stale = true;
	} else if (n_well(&t) == t.n) {
		run->canary_passed = true;
	} else {
		say_canaries(run, &t, line, sizeof line);
		err_set(&run->stop, ERR_CANCELLED, "not started: %s", line);
	}
}

void run_go_on(struct jobrun *run, bool yes)
{
	if (yes)
		run->canary_passed = true;
	else
		err_set(&run->stop, ERR_CANCELLED,
			"not started: somebody stopped it after the canaries");
}

/* ---- too many failures ---- */

static void judge_failures(struct jobrun *run)
{
	const struct job_fleet *fleet = &run->job->fleet;
	struct tally t = tally_of(run, run->job->n_hosts);
	uint64_t failed = t.by_phase[HOST_FAILED];
	bool is_percent = fleet->max_failures_is_percent;

	if (!fleet->max_failures || run->stop.code != ERR_OK ||
	    (is_percent ? failed * 100 < fleet->max_failures * t.n
			: failed < fleet->max_failures))
		return;
	err_set(&run->stop, ERR_CANCELLED,
		"not started: %" PRIu64 " of %zu hosts had failed "
		"(--max-failures %" PRIu64 "%s)",
		failed, t.n, fleet->max_failures, is_percent ? "%" : "");
}

/* ---- turns ---- */

static void drop_waiting(struct jobrun *run)
{
	for (size_t i = 0; i < run->job->n_hosts; i++)
		if (run->hosts[i].phase == HOST_QUEUED)
			hostrun_drop(&run->hosts[i], &run->stop);
}

static void start_some(struct engine *e, struct jobrun *run)
{
	size_t n = n_canaries(run) ? n_canaries(run) : run->job->n_hosts;
	int64_t now = time_mono_ns();

	for (size_t i = 0;
	     i < n && run->n_active < run->job->fleet.parallel; i++) {
		struct hostrun *h = &run->hosts[i];

		if (h->phase == HOST_QUEUED && !h->held &&
		    h->not_before_ns <= now &&
		    (run->job->via != VIA_BUNDLE || bundles_may_start(e)))
			hostrun_start(h);
	}
}

static void end_run(struct engine *e, struct jobrun *run,
		    const struct tally *t)
{
	run->over = true;
	run->code = run_code(run, t);
	run->ended_ns = time_now_ns();
	ask_drop_run(e, run);
	passwords_release(run);
	if (!run->begun) {
		run->err = run->hosts[0].err;
		err_wrap(&run->err, "%s", shown_str(run->job->source).s);
	}
	outcome_run_end(run, e);
	e->board_stale = true;
}

void run_schedule(struct engine *e, struct jobrun *run)
{
	struct tally t;

	if (run->checking)
		return;
	judge_failures(run);
	judge_canaries(e, run);
	if (run->stop.code == ERR_OK)
		start_some(e, run);
	else
		drop_waiting(run);
	t = tally_of(run, run->job->n_hosts);
	if (n_over(&t) == t.n)
		end_run(e, run, &t);
}

int run_rest_ms(const struct jobrun *run, int64_t mono_ns, int most)
{
	for (size_t i = 0; i < run->job->n_hosts; i++) {
		const struct hostrun *h = &run->hosts[i];
		int64_t left = h->not_before_ns - mono_ns;

		if ((h->phase == HOST_QUEUED ||
		     h->phase == HOST_RECONNECTING) &&
		    h->attempts && left > 0)
			most = (int)MIN((int64_t)most,
					left / NS_PER_MS + 1);
	}
	return most;
}
