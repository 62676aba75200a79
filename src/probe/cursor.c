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
};

void cursor_init(struct cursor *c)
{
	*c = (struct cursor){0};
	buf_init(&c->at, RECORD_PATH_MAX);
	if (pthread_mutex_init(&c->lock, NULL) != 0)
		BUG("a mutex cannot be made");
}

static void step_free(struct cursor_step *step)
{
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
		step_free(step);
	}
	pthread_mutex_unlock(&c->lock);
}

void cursor_send(struct cursor *c, struct out *out)
{
	struct rec_cursor rec = {0};
	uint8_t *path = NULL;

	pthread_mutex_lock(&c->lock);
	if (c->news) {
		c->news = false;
		path = xmemdup(c->at.p, c->at.n);
		rec.root = c->at_root;
		rec.path = bytes_of(path, c->at.n);
	}
	pthread_mutex_unlock(&c->lock);
	if (path)
		(void)out_send(out, REC_CURSOR, &rec); /* remembered */
	free(path);
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
