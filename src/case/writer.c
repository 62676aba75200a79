/* SPDX-License-Identifier: Apache-2.0 */
/* The one thread that writes to a case. */
#include "base/base.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "case/writer.h"

#define BOX_MAX    (8u << 20) /* bytes of changes waiting */
#define BATCH_MAX  (16u << 20) /* bytes in one transaction */
#define BATCH_NS   (200 * NS_PER_MS)
#define QUIET_MS   10 /* then what there is is written */
#define RETRY_MS   1000
#define DETAIL_MAX 4096

static struct change *change_of(struct mail *mail)
{
	return (struct change *)mail; /* its first member */
}

static void ring(int fd)
{
	uint64_t one = 1;

	if (fd >= 0 && write(fd, &one, sizeof one) < 0)
		return; /* EAGAIN: it rings already */
}

/* ---- answers ---- */

static void reply_drop(struct change_reply *r)
{
	if (--r->holders == 0)
		free(r);
}

/* Under the lock. */
static void reply_answer(struct writer *w, struct change_reply *r,
			 enum err_code code, const struct err *err)
{
	struct change_reply **at = &w->waiting;

	if (r->done)
		return;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	r->done = true;
	r->code = code;
	if (code != ERR_OK)
		r->err = *err;
	pthread_cond_broadcast(&w->answered);
}

/* The change is over: its answer, if somebody waits, and its end. */
static void finish(struct writer *w, struct change *c, enum err_code code,
		   const struct err *err)
{
	if (c->reply) {
		pthread_mutex_lock(&w->lock);
		reply_answer(w, c->reply, code, err);
		reply_drop(c->reply);
		pthread_mutex_unlock(&w->lock);
	}
	change_free(c);
}

/* Who waited was told that it failed: it must not be applied after all. */
static bool is_given_up(struct writer *w, const struct change *c)
{
	bool done = false;

	if (c->reply) {
		pthread_mutex_lock(&w->lock);
		done = c->reply->done;
		pthread_mutex_unlock(&w->lock);
	}
	return done;
}

static void note_trouble(struct writer *w, const struct err *err, bool refused)
{
	log_line(LOG_ERROR, "case", "%s", err->msg);
	pthread_mutex_lock(&w->lock);
	if (w->trouble.code == ERR_OK) {
		w->trouble = *err;
		w->refused = refused;
	}
	pthread_mutex_unlock(&w->lock);
	ring(w->notify_fd);
}

static void fail_waiting(struct writer *w, const struct err *err)
{
	pthread_mutex_lock(&w->lock);
	while (w->waiting)
		reply_answer(w, w->waiting, err->code, err);
	pthread_mutex_unlock(&w->lock);
}

/* ---- the batch ---- */

static void batch_clear(struct writer *w)
{
	w->batch = NULL;
	w->batch_last = &w->batch;
	w->batch_weight = 0;
	w->flush_asked = false;
	w->is_awaited = false;
}

static void batch_add(struct writer *w, struct change *c)
{
	c->mail.next = NULL;
	*w->batch_last = &c->mail;
	w->batch_last = &c->mail.next;
	w->batch_weight += c->mail.weight;
	if (c->reply && c->reply->is_flush)
		w->flush_asked = true;
	w->is_awaited |= c->reply != NULL;
}

/* What was said and could not be understood is on record too. */
static enum err_code say_refused(struct writer *w, const struct change *c,
				 const struct err *why, struct err *err)
{
	struct audit_entry entry = {.action = "change.refused",
				    .at_ns = c->at_ns};
	struct json json;
	struct buf detail;
	enum err_code code;

	buf_init(&detail, DETAIL_MAX);
	json = json_to(&detail);
	json_begin_object(&json, NULL);
	json_str(&json, "change", change_action(c->kind));
	json_str(&json, "host_id", c->host.s);
	json_str(&json, "why", why->msg);
	json_end_object(&json);
	entry.detail = buf_str(&detail);
	code = audit_add(&w->book.audit, &entry, err);
	buf_release(&detail);
	return code;
}

/*
 * Applies one change of the open transaction. ERR_OK also when it was refused
 * and said so; otherwise the transaction is lost.
 */
static enum err_code apply(struct writer *w, struct change *c, bool *refused,
			   struct err *err)
{
	struct err why;
	enum err_code code = ERR_OK;

	*refused = false;
	if (c->reply && c->reply->is_flush)
		return ERR_OK;
	if (book_apply(&w->book, c, &why) == ERR_OK)
		return ERR_OK;
	if (w->book.db.broken) {
		*err = why;
		return why.code;
	}
	*refused = true;
	if (!c->reply) { /* nobody else would hear of it */
		note_trouble(w, &why, true);
		code = say_refused(w, c, &why, err);
	}
	if (code == ERR_OK && c->reply) {
		pthread_mutex_lock(&w->lock);
		reply_answer(w, c->reply, why.code, &why);
		pthread_mutex_unlock(&w->lock);
	}
	return code;
}

static enum err_code commit(struct writer *w, struct err *err)
{
	enum err_code code = ERR_OK;
	struct mail *next;

	if (w->flush_asked)
		code = book_store_rest(&w->book, err);
	if (code == ERR_OK)
		code = book_commit(&w->book, err);
	if (code != ERR_OK)
		return code;
	for (struct mail *m = w->batch; m; m = next) {
		next = m->next;
		finish(w, change_of(m), ERR_OK, NULL);
	}
	batch_clear(w);
	ring(w->notify_fd);
	return ERR_OK;
}

static bool is_due(struct writer *w)
{
	return w->flush_asked || w->batch_weight >= BATCH_MAX ||
	       time_mono_ns() - w->batch_began >= BATCH_NS;
}

/* One change into the batch, which begins with it when there is none. It is
 * in the batch whatever happens, unless it was refused. */
static enum err_code take(struct writer *w, struct change *c, struct err *err)
{
	bool refused = false;
	enum err_code code = ERR_OK;

	if (!w->batch) {
		w->batch_began = time_mono_ns();
		code = book_begin(&w->book, err);
	}
	if (code == ERR_OK)
		code = apply(w, c, &refused, err);
	/* A refused one stays too: what the audit log says of it belongs to
	 * this transaction. */
	batch_add(w, c);
	return code;
}

/* Applies the batch anew, leaving out what was given up. */
static enum err_code replay(struct writer *w, struct err *err)
{
	struct mail *m = w->batch, *next;
	bool refused;
	enum err_code code = book_begin(&w->book, err);

	batch_clear(w);
	for (; m; m = next) {
		next = m->next;
		if (is_given_up(w, change_of(m))) {
			finish(w, change_of(m), ERR_OK, NULL);
			continue;
		}
		if (code == ERR_OK)
			code = apply(w, change_of(m), &refused, err);
		batch_add(w, change_of(m));
	}
	return code == ERR_OK ? commit(w, err) : code;
}

static void wait_for_kick(struct writer *w)
{
	struct pollfd p[2] = {{.fd = w->kick_fd, .events = POLLIN}};
	uint64_t count;

	if (poll(p, 1, RETRY_MS) > 0 &&
	    read(w->kick_fd, &count, sizeof count) < 0)
		return; /* EAGAIN: another reader there is none */
}

static bool is_closed(struct writer *w)
{
	bool closed;

	pthread_mutex_lock(&w->box.lock);
	closed = w->box.closed;
	pthread_mutex_unlock(&w->box.lock);
	return closed;
}

static void lose(struct writer *w, const struct err *err)
{
	uint64_t lost = 0;
	struct mail *m, *next;

	for (m = w->batch; m; m = next) {
		next = m->next;
		lost += !change_of(m)->reply;
		finish(w, change_of(m), err->code, err);
	}
	batch_clear(w);
	while ((m = mailbox_take(&w->box))) {
		lost += !change_of(m)->reply;
		finish(w, change_of(m), err->code, err);
	}
	pthread_mutex_lock(&w->lock);
	w->lost = lost;
	w->lost_why = *err;
	pthread_mutex_unlock(&w->lock);
}

/*
 * The transaction is lost, its changes are not: they are tried again each
 * second and whenever somebody waits, until they are written or the case is
 * closed. False then: there is nothing more to do.
 */
static bool recover(struct writer *w, struct err *err)
{
	for (;;) {
		bool last = is_closed(w);

		book_undo(&w->book);
		note_trouble(w, err, false);
		fail_waiting(w, err);
		if (!last)
			wait_for_kick(w);
		if (replay(w, err) == ERR_OK)
			return true;
		if (last) {
			book_undo(&w->book);
			lose(w, err);
			return false;
		}
	}
}

/* Each commit is a wait for the disk: where nobody waits for this one, what
 * comes at once is in it too. NULL: nothing did. */
static struct mail *next_mail(struct writer *w)
{
	struct mail *m;

	if (!w->batch)
		return mailbox_take_wait(&w->box, -1);
	m = mailbox_take(&w->box);
	if (m || w->is_awaited || is_closed(w))
		return m;
	return mailbox_take_wait(&w->box, QUIET_MS);
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;
	struct err err;

	for (;;) {
		struct mail *m = next_mail(w);
		enum err_code code = ERR_OK;

		if (!m && !w->batch) {
			if (is_closed(w) && mailbox_weight(&w->box) == 0)
				return NULL;
			continue;
		}
		if (m && is_given_up(w, change_of(m))) {
			finish(w, change_of(m), ERR_OK, NULL);
			continue;
		}
		if (m)
			code = take(w, change_of(m), &err);
		if (code == ERR_OK && (!m || is_due(w)))
			code = commit(w, &err);
		if (code != ERR_OK && !recover(w, &err))
			return NULL;
	}
}

/* ---- for the other threads ---- */

static bool submit(struct sink *sink, struct change *c)
{
	struct writer *w =
		(struct writer *)((char *)sink - offsetof(struct writer, sink));

	return mailbox_post(&w->box, &c->mail);
}

static void release(struct writer *w)
{
	mailbox_release(&w->box);
	close_fd(w->kick_fd);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->answered);
}

enum err_code writer_start(struct writer *w, struct book *book, int notify_fd,
			   struct err *err)
{
	enum err_code code;

	*w = (struct writer){.notify_fd = notify_fd};
	code = mailbox_init(&w->box, BOX_MAX, err);
	if (code != ERR_OK)
		return code;
	w->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->kick_fd < 0) {
		code = err_errno(err, "making an eventfd");
		mailbox_release(&w->box);
		return code;
	}
	if (pthread_mutex_init(&w->lock, NULL) != 0 ||
	    pthread_cond_init(&w->answered, NULL) != 0)
		BUG("mutex");
	w->sink = (struct sink){.submit = submit, .room_fd = w->box.room_fd};
	w->book = *book;
	w->book.audit.db = &w->book.db; /* it moved */
	batch_clear(w);
	errno = pthread_create(&w->thread, NULL, writer_main, w);
	if (errno == 0)
		return ERR_OK;
	code = err_errno(err, "starting the thread that writes");
	*book = w->book;
	book->audit.db = &book->db;
	release(w);
	return code;
}

static enum err_code close_book(struct writer *w, struct err *err)
{
	enum err_code code = book_begin(&w->book, err);

	if (code == ERR_OK) /* runs of ours end here, if nobody ended them */
		code = book_recover(&w->book, err);
	if (code == ERR_OK)
		code = book_commit(&w->book, err);
	if (code != ERR_OK)
		book_undo(&w->book);
	book_close(&w->book);
	return code;
}

enum err_code writer_stop(struct writer *w, struct err *err)
{
	enum err_code code;

	mailbox_close(&w->box);
	ring(w->kick_fd);
	pthread_join(w->thread, NULL);
	code = close_book(w, err);
	if (w->lost)
		code = err_set(err, w->lost_why.code,
			       "%" PRIu64 " changes were not saved: %s",
			       w->lost, w->lost_why.msg);
	else if (code == ERR_OK && w->trouble.code != ERR_OK && w->refused)
		code = (*err = w->trouble).code;
	release(w);
	return code;
}

enum err_code writer_ask(struct writer *w, struct change *c, bool is_flush,
			 struct err *err)
{
	struct change_reply *r = xcalloc(1, sizeof *r);
	enum err_code code;

	r->holders = 2;
	r->is_flush = is_flush;
	c->reply = r;
	pthread_mutex_lock(&w->lock);
	r->next = w->waiting;
	w->waiting = r;
	pthread_mutex_unlock(&w->lock);
	if (!mailbox_post_urgent(&w->box, &c->mail))
		BUG("a change to a case that is closing");
	ring(w->kick_fd);
	pthread_mutex_lock(&w->lock);
	while (!r->done)
		pthread_cond_wait(&w->answered, &w->lock);
	code = r->code;
	if (code != ERR_OK)
		*err = r->err;
	reply_drop(r);
	pthread_mutex_unlock(&w->lock);
	return code;
}

enum err_code writer_health(struct writer *w, struct err *err)
{
	enum err_code code;

	pthread_mutex_lock(&w->lock);
	code = w->trouble.code;
	if (code != ERR_OK)
		*err = w->trouble;
	w->trouble.code = ERR_OK;
	pthread_mutex_unlock(&w->lock);
	return code;
}
