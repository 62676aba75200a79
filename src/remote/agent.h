/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of the SSH agent protocol (draft-miller-ssh-agent): list keys,
 * sign. For the keyring child only; calls wait.
 */
#ifndef HALLIGAN_REMOTE_AGENT_H
#define HALLIGAN_REMOTE_AGENT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

/* Flags of a sign request. */
#define AGENT_RSA_SHA256 2u
#define AGENT_RSA_SHA512 4u

struct agent {
	int fd; /* -1: not connected */
	const char *path; /* borrowed */
	struct buf reply;
};

enum err_code agent_open(struct agent *a, const char *path,
			 struct err *err) MUST_CHECK;
void agent_close(struct agent *a);

/* Calls each for every key; blob and comment are gone after it returns. */
enum err_code agent_list(struct agent *a,
			 void (*each)(struct bytes blob, struct bytes comment,
				      void *arg),
			 void *arg, struct err *err) MUST_CHECK;

/*
 * *signature is the inner one, without its algorithm's name, and lives until
 * the next call. ERR_AUTH when the agent refuses or signs in another way
 * than the flags ask for.
 */
enum err_code agent_sign(struct agent *a, struct bytes blob, struct bytes data,
			 uint32_t flags, struct bytes *signature,
			 struct err *err) MUST_CHECK;

#endif
