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
};

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

enum err_code schema_migrate(struct db *db, struct err *err)
{
	int64_t version;
	enum err_code code =
		db_number(db, "PRAGMA user_version", DB_NONE, &version, err);

	for (size_t i = (size_t)version;
	     code == ERR_OK && i < ARRAY_SIZE(migrations); i++) {
		code = db_script(db, migrations[i].tables, err);
		if (code == ERR_OK)
			code = db_script(db, migrations[i].views, err);
		if (code == ERR_OK)
			code = set_version(db, i + 1, err);
	}
	return code;
}

/*
 * sqlite_ names are SQLite's own (statistics, automatic indexes). ORDER BY
 * makes two databases of one schema give the same rows.
 */
#define SCHEMA_SQL                                                             \
	"SELECT type, name, sql FROM sqlite_schema"                            \
	" WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"

static enum err_code foreign_object(sqlite3_stmt *theirs, bool there,
				    sqlite3_stmt *ours, struct err *err)
{
	sqlite3_stmt *which = there ? theirs : ours;

	return err_set(err, ERR_FORMAT,
		       "%s '%s' is not as a case of this version has it",
		       shown(db_column_bytes(which, 0)).s,
		       shown(db_column_bytes(which, 1)).s);
}

static bool same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	for (int i = 0; i < 3; i++)
		if (!bytes_eq(db_column_bytes(a, i), db_column_bytes(b, i)))
			return false;
	return true;
}

/* Compares with a database made just now: a foreign trigger, view or index
 * could make our own statements do something else. */
static enum err_code compare(struct db *db, struct db *model, struct err *err)
{
	sqlite3_stmt *theirs, *ours;
	bool got_theirs = true, got_ours = true;
	enum err_code code = db_query(db, SCHEMA_SQL, DB_NONE, &theirs, err);

	if (code == ERR_OK)
		code = db_query(model, SCHEMA_SQL, DB_NONE, &ours, err);
	while (code == ERR_OK && (got_theirs || got_ours)) {
		code = db_step(db, theirs, &got_theirs, err);
		if (code == ERR_OK)
			code = db_step(model, ours, &got_ours, err);
		if (code == ERR_OK && (got_theirs || got_ours) &&
		    (got_theirs != got_ours || !same_row(theirs, ours)))
			code = foreign_object(theirs, got_theirs, ours, err);
	}
	if (code == ERR_OK) {
		sqlite3_reset(theirs);
		sqlite3_reset(ours);
	}
	return code;
}

enum err_code schema_check_objects(struct db *db, struct err *err)
{
	struct db model;
	enum err_code code = db_open(&model, ":memory:", DB_MEMORY, err);

	if (code == ERR_OK)
		code = schema_migrate(&model, err);
	if (code == ERR_OK)
		code = compare(db, &model, err);
	db_close(&model);
	return code;
}

enum err_code schema_identify(struct db *db, struct err *err)
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
	return ERR_OK;
}
