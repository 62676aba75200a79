/* SPDX-License-Identifier: Apache-2.0 */
/* What ps, lsmod, ss, ls, who and the like of a host say, read without trust
 * in any of it. */
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

/* How many of a are in b; both sorted. */
size_t numbers_common(const struct numbers *a, const struct numbers *b);

/*
 * Of ps(1), however it was asked: each pid, and said_command of it and of all
 * that begins at a word behind it, since each form has other columns. The
 * pid is below "PID" in the first line, or else the first word.
 */
void said_processes(struct bytes text, struct numbers *out);
bool said_is_pid(uint64_t key);
uint64_t said_command(uint64_t pid, struct bytes text);

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

/* The end of each line from any of its words on, and as far as " -> ": one of
 * them is the name that `ls -l` shows. */
void said_long_names(struct bytes text, struct numbers *out);

/* Of find(1): what is right in that folder, and itself as ".". */
void said_found(struct bytes text, const char *folder, struct numbers *out);

/* The first two words of lines of who(1) or last(1), who cut them. */
void said_logins(struct bytes text, struct numbers *out);
uint64_t said_login(struct bytes user, struct bytes line);

#endif
