/* SPDX-License-Identifier: Apache-2.0 */
/* Records of hosts' streams as rows of a case: findings, evidence, events. */
#include "unit/case_util.h"

#include "base/time.h"

#define MIB (1u << 20)
#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* ---- findings ---- */

static void match_becomes_a_finding(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_file(f, "/srv/\xff\x1b[2J", SHA, false);

	put_hit(f, put_match(f, file, "wellmess", "Critical"), 77);
	fix_flush(f);
	assert_sql(f,
		   "SELECT host || '|' || kind || '|' || rule || '|' ||"
		   " namespace || '|' || tags || '|' || severity || '|' ||"
		   " status || '|' || technique || '|' || description || '|'"
		   " || author || '|' || reference || '|' || \"offset\" ||"
		   " '|' || size || '|' || mtime_ns FROM finding",
		   "web01|yara|wellmess|apt.yar|apt29 go|critical|new|T1105|"
		   "a known implant|us|https://e.example|77|1234|"
		   "1700000000000000000");
	assert_sql(f, "SELECT typeof(path) || hex(path) FROM finding",
		   "blob2F7372762FFF1B5B324A");
	assert_sql(f, "SELECT sha256 FROM finding", SHA);
	assert_sql(f,
		   "SELECT identifier || \"offset\" || ' ' || length || ' ' ||"
		   " context_offset || hex(context) FROM hit",
		   "$a77 4 75001B5B324A6576696C");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding d, hit h"
				    " WHERE h.finding_id = d.id"),
			 1);
	expect_sound(f);
}

static void second_sweep_updates_a_finding(void **state)
{
	struct fix *f = *state;

	for (int i = 0; i < 2; i++) {
		uint64_t file = put_file(f, "/srv/x", SHA, false);

		put_hit(f, put_match(f, file, "wellmess", "high"), 77);
		fix_flush(f);
		put_run_host(f, "done");
		fix_run(f, "hunt");
	}
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"), 1);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM hit"), 1);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM file"), 1);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM event"), 4);
	assert_int_equal(sql_int(f, "SELECT last_seen_at > found_at"
				    " FROM finding"),
			 1);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding d, run r"
				    " WHERE d.run_id = r.id AND r.id ="
				    " (SELECT max(id) FROM run WHERE id <"
				    " (SELECT max(id) FROM run))"),
			 1);
	expect_sound(f);
}

static void other_content_rule_or_host_is_another_finding(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_file(f, "/srv/x", SHA, false);

	put_match(f, file, "wellmess", "");
	put_match(f, file, "wellmail", "");
	put_match(f, put_file(f, "/srv/x", "", false), "wellmess", "");
	fix_flush(f);
	fix_host(f, "web02");
	fix_run(f, "hunt");
	put_match(f, put_file(f, "/srv/x", SHA, false), "wellmess", "");
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"), 4);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE host = 'web02'"),
			 1);
	expect_sound(f);
}

/* Of one archive, and told again by the next sweep. */
static void members_are_files_of_their_own(void **state)
{
	static const char *const members[] = {"a", "b.tar!/a"};
	struct fix *f = *state;

	for (int sweep = 0; sweep < 2; sweep++) {
		put_match(f, put_file(f, "/srv/x.zip", SHA, false), "r", "");
		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			put_match(f, put_member(f, "/srv/x.zip", members[i],
						SHA),
				  "r", "");
		fix_flush(f);
		fix_run(f, "hunt");
	}
	assert_int_equal(sql_int(f, "SELECT count(*) FROM file"), 3);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"), 3);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE member IS NULL"),
			 1);
	assert_sql(f,
		   "SELECT group_concat(member, ' ') FROM"
		   " (SELECT CAST(member AS TEXT) AS member FROM finding"
		   " WHERE member IS NOT NULL ORDER BY member)",
		   "a b.tar!/a");
	expect_sound(f);
}

static void severities_are_one_of_five(void **state)
{
	static const char *const words[][2] = {
		{"", "medium"},       {"HIGH", "high"},    {" low ", "low"},
		{"75", "high"},       {"100", "critical"}, {"0", "info"},
		{"1", "low"},         {"Info", "info"},    {"bad", "medium"},
		{"crit", "critical"}, {"-3", "medium"},
	};
	struct fix *f = *state;
	uint64_t file = put_file(f, "/srv/x", "", false);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char rule[16];

		(void)snprintf(rule, sizeof rule, "r%zu", i);
		put_match(f, file, rule, words[i][0]);
	}
	fix_flush(f);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char *sql = xasprintf("SELECT severity FROM finding"
				      " WHERE rule = 'r%zu'",
				      i);

		assert_sql(f, sql, words[i][1]);
		free(sql);
	}
}

static void a_verdict_outlives_the_next_sweep(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_FINDING_SET);
	struct err err;
	char *id;

	put_match(f, put_file(f, "/srv/x", SHA, false), "r", "high");
	fix_flush(f);
	id = sql_str(f, "SELECT id FROM finding");
	c->u.finding.id = change_str(c, id);
	c->u.finding.status = "benign";
	assert_ok(case_apply(f->cf, c, &err), err);
	fix_run(f, "hunt");
	put_match(f, put_file(f, "/srv/x", SHA, false), "r", "high");
	fix_flush(f);
	assert_sql(f, "SELECT status || count(*) FROM finding", "benign1");
	free(id);
	expect_sound(f);
}

/* ---- events ---- */

static void files_tell_when_things_happened(void **state)
{
	struct fix *f = *state;

	put_file(f, "/srv/x", SHA, false);
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM event"), 3);
	assert_sql(f,
		   "SELECT datetime || ' ' || timestamp_desc || ' ' || kind"
		   " || ' ' || message FROM event ORDER BY time_ns LIMIT 1",
		   "2023-11-14T22:13:20.000000+00:00 "
		   "Content Modification Time file "
		   "/srv/x (1234 bytes, mode 0644, uid 33, gid 33)");
	assert_sql(f,
		   "SELECT group_concat(timestamp_desc, ',') FROM"
		   " (SELECT timestamp_desc FROM event ORDER BY time_ns)",
		   "Content Modification Time,Last Access Time,"
		   "Metadata Modification Time");
}

/* Another atime, as our own reading may leave behind, is one more event. */
static void only_changed_times_are_events_again(void **state)
{
	struct fix *f = *state;
	struct change *c = fix_record(f, REC_FILE);

	put_file(f, "/srv/x", SHA, false);
	c->u.record.u.file = (struct rec_file){
		.seq = ++f->files,
		.path = change_bytes(c, bytes_str("/srv/x")),
		.mode = 0100644,
		.uid = 33,
		.gid = 33,
		.nlink = 1,
		.ino = 4711,
		.dev = 2049,
		.size = 1234,
		.mtime_ns = T0,
		.atime_ns = T0 + 99,
		.ctime_ns = T0 + 2,
		.btime_ns = TIME_UNKNOWN,
		.sha256 = change_bytes(c, bytes_str(SHA)),
	};
	fix_submit(f, c);
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM file"), 2);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM event"), 4);
}

static void times_before_1970_are_shown(void **state)
{
	struct fix *f = *state;
	struct change *c = fix_record(f, REC_FILE);

	c->u.record.u.file = (struct rec_file){
		.seq = ++f->files,
		.path = change_bytes(c, bytes_str("/old")),
		.mtime_ns = -1,
		.atime_ns = TIME_UNKNOWN,
		.ctime_ns = TIME_UNKNOWN,
		.btime_ns = TIME_UNKNOWN,
	};
	fix_submit(f, c);
	fix_flush(f);
	assert_sql(f, "SELECT datetime FROM event",
		   "1969-12-31T23:59:59.999999+00:00");
}

/* ---- evidence ---- */

static void evidence_comes_back_whole(void **state)
{
	static const size_t sizes[] = {0,       1,           RECORD_CHUNK_MAX,
				       MIB - 1, MIB,         MIB + 1,
				       3 * MIB, 5 * MIB + 77};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint8_t *p = noise(sizes[i], (unsigned)i);
		struct bytes b = bytes_of(p, sizes[i]);
		char sha[HASH_HEX_MAX], *sql, *id;
		uint8_t digest[SHA256_LEN];

		hash_sha256(b, digest);
		(void)hex_encode(bytes_of(digest, 32), sha, sizeof sha);
		put_evidence(f, "/var/log/x", b);
		fix_flush(f);
		sql = xasprintf("SELECT id FROM evidence WHERE sha256 = '%s'"
				" AND sha256_source = sha256 AND complete = 1"
				" AND size = %zu AND reason IS NULL",
				sha, sizes[i]);
		id = sql_str(f, sql);
		assert_non_null(id);
		assert_evidence(f, id, b);
		free(id);
		free(sql);
		free(p);
	}
	expect_sound(f);
}

static void same_bytes_are_stored_once(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(2 * MIB + 5, 9);

	put_evidence(f, "/a", bytes_of(p, 2 * MIB + 5));
	fix_flush(f);
	fix_host(f, "web02");
	fix_run(f, "collect");
	put_evidence(f, "/b", bytes_of(p, 2 * MIB + 5));
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM evidence"), 2);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM pieces"), 6);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM chunks"), 3);
	free(p);
	expect_sound(f);
}

static void what_shrinks_is_compressed(void **state)
{
	struct fix *f = *state;
	uint8_t *zeros = xcalloc(MIB, 1), *p = noise(MIB, 1);

	put_evidence(f, "/zeros", bytes_of(zeros, MIB));
	put_evidence(f, "/noise", bytes_of(p, MIB));
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(codec || ' ' || (length(data) < 999))"
		   " FROM chunks",
		   "1 1,0 0");
	free(zeros);
	free(p);
}

static void broken_transfer_is_said_so(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_file(f, "/etc/shadow", "", true);

	put_bytes(f, file, bytes_str("root:x"));
	put_end(f, file, bytes_str("root:y"));
	fix_flush(f);
	assert_sql(f, "SELECT complete || reason FROM evidence",
		   "0sha256 differs after transfer");
	assert_sql(f,
		   "SELECT outcome || ' ' || reason || ' ' || path"
		   " FROM coverage",
		   "failed sha256 differs after transfer /etc/shadow");
	expect_sound(f);
	assert_int_equal(fix_verify(f).report.incomplete, 1);
}

static void cancelled_item_keeps_what_it_has(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(MIB + 10, 3), got[32];
	size_t n = sizeof got;
	struct err err;
	char *id;

	put_bytes(f, put_file(f, "/core", "", true), bytes_of(p, MIB + 10));
	put_run_host(f, "cancelled");
	fix_flush(f);
	assert_sql(f, "SELECT complete || ' ' || size || reason FROM evidence",
		   "0 1048586broken off");
	id = sql_str(f, "SELECT id FROM evidence");
	assert_ok(case_evidence_read(f->cf, id, MIB, got, &n, &err), err);
	assert_int_equal(n, 10);
	assert_memory_equal(got, p + MIB, 10);
	expect_sound(f);
	free(id);
	free(p);
}

static void missing_bytes_read_as_not_there(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_file(f, "/core", "", true); /* of 1234 bytes */
	size_t n = 8;
	uint8_t got[8];
	struct err err;
	char *id;

	put_bytes(f, file, bytes_str("abc"));
	put_run_host(f, "failed");
	fix_flush(f);
	id = sql_str(f, "SELECT id FROM evidence");
	assert_code(case_evidence_read(f->cf, id, 3, got, &n, &err),
		    ERR_NOTFOUND);
	n = 8;
	assert_code(case_evidence_read(f->cf, "no", 3, got, &n, &err),
		    ERR_NOTFOUND);
	free(id);
}

static void gaps_keep_their_place(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_file(f, "/proc/kcore", "", true);
	struct change *c = fix_record(f, REC_CHUNK);
	uint8_t got[8];
	size_t n = 4;
	struct err err;
	char *id;

	put_bytes(f, file, bytes_str("abc"));
	c->u.record.u.chunk =
		(struct rec_chunk){.file_seq = file,
				   .offset = 100,
				   .data = change_bytes(c, bytes_str("xyz"))};
	fix_submit(f, c);
	put_end(f, file, bytes_str("abcxyz"));
	fix_flush(f);
	assert_sql(f, "SELECT complete || reason FROM evidence",
		   "0it has gaps");
	id = sql_str(f, "SELECT id FROM evidence");
	assert_ok(case_evidence_read(f->cf, id, 100, got, &n, &err), err);
	assert_int_equal(n, 3);
	assert_memory_equal(got, "xyz", 3);
	n = 4;
	assert_code(case_evidence_read(f->cf, id, 50, got, &n, &err),
		    ERR_NOTFOUND);
	free(id);
	expect_sound(f);
}

static void flush_in_mid_file_keeps_it_whole(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(2 * MIB, 4);
	uint64_t file = put_file(f, "/core", "", true);
	char *id;

	for (size_t at = 0; at < 2 * MIB; at += 100000) {
		size_t n = MIN((size_t)100000, 2 * MIB - at);
		struct change *c = fix_record(f, REC_CHUNK);

		c->u.record.u.chunk = (struct rec_chunk){
			.file_seq = file,
			.offset = at,
			.data = change_bytes(c, bytes_of(p + at, n))};
		fix_submit(f, c);
		if (at % 500000 == 0)
			fix_flush(f);
	}
	put_end(f, file, bytes_of(p, 2 * MIB));
	fix_flush(f);
	assert_sql(f, "SELECT complete FROM evidence", "1");
	id = sql_str(f, "SELECT id FROM evidence");
	assert_evidence(f, id, bytes_of(p, 2 * MIB));
	free(id);
	free(p);
	expect_sound(f);
}

static void findings_know_their_evidence(void **state)
{
	struct fix *f = *state;
	struct bytes b = bytes_str("MZ");
	char sha[HASH_HEX_MAX];
	uint8_t digest[SHA256_LEN];
	uint64_t file;

	hash_sha256(b, digest);
	(void)hex_encode(bytes_of(digest, 32), sha, sizeof sha);
	/* Matched and sent at once; matched now, collected later. */
	file = put_file(f, "/srv/x", sha, true);
	put_match(f, file, "r", "");
	put_bytes(f, file, b);
	put_end(f, file, b);
	put_match(f, put_file(f, "/srv/y", sha, false), "r", "");
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(evidence_id) FROM finding"),
			 1);
	fix_run(f, "collect");
	put_evidence(f, "/srv/y", b);
	put_evidence(f, "/srv/y", bytes_str("other"));
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding d, evidence e"
				    " WHERE d.evidence_id = e.id AND"
				    " d.path = e.path AND d.sha256 = e.sha256"),
			 2);
	expect_sound(f);
}

/* ---- streams ---- */

static void streams_interleave(void **state)
{
	struct fix *f = *state, other = *f;
	uint8_t *p = noise(3 * MIB, 5);
	uint64_t mine, theirs;

	fix_host(&other, "web02");
	fix_run(&other, "collect");
	mine = put_file(f, "/mine", "", true);
	theirs = put_file(&other, "/theirs", "", true);
	assert_int_equal(mine, theirs); /* each stream has its own numbers */
	for (size_t at = 0; at < 3 * MIB; at += RECORD_CHUNK_MAX)
		for (int i = 0; i < 2; i++) {
			struct change *c =
				fix_record(i ? &other : f, REC_CHUNK);
			const uint8_t *from =
				i ? p + 3 * MIB - at - RECORD_CHUNK_MAX
				  : p + at;

			c->u.record.u.chunk = (struct rec_chunk){
				.file_seq = mine,
				.offset = at,
				.data = change_bytes(
					c, bytes_of(from, RECORD_CHUNK_MAX))};
			fix_submit(f, c);
		}
	put_match(f, mine, "mine", "");
	put_match(&other, theirs, "theirs", "");
	put_end(f, mine, bytes_of(p, 3 * MIB));
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(host || rule) FROM"
		   " (SELECT * FROM finding ORDER BY rule)",
		   "web01mine,web02theirs");
	assert_sql(f, "SELECT host FROM evidence WHERE complete", "web01");
	expect_sound(f);
	free(p);
}

static void hello_tells_the_system(void **state)
{
	struct fix *f = *state;
	int64_t before;

	for (int i = 0; i < 2; i++) {
		struct change *c = fix_record(f, REC_HELLO);

		c->u.record.u.hello = (struct rec_hello){
			.program = change_bytes(c, bytes_str("probe 1")),
			.os = change_bytes(c, bytes_str("Linux 6.1\xff")),
			.arch = change_bytes(c, bytes_str("x86_64")),
			.hostname = change_bytes(c, bytes_str("w\xff"))};
		before = sql_int(f, "SELECT count(*) FROM audit");
		fix_submit(f, c);
		fix_flush(f);
	}
	assert_sql(f, "SELECT os || arch || hex(hostname) FROM host",
		   "Linux 6.1\\xffx86_6477FF");
	/* Said again it is no change. */
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), before);
	put_evidence(f, "/x", bytes_str("1"));
	fix_flush(f);
	assert_sql(f, "SELECT method || acquired_by FROM evidence",
		   "probe 1kim@laptop");
}

static void coverage_is_kept(void **state)
{
	struct fix *f = *state;

	put_coverage(f, "scanned", "/srv");
	put_coverage(f, "skipped", "/proc");
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(host || what || outcome || path ||"
		   " files || bytes || detail) FROM coverage WHERE run_id ="
		   " (SELECT id FROM run)",
		   "web01huntscanned/srv101000why,"
		   "web01huntskipped/proc101000why");
	expect_sound(f);
}

static void talk_of_progress_leaves_no_trace(void **state)
{
	struct fix *f = *state;
	int64_t before = sql_int(f, "SELECT count(*) FROM audit");

	fix_submit(f, fix_record(f, REC_PROGRESS));
	fix_submit(f, fix_record(f, REC_DONE));
	fix_submit(f, fix_record(f, REC_FAULT));
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), before);
}

/* Records that make no sense are refused, said so, and harm nobody else. */
static void senseless_records_are_refused(void **state)
{
	struct fix *f = *state;
	struct change *c;
	struct err err;

	put_match(f, 99, "r", "");
	put_hit(f, 99, 1);
	put_bytes(f, 99, bytes_str("x"));
	put_end(f, 99, bytes_str("x"));
	put_file(f, "", "", false);
	put_file(f, "/x", "abc", false);
	put_file(f, "/good", "", true);
	f->files--;
	put_file(f, "/twice", "", false);
	c = fix_record(f, REC_CHUNK);
	c->u.record.u.chunk.file_seq = f->files;
	c->u.record.u.chunk.offset = UINT64_MAX - 5;
	c->u.record.u.chunk.data = change_bytes(c, bytes_str("abcdef"));
	fix_submit(f, c);
	c = fix_record(f, REC_COVERAGE);
	c->host = uuid_v7();
	fix_submit(f, c);
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"
				    " WHERE action = 'change.refused'"),
			 9);
	assert_sql(f, "SELECT count(*) || path FROM file", "1/good");
	assert_code(case_health(f->cf, &err), ERR_FORMAT);
	assert_code(case_health(f->cf, &err), ERR_OK);
	expect_sound(f);
}

/* "All done" is not the word of one whose records made no sense. */
static void who_makes_no_sense_is_not_done(void **state)
{
	struct fix *f = *state;
	struct change *c;
	struct err err;

	put_run_host(f, "running");
	put_bytes(f, 99, bytes_str("x"));
	put_end(f, 99, bytes_str("x"));
	put_run_host(f, "done");
	c = change_new(CHANGE_RUN_END);
	c->run = f->run;
	fix_submit(f, c);
	fix_flush(f);
	assert_sql(f, "SELECT state || code FROM run_host", "partialpartial");
	assert_sql(f, "SELECT state || code FROM run", "partialpartial");
	assert_sql(f, "SELECT count(*) || outcome || reason FROM coverage",
		   "1failedrefused");
	assert_code(case_health(f->cf, &err), ERR_FORMAT);
	expect_sound(f);
}

/* The next probe of a host that was cut off has numbers of its own. */
static void a_stream_that_was_cut_is_followed_by_another(void **state)
{
	struct fix *f = *state;

	put_run_host(f, "running");
	put_match(f, put_file(f, "/x", "", false), "r", "low");
	put_bytes(f, put_file(f, "/half", "", true), bytes_str("some"));
	put_run_host(f, "reconnecting");
	f->files = f->matches = 0;
	put_match(f, put_file(f, "/x", "", false), "r", "low");
	put_evidence(f, "/half", bytes_str("some and all"));
	put_run_host(f, "done");
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"), 1);
	assert_sql(f, "SELECT group_concat(complete || coalesce(reason, ''))"
		      " FROM (SELECT * FROM evidence ORDER BY complete)",
		   "0broken off,1");
	assert_sql(f, "SELECT state FROM run_host", "done");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"
				    " WHERE action = 'change.refused'"),
			 0);
	expect_sound(f);
}

static void put_cursor(struct fix *f, uint64_t root, const char *path)
{
	struct change *c = fix_record(f, REC_CURSOR);

	c->u.record.u.cursor.root = root;
	c->u.record.u.cursor.path = change_bytes(c, bytes_str(path));
	fix_submit(f, c);
}

/* On disk, and the newest of them, whatever becomes of us. */
static void a_cursor_is_kept_for_its_host(void **state)
{
	struct fix *f = *state;

	put_run_host(f, "running");
	put_cursor(f, 0, "/a");
	put_cursor(f, 1, "/b/\xff");
	put_run_host(f, "running");
	fix_flush(f);
	assert_sql(f, "SELECT cursor_root || hex(cursor) FROM run_host",
		   "12F622FFF");
	expect_sound(f);
}

/* While somebody else holds the file nothing is lost, and the box fills. */
static void full_mailbox_pushes_back(void **state)
{
	struct fix *f = *state;
	uint8_t *p = noise(RECORD_CHUNK_MAX, 7);
	uint64_t file = put_file(f, "/big", "", true), sent = 0;
	struct sink *sink;
	sqlite3 *other;
	struct change *c;
	struct err err;
	bool room = true;

	assert_ok(case_sink(f->cf, &sink, &err), err);
	fix_flush(f);
	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		SQLITE_OK);
	while (room) { /* the box takes 8 MiB */
		c = fix_record(f, REC_CHUNK);
		c->u.record.u.chunk = (struct rec_chunk){
			.file_seq = file,
			.offset = sent * RECORD_CHUNK_MAX,
			.data = change_bytes(c, bytes_of(p, RECORD_CHUNK_MAX))};
		room = sink_submit(sink, c);
		sent += room;
		assert_true(sent < 60);
	}
	assert_true(sent > 24);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(other);
	fix_submit(f, c); /* waits for room */
	sent++;
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT size FROM evidence"),
			 sent * RECORD_CHUNK_MAX);
	free(p);
}

int main(void)
{
#define RECORD_TEST(t)                                                         \
	cmocka_unit_test_setup_teardown(t, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		RECORD_TEST(match_becomes_a_finding),
		RECORD_TEST(second_sweep_updates_a_finding),
		RECORD_TEST(other_content_rule_or_host_is_another_finding),
		RECORD_TEST(members_are_files_of_their_own),
		RECORD_TEST(severities_are_one_of_five),
		RECORD_TEST(a_verdict_outlives_the_next_sweep),
		RECORD_TEST(files_tell_when_things_happened),
		RECORD_TEST(only_changed_times_are_events_again),
		RECORD_TEST(times_before_1970_are_shown),
		RECORD_TEST(evidence_comes_back_whole),
		RECORD_TEST(same_bytes_are_stored_once),
		RECORD_TEST(what_shrinks_is_compressed),
		RECORD_TEST(broken_transfer_is_said_so),
		RECORD_TEST(cancelled_item_keeps_what_it_has),
		RECORD_TEST(missing_bytes_read_as_not_there),
		RECORD_TEST(gaps_keep_their_place),
		RECORD_TEST(flush_in_mid_file_keeps_it_whole),
		RECORD_TEST(findings_know_their_evidence),
		RECORD_TEST(streams_interleave),
		RECORD_TEST(hello_tells_the_system),
		RECORD_TEST(coverage_is_kept),
		RECORD_TEST(talk_of_progress_leaves_no_trace),
		RECORD_TEST(senseless_records_are_refused),
		RECORD_TEST(who_makes_no_sense_is_not_done),
		RECORD_TEST(a_stream_that_was_cut_is_followed_by_another),
		RECORD_TEST(a_cursor_is_kept_for_its_host),
		RECORD_TEST(full_mailbox_pushes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
