/* SPDX-License-Identifier: Apache-2.0 */
/* What the case has from a host, for the probe that goes on there. */
#include "base/base.h"

#include "app/inside.h"
#include "wire/records.h"

static enum err_code add(void *user, const struct req_have *have,
			 struct err *err)
{
	return record_encode(REQ_HAVE, have, user, err);
}

enum err_code app_had(void *casefile, const struct uuid *run,
		      const struct uuid *host, struct buf *out,
		      struct err *err)
{
	const struct had_sink sink = {.take = add, .user = out};

	return case_had(casefile, run, host, &sink, err);
}
