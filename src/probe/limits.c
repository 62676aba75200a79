/* SPDX-License-Identifier: Apache-2.0 */
/* Being a good guest: last in every queue, first to be killed, no traces. */
#include "base/base.h"

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/time.h"
#include "probe/limits.h"

/* ioprio_set(2); glibc has no wrapper and no constants. */
#define IOPRIO_WHO_PROCESS 1
#define IOPRIO_IDLE        (3 << 13)

#define FILES_WANTED 4096u

static void set_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1000", 4) != 4)
		errno = 0; /* then we are killed no sooner than others */
	close_fd(fd);
}

static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur >= FILES_WANTED)
		return;
	files.rlim_cur = MIN(files.rlim_max, (rlim_t)FILES_WANTED);
	(void)setrlimit(RLIMIT_NOFILE, &files); /* deep trees may fail then */
}

void limits_apply(void)
{
	struct rlimit none = {0};

	/* Each of these is a courtesy: refused, we go on without it. */
	(void)setpriority(PRIO_PROCESS, 0, 19);
	(void)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE);
	(void)setrlimit(RLIMIT_CORE, &none);
	raise_file_limit();
	set_oom_score();
	(void)prctl(PR_SET_DUMPABLE, 0); /* /proc/self is root's from here */
	/* Without it glibc counts the CPUs in /sys. */
	(void)mallopt(M_ARENA_MAX, 4);
}

void limits_die_with_parent(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* stdin's end says it too */
}

bool unlink_self(void)
{
	static const char link[] = "/proc/self/exe";
	static const char gone[] = " (deleted)";
	char path[4096];
	struct stat self, named;
	ssize_t n = readlink(link, path, sizeof path - 1);

	if (n <= 0 || (size_t)n >= sizeof path - 1 || stat(link, &self) != 0)
		return false;
	path[n] = '\0';
	if (self.st_nlink == 0)
		return true;
	if (lstat(path, &named) != 0) /* its name may be another's by now */
		return (size_t)n > sizeof gone &&
		       strcmp(path + n - (sizeof gone - 1), gone) == 0;
	if (named.st_dev != self.st_dev || named.st_ino != self.st_ino)
		return false;
	return unlink(path) == 0;
}

uint64_t usage_cpu_ns(const struct rusage *r)
{
	return (uint64_t)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) * NS_PER_S +
	       (uint64_t)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) *
		       NS_PER_US;
}

struct usage usage_now(void)
{
	static const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	struct usage usage = {0};
	struct rusage r;

	for (size_t i = 0; i < ARRAY_SIZE(whose); i++) {
		if (getrusage(whose[i], &r) != 0)
			continue;
		usage.cpu_ns += usage_cpu_ns(&r);
		usage.rss_bytes += (uint64_t)r.ru_maxrss * 1024;
	}
	return usage;
}

unsigned cpus_allowed(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	return MAX(1u, (unsigned)CPU_COUNT(&set));
}
