/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of how a run came to be: its rules, its source, its cost. */
#include "unit/case_util.h"

/* A run of a rule set; source: the bundle it comes from, NULL: a host. */
static void begin_run(struct fix *f, const char *rules, const char *source)
{
	struct change *c = change_new(CHANGE_RUN_BEGIN);
	struct err err;

	c->run = f->run = uuid_v7();
	f->files = f->matches = 0;
	c->u.run.op = change_str(c, source ? "import" : "hunt");
	c->u.run.rules_sha256 = change_str(c, rules);
	c->u.run.n_rules = 7;
	c->u.run.source = change_str(c, source);
	c->u.run.source_sha256 = change_str(c, source ? "abcd" : NULL);
	assert_ok(case_apply(f->cf, c, &err), err);
}

static void put_plan(struct fix *f, const char *rules)
{
	struct change *c = fix_record(f, REC_PLAN);

	c->u.record.u.plan = (struct rec_plan){
		.op = change_bytes(c, bytes_str("hunt")),
		.command = change_bytes(c, bytes_str("halligan-probe hunt")),
		.rules_sha256 = change_bytes(c, bytes_str(rules)),
		.n_rules = 3,
		.form = change_bytes(c, bytes_str("source")),
		.root = change_bytes(c, bytes_str("/mnt/image")),
	};
	fix_submit(f, c);
}

/* A host's word on what it was asked does not count against ours. */
static void the_rules_hash_goes_with_each_match(void **state)
{
	struct fix *f = *state;

	begin_run(f, "aaaa", NULL);
	put_plan(f, "bbbb");
	put_match(f, put_file(f, "/x", "", false), "r", "low");
	fix_flush(f);
	assert_sql(f, "SELECT op || rules_sha256 || n_rules || rules_form"
		      " FROM run ORDER BY id DESC", "huntaaaa7source");
	assert_sql(f, "SELECT rules_sha256 FROM finding", "aaaa");
	/* Seen again by other rules: the last that saw it. */
	begin_run(f, "cccc", NULL);
	put_match(f, put_file(f, "/x", "", false), "r", "low");
	fix_flush(f);
	assert_sql(f, "SELECT group_concat(rules_sha256) FROM finding",
		   "cccc");
	expect_sound(f);
}

static void a_bundle_says_what_it_was(void **state)
{
	struct fix *f = *state;

	begin_run(f, NULL, "web01.bundle");
	put_plan(f, "bbbb");
	put_match(f, put_file(f, "/x", "", false), "r", "low");
	fix_flush(f);
	assert_sql(f, "SELECT op || rules_sha256 || n_rules || rules_form ||"
		      " source || source_sha256 FROM run ORDER BY id DESC",
		   "huntbbbb3sourceweb01.bundleabcd");
	assert_sql(f, "SELECT rules_sha256 FROM finding", "bbbb");
	assert_sql(f, "SELECT detail FROM audit WHERE action = 'run.plan'",
		   "{\"op\":\"hunt\",\"command\":\"halligan-probe hunt\","
		   "\"root\":\"/mnt/image\"}");
	expect_sound(f);
}

static void what_a_run_cost_is_kept(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_RUN_HOST);

	c->run = f->run;
	c->host = f->host;
	c->u.run_host = (struct change_run_host){
		.state = change_str(c, "running"),
		.engine = change_str(c, "libyara 4.5.0"),
		.cpu_ns = 5,
		.rss_bytes = 6};
	fix_submit(f, c);
	put_run_host(f, "done"); /* says nothing of it */
	fix_flush(f);
	assert_sql(f, "SELECT state || engine || cpu_ns || rss_bytes"
		      " FROM run_host", "donelibyara 4.5.056");
	expect_sound(f);
}

int main(void)
{
#define RUN_TEST(t)                                                            \
	cmocka_unit_test_setup_teardown(t, host_and_run, fix_teardown)
	const struct CMUnitTest tests[] = {
		RUN_TEST(the_rules_hash_goes_with_each_match),
		RUN_TEST(a_bundle_says_what_it_was),
		RUN_TEST(what_a_run_cost_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
