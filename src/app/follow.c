/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows a run once it is over and in the case: the logs and
 * configuration that it brought are read, host by host, each a run of its own.
 */
#include "base/base.h"

#include "app/inside.h"
#include "base/text.h"

/* A run with something to follow, or its last follower. */
struct follow {
	struct follow *next;
	struct uuid origin, last; /* the run that brought it; that is awaited */
	char *command;
	char **hosts; /* whose evidence is to be read yet */
	size_t n_hosts, at;
	bool listed; /* they are known */
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
	free(f->command);
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

void app_follow(struct app *app, const struct uuid *run, const char *command)
{
	struct follow *f = xcalloc(1, sizeof *f);

	f->origin = f->last = *run;
	f->command = xstrdup(command);
	f->next = app->follows;
	app->follows = f;
}

static struct follow **find(struct app *app, const struct uuid *ended)
{
	struct follow **f = &app->follows;

	while (*f && strcmp((*f)->last.s, ended->s) != 0)
		f = &(*f)->next;
	return f;
}

static struct parse_spec spec_of(const struct follow *f)
{
	return (struct parse_spec){.of_run = f->origin.s,
				   .command = f->command};
}

/* The next host that has something to be read, which is begun; next empty:
 * there is none. */
static enum err_code read_next(struct app *app, struct follow *f,
			       struct uuid *next, struct err *err)
{
	struct parse_spec spec = spec_of(f);
	enum err_code code = ERR_OK;

	if (!f->listed)
		code = app_parse_hosts(app, &spec, &f->hosts, &f->n_hosts,
				       err);
	f->listed = true;
	while (code == ERR_OK && f->at < f->n_hosts) {
		spec.host = f->hosts[f->at++];
		code = app_start_parse(app, &spec, next, err);
		if (code == ERR_OK)
			return ERR_OK;
		if (code == ERR_NOTFOUND) /* somebody else read it */
			code = ERR_OK;
	}
	return code;
}

enum err_code app_follow_next(struct app *app, const struct uuid *ended,
			      struct uuid *next, struct err *err)
{
	struct follow **at = find(app, ended), *f = *at;
	enum err_code code;

	*next = (struct uuid){.s = ""};
	if (!f)
		return ERR_OK;
	code = read_next(app, f, next, err);
	if (code == ERR_OK && next->s[0]) {
		f->last = *next;
		return ERR_OK;
	}
	*at = f->next;
	follow_free(f);
	return code;
}
