/* SPDX-License-Identifier: Apache-2.0 */
/* What servers that mean no good say on a connection. */
#include "base/base.h"

#include <poll.h>

#include "base/err.h"
#include "base/fs.h"
#include "ssh/plays.h"

#define BANNER "SSH-2.0-OpenSSH_9.9\r\n"

static void send_str(int fd, const char *s)
{
	struct err err;

	if (fs_write_all(fd, bytes_str(s), &err) != ERR_OK)
		_exit(0); /* the link is gone: the end of the play */
}

void play_say_nothing(int fd)
{
	char c[4096];

	while (read(fd, c, sizeof c) > 0)
		;
}

void play_drip_lines(int fd)
{
	for (;;) {
		(void)poll(NULL, 0, 20);
		send_str(fd, "please hold the line\r\n");
	}
}

void play_drip_bytes(int fd)
{
	for (;;) {
		(void)poll(NULL, 0, 20);
		send_str(fd, "x");
	}
}

void play_flood_lines(int fd)
{
	for (;;)
		send_str(fd, "your call is important to us\r\n"
			     "your call is important to us\r\n"
			     "your call is important to us\r\n");
}

void play_flood_one_line(int fd)
{
	for (;;)
		send_str(fd, "SSH-2.0-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

void play_hang_up(int fd UNUSED)
{
}

void play_banner_and_hang_up(int fd)
{
	send_str(fd, BANNER);
}

void play_banner_and_nothing(int fd)
{
	send_str(fd, BANNER);
	play_say_nothing(fd);
}

static void send_bytes(int fd, const void *p, size_t n)
{
	struct err err;

	if (fs_write_all(fd, bytes_of(p, n), &err) != ERR_OK)
		_exit(0);
}

void play_mail(int fd)
{
	send_str(fd, "220 mail.example.org ESMTP \033[2J\r\n");
	play_say_nothing(fd);
}

void play_old_ssh(int fd)
{
	send_str(fd, "SSH-1.5-Cisco-1.25\r\n");
	play_say_nothing(fd);
}

void play_talk(int fd)
{
	send_str(fd, "login: ");
	play_say_nothing(fd);
}

void play_garbage(int fd)
{
	uint32_t x = 7;
	uint8_t b[4096];

	for (;;) {
		for (size_t i = 0; i < sizeof b; i++) {
			x = x * 1664525u + 1013904223u;
			b[i] = (uint8_t)(x >> 24);
		}
		send_bytes(fd, b, sizeof b);
	}
}

void play_banner_and_garbage(int fd)
{
	send_str(fd, BANNER);
	play_garbage(fd);
}

/* SSH_MSG_IGNORE (RFC 4253 11.2) without an end. */
void play_flood_ignore(int fd)
{
	static const uint8_t packet[16] = {0, 0, 0, 12, 6, 2, 0, 0, 0, 1, 'x'};
	uint8_t many[64 * sizeof packet];

	for (size_t i = 0; i < sizeof many; i += sizeof packet)
		memcpy(many + i, packet, sizeof packet);
	send_str(fd, BANNER);
	for (;;)
		send_bytes(fd, many, sizeof many);
}

/* A packet that claims to be as long as can be. */
void play_huge_packet(int fd)
{
	send_str(fd, BANNER);
	send_bytes(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	play_say_nothing(fd);
}

/* SSH_MSG_DISCONNECT with words meant for a terminal. */
void play_rude_goodbye(int fd)
{
	static const uint8_t packet[] = {
		0,   0,   0,    28,  6,   1,   0, 0, 0, 2, 0, 0, 0, 8, 'b', 'y',
		'e', '!', 0x1b, '[', '2', 'J', 0, 0, 0, 0, 0, 0, 0, 0, 0,   0};

	send_str(fd, BANNER);
	send_bytes(fd, packet, sizeof packet);
	play_say_nothing(fd);
}
