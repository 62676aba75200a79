/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever is changed behind the program's back is found and named: rows,
 * the audit log, evidence, single bits of the file. Disk trouble and second
 * writers lose nothing.
 */
#include "unit/case_util.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/fs.h"
#include "base/time.h"

/* A case with something in every table that can have something yet. */
static int filled(void **state)
{
	int rc = fix_setup(state);
	struct fix *f = *state;
	uint8_t *p;
	uint64_t file;

	if (rc != 0)
		return rc;
	p = noise(3u << 19, 1);
	fix_host(f, "web01");
	fix_run(f, "hunt");
	for (int i = 0; i < 40; i++) {
		char path[32];

		(void)snprintf(path, sizeof path, "/srv/%d", i);
		file = put_file(f, path, "", i == 0);
		put_hit(f, put_match(f, file, "rule", "high"), 5);
		if (i == 0) {
			put_bytes(f, file, bytes_of(p, 3u << 19));
			put_end(f, file, bytes_of(p, 3u << 19));
		}
		put_coverage(f, "scanned", path);
	}
	put_evidence(f, "/etc/passwd", bytes_str("root:x:0:0:root:/root:\n"));
	put_run_host(f, "done");
	fix_flush(f);
	put_note(f, "a note");
	free(p);
	return 0;
}

static void expect_problem(struct fix *f, const char *words)
{
	struct verdict v = fix_verify(f);

	assert_code(v.code, ERR_VERIFY);
	assert_true(v.report.problems > 0);
	if (!strstr(v.lines, words))
		fail_msg("no '%s' in:\n%s", words, v.lines);
}

static void a_sound_case_verifies(void **state)
{
	struct fix *f = *state;
	struct verdict v = fix_verify(f);
	char *head = sql_str(f, "SELECT hash FROM audit ORDER BY seq DESC"
				" LIMIT 1");

	assert_int_equal(v.code, ERR_OK);
	assert_int_equal(v.report.problems, 0);
	assert_int_equal(v.report.audit_rows,
			 sql_int(f, "SELECT count(*) FROM audit"));
	assert_int_equal(v.report.head_seq, v.report.audit_rows);
	assert_string_equal(v.report.head, head);
	assert_int_equal(v.report.evidence_items, 2);
	assert_int_equal(v.report.evidence_bytes, (3u << 19) + 23);
	assert_true(v.report.rows > 40 * 8);
	free(head);
}

static void every_change_names_its_row(void **state)
{
	static const struct {
		const char *sql, *words;
	} tricks[] = {
		{"UPDATE findings SET status = 'benign' WHERE id = 7",
		 "findings 7 ("},
		{"UPDATE findings SET severity = 0 WHERE id = 7",
		 "): the row was changed"},
		{"DELETE FROM hits WHERE id = 9",
		 "hits 9: the row was removed"},
		{"DELETE FROM events WHERE id > 100",
		 "events 101: the row was removed"},
		{"UPDATE events SET time_ns = time_ns + 1 WHERE id = 33",
		 "events 33: the row was changed"},
		{"UPDATE coverage_rows SET outcome = 'skipped' WHERE id = 40",
		 "coverage_rows 40: the row was changed"},
		{"INSERT INTO coverage_rows SELECT 99, run, host, what,"
		 " outcome, reason, path, files, bytes, at_ns, detail"
		 " FROM coverage_rows WHERE id = 1",
		 "coverage_rows 99: the row is not in the audit log"},
		{"UPDATE notes SET body = body || '!'", "notes 1 ("},
		{"UPDATE meta SET value = 'red' WHERE key = 'tlp'",
		 "meta 3: the row was changed"},
		{"UPDATE hosts SET key_fingerprint = 'SHA256:mine'",
		 "hosts 1 ("},
		{"UPDATE files SET mtime_ns = NULL WHERE id = 2",
		 "files 2: the row was changed"},
		{"UPDATE files SET path = CAST(path || ' ' AS BLOB)"
		 " WHERE id = 2",
		 "files 2: the row was changed"},
		{"UPDATE evidence_items SET complete = 0 WHERE id = 1",
		 "evidence_items 1 ("},
		{"UPDATE chunks SET data = zeroblob(length(data))"
		 " WHERE id = 1",
		 "the bytes at 0 are not those that were stored"},
		{"UPDATE pieces SET chunk = 2 WHERE id = 1",
		 "pieces 1: the row was changed"},
		{"DELETE FROM pieces WHERE id = 2", "bytes instead of 1572864"},
		{"UPDATE run_hosts SET state = 'failed'",
		 "run_hosts 1: the row was changed"},
		{"INSERT INTO indicators (uuid, kind, value, severity,"
		 " added_at, added_by) VALUES ('x','x','x','x',1,'x')",
		 "indicators 1: the row is not in the audit log"},
	};
	struct fix *f = *state;

	fix_close(f);
	for (size_t i = 0; i < ARRAY_SIZE(tricks); i++) {
		struct buf whole;
		struct err err;

		buf_init(&whole, 64u << 20);
		assert_ok(fs_read(f->path, &whole, &err), err);
		sql_tamper(f, tricks[i].sql);
		expect_problem(f, tricks[i].words);
		assert_ok(fs_replace(f->path, buf_bytes(&whole), 0600, &err),
			  err);
		buf_release(&whole);
	}
	expect_sound(f);
}

#define GARBAGE(name)                                                          \
	"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'garbage'"\
	" WHERE name = '" name "'"

static void every_object_is_named(void **state)
{
	static const struct {
		const char *sql, *words;
	} tricks[] = {
		{"DROP VIEW finding", "view 'finding' is missing"},
		{"DROP INDEX run_hosts_host",
		 "index 'run_hosts_host' is missing"},
		{"DROP TABLE sightings", "table 'sightings' is missing"},
		{"CREATE TABLE aaa (x)",
		 "table 'aaa' does not belong in a case"},
		{"CREATE VIEW zzz AS SELECT 1",
		 "view 'zzz' does not belong in a case"},
		{"DROP VIEW note; CREATE VIEW note AS SELECT 1",
		 "view 'note' is not as a case of this version has it"},
		{GARBAGE("finding"), "malformed database schema (finding)"},
		{GARBAGE("hosts"), "malformed database schema (hosts)"},
	};
	struct fix *f = *state;

	fix_close(f);
	for (size_t i = 0; i < ARRAY_SIZE(tricks); i++) {
		struct buf whole;
		struct err err;

		buf_init(&whole, 64u << 20);
		assert_ok(fs_read(f->path, &whole, &err), err);
		sql_tamper(f, tricks[i].sql);
		expect_problem(f, tricks[i].words);
		assert_ok(fs_replace(f->path, buf_bytes(&whole), 0600, &err),
			  err);
		buf_release(&whole);
	}
	expect_sound(f);
}

static void a_truncated_case_does_not_hold(void **state)
{
	static const off_t sizes[] = {600, 16384, 40000, 100000};
	struct fix *f = *state;

	fix_close(f);
	for (size_t i = ARRAY_SIZE(sizes); i-- > 0;) {
		assert_int_equal(truncate(f->path, sizes[i]), 0);
		expect_problem(f, "it is damaged");
	}
}

static void the_audit_log_itself_holds(void **state)
{
	static const struct {
		const char *sql, *words;
	} tricks[] = {
		{"UPDATE audit_log SET actor = 'eve' WHERE seq = 6",
		 "audit 6: the row was changed"},
		{"UPDATE audit_log SET detail = '{}' WHERE seq = 2",
		 "audit 2: the row was changed"},
		{"UPDATE audit_log SET prev = zeroblob(32) WHERE seq = 9",
		 "audit 9: does not follow"},
		{"DELETE FROM audit_log WHERE seq = 5",
		 "audit 6: 1 rows before it are missing"},
		{"DELETE FROM audit_log WHERE seq > 12",
		 "the row is not in the audit log"},
		{"DELETE FROM audit_log WHERE seq < 5", "audit 5: 4 rows"},
		{"DELETE FROM audit_log", "the audit log is empty"},
		/* Swapped, each sealed with its own hash. */
		{"UPDATE audit_log SET seq = -seq WHERE seq IN (7, 8);"
		 "UPDATE audit_log SET seq = 15 + seq WHERE seq < 0",
		 "audit 7: the row was changed"},
		{"UPDATE audit_log SET digest = zeroblob(0)"
		 " WHERE object = 'notes'",
		 "makes no sense"},
	};
	struct fix *f = *state;

	fix_close(f);
	for (size_t i = 0; i < ARRAY_SIZE(tricks); i++) {
		struct buf whole;
		struct err err;

		buf_init(&whole, 64u << 20);
		assert_ok(fs_read(f->path, &whole, &err), err);
		sql_tamper(f, tricks[i].sql);
		expect_problem(f, tricks[i].words);
		assert_ok(fs_replace(f->path, buf_bytes(&whole), 0600, &err),
			  err);
		buf_release(&whole);
	}
}

/* The content of all tables, hashed: what a flipped bit may have changed. */
static bool fingerprint(const char *path, uint8_t out[SHA256_LEN])
{
	static const char *const names[] = {
		"meta",           "hosts",    "runs",          "run_hosts",
		"files",          "hits",     "coverage_rows", "notes",
		"pieces",         "chunks",   "events",        "findings",
		"evidence_items", "audit_log"};
	uint8_t digest[HASH_LEN_MAX];
	struct hash h;
	sqlite3 *db;
	bool readable = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY,
					NULL) == SQLITE_OK;

	hash_init(&h, HASH_SHA256);
	for (size_t i = 0; i < ARRAY_SIZE(names) && readable; i++) {
		char *sql =
			xasprintf("SELECT * FROM %s ORDER BY rowid", names[i]);
		sqlite3_stmt *stmt = NULL;
		int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

		while (rc == SQLITE_OK || rc == SQLITE_ROW) {
			rc = sqlite3_step(stmt);
			for (int k = 0;
			     rc == SQLITE_ROW && k < sqlite3_column_count(stmt);
			     k++) {
				int type = sqlite3_column_type(stmt, k);
				const void *p = sqlite3_column_blob(stmt, k);
				int n = sqlite3_column_bytes(stmt, k);

				hash_add(&h, bytes_of(&type, sizeof type));
				hash_add(&h, bytes_of(&n, sizeof n));
				hash_add(&h, bytes_of(p, p ? (size_t)n : 0));
			}
		}
		readable = rc == SQLITE_DONE;
		sqlite3_finalize(stmt);
		free(sql);
	}
	sqlite3_close(db);
	(void)hash_final(&h, digest);
	memcpy(out, digest, SHA256_LEN);
	return readable;
}

/*
 * One bit at a time, all over the file: whenever that changed a value or made
 * it unreadable, verify must not say that all is well.
 */
static void no_flipped_bit_goes_unseen(void **state)
{
	struct fix *f = *state;
	uint8_t before[SHA256_LEN], after[SHA256_LEN];
	unsigned changed = 0;
	uint64_t x = 88172645463325252u;
	off_t size;
	int fd;

	fix_close(f);
	assert_true(fingerprint(f->path, before));
	fd = open(f->path, O_RDWR);
	assert_true(fd >= 0);
	size = lseek(fd, 0, SEEK_END);
	for (int i = 0; i < 150; i++) {
		uint8_t byte, flipped;
		off_t at;
		bool readable;
		struct verdict v;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		at = (off_t)(x % (uint64_t)size);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		flipped = (uint8_t)(byte ^ 1u << (x >> 40 & 7));
		assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
		readable = fingerprint(f->path, after);
		v = fix_verify(f);
		if (!readable || memcmp(before, after, SHA256_LEN) != 0) {
			changed++;
			if (v.code == ERR_OK)
				fail_msg("bit at %lld not seen", (long long)at);
		}
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	close_fd(fd);
	assert_true(changed > 50);
	expect_sound(f);
}

/* ---- trouble ---- */

static void refused_changes_leave_nothing(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_NOTE_ADD);
	char *id = sql_str(f, "SELECT id FROM note");
	struct err err;

	c->u.note.id = change_str(c, id); /* there is one of that id */
	c->u.note.body = "again";
	assert_code(case_apply(f->cf, c, &err), ERR_EXISTS);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM event"
				    " WHERE kind = 'note'"),
			 1);
	put_note(f, "another");
	free(id);
	expect_sound(f);
}

static void two_writers_share_a_case(void **state)
{
	struct fix *f = *state, other = *f;

	fix_open(&other);
	fix_host(&other, "web02");
	fix_run(&other, "hunt");
	for (int i = 0; i < 50; i++) {
		char path[32];

		(void)snprintf(path, sizeof path, "/w/%d", i);
		put_match(f, put_file(f, path, "", false), "mine", "");
		put_match(&other, put_file(&other, path, "", false), "theirs",
			  "");
		if (i % 10 == 0)
			put_note(i % 20 ? f : &other, "note");
	}
	fix_flush(f);
	fix_flush(&other);
	expect_sound(f); /* while both are open */
	fix_close(&other);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE rule IN ('mine', 'theirs')"),
			 100);
	expect_sound(f);
}

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* RLIMIT_FSIZE stands for the full disk: writes over it fail as they would
 * there. */
static void full_disk_loses_nothing(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(4u << 20, 3);
	struct bytes b = bytes_of(p, 4u << 20);
	struct change *c;
	struct err err;
	uint64_t file;

	(void)signal(SIGXFSZ, SIG_IGN);
	fix_run(f, "collect");
	file = put_file(f, "/half", "", true);
	put_bytes(f, file, bytes_of(p, 700000)); /* under way meanwhile */
	fix_flush(f);
	limit_file_size(3u << 20);
	put_evidence(f, "/big", b);
	c = change_new(CHANGE_NOTE_ADD);
	c->u.note.body = "does not fit";
	assert_code(case_apply(f->cf, c, &err), ERR_IO);
	assert_non_null(strstr(err.msg, "disk full"));
	assert_code(case_flush(f->cf, &err), ERR_IO);
	assert_code(case_health(f->cf, &err), ERR_IO);
	assert_non_null(strstr(err.msg, "disk full"));
	limit_file_size(0);
	c = fix_record(f, REC_CHUNK);
	c->u.record.u.chunk = (struct rec_chunk){
		.file_seq = file,
		.offset = 700000,
		.data = change_bytes(c, bytes_of(p + 700000, 77))};
	fix_submit(f, c);
	put_end(f, file, bytes_of(p, 700077));
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM evidence"
				    " WHERE complete AND size IN"
				    " (4194304, 700077)"),
			 2);
	/* Who was told that it failed must not find it done after all. */
	assert_int_equal(sql_int(f, "SELECT count(*) FROM note"
				    " WHERE body = 'does not fit'"),
			 0);
	free(p);
	expect_sound(f);
}

static void what_a_full_disk_swallows_is_counted(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(4u << 20, 3);
	struct err err;

	(void)signal(SIGXFSZ, SIG_IGN);
	limit_file_size(3u << 20);
	put_evidence(f, "/big", bytes_of(p, 4u << 20));
	assert_code(case_flush(f->cf, &err), ERR_IO);
	assert_code(case_close(f->cf, &err), ERR_IO);
	f->cf = NULL;
	assert_non_null(strstr(err.msg, " changes were not saved: "));
	assert_non_null(strstr(err.msg, "disk full"));
	limit_file_size(0);
	free(p);
	expect_sound(f);
	fix_open(f);
}

static void a_locked_case_says_so(void **state)
{
	struct fix *f = *state;
	sqlite3 *other;
	struct change *c = change_new(CHANGE_NOTE_ADD);
	struct err err;

	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		SQLITE_OK);
	c->u.note.body = "waits";
	assert_code(case_apply(f->cf, c, &err), ERR_IO);
	assert_non_null(strstr(err.msg, "another program is writing"));
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);
	put_note(f, "goes on");
	expect_sound(f);
}

int main(void)
{
#define VERIFY_TEST(t) cmocka_unit_test_setup_teardown(t, filled, fix_teardown)
	const struct CMUnitTest tests[] = {
		VERIFY_TEST(a_sound_case_verifies),
		VERIFY_TEST(every_change_names_its_row),
		VERIFY_TEST(every_object_is_named),
		VERIFY_TEST(a_truncated_case_does_not_hold),
		VERIFY_TEST(the_audit_log_itself_holds),
		VERIFY_TEST(no_flipped_bit_goes_unseen),
		VERIFY_TEST(refused_changes_leave_nothing),
		VERIFY_TEST(two_writers_share_a_case),
		VERIFY_TEST(full_disk_loses_nothing),
		VERIFY_TEST(what_a_full_disk_swallows_is_counted),
		VERIFY_TEST(a_locked_case_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
