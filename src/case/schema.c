/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations, and the check that a file holds just what we know. */
#include "base/base.h"
#include "base/text.h"
#include "case/case.h"
#include "case/schema.h"

static const struct {
	const char *tables;
	const char *views;
} migrations[] = {
	{schema_tables_v1, schema_views_v1},
	{schema_tables_v2, schema_views_v2},
	{schema_tables_v3, schema_views_v3},
	{schema_tables_v4, schema_views_v4},
	{schema_tables_v5, schema_views_v5},
	{schema_tables_v6, schema_views_v6},
	{schema_tables_v7, schema_views_v7},
};

#define SELECT(name)                                                           \
	"SELECT * FROM " name " WHERE id BETWEEN ? AND ? ORDER BY id"
#define CHANGES(n, a)                                                          \
	{                                                                      \
		.name = n, .action = a, .select = SELECT(n)                    \
	}
#define NAMED(n, a)                                                            \
	{                                                                      \
		.name = n, .action = a, .select = SELECT(n),                   \
		.uuid = "SELECT uuid FROM " n " WHERE id = ?"                  \
	}
#define APPENDS(n, a)                                                          \
	{                                                                      \
		.name = n, .action = a, .appends = true, .select = SELECT(n)   \
	}

const struct table tables[N_TABLES] = {
	[T_META] = CHANGES("meta", "case"),
	[T_HOSTS] = NAMED("hosts", "record.host"),
	[T_RUNS] = NAMED("runs", "record.run"),
	[T_RUN_HOSTS] = CHANGES("run_hosts", "record.run_host"),
	[T_FILES] = APPENDS("files", "record.file"),
	[T_FINDINGS] = NAMED("findings", "record.finding"),
	[T_HITS] = APPENDS("hits", "record.hit"),
	[T_COVERAGE] = APPENDS("coverage_rows", "record.coverage"),
	[T_EVIDENCE] = NAMED("evidence_items", "record.evidence"),
	[T_CHUNKS] = {.name = "chunks",
		      .action = "record.chunk",
		      .appends = true,
		      .select = "SELECT id, sha256, size, codec, data_sha256"
				" FROM chunks WHERE id BETWEEN ? AND ?"
				" ORDER BY id"},
	[T_PIECES] = APPENDS("pieces", "record.piece"),
	[T_EVENTS] = APPENDS("events", "record.event"),
	[T_NOTES] = NAMED("notes", "note"),
	[T_PROCESSES] = APPENDS("processes", "record.process"),
	[T_SOCKETS] = APPENDS("sockets", "record.socket"),
	[T_ACCOUNTS] = APPENDS("accounts", "record.account"),
	[T_UNITS] = APPENDS("units", "record.unit"),
	[T_INDICATORS] = NAMED("indicators", "indicator"),
	[T_SIGHTINGS] = NAMED("sightings", "record.sighting"),
	[T_HUNTS] = NAMED("hunts", "hunt"),
	[T_EXCLUSIONS] = NAMED("exclusions", "exclusion"),
	[T_FINDING_RUNS] = APPENDS("finding_runs", "record.finding_run"),
	[T_LABELS] = CHANGES("labels", "host.label"),
	[T_HOPS] = APPENDS("hops", "host.hop"),
	[T_PINS] = CHANGES("pins", "pin"),
	[T_SUPERSEDED] = APPENDS("superseded", "evidence.reread"),
	[T_FACTS] = APPENDS("facts", "record.fact"),
	[T_PICTURES] = APPENDS("pictures", "record.picture"),
	[T_FOLDS] = APPENDS("folds", "record.fold"),
	[T_PICTURE_KINDS] = APPENDS("picture_kinds", "record.picture_kind"),
	[T_ASSUMPTIONS] = APPENDS("assumptions", "evidence.assumed_utc"),
};

/* From which version on there is a table; those not named: from the first. */
static const int since[N_TABLES] = {
	[T_HUNTS] = 2,
	[T_EXCLUSIONS] = 2,
	[T_FINDING_RUNS] = 2,
	[T_LABELS] = 3,
	[T_HOPS] = 3,
	[T_PINS] = 3,
	[T_SUPERSEDED] = 4,
	[T_FACTS] = 5,
	[T_PICTURES] = 5,
	[T_FOLDS] = 5,
	[T_PICTURE_KINDS] = 6,
	[T_ASSUMPTIONS] = 6,
};

bool schema_has_table(int version, enum table_id table)
{
	return version >= since[table];
}

int schema_version(void)
{
	return (int)ARRAY_SIZE(migrations);
}

static enum err_code set_version(struct db *db, size_t version, struct err *err)
{
	char sql[64];

	(void)snprintf(sql, sizeof sql, "PRAGMA user_version = %zu", version);
	return db_script(db, sql, err);
}

enum err_code schema_migrate(struct db *db, int to, struct err *err)
{
	int64_t version;
	enum err_code code =
		db_number(db, "PRAGMA user_version", DB_NONE, &version, err);

	for (size_t i = (size_t)version; code == ERR_OK && i < (size_t)to;
	     i++) {
		code = db_script(db, migrations[i].tables, err);
		if (code == ERR_OK)
			code = db_script(db, migrations[i].views, err);
		if (code == ERR_OK)
			code = set_version(db, i + 1, err);
	}
	return code;
}

/*
 * sqlite_ names are SQLite's own (statistics, automatic indexes). Ordered as
 * compare_keys has it: by bytes, whatever a stranger's file has there.
 */
#define SCHEMA_SQL                                                             \
	"SELECT CAST(name AS BLOB) AS n, CAST(type AS BLOB) AS t, sql"         \
	" FROM sqlite_schema"                                                  \
	" WHERE name IS NULL OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"        \
	" ORDER BY n, t"

/* The objects of one database, in order. */
struct objects {
	struct db *db;
	sqlite3_stmt *stmt;
	bool there; /* the statement is on a row */
};

static enum err_code next_object(struct objects *o, struct err *err)
{
	return db_step(o->db, o->stmt, &o->there, err);
}

static enum err_code list_objects(struct objects *o, struct err *err)
{
	enum err_code code =
		db_query(o->db, SCHEMA_SQL, DB_NONE, &o->stmt, err);

	return code == ERR_OK ? next_object(o, err) : code;
}

/* Which of the two comes first; 0: they are of one name and type. */
static int compare_keys(const struct objects *a, const struct objects *b)
{
	int order = 0;

	if (!a->there || !b->there)
		return (int)b->there - (int)a->there;
	for (int i = 0; i < 2 && order == 0; i++)
		order = bytes_cmp(db_column_bytes(a->stmt, i),
				  db_column_bytes(b->stmt, i));
	return order;
}

static enum err_code object_error(const struct objects *o, const char *what,
				  struct err *err)
{
	return err_set(err, ERR_FORMAT, "%s '%s' %s",
		       shown(db_column_bytes(o->stmt, 1)).s,
		       shown(db_column_bytes(o->stmt, 0)).s, what);
}

static enum err_code compare_objects(struct objects *theirs,
				     struct objects *ours, struct err *err)
{
	int order = compare_keys(theirs, ours);

	if (order < 0)
		return object_error(theirs, "does not belong in a case", err);
	if (order > 0)
		return object_error(ours, "is missing", err);
	if (!bytes_eq(db_column_bytes(theirs->stmt, 2),
		      db_column_bytes(ours->stmt, 2)))
		return object_error(theirs,
				    "is not as a case of this version has it",
				    err);
	return ERR_OK;
}

/* Compares with a database made just now: a foreign trigger, view or index
 * could make our own statements do something else. */
static enum err_code compare(struct db *db, struct db *model, struct err *err)
{
	struct objects theirs = {.db = db}, ours = {.db = model};
	enum err_code code = list_objects(&theirs, err);

	if (code == ERR_OK)
		code = list_objects(&ours, err);
	while (code == ERR_OK && (theirs.there || ours.there)) {
		code = compare_objects(&theirs, &ours, err);
		if (code == ERR_OK)
			code = next_object(&theirs, err);
		if (code == ERR_OK)
			code = next_object(&ours, err);
	}
	sqlite3_reset(theirs.stmt); /* NULL is fine */
	sqlite3_reset(ours.stmt);
	return code;
}

enum err_code schema_check_objects(struct db *db, int version, struct err *err)
{
	struct db model;
	enum err_code code = db_open(&model, ":memory:", DB_MEMORY, err);

	if (code == ERR_OK)
		code = schema_migrate(&model, version, err);
	if (code == ERR_OK)
		code = compare(db, &model, err);
	db_close(&model);
	return code;
}

enum err_code schema_identify(struct db *db, int *out, struct err *err)
{
	int64_t id, version = 0;
	enum err_code code =
		db_number(db, "PRAGMA application_id", DB_NONE, &id, err);

	if (code == ERR_OK)
		code = db_number(db, "PRAGMA user_version", DB_NONE, &version,
				 err);
	if (code != ERR_OK)
		return code;
	if (id != CASE_APPLICATION_ID || version < 1)
		return err_set(err, ERR_FORMAT, "%s is not a halligan case",
			       shown_str(db->path).s);
	if (version > schema_version())
		return err_set(err, ERR_UNSUPPORTED,
			       "%s is a case of version %" PRId64
			       "; this halligan knows versions up to %d",
			       shown_str(db->path).s, version,
			       schema_version());
	*out = (int)version;
	return ERR_OK;
}
