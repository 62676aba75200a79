/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that mean no good, before there is any encryption. Whatever they
 * do, the link ends by itself, in time, and says why.
 */
#include "ssh/plays.h"
#include "ssh/sim.h"

#include <signal.h>
#include <sys/socket.h>

#include "base/fs.h"

#define HANDSHAKE_MS 700

static const struct {
	const char *name;
	void (*play)(int fd);
	enum err_code code; /* ERR_OK: any */
	const char *part;   /* of the message */
} plays[] = {
	{"says nothing", play_say_nothing, ERR_TIMEOUT,
	 "the SSH handshake took longer than 1 s"},
	{"drips lines", play_drip_lines, ERR_TIMEOUT, "took longer"},
	{"drips bytes", play_drip_bytes, ERR_TIMEOUT, "took longer"},
	{"floods with lines", play_flood_lines, ERR_REMOTE,
	 "this is no SSH server, it says: your call is important to us"},
	{"speaks of mail", play_mail, ERR_REMOTE,
	 "this is no SSH server, it says: 220 mail.example.org ESMTP \\x1b[2J"},
	{"speaks SSH 1", play_old_ssh, ERR_UNSUPPORTED,
	 "the server speaks SSH 1.5 only"},
	{"speaks of something", play_talk, ERR_TIMEOUT,
	 "took longer than 1 s; all that it says is: login:"},
	{"floods with one line", play_flood_one_line, ERR_REMOTE,
	 "after its banner it sends what is no SSH"},
	{"hangs up", play_hang_up, ERR_NET, "closed the connection"},
	{"hangs up after the banner", play_banner_and_hang_up, ERR_NET,
	 "closed the connection"},
	{"is silent after the banner", play_banner_and_nothing, ERR_TIMEOUT,
	 "took longer"},
	{"sends garbage", play_garbage, ERR_REMOTE, "no SSH server, it says: "},
	{"sends garbage after the banner", play_banner_and_garbage, ERR_REMOTE,
	 "after its banner it sends what is no SSH"},
	{"floods with ignore", play_flood_ignore, ERR_TIMEOUT, "took longer"},
	{"sends a huge packet", play_huge_packet, ERR_OK, "the SSH handshake"},
	{"is rude", play_rude_goodbye, ERR_NET, "bye!\\x1b[2J"},
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
	sim_start(&s, play_server(play_say_nothing, &pid));
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
		child_start(link_main, play_server(play_say_nothing, &pid), &s.link);
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
