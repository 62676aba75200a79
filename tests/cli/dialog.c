/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog [EXPECT ANSWER]... -- PROGRAM WORD...: runs a program on a terminal
 * of its own; whenever it has written EXPECT, in this order, types ANSWER and
 * Enter. Copies what it wrote to standard output and exits as it did; 124
 * when it stays silent for long.
 */
#include "base/base.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>

#include "base/buf.h"

#define LONG_MS 30000

static bool answer(int tty, const char *text)
{
	size_t n = strlen(text);

	return write(tty, text, n) == (ssize_t)n && write(tty, "\n", 1) == 1;
}

/* Until the program is gone; false when it is silent for too long. */
static bool talk(int tty, char **script, struct buf *seen)
{
	char piece[4096];
	size_t looked = 0;

	for (;;) {
		struct pollfd fd = {.fd = tty, .events = POLLIN};
		const char *found;
		ssize_t n;

		if (poll(&fd, 1, LONG_MS) <= 0)
			return false;
		n = read(tty, piece, sizeof piece);
		if (n <= 0)
			return true; /* EIO: the other end is closed */
		(void)buf_add(seen, piece, (size_t)n);
		if (fwrite(piece, 1, (size_t)n, stdout) != (size_t)n)
			return false;
		found = strcmp(script[0], "--") != 0
				? strstr(buf_str(seen) + looked, script[0])
				: NULL;
		if (!found)
			continue;
		looked = (size_t)(found - buf_str(seen)) + strlen(script[0]);
		if (!answer(tty, script[1]))
			return false;
		script += 2;
	}
}

int main(int argc, char **argv)
{
	int at = 1, tty, status = 0;
	struct buf seen;
	pid_t pid;
	bool ok;

	while (at + 1 < argc && strcmp(argv[at], "--") != 0)
		at += 2;
	if (at + 1 >= argc || strcmp(argv[at], "--") != 0) {
		fprintf(stderr, "dialog [EXPECT ANSWER]... -- PROGRAM...\n");
		return 125;
	}
	pid = forkpty(&tty, NULL, NULL, NULL);
	if (pid < 0)
		return 125;
	if (pid == 0) {
		execvp(argv[at + 1], argv + at + 1);
		_exit(127);
	}
	buf_init(&seen, 1u << 20);
	ok = talk(tty, argv + 1, &seen);
	buf_release(&seen);
	close_fd(tty); /* hangs up, should it still be there */
	if (waitpid(pid, &status, 0) != pid || !ok)
		return 124;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}
