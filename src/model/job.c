/* SPDX-License-Identifier: Apache-2.0 */
/* Names of phases and operations, as the case stores them. */
#include "base/base.h"
#include "model/job.h"

static const char *const phases[] = {
	[HOST_QUEUED] = "queued",
	[HOST_CONNECTING] = "connecting",
	[HOST_HANDSHAKE] = "handshake",
	[HOST_ASKING] = "asking",
	[HOST_AUTH] = "auth",
	[HOST_PLACING] = "placing",
	[HOST_RUNNING] = "running",
	[HOST_DONE] = "done",
	[HOST_PARTIAL] = "partial",
	[HOST_FAILED] = "failed",
	[HOST_CANCELLED] = "cancelled",
};

static const char *const ops[] = {
	[JOB_HUNT] = "hunt",
	[JOB_COLLECT] = "collect",
	[JOB_CONNECT] = "connect",
	[JOB_IMPORT] = "import",
	[JOB_WALK] = "walk",
};

const char *host_phase_name(enum host_phase phase)
{
	return phases[phase];
}

const char *job_op_name(enum job_op op)
{
	return ops[op];
}
