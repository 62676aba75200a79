/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in an archive that somebody brought: tar, packed or not, and zip.
 * By libarchive, in the bundle child's jail; nothing is written anywhere.
 */
#ifndef HALLIGAN_REMOTE_MEMBERS_H
#define HALLIGAN_REMOTE_MEMBERS_H

#include "base/base.h"
#include "base/bytes.h"

struct members;

struct member {
	struct bytes name; /* as it is there; valid until the next */
	const char *kind; /* of what is no file: "symlink", "folder", ... */
	uint64_t size;	  /* as the archive tells it; 0: it does not */
	uint64_t mode, uid, gid;
	int64_t mtime_ns, atime_ns, ctime_ns, btime_ns;
};

/* NULL when it is no archive. */
struct members *members_open(struct bytes whole) MUST_CHECK;
void members_close(struct members *m); /* NULL is fine */

/* False at the end; *why is not NULL then when it ends too soon. */
bool members_next(struct members *m, struct member *member,
		  const char **why);

/* The next bytes of the member; none at its end, and when it is damaged
 * (*why). */
struct bytes members_read(struct members *m, const char **why);

#endif
