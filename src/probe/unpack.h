/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in archives and compressed files: gz, xz, zst, bz2, tar and zip, in
 * each other too, and behind each other. Hostile bytes through libarchive: only in the child that
 * scans. Nothing is written anywhere; names are data.
 */
#ifndef HALLIGAN_PROBE_UNPACK_H
#define HALLIGAN_PROBE_UNPACK_H

#include "base/base.h"
#include "base/bytes.h"
#include "probe/coverage.h"

#define UNPACK_DEPTH   2u                    /* when nobody says otherwise */
#define UNPACK_BYTES   ((uint64_t)256 << 20) /* the same */
#define UNPACK_MEMBER  ((size_t)64 << 20)    /* held of one member */
#define UNPACK_ENTRIES 100000u               /* of one file, all levels */
#define UNPACK_RATIO   200u                  /* once FREE are unpacked */
#define UNPACK_FREE    ((uint64_t)10 << 20)
#define UNPACK_TRIES   64u /* places in one file where one may begin */

/* Zeroed but for what is asked. */
struct unpack {
	uint64_t max_bytes, max_depth;
	int64_t until_ns; /* on time_mono_ns */
	/* Names are from the outer file inward, joined by "!/". */
	void (*member)(void *user, struct bytes name, struct bytes content,
		       bool whole);
	void (*problem)(void *user, struct bytes name, enum reason reason);
	void *user;
	/* so far */
	uint64_t bytes, entries;
	bool over; /* a limit for all of it was met */
};

/*
 * Calls member for each regular file in it, problem for what could not be
 * unpacked: REASON_CORRUPT, _ENCRYPTED, _ARCHIVE_LIMIT, _MEMORY or _TIMEOUT,
 * after what of the member there was; _TRAILING where something is behind an
 * archive that is none. Nothing for what is no archive. file is the name of
 * the outer one, without folders.
 */
void unpack_all(struct unpack *u, struct bytes file, struct bytes content);

#endif
