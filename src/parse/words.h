/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text one of a few, or does it hold or begin with one of them? */
#ifndef HALLIGAN_PARSE_WORDS_H
#define HALLIGAN_PARSE_WORDS_H

#include "base/base.h"
#include "base/bytes.h"

#define LIST(...)                                                              \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

bool word_is(struct bytes word, const char *const words[]);
bool text_has_any(struct bytes text, const char *const words[]);
bool text_has_all(struct bytes text, const char *const words[]);
bool text_starts_any(struct bytes text, const char *const words[]);

#endif
