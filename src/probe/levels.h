/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folders that a walk is in, from its root down. Only the deepest of
 * them are held open with their names; the others are opened and read again
 * when the walk comes back, so that depth costs neither descriptors nor
 * much memory.
 */
#ifndef HALLIGAN_PROBE_LEVELS_H
#define HALLIGAN_PROBE_LEVELS_H

#include "base/base.h"
#include "base/buf.h"
#include "probe/names.h"

/* Open at once, and what their names may take together. */
#define LEVELS_OPEN_MAX	 64u
#define LEVELS_NAMES_MAX ((size_t)24 << 20)

struct level {
	int fd; /* -1: closed */
	uint64_t dev, ino;
	size_t path_n; /* of the walk's path, to come back to */
	struct names names;
	bool dropped; /* its names, but not their turn */
};

struct levels {
	struct level *v;
	size_t n, cap;
	size_t names_bytes;
	struct helper *helper; /* opens and reads them; borrowed, or NULL */
};

/* Enters fd, which is taken, at path. False with errno when not all of its
 * names could be read; it is entered all the same. */
bool levels_push(struct levels *l, int fd, uint64_t dev, uint64_t ino,
		 const struct buf *path);

/* The deepest. */
struct level *levels_last(const struct levels *l);

/* The next name there. NULL: none is left, errno says why when it is not 0. */
const char *levels_next(struct levels *l, unsigned char *type);

/* Leaves the deepest, whose path is given. False with errno when the folder
 * above, which is the deepest then, cannot be returned to. */
bool levels_pop(struct levels *l, struct bytes path);

bool levels_has(const struct levels *l, uint64_t dev, uint64_t ino);
void levels_release(struct levels *l); /* zeroed is fine */

#endif
