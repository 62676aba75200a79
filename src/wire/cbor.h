/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pieces of CBOR (RFC 8949) a record is made of, out and in. Reading
 * takes definite lengths and shortest heads only, so that one value has one
 * form. Private to wire/ and its tests.
 */
#ifndef HALLIGAN_WIRE_CBOR_H
#define HALLIGAN_WIRE_CBOR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"

/* How deep a value we skip may be nested. */
#define CBOR_DEPTH_MAX 8

/* Major types, RFC 8949 section 3.1. */
enum cbor_major {
	CBOR_UINT,
	CBOR_NEGATIVE, /* -1 - value */
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_TAG,
	CBOR_SIMPLE, /* and floats */
};

#define CBOR_FALSE 20u
#define CBOR_TRUE  21u

enum cbor_state {
	CBOR_GOOD,
	CBOR_SHORT, /* more bytes may make it good */
	CBOR_LARGE, /* it would be longer than it may be */
	CBOR_BAD,   /* nothing can make it good */
};

/* Reading: once the state is not good, it stays and heads read as zero. */
struct cbor {
	struct bytes rest;
	size_t room; /* bytes the values may take, whether here yet or not */
	enum cbor_state state;
};

struct cbor_head {
	enum cbor_major major;
	uint64_t value; /* number, length or count */
};

static inline struct cbor cbor_of(struct bytes in, size_t max)
{
	return (struct cbor){.rest = in, .room = max};
}

struct cbor_head cbor_head(struct cbor *c);

/* A head of that major type; anything else is bad. Gives its value. */
uint64_t cbor_expect(struct cbor *c, enum cbor_major major);

/* The n bytes of a string whose head was read. */
struct bytes cbor_take(struct cbor *c, uint64_t n);

/* Passes over one well-formed value, `depth` levels inside others. */
void cbor_skip(struct cbor *c, unsigned depth);

/* Appends a head in its shortest form. */
bool cbor_put_head(struct buf *out, enum cbor_major major, uint64_t value);

#endif
