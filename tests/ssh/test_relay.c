/* SPDX-License-Identifier: Apache-2.0 */
/* While the probe runs: streams, limits, ends, and hosts that fall silent. */
#include "ssh/sim.h"

#include <signal.h>

#define HEAD "#!/bin/sh\nrm -f \"$0\"\n"
#define ECHO HEAD "exec cat\n"

static void start(struct sim *s, const char *script, struct bytes input,
		  pid_t *sshd)
{
	sim_probe(s, script);
	s->input = input;
	sim_start(s, sshd_start(NULL, sshd));
	sim_run(s);
}

static void end(struct sim *s, int status)
{
	assert_int_equal(sim_end(s), status);
	await_all_gone();
}

static void assert_exit(const struct sim *s, uint64_t status)
{
	if (s->fault.code != ERR_OK)
		fail_msg("%s: %s", err_name(s->fault.code), s->fault.msg);
	assert_true(s->exited);
	assert_int_equal(s->exit_status, status);
}

static void check_echo(const uint8_t *plain, size_t n)
{
	struct buf z;
	struct sim s;
	pid_t sshd;

	compress_for_probe(bytes_of(plain, n), &z);
	sim_defaults(&s);
	start(&s, ECHO, buf_bytes(&z), &sshd);
	assert_exit(&s, 0);
	assert_int_equal(s.output.n, n);
	assert_memory_equal(s.output.p, plain, n);
	end(&s, 0);
	buf_release(&z);
}

/* Both directions at once, more than any window. */
static void large_streams_pass_both_ways(void **state UNUSED)
{
	size_t n = (size_t)20 << 20;
	uint8_t *p = xmalloc(n);

	fill_noise(p, n);
	check_echo(p, n);
	free(p);
}

/* A few kilobytes on the wire, many megabytes here. */
static void small_streams_may_unpack_large(void **state UNUSED)
{
	size_t n = (size_t)64 << 20;
	uint8_t *p = xcalloc(1, n);

	check_echo(p, n);
	free(p);
}

static void empty_streams_are_fine(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	start(&s, ECHO, (struct bytes){0}, &sshd);
	assert_exit(&s, 0);
	assert_int_equal(s.output.n, 0);
	end(&s, 0);
}

static void exits_are_told(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	start(&s, HEAD "exit 7\n", (struct bytes){0}, &sshd);
	assert_exit(&s, 7);
	end(&s, 0);
}

static void complaints_are_passed_on_in_part(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	start(&s, HEAD "echo oops >&2\nhead -c 40000000 /dev/zero >&2\n",
	      (struct bytes){0}, &sshd);
	assert_exit(&s, 0);
	assert_int_equal(s.errors.n, 64 << 10);
	assert_true(bytes_starts(buf_bytes(&s.errors), "oops\n"));
	end(&s, 0);
}

static void other_output_is_no_record_stream(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	start(&s, HEAD "echo hello\n", (struct bytes){0}, &sshd);
	assert_fault(&s, ERR_FORMAT, "reading the probe's records");
	end(&s, 1);
}

/* One that does not read what it is sent must not hold us up. */
static void a_probe_may_end_early(void **state UNUSED)
{
	size_t n = (size_t)20 << 20;
	uint8_t *p = xcalloc(1, n);
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	start(&s, HEAD "exit 3\n", bytes_of(p, n), &sshd);
	assert_exit(&s, 3);
	end(&s, 0);
	free(p);
}

static void wait_until_placed(struct sim *s, const char *script, pid_t *sshd)
{
	s->stop_at = MSG_LINK_PLACED;
	start(s, script, (struct bytes){0}, sshd);
	assert_true(s->placed);
	s->stop_at = 0;
}

static void a_lost_connection_is_said(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	wait_until_placed(&s, ECHO, &sshd);
	assert_int_equal(kill(-sshd, SIGKILL), 0);
	sim_run(&s);
	assert_fault(&s, ERR_NET, "closed the connection");
	end(&s, 1);
}

static void a_host_that_stops_is_noticed(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	s.start.idle_ms = 1500;
	s.start.keepalive_s = 1;
	wait_until_placed(&s, ECHO, &sshd);
	assert_int_equal(kill(-sshd, SIGSTOP), 0);
	sim_run(&s);
	assert_fault(&s, ERR_TIMEOUT, "no sign of life from the host for 2 s");
	assert_int_equal(kill(-sshd, SIGKILL), 0);
	end(&s, 1);
}

/* Its sshd answers keepalives, though the probe says nothing. */
static void a_quiet_host_is_not_given_up(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	s.start.idle_ms = 2900;
	s.start.keepalive_s = 1;
	start(&s, HEAD "timeout 5 tail -f /dev/null\nexit 0\n",
	      (struct bytes){0}, &sshd);
	assert_exit(&s, 0);
	end(&s, 0);
}

static void the_probe_ends_with_the_engine(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	wait_until_placed(&s, ECHO, &sshd);
	end(&s, 1); /* which waits for the probe, too */
}

static void the_probe_ends_with_a_killed_link(void **state UNUSED)
{
	struct sim s;
	pid_t sshd;

	sim_defaults(&s);
	wait_until_placed(&s, ECHO, &sshd);
	(void)kill(s.link_pid, SIGKILL);
	end(&s, 128 + SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_streams_pass_both_ways),
		cmocka_unit_test(small_streams_may_unpack_large),
		cmocka_unit_test(empty_streams_are_fine),
		cmocka_unit_test(exits_are_told),
		cmocka_unit_test(complaints_are_passed_on_in_part),
		cmocka_unit_test(other_output_is_no_record_stream),
		cmocka_unit_test(a_probe_may_end_early),
		cmocka_unit_test(a_lost_connection_is_said),
		cmocka_unit_test(a_host_that_stops_is_noticed),
		cmocka_unit_test(a_quiet_host_is_not_given_up),
		cmocka_unit_test(the_probe_ends_with_the_engine),
		cmocka_unit_test(the_probe_ends_with_a_killed_link),
	};

	if (!sshd_is_there()) {
		print_message("no sshd here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("relay", tests, fixture_make,
					   fixture_remove);
}
