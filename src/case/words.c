/* SPDX-License-Identifier: Apache-2.0 */
/* What rules and hosts say, in the words the case uses. */
#include "base/base.h"

#include "base/text.h"
#include "case/book.h"

bool is_text_as_is(struct bytes b)
{
	return utf8_is_valid(b) && (b.n == 0 || !memchr(b.p, '\0', b.n));
}

char *words_of(struct bytes b)
{
	struct text t;

	if (b.n == 0)
		return xstrdup("");
	if (is_text_as_is(b))
		return bytes_to_str(b);
	text_from_bytes(&t, b, TEXT_ANY_WIDTH);
	return t.s;
}

bool hash_text(struct bytes b, char out[HASH_HEX_MAX])
{
	uint8_t raw[SHA256_LEN];

	out[0] = '\0';
	if (b.n == 0)
		return true;
	if (b.n == SHA256_LEN) {
		(void)hex_encode(b, out, HASH_HEX_MAX);
		return true;
	}
	if (!hex_decode(b, raw, sizeof raw))
		return false;
	(void)hex_encode(bytes_of(raw, sizeof raw), out, HASH_HEX_MAX);
	return true;
}
