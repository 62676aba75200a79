/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rule takes the time that one file may: a file that was given up on is
 * scanned again with half of the rules, a half of those, and so on, each time
 * for seconds only. What it costs is bounded, by file and by run.
 */
#ifndef HALLIGAN_PROBE_SLOW_H
#define HALLIGAN_PROBE_SLOW_H

#include <pthread.h>

#include "base/base.h"
#include "probe/budget.h"
#include "probe/engine.h"

/* Files of a run whose rule is searched for. For those after them the rules
 * that were found are tried, and no others. */
#define SLOW_SEARCHES   3u
#define SLOW_DETAIL_MAX 512u

struct slow_rules {
	pthread_mutex_t lock; /* one searches, who waits may find it known */
	unsigned searches;
	uint64_t known[SLOW_SEARCHES]; /* numbers of rules */
	size_t n_known;
};

void slow_init(struct slow_rules *slow);
void slow_release(struct slow_rules *slow);

/* What was scanned, and took too long. */
struct slow_scan {
	struct run *run;
	struct turn *turn;
	struct scanner *scanner;
	const struct scan_order *order;
	int fd; /* as for scanner_scan */
};

/* "rule web:packed took over 10 s alone"; false: no rule did, or there was no
 * time to find it. */
bool slow_find(const struct slow_scan *scan,
	       char detail[SLOW_DETAIL_MAX]) MUST_CHECK;

#endif
