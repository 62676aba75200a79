/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that mean no good, before there is any encryption. Whatever they
 * do, the link ends by itself, in time, and says why.
 */
#include "ssh/sim.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/fs.h"

#define HANDSHAKE_MS 700
#define BANNER       "SSH-2.0-OpenSSH_9.9\r\n"

static void send_str(int fd, const char *s)
{
	struct err err;

	if (fs_write_all(fd, bytes_str(s), &err) != ERR_OK)
		_exit(0); /* the link is gone: the end of the play */
}

static void say_nothing(int fd)
{
	char c[4096];

	while (read(fd, c, sizeof c) > 0)
		;
}

static void drip_lines(int fd)
{
	for (;;) {
		(void)poll(NULL, 0, 20);
		send_str(fd, "please hold the line\r\n");
	}
}

static void drip_bytes(int fd)
{
	for (;;) {
		(void)poll(NULL, 0, 20);
		send_str(fd, "x");
	}
}

static void flood_lines(int fd)
{
	for (;;)
		send_str(fd, "your call is important to us\r\n"
			     "your call is important to us\r\n"
			     "your call is important to us\r\n");
}

static void flood_one_line(int fd)
{
	for (;;)
		send_str(fd, "SSH-2.0-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void hang_up(int fd UNUSED)
{
}

static void banner_and_hang_up(int fd)
{
	send_str(fd, BANNER);
}

static void banner_and_nothing(int fd)
{
	send_str(fd, BANNER);
	say_nothing(fd);
}

static void send_bytes(int fd, const void *p, size_t n)
{
	struct err err;

	if (fs_write_all(fd, bytes_of(p, n), &err) != ERR_OK)
		_exit(0);
}

static void garbage(int fd)
{
	uint32_t x = 7;
	uint8_t b[4096];

	for (;;) {
		for (size_t i = 0; i < sizeof b; i++) {
			x = x * 1664525u + 1013904223u;
			b[i] = (uint8_t)(x >> 24);
		}
		send_bytes(fd, b, sizeof b);
	}
}

static void banner_and_garbage(int fd)
{
	send_str(fd, BANNER);
	garbage(fd);
}

/* SSH_MSG_IGNORE (RFC 4253 11.2) without an end. */
static void flood_ignore(int fd)
{
	static const uint8_t packet[16] = {0, 0, 0, 12, 6, 2, 0, 0, 0, 1, 'x'};
	uint8_t many[64 * sizeof packet];

	for (size_t i = 0; i < sizeof many; i += sizeof packet)
		memcpy(many + i, packet, sizeof packet);
	send_str(fd, BANNER);
	for (;;)
		send_bytes(fd, many, sizeof many);
}

/* A packet that claims to be as long as can be. */
static void huge_packet(int fd)
{
	send_str(fd, BANNER);
	send_bytes(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	say_nothing(fd);
}

/* SSH_MSG_DISCONNECT with words meant for a terminal. */
static void rude_goodbye(int fd)
{
	static const uint8_t packet[] = {
		0,   0,   0,    28,  6,   1,   0, 0, 0, 2, 0, 0, 0, 8, 'b', 'y',
		'e', '!', 0x1b, '[', '2', 'J', 0, 0, 0, 0, 0, 0, 0, 0, 0,   0};

	send_str(fd, BANNER);
	send_bytes(fd, packet, sizeof packet);
	say_nothing(fd);
}

static const struct {
	const char *name;
	void (*play)(int fd);
	enum err_code code; /* ERR_OK: any */
	const char *part;   /* of the message */
} plays[] = {
	{"says nothing", say_nothing, ERR_TIMEOUT,
	 "the SSH handshake took longer than 1 s"},
	{"drips lines", drip_lines, ERR_TIMEOUT, "took longer"},
	{"drips bytes", drip_bytes, ERR_TIMEOUT, "took longer"},
	{"floods with lines", flood_lines, ERR_TIMEOUT, "took longer"},
	{"floods with one line", flood_one_line, ERR_OK, "the SSH handshake"},
	{"hangs up", hang_up, ERR_NET, "closed the connection"},
	{"hangs up after the banner", banner_and_hang_up, ERR_NET,
	 "closed the connection"},
	{"is silent after the banner", banner_and_nothing, ERR_TIMEOUT,
	 "took longer"},
	{"sends garbage", garbage, ERR_OK, "the SSH handshake"},
	{"sends garbage after the banner", banner_and_garbage, ERR_OK,
	 "the SSH handshake"},
	{"floods with ignore", flood_ignore, ERR_TIMEOUT, "took longer"},
	{"sends a huge packet", huge_packet, ERR_OK, "the SSH handshake"},
	{"is rude", rude_goodbye, ERR_NET, "bye!\\x1b[2J"},
};

static int play_server(void (*play)(int), pid_t *pid)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (*pid == 0) {
		close(fds[0]);
		play(fds[1]);
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

static void the_link_ends_in_time(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(plays); i++) {
		int64_t begun = time_mono_ns();
		struct sim s;
		pid_t pid;

		sim_defaults(&s);
		s.no_keyring = true;
		s.start.handshake_ms = HANDSHAKE_MS;
		sim_start(&s, play_server(plays[i].play, &pid));
		sim_run(&s);
		if ((plays[i].code && s.fault.code != plays[i].code) ||
		    !strstr(s.fault.msg, plays[i].part))
			fail_msg("a server that %s: %s: %s", plays[i].name,
				 err_name(s.fault.code), s.fault.msg);
		assert_int_equal(sim_end(&s), 1);
		await_all_gone();
		/* Ten times its time, for machines that are busy. */
		assert_true(time_mono_ns() - begun <
			    10 * HANDSHAKE_MS * NS_PER_MS);
	}
}

static void a_link_that_is_forgotten_ends(void **state UNUSED)
{
	struct sim s;
	pid_t pid;

	sim_defaults(&s);
	s.no_keyring = true;
	s.stop_at = MSG_LINK_PHASE;
	sim_start(&s, play_server(say_nothing, &pid));
	sim_run(&s);
	assert_int_equal(sim_end(&s), 1);
	await_all_gone();
}

static void orders_out_of_place_end_it(void **state UNUSED)
{
	struct msg_link_verdict early = {.accepted = true};
	struct sim s;
	pid_t pid;

	sim_defaults(&s);
	s.link_pid =
		child_start(link_main, play_server(say_nothing, &pid), &s.link);
	tell(&s.link, MSG_LINK_VERDICT, &early);
	sim_run(&s);
	assert_int_equal(s.fault.code, ERR_FORMAT);
	assert_int_equal(sim_end(&s), 1);
	await_all_gone();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_link_ends_in_time),
		cmocka_unit_test(a_link_that_is_forgotten_ends),
		cmocka_unit_test(orders_out_of_place_end_it),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	remote_warm_up();
	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
