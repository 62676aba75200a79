/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR heads, strings and the skipping of values (RFC 8949 section 3). */
#include "base/base.h"
#include "wire/cbor.h"

/* Additional information, RFC 8949 section 3: 24 to 27 say that the value
 * follows in 1, 2, 4 or 8 bytes. 28 to 30 are reserved, 31 is indefinite. */
#define INFO_1BYTE 24u
#define INFO_8BYTE 27u

static void fail(struct cbor *c, enum cbor_state state)
{
	if (c->state == CBOR_GOOD)
		c->state = state;
}

struct bytes cbor_take(struct cbor *c, uint64_t n)
{
	struct bytes b;

	if (c->state != CBOR_GOOD)
		return (struct bytes){0};
	if (n > c->room) {
		fail(c, CBOR_LARGE);
		return (struct bytes){0};
	}
	if (n > c->rest.n) {
		fail(c, CBOR_SHORT);
		return (struct bytes){0};
	}
	b = bytes_of(c->rest.p, (size_t)n);
	c->rest = bytes_skip(c->rest, b.n);
	c->room -= b.n;
	return b;
}

static uint64_t be_value(struct bytes b)
{
	uint64_t v = 0;

	for (size_t i = 0; i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

/* Whether a value of that width could not have been written shorter. */
static bool is_shortest(enum cbor_major major, size_t width, uint64_t value)
{
	if (major == CBOR_SIMPLE)
		return width > 1 || value >= 32; /* floats keep their width */
	if (width == 1)
		return value >= INFO_1BYTE;
	return value >> (4 * width) != 0;
}

struct cbor_head cbor_head(struct cbor *c)
{
	struct bytes first = cbor_take(c, 1);
	struct cbor_head head = {0};
	struct bytes more;
	unsigned info;
	size_t width;

	if (first.n == 0)
		return head;
	info = first.p[0] & 31u;
	head.major = (enum cbor_major)(first.p[0] >> 5);
	head.value = info;
	if (info < INFO_1BYTE)
		return head;
	if (info > INFO_8BYTE) {
		fail(c, CBOR_BAD);
		return (struct cbor_head){0};
	}
	width = (size_t)1 << (info - INFO_1BYTE);
	more = cbor_take(c, width);
	head.value = be_value(more);
	if (more.n && !is_shortest(head.major, width, head.value))
		fail(c, CBOR_BAD);
	if (c->state != CBOR_GOOD)
		return (struct cbor_head){0};
	return head;
}

uint64_t cbor_expect(struct cbor *c, enum cbor_major major)
{
	struct cbor_head head = cbor_head(c);

	if (c->state == CBOR_GOOD && head.major != major)
		fail(c, CBOR_BAD);
	return c->state == CBOR_GOOD ? head.value : 0;
}

/*
 * A count needs no bound of its own: every item takes a byte of the room, so
 * the loop ends when that does.
 */
static void skip_items(struct cbor *c, uint64_t n, unsigned depth)
{
	for (uint64_t i = 0; i < n && c->state == CBOR_GOOD; i++)
		cbor_skip(c, depth);
}

void cbor_skip(struct cbor *c, unsigned depth)
{
	struct cbor_head head = cbor_head(c);

	if (depth >= CBOR_DEPTH_MAX)
		fail(c, CBOR_BAD);
	if (c->state != CBOR_GOOD)
		return;
	switch (head.major) {
	case CBOR_UINT:
	case CBOR_NEGATIVE:
	case CBOR_SIMPLE:
		break;
	case CBOR_BYTES:
	case CBOR_TEXT:
		(void)cbor_take(c, head.value); /* the state says it all */
		break;
	case CBOR_ARRAY:
		skip_items(c, head.value, depth + 1);
		break;
	case CBOR_MAP:
		skip_items(c, head.value, depth + 1);
		skip_items(c, head.value, depth + 1);
		break;
	case CBOR_TAG:
		cbor_skip(c, depth + 1);
		break;
	}
}

bool cbor_put_head(struct buf *out, enum cbor_major major, uint64_t value)
{
	uint8_t head[9];
	unsigned width = 0, info = (unsigned)value;

	if (value >= INFO_1BYTE) {
		while (width < 3 && value >> (8u << width) != 0)
			width++;
		info = INFO_1BYTE + width;
		width = 1u << width;
	}
	head[0] = (uint8_t)((unsigned)major << 5 | info);
	for (unsigned i = 0; i < width; i++)
		head[1 + i] = (uint8_t)(value >> (8 * (width - 1 - i)));
	return buf_add(out, head, 1 + width);
}
