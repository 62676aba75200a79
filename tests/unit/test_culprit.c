/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a parser may do to us: the real child, in its real jail, under a real
 * engine, with one parser (of pacman's log) replaced by the linker. A file
 * that ends it, or takes it over, costs itself and nothing else.
 */
#include "unit/unit.h"

#include "unit/job_bed.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "base/fs.h"
#include "base/jail.h"
#include "base/time.h"
#include "parse/parse.h"
#include "remote/msg.h"
#include "remote/remote.h"
#include "wire/records.h"

/* ---- the parser that was taken over ---- */

static bool opens(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static bool out_open(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static bool out_create(void)
{
	return opens("/tmp/halligan-escaped", O_CREAT | O_RDWR);
}

static bool out_environ(void)
{
	return opens("/proc/self/environ", O_RDONLY);
}

static bool out_handle(void)
{
	struct {
		struct file_handle h;
		char room[64];
	} handle = {.h = {.handle_bytes = 8, .handle_type = 1}};

	return syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY) >=
		       0 ||
	       syscall(SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", &handle,
		       &(int){0}, 0) == 0;
}

static bool out_connect(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool out_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool out_fork(void)
{
	pid_t pid = (pid_t)syscall(SYS_fork);

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool out_clone(void)
{
	uint64_t args[8] = {0, 0, 0, 0, SIGCHLD};
	long pid = syscall(SYS_clone3, args, sizeof args);

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool out_exec(void)
{
	char *argv[] = {(char[]){"true"}, NULL};

	return execv("/bin/true", argv) == 0;
}

static bool out_exec_memory(void)
{
	char *argv[] = {(char[]){"x"}, NULL};
	int fd = (int)syscall(SYS_memfd_create, "x", 0);

	return fd >= 0 ||
	       syscall(SYS_execveat, 0, "", argv, NULL, AT_EMPTY_PATH) == 0;
}

static bool out_executable(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool out_trace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

/* At the same place there: the zygote is what we were forked from. */
static const char escaped_at;

static bool out_read_parent(void)
{
	char byte;
	struct iovec here = {&byte, 1},
		     there = {(void *)(uintptr_t)&escaped_at, 1};

	return syscall(SYS_process_vm_readv, getppid(), &here, 1UL, &there, 1UL,
		       0UL) == 1;
}

static bool out_kill(void)
{
	return syscall(SYS_kill, getppid(), SIGKILL) == 0;
}

static bool out_signal_thread(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), SIGKILL) == 0;
}

static bool out_pidfd(void)
{
	return syscall(SYS_pidfd_open, getppid(), 0) >= 0;
}

static bool out_mount(void)
{
	return mount("none", "/mnt", "tmpfs", 0, NULL) == 0;
}

static bool out_unshare(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

static bool out_uring(void)
{
	char params[256] = {0};

	return syscall(SYS_io_uring_setup, 1, params) >= 0;
}

static bool out_keys(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 1) >= 0;
}

static bool out_bpf(void)
{
	char attr[128] = {0};

	return syscall(SYS_bpf, 0, attr, sizeof attr) >= 0;
}

static bool out_limits(void)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_AS, &r) == 0 ||
	       setrlimit(RLIMIT_NOFILE, &r) == 0 ||
	       syscall(SYS_prlimit64, getppid(), RLIMIT_CPU, &r, NULL) == 0;
}

static bool out_descriptor(void)
{
	struct iovec iov = {.iov_base = (char[]){"x"}, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	for (int fd = 3; fd < 64; fd++)
		if (sendmsg(fd, &msg, 0) == 1)
			return true;
	return false;
}

static bool out_spool(void)
{
	for (int fd = 3; fd < 64; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    write(fd, "x", 1) == 1)
			return true;
	}
	return false;
}

static const struct {
	const char *name;
	bool (*out)(void);
} escapes[] = {
	{"open", out_open},
	{"create", out_create},
	{"environ", out_environ},
	{"handle", out_handle},
	{"connect", out_connect},
	{"unix", out_unix},
	{"fork", out_fork},
	{"clone", out_clone},
	{"exec", out_exec},
	{"exec-memory", out_exec_memory},
	{"executable", out_executable},
	{"trace", out_trace},
	{"read-parent", out_read_parent},
	{"kill", out_kill},
	{"signal-thread", out_signal_thread},
	{"pidfd", out_pidfd},
	{"mount", out_mount},
	{"unshare", out_unshare},
	{"uring", out_uring},
	{"keys", out_keys},
	{"bpf", out_bpf},
	{"limits", out_limits},
	{"descriptor", out_descriptor},
	{"spool", out_spool},
};

/* ---- the ways in which it fails ---- */

static void fail_crash(void)
{
	volatile int *volatile nowhere = NULL;

	(void)signal(SIGSEGV, SIG_DFL); /* cmocka takes it else */
	*nowhere = 1;
}

static void fail_abort(void)
{
	abort();
}

static void fail_spin(void)
{
	volatile bool forever = true;

	while (forever)
		;
}

/* Its own limit is nothing to one that was taken over. */
static void fail_hang(void)
{
	struct itimerval none = {0};
	sigset_t all;

	sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	(void)signal(SIGPROF, SIG_IGN);
	(void)setitimer(ITIMER_PROF, &none, NULL);
	for (;;)
		(void)poll(NULL, 0, -1);
}

static void fail_memory(void)
{
	for (;;)
		*(volatile char *)xmalloc((size_t)64 << 20) = 1;
}

static void fail_exit(void)
{
	_exit(3);
}

static const struct {
	const char *name;
	void (*run)(void);
	const char *why; /* in coverage */
} failures[] = {
	{"crash", fail_crash, "crashed (SIGSEGV)"},
	{"abort", fail_abort, "ran out of memory, or found itself at fault"},
	{"spin", fail_spin, "took too long"},
	{"hang", fail_hang, "neither ended nor said a word"},
	{"memory", fail_memory, "ran out of memory"},
	{"exit", fail_exit, "ended before it was done"},
};

/* In place of pacman's (-Wl,--wrap): does what the content says. */
enum err_code __wrap_pacman_run(const struct parse_input *in,
				const struct parse_out *out, struct err *err);
enum err_code __wrap_pacman_run(const struct parse_input *in,
				const struct parse_out *out, struct err *err)
{
	struct parse_event e = {.time_ns = NS_PER_S,
				.precision_ns = NS_PER_S,
				.source = SOURCE_UTC,
				.desc = DESC_CHANGED,
				.kind = "syslog",
				.message = in->content,
				.length = in->content.n};
	const char *said = "read";

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		if (bytes_eq(in->content, bytes_str(failures[i].name)))
			failures[i].run();
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
		if (bytes_eq(in->content, bytes_str(escapes[i].name)))
			said = escapes[i].out() ? "escaped" : "held";
	e.actor = bytes_str(said);
	return parse_say(out, &e, err);
}

/* ---- the bed ---- */

static const struct child_kind kinds[] = {
	[CHILD_BUNDLE] = {"bundle", bundle_main},
};

static int set_up_parser(void **state)
{
	const struct engine_config config = {.silence_ns = 5 * NS_PER_S,
					     .item_cpu_s = 1};

	return set_up_with(state, kinds, ARRAY_SIZE(kinds), &config);
}

/* A spool of files /f/1, /f/2... that have these words in them. */
static int make_spool(const char *const words[], size_t n)
{
	char path[] = "/tmp/halligan-culprit.XXXXXX";
	int fd = mkstemp(path), reader;
	struct rec_done end = {.complete = true};
	struct uuid id = uuid_v7();
	struct buf b;
	struct err err;

	assert_true(fd >= 0);
	buf_init(&b, 1u << 20);
	for (size_t i = 0; i < n; i++) {
		char name[32];
		struct rec_item item = {.seq = i + 1,
					.evidence = bytes_str(id.s),
					.path = bytes_str(name),
					.size = strlen(words[i]),
					.mtime_ns = NS_PER_S,
					.taken_ns = NS_PER_S};

		(void)snprintf(name, sizeof name, "/f/%c", 'A' + (int)i);
		assert_ok(record_encode(REC_ITEM, &item, &b, &err), err);
	}
	assert_ok(record_encode(REC_DONE, &end, &b, &err), err);
	for (size_t i = 0; i < n; i++)
		(void)buf_add_str(&b, words[i]);
	assert_ok(fs_write_all(fd, buf_bytes(&b), &err), err);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	(void)unlink(path);
	close(fd);
	buf_release(&b);
	return reader;
}

static enum err_code read_all(struct bed *bed, const char *const words[],
			      size_t n)
{
	struct job *job = job_new(JOB_PARSE);
	struct answers none = {0};
	struct job_host_view host;

	job->via = VIA_BUNDLE;
	job->bundle_fd = make_spool(words, n);
	job->source = xstrdup("evidence");
	job->parser = xstrdup("pacman");
	job->again = job->named_host = true;
	job->command = xstrdup("parse");
	job_add_host(job)->name = xstrdup("web01");
	return finish(bed, job, &none, &host);
}

/* What was told of a file: an event's actor, or why it failed; or NULL. */
static char *told_of(struct bed *bed, const char *path)
{
	uint64_t seq = (uint64_t)(path[3] - 'A') + 1;
	char *told = NULL;

	for (size_t i = 0; i < bed->memory.n && !told; i++) {
		const struct change *c = bed->memory.got[i];
		const struct record *r = &c->u.record;

		if (c->kind != CHANGE_RECORD)
			continue;
		if (r->type == REC_EVENT && r->u.event.file_seq == seq)
			told = bytes_to_str(r->u.event.actor);
		else if (r->type == REC_COVERAGE &&
			 bytes_eq(r->u.coverage.outcome, bytes_str("failed")) &&
			 bytes_eq(r->u.coverage.path, bytes_str(path)))
			told = bytes_to_str(r->u.coverage.reason);
	}
	return told;
}

static void assert_told(struct bed *bed, char file, const char *words,
			const char *want)
{
	char path[] = {'/', 'f', '/', file, '\0'};
	char *told = told_of(bed, path);

	if (!told || !strstr(told, want))
		fail_msg("%s: %s, not %s", words, told ? told : "nothing",
			 want);
	free(told);
}

/* ---- tests ---- */

static void each_failure_costs_its_file(void **state)
{
	const char *words[2 * ARRAY_SIZE(failures) + 1];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		/* A sanitiser sets no limit, and takes signals itself. */
		if (SANITISED && (strcmp(failures[i].name, "memory") == 0 ||
				  strcmp(failures[i].name, "crash") == 0))
			continue;
		words[n++] = "good";
		words[n++] = failures[i].name;
	}
	words[n++] = "good";
	assert_code(read_all(*state, words, n), ERR_PARTIAL);
	for (size_t k = 0; k < n; k++) {
		const char *want = "read";

		for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
			if (strcmp(words[k], failures[i].name) == 0)
				want = failures[i].why;
		assert_told(*state, (char)('A' + (int)k), words[k], want);
	}
}

static void nothing_leads_out_of_the_jail(void **state)
{
	struct bed *bed = *state;
	const char *words[ARRAY_SIZE(escapes) + 1];
	size_t n = 0;

	for (; n < ARRAY_SIZE(escapes); n++)
		words[n] = escapes[n].name;
	words[n++] = "good";
	(void)read_all(bed, words, n);
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++) {
		char path[] = {'/', 'f', '/', (char)('A' + (int)i), '\0'};
		char *told = told_of(bed, path);

		if (!told ||
		    (strcmp(told, "held") != 0 && !strstr(told, "SIGSYS")))
			fail_msg("%s: %s", words[i], told ? told : "nothing");
		free(told);
	}
	assert_told(bed, (char)('A' + (int)n - 1), "good", "read");
	assert_int_not_equal(access("/tmp/halligan-escaped", F_OK), 0);
}

/* A hundred are no accident; what was read till then stays. */
static void too_many_failures_end_it(void **state)
{
	const char *words[120];

	words[0] = "good";
	for (size_t i = 1; i < ARRAY_SIZE(words); i++)
		words[i] = "exit";
	assert_code(read_all(*state, words, ARRAY_SIZE(words)), ERR_LIMIT);
	assert_told(*state, 'A', "good", "read");
}

/* Two messages of one number would be read as one. */
static void each_message_has_its_number(void **state UNUSED)
{
	for (size_t i = 0; i < n_msg_types; i++)
		assert_ptr_equal(msg_type(msg_types[i].id), &msg_types[i]);
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up_parser, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_failure_costs_its_file),
		TEST(nothing_leads_out_of_the_jail),
		TEST(too_many_failures_end_it),
		cmocka_unit_test(each_message_has_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
