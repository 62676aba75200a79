/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The indicators of a plan, ready to be looked up: by path, size and hash of
 * a file, by the peer of a socket. Not changed once made: any thread.
 */
#ifndef HALLIGAN_PROBE_INDICATOR_H
#define HALLIGAN_PROBE_INDICATOR_H

#include <stdatomic.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/regex.h"
#include "model/indicator.h"
#include "probe/plan.h"

/* Sightings of one thing that are told; what shows more is no evidence of
 * anything but bad lists. */
#define SIGHTINGS_MAX 64u

struct sightings {
	uint32_t v[SIGHTINGS_MAX]; /* numbers in the plan */
	size_t n;
};

/* Something to be compared whole, and whose it is. */
struct indicator_key {
	struct bytes key;
	uint32_t of;
};

struct indicator_keys {
	struct indicator_key *v; /* in order of keys once sorted */
	size_t n, cap;
};

struct indicator_peer {
	struct indicator_net net;
	uint32_t of;
};

struct indicators {
	const struct plan *plan;
	struct regex_set *names;
	uint32_t *name_of;	 /* whose the members of the set are */
	struct regex **excludes; /* by number in the plan; most are NULL */
	struct indicator_keys paths, sizes, domains, hashes[HASH_N];
	struct indicator_peer *peers;
	size_t n_peers, cap_peers;
	uint8_t *digests; /* what the keys of hashes point to */
	struct indicator_done {
		atomic_uint_fast64_t names, hashed, bytes;
	} *done; /* by root */
};

/* NULL when the plan has none; otherwise it lives as long as the plan. */
struct indicators *indicators_new(const struct plan *plan) MUST_CHECK;
void indicators_free(struct indicators *in); /* NULL is fine */

static inline bool indicators_want_hash(const struct indicators *in,
					enum hash_alg alg)
{
	return in && in->hashes[alg].n != 0;
}

bool indicators_want_hashes(const struct indicators *in);
bool indicators_want_peers(const struct indicators *in);

/* Each adds to what was seen. SIZE_UNKNOWN: not of a regular file. */
#define SIZE_UNKNOWN UINT64_MAX
void indicators_by_name(const struct indicators *in, struct bytes path,
			uint64_t size, struct sightings *seen);
void indicators_by_hash(const struct indicators *in, enum hash_alg alg,
			const uint8_t digest[HASH_LEN_MAX],
			struct sightings *seen);
void indicators_by_peer(const struct indicators *in, const uint8_t addr[16],
			uint64_t port, struct sightings *seen);

/* An address that a name of the host's own /etc/hosts stands for: from now
 * on the peer of domains above it. Before any thread looks. */
void indicators_add_name(struct indicators *in, struct bytes name,
			 struct bytes addr);

#endif
