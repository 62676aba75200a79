/* SPDX-License-Identifier: Apache-2.0 */
/* A program on a pseudo terminal, and what one sees of it. */
#include "tui/tui.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "base/time.h"

#define RAW_MAX   (64u << 20)
#define HANG_NS   (30 * NS_PER_S) /* nothing here takes that long */
#define SETTLE_FD 9

static void make_screen(struct tui *t)
{
	t->vt = vterm_new(t->rows, t->cols);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
}

NORETURN static void run_child(const struct tui_options *o, int settle,
			       const char *const *argv)
{
	(void)dup2(settle, SETTLE_FD);
	(void)setenv("TERM", o->term ? o->term : "xterm-256color", 1);
	(void)setenv("HALLIGAN_SETTLE_FD", "9", 1);
	(void)unsetenv("NO_COLOR");
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	for (size_t i = 0; o->env && o->env[i]; i++)
		(void)putenv((char *)(uintptr_t)o->env[i]);
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void tui_start(struct tui *t, const struct tui_options *o,
	       const char *const *argv)
{
	struct winsize ws = {0};
	int pipe_fds[2];

	*t = (struct tui){.rows = o->rows ? o->rows : 24,
			  .cols = o->cols ? o->cols : 80};
	ws.ws_row = (unsigned short)t->rows;
	ws.ws_col = (unsigned short)t->cols;
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	t->pid = forkpty(&t->fd, NULL, NULL, &ws);
	assert_true(t->pid >= 0);
	if (t->pid == 0)
		run_child(o, pipe_fds[1], argv);
	close(pipe_fds[1]);
	t->settle = pipe_fds[0];
	(void)fcntl(t->fd, F_SETFL, O_NONBLOCK);
	(void)fcntl(t->settle, F_SETFL, O_NONBLOCK);
	buf_init(&t->raw, RAW_MAX);
	make_screen(t);
}

/* Takes what came; false at the end of the terminal. */
static bool take_bytes(struct tui *t)
{
	char bytes[16384];
	ssize_t n;

	while ((n = read(t->fd, bytes, sizeof bytes)) > 0) {
		(void)buf_add(&t->raw, bytes, (size_t)n);
		(void)vterm_input_write(t->vt, bytes, (size_t)n);
	}
	return n < 0 && errno == EAGAIN;
}

static void take_settled(struct tui *t)
{
	char bytes[256];
	ssize_t n;

	while ((n = read(t->settle, bytes, sizeof bytes)) > 0)
		t->n_settled += (size_t)n;
}

static void take_shot(struct tui *t)
{
	struct buf out;

	buf_init(&out, 4u << 20);
	for (int row = 0; row < t->rows; row++) {
		size_t keep = out.n;

		for (int col = 0; col < t->cols; col++) {
			VTermRect one = {row, row + 1, col, col + 1};
			char text[64];
			size_t n = vterm_screen_get_text(t->screen, text,
							 sizeof text, one);

			if (n == 0)
				(void)buf_add_byte(&out, ' ');
			else
				(void)buf_add(&out, text, n);
			if (n && !(n == 1 && text[0] == ' '))
				keep = out.n;
		}
		out.n = keep;
		(void)buf_add_byte(&out, '\n');
	}
	free(t->shot);
	t->shot = buf_detach(&out);
}

const char *tui_screen(struct tui *t)
{
	(void)take_bytes(t);
	take_shot(t);
	return t->shot;
}

/* Waits for bytes of either kind; fails the test when none come. */
static void wait_for_bytes(struct tui *t, int64_t until_ns, const char *what)
{
	struct pollfd fds[] = {{.fd = t->fd, .events = POLLIN},
			       {.fd = t->settle, .events = POLLIN}};
	int64_t left = until_ns - time_mono_ns();

	if (left <= 0)
		fail_msg("waited in vain for %s:\n%s", what, tui_screen(t));
	if (fds[0].revents & POLLHUP)
		fds[0].fd = -1;
	(void)poll(fds, ARRAY_SIZE(fds), (int)(left / NS_PER_MS) + 1);
	take_settled(t);
	if (!take_bytes(t) && (fds[0].revents & POLLHUP))
		fail_msg("the program ended while waiting for %s:\n%s", what,
			 tui_screen(t));
}

static void wait_words(struct tui *t, const char *words, bool there)
{
	int64_t until_ns = time_mono_ns() + HANG_NS;
	char *what = xasprintf("%s\"%s\"", there ? "" : "the end of ", words);

	while ((strstr(tui_screen(t), words) != NULL) != there)
		wait_for_bytes(t, until_ns, what);
	free(what);
}

void tui_wait(struct tui *t, const char *words)
{
	wait_words(t, words, true);
}

void tui_wait_gone(struct tui *t, const char *words)
{
	wait_words(t, words, false);
}

void tui_settle(struct tui *t, size_t before)
{
	int64_t until_ns = time_mono_ns() + HANG_NS;

	take_settled(t);
	while (t->n_settled <= before)
		wait_for_bytes(t, until_ns, "it to settle");
}

void tui_type(struct tui *t, const char *keys)
{
	size_t n = strlen(keys), at = 0;

	take_settled(t);
	while (at < n) {
		struct pollfd fd = {.fd = t->fd, .events = POLLOUT};
		ssize_t wrote = write(t->fd, keys + at, n - at);

		if (wrote > 0)
			at += (size_t)wrote;
		else if (errno == EAGAIN)
			(void)poll(&fd, 1, -1);
		else
			fail_msg("typing \"%s\": %s", keys, strerror(errno));
	}
}

void tui_resize(struct tui *t, int rows, int cols)
{
	struct winsize ws = {.ws_row = (unsigned short)rows,
			     .ws_col = (unsigned short)cols};

	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	assert_int_equal(ioctl(t->fd, TIOCSWINSZ, &ws), 0);
}

int tui_wait_end(struct tui *t)
{
	int64_t until_ns = time_mono_ns() + HANG_NS;

	while (take_bytes(t)) {
		struct pollfd fd = {.fd = t->fd, .events = POLLIN};

		if (time_mono_ns() > until_ns)
			fail_msg("it does not end:\n%s", tui_screen(t));
		(void)poll(&fd, 1, 1000);
	}
	if (!t->ended)
		assert_int_equal(waitpid(t->pid, &t->status, 0), t->pid);
	t->ended = true;
	return t->status;
}

void tui_stop(struct tui *t)
{
	if (!t->vt)
		return; /* never started: a test was skipped */
	if (!t->ended) {
		(void)kill(t->pid, SIGKILL);
		(void)waitpid(t->pid, &t->status, 0);
	}
	(void)take_bytes(t);
	close(t->fd);
	close(t->settle);
	vterm_free(t->vt);
	buf_release(&t->raw);
	free(t->shot);
	*t = (struct tui){0};
}
