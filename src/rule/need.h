/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What content must be like for a rule to match, told by its source alone:
 * its condition asks for that among other things that must all hold. Two in
 * five of the public rules want content that begins with "MZ", and more than
 * half of them bound its size. Pure; any thread.
 */
#ifndef HALLIGAN_RULE_NEED_H
#define HALLIGAN_RULE_NEED_H

#include "base/base.h"
#include "base/buf.h"

#define RULE_NEED_HEAD "MZ"
#define RULE_ANY_SIZE  UINT64_MAX

struct rule_need {
	bool head; /* content begins with RULE_NEED_HEAD */
	uint64_t max_size; /* bytes of content, at most; or RULE_ANY_SIZE */
};

#define RULE_NO_NEED ((struct rule_need){.max_size = RULE_ANY_SIZE})

/* The name is in the source. */
typedef void rule_need_fn(void *arg, struct bytes name,
			  const struct rule_need *need);

/*
 * Tells of each rule that needs something. When in doubt a rule does not. A
 * name that comes twice is not what it was taken for.
 */
void rule_needs(struct bytes source, rule_need_fn *fn, void *arg);

/*
 * Overwrites with blanks, lines kept, each rule that needs the head and that
 * no other rule of the file speaks of; how many there were. What remains
 * compiles when the whole does, and on content that does not begin so it
 * finds what the whole finds.
 */
size_t rule_blank_needy(struct buf *source);

#endif
