/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and single records: every command that only reads a view. */
#include "base/base.h"

#include "app/cmd.h"

#define CONSOLE_ROWS_MAX 1000 /* the console pages its own lists */

/* Command, the view it reads. Lists are filtered by the options below. */
static const struct {
	const char *command;
	const char *view;
} reads[] = {
	{"host list", "host"},
	{"host show", "host"},
	{"run list", "run"},
	{"run show", "run"},
	{"coverage list", "coverage"},
	{"finding list", "finding"},
	{"finding show", "finding"},
	{"evidence list", "evidence"},
	{"evidence show", "evidence"},
	{"note list", "note"},
	{"note show", "note"},
	{"timeline", "event"},
	{"audit list", "audit"},
};

/* Options that are column = value. */
static const char *const filters[] = {
	"host", "status", "severity", "rule", "outcome",
};

static const char *view_of(const struct invocation *inv)
{
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++)
		if (strcmp(reads[i].command, inv->command->name) == 0)
			return reads[i].view;
	BUG("no view for '%s'", inv->command->name);
}

void cmd_where(struct row_query *query, const char *column, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(query->where); i++) {
		if (query->where[i].column)
			continue;
		query->where[i].column = column;
		query->where[i].value = value;
		return;
	}
	BUG("more than %zu conditions", ARRAY_SIZE(query->where));
}

static enum err_code send_rows(struct invocation *inv, struct rows *rows,
			       struct err *err)
{
	struct front *front = inv->front;
	uint64_t n = rows_count(rows);
	enum err_code code = ERR_OK;
	struct row row;

	front->begin(front, rows_view(rows));
	for (uint64_t i = 0; i < n; i++) {
		code = cmd_cancelled(inv, err);
		if (code == ERR_OK)
			code = rows_get(rows, i, &row, err);
		if (code != ERR_OK)
			break;
		front->row(front, &row);
	}
	front->end(front);
	return code;
}

enum err_code cmd_rows(struct app *app, struct invocation *inv,
		       const struct row_query *query, struct err *err)
{
	struct row_query q = *query;
	struct rows *rows;
	enum err_code code;

	if (inv->front->is_console && (!q.limit || q.limit > CONSOLE_ROWS_MAX))
		q.limit = CONSOLE_ROWS_MAX;
	code = app_rows(app, &q, &rows, err);
	if (code != ERR_OK)
		return code;
	code = send_rows(inv, rows, err);
	rows_close(rows);
	return code;
}

enum err_code cmd_rows_where(struct app *app, struct invocation *inv,
			     const char *view, const char *column,
			     const char *value, struct err *err)
{
	struct row_query query = {.view = view};

	cmd_where(&query, column, value);
	return cmd_rows(app, inv, &query, err);
}

COMMAND_RUN(cmd_list)
{
	struct row_query query = {.view = view_of(inv)};
	const char *run = option_text(inv, "run");
	const char *host = option_text(inv, "host");
	struct uuid id;
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (option_text(inv, filters[i]))
			cmd_where(&query, filters[i],
				  option_text(inv, filters[i]));
	if (host)
		code = cmd_host_id(app, host, &id, err);
	if (code == ERR_OK && run)
		code = case_find_id(app_case(app), "run", run, &id, err);
	if (code != ERR_OK)
		return code;
	if (run)
		cmd_where(&query, "run_id", id.s);
	query.limit = option_number(inv, "limit", 0);
	query.reverse = option_flag(inv, "reverse");
	return cmd_rows(app, inv, &query, err);
}

COMMAND_RUN(cmd_show)
{
	const char *view = view_of(inv);
	struct uuid id;
	enum err_code code;

	if (strcmp(view, "host") == 0) /* people name hosts, not ids */
		code = cmd_host_id(app, inv->args[0], &id, err);
	else
		code = case_find_id(app_case(app), view, inv->args[0], &id,
				    err);
	if (code != ERR_OK)
		return code;
	return cmd_rows_where(app, inv, view, "id", id.s, err);
}

static enum err_code show_with(struct app *app, struct invocation *inv,
			       const char *id_column, const char *const *more,
			       struct err *err)
{
	struct uuid id;
	enum err_code code = case_find_id(app_case(app), view_of(inv),
					  inv->args[0], &id, err);

	if (code == ERR_OK)
		code = cmd_rows_where(app, inv, view_of(inv), "id", id.s, err);
	for (; code == ERR_OK && *more; more++)
		code = cmd_rows_where(app, inv, *more, id_column, id.s, err);
	return code;
}

COMMAND_RUN(cmd_run_show)
{
	static const char *const more[] = {"run_host", "coverage", NULL};

	return show_with(app, inv, "run_id", more, err);
}

COMMAND_RUN(cmd_finding_show)
{
	static const char *const more[] = {"hit", NULL};

	return show_with(app, inv, "finding_id", more, err);
}
