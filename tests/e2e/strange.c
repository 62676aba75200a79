/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strange PORT garbage|silent|flood: listens there on all addresses, takes
 * every connection, and says what no SSH server says; then prints "ready" and
 * ends when standard input does. Meant for a network of its own.
 */
#include "base/base.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#define PEERS_MAX 64

static int listen_at(uint16_t port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0 ||
	    listen(fd, PEERS_MAX) != 0)
		return -1;
	return fd;
}

/* As much as there is room for. */
static void talk(int fd, const char *how)
{
	static char piece[4096];
	const char *text = "HTTP/1.1 400 Bad Request\r\n\r\n";

	if (strcmp(how, "garbage") == 0) {
		(void)!write(fd, text, strlen(text));
		(void)shutdown(fd, SHUT_WR);
	} else if (strcmp(how, "flood") == 0) {
		memset(piece, 'x', sizeof piece);
		piece[sizeof piece - 1] = '\n';
		while (send(fd, piece, sizeof piece, MSG_DONTWAIT) > 0)
			continue;
	}
}

int main(int argc, char **argv)
{
	struct pollfd fds[2 + PEERS_MAX] = {
		{.fd = STDIN_FILENO, .events = POLLIN}};
	nfds_t n = 2;
	char c;

	(void)signal(SIGPIPE, SIG_IGN);
	fds[1].fd = argc == 3 ? listen_at((uint16_t)strtoul(argv[1], NULL, 10)) : -1;
	fds[1].events = POLLIN;
	if (fds[1].fd < 0) {
		perror("strange");
		return 1;
	}
	puts("ready");
	(void)fflush(stdout);
	while (poll(fds, n, -1) > 0) {
		if (fds[0].revents && read(STDIN_FILENO, &c, 1) <= 0)
			return 0;
		for (nfds_t i = 2; i < n; i++)
			if (fds[i].revents)
				talk(fds[i].fd, argv[2]);
		if (!fds[1].revents || n == ARRAY_SIZE(fds))
			continue;
		fds[n].fd = accept(fds[1].fd, NULL, NULL);
		if (strcmp(argv[2], "flood") == 0)
			fds[n].events = POLLOUT;
		talk(fds[n++].fd, argv[2]);
	}
	return 1;
}
