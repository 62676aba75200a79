/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the timeline, written by many at once: of a million events the
 * opening of tables and indexes for each took more than the rows did. What
 * waits here is written before anything else of the transaction is that could
 * ask for it, and before the transaction ends.
 */
#include "base/base.h"
#include "case/book.h"

/* What one of them says, at most, to wait here. */
#define TEXT_MAX ((size_t)32 << 10)
#define ROOM     ((size_t)256 << 10)

/* The columns of the table in its order, without their number. */
#define ROW   "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
#define N_ROW 15u
#define FOUR  ROW "," ROW "," ROW "," ROW
#define MANY  FOUR "," FOUR "," FOUR "," FOUR
#define MOST  MANY "," MANY "," MANY "," MANY

#define INSERT                                                                 \
	"INSERT INTO events (host, time_ns, timestamp_desc, kind, actor,"      \
	" message, file, evidence, \"offset\", finding, note, precision_ns,"   \
	" time_source, length, run) VALUES "

static struct value v_words(struct bytes b)
{
	return b.p ? (struct value){.type = VALUE_TEXT, .b = b} : v_null();
}

static void bind(const struct event *e, struct value v[N_ROW])
{
	const struct value row[N_ROW] = {
		v_ref(e->host),
		v_int(e->time_ns),
		v_words(e->desc),
		v_words(e->kind),
		v_words(e->actor),
		v_words(e->message),
		v_ref(e->file),
		v_ref(e->evidence),
		e->evidence ? v_u64(e->offset) : v_null(),
		v_ref(e->finding),
		v_ref(e->note),
		e->precision_ns ? v_int(e->precision_ns) : v_null(),
		v_words(e->source),
		e->evidence ? v_u64(e->length) : v_null(),
		v_ref(e->run),
	};

	memcpy(v, row, sizeof row);
}

static enum err_code record(struct book *book, int64_t id,
			    const struct value v[N_ROW], int64_t at_ns,
			    struct err *err)
{
	struct value row[1 + N_ROW] = {v_int(id)};

	memcpy(row + 1, v, N_ROW * sizeof *v);
	return audit_row_as(&book->audit, T_EVENTS, row, ARRAY_SIZE(row), at_ns,
			    err);
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
} batches[] = {
	{64, INSERT MOST},
	{16, INSERT MANY},
	{1, INSERT ROW},
};

_Static_assert(EVENTS_AT_ONCE == 64, "the most that there is a batch for");

static enum err_code insert(struct book *book, const struct event *events,
			    size_t n, const char *sql, struct err *err)
{
	struct value v[EVENTS_AT_ONCE * N_ROW] = {0};
	enum err_code code;
	int64_t last;

	for (size_t i = 0; i < n; i++)
		bind(&events[i], v + i * N_ROW);
	code = db_insert(&book->db, sql, v, n * N_ROW, &last, err);
	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = record(book, last - (int64_t)(n - 1 - i), v + i * N_ROW,
			      events[i].at_ns, err);
	return code;
}

static enum err_code insert_all(struct book *book, const struct event *events,
				size_t n, struct err *err)
{
	enum err_code code = ERR_OK;
	size_t done = 0;

	for (size_t b = 0; b < ARRAY_SIZE(batches); b++)
		for (; code == ERR_OK && n - done >= batches[b].n;
		     done += batches[b].n)
			code = insert(book, events + done, batches[b].n,
				      batches[b].sql, err);
	return code;
}

enum err_code events_write(struct book *book, struct err *err)
{
	struct event_queue *q = &book->events;
	size_t n = q->n;
	enum err_code code;

	q->n = 0;
	code = insert_all(book, q->events, n, err);
	buf_clear(&q->text);
	return code;
}

void events_drop(struct book *book)
{
	book->events.n = 0;
	buf_clear(&book->events.text);
}

void events_release(struct book *book)
{
	buf_release(&book->events.text);
}

/* The room is there: nothing moves. */
static void keep(struct buf *text, struct bytes *b)
{
	size_t at = text->n;

	if (!b->p)
		return;
	(void)buf_add_bytes(text, *b);
	*b = bytes_of(text->p + at, b->n);
}

enum err_code book_event(struct book *book, const struct event *e,
			 struct err *err)
{
	struct event_queue *q = &book->events;
	size_t n =
		e->desc.n + e->kind.n + e->actor.n + e->message.n + e->source.n;
	enum err_code code = ERR_OK;
	struct event *kept;

	if (!q->text.p) {
		buf_init(&q->text, ROOM);
		(void)buf_reserve(&q->text, ROOM);
	}
	if (n > TEXT_MAX || q->text.n + n > ROOM)
		code = events_write(book, err);
	if (code != ERR_OK)
		return code;
	if (n > TEXT_MAX)
		return insert_all(book, e, 1, err);
	kept = &q->events[q->n++];
	*kept = *e;
	keep(&q->text, &kept->desc);
	keep(&q->text, &kept->kind);
	keep(&q->text, &kept->actor);
	keep(&q->text, &kept->message);
	keep(&q->text, &kept->source);
	return q->n == EVENTS_AT_ONCE ? events_write(book, err) : ERR_OK;
}
