/* SPDX-License-Identifier: Apache-2.0 */
/* What containers wrote, and when they lived. */
#include "unit/parse_kit.h"

#define LOG(text, stream, ns)                                                  \
	"{\"log\":\"" text "\",\"stream\":\"" stream                             \
	"\",\"time\":\"2016-01-07T16:49:10." ns "Z\"}\n"

static void test_docker_log(void **state UNUSED)
{
	struct parsed p = parse_file(
		"docker-log",
		"/var/lib/docker/containers/e7d0b7ea5ccf0836/"
		"e7d0b7ea5ccf0836-json.log",
		LOG("one\\r\\n", "stdout", "2") LOG("first ", "stdout", "3")
			LOG("err\\n", "stderr", "237222728")
				LOG("second\\n", "stdout", "4")
					LOG("last", "stdout", "5") "{\"x\n");

	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2016-01-07T16:49:10.2Z", "container.stdout",
		   "e7d0b7ea5ccf", "one");
	hold_event(&p, 1, "2016-01-07T16:49:10.237222728Z", "container.stderr",
		   "e7d0b7ea5ccf", "err");
	hold_event(&p, 2, "2016-01-07T16:49:10.3Z", "container.stdout",
		   "e7d0b7ea5ccf", "first second");
	hold_event(&p, 3, "2016-01-07T16:49:10.5Z", "container.stdout",
		   "e7d0b7ea5ccf", "last");
	assert_true(p.events[1].e.precision_ns == 1);
	parsed_release(&p);
}

/* Each of the lines would do as one of a web server's own log. */
static void cri_of_a_web_server(void **state UNUSED)
{
	struct parsed p = parse_file(
		"cri", "/x",
		"2022-01-28T16:04:05.413656027Z stdout F 192.0.2.1 - - "
		"[28/Jan/2022:16:04:05 +0000] \"GET / HTTP/1.1\" 200 13\n");

	assert_int_equal(p.n_events, 1);
	assert_string_equal(p.events[0].e.kind, "container.stdout");
	parsed_release(&p);
}

static void test_cri(void **state UNUSED)
{
	struct parsed p = parse_file(
		"cri", "/var/log/pods/ns_web_1/main/0.log",
		"2016-10-06T00:17:09.669794202Z stdout P long \n"
		"2016-10-06T00:17:09.669794203Z stderr F other\n"
		"2016-10-06T00:17:09.669794204Z stdout F line\n"
		"2016-10-06T00:17:10Z stdout P never ended\n"
		"2016-10-06T00:19:10Z stdout F much later\n"
		"2016-10-06T00:19:10Z out F x\n");

	assert_int_equal(p.n_events, 4);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2016-10-06T00:17:09.669794203Z", "container.stderr",
		   "ns_web_1", "other");
	hold_event(&p, 1, "2016-10-06T00:17:09.669794202Z", "container.stdout",
		   "ns_web_1", "long line");
	hold_event(&p, 2, "2016-10-06T00:17:10Z", "container.stdout",
		   "ns_web_1", "never ended");
	hold_event(&p, 3, "2016-10-06T00:19:10Z", "container.stdout",
		   "ns_web_1", "much later");
	parsed_release(&p);
}

static void test_config(void **state UNUSED)
{
	static const char message[] = "container e7d0b7ea5ccf /web, image alpine"
				      ", runs /bin/sh -c id";
	struct parsed p = parse_file(
		"docker-config", "/x/config.v2.json",
		"{\"State\":{\"StartedAt\":\"2016-01-07T16:49:08.5Z\","
		"\"FinishedAt\":\"0001-01-01T00:00:00Z\"},"
		"\"ID\":\"e7d0b7ea5ccf08366e2b\",\"Name\":\"/web\","
		"\"Created\":\"2016-01-07T16:49:07Z\",\"Path\":\"/bin/sh\","
		"\"Args\":[\"-c\",\"id\"],\"Config\":{\"Image\":\"alpine\"}}");

	assert_int_equal(p.n_events, 2); /* it never ended */
	hold_event(&p, 0, "2016-01-07T16:49:07Z", "container.created",
		   "e7d0b7ea5ccf", message);
	hold_event(&p, 1, "2016-01-07T16:49:08.5Z", "container.started",
		   "e7d0b7ea5ccf", message);
	parsed_release(&p);
}

static void test_layer(void **state UNUSED)
{
	struct parsed p = parse_file(
		"docker-layer", "/x/json",
		"{\"created\":\"2015-10-12T17:27:03Z\",\"rootfs\":{},"
		"\"history\":[{\"created\":\"2015-10-12T17:27:02Z\","
		"\"created_by\":\"ADD x\",\"author\":\"eve\"},{},7]}");

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 1, "2015-10-12T17:27:02Z", "container.layer", "eve",
		   "layer: ADD x");
	parsed_release(&p);
}

static void test_caddy(void **state UNUSED)
{
	struct parsed p = parse_file(
		"caddy", "/var/log/caddy/access.log",
		"{\"ts\":1646861401.5,\"logger\":\"http.log.access\","
		"\"request\":{\"remote_ip\":\"::1\",\"proto\":\"HTTP/2.0\","
		"\"method\":\"GET\",\"host\":\"h\",\"uri\":\"/x\","
		"\"headers\":{\"User-Agent\":[\"curl/7\"]}},"
		"\"user_id\":\"eve\",\"status\":200,\"size\":2}\n"
		"{\"ts\":1e300,\"request\":{}}\n");

	assert_int_equal(p.n_events, 1);
	assert_int_equal(p.n_problems, 1);
	hold_event(&p, 0, "2022-03-09T21:30:01.5Z", "web.request", "eve",
		   "::1 to h as eve: \"GET /x HTTP/2.0\" 200 2 curl/7");
	parsed_release(&p);
}

/* A file that is no JSON all the way is told, whatever it begins with. */
static void test_bad_json(void **state UNUSED)
{
	struct parse_input in = {
		.content = bytes_str("{\"created\":\"\",\"rootfs\":[[[")};
	struct parsed p;
	struct err err;

	assert_code(parse_keep(parser_find("docker-layer"), &in, &p, &err),
		    ERR_FORMAT);
	assert_code(parse_keep(parser_find("docker-config"), &in, &p, &err),
		    ERR_FORMAT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker_log), cmocka_unit_test(test_cri),
		cmocka_unit_test(cri_of_a_web_server),
		cmocka_unit_test(test_config),	   cmocka_unit_test(test_layer),
		cmocka_unit_test(test_caddy),	   cmocka_unit_test(test_bad_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
