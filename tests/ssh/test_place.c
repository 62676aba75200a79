/* SPDX-License-Identifier: Apache-2.0 */
/* Placing and running the probe; that nothing of it stays behind. */
#include "ssh/sim.h"

#include <signal.h>

#include "base/fs.h"
#include "wire/stream.h"

/* A probe that unlinks itself and says what it is told. */
#define ECHO "#!/bin/sh\nrm -f \"$0\"\nexec cat\n"

static void compress(struct bytes plain, struct buf *out)
{
	struct zwriter z;
	struct err err;

	buf_init(out, 64u << 20);
	zwriter_init(&z, 3);
	assert_ok(zwriter_add(&z, plain, ZFLUSH_END, out, &err), err);
	zwriter_release(&z);
}

static void probe_runs_and_is_gone(void **state UNUSED)
{
	struct sim s;
	struct buf z;
	pid_t sshd;

	sim_defaults(&s);
	sim_probe(&s, ECHO);
	compress(bytes_str("hello, probe"), &z);
	s.input = buf_bytes(&z);
	sim_start(&s, sshd_start(NULL, &sshd));
	sim_run(&s);
	if (s.fault.code != ERR_OK)
		fail_msg("%s: %s", err_name(s.fault.code), s.fault.msg);
	assert_true(s.exited);
	assert_int_equal(s.exit_status, 0);
	assert_true(bytes_eq(buf_bytes(&s.output), bytes_str("hello, probe")));
	assert_string_equal(s.system, "Linux x86_64");
	assert_true(s.checked);
	assert_true(s.gz);
	assert_true(s.rtt_ns > 0);
	assert_non_null(strstr(s.jail, "seccomp"));
	assert_int_equal(sim_end(&s), 0);
	await_all_gone();
	assert_int_equal(count_leftovers(), 0);
	buf_release(&z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probe_runs_and_is_gone),
	};

	if (!sshd_is_there()) {
		print_message("no sshd here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("place", tests, fixture_make,
					   fixture_remove);
}
