/* SPDX-License-Identifier: Apache-2.0 */
/* Holding files against indicators, and telling what was sighted. */
#ifndef HALLIGAN_PROBE_SIGHT_H
#define HALLIGAN_PROBE_SIGHT_H

#include "base/base.h"
#include "probe/coverage.h"
#include "probe/file.h"
#include "probe/indicator.h"
#include "probe/run.h"

/*
 * By name, size and hash; told of with its REC_FILE when something is seen.
 * Hashes are made in one pass over what is held, or over the file. Success,
 * or why not all of it could be read.
 */
enum reason sight_file(struct file *f);

/* By name and size alone: it is not going to be read. */
void sight_unread(struct run *run, size_t root, const struct rec_file *file);

/* Its two halves, for who knows no more than the name (size: SIZE_UNKNOWN
 * when it is no regular file): whether it is sighted, and telling it. */
bool sight_name_only(struct run *run, size_t root, struct bytes path,
		     uint64_t size, struct sightings *seen) MUST_CHECK;
void sight_tell(struct run *run, const struct rec_file *file,
		const struct sightings *seen);

/* A member of the file, called path, by what a scanner says of it. */
struct scan_seen;
void sight_member(const struct file *f, struct bytes path,
		  const struct scan_seen *member, struct sightings *seen);

/* One REC_SIGHTING each. `where` has the seqs and the context. */
void sightings_send(struct run *run, const struct sightings *seen,
		    const struct rec_sighting *where);

/* What was judged, as coverage. */
void sight_finish(struct run *run);

#endif
