/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that make records of what was brought. */
#ifndef HALLIGAN_REMOTE_GIVEN_INSIDE_H
#define HALLIGAN_REMOTE_GIVEN_INSIDE_H

#include "parse/parse.h"
#include "remote/given.h"
#include "remote/members.h"
#include "wire/records.h"

/* What is told about now. */
struct item {
	uint64_t seq;
	struct bytes path;
	struct bytes content; /* as it lies there: the evidence */
	int64_t mtime_ns, taken_ns;
	const struct parser *parser;
	bool is_packed;
	const char *missing; /* of what is packed, for people */
	uint64_t n_problems;
	uint64_t problem_at; /* of the first */
	const char *problem;
};

struct teller {
	const struct given *g;
	struct bytes whole; /* mapped */
	struct buf records; /* not sent yet */
	struct buf plain;   /* what is in the item, when it is packed */
	struct item item;
	uint64_t files, bytes; /* told so far */
};

enum err_code given_tell_record(struct teller *t, enum rec_type type,
				const void *rec, struct err *err) MUST_CHECK;
enum err_code given_tell_begin(struct teller *t, const char *op,
			       const char *what, struct err *err) MUST_CHECK;

/* A row of coverage about the item. */
enum err_code given_tell_coverage(struct teller *t, const char *outcome,
				  const char *reason, uint64_t files,
				  struct err *err) MUST_CHECK;

/* Unpacks the item if need be. */
struct parse_input given_take_up(struct teller *t);

/* Its events, once its parser is set. */
enum err_code given_parse_item(struct teller *t, const struct parse_input *in,
			       struct err *err) MUST_CHECK;

/* ---- given_archive.c ---- */

/* All that is in an archive: each file of it evidence, and events. */
enum err_code given_tell_archive(struct teller *t, struct members *members,
				 struct err *err) MUST_CHECK;

#endif
