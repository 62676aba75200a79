/* SPDX-License-Identifier: Apache-2.0 */
/* Resolving and connecting, against listeners of our own on loopback. */
#include "ssh/harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "remote/reach.h"

struct outcome {
	struct err err;
	char address[128];
	int fd;
};

static struct outcome try_order(const struct msg_connect *m)
{
	struct outcome o = {.fd = -1};
	struct msg_connected done;
	struct frame f;
	struct chan c;
	pid_t pid = child_start(connect_main, -1, &c);

	tell(&c, MSG_CONNECT, m);
	hear(&c, &f);
	if (msg_read(&f, MSG_CONNECTED, &done, &o.err) == ERR_OK) {
		(void)snprintf(o.address, sizeof o.address, "%s",
			       shown(done.address).s);
		o.fd = chan_take_fd(&c);
	}
	assert_int_equal(child_wait(pid), o.fd >= 0 ? 0 : 1);
	chan_release(&c);
	return o;
}

static struct outcome try_connect(const char *host, uint16_t port,
				  uint64_t timeout_ms)
{
	const struct msg_connect m = {.host = bytes_str(host),
				      .port = port,
				      .timeout_ms = timeout_ms};

	return try_order(&m);
}

/* A listening socket on a port the kernel chose; -1 where IPv6 is missing. */
static int listen_on(int family, int backlog, uint16_t *port)
{
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6,
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in a4 = {.sin_family = AF_INET,
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&a4
					       : (struct sockaddr *)&a6;
	socklen_t len = family == AF_INET ? sizeof a4 : sizeof a6;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, a, len) != 0 || listen(fd, backlog) != 0 ||
	    getsockname(fd, a, &len) != 0)
		return close_fd(fd);
	*port = ntohs(family == AF_INET ? a4.sin_port : a6.sin6_port);
	return fd;
}

static void check_reaches(const char *host, int family, const char *shown_as)
{
	uint16_t port = 0;
	int listener = listen_on(family, 5, &port), accepted;
	char want[128], c = 'x';
	struct outcome o;

	if (listener < 0) {
		print_message("no %s here\n", host);
		skip();
	}
	o = try_connect(host, port, 5000);
	if (o.fd < 0)
		fail_msg("%s", o.err.msg);
	(void)snprintf(want, sizeof want, "%s:%u", shown_as, port);
	assert_string_equal(o.address, want);
	accepted = accept(listener, NULL, NULL);
	assert_true(accepted >= 0);
	assert_int_equal(write(o.fd, &c, 1), 1);
	assert_int_equal(read(accepted, &c, 1), 1);
	close(accepted);
	close(o.fd);
	close(listener);
}

static void gives_a_connected_descriptor(void **state UNUSED)
{
	check_reaches("127.0.0.1", AF_INET, "127.0.0.1");
}

static void speaks_ipv6(void **state UNUSED)
{
	check_reaches("::1", AF_INET6, "[::1]");
}

/* localhost is often both; the listener here has IPv4 only. */
static void tries_all_addresses(void **state UNUSED)
{
	check_reaches("localhost", AF_INET, "127.0.0.1");
}

static void keeps_to_one_family(void **state UNUSED)
{
	uint16_t port = 0;
	int listener = listen_on(AF_INET, 5, &port);
	struct msg_connect m = {.host = bytes_str("127.0.0.1"),
				.port = port,
				.timeout_ms = 5000,
				.family = REACH_INET6};
	struct outcome o = try_order(&m);

	assert_int_equal(o.err.code, ERR_NET);
	assert_non_null(strstr(o.err.msg, "cannot resolve 127.0.0.1 as IPv6"));
	m.family = REACH_INET;
	o = try_order(&m);
	assert_true(o.fd >= 0);
	close(o.fd);
	close(listener);
}

static void connects_from_an_address(void **state UNUSED)
{
	uint16_t port = 0;
	int listener = listen_on(AF_INET, 5, &port), accepted;
	struct msg_connect m = {.host = bytes_str("127.0.0.1"),
				.port = port,
				.timeout_ms = 5000,
				.from = bytes_str("127.0.0.9")};
	struct sockaddr_in peer;
	socklen_t len = sizeof peer;
	struct outcome o = try_order(&m);

	if (o.fd < 0)
		fail_msg("%s", o.err.msg);
	accepted = accept(listener, (struct sockaddr *)&peer, &len);
	assert_true(accepted >= 0);
	assert_int_equal(ntohl(peer.sin_addr.s_addr), 0x7f000009);
	close(accepted);
	close(o.fd);
	m.from = bytes_str("192.0.2.9"); /* nobody's */
	o = try_order(&m);
	assert_non_null(strstr(o.err.msg, "connecting from 192.0.2.9"));
	m.from = bytes_str("::1"); /* of the other kind */
	o = try_order(&m);
	assert_non_null(strstr(o.err.msg, "the address to connect from"));
	close(listener);
}

static void names_who_refused(void **state UNUSED)
{
	uint16_t port = 0;
	int listener = listen_on(AF_INET, 1, &port);
	char want[64];
	struct outcome o;

	assert_true(listener >= 0);
	close(listener); /* nobody listens there now */
	o = try_connect("127.0.0.1", port, 5000);
	assert_int_equal(o.err.code, ERR_NET);
	(void)snprintf(want, sizeof want, "connection refused by 127.0.0.1:%u",
		       port);
	assert_string_equal(o.err.msg, want);
}

static void names_what_does_not_resolve(void **state UNUSED)
{
	struct outcome o = try_connect("no-such-host.invalid", 22, 5000);

	assert_true(o.err.code == ERR_NET || o.err.code == ERR_TIMEOUT);
	assert_non_null(
		strstr(o.err.msg, "cannot resolve no-such-host.invalid"));
}

/* A listener whose queue is full answers no SYN, as a firewall that drops. */
static void gives_up_in_time(void **state UNUSED)
{
	uint16_t port = 0;
	int listener = listen_on(AF_INET, 0, &port), held[4];
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(port),
				.sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct outcome o;
	char want[80];

	assert_true(listener >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		held[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(held[i], (struct sockaddr *)&a, sizeof a);
	}
	o = try_connect("127.0.0.1", port, 300);
	assert_int_equal(o.err.code, ERR_TIMEOUT);
	(void)snprintf(want, sizeof want,
		       "no answer from 127.0.0.1:%u within 1 s", port);
	assert_string_equal(o.err.msg, want);
	for (size_t i = 0; i < ARRAY_SIZE(held); i++)
		close(held[i]);
	close(listener);
}

static void ends_when_nobody_asks(void **state UNUSED)
{
	struct chan c;
	pid_t pid = child_start(connect_main, -1, &c);

	chan_release(&c);
	assert_int_equal(child_wait(pid), 1);
}

static void refuses_another_message(void **state UNUSED)
{
	struct msg_empty m = {0};
	struct msg_connected done;
	struct chan c;
	struct frame f;
	struct err err;
	pid_t pid = child_start(connect_main, -1, &c);

	tell(&c, MSG_LINK_GO, &m);
	hear(&c, &f);
	assert_code(msg_read(&f, MSG_CONNECTED, &done, &err), ERR_FORMAT);
	assert_int_equal(child_wait(pid), 1);
	chan_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_a_connected_descriptor),
		cmocka_unit_test(speaks_ipv6),
		cmocka_unit_test(tries_all_addresses),
		cmocka_unit_test(keeps_to_one_family),
		cmocka_unit_test(connects_from_an_address),
		cmocka_unit_test(names_who_refused),
		cmocka_unit_test(names_what_does_not_resolve),
		cmocka_unit_test(gives_up_in_time),
		cmocka_unit_test(ends_when_nobody_asks),
		cmocka_unit_test(refuses_another_message),
	};

	return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
