/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGKILL while a case is written flat out: what was acknowledged is there
 * afterwards, and what is there verifies. The moment is chosen by what the
 * victim says over a pipe, and where in its work that finds it is left to
 * chance.
 */
#include "unit/case_util.h"

#include <signal.h>
#include <sys/wait.h>

#define ROUNDS     40
#define PER_ACK    5 /* files between two flushes */
#define FILE_BYTES 30000

/* Writes until it is killed; says after each flush how many files there are. */
static NORETURN void victim(struct fix *f, int to)
{
	uint8_t *p = noise(FILE_BYTES, 1);
	uint64_t n = 0;

	fix_open(f);
	fix_run(f, "collect");
	for (;;) {
		for (int i = 0; i < PER_ACK; i++) {
			char path[32];
			uint64_t file;

			(void)snprintf(path, sizeof path, "/f%" PRIu64, n++);
			memcpy(p, &n, sizeof n);
			file = put_file(f, path, "", true);
			put_hit(f, put_match(f, file, "r", "low"), n);
			put_bytes(f, file, bytes_of(p, FILE_BYTES));
			put_end(f, file, bytes_of(p, FILE_BYTES));
		}
		fix_flush(f);
		if (write(to, &n, sizeof n) != (ssize_t)sizeof n)
			_exit(1);
	}
}

/* Kills after so many acknowledgements; the last of them comes back. */
static uint64_t kill_after(struct fix *f, unsigned acks)
{
	uint64_t n = 0, last = 0;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close_fd(fds[0]);
		victim(f, fds[1]);
	}
	close_fd(fds[1]);
	for (unsigned i = 0; i < acks; i++) {
		assert_int_equal(read(fds[0], &n, sizeof n), sizeof n);
		last = n;
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(fds[0], &n, sizeof n) == (ssize_t)sizeof n)
		last = n; /* said before it died */
	close_fd(fds[0]);
	return last;
}

static void killed_writer_leaves_a_sound_case(void **state)
{
	struct fix *f = *state;
	uint64_t total = 0;
	struct verdict v;

	fix_host(f, "web01");
	fix_close(f); /* no connection and no thread across fork */
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t acked = kill_after(f, 1 + round % 3);
		char *sql = xasprintf("SELECT count(*) FROM evidence WHERE"
				      " complete AND run_id = (SELECT id FROM"
				      " run ORDER BY id DESC LIMIT 1)");

		v = fix_verify(f);
		if (v.code != ERR_OK)
			fail_msg("round %u: %s\n%s", round, v.err.msg, v.lines);
		assert_true((uint64_t)sql_int(f, sql) >= acked);
		total += acked;
		free(sql);
	}
	assert_true(total >= (uint64_t)ROUNDS * PER_ACK);
	/* Who opens it next learns which runs were cut off. */
	fix_open(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM run"
				    " WHERE state = 'interrupted'"),
			 ROUNDS);
	v = fix_verify(f);
	if (v.code != ERR_OK)
		fail_msg("%s\n%s", v.err.msg, v.lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			killed_writer_leaves_a_sound_case, fix_setup,
			fix_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
