/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said about a private key file without its passphrase. The
 * private part is never looked at.
 */
#ifndef HALLIGAN_REMOTE_KEYFILE_H
#define HALLIGAN_REMOTE_KEYFILE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct key_file {
	struct buf blob; /* the public key, RFC 4253 6.6 */
	struct buf comment;
	bool locked; /* it has a passphrase */
	bool public_only; /* it is the public half alone */
	struct buf certificate; /* the kind of FILE-cert.pub; empty: none */
};

/* Fills k; release it also after an error. */
enum err_code key_file_read(const char *path, struct key_file *k,
			    struct err *err) MUST_CHECK;
void key_file_release(struct key_file *k);

/* Whether we can log in with a key of that kind: no certificates, no keys on
 * tokens. */
bool key_is_usable(struct bytes blob);

#endif
