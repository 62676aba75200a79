/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files belong to packages, by the databases of dpkg, apk and pacman,
 * read by ourselves. What an intruder wrote into them deceives us: this
 * saves time, it proves nothing.
 */
#ifndef HALLIGAN_PROBE_PACKAGES_H
#define HALLIGAN_PROBE_PACKAGES_H

#include "base/base.h"
#include "base/bytes.h"
#include "probe/top.h"

#define PACKAGES_FILES_MAX   ((size_t)1 << 21) /* 32 MiB of digests */
#define PACKAGES_ALIASES_MAX 8u

struct packages {
	uint64_t *slots; /* digests of paths; 0: free */
	size_t n_slots;  /* a power of two */
	size_t n;
	struct packages_alias { /* /bin/ is /usr/bin/ */
		char *from, *to;
	} aliases[PACKAGES_ALIASES_MAX];
	size_t n_aliases;
};

/* Says of each database whose files are not known, or not all: where it is. */
typedef void packages_gap(void *arg, const char *path);

void packages_read(struct packages *p, const struct top *top,
		   packages_gap *gap, void *arg);
void packages_release(struct packages *p); /* zeroed is fine */

/* Whether there is a database of rpm, which its own program alone reads. */
bool packages_has_rpm(const struct top *top);

/* One more file; false when there are too many. One thread. */
bool packages_add(struct packages *p, struct bytes path);

/* path is absolute. Any thread. */
bool packages_has(const struct packages *p, struct bytes path);

#endif
