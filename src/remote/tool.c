/* SPDX-License-Identifier: Apache-2.0 */
/* Other programs, run by absolute path with pipes and a deadline. */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "remote/tool.h"

#define RUN_NS       (60 * NS_PER_S) /* a slow key derivation takes seconds */
#define STOP_NS      (2 * NS_PER_S)
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

enum { IN, OUT, ERRORS, N_PIPES };

static bool find_in_path(const char *name, char *out, size_t room)
{
	const char *path = getenv("PATH");
	struct bytes rest = bytes_str(path ? path : PATH_DEFAULT), dir;

	while (bytes_split(&rest, ':', &dir)) {
		int n = snprintf(out, room, "%.*s/%s", (int)dir.n,
				 (const char *)dir.p, name);

		if (dir.n == 0 || dir.p[0] != '/' || n < 0 || (size_t)n >= room)
			continue;
		if (access(out, X_OK) == 0)
			return true;
	}
	return false;
}

static void close_pipes(int pipes[N_PIPES][2])
{
	for (size_t i = 0; i < N_PIPES; i++)
		for (size_t end = 0; end < 2; end++)
			pipes[i][end] = close_fd(pipes[i][end]);
}

static enum err_code make_pipes(int pipes[N_PIPES][2], struct err *err)
{
	for (size_t i = 0; i < N_PIPES; i++)
		pipes[i][0] = pipes[i][1] = -1;
	for (size_t i = 0; i < N_PIPES; i++)
		if (pipe2(pipes[i], O_CLOEXEC) != 0) {
			(void)err_errno(err, "making a pipe");
			close_pipes(pipes);
			return err->code;
		}
	return ERR_OK;
}

/* In the child. PR_SET_PDEATHSIG is lost by set-group-ID programs, which
 * ssh-agent is; no_new_privs keeps it, since then none is one. */
NORETURN static void become(const struct tool *t, const char *path,
			    int pipes[N_PIPES][2], pid_t parent)
{
	char agent[256] = "SSH_AUTH_SOCK=";
	char path_var[] = "PATH=" PATH_DEFAULT;
	char *env[] = {path_var, t->agent ? agent : NULL, NULL};
	union {
		const char *const *in;
		char *const *out;
	} argv = {.in = t->args};

	if (t->agent)
		(void)snprintf(agent, sizeof agent, "SSH_AUTH_SOCK=%s",
			       t->agent);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
		_exit(127);
	(void)setsid(); /* no terminal to ask on: it reads its input */
	(void)signal(SIGPIPE, SIG_DFL);
	if (dup2(pipes[IN][0], STDIN_FILENO) < 0 ||
	    dup2(pipes[OUT][1], STDOUT_FILENO) < 0 ||
	    dup2(pipes[ERRORS][1], STDERR_FILENO) < 0)
		_exit(127);
	(void)close_range(3, ~0U, 0);
	execve(path, argv.out, env);
	_exit(127);
}

/* Starts it with its input written already; the pipes' far ends are closed,
 * its input too. */
static enum err_code spawn(const struct tool *t, int pipes[N_PIPES][2],
			   pid_t *pid, struct err *err)
{
	char path[4096];
	pid_t self = getpid();
	enum err_code code;

	if (!find_in_path(t->args[0], path, sizeof path))
		return err_set(err, ERR_UNSUPPORTED,
			       "%s is not installed (package openssh-client)",
			       t->args[0]);
	if (t->input.n > TOOL_INPUT_MAX)
		return err_set(err, ERR_LIMIT, "too much input for %s",
			       t->args[0]);
	code = make_pipes(pipes, err);
	if (code != ERR_OK)
		return code;
	code = fs_write_all(pipes[IN][1], t->input, err);
	if (code == ERR_OK) {
		*pid = fork();
		if (*pid == 0)
			become(t, path, pipes, self);
		if (*pid < 0)
			code = err_errno(err, "starting %s", t->args[0]);
	}
	if (code != ERR_OK) {
		close_pipes(pipes);
		return code;
	}
	pipes[IN][0] = close_fd(pipes[IN][0]);
	pipes[IN][1] = close_fd(pipes[IN][1]);
	pipes[OUT][1] = close_fd(pipes[OUT][1]);
	pipes[ERRORS][1] = close_fd(pipes[ERRORS][1]);
	return ERR_OK;
}

enum err_code tool_start(const struct tool *t, pid_t *pid, int *out_fd,
			 struct err *err)
{
	int pipes[N_PIPES][2];
	enum err_code code = spawn(t, pipes, pid, err);

	if (code != ERR_OK)
		return code;
	*out_fd = pipes[OUT][0];
	pipes[OUT][0] = -1;
	close_pipes(pipes);
	return ERR_OK;
}

/* True once it has ended; its status is taken. */
static bool ended_within(pid_t pid, int64_t ns, int *status)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct err err;
	bool ended;

	if (fd < 0) /* a kernel before 5.3: wait as long as it takes */
		return waitpid(pid, status, 0) == pid;
	ended = wait_fd(fd, POLLIN, deadline_in(ns, NULL), &err) == ERR_OK;
	close_fd(fd);
	return ended && waitpid(pid, status, 0) == pid;
}

void tool_stop(pid_t pid)
{
	int status;

	(void)kill(pid, SIGTERM);
	if (ended_within(pid, STOP_NS, &status))
		return;
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}

/* One read; false at the end of the pipe. */
static bool collect(int fd, struct buf *into)
{
	uint8_t chunk[4096];
	ssize_t n = read(fd, chunk, sizeof chunk);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n > 0)
		(void)buf_add(into, chunk, MIN((size_t)n, into->max - into->n));
	explicit_bzero(chunk, sizeof chunk);
	return n > 0;
}

static enum err_code collect_both(int pipes[N_PIPES][2], struct buf *out,
				  struct buf *errors, struct deadline d,
				  struct err *err)
{
	struct pollfd p[2] = {{.fd = pipes[OUT][0], .events = POLLIN},
			      {.fd = pipes[ERRORS][0], .events = POLLIN}};

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		enum err_code code = wait_any(p, 2, d, err);

		if (code != ERR_OK)
			return code;
		if (p[0].fd >= 0 && p[0].revents && !collect(p[0].fd, out))
			p[0].fd = -1;
		if (p[1].fd >= 0 && p[1].revents && !collect(p[1].fd, errors))
			p[1].fd = -1;
	}
	return ERR_OK;
}

enum err_code tool_run(const struct tool *t, struct buf *out,
		       struct buf *errors, int *status, struct err *err)
{
	struct deadline d = deadline_in(RUN_NS, NULL);
	int pipes[N_PIPES][2], raw;
	pid_t pid;
	enum err_code code = spawn(t, pipes, &pid, err);

	if (code != ERR_OK)
		return code;
	code = collect_both(pipes, out, errors, d, err);
	close_pipes(pipes);
	if (code == ERR_OK && ended_within(pid, deadline_left(d), &raw)) {
		*status =
			WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
		return ERR_OK;
	}
	tool_stop(pid);
	return err_set(err, ERR_TIMEOUT, "%s does not come to an end",
		       t->args[0]);
}
