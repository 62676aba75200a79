/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about checks: running them, listing and showing them, holding them
 * against their fixtures. */
#include "base/base.h"
#include "app/check_lacks.h"
#include "app/checks.h"
#include "app/cmd.h"
#include "app/hosts.h"
#include "base/json.h"
#include "base/text.h"

#define PRINT_MAX ((size_t)4 << 20)
#define WRAP_AT	  76

struct said {
	struct invocation *inv;
	size_t n;
};

static void print_problem(void *arg, const struct check_problem *p)
{
	struct said *said = arg;
	const struct cmd_problem problem = {.file = p->path,
					    .line = p->line,
					    .is_error = true,
					    .message = p->message};

	said->n++;
	cmd_problem(said->inv, &problem);
}

/* ---- check ---- */

/* Behind the findings: lines, or rows of coverage. */
static enum err_code show_lacks(struct app *app, struct invocation *inv,
				const struct check_result *r, struct err *err)
{
	struct row_query query = {.view = "coverage"};

	if (!inv->front->json)
		return lacks_say(app, &r->run, cmd_say_line, inv, err);
	cmd_where(&query, "run_id", r->run.s);
	cmd_where(&query, "what", "check");
	return cmd_rows(app, inv, &query, err);
}

enum err_code app_show_checked(struct app *app, struct invocation *inv,
			       const struct check_result *r, struct err *err)
{
	struct row_query query = {.view = "finding"};
	enum err_code code;

	cmd_where_op(&query, "id", ROW_SEEN_BY, r->run.s);
	cmd_where(&query, "kind", "check");
	cmd_where(&query, "quiet", NULL);
	cmd_where(&query, "exclusion_id", NULL);
	code = cmd_rows(app, inv, &query, err);
	if (code == ERR_OK && r->n_lacking)
		code = show_lacks(app, inv, r, err);
	if (code != ERR_OK)
		return code;
	cmd_say(inv,
		"%zu checks on %zu %s: %" PRIu64 " %s to look at, %" PRIu64
		" for information",
		r->n_checks, r->n_hosts, r->n_hosts == 1 ? "host" : "hosts",
		r->n_loud, r->n_loud == 1 ? "finding" : "findings", r->n_info);
	if (r->n_lacking)
		cmd_say(inv,
			"%" PRIu64 " of them had not all that they judge by, and "
			"say nothing of that; `coverage list --run %s` has "
			"why",
			r->n_lacking, r->run.s);
	if (r->n_quiet)
		cmd_say(inv,
			"%" PRIu64 " more are quiet: of packages, the baseline or "
			"known hashes; `finding list --quieted` lists them",
			r->n_quiet);
	return ERR_OK;
}

COMMAND_RUN(cmd_check)
{
	const char *paths[COMMAND_VALUES_MAX], *known[COMMAND_VALUES_MAX];
	struct select_scope scope = {.all_by_default = true,
				     .not_reached = true};
	struct selection hosts = {0};
	struct check_spec spec = {.paths = paths,
				  .known = known,
				  .baseline = option_text(inv, "baseline"),
				  .command = inv->line,
				  .say = cmd_say_line,
				  .say_arg = inv,
				  .cancel = inv->front->cancel};
	struct check_result result;
	struct err late;
	enum err_code code = select_hosts(app, inv, &scope, &hosts, err), end;

	spec.n_paths = option_all(inv, "checks", paths, ARRAY_SIZE(paths));
	spec.n_known = option_all(inv, "known", known, ARRAY_SIZE(known));
	spec.hosts = (const char *const *)hosts.ids;
	spec.n_hosts = hosts.n;
	if (code == ERR_OK)
		code = app_check(app, &spec, &result, err);
	if (code == ERR_OK || code == ERR_PARTIAL) {
		end = app_show_checked(app, inv, &result, &late);
		if (end != ERR_OK && code == ERR_OK) {
			*err = late;
			code = end;
		}
	}
	selection_release(&hosts);
	return code;
}

/* ---- check list, check show ---- */

static enum err_code load(struct invocation *inv, struct checkset *set,
			  struct err *err)
{
	const char *paths[COMMAND_VALUES_MAX];
	struct said said = {.inv = inv};
	size_t n = option_all(inv, "checks", paths, ARRAY_SIZE(paths));

	return checks_load(set, paths, n, print_problem, &said, err);
}

static void add_json(struct buf *out, const struct check *c)
{
	struct json j = json_to(out);

	json_begin_object(&j, NULL);
#define X(header, member, needed, help)                                        \
	if (c->member)                                                         \
		json_str(&j, header, c->member);
	CHECK_HEADERS(X)
#undef X
	json_bytes(&j, "path", bytes_str(c->path));
	json_str(&j, "sql", c->source + c->sql);
	json_end_object(&j);
	(void)buf_add_byte(out, '\n');
}

COMMAND_RUN(cmd_check_list)
{
	struct checkset set = {0};
	struct buf out;
	enum err_code code = load(inv, &set, err);

	(void)app;
	buf_init(&out, PRINT_MAX);
	for (size_t i = 0; code == ERR_OK && i < set.n; i++)
		if (inv->front->json)
			add_json(&out, &set.v[i]);
		else
			(void)buf_addf(&out, "%-20s %-8s %s\n", set.v[i].id,
				       set.v[i].severity,
				       shown_str(set.v[i].title).s);
	if (code == ERR_OK)
		code = cmd_print(inv, &out, err);
	buf_release(&out);
	checkset_release(&set);
	return code;
}

/* A header, its text folded at blanks. */
static void add_folded(struct buf *out, const char *header, const char *text)
{
	size_t column = 17;

	(void)buf_addf(out, "%-16s", header);
	while (*text) {
		size_t n = strcspn(text, " ");

		if (column > 17 && column + n > WRAP_AT) {
			(void)buf_addf(out, "\n%16s", "");
			column = 17;
		}
		(void)buf_addf(out, " %.*s", (int)n, text);
		column += n + 1;
		text += n + strspn(text + n, " ");
	}
	(void)buf_add_byte(out, '\n');
}

COMMAND_RUN(cmd_check_show)
{
	struct checkset set = {0};
	const struct check *c = NULL;
	struct buf out;
	enum err_code code = load(inv, &set, err);

	(void)app;
	buf_init(&out, PRINT_MAX);
	if (code == ERR_OK)
		c = checkset_find(&set, inv->args[0]);
	if (code == ERR_OK && !c)
		code = err_set(err, ERR_NOTFOUND,
			       "there is no check %s; `check list` names them",
			       shown_str(inv->args[0]).s);
	if (c && inv->front->json) {
		add_json(&out, c);
	} else if (c) {
#define X(header, member, needed, help)                                        \
	if (c->member)                                                         \
		add_folded(&out, header, c->member);
		CHECK_HEADERS(X)
#undef X
		add_folded(&out, "file", c->path);
		(void)buf_addf(&out, "\n%s", c->source + c->sql);
	}
	if (code == ERR_OK)
		code = cmd_print(inv, &out, err);
	buf_release(&out);
	checkset_release(&set);
	return code;
}

/* ---- rule test, and the checks among what rule lint is given ---- */

static enum err_code load_all(const struct invocation *inv,
			      struct checkset *set, struct said *said,
			      struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < inv->n_args; i++)
		code = checkset_load(set, inv->args[i], false, print_problem,
				     said, err);
	return code;
}

static enum err_code conclude(struct invocation *inv,
			      const struct checkset *set,
			      const struct said *said, const char *did,
			      struct err *err)
{
	if (said->n)
		return err_set(err, ERR_FORMAT, "%zu %s in the checks",
			       said->n, said->n == 1 ? "error" : "errors");
	cmd_say(inv, "%zu %s %s", set->n, set->n == 1 ? "check" : "checks",
		did);
	return ERR_OK;
}

enum err_code cmd_lint_checks(struct app *app, struct invocation *inv,
			      bool *any, struct err *err)
{
	struct said said = {.inv = inv};
	struct checkset set = {0};
	enum err_code code = ERR_OK;

	*any = false;
	for (size_t i = 0; i < inv->n_args; i++)
		*any |= checkset_is_at(inv->args[i]);
	if (!*any)
		return ERR_OK;
	for (size_t i = 0; code == ERR_OK && i < inv->n_args; i++)
		if (checkset_is_at(inv->args[i]))
			code = checkset_load(&set, inv->args[i], false,
					     print_problem, &said, err);
	checks_lint(app, &set, print_problem, &said);
	if (code == ERR_OK || said.n)
		code = conclude(inv, &set, &said, "are in order", err);
	checkset_release(&set);
	return code;
}

COMMAND_RUN(cmd_rule_test)
{
	struct said said = {.inv = inv};
	struct checkset set = {0};
	enum err_code code = inv->n_args ? load_all(inv, &set, &said, err)
					 : checks_load(&set, NULL, 0,
						       print_problem, &said,
						       err);

	if (code == ERR_OK || said.n) {
		checks_test(app, &set, print_problem, &said);
		code = conclude(inv, &set, &said, "find what they are to find",
				err);
	}
	checkset_release(&set);
	return code;
}
