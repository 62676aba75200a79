/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A probe's record stream as it comes, in zstd frames, becomes plain CBOR for
 * the engine. In a jailed child, because zstd faces hostile bytes; bounded on
 * both sides, whatever the ratio.
 */
#ifndef HALLIGAN_REMOTE_UNPACK_H
#define HALLIGAN_REMOTE_UNPACK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/chan.h"
#include "base/err.h"
#include "wire/stream.h"

#define UNPACK_READ_LEN ((size_t)64 << 10)

struct unpack {
	struct zreader z;
	struct buf raw;	  /* as it came, not unpacked yet */
	struct buf plain; /* unpacked, not sent yet */
	uint64_t wire;	  /* of what was read, not told to the engine yet */
	bool full;	  /* zstd may hold more than plain had room for */
};

/* extra: bytes raw has to take beside one read of UNPACK_READ_LEN. */
void unpack_init(struct unpack *u, size_t extra);
void unpack_release(struct unpack *u);

/* Whether there is something to unpack before more is read. */
static inline bool unpack_is_busy(const struct unpack *u)
{
	return u->raw.n > 0 || u->full;
}

/* The engine is behind: do not read on. */
bool unpack_is_held_up(const struct chan *chan);

/* Unpacks and queues MSG_LINK_OUTPUT frames until raw is empty or the engine
 * is behind. *moved is set when anything was sent. */
enum err_code unpack_run(struct unpack *u, struct chan *chan, bool *moved,
			 struct err *err) MUST_CHECK;

#endif
