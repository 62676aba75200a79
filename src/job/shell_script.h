/* SPDX-License-Identifier: Apache-2.0 */
/* What a host's shell is told where no probe can run. */
#ifndef HALLIGAN_JOB_SHELL_SCRIPT_H
#define HALLIGAN_JOB_SHELL_SCRIPT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/record.h"

/* For these requests (plain records) a script that answers them; it wants $M
 * to begin its answer with. Content is not sent up to where an earlier one
 * was cut; behind NULL: from the beginning. */
enum err_code shell_script(struct bytes request,
			   const struct req_cursor *behind, struct buf *out,
			   struct err *err) MUST_CHECK;

#endif
