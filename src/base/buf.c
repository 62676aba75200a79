/* SPDX-License-Identifier: Apache-2.0 */
/* Growable bytes with a mandatory maximum. */
#include "base/base.h"
#include "base/buf.h"

/* What is larger cannot be had, and twice of it and a byte is still a size. */
#define MAX_MAX ((size_t)PTRDIFF_MAX / 2)

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = MIN(max, MAX_MAX)};
}

/* Where the memory begins. */
static uint8_t *base(const struct buf *b)
{
	return b->p ? b->p - b->off : NULL;
}

static void rewind_to(struct buf *b, uint8_t *p)
{
	b->cap += b->off;
	b->off = 0;
	b->p = p;
}

void buf_release(struct buf *b)
{
	free(base(b));
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	rewind_to(b, base(b));
	b->n = 0;
	b->full = false;
}

void buf_wipe(struct buf *b)
{
	buf_clear(b);
	buf_wipe_rest(b);
}

void buf_wipe_rest(struct buf *b)
{
	if (!b->p)
		return;
	explicit_bzero(base(b), b->off);
	explicit_bzero(b->p + b->n, b->cap - b->n);
}

/*
 * What is held moves to the front, into new memory unless there is as much
 * before it as it takes: then each byte moves once for each that was consumed.
 */
static void make_way(struct buf *b, size_t need)
{
	uint8_t *from = base(b);

	if (b->off >= b->n && b->cap + b->off > need) {
		memmove(from, b->p, b->n);
		rewind_to(b, from);
		return;
	}
	b->cap = 2 * need + 1;
	b->off = 0;
	b->p = memcpy(xmalloc(b->cap), b->p, b->n);
	free(from);
}

/* One byte more than asked for is always there, for the NUL of buf_str. */
static void grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : 64;

	if (b->off) {
		make_way(b, need);
		return;
	}
	while (cap < need + 1)
		cap = cap < SIZE_MAX / 2 ? cap * 2 : need + 1;
	if (cap > b->max + 1 && need <= b->max)
		cap = b->max + 1;
	b->p = xrealloc(b->p, cap, 1);
	b->cap = cap;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	size_t need;

	if (__builtin_add_overflow(b->n, n, &need) || need > b->max) {
		b->full = true;
		return NULL;
	}
	if (b->cap < need + 1)
		grow(b, need);
	return b->p + b->n;
}

void buf_commit(struct buf *b, size_t n)
{
	if (n > b->cap - b->n)
		BUG("committed %zu bytes of %zu", n, b->cap - b->n);
	b->n += n;
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
	uint8_t *to = buf_reserve(b, n);

	if (!to)
		return false;
	if (n)
		memcpy(to, p, n);
	b->n += n;
	return true;
}

bool buf_add_bytes(struct buf *b, struct bytes bytes)
{
	return buf_add(b, bytes.p, bytes.n);
}

bool buf_add_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool buf_add_byte(struct buf *b, uint8_t byte)
{
	return buf_add(b, &byte, 1);
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	uint8_t *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("format '%s'", fmt);
	to = buf_reserve(b, (size_t)n);
	if (!to)
		return false;
	va_start(ap, fmt);
	(void)vsnprintf((char *)to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	return true;
}

static bool add_be(struct buf *b, uint64_t v, unsigned n)
{
	uint8_t be[8];

	for (unsigned i = 0; i < n; i++)
		be[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	return buf_add(b, be, n);
}

bool buf_add_u32be(struct buf *b, uint32_t v)
{
	return add_be(b, v, 4);
}

bool buf_add_u64be(struct buf *b, uint64_t v)
{
	return add_be(b, v, 8);
}

bool buf_add_sshstr(struct buf *b, struct bytes bytes)
{
	if (bytes.n > UINT32_MAX || bytes.n > b->max - b->n) {
		b->full = true;
		return false;
	}
	return buf_add_u32be(b, (uint32_t)bytes.n) && buf_add_bytes(b, bytes);
}

void buf_consume(struct buf *b, size_t n)
{
	if (n > b->n)
		BUG("consumed %zu bytes of %zu", n, b->n);
	b->n -= n;
	if (b->n == 0) {
		rewind_to(b, base(b));
		return;
	}
	b->p += n;
	b->off += n;
	b->cap -= n;
}

const char *buf_str(struct buf *b)
{
	if (!b->p)
		grow(b, 0);
	b->p[b->n] = '\0';
	return (const char *)b->p;
}

char *buf_detach(struct buf *b)
{
	char *s;

	(void)buf_str(b);
	s = memmove(base(b), b->p, b->n + 1);
	*b = (struct buf){.max = b->max};
	return s;
}
