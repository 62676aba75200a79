/* SPDX-License-Identifier: Apache-2.0 */
/* Each of libcrypto's algorithms that a handshake uses, used once. */
#include "base/base.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/warm.h"

static const uint8_t nothing[32];

static void warm_digests(void)
{
	const EVP_MD *const digests[] = {EVP_sha256(), EVP_sha512(),
					 EVP_sha1(), EVP_md5()};
	uint8_t out[EVP_MAX_MD_SIZE];

	/* MD5 may not be there; whoever then wants it says so. */
	for (size_t i = 0; i < ARRAY_SIZE(digests); i++)
		(void)EVP_Digest(nothing, sizeof nothing, out, NULL, digests[i],
				 NULL);
	(void)HMAC(EVP_sha256(), nothing, sizeof nothing, nothing,
		   sizeof nothing, out, NULL);
}

static void warm_ciphers(void)
{
	const EVP_CIPHER *const ciphers[] = {EVP_aes_256_ctr(),
					     EVP_aes_128_ctr()};
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t out[sizeof nothing];

	if (!ctx)
		BUG("libcrypto has no memory");
	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (EVP_CipherInit(ctx, ciphers[i], nothing, nothing, 1))
			(void)EVP_Cipher(ctx, out, nothing, sizeof out);
	EVP_CIPHER_CTX_free(ctx);
}

/* The two sides of an exchange, with one key for both. */
static void warm_exchange(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	uint8_t out[32];
	size_t n = sizeof out;

	if (ctx && EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, key) == 1)
		(void)EVP_PKEY_derive(ctx, out, &n);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void warm_signature(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t sig[64];
	size_t n = sizeof sig;

	if (key && ctx &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(ctx, sig, &n, nothing, sizeof nothing) == 1 &&
	    EVP_MD_CTX_reset(ctx) == 1 &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
		(void)EVP_DigestVerify(ctx, sig, n, nothing, sizeof nothing);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

void warm_crypto(void)
{
	uint8_t chance[16];

	(void)RAND_bytes(chance, sizeof chance);
	warm_digests();
	warm_ciphers();
	warm_exchange();
	warm_signature();
}
