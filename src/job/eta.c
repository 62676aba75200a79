/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long it will take yet. A host that the same words were run on before is
 * held against the files there were then; one that has no such past against
 * the hosts of this run that are through: their median. With neither, or a
 * handful of hosts at most, nothing is said.
 */
#include "base/base.h"

#include "base/time.h"
#include "job/engine.h"

#define THROUGH_MIN   3  /* hosts that make a median */
#define PART_MIN_BY   20 /* of its files, before a host says how fast it is */

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

/* Of the hosts that are through; 0: too few are. */
static int64_t median_span(const struct jobrun *run, int64_t now)
{
	int64_t *spans = xcalloc(run->job->n_hosts, sizeof *spans), median;
	size_t n = 0;

	for (size_t i = 0; i < run->job->n_hosts; i++)
		if (run->hosts[i].phase == HOST_DONE ||
		    run->hosts[i].phase == HOST_PARTIAL)
			spans[n++] = span_of(&run->hosts[i], now);
	qsort(spans, n, sizeof *spans, by_length);
	median = n < THROUGH_MIN ? 0 : MAX(spans[n / 2], INT64_C(1));
	free(spans);
	return median;
}

int64_t eta_host(const struct hostrun *h, int64_t now)
{
	uint64_t done = h->intake.files, all = h->host->earlier_files;
	double left;

	if (h->phase != HOST_RUNNING || !all || done < all / PART_MIN_BY + 1)
		return 0;
	if (done >= all) /* there is more now */
		return 0;
	left = (double)span_of(h, now) * (double)(all - done) / (double)done;
	return left < (double)INT64_MAX ? (int64_t)left : 0;
}

int64_t eta_run(const struct jobrun *run, int64_t now)
{
	int64_t median = median_span(run, now), longest = 0;
	double sum = 0;

	for (size_t i = 0; i < run->job->n_hosts; i++) {
		const struct hostrun *h = &run->hosts[i];
		int64_t left = eta_host(h, now);

		if (host_phase_is_final(h->phase))
			continue;
		if (!left && !median)
			return 0;
		if (!left)
			left = MAX(median - span_of(h, now), INT64_C(0));
		sum += (double)left;
		longest = MAX(longest, left);
	}
	sum /= (double)MAX(run->job->fleet.parallel, 1u);
	return MAX((int64_t)sum, longest);
}
