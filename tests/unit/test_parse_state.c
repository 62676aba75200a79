/* SPDX-License-Identifier: Apache-2.0 */
/* Files that keep a state and not a log: last logins, passwords, jobs, leases,
 * names that were in folders, timelines of other tools. */
#include "unit/parse_kit.h"

#define AT "2023-11-14T22:13:20Z" /* 1700000000 */

static struct parsed parse_bytes(const char *parser, const char *path,
				 const void *data, size_t n)
{
	struct parse_input in = {.content = bytes_of(data, n),
				 .path = bytes_str(path),
				 .mtime_ns = INT64_C(1700000000) * NS_PER_S,
				 .taken_ns = TIME_UNKNOWN};
	struct parsed p;
	struct err err;

	assert_ptr_equal(parser_guess(&in), parser_find(parser));
	assert_ok(parse_keep(parser_find(parser), &in, &p, &err), err);
	return p;
}

static void put_last(uint8_t *p, bool big, size_t width)
{
	for (size_t i = 0; i < width; i++)
		p[big ? width - 1 - i : i] =
			(uint8_t)(i < 4 ? 1700000000u >> 8 * i : 0);
	memcpy(p + width, "pts/0", 5);
	memcpy(p + width + 32, "192.0.2.7", 9);
}

static void check_lastlog(bool big, size_t width)
{
	static uint8_t file[1003 * 296];
	size_t size = width + 288;
	struct parsed p;

	memset(file, 0, sizeof file);
	put_last(file, big, width);
	put_last(file + 1000 * size, big, width);
	p = parse_bytes("lastlog", "/var/log/lastlog", file, 1001 * size);
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, AT, "login", "0",
		   "last login of uid 0, line pts/0, host 192.0.2.7");
	hold_event(&p, 1, AT, "login", "1000",
		   "last login of uid 1000, line pts/0, host 192.0.2.7");
	assert_int_equal(p.events[1].e.offset, 1000 * size);
	assert_int_equal(p.events[1].e.length, size);
	assert_string_equal(p.events[0].e.desc, DESC_LOGIN);
	parsed_release(&p);
}

static void test_lastlog(void **state UNUSED)
{
	check_lastlog(false, 4);
	check_lastlog(true, 4);
	check_lastlog(false, 8);
	check_lastlog(true, 8);
}

#define DB(s) (s), sizeof(s) - 1

static void test_mlocate(void **state UNUSED)
{
	static const char db[] =
		"\0mlocate\0\0\0\5\0\1\0\0/\0abcd\0"
		"\0\0\0\0\x65\x53\xf1\0\0\0\0\7\0\0\0\0/home\0\0a\0\1b\0\2"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0/gone\0\2"
		"\0\0\0\0\x65\x53\xf1\0\0\0\0\0\0\0\0\0/cut\0\0na";
	struct parsed p = parse_bytes("mlocate", "/x", DB(db));

	assert_int_equal(p.n_events, 2);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2023-11-14T22:13:20.000000007Z", "directory.listed",
		   "", "/home: a, b/");
	assert_int_equal(p.events[0].e.offset, 23);
	hold_event(&p, 1, "", "directory.listed", "", "/gone");
	parsed_release(&p);
}

static void test_shadow(void **state UNUSED)
{
	struct parsed p =
		parse_file("shadow", "/etc/shadow",
			   "root:$y$j9T$salt$hash:19675:0:99999:7:::\n"
			   "daemon:*:19675:0:99999:7:::\n"
			   "new::19675:0:90:7:::\n"
			   "old:!$6$a$b:19675:0:99999:7::19675:\n"
			   "none:!!::0:99999:7:::\n"
			   "bad:x\n");

	assert_int_equal(p.n_events, 5);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2023-11-14T00:00:00Z", "password.changed", "root",
		   "password of root was set last; hash: yescrypt");
	assert_true(p.events[0].e.precision_ns == 86400 * NS_PER_S);
	assert_string_equal(p.events[0].e.desc, DESC_PASSWORD);
	hold_event(&p, 1, "2023-11-14T00:00:00Z", "password.changed", "daemon",
		   "password of daemon was set last; none fits");
	hold_event(&p, 2, "2023-11-14T00:00:00Z", "password.changed", "new",
		   "password of new was set last; it is empty: anybody comes "
		   "in, good for days: 90");
	hold_event(&p, 3, "2023-11-14T00:00:00Z", "password.changed", "old",
		   "password of old was set last; hash: SHA-512, locked");
	hold_event(&p, 4, "2023-11-14T00:00:00Z", "account.expires", "old",
		   "account ends: old");
	for (size_t i = 0; i < p.n_events; i++)
		assert_null(strchr(p.events[i].message, '$'));
	parsed_release(&p);
}

static void test_jobs(void **state UNUSED)
{
	/* 1700000040 is minute 28333334. */
	struct parsed p = parse_file(
		"at", "/var/spool/cron/atjobs/a0000301b05516",
		"#!/bin/sh\n# atrun uid=1000 gid=1000\n# mail alice 0\n"
		"umask 22\ncd /tmp || {\n\t echo 'Execution directory "
		"inaccessible' >&2\n\t exit 1\n}\n/tmp/x --now\n\n");

	assert_int_equal(p.n_events, 1);
	hold_event(&p, 0, "2023-11-14T22:14:00Z", "at.job", "alice",
		   "/tmp/x --now");
	assert_string_equal(p.events[0].e.desc, DESC_PLANNED);
	parsed_release(&p);
	p = parse_file("at", "/copy",
		       "#!/bin/sh\n# atrun uid=0 gid=0\n# mail root 0\n"
		       "${SHELL:-/bin/sh} << 'marcinDELIMITER1'\nid\n"
		       "marcinDELIMITER1\n");
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "", "at.job", "root", "id");
	parsed_release(&p);

	p = parse_file("timer-stamp",
		       "/var/lib/systemd/timers/stamp-apt-daily.timer", "");
	hold_event(&p, 0, AT, "timer.run", "apt-daily.timer",
		   "apt-daily.timer");
	parsed_release(&p);
	p = parse_file("anacron", "/var/spool/anacron/cron.daily",
		       "20231114\n");
	hold_event(&p, 0, "2023-11-14T00:00:00Z", "cron.run", "anacron",
		   "cron.daily");
	parsed_release(&p);
	p = parse_file(
		"logrotate-status", "/var/lib/logrotate/status",
		"logrotate state -- version 2\n"
		"\"/var/log/a b\" 2023-11-14-22:13:20\n"
		"\"/var/log/c\" 2023-11-14-6:0:0\n/old 2023-1-2\njunk\n");
	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, AT, "log.rotated", "logrotate", "/var/log/a b");
	hold_event(&p, 1, "2023-11-14T06:00:00Z", "log.rotated", "logrotate",
		   "/var/log/c");
	hold_event(&p, 2, "2023-01-02T00:00:00Z", "log.rotated", "logrotate",
		   "/old");
	parsed_release(&p);
}

static void test_desktop(void **state UNUSED)
{
	struct parsed p = parse_file(
		"trashinfo", "/home/bob/.local/share/Trash/info/a.trashinfo",
		"[Trash Info]\nPath=/home/bob/a%20b\n"
		"DeletionDate=2023-11-14T22:13:20\n");

	hold_event(&p, 0, AT, "file.deleted", "bob",
		   "put into the trash: /home/bob/a b");
	assert_string_equal(p.events[0].e.desc, DESC_DELETED);
	parsed_release(&p);
	p = parse_file("wget-hsts", "/root/.wget-hsts",
		       "# HSTS 1.0 Known Hosts database for GNU Wget.\n"
		       "# Edit at your own risk.\n"
		       "evil.example\t0\t1\t1700000000\t31536000\n");
	assert_int_equal(p.n_events, 1);
	hold_event(&p, 0, AT, "web.visited", "root",
		   "wget was at evil.example");
	parsed_release(&p);
	p = parse_file("teamviewer", "/connections_incoming.txt",
		       "\r\n1660\tBob\t14-11-2023 22:13:20\t"
		       "14-11-2023 22:14:20\talice\tRemoteControl\t{b3}\r\n");
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, AT, "remote.session", "alice",
		   "RemoteControl by TeamViewer id 1660, Bob, as alice, "
		   "session {b3}");
	assert_string_equal(p.events[1].e.kind, "remote.ended");
	assert_string_equal(p.events[1].e.desc, DESC_END);
	parsed_release(&p);
}

static void test_network(void **state UNUSED)
{
	struct parsed p = parse_file(
		"dhcp-leases", "/var/lib/dhcp/dhcpd.leases",
		"# comment\nlease 192.0.2.7 {\n  starts 2 2023/11/14 "
		"22:13:20;\n"
		"  ends never;\n  hardware ethernet aa:bb:cc:dd:ee:ff;\n"
		"  client-hostname \"bob pc\";\n}\n"
		"lease {\n  interface \"eth0\";\n  fixed-address 192.0.2.8;\n"
		"  renew 2 2023/11/14 22:13:20;\n"
		"  expire epoch 1700000000; # Tue Nov 14\n}\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, AT, "dhcp.lease", "192.0.2.7",
		   "lease of 192.0.2.7, hardware aa:bb:cc:dd:ee:ff, name "
		   "bob pc");
	hold_event(&p, 1, AT, "dhcp.renew", "192.0.2.8",
		   "lease of 192.0.2.8, interface eth0");
	hold_event(&p, 2, AT, "dhcp.expires", "192.0.2.8",
		   "lease of 192.0.2.8, interface eth0");
	assert_string_equal(p.events[2].e.desc, DESC_EXPIRES);
	parsed_release(&p);
	p = parse_file("dnsmasq", "/var/lib/misc/dnsmasq.leases",
		       "1700000000 aa:bb:cc:dd:ee:ff 192.0.2.7 pc 01:aa\n"
		       "0 aa:bb:cc:dd:ee:ff 192.0.2.8 * *\nduid 00:01\n");
	assert_int_equal(p.n_events, 2);
	assert_string_equal(p.events[0].actor, "192.0.2.7");
	assert_int_equal(p.events[1].e.source, SOURCE_NONE);
	parsed_release(&p);
	p = parse_file("iptables-save", "/root/rules.v4",
		       "# Generated by iptables-save v1.8.9 on Tue Nov 14 "
		       "22:13:20 2023\n*filter\n-A INPUT -j DROP\nCOMMIT\n"
		       "# Completed on Tue Nov 14 22:13:20 2023\n");
	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, AT, "firewall.saved", "",
		   "Generated by iptables-save v1.8.9 on Tue Nov 14 22:13:20 "
		   "2023");
	parsed_release(&p);
}

static void test_usage(void **state UNUSED)
{
	struct parsed p = parse_file(
		"popcontest", "/var/log/popularity-contest",
		"POPULARITY-CONTEST-0 TIME:1700000000 ID:1 ARCH:i386\n"
		"1700000000 1699999999 at /usr/sbin/atd\n0 0 x <NOFILES>\n"
		"END-POPULARITY-CONTEST-0 TIME:1700000000\n");

	assert_int_equal(p.n_events, 4);
	hold_event(&p, 1, AT, "program.used", "at", "at /usr/sbin/atd");
	assert_string_equal(p.events[1].e.desc, DESC_ACCESS);
	assert_string_equal(p.events[2].e.desc, DESC_META);
	assert_string_equal(p.events[3].e.desc, DESC_END);
	parsed_release(&p);
	p = parse_file("apk", "/var/log/apk.log",
		       "\nRunning `apk add nmap` at 2023-11-14 22:13:20\n"
		       "( 1/12) Installing nmap (7.9-r0)\n"
		       "(12/12) Purging x (1-r0)\nOK: 9 MiB in 15 packages\n");
	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.events[1].e.source, SOURCE_UTC);
	hold_event(&p, 0, AT, "package.run", "apk", "apk add nmap");
	hold_event(&p, 1, AT, "package.installed", "apk",
		   "( 1/12) Installing nmap (7.9-r0)");
	hold_event(&p, 2, AT, "package.purged", "apk",
		   "(12/12) Purging x (1-r0)");
	parsed_release(&p);
	p = parse_file("client-history",
		       "/root/.local/share/nano/search_history", "passwd\n");
	hold_event(&p, 0, "", "command", "root", "passwd");
	parsed_release(&p);
}

static void test_timelines(void **state UNUSED)
{
	struct parsed p = parse_file(
		"timeline", "/x.csv",
		"\xef\xbb\xbfmessage,x,timestamp_desc,datetime,timestamp,user\n"
		"\"a, \"\"b\"\"\nc\",1,Start "
		"Time,2023-11-14T22:13:20+00:00,,me\n"
		"d,1,Start Time,,1700000000,me\n"
		"e,1,\"\",1700000000250000,,\n"
		"f,1,x,2023-11-14T22:13:20.000000007Z\n");

	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, AT, "timeline", "me", "a, \"b\"\nc");
	hold_event(&p, 1, "2023-11-14T22:13:20.25Z", "timeline", "", "e");
	hold_event(&p, 2, "2023-11-14T22:13:20.000000007Z", "timeline", "",
		   "f");
	parsed_release(&p);
	p = parse_file("timeline", "/x.csv",
		       "timestamp,message,timestamp_desc\n1700000000,a,b\n"
		       "1700000000250,a,b\n1700000000250000,a,b\n"
		       "1700000000250000000,a,b\n");
	assert_int_equal(p.n_events, 4);
	hold_event(&p, 0, AT, "timeline", "", "a");
	for (size_t i = 1; i < 4; i++)
		hold_event(&p, i, "2023-11-14T22:13:20.25Z", "timeline", "",
			   "a");
	parsed_release(&p);
	p = parse_file(
		"timeline", "/x.jsonl",
		"{\"message\":\"a\",\"timestamp_desc\":\"b\","
		"\"timestamp\":1700000000250000}\n"
		"{\"message\":\"c\",\"timestamp_desc\":\"b\",\"datetime\":"
		"\"2023-11-14T22:13:20Z\",\"timestamp\":1}\nno\n");
	assert_int_equal(p.n_events, 2);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "timeline", "", "a");
	hold_event(&p, 1, AT, "timeline", "", "c");
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lastlog),
		cmocka_unit_test(test_mlocate),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_desktop),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_timelines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
