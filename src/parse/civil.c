/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendar times as texts have them, to points in time. Without libc's
 * calendar, whose answer depends on this machine's zone and files.
 */
#include "base/base.h"
#include "parse/inside.h"

bool civil_is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t month_days(int64_t year, int64_t month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
				       31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && civil_is_leap(year));
}

int64_t civil_year_s(int64_t s)
{
	return date_year(s / 86400 - (s % 86400 < 0));
}

bool civil_is_valid(const struct civil *c)
{
	return c->year >= 1678 && c->year <= 2261 && c->month >= 1 &&
	       c->month <= 12 && c->day >= 1 &&
	       c->day <= month_days(c->year, c->month) && c->hour >= 0 &&
	       c->hour <= 23 && c->minute >= 0 && c->minute <= 59 &&
	       c->second >= 0 && c->second <= 60 && c->ns >= 0 &&
	       c->ns < NS_PER_S && c->offset_s > -86400 && c->offset_s < 86400;
}

bool civil_take_fraction(struct bytes *rest, struct civil *c)
{
	size_t digits = 0;

	while (rest->n && rest->p[0] >= '0' && rest->p[0] <= '9') {
		if (digits < 9) {
			c->precision_ns /= 10;
			c->ns += (rest->p[0] - '0') * c->precision_ns;
			digits++;
		}
		*rest = bytes_skip(*rest, 1);
	}
	return digits > 0;
}

bool civil_take_clock(struct bytes *rest, struct civil *c)
{
	struct bytes at = *rest;

	c->ns = 0;
	c->precision_ns = NS_PER_S;
	if (!take_number(&at, 2, &c->hour) || !take_byte(&at, ':') ||
	    !take_number(&at, 2, &c->minute) || !take_byte(&at, ':') ||
	    !take_number(&at, 2, &c->second))
		return false;
	*rest = at;
	if ((take_byte(&at, '.') || take_byte(&at, ',')) &&
	    civil_take_fraction(&at, c))
		*rest = at;
	return true;
}

bool civil_take_date(struct bytes *rest, const char *seps, struct civil *c)
{
	struct bytes at = *rest;
	uint8_t sep;

	if (!take_number(&at, 4, &c->year) || at.n == 0 ||
	    !strchr(seps, sep = at.p[0]) || !take_byte(&at, sep) ||
	    !take_number(&at, 2, &c->month) || !take_byte(&at, sep) ||
	    !take_number(&at, 2, &c->day))
		return false;
	*rest = at;
	return true;
}

static bool is_of_name(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
}

bool civil_take_offset(struct bytes *rest, struct civil *c)
{
	struct bytes at = *rest;
	int64_t sign = 1, hours, minutes = 0;

	(void)take_byte(&at, ' ');
	if (take_byte(&at, 'Z') || take_byte(&at, 'z')) {
		if (at.n && is_of_name(at.p[0])) /* a host called "zoe" */
			return false;
		c->offset_s = 0;
	} else {
		if (take_byte(&at, '-'))
			sign = -1;
		else if (!take_byte(&at, '+'))
			return false;
		if (!take_number(&at, 2, &hours))
			return false;
		(void)take_byte(&at, ':');
		(void)take_number(&at, 2, &minutes);
		c->offset_s = sign * (hours * 3600 + minutes * 60);
	}
	c->has_offset = true;
	*rest = at;
	return true;
}

bool civil_take_iso(struct bytes *rest, struct civil *c)
{
	struct bytes at = *rest;

	*c = (struct civil){.year = 0};
	if (!civil_take_date(&at, "-/", c) ||
	    !(take_byte(&at, 'T') || take_byte(&at, ' ')))
		return false;
	(void)take_byte(&at, ' '); /* apt writes two */
	if (!civil_take_clock(&at, c))
		return false;
	*rest = at;
	if (civil_take_offset(&at, c))
		*rest = at;
	return civil_is_valid(c);
}

bool civil_take_ctime(struct bytes *rest, struct civil *c)
{
	struct bytes at = *rest;

	*c = (struct civil){.year = 0};
	if (!take_month(&at, &c->month)) {
		(void)take_word(&at); /* the day's name */
		if (!take_month(&at, &c->month))
			return false;
	}
	while (take_byte(&at, ' '))
		;
	if (!take_number(&at, 2, &c->day) || !take_byte(&at, ' ') ||
	    !civil_take_clock(&at, c) || !take_byte(&at, ' ') ||
	    !take_number(&at, 4, &c->year) || !civil_is_valid(c))
		return false;
	*rest = at;
	return true;
}

bool civil_take_zone(struct bytes *rest, struct civil *c)
{
	/* Minutes east of UTC. IST and CST are each of two zones. */
	static const struct {
		const char *name;
		int minutes;
	} zones[] = {
		{"UTC", 0},     {"GMT", 0},     {"Z", 0},      {"WET", 0},
		{"WEST", 60},   {"BST", 60},    {"CET", 60},   {"CEST", 120},
		{"MEZ", 60},    {"MESZ", 120},  {"EET", 120},  {"EEST", 180},
		{"SAST", 120},  {"MSK", 180},   {"JST", 540},  {"KST", 540},
		{"HKT", 480},   {"SGT", 480},   {"AWST", 480}, {"ACST", 570},
		{"ACDT", 630},  {"AEST", 600},  {"AEDT", 660}, {"NZST", 720},
		{"NZDT", 780},  {"NST", -210},  {"NDT", -150}, {"AST", -240},
		{"ADT", -180},  {"EST", -300},  {"EDT", -240}, {"CDT", -300},
		{"MST", -420},  {"MDT", -360},  {"PST", -480}, {"PDT", -420},
		{"AKST", -540}, {"AKDT", -480}, {"HST", -600},
	};
	struct bytes at = *rest, word;

	if (civil_take_offset(rest, c))
		return true;
	word = take_word(&at);
	if (word.n == 0 || word.n > 5)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (bytes_eq(word, bytes_str(zones[i].name))) {
			c->has_offset = true;
			c->offset_s = zones[i].minutes * 60;
		}
	*rest = at;
	return true;
}

bool civil_event(const struct civil *c, const struct parse_input *in,
		 struct parse_event *e)
{
	int64_t s;

	if (!civil_is_valid(c))
		return false;
	s = date_days(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
	    c->minute * 60 + c->second;
	e->local = EVENT_ONCE;
	e->source = c->has_offset ? SOURCE_OFFSET : SOURCE_ASSUMED;
	if (c->has_offset) {
		s -= c->offset_s;
	} else if (in->clock) {
		e->source = SOURCE_HOST;
		s = clock_to_utc(in->clock, s, &e->local);
	}
	e->time_ns = time_from_parts(s, c->ns);
	e->precision_ns = c->precision_ns ? c->precision_ns : NS_PER_S;
	return true;
}

bool civil_event_utc(struct civil *c, struct parse_event *e)
{
	static const struct parse_input any = {.mtime_ns = TIME_UNKNOWN};

	c->has_offset = true;
	if (!civil_event(c, &any, e))
		return false;
	e->source = SOURCE_UTC;
	return true;
}
