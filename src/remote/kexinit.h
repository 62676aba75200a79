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

#endif
