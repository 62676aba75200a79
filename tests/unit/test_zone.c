/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones: rules and TZif, held against libc; and local times by them. */
#include "unit/parse_kit.h"

#include <time.h>

#include "base/fs.h"
#include "base/time.h"

static int64_t utc(const char *text)
{
	int64_t ns;

	assert_true(time_parse(bytes_str(text), &ns));
	return ns / NS_PER_S;
}

/* ---- rules ---- */

static void rules_say_which_offset(void **state UNUSED)
{
	static const struct {
		const char *rules, *at;
		int64_t offset_s;
	} rows[] = {
		{"UTC0", "2020-01-01T00:00:00Z", 0},
		{"+02:00", "2020-07-01T00:00:00Z", 7200},
		{"-0730", "2020-07-01T00:00:00Z", -27000},
		{"<+0545>-5:45", "2020-07-01T00:00:00Z", 20700},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-03-27T00:59:59Z", 3600},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-03-27T01:00:00Z", 7200},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-10-30T00:59:59Z", 7200},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-10-30T01:00:00Z", 3600},
		/* south of the equator summer goes over New Year */
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2023-01-01T00:00:00Z", 39600},
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2023-07-01T00:00:00Z", 36000},
		/* half an hour */
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2023-04-01T14:59:59Z",
		 39600},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2023-04-01T15:00:00Z",
		 37800},
		/* summer time that is behind, of Dublin */
		{"IST-1GMT0,M10.5.0,M3.5.0/1", "2023-01-01T00:00:00Z", 0},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", "2023-07-01T00:00:00Z", 3600},
		/* days of the year, with and without 29 February */
		{"AAA3BBB,J60/0,J300/0", "2024-03-01T02:59:59Z", -10800},
		{"AAA3BBB,J60/0,J300/0", "2024-03-01T03:00:00Z", -7200},
		{"AAA3BBB,59/0,300/0", "2024-02-29T03:00:00Z", -7200},
		{"AAA3BBB,59/0,300/0", "2023-03-01T02:59:59Z", -10800},
		/* all year (RFC 8536, 3.3.1), and hours of the day before */
		{"EST5EDT,0/0,J365/25", "2023-12-31T12:00:00Z", -14400},
		{"EST5EDT,0/0,J365/25", "2024-01-01T05:00:00Z", -14400},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z",
		 -7200},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T01:00:00Z",
		 -3600},
		/* no rules: those of the USA */
		{"EST5EDT", "2024-03-10T06:59:59Z", -18000},
		{"EST5EDT", "2024-03-10T07:00:00Z", -14400},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct zone *zone = zone_of(bytes_str(rows[i].rules));
		int64_t offset = zone_offset_at(zone, utc(rows[i].at));

		if (offset != rows[i].offset_s)
			fail_msg("%s at %s is %lld", rows[i].rules, rows[i].at,
				 (long long)offset);
		zone_free(zone);
	}
}

static void junk_is_no_zone(void **state UNUSED)
{
	static const char *const junk[] = {
		"",          "eleven",          "CE1",
		"CET",       "CET-1CEST,",      "CET-1CEST,M13.1.0,M1.1.0",
		"CET-25",    "<CET-1",          "CET-1CEST,M3.5.0,M10.5.0/168",
		"+25:00",    "CET-1CEST,J0,J1", "CET-1 ",
		"TZif",      "+02:00x",         "CET-1CEST,M3.5.0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(junk); i++) {
		struct zone *zone = NULL;
		struct err err;

		if (zone_read(bytes_str(junk[i]), &zone, &err) == ERR_OK)
			fail_msg("'%s' is taken for a zone", junk[i]);
	}
}

/* ---- TZif, out of this tree ---- */

static struct buf seed(const char *name)
{
	struct buf file;
	struct err err;
	char *path = xasprintf("%s/tests/fuzz/seeds/zone/%s",
			       getenv("HALLIGAN_SRCDIR"), name);

	buf_init(&file, ZONE_BYTES_MAX);
	assert_ok(fs_read(path, &file, &err), err);
	free(path);
	return file;
}

static void versions_of_tzif(void **state UNUSED)
{
	static const struct {
		const char *name, *at;
		int64_t offset_s;
	} rows[] = {
		{"v1", "1996-03-31T00:59:59Z", 3600},
		{"v1", "1996-03-31T01:00:00Z", 7200},
		{"v1", "2020-07-01T00:00:00Z", 3600}, /* no rules in it */
		{"v2", "1850-01-01T00:00:00Z", 3208},
		{"v2", "1996-03-31T01:00:00Z", 7200},
		{"v2", "2020-07-01T00:00:00Z", 7200},
		{"v2-no-rules", "2020-07-01T00:00:00Z", 3600},
		{"v2-fixed", "1950-01-01T00:00:00Z", 19800},
		{"v3", "2024-03-31T01:00:00Z", -3600},
		{"lord-howe", "2024-01-01T00:00:00Z", 39600},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf file = seed(rows[i].name);
		struct zone *zone = zone_of(buf_bytes(&file));
		int64_t offset = zone_offset_at(zone, utc(rows[i].at));

		if (offset != rows[i].offset_s)
			fail_msg("%s at %s is %lld", rows[i].name, rows[i].at,
				 (long long)offset);
		zone_free(zone);
		buf_release(&file);
	}
}

static void damaged_tzif_is_refused(void **state UNUSED)
{
	struct buf file = seed("v2");
	struct bytes whole = buf_bytes(&file);
	struct zone *zone = NULL;
	struct err err;

	assert_true(bytes_eq(zone_footer(whole),
			     bytes_str("CET-1CEST,M3.5.0,M10.5.0/3")));
	for (size_t n = 0; n < whole.n; n++)
		assert_int_not_equal(
			zone_read(bytes_of(whole.p, n), &zone, &err), ERR_OK);
	buf_release(&file);
	file = seed("falling");
	assert_int_equal(zone_read(buf_bytes(&file), &zone, &err), ERR_FORMAT);
	buf_release(&file);
}

/* ---- this machine's tz database, and libc over it ---- */

static const char *const zones[] = {
	"Europe/Berlin",      "America/New_York", "Australia/Sydney",
	"Australia/Lord_Howe", "Asia/Kolkata",    "America/Sao_Paulo",
	"Africa/Casablanca",  "Pacific/Apia",     "Asia/Tehran",
	"Antarctica/Troll",   "Europe/Dublin",    "Europe/Moscow",
	"America/Nuuk",       "Asia/Kathmandu",   "Etc/GMT+5",
	"America/Caracas",    "Pacific/Kiritimati", "UTC",
};

#define FROM_S	INT64_C(-3000000000) /* 1874 */
#define UNTIL_S INT64_C(4000000000)  /* 2096 */
#define STEP_S	INT64_C(77777)

static struct zone *zone_named(const char *name)
{
	char *path = xasprintf("/usr/share/zoneinfo/%s", name);
	struct zone *zone = NULL;
	struct buf file;
	struct err err;

	buf_init(&file, ZONE_BYTES_MAX);
	if (fs_read(path, &file, &err) == ERR_OK)
		zone = zone_of(buf_bytes(&file));
	buf_release(&file);
	free(path);
	return zone;
}

static int64_t by_libc(int64_t s)
{
	struct tm tm;
	time_t t = (time_t)s;

	assert_non_null(localtime_r(&t, &tm));
	return tm.tm_gmtoff;
}

/* A moment's local time is that moment, or one of two. */
static void hold_back(const struct zone *zone, const char *name, int64_t s)
{
	int64_t back[2] = {0, 0};
	enum zone_local is =
		zone_from_local(zone, s + zone_offset_at(zone, s), back);

	if (is == LOCAL_NEVER ||
	    (back[0] != s && (is != LOCAL_TWICE || back[1] != s)))
		fail_msg("%s: %lld comes back as %lld", name, (long long)s,
			 (long long)back[0]);
}

static void hold_zone(const struct zone *zone, const char *name)
{
	int64_t at = FROM_S;

	for (int64_t s = FROM_S; s < UNTIL_S; s += STEP_S) {
		if (zone_offset_at(zone, s) != by_libc(s))
			fail_msg("%s at %lld is %lld, not %lld", name,
				 (long long)s,
				 (long long)zone_offset_at(zone, s),
				 (long long)by_libc(s));
		hold_back(zone, name, s);
	}
	/* and around each change */
	while (zone_next_change(zone, at, &at) && at < UNTIL_S)
		for (int64_t s = at - 7201; s <= at + 7201; s += 600) {
			assert_int_equal(zone_offset_at(zone, s), by_libc(s));
			hold_back(zone, name, s);
		}
}

static void zones_are_as_libc_has_them(void **state UNUSED)
{
	size_t held = 0;

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		struct zone *zone = zone_named(zones[i]);

		if (!zone)
			continue;
		assert_int_equal(setenv("TZ", zones[i], 1), 0);
		tzset();
		hold_zone(zone, zones[i]);
		zone_free(zone);
		held++;
	}
	if (held)
		return;
	print_message("no /usr/share/zoneinfo here: not held against libc\n");
	skip();
}

/* ---- local times ---- */

static void local_times_twice_and_never(void **state UNUSED)
{
	static const struct {
		const char *rules, *local;
		enum zone_local is;
		const char *first, *second;
	} rows[] = {
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-10-30T02:30:00Z",
		 LOCAL_TWICE, "2022-10-30T00:30:00Z", "2022-10-30T01:30:00Z"},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-10-30T03:00:00Z",
		 LOCAL_ONCE, "2022-10-30T02:00:00Z", NULL},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2022-03-27T02:30:00Z",
		 LOCAL_NEVER, "2022-03-27T01:30:00Z", NULL},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2023-04-02T01:45:00Z",
		 LOCAL_TWICE, "2023-04-01T14:45:00Z", "2023-04-01T15:15:00Z"},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2023-10-01T02:15:00Z",
		 LOCAL_NEVER, "2023-09-30T15:45:00Z", NULL},
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2023-12-31T23:30:00Z",
		 LOCAL_ONCE, "2023-12-31T12:30:00Z", NULL},
		{"+05:45", "2023-01-01T00:00:00Z", LOCAL_ONCE,
		 "2022-12-31T18:15:00Z", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct zone *zone = zone_of(bytes_str(rows[i].rules));
		int64_t got[2] = {0, 0};

		assert_int_equal(
			zone_from_local(zone, utc(rows[i].local), got),
			rows[i].is);
		assert_true(got[0] == utc(rows[i].first));
		assert_true(!rows[i].second ||
			    got[1] == utc(rows[i].second));
		zone_free(zone);
	}
}

/* A day that a country left out, and years with other rules. */
static void history_is_heeded(void **state UNUSED)
{
	struct zone *apia = zone_named("Pacific/Apia");
	struct zone *moscow = zone_named("Europe/Moscow");
	int64_t got[2];

	if (!apia || !moscow) {
		print_message("no /usr/share/zoneinfo here\n");
		skip();
	}
	assert_int_equal(
		zone_from_local(apia, utc("2011-12-30T12:00:00Z"), got),
		LOCAL_NEVER);
	assert_int_equal(zone_offset_at(moscow, utc("2012-01-01T00:00:00Z")),
			 14400);
	assert_int_equal(zone_offset_at(moscow, utc("2015-01-01T00:00:00Z")),
			 10800);
	zone_free(apia);
	zone_free(moscow);
}

/* The order of a log tells the second of two; a hole in it does not. */
static void order_tells_the_second(void **state UNUSED)
{
	static const struct {
		const char *local, *utc;
		enum event_local is;
	} rows[] = {
		{"2022-10-30T01:50:00Z", "2022-10-29T23:50:00Z", EVENT_ONCE},
		{"2022-10-30T02:10:00Z", "2022-10-30T00:10:00Z", EVENT_EITHER},
		{"2022-10-30T02:59:00Z", "2022-10-30T00:59:00Z", EVENT_EITHER},
		{"2022-10-30T02:58:30Z", "2022-10-30T00:58:30Z", EVENT_EITHER},
		{"2022-10-30T02:01:00Z", "2022-10-30T01:01:00Z", EVENT_SECOND},
		{"2022-10-30T02:30:00Z", "2022-10-30T01:30:00Z", EVENT_SECOND},
		{"2022-10-30T03:00:00Z", "2022-10-30T02:00:00Z", EVENT_ONCE},
		{"2022-10-30T02:59:50Z", "2022-10-30T01:59:50Z", EVENT_SECOND},
		{"2023-03-26T02:15:00Z", "2023-03-26T01:15:00Z", EVENT_NEVER},
		{"2023-07-01T00:00:00Z", "2023-06-30T22:00:00Z", EVENT_ONCE},
		{"2023-07-02T00:00:00Z", "2023-07-01T22:00:00Z", EVENT_ONCE},
		{"2023-10-29T02:30:00Z", "2023-10-29T00:30:00Z", EVENT_EITHER},
		{"2023-12-01T00:00:00Z", "2023-11-30T23:00:00Z", EVENT_ONCE},
	};
	struct zone *zone = zone_of(bytes_str("CET-1CEST,M3.5.0,M10.5.0/3"));
	struct local_clock clock = clock_of(zone);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum event_local is;
		int64_t got = clock_to_utc(&clock, utc(rows[i].local), &is);

		if (got != utc(rows[i].utc) || is != rows[i].is)
			fail_msg("%s is %lld, %d", rows[i].local,
				 (long long)got, is);
	}
	zone_free(zone);
}

/* What it remembers of one time is true of the others. */
static void what_is_remembered_holds(void **state UNUSED)
{
	struct zone *zone = zone_of(bytes_str("CET-1CEST,M3.5.0,M10.5.0/3"));
	struct local_clock clock = clock_of(zone);

	for (int64_t s = utc("2020-01-01T00:00:00Z");
	     s < utc("2024-01-01T00:00:00Z"); s += 1801) {
		enum event_local is;
		int64_t want[2];
		enum zone_local how = zone_from_local(zone, s, want);
		int64_t got = clock_to_utc(&clock, s, &is);

		assert_int_equal(is == EVENT_ONCE, how == LOCAL_ONCE);
		assert_true(got == want[0] ||
			    (how == LOCAL_TWICE && got == want[1]));
	}
	zone_free(zone);
}

static void names_are_looked_at(void **state UNUSED)
{
	assert_true(zone_name_is(bytes_str("Europe/Berlin")));
	assert_true(zone_name_is(bytes_str("Etc/GMT+5")));
	assert_true(
		zone_name_is(bytes_str("America/Argentina/Buenos_Aires")));
	assert_false(zone_name_is(bytes_str("")));
	assert_false(zone_name_is(bytes_str("/etc/passwd")));
	assert_false(zone_name_is(bytes_str("../../etc/passwd")));
	assert_false(zone_name_is(bytes_str("Europe//Berlin")));
	assert_false(zone_name_is(bytes_str("Europe/")));
	assert_false(zone_name_is(bytes_str("Europe Berlin")));
	assert_true(bytes_eq(
		zone_name_of(bytes_str("/usr/share/zoneinfo/Asia/Tokyo")),
		bytes_str("Asia/Tokyo")));
	assert_int_equal(zone_name_of(bytes_str("/etc/localtime")).n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_say_which_offset),
		cmocka_unit_test(junk_is_no_zone),
		cmocka_unit_test(versions_of_tzif),
		cmocka_unit_test(damaged_tzif_is_refused),
		cmocka_unit_test(zones_are_as_libc_has_them),
		cmocka_unit_test(local_times_twice_and_never),
		cmocka_unit_test(history_is_heeded),
		cmocka_unit_test(order_tells_the_second),
		cmocka_unit_test(what_is_remembered_holds),
		cmocka_unit_test(names_are_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
