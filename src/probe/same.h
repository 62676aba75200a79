/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was scanned already: another name of a file (a hard link), or a copy
 * of its content. Matches of the first are kept and told again for each
 * further one, which is not scanned. Only where rules cannot tell names apart
 * and nothing is unpacked. Any thread.
 */
#ifndef HALLIGAN_PROBE_SAME_H
#define HALLIGAN_PROBE_SAME_H

#include <pthread.h>

#include "base/base.h"
#include "base/buf.h"
#include "probe/engine.h"

struct found;

/* Kept of one file, and of all; what has more is scanned each time. */
#define SAME_ONE_MAX ((size_t)64 << 10)
#define SAME_ALL_MAX ((size_t)16 << 20)
#define SAME_SLOTS   16384u

struct same_key {
	uint64_t v[6]; /* all zero: none */
};

struct same_entry {
	struct same_key key;
	uint64_t seq;	/* of the REC_FILE that had the matches; 0: clean */
	uint8_t *kept;	/* REC_MATCH and REC_HIT records */
	size_t n;
};

struct same {
	pthread_mutex_t lock;
	bool on, copies; /* copies: hashing costs less than scanning */
	size_t bytes;
	struct same_entry *slots;
};

/* Before the crew starts; engine NULL: nothing is scanned. */
void same_init(struct same *same, const struct engine *engine, bool unpacks);
void same_release(struct same *same);

/* Of a file with more than one name; and of content. */
struct same_key same_link(const struct rec_file *f);
struct same_key same_copy(const struct rec_file *f, const uint8_t sha256[32]);

/* Tells what is kept for the key again, as of found's file; false when it was
 * not scanned yet. */
bool same_tell(struct same *same, const struct same_key *key,
	       struct found *found);

/* Keeps what was found. */
void same_keep(struct same *same, const struct same_key *key,
	       const struct found *found);

#endif
