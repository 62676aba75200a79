/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows a run once it is over and in the case: the logs and
 * configuration that it brought are read, a run for each host, several of them
 * at once; then what is wrong is looked for on all of them.
 */
#include "base/base.h"

#include "app/checks.h"
#include "app/cmd.h"
#include "app/inside.h"
#include "base/text.h"
#include "job/job.h"

/* A run with something to follow. */
struct follow {
	struct follow *next;
	struct uuid origin; /* the run that brought it, */
	struct uuid *legs;  /* and all that are one with it, it among them */
	size_t n_legs;
	/* Those that are not over yet: first it, then its followers. */
	struct uuid awaited[FOLLOW_MAX];
	size_t n_awaited;
	char *command, *baseline, *parser, *zone;
	bool checks, only_pictures;
	bool reads; /* what that run brought; else only what it makes due */
	bool is_part; /* what was asked for is to read the hosts that are listed, */
	bool again;   /* and whether also what was read before */
	char **hosts; /* whose evidence is to be read yet */
	size_t n_hosts, at;
	const char *of_run; /* that brought it; NULL: any, */
	bool assumed;	    /* of what was read before its zone was known */
	size_t listed;	    /* of how many runs they are known */
};

static void free_hosts(struct follow *f)
{
	for (size_t i = 0; i < f->n_hosts; i++)
		free(f->hosts[i]);
	free(f->hosts);
	f->hosts = NULL;
	f->n_hosts = f->at = 0;
}

static void follow_free(struct follow *f)
{
	free_hosts(f);
	free(f->legs);
	free(f->command);
	free(f->baseline);
	free(f->parser);
	free(f->zone);
	free(f);
}

void follows_release(struct app *app)
{
	while (app->follows) {
		struct follow *f = app->follows;

		app->follows = f->next;
		follow_free(f);
	}
}

void app_follow(struct app *app, const struct uuid *run,
		const struct follow_spec *spec)
{
	struct follow *f = xcalloc(1, sizeof *f);

	f->origin = f->awaited[0] = *run;
	f->n_awaited = 1;
	f->command = xstrdup(spec->command);
	f->baseline = spec->baseline ? xstrdup(spec->baseline) : NULL;
	f->checks = spec->checks;
	f->only_pictures = spec->only_pictures;
	f->next = app->follows;
	app->follows = f;
}

/* Whether it is one of those that are awaited; not any more, then. */
static bool was_awaited(struct follow *f, const struct uuid *ended)
{
	for (size_t i = 0; i < f->n_awaited; i++) {
		if (strcmp(f->awaited[i].s, ended->s) != 0)
			continue;
		f->awaited[i] = f->awaited[--f->n_awaited];
		return true;
	}
	return false;
}

static struct follow **find(struct app *app, const struct uuid *ended)
{
	struct follow **f = &app->follows;

	while (*f && !was_awaited(*f, ended))
		f = &(*f)->next;
	return f;
}

static enum err_code add_leg(void *user, const struct uuid *run,
			     struct err *err UNUSED)
{
	struct follow *f = user;

	f->legs = xrealloc(f->legs, f->n_legs + 1, sizeof *f->legs);
	f->legs[f->n_legs++] = *run;
	return ERR_OK;
}

/* What a bundle is of is known once it is here. What a run took up, or another
 * that took up the same, may have been killed before anything followed it. */
static enum err_code look_at_origin(struct app *app, struct follow *f,
				    struct err *err)
{
	struct row_query query = {.view = "run", .limit = 1};
	struct err unknown;
	char op[32];

	f->reads = !f->only_pictures;
	cmd_where(&query, "id", f->origin.s);
	if (cmd_newest(app, &query, "op", op, sizeof op, &unknown) == ERR_OK)
		f->reads |= strcmp(op, "triage") == 0;
	f->n_legs = 0;
	return case_legs_of(app->casefile, f->origin.s, add_leg, f, err);
}

/* What is read of the hosts that are listed. */
static struct parse_spec spec_of(const struct follow *f)
{
	return (struct parse_spec){.command = f->command,
				   .of_run = f->of_run,
				   .assumed = f->assumed,
				   .again = f->again,
				   .parser = f->parser,
				   .zone = f->zone};
}

/* Those with something to be read of the next run; at last those whose zone
 * was not known when they were read, and is now. False: there is none. */
static bool list_next(struct app *app, struct follow *f, struct err *err,
		      enum err_code *code)
{
	struct parse_spec spec;

	/* What is read yet may make more due. */
	if (f->n_awaited || f->is_part)
		return false;
	free_hosts(f);
	if (f->reads && f->listed < f->n_legs) {
		f->of_run = f->legs[f->listed++].s;
	} else if (!f->assumed) {
		f->of_run = NULL;
		f->assumed = true;
	} else {
		return false;
	}
	spec = spec_of(f);
	*code = app_parse_hosts(app, &spec, &f->hosts, &f->n_hosts, err);
	return *code == ERR_OK;
}

/* The next host that has something to be read, which is begun; next empty:
 * there is none. */
static enum err_code read_next(struct app *app, struct follow *f,
			       struct uuid *next, struct err *err)
{
	enum err_code code = ERR_OK;

	do {
		struct parse_spec spec = spec_of(f);

		while (f->at < f->n_hosts) {
			spec.host = f->hosts[f->at++];
			code = app_start_parse(app, &spec, next, err);
			if (code != ERR_NOTFOUND) /* else somebody read it */
				return code;
		}
		code = ERR_OK;
	} while (list_next(app, f, err, &code));
	return code;
}

/* Some more than are read at once, so that none waits for us. */
static enum err_code read_some(struct app *app, struct follow *f,
			       struct follow_step *step, struct err *err)
{
	size_t most = MIN(engine_readers() + 2, (size_t)FOLLOW_MAX);
	enum err_code code = ERR_OK;

	while (code == ERR_OK && f->n_awaited < most) {
		struct uuid next = {.s = ""};

		code = read_next(app, f, &next, err);
		if (code != ERR_OK || !next.s[0])
			break;
		f->awaited[f->n_awaited++] = step->next[step->n_next++] = next;
	}
	return code;
}

static char *copy_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

enum err_code app_parse_all(struct app *app, const struct parse_spec *spec,
			    char **hosts, size_t n, struct uuid *first,
			    struct err *err)
{
	struct follow *f = xcalloc(1, sizeof *f);
	enum err_code code;

	f->command = xstrdup(spec->command);
	f->parser = copy_or_null(spec->parser);
	f->zone = copy_or_null(spec->zone);
	f->again = spec->again;
	f->is_part = true;
	f->hosts = hosts;
	f->n_hosts = n;
	*first = (struct uuid){.s = ""};
	code = read_next(app, f, first, err);
	if (code != ERR_OK || !first->s[0]) {
		follow_free(f);
		return code;
	}
	f->awaited[f->n_awaited++] = *first;
	f->next = app->follows;
	app->follows = f;
	return ERR_OK;
}

/* ---- checks ---- */

static void keep_host(struct follow *f, struct bytes name)
{
	for (size_t i = 0; i < f->n_hosts; i++)
		if (bytes_eq(name, bytes_str(f->hosts[i])))
			return;
	f->hosts = xrealloc(f->hosts, f->n_hosts + 1, sizeof *f->hosts);
	f->hosts[f->n_hosts++] = bytes_to_str(name);
}

static enum err_code keep_done(void *arg, const struct view *v,
			       const struct row *row, struct err *err UNUSED)
{
	struct bytes state = row_bytes(v, row, "state");

	if (bytes_eq(state, bytes_str("done")) ||
	    bytes_eq(state, bytes_str("partial")))
		keep_host(arg, row_bytes(v, row, "host"));
	return ERR_OK;
}

/* Those that told that run all they had to, or a part of it. */
static enum err_code list_done(struct app *app, struct follow *f,
			       const char *run, struct err *err)
{
	struct row_query query = {.view = "run_host"};

	cmd_where(&query, "run_id", run);
	return app_each_row(app->casefile, &query, keep_done, f, err);
}

static enum err_code check(struct app *app, struct follow *f,
			   struct follow_step *step, struct err *err)
{
	struct check_spec spec = {.baseline = f->baseline,
				  .command = f->command};
	enum err_code code = ERR_OK;

	free_hosts(f);
	for (size_t i = 0; code == ERR_OK && i < f->n_legs; i++)
		code = list_done(app, f, f->legs[i].s, err);
	if (code != ERR_OK || f->n_hosts == 0)
		return code;
	spec.hosts = (const char *const *)f->hosts;
	spec.n_hosts = f->n_hosts;
	code = app_check(app, &spec, &step->checked, err);
	step->has_checked = code == ERR_OK || code == ERR_PARTIAL;
	return code;
}

enum err_code app_follow_next(struct app *app, const struct uuid *ended,
			      struct follow_step *step, struct err *err)
{
	struct follow **at = find(app, ended), *f = *at;
	enum err_code code = ERR_OK;

	*step = (struct follow_step){.n_next = 0};
	if (!f)
		return ERR_OK;
	step->is_part = f->is_part;
	if (!f->is_part && !f->listed && !f->assumed)
		code = look_at_origin(app, f, err);
	if (code == ERR_OK)
		code = read_some(app, f, step, err);
	step->goes_on = f->n_awaited > 0;
	if (step->goes_on)
		return code;
	*at = f->next;
	if (code == ERR_OK && f->checks && f->reads)
		code = check(app, f, step, err);
	follow_free(f);
	return code;
}
