/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hunts that are done again: saved under a name, run by it, taken up where
 * they were cut. What is kept of one are the words of its command line.
 */
#include "base/base.h"

#include "app/cmd.h"
#include "app/hosts.h"
#include "base/text.h"
#include "detect/detect.h"

#define WORDS_MAX (256u << 10)

/* Options that say how, not what: another run of the same hunt may differ in
 * them, as in which hosts it is of (select_options). */
static const char *const how_options[] = {
	"parallel", "accept-new-host-keys", "changed-only", "no-probe", "canary",
	"canary-go", "max-failures", "retry", "rate", "total-rate",
	"reconnect", "jump", "share-password",
};

/* Options whose values are files of this machine. */
static const char *const file_options[] = {"rules", "indicators",
					   "ssh-config", "definitions"};

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_global(const struct option_spec *spec)
{
	for (const struct option_spec *g = global_options; g->name; g++)
		if (g == spec)
			return true;
	return false;
}

/* As it is called from the root: the next time may be in another folder. */
static void add_file(struct buf *out, const char *path)
{
	bool is_none = strcmp(path, "none") == 0; /* --ssh-config none */
	char *cwd = path[0] == '/' || is_none ? NULL : realpath(".", NULL);
	char *whole = cwd ? xasprintf("%s/%s", cwd, path) : xstrdup(path);

	(void)command_quote(out, bytes_str(whole));
	free(whole);
	free(cwd);
}

static bool says_how(const char *name)
{
	return is_one_of(name, how_options, ARRAY_SIZE(how_options)) ||
	       is_one_of(name, select_options, n_select_options);
}

static void add_options(const struct invocation *inv, bool all,
			struct buf *out)
{
	for (size_t i = 0; i < inv->n_options; i++) {
		const struct option_value *v = &inv->options[i];
		const char *name = v->spec->name;

		if (is_global(v->spec) ||
		    (!all && says_how(name)))
			continue;
		(void)buf_addf(out, " --%s", name);
		if (!v->text)
			continue;
		(void)buf_add_str(out, v->spec->kind == OPTION_RUN ? "=" : " ");
		if (is_one_of(name, file_options, ARRAY_SIZE(file_options)))
			add_file(out, v->text);
		else
			(void)command_quote(out, bytes_str(v->text));
	}
}

enum err_code cmd_words(const struct invocation *inv, const char *command,
			struct buf *out, struct err *err)
{
	(void)buf_add_str(out, command);
	add_options(inv, false, out);
	if (out->full)
		return err_set(err, ERR_LIMIT, "a command has at most %u KiB",
			       WORDS_MAX >> 10);
	return ERR_OK;
}

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
	buf_init(&words, WORDS_MAX);
	(void)buf_add_str(&words, "hunt");
	add_options(inv, true, &words);
	for (size_t i = 1; i < inv->n_args; i++) {
		(void)buf_add_str(&words, i == 1 ? " -- " : " ");
		(void)command_quote(&words, bytes_str(inv->args[i]));
	}
	if (words.full)
		code = err_set(err, ERR_LIMIT, "a hunt has at most %u KiB",
			       WORDS_MAX >> 10);
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

static void drop_option(struct invocation *inv, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n_options; i++)
		if (strcmp(inv->options[i].spec->name, name) != 0)
			inv->options[n++] = inv->options[i];
	inv->n_options = n;
}

/* What is said now counts more than what was said then; what may be said
 * more than once adds up. */
static enum err_code add_said(struct invocation *then,
			      const struct invocation *now, struct err *err)
{
	for (size_t i = 0; i < now->n_options; i++)
		if (!now->options[i].spec->repeats)
			drop_option(then, now->options[i].spec->name);
	if (then->n_options + now->n_options > COMMAND_VALUES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d options",
			       COMMAND_VALUES_MAX);
	memcpy(then->options + then->n_options, now->options,
	       now->n_options * sizeof now->options[0]);
	then->n_options += now->n_options;
	then->front = now->front;
	then->line = now->line;
	return ERR_OK;
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
			drop_option(then, select_options[i]);
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
		code = add_said(a.inv, inv, err);
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
	free(cut->rules_sha256);
}

static char *cell(const struct view *view, const struct row *row,
		  const char *column)
{
	return bytes_to_str(row->values[view_column(view, column)].b);
}

static enum err_code read_run(struct app *app, struct cut_run *cut,
			      struct err *err)
{
	struct row_query query = {.view = "run",
				  .where = {{"id", cut->id.s, ROW_IS}}};
	char *state = NULL, *hunt = NULL;
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
	free(state);
	free(hunt);
	return code;
}

static enum err_code add_cut_host(struct app *app, struct invocation *inv,
				  struct cut_run *cut, const struct view *view,
				  const struct row *row, struct err *err)
{
	char *state = cell(view, row, "state"), *name = cell(view, row, "host");
	struct case_host host;
	bool is_done = strcmp(state, "done") == 0;
	enum err_code code = ERR_OK;

	if (!is_done)
		code = case_host_find(app_case(app), name, &host, err);
	if (code == ERR_NOTFOUND) {
		cmd_say(inv, "%s: left out, it is no host of the case any more",
			shown_str(name).s);
		code = ERR_OK;
	} else if (code == ERR_OK && !is_done) {
		cut->hosts = xrealloc(cut->hosts, cut->n_hosts + 1,
				      sizeof *cut->hosts);
		cut->hosts[cut->n_hosts++] = xstrdup(host.id.s);
		case_host_release(&host);
	}
	free(state);
	free(name);
	return code;
}

static enum err_code read_hosts(struct app *app, struct invocation *inv,
				struct cut_run *cut, struct err *err)
{
	struct row_query query = {.view = "run_host",
				  .where = {{"run_id", cut->id.s, ROW_IS}},
				  .limit = HOSTS_MAX};
	struct rows *rows;
	struct row row;
	enum err_code code = app_rows(app, &query, &rows, err);

	if (code != ERR_OK)
		return code;
	for (uint64_t i = 0; code == ERR_OK && i < rows_count(rows); i++) {
		code = rows_get(rows, i, &row, err);
		if (code == ERR_OK)
			code = add_cut_host(app, inv, cut, rows_view(rows),
					    &row, err);
	}
	rows_close(rows);
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

COMMAND_RUN(cmd_run_resume)
{
	struct cut_run cut = {0};
	struct again a = {0};
	enum job_op op = JOB_HUNT;
	enum err_code code = case_find_id(app_case(app), "run", inv->args[0],
					  &cut.id, err);

	if (code == ERR_OK)
		code = read_run(app, &cut, err);
	if (code == ERR_OK)
		code = read_hosts(app, inv, &cut, err);
	if (code == ERR_OK)
		code = again_parse(cut.words, &a, err);
	if (code == ERR_OK)
		code = find_op(a.inv->command, &op, err);
	if (code == ERR_OK) /* words are kept without hosts */
		set_hosts(a.inv, inv, 1);
	if (code == ERR_OK)
		code = add_said(a.inv, inv, err);
	if (code == ERR_OK) {
		struct job_again origin = {
			.hunt = cut.hunt.s[0] ? cut.hunt.s : NULL,
			.resumes = cut.id.s,
			.rules_sha256 = cut.rules_sha256,
		};
		const struct select_scope scope = {
			.run = cut.id.s,
			.among = (const char *const *)cut.hosts,
			.n_among = cut.n_hosts,
		};

		code = cmd_job(app, a.inv, op, &origin, &scope, err);
		inv->run = a.inv->run;
		inv->wants_changes = a.inv->wants_changes;
	}
	again_release(&a);
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
