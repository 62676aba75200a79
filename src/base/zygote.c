/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The zygote and its children. Frames to it: SPAWN (kind; the child's socket
 * and perhaps one more descriptor ride along), KILL (id). Frames from it:
 * SPAWNED (id), ENDED (id, status).
 *
 * A child's socket and its extra descriptor cannot ride on one frame, so
 * SPAWN carries the socket and an optional EXTRA frame before it the other.
 */
#include "base/base.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/time.h"
#include "base/zygote.h"

#define MAX_CHILDREN 1024
#define SPAWN_NS     (10 * NS_PER_S)

enum { EXTRA = 1, SPAWN, KILL, SPAWNED, ENDED };

struct entry {
	uint64_t id;
	pid_t pid;
	bool group;
};

/* The zygote's own state; it has one thread. */
struct nursery {
	struct chan chan;
	const struct child_kind *kinds;
	size_t n_kinds;
	struct entry children[MAX_CHILDREN];
	size_t n;
	uint64_t last_id;
	int extra_fd;
	int sig_fd;
};

/* The descriptors a child starts with; all others are closed. */
static void keep_only(int chan_fd, int fd)
{
	int keep[] = {chan_fd, fd, log_fd()};
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		_exit(127);
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			_exit(127);
	(void)fs_close_others(keep, ARRAY_SIZE(keep));
}

NORETURN static void run_child(struct nursery *n, const struct child_kind *kind,
			       int chan_fd, int fd)
{
	char name[16];
	sigset_t none;

	/* Not a promise (the zygote might be gone already), the chan's end
	 * of file is; this only makes it quicker. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)snprintf(name, sizeof name, "halligan:%s", kind->name);
	(void)prctl(PR_SET_NAME, name);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	buf_release(&n->chan.in);
	buf_release(&n->chan.out);
	keep_only(chan_fd, fd);
	_exit(kind->main(chan_fd, fd));
}

static void tell(struct nursery *n, uint32_t type, uint64_t id, uint32_t status)
{
	struct buf b;
	struct err err;

	buf_init(&b, 64);
	(void)buf_add_u64be(&b, id); /* 12 bytes of 64 */
	(void)buf_add_u32be(&b, status);
	if (chan_send(&n->chan, type, buf_bytes(&b), &err) != ERR_OK ||
	    chan_drain(&n->chan, deadline_in(SPAWN_NS, NULL), &err) != ERR_OK)
		n->chan.eof = true;
	buf_release(&b);
}

static void spawn(struct nursery *n, struct bytes body)
{
	struct reader r = reader_of(body);
	uint32_t kind = rd_u32be(&r);
	int chan_fd = chan_take_fd(&n->chan);
	pid_t pid = -1;

	if (chan_fd >= 0 && kind < n->n_kinds && n->n < MAX_CHILDREN)
		pid = fork();
	if (pid == 0)
		run_child(n, &n->kinds[kind], chan_fd, n->extra_fd);
	if (pid > 0 && n->kinds[kind].group)
		(void)setpgid(pid, pid); /* before it can be killed */
	close_fd(chan_fd);
	n->extra_fd = close_fd(n->extra_fd);
	if (pid < 0) {
		tell(n, SPAWNED, 0, 0);
		return;
	}
	n->children[n->n++] = (struct entry){.id = ++n->last_id,
					     .pid = pid,
					     .group = n->kinds[kind].group};
	tell(n, SPAWNED, n->last_id, 0);
}

static void kill_entry(const struct entry *e)
{
	(void)kill(e->group ? -e->pid : e->pid, SIGKILL);
}

static void kill_one(struct nursery *n, struct bytes body)
{
	struct reader r = reader_of(body);
	uint64_t id = rd_u64be(&r);

	for (size_t i = 0; i < n->n; i++)
		if (n->children[i].id == id)
			kill_entry(&n->children[i]);
}

/* What to do with each frame from the user. */
static void on_frame(struct nursery *n, const struct frame *f)
{
	switch (f->type) {
	case EXTRA:
		close_fd(n->extra_fd);
		n->extra_fd = chan_take_fd(&n->chan);
		break;
	case SPAWN:
		spawn(n, f->body);
		break;
	case KILL:
		kill_one(n, f->body);
		break;
	}
}

/* It has ended; its number, and its group's, is taken until it is reaped. */
static void reap_one(struct nursery *n, pid_t pid)
{
	struct entry e = {0};
	int status = 0;

	for (size_t i = 0; i < n->n && !e.id; i++) {
		if (n->children[i].pid != pid)
			continue;
		e = n->children[i];
		n->children[i] = n->children[--n->n];
	}
	if (e.id && e.group)
		kill_entry(&e);
	(void)waitpid(pid, &status, 0);
	if (e.id)
		tell(n, ENDED, e.id, (uint32_t)status);
}

static void reap(struct nursery *n)
{
	for (;;) {
		siginfo_t info = {0};

		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		    !info.si_pid)
			return;
		reap_one(n, info.si_pid);
	}
}

static void serve(struct nursery *n)
{
	struct signalfd_siginfo info;
	struct frame f;
	struct err err;
	bool got;

	while (!n->chan.eof) {
		struct pollfd p[2] = {{.fd = n->chan.fd, .events = POLLIN},
				      {.fd = n->sig_fd, .events = POLLIN}};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents &&
		    read(n->sig_fd, &info, sizeof info) == sizeof info)
			reap(n);
		if (!p[0].revents)
			continue;
		if (chan_fill(&n->chan, &err) != ERR_OK)
			break;
		while (chan_next(&n->chan, &f, &got, &err) == ERR_OK && got)
			on_frame(n, &f);
	}
	for (size_t i = 0; i < n->n; i++)
		kill_entry(&n->children[i]);
}

/* Ctrl-C is the front's to hear: it cancels in order. */
NORETURN static void run_zygote(struct nursery *n, int fd)
{
	sigset_t set;

	(void)prctl(PR_SET_NAME, "halligan:zygote");
	(void)setsid();
	secret_harden_process();
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	n->sig_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (n->sig_fd < 0)
		_exit(127);
	n->extra_fd = -1;
	chan_init(&n->chan, fd);
	serve(n);
	_exit(0);
}

enum err_code zygote_start(struct zygote *z, const struct child_kind *kinds,
			   size_t n_kinds, void (*warm_up)(void),
			   struct err *err)
{
	static struct nursery nursery; /* large, and alive only in the child */
	int fds[2];
	enum err_code code = chan_pair(fds, err);

	if (code != ERR_OK)
		return code;
	z->pid = fork();
	if (z->pid < 0) {
		code = err_errno(err, "forking");
		close_fd(fds[0]);
		close_fd(fds[1]);
		return code;
	}
	if (z->pid == 0) {
		close_fd(fds[0]);
		if (warm_up)
			warm_up();
		nursery.kinds = kinds;
		nursery.n_kinds = n_kinds;
		run_zygote(&nursery, fds[1]);
	}
	close_fd(fds[1]);
	chan_init(&z->chan, fds[0]);
	if (pthread_mutex_init(&z->lock, NULL) != 0)
		BUG("mutex");
	return ERR_OK;
}

void zygote_stop(struct zygote *z)
{
	if (z->pid <= 0)
		return;
	chan_release(&z->chan); /* its end of file: it kills all and ends */
	while (waitpid(z->pid, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_destroy(&z->lock);
	z->pid = 0;
}

/*
 * Ends of other children may be reported before the answer to SPAWN; they
 * stay buffered for zygote_ended because this only peeks past them.
 */
static enum err_code await_spawned(struct zygote *z, uint64_t *id,
				   struct err *err)
{
	struct deadline d = deadline_in(SPAWN_NS, NULL);

	for (;;) {
		struct bytes b = bytes_skip(buf_bytes(&z->chan.in),
					    z->chan.in_used);
		struct reader r = reader_of(b);
		size_t at = z->chan.in_used;

		for (;;) {
			size_t n = rd_u32be(&r);
			uint32_t type = rd_u32be(&r);
			struct reader body = reader_of(rd_bytes(&r, n));

			if (r.bad)
				break;
			if (type != SPAWNED) {
				at += 8 + n;
				continue;
			}
			*id = rd_u64be(&body);
			memmove(z->chan.in.p + at, z->chan.in.p + at + 8 + n,
				z->chan.in.n - at - 8 - n);
			z->chan.in.n -= 8 + n;
			return ERR_OK;
		}
		if (z->chan.eof)
			return err_set(err, ERR_IO, "the zygote is gone");
		if (wait_fd(z->chan.fd, POLLIN, d, err) != ERR_OK ||
		    chan_fill(&z->chan, err) != ERR_OK)
			return err_wrap(err, "starting a process");
	}
}

enum err_code zygote_spawn(struct zygote *z, size_t kind, int fd,
			   struct child *child, struct err *err)
{
	struct deadline d = deadline_in(SPAWN_NS, NULL);
	uint8_t body[4] = {0, 0, 0, (uint8_t)kind};
	int fds[2];
	enum err_code code = chan_pair(fds, err);

	if (code != ERR_OK)
		return code;
	*child = (struct child){0};
	pthread_mutex_lock(&z->lock);
	if (fd >= 0)
		code = chan_send_fd(&z->chan, EXTRA, (struct bytes){0}, fd, d,
				    err);
	if (code == ERR_OK)
		code = chan_send_fd(&z->chan, SPAWN, bytes_of(body, 4), fds[1],
				    d, err);
	close_fd(fds[1]);
	if (code == ERR_OK)
		code = await_spawned(z, &child->id, err);
	pthread_mutex_unlock(&z->lock);
	if (code == ERR_OK && child->id == 0)
		code = err_set(err, ERR_LIMIT, "cannot start one more process");
	if (code != ERR_OK) {
		close_fd(fds[0]);
		return code;
	}
	chan_init(&child->chan, fds[0]);
	return ERR_OK;
}

void zygote_kill(struct zygote *z, const struct child *child)
{
	struct buf b;
	struct err err;

	buf_init(&b, 8);
	(void)buf_add_u64be(&b, child->id);
	pthread_mutex_lock(&z->lock);
	/* A zygote that does not hear has ended, and its children with it. */
	if (chan_send(&z->chan, KILL, buf_bytes(&b), &err) != ERR_OK ||
	    chan_drain(&z->chan, deadline_in(SPAWN_NS, NULL), &err) != ERR_OK)
		log_line(LOG_WARN, "zygote", "kill: %s", err.msg);
	pthread_mutex_unlock(&z->lock);
	buf_release(&b);
}

enum err_code zygote_ended(struct zygote *z, uint64_t *id, int *status,
			   bool *got, struct err *err)
{
	struct frame f;
	enum err_code code;

	pthread_mutex_lock(&z->lock);
	code = chan_next(&z->chan, &f, got, err);
	if (code == ERR_OK && !*got) {
		code = chan_fill(&z->chan, err);
		if (code == ERR_OK)
			code = chan_next(&z->chan, &f, got, err);
	}
	if (code == ERR_OK && *got) {
		struct reader r = reader_of(f.body);

		*id = rd_u64be(&r);
		*status = (int)rd_u32be(&r);
	} else if (code == ERR_OK && z->chan.eof) {
		code = err_set(err, ERR_NET, "the zygote is gone");
	}
	pthread_mutex_unlock(&z->lock);
	return code;
}
