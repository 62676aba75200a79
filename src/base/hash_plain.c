/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/hash.h for the probe that is sent when nothing is scanned: the same
 * functions of libcrypto, called as what they are. By EVP (base/hash.c) all
 * of its ciphers would come along, three megabytes of them.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/base.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/hash.h"

union state {
	SHA256_CTX sha256;
	SHA_CTX sha1;
	MD5_CTX md5;
};

static int begin_sha256(void *s)
{
	return SHA256_Init(s);
}

static int add_sha256(void *s, const void *p, size_t n)
{
	return SHA256_Update(s, p, n);
}

static int end_sha256(uint8_t *out, void *s)
{
	return SHA256_Final(out, s);
}

static int begin_sha1(void *s)
{
	return SHA1_Init(s);
}

static int add_sha1(void *s, const void *p, size_t n)
{
	return SHA1_Update(s, p, n);
}

static int end_sha1(uint8_t *out, void *s)
{
	return SHA1_Final(out, s);
}

static int begin_md5(void *s)
{
	return MD5_Init(s);
}

static int add_md5(void *s, const void *p, size_t n)
{
	return MD5_Update(s, p, n);
}

static int end_md5(uint8_t *out, void *s)
{
	return MD5_Final(out, s);
}

static const struct {
	int (*begin)(void *state);
	int (*add)(void *state, const void *p, size_t n);
	int (*end)(uint8_t *out, void *state);
	size_t len;
} algs[HASH_N] = {
	[HASH_SHA256] = {begin_sha256, add_sha256, end_sha256, SHA256_LEN},
	[HASH_SHA1] = {begin_sha1, add_sha1, end_sha1, SHA_DIGEST_LENGTH},
	[HASH_MD5] = {begin_md5, add_md5, end_md5, MD5_DIGEST_LENGTH},
};

void hash_lib_init(void)
{
	/* These read no configuration, and need no memory. */
}

void hash_init(struct hash *h, enum hash_alg alg)
{
	h->alg = alg;
	h->ctx = xmalloc(sizeof(union state));
	if (!algs[alg].begin(h->ctx))
		BUG("hash %d does not start", (int)alg);
}

void hash_add(struct hash *h, struct bytes b)
{
	if (b.n && !algs[h->alg].add(h->ctx, b.p, b.n))
		BUG("hash %d does not go on", (int)h->alg);
}

size_t hash_final(struct hash *h, uint8_t out[HASH_LEN_MAX])
{
	if (!algs[h->alg].end(out, h->ctx))
		BUG("hash %d does not end", (int)h->alg);
	hash_release(h);
	return algs[h->alg].len;
}

void hash_release(struct hash *h)
{
	free(h->ctx);
	h->ctx = NULL;
}

void hash_copy(struct hash *to, const struct hash *from)
{
	to->alg = from->alg;
	to->ctx = xmemdup(from->ctx, sizeof(union state));
}

void hash_sha256(struct bytes b, uint8_t out[SHA256_LEN])
{
	struct hash h;

	hash_init(&h, HASH_SHA256);
	hash_add(&h, b);
	(void)hash_final(&h, out);
}
