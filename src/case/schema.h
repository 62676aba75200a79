/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside a case file: numbered migrations (user_version is the number
 * of the last one), and the list of tables whose rows the audit log covers.
 */
#ifndef HALLIGAN_CASE_SCHEMA_H
#define HALLIGAN_CASE_SCHEMA_H

#include "base/base.h"
#include "case/db.h"

/* Tables in the order of their rows' making. */
enum table_id {
	T_META,
	T_HOSTS,
	T_RUNS,
	T_RUN_HOSTS,
	T_FILES,
	T_FINDINGS,
	T_HITS,
	T_COVERAGE,
	T_EVIDENCE,
	T_CHUNKS,
	T_PIECES,
	T_EVENTS,
	T_NOTES,
	T_PROCESSES,
	T_SOCKETS,
	T_ACCOUNTS,
	T_UNITS,
	T_INDICATORS,
	T_SIGHTINGS,
	T_HUNTS,
	T_EXCLUSIONS,
	T_FINDING_RUNS,
	T_LABELS,
	T_HOPS,
	T_PINS,
	T_SUPERSEDED,
	T_FACTS,
	T_PICTURES,
	T_FOLDS,
	T_PICTURE_KINDS,
	T_ASSUMPTIONS,
	N_TABLES
};

struct table {
	const char *name;
	const char *action; /* audit action of its rows that a host sent */
	bool appends;       /* rows never change once written */
	const char *select; /* its rows from one number to another */
	const char *uuid;   /* the uuid of a row, NULL: it has none */
};

extern const struct table tables[N_TABLES];

/* Number of the last migration: what this program reads and writes. */
int schema_version(void);

/* Whether a case of that version has that table. */
bool schema_has_table(int version, enum table_id table);

/* In a transaction: runs the migrations up to the version `to` that
 * user_version does not count yet; in an empty database all of them. */
enum err_code schema_migrate(struct db *db, int to, struct err *err) MUST_CHECK;

/*
 * Whether db is a case of a version we know, and which: ERR_FORMAT (not a
 * case), ERR_UNSUPPORTED (newer).
 */
enum err_code schema_identify(struct db *db, int *version,
			      struct err *err) MUST_CHECK;

/* Whether it has exactly the tables, indexes and views of that version:
 * others could make our statements do what we do not know. ERR_FORMAT. */
enum err_code schema_check_objects(struct db *db, int version,
				   struct err *err) MUST_CHECK;

/* The SQL of version 1. */
extern const char schema_tables_v1[];
extern const char schema_views_v1[];

/* The SQL of version 2; its tables drop the views before. */
extern const char schema_tables_v2[];
extern const char schema_views_v2[];

/* The SQL of version 3; its tables drop the views that change. */
extern const char schema_tables_v3[];
extern const char schema_views_v3[];

/* The SQL of version 4; its tables drop the view that changes. */
extern const char schema_tables_v4[];
extern const char schema_views_v4[];

/* The SQL of version 5; its tables drop the views that change. */
extern const char schema_tables_v5[];
extern const char schema_views_v5[];

/* The SQL of version 6; its tables drop the views that change. */
extern const char schema_tables_v6[];
extern const char schema_views_v6[];

/* The SQL of version 7; its tables drop the view that changes. */
extern const char schema_tables_v7[];
extern const char schema_views_v7[];

#endif
