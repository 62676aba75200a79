/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Databases by SQLite's own code, over bytes in memory and read only: nothing
 * of a schema is trusted, no query changes anything, and each has an end.
 */
#include "base/base.h"
#include "parse/database.h"
#include "parse/database_log.h"
#include "parse/inside.h"
#include "parse/numbers.h"

#include <sqlite3.h>

#define MAGIC         "SQLite format 3" /* with its NUL */
#define HEADER        100u
#define PAGE_SIZE     16u
#define N_PAGES       28u
#define WRITE_VERSION 18u /* 2: by a write-ahead log */
#define STEP_OPS      100000
#define STEPS_MAX     20000 /* of them: two thousand million operations */

enum { COL_TIME, COL_ROWID, COL_ACTOR, COL_MESSAGE };

struct database {
	const struct parse_input *in;
	const struct parse_out *out;
	sqlite3 *db;
	struct bytes image; /* what SQLite reads */
	struct laid laid;   /* the file with its log; or */
	uint8_t *copy;      /* where it could not be taken as it is */
	int steps;
};

static int on_steps(void *arg)
{
	struct database *d = arg;

	return ++d->steps > STEPS_MAX;
}

/* Nothing but to read: whatever views or triggers there are. */
static int judge(void *arg UNUSED, int action, const char *a UNUSED,
		 const char *b UNUSED, const char *c UNUSED,
		 const char *e UNUSED)
{
	return action == SQLITE_SELECT || action == SQLITE_READ ||
			       action == SQLITE_FUNCTION ||
			       action == SQLITE_RECURSIVE
		       ? SQLITE_OK
		       : SQLITE_DENY;
}

bool is_database(struct bytes file)
{
	return file.n >= HEADER && memcmp(file.p, MAGIC, sizeof MAGIC) == 0;
}

static bool is_by_log(struct bytes file)
{
	return file.p[WRITE_VERSION] == 2 || file.p[WRITE_VERSION + 1] == 2;
}

/* How many whole pages there are, when the header says more; or 0. */
static uint32_t pages_left(struct bytes file)
{
	uint32_t size = be16(file, PAGE_SIZE), n;

	size = size == 1 ? 65536 : size;
	if (size < 512 || file.n / size >= be32(file, N_PAGES))
		return 0;
	n = (uint32_t)(file.n / size);
	return MAX(n, 1U);
}

/*
 * SQLite would look for the write-ahead log, and refuse a file that was cut
 * off: it is told that there is none, and how many pages there are.
 */
static struct bytes mend(struct database *d)
{
	struct bytes file = d->in->content;
	uint32_t n = pages_left(file);

	if (!is_by_log(file) && !n)
		return file;
	if (is_by_log(file) && database_lay(file, d->in->log, &d->laid)) {
		d->laid.p[WRITE_VERSION] = d->laid.p[WRITE_VERSION + 1] = 1;
		return bytes_of(d->laid.p, d->laid.n);
	}
	d->copy = xmalloc(file.n);
	memcpy(d->copy, file.p, file.n);
	d->copy[WRITE_VERSION] = d->copy[WRITE_VERSION + 1] = 1;
	for (size_t i = 0; n && i < 4; i++)
		d->copy[N_PAGES + i] = (uint8_t)(n >> (24 - 8 * i));
	return bytes_of(d->copy, file.n);
}

static enum err_code say_mended(struct database *d, struct err *err)
{
	struct bytes file = d->in->content;
	enum err_code code = ERR_OK;

	if (is_by_log(file) && !d->laid.p && !d->in->log.n)
		code = parse_problem(d->out, WRITE_VERSION,
				     "it is written by way of a log, FILE-wal, "
				     "which was not taken with it: rows that "
				     "are still there are missing",
				     err);
	if (d->laid.is_damaged)
		code = parse_problem(d->out, WRITE_VERSION,
				     "FILE-wal is damaged, or was written to "
				     "while it was taken: rows that it has "
				     "behind that are missing",
				     err);
	if (code == ERR_OK && !d->laid.p && pages_left(file))
		code = parse_problem(d->out, file.n,
				     "the file ends early: what was behind "
				     "that is lost",
				     err);
	return code;
}

static bool open_it(struct database *d)
{
	struct bytes file;

	if (!is_database(d->in->content) ||
	    sqlite3_open_v2(":memory:", &d->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return false;
	d->image = file = mend(d);
	(void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	(void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_limit(d->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_progress_handler(d->db, STEP_OPS, on_steps, d);
	/* With this flag SQLite writes to none of it. */
	if (sqlite3_deserialize(d->db, "main",
				(unsigned char *)(uintptr_t)file.p,
				(sqlite3_int64)file.n, (sqlite3_int64)file.n,
				SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return false;
	return sqlite3_set_authorizer(d->db, judge, NULL) == SQLITE_OK;
}

static void close_it(struct database *d)
{
	(void)sqlite3_close(d->db);
	free(d->copy);
	laid_release(&d->laid);
}

/* NULL: its tables or columns are not there. */
static sqlite3_stmt *prepare(struct database *d, const char *columns,
			     const char *from)
{
	sqlite3_stmt *stmt = NULL;
	char *sql = sqlite3_mprintf("SELECT %s FROM %s", columns, from);

	if (!sql ||
	    sqlite3_prepare_v2(d->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		stmt = NULL;
	sqlite3_free(sql);
	return stmt;
}

static bool is_of(const struct moment *m, const char *parser)
{
	return strcmp(m->parser, parser) == 0;
}

/* ---- a row, as an event ---- */

static bool read_time(sqlite3_stmt *row, enum epoch epoch,
		      struct parse_event *e)
{
	static const int64_t webkit_s = INT64_C(11644473600), small = 100;
	static const struct {
		int64_t per_s, ns;
	} scales[] = {
		[EPOCH_S] = {1, NS_PER_S},
		[EPOCH_MS] = {1000, NS_PER_MS},
		[EPOCH_US] = {1000000, NS_PER_US},
		[EPOCH_WEBKIT] = {1000000, NS_PER_US},
	};
	int64_t v = sqlite3_column_int64(row, COL_TIME), s;

	/* Also as a text, or with a fraction. */
	if (epoch == EPOCH_WEBKIT && v / 1000000000 < small)
		epoch = EPOCH_S;
	s = v / scales[epoch].per_s - (epoch == EPOCH_WEBKIT ? webkit_s : 0);
	if (v <= 0 || !epoch_event(s, e))
		return false;
	e->time_ns += v % scales[epoch].per_s * scales[epoch].ns;
	e->precision_ns = scales[epoch].ns;
	return true;
}

static struct bytes text_of(sqlite3_stmt *row, int column)
{
	const void *p = sqlite3_column_text(row, column);

	return bytes_of(p, p ? (size_t)sqlite3_column_bytes(row, column) : 0);
}

static enum err_code take_row(struct database *d, const struct moment *m,
			      uint64_t root, sqlite3_stmt *row, struct err *err)
{
	struct parse_event e = {.desc = m->desc, .kind = m->kind};
	struct bytes word;

	/* A zero is no time: never, or not yet. */
	if (sqlite3_column_int64(row, COL_TIME) == 0)
		return ERR_OK;
	if (!root ||
	    !database_find_row(d->image, root,
			       sqlite3_column_int64(row, COL_ROWID), &e.offset,
			       &e.length) ||
	    (d->laid.p && !laid_is_old(&d->laid, e.offset, e.length))) {
		e.offset = 0;
		e.length = d->in->content.n;
	}
	/* What never ends has a year that no clock reaches. */
	if (!read_time(row, m->epoch, &e))
		no_time(&e);
	e.actor = text_of(row, COL_ACTOR);
	e.message = word = text_of(row, COL_MESSAGE);
	if (!e.kind)
		e.kind = package_log_kind(take_word(&word));
	return parse_say(d->out, &e, err);
}

static uint64_t root_of(struct database *d, const char *table)
{
	sqlite3_stmt *row = prepare(
		d, "rootpage", "sqlite_schema WHERE name=?1 AND type='table'");
	uint64_t root = 0;

	if (row &&
	    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW)
		root = (uint64_t)sqlite3_column_int64(row, 0);
	(void)sqlite3_finalize(row);
	return root;
}

static enum err_code take_rows(struct database *d, const struct moment *m,
			       sqlite3_stmt *row, struct err *err)
{
	uint64_t root = root_of(d, m->table);
	enum err_code code = ERR_OK;
	int rc;

	while (code == ERR_OK && (rc = sqlite3_step(row)) == SQLITE_ROW)
		code = take_row(d, m, root, row, err);
	if (code != ERR_OK || rc == SQLITE_DONE)
		return code;
	return parse_problem(d->out, 0,
			     rc == SQLITE_INTERRUPT
				     ? "reading it would take too long"
				     : "a damaged page: rows of a table are "
				       "lost",
			     err);
}

static enum err_code take_moments(struct database *d, const char *parser,
				  struct err *err)
{
	enum err_code code = ERR_OK;
	const char *done = NULL; /* of the moments with one name */
	size_t n = 0;

	for (size_t i = 0; code == ERR_OK && i < n_database_moments; i++) {
		const struct moment *m = &database_moments[i];
		sqlite3_stmt *row;

		if (!is_of(m, parser) || (done && strcmp(done, m->name) == 0))
			continue;
		row = prepare(d, m->columns, m->from);
		if (!row)
			continue;
		done = m->name;
		n++;
		code = take_rows(d, m, row, err);
		(void)sqlite3_finalize(row);
	}
	if (code == ERR_OK && n == 0)
		return err_set(err, ERR_FORMAT,
			       "no table in it that the parser knows");
	return code;
}

static enum err_code run(const struct parse_input *in,
			 const struct parse_out *out, const char *parser,
			 struct err *err)
{
	struct database d = {.in = in, .out = out};
	enum err_code code;

	if (!open_it(&d)) {
		close_it(&d);
		return err_set(err, ERR_FORMAT, "no database of SQLite");
	}
	code = say_mended(&d, err);
	if (code == ERR_OK)
		code = take_moments(&d, parser, err);
	close_it(&d);
	return code;
}

/* Its name is in the schema: most databases need not be opened to be told
 * apart. */
static bool may_have(const struct parse_input *in, const char *table)
{
	return bytes_find(in->content, table, NULL) ||
	       bytes_find(in->log, table, NULL);
}

static unsigned score(const struct parse_input *in, const char *parser)
{
	struct database d = {.in = in};
	unsigned points = 0;

	if (!is_database(in->content))
		return 0;
	for (size_t i = 0; i < n_database_moments && !points; i++) {
		const struct moment *m = &database_moments[i];
		sqlite3_stmt *row;

		if (!is_of(m, parser) || !may_have(in, m->table) ||
		    (!d.db && !open_it(&d)))
			continue;
		row = prepare(&d, m->columns, m->from);
		points = row ? 95 : 0;
		(void)sqlite3_finalize(row);
	}
	close_it(&d);
	return points;
}

#define DATABASE(id, name)                                                     \
	unsigned id##_score(const struct parse_input *in)                      \
	{                                                                      \
		return score(in, name);                                        \
	}                                                                      \
	enum err_code id##_run(const struct parse_input *in,                   \
			       const struct parse_out *out, struct err *err)   \
	{                                                                      \
		return run(in, out, name, err);                                \
	}

DATABASE(wtmpdb, "wtmpdb")
DATABASE(lastlog2, "lastlog2")
DATABASE(firefox, "firefox")
DATABASE(chrome, "chrome")
DATABASE(safari, "safari")
DATABASE(dnf_history, "dnf-history")
DATABASE(fail2ban, "fail2ban")
DATABASE(zeitgeist, "zeitgeist")
