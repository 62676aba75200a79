/* SPDX-License-Identifier: Apache-2.0 */
/* Views of foreign bytes and the checked reader over them. */
#include "base/base.h"
#include "base/bytes.h"

bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = MIN(a.n, b.n);
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool bytes_starts(struct bytes b, const char *prefix)
{
	size_t n = strlen(prefix);

	return b.n >= n && (n == 0 || memcmp(b.p, prefix, n) == 0);
}

bool bytes_ends(struct bytes b, const char *end)
{
	size_t n = strlen(end);

	return b.n >= n && (n == 0 || memcmp(b.p + b.n - n, end, n) == 0);
}

struct bytes bytes_first(struct bytes b, size_t n)
{
	return bytes_of(b.p, MIN(b.n, n));
}

struct bytes bytes_skip(struct bytes b, size_t n)
{
	n = MIN(n, b.n);
	return bytes_of(n ? b.p + n : b.p, b.n - n);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes bytes_trim(struct bytes b)
{
	while (b.n && is_blank(b.p[0]))
		b = bytes_skip(b, 1);
	while (b.n && is_blank(b.p[b.n - 1]))
		b.n--;
	return b;
}

bool bytes_is_zero(struct bytes b)
{
	return b.n == 0 || (b.p[0] == 0 && memcmp(b.p, b.p + 1, b.n - 1) == 0);
}

bool bytes_find(struct bytes b, const char *words, size_t *at)
{
	const uint8_t *p =
		b.n ? memmem(b.p, b.n, words, strlen(words)) : NULL;

	if (p && at)
		*at = (size_t)(p - b.p);
	return p != NULL;
}

uint64_t bytes_fnv(struct bytes b)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < b.n; i++)
		h = (h ^ b.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

struct bytes bytes_file_name(struct bytes path)
{
	size_t n = path.n;

	while (n > 0 && path.p[n - 1] != '/')
		n--;
	return bytes_skip(path, n);
}

char *bytes_to_str(struct bytes b)
{
	char *s = xmalloc(b.n + 1);

	if (b.n)
		memcpy(s, b.p, b.n);
	s[b.n] = '\0';
	return s;
}

bool bytes_to_u64(struct bytes b, uint64_t *out)
{
	uint64_t v = 0;

	if (b.n == 0)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] < '0' || b.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, UINT64_C(10), &v) ||
		    __builtin_add_overflow(v, (uint64_t)(b.p[i] - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

bool bytes_hex_to_u64(struct bytes b, uint64_t *out)
{
	uint64_t v = 0;

	if (b.n == 0 || b.n > 16)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i] | 0x20; /* digits have that bit */

		if (b.p[i] >= '0' && b.p[i] <= '9')
			c -= '0';
		else if (c >= 'a' && c <= 'f')
			c -= 'a' - 10;
		else
			return false;
		v = v << 4 | c;
	}
	*out = v;
	return true;
}

bool bytes_to_centi(struct bytes b, uint64_t *out)
{
	struct bytes rest = b, whole;
	uint64_t n, part = 0;

	if (!bytes_split(&rest, '.', &whole) || !bytes_to_u64(whole, &n) ||
	    n > UINT64_MAX / 100 - 1 || (whole.n < b.n && rest.n == 0))
		return false;
	for (size_t i = 0; i < MAX(rest.n, (size_t)2); i++) {
		if (i < rest.n && (rest.p[i] < '0' || rest.p[i] > '9'))
			return false;
		if (i < 2)
			part = part * 10 +
			       (i < rest.n ? (uint64_t)(rest.p[i] - '0') : 0);
	}
	*out = n * 100 + part;
	return true;
}

bool bytes_to_size(struct bytes b, uint64_t *out)
{
	static const struct {
		const char *unit;
		unsigned shift;
	} units[] = {
		{"", 0},    {"K", 10},	 {"KiB", 10}, {"M", 20},   {"MiB", 20},
		{"G", 30},  {"GiB", 30}, {"T", 40},   {"TiB", 40},
	};
	size_t digits = 0;
	uint64_t n;

	while (digits < b.n && b.p[digits] >= '0' && b.p[digits] <= '9')
		digits++;
	if (!bytes_to_u64(bytes_of(b.p, digits), &n))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!bytes_eq(bytes_skip(b, digits), bytes_str(units[i].unit)))
			continue;
		*out = n << units[i].shift;
		return n <= UINT64_MAX >> units[i].shift;
	}
	return false;
}

bool bytes_split(struct bytes *rest, uint8_t sep, struct bytes *piece)
{
	const uint8_t *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, sep, rest->n);
	piece->p = rest->p;
	piece->n = end ? (size_t)(end - rest->p) : rest->n;
	*rest = bytes_skip(*rest, piece->n + (end ? 1 : 0));
	return true;
}

struct bytes rd_bytes(struct reader *r, size_t n)
{
	struct bytes b;

	if (r->bad || r->rest.n < n) {
		r->bad = true;
		return (struct bytes){0};
	}
	b = bytes_of(r->rest.p, n);
	r->rest = bytes_skip(r->rest, n);
	return b;
}

static uint64_t rd_be(struct reader *r, size_t n)
{
	struct bytes b = rd_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

uint8_t rd_u8(struct reader *r)
{
	return (uint8_t)rd_be(r, 1);
}

uint16_t rd_u16be(struct reader *r)
{
	return (uint16_t)rd_be(r, 2);
}

uint32_t rd_u32be(struct reader *r)
{
	return (uint32_t)rd_be(r, 4);
}

uint64_t rd_u64be(struct reader *r)
{
	return rd_be(r, 8);
}

struct bytes rd_sshstr(struct reader *r)
{
	return rd_bytes(r, rd_u32be(r));
}
