/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the timeline, written by many at once: of a million events the
 * opening of tables and indexes for each took more than the rows did. What
 * waits here is written before anything else of the transaction is that could
 * ask for it, and before the transaction ends. A thread makes the digests of
 * rows for the audit log while the writer inserts those behind them.
 */
#include "base/base.h"
#include "case/book.h"

/* The columns of the table in its order, without their number. */
#define ROW   "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
#define N_ROW 15u
#define FOUR  ROW "," ROW "," ROW "," ROW
#define SOME  FOUR "," FOUR "," FOUR "," FOUR
#define MANY  SOME "," SOME "," SOME "," SOME
#define MOST  MANY "," MANY "," MANY "," MANY

#define INSERT                                                                 \
	"INSERT INTO events (host, time_ns, timestamp_desc, kind, actor,"      \
	" message, file, evidence, \"offset\", finding, note, precision_ns,"   \
	" time_source, length, run) VALUES "

#define AT_ONCE        256u
#define ROOM           ((size_t)256 << 10) /* for what they say */
#define AHEAD          8u
#define EVENT_TEXT_MAX ((size_t)64 << 20) /* no row is larger (db.c) */

struct event_batch {
	struct errand errand;
	size_t n;
	struct value rows[AT_ONCE * N_ROW];
	int64_t ids[AT_ONCE], at_ns[AT_ONCE];
	struct buf text; /* what they say */
	uint8_t digests[AT_ONCE][SHA256_LEN];
};

static struct event_batch *batch_of(struct errand *e)
{
	return (struct event_batch *)e; /* its first member */
}

/* ---- digests ---- */

static void *sum_begin(void)
{
	struct digester *d = xcalloc(1, sizeof *d);

	digester_init(d);
	return d;
}

static void sum_end(void *own)
{
	digester_release(own);
	free(own);
}

static void sum(void *own, struct errand *e)
{
	struct event_batch *b = batch_of(e);
	struct value row[1 + N_ROW];

	for (size_t i = 0; i < b->n; i++) {
		row[0] = v_int(b->ids[i]);
		memcpy(row + 1, b->rows + i * N_ROW, N_ROW * sizeof *row);
		audit_values_digest(own, T_EVENTS, row, ARRAY_SIZE(row),
				    b->digests[i]);
	}
}

static void batch_free(struct errand *e)
{
	struct event_batch *b = e ? batch_of(e) : NULL;

	if (b)
		buf_release(&b->text);
	free(b);
}

static const struct errand_kind summing = {
	.begin = sum_begin,
	.end = sum_end,
	.run = sum,
	.free = batch_free,
	.threads_max = 1,
	.ahead = AHEAD,
};

/* ---- batches ---- */

static struct event_batch *batch_to_fill(struct event_queue *q)
{
	struct event_batch *b = q->filling;

	if (b)
		return b;
	b = q->spare;
	if (b) {
		q->spare = batch_of(b->errand.next);
	} else {
		b = xmalloc(sizeof *b);
		buf_init(&b->text, EVENT_TEXT_MAX);
	}
	b->n = 0;
	buf_clear(&b->text);
	(void)buf_reserve(&b->text, ROOM);
	return q->filling = b;
}

static void batch_spare(struct event_queue *q, struct event_batch *b)
{
	if (b->text.cap > 2 * ROOM)
		buf_release(&b->text);
	b->errand.next = q->spare ? &q->spare->errand : NULL;
	q->spare = b;
}

/* What is known of its rows goes to the audit log. */
static enum err_code tell(struct book *book, struct event_batch *b,
			  struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < b->n; i++)
		code = audit_row_known(
			&book->audit,
			&(struct audit_touch){.table = T_EVENTS,
					      .row = b->ids[i],
					      .host = b->rows[i * N_ROW].i,
					      .at_ns = b->at_ns[i]},
			b->digests[i], err);
	batch_spare(&book->events, b);
	return code;
}

static enum err_code settle(struct book *book, bool all, struct err *err)
{
	enum err_code code = ERR_OK;
	struct errand *e;

	while (code == ERR_OK && (e = errands_take(book->events.sums, all)))
		code = tell(book, batch_of(e), err);
	return code;
}

/*
 * How many at once, by how many there are. A statement of several rows can be
 * undone by itself, so the first thing it does is to copy each page that it
 * touches: of four pages of 16 KiB, the fewer rows there are the more of it
 * is for each. One row needs no copy.
 */
static const struct {
	size_t n;
	const char *sql;
} sizes[] = {
	{AT_ONCE, INSERT MOST},
	{64, INSERT MANY},
	{16, INSERT SOME},
	{1, INSERT ROW},
};

static enum err_code insert(struct book *book, struct event_batch *b,
			    struct err *err)
{
	enum err_code code = ERR_OK;
	size_t done = 0;
	int64_t last;

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++)
		while (code == ERR_OK && b->n - done >= sizes[s].n) {
			code = db_insert(&book->db, sizes[s].sql,
					 b->rows + done * N_ROW,
					 sizes[s].n * N_ROW, &last, err);
			for (size_t i = sizes[s].n; i-- > 0; done++)
				b->ids[done] = last - (int64_t)i;
		}
	return code;
}

/* A few are not worth waking a thread for. */
static enum err_code write_batch(struct book *book, struct err *err)
{
	struct event_queue *q = &book->events;
	struct event_batch *b = q->filling;
	enum err_code code;

	if (!b)
		return ERR_OK;
	q->filling = NULL;
	code = insert(book, b, err);
	if (code != ERR_OK) {
		batch_spare(q, b);
		return code;
	}
	if (b->n == AT_ONCE) {
		errands_put(&q->sums, &summing, &b->errand);
		return settle(book, false, err);
	}
	code = settle(book, true, err);
	if (code != ERR_OK) {
		batch_spare(q, b);
		return code;
	}
	sum(audit_digester(&book->audit), &b->errand);
	return tell(book, b, err);
}

enum err_code events_write(struct book *book, struct err *err)
{
	enum err_code code = write_batch(book, err);

	return code == ERR_OK ? settle(book, true, err) : code;
}

void events_drop(struct book *book)
{
	struct event_queue *q = &book->events;
	struct errand *e;

	while ((e = errands_take(q->sums, true)))
		batch_spare(q, batch_of(e));
	if (q->filling)
		batch_spare(q, q->filling);
	q->filling = NULL;
}

void events_release(struct book *book)
{
	struct event_queue *q = &book->events;
	struct event_batch *b;

	events_drop(book);
	errands_free(q->sums);
	while ((b = q->spare)) {
		q->spare = batch_of(b->errand.next);
		batch_free(&b->errand);
	}
	q->sums = NULL;
}

/* ---- events ---- */

/* Its words in the batch, whose room is there: nothing moves. */
static struct value keep(struct buf *text, struct bytes b)
{
	size_t at = text->n;

	if (!b.p)
		return v_null();
	(void)buf_add_bytes(text, b);
	return (struct value){.type = VALUE_TEXT,
			      .b = bytes_of(text->p + at, b.n)};
}

static void add(struct event_batch *b, const struct event *e)
{
	const struct value row[N_ROW] = {
		v_ref(e->host),
		v_int(e->time_ns),
		keep(&b->text, e->desc),
		keep(&b->text, e->kind),
		keep(&b->text, e->actor),
		keep(&b->text, e->message),
		v_ref(e->file),
		v_ref(e->evidence),
		e->evidence ? v_u64(e->offset) : v_null(),
		v_ref(e->finding),
		v_ref(e->note),
		e->precision_ns ? v_int(e->precision_ns) : v_null(),
		keep(&b->text, e->source),
		e->evidence ? v_u64(e->length) : v_null(),
		v_ref(e->run),
	};

	b->at_ns[b->n] = e->at_ns;
	memcpy(b->rows + b->n++ * N_ROW, row, sizeof row);
}

enum err_code book_event(struct book *book, const struct event *e,
			 struct err *err)
{
	struct event_batch *b = batch_to_fill(&book->events);
	size_t n =
		e->desc.n + e->kind.n + e->actor.n + e->message.n + e->source.n;

	if (n > EVENT_TEXT_MAX)
		return err_set(err, ERR_LIMIT, "an event says too much");
	if (b->n && b->text.n + n > ROOM) {
		enum err_code code = write_batch(book, err);

		if (code != ERR_OK)
			return code;
		b = batch_to_fill(&book->events);
	}
	if (n > ROOM)
		(void)buf_reserve(&b->text, n);
	add(b, e);
	return b->n == AT_ONCE ? write_batch(book, err) : ERR_OK;
}
