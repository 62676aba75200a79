/* SPDX-License-Identifier: Apache-2.0 */
/* Ids: UUID version 7 (RFC 9562 5.7), so that two cases merge as a union. */
#ifndef HALLIGAN_BASE_UUID_H
#define HALLIGAN_BASE_UUID_H

#include "base/base.h"

#define UUID_TEXT_LEN 36

struct uuid {
	char s[UUID_TEXT_LEN + 1]; /* lower case, with dashes */
};

/* Any thread. Ids of one process sort by when they were made. */
struct uuid uuid_v7(void);

/* Whether s looks like a UUID in the form above. */
bool uuid_is_valid(const char *s);

#endif
