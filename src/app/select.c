/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts a command means. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/hosts.h"
#include "base/glob.h"
#include "base/text.h"

void selection_release(struct selection *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->ids[i]);
	free(s->ids);
	*s = (struct selection){0};
}

static size_t count_meant(const struct host_list *hosts)
{
	size_t n = 0;

	for (size_t i = 0; i < hosts->n; i++)
		n += hosts->v[i].meant;
	return n;
}

/* ---- names ---- */

static bool is_glob(const char *word)
{
	return strpbrk(word, "*?[") != NULL;
}

/* Globs are of paths; a name is one without folders. */
static enum err_code mean_glob(struct host_list *hosts, const char *word,
			       bool not_reached, struct err *err)
{
	char *pattern = xasprintf("/%s", word);
	size_t n = 0;
	struct glob *glob;
	enum err_code code = glob_compile(bytes_str(pattern), &glob, err);

	free(pattern);
	if (code != ERR_OK)
		return code;
	for (size_t i = 0; i < hosts->n; i++) {
		struct host_entry *host = &hosts->v[i];
		char *path = xasprintf("/%s", host->name);

		if (glob_matches(glob, bytes_str(path)) &&
		    (not_reached || host->target[0])) {
			host->meant = true;
			n++;
		}
		free(path);
	}
	glob_free(glob);
	if (n)
		return ERR_OK;
	return err_set(err, ERR_NOTFOUND,
		       "no host of the case is called %s; `halligan host "
		       "list` names them",
		       shown_str(without_password(word)).s);
}

/* A name or, failing that, an id or its last digits. */
static enum err_code mean_name(struct app *app, struct host_list *hosts,
			       const char *word, struct err *err)
{
	struct host_entry *host = hosts_find(hosts, word);
	struct case_host found;
	enum err_code code;

	if (!host) {
		code = case_host_find(app_case(app), word, &found, err);
		if (code != ERR_OK)
			return code;
		host = hosts_find(hosts, found.name);
		case_host_release(&found);
	}
	if (host)
		host->meant = true;
	return ERR_OK;
}

static enum err_code mean_args(struct app *app, const struct invocation *inv,
			       const struct select_scope *scope,
			       struct host_list *hosts, struct err *err)
{
	size_t end = inv->n_args - scope->n_behind;
	enum err_code code = ERR_OK;

	for (size_t i = scope->first_arg; code == ERR_OK && i < end; i++)
		code = is_glob(inv->args[i])
			       ? mean_glob(hosts, inv->args[i],
					   scope->not_reached, err)
			       : mean_name(app, hosts, inv->args[i], err);
	if (scope->first_arg < end)
		return code;
	for (size_t i = 0; i < hosts->n; i++)
		hosts->v[i].meant =
			scope->not_reached || hosts->v[i].target[0];
	return ERR_OK;
}

/* Ids of a run that is taken up: no other is meant. */
static void mean_among(const struct select_scope *scope,
		       struct host_list *hosts)
{
	for (size_t i = 0; scope->among && i < hosts->n; i++) {
		bool is = false;

		for (size_t k = 0; hosts->v[i].meant && k < scope->n_among;
		     k++)
			is |= strcmp(hosts->v[i].id.s, scope->among[k]) == 0;
		hosts->v[i].meant &= is;
	}
}

/* ---- tags and groups ---- */

/* The label exists: a mistyped one is told from one that no host is left
 * with. */
static enum err_code check_label(const struct host_list *hosts,
				 const char *kind, const char *name,
				 struct err *err)
{
	for (size_t i = 0; i < hosts->n; i++)
		if (host_has_label(&hosts->v[i], kind, name))
			return ERR_OK;
	return err_set(err, ERR_NOTFOUND,
		       strcmp(kind, "tag") == 0 ? "no host has the tag %s"
						: "no host is in the group %s",
		       shown_str(name).s);
}

static enum err_code narrow_by_label(const struct invocation *inv,
				     const char *kind, struct host_list *hosts,
				     struct err *err)
{
	const char *names[COMMAND_VALUES_MAX];
	size_t n = option_all(inv, kind, names, ARRAY_SIZE(names));
	size_t before = count_meant(hosts);
	enum err_code code = ERR_OK;

	for (size_t k = 0; code == ERR_OK && k < n; k++)
		code = check_label(hosts, kind, names[k], err);
	for (size_t i = 0; code == ERR_OK && n && i < hosts->n; i++) {
		bool has = false;

		for (size_t k = 0; k < n; k++)
			has |= host_has_label(&hosts->v[i], kind, names[k]);
		hosts->v[i].meant &= has;
	}
	if (code == ERR_OK && before && count_meant(hosts) == 0)
		return err_set(err, ERR_NOTFOUND,
			       "none of the %zu hosts that are named is of "
			       "that %s, %s%s",
			       before, kind, shown_str(names[0]).s,
			       n > 1 ? " or the others" : "");
	return code;
}

/* ---- how they fared in a run ---- */

static const char *const host_ops[] = {"hunt", "collect", "walk", "connect"};

static bool works_on_hosts(struct bytes op)
{
	for (size_t i = 0; i < ARRAY_SIZE(host_ops); i++)
		if (bytes_eq(op, bytes_str(host_ops[i])))
			return true;
	return false;
}

/* The newest run, of the hunt when one is named. */
static enum err_code last_run(struct app *app, const char *hunt,
			      struct uuid *run, struct err *err)
{
	struct row_query query = {.view = "run"};
	bool found = false;
	struct rows *rows;
	struct row row;
	enum err_code code;

	if (hunt)
		cmd_where(&query, "hunt", hunt);
	code = app_rows(app, &query, &rows, err);
	if (code != ERR_OK)
		return code;
	for (uint64_t i = 0; code == ERR_OK && !found && i < rows_count(rows);
	     i++) {
		const struct view *view = rows_view(rows);

		code = rows_get(rows, i, &row, err);
		if (code != ERR_OK ||
		    !works_on_hosts(row.values[view_column(view, "op")].b))
			continue;
		(void)snprintf(run->s, sizeof run->s, "%s",
			       shown(row.values[view_column(view, "id")].b).s);
		found = true;
	}
	rows_close(rows);
	if (code != ERR_OK || found)
		return code;
	return err_set(err, ERR_NOTFOUND,
		       "there was no run %syet that hosts could have failed "
		       "in",
		       hunt ? "of that hunt " : "");
}

struct of_run {
	const char *option;
	struct uuid run;
	const struct host_list *hosts;
	bool *in;  /* by host: it is one of them */
};

/* "failed" is just that; "not-done" all that a repetition could add to. */
static bool counts(const struct of_run *f, struct bytes state)
{
	if (strcmp(f->option, "failed") == 0)
		return bytes_eq(state, bytes_str("failed"));
	return !bytes_eq(state, bytes_str("done"));
}

static enum err_code take_leg(void *user, const struct case_leg *leg,
			      struct err *err UNUSED)
{
	struct of_run *f = user;
	char *name = bytes_to_str(leg->host);
	const struct host_entry *host = hosts_find(f->hosts, name);

	free(name);
	if (host && counts(f, leg->state))
		f->in[host - f->hosts->v] = true;
	return ERR_OK;
}

static enum err_code which_run(struct app *app, const struct invocation *inv,
			       const struct select_scope *scope,
			       struct of_run *f, struct err *err)
{
	const char *given = option_text(inv, f->option);

	if (given)
		return case_find_id(app_case(app), "run", given, &f->run, err);
	if (!scope->run)
		return last_run(app, scope->hunt, &f->run, err);
	(void)snprintf(f->run.s, sizeof f->run.s, "%s", scope->run);
	return ERR_OK;
}

static enum err_code none_left(const struct of_run *f, size_t before,
			       struct err *err)
{
	const char *digits = f->run.s + UUID_TEXT_LEN - 8;
	bool failed = strcmp(f->option, "failed") == 0;

	for (size_t i = 0; i < before; i++)
		if (f->in[i])
			return err_set(err, ERR_NOTFOUND,
				       "none of the hosts that are named %s "
				       "in run %s",
				       failed ? "failed" : "is left to be done",
				       digits);
	return err_set(err, ERR_NOTFOUND,
		       failed ? "no host failed in run %s: there is nothing "
				"to repeat"
			      : "all hosts of run %s are done: there is "
				"nothing to repeat",
		       digits);
}

static enum err_code narrow_by_run(struct app *app,
				   const struct invocation *inv,
				   const struct select_scope *scope,
				   const char *option, struct host_list *hosts,
				   struct err *err)
{
	struct of_run f = {.option = option, .hosts = hosts};
	const struct leg_sink sink = {.take = take_leg, .user = &f};
	enum err_code code;

	if (!option_flag(inv, option))
		return ERR_OK;
	f.in = xcalloc(hosts->n + 1, sizeof *f.in);
	code = which_run(app, inv, scope, &f, err);
	if (code == ERR_OK)
		code = case_legs(app_case(app), f.run.s, &sink, err);
	for (size_t i = 0; code == ERR_OK && i < hosts->n; i++)
		hosts->v[i].meant &= f.in[i];
	if (code == ERR_OK && count_meant(hosts) == 0)
		code = none_left(&f, hosts->n, err);
	free(f.in);
	return code;
}

/* ---- all of it ---- */

/* Who says all may think of those, too. */
static void say_not_reached(const struct invocation *inv,
			    const struct select_scope *scope,
			    const struct host_list *hosts)
{
	size_t n = 0;
	char line[120];

	if (!option_flag(inv, "all") || scope->not_reached || scope->among)
		return;
	for (size_t i = 0; i < n_select_options; i++)
		if (strcmp(select_options[i], "all") != 0 &&
		    option_flag(inv, select_options[i]))
			return; /* which of them would be meant is not known */
	for (size_t i = 0; i < hosts->n; i++)
		n += !hosts->v[i].target[0];
	(void)snprintf(line, sizeof line,
		       "%zu %s of the case %s never reached, only imported: left "
		       "out",
		       n, n == 1 ? "host" : "hosts", n == 1 ? "is" : "are");
	if (n && n < hosts->n)
		inv->front->say(inv->front, line);
}

static void take_ids(const struct host_list *hosts, struct selection *out)
{
	out->ids = xcalloc(hosts->n + 1, sizeof *out->ids);
	for (size_t i = 0; i < hosts->n; i++)
		if (hosts->v[i].meant)
			out->ids[out->n++] = xstrdup(hosts->v[i].id.s);
}

static enum err_code check_said(const struct invocation *inv,
				const struct select_scope *scope,
				struct err *err)
{
	size_t end = inv->n_args - scope->n_behind;
	bool names = end > scope->first_arg;

	if (names && option_flag(inv, "all"))
		return err_set(err, ERR_USAGE,
			       "either name hosts or give --all, not both");
	if (!names && !scope->all_by_default && !scope->among &&
	    !selection_is_said(inv, inv->n_args))
		return err_set(err, ERR_USAGE,
			       "which hosts? name them (web01, 'web*'), or "
			       "give --tag, --group, --failed, --not-done or "
			       "--all");
	return ERR_OK;
}

enum err_code select_hosts(struct app *app, const struct invocation *inv,
			   const struct select_scope *scope,
			   struct selection *out, struct err *err)
{
	struct host_list hosts = {0};
	enum err_code code = check_said(inv, scope, err);

	*out = (struct selection){0};
	if (code == ERR_OK)
		code = hosts_load(app, &hosts, err);
	if (code == ERR_OK)
		code = mean_args(app, inv, scope, &hosts, err);
	mean_among(scope, &hosts);
	if (code == ERR_OK)
		code = narrow_by_label(inv, "tag", &hosts, err);
	if (code == ERR_OK)
		code = narrow_by_label(inv, "group", &hosts, err);
	if (code == ERR_OK)
		code = narrow_by_run(app, inv, scope, "failed", &hosts, err);
	if (code == ERR_OK)
		code = narrow_by_run(app, inv, scope, "not-done", &hosts, err);
	if (code == ERR_OK && count_meant(&hosts) == 0)
		code = err_set(err, ERR_NOTFOUND, "%s",
			       scope->among ? "none of the hosts that are "
					      "left to do is meant"
			       : hosts.n
				       ? "no host of the case can be reached: "
					 "all are only told of"
				       : "the case has no hosts yet: halligan "
					 "host add [user@]host[:port]");
	if (code == ERR_OK)
		say_not_reached(inv, scope, &hosts);
	if (code == ERR_OK)
		take_ids(&hosts, out);
	hosts_release(&hosts);
	return code;
}
