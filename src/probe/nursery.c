/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's process: has the rules compiled, then forks a child for a slot
 * whenever it is told to. It has one thread and reads no content, so that its
 * memory is sound and it may fork at any time. It ends, and all of its
 * children with it, when who forked it does.
 */
#include "base/base.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/chan.h"
#include "base/fs.h"
#include "base/time.h"
#include "probe/engine.h"
#include "probe/nursery.h"
#include "probe/rules.h"
#include "probe/scan.h"

#define LAST_WAIT_S 2u /* for children that were killed */
#define READY_NS    (10 * NS_PER_S)

struct nursery {
	const struct nursery_setup *setup;
	struct chan chan;
	struct rules *rules;
	pid_t *pids; /* by slot; 0: none */
};

static void reap(struct nursery *n)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (size_t i = 0; i < n->setup->n_slots; i++) {
			if (n->pids[i] == pid)
				n->pids[i] = 0;
		}
	}
}

/* Not waited for: one that hangs in the kernel must not hold up the others.
 * Its id stays its own until it is reaped. */
static void kill_slot(struct nursery *n, size_t slot)
{
	reap(n);
	if (n->pids[slot])
		(void)kill(n->pids[slot], SIGKILL);
	n->pids[slot] = 0;
}

static void start_slot(struct nursery *n, size_t slot, int fd)
{
	const struct nursery_setup *setup = n->setup;
	pid_t self = getpid(), pid;

	kill_slot(n, slot);
	pid = fork();
	if (pid == 0) {
		struct scan_setup scan = {
			.rules = n->rules,
			.areas = setup->areas,
			.n_slots = setup->n_slots,
			.slot = slot,
			.memory_bytes = setup->memory_bytes,
			.parent = self,
		};

		chan_release(&n->chan);
		scan_main(&scan, fd);
	}
	if (pid > 0)
		n->pids[slot] = pid;
}

static void on_frame(struct nursery *n, const struct frame *f)
{
	struct reader r = reader_of(f->body);
	uint32_t slot = rd_u32be(&r);
	int fd = -1;

	if (f->type == FRAME_START)
		fd = chan_take_fd(&n->chan);
	if (!r.bad && slot < n->setup->n_slots) {
		if (f->type == FRAME_KILL)
			kill_slot(n, slot);
		else if (fd >= 0)
			start_slot(n, slot, fd);
	}
	close_fd(fd);
}

static void serve(struct nursery *n)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct frame f;
	struct err err;

	while (chan_wait(&n->chan, &f, never, &err) == ERR_OK)
		on_frame(n, &f);
}

/* In a process of its own: the error, or none, and the rules. */
NORETURN static void compile_main(const struct plan *plan, int fd)
{
	struct rules *rules = NULL;
	struct err err = {0}, ignored;

	if (rules_compile(plan, &rules, &err) == ERR_OK)
		err = (struct err){.code = ERR_OK};
	if (fs_write_all(fd, bytes_of(&err, sizeof err), &ignored) == ERR_OK &&
	    err.code == ERR_OK)
		_exit(rules_save(rules, fd, &ignored) == ERR_OK ? 0 : 1);
	_exit(1);
}

static enum err_code read_result(int fd, struct err *err)
{
	struct err result;

	if (fs_read_full(fd, &result, sizeof result) != sizeof result)
		return err_set(err, ERR_FORMAT,
			       "libyara crashes on these rules");
	if (result.code != ERR_OK)
		*err = result;
	return result.code;
}

static enum err_code get_rules(struct nursery *n, struct err *err)
{
	enum err_code code;
	int fds[2];
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0)
		return err_errno(err, "starting a process that compiles");
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		close_fd(fds[0]);
		compile_main(n->setup->plan, fds[1]);
	}
	close_fd(fds[1]);
	code = read_result(fds[0], err);
	if (code == ERR_OK)
		code = rules_load(n->setup->plan, fds[0], &n->rules, err);
	close_fd(fds[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return code;
}

static enum err_code make_ready(struct nursery *n, struct err *err)
{
	struct engine_ready ready = {0};
	struct buf msg;
	enum err_code code = get_rules(n, err);
	enum err_code sent;

	ready.code = code;
	if (code == ERR_OK) {
		ready.uses = rules_uses(n->rules);
		ready.n_rules = rules_count(n->rules);
	} else {
		ready.message = bytes_str(err->msg);
	}
	buf_init(&msg, CHAN_BODY_MAX);
	sent = order_encode(FRAME_READY, &ready, &msg, err);
	if (sent == ERR_OK)
		sent = chan_send(&n->chan, FRAME_READY, buf_bytes(&msg), err);
	if (sent == ERR_OK)
		sent = chan_drain(&n->chan, deadline_in(READY_NS, NULL), err);
	buf_release(&msg);
	return code == ERR_OK ? sent : code;
}

/* Whoever reads our parent's output must not wait for us to close it, and
 * nothing a child does may end up there. */
static void leave_the_rest(int chan_fd)
{
	int pipe_fds[2];

	if (pipe(pipe_fds) != 0 || dup2(pipe_fds[1], STDIN_FILENO) < 0 ||
	    dup2(pipe_fds[1], STDOUT_FILENO) < 0)
		_exit(127);
	(void)fs_close_others(&chan_fd, 1);
}

static void ignore_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
}

/* The parent is told their CPU time by wait(2), so wait if it can be done. */
NORETURN static void end(struct nursery *n)
{
	for (size_t i = 0; i < n->setup->n_slots; i++) {
		if (n->pids[i])
			(void)kill(n->pids[i], SIGKILL);
	}
	(void)alarm(LAST_WAIT_S);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
	_exit(0);
}

void nursery_main(const struct nursery_setup *setup, int chan_fd)
{
	struct nursery n = {.setup = setup};
	struct err err;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != setup->parent)
		_exit(0);
	(void)prctl(PR_SET_NAME, "halligan:engine");
	/* Or mktime(3), for times in archives, would ask for /etc/localtime. */
	if (setenv("TZ", "UTC0", 1) != 0)
		_exit(127);
	ignore_signals();
	leave_the_rest(chan_fd);
	chan_init(&n.chan, chan_fd);
	n.pids = xcalloc(MAX(setup->n_slots, (size_t)1), sizeof *n.pids);
	if (make_ready(&n, &err) == ERR_OK)
		serve(&n);
	end(&n);
}
