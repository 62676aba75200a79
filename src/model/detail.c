/* SPDX-License-Identifier: Apache-2.0 */
/* JSON (RFC 8259) that everyone reads alike; read in one pass. */
#include "base/base.h"

#include <math.h>

#include "base/text.h"
#include "model/detail.h"

#define DEPTH_MAX  4
#define NUMBER_MAX 40

struct scan {
	struct bytes rest;
	const char *fault; /* the first */
};

static bool fail(struct scan *s, const char *why)
{
	if (!s->fault)
		s->fault = why;
	return false;
}

static uint8_t peek(const struct scan *s)
{
	return s->rest.n ? *s->rest.p : 0;
}

static void skip(struct scan *s, size_t n)
{
	s->rest = bytes_skip(s->rest, n);
}

static void skip_blanks(struct scan *s)
{
	while (s->rest.n && strchr(" \t\r\n", *s->rest.p) && *s->rest.p)
		skip(s, 1);
}

static bool take(struct scan *s, char sign)
{
	skip_blanks(s);
	if (peek(s) != (uint8_t)sign)
		return false;
	skip(s, 1);
	return true;
}

/* ---- text ---- */

/* The four digits behind \u. */
static bool unit(struct scan *s, uint32_t *out)
{
	uint64_t v;

	if (s->rest.n < 4 || !bytes_hex_to_u64(bytes_of(s->rest.p, 4), &v))
		return false;
	*out = (uint32_t)v;
	skip(s, 4);
	return true;
}

static bool code_point(struct scan *s)
{
	uint32_t high, low;

	if (!unit(s, &high))
		return fail(s, "an escape that is none");
	if (high == 0)
		return fail(s, "a NUL in a text");
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high > 0xdbff || !bytes_starts(s->rest, "\\u"))
		return fail(s, "half a surrogate");
	skip(s, 2);
	if (!unit(s, &low) || low < 0xdc00 || low > 0xdfff)
		return fail(s, "half a surrogate");
	return true;
}

static bool escape(struct scan *s)
{
	uint8_t c;

	skip(s, 1);
	c = peek(s);
	skip(s, 1);
	if (c == 'u')
		return code_point(s);
	return (c && strchr("\"\\/bfnrt", c)) ||
	       fail(s, "an escape that is none");
}

static bool text(struct scan *s)
{
	if (!take(s, '"'))
		return fail(s, "no JSON");
	while (s->rest.n && *s->rest.p != '"') {
		if (*s->rest.p < ' ')
			return fail(s, "a control character in a text");
		if (*s->rest.p != '\\')
			skip(s, 1);
		else if (!escape(s))
			return false;
	}
	return take(s, '"') || fail(s, "no JSON");
}

/* One name has one form: without escapes, which nobody needs there. */
static bool name(struct scan *s, struct bytes *out)
{
	struct bytes whole;

	skip_blanks(s);
	whole = s->rest;
	if (!text(s))
		return false;
	whole.n -= s->rest.n;
	*out = bytes_of(whole.p + 1, whole.n - 2);
	if (memchr(out->p, '\\', out->n))
		return fail(s, "a name with escapes");
	return true;
}

/* ---- numbers and words ---- */

static bool digits(struct scan *s)
{
	size_t n = 0;

	while (n < s->rest.n && s->rest.p[n] >= '0' && s->rest.p[n] <= '9')
		n++;
	skip(s, n);
	return n > 0;
}

static bool is_kept_whole(struct bytes b, bool is_integer)
{
	char copy[NUMBER_MAX + 1];

	if (b.n > NUMBER_MAX)
		return false;
	memcpy(copy, b.p, b.n);
	copy[b.n] = '\0';
	errno = 0;
	if (is_integer) {
		(void)strtoll(copy, NULL, 10);
		return errno == 0;
	}
	return isfinite(strtod(copy, NULL));
}

static bool number(struct scan *s)
{
	struct bytes whole = s->rest;
	bool is_integer = true, good;

	if (peek(s) == '-')
		skip(s, 1);
	good = peek(s) == '0' ? (skip(s, 1), true) : digits(s);
	if (good && peek(s) == '.') {
		skip(s, 1);
		is_integer = false;
		good = digits(s);
	}
	if (good && (peek(s) | 0x20) == 'e') {
		skip(s, 1);
		if (peek(s) == '+' || peek(s) == '-')
			skip(s, 1);
		is_integer = false;
		good = digits(s);
	}
	whole.n -= s->rest.n;
	if (!good)
		return fail(s, "no JSON");
	return is_kept_whole(whole, is_integer) ||
	       fail(s, "a number too large");
}

static bool word(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!bytes_starts(s->rest, words[i]))
			continue;
		skip(s, strlen(words[i]));
		return true;
	}
	return fail(s, "no JSON");
}

/* ---- what holds others ---- */

static bool value(struct scan *s, unsigned depth);

static bool array(struct scan *s, unsigned depth)
{
	if (take(s, ']'))
		return true;
	do {
		if (!value(s, depth))
			return false;
	} while (take(s, ','));
	return take(s, ']') || fail(s, "no JSON");
}

static bool is_new(struct scan *s, const struct bytes *names, size_t n)
{
	if (n == DETAIL_NAMES_MAX)
		return fail(s, "too many names");
	for (size_t i = 0; i < n; i++)
		if (bytes_eq(names[i], names[n]))
			return fail(s, "a name that is there twice");
	return true;
}

static bool object(struct scan *s, unsigned depth)
{
	struct bytes names[DETAIL_NAMES_MAX + 1];
	size_t n = 0;

	if (take(s, '}'))
		return true;
	do {
		if (!name(s, &names[n]) || !is_new(s, names, n))
			return false;
		n++;
		if (!take(s, ':'))
			return fail(s, "no JSON");
		if (!value(s, depth))
			return false;
	} while (take(s, ','));
	return take(s, '}') || fail(s, "no JSON");
}

static bool value(struct scan *s, unsigned depth)
{
	if (depth == 0)
		return fail(s, "objects in objects, too deep");
	skip_blanks(s);
	if (take(s, '{'))
		return object(s, depth - 1);
	if (take(s, '['))
		return array(s, depth - 1);
	if (peek(s) == '"')
		return text(s);
	return peek(s) == '-' || (peek(s) >= '0' && peek(s) <= '9') ? number(s)
								   : word(s);
}

const char *detail_fault(struct bytes json)
{
	struct scan s = {.rest = json};

	if (!utf8_is_valid(json))
		return "bytes that are no text in UTF-8";
	if (!take(&s, '{'))
		return "no JSON object";
	if (!object(&s, DEPTH_MAX))
		return s.fault;
	skip_blanks(&s);
	return s.rest.n ? "more behind its end" : NULL;
}
