/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of a zone as the variable TZ of POSIX has them, with what RFC 8536
 * adds (3.3.1: hours of a rule from -167 to 167): "CET-1CEST,M3.5.0,M10.5.0/3".
 * They are also the last line of TZif.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/zone.h"

#define DAY_S	   INT64_C(86400)
#define OFFSET_H   24 /* hours of an offset */
#define RULE_H	   167
#define RULE_TIME  INT64_C(7200) /* where it names no time */
#define NAME_LEAST 3u

/* ---- reading ---- */

/* "CET", or "<+02>" with digits and signs in it. */
static bool take_name(struct bytes *rest)
{
	bool quoted = take_byte(rest, '<');
	size_t n = 0;

	while (n < rest->n) {
		uint8_t c = rest->p[n];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && !(quoted && ((c >= '0' && c <= '9') ||
					    c == '+' || c == '-')))
			break;
		n++;
	}
	*rest = bytes_skip(*rest, n);
	return n >= NAME_LEAST && (!quoted || take_byte(rest, '>'));
}

/* "[+-]hh[:mm[:ss]]", in seconds. */
static bool take_time(struct bytes *rest, int64_t hours_max, int64_t *s)
{
	bool minus = take_byte(rest, '-');
	int64_t h, m = 0, sec = 0;

	if (!minus)
		(void)take_byte(rest, '+');
	if (!take_number(rest, 3, &h) || h > hours_max)
		return false;
	if (take_byte(rest, ':') && (!take_number(rest, 2, &m) || m > 59))
		return false;
	if (take_byte(rest, ':') && (!take_number(rest, 2, &sec) || sec > 59))
		return false;
	*s = (h * 60 + m) * 60 + sec;
	if (minus)
		*s = -*s;
	return true;
}

static bool take_in_range(struct bytes *rest, int least, int most, int *out)
{
	int64_t n;

	if (!take_number(rest, 3, &n) || n < least || n > most)
		return false;
	*out = (int)n;
	return true;
}

/* ",M3.5.0/2" */
static bool take_rule(struct bytes *rest, struct zone_rule *r)
{
	bool ok;

	*r = (struct zone_rule){.kind = RULE_DAY, .time_s = RULE_TIME};
	if (!take_byte(rest, ','))
		return false;
	if (take_byte(rest, 'J')) {
		r->kind = RULE_JULIAN;
		ok = take_in_range(rest, 1, 365, &r->day);
	} else if (take_byte(rest, 'M')) {
		r->kind = RULE_WEEK;
		ok = take_in_range(rest, 1, 12, &r->month) &&
		     take_byte(rest, '.') &&
		     take_in_range(rest, 1, 5, &r->week) &&
		     take_byte(rest, '.') &&
		     take_in_range(rest, 0, 6, &r->day);
	} else {
		ok = take_in_range(rest, 0, 365, &r->day);
	}
	if (ok && take_byte(rest, '/'))
		ok = take_time(rest, RULE_H, &r->time_s);
	return ok;
}

/* Summer time without rules: what POSIX leaves open, tz code takes for those
 * of the USA. */
static const struct zone_rule usual_begin = {RULE_WEEK, 3, 2, 0, RULE_TIME},
			      usual_end = {RULE_WEEK, 11, 1, 0, RULE_TIME};

static bool take_summer(struct bytes *rest, struct zone_rules *rules)
{
	int64_t west;

	if (!take_name(rest))
		return false;
	rules->has_summer = true;
	rules->summer_s = rules->offset_s + 3600;
	rules->begin = usual_begin;
	rules->end = usual_end;
	if (rest->n && rest->p[0] != ',') {
		if (!take_time(rest, OFFSET_H, &west))
			return false;
		rules->summer_s = -west;
	}
	return rest->n == 0 || (take_rule(rest, &rules->begin) &&
				take_rule(rest, &rules->end) && rest->n == 0);
}

bool zone_rules_read(struct bytes text, struct zone_rules *rules)
{
	int64_t west;

	*rules = (struct zone_rules){.offset_s = 0};
	if (!take_name(&text) || !take_time(&text, OFFSET_H, &west))
		return false;
	rules->offset_s = -west;
	return text.n == 0 || take_summer(&text, rules);
}

/* ---- when clocks are set ---- */

/* Seconds since 1970 by the clock there. */
static int64_t moment(const struct zone_rule *r, int64_t year)
{
	int64_t first = date_days(year, 1, 1), day;

	if (r->kind == RULE_DAY) {
		day = first + r->day;
	} else if (r->kind == RULE_JULIAN) {
		day = first + r->day - 1;
		if (civil_is_leap(year) && r->day >= 60)
			day++;
	} else {
		int64_t next = r->month == 12
				       ? date_days(year + 1, 1, 1)
				       : date_days(year, r->month + 1, 1);
		int64_t weekday;

		day = date_days(year, r->month, 1);
		weekday = ((day + 4) % 7 + 7) % 7; /* 1970: a Thursday */
		day += (r->day - weekday + 7) % 7 + 7 * (r->week - 1);
		while (day >= next) /* 5: the last one */
			day -= 7;
	}
	return day * DAY_S + r->time_s;
}

/* A setting of the clocks, in UTC. */
struct setting {
	int64_t at;
	bool summer;
};

#define N_SETTINGS 6u

/* Those of the years around it, in order. At one moment the beginning counts:
 * a zone that has summer time all year ends and begins it at once. */
static void settings_around(const struct zone_rules *rules, int64_t utc_s,
			    struct setting v[N_SETTINGS])
{
	int64_t year = civil_year_s(utc_s + rules->offset_s);

	for (size_t i = 0; i < N_SETTINGS; i++) {
		int64_t y = year - 1 + (int64_t)i / 2;
		bool summer = i % 2 == 1;
		struct setting s = {
			moment(summer ? &rules->begin : &rules->end, y) -
				(summer ? rules->offset_s : rules->summer_s),
			summer};
		size_t k = i;

		while (k && (v[k - 1].at > s.at ||
			     (v[k - 1].at == s.at && v[k - 1].summer &&
			      !s.summer))) {
			v[k] = v[k - 1];
			k--;
		}
		v[k] = s;
	}
}

int64_t zone_rules_offset(const struct zone_rules *rules, int64_t utc_s)
{
	struct setting v[N_SETTINGS];
	bool summer = false;

	if (!rules->has_summer)
		return rules->offset_s;
	settings_around(rules, utc_s, v);
	for (size_t i = 0; i < N_SETTINGS && v[i].at <= utc_s; i++)
		summer = v[i].summer;
	return summer ? rules->summer_s : rules->offset_s;
}

bool zone_rules_next(const struct zone_rules *rules, int64_t utc_s,
		     int64_t *next_s)
{
	struct setting v[N_SETTINGS];

	if (!rules->has_summer)
		return false;
	settings_around(rules, utc_s, v);
	for (size_t i = 0; i < N_SETTINGS; i++)
		if (v[i].at > utc_s) {
			*next_s = v[i].at;
			return true;
		}
	return false;
}
