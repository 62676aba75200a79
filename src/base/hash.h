/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes, streaming, over libcrypto. SHA-256 is what evidence and the audit
 * chain rest on; SHA-1 and MD5 are for looking things up in lists only.
 */
#ifndef HALLIGAN_BASE_HASH_H
#define HALLIGAN_BASE_HASH_H

#include "base/base.h"
#include "base/bytes.h"

enum hash_alg { HASH_SHA256, HASH_SHA1, HASH_MD5, HASH_N };

#define SHA256_LEN 32
#define HASH_LEN_MAX 32

/* Hex of the longest hash and its NUL. */
#define HASH_HEX_MAX (2 * HASH_LEN_MAX + 1)

struct hash {
	void *ctx; /* EVP_MD_CTX */
	enum hash_alg alg;
};

/*
 * Makes libcrypto ready without reading the system's openssl.cnf, which on a
 * hostile host could name a library to load. First thing in every program
 * and before any jail; more calls do nothing.
 */
void hash_lib_init(void);

void hash_init(struct hash *h, enum hash_alg alg);
void hash_add(struct hash *h, struct bytes b);
size_t hash_final(struct hash *h, uint8_t out[HASH_LEN_MAX]); /* releases */
void hash_release(struct hash *h); /* for one not finished; zeroed is fine */
void hash_copy(struct hash *to, const struct hash *from); /* both go on */

/* The hash of these bytes alone, by one that was made for nothing else: of
 * many short pieces each takes a third of the time of hash_sha256. */
void hash_each(struct hash *h, struct bytes b, uint8_t out[HASH_LEN_MAX]);

static inline size_t hash_len(enum hash_alg alg)
{
	return alg == HASH_SHA256 ? SHA256_LEN : alg == HASH_SHA1 ? 20 : 16;
}

void hash_sha256(struct bytes b, uint8_t out[SHA256_LEN]);

/* HMAC-SHA-1, for the hashed host names of known_hosts(5) only. */
void hash_hmac_sha1(struct bytes key, struct bytes b, uint8_t out[20]);

/* Lower-case hex into out, which has room for 2 n + 1; returns out. */
const char *hex_encode(struct bytes b, char *out, size_t room);
bool hex_decode(struct bytes hex, uint8_t *out, size_t n); /* exactly n */

/* Base64 (RFC 4648, with padding unless told). Returned string: caller's. */
char *base64_encode(struct bytes b, bool padded) MUST_CHECK;
/* Decodes into out (room >= 3/4 of the input); false on junk. */
bool base64_decode(struct bytes b, uint8_t *out, size_t room, size_t *n);

#endif
