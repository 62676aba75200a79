/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that whoever has the host can hold up for ever: a listener of
 * fanotify(7) that does not answer, a file system of user space, a disk that
 * is gone. No signal but SIGKILL ends those, so a helper makes them. When one
 * takes too long the thread that asked goes on with ETIMEDOUT and a new
 * helper; the old one is left to the end of the process. That happens a few
 * times only, then the run ends.
 */
#ifndef HALLIGAN_PROBE_HELPER_H
#define HALLIGAN_PROBE_HELPER_H

#include <pthread.h>

#include "base/base.h"
#include "model/record.h"

/* Left behind by one run. */
#define HELPERS_LOST_MAX 8u

struct run;
struct top;

/* A thread that no signal reaches; false: the host allows no further one. */
bool helper_thread(pthread_t *thread, size_t stack, void *(*entry)(void *),
		   void *arg);

/* Of one thread, which alone uses it. */
struct helper;

struct helper *helper_new(struct run *run) MUST_CHECK;
void helper_free(struct helper *h); /* NULL is fine */

/* As the calls they are named after: -1 with errno, ETIMEDOUT when it took
 * longer than a file may, ECANCELED when the run was over before. NULL: the
 * call is made here, and takes as long as it takes. */
int helper_open(struct helper *h, int dir_fd, const char *name,
		int flags) MUST_CHECK;
ssize_t helper_pread(struct helper *h, int fd, uint8_t *to, size_t n,
		     uint64_t offset) MUST_CHECK; /* up to 1 MiB */
ssize_t helper_getdents(struct helper *h, int fd, void *to,
			size_t n) MUST_CHECK; /* from where it stands */
int helper_top_open(struct helper *h, const struct top *top, const char *path,
		    int flags) MUST_CHECK;

/* A folder, and what it is. */
int helper_open_folder(struct helper *h, int dir_fd, const char *name,
		       struct rec_file *rec) MUST_CHECK;

/* What is to be opened as soon as it was looked at, which spares asking twice:
 * a regular file of at most that size on one of these devices. */
struct look {
	uint64_t max_size, devs[2];
	int fd; /* out: -1 when it was not */
};

/* What it is, symlinks not followed; look: NULL to open nothing. */
bool helper_stat_at(struct helper *h, int dir_fd, const char *name,
		    struct rec_file *rec, struct look *look) MUST_CHECK;

/* The kind of file system it is on, as statfs(2) has it. O_PATH neither opens
 * a device nor triggers an automount. */
bool helper_fs_type(struct helper *h, int dir_fd, const char *name,
		    uint64_t *type) MUST_CHECK;

#endif
