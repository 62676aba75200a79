/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of src/remote share: keys made for the occasion, a real sshd
 * on one end of a socket pair, and children run as the zygote runs them.
 */
#ifndef HALLIGAN_TESTS_SSH_HARNESS_H
#define HALLIGAN_TESTS_SSH_HARNESS_H

#include "unit/unit.h"

#include <sys/types.h>

#include "base/buf.h"
#include "base/chan.h"
#include "base/text.h"
#include "base/time.h"
#include "remote/msg.h"
#include "remote/remote.h"

#define PASSPHRASE "correct horse"

/* A folder of its own with keys in it; the same for all tests of a program.
 * Files: host_ed25519 host_ecdsa host_rsa, ed25519 ecdsa rsa other (user
 * keys), locked (ed25519 with PASSPHRASE), authorized_keys (all but other). */
extern char fixture[64];
const char *in_fixture(const char *name); /* full path; a few at a time */

int fixture_make(void **state);
int fixture_remove(void **state);

/* Runs a program to its end; its exit status. Input from /dev/null. */
int run_program(const char *const *argv, struct buf *out);
bool have_program(const char *path);

/* Writes a file into the fixture. */
void put_file(const char *name, const char *text, mode_t mode);

/*
 * Starts `sshd -i`; returns our end of the connection. *pid is its process
 * group. The lines of config, which may be NULL, go before the usual ones and
 * so win. sshd_before, when set, runs in its process first.
 */
extern void (*sshd_before)(void);
int sshd_start(const char *config, pid_t *pid);
/* The same on a port of loopback, for any number of connections, until the
 * group *pid is killed; `name` is that of its files in the fixture: with
 * ".log", what it says. */
uint16_t sshd_listen(const char *name, const char *config, pid_t *pid);
/* The same of any server that serves one connection on its standard input. */
int server_start(const char *const *argv, pid_t *pid);
bool sshd_is_there(void);

/*
 * For sshd_before: in its own process another shadow(5), in which we have a
 * password, and the file "pam" of the fixture, if there, in place of PAM's for
 * sshd. False where we may not mount, or openssl(1) is missing.
 */
#define PASSWORD "hunter2"
void have_a_password(void);
bool can_have_a_password(void);

/* A user's agent that listens in the fixture ("agent"), with these keys. */
#define SSH_AGENT "/usr/bin/ssh-agent"
pid_t agent_start(const char *const *names);
void agent_stop(pid_t pid);

/* Waits until every process we started, and all of theirs, are gone. */
void await_all_gone(void);

/* A child of ours, its end of the chan in *c. */
pid_t child_start(int (*child_main)(int, int), int fd, struct chan *c);
int child_wait(pid_t pid);

/* Sends a message now, reads the next one; failing the test when that fails. */
void tell(struct chan *c, enum msg_type type, const void *msg);
void hear(struct chan *c, struct frame *f);

const char *user_name(void);

/*
 * For sshd_start: makes the placing script see `folders` (as words of a
 * shell) in place of the usual ones, after the shell commands of `before`.
 * The string lives until the next call.
 */
const char *config_folders(const char *folders, const char *before);

/* What does not compress. */
void fill_noise(uint8_t *p, size_t n);

/* Files in a folder of the fixture; the folder is made when need be. */
unsigned count_files(const char *folder);

#endif
