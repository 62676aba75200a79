/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many patterns of paths as one tree, walked in step with a file system: at
 * each folder it is known which names matter in it, and whether anything
 * below can. Patterns are as struct req_pattern has them. Homes are places
 * from which all patterns behind a ~ hold, however many there are.
 */
#ifndef HALLIGAN_BASE_PATHSET_H
#define HALLIGAN_BASE_PATHSET_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

#define PATHSET_STARS_MAX    64u   /* folders that ** goes down at most */
#define PATHSET_STARS	     10u   /* a ** without a number */
#define PATHSET_PLACES_MAX   (1u << 19)
#define PATHSET_SEGMENTS_MAX 256u  /* of one pattern */

struct pathset;

/* Of a segment, how many folders "**" or "**7" goes down; 0: it is neither. */
uint32_t pathset_stars(struct bytes segment);

/* Where a walk is: places in the tree. Owned; zeroed is nowhere. */
struct pathset_state {
	uint32_t *v;
	size_t n, cap;
};

struct pathset *pathset_new(void) MUST_CHECK;
void pathset_free(struct pathset *set); /* NULL is fine */

/* ERR_USAGE for what is no pattern, ERR_LIMIT when there are too many. */
enum err_code pathset_add(struct pathset *set, struct bytes pattern,
			  uint32_t id, struct err *err) MUST_CHECK;

/*
 * The folder at an absolute path is a home, its name taken as it is; with
 * all_in, each folder in it is one. From a shallow one only patterns without
 * ** hold: much else lies there, as in /.
 */
enum err_code pathset_add_home(struct pathset *set, struct bytes path,
			       bool all_in, bool shallow,
			       struct err *err) MUST_CHECK;

/* At /. */
void pathset_begin(const struct pathset *set, struct pathset_state *state);

/* Down by a name; false when nothing there or below is meant. spelled: only
 * by patterns that have it as it is. */
bool pathset_step(const struct pathset *set, const struct pathset_state *from,
		  struct bytes name, bool spelled, struct pathset_state *to);

/* All the way from /; false as above. */
bool pathset_find(const struct pathset *set, struct bytes path,
		  struct pathset_state *state);

/* Whether something below can be meant. */
bool pathset_goes_on(const struct pathset *set,
		     const struct pathset_state *state);

/* The patterns that end here, by their ids, each once; as many as there is
 * room for. */
size_t pathset_ends(const struct pathset *set,
		    const struct pathset_state *state, uint32_t *ids,
		    size_t room);

void pathset_state_release(struct pathset_state *state);

#endif
