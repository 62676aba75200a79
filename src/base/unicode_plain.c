/* SPDX-License-Identifier: Apache-2.0 */
/* Characters without what is known of them. */
#include "base/base.h"

#include "base/unicode.h"

/* By what the first byte begins: how many follow, and the least that so many
 * may say, lest one character have two forms. */
static const struct {
	uint8_t mask, first;
	unsigned follow;
	int32_t least;
} forms[] = {
	{0x80, 0x00, 0, 0},
	{0xe0, 0xc0, 1, 0x80},
	{0xf0, 0xe0, 2, 0x800},
	{0xf8, 0xf0, 3, 0x10000},
};

static bool is_character(int32_t cp)
{
	return cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
}

size_t unicode_first(struct bytes b, int32_t *cp)
{
	*cp = -1;
	for (size_t i = 0; b.n && i < ARRAY_SIZE(forms); i++) {
		int32_t value = b.p[0] & (uint8_t)~forms[i].mask;
		unsigned n = 0;

		if ((b.p[0] & forms[i].mask) != forms[i].first)
			continue;
		while (n < forms[i].follow && n + 1 < b.n &&
		       (b.p[n + 1] & 0xc0) == 0x80)
			value = value << 6 | (b.p[++n] & 0x3f);
		if (n < forms[i].follow || value < forms[i].least ||
		    !is_character(value))
			break;
		*cp = value;
		return n + 1;
	}
	return b.n > 0;
}

bool unicode_is_mark(int32_t cp UNUSED)
{
	return false;
}

bool unicode_is_drawn(int32_t cp)
{
	return cp >= 0x20 && (cp < 0x7f || cp >= 0xa0);
}

unsigned unicode_cells(int32_t cp UNUSED)
{
	return 1;
}
