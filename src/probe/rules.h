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

/*
 * Writes compiled rules to a descriptor, and reads them in another process.
 * Compiling leaves memory in shreds: a process that only loads is smaller
 * and scans faster. The plan is the one they were compiled of.
 */
enum err_code rules_save(const struct rules *rules, int fd,
			 struct err *err) MUST_CHECK;
enum err_code rules_load(const struct plan *plan, int fd, struct rules **rules,
			 struct err *err) MUST_CHECK;

void rules_free(struct rules *rules); /* NULL is fine */

/* Bits by enum external (probe/order.h): variables that a rule asks for. */
uint64_t rules_uses(const struct rules *rules);

/* How many rules there are. */
uint64_t rules_count(const struct rules *rules);

#endif
