/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of a case share. */
#include "unit/case_util.h"

#include <poll.h>

#include "base/fs.h"
#include "base/time.h"
#include "base/wait.h"

#define ACTOR "kim@laptop"

int fix_setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof *f);
	struct case_meta meta = {.name = "ACME", .tlp = "amber"};
	struct err err;

	hash_lib_init();
	(void)snprintf(f->dir, sizeof f->dir, "/tmp/halligan-case-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	(void)snprintf(f->path, sizeof f->path, "%s/acme.case", f->dir);
	assert_ok(case_create(f->path, &meta, ACTOR, &err), err);
	*state = f;
	fix_open(f);
	return 0;
}

int fix_teardown(void **state)
{
	struct fix *f = *state;
	struct err err;

	fix_close(f);
	assert_ok(fs_remove_tree(f->dir, &err), err);
	free(f);
	return 0;
}

void fix_open(struct fix *f)
{
	struct err err;

	assert_ok(case_open(f->path, ACTOR, -1, &f->cf, &err), err);
}

void fix_close(struct fix *f)
{
	struct err err;

	if (f->cf)
		assert_ok(case_close(f->cf, &err), err);
	f->cf = NULL;
}

void fix_host(struct fix *f, const char *name)
{
	struct change *c = change_new(CHANGE_HOST_ADD);
	struct err err;

	c->host = f->host = uuid_v7();
	c->u.host.name = change_str(c, name);
	c->u.host.target = change_str(c, "root@192.0.2.7:22");
	assert_ok(case_apply(f->cf, c, &err), err);
}

void fix_run(struct fix *f, const char *op)
{
	struct change *c = change_new(CHANGE_RUN_BEGIN);
	struct err err;

	c->run = f->run = uuid_v7();
	f->files = f->matches = 0;
	c->u.run.op = change_str(c, op);
	c->u.run.command = change_str(c, "hunt --all");
	assert_ok(case_apply(f->cf, c, &err), err);
}

void fix_submit(struct fix *f, struct change *c)
{
	struct sink *sink;
	struct err err;

	assert_ok(case_sink(f->cf, &sink, &err), err);
	while (!sink_submit(sink, c))
		assert_ok(wait_fd(sink->room_fd, POLLIN,
				  deadline_in(60 * NS_PER_S, NULL), &err),
			  err);
}

void fix_flush(struct fix *f)
{
	struct err err;

	assert_ok(case_flush(f->cf, &err), err);
}

struct change *fix_record(struct fix *f, enum rec_type type)
{
	struct change *c = change_new(CHANGE_RECORD);

	c->host = f->host;
	c->run = f->run;
	c->u.record.type = type;
	return c;
}

static uint64_t put_any_file(struct fix *f, const char *path,
			     const char *member, const char *sha256,
			     bool content)
{
	struct change *c = fix_record(f, REC_FILE);
	struct rec_file *r = &c->u.record.u.file;

	*r = (struct rec_file){
		.seq = ++f->files,
		.path = change_bytes(c, bytes_str(path)),
		.member = change_bytes(c, bytes_str(member)),
		.mode = 0100644,
		.uid = 33,
		.gid = 33,
		.nlink = 1,
		.ino = 4711,
		.dev = 2049,
		.size = 1234,
		.mtime_ns = T0,
		.atime_ns = T0 + 1,
		.ctime_ns = T0 + 2,
		.btime_ns = TIME_UNKNOWN,
		.sha256 = change_bytes(c, bytes_str(sha256)),
		.content = content,
	};
	fix_submit(f, c);
	return f->files;
}

uint64_t put_file(struct fix *f, const char *path, const char *sha256,
		  bool content)
{
	return put_any_file(f, path, "", sha256, content);
}

uint64_t put_member(struct fix *f, const char *path, const char *member,
		    const char *sha256)
{
	return put_any_file(f, path, member, sha256, false);
}

uint64_t put_match(struct fix *f, uint64_t file, const char *rule,
		   const char *severity)
{
	struct change *c = fix_record(f, REC_MATCH);
	struct rec_match *r = &c->u.record.u.match;

	*r = (struct rec_match){
		.seq = ++f->matches,
		.file_seq = file,
		.rule = change_bytes(c, bytes_str(rule)),
		.ns = change_bytes(c, bytes_str("apt.yar")),
		.tags = change_bytes(c, bytes_str("apt29 go")),
		.severity = change_bytes(c, bytes_str(severity)),
		.technique = change_bytes(c, bytes_str("T1105")),
		.description = change_bytes(c, bytes_str("a known implant")),
		.author = change_bytes(c, bytes_str("us")),
		.reference = change_bytes(c, bytes_str("https://e.example")),
		.n_hits = 1,
	};
	fix_submit(f, c);
	return f->matches;
}

void put_hit(struct fix *f, uint64_t match, uint64_t offset)
{
	struct change *c = fix_record(f, REC_HIT);
	struct rec_hit *r = &c->u.record.u.hit;

	*r = (struct rec_hit){
		.match_seq = match,
		.identifier = change_bytes(c, bytes_str("$a")),
		.offset = offset,
		.length = 4,
		.context = change_bytes(c, bytes_of("\0\x1b[2Jevil", 9)),
		.context_offset = offset - 2,
	};
	fix_submit(f, c);
}

void put_bytes(struct fix *f, uint64_t file, struct bytes b)
{
	uint64_t offset = 0;

	while (b.n) {
		struct change *c = fix_record(f, REC_CHUNK);
		size_t n = MIN(b.n, (size_t)RECORD_CHUNK_MAX);

		c->u.record.u.chunk = (struct rec_chunk){
			.file_seq = file,
			.offset = offset,
			.data = change_bytes(c, bytes_of(b.p, n))};
		fix_submit(f, c);
		offset += n;
		b = bytes_skip(b, n);
	}
}

void put_end(struct fix *f, uint64_t file, struct bytes whole)
{
	struct change *c = fix_record(f, REC_FILE_END);
	uint8_t digest[SHA256_LEN];

	hash_sha256(whole, digest);
	c->u.record.u.file_end = (struct rec_file_end){
		.file_seq = file,
		.size = whole.n,
		.sha256 = change_bytes(c, bytes_of(digest, sizeof digest)),
		.complete = true};
	fix_submit(f, c);
}

void put_triage(struct fix *f)
{
	struct change *c = fix_record(f, REC_PLAN);

	c->u.record.u.plan.op = bytes_str("triage");
	fix_submit(f, c);
}

uint64_t put_evidence(struct fix *f, const char *path, struct bytes b)
{
	uint64_t file = put_file(f, path, "", true);

	put_bytes(f, file, b);
	put_end(f, file, b);
	return file;
}

void put_coverage(struct fix *f, const char *outcome, const char *path)
{
	struct change *c = fix_record(f, REC_COVERAGE);

	c->u.record.u.coverage = (struct rec_coverage){
		.what = change_bytes(c, bytes_str("hunt")),
		.outcome = change_bytes(c, bytes_str(outcome)),
		.reason = change_bytes(c, bytes_str("")),
		.path = change_bytes(c, bytes_str(path)),
		.detail = change_bytes(c, bytes_str("why")),
		.files = 10,
		.bytes = 1000};
	fix_submit(f, c);
}

void put_covered(struct fix *f, const char *what, const char *outcome,
		 const char *reason, const char *path)
{
	struct change *c = fix_record(f, REC_COVERAGE);

	c->u.record.u.coverage = (struct rec_coverage){
		.what = change_bytes(c, bytes_str(what)),
		.outcome = change_bytes(c, bytes_str(outcome)),
		.reason = change_bytes(c, bytes_str(reason)),
		.path = change_bytes(c, bytes_str(path))};
	fix_submit(f, c);
}

void put_run_host(struct fix *f, const char *state)
{
	struct change *c = change_new(CHANGE_RUN_HOST);

	c->host = f->host;
	c->run = f->run;
	c->u.run_host.state = change_str(c, state);
	c->u.run_host.files = 10;
	fix_submit(f, c);
}

void put_note(struct fix *f, const char *body)
{
	struct change *c = change_new(CHANGE_NOTE_ADD);
	struct err err;

	c->host = f->host;
	c->u.note.body = change_str(c, body);
	assert_ok(case_apply(f->cf, c, &err), err);
}

static sqlite3 *plain_open(struct fix *f)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	return db;
}

char *sql_str(struct fix *f, const char *sql)
{
	sqlite3 *db = plain_open(f);
	sqlite3_stmt *stmt;
	const char *text;
	char *out = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		out = text ? xstrdup(text) : NULL;
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return out;
}

int64_t sql_int(struct fix *f, const char *sql)
{
	char *s = sql_str(f, sql);
	int64_t n = s ? strtoll(s, NULL, 10) : -1;

	free(s);
	return n;
}

void sql_tamper(struct fix *f, const char *sql)
{
	sqlite3 *db = plain_open(f);

	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void add_line(void *arg, const char *line)
{
	struct verdict *v = arg;
	size_t used = strlen(v->lines);

	(void)snprintf(v->lines + used, sizeof v->lines - used, "%s\n", line);
}

struct verdict fix_verify(struct fix *f)
{
	struct verdict v = {0};

	v.code = case_verify(f->path, add_line, &v, &v.report, &v.err);
	return v;
}

void assert_sql(struct fix *f, const char *sql, const char *want)
{
	char *got = sql_str(f, sql);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

struct verdict expect_sound(struct fix *f)
{
	struct verdict v = fix_verify(f);

	if (v.code != ERR_OK)
		fail_msg("%s\n%s", v.err.msg, v.lines);
	return v;
}

uint8_t *noise(size_t n, unsigned seed)
{
	uint64_t x = 0x9e3779b97f4a7c15u * (seed + 1);
	uint8_t *p = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++) { /* xorshift64 */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 32);
	}
	return p;
}

int host_and_run(void **state)
{
	int rc = fix_setup(state);

	if (rc == 0) {
		fix_host(*state, "web01");
		fix_run(*state, "hunt");
	}
	return rc;
}

const struct value *fix_cell(struct rows *rows, uint64_t index,
			     const char *column)
{
	struct row row;
	struct err err;

	assert_ok(rows_get(rows, index, &row, &err), err);
	return &row.values[view_column(rows_view(rows), column)];
}

void assert_evidence(struct fix *f, const char *id, struct bytes want)
{
	uint8_t *got = xmalloc(want.n + 1);
	size_t done = 0, n = 1;
	struct err err;

	while (done < want.n && n) {
		n = MIN(want.n - done, (size_t)300007); /* across chunks */
		assert_ok(case_evidence_read(f->cf, id, done, got + done, &n,
					     &err),
			  err);
		done += n;
	}
	assert_int_equal(done, want.n);
	assert_memory_equal(got, want.p ? want.p : got, want.n);
	n = 1;
	assert_ok(case_evidence_read(f->cf, id, want.n, got, &n, &err), err);
	assert_int_equal(n, 0);
	free(got);
}
