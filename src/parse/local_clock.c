/* SPDX-License-Identifier: Apache-2.0 */
/* Local times of a log, in its order, become times of UTC. */
#include "base/base.h"
#include "parse/inside.h"

/* Lines may be so much out of order. */
#define SLACK_S INT64_C(300)
/* How far a change of the offset reaches: no two clocks differ more. */
#define REACH_S	 INT64_C(187200)
#define HOUR_S INT64_C(3600)
#define CHUNK_S	 INT64_C(31622400) /* looked ahead for a change */

struct local_clock clock_of(const struct zone *zone)
{
	return (struct local_clock){.zone = zone};
}

const char *event_local_words(enum event_local local)
{
	static const char *const words[N_EVENT_LOCALS] = {
		[EVENT_ONCE] = "",
		[EVENT_EITHER] = ", twice there: the first",
		[EVENT_SECOND] = ", twice there: the second, by the order",
		[EVENT_NEVER] = ", no such time there",
	};

	return words[local];
}

/* The offset does not change from there for a year, or up to the change. */
static void look_ahead(struct local_clock *k, int64_t utc_s)
{
	int64_t next, at = utc_s - 2 * REACH_S;

	k->offset_s = zone_offset_at(k->zone, utc_s);
	if (zone_next_change(k->zone, at, &next) && next <= utc_s + REACH_S) {
		k->from_s = k->until_s = 0;
		return;
	}
	if (!zone_next_change(k->zone, utc_s, &next) || next > utc_s + CHUNK_S)
		next = utc_s + CHUNK_S;
	k->from_s = utc_s + k->offset_s;
	k->until_s = next + k->offset_s - REACH_S;
}

int64_t clock_to_utc(struct local_clock *k, int64_t local_s,
		     enum event_local *local)
{
	int64_t utc_s[2];
	enum zone_local is;

	*local = EVENT_ONCE;
	if (local_s >= k->from_s && local_s < k->until_s) {
		utc_s[0] = local_s - k->offset_s;
	} else {
		is = zone_from_local(k->zone, local_s, utc_s);
		if (is == LOCAL_NEVER)
			*local = EVENT_NEVER;
		else if (is == LOCAL_TWICE)
			*local = EVENT_EITHER;
		else
			look_ahead(k, utc_s[0]);
	}
	if (*local == EVENT_EITHER && k->has_last &&
	    k->last_s > utc_s[0] + SLACK_S && k->last_s <= utc_s[1] + HOUR_S) {
		*local = EVENT_SECOND;
		utc_s[0] = utc_s[1];
	}
	k->has_last = true;
	k->last_s = utc_s[0];
	return utc_s[0];
}
