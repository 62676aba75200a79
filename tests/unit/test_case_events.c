/* SPDX-License-Identifier: Apache-2.0 */
/* Events that parsers read in evidence, and evidence that is read anew. */
#include "unit/case_util.h"

#include "base/buf.h"
#include "base/time.h"

#define TEXT "one\ntwo\nthree\n"

static struct change *event_of(struct fix *f, uint64_t file, int64_t time_ns)
{
	struct change *c = fix_record(f, REC_EVENT);

	c->u.record.u.event = (struct rec_event){
		.file_seq = file,
		.time_ns = time_ns,
		.precision_ns = NS_PER_S,
		.source = bytes_str("assumed utc, year deduced"),
		.desc = bytes_str("Recorded Time"),
		.kind = bytes_str("ssh.failed"),
		.actor = bytes_str("mallory"),
		.message = bytes_of("\x1b[2Jgone\xff", 9),
		.offset = 4,
		.length = 3};
	return c;
}

static struct change *item_of(struct fix *f, uint64_t seq, const char *id)
{
	struct change *c = fix_record(f, REC_ITEM);

	c->u.record.u.item = (struct rec_item){.seq = seq,
					       .evidence = bytes_str(id),
					       .path = bytes_str("/var/log/x"),
					       .size = strlen(TEXT),
					       .mtime_ns = T0,
					       .taken_ns = T0};
	return c;
}

static uint64_t take(struct fix *f, const char *path)
{
	uint64_t file = put_evidence(f, path, bytes_str(TEXT));

	fix_flush(f);
	return file;
}

static void an_event_names_its_place(void **state)
{
	struct fix *f = *state;
	uint64_t file = take(f, "/var/log/x");

	fix_submit(f, event_of(f, file, T0));
	fix_flush(f);
	assert_sql(f,
		   "SELECT e.time_ns || '|' || e.kind || '|' || e.actor || '|'"
		   " || e.\"offset\" || '|' || e.length || '|' ||"
		   " e.precision_ns || '|' || e.time_source || '|' ||"
		   " (e.evidence_id = v.id) || '|' || v.events || '|' ||"
		   " (e.run_id = v.run_id) || '|' || CAST(e.path AS TEXT)"
		   " FROM event e, evidence v WHERE e.kind = 'ssh.failed'",
		   "1700000000000000000|ssh.failed|mallory|4|3|1000000000|"
		   "assumed utc, year deduced|1|1|1|/var/log/x");
	/* What it says is not what a terminal does. */
	assert_int_equal(sql_int(f, "SELECT instr(message, char(27))"
				    " FROM event WHERE kind = 'ssh.failed'"),
			 0);
	expect_sound(f);
	sql_tamper(f, "UPDATE events SET time_ns = 1 WHERE length = 3");
	assert_code(fix_verify(f).code, ERR_VERIFY);
}

static void events_of_nothing_are_refused(void **state)
{
	struct fix *f = *state;
	uint64_t listed = put_file(f, "/etc/passwd", "", false);
	struct err err;

	fix_flush(f);
	fix_submit(f, event_of(f, listed, T0)); /* it is no evidence */
	fix_submit(f, event_of(f, 4711, T0));
	fix_submit(f, event_of(f, take(f, "/x"), TIME_UNKNOWN));
	fix_submit(f, item_of(f, 99, "00000000-0000-7000-8000-000000000000"));
	fix_flush(f);
	assert_code(case_health(f->cf, &err), ERR_FORMAT);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM event"
				    " WHERE kind = 'ssh.failed'"),
			 0);
	expect_sound(f);
}

static void what_is_read_anew_replaces(void **state)
{
	struct fix *f = *state;
	struct err err;
	char *id;

	fix_submit(f, event_of(f, take(f, "/var/log/x"), T0));
	fix_flush(f);
	id = sql_str(f, "SELECT id FROM evidence");
	fix_run(f, "parse");
	fix_submit(f, item_of(f, 1, id));
	fix_submit(f, event_of(f, 1, T0 + 7200 * NS_PER_S));
	fix_submit(f, event_of(f, 1, T0 + 7201 * NS_PER_S));
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat((time_ns - 1700000000000000000)"
		   " / 1000000000) FROM event WHERE kind = 'ssh.failed'",
		   "7200,7201");
	assert_int_equal(sql_int(f, "SELECT events FROM evidence"), 2);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM events"
				    " WHERE kind = 'ssh.failed'"),
			 3);
	/* A host's run cannot read another's. */
	fix_host(f, "db02");
	fix_run(f, "parse");
	fix_submit(f, item_of(f, 1, id));
	fix_submit(f, event_of(f, 1, T0));
	fix_flush(f);
	assert_code(case_health(f->cf, &err), ERR_FORMAT);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM event"
				    " WHERE kind = 'ssh.failed'"),
			 2);
	free(id);
	expect_sound(f);
}

/* They are written by hundreds; what is long, and what a person does between
 * them, has its place in the order all the same. */
static void many_keep_their_order(void **state)
{
	struct fix *f = *state;
	uint64_t file = take(f, "/var/log/x");
	enum { N = 3000 };
	static uint8_t wide[400000];
	struct buf want;

	memset(wide, 'w', sizeof wide);
	buf_init(&want, 8 * N);
	for (size_t i = 0; i < N; i++) {
		struct change *c = event_of(f, file, T0);
		struct rec_event *e = &c->u.record.u.event;

		e->offset = i;
		if (i == 20 || i == 700 || i == 701)
			e->message = bytes_of(wide, sizeof wide);
		if (i % 7 == 3)
			e->actor = bytes_str("");
		fix_submit(f, c);
		(void)buf_addf(&want, "%s%zu", i ? "," : "", i);
		if (i != 37 && i != 2000)
			continue;
		put_note(f, "in between");
		(void)buf_add_str(&want, ",note");
	}
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(said) FROM (SELECT"
		   " coalesce(\"offset\", kind) AS said FROM events"
		   " WHERE kind IN ('ssh.failed', 'note') ORDER BY id)",
		   buf_str(&want));
	assert_sql(f,
		   "SELECT sum(actor IS NULL) || '|' || max(length(message))"
		   " FROM events WHERE kind = 'ssh.failed'",
		   "429|400000");
	buf_release(&want);
	expect_sound(f);
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_event_names_its_place),
		TEST(events_of_nothing_are_refused),
		TEST(what_is_read_anew_replaces),
		TEST(many_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
