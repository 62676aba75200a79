/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One private OpenSSH server on loopback: its folder, key, configuration and
 * process. Runs as the user who starts it and lets in nobody else.
 */
#ifndef HALLIGAN_RANGE_SERVER_H
#define HALLIGAN_RANGE_SERVER_H

#include "base/base.h"
#include "base/err.h"
#include "range/process.h"

/* What all servers of one range share. */
struct server_set {
	const char *dir;  /* absolute; see server_dir_is_usable() */
	const char *user; /* who logs in: who we are */
	const char *sshd; /* full paths */
	const char *ssh_keygen;
	bool use_pam; /* root's password is locked and only PAM lets it be */
};

struct server {
	const char *name; /* borrowed */
	unsigned port;
	struct process process;
};

/* Nothing in it that the server's configuration could take otherwise. */
bool server_dir_is_usable(const char *dir);

/* The program in one of the usual places; *full is static or borrowed. */
enum err_code server_find_sshd(const char **full, struct err *err) MUST_CHECK;
enum err_code server_find_keygen(const char **full, struct err *err) MUST_CHECK;

/* Makes an ed25519 key pair without a passphrase. */
enum err_code server_make_key(const struct server_set *set, const char *path,
			      const char *comment, struct err *err) MUST_CHECK;

/*
 * Starts s->name's server and waits until it listens; sets port and process.
 * started (may do nothing) is called as soon as there is a process, so that
 * it is on record before anything else can go wrong.
 */
enum err_code server_start(const struct server_set *set, struct server *s,
			   enum err_code (*started)(const struct server *s,
						    void *arg, struct err *err),
			   void *arg, struct err *err) MUST_CHECK;

#endif
