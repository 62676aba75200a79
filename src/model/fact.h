/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts: what is so on a host at the time of a triage. A fact is of a kind,
 * has a name, and a JSON object of members: the table in fact.c says which
 * there are for each kind. The probe tells live ones (processes and sockets
 * have records of their own and only their members here), parsers those that
 * files say. Checks see each kind as a table whose columns are the members.
 * Plain data, any thread.
 */
#ifndef HALLIGAN_MODEL_FACT_H
#define HALLIGAN_MODEL_FACT_H

#include "base/base.h"
#include "base/bytes.h"

/* Where a kind is kept. */
enum fact_home {
	FACT_OWN,     /* rows of facts */
	FACT_PROCESS, /* rec_process.detail */
	FACT_SOCKET,  /* rec_socket.detail */
};

/* How JSON has a member. A LIST is an array of strings. */
enum fact_type { FACT_TEXT, FACT_INT, FACT_BOOL, FACT_TIME /* ns */,
		 FACT_LIST };

struct fact_member {
	const char *name; /* the member, and the column: lower case, _ */
	enum fact_type type;
	const char *help;
};

struct fact_kind {
	const char *name; /* "module": the kind, and the table */
	enum fact_home home;
	const char *name_is; /* what the name of such a fact is */
	const char *help;
	const struct fact_member *members;
	size_t n_members;
	/* Who tells it: the source of a triage, or NULL; and the files that
	 * say it, as globs with blanks between, or NULL. */
	const char *source, *files;
};

/* Whether that row of coverage says that a source told all it had to. */
bool fact_source_is_whole(struct bytes outcome, struct bytes reason);

extern const struct fact_kind fact_kinds[];
extern const size_t n_fact_kinds;

const struct fact_kind *fact_kind_find(struct bytes name); /* or NULL */

#endif
