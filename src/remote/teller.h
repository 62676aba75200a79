/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling what is in a file of a host: records out of what a parser finds in
 * it. Part of the bundle child.
 */
#ifndef HALLIGAN_REMOTE_TELLER_H
#define HALLIGAN_REMOTE_TELLER_H

#include "base/base.h"
#include "base/buf.h"
#include "wire/records.h"
#include "parse/parse.h"
#include "remote/given.h"

#define TELLER_SEND_AT ((size_t)128 << 10)

/* What is told about now. */
struct item {
	uint64_t seq;
	struct bytes path;
	struct bytes content; /* as it lies there: the evidence */
	int64_t mtime_ns, taken_ns;
	const struct parser *parser;
	const char *missing; /* of what is packed, for people */
	int64_t first_ns;    /* of its first event that has a time; 0 */
	uint64_t n_problems;
	uint64_t problem_at; /* of the first */
	const char *problem;
};

struct teller {
	const struct given *g;
	struct bytes whole; /* mapped */
	uint8_t *writable;  /* the same */
	struct buf records; /* not sent yet */
	struct buf plain;   /* what is in the item, when it is packed */
	struct buf other;   /* what is in the older one, when that is */
	/* how the item read last begins, for the one that is older */
	struct buf head;
	uint64_t head_of;
	int64_t head_ns;
	struct zone *zone; /* of local times; NULL: taken for UTC */
	struct local_clock clock; /* of the file that is read now */
	struct item item;
	uint64_t files, bytes; /* told so far */
};

/* Records go out in pieces; flush: all of them, now. */
enum err_code teller_tell(struct teller *t, enum rec_type type, const void *rec,
			  struct err *err) MUST_CHECK;
enum err_code teller_flush(struct teller *t, struct err *err) MUST_CHECK;

enum err_code teller_begin(struct teller *t, const char *op, const char *what,
			   struct err *err) MUST_CHECK;
enum err_code teller_done(struct teller *t, struct err *err) MUST_CHECK;
enum err_code teller_coverage(struct teller *t, const char *outcome,
			      const char *reason, uint64_t files,
			      struct err *err) MUST_CHECK;

/* Its bytes, behind those that were told of it; end counts them. */
enum err_code teller_bytes(struct teller *t, struct rec_file_end *end,
			   struct bytes bytes, struct err *err) MUST_CHECK;

/* So many bytes of the item were secret, and were overwritten. */
enum err_code teller_taken_out(struct teller *t, uint64_t bytes,
			       struct err *err) MUST_CHECK;

/* All that was told is on its way before the next file is touched: should it
 * end us, the engine knows which it was. */
enum err_code teller_at(struct teller *t, uint64_t step,
			struct err *err) MUST_CHECK;
/* The one that the child before us ended at. */
enum err_code teller_lost(struct teller *t, struct err *err) MUST_CHECK;

/* Reads the zone that came with the order. */
enum err_code teller_zone(struct teller *t, struct err *err) MUST_CHECK;

/* The item, unpacked; lasts up to the next. */
struct parse_input teller_take_up(struct teller *t);
/* Sets its parser. */
enum err_code teller_find_parser(struct teller *t, const struct parse_input *in,
				 struct err *err) MUST_CHECK;
/* Its events and facts, and a row for what in it could not be read. */
enum err_code teller_parse(struct teller *t, const struct parse_input *in,
			   struct err *err) MUST_CHECK;

#endif
