/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of the host, read from /proc without running anything. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/time.h"
#include "probe/process.h"
#include "probe/proctext.h"
#include "probe/run.h"

#define STAT_MAX     4096u
#define TICKS_MAX    ((uint64_t)1 << 39) /* 174 years at the usual 100 Hz */
#define HOST_STAT_MAX ((size_t)1 << 20) /* a line for each interrupt */
#define PPID_FIELD   1 /* after the state, from 0 */
#define FLAGS_FIELD  6
#define START_FIELD  19
#define PF_KTHREAD   UINT64_C(0x200000) /* linux/sched.h */
#define PROCESSES_MAX ((size_t)1 << 22) /* more than Linux has numbers */

/* When the host was started, to the second: the same each time it is asked
 * while nobody sets the clock. */
static int64_t read_boot_ns(void)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct bytes rest, line;
	int64_t ns = TIME_UNKNOWN;
	struct buf text;
	uint64_t s;

	buf_init(&text, HOST_STAT_MAX);
	if (proc >= 0)
		(void)!proc_read(proc, "stat", &text); /* then it is unknown */
	rest = buf_bytes(&text);
	while (ns == TIME_UNKNOWN && bytes_split(&rest, '\n', &line))
		if (bytes_starts(line, "btime ") &&
		    bytes_to_u64(bytes_skip(line, 6), &s) &&
		    s < (uint64_t)(INT64_MAX / NS_PER_S))
			ns = (int64_t)s * NS_PER_S;
	buf_release(&text);
	close_fd(proc);
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

/* What follows the name in "7 (na) me) S 1 ..."; empty: it is gone. */
static struct bytes read_state(int dir, struct buf *text)
{
	const uint8_t *end;

	buf_init(text, STAT_MAX);
	if (!proc_read(dir, "stat", text) || text->n == 0)
		return (struct bytes){0};
	end = memrchr(text->p, ')', text->n);
	if (!end || text->n - (size_t)(end - text->p) <= 2)
		return (struct bytes){0};
	return bytes_skip(buf_bytes(text), (size_t)(end - text->p) + 2);
}

static bool has_ended(struct bytes state)
{
	return state.n == 0 || state.p[0] == 'Z' || state.p[0] == 'X';
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
		struct buf text;
		int task;

		if (d->d_name[0] == '.')
			continue;
		task = openat(tasks, d->d_name,
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
		found = task >= 0 && !has_ended(read_state(task, &text));
		if (task >= 0)
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
	struct bytes rest, word;
	uint64_t ticks = 0, flags;
	struct buf text;
	bool got, ended;

	rest = read_state(p->dir, &text);
	got = rest.n > 0;
	ended = got && has_ended(rest);
	for (int i = 0; bytes_split(&rest, ' ', &word) && i <= START_FIELD; i++) {
		if (i == PPID_FIELD)
			got = got && bytes_to_u64(word, &p->ppid);
		if (i == FLAGS_FIELD && bytes_to_u64(word, &flags))
			p->kernel = (flags & PF_KTHREAD) != 0;
		if (i == START_FIELD)
			got = got && bytes_to_u64(word, &ticks);
	}
	p->start_ns = got ? wall_of_ticks(ticks) : TIME_UNKNOWN;
	buf_release(&text);
	if (got && ended)
		look_at_living(p);
	return got;
}

/* "Uid:\treal\teffective..." of status. */
static void read_uid(struct process *p)
{
	struct bytes rest, line, word;
	struct buf text;

	buf_init(&text, STAT_MAX);
	(void)!proc_read(p->dir, "status", &text); /* then uid stays 0 */
	rest = buf_bytes(&text);
	while (bytes_split(&rest, '\n', &line)) {
		if (!bytes_starts(line, "Uid:"))
			continue;
		for (int i = 0; i < 3 && bytes_split(&line, '\t', &word); i++)
			(void)(i == 2 && bytes_to_u64(word, &p->uid));
	}
	buf_release(&text);
}

bool process_cut_deleted(struct bytes *exe)
{
	static const char end[] = " (deleted)";
	size_t n = sizeof end - 1;

	if (exe->n <= n || memcmp(exe->p + exe->n - n, end, n) != 0)
		return false;
	exe->n -= n;
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
