/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, statements and errors of SQLite. */
#include "base/base.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "case/db.h"

#define BUSY_MS 2000

static const struct {
	int rc; /* primary result code */
	enum err_code code;
	const char *words;
} codes[] = {
	{SQLITE_FULL, ERR_IO, "disk full"},
	{SQLITE_BUSY, ERR_IO, "another program is writing to it"},
	{SQLITE_LOCKED, ERR_IO, "another program is writing to it"},
	{SQLITE_READONLY, ERR_DENIED, "it is read-only"},
	{SQLITE_PERM, ERR_DENIED, "it may not be opened"},
	{SQLITE_AUTH, ERR_DENIED, "it may not be opened"},
	{SQLITE_NOTADB, ERR_FORMAT, "it is not a case file"},
	{SQLITE_CORRUPT, ERR_VERIFY, "it is damaged"},
	{SQLITE_ERROR, ERR_FORMAT, "it is not as it should be"},
	{SQLITE_CONSTRAINT, ERR_EXISTS, "it does not fit what is there"},
	{SQLITE_TOOBIG, ERR_LIMIT, "too large"},
	{SQLITE_INTERRUPT, ERR_CANCELLED, "stopped"},
};

static const char *system_words(int sys)
{
	if (sys == ENOSPC || sys == EDQUOT || sys == EFBIG)
		return "disk full";
	return strerrordesc_np(sys);
}

/* SQLite knows better than the table which table or view is meant. */
static bool names_object(struct db *db, int primary)
{
	if (!db->handle)
		return false;
	return primary == SQLITE_ERROR ||
	       (primary == SQLITE_CORRUPT &&
		bytes_starts(bytes_str(sqlite3_errmsg(db->handle)),
			     "malformed database schema"));
}

enum err_code db_error(struct db *db, int rc, const char *what, struct err *err)
{
	int primary = rc & 0xff, last = errno;
	int sys = db->handle ? sqlite3_system_errno(db->handle) : 0;
	const char *words = sqlite3_errstr(rc);
	enum err_code code = ERR_IO;

	if (primary != SQLITE_CONSTRAINT)
		db->broken = true;
	if (rc == SQLITE_IOERR_WRITE && !sys)
		sys = last; /* SQLite forgets it when a COMMIT fails */
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].rc == primary) {
			code = codes[i].code;
			words = codes[i].words;
		}
	if (sys && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN))
		words = system_words(sys);
	if (primary == SQLITE_CANTOPEN && (sys == EACCES || sys == EROFS))
		code = ERR_DENIED;
	if (names_object(db, primary))
		words = sqlite3_errmsg(db->handle);
	return err_set(err, code, "%s %s: %s", what,
		       shown_str(db->path ? db->path : "a case").s,
		       shown_str(words).s);
}

/*
 * Looks without opening: closing any descriptor of the file would drop the
 * locks SQLite holds on it in this process (fcntl(2), advisory locks).
 */
static enum err_code check_file(const char *path, enum db_mode mode,
				struct err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_errno(err, "opening the case %s", shown_str(path).s);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_FORMAT,
			       "%s is not a case: not a regular file",
			       shown_str(path).s);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
		return err_errno(err, "reading the case %s", shown_str(path).s);
	if (mode == DB_WRITE &&
	    faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0) {
		err_errno(err, "writing to the case %s", shown_str(path).s);
		return err->code = ERR_DENIED;
	}
	return ERR_OK;
}

/* What a case from somebody else could use against us is off. */
static void defend(sqlite3 *handle)
{
	static const struct {
		int what, value;
	} flags[] =
		{
			{SQLITE_DBCONFIG_DEFENSIVE, 1},
			{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
			{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
			{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
			{SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
			{SQLITE_DBCONFIG_DQS_DDL, 0},
			{SQLITE_DBCONFIG_DQS_DML, 0},
		},
	  limits[] = {
		  {SQLITE_LIMIT_LENGTH, 64 << 20},
		  {SQLITE_LIMIT_ATTACHED, 0},
		  {SQLITE_LIMIT_COLUMN, 100},
		  {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
	  };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		(void)sqlite3_db_config(handle, flags[i].what, flags[i].value,
					NULL); /* unknown to an old SQLite */
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		(void)sqlite3_limit(handle, limits[i].what, limits[i].value);
}

static enum err_code settle(struct db *db, enum db_mode mode, struct err *err)
{
	defend(db->handle);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	if (mode == DB_WRITE && sqlite3_db_readonly(db->handle, "main") == 1)
		return err_set(err, ERR_DENIED, "the case %s is read-only",
			       shown_str(db->path).s);
	return db_script(db,
			 "PRAGMA trusted_schema = OFF;"
			 "PRAGMA cell_size_check = ON;"
			 "PRAGMA mmap_size = 0;"
			 "PRAGMA cache_size = -8192;"
			 "PRAGMA temp_store = MEMORY;"
			 "PRAGMA foreign_keys = ON;"
			 "PRAGMA synchronous = FULL;",
			 err);
}

/* A path as a URI that tells SQLite that the file never changes. */
static char *frozen_uri(const char *path)
{
	struct buf out;

	buf_init(&out, 4 * strlen(path) + 64);
	(void)buf_add_str(&out, "file:");
	for (const char *p = path; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') ||
			     (*p >= 'A' && *p <= 'Z') ||
			     (*p && strchr("0123456789/._-", *p));

		(void)buf_addf(&out, plain ? "%c" : "%%%02X",
			       (unsigned)(uint8_t)*p);
	}
	(void)buf_add_str(&out, "?immutable=1");
	return buf_detach(&out);
}

/* Nobody asks how much memory SQLite has, and to count it takes a lock for
 * each piece. Too late when somebody was quicker: then it counts. */
static void count_nothing(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum err_code db_open(struct db *db, const char *path, enum db_mode mode,
		      struct err *err)
{
	static const int flags[] = {
		[DB_READ] = SQLITE_OPEN_READONLY,
		[DB_WRITE] = SQLITE_OPEN_READWRITE,
		[DB_FROZEN] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
		[DB_MEMORY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	enum err_code code = ERR_OK;
	char *name;
	int rc;

	*db = (struct db){0};
	(void)pthread_once(&once, count_nothing);
	if (mode != DB_MEMORY)
		code = check_file(path, mode, err);
	if (code != ERR_OK)
		return code;
	db->path = xstrdup(path);
	/* A SQLite built with SQLITE_USE_URI takes file:... for more. */
	name = mode == DB_FROZEN
		       ? frozen_uri(path)
		       : xasprintf("%s%s",
				   bytes_starts(bytes_str(path), "file:") ? "./"
									  : "",
				   path);
	rc = sqlite3_open_v2(name, &db->handle,
			     flags[mode] | SQLITE_OPEN_NOMUTEX, NULL);
	free(name);
	code = rc == SQLITE_OK ? settle(db, mode, err)
			       : db_error(db, rc, "opening", err);
	if (code != ERR_OK)
		db_close(db);
	return code;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < db->n_kept; i++)
		sqlite3_finalize(db->kept[i].stmt);
	if (sqlite3_close(db->handle) != SQLITE_OK)
		BUG("a statement outlives its connection");
	free(db->path);
	*db = (struct db){0};
}

enum err_code db_prepare(struct db *db, const char *sql, sqlite3_stmt **stmt,
			 struct err *err)
{
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, stmt, NULL);

	return rc == SQLITE_OK ? ERR_OK : db_error(db, rc, "reading", err);
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(stmt, at);
	case VALUE_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case VALUE_REAL:
		return sqlite3_bind_double(stmt, at, v->real);
	case VALUE_TEXT:
		return sqlite3_bind_text64(stmt, at,
					   v->b.n ? (const char *)v->b.p : "",
					   v->b.n, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BLOB:
		return sqlite3_bind_blob64(stmt, at,
					   v->b.n ? (const void *)v->b.p : "",
					   v->b.n, SQLITE_STATIC);
	}
	BUG("value type %d", (int)v->type);
}

enum err_code db_bind(struct db *db, sqlite3_stmt *stmt,
		      const struct value *args, size_t n, struct err *err)
{
	if ((int)n != sqlite3_bind_parameter_count(stmt))
		BUG("%zu arguments for: %s", n, sqlite3_sql(stmt));
	for (size_t i = 0; i < n; i++) {
		int rc = bind_one(stmt, (int)i + 1, &args[i]);

		if (rc != SQLITE_OK)
			return db_error(db, rc, "writing to", err);
	}
	return ERR_OK;
}

enum err_code db_query(struct db *db, const char *sql, const struct value *args,
		       size_t n, sqlite3_stmt **stmt, struct err *err)
{
	enum err_code code;

	for (size_t i = 0; i < db->n_kept; i++)
		if (db->kept[i].sql == sql) {
			*stmt = db->kept[i].stmt;
			sqlite3_reset(*stmt);
			return db_bind(db, *stmt, args, n, err);
		}
	if (db->n_kept == DB_STATEMENTS_MAX)
		BUG("too many kinds of statement");
	code = db_prepare(db, sql, stmt, err);
	if (code != ERR_OK)
		return code;
	db->kept[db->n_kept].sql = sql;
	db->kept[db->n_kept++].stmt = *stmt;
	return db_bind(db, *stmt, args, n, err);
}

enum err_code db_step(struct db *db, sqlite3_stmt *stmt, bool *got,
		      struct err *err)
{
	int rc = sqlite3_step(stmt);

	*got = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return ERR_OK;
	db_error(db, rc,
		 sqlite3_db_readonly(db->handle, "main") ? "reading"
							 : "writing to",
		 err);
	sqlite3_reset(stmt);
	return err->code;
}

enum err_code db_run(struct db *db, const char *sql, const struct value *args,
		     size_t n, struct err *err)
{
	int64_t ignored;

	return db_number(db, sql, args, n, &ignored, err);
}

enum err_code db_insert(struct db *db, const char *sql,
			const struct value *args, size_t n, int64_t *row,
			struct err *err)
{
	enum err_code code = db_run(db, sql, args, n, err);

	*row = code == ERR_OK ? sqlite3_last_insert_rowid(db->handle) : 0;
	return code;
}

enum err_code db_number(struct db *db, const char *sql,
			const struct value *args, size_t n, int64_t *out,
			struct err *err)
{
	sqlite3_stmt *stmt;
	enum err_code code = db_query(db, sql, args, n, &stmt, err);
	bool got = true;

	*out = 0;
	for (bool first = true; code == ERR_OK && got; first = false) {
		code = db_step(db, stmt, &got, err);
		if (code == ERR_OK && got && first)
			*out = sqlite3_column_int64(stmt, 0);
	}
	if (code == ERR_OK) {
		sqlite3_reset(stmt);
		sqlite3_clear_bindings(stmt); /* they were borrowed */
	}
	return code;
}

enum err_code db_script(struct db *db, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ERR_OK : db_error(db, rc, "opening", err);
}

struct bytes db_column_bytes(sqlite3_stmt *stmt, int column)
{
	const void *p = sqlite3_column_blob(stmt, column);

	return bytes_of(p, p ? (size_t)sqlite3_column_bytes(stmt, column) : 0);
}

char *db_column_str(sqlite3_stmt *stmt, int column)
{
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return NULL;
	return bytes_to_str(db_column_bytes(stmt, column));
}

struct value db_column_value(sqlite3_stmt *stmt, int column)
{
	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_INTEGER:
		return v_int(sqlite3_column_int64(stmt, column));
	case SQLITE_FLOAT:
		return (struct value){
			.type = VALUE_REAL,
			.real = sqlite3_column_double(stmt, column)};
	case SQLITE_TEXT:
		return (struct value){.type = VALUE_TEXT,
				      .b = db_column_bytes(stmt, column)};
	case SQLITE_BLOB:
		return v_blob(db_column_bytes(stmt, column));
	default:
		return v_null();
	}
}
