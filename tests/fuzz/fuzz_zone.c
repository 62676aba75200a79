/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones of strangers: TZif, and rules as TZ has them. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "parse/parse.h"

const char fuzz_name[] = "zone";

#define STEPS 64
#define FAR_S (INT64_C(1) << 39)

/* A time that is told as one is one; the second of two is the later. */
static void hold_local(const struct zone *zone, int64_t local_s)
{
	int64_t utc_s[2] = {0, 0};
	enum zone_local is;

	if (local_s < -FAR_S || local_s > FAR_S)
		return; /* no calendar goes there */
	is = zone_from_local(zone, local_s, utc_s);

	FUZZ_CHECK(is == LOCAL_NEVER ||
		   utc_s[0] + zone_offset_at(zone, utc_s[0]) == local_s);
	FUZZ_CHECK(is != LOCAL_TWICE ||
		   (utc_s[1] > utc_s[0] &&
		    utc_s[1] + zone_offset_at(zone, utc_s[1]) == local_s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone *zone = NULL;
	struct local_clock clock;
	enum event_local local;
	struct err err;
	int64_t at = -5000000000;

	(void)zone_footer(bytes_of(data, size));
	if (zone_read(bytes_of(data, size), &zone, &err) != ERR_OK)
		return 0;
	clock = clock_of(zone);
	for (unsigned i = 0; i < STEPS; i++) {
		int64_t before = at;

		hold_local(zone, at + zone_offset_at(zone, at));
		hold_local(zone, at - 1800);
		(void)clock_to_utc(&clock, at, &local);
		if (!zone_next_change(zone, at, &at))
			at += 40000000;
		FUZZ_CHECK(at > before);
	}
	zone_free(zone);
	return 0;
}
