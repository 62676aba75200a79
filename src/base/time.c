/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds since the epoch, to and from RFC 3339. */
#include "base/base.h"
#include "base/time.h"

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) != 0)
		BUG("clock %d", (int)clock);
	return time_from_spec(ts);
}

int64_t time_now_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t time_mono_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t time_from_parts(int64_t s, int64_t rest_ns)
{
	int64_t ns;

	if (__builtin_mul_overflow(s, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, rest_ns, &ns))
		return TIME_UNKNOWN;
	return ns;
}

int64_t time_from_spec(struct timespec ts)
{
	return time_from_parts(ts.tv_sec, ts.tv_nsec);
}

/*
 * Not timegm and gmtime: where a time_t has 32 bits they end in 2038, and they
 * want files of zones for what has none. Counted from March on the leap day is
 * the last of its year, and the days before a month are (153 m + 2) / 5.
 */
int64_t date_days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

	return era * 146097 + days - 719468;
}

int64_t date_year(int64_t days)
{
	int64_t year = 1970 + days / 366; /* never too late */

	if (days < 0)
		year = 1970 + days / 365 - 1;
	while (date_days(year + 1, 1, 1) <= days)
		year++;
	return year;
}

static void date_of(int64_t days, struct tm *tm)
{
	int64_t year = date_year(days), month = 12;

	while (date_days(year, month, 1) > days)
		month--;
	tm->tm_year = (int)year - 1900;
	tm->tm_mon = (int)month - 1;
	tm->tm_mday = (int)(days - date_days(year, month, 1)) + 1;
}

/* Whole units of n, which keeps the rest; down for times before 1970. */
static int64_t cut(int64_t *n, int64_t unit)
{
	int64_t rest = *n % unit, whole = *n / unit - (rest < 0);

	*n = rest < 0 ? rest + unit : rest;
	return whole;
}

/* Of 64 bits of nanoseconds all years have four digits. */
static bool split(int64_t when_ns, struct tm *tm, int64_t *rest_ns)
{
	int64_t s;

	if (when_ns == TIME_UNKNOWN)
		return false;
	*rest_ns = when_ns;
	s = cut(rest_ns, NS_PER_S);
	date_of(cut(&s, 86400), tm);
	tm->tm_hour = (int)(s / 3600);
	tm->tm_min = (int)(s / 60 % 60);
	tm->tm_sec = (int)(s % 60);
	return true;
}

const char *time_format(int64_t when_ns, enum time_digits digits,
			char out[TIME_TEXT_MAX])
{
	char fraction[16] = "";
	int64_t rest;
	struct tm tm;

	if (!split(when_ns, &tm, &rest))
		return strncpy(out, "-", TIME_TEXT_MAX);
	if (digits) {
		(void)snprintf(fraction, sizeof fraction, ".%09" PRId64, rest);
		fraction[1 + digits] = '\0';
	}
	(void)snprintf(out, TIME_TEXT_MAX,
		       "%04d-%02d-%02dT%02d:%02d:%02d%s+00:00",
		       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		       tm.tm_min, tm.tm_sec, fraction);
	return out;
}

const char *time_format_short(int64_t when_ns, char out[TIME_TEXT_MAX])
{
	int64_t rest;
	struct tm tm;

	if (!split(when_ns, &tm, &rest))
		return strncpy(out, "-", TIME_TEXT_MAX);
	(void)snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02d %02d:%02d:%02dZ",
		       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		       tm.tm_min, tm.tm_sec);
	return out;
}

const char *time_format_span(int64_t span_ns, char out[TIME_TEXT_MAX])
{
	int64_t s = span_ns / NS_PER_S;

	if (s < 0)
		s = 0;
	if (s < 60)
		(void)snprintf(out, TIME_TEXT_MAX, "%" PRId64 "s", s);
	else if (s < 3600)
		(void)snprintf(out, TIME_TEXT_MAX, "%" PRId64 "m", s / 60);
	else if (s < 86400)
		(void)snprintf(out, TIME_TEXT_MAX, "%" PRId64 "h%02" PRId64,
			       s / 3600, s / 60 % 60);
	else
		(void)snprintf(out, TIME_TEXT_MAX, "%" PRId64 "d", s / 86400);
	return out;
}

/* Takes exactly n digits off s. */
static bool digits(struct bytes *s, size_t n, int *out)
{
	uint64_t v;

	if (s->n < n || !bytes_to_u64(bytes_of(s->p, n), &v))
		return false;
	*s = bytes_skip(*s, n);
	*out = (int)v;
	return true;
}

static bool one_of(struct bytes *s, const char *set)
{
	if (s->n == 0 || s->p[0] == '\0' || !strchr(set, s->p[0]))
		return false;
	*s = bytes_skip(*s, 1);
	return true;
}

static int64_t fraction_ns(struct bytes *s)
{
	int64_t ns = 0, scale = NS_PER_S / 10;

	while (s->n && s->p[0] >= '0' && s->p[0] <= '9') {
		ns += (s->p[0] - '0') * scale;
		scale /= 10;
		*s = bytes_skip(*s, 1);
	}
	return ns;
}

static bool offset_s(struct bytes s, int *out)
{
	int sign, h, m;

	*out = 0;
	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z'))
		return true;
	sign = s.n && s.p[0] == '-' ? -1 : 1;
	if (!one_of(&s, "+-") || !digits(&s, 2, &h))
		return false;
	(void)one_of(&s, ":");
	if (!digits(&s, 2, &m) || s.n || h > 23 || m > 59)
		return false;
	*out = sign * (h * 3600 + m * 60);
	return true;
}

bool time_parse(struct bytes s, int64_t *when_ns)
{
	int year, month, offset;
	struct tm tm = {0};
	int64_t rest = 0;

	if (!digits(&s, 4, &year) || !one_of(&s, "-") ||
	    !digits(&s, 2, &month) || !one_of(&s, "-") ||
	    !digits(&s, 2, &tm.tm_mday) || !one_of(&s, "Tt ") ||
	    !digits(&s, 2, &tm.tm_hour) || !one_of(&s, ":") ||
	    !digits(&s, 2, &tm.tm_min) || !one_of(&s, ":") ||
	    !digits(&s, 2, &tm.tm_sec))
		return false;
	if (one_of(&s, "."))
		rest = fraction_ns(&s);
	if (!offset_s(s, &offset) || month < 1 || month > 12 ||
	    tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	*when_ns = time_from_parts(date_days(year, month, tm.tm_mday) * 86400 +
					   tm.tm_hour * 3600 + tm.tm_min * 60 +
					   tm.tm_sec - offset,
				   rest);
	return *when_ns != TIME_UNKNOWN;
}
