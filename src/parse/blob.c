/* SPDX-License-Identifier: Apache-2.0 */
/* Packed pieces by liblzma, liblz4 and libzstd; none of them needs a file or
 * a thread, so that they work in the jail of parsers. */
#include "base/base.h"
#include "parse/blob.h"
#include "parse/numbers.h"

#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

#define XZ_MEMORY  (UINT64_C(96) << 20)
#define WINDOW_LOG 27 /* 128 MiB */

static bool unpack_xz(struct bytes packed, struct buf *out)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret rc;

	if (lzma_stream_decoder(&s, XZ_MEMORY, 0) != LZMA_OK)
		return false;
	s.next_in = packed.p;
	s.avail_in = packed.n;
	s.next_out = buf_reserve(out, out->max);
	s.avail_out = out->max;
	do
		rc = lzma_code(&s, LZMA_FINISH);
	while (rc == LZMA_OK && s.avail_out);
	buf_commit(out, out->max - s.avail_out);
	lzma_end(&s);
	return rc == LZMA_STREAM_END || s.avail_out == 0;
}

static bool unpack_lz4(struct bytes packed, struct buf *out)
{
	uint64_t size = le64(packed, 0);
	int want = (int)MIN((uint64_t)out->max, size), n;

	packed = bytes_skip(packed, 8);
	if (packed.n == 0 || packed.n > INT_MAX)
		return false;
	n = LZ4_decompress_safe_partial((const char *)packed.p,
					(char *)buf_reserve(out, out->max),
					(int)packed.n, want, (int)out->max);
	if (n > 0)
		buf_commit(out, (size_t)MIN(n, want));
	return n >= want;
}

static bool unpack_zstd(struct bytes packed, struct buf *out)
{
	ZSTD_DStream *s = ZSTD_createDStream();
	ZSTD_inBuffer from = {packed.p, packed.n, 0};
	ZSTD_outBuffer to = {buf_reserve(out, out->max), out->max, 0};
	size_t rc = 1;

	if (!s)
		return false;
	(void)ZSTD_DCtx_setParameter(s, ZSTD_d_windowLogMax, WINDOW_LOG);
	while (rc && to.pos < to.size) {
		size_t before = from.pos + to.pos;

		rc = ZSTD_decompressStream(s, &to, &from);
		if (ZSTD_isError(rc) || from.pos + to.pos == before)
			break;
	}
	(void)ZSTD_freeDStream(s);
	buf_commit(out, to.pos);
	return rc == 0 || to.pos == to.size;
}

bool blob_unpack(enum blob how, struct bytes packed, struct buf *out)
{
	static bool (*const ways[])(struct bytes, struct buf *) = {
		[BLOB_XZ] = unpack_xz,
		[BLOB_LZ4] = unpack_lz4,
		[BLOB_ZSTD] = unpack_zstd,
	};

	buf_clear(out);
	return ways[how](packed, out);
}
