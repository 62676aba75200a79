/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting, the only place it happens outside the main loops of the front, the
 * engine and the terminal: one descriptor, a deadline, and a cancel that any
 * thread may raise.
 */
#ifndef HALLIGAN_BASE_WAIT_H
#define HALLIGAN_BASE_WAIT_H

#include <poll.h>
#include <stdatomic.h>

#include "base/base.h"
#include "base/err.h"

/* Raised once, from any thread or a signal handler; never lowered. */
struct cancel {
	atomic_bool raised;
	int fd; /* eventfd, readable once raised; -1 when never initialised */
};

enum err_code cancel_init(struct cancel *c, struct err *err) MUST_CHECK;
void cancel_release(struct cancel *c);
void cancel_raise(struct cancel *c);

/* When to stop waiting, and what may end it sooner. By value; borrowed. */
struct deadline {
	int64_t mono_ns;	     /* on time_mono_ns; INT64_MAX: never */
	const struct cancel *cancel; /* NULL: nothing cancels it */
};

struct deadline deadline_in(int64_t span_ns, const struct cancel *cancel);

/* The sooner of the two: a phase inside a job. */
struct deadline deadline_within(struct deadline outer, int64_t span_ns);

/* Nanoseconds left, at least 0. */
int64_t deadline_left(struct deadline d);

/* The same for poll(2): milliseconds rounded up, -1 for never. */
int deadline_left_ms(struct deadline d);

/* ERR_OK, or ERR_TIMEOUT / ERR_CANCELLED, for loops that do not wait. */
enum err_code deadline_check(struct deadline d, struct err *err) MUST_CHECK;

/*
 * Waits until fd has one of the poll(2) events (or an error, which the next
 * read or write will name). ERR_OK, ERR_TIMEOUT or ERR_CANCELLED.
 */
enum err_code wait_fd(int fd, short events, struct deadline d,
		      struct err *err) MUST_CHECK;

/* The same for n descriptors (at most WAIT_MAX), until any of them has one
 * of its events; each one's revents say which. A negative fd is passed over. */
#define WAIT_MAX 7
enum err_code wait_any(struct pollfd *fds, size_t n, struct deadline d,
		       struct err *err) MUST_CHECK;

#endif
