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
	ledger_release(&c->rows);
	(void)pthread_mutex_destroy(&c->lock); /* nobody holds it */
}

bool reason_is_success(enum reason reason)
{
	return reason < REASON_CUT_SHORT || reason == REASON_MEMORY_SCANNED ||
	       reason == REASON_MEMORY_PARTLY;
}

/* A row of a path, or of a root. */
struct sent {
	enum reason reason;
	bool is_failure; /* whatever the reason usually means */
	struct bytes path, detail;
	struct tally sum;
};

static void send_row(struct coverage *c, const struct sent *sent)
{
	enum reason reason = sent->reason;
	const char *what = reasons[reason].what;
	struct rec_coverage row = {
		.outcome = bytes_str(sent->is_failure
					     ? "failed"
					     : reasons[reason].outcome),
		.reason = bytes_str(reasons[reason].reason),
		.path = sent->path,
		.files = sent->sum.files,
		.bytes = sent->sum.bytes,
		.detail = sent->detail,
	};

	if (!what)
		what = plan_hunts(c->plan)   ? "hunt"
		       : c->plan->start.walk ? "walk"
					     : "collect";
	row.what = bytes_str(what);
	row.path.n = MIN(row.path.n, RECORD_PATH_MAX);
	(void)out_send(c->out, REC_COVERAGE, &row); /* remembered by out */
}

/* ---- ledgers ---- */

static _Thread_local struct ledger *own;

struct ledger *coverage_into(struct ledger *ledger)
{
	struct ledger *was = own;

	own = ledger;
	return was;
}

static void ledger_push(struct ledger *l, const struct ledger_row *row)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 4;
		l->v = xrealloc(l->v, l->cap, sizeof *l->v);
	}
	l->v[l->n++] = *row;
}

/* Takes the path. */
static void ledger_add(struct ledger *l, const struct ledger_row *row)
{
	for (size_t i = 0; !row->path && i < l->n; i++) {
		struct ledger_row *sum = &l->v[i];

		if (sum->path || sum->root != row->root ||
		    sum->reason != row->reason)
			continue;
		sum->files += row->files;
		sum->bytes += row->bytes;
		sum->under_way.part += row->under_way.part;
		sum->under_way.whole += row->under_way.whole;
		return;
	}
	ledger_push(l, row);
}

void ledger_move(struct ledger *into, struct ledger *from)
{
	if (!into->n && !into->cap) {
		*into = *from;
		*from = (struct ledger){0};
		return;
	}
	for (size_t i = 0; i < from->n; i++)
		ledger_add(into, &from->v[i]);
	free(from->v);
	*from = (struct ledger){0};
}

void ledger_release(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->n; i++) {
		free(ledger->v[i].path);
		free(ledger->v[i].detail);
	}
	free(ledger->v);
	*ledger = (struct ledger){0};
}

/* ---- what counts ---- */

/* Under the lock. */
static void take_off(struct coverage *c, const struct under_way *of)
{
	c->under_way.part -= of->part;
	c->under_way.whole -= of->whole;
}

void coverage_read(struct coverage *c, struct under_way *of, uint64_t part,
		   uint64_t whole)
{
	if (part <= of->part)
		return;
	pthread_mutex_lock(&c->lock);
	take_off(c, of);
	*of = (struct under_way){part, whole};
	c->under_way.part += part;
	c->under_way.whole += whole;
	pthread_mutex_unlock(&c->lock);
}

void coverage_forget(struct coverage *c, struct under_way *of)
{
	if (!of->whole)
		return;
	pthread_mutex_lock(&c->lock);
	take_off(c, of);
	pthread_mutex_unlock(&c->lock);
	*of = (struct under_way){0};
}

/* Under the lock. A file that is scanned and then collected is done once;
 * what has no files, as members of archives, is none. */
static void settle_row(struct coverage *c, const struct ledger_row *row)
{
	const char *what = reasons[row->reason].what;
	bool takes_hits =
		plan_hunts(c->plan) && what && strcmp(what, "collect") == 0;
	struct tally *sum = &c->tallies[row->root * N_REASONS + row->reason];

	if (row->is_file && reason_is_success(row->reason) && !takes_hits) {
		c->done += row->files;
		c->done_bytes += row->bytes;
	}
	take_off(c, &row->under_way);
	if (row->path) {
		ledger_push(&c->rows, row);
		return;
	}
	sum->files += row->files;
	sum->bytes += row->bytes;
}

void coverage_settle(struct coverage *c, struct ledger *ledger)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < ledger->n; i++)
		settle_row(c, &ledger->v[i]);
	pthread_mutex_unlock(&c->lock);
	free(ledger->v);
	*ledger = (struct ledger){0};
}

static void note(struct coverage *c, const struct ledger_row *row)
{
	if (own) {
		ledger_add(own, row);
		return;
	}
	pthread_mutex_lock(&c->lock);
	settle_row(c, row);
	pthread_mutex_unlock(&c->lock);
}

static bool is_stop(enum reason reason)
{
	return reason == REASON_STOPPED || reason == REASON_PRESSURE;
}

/* Under the lock. */
static void count(struct coverage *c, enum reason reason, bool is_failure)
{
	c->stopped += is_stop(reason);
	if (is_failure)
		c->failed++;
	else
		c->skipped += !reason_is_success(reason);
}

/* Left out because the plan says so. */
static bool is_wanted(enum reason reason)
{
	return reason == REASON_FILTERED || reason == REASON_EXCLUDED ||
	       reason == REASON_RESUMED;
}

/* Whether it gets a row of its own. */
static bool is_listed(struct coverage *c, enum reason reason, bool anyway)
{
	bool list = anyway || (reasons[reason].listed &&
			       c->listed[reason] < COVERAGE_LISTED_MAX);

	c->listed[reason] += list;
	return list;
}

static void put_path(struct ledger_row *row, struct bytes path)
{
	row->path_n = MIN(path.n, (size_t)RECORD_PATH_MAX);
	row->path = path.n ? xmemdup(path.p, row->path_n) : xcalloc(1, 1);
}

void coverage_add(struct coverage *c, size_t root, enum reason reason,
		  struct bytes path, uint64_t bytes)
{
	coverage_file(c, &(struct covered){.root = root,
					   .reason = reason,
					   .path = path,
					   .bytes = bytes});
}

void coverage_file(struct coverage *c, const struct covered *file)
{
	struct ledger_row row = {.root = file->root,
				 .files = 1,
				 .bytes = file->bytes,
				 .under_way = file->under_way,
				 .is_file = true};
	enum reason reason = file->reason;
	struct bytes path = file->path;
	bool is_asked, list;

	int end = atomic_load(&c->budget->end);

	if (reason == REASON_STOPPED && end == BUDGET_PRESSURE)
		reason = REASON_PRESSURE;
	row.reason = reason;
	/* What was asked for by name and is passed over has failed. */
	is_asked = !reason_is_success(reason) && !is_stop(reason) &&
		   !is_wanted(reason) &&
		   bytes_eq(path, bytes_str(c->plan->roots[file->root]));
	row.is_failure =
		is_asked || strcmp(reasons[reason].outcome, "failed") == 0;
	pthread_mutex_lock(&c->lock);
	count(c, reason, row.is_failure);
	list = is_listed(c, reason, is_asked);
	pthread_mutex_unlock(&c->lock);
	/* Somebody may go on from here, and where nobody does it is the console
	 * that knows. */
	if (reason == REASON_STOPPED && end == BUDGET_UNHEARD)
		return;
	if (list) {
		put_path(&row, path);
		if (file->detail.n)
			row.detail = bytes_to_str(file->detail);
	}
	note(c, &row);
}

void coverage_row(struct coverage *c, size_t root, enum reason reason,
		  struct bytes path, uint64_t n, uint64_t bytes)
{
	struct ledger_row row = {
		.root = root, .reason = reason, .files = n, .bytes = bytes};
	bool list;

	pthread_mutex_lock(&c->lock);
	list = is_listed(c, reason, false);
	pthread_mutex_unlock(&c->lock);
	if (list)
		put_path(&row, path);
	note(c, &row);
}

void coverage_sum(struct coverage *c, size_t root, enum reason reason,
		  uint64_t n, uint64_t bytes)
{
	note(c, &(struct ledger_row){.root = root,
				     .reason = reason,
				     .files = n,
				     .bytes = bytes});
}

void coverage_count(struct coverage *c, const char *outcome, const char *why)
{
	pthread_mutex_lock(&c->lock);
	c->stopped += strcmp(why, reasons[REASON_STOPPED].reason) == 0;
	c->failed += strcmp(outcome, "failed") == 0;
	pthread_mutex_unlock(&c->lock);
}

static void send_paths(struct coverage *c)
{
	struct ledger rows;

	pthread_mutex_lock(&c->lock);
	rows = c->rows;
	c->rows = (struct ledger){0};
	pthread_mutex_unlock(&c->lock);
	for (size_t i = 0; i < rows.n; i++) {
		const struct ledger_row *r = &rows.v[i];

		send_row(c, &(struct sent){.reason = r->reason,
					   .is_failure = r->is_failure,
					   .path = bytes_of(r->path, r->path_n),
					   .detail = bytes_str(
						   r->detail ? r->detail : ""),
					   .sum = {r->files, r->bytes}});
	}
	ledger_release(&rows);
}

void coverage_send(struct coverage *c)
{
	send_paths(c);
	for (size_t i = 0; i < c->plan->n_roots * N_REASONS; i++) {
		struct tally sum;

		pthread_mutex_lock(&c->lock);
		sum = c->tallies[i];
		c->tallies[i] = (struct tally){0};
		pthread_mutex_unlock(&c->lock);
		if (sum.files || sum.bytes)
			send_row(c,
				 &(struct sent){
					 .reason = (enum reason)(i % N_REASONS),
					 .path = bytes_str(
						 c->plan->roots[i / N_REASONS]),
					 .sum = sum});
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
