/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what was and was not looked at. */
#include "base/base.h"

#include <sys/stat.h>

#include "probe/coverage.h"

static const struct {
	const char *what, *outcome, *reason;
	bool listed;
} reasons[] = {
#define X(id, what_, outcome_, reason_, listed_)                               \
	[REASON_##id] = {what_, outcome_, reason_, listed_},
	COVERAGE_REASONS(X)
#undef X
};

void coverage_init(struct coverage *c, const struct plan *plan, struct out *out,
		   const struct budget *budget)
{
	*c = (struct coverage){.plan = plan, .out = out, .budget = budget};
	if (pthread_mutex_init(&c->lock, NULL) != 0)
		BUG("a mutex cannot be made");
	c->tallies = xcalloc(plan->n_roots * N_REASONS, sizeof *c->tallies);
}

void coverage_release(struct coverage *c)
{
	free(c->tallies);
	(void)pthread_mutex_destroy(&c->lock); /* nobody holds it */
}

bool reason_is_success(enum reason reason)
{
	return reason < REASON_CUT_SHORT || reason == REASON_MEMORY_SCANNED ||
	       reason == REASON_MEMORY_PARTLY;
}

static void send_row(struct coverage *c, enum reason reason, struct bytes path,
		     struct tally sum, const char *outcome)
{
	const char *what = reasons[reason].what;
	struct rec_coverage row = {
		.outcome = bytes_str(outcome),
		.reason = bytes_str(reasons[reason].reason),
		.path = path,
		.files = sum.files,
		.bytes = sum.bytes,
	};

	if (!what)
		what = plan_hunts(c->plan)   ? "hunt"
		       : c->plan->start.walk ? "walk"
					     : "collect";
	row.what = bytes_str(what);
	row.path.n = MIN(row.path.n, RECORD_PATH_MAX);
	(void)out_send(c->out, REC_COVERAGE, &row); /* remembered by out */
}

static bool is_stop(enum reason reason)
{
	return reason == REASON_STOPPED || reason == REASON_PRESSURE;
}

/* Under the lock. A file that is scanned and then collected is done once. */
static void count(struct coverage *c, enum reason reason, bool is_failure,
		  uint64_t bytes)
{
	bool takes_hits = plan_hunts(c->plan) && reasons[reason].what &&
			  strcmp(reasons[reason].what, "collect") == 0;

	c->stopped += is_stop(reason);
	if (reason_is_success(reason)) {
		c->done += !takes_hits;
		c->done_bytes += takes_hits ? 0 : bytes;
	} else if (is_failure) {
		c->failed++;
	} else {
		c->skipped++;
	}
}

/* Left out because the plan says so. */
static bool is_wanted(enum reason reason)
{
	return reason == REASON_FILTERED || reason == REASON_EXCLUDED ||
	       reason == REASON_RESUMED;
}

void coverage_add(struct coverage *c, size_t root, enum reason reason,
		  struct bytes path, uint64_t bytes)
{
	struct tally one = {.files = 1, .bytes = bytes};
	bool is_asked, is_failure, list;
	struct tally *sum;

	if (reason == REASON_STOPPED &&
	    atomic_load(&c->budget->end) == BUDGET_PRESSURE)
		reason = REASON_PRESSURE;
	sum = &c->tallies[root * N_REASONS + reason];
	/* What was asked for by name and is passed over has failed. */
	is_asked = !reason_is_success(reason) && !is_stop(reason) &&
		   !is_wanted(reason) &&
		   bytes_eq(path, bytes_str(c->plan->roots[root]));
	is_failure = is_asked || strcmp(reasons[reason].outcome, "failed") == 0;
	pthread_mutex_lock(&c->lock);
	count(c, reason, is_failure, bytes);
	list = is_asked || (reasons[reason].listed &&
			    c->listed[reason] < COVERAGE_LISTED_MAX);
	if (list) {
		c->listed[reason]++;
	} else {
		sum->files++;
		sum->bytes += bytes;
	}
	pthread_mutex_unlock(&c->lock);
	if (list)
		send_row(c, reason, path, one,
			 is_failure ? "failed" : reasons[reason].outcome);
}

void coverage_row(struct coverage *c, size_t root, enum reason reason,
		  struct bytes path, uint64_t n, uint64_t bytes)
{
	bool list;

	pthread_mutex_lock(&c->lock);
	list = c->listed[reason] < COVERAGE_LISTED_MAX;
	c->listed[reason] += list;
	pthread_mutex_unlock(&c->lock);
	if (list)
		send_row(c, reason, path, (struct tally){n, bytes},
			 reasons[reason].outcome);
	else
		coverage_sum(c, root, reason, n, bytes);
}

void coverage_sum(struct coverage *c, size_t root, enum reason reason,
		  uint64_t n, uint64_t bytes)
{
	struct tally *sum = &c->tallies[root * N_REASONS + reason];

	pthread_mutex_lock(&c->lock);
	sum->files += n;
	sum->bytes += bytes;
	pthread_mutex_unlock(&c->lock);
}

void coverage_count(struct coverage *c, const char *outcome, const char *why)
{
	pthread_mutex_lock(&c->lock);
	c->stopped += strcmp(why, reasons[REASON_STOPPED].reason) == 0;
	c->failed += strcmp(outcome, "failed") == 0;
	pthread_mutex_unlock(&c->lock);
}

void coverage_send(struct coverage *c)
{
	for (size_t i = 0; i < c->plan->n_roots * N_REASONS; i++) {
		struct tally sum;

		pthread_mutex_lock(&c->lock);
		sum = c->tallies[i];
		c->tallies[i] = (struct tally){0};
		pthread_mutex_unlock(&c->lock);
		if (sum.files || sum.bytes)
			send_row(c, (enum reason)(i % N_REASONS),
				 bytes_str(c->plan->roots[i / N_REASONS]), sum,
				 reasons[i % N_REASONS].outcome);
	}
}

const char *reason_word(enum reason reason)
{
	return reasons[reason].reason;
}

enum reason reason_of_errno(int error)
{
	static const struct {
		int error;
		enum reason reason;
	} rows[] = {
		{EACCES, REASON_PERMISSION},  {EPERM, REASON_PERMISSION},
		{ENOENT, REASON_VANISHED},    {ENOTDIR, REASON_VANISHED},
		{ESTALE, REASON_VANISHED},    {ELOOP, REASON_SYMLINK},
		{ENXIO, REASON_SOCKET},       {EMFILE, REASON_LIMIT},
		{ENFILE, REASON_LIMIT},       {ENOMEM, REASON_MEMORY},
		{ENAMETOOLONG, REASON_LIMIT}, {ETIMEDOUT, REASON_HANG},
		{ECANCELED, REASON_STOPPED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].error == error)
			return rows[i].reason;
	}
	return REASON_IO;
}

enum reason reason_of_mode(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return REASON_SYMLINK;
	case S_IFIFO:
		return REASON_FIFO;
	case S_IFSOCK:
		return REASON_SOCKET;
	default: /* block, character, and what kernels may yet invent */
		return REASON_DEVICE;
	}
}
