/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose mode, attributes, name or place matter: telling of one. */
#ifndef HALLIGAN_PROBE_ODD_H
#define HALLIGAN_PROBE_ODD_H

#include <sys/stat.h>

#include "base/base.h"
#include "probe/triage.h"

/* A file as it was met. */
struct odd_file {
	struct bytes path;
	const struct statx *st;
	bool packaged;
	const char *caps;     /* NULL: none */
	const char *kind;     /* NULL: not looked at */
	struct bytes target;  /* of a symlink */
	const char *const *signs;
	size_t n_signs;
	const uint8_t *sha256; /* NULL: not read */
};

void odd_tell(struct tell *t, const char *why, const struct odd_file *f);

/* As getcap(8) writes it; empty for junk. */
#define CAPS_ROOM 1024u
void odd_caps(struct bytes xattr, char out[CAPS_ROOM]);

int64_t odd_time(struct statx_timestamp ts);
bool odd_stat(int dir, const char *name, struct statx *st);

/* Immutable or append-only, as FS_IOC_GETFLAGS has them; 0: neither. */
#define ODD_IMMUTABLE UINT64_C(0x10)
#define ODD_APPEND    UINT64_C(0x20)
uint64_t odd_attributes(const struct statx *st);

#endif
