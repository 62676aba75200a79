/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of web servers. */
#include "unit/parse_kit.h"

#define T " [13/Jan/2016:19:31:16 +0200] "
#define UTC "2016-01-13T17:31:16Z"

static void test_access(void **state UNUSED)
{
	static const struct {
		const char *line, *actor, *message;
	} lines[] = {
		{"10.0.0.1 - -" T "\"GET /x?c=id HTTP/1.1\" 200 494", "10.0.0.1",
		 "10.0.0.1: \"GET /x?c=id HTTP/1.1\" 200 494"},
		{"::1 - John Smith" T "\"GET / HTTP/1.1\" 304 -", "John Smith",
		 "::1 as John Smith: \"GET / HTTP/1.1\" 304 -"},
		{"h.example:443 ::1 - eve" T "\"POST / HTTP/1.1\" 200 1 \"-\" "
		 "\"a \\\"b\\\"\"",
		 "eve",
		 "::1 to h.example:443 as eve: \"POST / HTTP/1.1\" 200 1 "
		 "\"-\" \"a \\\"b\\\"\""},
		{"1.2.3.4 - -" T "\"\\x16\\x03\" 400 226 \"-\" \"-\"",
		 "1.2.3.4", "1.2.3.4: \"\\x16\\x03\" 400 226 \"-\" \"-\""},
		{"1.2.3.4 - a[b" T "\"GET /?\"b\" c\" HTTP/1.0\" 404 1164",
		 "a[b", "1.2.3.4 as a[b: \"GET /?\"b\" c\" HTTP/1.0\" 404 1164"},
		{"1.2.3.4 - -" T "\"\" 400 0", "1.2.3.4",
		 "1.2.3.4: \"\" 400 0"},
		{"1.2.3.4 - -" T "\"-\" 408 - \"-\" \"-\"", "1.2.3.4",
		 "1.2.3.4: \"-\" 408 - \"-\" \"-\""},
		/* Formats of less: nobody, nor who he was. */
		{"1.2.3.4 -" T "\"GET / HTTP/1.1\" 200 1", "1.2.3.4",
		 "1.2.3.4: \"GET / HTTP/1.1\" 200 1"},
		{"1.2.3.4" T "\"GET / HTTP/1.1\" 200 1", "1.2.3.4",
		 "1.2.3.4: \"GET / HTTP/1.1\" 200 1"},
		/* behind proxies */
		{"\"10.5.1.2, 10.5.1.3\" 10.5.1.4 - -" T "\"GET /\" 200 1",
		 "10.5.1.2",
		 "\"10.5.1.2, 10.5.1.3\" 10.5.1.4: \"GET /\" 200 1"},
		{"h.example 10.5.1.2, 10.5.1.3 - eve" T "\"GET /\" 200 1",
		 "eve", "10.5.1.2, 10.5.1.3 to h.example as eve: \"GET /\" "
			"200 1"},
		/* with an ident */
		{"h:443 1.2.3.4 1j0vhgd eve" T "\"GET / HTTP/2.0\" 200 1",
		 "eve", "1.2.3.4 to h:443 as eve: \"GET / HTTP/2.0\" 200 1"},
		/* mod_ssl's log of requests */
		{"[13/Jan/2016:19:31:16 +0200] 1.2.3.4 TLSv1.3 AES \"GET / "
		 "HTTP/1.1\" -",
		 "1.2.3.4", "1.2.3.4: TLSv1.3 AES \"GET / HTTP/1.1\" -"},
		/* lighttpd's own */
		{"::1 [::1]:8082 -" T "\"GET / HTTP/1.1\" 200 1", "::1",
		 "::1 to [::1]:8082: \"GET / HTTP/1.1\" 200 1"},
		{"::1 h.example -" T "\"GET / HTTP/1.1\" 200 1", "::1",
		 "::1 to h.example: \"GET / HTTP/1.1\" 200 1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct parsed p =
			parse_file("web-access", "/x", lines[i].line);

		assert_int_equal(p.n_events, 1);
		hold_event(&p, 0, UTC, "web.request", lines[i].actor,
			   lines[i].message);
		assert_int_equal(p.events[0].e.source, SOURCE_OFFSET);
		parsed_release(&p);
	}
}

/* What a container writes has both. */
static void test_mixed(void **state UNUSED)
{
	struct parsed p = parse_file(
		"web-access", "/x",
		"1.2.3.4 - -" T "\"GET / HTTP/1.1\" 200 1\n"
		"1.2.3.4 - -" T "\"GET /a HTTP/1.1\" 200 1\n"
		"[Wed Oct 11 14:32:52.5 2023] [core:error] [pid 1] [client "
		"1.2.3.4:5] x\n"
		"2023/10/11 14:32:52 [error] 1#1: y, client: ::1, server: z\n");

	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 0);
	hold_event(&p, 2, "2023-10-11T14:32:52.5Z", "web.error", "1.2.3.4",
		   "[core:error] [pid 1] [client 1.2.3.4:5] x");
	hold_event(&p, 3, "2023-10-11T14:32:52Z", "web.error", "::1",
		   "[error] 1#1: y, client: ::1, server: z");
	parsed_release(&p);
}

static void test_no_access(void **state UNUSED)
{
	struct parse_input in = {.path = bytes_str("/access.log"),
				 .mtime_ns = TIME_UNKNOWN};
	struct parsed p = parse_text(
		"web-access",
		"1.2.3.4 - - [31/Feb/2021:06:15:33 +0000] \"GET\" 200 1\n"
		"- [13/Jan/2016:19:31:16 +0000] \"GET\" 200 1\n"
		"1.2.3.4 - -" T "GET / 200 1\n1.2.3.4 - -" T "\"GET\" 20 1\n\n",
		&in);

	assert_int_equal(p.n_events, 0);
	assert_int_equal(p.n_problems, 4);
	parsed_release(&p);
}

static void test_atlassian(void **state UNUSED)
{
	struct parsed p = parse_file(
		"atlassian", "/opt/jira/logs/access_log",
		"[13/Jan/2016:19:31:16 +0200] eve exec-2 ::1 GET /a HTTP/1.1 "
		"200 98ms 4201 http://h/ M\n"
		"[13/Jan/2016:19:31:16 +0200] - exec-2 ::1 GET /a HTTP/1.1 "
		"200 98ms - http://h/ M\nx\n"
		"[13/Jan/2016:19:31:16 +0200] 192.0.2.1 eve exec-2 ::1 GET /b "
		"HTTP/1.1 200 98ms - http://h/ M\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 2, UTC, "web.request", "eve",
		   "192.0.2.1 as eve: GET /b HTTP/1.1 200 98ms - http://h/ M");
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, UTC, "web.request", "eve",
		   "::1 as eve: GET /a HTTP/1.1 200 98ms 4201 http://h/ M");
	hold_event(&p, 1, UTC, "web.request", "::1",
		   "::1: GET /a HTTP/1.1 200 98ms - http://h/ M");
	parsed_release(&p);
}

static void test_apache_error(void **state UNUSED)
{
	struct parsed p = parse_file(
		"apache-error", "/var/log/apache2/error.log",
		"[Wed Oct 11 14:32:52.123456 2023] [core:error] [pid 12:tid 3] "
		"[client 1.2.3.4:5678] AH1: x\n"
		"sh: 1: wget: not found\n"
		"[Wed Oct 11 14:32:53 2023] [core:error] [pid 12] "
		"[client 2001:db8::1:5678] y\n"
		"[Sun Dec 04 04:47:44 2005] [error] [client ::1] z\n");

	assert_int_equal(p.n_events, 4);
	hold_event(&p, 0, "2023-10-11T14:32:52.123456Z", "web.error", "1.2.3.4",
		   "[core:error] [pid 12:tid 3] [client 1.2.3.4:5678] AH1: x");
	assert_int_equal(p.events[0].e.source, SOURCE_ASSUMED);
	hold_event(&p, 1, "", "web.error", "", "sh: 1: wget: not found");
	hold_event(&p, 2, "2023-10-11T14:32:53Z", "web.error", "2001:db8::1",
		   "[core:error] [pid 12] [client 2001:db8::1:5678] y");
	hold_event(&p, 3, "2005-12-04T04:47:44Z", "web.error", "::1",
		   "[error] [client ::1] z");
	parsed_release(&p);
}

static void test_lighttpd_error(void **state UNUSED)
{
	struct parsed p = parse_file(
		"lighttpd-error", "/x",
		"2026-11-26 08:16:56: (server.c.1974) server started\n"
		"2026-11-26 08:16:59: (h1.c.441) unexpected TLS ClientHello on "
		"clear port (192.0.2.1)\n"
		"sh: 1: nope: not found\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, "2026-11-26T08:16:56Z", "web.error", "",
		   "(server.c.1974) server started");
	hold_event(&p, 1, "2026-11-26T08:16:59Z", "web.error", "192.0.2.1",
		   "(h1.c.441) unexpected TLS ClientHello on clear port "
		   "(192.0.2.1)");
	hold_event(&p, 2, "", "web.error", "", "sh: 1: nope: not found");
	parsed_release(&p);
}

static void test_php_error(void **state UNUSED)
{
	struct parsed p = parse_file(
		"php-error", "/x",
		"[26-Nov-2026 08:16:56 UTC] PHP Warning:  x in /a.php on line "
		"3\n"
		"Stack trace:\n"
		"[26-Nov-2026 08:16:57 Europe/Berlin] my words\n"
		"[26-Nov-2026 08:16:58] NOTICE: fpm is running, pid 1\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, "2026-11-26T08:16:56Z", "web.error", "",
		   "PHP Warning:  x in /a.php on line 3\nStack trace:");
	assert_int_equal(p.events[0].e.source, SOURCE_OFFSET);
	hold_event(&p, 1, "2026-11-26T08:16:57Z", "web.error", "", "my words");
	assert_int_equal(p.events[1].e.source, SOURCE_ASSUMED);
	hold_event(&p, 2, "2026-11-26T08:16:58Z", "web.error", "",
		   "NOTICE: fpm is running, pid 1");
	parsed_release(&p);
}

static void test_nginx_error(void **state UNUSED)
{
	struct parsed p = parse_file(
		"nginx-error", "/var/log/nginx/error.log",
		"2023/10/11 14:32:52 [error] 12#34: *5 open() \"/x\" failed, "
		"client: 1.2.3.4, server: _\n"
		"2023/10/11 14:32:53 [notice] 1#1: start\nmore\n");

	assert_int_equal(p.n_events, 3);
	hold_event(&p, 0, "2023-10-11T14:32:52Z", "web.error", "1.2.3.4",
		   "[error] 12#34: *5 open() \"/x\" failed, client: 1.2.3.4, "
		   "server: _");
	hold_event(&p, 1, "2023-10-11T14:32:53Z", "web.error", "",
		   "[notice] 1#1: start");
	hold_event(&p, 2, "", "web.error", "", "more");
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_no_access),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_atlassian),
		cmocka_unit_test(test_apache_error),
		cmocka_unit_test(test_nginx_error),
		cmocka_unit_test(test_php_error),
		cmocka_unit_test(test_lighttpd_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
