/* SPDX-License-Identifier: Apache-2.0 */
/* Facts: what is so on a host, and which of them belong to its picture. */
#include "unit/case_util.h"

#include "model/detail.h"
#include "model/fact.h"

static struct change *fact_of(struct fix *f, const char *kind, const char *name,
			      const char *detail)
{
	struct change *c = fix_record(f, REC_FACT);

	c->u.record.u.fact = (struct rec_fact){.kind = bytes_str(kind),
					       .name = bytes_str(name),
					       .detail = bytes_str(detail)};
	return c;
}

static void put_account(struct fix *f, uint64_t file, const char *name)
{
	struct change *c = fact_of(f, "account", name,
				   "{\"uid\":0,\"home\":\"/root\"}");

	c->u.record.u.fact.file_seq = file;
	c->u.record.u.fact.length = 4;
	fix_submit(f, c);
}

static void a_fact_has_its_members_and_place(void **state)
{
	struct fix *f = *state;
	struct change *p = fix_record(f, REC_PROCESS), *c;

	p->u.record.u.process = (struct rec_process){
		.seq = 1, .pid = 77, .detail = bytes_str("{\"comm\":\"x\"}")};
	fix_submit(f, p);
	c = fact_of(f, "container", "web", "{\"image\":\"i\"}");
	c->u.record.u.fact.process_seq = 1;
	fix_submit(f, c);
	put_account(f, put_evidence(f, "/etc/passwd", bytes_str("toor:x:0")),
		    "toor");
	fix_flush(f);
	assert_sql(f,
		   "SELECT CAST(name AS TEXT) || '|' || (detail ->> 'image') ||"
		   " '|' || pid || '|' || current FROM fact"
		   " WHERE kind = 'container'",
		   "web|i|77|1");
	assert_sql(f,
		   "SELECT CAST(name AS TEXT) || '|' || uid || '|' ||"
		   " CAST(home AS TEXT) FROM account",
		   "toor|0|/root");
	assert_sql(f, "SELECT detail ->> 'comm' FROM process", "x");
	c = fact_of(f, "unit", "x.service",
		    "{\"type\":\"service\",\"exec\":[\"/tmp/x -d\"]}");
	fix_submit(f, c);
	fix_submit(f, fact_of(f, "cron", "curl x | sh", "{}"));
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(kind || ' ' || CAST(command AS TEXT))"
		   " FROM unit",
		   "service /tmp/x -d,cron curl x | sh");
	assert_int_equal(sql_int(f, "SELECT facts FROM evidence"), 1);
	expect_sound(f);
	sql_tamper(f, "UPDATE facts SET name = X'61' WHERE kind = 'account'");
	assert_code(fix_verify(f).code, ERR_VERIFY);
}

static void facts_that_make_no_sense_are_refused(void **state)
{
	struct fix *f = *state;
	struct err err;
	struct change *c;

	fix_submit(f, fact_of(f, "module", "a", "{\"size\":"));
	fix_submit(f, fact_of(f, "module", "b", "[1]"));
	fix_submit(f, fact_of(f, "module", "c", "null"));
	c = fact_of(f, "module", "d", "{}");
	c->u.record.u.fact.file_seq = 4711;
	fix_submit(f, c);
	fix_flush(f);
	assert_code(case_health(f->cf, &err), ERR_FORMAT);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM fact"), 0);
	expect_sound(f);
}

static void details_are_read_alike_by_all(void **state UNUSED)
{
	static const char *const good[] = {
		"{}",
		" { \"a\" : [ \"x\" , -0.5, 1e3, true, null, [] ] } ",
		"{\"a\":{\"b\":1},\"b\":{\"b\":\"\\ud83d\\ude00\\n\"}}",
		"{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
	};
	static const char *const bad[] = {
		"", "[]", "{", "{}x", "{\"a\"}", "{\"a\":}", "{a:1}",
		"{\"a\":1,}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":tru}",
		"{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}",
		"{\"\\u0061\":1}", "{\"a\":\"\\u0000\"}",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
		"{\"a\":\"\\ud800\\u0061\"}", "{\"a\":\"\\x\"}",
		"{\"a\":\"\n\"}", "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}",
		"{\"a\":9223372036854775808}", "{\"a\":1e999}",
		"{\"a\":[[[[[1]]]]]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (detail_fault(bytes_str(good[i])))
			fail_msg("%s: %s", good[i],
				 detail_fault(bytes_str(good[i])));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!detail_fault(bytes_str(bad[i])))
			fail_msg("not refused: %s", bad[i]);
}

/* What a triage does not find any more is no part of the picture. */
static void a_triage_looks_anew(void **state)
{
	struct fix *f = *state;

	put_triage(f);
	fix_submit(f, fact_of(f, "module", "gone", "{}"));
	fix_submit(f, fact_of(f, "module", "stays", "{}"));
	put_account(f, put_evidence(f, "/etc/passwd", bytes_str("mallory:")),
		    "mallory");
	fix_run(f, "triage");
	put_triage(f);
	put_triage(f); /* the same run, over another connection */
	fix_submit(f, fact_of(f, "module", "stays", "{}"));
	put_account(f, put_evidence(f, "/etc/passwd", bytes_str("alice:x")),
		    "alice");
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(CAST(name AS TEXT)) FROM"
		   " (SELECT name FROM fact WHERE current ORDER BY id)",
		   "stays,alice");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM fact"), 5);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM pictures"), 2);
	expect_sound(f);
}

static void put_pid(struct fix *f, uint64_t seq, uint64_t pid)
{
	struct change *c = fix_record(f, REC_PROCESS);

	c->u.record.u.process = (struct rec_process){
		.seq = seq, .pid = pid, .detail = bytes_str("{}")};
	fix_submit(f, c);
}

#define CURRENT                                                                \
	"SELECT group_concat(CAST(name AS TEXT)) FROM"                         \
	" (SELECT name FROM fact WHERE current ORDER BY id)"
#define CURRENT_PIDS                                                           \
	"SELECT group_concat(pid) FROM (SELECT pid FROM process"               \
	" WHERE current ORDER BY id)"

/* What a triage that was refused, cut off or denied did not tell is as the
 * last whole one told it, and its part is none of the picture. */
static void a_part_of_a_triage_takes_nothing_away(void **state)
{
	struct fix *f = *state;

	fix_run(f, "triage");
	put_triage(f);
	put_pid(f, 1, 7);
	put_covered(f, "triage", "collected", "", "processes");
	fix_submit(f, fact_of(f, "module", "old", "{}"));
	put_covered(f, "triage", "collected", "", "modules");
	put_account(f, put_evidence(f, "/etc/passwd", bytes_str("alice:x")),
		    "alice");
	put_run_host(f, "done");
	fix_run(f, "triage");
	put_triage(f);
	put_pid(f, 1, 8);
	put_covered(f, "triage", "collected", "deadline", "processes");
	fix_submit(f, fact_of(f, "module", "new", "{}"));
	put_covered(f, "triage", "collected", "", "modules");
	put_run_host(f, "partial");
	fix_flush(f);
	assert_sql(f, CURRENT, "alice,new");
	assert_sql(f, CURRENT_PIDS, "7");
	assert_int_equal(sql_int(f, "SELECT facts FROM fact_sum"
				    " WHERE kind = 'process'"), 1);
	/* The next one tells all, and has no passwd any more. */
	fix_run(f, "triage");
	put_triage(f);
	put_pid(f, 1, 9);
	put_covered(f, "triage", "collected", "", "processes");
	put_covered(f, "triage", "skipped", "not-found", "modules");
	put_run_host(f, "done");
	fix_flush(f);
	assert_sql(f, CURRENT_PIDS, "9");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM fact WHERE current"),
			 0);
	expect_sound(f);
	sql_tamper(f, "UPDATE picture_kinds SET kind = 'socket' WHERE id = 1");
	assert_code(fix_verify(f).code, ERR_VERIFY);
}

/* A file that is taken again says what is so now; others still stand. */
static void a_file_taken_again_replaces(void **state)
{
	struct fix *f = *state;

	put_account(f, put_evidence(f, "/etc/passwd", bytes_str("old:x:0:")),
		    "old");
	put_account(f, put_evidence(f, "/etc/other", bytes_str("other:x:")),
		    "other");
	fix_run(f, "collect"); /* what nobody reads takes no place */
	(void)put_evidence(f, "/etc/passwd", bytes_str("unread"));
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM account"), 2);
	fix_run(f, "collect");
	put_account(f, put_evidence(f, "/etc/passwd", bytes_str("new:x:0:")),
		    "new");
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(CAST(name AS TEXT)) FROM"
		   " (SELECT name FROM account ORDER BY id)",
		   "other,new");
	expect_sound(f);
}

static void put_zone(struct fix *f, const char *path, const char *name,
		     const char *detail)
{
	struct change *c = fact_of(f, "time_zone", name, detail);

	if (path)
		c->u.record.u.fact.file_seq =
			put_evidence(f, path, bytes_str(path));
	fix_submit(f, c);
}

#define ZONE_IS                                                                \
	"SELECT coalesce(zone, '') || '|' || coalesce(zone_rules, '') || '|'"  \
	" || coalesce(zone_source, '') || '|' || coalesce((SELECT"             \
	" CAST(path AS TEXT) FROM evidence v WHERE v.id = zone_evidence_id),"  \
	" '') FROM host"

/* Only what is the host's own says in which zone it is; its rules count for
 * more than a name, and a name is what people read. */
static void a_host_has_a_zone(void **state)
{
	struct fix *f = *state;

	put_zone(f, NULL, "../../etc/passwd 'x'", "{\"source\":\"live\"}");
	put_zone(f, NULL, "Asia/Tokyo", "{\"source\":\"localtime\"}");
	put_zone(f, "/var/lib/docker/overlay2/x/etc/localtime", "JST-9",
		 "{\"source\":\"localtime\",\"rules\":\"JST-9\"}");
	put_zone(f, "/etc/passwd", "Asia/Tokyo", "{\"source\":\"live\"}");
	put_zone(f, "/etc/timezone", "Asia/Tokyo", "{\"source\":7}");
	fix_flush(f);
	assert_sql(f, ZONE_IS, "|||");
	put_zone(f, NULL, "Europe/Berlin", "{\"source\":\"live\"}");
	fix_flush(f);
	assert_sql(f, ZONE_IS, "Europe/Berlin||live|");
	put_zone(f, "/etc/localtime", "CET-1",
		 "{\"source\":\"localtime\",\"rules\":\"CET-1\"}");
	fix_flush(f);
	assert_sql(f, ZONE_IS,
		   "Europe/Berlin|CET-1|/etc/localtime|/etc/localtime");
	put_zone(f, "/etc/timezone", "Europe/Vienna",
		 "{\"source\":\"timezone\"}");
	fix_flush(f);
	assert_sql(f, ZONE_IS,
		   "Europe/Vienna|CET-1|/etc/localtime|/etc/localtime");
	expect_sound(f);
}

/* The table is what everybody goes by. */
static void kinds_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_fact_kinds; i++) {
		const struct fact_kind *k = &fact_kinds[i];

		assert_ptr_equal(fact_kind_find(bytes_str(k->name)), k);
		assert_true(!k->source != !k->files);
		for (size_t a = 0; a < k->n_members; a++)
			for (size_t b = 0; b < a; b++)
				assert_string_not_equal(k->members[a].name,
							k->members[b].name);
	}
	assert_null(fact_kind_find(bytes_str("modul")));
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_fact_has_its_members_and_place),
		TEST(facts_that_make_no_sense_are_refused),
		cmocka_unit_test(details_are_read_alike_by_all),
		TEST(a_triage_looks_anew),
		TEST(a_part_of_a_triage_takes_nothing_away),
		TEST(a_file_taken_again_replaces),
		TEST(a_host_has_a_zone),
		cmocka_unit_test(kinds_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
