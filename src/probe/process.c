/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of the host, read from /proc without running anything. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/time.h"
#include "probe/process.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/run.h"

#define STATUS_MAX   4096u
#define TICKS_MAX    ((uint64_t)1 << 39) /* 174 years at the usual 100 Hz */
#define HOST_STAT_MAX ((size_t)1 << 20) /* a line for each interrupt */
#define PROCESSES_MAX ((size_t)1 << 22) /* more than Linux has numbers */

/* When the host was started, to the second: the same each time it is asked
 * while nobody sets the clock. */
static int64_t read_boot_ns(void)
{
	int64_t ns = TIME_UNKNOWN;
	struct buf text;
	uint64_t s = 0;

	buf_init(&text, HOST_STAT_MAX);
	if (proc_read(AT_FDCWD, "/proc/stat", &text))
		s = proc_number(buf_bytes(&text), "btime ", 10);
	if (s && s < (uint64_t)(INT64_MAX / NS_PER_S))
		ns = (int64_t)s * NS_PER_S;
	buf_release(&text);
	return ns;
}

static int64_t wall_of_ticks(uint64_t ticks)
{
	static atomic_int_fast64_t known; /* 0: not asked yet */
	int64_t boot = atomic_load(&known), hz = sysconf(_SC_CLK_TCK);

	if (boot == 0) {
		boot = read_boot_ns();
		atomic_store(&known, boot);
	}
	return process_start_ns(boot, hz, ticks);
}

int64_t process_start_ns(int64_t boot_ns, int64_t hz, uint64_t ticks)
{
	if (boot_ns == TIME_UNKNOWN || hz <= 0 || ticks > TICKS_MAX)
		return TIME_UNKNOWN;
	return boot_ns + (int64_t)(ticks / (uint64_t)hz) * NS_PER_S +
	       (int64_t)(ticks % (uint64_t)hz) * (NS_PER_S / hz);
}

/*
 * A process whose first thread has ended is a zombie by its own folder, with
 * no memory and no program, while others of its threads go on: one of those
 * has what they share, in a folder of the same form.
 */
static void look_at_living(struct process *p)
{
	int tasks = openat(p->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = tasks >= 0 ? fdopendir(tasks) : NULL;
	bool found = false;
	struct dirent *d;

	while (dir && !found && (d = readdir(dir))) {
		struct proc_stat stat;
		struct buf text;
		int task;

		if (d->d_name[0] == '.')
			continue;
		task = openat(tasks, d->d_name,
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
		found = proc_stat_read(task, "stat", &text, &stat) &&
			!proc_stat_ended(&stat);
		buf_release(&text);
		if (found) {
			close_fd(p->dir);
			p->dir = task;
		} else {
			close_fd(task);
		}
	}
	if (dir)
		(void)closedir(dir);
	else
		close_fd(tasks);
}

static bool read_stat(struct process *p)
{
	struct proc_stat stat;
	struct buf text;
	bool got = proc_stat_read(p->dir, "stat", &text, &stat);

	if (got) {
		p->ppid = stat.ppid;
		p->kernel = stat.kernel_thread;
		p->start_ns = wall_of_ticks(stat.ticks);
	}
	buf_release(&text);
	if (got && proc_stat_ended(&stat))
		look_at_living(p);
	return got;
}

/* The effective one. */
static void read_uid(struct process *p)
{
	struct bytes value;
	struct buf text;

	buf_init(&text, STATUS_MAX);
	if (proc_read(p->dir, "status", &text) &&
	    proc_value(buf_bytes(&text), "Uid:", &value))
		p->uid = proc_word_number(value, 1);
	buf_release(&text);
}

bool process_cut_deleted(struct bytes *exe)
{
	static const char end[] = " (deleted)";

	if (exe->n < sizeof end || !bytes_ends(*exe, end))
		return false;
	exe->n -= sizeof end - 1;
	return true;
}

/* What the link says; whether that file is there still is not asked. */
static void read_exe(struct process *p)
{
	ssize_t n = readlinkat(p->dir, "exe", (char *)buf_reserve(&p->exe, 4096),
			       4096);
	struct bytes exe;

	if (n <= 0)
		return;
	buf_commit(&p->exe, (size_t)n);
	exe = buf_bytes(&p->exe);
	p->exe_deleted = process_cut_deleted(&exe);
	p->exe.n = exe.n;
	p->memfd = bytes_starts(buf_bytes(&p->exe), "/memfd:");
}

static bool runs_our_program(const struct process *p)
{
	struct stat theirs, ours;

	return fstatat(p->dir, "exe", &theirs, 0) == 0 &&
	       stat("/proc/self/exe", &ours) == 0 &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

bool process_open(struct process *p, uint64_t pid)
{
	char path[40];

	*p = (struct process){.pid = pid, .start_ns = TIME_UNKNOWN};
	buf_init(&p->exe, 8192);
	buf_init(&p->cmdline, RECORD_META_MAX);
	(void)snprintf(path, sizeof path, "/proc/%" PRIu64, pid);
	p->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->dir < 0)
		return false;
	if (!read_stat(p)) {
		process_close(p);
		errno = ESRCH;
		return false;
	}
	read_uid(p);
	read_exe(p);
	p->own = runs_our_program(p);
	(void)!proc_read(p->dir, "cmdline", &p->cmdline); /* then it is empty */
	return true;
}

void process_close(struct process *p)
{
	close_fd(p->dir);
	p->dir = -1;
	buf_release(&p->exe);
	buf_release(&p->cmdline);
}

int process_open_exe(const struct process *p)
{
	return openat(p->dir, "exe", O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

void process_fill(const struct process *p, struct rec_process *rec)
{
	struct bytes cmdline = buf_bytes(&p->cmdline);

	if (cmdline.n && cmdline.p[cmdline.n - 1] == 0)
		cmdline.n--;
	*rec = (struct rec_process){
		.pid = p->pid,
		.ppid = p->ppid,
		.uid = p->uid,
		.start_ns = p->start_ns,
		.exe = buf_bytes(&p->exe),
		.exe_deleted = p->exe_deleted,
		.memfd = p->memfd,
		.cmdline = cmdline,
	};
}

uint64_t process_send(struct run *run, struct rec_process *rec)
{
	rec->seq = atomic_fetch_add(&run->process_seq, 1) + 1;
	(void)out_send(run->out, REC_PROCESS, rec); /* remembered */
	return rec->seq;
}

static int compare_pids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint64_t *process_list(size_t *n)
{
	uint64_t *pids = NULL, pid;
	size_t cap = 0;
	struct dirent *d;
	DIR *dir = opendir("/proc");

	*n = 0;
	while (dir && *n < PROCESSES_MAX && (d = readdir(dir))) {
		if (!bytes_to_u64(bytes_str(d->d_name), &pid))
			continue;
		if (*n == cap) {
			cap = MAX(2 * cap, (size_t)256);
			pids = xrealloc(pids, cap, sizeof *pids);
		}
		pids[(*n)++] = pid;
	}
	if (dir)
		(void)closedir(dir);
	if (*n)
		qsort(pids, *n, sizeof *pids, compare_pids);
	return pids;
}
