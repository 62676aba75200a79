/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks over hosts of the case, as a run: what each finds goes to the writer
 * as a change. What the baseline has too is kept, and quiet. A check that
 * fails costs itself on that host, and is said.
 */
#include "base/base.h"
#include "app/checks.h"
#include "app/cmd.h"
#include "app/inside.h"
#include "app/judging.h"
#include "base/nameset.h"
#include "base/text.h"
#include "wire/records.h"

#define AHEAD_MAX 16 /* hosts that are judged side by side */

#define WORDS_BYTES_MAX ((size_t)64 << 10)

/* A host whose turn has not come yet. */
struct ahead {
	struct case_host host;
	struct judging *judging;
	struct err err; /* why not; ERR_OK: it is being judged */
};

struct checking {
	struct app *app;
	const struct check_spec *spec;
	struct check_result *result;
	struct checkset set;
	struct nameset usual; /* what the baseline has: "check\nobject" */
	struct hash_set known; /* files that are harmless */
	size_t usual_hosts;    /* that it is made of */
	char *usual_as;	       /* "baseline NAME"; NULL: there is none */
	struct casefile *other; /* the baseline's case; NULL: ours */
	struct ahead ahead[AHEAD_MAX]; /* by the host's place, round and round */
	size_t n_ahead, n_begun;
	struct case_host host; /* at work on; of `ahead` */
	struct nameset seen;   /* on it, the same way */
	const struct check *check; /* of it */
	uint64_t n_failed;     /* checks of it */
	uint64_t n_wanting;    /* those that had not what was to be there */
	bool lacks, wants;     /* the check at work: something, such a thing */
};

static void say(const struct checking *k, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

static void say(const struct checking *k, const char *fmt, ...)
{
	char line[ERR_MSG_MAX + 128];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (k->spec->say)
		k->spec->say(k->spec->say_arg, line);
}

/* ---- rows ---- */

static char *name_of(const struct checking *k, const struct judge_row *row)
{
	char object[CHECK_OBJECT_MAX + 1];

	check_row_object(row, object, sizeof object);
	return xasprintf("%s\n%s", k->check->id, object);
}

static enum err_code remember(void *arg, const char *const *names,
			      const struct value *values, size_t n,
			      struct err *err UNUSED)
{
	struct checking *k = arg;
	const struct judge_row row = {names, values, n};
	char *name = name_of(k, &row);

	(void)nameset_add(&k->usual, bytes_str(name));
	free(name);
	return ERR_OK;
}

static void count(struct check_result *r, const struct change_check *found)
{
	if (found->quiet)
		r->n_quiet++;
	else if (strcmp(found->severity, "info") == 0)
		r->n_info++;
	else
		r->n_loud++;
}

/* Why a row that is loud of itself is not to alarm anybody; NULL: it is. */
static const char *why_quiet(const struct checking *k, const char *name,
			     const struct judge_row *row)
{
	if (nameset_has(&k->usual, bytes_str(name)))
		return k->usual_as;
	return check_row_is_known(row, &k->known) ? "known hash" : NULL;
}

/* Of several rows about one object the first is kept. */
static enum err_code keep(void *arg, const char *const *names,
			  const struct value *values, size_t n,
			  struct err *err)
{
	struct checking *k = arg;
	const struct judge_row row = {names, values, n};
	char *name = name_of(k, &row);
	struct change *c;
	enum err_code code;

	if (!nameset_add(&k->seen, bytes_str(name))) {
		free(name);
		return ERR_OK;
	}
	c = change_new(CHANGE_CHECK_FOUND);
	c->run = k->result->run;
	c->host = k->host.id;
	code = check_row_read(&row, k->check, why_quiet(k, name, &row), c, err);
	free(name);
	if (code != ERR_OK) {
		change_free(c);
		return code;
	}
	count(k->result, &c->u.check);
	return case_submit(k->app->casefile, c, err);
}

/* What could not be judged is not innocent of it: a row of coverage, which
 * lacks_say puts in words. */
static void keep_lack(void *arg, const char *kind, const char *why, bool failed)
{
	struct checking *k = arg;
	struct change *c = change_new(CHANGE_RECORD);
	char *reason = xasprintf("%s: %s", kind, why);
	struct record rec = {
		.type = REC_COVERAGE,
		.u.coverage = {.what = bytes_str("check"),
			       .outcome = bytes_str(failed ? "failed"
							   : "skipped"),
			       .reason = bytes_str(reason),
			       .path = bytes_str(k->check->id),
			       .files = 1}};
	struct err err;

	c->run = k->result->run;
	c->host = k->host.id;
	change_set_record(c, &rec);
	k->lacks = true;
	k->wants |= failed;
	free(reason);
	/* How the writer fared is asked in the end. */
	(void)!case_submit(k->app->casefile, c, &err);
}

/* ---- checks ---- */

typedef enum err_code row_fn(void *arg, const char *const *names,
			     const struct value *values, size_t n,
			     struct err *err);

/* Whether the whole run is to end over it. */
static bool is_grave(enum err_code code)
{
	return code == ERR_CANCELLED || code == ERR_IO || code == ERR_DENIED;
}

static enum err_code run_check(struct checking *k, struct judging *judging,
			       row_fn *row, const char *host, struct err *err)
{
	const struct judge_ask ask = {
		.limit_ns = CHECK_LIMIT_NS,
		.max_rows = CHECK_ROWS_MAX,
		.cancel = k->spec->cancel,
		.row = row,
		.lack = row == keep ? keep_lack : NULL,
		.arg = k,
	};
	size_t at;
	enum err_code code = judging_next(judging, &ask, &at, err);

	if (code == ERR_OK || is_grave(code))
		return code;
	k->n_failed++;
	say(k, "%s: check %s: %s", shown_str(host).s, k->check->id, err->msg);
	return ERR_OK;
}

static enum err_code run_checks(struct checking *k, struct judging *judging,
				row_fn *row, const char *host, struct err *err)
{
	enum err_code code = ERR_OK;

	k->n_failed = k->n_wanting = 0;
	for (size_t i = 0; code == ERR_OK && i < k->set.n; i++) {
		k->check = &k->set.v[i];
		k->lacks = k->wants = false;
		code = run_check(k, judging, row, host, err);
		k->result->n_lacking += k->lacks;
		k->n_wanting += k->wants;
	}
	return code;
}

/* ---- hosts ---- */

static enum err_code put_state(struct checking *k, const char *state,
			       enum err_code code, const char *message,
			       struct err *err)
{
	struct change *c = change_new(CHANGE_RUN_HOST);

	c->run = k->result->run;
	c->host = k->host.id;
	c->u.run_host.state = state;
	c->u.run_host.code = code;
	c->u.run_host.message = change_str(c, message);
	c->u.run_host.matches = k->seen.n;
	return case_submit(k->app->casefile, c, err);
}

static uint64_t count_evidence(const struct checking *k, const char *column)
{
	struct row_query query = {.view = "evidence", .limit = 1};
	struct err err;
	uint64_t n;

	cmd_where(&query, "host", k->host.name);
	if (column)
		cmd_where_op(&query, column, ROW_AT_LEAST, "1");
	return app_count(k->app, &query, &n, &err) == ERR_OK ? n : 0;
}

/* Files that nobody read say nothing, which is not that all is well. */
static void say_unread(const struct checking *k)
{
	if (count_evidence(k, NULL) && !count_evidence(k, "facts") &&
	    !count_evidence(k, "events"))
		say(k, "%s: the files that it brought were not read yet: "
		       "`halligan parse %s`, then check again",
		    shown_str(k->host.name).s, shown_str(k->host.name).s);
}

static enum err_code end_host(struct checking *k, uint64_t n_rows,
			      struct err *err)
{
	uint64_t n = k->n_failed, wanting = k->n_wanting;
	char line[128];

	say_unread(k);
	if (n_rows == 0) {
		k->result->n_unseen++;
		say(k, "%s: nothing is known of it: triage it first",
		    shown_str(k->host.name).s);
		return put_state(k, "failed", ERR_NOTFOUND,
				 "nothing is known of it", err);
	}
	k->result->n_failed += n;
	k->result->n_wanting += wanting;
	if (!n && !wanting)
		return put_state(k, "done", ERR_OK, NULL, err);
	if (n)
		(void)snprintf(line, sizeof line,
			       "%" PRIu64 " %s could not be run", n,
			       n == 1 ? "check" : "checks");
	else
		(void)snprintf(line, sizeof line,
			       "%" PRIu64 " %s without what was to be judged, "
			       "see its coverage",
			       wanting,
			       wanting == 1 ? "check was" : "checks were");
	return put_state(k, "partial", ERR_PARTIAL, line, err);
}

static enum err_code begin_judging(struct checking *k,
				   const struct casefile *cf, const char *host,
				   struct judging **out, struct err *err)
{
	const struct judging_of of = {.cf = cf, .host = host};

	return judging_begin(&k->app->zygote, &of, &k->set, out, err);
}

/* Those behind the one at work are judged meanwhile. */
static void begin_some(struct checking *k, size_t i)
{
	struct casefile *cf = k->app->casefile;

	while (k->n_begun < k->spec->n_hosts && k->n_begun < i + k->n_ahead) {
		struct ahead *a = &k->ahead[k->n_begun % AHEAD_MAX];
		enum err_code code = case_host_find(
			cf, k->spec->hosts[k->n_begun++], &a->host, &a->err);

		if (code == ERR_OK)
			code = begin_judging(k, cf, a->host.name, &a->judging,
					     &a->err);
		a->err.code = code;
	}
}

static void end_ahead(struct ahead *a)
{
	judging_end(a->judging);
	case_host_release(&a->host);
	*a = (struct ahead){0};
}

static enum err_code check_host(struct checking *k, size_t i, struct err *err)
{
	struct ahead *a = &k->ahead[i % AHEAD_MAX];
	uint64_t n_rows = 0;
	struct err ignored;
	enum err_code code;

	begin_some(k, i);
	if (!a->host.name)
		return (*err = a->err).code;
	k->host = a->host;
	code = a->judging ? judging_rows(a->judging, k->spec->cancel, &n_rows,
					 err)
			  : (*err = a->err).code;
	if (code == ERR_OK && n_rows)
		code = run_checks(k, a->judging, keep, k->host.name, err);
	if (code == ERR_OK)
		code = end_host(k, n_rows, err);
	else
		(void)put_state(k, code == ERR_CANCELLED ? "cancelled"
							 : "failed",
				code, err->msg, &ignored);
	nameset_release(&k->seen);
	end_ahead(a);
	return code;
}

/* ---- the baseline ---- */

static enum err_code learn_host(struct checking *k, const char *name,
				struct err *err)
{
	const struct casefile *cf = k->other ? k->other : k->app->casefile;
	struct judging *judging;
	uint64_t n_rows = 0;
	enum err_code code = begin_judging(k, cf, name, &judging, err);

	if (code == ERR_OK)
		code = judging_rows(judging, k->spec->cancel, &n_rows, err);
	if (code == ERR_OK && n_rows) {
		k->usual_hosts++;
		code = run_checks(k, judging, remember, name, err);
	}
	judging_end(judging);
	return code;
}

static enum err_code learn_row(void *arg, const struct view *v,
			       const struct row *row, struct err *err)
{
	char *name = bytes_to_str(row_bytes(v, row, "name"));
	enum err_code code = learn_host(arg, name, err);

	free(name);
	return code;
}

/* Another case is all of its hosts that something is known of. */
static enum err_code learn_case(struct checking *k, struct err *err)
{
	const struct row_query query = {.view = "host"};
	enum err_code code =
		case_open_reading(k->spec->baseline, &k->other, err);

	if (code != ERR_OK)
		return code;
	return app_each_row(k->other, &query, learn_row, k, err);
}

/* A host of the case, or else a case file. */
static enum err_code learn(struct checking *k, struct err *err)
{
	const char *given = k->spec->baseline;
	struct case_host host = {0};
	enum err_code code;

	if (!given)
		return ERR_OK;
	code = case_host_find(k->app->casefile, given, &host, err);
	if (code == ERR_OK)
		code = learn_host(k, host.name, err);
	else if (access(given, F_OK) == 0)
		code = learn_case(k, err);
	else
		code = err_set(err, ERR_NOTFOUND,
			       "the baseline %s is no host of this case, and "
			       "no case file",
			       shown_str(given).s);
	if (code == ERR_OK && !k->usual_hosts)
		code = err_set(err, ERR_NOTFOUND,
			       "the baseline %s: nothing is known of it: "
			       "triage it first",
			       shown_str(given).s);
	k->usual_as = xasprintf("baseline %s", host.name ? host.name : given);
	case_host_release(&host);
	return code;
}

/* ---- the run ---- */

/* What later runs are held against that did the same: which checks there
 * were matters, what is in them may change. */
static void say_words(const struct checking *k, struct buf *words)
{
	(void)buf_add_str(words, "check");
	for (size_t i = 0; i < k->spec->n_paths; i++)
		(void)buf_addf(words, " --checks %s", k->spec->paths[i]);
	if (k->usual_as)
		(void)buf_addf(words, " %s", k->usual_as);
}

static enum err_code begin_run(struct checking *k, struct err *err)
{
	struct change *c = change_new(CHANGE_RUN_BEGIN);
	struct buf words;

	buf_init(&words, WORDS_BYTES_MAX);
	say_words(k, &words);
	k->result->run = uuid_v7();
	c->run = k->result->run;
	c->u.run.op = "check";
	c->u.run.command = change_str(c, k->spec->command ? k->spec->command
							  : "check");
	c->u.run.words = change_str(c, buf_str(&words));
	c->u.run.rules_sha256 = change_str(c, k->set.sha256);
	c->u.run.n_rules = k->set.n;
	buf_release(&words);
	return case_apply(k->app->casefile, c, err);
}

static enum err_code end_run(struct checking *k, enum err_code how,
			     const char *message, struct err *err)
{
	struct change *c = change_new(CHANGE_RUN_END);
	enum err_code code;

	c->run = k->result->run;
	c->u.run_end.code = how;
	c->u.run_end.message = change_str(c, message);
	code = case_submit(k->app->casefile, c, err);
	if (code == ERR_OK)
		code = case_flush(k->app->casefile, err);
	return code == ERR_OK ? case_health(k->app->casefile, err) : code;
}

static enum err_code judge_run_end(const struct check_result *r,
				   struct err *err)
{
	if (r->n_unseen && r->n_unseen == r->n_hosts)
		return err_set(err, ERR_NOTFOUND,
			       "nothing is known of %s: triage first",
			       r->n_hosts == 1 ? "it" : "them");
	if (r->n_failed || r->n_unseen)
		return err_set(err, ERR_PARTIAL,
			       "not all checks could be run on all hosts");
	if (r->n_wanting)
		return err_set(err, ERR_PARTIAL,
			       "not all checks had what they judge by");
	return ERR_OK;
}

static enum err_code run(struct checking *k, struct err *err)
{
	struct err end_err;
	enum err_code code = begin_run(k, err), end;

	if (code != ERR_OK)
		return code;
	for (size_t i = 0; code == ERR_OK && i < k->spec->n_hosts; i++)
		code = check_host(k, i, err);
	if (code == ERR_OK)
		code = judge_run_end(k->result, err);
	end = end_run(k, code, code == ERR_OK ? NULL : err->msg, &end_err);
	if (end != ERR_OK && code == ERR_OK) {
		*err = end_err;
		code = end;
	}
	return code;
}

static void say_problem(void *arg, const struct check_problem *p)
{
	say(arg, "%s:%u: %s", shown_str(p->path).s, p->line, p->message);
}

enum err_code app_check(struct app *app, const struct check_spec *spec,
			struct check_result *result, struct err *err)
{
	long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct checking k = {
		.app = app,
		.spec = spec,
		.result = result,
		.n_ahead = (size_t)MIN(MAX(n_cpus, 1L), (long)AHEAD_MAX)};
	struct sink *sink;
	struct err ignored;
	enum err_code code = case_sink(app->casefile, &sink, err);

	*result = (struct check_result){.n_hosts = spec->n_hosts};
	if (code == ERR_OK)
		code = checks_load(&k.set, spec->paths, spec->n_paths,
				   say_problem, &k, err);
	result->n_checks = k.set.n;
	for (size_t i = 0; code == ERR_OK && i < spec->n_known; i++)
		code = hash_set_read(&k.known, spec->known[i], err);
	if (code == ERR_OK)
		code = learn(&k, err);
	if (code == ERR_OK)
		code = run(&k, err);
	for (size_t i = 0; i < AHEAD_MAX; i++)
		end_ahead(&k.ahead[i]);
	if (k.other)
		(void)case_close(k.other, &ignored);
	nameset_release(&k.usual);
	hash_set_release(&k.known);
	free(k.usual_as);
	checkset_release(&k.set);
	return code;
}
