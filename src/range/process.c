/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending processes, by pidfd (pidfd_open(2)) and proc(5). */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "base/wait.h"
#include "range/process.h"

#define TREE_MAX 1024
#define STAT_MAX 4096
#define END_NS   (5 * NS_PER_S)
#define RUN_NS   (30 * NS_PER_S)

/* What we take from proc_pid_stat(5). */
struct stat_line {
	char name[16];
	char state;
	pid_t parent;
	uint64_t start;
};

struct tree {
	struct process p[TREE_MAX];
	int fd[TREE_MAX]; /* pidfds */
	size_t n;
};

static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static bool send_signal(int pidfd, int sig)
{
	return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) == 0;
}

/* The fields after the name, which is in brackets and may hold anything. */
static bool parse_stat(struct bytes b, struct stat_line *out)
{
	const uint8_t *from = memchr(b.p, '(', b.n);
	const uint8_t *to = memrchr(b.p, ')', b.n);
	struct bytes rest, word;
	uint64_t v;

	if (!from || !to || to < from)
		return false;
	snprintf(out->name, sizeof out->name, "%.*s", (int)(to - from - 1),
		 (const char *)from + 1);
	rest = bytes_trim(bytes_skip(b, (size_t)(to + 1 - b.p)));
	for (unsigned field = 3; field <= 22; field++) {
		if (!bytes_split(&rest, ' ', &word) || word.n == 0)
			return false;
		if (field == 3)
			out->state = (char)word.p[0];
		if (field != 4 && field != 22)
			continue;
		if (!bytes_to_u64(word, &v))
			return false;
		if (field == 4)
			out->parent = (pid_t)v;
		else
			out->start = v;
	}
	return true;
}

static bool read_stat(pid_t pid, struct stat_line *out)
{
	char path[64];
	struct err err;
	struct buf buf;
	bool ok;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	buf_init(&buf, STAT_MAX);
	ok = fs_read(path, &buf, &err) == ERR_OK && buf.n &&
	     parse_stat(buf_bytes(&buf), out);
	buf_release(&buf);
	return ok;
}

bool process_is_running(struct process p)
{
	struct stat_line line;

	return p.pid > 0 && p.start && read_stat(p.pid, &line) &&
	       line.start == p.start && line.state != 'Z' && line.state != 'X';
}

static bool set_up(posix_spawnattr_t *attr, posix_spawn_file_actions_t *files,
		   const char *log)
{
	sigset_t none, all;
	int bad;

	sigemptyset(&none);
	sigfillset(&all);
	bad = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID |
						     POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF);
	bad |= posix_spawnattr_setsigmask(attr, &none);
	bad |= posix_spawnattr_setsigdefault(attr, &all);
	bad |= posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY,
						0);
	bad |= posix_spawn_file_actions_addopen(
		files, 1, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
	bad |= posix_spawn_file_actions_adddup2(files, 1, 2);
	bad |= posix_spawn_file_actions_addclosefrom_np(files, 3);
	bad |= posix_spawn_file_actions_addchdir_np(files, "/");
	return bad == 0;
}

/* posix_spawn wants char *const * but does not write there (POSIX, exec). */
static char *const *as_argv(const char *const *argv)
{
	union {
		const char *const *in;
		char *const *out;
	} u = {.in = argv};

	return u.out;
}

enum err_code process_start(const char *const *argv, const char *log,
			    struct process *p, struct err *err)
{
	static const char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin",
		"LC_ALL=C", NULL};
	posix_spawn_file_actions_t files;
	struct stat_line line = {0};
	posix_spawnattr_t attr;
	int failed = ENOMEM;

	if (posix_spawnattr_init(&attr) != 0)
		return err_errno(err, "starting %s", argv[0]);
	if (posix_spawn_file_actions_init(&files) == 0) {
		if (set_up(&attr, &files, log))
			failed = posix_spawn(&p->pid, argv[0], &files, &attr,
					     as_argv(argv), as_argv(env));
		posix_spawn_file_actions_destroy(&files);
	}
	posix_spawnattr_destroy(&attr);
	errno = failed;
	if (failed)
		return err_errno(err, "starting %s", argv[0]);
	/* Our child: it cannot be reaped, so the id is still its own. */
	if (!read_stat(p->pid, &line))
		return err_set(err, ERR_IO, "%s: /proc does not show it",
			       argv[0]);
	p->start = line.start;
	return ERR_OK;
}

enum err_code process_wait(struct process p, int64_t span_ns, int *status,
			   struct err *err)
{
	enum err_code code = ERR_OK;
	int fd = open_pidfd(p.pid);

	*status = -1;
	if (fd >= 0) {
		code = wait_fd(fd, POLLIN, deadline_in(span_ns, NULL), err);
		close_fd(fd);
	}
	if (code == ERR_OK && waitpid(p.pid, status, WNOHANG) != p.pid)
		*status = -1;
	return code;
}

enum err_code process_run(const char *const *argv, const char *log,
			  struct err *err)
{
	enum err_code code;
	struct process p;
	int status;

	code = process_start(argv, log, &p, err);
	if (code == ERR_OK)
		code = process_wait(p, RUN_NS, &status, err);
	if (code != ERR_OK)
		return code;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ERR_IO, "%s failed", argv[0]);
	return ERR_OK;
}

static bool tree_has(const struct tree *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->p[i].pid == pid)
			return true;
	return false;
}

/* Adds and stops one. The descriptor first, then a look at whom it names. */
static bool tree_add(struct tree *t, pid_t pid, uint64_t start)
{
	struct stat_line line;
	int fd;

	if (t->n == TREE_MAX)
		return false;
	fd = open_pidfd(pid);
	if (fd < 0)
		return false;
	if (!read_stat(pid, &line) || line.state == 'Z' ||
	    (start ? line.start != start : !tree_has(t, line.parent)) ||
	    !send_signal(fd, SIGSTOP)) {
		close_fd(fd);
		return false;
	}
	t->p[t->n] = (struct process){.pid = pid, .start = line.start};
	t->fd[t->n++] = fd;
	return true;
}

/* Calls each for every process; true when one call gave true. */
static bool any_process(bool (*each)(pid_t pid, void *arg), void *arg)
{
	DIR *dir = opendir("/proc");
	bool any = false;
	struct dirent *d;
	uint64_t pid;

	while (dir && (d = readdir(dir)))
		if (bytes_to_u64(bytes_str(d->d_name), &pid) &&
		    each((pid_t)pid, arg))
			any = true;
	if (dir)
		closedir(dir);
	return any;
}

static bool add_descendant(pid_t pid, void *arg)
{
	struct tree *t = arg;
	struct stat_line line;

	return !tree_has(t, pid) && read_stat(pid, &line) &&
	       tree_has(t, line.parent) && tree_add(t, pid, 0);
}

static enum err_code end_all(struct tree *t, struct err *err)
{
	enum err_code code = ERR_OK;
	int status;

	for (size_t i = 0; i < t->n; i++)
		(void)send_signal(t->fd[i], SIGKILL); /* fails when gone */
	for (size_t i = 0; i < t->n; i++) {
		if (code == ERR_OK)
			code = process_wait(t->p[i], END_NS, &status, err);
		close_fd(t->fd[i]);
	}
	return code;
}

enum err_code process_end_tree(struct process p, struct err *err)
{
	enum err_code code = ERR_OK;
	struct tree *t;

	if (!process_is_running(p)) {
		if (p.pid > 0)
			(void)waitpid(p.pid, NULL, WNOHANG);
		return ERR_OK;
	}
	t = xcalloc(1, sizeof *t);
	if (tree_add(t, p.pid, p.start)) {
		while (any_process(add_descendant, t))
			;
		code = end_all(t, err);
	} else if (process_is_running(p)) {
		code = err_set(err, ERR_DENIED, "process %d may not be ended",
			       (int)p.pid);
	}
	free(t);
	return code;
}

static bool has_name(pid_t pid, void *arg)
{
	struct stat_line line;

	return read_stat(pid, &line) && line.state != 'Z' &&
	       strcmp(line.name, (const char *)arg) == 0;
}

bool process_named_runs(const char *name)
{
	char copy[16];

	snprintf(copy, sizeof copy, "%s", name);
	return any_process(has_name, copy);
}
