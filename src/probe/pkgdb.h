/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of package managers as texts: which packages there are, and what
 * their files ought to be. Pure functions. */
#ifndef HALLIGAN_PROBE_PKGDB_H
#define HALLIGAN_PROBE_PKGDB_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/hash.h"

struct pkg {
	struct bytes name, version, arch, status; /* borrowed */
	int64_t installed_ns; /* TIME_UNKNOWN: not told */
};

struct pkg_file {
	struct bytes package, path; /* without the slash in front, perhaps */
	enum hash_alg alg;
	uint8_t hash[HASH_LEN_MAX];
	size_t n_hash;
	bool config;
};

typedef void pkg_take(void *arg, const struct pkg *p);
typedef void pkg_file_take(void *arg, const struct pkg_file *f);

/* dpkg's status; its conffiles with what they were when they came. Either
 * function may be NULL. */
void pkgdb_dpkg(struct bytes status, pkg_take *take, pkg_file_take *file,
		void *arg);

/* A package's .md5sums. */
void pkgdb_md5sums(struct bytes package, struct bytes text,
		   pkg_file_take *file, void *arg);

/* apk's database. */
void pkgdb_apk(struct bytes text, pkg_take *take, pkg_file_take *file,
	       void *arg);

/* A desc of pacman's. */
bool pkgdb_pacman(struct bytes text, struct pkg *p);

/* rpm -qa with PKGDB_RPM_FORMAT. */
#define PKGDB_RPM_FORMAT                                                       \
	"%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{INSTALLTIME}\\n"
void pkgdb_rpm(struct bytes text, pkg_take *take, void *arg);

/* A line of rpm -V whose content is another, or is gone; false for others. */
bool pkgdb_rpm_verify(struct bytes line, struct bytes *path, bool *config,
		      bool *missing);

/* Where another package or its administrator had a file put (diversions of
 * dpkg); path when it is where it should be. */
struct bytes pkgdb_diverted(struct bytes diversions, struct bytes package,
			    struct bytes path);

/* Whether a file is worth reading to be held against its hash, and whether
 * logins or lists depend on it. With the slash in front. */
bool pkgdb_is_checked(struct bytes path);
bool pkgdb_is_critical(struct bytes path);

#endif
