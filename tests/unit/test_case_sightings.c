/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators of a case, and where hosts say they were seen. */
#include "unit/case_util.h"

#include "base/time.h"

#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static enum err_code add(struct fix *f, const struct uuid *id,
			 const char *kind, const char *value,
			 const char *severity, bool if_new)
{
	struct change *c = change_new(CHANGE_INDICATOR_ADD);
	struct change_indicator *i = &c->u.indicator;
	struct err err;

	i->id = change_str(c, id->s);
	i->kind = kind;
	i->value = change_str(c, value);
	i->severity = severity;
	i->technique = "T1105";
	i->description = "a known kit";
	i->source = "us";
	i->valid_from_ns = TIME_UNKNOWN;
	i->valid_until_ns = T0;
	i->if_new = if_new;
	return case_apply(f->cf, c, &err);
}

static void an_indicator_is_kept_once(void **state)
{
	struct fix *f = *state;
	struct uuid id = uuid_v7(), other = uuid_v7();
	struct change *c;
	struct err err;

	assert_code(add(f, &id, "ip", "192.0.2.7", "75", false), ERR_OK);
	assert_code(add(f, &other, "ip", "192.0.2.7", "low", false),
		    ERR_EXISTS);
	assert_code(add(f, &other, "ip", "192.0.2.7", "low", true), ERR_OK);
	assert_sql(f,
		   "SELECT kind || '|' || value || '|' || severity || '|' ||"
		   " technique || '|' || description || '|' || source || '|'"
		   " || valid_until || '|' || (valid_from IS NULL)"
		   " FROM indicator",
		   "ip|192.0.2.7|high|T1105|a known kit|us|"
		   "1700000000000000000|1");
	c = change_new(CHANGE_INDICATOR_REMOVE);
	c->u.indicator.id = change_str(c, id.s);
	assert_ok(case_apply(f->cf, c, &err), err);
	assert_int_equal(sql_int(f, "SELECT removed_at > 0 FROM indicator"), 1);
	assert_code(add(f, &other, "ip", "192.0.2.7", "low", false), ERR_OK);
	assert_sql(f, "SELECT severity || (removed_at IS NULL) FROM indicator",
		   "low1");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE action"
				    " IN ('indicator.add',"
				    " 'indicator.remove')"),
			 3);
	expect_sound(f);
}

static void a_wrong_indicator_is_refused(void **state)
{
	static const char *const rows[][3] = {
		{"colour", "red", "low"},
		{"ip", "192.0.2.007", "low"},
		{"ip", "192.0.2.7/24", "low"},
		{"filename", "(a)\\1", "low"},
		{"ip", "192.0.2.7", "awful"},
	};
	struct fix *f = *state;
	struct uuid id = uuid_v7();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_code(add(f, &id, rows[i][0], rows[i][1], rows[i][2],
				false),
			    ERR_FORMAT);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM indicator"), 0);
}

static void put_process(struct fix *f, uint64_t seq)
{
	struct change *c = fix_record(f, REC_PROCESS);
	struct rec_process *p = &c->u.record.u.process;

	p->seq = seq;
	p->pid = 77;
	p->ppid = 1;
	p->start_ns = T0;
	p->exe = change_bytes(c, bytes_str("/tmp/.x"));
	p->exe_deleted = p->memfd = true;
	p->cmdline = bytes_of("a\0b", 3);
	p->cmdline = change_bytes(c, p->cmdline);
	p->bytes_read = 5;
	fix_submit(f, c);
}

static void put_socket(struct fix *f, uint64_t seq, uint64_t process)
{
	struct change *c = fix_record(f, REC_SOCKET);
	struct rec_socket *s = &c->u.record.u.socket;

	s->seq = seq;
	s->proto = change_bytes(c, bytes_str("tcp"));
	s->local = change_bytes(c, bytes_str("127.0.0.1:5"));
	s->remote = change_bytes(c, bytes_str("192.0.2.7:443"));
	s->state = change_bytes(c, bytes_str("established"));
	s->inode = 9;
	s->process_seq = process;
	fix_submit(f, c);
}

static void put_sighting(struct fix *f, const char *id, uint64_t file,
			 uint64_t process, uint64_t socket)
{
	struct change *c = fix_record(f, REC_SIGHTING);
	struct rec_sighting *s = &c->u.record.u.sighting;

	s->indicator = change_bytes(c, bytes_str(id));
	s->file_seq = file;
	s->process_seq = process;
	s->socket_seq = socket;
	s->context = change_bytes(c, bytes_str("here"));
	s->kind = change_bytes(c, bytes_str("sha1"));
	s->value = change_bytes(
		c, bytes_str("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"));
	s->description = change_bytes(c, bytes_str("theirs"));
	fix_submit(f, c);
}

static void a_sighting_is_a_finding(void **state)
{
	struct fix *f = *state;
	struct uuid ip = uuid_v7(), sha = uuid_v7();

	assert_code(add(f, &ip, "ip", "192.0.2.7", "critical", false), ERR_OK);
	assert_code(add(f, &sha, "sha256", SHA, "high", false), ERR_OK);
	for (int i = 0; i < 2; i++) { /* twice swept, found once */
		put_sighting(f, sha.s, put_file(f, "/srv/kit", SHA, false), 0,
			     0);
		put_process(f, 1);
		put_socket(f, 1, 1);
		put_sighting(f, ip.s, 0, 0, 1);
		fix_flush(f);
		put_run_host(f, "done");
		fix_run(f, "hunt");
	}
	assert_sql(f,
		   "SELECT group_concat(kind || ' ' || rule || ' ' || severity"
		   " || ' ' || technique || ' ' || description || ' ' ||"
		   " CAST(path AS TEXT) || ' ' || coalesce(sha256, '-') || ' '"
		   " || coalesce(pid, '-'), '; ') FROM finding",
		   "indicator sha256:" SHA " high T1105 a known kit /srv/kit "
		   SHA " -; "
		   "indicator ip:192.0.2.7 critical T1105 a known kit /tmp/.x "
		   "- 77");
	assert_sql(f,
		   "SELECT group_concat(kind || ' ' || coalesce(CAST(path AS"
		   " TEXT), '-') || ' ' || coalesce(pid, '-') || ' ' ||"
		   " coalesce(CAST(remote AS TEXT), '-'), '; ') FROM sighting",
		   "sha256 /srv/kit - -; ip - 77 192.0.2.7:443; "
		   "sha256 /srv/kit - -; ip - 77 192.0.2.7:443");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM sighting s, finding d"
				    " WHERE s.finding_id = d.id AND"
				    " s.indicator_id = d.indicator_id"),
			 4);
	assert_sql(f, "SELECT group_concat(sightings) FROM indicator", "2,2");
	assert_sql(f,
		   "SELECT pid || proto || CAST(local AS TEXT) || state ||"
		   " inode FROM socket LIMIT 1",
		   "77tcp127.0.0.1:5established9");
	assert_sql(f,
		   "SELECT pid || '|' || ppid || '|' || exe_deleted || memfd"
		   " || hex(cmdline) || bytes_read FROM process LIMIT 1",
		   "77|1|116100625");
	/* It was seen twice, and began once. */
	assert_sql(f,
		   "SELECT group_concat(time_ns || '|' || timestamp_desc ||"
		   " '|' || precision_ns || '|' || message) FROM event"
		   " WHERE kind = 'process.start'",
		   "1700000000000000000|Start Time|10000000|"
		   "/tmp/.x (pid 77, parent 1, uid 0): a b");
	expect_sound(f);
}

/* What nobody told of, and an indicator a host makes up. */
static void made_up_sightings_are_refused(void **state)
{
	struct fix *f = *state;
	struct uuid id = uuid_v7(), unknown = uuid_v7();
	struct err err;

	assert_code(add(f, &id, "ip", "192.0.2.7", "low", false), ERR_OK);
	put_sighting(f, id.s, 9, 0, 0);
	put_sighting(f, id.s, 0, 9, 0);
	put_sighting(f, id.s, 0, 0, 9);
	put_sighting(f, unknown.s, 0, 0, 0);
	fix_flush(f);
	assert_code(case_health(f->cf, &err), ERR_FORMAT);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM sighting"), 0);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM indicator"), 1);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE action"
				    " = 'change.refused'"),
			 4);
	expect_sound(f);
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_indicator_is_kept_once),
		TEST(a_wrong_indicator_is_refused),
		TEST(a_sighting_is_a_finding),
		TEST(made_up_sightings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
