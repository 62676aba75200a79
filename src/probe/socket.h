/* SPDX-License-Identifier: Apache-2.0 */
/* The host's sockets, held against addresses and domains. */
#ifndef HALLIGAN_PROBE_SOCKET_H
#define HALLIGAN_PROBE_SOCKET_H

#include "base/base.h"
#include "base/bytes.h"
#include "model/record.h"

struct run;
struct indicators;

struct socket_end {
	uint8_t addr[16]; /* IPv4 is mapped */
	uint64_t port;
};

struct socket {
	const char *proto;
	bool is_v4;
	struct socket_end local, remote;
	uint64_t state, uid, inode;
};

/* A line of /proc/net/tcp and its like; false for the heading and others. */
bool socket_parse(struct bytes line, struct socket *s);

/* "socket:[4711]", as what a process has open is called: false for anything
 * else. */
bool socket_of_link(struct bytes link, uint64_t *inode);

/* "192.0.2.7:443", "[2001:db8::7]:443" */
#define SOCKET_END_MAX 64u
struct bytes socket_end_text(const struct socket *s,
			     const struct socket_end *end,
			     char out[SOCKET_END_MAX]);

/* "established", ...; empty: none that is known. */
const char *socket_state(uint64_t state);

/* A table of a host whose words are in the other order. */
void socket_swap(struct socket *s);

/* Lines of /etc/hosts into the peers of domains. */
void hosts_parse(struct indicators *in, struct bytes text);

/* Looks at all sockets, if the plan has anything to see in them. */
void sockets_look(struct run *run);

/* Of a host without a probe, as its files have it: whose a socket is cannot
 * be told. How many were looked at. */
void hosts_take(struct run *run, struct bytes given);
uint64_t sockets_take(struct run *run, struct bytes name, struct bytes table,
		      bool swapped);
void sockets_say(struct run *run, bool looked, uint64_t n);

#endif
