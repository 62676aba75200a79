/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which year it was, of logs whose lines do not say: the last line is of the
 * newest year in which it is not later than the file, nor than the next one of
 * a rotated log begins (and a day, for clocks that disagree); going backwards
 * a line that would be later than the one behind it (and a day) is of the year
 * before.
 */
#include "base/base.h"
#include "parse/inside.h"

#define DAY_S        INT64_C(86400)
#define SEGMENTS_MAX 4096u

/* Lines between two turns of a year. */
struct segment {
	uint64_t offset; /* of its first line */
	bool leap;       /* it has a 29th of February */
	int64_t year;
};

static int64_t seconds_of(const struct civil *c, int64_t year)
{
	return date_days(year, c->month, c->day) * DAY_S + c->hour * 3600 +
	       c->minute * 60 + c->second;
}

static bool add_segment(struct years *y, uint64_t offset)
{
	if (y->n == SEGMENTS_MAX)
		return false;
	y->segments[y->n++] = (struct segment){.offset = offset};
	return true;
}

/* The newest year in which the last line is not later than the file. */
static int64_t anchor_year(const struct years *y, const struct civil *last)
{
	int64_t until = y->in->mtime_ns != TIME_UNKNOWN ? y->in->mtime_ns
							: y->in->taken_ns;
	int64_t year;

	if (y->in->not_after_ns &&
	    (until == TIME_UNKNOWN || y->in->not_after_ns < until))
		until = y->in->not_after_ns;
	if (until == TIME_UNKNOWN)
		return 1970;
	until = until / NS_PER_S + DAY_S;
	if (y->in->clock)
		until += zone_offset_at(y->in->clock->zone, until);
	year = civil_year_s(until);
	return seconds_of(last, year) > until ? year - 1 : year;
}

/* Backwards from the last: the years of all segments. */
static void date_segments(struct years *y, int64_t year)
{
	for (size_t i = y->n; i-- > 0; year--) {
		while (y->segments[i].leap && !civil_is_leap(year))
			year--;
		y->segments[i].year = year;
	}
}

static void find_years(struct years *y)
{
	struct civil last = {.year = 0}, c;
	int64_t before = INT64_MIN;
	struct line line;
	uint64_t at = 0;

	y->segments = xcalloc(SEGMENTS_MAX, sizeof *y->segments);
	while (next_line(y->in->content, &at, &line)) {
		int64_t now;

		if (!y->take(line.text, &c))
			continue;
		now = seconds_of(&c, 2000);
		if ((before == INT64_MIN || now < before - DAY_S) &&
		    !add_segment(y, line.offset))
			return; /* this is no log, or one of ages */
		y->segments[y->n - 1].leap |= c.month == 2 && c.day == 29;
		before = now;
		last = c;
	}
	if (y->n)
		date_segments(y, anchor_year(y, &last));
}

int64_t years_at(struct years *y, uint64_t offset)
{
	if (!y->segments)
		find_years(y);
	while (y->at + 1 < y->n && y->segments[y->at + 1].offset <= offset)
		y->at++;
	return y->n ? y->segments[y->at].year : 1970;
}

void years_release(struct years *y)
{
	free(y->segments);
	y->segments = NULL;
}
