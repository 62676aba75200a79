/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that take up others are one with them: what is left, what changed. */
#include "unit/case_util.h"

#include "base/buf.h"

#define LINES_MAX 1024
#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void begin_run(struct fix *f, const struct uuid *resumes)
{
	struct change *c = change_new(CHANGE_RUN_BEGIN);

	c->run = f->run = uuid_v7();
	f->files = f->matches = 0;
	c->u.run.op = "hunt";
	c->u.run.words = "hunt --path /srv";
	c->u.run.resumes = resumes ? change_str(c, resumes->s) : NULL;
	fix_submit(f, c);
}

static void end_run(struct fix *f)
{
	struct change *c = change_new(CHANGE_RUN_END);

	c->run = f->run;
	c->u.run_end.code = ERR_CANCELLED;
	fix_submit(f, c);
	fix_flush(f);
}

/* How a host fares in the run; cursor NULL: it did not come anywhere. */
static void fares(struct fix *f, const struct uuid *host, const char *state,
		  const char *cursor)
{
	struct change *c = change_new(CHANGE_RUN_HOST);

	c->run = f->run;
	c->host = *host;
	c->u.run_host.state = change_str(c, state);
	c->u.run_host.mode = change_str(c, "probe");
	if (cursor)
		c->u.run_host.cursor = change_bytes(c, bytes_str(cursor));
	fix_submit(f, c);
	fix_flush(f);
}

static enum err_code add_leg(void *user, const struct case_leg *leg,
			     struct err *err UNUSED)
{
	struct buf *out = user;

	(void)buf_addf(out, "%.*s %.*s %.*s%s;", (int)leg->host.n,
		       (const char *)leg->host.p, (int)leg->state.n,
		       (const char *)leg->state.p, (int)leg->cursor.n,
		       (const char *)leg->cursor.p,
		       leg->is_at_work ? " at work" : "");
	return ERR_OK;
}

static void expect_legs(struct fix *f, const struct uuid *run,
			const char *want)
{
	struct buf out;
	const struct leg_sink sink = {.take = add_leg, .user = &out};
	struct err err;

	buf_init(&out, LINES_MAX);
	assert_ok(case_legs(f->cf, run->s, &sink, &err), err);
	assert_string_equal(buf_str(&out), want);
	buf_release(&out);
}

static enum err_code add_run(void *user, const struct uuid *run,
			     struct err *err UNUSED)
{
	struct buf *out = user;

	(void)buf_addf(out, "%s;", run->s);
	return ERR_OK;
}

/* Those of the family, the newest first, whichever of them is asked for. */
static void expect_family(struct fix *f, const struct uuid *runs, size_t n)
{
	struct buf want, got;
	struct err err;

	buf_init(&want, LINES_MAX);
	buf_init(&got, LINES_MAX);
	for (size_t i = n; i-- > 0;)
		(void)buf_addf(&want, "%s;", runs[i].s);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&got);
		assert_ok(case_legs_of(f->cf, runs[i].s, add_run, &got, &err),
			  err);
		assert_string_equal(buf_str(&got), buf_str(&want));
	}
	buf_release(&want);
	buf_release(&got);
}

static void runs_that_take_up_the_same_are_one(void **state)
{
	/* Which earlier one each takes up; itself: none. */
	static const size_t takes_up[] = {0, 1, 0, 0, 2, 1};
	struct fix *f = *state;
	struct uuid runs[6];

	fix_host(f, "a");
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		begin_run(f, takes_up[i] == i ? NULL : &runs[takes_up[i]]);
		runs[i] = f->run;
		end_run(f);
	}
	expect_family(f, (struct uuid[]){runs[0], runs[2], runs[3], runs[4]},
		      4);
	expect_family(f, (struct uuid[]){runs[1], runs[5]}, 2);
}

static void the_newest_leg_counts(void **state)
{
	struct fix *f = *state;
	struct uuid host[3], first, second;

	for (size_t i = 0; i < ARRAY_SIZE(host); i++) {
		fix_host(f, i == 0 ? "a" : i == 1 ? "b" : "c");
		host[i] = f->host;
	}
	begin_run(f, NULL);
	first = f->run;
	fares(f, &host[0], "done", "a1");
	fares(f, &host[1], "failed", "b1");
	fares(f, &host[2], "cancelled", NULL);
	end_run(f);
	expect_legs(f, &first, "a done a1;b failed b1;c cancelled ;");
	/* One takes up two of them, the next again what the first left. */
	begin_run(f, &first);
	second = f->run;
	fares(f, &host[1], "done", "b2");
	fares(f, &host[2], "partial", "c2");
	end_run(f);
	expect_legs(f, &first, "a done a1;b done b2;c partial c2;");
	begin_run(f, &first);
	fares(f, &host[2], "queued", NULL);
	expect_legs(f, &first, "a done a1;b done b2;c queued c2 at work;");
	expect_legs(f, &second, "b done b2;c queued c2 at work;");
	fares(f, &host[2], "done", "c3");
	expect_legs(f, &first, "a done a1;b done b2;c done c3;");
	expect_legs(f, &f->run, "c done c3;");
	end_run(f);
	/* Others of the same words are none of it. */
	begin_run(f, NULL);
	fares(f, &host[0], "failed", NULL);
	end_run(f);
	expect_legs(f, &f->run, "a failed ;");
	expect_legs(f, &second, "b done b2;c done c3;");
	expect_sound(f);
}

static void ignore(void *arg UNUSED, const struct row *row UNUSED)
{
}

static void sees(struct fix *f, const char *path)
{
	put_match(f, put_file(f, path, SHA_A, false), "r", "high");
}

/* What one leg found another did not have to find again. */
static void legs_beside_each_other_are_one_hunt(void **state)
{
	struct fix *f = *state;
	struct case_diff d = {.each = ignore};
	struct uuid first;
	struct err err;

	fix_host(f, "web01");
	begin_run(f, NULL);
	sees(f, "/srv/x");
	sees(f, "/srv/y");
	fares(f, &f->host, "done", NULL);
	end_run(f);
	for (size_t i = 0; i < 2; i++) {
		begin_run(f, NULL);
		first = f->run;
		fares(f, &f->host, "interrupted", NULL);
		end_run(f);
		begin_run(f, &first);
		sees(f, "/srv/x");
		fares(f, &f->host, "interrupted", NULL);
		end_run(f);
		begin_run(f, &first);
		sees(f, "/srv/y");
		fares(f, &f->host, "done", NULL);
		end_run(f);
		assert_ok(case_diff(f->cf, &f->run, NULL, &d, &err), err);
		assert_int_equal(d.n_changes, 0);
	}
	expect_sound(f);
}

static void how_a_run_goes_about_it_is_in_the_log(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_RUN_BEGIN);

	c->run = f->run = uuid_v7();
	c->u.run.op = "hunt";
	c->u.run.how = "--no-probe --jump \"a b\"";
	fix_submit(f, c);
	fix_flush(f);
	assert_sql(f,
		   "SELECT detail FROM audit WHERE action = 'run.begin'"
		   " AND object_id = (SELECT max(id) FROM run)",
		   "{\"how\":\"--no-probe --jump \\\"a b\\\"\"}");
	expect_sound(f);
}

int main(void)
{
#define LEGS_TEST(t) cmocka_unit_test_setup_teardown(t, fix_setup, fix_teardown)
	const struct CMUnitTest tests[] = {
		LEGS_TEST(the_newest_leg_counts),
		LEGS_TEST(runs_that_take_up_the_same_are_one),
		LEGS_TEST(legs_beside_each_other_are_one_hunt),
		LEGS_TEST(how_a_run_goes_about_it_is_in_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
