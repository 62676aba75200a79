/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is secret in bytes that leave a host, taken out on their way: hashes
 * of passwords, private keys, tokens, known by their form wherever they are,
 * and more where a file's place or look says so (model/secret.h). As many
 * bytes come out as went in, and lines stay lines, so that sizes, offsets and
 * parsers hold; in place of a secret there is "redacted", the public half of
 * a key as its fingerprint, and asterisks.
 *
 * A file comes in pieces of any size. What may be the begin of a secret is
 * held back until more comes: REDACT_HOLD at most.
 */
#ifndef HALLIGAN_MODEL_REDACT_H
#define HALLIGAN_MODEL_REDACT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/hash.h"
#include "model/secret.h"

#define REDACT_PIECE ((size_t)1 << 20) /* the largest that may come */
#define REDACT_HOLD  ((size_t)64 << 10)

/* How a whole file is read, line by line, beside what is found anywhere. */
enum redact_lines {
	LINES_UNKNOWN,	/* its begin will tell */
	LINES_NONE,
	LINES_ACCOUNTS, /* it looks like passwd(5) or its kin */
	LINES_SHADOW,	/* it is: what stands in the place of a hash is one */
	LINES_VALUES,	/* names and values: those of some names are secret */
};

struct redactor {
	bool off; /* bytes are only passed on, and hashed */
	enum redact_lines lines;
	struct buf window; /* given out and kept for what is left of a secret,
			      then settled nowhere yet */
	size_t given;
	size_t lined; /* of the window: its lines were read up to there */
	uint8_t *p; /* what is being looked at: of the window, or elsewhere */
	size_t n;
	bool last;  /* nothing comes behind it */
	uint64_t bytes, secrets; /* taken out */
	struct hash sent, original; /* the latter once they differ */
	bool hashes, differs;
};

/* With secrets: everything passes. */
void redactor_init(struct redactor *r, enum secret_form form, bool secrets);
void redactor_release(struct redactor *r); /* zeroed is fine */

/* The bytes that come next, in place of those that went in, as far as they
 * are settled; valid until the next call, or as long as the piece. */
struct bytes redactor_next(struct redactor *r, struct bytes piece, bool last);

/* What came before, of which a part was given out: only looked back at. */
void redactor_remember(struct redactor *r, struct bytes before);

/* Of all that was given out; true when something was taken out, and then of
 * all that went in, too. */
bool redactor_hashes(struct redactor *r, uint8_t sent[HASH_LEN_MAX],
		     uint8_t original[HASH_LEN_MAX]);

/* What the end of a file says of all that was given out, and the redactor's
 * own end; true as above. end keeps pointing at the hashes: when nothing was
 * taken out, both are the same. */
struct redacted_hashes {
	uint8_t sent[HASH_LEN_MAX], original[HASH_LEN_MAX];
};
bool redactor_end(struct redactor *r, struct rec_file_end *end,
		  struct redacted_hashes *hashes);

/* The same at once, in place, of bytes that are no file: how many bytes were
 * taken out. */
uint64_t redact_here(uint8_t *p, size_t n);

/* Arguments of a program with a NUL between them: also what is behind options
 * that say that a password comes. */
uint64_t redact_arguments(uint8_t *p, size_t n);

#endif
