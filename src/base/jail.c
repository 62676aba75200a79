/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jail: rlimits, Landlock by raw system calls (glibc has no wrappers),
 * seccomp by libseccomp, in that order, since seccomp forbids the others.
 *
 * What is not needed gets EPERM, because libraries ask for harmless things
 * (a CPU count, a terminal's size) and take no for an answer. Only what no
 * library of ours does, and code that has taken over a process does first,
 * ends the process. Sanitisers do some of that themselves: then all is EPERM.
 */
#include "base/base.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/fs.h"
#include "base/jail.h"

/* linux/landlock.h of Debian 12 ends at ABI 2; the kernel may know more. */
#define LANDLOCK_CREATE	   444
#define LANDLOCK_RESTRICT  446
#define LANDLOCK_ASK_ABI   (1u << 0)
#define LANDLOCK_FS_ABI1   ((UINT64_C(1) << 13) - 1)
#define LANDLOCK_FS_REFER  (UINT64_C(1) << 13) /* ABI 2 */
#define LANDLOCK_FS_TRUNC  (UINT64_C(1) << 14) /* ABI 3 */
#define LANDLOCK_NET_TCP   UINT64_C(3)	       /* ABI 4: bind, connect */
#define LANDLOCK_FS_IOCTL  (UINT64_C(1) << 15) /* ABI 5 */
#define LANDLOCK_SCOPE_ALL UINT64_C(3) /* ABI 6: abstract sockets, signals */

struct landlock_ruleset {
	uint64_t fs, net, scoped;
};

/* Enters a Landlock domain in which nothing is allowed; the ABI, or 0. */
static int enter_landlock(void)
{
	struct landlock_ruleset set = {.fs = LANDLOCK_FS_ABI1};
	size_t size = offsetof(struct landlock_ruleset, net);
	int abi = (int)syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_ASK_ABI);
	int fd, rc;

	if (abi < 1)
		return 0;
	set.fs |= abi >= 2 ? LANDLOCK_FS_REFER : 0;
	set.fs |= abi >= 3 ? LANDLOCK_FS_TRUNC : 0;
	set.fs |= abi >= 5 ? LANDLOCK_FS_IOCTL : 0;
	if (abi >= 4) {
		set.net = LANDLOCK_NET_TCP;
		size = offsetof(struct landlock_ruleset, scoped);
	}
	if (abi >= 6) {
		set.scoped = LANDLOCK_SCOPE_ALL;
		size = sizeof set;
	}
	fd = (int)syscall(LANDLOCK_CREATE, &set, size, 0);
	if (fd < 0)
		return 0;
	rc = (int)syscall(LANDLOCK_RESTRICT, fd, 0);
	close_fd(fd);
	return rc == 0 ? abi : 0;
}

static bool limit(int what, rlim_t value)
{
	struct rlimit r = {.rlim_cur = value, .rlim_max = value};

	return setrlimit(what, &r) == 0;
}

/* poll(2) counts against RLIMIT_NOFILE, so it cannot be 0. */
static bool enter_limits(const struct jail_limits *l, int highest_fd)
{
	bool ok = limit(RLIMIT_CORE, 0);

	ok = limit(RLIMIT_NOFILE, (rlim_t)highest_fd + 1) && ok;
	if (!l->may_thread)
		ok = limit(RLIMIT_NPROC, 0) && ok;
	if (l->cpu_s)
		ok = limit(RLIMIT_CPU, l->cpu_s) && ok;
	if (l->memory_bytes && !SANITISED) /* their shadow needs terabytes */
		ok = limit(RLIMIT_AS, l->memory_bytes) && ok;
	return ok;
}

/* Allowed whatever the arguments. */
static const int allowed[] = {
	/* the descriptors it has */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(shutdown),
	SCMP_SYS(fstat), SCMP_SYS(lseek),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* time and chance */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep), SCMP_SYS(time),
	SCMP_SYS(alarm), SCMP_SYS(setitimer), SCMP_SYS(getrandom),
	/* itself */
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(futex),
	SCMP_SYS(sched_yield), SCMP_SYS(getrusage), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Allowed besides to a child that may have threads. */
static const int allowed_threads[] = {
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(set_tid_address),
	SCMP_SYS(membarrier),
};

/* The end of whoever tries. */
static const int hostile[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_getfd), SCMP_SYS(socket), SCMP_SYS(connect),
	SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(bpf),
	SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(mount),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(io_uring_setup),
	SCMP_SYS(memfd_create), SCMP_SYS(kill), SCMP_SYS(tkill),
};

static int add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls,
		   size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = seccomp_rule_add(ctx, action, calls[i], 0);
	return rc;
}

/* Allowed with these arguments only. */
static int add_conditional(scmp_filter_ctx ctx)
{
	const uint32_t yes = SCMP_ACT_ALLOW;
	int rc = seccomp_rule_add(ctx, yes, SCMP_SYS(mmap), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	if (rc == 0)
		rc = seccomp_rule_add(ctx, yes, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC,
					      0));
	if (rc == 0) /* send(2): no address */
		rc = seccomp_rule_add(ctx, yes, SCMP_SYS(sendto), 1,
				      SCMP_A4(SCMP_CMP_EQ, 0));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, yes, SCMP_SYS(fcntl), 1,
				      SCMP_A1(SCMP_CMP_EQ, F_GETFL));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, yes, SCMP_SYS(fcntl), 1,
				      SCMP_A1(SCMP_CMP_EQ, F_SETFL));
	if (rc == 0) /* abort(3) */
		rc = seccomp_rule_add(ctx, yes, SCMP_SYS(tgkill), 1,
				      SCMP_A0(SCMP_CMP_EQ,
					      (scmp_datum_t)getpid()));
	return rc;
}

static int add_threads(scmp_filter_ctx ctx)
{
	int rc = add_all(ctx, SCMP_ACT_ALLOW, allowed_threads,
			 ARRAY_SIZE(allowed_threads));

	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD,
					      CLONE_THREAD));
	/* Its flags lie in memory, out of our sight: use clone instead. */
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
				      SCMP_SYS(clone3), 0);
	return rc;
}

static enum err_code enter_seccomp(bool may_thread, struct err *err)
{
	const uint32_t end = SANITISED ? SCMP_ACT_ERRNO(EACCES)
				       : SCMP_ACT_KILL_PROCESS;
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!ctx)
		return err_set(err, ERR_UNSUPPORTED,
			       "seccomp cannot be set up");
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			      SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = add_all(ctx, SCMP_ACT_ALLOW, allowed,
			     ARRAY_SIZE(allowed));
	if (rc == 0)
		rc = add_all(ctx, end, hostile, ARRAY_SIZE(hostile));
	if (rc == 0)
		rc = add_conditional(ctx);
	if (rc == 0 && may_thread)
		rc = add_threads(ctx);
	else if (rc == 0)
		rc = seccomp_rule_add(ctx, end, SCMP_SYS(clone), 0);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc == 0)
		return ERR_OK;
	errno = -rc;
	(void)err_errno(err, "entering seccomp");
	err->code = ERR_UNSUPPORTED;
	return err->code;
}

enum err_code jail_enter(const struct jail_limits *limits, const int *keep,
			 size_t n, struct jail_report *report, struct err *err)
{
	enum err_code code;
	int highest = fs_close_others(keep, n);

	*report = (struct jail_report){0};
	report->no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	report->landlock_abi = enter_landlock();
	report->rlimits = enter_limits(limits, highest);
	code = enter_seccomp(limits->may_thread, err);
	report->seccomp = code == ERR_OK;
	return code;
}

/* What a program that needs no files has no use for. */
static const int outward[] = {
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_getfd), SCMP_SYS(socket), SCMP_SYS(connect),
	SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	SCMP_SYS(bpf), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open),
	SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(mount), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(chroot), SCMP_SYS(io_uring_setup),
};

enum err_code jail_enter_program(struct jail_report *report, struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc = ctx ? 0 : -ENOMEM;

	*report = (struct jail_report){0};
	report->no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	report->rlimits = limit(RLIMIT_CORE, 0);
	report->landlock_abi = enter_landlock();
	if (rc == 0)
		rc = add_all(ctx, SCMP_ACT_ERRNO(EPERM), outward,
			     ARRAY_SIZE(outward));
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	report->seccomp = rc == 0;
	if (rc == 0)
		return ERR_OK;
	return err_set(err, ERR_UNSUPPORTED, "entering seccomp: %s",
		       strerrordesc_np(-rc));
}

const char *jail_describe(const struct jail_report *report, char *out,
			  size_t room)
{
	char landlock[32] = "";

	if (report->landlock_abi > 0)
		(void)snprintf(landlock, sizeof landlock, " landlock:%d",
			       report->landlock_abi);
	(void)snprintf(out, room, "%s%s%s%s",
		       report->no_new_privs ? " no_new_privs" : "",
		       report->seccomp ? " seccomp" : "", landlock,
		       report->rlimits ? " rlimits" : "");
	if (out[0] == ' ')
		memmove(out, out + 1, strlen(out));
	return out;
}
