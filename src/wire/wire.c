/* SPDX-License-Identifier: Apache-2.0 */
/* Messages [type, {key: value}] to and from structs, by table. */
#include "base/base.h"
#include "wire/cbor.h"
#include "wire/wire.h"

/* The value is the second level inside its message, RFC 8949 aside. */
#define VALUE_DEPTH 2u

static const void *member(const struct wire_field *f, const void *msg)
{
	return (const uint8_t *)msg + f->offset;
}

static bool is_set(const struct wire_field *f, const void *msg)
{
	const void *at = member(f, msg);

	switch (f->kind) {
	case WIRE_U64:
	case WIRE_U63:
		return *(const uint64_t *)at != 0;
	case WIRE_I64:
		return *(const int64_t *)at != 0;
	case WIRE_BOOL:
		return *(const bool *)at;
	case WIRE_BYTES:
		return ((const struct bytes *)at)->n != 0;
	}
	BUG("kind %d of field %s", (int)f->kind, f->name);
}

static bool put_i64(struct buf *out, int64_t v)
{
	return v < 0 ? cbor_put_head(out, CBOR_NEGATIVE, ~(uint64_t)v)
		     : cbor_put_head(out, CBOR_UINT, (uint64_t)v);
}

static bool put_value(const struct wire_field *f, const void *msg,
		      struct buf *out)
{
	const void *at = member(f, msg);
	const struct bytes *b = at;

	switch (f->kind) {
	case WIRE_U64:
	case WIRE_U63:
		return cbor_put_head(out, CBOR_UINT, *(const uint64_t *)at);
	case WIRE_I64:
		return put_i64(out, *(const int64_t *)at);
	case WIRE_BOOL:
		return cbor_put_head(out, CBOR_SIMPLE,
				     *(const bool *)at ? CBOR_TRUE
						       : CBOR_FALSE);
	case WIRE_BYTES:
		return cbor_put_head(out, CBOR_BYTES, b->n) &&
		       buf_add_bytes(out, *b);
	}
	BUG("kind %d of field %s", (int)f->kind, f->name);
}

/* Whether the receiving side would take this value. */
static bool fits(const struct wire_field *f, const void *msg)
{
	const void *at = member(f, msg);

	if (f->kind == WIRE_BYTES)
		return ((const struct bytes *)at)->n <= f->max;
	if (f->kind == WIRE_U63)
		return *(const uint64_t *)at <= INT64_MAX;
	return true;
}

static enum err_code encode(const struct wire_type *type, const void *msg,
			    struct buf *out, struct err *err)
{
	unsigned n = 0;
	bool ok;

	for (size_t i = 0; i < type->n_fields; i++) {
		const struct wire_field *f = &type->fields[i];

		n += f->required || is_set(f, msg);
		if (!fits(f, msg))
			return err_set(err, ERR_LIMIT,
				       "%s of a %s record is too large",
				       f->name, type->name);
	}
	ok = cbor_put_head(out, CBOR_ARRAY, 2) &&
	     cbor_put_head(out, CBOR_UINT, type->id) &&
	     cbor_put_head(out, CBOR_MAP, n);
	for (size_t i = 0; ok && i < type->n_fields; i++) {
		const struct wire_field *f = &type->fields[i];

		if (f->required || is_set(f, msg))
			ok = cbor_put_head(out, CBOR_UINT, f->key) &&
			     put_value(f, msg, out);
	}
	if (!ok)
		return err_set(err, ERR_LIMIT, "no room for a %s record",
			       type->name);
	return ERR_OK;
}

enum err_code wire_encode(const struct wire_type *type, const void *msg,
			  struct buf *out, struct err *err)
{
	size_t start = out->n;
	bool was_full = out->full;
	enum err_code code = encode(type, msg, out, err);

	if (code != ERR_OK) { /* all of a message or nothing */
		out->n = start;
		out->full = was_full;
	}
	return code;
}

enum err_code wire_next(struct bytes in, size_t max, size_t *used, uint32_t *id,
			struct bytes *body, struct err *err)
{
	struct cbor c = cbor_of(in, max);
	const uint8_t *start;
	uint64_t type, n;

	*used = 0;
	if (cbor_expect(&c, CBOR_ARRAY) != 2 && c.state == CBOR_GOOD)
		c.state = CBOR_BAD;
	type = cbor_expect(&c, CBOR_UINT);
	if (type > UINT32_MAX)
		c.state = CBOR_BAD;
	start = c.rest.p;
	n = cbor_expect(&c, CBOR_MAP);
	for (uint64_t i = 0; i < n && c.state == CBOR_GOOD; i++) {
		(void)cbor_expect(&c, CBOR_UINT); /* wire_decode reads it */
		cbor_skip(&c, VALUE_DEPTH);
	}
	switch (c.state) {
	case CBOR_GOOD:
		*used = in.n - c.rest.n;
		*id = (uint32_t)type;
		*body = bytes_of(start, (size_t)(c.rest.p - start));
		return ERR_OK;
	case CBOR_SHORT:
		return ERR_OK;
	case CBOR_LARGE:
		return err_set(err, ERR_LIMIT,
			       "a record is larger than %zu bytes", max);
	case CBOR_BAD:
		return err_set(err, ERR_FORMAT, "this is not a record");
	}
	BUG("CBOR state %d", (int)c.state);
}

static const struct wire_field *field_find(const struct wire_type *type,
					   uint64_t key)
{
	for (size_t i = 0; i < type->n_fields; i++) {
		if (type->fields[i].key == key)
			return &type->fields[i];
	}
	return NULL;
}

static bool get_bytes(const struct wire_field *f, struct cbor *c,
		      struct bytes *out)
{
	uint64_t n = cbor_expect(c, CBOR_BYTES);

	if (n > f->max)
		return false;
	*out = cbor_take(c, n);
	return true;
}

static bool get_i64(struct cbor *c, int64_t *out)
{
	struct cbor_head head = cbor_head(c);

	if (head.value > INT64_MAX ||
	    (head.major != CBOR_UINT && head.major != CBOR_NEGATIVE))
		return false;
	*out = head.major == CBOR_UINT ? (int64_t)head.value
				       : -1 - (int64_t)head.value;
	return true;
}

static bool get_bool(struct cbor *c, bool *out)
{
	uint64_t v = cbor_expect(c, CBOR_SIMPLE);

	*out = v == CBOR_TRUE;
	return v == CBOR_TRUE || v == CBOR_FALSE;
}

static bool get_value(const struct wire_field *f, struct cbor *c, void *msg)
{
	void *at = (uint8_t *)msg + f->offset;
	uint64_t *u = at;
	bool ok = true;

	switch (f->kind) {
	case WIRE_U64:
		*u = cbor_expect(c, CBOR_UINT);
		break;
	case WIRE_U63:
		*u = cbor_expect(c, CBOR_UINT);
		ok = *u <= INT64_MAX;
		break;
	case WIRE_I64:
		ok = get_i64(c, at);
		break;
	case WIRE_BOOL:
		ok = get_bool(c, at);
		break;
	case WIRE_BYTES:
		ok = get_bytes(f, c, at);
		break;
	}
	return ok && c->state == CBOR_GOOD;
}

static enum err_code missing(const struct wire_type *type, uint64_t after,
			     uint64_t before, struct err *err)
{
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct wire_field *f = &type->fields[i];

		if (f->required && f->key > after && f->key < before)
			return err_set(err, ERR_FORMAT,
				       "a %s record lacks its %s", type->name,
				       f->name);
	}
	return ERR_OK;
}

static enum err_code decode_field(const struct wire_type *type, struct cbor *c,
				  uint64_t *last, void *msg, struct err *err)
{
	uint64_t key = cbor_expect(c, CBOR_UINT);
	const struct wire_field *f = field_find(type, key);

	if (c->state == CBOR_GOOD && key <= *last)
		return err_set(err, ERR_FORMAT,
			       "the keys of a %s record are not in order",
			       type->name);
	if (missing(type, *last, key, err) != ERR_OK)
		return err->code;
	*last = key;
	if (!f)
		cbor_skip(c, VALUE_DEPTH);
	else if (!get_value(f, c, msg))
		return err_set(err, ERR_FORMAT,
			       "the %s of a %s record is not acceptable",
			       f->name, type->name);
	return ERR_OK;
}

/*
 * Keys ascend (RFC 8949 4.2.1), which makes a second one of a kind and a
 * missing one easy to see.
 */
enum err_code wire_decode(const struct wire_type *type, struct bytes body,
			  void *msg, struct err *err)
{
	struct cbor c = cbor_of(body, body.n);
	uint64_t n = cbor_expect(&c, CBOR_MAP), last = 0;
	enum err_code code = ERR_OK;

	memset(msg, 0, type->size);
	for (uint64_t i = 0; i < n; i++) {
		if (c.state != CBOR_GOOD)
			break;
		code = decode_field(type, &c, &last, msg, err);
		if (code != ERR_OK)
			return code;
	}
	if (c.state != CBOR_GOOD || c.rest.n)
		return err_set(err, ERR_FORMAT, "a %s record is malformed",
			       type->name);
	return missing(type, last, UINT64_MAX, err);
}

const struct wire_type *wire_find(const struct wire_type *types, size_t n,
				  uint32_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (types[i].id == id)
			return &types[i];
	}
	return NULL;
}
