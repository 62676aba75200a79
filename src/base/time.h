/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times. A point in time is int64 nanoseconds since 1970-01-01 UTC, a
 * duration is nanoseconds too; names end in _ns. TIME_UNKNOWN stands for
 * "the source gave none". Leap seconds as POSIX has them.
 */
#ifndef HALLIGAN_BASE_TIME_H
#define HALLIGAN_BASE_TIME_H

#include "base/base.h"
#include "base/bytes.h"

#define NS_PER_S     INT64_C(1000000000)
#define NS_PER_MS    INT64_C(1000000)
#define NS_PER_US    INT64_C(1000)
#define TIME_UNKNOWN INT64_MIN

int64_t time_now_ns(void);  /* the wall clock */
int64_t time_mono_ns(void); /* a clock that only goes forward */
int64_t time_from_spec(struct timespec ts);
int64_t time_from_parts(int64_t s, int64_t rest_ns);

/* How many digits of the second are shown. */
enum time_digits { TIME_S = 0, TIME_MS = 3, TIME_US = 6, TIME_NS = 9 };

#define TIME_TEXT_MAX 48

/* Days since 1970-01-01, of the proleptic Gregorian calendar; and the year
 * that such a day is in. */
int64_t date_days(int64_t year, int64_t month, int64_t day);
int64_t date_year(int64_t days);

/*
 * RFC 3339 in UTC: 2026-11-21T22:14:05.123456+00:00. TIME_UNKNOWN gives "-".
 * Returns out.
 */
const char *time_format(int64_t when_ns, enum time_digits digits,
			char out[TIME_TEXT_MAX]);

/* For people: 2026-11-21 22:14:05Z. Returns out. */
const char *time_format_short(int64_t when_ns, char out[TIME_TEXT_MAX]);

/* "41m", "2h10", "3d": for ages and ETAs. Returns out. */
const char *time_format_span(int64_t span_ns, char out[TIME_TEXT_MAX]);

/* Reads RFC 3339 (offset or Z; a space for the T is fine). False on junk. */
bool time_parse(struct bytes s, int64_t *when_ns);

#endif
