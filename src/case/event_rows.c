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

#define ROW   "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
#define N_ROW 15
#define FOUR  ROW "," ROW "," ROW "," ROW

_Static_assert(EVENTS_AT_ONCE == 16, "as many as there are ROWs");

#define INSERT                                                                 \
	"INSERT INTO events (host, time_ns, timestamp_desc, kind,"             \
	" actor, message, file, finding, note, evidence, run,"                 \
	" \"offset\", length, precision_ns, time_source) VALUES "

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
		v_ref(e->finding),
		v_ref(e->note),
		v_ref(e->evidence),
		v_ref(e->run),
		e->evidence ? v_u64(e->offset) : v_null(),
		e->evidence ? v_u64(e->length) : v_null(),
		e->precision_ns ? v_int(e->precision_ns) : v_null(),
		v_words(e->source),
	};

	memcpy(v, row, sizeof row);
}

/* All of them in one statement, or one by one. */
static enum err_code insert(struct book *book, const struct event *events,
			    size_t n, struct err *err)
{
	struct value v[EVENTS_AT_ONCE * N_ROW];
	enum err_code code;
	int64_t last;

	for (size_t i = 0; i < n; i++)
		bind(&events[i], v + i * N_ROW);
	code = n == 1 ? db_insert(&book->db, INSERT ROW, v, N_ROW, &last, err)
		      : db_insert(&book->db,
				  INSERT FOUR "," FOUR "," FOUR "," FOUR, v,
				  n * N_ROW, &last, err);
	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = audit_row(&book->audit, T_EVENTS,
				 last - (int64_t)(n - 1 - i), events[i].host,
				 events[i].at_ns, err);
	return code;
}

enum err_code events_write(struct book *book, struct err *err)
{
	struct event_queue *q = &book->events;
	size_t n = q->n;
	enum err_code code = ERR_OK;

	q->n = 0;
	if (n == EVENTS_AT_ONCE)
		code = insert(book, q->events, n, err);
	else
		for (size_t i = 0; code == ERR_OK && i < n; i++)
			code = insert(book, &q->events[i], 1, err);
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
		return insert(book, e, 1, err);
	kept = &q->events[q->n++];
	*kept = *e;
	keep(&q->text, &kept->desc);
	keep(&q->text, &kept->kind);
	keep(&q->text, &kept->actor);
	keep(&q->text, &kept->message);
	keep(&q->text, &kept->source);
	return q->n == EVENTS_AT_ONCE ? events_write(book, err) : ERR_OK;
}
