/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue between threads, bounded in bytes. Messages are structs that begin
 * with a struct mail; posting moves ownership, so the sender keeps no pointer.
 * Two eventfds let either side sleep in poll(2): `fd` is readable while there
 * is mail, `room_fd` becomes readable when a full box has drained to half.
 */
#ifndef HALLIGAN_BASE_MAILBOX_H
#define HALLIGAN_BASE_MAILBOX_H

#include <pthread.h>

#include "base/base.h"
#include "base/err.h"

struct mail {
	struct mail *next;
	size_t weight; /* bytes it counts for; at least its own size */
};

struct mailbox {
	pthread_mutex_t lock;
	struct mail *first;
	struct mail **last;
	size_t weight;	   /* of all that is in it */
	size_t max_weight; /* a post over it is refused, unless it is empty */
	bool was_full;
	bool closed;
	int fd;
	int room_fd;
};

enum err_code mailbox_init(struct mailbox *m, size_t max_weight,
			   struct err *err) MUST_CHECK;
void mailbox_release(struct mailbox *m); /* must be empty */

/* Takes mail and returns true; false when full or closed: it stays yours. */
bool mailbox_post(struct mailbox *m, struct mail *mail) MUST_CHECK;

/* The same regardless of room, for what must not be refused (answers, stop). */
bool mailbox_post_urgent(struct mailbox *m, struct mail *mail) MUST_CHECK;

/* Waits for room; false only when closed. Never from the front thread. */
bool mailbox_post_wait(struct mailbox *m, struct mail *mail) MUST_CHECK;

/* The oldest, or NULL. Gives ownership. */
struct mail *mailbox_take(struct mailbox *m);

/* Waits for mail up to timeout_ms (-1: for ever); NULL: none, or closed and
 * empty. */
struct mail *mailbox_take_wait(struct mailbox *m, int timeout_ms);

/* No more posts; what is in it can still be taken. */
void mailbox_close(struct mailbox *m);

size_t mailbox_weight(struct mailbox *m);

#endif
