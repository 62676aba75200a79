/* SPDX-License-Identifier: Apache-2.0 */
/* What a host's shell is told where no probe can run. */
#ifndef HALLIGAN_JOB_SHELL_SCRIPT_H
#define HALLIGAN_JOB_SHELL_SCRIPT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* For these requests (plain records) a script that answers them; it wants $M
 * to begin its answer with. */
enum err_code shell_script(struct bytes request, struct buf *out,
			   struct err *err) MUST_CHECK;

#endif
