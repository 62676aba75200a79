/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of words, which end with NULL. */
#include "base/base.h"
#include "parse/words.h"

bool word_is(struct bytes word, const char *const words[])
{
	for (; *words; words++)
		if (bytes_eq(word, bytes_str(*words)))
			return true;
	return false;
}

bool text_has_any(struct bytes text, const char *const words[])
{
	for (; *words; words++)
		if (bytes_find(text, *words, NULL))
			return true;
	return false;
}

bool text_has_all(struct bytes text, const char *const words[])
{
	for (; *words; words++)
		if (!bytes_find(text, *words, NULL))
			return false;
	return true;
}

bool text_starts_any(struct bytes text, const char *const words[])
{
	for (; *words; words++)
		if (bytes_starts(text, *words))
			return true;
	return false;
}
