/* SPDX-License-Identifier: Apache-2.0 */
/* What rules.c and scan.c share and nobody else sees: libyara's types. */
#ifndef HALLIGAN_PROBE_YARA_H
#define HALLIGAN_PROBE_YARA_H

#include <yara.h>

#include "base/base.h"

struct rules {
	YR_RULES *yr;
	YR_RULES *lean; /* for content without RULE_NEED_HEAD; NULL: yr */
	uint64_t uses; /* bits by enum external */
};

#endif
