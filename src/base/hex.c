/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as hexadecimal digits. */
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
