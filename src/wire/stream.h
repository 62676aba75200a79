/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record stream at rest and under way: a CBOR sequence in zstd frames
 * (RFC 8878). The writer ends a block whenever it is flushed, so that records
 * leave a slow host while it is still working; the reader gives back plain
 * CBOR bytes, never more than a bound per call, whatever the ratio.
 */
#ifndef HALLIGAN_WIRE_STREAM_H
#define HALLIGAN_WIRE_STREAM_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct zwriter {
	void *ctx; /* ZSTD_CCtx */
};

void zwriter_init(struct zwriter *z, int level);
void zwriter_release(struct zwriter *z);

/* What to do with what zstd still holds. */
enum zflush { ZFLUSH_NONE, ZFLUSH_BLOCK, ZFLUSH_END };

/*
 * Compresses in and appends the result to out. ERR_LIMIT when out is full;
 * the stream is of no use then.
 */
enum err_code zwriter_add(struct zwriter *z, struct bytes in, enum zflush flush,
			  struct buf *out, struct err *err) MUST_CHECK;

struct zreader {
	void *ctx; /* ZSTD_DCtx, window log capped at 23 (8 MiB) */
};

void zreader_init(struct zreader *z);
void zreader_release(struct zreader *z);

/*
 * Decompresses from the front of *in, which moves on, into out until `in` is
 * empty or out has no room left; in the latter case call again once out was
 * emptied, even when `in` is empty: there may be more. ERR_FORMAT for bytes
 * that are not zstd, or need a larger window.
 */
enum err_code zreader_add(struct zreader *z, struct bytes *in, struct buf *out,
			  struct err *err) MUST_CHECK;

#endif
