/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each check against made-up hosts of its own: of one it has to find what the
 * fixture says, all of it and nothing else; of the other nothing above info.
 */
#include "base/base.h"
#include "app/checks.h"
#include "app/inside.h"
#include "app/judging.h"
#include "base/text.h"
#include "model/severity.h"

#define FIXTURE_MAX  ((size_t)1 << 20)
#define MESSAGE_MAX  400
#define LOUDNESS_ANY (-1)

struct found {
	char *object;
	int severity; /* LOUDNESS_ANY: whichever */
};

struct found_list {
	struct found *v;
	size_t n;
};

struct testing {
	struct app *app;
	struct check *check;
	check_say say;
	void *arg;
	struct found_list found;
};

static void problem(struct testing *t, const char *path, unsigned line,
		    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void problem(struct testing *t, const char *path, unsigned line,
		    const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	const struct check_problem p = {path, line, message};
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	if (t->say)
		t->say(t->arg, &p);
}

static void add(struct found_list *list, const char *object, int severity)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].object, object) == 0)
			return; /* several rows, one finding */
	list->v = xrealloc(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = (struct found){xstrdup(object), severity};
}

static const struct found *find(const struct found_list *list,
				const char *object)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].object, object) == 0)
			return &list->v[i];
	return NULL;
}

static void release(struct found_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].object);
	free(list->v);
	*list = (struct found_list){0};
}

/* ---- running one ---- */

/* Reads the row as a run over hosts would. */
static enum err_code take_row(void *arg, const char *const *names,
			      const struct value *values, size_t n,
			      struct err *err)
{
	struct testing *t = arg;
	const struct judge_row row = {names, values, n};
	struct change *c = change_new(CHANGE_CHECK_FOUND);
	enum err_code code = check_row_read(&row, t->check, NULL, c, err);

	if (code == ERR_OK)
		add(&t->found, c->u.check.object,
		    severity_of(bytes_str(c->u.check.severity)));
	change_free(c);
	return code;
}

static bool run_over(struct testing *t, struct bytes json, const char *where)
{
	const struct check *check = t->check;
	const struct checkset one = {.v = t->check, .n = 1};
	const struct judge_ask ask = {
		.limit_ns = CHECK_LIMIT_NS,
		.max_rows = CHECK_ROWS_MAX,
		.row = take_row,
		.arg = t,
	};
	struct judging *judging = NULL;
	uint64_t n_rows;
	struct err err;
	size_t at = 0;
	const struct judging_of of = {.fixture = json};
	enum err_code code = judging_begin(&t->app->zygote, &of, &one,
					   &judging, &err);

	if (code == ERR_OK)
		code = judging_rows(judging, NULL, &n_rows, &err);
	if (code != ERR_OK)
		problem(t, where, 1, "%s", err.msg);
	else if (judging_next(judging, &ask, &at, &err) != ERR_OK)
		problem(t, check->path, check_line(check, at), "%s", err.msg);
	judging_end(judging);
	return code == ERR_OK;
}

/* ---- fixtures ---- */

static void add_expected(void *arg, struct bytes name, struct bytes severity)
{
	char *object = bytes_to_str(name);

	add(arg, object, severity.n ? severity_of(severity) : LOUDNESS_ANY);
	free(object);
}

static void compare(struct testing *t, const struct found_list *expected,
		    const char *where)
{
	if (expected->n == 0)
		problem(t, where, 1, "it names no objects to be found");
	for (size_t i = 0; i < expected->n; i++) {
		const struct found *e = &expected->v[i];
		const struct found *f = find(&t->found, e->object);

		if (!f)
			problem(t, where, 1, "%s was not found",
				shown_str(e->object).s);
		else if (e->severity != LOUDNESS_ANY &&
			 e->severity != f->severity)
			problem(t, where, 1, "%s is %s, not what it is to be",
				shown_str(e->object).s,
				severity_name(f->severity));
	}
	for (size_t i = 0; i < t->found.n; i++)
		if (!find(expected, t->found.v[i].object))
			problem(t, where, 1, "%s was found, which is not to be",
				shown_str(t->found.v[i].object).s);
}

static void test_positive(struct testing *t, struct bytes json,
			  const char *where)
{
	struct found_list expected = {0};
	struct err err;

	if (!run_over(t, json, where))
		return;
	if (judge_fixture_objects(json, add_expected, &expected, &err) !=
	    ERR_OK)
		problem(t, where, 1, "%s", err.msg);
	else
		compare(t, &expected, where);
	release(&expected);
}

static void test_negative(struct testing *t, struct bytes json,
			  const char *where)
{
	if (!run_over(t, json, where))
		return;
	for (size_t i = 0; i < t->found.n; i++)
		if (t->found.v[i].severity > 0)
			problem(t, where, 1, "%s was found, and is harmless",
				shown_str(t->found.v[i].object).s);
}

static const struct {
	const char *name;
	void (*test)(struct testing *t, struct bytes json, const char *where);
} fixtures[] = {
	{"positive", test_positive},
	{"negative", test_negative},
};

static void with_fixture(struct testing *t, size_t i, bool runs)
{
	const struct check *c = t->check;
	size_t folder = strlen(c->path) - strlen(c->file);
	char *where = xasprintf("%.*sfixtures/%s.%s.json", (int)folder,
				c->path, c->id, fixtures[i].name);
	struct buf json;
	struct err err;

	buf_init(&json, FIXTURE_MAX);
	if (check_fixture(c, fixtures[i].name, &json, &err) != ERR_OK)
		problem(t, c->path, 1, "its %s fixture: %s", fixtures[i].name,
			err.msg);
	else if (runs)
		fixtures[i].test(t, buf_bytes(&json), where);
	release(&t->found);
	buf_release(&json);
	free(where);
}

static void over_all(struct app *app, const struct checkset *set, bool runs,
		     check_say say, void *arg)
{
	for (size_t i = 0; i < set->n; i++) {
		struct testing t = {.app = app,
				    .check = &set->v[i],
				    .say = say,
				    .arg = arg};

		if (!runs)
			(void)run_over(&t, (struct bytes){0},
				       set->v[i].path);
		release(&t.found);
		for (size_t k = 0; k < ARRAY_SIZE(fixtures); k++)
			with_fixture(&t, k, runs);
	}
}

void checks_lint(struct app *app, const struct checkset *set, check_say say,
		 void *arg)
{
	over_all(app, set, false, say, arg);
}

void checks_test(struct app *app, const struct checkset *set, check_say say,
		 void *arg)
{
	over_all(app, set, true, say, arg);
}
