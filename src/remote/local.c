/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local child: starts the probe on this machine, in a folder that stands
 * for / so that no path and no symlink in it leads out, and passes on what it
 * says. The probe reads a hostile host's files, so its word is as good as
 * that host's: once it runs, we are jailed like a link, and unpack in here.
 * The probe ends when its standard input does, which is when we do.
 */
#include "base/base.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/fs.h"
#include "base/jail.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/time.h"
#include "remote/msg.h"
#include "remote/remote.h"
#include "remote/unpack.h"

#define MEMORY_MAX     (UINT64_C(256) << 20)
#define ORDERS_NS      (10 * NS_PER_S)
#define COMPLAINTS_MAX ((size_t)64 << 10) /* passed on, the rest is dropped */

#define FEED_FD	       3 /* as the probe has it */

enum { IN, OUT, ERRORS, N_PIPES };

struct local {
	struct chan chan;
	int to, from, errors; /* the probe's standard three; -1: closed */
	struct unpack unpack;
	struct buf input; /* of the engine, not written yet */
	bool input_last;  /* after it, end of file */
	size_t complained;
	bool moved; /* something happened in this round: there may be more */
};

NORETURN static void give_up(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s", what, strerrordesc_np(errno));
	_exit(127);
}

/* What the engine wants to be looked at. */
struct orders {
	char *root;
	int feed_fd; /* -1: root */
};

/* dup2 leaves the flag that closes it alone when it is in place already. */
static void move_feed(int fd)
{
	if ((fd != FEED_FD && dup2(fd, FEED_FD) < 0) ||
	    fcntl(FEED_FD, F_SETFD, 0) != 0)
		_exit(127);
}

/* In the child: becomes the probe. */
NORETURN static void become(int probe_fd, const struct orders *o,
			    int pipes[N_PIPES][2])
{
	char name[] = "halligan-probe", serve[] = "--serve", feed[] = "--feed";
	char image[] = "--image";
	char *argv[] = {name, o->feed_fd < 0 ? serve : feed,
			o->feed_fd < 0 ? image : NULL, NULL};
	char *env[] = {NULL};
	struct jail_report report;
	int keep[2];
	struct err err;

	probe_fd = fcntl(probe_fd, F_DUPFD_CLOEXEC, FEED_FD + 1);
	keep[0] = probe_fd;
	keep[1] = o->feed_fd < 0 ? -1 : FEED_FD;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    dup2(pipes[IN][0], STDIN_FILENO) < 0 ||
	    dup2(pipes[OUT][1], STDOUT_FILENO) < 0 ||
	    dup2(pipes[ERRORS][1], STDERR_FILENO) < 0)
		_exit(127);
	(void)signal(SIGPIPE, SIG_DFL);
	if (o->feed_fd >= 0)
		move_feed(o->feed_fd);
	(void)fs_close_others(keep, ARRAY_SIZE(keep));
	if (o->feed_fd >= 0 && jail_enter_program(&report, &err) != ERR_OK)
		give_up("the probe's jail");
	if (o->feed_fd < 0 && (chroot(o->root) != 0 || chdir("/") != 0))
		give_up(errno == EPERM ? "only root may look at a folder as /"
				       : "the folder cannot be entered");
	(void)syscall(SYS_execveat, probe_fd, "", argv, env, AT_EMPTY_PATH);
	give_up("the probe does not start here");
}

static enum err_code read_start(struct local *l, struct orders *o,
				struct err *err)
{
	struct msg_local_start m;
	struct frame f;
	enum err_code code =
		chan_wait(&l->chan, &f, deadline_in(ORDERS_NS, NULL), err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_LOCAL_START, &m, err);
	if (code != ERR_OK)
		return code;
	o->root = bytes_to_str(m.root);
	o->feed_fd = chan_take_fd(&l->chan);
	if (m.feed != (o->feed_fd >= 0))
		return err_set(err, ERR_FORMAT, "a folder, or a pipe");
	return ERR_OK;
}

static enum err_code start(struct local *l, int probe_fd, struct err *err)
{
	int pipes[N_PIPES][2];
	struct orders o = {.feed_fd = -1};
	enum err_code code = read_start(l, &o, err);
	pid_t pid;

	if (code != ERR_OK) {
		free(o.root);
		return code;
	}
	for (size_t i = 0; i < N_PIPES; i++)
		if (pipe2(pipes[i], O_CLOEXEC) != 0)
			return err_errno(err, "making a pipe");
	pid = fork();
	if (pid < 0)
		return err_errno(err, "starting the probe");
	if (pid == 0)
		become(probe_fd, &o, pipes);
	free(o.root);
	close_fd(o.feed_fd);
	close_fd(pipes[IN][0]);
	close_fd(pipes[OUT][1]);
	close_fd(pipes[ERRORS][1]);
	close_fd(probe_fd);
	l->to = pipes[IN][1];
	l->from = pipes[OUT][0];
	l->errors = pipes[ERRORS][0];
	fs_set_nonblock(l->to, true);
	fs_set_nonblock(l->from, true);
	fs_set_nonblock(l->errors, true);
	return ERR_OK;
}

static enum err_code enter_jail(struct local *l, struct err *err)
{
	struct jail_limits limits = {.memory_bytes = MEMORY_MAX};
	int keep[] = {l->chan.fd, l->to, l->from, l->errors, log_fd()};
	struct jail_report report;
	struct msg_link_jailed m;
	char what[128];
	enum err_code code =
		jail_enter(&limits, keep, ARRAY_SIZE(keep), &report, err);

	if (code != ERR_OK)
		return code;
	m.what = bytes_str(jail_describe(&report, what, sizeof what));
	return msg_send(&l->chan, MSG_LINK_JAILED, &m, err);
}

static bool is_later(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* What the engine says goes to the probe, as it takes it. */
static enum err_code take_orders(struct local *l, struct err *err)
{
	enum err_code code = chan_fill(&l->chan, err);

	while (code == ERR_OK && l->input.n == 0 && !l->input_last) {
		struct msg_data m;
		struct frame f;
		bool got;

		code = chan_next(&l->chan, &f, &got, err);
		if (code != ERR_OK || !got)
			return code;
		code = msg_read(&f, MSG_LINK_INPUT, &m, err);
		if (code == ERR_OK)
			(void)buf_add_bytes(&l->input, m.data); /* it fits */
		l->input_last = code == ERR_OK && m.last;
		l->moved = true;
	}
	return code;
}

/* A probe that is gone shows itself by the end of its output. */
static void write_input(struct local *l)
{
	ssize_t n;

	if (l->to >= 0 && l->input.n) {
		n = write(l->to, l->input.p, l->input.n);
		l->moved = l->moved || n > 0;
		if (n > 0)
			buf_consume(&l->input, (size_t)n);
		else if (n < 0 && !is_later())
			buf_clear(&l->input);
	}
	if (l->input_last && l->input.n == 0)
		l->to = close_fd(l->to);
}

static enum err_code read_output(struct local *l, struct err *err)
{
	struct buf *raw = &l->unpack.raw;
	ssize_t n;

	if (l->from >= 0 && !unpack_is_busy(&l->unpack)) {
		n = read(l->from, buf_reserve(raw, UNPACK_READ_LEN),
			 UNPACK_READ_LEN);
		l->moved = l->moved || n > 0;
		if (n > 0)
			buf_commit(raw, (size_t)n);
		else if (n == 0 || !is_later())
			l->from = close_fd(l->from);
	}
	return unpack_run(&l->unpack, &l->chan, &l->moved, err);
}

static enum err_code read_errors(struct local *l, struct err *err)
{
	char text[4096];
	struct msg_data m = {0};
	ssize_t n;

	if (l->errors < 0)
		return ERR_OK;
	n = read(l->errors, text, sizeof text);
	if (n == 0 || (n < 0 && !is_later()))
		l->errors = close_fd(l->errors);
	if (n <= 0)
		return ERR_OK;
	m.data = bytes_of(text, MIN((size_t)n, COMPLAINTS_MAX - l->complained));
	l->complained += m.data.n;
	return m.data.n ? msg_send(&l->chan, MSG_LINK_STDERR, &m, err) : ERR_OK;
}

/* Nothing is read from the probe while the engine is behind, nor from the
 * engine while the probe is. */
static enum err_code await_more(const struct local *l, struct err *err)
{
	bool held = unpack_is_held_up(&l->chan);
	bool deaf = l->input.n > 0 || l->input_last;
	struct pollfd p[] = {
		{.fd = l->chan.fd,
		 .events = (short)((deaf ? 0 : POLLIN) |
				   (chan_wants_write(&l->chan) ? POLLOUT : 0))},
		{.fd = l->input.n ? l->to : -1, .events = POLLOUT},
		{.fd = held ? -1 : l->from, .events = POLLIN},
		{.fd = l->errors, .events = POLLIN},
	};

	return wait_any(p, ARRAY_SIZE(p), deadline_in(INT64_MAX, NULL), err);
}

static enum err_code relay(struct local *l, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK &&
	       (l->from >= 0 || unpack_is_busy(&l->unpack))) {
		if (!l->moved)
			code = await_more(l, err);
		l->moved = false;
		if (code == ERR_OK)
			code = chan_flush(&l->chan, err);
		if (code == ERR_OK)
			code = take_orders(l, err);
		if (code == ERR_OK && l->chan.eof)
			return err_set(err, ERR_CANCELLED, "cancelled");
		write_input(l);
		if (code == ERR_OK)
			code = read_errors(l, err);
		if (code == ERR_OK && !unpack_is_held_up(&l->chan))
			code = read_output(l, err);
	}
	return code;
}

static enum err_code run(struct local *l, int probe_fd, struct err *err)
{
	struct msg_link_exit end = {0};
	enum err_code code = start(l, probe_fd, err);

	if (code == ERR_OK)
		code = enter_jail(l, err);
	if (code == ERR_OK)
		code = relay(l, err);
	if (code == ERR_OK)
		code = read_errors(l, err);
	if (code == ERR_OK)
		code = msg_send(&l->chan, MSG_LINK_EXIT, &end, err);
	if (code == ERR_OK)
		code = chan_drain(&l->chan, deadline_in(INT64_MAX, NULL), err);
	return code;
}

int local_main(int chan_fd, int fd)
{
	struct local l = {.to = -1, .from = -1, .errors = -1};
	struct err err;
	int status = 0;

	secret_harden_process();
	(void)signal(SIGPIPE, SIG_IGN);
	chan_init(&l.chan, chan_fd);
	unpack_init(&l.unpack, 0);
	buf_init(&l.input, MSG_DATA_MAX);
	if (run(&l, fd, &err) != ERR_OK) {
		status = 1;
		if (!l.chan.eof)
			msg_send_fault(&l.chan, &err);
	}
	buf_release(&l.input);
	unpack_release(&l.unpack);
	return status;
}
