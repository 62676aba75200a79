/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and single records: every command that only reads a view. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/hosts.h"
#include "base/text.h"
#include "model/filter.h"

#define CONSOLE_ROWS_MAX 1000 /* the console pages its own lists */
#define UNSEEN_SAID 20u /* hosts, by name */

/* Command, the view it reads. Lists are filtered by the options below. */
static const struct {
	const char *command;
	const char *view;
} reads[] = {
	{"host show", "host"},
	{"run list", "run"},
	{"run show", "run"},
	{"coverage list", "coverage"},
	{"finding show", "finding"},
	{"evidence list", "evidence"},
	{"evidence show", "evidence"},
	{"file list", "file"},
	{"fact list", "fact"},
	{"process list", "process"},
	{"socket list", "socket"},
	{"account list", "account"},
	{"unit list", "unit"},
	{"note list", "note"},
	{"note show", "note"},
	{"indicator list", "indicator"},
	{"indicator show", "indicator"},
	{"sighting list", "sighting"},
	{"timeline", "event"},
	{"audit list", "audit"},
};

/* Options that are column = value. */
static const char *const filters[] = {
	"host", "status", "severity", "rule", "outcome", "kind",
	"actor",
};

static const char *view_of(const struct invocation *inv)
{
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++)
		if (strcmp(reads[i].command, inv->command->name) == 0)
			return reads[i].view;
	BUG("no view for '%s'", inv->command->name);
}

void cmd_where_op(struct row_query *query, const char *column, enum row_op op,
		  const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(query->where); i++) {
		if (query->where[i].column)
			continue;
		query->where[i].column = column;
		query->where[i].op = op;
		query->where[i].value = value;
		return;
	}
	BUG("more than %zu conditions", ARRAY_SIZE(query->where));
}

void cmd_where(struct row_query *query, const char *column, const char *value)
{
	cmd_where_op(query, column, ROW_IS, value);
}

/* Ids in order; n 0: all rows are meant. */
struct only {
	char **ids;
	size_t n;
	uint64_t limit;
};

static int compare_ids(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_meant(const struct only *only, const struct view *view,
		     const struct row *row)
{
	char *s;
	bool found;

	if (!only->n)
		return true;
	s = bytes_to_str(row->values[view_column(view, "id")].b);
	found = bsearch(&s, only->ids, only->n, sizeof *only->ids,
			compare_ids) != NULL;
	free(s);
	return found;
}

static enum err_code send_rows(struct invocation *inv, struct rows *rows,
			       const struct only *only, struct err *err)
{
	struct front *front = inv->front;
	uint64_t n = rows_count(rows), sent = 0;
	enum err_code code = ERR_OK;
	struct row row;

	front->begin(front, rows_view(rows));
	for (uint64_t i = 0; i < n && sent < only->limit; i++) {
		code = cmd_cancelled(inv, err);
		if (code == ERR_OK)
			code = rows_get(rows, i, &row, err);
		if (code != ERR_OK)
			break;
		if (!is_meant(only, rows_view(rows), &row))
			continue;
		front->row(front, &row);
		sent++;
	}
	front->end(front);
	return code;
}

static enum err_code rows_of(struct app *app, struct invocation *inv,
			     const struct row_query *query, struct only *only,
			     struct err *err)
{
	struct row_query q = *query;
	struct rows *rows;
	enum err_code code;

	if (inv->front->is_console && (!q.limit || q.limit > CONSOLE_ROWS_MAX))
		q.limit = CONSOLE_ROWS_MAX;
	only->limit = q.limit ? q.limit : UINT64_MAX;
	if (only->n)
		q.limit = 0;
	code = app_rows(app, &q, &rows, err);
	if (code != ERR_OK)
		return code;
	code = send_rows(inv, rows, only, err);
	rows_close(rows);
	return code;
}

enum err_code cmd_rows(struct app *app, struct invocation *inv,
		       const struct row_query *query, struct err *err)
{
	struct only all = {0};

	return rows_of(app, inv, query, &all, err);
}

enum err_code cmd_rows_of(struct app *app, struct invocation *inv,
			  const struct row_query *query, char *const *ids,
			  size_t n, struct err *err)
{
	struct only only = {.ids = xcalloc(n, sizeof *only.ids), .n = n};
	enum err_code code;

	memcpy(only.ids, ids, n * sizeof *ids);
	qsort(only.ids, n, sizeof *only.ids, compare_ids);
	code = rows_of(app, inv, query, &only, err);
	free(only.ids);
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

/* What the options of a list ask for; run: where its id is kept. */
static enum err_code read_filters(struct app *app, const struct invocation *inv,
				  struct row_query *query, struct uuid *run_id,
				  struct err *err)
{
	const char *run = option_text(inv, "run");
	const char *host = option_text(inv, "host");
	struct uuid id;
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (option_text(inv, filters[i]))
			cmd_where(query, filters[i],
				  option_text(inv, filters[i]));
	if (host)
		code = cmd_host_id(app, host, &id, err);
	if (code == ERR_OK && run)
		code = case_find_id(app_case(app), "run", run, run_id, err);
	query->limit = option_number(inv, "limit", 0);
	query->reverse = option_flag(inv, "reverse");
	query->stack = option_flag(inv, "stack");
	if (option_flag(inv, "all-sources"))
		query->view = "event_source";
	return code;
}

/* When it was: as nanoseconds, which is how the case counts. */
struct span {
	char since[24], until[24];
};

static enum err_code read_span(const struct invocation *inv,
			       struct row_query *query, struct span *span,
			       struct err *err)
{
	const struct {
		const char *option;
		enum row_op op;
		char *text;
	} ends[] = {{"since", ROW_AT_LEAST, span->since},
		    {"until", ROW_BELOW, span->until}};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const char *given = option_text(inv, ends[i].option);
		int64_t ns;
		enum err_code code;

		if (!given)
			continue;
		code = filter_time(ends[i].option, given, &ns, err);
		if (code != ERR_OK)
			return code;
		(void)snprintf(ends[i].text, sizeof span->since, "%" PRId64,
			       ns);
		cmd_where_op(query, "time_ns", ends[i].op, ends[i].text);
	}
	return ERR_OK;
}

COMMAND_RUN(cmd_list)
{
	struct row_query query = {.view = view_of(inv)};
	struct uuid run;
	struct span span;
	enum err_code code = read_filters(app, inv, &query, &run, err);

	if (code == ERR_OK)
		code = read_span(inv, &query, &span, err);
	if (code != ERR_OK)
		return code;
	if (view_column(view_find(query.view), "current") >= 0 &&
	    !option_flag(inv, "old") && !option_text(inv, "run"))
		cmd_where(&query, "current", "1");
	if (option_text(inv, "run"))
		cmd_where(&query, "run_id", run.s);
	return cmd_rows(app, inv, &query, err);
}

/* ---- findings ---- */

static const struct {
	const char *name;
	const char *order; /* NULL: the view's own */
} sorts[] = {
	{"severity", NULL},
	{"score", "score DESC, severity_rank DESC, id DESC"},
	{"found", "found_at DESC, id DESC"},
};

static enum err_code read_sort(const struct invocation *inv,
			       struct row_query *query, struct err *err)
{
	const char *name = option_text(inv, "sort");

	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++)
		if (!name || strcmp(sorts[i].name, name) == 0) {
			query->order = sorts[i].order;
			return ERR_OK;
		}
	return err_set(err, ERR_USAGE,
		       "--sort is one of severity, score and found; not '%s'",
		       shown_str(name).s);
}

enum err_code cmd_newest(struct app *app, const struct row_query *query,
			 const char *column, char *out, size_t room,
			 struct err *err)
{
	struct rows *rows;
	struct row row;
	enum err_code code = app_rows(app, query, &rows, err);

	if (code != ERR_OK)
		return code;
	code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK) {
		const struct value *v =
			&row.values[view_column(rows_view(rows), column)];

		if (v->type == VALUE_INT)
			(void)snprintf(out, room, "%" PRId64, v->i);
		else
			(void)snprintf(out, room, "%.*s", (int)v->b.n,
				       (const char *)v->b.p);
	}
	rows_close(rows);
	return code;
}

/* When that run began. */
static enum err_code read_since(struct app *app, const char *typed,
				char *began, size_t room, struct err *err)
{
	struct row_query query = {.view = "run"};
	struct uuid id;
	enum err_code code = case_find_id(app_case(app), "run", typed, &id,
					  err);

	cmd_where(&query, "id", id.s);
	if (code == ERR_OK)
		code = cmd_newest(app, &query, "started_at", began, room, err);
	return code;
}

/* Why findings are left out, and the option that lists them instead. */
static const struct left_out {
	const char *column, *option;
} left_out[] = {
	{"exclusion_id", "excluded"},
	{"quiet", "quieted"},
};

/* How many findings the list would have but for that. */
static enum err_code tell_left_out(struct app *app, struct invocation *inv,
				   struct row_query query,
				   const struct left_out *why, struct err *err)
{
	enum err_code code;
	uint64_t n;

	for (size_t i = 0; query.where[i].column; i++)
		if (strcmp(query.where[i].column, why->column) == 0)
			query.where[i].op = ROW_IS_SET;
	query.limit = 0;
	query.stack = false;
	code = app_count(app, &query, &n, err);
	if (code != ERR_OK)
		return code;
	if (n)
		cmd_say(inv, "%" PRIu64 " %s; --%s lists them", n, why->option,
			why->option);
	return ERR_OK;
}

static enum err_code list_findings(struct app *app, struct invocation *inv,
				   struct row_query *query, struct err *err)
{
	const char *score = option_text(inv, "min-score");
	const char *since = option_text(inv, "since-run");
	char began[32];
	enum err_code code = read_sort(inv, query, err);

	if (code == ERR_OK && score)
		cmd_where_op(query, "score", ROW_AT_LEAST, score);
	if (code == ERR_OK && since)
		code = read_since(app, since, began, sizeof began, err);
	if (code != ERR_OK)
		return code;
	if (since)
		cmd_where_op(query, "found_at", ROW_AT_LEAST, began);
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		cmd_where_op(query, left_out[i].column,
			     option_flag(inv, left_out[i].option) ? ROW_IS_SET
								  : ROW_IS,
			     NULL);
	if (option_flag(inv, "gone") || option_flag(inv, "present"))
		cmd_where_op(query, "gone_run_id",
			     option_flag(inv, "gone") ? ROW_IS_SET : ROW_IS,
			     NULL);
	code = cmd_rows(app, inv, query, err);
	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(left_out); i++)
		if (!option_flag(inv, left_out[i].option))
			code = tell_left_out(app, inv, *query, &left_out[i],
					     err);
	return code;
}

COMMAND_RUN(cmd_finding_list)
{
	struct row_query query = {.view = "finding"};
	bool has_run = option_text(inv, "run") != NULL;
	struct case_diff diff;
	struct uuid run;
	enum err_code code = read_filters(app, inv, &query, &run, err);

	if (code != ERR_OK)
		return code;
	if (query.stack &&
	    (option_flag(inv, "changed-only") || option_text(inv, "sort")))
		return err_set(err, ERR_USAGE,
			       "--stack has an order of its own, the rarest "
			       "first, and is of all findings: leave out "
			       "--sort and --changed-only");
	if (option_flag(inv, "changed-only") && !has_run)
		return err_set(err, ERR_USAGE,
			       "changed by which run? --changed-only goes with "
			       "--run");
	if (option_flag(inv, "changed-only"))
		return cmd_changes(app, inv->front, &run, NULL, &diff, err);
	if (has_run)
		cmd_where_op(&query, "id", ROW_SEEN_BY, run.s);
	return list_findings(app, inv, &query, err);
}

/* ---- coverage ---- */

/* The last run that looked at anything (on that host). */
static enum err_code last_covered(struct app *app, const char *host,
				  struct uuid *run, struct err *err)
{
	struct row_query query = {
		.view = "coverage", .reverse = true, .limit = 1};
	enum err_code code;

	if (host)
		cmd_where(&query, "host", host);
	code = cmd_newest(app, &query, "run_id", run->s, sizeof run->s, err);
	if (code == ERR_NOTFOUND)
		return err_set(err, ERR_NOTFOUND,
			       "nothing was looked at yet: hunt or collect");
	return code;
}

struct unseen {
	struct invocation *inv;
	uint64_t n;
};

static enum err_code say_unseen(void *arg, const struct view *v,
				const struct row *row,
				struct err *err UNUSED)
{
	struct unseen *u = arg;
	struct bytes why = row_bytes(v, row, "message");

	if (!host_state_is_short(row_bytes(v, row, "state")))
		return ERR_OK;
	if (u->n++ < UNSEEN_SAID)
		cmd_say(u->inv, "%s: not looked at, or not to its end%s%s",
			shown(row_bytes(v, row, "host")).s, why.n ? ": " : "",
			shown(why).s);
	return ERR_OK;
}

/* Hosts that said nothing of what they have are in no row of coverage. */
static void say_unseen_hosts(struct app *app, struct invocation *inv,
			     const char *run)
{
	struct row_query query = {.view = "run_host"};
	struct unseen u = {.inv = inv};
	struct err err;

	cmd_where(&query, "run_id", run);
	if (option_text(inv, "host"))
		cmd_where(&query, "host", option_text(inv, "host"));
	(void)!app_each_row(app_case(app), &query, say_unseen, &u, &err);
	if (u.n > UNSEEN_SAID)
		cmd_say(inv, "and %" PRIu64 " hosts more, see `run show`",
			u.n - UNSEEN_SAID);
}

COMMAND_RUN(cmd_coverage_summary)
{
	/* By host, what was done first: the reverse of the view's order. */
	struct row_query query = {.view = "coverage_sum"};
	struct uuid run;
	enum err_code code = read_filters(app, inv, &query, &run, err);

	query.reverse ^= !query.stack;
	if (code == ERR_OK && !option_text(inv, "run"))
		code = last_covered(app, option_text(inv, "host"), &run, err);
	if (code != ERR_OK)
		return code;
	cmd_where(&query, "run_id", run.s);
	code = cmd_rows(app, inv, &query, err);
	if (code == ERR_OK)
		say_unseen_hosts(app, inv, run.s);
	if (code == ERR_OK)
		cmd_say(inv, "run %s; `coverage list --run %s` has the paths",
			run.s + UUID_TEXT_LEN - 8, run.s + UUID_TEXT_LEN - 8);
	return code;
}

COMMAND_RUN(cmd_show)
{
	const char *view = view_of(inv);
	struct uuid id;
	enum err_code code = case_find_id(app_case(app), view, inv->args[0],
					  &id, err);

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
	for (; code == ERR_OK && *more; more++) {
		struct row_query query = {.view = *more,
					  .stack = option_flag(inv, "stack")};

		cmd_where(&query, id_column, id.s);
		code = cmd_rows(app, inv, &query, err);
	}
	return code;
}

#define WHY_CELLS 600

static enum err_code say_shell(void *arg, const struct view *v,
			       const struct row *row, struct err *err UNUSED)
{
	struct text host, why;

	text_from_bytes(&host, row_bytes(v, row, "host"), WHY_CELLS);
	text_from_bytes(&why, row_bytes(v, row, "footprint"), WHY_CELLS);
	cmd_say(arg, "%s: in shell mode: %s", text_str(&host), text_str(&why));
	text_release(&host);
	text_release(&why);
	return ERR_OK;
}

/* Why hosts were worked on without a probe; it is too long for a table, and
 * with --json in their rows. */
static enum err_code say_shells(struct app *app, struct invocation *inv,
				struct err *err)
{
	struct row_query query = {.view = "run_host"};
	struct uuid run;
	enum err_code code = case_find_id(app_case(app), "run", inv->args[0],
					  &run, err);

	cmd_where(&query, "run_id", run.s);
	cmd_where(&query, "mode", "shell");
	return code == ERR_OK ? app_each_row(app_case(app), &query, say_shell,
					     inv, err)
			      : code;
}

COMMAND_RUN(cmd_run_show)
{
	static const char *const more[] = {"run_host", "hop", "coverage_sum",
					   NULL};

	enum err_code code = show_with(app, inv, "run_id", more, err);

	return code == ERR_OK && !option_flag(inv, "json")
		       ? say_shells(app, inv, err)
		       : code;
}

COMMAND_RUN(cmd_finding_show)
{
	static const char *const more[] = {"hit", NULL};

	return show_with(app, inv, "finding_id", more, err);
}

COMMAND_RUN(cmd_indicator_show)
{
	static const char *const more[] = {"sighting", NULL};

	return show_with(app, inv, "indicator_id", more, err);
}
