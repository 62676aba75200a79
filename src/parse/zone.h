/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time zone: which offset from UTC there was when. Out of a file of the
 * tz database (TZif, RFC 8536) or of rules as the variable TZ of POSIX has
 * them. Bytes of strangers: read in a jail, and never more than ZONE_BYTES_MAX
 * of them. A zone does not change once it is read. Any thread.
 */
#ifndef HALLIGAN_PARSE_ZONE_H
#define HALLIGAN_PARSE_ZONE_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

#define ZONE_BYTES_MAX ((size_t)64 << 10)

struct zone;

/* TZif of version 1 to 4, "CET-1CEST,M3.5.0,M10.5.0/3", or "+02:00". */
enum err_code zone_read(struct bytes b, struct zone **zone,
			struct err *err) MUST_CHECK;
void zone_free(struct zone *zone); /* NULL is fine */

/* What comes after the last change, as TZ has it; empty: not said. Of text
 * that was read it is that. */
struct bytes zone_rules(const struct zone *zone);

/* The same off the end of a TZif that nobody read yet: text of a stranger. */
struct bytes zone_footer(struct bytes tzif);

/* Changes that are listed. */
size_t zone_n_changes(const struct zone *zone);

/* Seconds east of UTC. */
int64_t zone_offset_at(const struct zone *zone, int64_t utc_s);

/* The first time behind it at which something changes; false: there is none. */
bool zone_next_change(const struct zone *zone, int64_t utc_s, int64_t *next_s);

/* What a time on a clock there means. */
enum zone_local {
	LOCAL_ONCE,  /* one moment */
	LOCAL_TWICE, /* two: clocks were set back over it */
	LOCAL_NEVER, /* none: clocks were set forward over it */
};

/* It is utc_s[0], or also utc_s[1], which is later; LOCAL_NEVER: utc_s[0] is
 * by the offset from before the change. */
enum zone_local zone_from_local(const struct zone *zone, int64_t local_s,
				int64_t utc_s[2]);

/* ---- names, time_zone.c ---- */

#define ZONE_NAME_MAX 100u

/* "Europe/Berlin": one that may be looked for in a folder of zones. */
bool zone_name_is(struct bytes name);
/* That of /usr/share/zoneinfo/Europe/Berlin; else nothing. */
struct bytes zone_name_of(struct bytes path);

/* ---- rules, zone_rules.c ---- */

/* When, of each year, clocks are set. */
struct zone_rule {
	enum { RULE_JULIAN, /* Jn: 29 February is never counted */
	       RULE_DAY,    /* n: days from 0, with it */
	       RULE_WEEK,   /* Mm.w.d */
	} kind;
	int month, week, day;
	int64_t time_s; /* of that day, by the clock that is in force; may be
			   of another day */
};

struct zone_rules {
	int64_t offset_s, summer_s; /* east of UTC */
	bool has_summer;
	struct zone_rule begin, end; /* of summer time */
};

/* False: it is none. */
bool zone_rules_read(struct bytes text, struct zone_rules *rules);

int64_t zone_rules_offset(const struct zone_rules *rules, int64_t utc_s);

bool zone_rules_next(const struct zone_rules *rules, int64_t utc_s,
		     int64_t *next_s);

#endif
