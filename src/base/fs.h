/* SPDX-License-Identifier: Apache-2.0 */
/* Local files: capped reads, atomic replacement, private folders, trees,
 * descriptors. */
#ifndef HALLIGAN_BASE_FS_H
#define HALLIGAN_BASE_FS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* Reads a whole file after what out holds already; more than out may take is
 * ERR_LIMIT. "-" is standard input. */
enum err_code fs_read(const char *path, struct buf *out,
		      struct err *err) MUST_CHECK;

/* The same of what must be a file, or the null device: a pipe that nobody
 * writes to would hold us up for ever. ERR_FORMAT: it is something else. */
enum err_code fs_read_plain(const char *path, struct buf *out,
			    struct err *err) MUST_CHECK;

/* Writes all of b to fd, through short writes and EINTR. */
enum err_code fs_write_all(int fd, struct bytes b, struct err *err) MUST_CHECK;

/* Reads n bytes, through short reads and EINTR. How many came: fewer where
 * there are no more, or on an error. */
size_t fs_read_full(int fd, void *to, size_t n) MUST_CHECK;

/* Replaces path by b in one step: temporary file beside it, fsync, rename. */
enum err_code fs_replace(const char *path, struct bytes b, mode_t mode,
			 struct err *err) MUST_CHECK;

/* mkdir -p; folders made get this mode. Existing ones are left alone. */
enum err_code fs_make_dirs(const char *path, mode_t mode,
			   struct err *err) MUST_CHECK;

/* Removes a tree without following symlinks. Not there is fine. */
enum err_code fs_remove_tree(const char *path, struct err *err) MUST_CHECK;

/*
 * Calls each for every regular file under path (which may itself be one), in
 * byte order of names, folders first level by level, symlinks not followed.
 * Stops at the first code that is not ERR_OK and returns it.
 */
enum err_code fs_each_file(const char *path,
			   enum err_code (*each)(const char *file, void *arg,
						 struct err *err),
			   void *arg, struct err *err) MUST_CHECK;

/* Makes a descriptor (not) blocking; it is ours and open, so cannot fail. */
void fs_set_nonblock(int fd, bool on);

/*
 * Closes every descriptor but the standard three and keep[] (n of them, at
 * most 16; -1 and doubles are fine). Returns the highest one left.
 */
int fs_close_others(const int *keep, size_t n);

#endif
