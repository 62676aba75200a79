/* SPDX-License-Identifier: Apache-2.0 */
/* Databases with the log beside them, as SQLite leaves them while a program
 * has them open: what is read is what SQLite reads of the same two files. */
#include "unit/parse_kit.h"

#include <sqlite3.h>

#include "base/buf.h"
#include "base/fs.h"

#define T        "1700000000"
#define FILE_MAX ((size_t)16 << 20)
#define BANS     "CREATE TABLE bans(jail, ip, timeofban, data);"
#define FILL(n)                                                                \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"         \
	" WHERE i<" n ") INSERT INTO bans SELECT 'jail','ip-'||i||'-end'," T   \
	",'x' FROM n;"
#define OPEN "PRAGMA journal_mode=WAL;PRAGMA wal_autocheckpoint=0;"
#define KEEP "PRAGMA wal_checkpoint(TRUNCATE);"

struct pair {
	struct buf db, log;
};

static void pair_release(struct pair *p)
{
	buf_release(&p->db);
	buf_release(&p->log);
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
}

static char *at(const char *dir, const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

static char *folder(void)
{
	char *dir = xstrdup("/tmp/halligan-test-XXXXXX");

	assert_non_null(mkdtemp(dir));
	return dir;
}

static void folder_remove(char *dir)
{
	struct err err;

	assert_ok(fs_remove_tree(dir, &err), err);
	free(dir);
}

static void take(const char *dir, const char *name, struct buf *to)
{
	char *path = at(dir, name);
	struct err err;

	buf_init(to, FILE_MAX);
	assert_ok(fs_read(path, to, &err), err);
	free(path);
}

/* What the statements leave while they go on. */
static struct pair pair_of(const char *sql)
{
	char *dir = folder(), *path = at(dir, "x.db");
	struct pair p;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run(db, sql);
	take(dir, "x.db", &p.db);
	take(dir, "x.db-wal", &p.log);
	(void)sqlite3_close(db);
	free(path);
	folder_remove(dir);
	return p;
}

static void put(const char *dir, const char *name, struct bytes b)
{
	char *path = at(dir, name);
	struct err err;

	assert_ok(fs_replace(path, b, 0600, &err), err);
	free(path);
}

/* The sum of what SQLite finds there, which is the oracle. */
static char *by_sqlite(const struct pair *p)
{
	char *dir = folder(), *path = at(dir, "x.db"), *said;
	sqlite3_stmt *stmt;
	sqlite3 *db;

	put(dir, "x.db", buf_bytes(&p->db));
	put(dir, "x.db-wal", buf_bytes(&p->log));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db,
				   "SELECT group_concat(ip) FROM (SELECT ip"
				   " FROM bans ORDER BY rowid)",
				   -1, &stmt, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	said = xstrdup(sqlite3_column_type(stmt, 0) == SQLITE_NULL
			       ? ""
			       : (const char *)sqlite3_column_text(stmt, 0));
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	free(path);
	folder_remove(dir);
	return said;
}

static struct parsed by_us(const struct pair *p)
{
	struct parse_input in = {.content = buf_bytes(&p->db),
				 .log = buf_bytes(&p->log),
				 .path = bytes_str("/x"),
				 .mtime_ns = TIME_UNKNOWN,
				 .taken_ns = TIME_UNKNOWN};
	struct parsed out;
	struct err err;

	assert_ptr_equal(parser_guess(&in), parser_find("fail2ban"));
	assert_ok(parse_keep(parser_find("fail2ban"), &in, &out, &err), err);
	return out;
}

/* Both read the same, and we have so many problems with it. */
static struct parsed hold_same(const struct pair *p, size_t problems)
{
	char *want = by_sqlite(p);
	struct parsed got = by_us(p);
	struct buf said;

	buf_init(&said, FILE_MAX);
	for (size_t i = 0; i < got.n_events; i++)
		(void)buf_addf(&said, "%s%s", i ? "," : "",
			       got.events[i].actor);
	assert_string_equal(buf_str(&said), want);
	assert_int_equal(got.n_problems, problems);
	buf_release(&said);
	free(want);
	return got;
}

static void what_is_in_the_log_is_read(void **state UNUSED)
{
	/* Something there, then changed, more added, and given back. */
	static const char *const made[] = {
		OPEN BANS FILL("3"),
		OPEN BANS FILL("3000") KEEP
		"INSERT INTO bans VALUES('j','last'," T ",'');"
		"DELETE FROM bans WHERE rowid%3=0;",
		OPEN BANS FILL("3000") KEEP FILL("3000"),
		OPEN BANS FILL("3000") KEEP
		"DELETE FROM bans WHERE rowid>50;VACUUM;",
		"PRAGMA page_size=512;" OPEN BANS FILL("800") KEEP FILL("10"),
		"PRAGMA page_size=65536;" OPEN BANS FILL("800") KEEP FILL("10"),
		/* A new round: behind its frames are those of the one before */
		OPEN BANS FILL("3000") "PRAGMA wal_checkpoint(RESTART);"
				       "INSERT INTO bans VALUES('j','new'," T
				       ",'');",
	};

	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		struct pair p = pair_of(made[i]);
		struct parsed got = hold_same(&p, 0);

		assert_true(got.n_events > 0);
		parsed_release(&got);
		pair_release(&p);
	}
}

static void what_was_not_committed_is_not_there(void **state UNUSED)
{
	struct pair p = pair_of(OPEN BANS FILL("30") KEEP FILL(
		"5") "PRAGMA cache_size=1;BEGIN;" FILL("5000"));
	struct parsed got;

	assert_true(p.log.n > (size_t)1 << 16); /* it went there already */
	got = hold_same(&p, 0);
	assert_int_equal(got.n_events, 35);
	parsed_release(&got);
	pair_release(&p);
}

/* A row whose page is the file's has its place in it; of another only the
 * file can be named. */
static void rows_of_the_log_have_no_place_in_the_file(void **state UNUSED)
{
	struct pair p = pair_of(OPEN BANS FILL("3000") KEEP FILL("1"));
	struct parsed got = hold_same(&p, 0);
	const struct parse_event *first = &got.events[0].e;
	const struct parse_event *last = &got.events[got.n_events - 1].e;

	assert_non_null(
		memmem(p.db.p + first->offset, first->length, "ip-1-end", 8));
	assert_true(first->length < 60);
	assert_int_equal(last->offset, 0);
	assert_int_equal(last->length, p.db.n);
	parsed_release(&got);
	pair_release(&p);
}

static void a_damaged_log_is_read_up_to_there(void **state UNUSED)
{
	struct pair p = pair_of(OPEN BANS FILL("30") KEEP FILL("5") FILL("6")
					FILL("7"));
	size_t frame = 24 + 4096;
	struct parsed got;

	p.log.p[32 + frame + 100] ^= 1; /* in the second */
	got = hold_same(&p, 1);
	assert_non_null(strstr(got.last_problem, "-wal"));
	assert_int_equal(got.n_events, 35);
	parsed_release(&got);
	p.log.p[32 + frame + 100] ^= 1;
	p.log.n -= 50; /* what came last is there in part */
	got = hold_same(&p, 0);
	assert_int_equal(got.n_events, 41);
	parsed_release(&got);
	p.log.p[25] ^= 1; /* its header: none of it counts */
	got = hold_same(&p, 1);
	assert_int_equal(got.n_events, 30);
	parsed_release(&got);
	pair_release(&p);
}

/* Sizes that it names are not believed. */
static void a_log_that_lies_is_none(void **state UNUSED)
{
	struct pair p = pair_of("PRAGMA page_size=512;" OPEN BANS FILL("9")
					KEEP FILL("9"));
	struct pair other = pair_of(OPEN BANS FILL("3"));
	struct buf log = p.log;
	struct parsed got;

	p.log = other.log; /* of other pages */
	got = by_us(&p);
	assert_int_equal(got.n_events, 9);
	assert_int_equal(got.n_problems, 1);
	parsed_release(&got);
	p.log = log;
	pair_release(&p);
	pair_release(&other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_the_log_is_read),
		cmocka_unit_test(what_was_not_committed_is_not_there),
		cmocka_unit_test(rows_of_the_log_have_no_place_in_the_file),
		cmocka_unit_test(a_damaged_log_is_read_up_to_there),
		cmocka_unit_test(a_log_that_lies_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
