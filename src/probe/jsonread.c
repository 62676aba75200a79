/* SPDX-License-Identifier: Apache-2.0 */
/* Finding members of JSON. */
#include "base/base.h"
#include "probe/jsonread.h"

#define DEPTH_MAX 64u

static struct bytes skip_blanks(struct bytes b)
{
	while (b.n && (*b.p == ' ' || *b.p == '\t' || *b.p == '\n' ||
		       *b.p == '\r'))
		b = bytes_skip(b, 1);
	return b;
}

/* Behind the string that begins there; empty when it has no end. */
static struct bytes skip_string(struct bytes b)
{
	size_t n = 1;

	while (n < b.n && b.p[n] != '"')
		n += b.p[n] == '\\' ? 2 : 1;
	return bytes_skip(b, n + 1);
}

/* Behind the value that begins there: brackets are counted, not matched by
 * kind. */
static struct bytes skip_value(struct bytes b)
{
	unsigned depth = 0;

	while (b.n) {
		if (*b.p == '"') {
			b = skip_string(b);
		} else if (*b.p == '{' || *b.p == '[') {
			if (++depth > DEPTH_MAX)
				return (struct bytes){0};
			b = bytes_skip(b, 1);
		} else if (*b.p == '}' || *b.p == ']') {
			if (depth == 0)
				return b;
			depth--;
			b = bytes_skip(b, 1);
		} else if (depth == 0 && (*b.p == ',' || *b.p == ':')) {
			return b;
		} else {
			b = bytes_skip(b, 1);
			continue; /* a number or a word, or a blank */
		}
		if (depth == 0)
			return b;
	}
	return b;
}

static struct bytes value_at(struct bytes b)
{
	struct bytes rest;

	b = skip_blanks(b);
	rest = skip_value(b);
	b.n -= rest.n;
	return bytes_trim(b);
}

void json_each(struct bytes value,
	       bool (*each)(void *arg, struct bytes key, struct bytes value),
	       void *arg)
{
	bool is_object = value.n && *value.p == '{';
	struct bytes key = {0}, one, b = bytes_skip(value, 1);

	if (!is_object && !(value.n && *value.p == '['))
		return;
	for (b = skip_blanks(b); b.n && *b.p != '}' && *b.p != ']';
	     b = skip_blanks(b)) {
		if (is_object) {
			key = value_at(b);
			if (key.n < 2 || *key.p != '"')
				return;
			b = skip_blanks(skip_string(b));
			if (!b.n || *b.p != ':')
				return;
			b = skip_blanks(bytes_skip(b, 1));
			key = bytes_of(key.p + 1, key.n - 2);
		}
		one = value_at(b);
		if (!one.n || !each(arg, key, one))
			return;
		b = skip_blanks(skip_value(b));
		if (b.n && *b.p == ',')
			b = bytes_skip(b, 1);
	}
}

struct search {
	struct bytes name, found;
};

static bool is_it(void *arg, struct bytes key, struct bytes value)
{
	struct search *s = arg;

	if (!bytes_eq(key, s->name))
		return true;
	s->found = value;
	return false;
}

bool json_at(struct bytes doc, const char *path, struct bytes *value)
{
	struct bytes rest = bytes_str(path), name;

	*value = value_at(doc);
	while (bytes_split(&rest, '.', &name)) {
		struct search s = {.name = name};

		if (value->n && *value->p == '{')
			json_each(*value, is_it, &s);
		*value = s.found;
	}
	return value->n != 0;
}

/* ---- values ---- */

/* As UTF-8; halves of a pair stand for themselves. */
static void add_character(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		(void)buf_add_byte(out, (uint8_t)c); /* cut at its maximum */
	} else if (c < 0x800) {
		(void)buf_add_byte(out, (uint8_t)(0xc0 | c >> 6));
		(void)buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		(void)buf_add_byte(out, (uint8_t)(0xe0 | c >> 12));
		(void)buf_add_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		(void)buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

/* What a backslash stands for; how many bytes it takes. */
static size_t add_escape(struct buf *out, struct bytes b)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *at;
	uint64_t v;

	if (b.n >= 6 && b.p[1] == 'u' &&
	    bytes_hex_to_u64(bytes_of(b.p + 2, 4), &v)) {
		add_character(out, (uint32_t)v);
		return 6;
	}
	if (b.n < 2)
		return 1;
	at = b.p[1] ? strchr(from, b.p[1]) : NULL;
	(void)buf_add_byte(out, at ? (uint8_t)to[at - from] : b.p[1]);
	return 2;
}

bool json_text(struct bytes value, struct buf *out)
{
	struct bytes b;

	if (value.n < 2 || *value.p != '"')
		return false;
	b = bytes_of(value.p + 1, value.n - 2);
	while (b.n) {
		if (*b.p == '\\') {
			b = bytes_skip(b, add_escape(out, b));
			continue;
		}
		(void)buf_add_byte(out, *b.p);
		b = bytes_skip(b, 1);
	}
	return true;
}

uint64_t json_u64(struct bytes value)
{
	uint64_t v;

	return bytes_to_u64(value, &v) ? v : 0;
}

bool json_yes(struct bytes value)
{
	return bytes_eq(value, bytes_str("true"));
}
