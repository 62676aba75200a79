/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All sockets of a host as the tables of /proc/net have them, of each network
 * namespace, by their inodes: a process has no more of a socket than that.
 */
#ifndef HALLIGAN_PROBE_SOCKTABLE_H
#define HALLIGAN_PROBE_SOCKTABLE_H

#include "base/base.h"
#include "base/bytes.h"
#include "probe/socket.h"

#define SOCKTABLE_MAX ((size_t)1 << 17)

struct sock {
	struct socket s; /* ends are nothing for packet and unix */
	uint64_t net;	 /* namespace */
	uint64_t number; /* raw, packet: protocol; unix: flags */
	uint64_t type, interface;
	uint64_t queue_recv, queue_send;
	char *path; /* unix: name, "@name" of abstract ones; owned */
	uint64_t pid, process_seq; /* who holds it; 0: not known */
};

struct socktable {
	struct sock *v;
	size_t n, cap;
	bool is_sorted;
	bool is_full; /* there are more */
};

void socktable_init(struct socktable *t);
void socktable_release(struct socktable *t);

/* The names of tables below /proc/net, NULL behind the last. */
extern const char *const socktable_names[];

/* All of one table. swapped: of a host with the other order of bytes. */
void socktable_add(struct socktable *t, const char *name, struct bytes text,
		   uint64_t net, bool swapped);

/* The socket with that inode; NULL: none. */
struct sock *socktable_find(struct socktable *t, uint64_t inode);

/* What somebody has open, for people: "tcp 192.0.2.1:4444", "unix". */
#define SOCK_SHOWN_MAX 96u
struct bytes sock_show(const struct sock *s, char out[SOCK_SHOWN_MAX]);

#endif
