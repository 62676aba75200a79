/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hunts that are done again: saved under a name, run by it, taken up where
 * they were cut. What is kept of one are the words of its command line
 * (cmd_words.c).
 */
#include "base/base.h"

#include <jansson.h>

#include "app/cmd.h"
#include "app/hosts.h"
#include "base/text.h"
#include "detect/detect.h"
#include "parse/json.h"

/* ---- the list ---- */

/* A live one by its name, else by its id; its words are the caller's. */
static enum err_code find_hunt(struct app *app, const char *name,
			       struct uuid *id, char **words, struct err *err)
{
	struct row_query query = {
		.view = "hunt",
		.where = {{"name", name, ROW_IS}, {"removed_at", NULL, ROW_IS}},
		.limit = 1};
	const struct view *view = view_find("hunt");
	struct rows *rows;
	struct row row;
	enum err_code code = app_rows(app, &query, &rows, err);

	if (code != ERR_OK)
		return code;
	code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK) {
		struct bytes b = row.values[view_column(view, "id")].b;

		(void)snprintf(id->s, sizeof id->s, "%.*s", (int)b.n,
			       (const char *)b.p);
		if (words)
			*words = bytes_to_str(
				row.values[view_column(view, "command")].b);
	} else if (code == ERR_NOTFOUND) {
		code = err_set(err, ERR_NOTFOUND,
			       "there is no saved hunt %s; `halligan hunt "
			       "list` names those there are",
			       shown_str(name).s);
	}
	rows_close(rows);
	return code;
}

struct problems {
	struct invocation *inv;
	size_t errors;
};

/* The first error is the command's own, and said at its end. */
static void say_problem(void *arg, const struct rule_problem *p)
{
	struct problems *problems = arg;

	problems->errors += p->is_error;
	if (p->is_error && problems->errors == 1)
		return;
	cmd_say(problems->inv, "%s:%u:%u: %s: %s",
		shown_str(p->place.path).s, p->place.line, p->place.column,
		p->is_error ? "error" : "warning", p->message);
}

/* Who is there when it is saved can mend them; when it is run at night nobody
 * is. */
static enum err_code check_rules(struct app *app, struct invocation *inv,
				 struct err *err)
{
	const char *paths[COMMAND_VALUES_MAX];
	size_t n = option_all(inv, "rules", paths, ARRAY_SIZE(paths));
	struct problems problems = {.inv = inv};
	uint64_t n_rules = 0;
	struct err why;
	enum err_code code;

	if (n == 0)
		return ERR_OK;
	code = app_check_rules(app, paths, n, say_problem, &problems,
			       &n_rules, &why);
	return code == ERR_OK ? code
			      : err_set(err, code, "not saved: %s", why.msg);
}

COMMAND_RUN(cmd_hunt_save)
{
	struct change *c;
	struct buf words;
	enum err_code code;

	if (inv->n_args > 1 && option_flag(inv, "all"))
		return err_set(err, ERR_USAGE,
			       "either name hosts or give --all, not both");
	code = check_rules(app, inv, err);
	if (code != ERR_OK)
		return code;
	buf_init(&words, COMMAND_WORDS_MAX);
	(void)buf_add_str(&words, "hunt");
	code = cmd_words(inv, WORDS_ALL, &words, err);
	for (size_t i = 1; i < inv->n_args; i++) {
		(void)buf_add_str(&words, i == 1 ? " -- " : " ");
		(void)command_quote(&words, bytes_str(inv->args[i]));
	}
	if (code == ERR_OK && words.full)
		code = err_set(err, ERR_LIMIT, "a hunt has at most %u KiB",
			       COMMAND_WORDS_MAX >> 10);
	if (code == ERR_OK) {
		c = change_new(CHANGE_HUNT_SAVE);
		c->u.hunt.name = change_str(c, inv->args[0]);
		c->u.hunt.command = change_str(c, buf_str(&words));
		code = case_apply(app_case(app), c, err);
	}
	if (code == ERR_OK)
		cmd_say(inv, "saved the hunt %s; `hunt run %s` runs it",
			inv->args[0], inv->args[0]);
	buf_release(&words);
	return code;
}

COMMAND_RUN(cmd_hunt_list)
{
	struct row_query query = {
		.view = "hunt",
		.where = {{"removed_at", NULL, ROW_IS}},
		.limit = option_number(inv, "limit", 0),
		.reverse = option_flag(inv, "reverse")};

	return cmd_rows(app, inv, &query, err);
}

COMMAND_RUN(cmd_hunt_show)
{
	struct uuid id;
	enum err_code code = find_hunt(app, inv->args[0], &id, NULL, err);

	if (code == ERR_OK)
		code = cmd_rows_where(app, inv, "hunt", "id", id.s, err);
	if (code == ERR_OK)
		code = cmd_rows_where(app, inv, "run", "hunt", inv->args[0],
				      err);
	return code;
}

COMMAND_RUN(cmd_hunt_remove)
{
	struct change *c;
	struct uuid id;
	enum err_code code = find_hunt(app, inv->args[0], &id, NULL, err);

	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_HUNT_REMOVE);
	c->u.hunt.id = change_str(c, id.s);
	code = case_apply(app_case(app), c, err);
	if (code == ERR_OK)
		cmd_say(inv, "the hunt %s is off the list; its runs stay",
			inv->args[0]);
	return code;
}

/* ---- again ---- */

/* A command that was kept as words, parsed. Strings are those of `words`. */
struct again {
	struct command_words words;
	struct invocation *inv; /* owned */
};

static enum err_code again_parse(const char *line, struct again *a,
				 struct err *err)
{
	enum err_code code = command_split(line, &a->words, err);

	a->inv = xcalloc(1, sizeof *a->inv);
	if (code == ERR_OK)
		code = command_parse((int)a->words.n,
				     (const char *const *)a->words.v, a->inv,
				     err);
	if (code == ERR_OK && !(a->inv->command->flags & COMMAND_STARTS_JOB))
		code = err_set(err, ERR_FORMAT, "'%s' starts no job",
			       a->inv->command->name);
	return code;
}

static void again_release(struct again *a)
{
	command_words_free(&a->words);
	free(a->inv);
}

/* Hosts that are said now take the place of those that were: names, tags and
 * groups of one another, too. --failed and --not-done narrow what was said,
 * and take the place of each other alone; --all is all of them again. */
static void set_hosts(struct invocation *then, const struct invocation *now,
		      size_t first)
{
	bool names = now->n_args > first, of_run = option_flag(now, "all");

	for (size_t i = 0; i < n_select_options; i++) {
		bool said = option_flag(now, select_options[i]);

		if (select_option_is_of_run(select_options[i]))
			of_run |= said;
		else
			names |= said;
	}
	for (size_t i = 0; i < n_select_options; i++)
		if (select_option_is_of_run(select_options[i]) ? of_run : names)
			cmd_drop_option(then, select_options[i]);
	if (!names)
		return;
	then->n_args = now->n_args - first;
	memcpy(then->args, now->args + first,
	       then->n_args * sizeof then->args[0]);
}

COMMAND_RUN(cmd_hunt_run)
{
	struct again a = {0};
	struct job_again origin = {0};
	char *words = NULL;
	struct uuid id;
	enum err_code code = find_hunt(app, inv->args[0], &id, &words, err);

	if (code == ERR_OK)
		code = again_parse(words, &a, err);
	if (code == ERR_OK) {
		set_hosts(a.inv, inv, 1);
		code = cmd_add_options(a.inv, inv, err);
	}
	if (code == ERR_OK) {
		const struct select_scope scope = {.hunt = inv->args[0]};

		origin.hunt = id.s;
		code = cmd_job(app, a.inv, JOB_HUNT, &origin, &scope, err);
		inv->run = a.inv->run;
		inv->wants_changes = a.inv->wants_changes;
	}
	again_release(&a);
	free(words);
	return code;
}

/* ---- taking up a run that was cut ---- */

struct cut_run {
	struct uuid id;
	struct uuid hunt; /* s[0] == 0: none */
	char *words, *op, *rules_sha256;
	char *how; /* a line with the options that it was done with */
	char **hosts; /* ids of those that are not done */
	size_t n_hosts;
};

static void cut_release(struct cut_run *cut)
{
	for (size_t i = 0; i < cut->n_hosts; i++)
		free(cut->hosts[i]);
	free(cut->hosts);
	free(cut->words);
	free(cut->op);
	free(cut->how);
	free(cut->rules_sha256);
}

static char *cell(const struct view *view, const struct row *row,
		  const char *column)
{
	return bytes_to_str(row->values[view_column(view, column)].b);
}

/* A run of an earlier version has its line alone, as it was typed. */
static char *how_line(const struct cut_run *cut, const char *command,
		      struct bytes detail)
{
	json_t *doc = json_read(detail);
	const char *how = json_string_value(json_object_get(doc, "how"));
	static const char program[] = "halligan ";
	char *line;

	if (how)
		line = xasprintf("%s %s", cut->op, how);
	else if (strncmp(command, program, strlen(program)) == 0)
		line = xstrdup(command + strlen(program));
	else
		line = xstrdup(command);
	json_decref(doc);
	return line;
}

/* The audit row with which it began says how it was done: its words say only
 * what it does. */
static enum err_code read_how(struct app *app, struct cut_run *cut,
			      const char *command, struct err *err)
{
	struct row_query query = {.view = "audit",
				  .where = {{"action", "run.begin", ROW_IS},
					    {"object_id", cut->id.s, ROW_IS}},
				  .limit = 1};
	struct bytes detail = bytes_str("");
	struct rows *rows;
	struct row row;
	enum err_code code = app_rows(app, &query, &rows, err);

	if (code != ERR_OK)
		return code;
	code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK)
		detail = row.values[view_column(rows_view(rows), "detail")].b;
	if (code == ERR_OK || code == ERR_NOTFOUND)
		cut->how = how_line(cut, command, detail);
	rows_close(rows);
	return code == ERR_NOTFOUND ? ERR_OK : code;
}

static enum err_code read_run(struct app *app, struct cut_run *cut,
			      struct err *err)
{
	struct row_query query = {.view = "run",
				  .where = {{"id", cut->id.s, ROW_IS}}};
	char *state = NULL, *hunt = NULL, *command = NULL;
	struct rows *rows;
	struct row row;
	enum err_code code = app_rows(app, &query, &rows, err);

	if (code != ERR_OK)
		return code;
	code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK) {
		const struct view *view = rows_view(rows);

		state = cell(view, &row, "state");
		hunt = cell(view, &row, "hunt");
		command = cell(view, &row, "command");
		cut->words = cell(view, &row, "words");
		cut->op = cell(view, &row, "op");
		cut->rules_sha256 = cell(view, &row, "rules_sha256");
		if (strcmp(state, "running") == 0)
			code = err_set(err, ERR_USAGE,
				       "that run is under way");
		else if (!*cut->words)
			code = err_set(err, ERR_UNSUPPORTED,
				       "that run cannot be taken up: its "
				       "words were not kept");
	}
	rows_close(rows);
	if (code == ERR_OK && *hunt &&
	    find_hunt(app, hunt, &cut->hunt, NULL, err) != ERR_OK)
		cut->hunt.s[0] = '\0'; /* it was removed */
	if (code == ERR_OK)
		code = read_how(app, cut, command, err);
	free(state);
	free(hunt);
	free(command);
	return code;
}

struct cut_hosts {
	struct app *app;
	struct invocation *inv;
	struct cut_run *cut;
	size_t n_at_work;
};

static enum err_code add_cut_host(void *user, const struct case_leg *leg,
				  struct err *err)
{
	struct cut_hosts *c = user;
	struct cut_run *cut = c->cut;
	struct case_host host;
	enum err_code code;
	char *name;

	c->n_at_work += leg->is_at_work;
	if (leg->is_at_work || bytes_eq(leg->state, bytes_str("done")))
		return ERR_OK;
	name = bytes_to_str(leg->host);
	code = case_host_find(app_case(c->app), name, &host, err);
	if (code == ERR_NOTFOUND) {
		cmd_say(c->inv, "%s: left out, it is no host of the case any more",
			shown_str(name).s);
		code = ERR_OK;
	} else if (code == ERR_OK) {
		cut->hosts = xrealloc(cut->hosts, cut->n_hosts + 1,
				      sizeof *cut->hosts);
		cut->hosts[cut->n_hosts++] = xstrdup(host.id.s);
		case_host_release(&host);
	}
	free(name);
	return code;
}

/* What others that took it up have done since is not left, either. */
static enum err_code read_hosts(struct app *app, struct invocation *inv,
				struct cut_run *cut, struct err *err)
{
	struct cut_hosts hosts = {.app = app, .inv = inv, .cut = cut};
	const struct leg_sink sink = {.take = add_cut_host, .user = &hosts};
	enum err_code code =
		case_legs(app_case(app), cut->id.s, &sink, err);

	if (code == ERR_OK && hosts.n_at_work)
		cmd_say(inv, "left out, a run that took it up is at it: %zu %s",
			hosts.n_at_work, hosts.n_at_work == 1 ? "host" : "hosts");
	if (code == ERR_OK && cut->n_hosts == 0)
		code = err_set(err, ERR_USAGE,
			       "nothing is left to do of that run");
	return code;
}

/* What can be taken up. */
static const enum job_op resumable[] = {JOB_HUNT, JOB_COLLECT, JOB_WALK, JOB_TRIAGE};

static enum err_code find_op(const struct command *command, enum job_op *op,
			     struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(resumable); i++) {
		*op = resumable[i];
		if (strcmp(job_op_name(*op), command->name) == 0)
			return ERR_OK;
	}
	return err_set(err, ERR_USAGE, "a run of '%s' cannot be taken up",
		       command->name);
}

static void leave_how(struct invocation *inv)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n_options; i++)
		if (cmd_is_kept(WORDS_HOW, inv->options[i].spec->name))
			inv->options[n++] = inv->options[i];
	inv->n_options = n;
}

/* What it does, and how it was done. Strings are those of `a` and `how`. */
static enum err_code read_options(const struct cut_run *cut, struct again *a,
				  struct again *how, struct err *err)
{
	enum err_code code = again_parse(cut->words, a, err);
	struct err unread;

	if (code != ERR_OK)
		return code;
	if (again_parse(cut->how, how, &unread) != ERR_OK ||
	    how->inv->command != a->inv->command)
		return ERR_OK; /* an old line: of another resume, or of a hunt
				  that was saved */
	leave_how(how->inv);
	return cmd_add_options(a->inv, how->inv, err);
}

static enum err_code resume(struct app *app, struct invocation *inv,
			    const struct cut_run *cut, struct again *a,
			    struct err *err)
{
	struct job_again origin = {
		.hunt = cut->hunt.s[0] ? cut->hunt.s : NULL,
		.resumes = cut->id.s,
		.words = cut->words,
		.rules_sha256 = cut->rules_sha256,
	};
	const struct select_scope scope = {
		.run = cut->id.s,
		.among = (const char *const *)cut->hosts,
		.n_among = cut->n_hosts,
	};
	enum job_op op;
	enum err_code code = find_op(a->inv->command, &op, err);

	if (code != ERR_OK)
		return code;
	set_hosts(a->inv, inv, 1); /* words are kept without hosts */
	code = cmd_add_options(a->inv, inv, err);
	if (code == ERR_OK)
		code = cmd_job(app, a->inv, op, &origin, &scope, err);
	inv->run = a->inv->run;
	inv->wants_changes = a->inv->wants_changes;
	return code;
}

COMMAND_RUN(cmd_run_resume)
{
	struct cut_run cut = {0};
	struct again a = {0}, how = {0};
	enum err_code code = case_find_id(app_case(app), "run", inv->args[0],
					  &cut.id, err);

	if (code == ERR_OK)
		code = read_run(app, &cut, err);
	if (code == ERR_OK)
		code = read_hosts(app, inv, &cut, err);
	if (code == ERR_OK)
		code = read_options(&cut, &a, &how, err);
	if (code == ERR_OK)
		code = resume(app, inv, &cut, &a, err);
	again_release(&a);
	again_release(&how);
	cut_release(&cut);
	return code;
}

/* ---- what changed ---- */

static void put_change(void *arg, const struct row *row)
{
	struct front *front = arg;

	front->row(front, row);
}

/* What is new or not found any more may be so for that alone. */
static void say_other_rules(struct front *front, const struct case_diff *diff)
{
	char line[200];

	if (!diff->n_other_rules)
		return;
	(void)snprintf(
		line, sizeof line,
		"the rules are not those of the run before, for %" PRIu64
		" %s: new may be what those did not look for; of %" PRIu64
		" %s the rule is gone",
		diff->n_other_rules,
		diff->n_other_rules == 1 ? "host" : "hosts", diff->n_no_rule,
		diff->n_no_rule == 1 ? "finding" : "findings");
	front->say(front, line);
}

enum err_code cmd_changes(struct app *app, struct front *front,
			  const struct uuid *run, const struct uuid *other,
			  struct case_diff *diff, struct err *err)
{
	enum err_code code;
	char line[160];

	*diff = (struct case_diff){.each = put_change, .arg = front};
	front->begin(front, &diff_view);
	code = case_diff(app_case(app), run, other, diff, err);
	front->end(front);
	if (code != ERR_OK)
		return code;
	if (diff->n_changes == 0)
		front->say(front, "nothing is new, changed or gone");
	say_other_rules(front, diff);
	if (diff->n_first) {
		(void)snprintf(line, sizeof line,
			       "%" PRIu64 " %s no earlier run of it: all "
			       "found there is new",
			       diff->n_first,
			       diff->n_first == 1 ? "host has" : "hosts have");
		front->say(front, line);
	}
	if (diff->n_unseen) {
		(void)snprintf(line, sizeof line,
			       "%" PRIu64 " earlier %s could not be looked at "
			       "again, see coverage",
			       diff->n_unseen,
			       diff->n_unseen == 1 ? "finding" : "findings");
		front->say(front, line);
	}
	return code;
}

COMMAND_RUN(cmd_run_diff)
{
	struct uuid run, other;
	struct case_diff diff;
	enum err_code code = case_find_id(app_case(app), "run", inv->args[0],
					  &run, err);

	if (code == ERR_OK && inv->n_args > 1)
		code = case_find_id(app_case(app), "run", inv->args[1], &other,
				    err);
	if (code != ERR_OK)
		return code;
	return cmd_changes(app, inv->front, &run,
			   inv->n_args > 1 ? &other : NULL, &diff, err);
}
