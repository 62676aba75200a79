/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL of strangers is compiled twice: where there is nothing but what checks
 * are to see, then where the case is. SQLite tells an authorizer which view a
 * read is for by its name alone, and a WITH or an alias may have the same
 * one, so that names alone would not keep it from the tables of the case.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/judge_guard.h"
#include "model/fact.h"

#define LENGTH_MAX (256 << 10) /* of a value or row of a stranger's SQL */

/* No function is interrupted within: what it is given must be small. */
static const struct {
	int what, value;
} limits[] = {
	{SQLITE_LIMIT_LENGTH, LENGTH_MAX},
	{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 512},
	{SQLITE_LIMIT_WORKER_THREADS, 0},
};

/*
 * All that may be called: those of ours, and of SQLite's what checks need.
 * Not here: what takes time with the square of its arguments and has no use
 * (json_patch), what is chance (random, randomblob), what looks at the
 * connection (changes, sqlite_version), and all that extensions add.
 */
static const char *const functions[] = {
	/* ours */
	"address_of", "base_name", "dir_name", "is_hidden", "is_scratch",
	"port_of", "program_of", "regexp", "top_of", "words",
	/* values */
	"abs", "ceil", "ceiling", "coalesce", "floor", "if", "ifnull", "iif",
	"likelihood", "likely", "max", "min", "mod", "nullif", "round", "sign",
	"typeof", "unlikely",
	/* text */
	"char", "concat", "concat_ws", "format", "glob", "hex", "instr",
	"length", "like", "lower", "ltrim", "octet_length", "printf", "quote",
	"replace", "rtrim", "substr", "substring", "trim", "unhex", "unicode",
	"upper", "zeroblob",
	/* times */
	"date", "datetime", "julianday", "strftime", "time", "timediff",
	"unixepoch",
	/* groups and windows */
	"avg", "count", "cume_dist", "dense_rank", "first_value",
	"group_concat", "lag", "last_value", "lead", "nth_value", "ntile",
	"percent_rank", "rank", "row_number", "string_agg", "sum", "total",
	/* JSON */
	"->", "->>", "json", "json_array", "json_array_length",
	"json_extract", "json_group_array", "json_group_object", "json_insert",
	"json_object", "json_quote", "json_remove", "json_replace", "json_set",
	"json_type", "json_valid",
};

static bool may_call(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (strcmp(functions[i], name) == 0)
			return true;
	return false;
}

/* Json's own table functions show up as tables; other tables that SQLite has
 * of itself tell of the connection. */
static bool may_read(const char *table, const char *column,
		     const char *database, const char *by)
{
	if (strcmp(table, "json_each") == 0 || strcmp(table, "json_tree") == 0)
		return true;
	if (strncmp(table, "sqlite_", 7) == 0 ||
	    strncmp(table, "pragma_", 7) == 0)
		return false;
	/* No column: how many rows there are, which a view of ours may come to
	 * when SQLite has made one query of both. */
	if (!*column)
		return true;
	/* Tables of the case: through a view of ours, which names the host. */
	return by || (database && strcmp(database, "temp") == 0);
}

/* Events are behind the kinds; a view shows up by what it is made of. */
static void note_read(bool *read, const char *table, const char *by)
{
	if (strcmp(table, "event") == 0 || (by && strcmp(by, "event") == 0))
		read[n_fact_kinds] = true;
	for (size_t i = 0; i < n_fact_kinds; i++)
		if (strcmp(table, fact_kinds[i].name) == 0)
			read[i] = true;
}

static int authorize(void *read, int what, const char *a, const char *b,
		     const char *database, const char *by)
{
	bool may = false;

	if (what == SQLITE_SELECT || what == SQLITE_RECURSIVE)
		may = true;
	if (what == SQLITE_READ)
		may = may_read(a, b, database, by);
	if (what == SQLITE_READ && may)
		note_read(read, a, by);
	if (what == SQLITE_FUNCTION)
		may = may_call(b);
	return may ? SQLITE_OK : SQLITE_DENY;
}

/* SQLite says what is wrong, and often where. */
static enum err_code prepare_error(struct db *db, size_t *at, struct err *err)
{
	int offset = sqlite3_error_offset(db->handle);

	if (offset >= 0)
		*at = (size_t)offset;
	return err_set(err, ERR_FORMAT, "%s",
		       shown_str(sqlite3_errmsg(db->handle)).s);
}

static bool is_blank(const char *sql)
{
	return sql[strspn(sql, " \t\r\n;")] == '\0';
}

static enum err_code prepare(struct db *db, bool *read, const char *sql,
			     sqlite3_stmt **stmt, size_t *at, struct err *err)
{
	const char *rest = "";
	int rc;

	*at = strlen(sql);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		(void)sqlite3_limit(db->handle, limits[i].what,
				    limits[i].value);
	(void)sqlite3_set_authorizer(db->handle, authorize, read);
	rc = sqlite3_prepare_v2(db->handle, sql, -1, stmt, &rest);
	(void)sqlite3_set_authorizer(db->handle, NULL, NULL);
	if (rc != SQLITE_OK)
		return prepare_error(db, at, err);
	if (!*stmt)
		return err_set(err, ERR_FORMAT, "there is no SELECT");
	*at = (size_t)(rest - sql);
	if (!is_blank(rest))
		return err_set(err, ERR_FORMAT,
			       "a check is one SELECT, and this goes on");
	if (!sqlite3_stmt_readonly(*stmt) ||
	    sqlite3_stmt_isexplain(*stmt) ||
	    sqlite3_bind_parameter_count(*stmt) ||
	    sqlite3_column_count(*stmt) == 0)
		return err_set(err, ERR_FORMAT,
			       "a check is a SELECT without parameters");
	return ERR_OK;
}

enum err_code guard_prepare(const struct guard *g, const char *sql,
			    sqlite3_stmt **stmt, size_t *at, struct err *err)
{
	sqlite3_stmt *proof = NULL;
	enum err_code code = ERR_OK;

	memset(g->read, 0, (n_fact_kinds + 1) * sizeof *g->read);
	if (g->bare)
		code = prepare(g->bare, g->read, sql, &proof, at, err);
	sqlite3_finalize(proof);
	return code == ERR_OK ? prepare(g->db, g->read, sql, stmt, at, err)
			      : code;
}
