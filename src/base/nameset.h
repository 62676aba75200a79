/* SPDX-License-Identifier: Apache-2.0 */
/* Names, each once, in the order in which they came. */
#ifndef HALLIGAN_BASE_NAMESET_H
#define HALLIGAN_BASE_NAMESET_H

#include "base/base.h"
#include "base/bytes.h"

struct nameset {
	char **v;
	size_t n, cap;
	void *tree; /* of tsearch(3), of the same strings */
};

/* Takes a copy, up to a NUL; false: it was there. */
bool nameset_add(struct nameset *s, struct bytes name);
bool nameset_has(const struct nameset *s, struct bytes name);
void nameset_release(struct nameset *s); /* zeroed is fine */

#endif
