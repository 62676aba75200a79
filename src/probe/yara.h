/* SPDX-License-Identifier: Apache-2.0 */
/* What rules*.c and scan.c share and nobody else sees: libyara's types. */
#ifndef HALLIGAN_PROBE_YARA_H
#define HALLIGAN_PROBE_YARA_H

#include <yara.h>

#include "base/base.h"
#include "probe/bounds.h"

struct rules {
	YR_RULES *yr;
	YR_RULES *lean; /* for content without RULE_NEED_HEAD; NULL: yr */
	struct bounds bounds, lean_bounds;
	uint64_t uses; /* bits by enum external */
};

/* To and from another process: rules_pipe.c. False, or an error of libyara's:
 * then some of them may be there. */
bool rules_put(const struct rules *rules, int fd);
int rules_get(struct rules *rules, int fd);

#endif
