/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the redactor share. */
#ifndef HALLIGAN_MODEL_REDACT_INSIDE_H
#define HALLIGAN_MODEL_REDACT_INSIDE_H

#include "model/redact.h"

#define REDACTED "redacted"
#define PROOF_MAX ((size_t)1024) /* the longest that is not a key */

enum verdict {
	VERDICT_NO,
	VERDICT_MORE, /* it may be one, and its end is not here */
	VERDICT_YES,
};

/* A secret: from here to there. */
struct span {
	size_t from, to;
};

/*
 * Judges what begins at `at`, where an anchor's words begin; may look back.
 * On VERDICT_YES the bytes are masked, and s says which they were.
 */
typedef enum verdict judge_fn(struct redactor *r, size_t at, struct span *s);

/* "redacted" and asterisks; ends of lines stay. */
void redact_mask(struct redactor *r, struct span s, const char *words);

/* What stands behind a name that nothing else has: so many of an alphabet. */
struct behind {
	const char *name;
	bool (*is)(uint8_t c);
	size_t least, most;
};
enum verdict judge_behind(struct redactor *r, size_t at,
			  const struct behind *b, struct span *s);

/* Up to there, of an alphabet. */
size_t run_of(const struct redactor *r, size_t at, bool (*is)(uint8_t c));
bool is_base64(uint8_t c);
bool is_crypt(uint8_t c); /* ./0-9A-Za-z */
bool is_hex(uint8_t c);
bool is_word(uint8_t c); /* letters, digits, _ */

static inline bool is_at(const struct redactor *r, size_t at, const char *s)
{
	size_t n = strlen(s);

	return at <= r->n && r->n - at >= n && memcmp(r->p + at, s, n) == 0;
}

static inline bool is_behind(const struct redactor *r, size_t at,
			     const char *s)
{
	size_t n = strlen(s);

	return at >= n && memcmp(r->p + at - n, s, n) == 0;
}

static inline uint8_t byte_at(const struct redactor *r, size_t at)
{
	return at < r->n ? r->p[at] : 0;
}

/* It goes on to the end of what is here, and more may come. */
static inline bool is_open(const struct redactor *r, size_t at, size_t to)
{
	return to >= r->n && !r->last && r->n - at < PROOF_MAX;
}

/* ---- redact_hash.c ---- */

judge_fn judge_crypt, judge_ldap, judge_ldif, judge_pbkdf2,
	judge_scrypt, judge_scram, judge_mysql, judge_named, judge_root,
	judge_nt;

/* "$6$..." at `at`, up to *end; how much of it says which kind it is. */
enum verdict crypt_find(const struct redactor *r, size_t at, bool loose,
			size_t *method_end, size_t *end);

/* ---- redact_key.c ---- */

judge_fn judge_pem, judge_folded_pem, judge_putty, judge_age, judge_wireguard;

/* ---- redact_token.c ---- */

judge_fn judge_token, judge_aws, judge_azure;

/* ---- redact_line.c ---- */

enum redact_lines lines_of_look(struct bytes start);
void lines_redact(struct redactor *r, size_t from, size_t to);

/* The second field of one, as in shadow(5). */
void redact_field(struct redactor *r, struct span field, bool is_hash);

/* Names and values in one line. */
void redact_values(struct redactor *r, size_t from, size_t to);

#endif
