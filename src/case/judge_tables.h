/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that checks see: which there are, their columns, and the SQL
 * that fills them from the case or from the JSON of a fixture.
 */
#ifndef HALLIGAN_CASE_JUDGE_TABLES_H
#define HALLIGAN_CASE_JUDGE_TABLES_H

#include "base/base.h"
#include "base/buf.h"
#include "model/fact.h"

struct judge_column {
	const char *name;
	const char *sql; /* what it is in the case */
	const char *help;
};

/* One that is no kind of fact, or the columns that all of a home have. */
struct judge_table {
	const char *name; /* for bases: for the manual */
	const char *help;
	const struct judge_column *columns;
	size_t n_columns;
	const char *from; /* with WHERE; ?1 stands for the host's row */
};

extern const struct judge_table judge_views[];
extern const size_t n_judge_views;

/* What facts, processes or sockets have before their members. */
const struct judge_table *judge_base(enum fact_home home);

/* The column of a member: its name, with the kind's in front when another
 * column has that name already. */
void judge_member_name(const struct fact_kind *kind,
		       const struct fact_member *member, char *out,
		       size_t room);

/* CREATE TEMP TABLE. */
void judge_sql_make_kind(const struct fact_kind *kind, struct buf *out);
void judge_sql_make_view(const struct judge_table *view, struct buf *out);

/* INSERT ... of a host's row. */
void judge_sql_fill(const struct fact_kind *kind, int64_t host,
		    struct buf *out);

/* CREATE TEMP VIEW, of that host. */
void judge_sql_view(const struct judge_table *view, int64_t host,
		    struct buf *out);

/* INSERT ... of the rows of ?1, an array in JSON. */
void judge_sql_fixture_kind(const struct fact_kind *kind, struct buf *out);
void judge_sql_fixture_view(const struct judge_table *view, struct buf *out);

#endif
