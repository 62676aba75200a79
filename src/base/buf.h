/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct buf: growable bytes with a maximum it never grows past, given when
 * it is made, so that nothing from outside can make us allocate without
 * bound. An addition that would cross it adds nothing, sets `full` (which
 * stays set until buf_clear) and returns false.
 */
#ifndef HALLIGAN_BASE_BUF_H
#define HALLIGAN_BASE_BUF_H

#include "base/base.h"
#include "base/bytes.h"

struct buf {
	uint8_t *p; /* NULL until something was added */
	size_t n;   /* bytes in use */
	size_t cap; /* from p on */
	size_t max; /* bytes it may ever hold */
	size_t off; /* memory before p, of what was consumed */
	bool full;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_wipe(struct buf *b);  /* zeroes the content, then buf_clear */
void buf_wipe_rest(struct buf *b); /* zeroes the memory around the content */

bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_add_bytes(struct buf *b, struct bytes bytes);
bool buf_add_str(struct buf *b, const char *s);
bool buf_add_byte(struct buf *b, uint8_t byte);
bool buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_add_u32be(struct buf *b, uint32_t v);
bool buf_add_u64be(struct buf *b, uint64_t v);
bool buf_add_sshstr(struct buf *b, struct bytes bytes); /* RFC 4251, 5 */

/* Room for n more bytes at the returned place, NULL when over the maximum;
 * buf_commit says how many of them were written. */
uint8_t *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);

/* Drops n bytes off the front, without moving the others: a queue may take
 * twice the memory of what it holds. */
void buf_consume(struct buf *b, size_t n);

static inline struct bytes buf_bytes(const struct buf *b)
{
	return bytes_of(b->p, b->n);
}

/* The content as a C string, valid until the next change. */
const char *buf_str(struct buf *b);

/* Gives the content away as a C string the caller frees; b is empty then. */
char *buf_detach(struct buf *b) MUST_CHECK;

#endif
