/* SPDX-License-Identifier: Apache-2.0 */
/* What a scanner finds in a file, and in what is in the file, as records. */
#ifndef HALLIGAN_PROBE_FOUND_H
#define HALLIGAN_PROBE_FOUND_H

#include "base/base.h"
#include "base/hash.h"
#include "probe/engine.h"
#include "model/redact.h"
#include "probe/file.h"
#include "probe/indicator.h"

struct found {
	struct file *f;
	struct buf name;     /* of the member: the archive's path before it */
	uint64_t file_seq;   /* of the member; 0: it is the file itself */
	uint64_t match_seq;  /* of the match whose hits come in */
	struct sightings seen; /* of the member that is told of next */
	bool takes, locked;  /* bytes of the member come; some have come */
	const struct secret_place *place; /* of the member */
	struct redactor redactor; /* which they go through */
	bool begun, withheld; /* it has seen their begin, and they stay */
	uint64_t due;	     /* bytes */
	struct rec_file_end end;
	bool keeps;	     /* somebody may ask for it again */
	struct buf kept;     /* what was sent of the file, to be told again */
};

void found_begin(struct found *found, struct file *f);
struct scan_sink found_sink(struct found *found);

/* The file has the content of one that was reported as that; 0: no matches. */
void found_is_same(struct found *found, uint64_t seq);

/* The file's own number; 0: it was not reported. */
uint64_t found_seq(const struct found *found);

/* Says what there is to say of a member that was cut off. */
void found_end(struct found *found);

#endif
