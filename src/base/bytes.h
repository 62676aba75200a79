/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct bytes: a borrowed view of anything that came from a host, a file, a
 * rule or a foreign case. Any content, no NUL at the end, never printed: only
 * base/text.h makes text of it. struct reader walks one with every length
 * checked; a read past the end sets `bad` and gives zeroes from then on.
 */
#ifndef HALLIGAN_BASE_BYTES_H
#define HALLIGAN_BASE_BYTES_H

#include "base/base.h"

struct bytes {
	const uint8_t *p; /* may be NULL when n is 0 */
	size_t n;
};

static inline struct bytes bytes_of(const void *p, size_t n)
{
	return (struct bytes){.p = p, .n = n};
}

static inline struct bytes bytes_str(const char *s)
{
	return bytes_of(s, s ? strlen(s) : 0);
}

bool bytes_eq(struct bytes a, struct bytes b);
int bytes_cmp(struct bytes a, struct bytes b); /* as memcmp, shorter first */
bool bytes_starts(struct bytes b, const char *prefix);
bool bytes_ends(struct bytes b, const char *end);
struct bytes bytes_first(struct bytes b, size_t n); /* or all there are */
struct bytes bytes_skip(struct bytes b, size_t n); /* n past the end: empty */
struct bytes bytes_trim(struct bytes b);	   /* blanks off both ends */

bool bytes_is_zero(struct bytes b); /* nothing but zeroes, or nothing */

/* Whether the words are in it, and where the first are (at may be NULL). */
bool bytes_find(struct bytes b, const char *words, size_t *at);

/* What is behind the last slash of a path. */
struct bytes bytes_file_name(struct bytes path);

/* A NUL-terminated copy the caller frees. Inner NULs stay: know your data. */
char *bytes_to_str(struct bytes b) MUST_CHECK;

/* FNV-1a, for tables: whoever makes the bytes can make two that meet. */
uint64_t bytes_fnv(struct bytes b);

/* Decimal number with nothing around it; false on junk or overflow. */
bool bytes_to_u64(struct bytes b, uint64_t *out);

/* The same of 1 to 16 hexadecimal digits, of either case. */
bool bytes_hex_to_u64(struct bytes b, uint64_t *out);

/* "2.5" is 250; digits after the second are dropped. False as above. */
bool bytes_to_centi(struct bytes b, uint64_t *out);
/* The same with K, M, G or T (KiB...) behind it, powers of 1024. */
bool bytes_to_size(struct bytes b, uint64_t *out);

/*
 * Takes the next piece up to `sep` (or the rest) off *rest. False when
 * nothing is left.
 */
bool bytes_split(struct bytes *rest, uint8_t sep, struct bytes *piece);

struct reader {
	struct bytes rest;
	bool bad;
};

static inline struct reader reader_of(struct bytes b)
{
	return (struct reader){.rest = b};
}

uint8_t rd_u8(struct reader *r);
uint16_t rd_u16be(struct reader *r);
uint32_t rd_u32be(struct reader *r);
uint64_t rd_u64be(struct reader *r);
struct bytes rd_bytes(struct reader *r, size_t n);

/* SSH string (RFC 4251 section 5): u32 length, then that many bytes. */
struct bytes rd_sshstr(struct reader *r);

#endif
