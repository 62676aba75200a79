/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private ssh-agent that holds the keys we read from files, so that no
 * code of ours ever parses a private key. It is started for the first key
 * and ends with the keyring, however that ends: the kernel then sends it
 * SIGTERM, on which it removes its socket.
 */
#ifndef HALLIGAN_REMOTE_LOCKBOX_H
#define HALLIGAN_REMOTE_LOCKBOX_H

#include <sys/types.h>

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

struct lockbox {
	pid_t pid; /* 0: not started */
	char socket[104];
};

/* ERR_DENIED when others may read the file: ssh-add would not take it, right
 * as its passphrase may be. */
enum err_code lockbox_may_add(const char *path, struct err *err) MUST_CHECK;

/*
 * Puts a key file into it. With an empty passphrase only a file without one
 * will do. ERR_AUTH when the passphrase is wrong or missing.
 */
enum err_code lockbox_add(struct lockbox *l, const char *path,
			  struct bytes passphrase, struct err *err) MUST_CHECK;

void lockbox_close(struct lockbox *l);

#endif
