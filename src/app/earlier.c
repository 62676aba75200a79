/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much the same words met on each host the last time they were run to
 * their end: what an estimate of the time left is held against. Whose files
 * could not all be read counts, whose run was stopped before it had met all
 * of them does not.
 */
#include "base/base.h"

#include "app/inside.h"
#include "base/text.h"

#define RUNS_MAX 4 /* of the same words, the newest */

/* What is being looked for, and where a row of it goes. */
struct looking {
	struct app *app;
	struct job *job;
	struct uuid runs[RUNS_MAX];
	size_t n_runs;
	bool *stopped; /* for each host of the job: in the run looked at now */
	void (*row)(struct looking *l, const struct view *view,
		    const struct row *row);
};

static struct bytes cell(const struct view *view, const struct row *row,
			 const char *column)
{
	return row->values[view_column(view, column)].b;
}

static uint64_t number(const struct view *view, const struct row *row,
		       const char *column)
{
	int64_t n = row->values[view_column(view, column)].i;

	return n > 0 ? (uint64_t)n : 0;
}

static enum err_code look(struct looking *l, const struct row_query *query,
			  struct err *err)
{
	struct rows *rows;
	struct row row;
	enum err_code code = case_rows(l->app->casefile, query, &rows, err);

	if (code != ERR_OK)
		return code;
	for (uint64_t i = 0; code == ERR_OK && i < rows_count(rows); i++) {
		code = rows_get(rows, i, &row, err);
		if (code == ERR_OK)
			l->row(l, rows_view(rows), &row);
	}
	rows_close(rows);
	return code;
}

/* One that took up another did only what that had left. */
static void take_run(struct looking *l, const struct view *view,
		     const struct row *row)
{
	if (l->n_runs < RUNS_MAX && !cell(view, row, "resumes").n)
		(void)snprintf(l->runs[l->n_runs++].s, sizeof l->runs[0].s,
			       "%s", shown(cell(view, row, "id")).s);
}

static void take_stop(struct looking *l, const struct view *view,
		      const struct row *row)
{
	for (size_t i = 0; i < l->job->n_hosts; i++)
		l->stopped[i] |= bytes_eq(bytes_str(l->job->hosts[i].name),
					  cell(view, row, "host"));
}

static void take_host(struct looking *l, const struct view *view,
		      const struct row *row)
{
	struct bytes state = cell(view, row, "state");

	if (!bytes_eq(state, bytes_str("done")) &&
	    !bytes_eq(state, bytes_str("partial")))
		return;
	for (size_t i = 0; i < l->job->n_hosts; i++) {
		struct job_host *host = &l->job->hosts[i];

		if (l->stopped[i] || host->earlier_files ||
		    !bytes_eq(bytes_str(host->name), cell(view, row, "host")))
			continue;
		host->earlier_files = number(view, row, "files");
		host->earlier_bytes = number(view, row, "bytes");
	}
}

static bool is_known(const struct job *job)
{
	for (size_t i = 0; i < job->n_hosts; i++)
		if (!job->hosts[i].earlier_files)
			return false;
	return true;
}

static enum err_code look_at_run(struct looking *l, const char *run,
				 struct err *err)
{
	static const char *const stops[] = {"stopped", "memory-pressure"};
	struct row_query hosts = {.view = "run_host",
				  .where = {{"run_id", run, ROW_IS}}};
	enum err_code code = ERR_OK;

	memset(l->stopped, 0, l->job->n_hosts * sizeof *l->stopped);
	l->row = take_stop;
	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(stops); i++) {
		struct row_query rows = {
			.view = "coverage_sum",
			.where = {{"run_id", run, ROW_IS},
				  {"reason", stops[i], ROW_IS}}};

		code = look(l, &rows, err);
	}
	l->row = take_host;
	return code == ERR_OK ? look(l, &hosts, err) : code;
}

enum err_code earlier_add(struct app *app, struct job *job, const char *words,
			  struct err *err)
{
	struct row_query last = {.view = "run",
				 .where = {{"words", words, ROW_IS}},
				 .limit = RUNS_MAX};
	struct looking l = {.app = app, .job = job, .row = take_run};
	enum err_code code;

	if (!words || job->via != VIA_SSH)
		return ERR_OK;
	code = look(&l, &last, err);
	l.stopped = xcalloc(job->n_hosts, sizeof *l.stopped);
	for (size_t i = 0; code == ERR_OK && i < l.n_runs && !is_known(job);
	     i++)
		code = look_at_run(&l, l.runs[i].s, err);
	free(l.stopped);
	return code;
}
