/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands for / : the host's own, or a folder such as a mounted image,
 * which no path and no symlink in it leads out of.
 */
#ifndef HALLIGAN_PROBE_TOP_H
#define HALLIGAN_PROBE_TOP_H

#include <dirent.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct top {
	char *dir; /* NULL: / itself */
	int fd;    /* of dir */
	bool plain; /* the kernel has no openat2(2), or must not be asked */
};

/* dir NULL: / itself. */
enum err_code top_open_dir(struct top *top, const char *dir,
			   struct err *err) MUST_CHECK;
void top_release(struct top *top);

/* As open(2) does with a path from /. -1 with errno. Symlinks of an image
 * are followed inside it; before Linux 5.6 not at all (ELOOP). */
int top_open(const struct top *top, const char *path, int flags) MUST_CHECK;

/* A folder, to be listed; NULL with errno. */
DIR *top_opendir(const struct top *top, const char *path) MUST_CHECK;

/* A file and all that is in it, after what out holds; false with errno. */
bool top_read(const struct top *top, const char *path, struct buf *out);

/* Where the symlink at path leads, as a string the caller frees, or NULL. */
char *top_link(const struct top *top, const char *path) MUST_CHECK;

/* An entry of a folder, to be read; never through a symlink. As root, or for
 * our own files, no access time is left behind. */
int open_quietly(int dir_fd, const char *name, int flags) MUST_CHECK;

#endif
