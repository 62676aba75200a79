/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of evidence on their way into the case: hashed and compressed by
 * threads of their own while the writer stores those before them. They come
 * out in the order they went in.
 */
#ifndef HALLIGAN_CASE_PACK_H
#define HALLIGAN_CASE_PACK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/hash.h"

enum codec { CODEC_RAW = 0, CODEC_ZSTD = 1 };

struct pack {
	struct pack *next;
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
	bool taken, done; /* by a thread; under the lock */
};

struct packer;

/* Takes what it is given: pack and all its buffers. The threads begin with
 * the first one. */
void packer_put(struct packer **p, struct pack *pack);

/* The oldest one, once it is done: pack_free it. NULL when there is none, or,
 * unless `all`, when no more are under way than threads can use. */
struct pack *packer_take(struct packer *p, bool all);

void packer_drop(struct packer *p); /* all that were put in */
void packer_free(struct packer *p);
void pack_free(struct pack *pack);

#endif
