/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection that answers checks. Its typed tables lie in the memory of a
 * temporary database; the case itself is open for reading and seen through
 * views that name one host.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/casefile.h"
#include "case/judge.h"
#include "case/judge_functions.h"
#include "case/judge_gaps.h"
#include "case/judge_guard.h"
#include "case/judge_tables.h"

#define SQL_MAX ((size_t)64 << 10)
#define STEPS	1000 /* of SQLite's machine between looks at the clock */

struct judge {
	struct db db;
	struct db bare; /* the same tables, and no case */
	uint64_t rows;
	struct judge_gaps gaps;
	struct deadline until;
	bool read[JUDGE_KINDS_MAX]; /* by what was asked last */
};

void judge_close(struct judge *j)
{
	if (!j)
		return;
	db_close(&j->db);
	db_close(&j->bare);
	judge_gaps_release(&j->gaps);
	free(j);
}

uint64_t judge_rows(const struct judge *j)
{
	return j->rows;
}

static int is_over(void *user)
{
	const struct judge *j = user;
	struct err ignored;

	return deadline_check(j->until, &ignored) != ERR_OK;
}

/* ---- making ---- */

static enum err_code run_sql(struct db *db, const char *sql,
			     const struct value *args, size_t n,
			     struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = db_prepare(db, sql, &stmt, err);

	if (code == ERR_OK)
		code = db_bind(db, stmt, args, n, err);
	while (code == ERR_OK && got)
		code = db_step(db, stmt, &got, err);
	sqlite3_finalize(stmt);
	return code;
}

/* Runs what is in sql, and clears it. */
static enum err_code run_made(struct db *db, struct buf *sql, struct err *err)
{
	enum err_code code;

	if (sql->full)
		BUG("a table of checks is too wide");
	code = run_sql(db, buf_str(sql), DB_NONE, err);
	buf_clear(sql);
	return code;
}

/* Signs that scripts of admins and packages hardly have. */
#define STRONG_SIGNS                                                           \
	"CREATE TEMP VIEW strong_sign (name) AS VALUES ('fetch'),"             \
	" ('pipe-to-shell'), ('base64'), ('dev-tcp'), ('netcat'),"             \
	" ('scratch-path'), ('hidden-path'), ('preload'), ('chmod-suid'),"     \
	" ('key-write'), ('cron-write'), ('reverse-shell'),"                   \
	" ('interpreter'), ('eval'), ('request-eval'), ('request-exec'),"      \
	" ('decode-eval')"

static enum err_code make_kinds(struct db *db, struct buf *sql,
				struct err *err)
{
	enum err_code code = run_sql(db, STRONG_SIGNS, DB_NONE, err);

	for (size_t i = 0; code == ERR_OK && i < n_fact_kinds; i++) {
		judge_sql_make_kind(&fact_kinds[i], sql);
		code = run_made(db, sql, err);
	}
	return code;
}

/* All that checks see, without a row. */
static enum err_code make_all(struct db *db, struct buf *sql, struct err *err)
{
	enum err_code code = make_kinds(db, sql, err);

	for (size_t i = 0; code == ERR_OK && i < n_judge_views; i++) {
		judge_sql_make_view(&judge_views[i], sql);
		code = run_made(db, sql, err);
	}
	return code;
}

static enum err_code fill_kinds(struct judge *j, int64_t host, struct buf *sql,
				struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < n_fact_kinds; i++) {
		judge_sql_fill(&fact_kinds[i], host, sql);
		code = run_made(&j->db, sql, err);
		if (code == ERR_OK)
			j->rows += (uint64_t)sqlite3_changes64(j->db.handle);
	}
	for (size_t i = 0; code == ERR_OK && i < n_judge_views; i++) {
		judge_sql_view(&judge_views[i], host, sql);
		code = run_made(&j->db, sql, err);
	}
	return code;
}

static enum err_code find_host(struct judge *j, const char *name, int64_t *row,
			       struct err *err)
{
	enum err_code code = db_number(
		&j->db, "SELECT id FROM main.hosts WHERE name = ?1",
		DB_ARGS(v_text(name)), row, err);

	if (code == ERR_OK && !*row)
		return err_set(err, ERR_NOTFOUND, "no host %s in %s",
			       shown_str(name).s, shown_str(j->db.path).s);
	return code;
}

/* What was collected may say something, too. */
static enum err_code count_evidence(struct judge *j, struct err *err)
{
	int64_t n = 0;
	enum err_code code = db_number(
		&j->db, "SELECT count(*) FROM temp.evidence", DB_NONE, &n, err);

	j->rows += (uint64_t)n;
	return code;
}

static enum err_code open_at(struct db *db, const char *path,
			     enum db_mode mode, struct err *err)
{
	enum err_code code = db_open(db, path, mode, err);

	if (code == ERR_OK)
		code = judge_functions(db, err);
	/* What they are made of would be for the authorizer to judge, when a
	 * check is the first to want them. */
	if (code == ERR_OK)
		code = run_sql(db,
			       "SELECT 1 FROM json_each('[]'), json_tree('[]')",
			       DB_NONE, err);
	return code;
}

static enum err_code open_bare(struct db *db, struct buf *sql, struct err *err)
{
	enum err_code code = open_at(db, ":memory:", DB_MEMORY, err);

	return code == ERR_OK ? make_all(db, sql, err) : code;
}

static enum err_code settle(struct judge *j, enum err_code code,
			    struct judge **out)
{
	if (code == ERR_OK) {
		sqlite3_progress_handler(j->db.handle, STEPS, is_over, j);
		*out = j;
	} else {
		judge_close(j);
		*out = NULL;
	}
	return code;
}

struct judge_case judge_case_of(const struct casefile *cf)
{
	return (struct judge_case){cf->path, (int)cf->reader_mode};
}

enum err_code judge_open(const struct casefile *cf, const char *host,
			 struct judge **out, struct err *err)
{
	const struct judge_case at = judge_case_of(cf);

	return judge_open_at(&at, host, out, err);
}

enum err_code judge_open_at(const struct judge_case *at, const char *host,
			    struct judge **out, struct err *err)
{
	struct judge *j = xcalloc(1, sizeof *j);
	int64_t row = 0;
	struct buf sql;
	enum err_code code = open_at(&j->db, at->path,
				     at->mode == DB_FROZEN ? DB_FROZEN
							   : DB_READ,
				     err);

	j->until = deadline_in(INT64_MAX, NULL);
	buf_init(&sql, SQL_MAX);
	if (code == ERR_OK)
		code = find_host(j, host, &row, err);
	if (code == ERR_OK) /* all of it as it is at one time */
		code = run_sql(&j->db, "BEGIN", DB_NONE, err);
	if (code == ERR_OK)
		code = make_kinds(&j->db, &sql, err);
	if (code == ERR_OK)
		code = fill_kinds(j, row, &sql, err);
	if (code == ERR_OK)
		code = open_bare(&j->bare, &sql, err);
	if (code == ERR_OK)
		code = count_evidence(j, err);
	if (code == ERR_OK)
		code = judge_gaps_read(&j->db, row, &j->gaps, err);
	buf_release(&sql);
	return settle(j, code, out);
}

/* ---- fixtures ---- */

static enum err_code check_json(struct judge *j, struct bytes json,
				struct err *err)
{
	int64_t valid = 0;
	enum err_code code =
		db_number(&j->db, "SELECT json_valid(CAST(?1 AS TEXT))",
			  DB_ARGS(v_blob(json)), &valid, err);

	if (code == ERR_OK && !valid)
		return err_set(err, ERR_FORMAT, "it is no JSON");
	return code;
}

/* The one text that the statement gives, or NULL: the caller's to free. */
static enum err_code ask_text(struct judge *j, const char *sql,
			      struct bytes json, char **out, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got = false;
	enum err_code code = db_prepare(&j->db, sql, &stmt, err);

	*out = NULL;
	if (code == ERR_OK)
		code = db_bind(&j->db, stmt, DB_ARGS(v_blob(json)), err);
	if (code == ERR_OK)
		code = db_step(&j->db, stmt, &got, err);
	if (code == ERR_OK && got)
		*out = db_column_str(stmt, 0);
	sqlite3_finalize(stmt);
	return code;
}

#define UNKNOWN_TABLE                                                          \
	"SELECT t.key FROM json_each(CAST(?1 AS TEXT), '$.tables') t"          \
	" WHERE t.key NOT IN (SELECT name FROM sqlite_temp_schema) LIMIT 1"
#define UNKNOWN_COLUMN                                                         \
	"SELECT t.key || '.' || k.key"                                         \
	" FROM json_each(CAST(?1 AS TEXT), '$.tables') t,"                     \
	" json_each(t.value) r, json_each(r.value) k WHERE NOT EXISTS"         \
	" (SELECT 1 FROM pragma_table_info(t.key, 'temp') i"                   \
	" WHERE i.name = k.key) LIMIT 1"

static enum err_code refuse_unknown(struct judge *j, const char *sql,
				    struct bytes json, const char *what,
				    struct err *err)
{
	char *name;
	enum err_code code = ask_text(j, sql, json, &name, err);

	if (code == ERR_OK && name)
		code = err_set(err, ERR_FORMAT, "there is no %s %s", what,
			       shown_str(name).s);
	free(name);
	return code;
}

/* The rows for one table, as JSON. */
static enum err_code insert_rows(struct judge *j, const char *table,
				 struct bytes json, struct buf *sql,
				 struct err *err)
{
	char *question = xasprintf(
		"SELECT value FROM json_each(CAST(?1 AS TEXT), '$.tables')"
		" WHERE key = '%s'",
		table);
	char *rows;
	enum err_code code = ask_text(j, question, json, &rows, err);

	free(question);
	if (code == ERR_OK && rows) {
		code = run_sql(&j->db, buf_str(sql), DB_ARGS(v_text(rows)),
			       err);
		j->rows += (uint64_t)sqlite3_changes64(j->db.handle);
	}
	free(rows);
	buf_clear(sql);
	return code;
}

static enum err_code insert_fixture(struct judge *j, struct bytes json,
				    struct buf *sql, struct err *err)
{
	enum err_code code = check_json(j, json, err);

	if (code == ERR_OK)
		code = refuse_unknown(j, UNKNOWN_TABLE, json, "table", err);
	if (code == ERR_OK)
		code = refuse_unknown(j, UNKNOWN_COLUMN, json, "column", err);
	for (size_t i = 0; code == ERR_OK && i < n_fact_kinds; i++) {
		judge_sql_fixture_kind(&fact_kinds[i], sql);
		code = insert_rows(j, fact_kinds[i].name, json, sql, err);
	}
	for (size_t i = 0; code == ERR_OK && i < n_judge_views; i++) {
		judge_sql_fixture_view(&judge_views[i], sql);
		code = insert_rows(j, judge_views[i].name, json, sql, err);
	}
	return code;
}

enum err_code judge_open_fixture(struct bytes json, struct judge **out,
				 struct err *err)
{
	struct judge *j = xcalloc(1, sizeof *j);
	struct buf sql;
	enum err_code code;

	j->until = deadline_in(INT64_MAX, NULL);
	buf_init(&sql, SQL_MAX);
	code = open_bare(&j->db, &sql, err);
	if (code == ERR_OK && json.n)
		code = insert_fixture(j, json, &sql, err);
	buf_release(&sql);
	return settle(j, code, out);
}

enum err_code judge_fixture_objects(struct bytes json,
				    void (*each)(void *arg, struct bytes name,
						 struct bytes severity),
				    void *arg, struct err *err)
{
	struct judge *j = xcalloc(1, sizeof *j);
	sqlite3_stmt *stmt = NULL;
	bool got = true;
	enum err_code code = open_at(&j->db, ":memory:", DB_MEMORY, err);

	if (code == ERR_OK)
		code = check_json(j, json, err);
	if (code == ERR_OK)
		code = db_prepare(&j->db,
				  "SELECT iif(type = 'object', value ->>"
				  " '$.object', value), iif(type = 'object',"
				  " value ->> '$.severity', NULL)"
				  " FROM json_each(CAST(?1 AS TEXT),"
				  " '$.objects')",
				  &stmt, err);
	if (code == ERR_OK)
		code = db_bind(&j->db, stmt, DB_ARGS(v_blob(json)), err);
	while (code == ERR_OK && got) {
		code = db_step(&j->db, stmt, &got, err);
		if (code == ERR_OK && got)
			each(arg, db_column_bytes(stmt, 0),
			     db_column_bytes(stmt, 1));
	}
	sqlite3_finalize(stmt);
	judge_close(j);
	return code;
}

/* ---- asking ---- */

#define COLUMNS_MAX 64

static enum err_code give_row(const struct judge_ask *ask, sqlite3_stmt *stmt,
			      struct err *err)
{
	const char *names[COLUMNS_MAX];
	struct value values[COLUMNS_MAX];
	size_t n = (size_t)sqlite3_column_count(stmt);

	if (n > COLUMNS_MAX)
		return err_set(err, ERR_FORMAT, "more than %d columns",
			       COLUMNS_MAX);
	for (size_t i = 0; i < n; i++) {
		names[i] = sqlite3_column_name(stmt, (int)i);
		values[i] = db_column_value(stmt, (int)i);
	}
	return ask->row(ask->arg, names, values, n, err);
}

/* Of a check that was stopped: by whom. */
static enum err_code step_error(struct judge *j, int rc, struct err *err)
{
	if ((rc & 0xff) == SQLITE_INTERRUPT)
		return deadline_check(j->until, err);
	return err_set(err, ERR_FORMAT, "%s",
		       shown_str(sqlite3_errmsg(j->db.handle)).s);
}

static enum err_code step_all(struct judge *j, const struct judge_ask *ask,
			      sqlite3_stmt *stmt, struct err *err)
{
	enum err_code code = ERR_OK;
	uint64_t n = 0;
	int rc;

	while (code == ERR_OK && (rc = sqlite3_step(stmt)) != SQLITE_DONE) {
		if (rc != SQLITE_ROW)
			return step_error(j, rc, err);
		if (n++ == ask->max_rows)
			return err_set(err, ERR_LIMIT,
				       "it finds more than %" PRIu64 " things",
				       ask->max_rows);
		code = give_row(ask, stmt, err);
	}
	return code;
}

static void tell_lacks(const struct judge *j, const struct judge_ask *ask)
{
	for (size_t i = 0; ask->lack && i <= n_fact_kinds; i++)
		if (j->read[i] && j->gaps.of[i].why)
			ask->lack(ask->arg, judge_gap_kind(i),
				  j->gaps.of[i].why, j->gaps.of[i].failed);
}

enum err_code judge_run(struct judge *j, const struct judge_ask *ask,
			size_t *at, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	const struct guard guard = {
		&j->db, j->bare.handle ? &j->bare : NULL, j->read};
	enum err_code code;

	j->until = deadline_in(ask->limit_ns, ask->cancel);
	code = guard_prepare(&guard, ask->sql, &stmt, at, err);
	if (code == ERR_OK)
		code = step_all(j, ask, stmt, err);
	if (code == ERR_OK)
		tell_lacks(j, ask);
	sqlite3_finalize(stmt);
	j->until = deadline_in(INT64_MAX, NULL);
	return code;
}
