/* SPDX-License-Identifier: Apache-2.0 */
/*
 * badserver PLAY: a server on loopback that means no good (ssh/plays.h). Says
 * on which port it listens, and ends with its standard input.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "ssh/plays.h"

static const struct {
	const char *name;
	void (*play)(int fd);
} plays[] = {
	{"silent", play_say_nothing},
	{"lines", play_flood_lines},
	{"line", play_flood_one_line},
	{"garbage", play_garbage},
	{"banner", play_banner_and_nothing},
	{"noise", play_banner_and_garbage},
	{"ignore", play_flood_ignore},
	{"drip", play_drip_lines},
};

static int listen_somewhere(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return -1;
	printf("%u\n", (unsigned)ntohs(at.sin_port));
	(void)fflush(stdout);
	return fd;
}

static void serve(int listener, void (*play)(int fd))
{
	int fd = accept(listener, NULL, NULL);
	pid_t pid = fd < 0 ? -1 : fork();

	if (pid == 0) {
		play(fd);
		_exit(0);
	}
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	void (*play)(int fd) = NULL;
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}};

	for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(plays); i++)
		if (strcmp(argv[1], plays[i].name) == 0)
			play = plays[i].play;
	p[1] = (struct pollfd){.fd = play ? listen_somewhere() : -1,
			       .events = POLLIN};
	if (p[1].fd < 0)
		return 2;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	while (poll(p, 2, -1) > 0 && !p[0].revents)
		if (p[1].revents)
			serve(p[1].fd, play);
	return 0;
}
