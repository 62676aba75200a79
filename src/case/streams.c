/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of records, one for each host in each run, several at once: what
 * the numbers in their records stand for, and taking all that back when a
 * transaction is lost.
 */
#include "base/base.h"
#include "case/book.h"

#define SEEN_MAX      (1u << 24) /* files or matches of one stream */
#define TRANSFERS_MAX 64         /* files of one stream under way at once */

/* What sends it, for evidence to say how it was acquired. */
static enum err_code name_program(struct book *book, struct stream *s,
				  struct err *err)
{
	int64_t imported = 0, by_shell = 0;
	enum err_code code = db_number(
		&book->db, "SELECT source IS NOT NULL FROM runs WHERE id = ?",
		DB_ARGS(v_int(s->run)), &imported, err);

	if (code == ERR_OK)
		code = db_number(&book->db,
				 "SELECT count(*) FROM run_hosts WHERE run = ?"
				 " AND host = ? AND mode = 'shell'",
				 DB_ARGS(v_int(s->run), v_int(s->host)),
				 &by_shell, err);
	(void)snprintf(s->program, sizeof s->program, "%s",
		       by_shell	  ? "programs of the host, by its shell"
		       : imported ? "halligan-probe, by a bundle"
				  : "halligan-probe");
	return code;
}

enum err_code stream_get(struct book *book, const struct change *c,
			 struct stream **out, struct err *err)
{
	struct stream *s;
	int64_t run = 0, host = 0;
	enum err_code code;

	for (s = book->streams; s; s = s->next)
		if (!s->ended_txn && strcmp(s->run_id.s, c->run.s) == 0 &&
		    strcmp(s->host_id.s, c->host.s) == 0) {
			*out = s;
			return ERR_OK;
		}
	code = book_run(book, &c->run, &run, err);
	if (code == ERR_OK)
		code = book_host(book, &c->host, &host, err);
	if (code != ERR_OK)
		return code;
	if (!run || !host)
		return err_set(err, ERR_FORMAT,
			       "a record that names no run or no host");
	s = xcalloc(1, sizeof *s);
	s->run_id = c->run;
	s->host_id = c->host;
	s->run = run;
	s->host = host;
	s->made_txn = book->txn;
	code = name_program(book, s, err);
	if (code != ERR_OK) {
		free(s);
		return code;
	}
	s->next = book->streams;
	book->streams = s;
	*out = s;
	return ERR_OK;
}

/* Where seq is, or would be put. */
static size_t seen_at(const struct seen_list *list, uint64_t seq)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list->v[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct seen *seen_find(const struct seen_list *list, uint64_t seq)
{
	size_t at = seen_at(list, seq);

	return at < list->n && list->v[at].seq == seq ? &list->v[at] : NULL;
}

enum err_code seen_check(const struct seen_list *list, uint64_t seq,
			 struct err *err)
{
	if (seen_find(list, seq))
		return err_set(err, ERR_FORMAT,
			       "number %" PRIu64 " comes twice in a stream",
			       seq);
	if (list->n == SEEN_MAX)
		return err_set(err, ERR_LIMIT,
			       "more than %u files or matches in a stream",
			       SEEN_MAX);
	return ERR_OK;
}

void seen_add(struct seen_list *list, const struct seen *seen)
{
	size_t at = seen_at(list, seen->seq);

	if (list->n == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 16;
		list->v = xrealloc(list->v, list->cap, sizeof *list->v);
	}
	memmove(list->v + at + 1, list->v + at,
		(list->n - at) * sizeof *list->v);
	list->v[at] = *seen;
	list->n++;
}

static void seen_undo(struct seen_list *list, uint64_t txn)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].txn != txn)
			list->v[kept++] = list->v[i];
	list->n = kept;
}

enum err_code streams_end(struct book *book, int64_t run, int64_t host,
			  int64_t at_ns, struct err *err)
{
	enum err_code code = ERR_OK;

	for (struct stream *s = book->streams; s && code == ERR_OK;
	     s = s->next) {
		if (s->ended_txn || s->run != run || (host && s->host != host))
			continue;
		for (struct transfer *t = s->transfers; t && code == ERR_OK;
		     t = t->next)
			if (!t->ended_txn)
				code = transfer_end(book, s, t, NULL, at_ns,
						    err);
		if (code == ERR_OK)
			code = fold_told(book, s, at_ns, err);
		if (code == ERR_OK)
			s->ended_txn = book->txn;
	}
	return code;
}

static void stream_free(struct stream *s)
{
	struct transfer *next;

	for (struct transfer *t = s->transfers; t; t = next) {
		next = t->next;
		transfer_free(t);
	}
	free(s->files.v);
	free(s->matches.v);
	free(s->processes.v);
	free(s->sockets.v);
	free(s);
}

static void undo(struct stream *s, uint64_t txn)
{
	struct transfer **at = &s->transfers;

	if (s->ended_txn == txn)
		s->ended_txn = 0;
	if (s->refused_txn == txn)
		s->refused_txn = 0;
	seen_undo(&s->files, txn);
	seen_undo(&s->matches, txn);
	seen_undo(&s->processes, txn);
	seen_undo(&s->sockets, txn);
	while (*at) {
		struct transfer *t = *at;

		if (t->made_txn == txn) {
			*at = t->next;
			transfer_free(t);
			continue;
		}
		if (t->txn == txn)
			transfer_undo(t);
		if (t->ended_txn == txn)
			t->ended_txn = 0;
		at = &t->next;
	}
}

void streams_undo(struct book *book)
{
	struct stream **at = &book->streams;

	while (*at) {
		struct stream *s = *at;

		if (s->made_txn == book->txn) {
			*at = s->next;
			stream_free(s);
			continue;
		}
		undo(s, book->txn);
		at = &s->next;
	}
}

static void forget_ended(struct stream *s)
{
	struct transfer **at = &s->transfers;

	while (*at) {
		struct transfer *t = *at;

		if (t->ended_txn) {
			*at = t->next;
			transfer_free(t);
			continue;
		}
		at = &t->next;
	}
}

void streams_committed(struct book *book)
{
	struct stream **at = &book->streams;

	while (*at) {
		struct stream *s = *at;

		if (s->ended_txn) {
			*at = s->next;
			stream_free(s);
			continue;
		}
		forget_ended(s);
		at = &s->next;
	}
}

void streams_release(struct book *book)
{
	struct stream *next;

	for (struct stream *s = book->streams; s; s = next) {
		next = s->next;
		stream_free(s);
	}
	book->streams = NULL;
}

struct transfer *transfer_find(struct stream *s, uint64_t file_seq)
{
	for (struct transfer *t = s->transfers; t; t = t->next)
		if (!t->ended_txn && t->file_seq == file_seq)
			return t;
	return NULL;
}

bool transfer_room(const struct stream *s)
{
	size_t n = 0;

	for (const struct transfer *t = s->transfers; t; t = t->next)
		n += t->ended_txn == 0;
	return n < TRANSFERS_MAX;
}

void transfer_begin_at(struct book *book, struct stream *s,
		       const struct seen *file, uint64_t from,
		       const struct hash *so_far)
{
	struct transfer *t = xcalloc(1, sizeof *t);

	t->file_seq = file->seq;
	t->evidence = file->evidence;
	t->made_txn = t->txn = book->txn;
	buf_init(&t->now.block, CHUNK_SIZE);
	buf_init(&t->before.block, CHUNK_SIZE);
	t->now.block_at = t->now.size = from;
	t->now.hash = *so_far;
	t->next = s->transfers;
	s->transfers = t;
}

void transfer_begin(struct book *book, struct stream *s,
		    const struct seen *file)
{
	struct hash none;

	hash_init(&none, HASH_SHA256);
	transfer_begin_at(book, s, file, 0, &none);
}
