/* SPDX-License-Identifier: Apache-2.0 */
/* Characters, by utf8proc. */
#include "base/base.h"

#include <utf8proc.h>

#include "base/unicode.h"

size_t unicode_first(struct bytes b, int32_t *cp)
{
	utf8proc_ssize_t n;

	*cp = -1;
	if (b.n == 0)
		return 0;
	n = utf8proc_iterate(b.p, (utf8proc_ssize_t)MIN(b.n, (size_t)4), cp);
	if (n > 0)
		return (size_t)n;
	*cp = -1;
	return 1;
}

bool unicode_is_mark(int32_t cp)
{
	utf8proc_category_t cat = utf8proc_category(cp);

	return cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_ME;
}

bool unicode_is_drawn(int32_t cp)
{
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

unsigned unicode_cells(int32_t cp)
{
	int w = utf8proc_charwidth(cp);

	return w < 0 ? 0 : (unsigned)w;
}
