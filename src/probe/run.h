/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One plan carried out: the calling thread walks the roots, scanner threads
 * read what it finds, everybody sends records.
 */
#ifndef HALLIGAN_PROBE_RUN_H
#define HALLIGAN_PROBE_RUN_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wait.h"
#include "probe/budget.h"
#include "probe/coverage.h"
#include "probe/cursor.h"
#include "probe/filter.h"
#include "probe/mounts.h"
#include "probe/out.h"
#include "probe/owner.h"
#include "probe/pattern.h"
#include "probe/plan.h"
#include "probe/same.h"
#include "probe/slow.h"
#include "probe/top.h"
#include "probe/torn.h"

struct engine;
struct indicators;
struct triage;
struct feed;

/* Zeroed: what a console gets that asks for nothing special. */
struct run_limits {
	bool skip_own;           /* leave out the file own_dev, own_ino */
	uint64_t own_dev, own_ino;
	const struct top *top; /* NULL: / itself */
	bool image; /* / is a folder that was entered, not a host's */
	struct feed *feed; /* where files come from in place of /; NULL */
};

struct run {
	const struct plan *plan;
	struct engine *engine; /* NULL when not scanning */
	struct out *out;
	struct coverage coverage;
	struct mounts mounts;
	struct owners owners;
	const struct top *top;
	struct filter filter;
	struct patterns patterns;
	struct cursor cursor;
	struct deadline deadline; /* and its cancel */
	struct budget budget;
	struct same same;
	struct slow_rules slow; /* rules that take too long */
	struct writers writers;
	struct run_limits limits;
	struct triage *triage; /* NULL: none was made */
	struct indicators *indicators; /* NULL: none are looked for */
	atomic_uint_fast64_t file_seq, match_seq, matches;
	atomic_uint_fast64_t process_seq, socket_seq;
	atomic_uint_fast64_t memory_read; /* bytes of processes */
	atomic_uint helpers_lost; /* in calls that did not return */
	struct err feed_err; /* what a shell said that cannot be; ERR_OK: none */
	pthread_mutex_t content_lock; /* one file's chunks at a time */
	pthread_mutex_t current_lock;
	struct buf current; /* path being read */
	int64_t progress_ns, cursor_ns, begun_ns;
	struct rec_progress progress; /* as said last; its bytes are gone */
};

/* engine and cancel may be NULL. Takes the engine, borrows the others. */
void run_init(struct run *run, const struct plan *plan, struct engine *engine,
	      struct out *out, const struct cancel *cancel,
	      const struct run_limits *limits);
void run_release(struct run *run);

/* Says what the plan is, and looks at every file of it. */
void run_files(struct run *run);

/* Ends the engine and sends what is left to say: the sums of coverage and
 * REC_DONE. */
void run_finish(struct run *run);

/* Once it is known who is who there; top as for patterns_load. */
void run_load_patterns(struct run *run, const struct top *top);

/* Whether to stop: cancelled, out of time or memory, or nobody listens. Any
 * thread. */
bool run_is_over(const struct run *run);

/* REC_PROGRESS when there is some and the last was a while ago; flushes. One
 * thread beside the one in run_files, and none any more in run_finish. */
void run_tick(struct run *run);

/* What is left of the run's time, as far as one file may use it. */
uint64_t run_timeout_ms(const struct run *run);

/* The largest file to be read. */
uint64_t run_size_limit(const struct run *run);

/* The seconds that scanning one file may take, if the run has so many. */
unsigned run_file_timeout_s(const struct run *run);

/* Says of a file that it is there. */
void run_list(struct run *run, struct rec_file *file);

/* Any thread. */
void run_set_current(struct run *run, struct bytes path);

#endif
