/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs to CBOR (RFC 8949) and back, by table. A message is the array
 * [type, {key: value, ...}] with definite lengths and small unsigned keys; a
 * stream of them is a CBOR sequence (RFC 8742). Decoding is strict about
 * shape and sizes (definite lengths, shortest heads, ascending keys) and
 * lenient about news: unknown types and unknown keys are skipped, so that an
 * older console reads a newer probe. The encoder and decoder are our own
 * because the static probe needs them and Debian's libcbor comes without a
 * static archive; the tests hold them against it.
 *
 * All functions are pure; any thread.
 */
#ifndef HALLIGAN_WIRE_WIRE_H
#define HALLIGAN_WIRE_WIRE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

enum wire_kind {
	WIRE_U64,
	WIRE_U63, /* uint64_t that fits an int64_t: sizes, offsets, counts */
	WIRE_I64,
	WIRE_BOOL,
	WIRE_BYTES,
};

struct wire_field {
	uint8_t key; /* 1..255, ascending in a table, never reused */
	enum wire_kind kind;
	bool required;
	uint32_t max; /* WIRE_BYTES: longest accepted */
	size_t offset;
	const char *name;
};

struct wire_type {
	uint32_t id;
	const char *name;
	size_t size; /* of the struct */
	const struct wire_field *fields;
	size_t n_fields;
};

/*
 * Appends one message, whole or not at all. Fields that are not required are
 * left out when zero. The table's keys ascend. ERR_LIMIT when out is full or
 * a field too long.
 */
enum err_code wire_encode(const struct wire_type *type, const void *msg,
			  struct buf *out, struct err *err) MUST_CHECK;

/*
 * Looks at the front of `in`: *used is the length of the message there, 0
 * when more bytes are needed; *id its type, *body its map for wire_decode.
 * ERR_FORMAT when this can never become a message; ERR_LIMIT over max bytes.
 */
enum err_code wire_next(struct bytes in, size_t max, size_t *used, uint32_t *id,
			struct bytes *body, struct err *err) MUST_CHECK;

/* Fills msg (zeroed first) from a body; bytes members point into it. */
enum err_code wire_decode(const struct wire_type *type, struct bytes body,
			  void *msg, struct err *err) MUST_CHECK;

/* The row with that id in a table, or NULL. */
const struct wire_type *wire_find(const struct wire_type *types, size_t n,
				  uint32_t id);

#endif
