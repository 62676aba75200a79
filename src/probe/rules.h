/* SPDX-License-Identifier: Apache-2.0 */
/* YARA source compiled on the host. */
#ifndef HALLIGAN_PROBE_RULES_H
#define HALLIGAN_PROBE_RULES_H

#include "base/base.h"
#include "base/err.h"
#include "probe/plan.h"

struct rules;

/* "libyara 4.2.3" */
const char *rules_engine(void);

/*
 * Compiles all rule files of a plan, which outlives the result. Includes are
 * not followed: who sends rules puts them in place before. The module "magic"
 * works with what the plan has for it and is refused otherwise. ERR_FORMAT
 * says "name:line: what", ERR_UNSUPPORTED names the module. Call
 * hash_lib_init before; one thread.
 */
enum err_code rules_compile(const struct plan *plan, struct rules **rules,
			    struct err *err) MUST_CHECK;
void rules_free(struct rules *rules); /* NULL is fine; scanners gone first */

/* Names rules may use that are defined for each file, ending with NULL. */
extern const char *const rules_externals[];

#endif
