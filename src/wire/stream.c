/* SPDX-License-Identifier: Apache-2.0 */
/* zstd frames (RFC 8878) written block by block and read within bounds. */
#include "base/base.h"

#include <zstd.h>

#include "wire/stream.h"

#define WINDOW_LOG_MAX 23 /* 8 MiB, what RFC 8878 asks of every decoder */
#define STEP           ((size_t)64 << 10)

static void set(bool ok, const char *what)
{
	if (!ok)
		BUG("zstd does not take %s", what);
}

void zwriter_init(struct zwriter *z, int level)
{
	ZSTD_CCtx *ctx = ZSTD_createCCtx();

	set(ctx != NULL, "memory");
	set(!ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel,
						 level)),
	    "the level");
	set(!ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_checksumFlag, 1)),
	    "checksums");
	z->ctx = ctx;
}

void zwriter_release(struct zwriter *z)
{
	ZSTD_freeCCtx(z->ctx);
	z->ctx = NULL;
}

enum err_code zwriter_add(struct zwriter *z, struct bytes in, enum zflush flush,
			  struct buf *out, struct err *err)
{
	static const ZSTD_EndDirective directives[] = {
		[ZFLUSH_NONE] = ZSTD_e_continue,
		[ZFLUSH_BLOCK] = ZSTD_e_flush,
		[ZFLUSH_END] = ZSTD_e_end,
	};
	ZSTD_inBuffer from = {.src = in.p, .size = in.n};

	for (;;) {
		size_t room = MIN(out->max - out->n, STEP), left;
		ZSTD_outBuffer to = {.size = room};

		if (room == 0)
			return err_set(err, ERR_LIMIT,
				       "compressed records do not fit in %zu "
				       "bytes",
				       out->max);
		to.dst = buf_reserve(out, room);
		left = ZSTD_compressStream2(z->ctx, &to, &from,
					    directives[flush]);
		if (ZSTD_isError(left))
			BUG("zstd: %s", ZSTD_getErrorName(left));
		buf_commit(out, to.pos);
		if (from.pos == from.size &&
		    (flush == ZFLUSH_NONE || left == 0))
			return ERR_OK;
	}
}

void zreader_init(struct zreader *z)
{
	ZSTD_DCtx *ctx = ZSTD_createDCtx();

	set(ctx != NULL, "memory");
	set(!ZSTD_isError(ZSTD_DCtx_setParameter(ctx, ZSTD_d_windowLogMax,
						 WINDOW_LOG_MAX)),
	    "a window");
	z->ctx = ctx;
}

void zreader_release(struct zreader *z)
{
	ZSTD_freeDCtx(z->ctx);
	z->ctx = NULL;
}

enum err_code zreader_add(struct zreader *z, struct bytes *in, struct buf *out,
			  struct err *err)
{
	while (out->n < out->max) {
		size_t room = MIN(out->max - out->n, STEP), left;
		ZSTD_inBuffer from = {.src = in->p, .size = in->n};
		ZSTD_outBuffer to = {.dst = buf_reserve(out, room),
				     .size = room};

		left = ZSTD_decompressStream(z->ctx, &to, &from);
		if (ZSTD_isError(left))
			return err_set(err, ERR_FORMAT,
				       "this is not a zstd stream: %s",
				       ZSTD_getErrorName(left));
		*in = bytes_skip(*in, from.pos);
		buf_commit(out, to.pos);
		if (to.pos < to.size && (in->n == 0 || from.pos == 0))
			return ERR_OK;
	}
	return ERR_OK;
}
