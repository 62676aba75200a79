/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files share that make a plan. */
#ifndef HALLIGAN_PROBE_PLAN_INSIDE_H
#define HALLIGAN_PROBE_PLAN_INSIDE_H

#include "probe/plan.h"

void plan_release_patterns(struct plan *plan);

enum err_code plan_add_pattern(struct plan *plan, const struct req_pattern *req,
			       struct err *err) MUST_CHECK;

enum err_code plan_add_known(struct plan *plan, const struct req_known *req,
			     struct err *err) MUST_CHECK;

/* Once all have come. */
void plan_settle_known(struct plan *plan);

#endif
