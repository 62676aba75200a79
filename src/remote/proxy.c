/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that runs a ProxyCommand, as ssh(1) does: what the command reads
 * and writes is the connection, and its other end goes to the engine. It
 * keeps the last of what the command says on stderr, and tells when it ended.
 * Both are one group of processes, which the zygote ends as one.
 */
#include "base/base.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/secret.h"
#include "base/time.h"
#include "remote/msg.h"
#include "remote/remote.h"

#define SAY_NS   (NS_PER_S / 5) /* between words of what it said */
#define DRAIN_NS (2 * NS_PER_S)
#define LAST_MAX (64u << 10) /* of stderr, once it has ended */

struct proxy {
	struct chan chan;
	int ends[2]; /* ours, which is given away, and the command's */
	int said_fd; /* its stderr */
	int sig_fd;
	pid_t pid;
	int status;
	char tail[PROXY_TAIL_MAX];
	size_t n_tail;
	bool cut, unsaid;
	int64_t said_at_ns;
};

NORETURN static void run_command(const struct proxy *p, int said,
				 const char *command)
{
	const char *shell = getenv("SHELL");
	char *line = xasprintf("exec %s", command);
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	if (!shell || !*shell)
		shell = "/bin/sh";
	if (dup2(p->ends[1], 0) < 0 || dup2(p->ends[1], 1) < 0 ||
	    dup2(said, 2) < 0 || fs_close_others(NULL, 0) < 0)
		_exit(126);
	(void)execl(shell, shell, "-c", line, (char *)NULL);
	(void)dprintf(2, "%s: %s", shell, strerrordesc_np(errno));
	_exit(127);
}

static enum err_code start(struct proxy *p, const char *command,
			   struct err *err)
{
	sigset_t set;
	int said[2];

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	p->sig_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (p->sig_fd < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->ends) != 0 ||
	    pipe2(said, O_CLOEXEC) != 0)
		return err_errno(err, "preparing for a command");
	p->said_fd = said[0];
	p->pid = fork();
	if (p->pid == 0)
		run_command(p, said[1], command);
	close_fd(said[1]);
	if (p->pid < 0)
		return err_errno(err, "starting a command");
	fs_set_nonblock(p->said_fd, true);
	fs_set_nonblock(p->ends[0], true);
	return ERR_OK;
}

/* The last of it stays. */
static void keep(struct proxy *p, const char *s, size_t n)
{
	size_t room = sizeof p->tail, over;

	if (n > room) {
		s += n - room;
		n = room;
		p->cut = true;
	}
	over = p->n_tail + n > room ? p->n_tail + n - room : 0;
	memmove(p->tail, p->tail + over, p->n_tail - over);
	memcpy(p->tail + p->n_tail - over, s, n);
	p->n_tail += n - over;
	p->cut |= over != 0;
	p->unsaid = true;
}

/* False once nothing will come any more. */
static bool listen_to(struct proxy *p, size_t most)
{
	char b[4096];
	ssize_t n = 1;

	for (size_t all = 0; n > 0 && all < most; all += (size_t)n) {
		n = read(p->said_fd, b, sizeof b);
		if (n > 0)
			keep(p, b, (size_t)n);
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Whole lines, when it said more than is kept. */
static struct bytes tail_of(const struct proxy *p)
{
	struct bytes all = bytes_of(p->tail, p->n_tail);
	const char *line = p->cut ? memchr(p->tail, '\n', p->n_tail) : NULL;

	if (line && line + 1 < p->tail + p->n_tail)
		all = bytes_skip(all, (size_t)(line + 1 - p->tail));
	return all;
}

static enum err_code say(struct proxy *p, bool ended, struct err *err)
{
	const struct msg_proxy_said m = {
		.said = tail_of(p),
		.ended = ended,
		.status = ended ? (uint64_t)p->status : 0,
	};

	p->unsaid = false;
	p->said_at_ns = time_mono_ns();
	return msg_send(&p->chan, MSG_PROXY_SAID, &m, err);
}

/* A flood of it costs a few frames a second. */
static int until_said_ms(const struct proxy *p)
{
	int64_t left = p->said_at_ns + SAY_NS - time_mono_ns();

	if (!p->unsaid || chan_wants_write(&p->chan))
		return -1;
	return left > 0 ? (int)(left / NS_PER_MS) + 1 : 0;
}

static bool has_ended(struct proxy *p)
{
	struct signalfd_siginfo info;

	while (read(p->sig_fd, &info, sizeof info) == sizeof info)
		;
	return waitpid(p->pid, &p->status, WNOHANG) == p->pid;
}

/* Until the command ends, or nobody wants it any more. */
static enum err_code watch_over(struct proxy *p, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && !p->chan.eof) {
		struct pollfd fds[] = {
			{.fd = p->chan.fd,
			 .events = chan_wants_write(&p->chan) ? POLLIN | POLLOUT
							      : POLLIN},
			{.fd = p->sig_fd, .events = POLLIN},
			{.fd = p->said_fd, .events = POLLIN},
		};

		if (poll(fds, ARRAY_SIZE(fds), until_said_ms(p)) < 0 &&
		    errno != EINTR)
			return err_errno(err, "waiting for a command");
		if (fds[2].revents && !listen_to(p, 1))
			p->said_fd = close_fd(p->said_fd);
		if (has_ended(p)) {
			(void)listen_to(p, LAST_MAX);
			code = say(p, true, err);
			return code == ERR_OK
				       ? chan_drain(&p->chan,
						    deadline_in(DRAIN_NS, NULL),
						    err)
				       : code;
		}
		code = chan_flush(&p->chan, err);
		if (code == ERR_OK && fds[0].revents)
			code = chan_fill(&p->chan, err);
		if (code == ERR_OK && until_said_ms(p) == 0)
			code = say(p, false, err);
	}
	return code;
}

/*
 * The command's end of the connection stays open here until its end was told,
 * so that whoever sees the connection end can know why.
 */
static enum err_code serve(struct proxy *p, struct err *err)
{
	struct msg_connected done = {0};
	struct msg_proxy_start m;
	struct frame f;
	char *command;
	enum err_code code =
		chan_wait(&p->chan, &f, deadline_in(INT64_MAX, NULL), err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_PROXY_START, &m, err);
	if (code != ERR_OK)
		return code;
	command = bytes_to_str(m.command);
	code = start(p, command, err);
	free(command);
	if (code == ERR_OK)
		code = msg_send_fd(&p->chan, MSG_CONNECTED, &done, p->ends[0],
				   err);
	p->ends[0] = close_fd(p->ends[0]);
	return code == ERR_OK ? watch_over(p, err) : code;
}

int proxy_main(int chan_fd, int fd)
{
	struct proxy p = {.ends = {-1, -1}, .said_fd = -1, .sig_fd = -1};
	struct err err;

	close_fd(fd);
	secret_harden_process();
	/* The end of the chan comes soon after the zygote's, and leaves the
	 * time to take the command along. */
	(void)prctl(PR_SET_PDEATHSIG, 0);
	if (setpgid(0, 0) != 0)
		return 1;
	chan_init(&p.chan, chan_fd);
	if (serve(&p, &err) != ERR_OK)
		msg_send_fault(&p.chan, &err);
	chan_release(&p.chan);
	(void)kill(0, SIGKILL); /* whoever the command has left, and we */
	return 0;
}
