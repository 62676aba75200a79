/* SPDX-License-Identifier: Apache-2.0 */
/* Techniques of ATT&CK, as text. */
#include "base/base.h"

#include "model/technique.h"

size_t technique_length(const char *s)
{
	static const char digits[] = "0123456789";
	size_t n = 5;

	if (s[0] != 'T' || strspn(s + 1, digits) != 4)
		return 0;
	if (s[5] != '.')
		return n;
	return strspn(s + 6, digits) == 3 ? n + 4 : 0;
}
