/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jail of a child that scans. As in base/jail.c what is not needed gives
 * EPERM, since libraries take no for an answer, and what only code does that
 * has taken over the process ends it.
 */
#include "base/base.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/bytes.h"
#include "probe/cell.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#else
#error "which AUDIT_ARCH is this?"
#endif

/* Of headers older than the kernel: killing all threads came with 4.14, and
 * kernels before it take the unknown value for killing the one. */
#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif

#define END  (SANITISED ? SECCOMP_RET_ERRNO | EACCES : SECCOMP_RET_KILL_PROCESS)
#define DENY (SECCOMP_RET_ERRNO | EPERM)
#define PASS SECCOMP_RET_ALLOW

#define FILES_MAX   64u /* poll(2) counts against it, and files to be mapped */
#define PROGRAM_MAX 256u

/* Files are mapped beside what is counted as memory. */
#define MAPPED_MAX ((uint64_t)5 << 30)

/* Calls of the multiplexer i386 has for sockets, linux/net.h. */
#define CALL_SEND     9u
#define CALL_RECV     10u
#define CALL_SENDTO   11u
#define CALL_RECVFROM 12u
#define CALL_RECVMSG  17u

struct rule {
	int nr;
	uint32_t action;
};

#define MAY(name)                                                              \
	{                                                                      \
		__NR_##name, PASS                                              \
	}
#define MUST_NOT(name)                                                         \
	{                                                                      \
		__NR_##name, END                                               \
	}

/* Old architectures have names the new ones lack, and the other way round. */
static const struct rule rules[] = {
	/* the descriptors it has */
	MAY(read),
	MAY(write),
	MAY(close),
#ifdef __NR_poll
	MAY(poll),
#endif
#ifdef __NR_recvmsg
	MAY(recvmsg),
	MAY(recvfrom),
	MAY(sendto),
#endif
#ifdef __NR_ppoll
	MAY(ppoll),
#endif
#ifdef __NR_ppoll_time64
	MAY(ppoll_time64),
#endif
	/* memory, but for what is looked at below */
	MAY(brk),
	MAY(munmap),
	MAY(mremap),
	MAY(madvise),
	/* time and chance */
	MAY(clock_gettime),
	MAY(gettimeofday),
	MAY(setitimer),
#ifdef __NR_clock_gettime64
	MAY(clock_gettime64),
#endif
#ifdef __NR_time
	MAY(time),
#endif
#ifdef __NR_getrandom
	MAY(getrandom),
#endif
	/* itself */
	MAY(getpid),
	MAY(gettid),
	MAY(futex),
	MAY(getrusage),
	MAY(rt_sigaction),
	MAY(rt_sigprocmask),
	MAY(rt_sigreturn),
	MAY(sigaltstack),
	MAY(restart_syscall),
	MAY(sched_yield),
	MAY(exit),
	MAY(exit_group),
#ifdef __NR_futex_time64
	MAY(futex_time64),
#endif
#ifdef __NR_sigreturn
	MAY(sigreturn),
#endif
	/* the end of whoever tries */
	MUST_NOT(execve),
	MUST_NOT(clone),
	MUST_NOT(ptrace),
	MUST_NOT(connect),
	MUST_NOT(socket),
	MUST_NOT(bind),
	MUST_NOT(listen),
	MUST_NOT(sendmsg),
	MUST_NOT(kill),
	MUST_NOT(tkill),
	MUST_NOT(mount),
	MUST_NOT(unshare),
	MUST_NOT(keyctl),
	MUST_NOT(perf_event_open),
	MUST_NOT(prlimit64),
#ifdef __NR_fork
	MUST_NOT(fork),
	MUST_NOT(vfork),
#endif
#ifdef __NR_execveat
	MUST_NOT(execveat),
#endif
#ifdef __NR_process_vm_readv
	MUST_NOT(process_vm_readv),
	MUST_NOT(process_vm_writev),
#endif
#ifdef __NR_bpf
	MUST_NOT(bpf),
#endif
#ifdef __NR_memfd_create
	MUST_NOT(memfd_create),
#endif
#ifdef __NR_userfaultfd
	MUST_NOT(userfaultfd),
#endif
#ifdef __NR_io_uring_setup
	MUST_NOT(io_uring_setup),
#endif
};

struct program {
	struct sock_filter code[PROGRAM_MAX];
	unsigned short n;
};

static void emit(struct program *p, struct sock_filter f)
{
	if (p->n == PROGRAM_MAX)
		BUG("the filter is too long");
	p->code[p->n++] = f;
}

static void load(struct program *p, size_t offset)
{
	emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					     (uint32_t)offset));
}

static void give(struct program *p, uint32_t action)
{
	emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Skips the next n instructions unless the loaded value is that one. */
static void unless_skip(struct program *p, uint32_t value, uint8_t n)
{
	emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value,
					     0, n));
}

/* The low half of an argument, which is all of it for flags. */
static size_t argument(unsigned i)
{
	size_t at = offsetof(struct seccomp_data, args) + i * sizeof(uint64_t);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	at += sizeof(uint32_t);
#endif
	return at;
}

/* nr passes when argument `arg` has none of the bits. Leaves nr loaded. */
static void pass_without(struct program *p, int nr, unsigned arg, uint32_t bits)
{
	unless_skip(p, (uint32_t)nr, 4);
	load(p, argument(arg));
	emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits,
					     0, 1));
	give(p, DENY);
	give(p, PASS);
}

/* nr passes when argument `arg` is that value. */
static void pass_with(struct program *p, int nr, unsigned arg, uint32_t value)
{
	unless_skip(p, (uint32_t)nr, 4);
	load(p, argument(arg));
	unless_skip(p, value, 1);
	give(p, PASS);
	load(p, offsetof(struct seccomp_data, nr));
}

static void write_arguments(struct program *p)
{
#ifdef __NR_mmap2 /* the old one hides its arguments in memory */
	pass_without(p, __NR_mmap2, 2, PROT_EXEC);
#else
	pass_without(p, __NR_mmap, 2, PROT_EXEC);
#endif
	pass_without(p, __NR_mprotect, 2, PROT_EXEC);
	pass_with(p, __NR_tgkill, 0, (uint32_t)getpid()); /* abort(3) */
#ifdef __NR_socketcall
	pass_with(p, __NR_socketcall, 0, CALL_SEND);
	pass_with(p, __NR_socketcall, 0, CALL_RECV);
	pass_with(p, __NR_socketcall, 0, CALL_SENDTO);
	pass_with(p, __NR_socketcall, 0, CALL_RECVFROM);
	pass_with(p, __NR_socketcall, 0, CALL_RECVMSG);
#endif
}

static void write_program(struct program *p)
{
	load(p, offsetof(struct seccomp_data, arch));
	unless_skip(p, ARCH, 1);
	emit(p, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
	give(p, END);
	load(p, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		unless_skip(p, (uint32_t)rules[i].nr, 1);
		give(p, rules[i].action);
	}
	write_arguments(p);
	give(p, DENY); /* x32's numbers end here, too */
}

static bool filter_calls(void)
{
	struct program program = {.n = 0};
	struct sock_fprog f = {.filter = program.code};

	write_program(&program);
	f.len = program.n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &f, 0, 0) == 0;
}

/* Pages this process has mapped, and of them data. 0 without /proc: then it
 * has to do with less. */
static void pages_now(uint64_t *all, uint64_t *data)
{
	char text[128];
	struct bytes rest, word;
	uint64_t v[7] = {0};
	ssize_t n = -1;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		n = read(fd, text, sizeof text - 1);
	close_fd(fd);
	rest = bytes_of(text, n > 0 ? (size_t)n : 0);
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		if (!bytes_split(&rest, ' ', &word) ||
		    !bytes_to_u64(bytes_trim(word), &v[i]))
			break;
	}
	*all = v[0];
	*data = v[5];
}

static void limit(int what, uint64_t value)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		return;
	if (r.rlim_max != RLIM_INFINITY)
		value = MIN(value, (uint64_t)r.rlim_max);
	if (sizeof(rlim_t) < sizeof value && value > UINT32_MAX)
		return; /* it has no more than that anyway */
	r.rlim_cur = r.rlim_max = (rlim_t)value;
	(void)setrlimit(what, &r); /* lower than it was: always allowed */
}

/* Sanitisers reserve terabytes of address space: no limits on it there. */
static void limit_memory(uint64_t memory_bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), all, data;

	if (SANITISED)
		return;
	pages_now(&all, &data);
	limit(RLIMIT_AS, all * page + memory_bytes + MAPPED_MAX);
	limit(RLIMIT_DATA, data * page + memory_bytes); /* mmap from 4.7 on */
}

bool cell_enter(uint64_t memory_bytes)
{
	limit(RLIMIT_NOFILE, FILES_MAX);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	limit_memory(memory_bytes);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* from 3.5 on */
	return filter_calls();
}
