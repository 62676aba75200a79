/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transfer HOST PORT KEY FILE: `cat FILE` there, over the libssh2 of a link
 * and what stands in for libcrypto in it, and nothing done with what comes.
 */
#include "base/base.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <sys/socket.h>

#include "remote/link.h"
#include "remote/remote.h"
#include "remote/unpack.h"

#define WINDOW (2u << 20)
#define PACKET 32768

static int connected(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	int fd = -1, on = 1;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
		(void)close(fd);
		fd = -1;
	}
	if (fd >= 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	freeaddrinfo(found);
	return fd;
}

static int fail(LIBSSH2_SESSION *ssh, const char *what)
{
	char *words = NULL;

	if (ssh)
		(void)libssh2_session_last_error(ssh, &words, NULL, 0);
	fprintf(stderr, "transfer: %s: %s\n", what, words ? words : "");
	return 1;
}

int main(int argc, char **argv)
{
	static char room[UNPACK_READ_LEN];
	const struct passwd *pw = getpwuid(getuid());
	char public[4096], command[4096];
	LIBSSH2_SESSION *ssh;
	LIBSSH2_CHANNEL *channel;
	ssize_t n;
	int fd;

	if (argc != 5 || !pw)
		return 2;
	remote_warm_up();
	link_keep_memory();
	(void)snprintf(public, sizeof public, "%s.pub", argv[3]);
	(void)snprintf(command, sizeof command, "cat '%s'", argv[4]);
	fd = connected(argv[1], argv[2]);
	ssh = libssh2_session_init();
	if (fd < 0 || !ssh)
		return fail(NULL, "connecting");
	if (libssh2_session_handshake(ssh, fd) != 0)
		return fail(ssh, "the handshake");
	if (libssh2_userauth_publickey_fromfile(ssh, pw->pw_name, public,
						argv[3], NULL) != 0)
		return fail(ssh, "logging in");
	channel = libssh2_channel_open_ex(ssh, "session", 7, WINDOW, PACKET,
					  NULL, 0);
	if (!channel || libssh2_channel_exec(channel, command) != 0)
		return fail(ssh, "starting cat");
	while ((n = libssh2_channel_read(channel, room, sizeof room)) > 0)
		if (fwrite(room, 1, (size_t)n, stdout) != (size_t)n)
			return fail(NULL, "writing");
	return n == 0 && fflush(stdout) == 0 ? 0 : fail(ssh, "reading");
}
