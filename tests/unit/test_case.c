/* SPDX-License-Identifier: Apache-2.0 */
/* The case file: making, opening, hosts, runs, notes, verdicts, questions. */
#include "unit/case_util.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/time.h"
#include "base/wait.h"

/* ---- making and opening ---- */

static void case_is_private_and_marked(void **state)
{
	struct fix *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(sql_int(f, "PRAGMA application_id"),
			 CASE_APPLICATION_ID);
	assert_int_equal(sql_int(f, "PRAGMA user_version"), 7);
	assert_int_equal(sql_int(f, "PRAGMA page_size"), 16384);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM meta"), 4);
}

static void case_is_one_file_once_closed(void **state)
{
	struct fix *f = *state;
	char wal[128];

	put_note(f, "n");
	fix_close(f);
	(void)snprintf(wal, sizeof wal, "%s-wal", f->path);
	assert_int_equal(access(wal, F_OK), -1);
}

static void create_leaves_what_is_there_alone(void **state)
{
	struct fix *f = *state;
	struct case_meta meta = {.name = "X", .tlp = "red"};
	struct err err;

	assert_code(case_create(f->path, &meta, "kim", &err), ERR_EXISTS);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void create_refuses_bad_names_and_markings(void **state)
{
	struct fix *f = *state;
	struct case_meta meta = {.name = "X", .tlp = "purple"};
	char path[128];
	struct err err;

	(void)snprintf(path, sizeof path, "%s/b.case", f->dir);
	assert_code(case_create(path, &meta, "kim", &err), ERR_USAGE);
	meta = (struct case_meta){.name = "", .tlp = "red"};
	assert_code(case_create(path, &meta, "kim", &err), ERR_USAGE);
	assert_int_equal(access(path, F_OK), -1);
}

static void expect_open(const char *path, enum err_code want, const char *words)
{
	struct casefile *cf = NULL;
	struct err err;

	assert_code(case_open(path, "kim", -1, &cf, &err), want);
	assert_null(cf);
	if (!strstr(err.msg, words))
		fail_msg("'%s' does not say '%s'", err.msg, words);
}

static void open_tells_what_is_wrong(void **state)
{
	struct fix *f = *state;
	char path[128];
	struct err err;

	fix_close(f);
	(void)snprintf(path, sizeof path, "%s/none.case", f->dir);
	expect_open(path, ERR_NOTFOUND, "none.case");
	expect_open(f->dir, ERR_FORMAT, "not a case");

	(void)snprintf(path, sizeof path, "%s/text.case", f->dir);
	assert_ok(fs_replace(path,
			     bytes_str("not a database at all, but long "
				       "enough to be taken for one"),
			     0600, &err),
		  err);
	expect_open(path, ERR_FORMAT, "not a case");
	assert_ok(fs_replace(path, bytes_str(""), 0600, &err), err);
	expect_open(path, ERR_FORMAT, "not a halligan case");
}

static void open_refuses_a_newer_version(void **state)
{
	struct fix *f = *state;

	fix_close(f);
	sql_tamper(f, "PRAGMA user_version = 8");
	expect_open(f->path, ERR_UNSUPPORTED, "version 8");
	expect_open(f->path, ERR_UNSUPPORTED, "up to 7");
	assert_int_equal(fix_verify(f).code, ERR_UNSUPPORTED);
	sql_tamper(f, "PRAGMA user_version = 7");
}

static void open_refuses_other_peoples_databases(void **state)
{
	struct fix *f = *state;

	fix_close(f);
	sql_tamper(f, "PRAGMA application_id = 1");
	expect_open(f->path, ERR_FORMAT, "not a halligan case");
	sql_tamper(f, "PRAGMA application_id = 0x48414c47");
}

static void open_refuses_a_foreign_trigger(void **state)
{
	struct fix *f = *state;

	fix_close(f);
	sql_tamper(f, "CREATE TRIGGER quiet AFTER INSERT ON findings BEGIN"
		      " UPDATE findings SET status = 'benign'; END");
	expect_open(f->path, ERR_FORMAT, "quiet");
	assert_int_equal(fix_verify(f).code, ERR_VERIFY);
	sql_tamper(f, "DROP TRIGGER quiet");
	sql_tamper(f, "DROP VIEW note; CREATE VIEW note AS SELECT 1 AS id");
	expect_open(f->path, ERR_FORMAT, "note");
}

static void open_refuses_a_file_it_may_not_write(void **state)
{
	struct fix *f = *state;

	if (geteuid() == 0)
		skip(); /* nothing is read-only to root */
	fix_close(f);
	assert_int_equal(chmod(f->path, 0400), 0);
	expect_open(f->path, ERR_DENIED, "acme.case");
	assert_int_equal(fix_verify(f).code, ERR_OK);
	assert_int_equal(chmod(f->dir, 0500), 0);
	assert_int_equal(fix_verify(f).code, ERR_OK);
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_int_equal(chmod(f->path, 0), 0);
	assert_int_equal(fix_verify(f).code, ERR_DENIED);
}

/* ---- hosts ---- */

static void host_names_are_unique(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_HOST_ADD);
	struct err err;

	fix_host(f, "web01");
	c->u.host.name = change_str(c, "web01");
	c->u.host.target = change_str(c, "elsewhere");
	assert_code(case_apply(f->cf, c, &err), ERR_EXISTS);
	assert_non_null(strstr(err.msg, "web01"));
	assert_int_equal(sql_int(f, "SELECT count(*) FROM host"), 1);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void hosts_are_found_by_name_and_id(void **state)
{
	struct fix *f = *state;
	struct case_host h;
	struct err err;

	fix_host(f, "web01");
	assert_ok(case_host_find(f->cf, "web01", &h, &err), err);
	assert_string_equal(h.id.s, f->host.s);
	assert_string_equal(h.target, "root@192.0.2.7:22");
	assert_null(h.key_type);
	case_host_release(&h);
	assert_ok(case_host_find(f->cf, f->host.s, &h, &err), err);
	case_host_release(&h);
	assert_ok(case_host_find(f->cf, f->host.s + 28, &h, &err), err);
	assert_string_equal(h.name, "web01");
	case_host_release(&h);
	assert_code(case_host_find(f->cf, f->host.s + 30, &h, &err),
		    ERR_NOTFOUND);
	assert_code(case_host_find(f->cf, "web02", &h, &err), ERR_NOTFOUND);
}

static void host_keys_are_pinned_and_refusals_recorded(void **state)
{
	struct fix *f = *state;
	struct case_host h;
	struct change *c;
	struct err err;
	char *s;

	fix_host(f, "web01");
	c = change_new(CHANGE_HOST_TRUST);
	c->host = f->host;
	c->u.host_key.key_type = change_str(c, "ssh-ed25519");
	c->u.host_key.key = change_bytes(c, bytes_of("\0key", 4));
	c->u.host_key.fingerprint = change_str(c, "SHA256:abc");
	c->u.host_key.how = change_str(c, "answered");
	assert_ok(case_apply(f->cf, c, &err), err);
	assert_ok(case_host_find(f->cf, "web01", &h, &err), err);
	assert_int_equal(h.key_len, 4);
	assert_memory_equal(h.key, "\0key", 4);
	assert_string_equal(h.key_fingerprint, "SHA256:abc");
	case_host_release(&h);
	s = sql_str(f, "SELECT state FROM host");
	assert_string_equal(s, "trusted");
	free(s);

	c = change_new(CHANGE_HOST_KEY_REFUSED);
	c->host = f->host;
	c->u.host_key.key_type = change_str(c, "ssh-ed25519");
	c->u.host_key.fingerprint = change_str(c, "SHA256:xyz");
	c->u.host_key.pinned_fingerprint = change_str(c, "SHA256:abc");
	assert_ok(case_apply(f->cf, c, &err), err);
	s = sql_str(f, "SELECT detail FROM audit ORDER BY seq DESC LIMIT 1");
	assert_non_null(strstr(s, "SHA256:xyz"));
	assert_non_null(strstr(s, "\"pinned\":\"SHA256:abc\""));
	free(s);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void removed_hosts_keep_evidence_and_free_their_name(void **state)
{
	struct fix *f = *state;
	struct case_host h;
	struct change *c;
	struct err err;

	fix_host(f, "web01");
	fix_run(f, "collect");
	put_evidence(f, "/etc/passwd", bytes_str("root:x:0:0"));
	fix_flush(f);
	c = change_new(CHANGE_HOST_REMOVE);
	c->host = f->host;
	assert_ok(case_apply(f->cf, c, &err), err);
	assert_code(case_host_find(f->cf, "web01", &h, &err), ERR_NOTFOUND);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM evidence"
				    " WHERE host = 'web01'"),
			 1);
	fix_host(f, "web01");
	assert_ok(case_host_find(f->cf, "web01", &h, &err), err);
	assert_string_equal(h.id.s, f->host.s);
	case_host_release(&h);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM evidence"
				    " WHERE host LIKE 'web01~%'"),
			 1);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void host_seen_leaves_what_it_does_not_tell(void **state)
{
	struct fix *f = *state;
	struct change *c;
	struct err err;
	char *s;

	fix_host(f, "web01");
	for (int i = 0; i < 2; i++) {
		c = change_new(CHANGE_HOST_SEEN);
		c->host = f->host;
		c->u.host_seen.os = i ? NULL : change_str(c, "Linux 6.1");
		c->u.host_seen.clock_offset_ns = i ? TIME_UNKNOWN : -5;
		c->u.host_seen.clock_error_ns = 2;
		assert_ok(case_apply(f->cf, c, &err), err);
	}
	s = sql_str(f, "SELECT os || clock_offset_ns || clock_error_ns"
		       " FROM host");
	assert_string_equal(s, "Linux 6.1-52");
	free(s);
}

static void changes_to_nothing_are_refused(void **state)
{
	struct fix *f = *state;
	static const enum change_kind kinds[] = {
		CHANGE_HOST_REMOVE, CHANGE_HOST_TRUST, CHANGE_HOST_SEEN,
		CHANGE_RUN_HOST,    CHANGE_RUN_END,    CHANGE_RUN_BEGIN,
		CHANGE_NOTE_EDIT,   CHANGE_FINDING_SET};
	int64_t before = sql_int(f, "SELECT count(*) FROM audit");
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct change *c = change_new(kinds[i]);

		assert_code(case_apply(f->cf, c, &err), ERR_USAGE);
		c = change_new(kinds[i]);
		c->host = c->run = uuid_v7();
		c->u.note.id = change_str(c, c->host.s);
		c->u.note.body = change_str(c, "x");
		if (kinds[i] != CHANGE_RUN_BEGIN &&
		    kinds[i] != CHANGE_FINDING_SET)
			assert_code(case_apply(f->cf, c, &err), ERR_NOTFOUND);
		else
			change_free(c);
	}
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), before);
}

/* ---- runs ---- */

static void runs_tell_how_hosts_fared(void **state)
{
	struct fix *f = *state;
	struct change *c;
	struct err err;
	char *s;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	put_run_host(f, "running");
	put_run_host(f, "partial");
	c = change_new(CHANGE_RUN_END);
	c->run = f->run;
	c->u.run_end.code = ERR_PARTIAL;
	assert_ok(case_apply(f->cf, c, &err), err);
	s = sql_str(f, "SELECT state || code || hosts FROM run");
	assert_string_equal(s, "partialpartial1");
	free(s);
	s = sql_str(f, "SELECT state FROM host");
	assert_string_equal(s, "partial");
	free(s);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM run_host"), 1);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void runs_left_open_are_interrupted(void **state)
{
	struct fix *f = *state;
	char *s;

	fix_host(f, "web01");
	fix_run(f, "collect");
	put_run_host(f, "running");
	put_bytes(f, put_file(f, "/a", "", true), bytes_str("half of i"));
	fix_flush(f);
	fix_close(f);
	s = sql_str(f, "SELECT r.state || ' ' || h.state || ' ' || e.complete"
		       " || ' ' || e.size FROM run r, run_host h, evidence e");
	assert_string_equal(s, "interrupted interrupted 0 9");
	free(s);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"
				    " WHERE action = 'run.interrupted'"),
			 1);
	assert_int_equal(fix_verify(f).code, ERR_OK);
	assert_int_equal(fix_verify(f).report.incomplete, 1);
}

static void runs_of_another_open_case_go_on(void **state)
{
	struct fix *f = *state;
	struct casefile *other;
	struct err err;
	char *s;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	assert_ok(case_open(f->path, "eva@desk", -1, &other, &err), err);
	assert_ok(case_close(other, &err), err);
	s = sql_str(f, "SELECT state FROM run");
	assert_string_equal(s, "running");
	free(s);
	/* ... unless they were begun before this machine was started. */
	sql_tamper(f, "UPDATE runs SET owner = 'another-boot x 1 1 0'");
	assert_ok(case_open(f->path, "eva@desk", -1, &other, &err), err);
	assert_ok(case_close(other, &err), err);
	s = sql_str(f, "SELECT state FROM run");
	assert_string_equal(s, "interrupted");
	free(s);
}

/* ---- notes and verdicts ---- */

static void notes_keep_their_former_words(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_NOTE_EDIT);
	struct err err;
	char *id, *s;

	fix_host(f, "web01");
	put_note(f, "isolated at the switch");
	id = sql_str(f, "SELECT id FROM note");
	c->u.note.id = change_str(c, id);
	c->u.note.body = change_str(c, "isolated\nand imaged");
	assert_ok(case_apply(f->cf, c, &err), err);
	s = sql_str(f, "SELECT body FROM note WHERE host = 'web01'"
		       " AND author = 'kim@laptop'");
	assert_string_equal(s, "isolated\nand imaged");
	free(s);
	s = sql_str(f, "SELECT detail FROM audit WHERE action = 'note.edit'");
	assert_string_equal(s, "{\"was\":\"isolated at the switch\"}");
	free(s);
	s = sql_str(f, "SELECT message FROM event WHERE kind = 'note'");
	assert_string_equal(s, "isolated\nand imaged");
	free(s);
	free(id);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void notes_must_be_text(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_NOTE_ADD);
	struct err err;

	assert_code(case_apply(f->cf, c, &err), ERR_USAGE);
	c = change_new(CHANGE_NOTE_ADD);
	c->u.note.body = change_str(c, "\xff");
	assert_code(case_apply(f->cf, c, &err), ERR_USAGE);
}

static enum err_code judge(struct fix *f, const char *id, const char *status,
			   const char *severity, struct err *err)
{
	struct change *c = change_new(CHANGE_FINDING_SET);

	c->u.finding.id = change_str(c, id);
	c->u.finding.status = change_str(c, status);
	c->u.finding.severity = change_str(c, severity);
	return case_apply(f->cf, c, err);
}

static void verdicts_are_checked_and_recorded(void **state)
{
	struct fix *f = *state;
	struct err err;
	char *id, *s;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	put_match(f, put_file(f, "/srv/x", "", false), "wellmess", "high");
	fix_flush(f);
	id = sql_str(f, "SELECT id FROM finding");
	assert_ok(judge(f, id, "benign", "low", &err), err);
	s = sql_str(f, "SELECT status || severity || severity_rank"
		       " FROM finding");
	assert_string_equal(s, "benignlow1");
	free(s);
	s = sql_str(f, "SELECT detail FROM audit ORDER BY seq DESC LIMIT 1");
	assert_string_equal(s, "{\"status\":\"benign\",\"status_was\":\"new\","
			       "\"severity\":\"low\","
			       "\"severity_was\":\"high\"}");
	free(s);
	assert_code(judge(f, id, "Not OK", NULL, &err), ERR_USAGE);
	assert_code(judge(f, id, NULL, "awful", &err), ERR_USAGE);
	assert_code(judge(f, id, NULL, NULL, &err), ERR_USAGE);
	assert_code(judge(f, "no", "benign", NULL, &err), ERR_NOTFOUND);
	free(id);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

static void exports_and_other_events_are_audited(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_EXPORT);
	struct err err;
	char *s;

	c->u.export.format = change_str(c, "csv");
	c->u.export.path = change_str(c, "t.csv");
	c->u.export.sha256 = change_str(c, "00");
	c->u.export.rows = 3;
	assert_ok(case_apply(f->cf, c, &err), err);
	s = sql_str(f, "SELECT detail FROM audit WHERE action = 'export'");
	assert_string_equal(s, "{\"format\":\"csv\",\"path\":\"t.csv\","
			       "\"sha256\":\"00\",\"rows\":3}");
	free(s);
	c = change_new(CHANGE_EVENT);
	c->u.event.action = change_str(c, "case.verify");
	c->u.event.detail = change_str(c, "{\"problems\":0}");
	assert_ok(case_apply(f->cf, c, &err), err);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"
				    " WHERE action = 'case.verify'"),
			 1);
	assert_int_equal(fix_verify(f).code, ERR_OK);
}

/* ---- questions ---- */

static void info_counts(void **state)
{
	struct fix *f = *state;
	struct case_info info;
	struct err err;

	assert_ok(case_info(f->cf, &info, &err), err);
	assert_string_equal(info.name, "ACME");
	assert_string_equal(info.tlp, "amber");
	assert_true(info.created_ns > T0);
	assert_int_equal(info.n_runs, 0);
	assert_int_equal(info.last_run.s[0], '\0');
	fix_host(f, "web01");
	fix_run(f, "hunt");
	put_match(f, put_file(f, "/srv/x", "", false), "r", "");
	put_evidence(f, "/b", bytes_str("12345"));
	fix_flush(f);
	put_note(f, "n");
	assert_ok(case_info(f->cf, &info, &err), err);
	assert_int_equal(info.n_hosts, 1);
	assert_int_equal(info.n_findings, 1);
	assert_int_equal(info.n_new_findings, 1);
	assert_int_equal(info.n_evidence, 1);
	assert_int_equal(info.evidence_bytes, 5);
	assert_int_equal(info.n_notes, 1);
	assert_int_equal(info.n_events,
			 sql_int(f, "SELECT count(*) FROM event"));
	assert_int_equal(info.n_audit,
			 sql_int(f, "SELECT count(*) FROM audit"));
	assert_string_equal(info.last_run.s, f->run.s);
	assert_string_equal(case_path(f->cf), f->path);
}

static void ids_are_found_by_their_last_digits(void **state)
{
	struct fix *f = *state;
	struct uuid id;
	struct err err;

	fix_host(f, "web01");
	fix_run(f, "hunt");
	assert_ok(case_find_id(f->cf, "run", f->run.s, &id, &err), err);
	assert_string_equal(id.s, f->run.s);
	assert_ok(case_find_id(f->cf, "run", f->run.s + 28, &id, &err), err);
	assert_string_equal(id.s, f->run.s);
	assert_code(case_find_id(f->cf, "run", "123", &id, &err), ERR_USAGE);
	assert_code(case_find_id(f->cf, "run", "no such", &id, &err),
		    ERR_NOTFOUND);
	fix_close(f);
	sql_tamper(f, "UPDATE runs SET uuid = substr(uuid, 1, 28) ||"
		      " 'aaaabbbb'; INSERT INTO runs (uuid, op, started_at,"
		      " started_by, owner, state, code) VALUES"
		      " ('ccccaaaabbbb', 'hunt', 1, 'x', 'x', 'done', 'ok')");
	fix_open(f);
	assert_code(case_find_id(f->cf, "run", "AAAABBBB", &id, &err),
		    ERR_USAGE);
}

static void commits_ring(void **state)
{
	struct fix *f = *state;
	int fd = eventfd(0, EFD_NONBLOCK);
	struct casefile *cf;
	struct change *c;
	uint64_t count;
	struct err err;

	assert_ok(case_open(f->path, "eva@desk", fd, &cf, &err), err);
	c = change_new(CHANGE_NOTE_ADD);
	c->u.note.body = change_str(c, "n");
	assert_ok(case_apply(cf, c, &err), err);
	/* The writer answers first and rings then. */
	assert_ok(wait_fd(fd, POLLIN, deadline_in(10 * NS_PER_S, NULL), &err),
		  err);
	assert_int_equal(read(fd, &count, sizeof count), sizeof count);
	assert_ok(case_close(cf, &err), err);
	close_fd(fd);
}

int main(void)
{
#define CASE_TEST(t) cmocka_unit_test_setup_teardown(t, fix_setup, fix_teardown)
	const struct CMUnitTest tests[] = {
		CASE_TEST(case_is_private_and_marked),
		CASE_TEST(case_is_one_file_once_closed),
		CASE_TEST(create_leaves_what_is_there_alone),
		CASE_TEST(create_refuses_bad_names_and_markings),
		CASE_TEST(open_tells_what_is_wrong),
		CASE_TEST(open_refuses_a_newer_version),
		CASE_TEST(open_refuses_other_peoples_databases),
		CASE_TEST(open_refuses_a_foreign_trigger),
		CASE_TEST(open_refuses_a_file_it_may_not_write),
		CASE_TEST(host_names_are_unique),
		CASE_TEST(hosts_are_found_by_name_and_id),
		CASE_TEST(host_keys_are_pinned_and_refusals_recorded),
		CASE_TEST(removed_hosts_keep_evidence_and_free_their_name),
		CASE_TEST(host_seen_leaves_what_it_does_not_tell),
		CASE_TEST(changes_to_nothing_are_refused),
		CASE_TEST(runs_tell_how_hosts_fared),
		CASE_TEST(runs_left_open_are_interrupted),
		CASE_TEST(runs_of_another_open_case_go_on),
		CASE_TEST(notes_keep_their_former_words),
		CASE_TEST(notes_must_be_text),
		CASE_TEST(verdicts_are_checked_and_recorded),
		CASE_TEST(exports_and_other_events_are_audited),
		CASE_TEST(info_counts),
		CASE_TEST(ids_are_found_by_their_last_digits),
		CASE_TEST(commits_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
