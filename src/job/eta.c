/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long it will take yet. A host that the same words were run on before is
 * held against what there was then: how fast it goes is seen by what it did so
 * far, and for one that has not begun by what the others of this run did. One
 * that has no such past is held against the hosts of this run that are
 * through: their median. With neither, or a handful of hosts at most, nothing
 * is said.
 */
#include "base/base.h"

#include "base/time.h"
#include "job/engine.h"

#define THROUGH_MIN 3  /* hosts that make a median */
#define PART_MIN_BY 20 /* of its work, before a host says how fast it is */
/* What opening a file costs, in bytes that are read in the same time. */
#define FILE_COST   (32.0 * 1024)

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t span_of(const struct hostrun *h, int64_t now)
{
	int64_t end = h->ended_ns == TIME_UNKNOWN ? now : h->ended_ns;

	return h->started_ns == TIME_UNKNOWN ? 0
					     : MAX(end - h->started_ns,
						   INT64_C(0));
}

static bool is_through(const struct hostrun *h)
{
	return h->phase == HOST_DONE || h->phase == HOST_PARTIAL;
}

/* Of the hosts that are through; 0: too few are. */
static int64_t median_span(const struct jobrun *run, int64_t now)
{
	int64_t *spans = xcalloc(run->job->n_hosts, sizeof *spans), median;
	size_t n = 0;

	for (size_t i = 0; i < run->job->n_hosts; i++)
		if (is_through(&run->hosts[i]))
			spans[n++] = span_of(&run->hosts[i], now);
	qsort(spans, n, sizeof *spans, by_length);
	median = n < THROUGH_MIN ? 0 : MAX(spans[n / 2], INT64_C(1));
	free(spans);
	return median;
}

/* A walk that lists files reads none of their bytes. */
static double work_of(const struct hostrun *h, uint64_t files, uint64_t bytes)
{
	bool reads = h->run->job->op != JOB_WALK;

	return (double)files * FILE_COST + (reads ? (double)bytes : 0);
}

static double work_done(const struct hostrun *h)
{
	return work_of(h, h->intake.files, h->intake.bytes + h->intake.part);
}

/* As the same words met it the last time; 0: they did not. */
static double work_all(const struct hostrun *h)
{
	return work_of(h, h->host->earlier_files, h->host->earlier_bytes);
}

/* Whether it says how fast it is: not at once, nor when there is more now. */
static bool is_telling(const struct hostrun *h)
{
	double done = work_done(h), all = work_all(h);

	return h->phase == HOST_RUNNING && done < all &&
	       done > all / PART_MIN_BY;
}

unsigned eta_percent(const struct hostrun *h)
{
	double done = work_done(h), all = work_all(h);

	if (h->phase != HOST_RUNNING || done <= 0 || done >= all)
		return 0;
	return (unsigned)(100 * done / all);
}

static int64_t to_ns(double ns)
{
	return ns < (double)INT64_MAX ? (int64_t)ns : 0;
}

int64_t eta_host(const struct hostrun *h, int64_t now)
{
	double done = work_done(h);

	if (!is_telling(h))
		return 0;
	return to_ns((double)span_of(h, now) * (work_all(h) - done) / done);
}

/* Nanoseconds that so much work takes on one host of this run; 0: nobody has
 * told. */
static double cost_of_work(const struct jobrun *run, int64_t now)
{
	double span = 0, work = 0;

	for (size_t i = 0; i < run->job->n_hosts; i++) {
		const struct hostrun *h = &run->hosts[i];

		if (!is_through(h) && !is_telling(h))
			continue;
		span += (double)span_of(h, now);
		work += work_done(h);
	}
	return work > 0 ? span / work : 0;
}

/* What is left of one that is not over; -1: nobody knows. */
static int64_t left_of(const struct hostrun *h, int64_t median, double cost,
		       int64_t now)
{
	int64_t left = eta_host(h, now);
	double all = work_all(h), done = work_done(h);

	if (left)
		return left;
	if (all > 0 && cost > 0)
		return to_ns(MAX(all - done, 0.0) * cost);
	return median ? MAX(median - span_of(h, now), INT64_C(0)) : -1;
}

int64_t eta_run(const struct jobrun *run, int64_t now)
{
	int64_t median = median_span(run, now), longest = 0;
	double sum = 0, cost = cost_of_work(run, now);

	for (size_t i = 0; i < run->job->n_hosts; i++) {
		const struct hostrun *h = &run->hosts[i];
		int64_t left;

		if (host_phase_is_final(h->phase))
			continue;
		left = left_of(h, median, cost, now);
		if (left < 0)
			return 0;
		sum += (double)left;
		longest = MAX(longest, left);
	}
	sum /= (double)MAX(run->job->fleet.parallel, 1u);
	return MAX(to_ns(sum), longest);
}
