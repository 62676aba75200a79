/* SPDX-License-Identifier: Apache-2.0 */
/* Ways out of the jail, each tried by a process of its own. */
#include "unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/jail.h"
#include "probe/cell.h"

enum { CANNOT_ENTER = 100, ESCAPED = 101, REFUSED = 102, FINE = 103 };

#define CELL_BYTES ((uint64_t)64 << 20)

static int inherited[2]; /* a socket pair the jailed may use */
static int closed_fd;    /* a descriptor it was not left */

static int outcome(bool escaped)
{
	return escaped ? ESCAPED : REFUSED;
}

static int try_open(void)
{
	return outcome(open("/etc/passwd", O_RDONLY) >= 0);
}

static int try_create(void)
{
	return outcome(
		open("/tmp/halligan-jail-test", O_CREAT | O_RDWR, 0600) >= 0);
}

static int try_stat(void)
{
	struct stat st;

	return outcome(stat("/etc/passwd", &st) == 0);
}

static int try_socket(void)
{
	return outcome(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int try_unix_socket(void)
{
	return outcome(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
}

static int try_exec(void)
{
	char *argv[] = {(char[]){"true"}, NULL};

	execv("/bin/true", argv);
	return REFUSED;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return outcome(pid > 0);
}

static int try_clone3(void)
{
	uint64_t args[8] = {0, 0, 0, 0, SIGCHLD};
	long pid = syscall(SYS_clone3, args, sizeof args);

	if (pid == 0)
		_exit(0);
	return outcome(pid > 0);
}

static int try_ptrace(void)
{
	return outcome(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
}

static int try_kill(void)
{
	return outcome(kill(getppid(), 0) == 0);
}

static int try_tgkill(void)
{
	return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0) == 0);
}

static int try_exec_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome(p != MAP_FAILED);
}

static int try_make_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return FINE; /* not what is tested here: counts as a failure */
	return outcome(mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int try_closed_descriptor(void)
{
	char c = 0;

	return outcome(write(closed_fd, &c, 1) == 1);
}

static int try_send_descriptor(void)
{
	struct iovec iov = {.iov_base = (char[]){"x"}, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	return outcome(sendmsg(inherited[1], &msg, 0) == 1);
}

static int try_memory_file(void)
{
	return outcome(syscall(SYS_memfd_create, "x", 0) >= 0);
}

static int try_limits(void)
{
	struct rlimit r = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};

	return outcome(setrlimit(RLIMIT_NOFILE, &r) == 0);
}

static const struct {
	const char *name;
	int (*attempt)(void);
} ways_out[] = {
	{"open a file", try_open},
	{"make a file", try_create},
	{"look at a file", try_stat},
	{"open a connection", try_socket},
	{"open a local connection", try_unix_socket},
	{"run a program", try_exec},
	{"fork", try_fork},
	{"fork by clone3", try_clone3},
	{"trace the parent", try_ptrace},
	{"signal the parent", try_kill},
	{"signal the parent's thread", try_tgkill},
	{"map executable memory", try_exec_memory},
	{"make memory executable", try_make_executable},
	{"pass a message with a descriptor", try_send_descriptor},
	{"make a file in memory", try_memory_file},
	{"raise a limit", try_limits},
};

/* What the jailed must still be able to do. */
static int do_its_work(void)
{
	struct pollfd p = {.fd = inherited[1], .events = POLLOUT};
	char *big = malloc(4u << 20), *bigger;
	struct timespec t;

	if (!big)
		return REFUSED;
	memset(big, 1, 4u << 20);
	bigger = realloc(big, 16u << 20);
	if (!bigger)
		return REFUSED;
	free(bigger);
	if (poll(&p, 1, 1000) != 1 || getrandom(&t, sizeof t, 0) <= 0)
		return REFUSED;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return REFUSED;
	if (send(inherited[1], "x", 1, MSG_NOSIGNAL) != 1)
		return REFUSED;
	return FINE;
}

static void *nothing(void *arg)
{
	return arg;
}

static int start_a_thread(void)
{
	pthread_t t;
	void *result;

	if (pthread_create(&t, NULL, nothing, inherited) != 0)
		return REFUSED;
	if (pthread_join(t, &result) != 0 || result != inherited)
		return REFUSED;
	return FINE;
}

static int take_much_memory(void)
{
	void *p = mmap(NULL, (size_t)2 << 30, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome(p != MAP_FAILED);
}

/* limits NULL: the probe's cell. */
static bool enter(const struct jail_limits *limits)
{
	int keep[] = {inherited[1], -1};
	struct jail_report report;
	struct err err;

	if (!limits)
		return cell_enter(CELL_BYTES);
	return jail_enter(limits, keep, ARRAY_SIZE(keep), &report, &err) ==
	       ERR_OK;
}

static int run_jailed(int (*what)(void), const struct jail_limits *limits)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(enter(limits) ? what() : CANNOT_ENTER);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void no_way_out(void **state UNUSED)
{
	static const struct jail_limits one = {.memory_bytes = 1u << 30};
	static const struct jail_limits many = {.memory_bytes = 1u << 30,
						.may_thread = true};
	const struct jail_limits *kinds[] = {&one, &many, NULL};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (size_t i = 0; i < ARRAY_SIZE(ways_out); i++) {
			int s = run_jailed(ways_out[i].attempt, kinds[k]);
			bool killed = WIFSIGNALED(s) && WTERMSIG(s) == SIGSYS;

			if (!killed &&
			    !(WIFEXITED(s) && WEXITSTATUS(s) == REFUSED))
				fail_msg("%s: status %#x", ways_out[i].name, s);
		}
	assert_int_equal(WEXITSTATUS(run_jailed(try_closed_descriptor, &one)),
			 REFUSED);
	assert_int_not_equal(access("/tmp/halligan-jail-test", F_OK), 0);
}

static void work_goes_on_inside(void **state UNUSED)
{
	struct jail_limits limits = {.memory_bytes = 1u << 30};
	int s = run_jailed(do_its_work, &limits);

	assert_true(WIFEXITED(s));
	assert_int_equal(WEXITSTATUS(s), FINE);
	s = run_jailed(do_its_work, NULL);
	assert_true(WIFEXITED(s));
	assert_int_equal(WEXITSTATUS(s), FINE);
}

static void threads_only_where_allowed(void **state UNUSED)
{
	struct jail_limits with = {.may_thread = true}, without = {0};
	int s = run_jailed(start_a_thread, &with);

	assert_true(WIFEXITED(s));
	assert_int_equal(WEXITSTATUS(s), FINE);
	s = run_jailed(start_a_thread, &without);
	assert_false(WIFEXITED(s) && WEXITSTATUS(s) == FINE);
}

static void memory_is_limited(void **state UNUSED)
{
	struct jail_limits limits = {.memory_bytes = 1u << 30};
	int s;

	if (SANITISED) {
		print_message("not limited under sanitisers\n");
		skip();
	}
	s = run_jailed(take_much_memory, &limits);
	assert_true(WIFEXITED(s));
	assert_int_equal(WEXITSTATUS(s), REFUSED);
	s = run_jailed(take_much_memory, NULL);
	assert_true(WIFEXITED(s));
	assert_int_equal(WEXITSTATUS(s), REFUSED);
}

static void description_names_what_was_applied(void **state UNUSED)
{
	struct jail_report r = {.no_new_privs = true,
				.seccomp = true,
				.landlock_abi = 4,
				.rlimits = true};
	char out[80];

	assert_string_equal(jail_describe(&r, out, sizeof out),
			    "no_new_privs seccomp landlock:4 rlimits");
	r = (struct jail_report){.seccomp = true};
	assert_string_equal(jail_describe(&r, out, sizeof out), "seccomp");
}

static int setup(void **state UNUSED)
{
	closed_fd = open("/dev/null", O_WRONLY);
	return closed_fd < 0 ||
	       socketpair(AF_UNIX, SOCK_STREAM, 0, inherited) != 0;
}

static int teardown(void **state UNUSED)
{
	close(closed_fd);
	close(inherited[0]);
	close(inherited[1]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_way_out),
		cmocka_unit_test(work_goes_on_inside),
		cmocka_unit_test(threads_only_where_allowed),
		cmocka_unit_test(memory_is_limited),
		cmocka_unit_test(description_names_what_was_applied),
	};

	return cmocka_run_group_tests_name("jail", tests, setup, teardown);
}
