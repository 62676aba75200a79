/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program of the host. */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/time.h"
#include "base/wait.h"
#include "probe/tool.h"
#include "probe/triage.h"

#define SECONDS 5u /* when nobody says */
#define LOOK_NS (200 * NS_PER_MS) /* between signs of life of ours */
#define END_NS	(10 * NS_PER_MS)  /* between looks whether it has ended */
#define PIECE	((size_t)64 << 10)

/* In the order that root has them in PATH. */
static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin",
				      "/usr/sbin",	 "/usr/bin",
				      "/sbin",		 "/bin"};

/* Nobody becomes root by what we run. */
static bool is_roots(const char *path)
{
	struct stat st;

	return geteuid() != 0 ||
	       (stat(path, &st) == 0 && st.st_uid == 0 &&
		!(st.st_mode & (S_IWGRP | S_IWOTH)));
}

static bool find(struct tool *tool, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		(void)snprintf(tool->path, sizeof tool->path, "%s/%s",
			       folders[i], name);
		if (access(tool->path, X_OK) != 0)
			continue;
		if (!is_roots(tool->path))
			tool->answer = "unsafe";
		return !tool->answer;
	}
	tool->path[0] = '\0';
	tool->answer = "missing";
	return false;
}

/* Between fork(2) and execve(2) of a process with threads: plain calls. The
 * first of argv is room for a shell's name. */
NORETURN static void become(char *path, char **argv, int null, int out)
{
	char path_var[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			  "/usr/bin:/sbin:/bin",
	     locale[] = "LC_ALL=C", home[] = "HOME=/", term[] = "TERM=dumb",
	     shell[] = "/bin/sh";
	char *envp[] = {path_var, locale, home, term, NULL};
	struct rlimit none = {0};
	sigset_t empty;

	sigemptyset(&empty);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &empty, NULL);
	(void)setrlimit(RLIMIT_FSIZE, &none); /* it writes no file */
	if (dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(null, 2) == 2 &&
	    chdir("/") == 0) {
		execve(path, argv + 1, envp);
		if (errno == ENOEXEC) { /* as shells do: it is a script */
			argv[0] = shell;
			argv[1] = path;
			execve(shell, argv, envp);
		}
	}
	_exit(127);
}

static pid_t start(struct tool *tool, const char *const *args, int *from)
{
	char *argv[TOOL_ARGS_MAX + 3] = {NULL, xstrdup(tool->name)};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), out[2] = {-1, -1};
	pid_t pid = -1;
	size_t n = 2;

	for (; args[n - 2] && n <= TOOL_ARGS_MAX + 1; n++)
		argv[n] = xstrdup(args[n - 2]);
	if (null >= 0 && pipe2(out, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		become(tool->path, argv, null, out[1]);
	for (size_t i = 1; i < n; i++)
		free(argv[i]);
	close_fd(null);
	close_fd(out[1]);
	*from = out[0];
	if (pid < 0)
		*from = close_fd(out[0]);
	return pid;
}

/* Until it has said all, or too much, or its time is over. */
static bool hear(struct tell *t, struct tool *tool, int from,
		 struct deadline d)
{
	fs_set_nonblock(from, true);
	while (deadline_left(d) > 0 && tell_go(t, 0)) {
		uint8_t *to = buf_reserve(&tool->out, PIECE);
		struct err err;
		ssize_t n;

		if (!to) {
			tool->answer = "flood";
			return false;
		}
		(void)!wait_fd(from, POLLIN, deadline_within(d, LOOK_NS),
			       &err);
		n = read(from, to, PIECE);
		if (n > 0)
			buf_commit(&tool->out, (size_t)n);
		else if (n == 0)
			return true;
		else if (errno != EAGAIN && errno != EINTR)
			return false;
	}
	return false;
}

static void await(struct tell *t, struct tool *tool, pid_t pid,
		  struct deadline d)
{
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 &&
	       deadline_left(d) > 0 && tell_go(t, 0)) {
		struct err err;

		(void)!wait_fd(-1, 0, deadline_within(d, END_NS), &err);
	}
	if (got == 0) {
		tool->timeout = true;
		tool->answer = tool->answer ? tool->answer : "hang";
		(void)kill(-pid, SIGKILL);
		(void)kill(pid, SIGKILL); /* it may have a group of its own */
		got = waitpid(pid, &status, 0);
	}
	(void)kill(-pid, SIGKILL); /* whom it left behind */
	tool->status = got == pid && WIFEXITED(status) ? WEXITSTATUS(status)
						       : -1;
	if (tool->status < 0 && !tool->answer)
		tool->answer = "crash";
}

static void keep_words(struct tool *tool, const char *const *args)
{
	for (size_t n = 0; *args && n + 1 < sizeof tool->asked; args++)
		n += (size_t)snprintf(tool->asked + n, sizeof tool->asked - n,
				      "%s%s", n ? " " : "", *args);
}

bool tool_run(struct tell *t, struct tool *tool, const char *name,
	      const char *const *args)
{
	return tool_run_for(t, tool, name, args, SECONDS);
}

bool tool_run_for(struct tell *t, struct tool *tool, const char *name,
		  const char *const *args, unsigned seconds)
{
	struct deadline d = deadline_in(seconds * NS_PER_S, NULL);
	pid_t pid;
	int from;

	tool_release(tool);
	*tool = (struct tool){.name = name, .status = -1};
	buf_init(&tool->out, TOOL_OUT_MAX);
	keep_words(tool, args);
	if (!find(tool, name) || !tell_go(t, 0))
		return false;
	pid = start(tool, args, &from);
	if (pid < 0) {
		tool->answer = "failed";
		return false;
	}
	if (!hear(t, tool, from, d))
		d = deadline_in(0, NULL); /* it is not waited for */
	close_fd(from);
	await(t, tool, pid, d);
	return true;
}

void tool_release(struct tool *tool)
{
	buf_release(&tool->out);
}

bool tool_ended_well(const struct tool *tool)
{
	return tool->status == 0 && !tool->timeout;
}

void tool_tell(struct tell *t, const struct tool *tool)
{
	triage_begin(t, "tool", bytes_str(tool->name));
	tell_str(t, "path", tool->path);
	tell_u64(t, "said", tool->said);
	tell_int(t, "status", tool->status);
	tell_bool(t, "timeout", tool->timeout);
	if (t->triage->has_packages && tool->path[0])
		tell_bool(t, "packaged",
			  triage_packaged(t, bytes_str(tool->path)));
	tell_str(t, "answer", tool->answer ? tool->answer : "");
	tell_str(t, "asked", tool->asked);
	triage_end(t);
}
