/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the triage: something that tells, and what it told. */
#ifndef HALLIGAN_TESTS_UNIT_TRIAGE_KIT_H
#define HALLIGAN_TESTS_UNIT_TRIAGE_KIT_H

#include "unit/probe_kit.h"

#include "probe/triage.h"

/* Zero it before. */
struct bed {
	struct plan plan;
	struct run run;
	struct out out;
	struct triage triage;
	struct tell tell;
	int fd;
};

/* Ready to tell. */
void bed_make(struct bed *b);
/* What was told, once that is all; each member is one of model/fact.h. */
void bed_end(struct bed *b, struct took *t);

/* A triage of this machine, of these sources (NULL behind the last). */
void triage_here(struct took *t, const char *const *sources);

/* Every record has members of its kind alone, of their types. */
void hold_contract(const struct took *t);

/* The fact of that kind and name; NULL: none. */
const struct rec_fact *took_fact(const struct took *t, const char *kind,
				 const char *name);
/* The same, and it has each of the pieces; fails the test otherwise. */
void hold_told(const struct took *t, const char *kind, const char *name,
	       const char *const *pieces);
#define PIECES(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct rec_process *took_process(const struct took *t, uint64_t pid);
/* The first socket of that protocol and state ("": any) whose local end
 * begins with it. */
const struct rec_socket *took_socket(const struct took *t, const char *proto,
				     const char *state, const char *local);
bool has_piece(struct bytes detail, const char *piece);

/* Coverage of the source: outcome and reason. */
void hold_source(const struct took *t, const char *source, const char *outcome,
		 const char *reason);
const struct rec_coverage *took_source(const struct took *t,
				       const char *source);

#endif
