/* SPDX-License-Identifier: Apache-2.0 */
/* The format of age, version 1: keys, header, chunks. */
#include "base/base.h"

#include <sys/random.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/age.h"
#include "base/bech32.h"
#include "base/hash.h"
#include "base/text.h"

#define INTRO	     "age-encryption.org/v1\n"
#define STANZA	     "-> X25519 "
#define END_MARK     "--- "
#define WRAP_LABEL   "age-encryption.org/v1/X25519"
#define FILE_KEY_LEN 16
#define TAG_LEN	     16
#define NONCE_LEN    12
#define SALT_LEN     16 /* of the payload */
#define HEADER_MAX   ((size_t)16 << 10)
#define SEALED_LEN   (AGE_CHUNK + TAG_LEN)

#define LITERAL(s) bytes_of(s, sizeof(s) - 1)

static void make_random(void *p, size_t n)
{
	if (getrandom(p, n, 0) != (ssize_t)n)
		BUG("no random bytes");
}

/* ---- primitives ---- */

/* HKDF-SHA-256 (RFC 5869). */
static void derive(struct bytes secret, struct bytes salt, const char *label,
		   uint8_t out[AGE_KEY_LEN])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
						  (void *)(uintptr_t)secret.p,
						  secret.n),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
						  (void *)(uintptr_t)label,
						  strlen(label)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
						  (void *)(uintptr_t)salt.p,
						  salt.n),
		OSSL_PARAM_construct_end(),
	};

	if (salt.n == 0)
		params[3] = OSSL_PARAM_construct_end();
	if (!ctx || EVP_KDF_derive(ctx, out, AGE_KEY_LEN, params) != 1)
		BUG("HKDF");
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

/* False for a share that would give away the secret (all zero comes out). */
static bool agree(const uint8_t scalar[AGE_KEY_LEN],
		  const uint8_t share[AGE_KEY_LEN], uint8_t out[AGE_KEY_LEN])
{
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
						     scalar, AGE_KEY_LEN);
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
						     share, AGE_KEY_LEN);
	EVP_PKEY_CTX *ctx = own ? EVP_PKEY_CTX_new(own, NULL) : NULL;
	size_t n = AGE_KEY_LEN;
	bool ok = ctx && peer && EVP_PKEY_derive_init(ctx) == 1 &&
		  EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
		  EVP_PKEY_derive(ctx, out, &n) == 1 && n == AGE_KEY_LEN;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
	EVP_PKEY_free(peer);
	return ok;
}

/* ChaCha20-Poly1305 (RFC 8439); the tag goes behind the text. */
static void seal(const uint8_t key[AGE_KEY_LEN], const uint8_t *nonce,
		 struct bytes text, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, end = 0;

	if (!ctx ||
	    EVP_EncryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key,
			       nonce) != 1 ||
	    (text.n && EVP_EncryptUpdate(ctx, out, &n, text.p, (int)text.n) !=
			       1) ||
	    EVP_EncryptFinal_ex(ctx, out + n, &end) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
				out + text.n) != 1)
		BUG("ChaCha20-Poly1305");
	EVP_CIPHER_CTX_free(ctx);
}

/* False when it was not sealed with that. */
static bool unseal(const uint8_t key[AGE_KEY_LEN], const uint8_t *nonce,
		   struct bytes sealed, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, end = 0;
	size_t text = sealed.n - TAG_LEN;
	bool ok;

	if (!ctx || EVP_DecryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key,
				       nonce) != 1)
		BUG("ChaCha20-Poly1305");
	ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN,
				 (void *)(uintptr_t)(sealed.p + text)) == 1 &&
	     (text == 0 ||
	      EVP_DecryptUpdate(ctx, out, &n, sealed.p, (int)text) == 1) &&
	     EVP_DecryptFinal_ex(ctx, out + n, &end) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static void authenticate(const uint8_t file_key[FILE_KEY_LEN],
			 struct bytes header, uint8_t out[SHA256_LEN])
{
	uint8_t key[AGE_KEY_LEN];
	unsigned n = SHA256_LEN;

	derive(bytes_of(file_key, FILE_KEY_LEN), (struct bytes){0}, "header",
	       key);
	if (!HMAC(EVP_sha256(), key, sizeof key, header.p, header.n, out, &n))
		BUG("HMAC-SHA-256");
	OPENSSL_cleanse(key, sizeof key);
}

/* ---- keys ---- */

enum err_code age_recipient_parse(const char *s, struct age_recipient *r,
				  struct err *err)
{
	if (bech32_decode("age", bytes_str(s), r->share, sizeof r->share))
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "'%s' is no recipient: age1..., as halligan key new or "
		       "age-keygen prints it",
		       shown_str(s).s);
}

const char *age_recipient_text(const struct age_recipient *r,
			       char out[AGE_TEXT_MAX])
{
	return bech32_encode("age", bytes_of(r->share, sizeof r->share), out,
			     AGE_TEXT_MAX);
}

void age_identity_new(struct age_identity *id)
{
	make_random(id->scalar, sizeof id->scalar);
}

void age_identity_wipe(struct age_identity *id)
{
	OPENSSL_cleanse(id, sizeof *id);
}

static void share_of(const uint8_t scalar[AGE_KEY_LEN],
		     uint8_t share[AGE_KEY_LEN])
{
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
						     scalar, AGE_KEY_LEN);
	size_t n = AGE_KEY_LEN;

	if (!own || EVP_PKEY_get_raw_public_key(own, share, &n) != 1)
		BUG("X25519");
	EVP_PKEY_free(own);
}

void age_recipient_of(const struct age_identity *id, struct age_recipient *r)
{
	share_of(id->scalar, r->share);
}

enum err_code age_identity_parse(struct bytes file, struct age_identity *id,
				 struct err *err)
{
	struct bytes line;

	if (age_is_encrypted(file))
		return err_set(err, ERR_UNSUPPORTED,
			       "the identity is itself encrypted: decrypt it "
			       "with age first");
	while (bytes_split(&file, '\n', &line)) {
		line = bytes_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (bech32_decode("AGE-SECRET-KEY-", line, id->scalar,
				  sizeof id->scalar))
			return ERR_OK;
		break;
	}
	return err_set(err, ERR_FORMAT,
		       "there is no AGE-SECRET-KEY-1... in the identity");
}

const char *age_identity_text(const struct age_identity *id,
			      char out[AGE_TEXT_MAX])
{
	(void)bech32_encode("age-secret-key-",
			    bytes_of(id->scalar, sizeof id->scalar), out,
			    AGE_TEXT_MAX);
	for (char *p = out; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return out;
}

/* ---- writing ---- */

static bool add_base64(struct buf *out, struct bytes b)
{
	char *text = base64_encode(b, false);
	bool ok = buf_add_str(out, text);

	free(text);
	return ok;
}

static const uint8_t no_nonce[NONCE_LEN];

/* Both shares are the salt. */
static void wrap_key(const uint8_t secret[AGE_KEY_LEN],
		     const uint8_t share[AGE_KEY_LEN],
		     const uint8_t recipient[AGE_KEY_LEN],
		     uint8_t out[AGE_KEY_LEN])
{
	uint8_t salt[2 * AGE_KEY_LEN];

	memcpy(salt, share, AGE_KEY_LEN);
	memcpy(salt + AGE_KEY_LEN, recipient, AGE_KEY_LEN);
	derive(bytes_of(secret, AGE_KEY_LEN), bytes_of(salt, sizeof salt),
	       WRAP_LABEL, out);
}

static enum err_code add_stanza(struct buf *out, const struct age_recipient *to,
				const uint8_t file_key[FILE_KEY_LEN],
				struct err *err)
{
	uint8_t scalar[AGE_KEY_LEN], share[AGE_KEY_LEN], secret[AGE_KEY_LEN];
	uint8_t key[AGE_KEY_LEN], body[FILE_KEY_LEN + TAG_LEN];
	bool ok;

	make_random(scalar, sizeof scalar);
	share_of(scalar, share);
	if (!agree(scalar, to->share, secret))
		return err_set(err, ERR_USAGE,
			       "a recipient's key is one that hides nothing");
	wrap_key(secret, share, to->share, key);
	seal(key, no_nonce, bytes_of(file_key, FILE_KEY_LEN), body);
	ok = buf_add_str(out, STANZA) &&
	     add_base64(out, bytes_of(share, sizeof share)) &&
	     buf_add_byte(out, '\n') &&
	     add_base64(out, bytes_of(body, sizeof body)) &&
	     buf_add_byte(out, '\n');
	OPENSSL_cleanse(scalar, sizeof scalar);
	OPENSSL_cleanse(secret, sizeof secret);
	OPENSSL_cleanse(key, sizeof key);
	return ok ? ERR_OK : err_set(err, ERR_LIMIT, "no room for a header");
}

static void payload_key(const uint8_t file_key[FILE_KEY_LEN],
			const uint8_t salt[SALT_LEN], uint8_t out[AGE_KEY_LEN])
{
	derive(bytes_of(file_key, FILE_KEY_LEN), bytes_of(salt, SALT_LEN),
	       "payload", out);
}

enum err_code age_writer_begin(struct age_writer *w,
			       const struct age_recipient *to, size_t n,
			       struct buf *out, struct err *err)
{
	uint8_t file_key[FILE_KEY_LEN], salt[SALT_LEN], mac[SHA256_LEN];
	size_t from = out->n;
	bool ok = buf_add_str(out, INTRO);
	enum err_code code = ERR_OK;

	*w = (struct age_writer){0};
	buf_init(&w->chunk, AGE_CHUNK);
	make_random(file_key, sizeof file_key);
	make_random(salt, sizeof salt);
	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = add_stanza(out, &to[i], file_key, err);
	if (code != ERR_OK)
		return code;
	ok = ok && buf_add_str(out, "---");
	authenticate(file_key, bytes_skip(buf_bytes(out), from), mac);
	ok = ok && buf_add_byte(out, ' ') &&
	     add_base64(out, bytes_of(mac, sizeof mac)) &&
	     buf_add_byte(out, '\n') && buf_add(out, salt, sizeof salt);
	payload_key(file_key, salt, w->key);
	OPENSSL_cleanse(file_key, sizeof file_key);
	return ok ? ERR_OK : err_set(err, ERR_LIMIT, "no room for a header");
}

/* Eleven bytes that count, and one that is set for the last chunk. */
static const uint8_t *chunk_nonce(uint64_t n, bool last, uint8_t out[NONCE_LEN])
{
	memset(out, 0, NONCE_LEN);
	for (size_t i = 0; i < sizeof n; i++)
		out[NONCE_LEN - 2 - i] = (uint8_t)(n >> 8 * i);
	out[NONCE_LEN - 1] = last;
	return out;
}

static enum err_code write_chunk(struct age_writer *w, bool last,
				 struct buf *out, struct err *err)
{
	uint8_t nonce[NONCE_LEN];
	uint8_t *to = buf_reserve(out, w->chunk.n + TAG_LEN);

	if (!to)
		return err_set(err, ERR_LIMIT, "no room for a chunk");
	seal(w->key, chunk_nonce(w->n++, last, nonce), buf_bytes(&w->chunk),
	     to);
	buf_commit(out, w->chunk.n + TAG_LEN);
	buf_clear(&w->chunk);
	return ERR_OK;
}

/* A full chunk waits until it is known that it is not the last. */
enum err_code age_writer_add(struct age_writer *w, struct bytes in,
			     struct buf *out, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && in.n) {
		size_t n = MIN(in.n, AGE_CHUNK - w->chunk.n);

		if (n == 0) {
			code = write_chunk(w, false, out, err);
			continue;
		}
		if (!buf_add(&w->chunk, in.p, n))
			BUG("a chunk of more than its size");
		in = bytes_skip(in, n);
	}
	return code;
}

enum err_code age_writer_end(struct age_writer *w, struct buf *out,
			     struct err *err)
{
	return write_chunk(w, true, out, err);
}

void age_writer_release(struct age_writer *w)
{
	OPENSSL_cleanse(w->key, sizeof w->key);
	buf_wipe(&w->chunk);
	buf_release(&w->chunk);
}

/* ---- reading ---- */

bool age_is_encrypted(struct bytes head)
{
	return bytes_starts(head, INTRO);
}

void age_reader_init(struct age_reader *r, const struct age_identity *id)
{
	*r = (struct age_reader){.id = id};
	buf_init(&r->in, HEADER_MAX + SEALED_LEN + AGE_CHUNK);
}

/* In the one way it can be written: what is left over of the last digit is
 * under no seal. */
static bool is_canonical(struct bytes text, struct bytes decoded)
{
	char *again = base64_encode(decoded, false);
	bool same = bytes_eq(text, bytes_str(again));

	free(again);
	return same;
}

static bool read_base64(struct bytes text, uint8_t *out, size_t n)
{
	uint8_t got[128];
	size_t got_n = 0;

	if (text.n > 4 * sizeof got / 3 || text.n != (n * 4 + 2) / 3 ||
	    !base64_decode(text, got, sizeof got, &got_n) || got_n != n ||
	    !is_canonical(text, bytes_of(got, got_n)))
		return false;
	memcpy(out, got, n);
	return true;
}

/* A stanza that is ours gives the file key. */
static bool open_stanza(const struct age_identity *id, struct bytes share_text,
			struct bytes body_text, uint8_t file_key[FILE_KEY_LEN])
{
	uint8_t share[AGE_KEY_LEN], secret[AGE_KEY_LEN], key[AGE_KEY_LEN];
	uint8_t body[FILE_KEY_LEN + TAG_LEN];
	struct age_recipient own;
	bool ok;

	if (!read_base64(share_text, share, sizeof share) ||
	    !read_base64(body_text, body, sizeof body) ||
	    !agree(id->scalar, share, secret))
		return false;
	age_recipient_of(id, &own);
	wrap_key(secret, share, own.share, key);
	ok = unseal(key, no_nonce, bytes_of(body, sizeof body), file_key);
	OPENSSL_cleanse(secret, sizeof secret);
	OPENSSL_cleanse(key, sizeof key);
	return ok;
}

/* Lines of a header: stanzas of other kinds are passed over. *mac_text is
 * what stands behind the mark at its end. */
static bool find_key(const struct age_reader *r, struct bytes header,
		     uint8_t file_key[FILE_KEY_LEN], struct bytes *mac_text)
{
	struct bytes line, share = {0};
	bool found = false;

	while (bytes_split(&header, '\n', &line)) {
		if (bytes_starts(line, END_MARK)) {
			*mac_text = bytes_skip(line, strlen(END_MARK));
			return found;
		}
		if (!found && share.n)
			found = open_stanza(r->id, share, line, file_key);
		share = (struct bytes){0};
		if (bytes_starts(line, STANZA))
			share = bytes_skip(line, strlen(STANZA));
	}
	return false;
}

/* Where the salt begins; 0: the header is not whole yet. */
static size_t header_len(struct bytes in)
{
	const uint8_t *mark, *end;

	mark = in.n ? memmem(in.p, in.n, "\n" END_MARK, 1 + strlen(END_MARK))
		    : NULL;
	if (!mark)
		return 0;
	end = memchr(mark + 1, '\n', in.n - (size_t)(mark + 1 - in.p));
	return end ? (size_t)(end + 1 - in.p) : 0;
}

static enum err_code open_header(struct age_reader *r, size_t n,
				 struct err *err)
{
	struct bytes header = bytes_of(r->in.p, n), mac_text = {0};
	uint8_t file_key[FILE_KEY_LEN], mac[SHA256_LEN], told[SHA256_LEN];
	size_t before;

	if (!find_key(r, header, file_key, &mac_text))
		return err_set(err, ERR_AUTH,
			       "it is encrypted to others than this identity");
	before = (size_t)(mac_text.p - 1 - header.p); /* "---" and no blank */
	authenticate(file_key, bytes_of(header.p, before), mac);
	if (!read_base64(mac_text, told, sizeof told) ||
	    CRYPTO_memcmp(mac, told, sizeof mac) != 0)
		return err_set(err, ERR_VERIFY,
			       "the header of what is encrypted was changed");
	payload_key(file_key, header.p + n, r->key);
	OPENSSL_cleanse(file_key, sizeof file_key);
	buf_consume(&r->in, n + SALT_LEN);
	r->opened = true;
	return ERR_OK;
}

static bool read_chunk(struct age_reader *r, size_t n, bool last,
		       struct buf *out)
{
	uint8_t nonce[NONCE_LEN];
	uint8_t *to = buf_reserve(out, n);

	if (!to || n < TAG_LEN ||
	    !unseal(r->key, chunk_nonce(r->n, last, nonce),
		    bytes_of(r->in.p, n), to))
		return false;
	buf_commit(out, n - TAG_LEN);
	buf_consume(&r->in, n);
	r->n++;
	return true;
}

static enum err_code changed(struct err *err)
{
	return err_set(err, ERR_VERIFY, "what is encrypted was changed");
}

enum err_code age_reader_add(struct age_reader *r, struct bytes in,
			     struct buf *out, struct err *err)
{
	enum err_code code = ERR_OK;
	size_t n;

	if (!buf_add_bytes(&r->in, in))
		return err_set(err, ERR_FORMAT,
			       "a header of more than %zu bytes", HEADER_MAX);
	if (!r->opened) {
		n = header_len(buf_bytes(&r->in));
		if (n == 0 && r->in.n > HEADER_MAX)
			return err_set(err, ERR_FORMAT,
				       "a header of more than %zu bytes",
				       HEADER_MAX);
		if (n == 0 || r->in.n < n + SALT_LEN)
			return ERR_OK;
		code = open_header(r, n, err);
	}
	/* One that fills a chunk may be the last. */
	while (code == ERR_OK && r->in.n > SEALED_LEN)
		if (!read_chunk(r, SEALED_LEN, false, out))
			code = changed(err);
	return code;
}

enum err_code age_reader_end(struct age_reader *r, struct buf *out,
			     struct err *err)
{
	size_t n = r->in.n;

	if (r->opened && n >= TAG_LEN && read_chunk(r, n, true, out))
		return ERR_OK;
	if (!r->opened || n == 0 ||
	    (n == SEALED_LEN && read_chunk(r, n, false, out)))
		return err_set(err, ERR_PARTIAL,
			       "what is encrypted was cut off");
	/* A part of a chunk and a last one that was changed look alike. */
	if (n < SEALED_LEN)
		return err_set(err, ERR_PARTIAL,
			       "what is encrypted is damaged or cut off");
	return changed(err);
}

void age_reader_release(struct age_reader *r)
{
	OPENSSL_cleanse(r->key, sizeof r->key);
	buf_wipe(&r->in);
	buf_release(&r->in);
}
