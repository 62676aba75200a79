/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's first packet (RFC 4253 7.1), which is in the clear: what it
 * offers. libssh2 keeps it to itself when nothing fits.
 */
#ifndef HALLIGAN_REMOTE_KEXINIT_H
#define HALLIGAN_REMOTE_KEXINIT_H

#include "base/base.h"
#include "base/bytes.h"

#define KEXINIT_MAX (16u << 10) /* of what a server sends first, we look at */

/* Names between commas, as the server wrote them. */
struct kexinit {
	struct bytes kex, host_keys, ciphers, macs; /* what it sends with */
};

/* heard: the server's bytes from the first on. False: it is not all there,
 * or no such packet. */
bool kexinit_read(struct bytes heard, struct kexinit *k);

/* What it has said before its banner, or in place of it (RFC 4253 4.2). */
enum greeting {
	GREETING_SILENT, /* nothing yet */
	GREETING_TALK,	 /* what may come before a banner */
	GREETING_SSH,	 /* its banner, or the begin of one */
	GREETING_SSH1,	 /* the banner of a server that has no SSH 2 */
	GREETING_OTHER,	 /* no SSH, and it will not become any */
};

/* line: its banner, or the first that it says; of what was heard. */
enum greeting greeting_read(struct bytes heard, struct bytes *line);

#endif
