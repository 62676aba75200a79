/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where records leave: compressed into one zstd frame, which may be encrypted
 * to public keys; one lock, any thread.
 * Once writing fails (the console is gone, the disk is full) the output is
 * dead: sends do nothing and say so.
 */
#ifndef HALLIGAN_PROBE_OUT_H
#define HALLIGAN_PROBE_OUT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/record.h"
#include "wire/stream.h"

/* Records wait no longer than this for company, if somebody ticks. */
#define OUT_FLUSH_MS 150

#define OUT_PACKED_MAX ((size_t)4 << 20)

struct out {
	pthread_mutex_t lock;
	int fd; /* borrowed */
	struct zwriter z;
	struct buf plain, packed;
	/* What is packed goes through this, when it is there (probe/seal.h):
	 * what comes of it, valid until the next call. last: and no more. */
	struct bytes (*cipher)(void *seal, struct bytes packed, bool last);
	void *seal;
	int64_t flushed_ns;
	bool waiting; /* something was added since */
	bool ended;
	uint64_t max; /* bytes to be written, about; 0: no matter how many */
	atomic_uint_fast64_t written;
	atomic_bool dead;
	struct err err; /* why, once dead */
};

/* What each level costs: a third of the speed, an eighth of the size. A host
 * and a console at work are held up by the first, a bundle only lies about. */
#define OUT_LEVEL_LIVE   1
#define OUT_LEVEL_BUNDLE 3

void out_init(struct out *out, int fd, int level);
void out_release(struct out *out);

/* Adds a record; false when the output is dead. */
bool out_send(struct out *out, enum rec_type type, const void *msg);

/* What is added from now on waits for what comes right behind it. */
void out_gather(struct out *out);

/* Writes what has waited too long, unless somebody is writing anyway. */
void out_tick(struct out *out);

/* As much was written as may be: whoever sends is to come to an end, and what
 * is left to say then still goes out. Any thread. */
bool out_is_full(const struct out *out);

/* Writes everything there is now. */
bool out_flush(struct out *out);

/* Ends the stream. The error when any of it could not be written. */
enum err_code out_end(struct out *out, struct err *err) MUST_CHECK;

#endif
