/* SPDX-License-Identifier: Apache-2.0 */
/* How far a walk has come. */
#include "base/base.h"
#include "probe/cursor.h"

/* In the order of the walk. Of steps that are done and follow each other
 * only the last is kept, so there are few. */
struct cursor_step {
	struct cursor_step *before, *after;
	size_t root;
	uint8_t *path;
	size_t path_n;
	bool done;
	struct ledger ledger;
};

void cursor_init(struct cursor *c, struct coverage *coverage)
{
	*c = (struct cursor){.coverage = coverage};
	buf_init(&c->at, RECORD_PATH_MAX);
	if (pthread_mutex_init(&c->lock, NULL) != 0)
		BUG("a mutex cannot be made");
}

static void step_free(struct cursor_step *step)
{
	ledger_release(&step->ledger);
	free(step->path);
	free(step);
}

void cursor_release(struct cursor *c)
{
	struct cursor_step *after;

	for (struct cursor_step *step = c->first; step; step = after) {
		after = step->after;
		step_free(step);
	}
	ledger_release(&c->open);
	buf_release(&c->at);
	(void)pthread_mutex_destroy(&c->lock); /* nobody holds it */
}

struct cursor_step *cursor_begin(struct cursor *c, size_t root,
				 struct bytes path)
{
	struct cursor_step *step = xcalloc(1, sizeof *step);

	step->root = root;
	step->path = xmemdup(path.p, path.n);
	step->path_n = path.n;
	step->ledger = c->open; /* the walk's thread is the only one there */
	c->open = (struct ledger){0};
	pthread_mutex_lock(&c->lock);
	step->before = c->last;
	*(c->last ? &c->last->after : &c->first) = step;
	c->last = step;
	pthread_mutex_unlock(&c->lock);
	return step;
}

static void take_out(struct cursor *c, struct cursor_step *step)
{
	*(step->before ? &step->before->after : &c->first) = step->after;
	*(step->after ? &step->after->before : &c->last) = step->before;
}

void cursor_done(struct cursor *c, struct cursor_step *step)
{
	struct cursor_step *before;

	pthread_mutex_lock(&c->lock);
	step->done = true;
	if (step->after && step->after->done)
		step = step->after;
	before = step->before;
	while (before && before->done) {
		ledger_move(&step->ledger, &before->ledger);
		take_out(c, before);
		step_free(before);
		before = step->before;
	}
	if (!before) {
		take_out(c, step);
		buf_clear(&c->at);
		(void)buf_add(&c->at, step->path, step->path_n); /* fits */
		c->at_root = step->root;
		c->news = true;
		coverage_settle(c->coverage, &step->ledger);
		step_free(step);
	}
	pthread_mutex_unlock(&c->lock);
}

struct ledger *cursor_ledger(struct cursor_step *step)
{
	return &step->ledger;
}

/* A step may be left though all its files were done: time was up just then. */
void cursor_end(struct cursor *c)
{
	pthread_mutex_lock(&c->lock);
	for (struct cursor_step *step = c->first; step; step = step->after)
		coverage_settle(c->coverage, &step->ledger);
	coverage_settle(c->coverage, &c->open);
	pthread_mutex_unlock(&c->lock);
}

/*
 * Under the lock: nothing more counts until the cursor is on its way. And in
 * one piece: who has the one and is cut off, or killed, before the other comes
 * goes on where it was before, and counts those files twice.
 */
void cursor_send(struct cursor *c, struct out *out, void (*between)(void *arg),
		 void *arg)
{
	pthread_mutex_lock(&c->lock);
	out_gather(out);
	coverage_send(c->coverage);
	if (between)
		between(arg);
	if (c->news) {
		struct rec_cursor rec = {.root = c->at_root,
					 .path = buf_bytes(&c->at)};

		c->news = false;
		(void)out_send(out, REC_CURSOR, &rec); /* remembered */
	}
	pthread_mutex_unlock(&c->lock);
}

static int rank(uint8_t byte)
{
	return byte == '/' ? 0 : byte;
}

int cursor_order(struct bytes a, struct bytes b)
{
	for (size_t i = 0; i < MIN(a.n, b.n); i++) {
		if (a.p[i] != b.p[i])
			return rank(a.p[i]) - rank(b.p[i]);
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}
