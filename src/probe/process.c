/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of a process, by system calls alone. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/time.h"
#include "probe/process.h"
#include "probe/run.h"

/* proc(5): fields of stat behind the name, which may hold anything. */
#define FIELD_PPID  1
#define FIELD_START 19

#define DELETED " (deleted)"

/* As much of a file of /proc as fits; they are read in one go. */
static size_t read_some(const char *path, uint8_t *to, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t got = 0;
	ssize_t n = 1;

	while (fd >= 0 && got < room && n > 0) {
		n = read(fd, to + got, room - got);
		got += n > 0 ? (size_t)n : 0;
	}
	close_fd(fd);
	return got;
}

static size_t read_of(uint64_t pid, const char *name, uint8_t *to, size_t room)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/%s", pid, name);
	return read_some(path, to, room);
}

/* When the host was started; TIME_UNKNOWN when it does not tell. */
static int64_t boot_ns(void)
{
	uint8_t text[32768];
	size_t n = read_some("/proc/stat", text, sizeof text);
	struct bytes rest = bytes_of(text, n), line;
	uint64_t s;

	while (bytes_split(&rest, '\n', &line))
		if (bytes_starts(line, "btime ") &&
		    bytes_to_u64(bytes_skip(line, 6), &s) &&
		    s < (uint64_t)(INT64_MAX / NS_PER_S))
			return (int64_t)s * NS_PER_S;
	return TIME_UNKNOWN;
}

static int64_t start_ns(uint64_t ticks)
{
	int64_t boot = boot_ns(), hz = sysconf(_SC_CLK_TCK);

	if (boot == TIME_UNKNOWN || hz <= 0 || ticks > UINT32_MAX)
		return TIME_UNKNOWN;
	return boot + (int64_t)ticks * (NS_PER_S / hz);
}

static bool read_stat(struct process *p)
{
	uint8_t text[2048];
	size_t n = read_of(p->rec.pid, "stat", text, sizeof text);
	const uint8_t *end = n ? memrchr(text, ')', n) : NULL;
	struct bytes rest, field;
	uint64_t v;

	if (!end)
		return false;
	rest = bytes_skip(bytes_of(text, n), (size_t)(end - text) + 2);
	for (unsigned i = 0; bytes_split(&rest, ' ', &field); i++) {
		if (!bytes_to_u64(bytes_trim(field), &v))
			continue;
		if (i == FIELD_PPID)
			p->rec.ppid = v;
		else if (i == FIELD_START)
			p->rec.start_ns = start_ns(v);
	}
	return true;
}

/* A kernel thread has none. */
static void read_exe(struct process *p)
{
	static const size_t mark_n = sizeof DELETED - 1;
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/%" PRIu64 "/exe", p->rec.pid);
	n = readlink(link, p->exe, sizeof p->exe);
	if (n <= 0)
		return;
	p->rec.exe = bytes_of(p->exe, (size_t)n);
	if ((size_t)n > mark_n &&
	    memcmp(p->exe + n - mark_n, DELETED, mark_n) == 0) {
		p->rec.exe.n -= mark_n;
		p->rec.exe_deleted = true;
	}
	p->rec.memfd = bytes_starts(p->rec.exe, "/memfd:");
}

bool process_read(struct process *p, uint64_t pid)
{
	char dir[64];
	struct stat st;

	p->rec = (struct rec_process){.pid = pid, .start_ns = TIME_UNKNOWN};
	(void)snprintf(dir, sizeof dir, "/proc/%" PRIu64, pid);
	if (stat(dir, &st) != 0 || !read_stat(p))
		return false;
	p->rec.uid = st.st_uid; /* its effective user */
	read_exe(p);
	p->rec.cmdline = bytes_of(
		p->cmdline,
		read_of(pid, "cmdline", p->cmdline, sizeof p->cmdline));
	if (p->rec.cmdline.n && p->cmdline[p->rec.cmdline.n - 1] == '\0')
		p->rec.cmdline.n--;
	return true;
}

void process_send(struct run *run, struct process *p)
{
	p->rec.seq = atomic_fetch_add(&run->process_seq, 1) + 1;
	(void)out_send(run->out, REC_PROCESS, &p->rec); /* remembered */
}

void process_each(bool (*each)(void *arg, uint64_t pid), void *arg)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	uint64_t pid;
	bool more = true;

	while (dir && more && (d = readdir(dir)))
		if (bytes_to_u64(bytes_str(d->d_name), &pid))
			more = each(arg, pid);
	if (dir)
		(void)closedir(dir);
}
