/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing and compressing blocks of evidence. */
#include "base/base.h"

#include <zstd.h>

#include "case/pack.h"

#define ZSTD_LEVEL  1 /* 3 costs a third of the speed for a few per cent */
#define AHEAD       2u /* as many waiting */

static struct pack *pack_of(struct errand *e)
{
	return (struct pack *)e; /* its first member */
}

/* When it saves at least a sixteenth. */
static void squeeze(ZSTD_CCtx *ctx, struct pack *k)
{
	struct bytes b = buf_bytes(&k->block);
	size_t room = b.n - b.n / 16, n;

	buf_init(&k->squeezed, room);
	n = ZSTD_compressCCtx(ctx, buf_reserve(&k->squeezed, room), room, b.p,
			      b.n, ZSTD_LEVEL);
	if (ZSTD_isError(n)) { /* it needs more than that room */
		k->codec = CODEC_RAW;
		buf_release(&k->squeezed);
		memcpy(k->stored_sha256, k->sha256, SHA256_LEN);
		return;
	}
	k->codec = CODEC_ZSTD;
	buf_commit(&k->squeezed, n);
	hash_sha256(buf_bytes(&k->squeezed), k->stored_sha256);
}

static void *begin(void)
{
	ZSTD_CCtx *ctx = ZSTD_createCCtx();

	if (!ctx)
		BUG("no memory to compress with");
	return ctx;
}

static void end(void *own)
{
	ZSTD_freeCCtx(own);
}

static void run(void *own, struct errand *e)
{
	struct pack *k = pack_of(e);

	hash_sha256(buf_bytes(&k->block), k->sha256);
	squeeze(own, k);
}

void pack_free(struct pack *k)
{
	buf_release(&k->block);
	buf_release(&k->squeezed);
	free(k);
}

static void drop(struct errand *e)
{
	pack_free(pack_of(e));
}

const struct errand_kind packing = {
	.begin = begin,
	.end = end,
	.run = run,
	.free = drop,
	.threads_max = ERRAND_THREADS_MAX,
	.ahead = AHEAD,
};
