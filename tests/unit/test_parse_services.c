/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of services: databases, FTP, bans, clouds, detection of intrusions. */
#include "unit/parse_kit.h"

static void test_postgresql(void **state UNUSED)
{
	struct parsed p = parse_file(
		"postgresql", "/var/log/postgresql/postgresql-15-main.log",
		"2022-04-12 00:16:05.526 UTC [77] LOG:  starting PostgreSQL "
		"12\n"
		"2022-04-12 00:24:24 CEST [91] me@shop FATAL:  password "
		"authentication failed for user \"me\"\n"
		"2022-04-12 00:24:24 CEST [91] me@shop DETAIL:  User has "
		"none.\n"
		"\tConnection matched pg_hba.conf line 96\n"
		"2022-07-15 23:04:27 -03 [2-1] user=bob,db=x LOG:  text\n"
		"2022-07-15 23:04:27 XYZ LOG:  a zone that nobody knows\n"
		"2022-07-15 23:04:27 UTC no level\n");

	assert_int_equal(p.n_events, 5);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2022-04-12T00:16:05.526Z", "service.started", "",
		   "[77] LOG:  starting PostgreSQL 12");
	assert_int_equal(p.events[0].e.source, SOURCE_OFFSET);
	hold_event(&p, 1, "2022-04-11T22:24:24Z", "auth.failed", "me",
		   "[91] me@shop FATAL:  password authentication failed for "
		   "user \"me\"");
	hold_event(&p, 2, "2022-04-11T22:24:24Z", "database", "me",
		   "[91] me@shop DETAIL:  User has none.\n"
		   "\tConnection matched pg_hba.conf line 96");
	assert_true(p.events[2].e.length > p.events[1].e.offset);
	hold_event(&p, 3, "2022-07-16T02:04:27Z", "database", "bob",
		   "[2-1] user=bob,db=x LOG:  text");
	assert_int_equal(p.events[4].e.source, SOURCE_ASSUMED);
	parsed_release(&p);
}

static void test_vsftpd(void **state UNUSED)
{
	struct parsed p = parse_file(
		"vsftpd", "/var/log/vsftpd.log",
		"Mon Jun  6 18:43:28 2016 [pid 2] CONNECT: Client \"::1\"\n"
		"Mon Jun  6 18:43:32 2016 [pid 1] [jean] OK LOGIN: Client "
		"\"192.0.2.9\"\n"
		"Mon Jun  6 18:43:33 2016 [pid 1] [a b] FAIL LOGIN: Client "
		"\"192.0.2.9\"\n"
		"Mon Jun  6 18:43:34 2016 3 192.0.2.9 512 /home/j/a b.txt b _ "
		"i r jean ftp 0 * c\n"
		"Mon Jun  6 18:43:35 2016 something else\n");

	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2016-06-06T18:43:28Z", "ftp.connection", "",
		   "[pid 2] CONNECT: Client \"::1\"");
	hold_event(&p, 1, "2016-06-06T18:43:32Z", "ftp.login", "jean",
		   "[pid 1] [jean] OK LOGIN: Client \"192.0.2.9\"");
	assert_string_equal(p.events[2].e.kind, "ftp.failed");
	assert_string_equal(p.events[2].actor, "a b");
	assert_string_equal(p.events[3].e.kind, "ftp.upload");
	assert_string_equal(p.events[3].actor, "jean");
	parsed_release(&p);
}

static void test_fail2ban_log(void **state UNUSED)
{
	struct parsed p = parse_file(
		"fail2ban-log", "/var/log/fail2ban.log",
		"2024-01-02 03:04:05,123 fail2ban.actions        [12]: NOTICE  "
		"[sshd] Ban 192.0.2.7\n"
		"2024-01-02 03:04:06,000 fail2ban.filter         [12]: INFO    "
		"[sshd] Found 192.0.2.8 - 2024-01-02 03:04:05\n"
		"2024-01-02 03:04:07,000 fail2ban.server [12]: INFO stopped\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, "2024-01-02T03:04:05.123Z", "ban", "192.0.2.7",
		   "fail2ban.actions        [12]: NOTICE  [sshd] Ban "
		   "192.0.2.7");
	assert_string_equal(p.events[1].e.kind, "ban.found");
	assert_string_equal(p.events[1].actor, "192.0.2.8");
	assert_string_equal(p.events[2].e.kind, "service");
	parsed_release(&p);
}

static void test_cloud_init(void **state UNUSED)
{
	struct parsed p = parse_file(
		"cloud-init", "/var/log/cloud-init.log",
		"2022-01-02 03:04:05,123 - util.py[DEBUG]: Running command\n"
		"Traceback (most recent call last):\n"
		"2022-01-02 03:04:06,000 - stages.py[INFO]: done\n");

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, "2022-01-02T03:04:05.123Z", "cloud-init", "util.py",
		   "util.py[DEBUG]: Running command\n"
		   "Traceback (most recent call last):");
	assert_int_equal(p.events[0].e.source, SOURCE_UTC);
	parsed_release(&p);
}

static void test_alerts(void **state UNUSED)
{
	/* The file is of 2023-11-14. */
	struct parsed p = parse_file(
		"ids-alert", "/var/log/snort/alert",
		"12/28-12:55:38.765402  [**] [1:366:11] \"PING\" [**] "
		"[Priority: 3] {ICMP} 2001:db8:0:0:0:0:0:35 -> 2001:db8::1\n"
		"01/02-11:30:23.358639 [**] [1:648:18] NOOP [**] [Priority: 1] "
		"{TCP} 192.0.2.4:80 -> 192.0.2.5:60884\n"
		"01/02-11:30:24.358639 [**] [1:648:18] NOOP [**] {TCP} "
		"2001:db8:0:0:0:0:0:35:80 -> 192.0.2.5:60884\n");

	assert_int_equal(p.n_events, 3);
	assert_true(p.events[0].e.year_deduced);
	assert_string_equal(p.events[0].actor, "2001:db8:0:0:0:0:0:35");
	hold_event(&p, 1, "2023-01-02T11:30:23.358639Z", "ids.alert",
		   "192.0.2.4",
		   "[**] [1:648:18] NOOP [**] [Priority: 1] {TCP} 192.0.2.4:80 "
		   "-> 192.0.2.5:60884");
	assert_string_equal(p.events[2].actor, "2001:db8:0:0:0:0:0:35");
	assert_true(p.events[1].e.time_ns - p.events[0].e.time_ns <
		    6 * 86400 * NS_PER_S);
	parsed_release(&p);
	p = parse_file(
		"ids-alert", "/alert",
		"10/05/10-10:08:59.5 [**] [1:2:4] a [**] {TCP} a -> b\n"
		"21/12/28-12:55:38.0 [**] [1:3:1] b [**] {TCP} a -> b\n");
	assert_true(p.events[0].e.time_ns / NS_PER_S == 1273486139);
	parsed_release(&p);
	p = parse_file(
		"ids-alert", "/alert",
		"05/10/10-10:08:59.5 [**] [1:2:4] a [**] {TCP} a -> b\n"
		"12/28/21-12:55:38.0 [**] [1:3:1] b [**] {TCP} a -> b\n"
		"12/28/2021-12:55:38.0 [**] [1:3:1] b [**] {TCP} a -> b\n");
	assert_int_equal(p.n_events, 3);
	assert_true(p.events[0].e.time_ns / NS_PER_S == 1273486139);
	assert_true(p.events[1].e.time_ns == p.events[2].e.time_ns);
	parsed_release(&p);
}

static void test_eve(void **state UNUSED)
{
	struct parsed p = parse_file(
		"eve", "/var/log/suricata/eve.json",
		"{\"timestamp\":\"2024-01-02T03:04:05.123456+0100\","
		"\"event_type\":\"alert\",\"src_ip\":\"192.0.2.7\","
		"\"src_port\":1,\"dest_ip\":\"192.0.2.8\",\"dest_port\":80,"
		"\"proto\":\"TCP\",\"alert\":{\"signature\":\"ET SCAN\","
		"\"category\":\"Attempted\"}}\n"
		"{\"timestamp\":\"2024-01-02T03:04:05.1+0000\","
		"\"event_type\":\"stats\",\"stats\":{}}\n"
		"{\"timestamp\":\"2024-01-02T03:04:06.1+0000\",\"event_type\":"
		"\"dns\",\"src_ip\":\"192.0.2.7\",\"dest_ip\":\"192.0.2.8\","
		"\"proto\":\"UDP\",\"dns\":{\"rrname\":\"evil.example\","
		"\"rrtype\":\"A\"}}\n"
		"{\"timestamp\":\"2024-01-02T03:04:06.1+0000\",\"event_type\":"
		"\"mqtt\",\"src_ip\":\"192.0.2.7\",\"proto\":\"TCP\"}\n"
		"{\"timestamp\":\"cut\n");

	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2024-01-02T02:04:05.123456Z", "ids.alert",
		   "192.0.2.7",
		   "alert ET SCAN, Attempted {TCP} 192.0.2.7:1 -> "
		   "192.0.2.8:80");
	hold_event(&p, 1, "2024-01-02T03:04:06.1Z", "ids.dns", "192.0.2.7",
		   "dns evil.example, A {UDP} 192.0.2.7 -> 192.0.2.8");
	assert_string_equal(p.events[2].e.kind, "ids");
	parsed_release(&p);
}

static void test_cloudtrail(void **state UNUSED)
{
	static const char text[] =
		"{\"Records\":[{\"eventTime\":\"2022-02-07T22:23:37Z\","
		"\"eventName\":\"ConsoleLogin\",\"eventSource\":"
		"\"signin.amazonaws.com\",\"userIdentity\":{\"type\":\"Root\","
		"\"arn\":\"arn:x\"},\"sourceIPAddress\":\"192.0.2.7\","
		"\"note\":\"a } in a \\\" string\"},\n"
		"{\"eventTime\":\"2022-02-07T22:23:38Z\",\"eventName\":"
		"\"StopLogging\",\"eventSource\":\"cloudtrail.amazonaws.com\","
		"\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"bob\","
		"\"accessKeyId\":\"AKIA\"}}]}";
	struct parsed p = parse_file("cloudtrail", "/x.json", text);

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, "2022-02-07T22:23:37Z", "cloud.api", "arn:x",
		   "ConsoleLogin at signin.amazonaws.com, from 192.0.2.7");
	hold_event(&p, 1, "2022-02-07T22:23:38Z", "cloud.api", "bob",
		   "StopLogging at cloudtrail.amazonaws.com, key AKIA");
	assert_int_equal(text[p.events[1].e.offset], '{');
	assert_int_equal(text[p.events[1].e.offset + p.events[1].e.length - 1],
			 '}');
	parsed_release(&p);
	p = parse_file(
		"cloudtrail", "/x.jsonl",
		"{\"EventName\":\"StopInstances\",\"EventTime\":"
		"\"2022-02-08 09:23:37+11:00\",\"EventSource\":\"ec2\","
		"\"Username\":\"u\",\"Resources\":[{\"ResourceName\":\"i-1\"},"
		"{\"ResourceName\":\"i-2\"}],\"CloudTrailEvent\":"
		"\"{\\\"sourceIPAddress\\\":\\\"192.0.2.7\\\"}\"}\n");
	assert_int_equal(p.n_events, 1);
	hold_event(&p, 0, "2022-02-07T22:23:37Z", "cloud.api", "u",
		   "StopInstances at ec2 on i-1, i-2, from 192.0.2.7");
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_postgresql),
		cmocka_unit_test(test_vsftpd),
		cmocka_unit_test(test_fail2ban_log),
		cmocka_unit_test(test_cloud_init),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_eve),
		cmocka_unit_test(test_cloudtrail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
