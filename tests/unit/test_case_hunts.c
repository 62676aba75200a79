/* SPDX-License-Identifier: Apache-2.0 */
/* Hunts that are repeated: which run saw what, what changed, what is known
 * to be harmless, and what was looked at. */
#include "unit/case_util.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct change *new_run(struct fix *f, const char *words,
			      const char *rules_sha256)
{
	struct change *c = change_new(CHANGE_RUN_BEGIN);

	f->run = uuid_v7();
	f->files = f->matches = 0;
	c->run = f->run;
	c->u.run.op = "hunt";
	c->u.run.rules_sha256 = change_str(c, rules_sha256);
	c->u.run.words = change_str(c, words);
	return c;
}

/* A run with other rules; names NULL: nobody knows them. */
static void begin_with_rules(struct fix *f, const char *words,
			     const char *sha256, const char *names)
{
	struct change *c = new_run(f, words, sha256);

	c->u.run.rule_names = change_str(c, names);
	fix_submit(f, c);
}

/* A run that says it again, of the words or of a saved hunt or both. */
static void begin_run(struct fix *f, const char *words, const char *hunt,
		      const struct uuid *resumes)
{
	struct change *c = new_run(f, words, SHA_B);

	c->u.run.hunt = change_str(c, hunt);
	c->u.run.resumes = resumes ? change_str(c, resumes->s) : NULL;
	fix_submit(f, c);
}

/* A file that a rule matches. */
static void sees(struct fix *f, const char *path, const char *sha256,
		 const char *rule)
{
	put_match(f, put_file(f, path, sha256, false), rule, "high");
}

static void done(struct fix *f, const char *state)
{
	put_run_host(f, state);
	fix_flush(f);
}

static int host(void **state)
{
	int rc = fix_setup(state);

	if (rc == 0) {
		fix_host(*state, "web01");
		begin_run(*state, "hunt --path /srv", NULL, NULL);
	}
	return rc;
}

/* ---- runs and findings ---- */

static void each_run_keeps_what_it_saw_once(void **state)
{
	struct fix *f = *state;
	uint64_t file = put_file(f, "/srv/x", SHA_A, false);

	put_match(f, file, "r", "high");
	put_match(f, file, "r", "high");
	done(f, "done");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding_run"), 1);
	begin_run(f, "hunt --path /srv", NULL, NULL);
	sees(f, "/srv/x", SHA_A, "r");
	done(f, "done");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"), 1);
	assert_int_equal(sql_int(f, "SELECT count(DISTINCT run_id)"
				    " FROM finding_run"),
			 2);
	assert_sql(f,
		   "SELECT host || rule || hex(path) || sha256 FROM"
		   " finding_run LIMIT 1",
		   "web01r2F7372762F78" SHA_A);
	expect_sound(f);
}

static void match_with(struct fix *f, const char *rule, const char *severity,
		       const char *score)
{
	struct change *c = fix_record(f, REC_MATCH);

	c->u.record.u.match = (struct rec_match){
		.seq = ++f->matches,
		.file_seq = f->files,
		.rule = change_bytes(c, bytes_str(rule)),
		.severity = change_bytes(c, bytes_str(severity)),
		.score = change_bytes(c, bytes_str(score)),
		.meta = change_bytes(c, bytes_str("{\"id\":\"4711\"}")),
	};
	fix_submit(f, c);
}

static void scores_say_how_bad_it_is(void **state)
{
	static const struct {
		const char *severity, *score, *want;
	} cases[] = {
		{"", "", "medium -"},      {"", "39", "low 39"},
		{"", "40", "medium 40"},   {"", "69", "medium 69"},
		{"", "70", "high 70"},     {"", "90", "critical 90"},
		{"", "250", "critical 100"}, {"", "0", "info 0"},
		{"low", "95", "low 95"},   {"75", "", "high 75"},
		{"", "much", "medium -"},
	};
	struct fix *f = *state;

	put_file(f, "/srv/x", SHA_A, false);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char rule[16];

		(void)snprintf(rule, sizeof rule, "r%zu", i);
		match_with(f, rule, cases[i].severity, cases[i].score);
	}
	fix_flush(f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *sql = xasprintf("SELECT severity || ' ' ||"
				      " ifnull(score, '-') FROM finding"
				      " WHERE rule = 'r%zu'",
				      i);

		assert_sql(f, sql, cases[i].want);
		free(sql);
	}
	assert_sql(f, "SELECT meta || rules_sha256 FROM finding LIMIT 1",
		   "{\"id\":\"4711\"}" SHA_B);
	expect_sound(f);
}

/* ---- lists ---- */

static uint64_t count_rows(struct fix *f, const struct row_query *query,
			   char *rules, size_t room)
{
	int rule = view_column(view_find(query->view), "rule");
	struct rows *rows;
	struct row row;
	struct err err;
	uint64_t n;

	assert_ok(case_rows(f->cf, query, &rows, &err), err);
	n = rows_count(rows);
	rules[0] = '\0';
	for (uint64_t i = 0; i < n; i++) {
		size_t used = strlen(rules);

		assert_ok(rows_get(rows, i, &row, &err), err);
		(void)snprintf(rules + used, room - used, "%.*s ",
			       (int)row.values[rule].b.n,
			       (const char *)row.values[rule].b.p);
	}
	rows_close(rows);
	return n;
}

static void lists_ask_for_more_than_equality(void **state)
{
	struct fix *f = *state;
	struct uuid first = f->run;
	struct row_query query = {.view = "finding"};
	char rules[256];

	put_file(f, "/srv/x", SHA_A, false);
	match_with(f, "a", "", "60");
	match_with(f, "b", "", "80");
	match_with(f, "c", "", "");
	done(f, "done");
	begin_run(f, "hunt --path /srv", NULL, NULL);
	put_file(f, "/srv/x", SHA_A, false);
	match_with(f, "b", "", "80");
	match_with(f, "d", "", "99");
	done(f, "done");

	query.where[0].column = "score";
	query.where[0].op = ROW_AT_LEAST;
	query.where[0].value = "80";
	query.order = "score DESC, id DESC";
	assert_int_equal(count_rows(f, &query, rules, sizeof rules), 2);
	assert_string_equal(rules, "d b ");
	query.where[0].value = NULL;
	query.where[0].op = ROW_IS_SET;
	assert_int_equal(count_rows(f, &query, rules, sizeof rules), 3);
	query.where[0].column = "id";
	query.where[0].op = ROW_SEEN_BY;
	query.where[0].value = first.s;
	assert_int_equal(count_rows(f, &query, rules, sizeof rules), 3);
	assert_string_equal(rules, "b a c ");
	query.where[0].column = NULL;
	query.reverse = true;
	assert_int_equal(count_rows(f, &query, rules, sizeof rules), 4);
	assert_string_equal(rules, "c a b d ");
}

/* Pages begin behind keys that are NULL in the view. */
static void a_chosen_order_pages_over_nothing(void **state)
{
	struct fix *f = *state;
	struct row_query query = {.view = "finding",
				  .order = "score DESC, id DESC"};
	struct rows *rows;
	struct row row;
	struct err err;
	int id = view_column(view_find("finding"), "id");
	char last[UUID_TEXT_LEN + 1] = "~";

	put_file(f, "/srv/x", SHA_A, false);
	for (int i = 0; i < 700; i++) {
		char rule[16];

		(void)snprintf(rule, sizeof rule, "r%d", i);
		match_with(f, rule, "", "");
	}
	fix_flush(f);
	assert_ok(case_rows(f->cf, &query, &rows, &err), err);
	assert_int_equal(rows_count(rows), 700);
	for (uint64_t i = 0; i < 700; i++) {
		assert_ok(rows_get(rows, i, &row, &err), err);
		assert_true(memcmp(row.values[id].b.p, last, UUID_TEXT_LEN) <
			    0);
		memcpy(last, row.values[id].b.p, UUID_TEXT_LEN);
	}
	assert_ok(rows_get(rows, 3, &row, &err), err);
	assert_ok(rows_get(rows, 650, &row, &err), err);
	rows_close(rows);
}

/* ---- exclusions ---- */

struct what {
	const char *rule, *sha256, *path, *reason;
	bool here; /* on this host only */
};

static enum err_code exclude(struct fix *f, const struct what *w,
			     struct err *err)
{
	struct change *c = change_new(CHANGE_EXCLUSION_ADD);

	if (w->here)
		c->host = f->host;
	c->u.exclusion.rule = change_str(c, w->rule);
	c->u.exclusion.sha256 = change_str(c, w->sha256);
	c->u.exclusion.path = change_str(c, w->path);
	c->u.exclusion.reason = change_str(c, w->reason);
	return case_apply(f->cf, c, err);
}

static void include(struct fix *f, const char *id_sql)
{
	struct change *c = change_new(CHANGE_EXCLUSION_REMOVE);
	char *id = sql_str(f, id_sql);
	struct err err;

	c->u.exclusion.id = change_str(c, id);
	assert_ok(case_apply(f->cf, c, &err), err);
	free(id);
}

#define EXCLUDED                                                               \
	"SELECT ifnull(group_concat(rule || hex(path), ' '), '') FROM"         \
	" (SELECT rule, substr(path, 6) AS path FROM finding"                  \
	" WHERE exclusion_id IS NOT NULL ORDER BY rule, path)"

static void exclusions_cover_what_is_there_and_what_comes(void **state)
{
	struct what rule_and_hash = {.rule = "r", .sha256 = SHA_A,
				     .reason = "ours"};
	struct fix *f = *state;
	struct case_info info;
	struct err err;

	sees(f, "/srv/a", SHA_A, "r");
	sees(f, "/srv/b", SHA_B, "r");
	sees(f, "/srv/a", SHA_A, "s");
	fix_flush(f);
	assert_ok(exclude(f, &rule_and_hash, &err), err);
	assert_sql(f, EXCLUDED, "r61");
	sees(f, "/srv/c", SHA_A, "r");
	sees(f, "/srv/d", SHA_B, "r");
	fix_flush(f);
	assert_sql(f, EXCLUDED, "r61 r63");
	assert_sql(f, "SELECT findings || reason FROM exclusion", "2ours");
	assert_int_equal(sql_int(f, "SELECT findings FROM host"), 3);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE status = 'new'"),
			 5);
	assert_ok(case_info(f->cf, &info, &err), err);
	assert_int_equal(info.n_findings, 3);
	assert_int_equal(info.n_new_findings, 3);
	assert_int_equal(info.n_excluded, 2);
	include(f, "SELECT id FROM exclusion");
	assert_sql(f, EXCLUDED, "");
	sees(f, "/srv/e", SHA_A, "r");
	fix_flush(f);
	assert_sql(f, EXCLUDED, "");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE action"
				    " LIKE 'exclusion.%'"),
			 2);
	expect_sound(f);
}

static void exclusions_mean_paths_and_hosts(void **state)
{
	struct what tmp = {.path = "/srv/tmp/*.sh", .reason = "cron"};
	struct what all = {.rule = "r", .reason = "noisy", .here = true};
	struct fix *f = *state;
	struct err err;

	sees(f, "/srv/tmp/a.sh", SHA_A, "r");
	sees(f, "/srv/tmp/x/a.sh", SHA_A, "r");
	fix_flush(f);
	assert_ok(exclude(f, &tmp, &err), err);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE exclusion_id IS NOT NULL"),
			 1);
	assert_ok(exclude(f, &all, &err), err);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE exclusion_id IS NOT NULL"),
			 2);
	/* What the first covered goes over to the second. */
	include(f, "SELECT id FROM exclusion WHERE reason = 'cron'");
	assert_int_equal(sql_int(f, "SELECT findings FROM exclusion"
				    " WHERE reason = 'noisy'"),
			 2);
	fix_host(f, "web02");
	begin_run(f, "hunt --path /srv", NULL, NULL);
	sees(f, "/srv/tmp/a.sh", SHA_A, "r");
	fix_flush(f);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM finding"
				    " WHERE exclusion_id IS NULL"),
			 1);
	expect_sound(f);
}

static void exclusions_that_say_nothing_are_refused(void **state)
{
	static const struct what bad[] = {
		{.reason = "all is well"},
		{.rule = "r"},
		{.rule = "", .reason = "x"},
		{.sha256 = "abc", .reason = "x"},
		{.path = "/srv/[a", .reason = "x"},
		{.path = "/\xff", .reason = "x"},
		{.rule = "r", .reason = ""},
	};
	struct fix *f = *state;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_code(exclude(f, &bad[i], &err), ERR_USAGE);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM exclusion"), 0);
}

/* ---- saved hunts ---- */

static enum err_code save(struct fix *f, const char *name, struct uuid *id,
			  struct err *err)
{
	struct change *c = change_new(CHANGE_HUNT_SAVE);

	*id = uuid_v7();
	c->u.hunt.id = change_str(c, id->s);
	c->u.hunt.name = change_str(c, name);
	c->u.hunt.command = "hunt --path /srv";
	return case_apply(f->cf, c, err);
}

static void hunts_have_names_and_runs(void **state)
{
	struct fix *f = *state;
	struct change *c;
	struct uuid id, other;
	struct err err;

	assert_ok(save(f, "weekly", &id, &err), err);
	assert_code(save(f, "weekly", &other, &err), ERR_EXISTS);
	assert_code(save(f, "two words", &other, &err), ERR_USAGE);
	assert_code(save(f, "--all", &other, &err), ERR_USAGE);
	begin_run(f, "hunt --path /srv", id.s, NULL);
	sees(f, "/srv/a", SHA_A, "r");
	done(f, "done");
	begin_run(f, "hunt --path /srv", id.s, NULL);
	sees(f, "/srv/a", SHA_A, "r");
	sees(f, "/srv/a", SHA_A, "s");
	done(f, "done");
	assert_sql(f, "SELECT runs || last_state || findings FROM hunt",
		   "2running2");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM run"
				    " WHERE hunt = 'weekly'"),
			 2);
	c = change_new(CHANGE_HUNT_REMOVE);
	c->u.hunt.id = change_str(c, id.s);
	assert_ok(case_apply(f->cf, c, &err), err);
	assert_ok(save(f, "weekly", &other, &err), err);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM hunt"
				    " WHERE name LIKE 'weekly~%'"
				    " AND removed_at IS NOT NULL"),
			 1);
	expect_sound(f);
}

/* ---- differences ---- */

static void add_change(void *arg, const struct row *row)
{
	char *out = arg;
	size_t used = strlen(out);

	(void)snprintf(out + used, 1024 - used, "%.*s %.*s %.*s|",
		       (int)row->values[0].b.n,
		       (const char *)row->values[0].b.p,
		       (int)row->values[3].b.n,
		       (const char *)row->values[3].b.p,
		       (int)row->values[4].b.n,
		       (const char *)row->values[4].b.p);
}

static struct case_diff diff(struct fix *f, const struct uuid *other,
			     char out[1024])
{
	struct case_diff d = {.each = add_change, .arg = out};
	struct err err;

	out[0] = '\0';
	assert_ok(case_diff(f->cf, &f->run, other, &d, &err), err);
	return d;
}

static void runs_differ_in_what_came_went_and_changed(void **state)
{
	struct fix *f = *state;
	struct uuid first = f->run;
	struct case_diff d;
	char out[1024];

	sees(f, "/srv/same", SHA_A, "r");
	sees(f, "/srv/gone", SHA_A, "r");
	sees(f, "/srv/edit", SHA_A, "r");
	done(f, "done");
	d = diff(f, NULL, out);
	assert_int_equal(d.n_changes, 3);
	assert_int_equal(d.n_first, 1);
	/* Another hunt in between is another matter. */
	begin_run(f, "hunt --path /etc", NULL, NULL);
	done(f, "done");
	begin_run(f, "hunt --path /srv", NULL, NULL);
	sees(f, "/srv/same", SHA_A, "r");
	sees(f, "/srv/edit", SHA_B, "r");
	sees(f, "/srv/new", SHA_A, "r");
	done(f, "done");
	d = diff(f, NULL, out);
	assert_string_equal(out, "new r /srv/new|changed r /srv/edit|"
				 "gone r /srv/gone|");
	assert_int_equal(d.n_changes, 3);
	assert_int_equal(d.n_first, 0);
	assert_int_equal(d.n_unseen, 0);
	d = diff(f, &first, out);
	assert_int_equal(d.n_changes, 3);
	begin_run(f, "hunt --path /srv", NULL, NULL);
	sees(f, "/srv/same", SHA_A, "r");
	sees(f, "/srv/edit", SHA_B, "r");
	sees(f, "/srv/new", SHA_A, "r");
	done(f, "done");
	assert_int_equal(diff(f, NULL, out).n_changes, 0);
}

static void what_was_not_looked_at_is_not_gone(void **state)
{
	struct fix *f = *state;
	struct change *c;
	struct case_diff d;
	char out[1024];

	sees(f, "/srv/a/x", SHA_A, "r");
	sees(f, "/srv/b", SHA_A, "r");
	done(f, "done");
	begin_run(f, "hunt --path /srv", NULL, NULL);
	c = fix_record(f, REC_COVERAGE);
	c->u.record.u.coverage = (struct rec_coverage){
		.what = bytes_str("hunt"),
		.outcome = bytes_str("failed"),
		.reason = bytes_str("permission"),
		.path = bytes_str("/srv/a"),
		.files = 1};
	fix_submit(f, c);
	done(f, "partial");
	d = diff(f, NULL, out);
	assert_string_equal(out, "gone r /srv/b|");
	assert_int_equal(d.n_unseen, 1);
	begin_run(f, "hunt --path /srv", NULL, NULL);
	done(f, "failed");
	d = diff(f, NULL, out);
	assert_int_equal(d.n_changes, 0);
}

/* What these rules do not look for has not gone from anywhere. */
static void rules_that_changed_are_told_from_hosts(void **state)
{
	static const char words[] = "hunt --path /srv";
	struct fix *f = *state;
	struct case_diff d;
	struct change *c;
	char out[1024];

	sees(f, "/srv/a", SHA_A, "kept");
	sees(f, "/srv/b", SHA_A, "kept");
	sees(f, "/srv/b", SHA_A, "renamed");
	done(f, "done");
	/* Names of a rule set are kept once, whichever run brought them. */
	begin_with_rules(f, "hunt --path /opt", SHA_A,
			 "\napt.yar:other\napt.yar:kept\n");
	done(f, "done");
	begin_with_rules(f, words, SHA_A, "\napt.yar:other\napt.yar:kept\n");
	sees(f, "/srv/a", SHA_A, "kept");
	sees(f, "/srv/b", SHA_A, "other");
	put_run_host(f, "done");
	c = change_new(CHANGE_RUN_END);
	c->run = f->run;
	fix_submit(f, c);
	fix_flush(f);
	d = diff(f, NULL, out);
	assert_string_equal(out, "new other /srv/b|gone kept /srv/b|"
				 "no rule renamed /srv/b|");
	assert_int_equal(d.n_other_rules, 1);
	assert_int_equal(d.n_no_rule, 1);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM runs"
				    " WHERE rule_names IS NOT NULL"),
			 1);
	assert_sql(f,
		   "SELECT group_concat(rule) FROM finding"
		   " WHERE gone_run_id IS NOT NULL",
		   "kept");
	/* The same rules again: nothing to be said. */
	begin_with_rules(f, words, SHA_A, NULL);
	sees(f, "/srv/a", SHA_A, "kept");
	done(f, "done");
	d = diff(f, NULL, out);
	assert_string_equal(out, "gone other /srv/b|");
	assert_int_equal(d.n_other_rules, 0);
	expect_sound(f);
}

/* A run and the one that takes it up are one run. */
static void a_resumed_run_is_compared_whole(void **state)
{
	struct fix *f = *state;
	struct uuid cut;
	char out[1024];

	sees(f, "/srv/a", SHA_A, "r");
	sees(f, "/srv/z", SHA_A, "r");
	done(f, "done");
	begin_run(f, "hunt --path /srv", NULL, NULL);
	cut = f->run;
	sees(f, "/srv/a", SHA_A, "r");
	done(f, "failed");
	assert_int_equal(diff(f, NULL, out).n_unseen, 1);
	begin_run(f, "hunt --path /srv", NULL, &cut);
	sees(f, "/srv/z", SHA_A, "r");
	done(f, "done");
	assert_int_equal(diff(f, NULL, out).n_changes, 0);
	begin_run(f, "hunt --path /srv", NULL, NULL);
	sees(f, "/srv/a", SHA_A, "r");
	sees(f, "/srv/z", SHA_A, "r");
	done(f, "done");
	assert_int_equal(diff(f, NULL, out).n_changes, 0);
}

/* ---- cursors ---- */

static void a_run_keeps_how_far_each_host_came(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_RUN_HOST);

	c->host = f->host;
	c->run = f->run;
	c->u.run_host.state = "queued";
	c->u.run_host.cursor_root = 1;
	c->u.run_host.cursor = change_bytes(c, bytes_str("/srv/\xff"));
	fix_submit(f, c);
	put_run_host(f, "running");
	fix_flush(f);
	assert_sql(f, "SELECT cursor_root || hex(cursor) FROM run_host",
		   "12F7372762FFF");
	c = fix_record(f, REC_CURSOR);
	c->u.record.u.cursor = (struct rec_cursor){
		.root = 2, .path = change_bytes(c, bytes_str("/var/z"))};
	fix_submit(f, c);
	put_run_host(f, "failed");
	fix_flush(f);
	assert_sql(f, "SELECT cursor_root || state || cursor FROM run_host",
		   "2failed/var/z");
	expect_sound(f);
}

/* ---- coverage ---- */

static void put_counted(struct fix *f, const char *outcome, const char *reason,
			uint64_t files)
{
	struct change *c = fix_record(f, REC_COVERAGE);

	c->u.record.u.coverage = (struct rec_coverage){
		.what = change_bytes(c, bytes_str("hunt")),
		.outcome = change_bytes(c, bytes_str(outcome)),
		.reason = change_bytes(c, bytes_str(reason)),
		.path = change_bytes(c, bytes_str("/srv")),
		.files = files,
		.bytes = files * 10};
	fix_submit(f, c);
}

static void coverage_adds_up(void **state)
{
	struct fix *f = *state;

	put_counted(f, "scanned", "", 1000);
	put_counted(f, "scanned", "", 1000);
	put_counted(f, "skipped", "size", 1);
	put_counted(f, "failed", "permission", 1);
	put_counted(f, "failed", "permission", 1);
	fix_flush(f);
	assert_sql(f,
		   "SELECT group_concat(line, ',') FROM (SELECT outcome ||"
		   " reason || ' ' || files || ' ' || bytes || ' ' || percent"
		   " AS line FROM coverage_sum ORDER BY rank)",
		   "scanned 2000 20000 99.85,skippedsize 1 10 0.04,"
		   "failedpermission 2 20 0.09");
	/* Of what nobody came to, nobody knows how much there is. */
	put_counted(f, "skipped", "stopped", 0);
	fix_flush(f);
	assert_sql(f,
		   "SELECT count(*) || ' ' || count(percent)"
		   " FROM coverage_sum", "4 0");
	expect_sound(f);
}

int main(void)
{
#define HUNTS_TEST(t) cmocka_unit_test_setup_teardown(t, host, fix_teardown)
	const struct CMUnitTest tests[] = {
		HUNTS_TEST(each_run_keeps_what_it_saw_once),
		HUNTS_TEST(scores_say_how_bad_it_is),
		HUNTS_TEST(lists_ask_for_more_than_equality),
		HUNTS_TEST(a_chosen_order_pages_over_nothing),
		HUNTS_TEST(exclusions_cover_what_is_there_and_what_comes),
		HUNTS_TEST(exclusions_mean_paths_and_hosts),
		HUNTS_TEST(exclusions_that_say_nothing_are_refused),
		HUNTS_TEST(hunts_have_names_and_runs),
		HUNTS_TEST(runs_differ_in_what_came_went_and_changed),
		HUNTS_TEST(what_was_not_looked_at_is_not_gone),
		HUNTS_TEST(rules_that_changed_are_told_from_hosts),
		HUNTS_TEST(a_resumed_run_is_compared_whole),
		HUNTS_TEST(a_run_keeps_how_far_each_host_came),
		HUNTS_TEST(coverage_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
