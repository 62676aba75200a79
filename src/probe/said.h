/* SPDX-License-Identifier: Apache-2.0 */
/* What ps, lsmod, ss and ls of a host say, read without trust in any of it. */
#ifndef HALLIGAN_PROBE_SAID_H
#define HALLIGAN_PROBE_SAID_H

#include "base/base.h"
#include "base/bytes.h"

#define SAID_MAX ((size_t)1 << 20) /* things that one may say */

/* Numbers in order, each once. */
struct numbers {
	uint64_t *v;
	size_t n, cap;
};

void numbers_add(struct numbers *s, uint64_t v);
void numbers_sort(struct numbers *s);
bool numbers_has(const struct numbers *s, uint64_t v); /* when sorted */
void numbers_release(struct numbers *s);

/* Those of a in b but not in c; all sorted, and so is out. */
void numbers_missing(const struct numbers *a, const struct numbers *b,
		     const struct numbers *c, struct numbers *out);

/* Lines that are a number. */
void said_pids(struct bytes text, struct numbers *out);

/* A socket in one number: protocol, local and remote port. */
uint64_t said_socket(bool udp, uint64_t local, uint64_t remote);
uint64_t said_socket_local(uint64_t socket);
uint64_t said_socket_remote(uint64_t socket);
bool said_socket_is_udp(uint64_t socket);

/* Of ss(8) or netstat(8): the first word names the protocol, and two words
 * end in a port. listening, when not NULL, gets those that have no peer. */
void said_sockets(struct bytes text, struct numbers *out,
		  struct numbers *listening);

/* First words but the heading's, as hashes of names. */
void said_modules(struct bytes text, struct numbers *out);

/* Whole lines, the same way; names with odd bytes are written differently by
 * each ls(1), and are nobody's word. */
void said_names(struct bytes text, struct numbers *out);
bool said_is_plain(struct bytes name);
uint64_t said_name(struct bytes name);

#endif
