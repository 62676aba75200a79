/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer thread: takes changes off a mailbox bounded in bytes, applies
 * them in batches, and keeps a batch that could not be written to try it
 * again. Inner part of struct casefile; case.h is what others see.
 */
#ifndef HALLIGAN_CASE_WRITER_H
#define HALLIGAN_CASE_WRITER_H

#include <pthread.h>

#include "base/base.h"
#include "base/mailbox.h"
#include "case/book.h"
#include "case/case.h"

/* Somebody waits. Two hold it: the one who waits and, until it is answered or
 * dropped, the change. All members are guarded by the writer's lock. */
struct change_reply {
	struct change_reply *next; /* of those not answered */
	unsigned holders;
	bool is_flush; /* the change itself is nothing but an envelope */
	bool done;
	enum err_code code;
	struct err err;
};

struct writer {
	struct mailbox box;
	pthread_t thread;
	int notify_fd; /* the front's, -1 */
	int kick_fd;   /* eventfd: somebody waits, try again now */
	struct book book;
	struct sink sink;

	/* the writer thread's */
	struct mail *batch, **batch_last; /* applied, not committed */
	size_t batch_weight;
	int64_t batch_began; /* time_mono_ns */
	bool flush_asked;
	bool is_awaited; /* somebody waits for an answer */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t answered;
	struct change_reply *waiting;
	struct err trouble; /* first since writer_health; code ERR_OK: none */
	bool refused;       /* trouble is of a change, not of the disk */
	uint64_t lost;      /* changes given up at the end */
	struct err lost_why;
};

/* Takes the book over and starts the thread. */
enum err_code writer_start(struct writer *w, struct book *book, int notify_fd,
			   struct err *err) MUST_CHECK;

/* Writes what is left and ends; the error that made it lose changes. */
enum err_code writer_stop(struct writer *w, struct err *err);

/* Posts the change (taken) and waits for the answer. */
enum err_code writer_ask(struct writer *w, struct change *c, bool is_flush,
			 struct err *err) MUST_CHECK;

enum err_code writer_health(struct writer *w, struct err *err);

#endif
