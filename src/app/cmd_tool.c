/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that need no case: rules, practice hosts, help. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/mdoc.h"
#include "base/json.h"
#include "base/text.h"
#include "detect/detect.h"
#include "range/range.h"
#include "remote/remote.h"

#define PRINT_MAX (1u << 20)

struct lint {
	struct invocation *inv;
	unsigned errors;
};

static void print_problem(void *arg, const struct rule_problem *p)
{
	struct lint *lint = arg;
	const struct cmd_problem problem = {.file = p->place.path,
					    .line = p->place.line,
					    .column = p->place.column,
					    .is_error = p->is_error,
					    .message = p->message};

	lint->errors += p->is_error;
	cmd_problem(lint->inv, &problem);
}

static bool is_sql(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcmp(path + n - 4, ".sql") == 0;
}

static enum err_code lint_rules(struct app *app, struct invocation *inv,
				bool has_checks, struct err *err)
{
	struct lint lint = {.inv = inv};
	const char *paths[COMMAND_VALUES_MAX];
	uint64_t n_rules = 0;
	size_t n = 0;
	enum err_code code;

	for (size_t i = 0; i < inv->n_args; i++)
		if (!is_sql(inv->args[i]))
			paths[n++] = inv->args[i];
	if (n == 0)
		return ERR_OK;
	code = app_check_rules(app, paths, n, print_problem, &lint, &n_rules,
			       err);
	if (has_checks && code == ERR_NOTFOUND)
		return ERR_OK; /* there are none beside them */
	if (code == ERR_OK)
		cmd_say(inv, "%" PRIu64 " %s", n_rules,
			n_rules == 1 ? "rule compiles" : "rules compile");
	else if (lint.errors) /* they are printed already */
		return err_set(err, code, "%u %s in the rules", lint.errors,
			       lint.errors == 1 ? "error" : "errors");
	return code;
}

/* YARA rules and checks may be in one folder. */
COMMAND_RUN(cmd_rule_lint)
{
	bool has_checks;
	struct err rules_err;
	enum err_code code = cmd_lint_checks(app, inv, &has_checks, err);
	enum err_code rules = lint_rules(app, inv, has_checks, &rules_err);

	if (code == ERR_OK && rules != ERR_OK) {
		*err = rules_err;
		return rules;
	}
	return code;
}

static void say_lines(struct invocation *inv, const struct buf *lines)
{
	struct bytes rest = buf_bytes(lines), line;

	while (bytes_split(&rest, '\n', &line)) {
		struct text t;

		text_from_bytes(&t, line, TEXT_ANY_WIDTH);
		inv->front->say(inv->front, text_str(&t));
		text_release(&t);
	}
}

static enum err_code need_dir(const struct invocation *inv, const char **dir,
			      struct err *err)
{
	*dir = option_text(inv, "dir");
	return *dir ? ERR_OK
		    : err_set(err, ERR_USAGE,
			      "where? give --dir DIR, the folder of the "
			      "practice hosts");
}

COMMAND_RUN(cmd_range_up)
{
	const char *dir;
	struct buf say;
	enum err_code code = need_dir(inv, &dir, err);

	(void)app;
	if (code != ERR_OK)
		return code;
	buf_init(&say, PRINT_MAX);
	code = range_up(inv->args[0], dir, &say, err);
	say_lines(inv, &say);
	buf_release(&say);
	return code;
}

COMMAND_RUN(cmd_range_down)
{
	const char *dir;
	struct buf say;
	enum err_code code = need_dir(inv, &dir, err);

	(void)app;
	if (code != ERR_OK)
		return code;
	buf_init(&say, PRINT_MAX);
	code = range_down(dir, &say, err);
	say_lines(inv, &say);
	buf_release(&say);
	return code;
}

/* What of the manual is made from tables. */
static enum err_code print_mdoc(const char *page, struct buf *out,
				struct err *err)
{
	if (strcmp(page, "facts") == 0)
		facts_mdoc(out);
	else if (strcmp(page, "checks") == 0)
		return checks_mdoc(out, err);
	else
		command_mdoc(out);
	return ERR_OK;
}

COMMAND_RUN(cmd_help)
{
	struct buf out;
	enum err_code code = ERR_OK;

	(void)app;
	buf_init(&out, PRINT_MAX);
	if (option_flag(inv, "mdoc"))
		code = print_mdoc(inv->n_args ? inv->args[0] : "", &out, err);
	else if (!command_help(inv->args, inv->n_args, &out))
		code = err_set(err, ERR_USAGE,
			       "there is no command '%s'; see `halligan help`",
			       shown_str(inv->args[0]).s);
	if (code == ERR_OK)
		code = cmd_print(inv, &out, err);
	buf_release(&out);
	return code;
}

COMMAND_RUN(cmd_version)
{
	struct buf out;
	enum err_code code;

	(void)app;
	buf_init(&out, PRINT_MAX);
	(void)buf_addf(&out, "halligan %s\n%s, %s\n", PACKAGE_VERSION,
		       remote_library(), rules_engine());
	code = cmd_print(inv, &out, err);
	buf_release(&out);
	return code;
}

COMMAND_RUN(cmd_completion)
{
	struct buf out;
	enum err_code code = ERR_OK;

	(void)app;
	buf_init(&out, PRINT_MAX);
	if (!command_completion(inv->args[0], &out))
		code = err_set(err, ERR_USAGE,
			       "completions are there for bash, zsh and fish; "
			       "not for '%s'",
			       shown_str(inv->args[0]).s);
	if (code == ERR_OK)
		code = cmd_print(inv, &out, err);
	buf_release(&out);
	return code;
}
