/* SPDX-License-Identifier: Apache-2.0 */
/* The keystream of AES in counter mode, a page at a time. */
#include "base/base.h"

#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

#include "base/keystream.h"

#define PAGE_LEN 4096u

/* What was made for a context and is not used up. */
struct keystream {
	struct keystream *next;
	const EVP_CIPHER_CTX *ctx;
	size_t used;
	uint8_t page[PAGE_LEN];
};

static int (*real_cipher)(EVP_CIPHER_CTX *, unsigned char *,
			  const unsigned char *, unsigned);
static void (*real_free)(EVP_CIPHER_CTX *);

static struct keystream *streams;

/* Of contexts that have none, so that they are looked at once. */
static struct keystream none;

static void *find(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (!p)
		BUG("libcrypto has no %s", name);
	return p;
}

static void find_both(void)
{
	/* ISO C has no way from an object to a function. */
	*(void **)&real_cipher = find("EVP_Cipher");
	*(void **)&real_free = find("EVP_CIPHER_CTX_free");
}

void keystream_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, find_both);
}

/* A context that was begun anew has forgotten what it had. */
static struct keystream *begin(EVP_CIPHER_CTX *ctx)
{
	const EVP_CIPHER *cipher = EVP_CIPHER_CTX_get0_cipher(ctx);
	struct keystream *k = streams;

	keystream_init();
	if (!cipher || EVP_CIPHER_get_mode(cipher) != EVP_CIPH_CTR_MODE) {
		k = &none;
	} else {
		while (k && k->ctx != ctx)
			k = k->next;
		if (!k) {
			k = xcalloc(1, sizeof *k);
			k->ctx = ctx;
			k->next = streams;
			streams = k;
		}
		k->used = PAGE_LEN;
	}
	EVP_CIPHER_CTX_set_app_data(ctx, k);
	return k;
}

static bool refill(struct keystream *k, EVP_CIPHER_CTX *ctx)
{
	memset(k->page, 0, PAGE_LEN);
	k->used = 0;
	return real_cipher(ctx, k->page, k->page, PAGE_LEN) > 0;
}

static void add_words(uint8_t *out, const uint8_t *in, const uint8_t *key)
{
	uint64_t a[2], b[2];

	memcpy(a, in, sizeof a);
	memcpy(b, key, sizeof b);
	a[0] ^= b[0];
	a[1] ^= b[1];
	memcpy(out, a, sizeof a);
}

/* As libcrypto: how many were made, or -1. */
int EVP_Cipher(EVP_CIPHER_CTX *ctx, unsigned char *out, const unsigned char *in,
	       unsigned n)
{
	struct keystream *k = EVP_CIPHER_CTX_get_app_data(ctx);

	if (!k)
		k = begin(ctx);
	if (k == &none || !in)
		return real_cipher(ctx, out, in, n);
	for (unsigned done = 0; done < n;) {
		if (k->used == PAGE_LEN && !refill(k, ctx))
			return -1;
		if (n - done >= 16 && PAGE_LEN - k->used >= 16) {
			add_words(out + done, in + done, k->page + k->used);
			k->used += 16;
			done += 16;
		} else {
			out[done] = in[done] ^ k->page[k->used++];
			done++;
		}
	}
	return (int)n;
}

void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *ctx)
{
	struct keystream *k = ctx ? EVP_CIPHER_CTX_get_app_data(ctx) : NULL;

	if (k && k != &none) {
		struct keystream **at = &streams;

		while (*at != k)
			at = &(*at)->next;
		*at = k->next;
		OPENSSL_cleanse(k, sizeof *k);
		free(k);
	}
	keystream_init();
	real_free(ctx);
}
