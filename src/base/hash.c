/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming hashes over libcrypto. */
#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/hash.h"

static const EVP_MD *(*const algs[HASH_N])(void) = {
	[HASH_SHA256] = EVP_sha256,
	[HASH_SHA1] = EVP_sha1,
	[HASH_MD5] = EVP_md5,
};

void hash_lib_init(void)
{
	if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL))
		BUG("libcrypto does not start");
}

void hash_copy(struct hash *to, const struct hash *from)
{
	to->alg = from->alg;
	to->ctx = EVP_MD_CTX_new();
	if (!to->ctx || !EVP_MD_CTX_copy_ex(to->ctx, from->ctx))
		BUG("hash %d does not fork", (int)from->alg);
}

void hash_init(struct hash *h, enum hash_alg alg)
{
	h->alg = alg;
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex(h->ctx, algs[alg](), NULL))
		BUG("hash %d does not start", (int)alg);
}

void hash_add(struct hash *h, struct bytes b)
{
	if (b.n && !EVP_DigestUpdate(h->ctx, b.p, b.n))
		BUG("hash %d does not go on", (int)h->alg);
}

size_t hash_final(struct hash *h, uint8_t out[HASH_LEN_MAX])
{
	unsigned n = 0;

	if (!EVP_DigestFinal_ex(h->ctx, out, &n))
		BUG("hash %d does not end", (int)h->alg);
	hash_release(h);
	return n;
}

void hash_release(struct hash *h)
{
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}

void hash_each(struct hash *h, struct bytes b, uint8_t out[HASH_LEN_MAX])
{
	unsigned n = 0;

	/* Without an algorithm's name libcrypto need not look for it. */
	if (!EVP_DigestInit_ex(h->ctx, NULL, NULL) ||
	    !EVP_DigestUpdate(h->ctx, b.n ? (const void *)b.p : "", b.n) ||
	    !EVP_DigestFinal_ex(h->ctx, out, &n))
		BUG("hash %d", (int)h->alg);
}

void hash_sha256(struct bytes b, uint8_t out[SHA256_LEN])
{
	if (!EVP_Digest(b.n ? (const void *)b.p : "", b.n, out, NULL,
			EVP_sha256(), NULL))
		BUG("SHA-256");
}

void hash_hmac_sha1(struct bytes key, struct bytes b, uint8_t out[20])
{
	unsigned n = 0;

	if (key.n > INT32_MAX ||
	    !HMAC(EVP_sha1(), key.p, (int)key.n, b.p, b.n, out, &n))
		BUG("HMAC-SHA-1");
}
