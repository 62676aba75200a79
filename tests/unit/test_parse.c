/* SPDX-License-Identifier: Apache-2.0 */
/* Parsers: calendar times, and what each makes of good and bad content. */
#include "unit/parse_kit.h"

#include "parse/inside.h"

static void put(uint8_t *p, uint64_t v, size_t n, bool big)
{
	for (size_t i = 0; i < n; i++)
		p[big ? n - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

static void make_login(uint8_t *p, bool big, bool wide, int type)
{
	memset(p, 0, wide ? 400 : 384);
	put(p, (uint64_t)type, 2, big);
	put(p + 4, 4242, 4, big);
	memcpy(p + 8, "pts/0", 5);
	memset(p + 44, 'u', 32); /* fills its place */
	memcpy(p + 76, "h.example", 9);
	put(p + (wide ? 344 : 340), 1700000000, wide ? 8 : 4, big);
	put(p + (wide ? 352 : 344), 250000, wide ? 8 : 4, big);
	memcpy(p + (wide ? 360 : 348), "\xc0\x00\x02\x07", 4);
}

static void check_layout(bool big, bool wide)
{
	size_t size = wide ? 400 : 384;
	uint8_t file[5 * 400] = {0};
	struct parse_input in = {.content = bytes_of(file, 4 * size + 1),
				 .path = bytes_str("/var/log/wtmp")};
	struct parsed p;
	struct err err;

	for (size_t i = 0; i < 4; i++)
		if (i != 2) /* it stays zero */
			make_login(file + i * size, big, wide, 7 + (i == 3));
	assert_ptr_equal(parser_guess(&in), parser_find("utmp"));
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 1); /* a stray byte */
	assert_true(p.events[0].e.time_ns == INT64_C(1700000000250000000));
	assert_int_equal(p.events[1].e.offset, size);
	assert_int_equal(p.events[0].e.length, size);
	assert_string_equal(p.events[0].e.kind, "login");
	assert_string_equal(p.events[2].e.kind, "login.empty");
	assert_int_equal(p.events[2].e.source, SOURCE_NONE);
	assert_string_equal(p.events[3].e.kind, "logout");
	assert_int_equal(strlen(p.events[0].actor), 32);
	assert_non_null(strstr(p.events[0].message, "192.0.2.7"));
	assert_non_null(strstr(p.events[0].message, "host h.example"));
	parsed_release(&p);
}

static void test_utmp(void **state UNUSED)
{
	check_layout(false, false);
	check_layout(true, false);
	check_layout(false, true);
	check_layout(true, true);
}

static void test_btmp(void **state UNUSED)
{
	uint8_t file[384];
	struct parse_input in = {.content = bytes_of(file, sizeof file),
				 .path = bytes_str("/var/log/btmp.1")};
	struct parsed p;
	struct err err;

	make_login(file, false, false, 6);
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_int_equal(p.n_events, 1);
	assert_string_equal(p.events[0].e.kind, "login.failed");
	parsed_release(&p);
	/* By what it is of sshd's, under any name; of IPv6, though it ends in
	 * zeroes. */
	memcpy(file + 8, "ssh:notty", 10);
	memcpy(file + 76, "2001:db8::", 11);
	memcpy(file + 348, "\x20\x01\x0d\xb8", 4);
	in.path = bytes_str("/x");
	assert_ptr_equal(parser_guess(&in), parser_find("utmp"));
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_string_equal(p.events[0].e.kind, "login.failed");
	assert_non_null(strstr(p.events[0].message,
			       "address 2001:db8:0:0:0:0:0:0"));
	parsed_release(&p);
	/* A folder's name says nothing of what is in its files. */
	make_login(file, false, false, 7);
	in.path = bytes_str("/mnt/btmp-copies/wtmp");
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_string_equal(p.events[0].e.kind, "login");
	parsed_release(&p);
}

/* Half of it is damaged, or all of it was wiped. */
static void test_bad_utmp(void **state UNUSED)
{
	uint8_t file[4 * 384];
	struct parse_input in = {.content = bytes_of(file, sizeof file),
				 .path = bytes_str("/srv/q7")};
	struct parsed p;
	struct err err;

	memset(file, 0xee, sizeof file);
	make_login(file + 384, false, false, 7);
	make_login(file + 3 * 384, false, false, 8);
	assert_ptr_equal(parser_guess(&in), parser_find("utmp"));
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_int_equal(p.n_events, 2);
	assert_int_equal(p.n_problems, 2);
	parsed_release(&p);
	memset(file, 0, sizeof file);
	assert_null(parser_guess(&in));
	in.path = bytes_str("/var/log/wtmp");
	assert_ptr_equal(parser_guess(&in), parser_find("utmp"));
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_int_equal(p.n_events, 4);
	assert_string_equal(p.events[3].e.kind, "login.empty");
	hold_fact(&p, 0, "login_record", "/var/log/wtmp",
		  (const char *const[]){"\"records\":4", "\"zeroed\":4", NULL});
	parsed_release(&p);
}

static void test_utmpx(void **state UNUSED)
{
	uint8_t file[3 * 628 + 1] = "utmpx-1.00";
	uint8_t *p = file + 628;
	struct parse_input in = {.content = bytes_of(file, sizeof file),
				 .path = bytes_str("/srv/q7")};
	struct parsed parsed;
	struct err err;

	put(file + 296, 10, 2, false);
	memcpy(p, "ann", 3);
	memcpy(p + 260, "ttys000", 7);
	put(p + 292, 4242, 4, false);
	put(p + 296, 7, 2, false);
	put(p + 300, 1700000000, 4, false);
	put(p + 304, 250000, 4, false);
	memcpy(p + 308, "h.example", 9);
	put(p + 628 + 296, 99, 2, false);
	assert_ptr_equal(parser_guess(&in), parser_find("utmpx"));
	assert_ok(parse_keep(parser_find("utmpx"), &in, &parsed, &err), err);
	assert_int_equal(parsed.n_events, 1);
	assert_int_equal(parsed.n_problems, 2); /* a type, a stray byte */
	hold_event(&parsed, 0, "2023-11-14T22:13:20.25Z", "login", "ann",
		   "login, user ann, line ttys000, host h.example, pid 4242");
	assert_int_equal(parsed.events[0].e.offset, 628);
	parsed_release(&parsed);
}

static void test_not_utmp(void **state UNUSED)
{
	static const char text[] = "#!/bin/sh\n# nothing of logins in here\n";
	uint8_t junk[4000];
	struct parse_input in = {.content = bytes_str(text),
				 .path = bytes_str("/var/log/wtmp")};
	struct parsed p;
	struct err err;

	assert_null(parser_guess(&in));
	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = (uint8_t)(i * 2654435761u >> 13);
	in.content = bytes_of(junk, sizeof junk);
	assert_null(parser_guess(&in));
	assert_code(parse_keep(parser_find("utmp"), &in, &p, &err), ERR_FORMAT);
	parsed_release(&p);
	in.content = bytes_str("");
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	parsed_release(&p);
}

/* Against libc, which is right about UTC. */
static void test_civil(void **state UNUSED)
{
	for (int64_t s = -INT64_C(6000000000); s < INT64_C(8000000000);
	     s += 86400 * 17 + 3607) {
		time_t t = (time_t)s;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_true(date_days(tm.tm_year + 1900, tm.tm_mon + 1,
				       tm.tm_mday) *
					    86400 +
				    tm.tm_hour * 3600 + tm.tm_min * 60 +
				    tm.tm_sec ==
			    s);
		assert_int_equal(civil_year_s(s), tm.tm_year + 1900);
	}
}

static const struct {
	const char *text;
	const char *utc; /* NULL: it is none */
	int64_t precision_ns;
	enum time_source source;
} isos[] = {
	{"2026-11-22T12:42:27.635516+00:00 x", "2026-11-22T12:42:27.635516Z",
	 1000, SOURCE_OFFSET},
	{"2026-11-22T12:42:27Z", "2026-11-22T12:42:27Z", NS_PER_S,
	 SOURCE_OFFSET},
	{"2026-11-22T12:42:27.123456789-0730", "2026-11-22T20:12:27.123456789Z",
	 1, SOURCE_OFFSET},
	{"2026-11-22 12:42:27,5", "2026-11-22T10:42:27.5Z", 100000000,
	 SOURCE_HOST},
	{"2024-02-29  00:00:00", "2024-02-28T22:00:00Z", NS_PER_S, SOURCE_HOST},
	{"2023-02-29T00:00:00Z", NULL, 0, 0},
	{"2023-13-01T00:00:00Z", NULL, 0, 0},
	{"2023-01-01T24:00:00Z", NULL, 0, 0},
	{"0001-01-01T00:00:00Z", NULL, 0, 0},
	{"2023-01-01", NULL, 0, 0},
};

static void test_iso(void **state UNUSED)
{
	struct zone *zone = zone_of(bytes_str("+02:00"));
	struct local_clock clock = clock_of(zone);
	struct parse_input in = {.clock = &clock};

	for (size_t i = 0; i < ARRAY_SIZE(isos); i++) {
		struct bytes rest = bytes_str(isos[i].text);
		struct parse_event e = {.desc = ""};
		struct civil c;
		int64_t want;
		bool yes = civil_take_iso(&rest, &c);

		assert_int_equal(yes, isos[i].utc != NULL);
		if (!yes)
			continue;
		assert_true(civil_event(&c, &in, &e));
		assert_true(time_parse(bytes_str(isos[i].utc), &want));
		assert_true(e.time_ns == want);
		assert_true(e.precision_ns == isos[i].precision_ns);
		assert_int_equal(e.source, isos[i].source);
	}
	zone_free(zone);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_civil),    cmocka_unit_test(test_iso),
		cmocka_unit_test(test_utmp),     cmocka_unit_test(test_btmp),
		cmocka_unit_test(test_bad_utmp),
		cmocka_unit_test(test_utmpx),
		cmocka_unit_test(test_not_utmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
