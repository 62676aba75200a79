/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of evidence on their way into the case: hashed and compressed while
 * the writer stores those before them.
 */
#ifndef HALLIGAN_CASE_PACK_H
#define HALLIGAN_CASE_PACK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/hash.h"
#include "case/errands.h"

enum codec { CODEC_RAW = 0, CODEC_ZSTD = 1 };

struct pack {
	struct errand errand;
	/* Where it belongs. */
	int64_t evidence, host;
	uint64_t offset; /* of its first byte in the file */
	int64_t at_ns;
	/* What it is. */
	struct buf block;
	uint8_t sha256[SHA256_LEN];
	/* How it is stored. */
	enum codec codec;
	struct buf squeezed; /* CODEC_ZSTD */
	uint8_t stored_sha256[SHA256_LEN];
};

extern const struct errand_kind packing; /* of a pack and all its buffers */

void pack_free(struct pack *pack);

#endif
