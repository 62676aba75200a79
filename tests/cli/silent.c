/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that takes the connection and never says a word. Prints its port,
 * then "accepted" for each connection; ends when standard input does, or with
 * "nobody" when there is no connection for long.
 */
#include "base/base.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#define LONG_MS 20000

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	socklen_t n = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0 ||
	    listen(fd, 8) != 0 ||
	    getsockname(fd, (struct sockaddr *)&addr, &n) != 0)
		return -1;
	*port = ntohs(addr.sin_port);
	return fd;
}

int main(void)
{
	struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}};
	uint16_t port = 0;
	char c;

	fds[1] = (struct pollfd){.fd = listen_somewhere(&port),
				 .events = POLLIN};
	if (fds[1].fd < 0) {
		perror("silent");
		return 1;
	}
	printf("%u\n", port);
	(void)fflush(stdout);
	for (;;) {
		if (poll(fds, 2, LONG_MS) <= 0) {
			puts("nobody");
			break;
		}
		if (fds[0].revents && read(STDIN_FILENO, &c, 1) <= 0)
			break;
		if (fds[1].revents && accept(fds[1].fd, NULL, NULL) >= 0) {
			puts("accepted");
			(void)fflush(stdout);
		}
	}
	return 0;
}
