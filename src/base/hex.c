/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as hexadecimal digits, and as Base64. */
#include "base/base.h"
#include "base/hash.h"

const char *hex_encode(struct bytes b, char *out, size_t room)
{
	static const char digits[] = "0123456789abcdef";

	if (room < 2 * b.n + 1)
		BUG("%zu bytes of hex in %zu", b.n, room);
	for (size_t i = 0; i < b.n; i++) {
		out[2 * i] = digits[b.p[i] >> 4];
		out[2 * i + 1] = digits[b.p[i] & 15];
	}
	out[2 * b.n] = '\0';
	return out;
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct bytes hex, uint8_t *out, size_t n)
{
	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = nibble(hex.p[2 * i]), lo = nibble(hex.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(struct bytes b, bool padded)
{
	char *out = xmalloc(4 * (b.n / 3 + 1) + 1), *to = out;

	while (b.n) {
		size_t n = MIN(b.n, (size_t)3);
		uint32_t v = (uint32_t)b.p[0] << 16;

		v |= n > 1 ? (uint32_t)b.p[1] << 8 : 0;
		v |= n > 2 ? b.p[2] : 0;
		for (size_t i = 0; i < 4; i++) {
			if (i <= n)
				*to++ = base64_digits[v >> (18 - 6 * i) & 63];
			else if (padded)
				*to++ = '=';
		}
		b = bytes_skip(b, n);
	}
	*to = '\0';
	return out;
}

bool base64_decode(struct bytes b, uint8_t *out, size_t room, size_t *n)
{
	uint32_t acc = 0;
	unsigned bits = 0;

	*n = 0;
	while (b.n && b.p[b.n - 1] == '=')
		b.n--;
	for (size_t i = 0; i < b.n; i++) {
		const char *at = b.p[i] ? strchr(base64_digits, b.p[i]) : NULL;

		if (!at)
			return false;
		acc = acc << 6 | (uint32_t)(at - base64_digits);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (*n == room)
			return false;
		out[(*n)++] = (uint8_t)(acc >> bits);
	}
	return true;
}
