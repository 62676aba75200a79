/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames over a stream socket between our own processes: u32 length, u32
 * type (both big-endian), then the body. The socket is non-blocking; both
 * directions are buffered and bounded, so a peer that floods or stalls costs
 * it, not us. One descriptor may ride along with a frame (SCM_RIGHTS).
 * A chan belongs to one thread at a time.
 */
#ifndef HALLIGAN_BASE_CHAN_H
#define HALLIGAN_BASE_CHAN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wait.h"

#define CHAN_BODY_MAX	(1u << 20) /* bytes in one frame */
#define CHAN_BACKLOG_MAX (64u << 20) /* queued to be sent */

struct chan {
	int fd;
	struct buf in;
	struct buf out;
	size_t in_used; /* of in, the frames given out already */
	int in_fd;	/* a descriptor that came along, -1 */
	bool wipes;	/* of out, what was sent is zeroed */
	bool eof;	/* the peer is gone; what is buffered still counts */
};

struct frame {
	uint32_t type;
	struct bytes body; /* in the chan's buffer, until the next chan_ call */
};

/* Takes fd, makes it non-blocking. */
void chan_init(struct chan *c, int fd);
void chan_release(struct chan *c);

/* Two connected ends, close-on-exec. */
enum err_code chan_pair(int fds[2], struct err *err) MUST_CHECK;

/* Queues a frame; ERR_LIMIT when the body or the backlog is too large. */
enum err_code chan_send(struct chan *c, uint32_t type, struct bytes body,
			struct err *err) MUST_CHECK;

/*
 * The same for a body that is encoded where it waits: between the two calls
 * it is added to c->out. `code` is how that went: a frame with an error is
 * taken back, and chan_end returns the error.
 */
enum err_code chan_begin(struct chan *c, uint32_t type, size_t *mark,
			 struct err *err) MUST_CHECK;
enum err_code chan_end(struct chan *c, size_t mark, enum err_code code,
		       struct err *err) MUST_CHECK;

/* Sends a frame with a descriptor (borrowed) at once, after flushing. */
enum err_code chan_send_fd(struct chan *c, uint32_t type, struct bytes body,
			   int fd, struct deadline d,
			   struct err *err) MUST_CHECK;

/* Writes what can be written now. ERR_NET when the peer is gone. */
enum err_code chan_flush(struct chan *c, struct err *err) MUST_CHECK;
bool chan_wants_write(const struct chan *c);
size_t chan_backlog(const struct chan *c);

/* Reads what is there now, up to one frame more than buffered; sets eof. */
enum err_code chan_fill(struct chan *c, struct err *err) MUST_CHECK;

/* The next whole frame; *got false when none is buffered. A length over
 * CHAN_BODY_MAX is ERR_FORMAT: the peer is not one of ours any more. */
enum err_code chan_next(struct chan *c, struct frame *f, bool *got,
			struct err *err) MUST_CHECK;

/* Zeroes what was sent and what was given out already, once a secret went
 * through; the last frame's body is gone then. */
void chan_wipe(struct chan *c);

/* The descriptor that came with frames read so far, -1. Gives it. */
int chan_take_fd(struct chan *c);

/* For children that may block: flush and wait until one frame is there.
 * ERR_NET at end of file. */
enum err_code chan_wait(struct chan *c, struct frame *f, struct deadline d,
			struct err *err) MUST_CHECK;

/* Waits until everything queued was written. */
enum err_code chan_drain(struct chan *c, struct deadline d,
			 struct err *err) MUST_CHECK;

#endif
