/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of parsers share: a parser's events, kept. */
#ifndef HALLIGAN_TESTS_UNIT_PARSE_KIT_H
#define HALLIGAN_TESTS_UNIT_PARSE_KIT_H

#include "unit/unit.h"

#include "parse/parse.h"

struct kept_event {
	struct parse_event e; /* without what it borrowed */
	char *actor, *message;
};

struct kept_fact {
	const char *kind;
	char *name, *detail;
	uint64_t offset, length;
};

struct parsed {
	struct kept_fact *facts;
	size_t n_facts;
	struct kept_event *events;
	size_t n_events, n_problems;
	const char *last_problem;
};

/* Runs it and holds what each parser must hold: an event lies in the content,
 * has a description, a kind and a source. */
enum err_code parse_keep(const struct parser *parser,
			 const struct parse_input *in, struct parsed *out,
			 struct err *err);
void parsed_release(struct parsed *p);

/* The same of a text, by the parser of that name; it has to end well. */
struct parsed parse_text(const char *parser, const char *text,
			 const struct parse_input *about);

/* The same, and the guess for a file of that path has to be that parser. */
struct parsed parse_file(const char *parser, const char *path,
			 const char *text);

/* By its rules, or a file of it; it has to be one. */
struct zone *zone_of(struct bytes b);

/* Fact i is of that kind and name, and its detail has each of those pieces. */
void hold_fact(const struct parsed *p, size_t i, const char *kind,
	       const char *name, const char *const *pieces);

/* Event i is of that time ("": of none), kind, actor and message. */
void hold_event(const struct parsed *p, size_t i, const char *time,
		const char *kind, const char *actor, const char *message);

#endif
