/* SPDX-License-Identifier: Apache-2.0 */
/* Names of phases and operations, as the case stores them. */
#include "base/base.h"
#include "base/time.h"
#include "model/job.h"

static const char *const phases[] = {
	[HOST_QUEUED] = "queued",
	[HOST_RECONNECTING] = "reconnecting",
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
	[JOB_PARSE] = "parse",
	[JOB_TRIAGE] = "triage",
};

const char *host_phase_name(enum host_phase phase)
{
	return phases[phase];
}

const char *job_op_name(enum job_op op)
{
	return ops[op];
}

const char *job_left(int64_t left_ns, char out[JOB_LEFT_MAX])
{
	static const struct {
		int64_t s; /* of one */
		int64_t from; /* seconds that are told so */
		const char *name;
	} units[] = {{3600, 5400, "h"}, {60, 90, "min"}, {1, 5, "s"}};
	int64_t s = left_ns / 1000000000;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(units) && !out[0]; i++)
		if (s >= units[i].from)
			(void)snprintf(out, JOB_LEFT_MAX, "~%" PRId64 " %s left",
				       (s + units[i].s / 2) / units[i].s,
				       units[i].name);
	return out;
}

const char *job_clock_off(int64_t offset_ns, char out[JOB_CLOCK_MAX])
{
	static const struct {
		uint64_t s;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	uint64_t ns = offset_ns < 0 ? 0 - (uint64_t)offset_ns
				    : (uint64_t)offset_ns;
	uint64_t s = ns / NS_PER_S;
	size_t i = 0;

	out[0] = '\0';
	if (offset_ns == TIME_UNKNOWN || s <= 60)
		return out;
	while (s < units[i].s)
		i++;
	/* To the nearest of what is said last, which may make it more. */
	s = (s + units[i + 1].s / 2) / units[i + 1].s * units[i + 1].s;
	if (i > 0 && s >= units[i - 1].s)
		i--;
	(void)snprintf(out, JOB_CLOCK_MAX,
		       "its clock is %" PRIu64 " %s %" PRIu64 " %s %s this "
		       "machine's",
		       s / units[i].s, units[i].name,
		       s % units[i].s / units[i + 1].s, units[i + 1].name,
		       offset_ns < 0 ? "behind" : "ahead of");
	return out;
}

bool host_state_is_short(struct bytes state)
{
	return !bytes_eq(state, bytes_str(host_phase_name(HOST_DONE))) &&
	       !bytes_eq(state, bytes_str(host_phase_name(HOST_PARTIAL)));
}
