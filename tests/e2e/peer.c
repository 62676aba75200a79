/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds a connection to the loopback address it is given: both ends of it.
 * Prints the port of that end and ends when standard input does.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	socklen_t n = sizeof addr;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char c;

	if (argc != 2 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1 ||
	    bind(listener, (struct sockaddr *)&addr, n) != 0 ||
	    listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&addr, &n) != 0 ||
	    connect(caller, (struct sockaddr *)&addr, n) != 0 ||
	    accept(listener, NULL, NULL) < 0) {
		perror("peer");
		return 1;
	}
	printf("%u\n", (unsigned)ntohs(addr.sin_port));
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		continue;
	return 0;
}
