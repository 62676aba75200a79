/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of package managers. */
#include "unit/parse_kit.h"

static void test_dpkg(void **state UNUSED)
{
	struct parsed p = parse_file(
		"dpkg", "/var/log/dpkg.log",
		"2016-08-03 15:25:53 startup archives install\n"
		"2016-08-03 15:25:54 install nmap:amd64 <none> 7.93\n"
		"2016-08-03 15:25:55 status installed nmap:amd64 7.93\n"
		"2016-08-03 15:25:56 purge nmap:amd64 7.93 <none>\nnonsense\n");

	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 1, "2016-08-03T15:25:54Z", "package.installed", "",
		   "install nmap:amd64 <none> 7.93");
	hold_event(&p, 3, "2016-08-03T15:25:56Z", "package.purged", "",
		   "purge nmap:amd64 7.93 <none>");
	assert_string_equal(p.events[1].e.desc, DESC_ADDED);
	assert_int_equal(p.events[1].e.source, SOURCE_ASSUMED);
	parsed_release(&p);
}

static void test_apt_history(void **state UNUSED)
{
	struct parsed p = parse_file(
		"apt-history", "/var/log/apt/history.log",
		"\nStart-Date: 2019-07-12  04:12:20\n"
		"Commandline: apt install x\nRequested-By: eve (1005)\n"
		"Install: x:amd64 (1)\nUpgrade: y:amd64 (1, 2)\n"
		"End-Date: 2019-07-12  04:12:29\n\n"
		"Start-Date: 2019-07-13  04:12:20\nRemove: z:all (1)\n"
		"Error: Sub-process failed\nEnd-Date: 2019-07-13  04:12:21\n\n"
		"Start-Date: 2019-07-14  04:12:20\nCommandline: apt update\n");

	assert_int_equal(p.n_events, 6);
	assert_int_equal(p.n_problems, 0);
	hold_event(&p, 0, "2019-07-12T04:12:20Z", "package.installed", "eve",
		   "apt install x: Install: x:amd64 (1)");
	hold_event(&p, 1, "2019-07-12T04:12:20Z", "package.upgraded", "eve",
		   "apt install x: Upgrade: y:amd64 (1, 2)");
	hold_event(&p, 2, "2019-07-12T04:12:29Z", "package.done", "eve",
		   "apt install x: done");
	assert_string_equal(p.events[2].e.desc, DESC_END);
	hold_event(&p, 3, "2019-07-13T04:12:20Z", "package.removed", "",
		   "Remove: z:all (1)");
	hold_event(&p, 4, "2019-07-13T04:12:21Z", "package.failed", "",
		   "failed: Sub-process failed");
	hold_event(&p, 5, "2019-07-14T04:12:20Z", "package.run", "",
		   "apt update: started");
	parsed_release(&p);
}

static void test_apt_term(void **state UNUSED)
{
	struct parsed p = parse_file(
		"apt-term", "/var/log/apt/term.log",
		"\nLog started: 2025-06-24  14:36:25\n"
		"(Reading database ... \r(Reading database ... 5%\r\n"
		"Unpacking x (2) over (1) ...\r\nSetting up x (2) ...\r\n"
		"Log ended: 2025-06-24  14:36:29\n\n"
		"Log started: 2025-06-25  14:36:25\nRemoving x (2) ...\r\n");

	assert_int_equal(p.n_events, 6);
	hold_event(&p, 0, "2025-06-24T14:36:25Z", "package.run", "",
		   "apt started");
	hold_event(&p, 2, "2025-06-24T14:36:25Z", "package.installed", "",
		   "Setting up x (2) ...");
	/* Some time within the run. */
	assert_true(p.events[2].e.precision_ns == 5 * NS_PER_S);
	hold_event(&p, 3, "2025-06-24T14:36:29Z", "package.done", "",
		   "apt ended");
	hold_event(&p, 5, "2025-06-25T14:36:25Z", "package.removed", "",
		   "Removing x (2) ...");
	assert_true(p.events[5].e.precision_ns == NS_PER_S);
	parsed_release(&p);
}

/* The file was last changed on 2023-11-14: its last line is of that year. */
static void test_yum(void **state UNUSED)
{
	struct parsed p = parse_file("rpm-log", "/var/log/yum.log",
				     "Dec 30 23:59:59 Installed: nmap-6.x86_64\n"
				     "Jan 02 10:11:12 Erased: nmap-6.x86_64\n"
				     "Nov 14 10:11:12 Updated: bash-5.x86_64\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, "2022-12-30T23:59:59Z", "package.installed", "",
		   "Installed: nmap-6.x86_64");
	assert_true(p.events[0].e.year_deduced);
	hold_event(&p, 1, "2023-01-02T10:11:12Z", "package.removed", "",
		   "Erased: nmap-6.x86_64");
	hold_event(&p, 2, "2023-11-14T10:11:12Z", "package.upgraded", "",
		   "Updated: bash-5.x86_64");
	parsed_release(&p);
	p = parse_file("rpm-log", "/var/log/yum.log",
		       "Dec 30 23:59:59 Installed: nmap-6.x86_64\n");
	hold_event(&p, 0, "2022-12-30T23:59:59Z", "package.installed", "",
		   "Installed: nmap-6.x86_64");
	parsed_release(&p);
}

static const char *time_of(const struct parsed *p, size_t i,
			   char out[TIME_TEXT_MAX])
{
	assert_true(i < p->n_events);
	return time_format(p->events[i].e.time_ns, TIME_S, out);
}

/* yum.log and syslog have one rule: a clock that went back a little is no
 * turn of a year, and the last line may be a day later than the file. */
static void yearless_logs_have_one_rule(void **state UNUSED)
{
	static const char *const parsers[] = {"rpm-log", "syslog"};
	static const char text[] = "Dec 31 10:00:00 Installed: a-1.x86_64\n"
				   "Jan  1 00:30:00 Installed: b-1.x86_64\n"
				   "Dec 31 23:59:00 Installed: c-1.x86_64\n"
				   "Jan  1 00:45:00 Installed: d-1.x86_64\n";
	/* 2023-12-31T22:00:00Z */
	struct parse_input about = {.mtime_ns = INT64_C(1704060000) * NS_PER_S,
				    .taken_ns = TIME_UNKNOWN};
	char t[TIME_TEXT_MAX];
	struct zone *zone = zone_of(bytes_str("-01"));
	struct local_clock clock = clock_of(zone);

	for (size_t i = 0; i < ARRAY_SIZE(parsers); i++) {
		struct parsed p = parse_text(parsers[i], text, &about);

		assert_int_equal(p.n_events, 4);
		assert_string_equal(time_of(&p, 0, t),
				    "2022-12-31T10:00:00+00:00");
		assert_string_equal(time_of(&p, 1, t),
				    "2023-01-01T00:30:00+00:00");
		assert_string_equal(time_of(&p, 2, t),
				    "2023-12-31T23:59:00+00:00");
		assert_string_equal(time_of(&p, 3, t),
				    "2024-01-01T00:45:00+00:00");
		parsed_release(&p);
	}
	about.clock = &clock; /* 21:00 there, its day reaches to 21:00 */
	{
		struct parsed p = parse_text("rpm-log",
					     "Jan 01 21:30:00 Erased: a\n",
					     &about);

		assert_string_equal(time_of(&p, 0, t),
				    "2023-01-01T22:30:00+00:00");
		parsed_release(&p);
	}
	zone_free(zone);
}

static void test_dnf(void **state UNUSED)
{
	struct parsed p = parse_file(
		"rpm-log", "/var/log/dnf.rpm.log",
		"2026-01-01T00:00:00+0100 INFO --- logging initialized ---\n"
		"2026-01-01T00:00:01+0100 SUBDEBUG Installed: htop-3.x86_64\n");

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, "2025-12-31T23:00:00Z", "package.log", "",
		   "--- logging initialized ---");
	hold_event(&p, 1, "2025-12-31T23:00:01Z", "package.installed", "",
		   "Installed: htop-3.x86_64");
	assert_int_equal(p.events[1].e.source, SOURCE_OFFSET);
	assert_false(p.events[1].e.year_deduced);
	parsed_release(&p);
	p = parse_file("rpm-log", "/x",
		       "2026-01-01T00:00:00+0000 [541] INFO DNF5 start\n"
		       "2026-01-01T00:00:01+0000 [541] DEBUG Options used\n");
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, "2026-01-01T00:00:00Z", "package.log", "",
		   "DNF5 start");
	parsed_release(&p);
	/* What it shows people goes on over many lines. */
	p = parse_file("rpm-log", "/x",
		       "2026-01-01T00:00:00+0000 DEBUG Command: dnf up\n"
		       "2026-01-01T00:00:01+0000 INFO --- logging initialized "
		       "---\n"
		       "2026-01-01T00:00:01+0000 INFO Installed size: 2\n"
		       "2026-01-01T00:00:01+0000 INFO Running transaction\n"
		       " Package  Arch\nInstalled:\n");
	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 0);
	hold_event(&p, 0, "2026-01-01T00:00:00Z", "package.run", "",
		   "Command: dnf up");
	hold_event(&p, 2, "2026-01-01T00:00:01Z", "package.log", "",
		   "Installed size: 2");
	hold_event(&p, 3, "2026-01-01T00:00:01Z", "package.log", "",
		   "Running transaction\n Package  Arch\nInstalled:");
	parsed_release(&p);
}

static void test_pacman(void **state UNUSED)
{
	struct parsed p = parse_file(
		"pacman", "/var/log/pacman.log",
		"[2011-01-02 10:00] upgraded foo (1-1 -> 2-1)\n"
		"[2019-10-12T09:00:00+0200] [PACMAN] Running 'pacman -S x'\n"
		"[2019-10-12T09:00:01+0200] [ALPM] installed x (1.0-1)\n"
		"[2019-10-12 x] removed y\n");

	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2011-01-02T10:00:00Z", "package.upgraded", "",
		   "upgraded foo (1-1 -> 2-1)");
	assert_true(p.events[0].e.precision_ns == 60 * NS_PER_S);
	hold_event(&p, 1, "2019-10-12T07:00:00Z", "package.run", "",
		   "Running 'pacman -S x'");
	hold_event(&p, 2, "2019-10-12T07:00:01Z", "package.installed", "",
		   "installed x (1.0-1)");
	parsed_release(&p);
}

static void test_zypp(void **state UNUSED)
{
	struct parsed p = parse_file(
		"zypp", "/var/log/zypp/history",
		"# a comment\n"
		"2021-01-01 12:00:00|command|root@h|'zypper' 'in' 'x'|\n"
		"2021-01-01 12:00:01|install|x|1-1|x86_64|root@h|repo|abc|\n"
		"2021-01-01 12:00:02|install|dep|1-1|x86_64||repo|abc|\n"
		"2021-01-01 12:00:03|remove |x|1-1|x86_64|root@h|\n");

	assert_int_equal(p.n_events, 4);
	hold_event(&p, 0, "2021-01-01T12:00:00Z", "package.run", "root@h",
		   "command|root@h|'zypper' 'in' 'x'|");
	hold_event(&p, 1, "2021-01-01T12:00:01Z", "package.installed",
		   "root@h", "install|x|1-1|x86_64|root@h|repo|abc|");
	hold_event(&p, 2, "2021-01-01T12:00:02Z", "package.installed", "",
		   "install|dep|1-1|x86_64||repo|abc|");
	hold_event(&p, 3, "2021-01-01T12:00:03Z", "package.removed", "root@h",
		   "remove |x|1-1|x86_64|root@h|");
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dpkg),
		cmocka_unit_test(test_apt_history),
		cmocka_unit_test(test_apt_term),
		cmocka_unit_test(test_yum),
		cmocka_unit_test(yearless_logs_have_one_rule),
		cmocka_unit_test(test_dnf),
		cmocka_unit_test(test_pacman),
		cmocka_unit_test(test_zypp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
