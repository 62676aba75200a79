/* SPDX-License-Identifier: Apache-2.0 */
/* Bech32 (BIP 173): five bits a character, and six of them to check. */
#include "base/base.h"

#include <ctype.h>

#include "base/bech32.h"

#define CHECK_LEN 6

static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t add(uint32_t sum, unsigned value)
{
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
					     0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (size_t i = 0; i < ARRAY_SIZE(generator); i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

static unsigned lower(char c)
{
	return (unsigned)tolower((unsigned char)c);
}

static uint32_t sum_of_prefix(const char *prefix)
{
	uint32_t sum = 1;

	for (const char *p = prefix; *p; p++)
		sum = add(sum, lower(*p) >> 5);
	sum = add(sum, 0);
	for (const char *p = prefix; *p; p++)
		sum = add(sum, lower(*p) & 31);
	return sum;
}

static size_t digits_of(size_t n)
{
	return (8 * n + 4) / 5;
}

/* The ith five bits; behind the end there are zeroes. */
static unsigned five_bits(struct bytes b, size_t i)
{
	size_t at = 5 * i;
	unsigned pair = (unsigned)b.p[at / 8] << 8;

	if (at / 8 + 1 < b.n)
		pair |= b.p[at / 8 + 1];
	return pair >> (11 - at % 8) & 31;
}

const char *bech32_encode(const char *prefix, struct bytes b, char *out,
			  size_t room)
{
	size_t n = strlen(prefix), n_digits = digits_of(b.n);
	uint32_t sum = sum_of_prefix(prefix);

	if (room < n + 1 + n_digits + CHECK_LEN + 1)
		BUG("no room for a word of %zu bytes", b.n);
	memcpy(out, prefix, n);
	out[n++] = '1';
	for (size_t i = 0; i < n_digits; i++) {
		unsigned value = five_bits(b, i);

		sum = add(sum, value);
		out[n++] = digits[value];
	}
	for (size_t i = 0; i < CHECK_LEN; i++)
		sum = add(sum, 0);
	sum ^= 1;
	for (size_t i = 0; i < CHECK_LEN; i++)
		out[n++] = digits[sum >> 5 * (CHECK_LEN - 1 - i) & 31];
	out[n] = '\0';
	return out;
}

static bool is_one_case(struct bytes word)
{
	bool upper = false, lower_case = false;

	for (size_t i = 0; i < word.n; i++) {
		upper |= word.p[i] >= 'A' && word.p[i] <= 'Z';
		lower_case |= word.p[i] >= 'a' && word.p[i] <= 'z';
	}
	return !(upper && lower_case);
}

static bool has_prefix(struct bytes word, const char *prefix)
{
	size_t n = strlen(prefix);

	if (word.n <= n || word.p[n] != '1')
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower((char)word.p[i]) != lower(prefix[i]))
			return false;
	return true;
}

static void set_bits(uint8_t *out, size_t n, size_t i, unsigned value)
{
	for (unsigned bit = 0; bit < 5; bit++) {
		size_t at = 5 * i + bit;

		if (at < 8 * n && (value >> (4 - bit) & 1))
			out[at / 8] |= (uint8_t)(0x80u >> at % 8);
	}
}

bool bech32_decode(const char *prefix, struct bytes word, uint8_t *out,
		   size_t n)
{
	uint32_t sum = sum_of_prefix(prefix);
	unsigned spare = (unsigned)(5 * digits_of(n) - 8 * n);
	struct bytes rest;

	if (!is_one_case(word) || !has_prefix(word, prefix))
		return false;
	rest = bytes_skip(word, strlen(prefix) + 1);
	if (rest.n != digits_of(n) + CHECK_LEN)
		return false;
	memset(out, 0, n);
	for (size_t i = 0; i < rest.n; i++) {
		const char *at = rest.p[i] ? strchr(digits,
						    (int)lower((char)rest.p[i]))
					   : NULL;
		unsigned value = at ? (unsigned)(at - digits) : 0;

		if (!at)
			return false;
		sum = add(sum, value);
		if (i < digits_of(n))
			set_bits(out, n, i, value);
		if (i + 1 == digits_of(n) && (value & ((1u << spare) - 1)))
			return false; /* what fills up is zero */
	}
	return sum == 1;
}
