/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the probe and the child that scans say to each other: frames of a
 * chan whose bodies are wire/ messages. Neither side believes the other.
 */
#ifndef HALLIGAN_PROBE_ORDER_H
#define HALLIGAN_PROBE_ORDER_H

#include "base/base.h"
#include "base/chan.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/externals.h"
#include "model/record.h"

/* Path names are the longest. */
#define EXTERNAL_MAX RECORD_PATH_MAX

enum external {
#define X(name) EXTERNAL_##name,
	RULE_EXTERNALS(X)
#undef X
		N_EXTERNALS
};

/* Names of the variables, by enum external. */
extern const char *const external_names[N_EXTERNALS];

/* A rule's name with its namespace before it. */
#define RULE_NAME_MAX (2 * RECORD_WORD_MAX)

/* Something to be scanned. */
struct scan_order {
	uint64_t offset;     /* of the bytes, in a descriptor */
	uint64_t length;     /* of the bytes */
	uint64_t base;       /* what reported offsets count from */
	uint64_t context;    /* bytes to report either side of a hit */
	uint64_t timeout_ms; /* for the scan */
	uint64_t depth;      /* of archives to be looked into; 0: none */
	uint64_t unpacked;   /* bytes to be unpacked at most */
	uint64_t unpack_ms;  /* time for all that is unpacked */
	bool take;           /* send members that match */
	bool judge;          /* ask about each member whether it is sighted */
	uint64_t hashes;     /* by enum hash_alg: bits of those to be made then */
	bool part;           /* of the rules: the part_n from part_from on; by a
				child of its own */
	uint64_t part_from, part_n;
	bool name; /* nothing is scanned: what the part's first is called */
	struct bytes path;   /* of the content, for names of members */
	struct bytes externals[N_EXTERNALS]; /* those that rules use */
};

/* A member of an archive, about which is what follows: matches, then bytes. */
struct scan_member {
	struct bytes name; /* from the content inward, joined by "!/" */
	uint64_t size;
	struct bytes sha256;
};

/* A member that there is, to be held against indicators. */
struct scan_seen {
	struct bytes name; /* as in scan_member */
	uint64_t size;
	bool whole; /* or only as far as it could be unpacked */
	struct bytes hashes[HASH_N]; /* those the order has */
};

/* Bytes of the last member, in order. */
struct scan_data {
	struct bytes bytes;
	bool last;
};

/* Something in the content could not be looked at, or not all of it. */
struct scan_problem {
	struct bytes name; /* of the member; empty: the content itself */
	uint64_t reason;   /* enum reason */
};

/* A part of what is being scanned. */
struct scan_piece {
	uint64_t base;
	uint64_t length; /* 0: there are no more */
};

/* How it ended. */
struct scan_end {
	uint64_t reason;  /* enum reason */
	uint64_t cpu_ns;  /* it took */
	uint64_t members; /* that were scanned */
	uint64_t member_bytes;
	struct bytes rule; /* "namespace:rule", when a name was asked for */
};

/* What became of compiling the rules. */
struct engine_ready {
	uint64_t code; /* enum err_code */
	struct bytes message;
	uint64_t uses;    /* bits by enum external: the rules ask for it */
	uint64_t n_rules; /* that can match */
};

/* Frames. Those with a descriptor say so. */
enum engine_frame {
	/* from the engine's process */
	FRAME_READY = 1, /* struct engine_ready */
	/* to the engine's process */
	FRAME_START, /* u32 slot; the child's socket comes along */
	FRAME_KILL,  /* u32 slot */
	/* from a child */
	FRAME_JAILED,  /* u32: 1 when a system call filter is on */
	FRAME_MATCH,   /* struct rec_match */
	FRAME_HIT,     /* struct rec_hit, of the match before it */
	FRAME_MEMBER,  /* struct scan_member */
	FRAME_DATA,    /* struct scan_data */
	FRAME_PROBLEM, /* struct scan_problem */
	FRAME_END,     /* struct scan_end */
	FRAME_WANT,    /* u32: a piece that was there, or PIECE_NEXT */
	FRAME_SEEN,    /* struct scan_seen; it waits for FRAME_HEED */
	/* to a child */
	FRAME_SCAN,    /* struct scan_order: the bytes are in its area */
	FRAME_SCAN_FD, /* the same: in the descriptor that comes along */
	FRAME_SCAN_PIECES, /* the same: it asks for them; no length */
	FRAME_PIECE,	   /* struct scan_piece: the bytes are in its area */
	FRAME_HEED,	   /* u32: 1 when the member is to be told of */
};

#define PIECE_NEXT UINT32_MAX
#define PIECES_MAX ((size_t)1 << 20) /* of one scan */

/* The encoded struct of that frame into out (cleared first). */
enum err_code order_encode(enum engine_frame type, const void *msg,
			   struct buf *out, struct err *err) MUST_CHECK;

/* Into msg, whose bytes point into the frame. ERR_FORMAT for another type or
 * for what is not such a struct. */
enum err_code order_decode(const struct frame *f, enum engine_frame type,
			   void *msg, struct err *err) MUST_CHECK;

#endif
