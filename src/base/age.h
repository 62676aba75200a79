/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files encrypted to public keys in the format of age
 * (age-encryption.org/v1, X25519 recipients): the header wraps a file key for
 * each recipient, the content follows in chunks of 64 KiB, each of which is
 * verified before it is used. Whoever writes cannot read; age(1) reads what
 * is written here, and the other way round. Over libcrypto.
 *
 * Keys are wiped by age_identity_wipe, age_writer_release and
 * age_reader_release. One thread each. hash_lib_init comes before.
 */
#ifndef HALLIGAN_BASE_AGE_H
#define HALLIGAN_BASE_AGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define AGE_KEY_LEN	   32
#define AGE_CHUNK	   ((size_t)64 << 10)
#define AGE_RECIPIENTS_MAX 20
#define AGE_TEXT_MAX	   80

struct age_recipient {
	uint8_t share[AGE_KEY_LEN];
};

/* Secret. */
struct age_identity {
	uint8_t scalar[AGE_KEY_LEN];
};

/* "age1...". ERR_USAGE. */
enum err_code age_recipient_parse(const char *s, struct age_recipient *r,
				  struct err *err) MUST_CHECK;
const char *age_recipient_text(const struct age_recipient *r,
			       char out[AGE_TEXT_MAX]);

void age_identity_new(struct age_identity *id);
void age_identity_wipe(struct age_identity *id);
void age_recipient_of(const struct age_identity *id, struct age_recipient *r);

/* "AGE-SECRET-KEY-1...", the content of an identity file: the first line that
 * is neither empty nor a comment. */
enum err_code age_identity_parse(struct bytes file, struct age_identity *id,
				 struct err *err) MUST_CHECK;
/* The same; out is wiped by the caller. */
const char *age_identity_text(const struct age_identity *id,
			      char out[AGE_TEXT_MAX]);

struct age_writer {
	uint8_t key[AGE_KEY_LEN];
	uint64_t n; /* chunks written */
	struct buf chunk;
};

/* Appends the header to out; ERR_LIMIT when out is full, here and below. */
enum err_code age_writer_begin(struct age_writer *w,
			       const struct age_recipient *to, size_t n,
			       struct buf *out, struct err *err) MUST_CHECK;
/* Appends as many chunks as are whole. */
enum err_code age_writer_add(struct age_writer *w, struct bytes in,
			     struct buf *out, struct err *err) MUST_CHECK;
enum err_code age_writer_end(struct age_writer *w, struct buf *out,
			     struct err *err) MUST_CHECK;
void age_writer_release(struct age_writer *w); /* zeroed is fine */

/* Whether a file that begins so is one; 21 bytes are enough. */
bool age_is_encrypted(struct bytes head);

struct age_reader {
	const struct age_identity *id; /* borrowed */
	uint8_t key[AGE_KEY_LEN];
	uint64_t n; /* chunks read */
	struct buf in;
	bool opened; /* the header was */
};

void age_reader_init(struct age_reader *r, const struct age_identity *id);

/*
 * Takes all of in, at most AGE_CHUNK bytes, and appends what it became: at
 * most 2 AGE_CHUNK. ERR_AUTH: it is not for this identity. ERR_VERIFY: it was
 * changed. ERR_FORMAT.
 */
enum err_code age_reader_add(struct age_reader *r, struct bytes in,
			     struct buf *out, struct err *err) MUST_CHECK;
/* There is no more. ERR_PARTIAL: it was cut off; what came before it is
 * good. */
enum err_code age_reader_end(struct age_reader *r, struct buf *out,
			     struct err *err) MUST_CHECK;
void age_reader_release(struct age_reader *r);

#endif
