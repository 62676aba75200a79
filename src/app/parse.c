/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence that the case has goes to the parsers: for each host one run, which
 * reads a spool that the bundle child gets (remote/given.c): a table of the
 * items, then their contents. The spool has no name and is gone with the run.
 */
#include "base/base.h"

#include <sys/stat.h>

#include "app/cmd.h"
#include "app/inside.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "wire/records.h"

#define TABLE_MAX ((size_t)64 << 20)

struct spool {
	struct app *app;
	const struct parse_spec *spec;
	const char *host; /* whose items these are; NULL: of all */
	struct job_zone zone; /* of that host */
	struct buf table;
	struct uuid *ids;
	size_t n_ids;
};

enum { COL_ID, COL_HOST, COL_PATH, COL_MODE, COL_SIZE, COL_MTIME, COL_TAKEN,
       COL_WHOLE, COL_EVENTS, COL_FACTS, COL_ASSUMED, N_COLS };

static const char *const names[N_COLS] = {
	"id",	       "host",	   "path",   "mode",  "size", "mtime_ns",
	"acquired_at", "complete", "events", "facts", "assumed_utc"};

typedef enum err_code (*each_item)(struct spool *s, const struct value *cells[],
				   struct err *err);

struct walk {
	struct spool *s;
	each_item each;
};

static enum err_code take_row(void *arg, const struct view *v,
			      const struct row *row, struct err *err)
{
	const struct walk *w = arg;
	const struct value *cells[N_COLS];

	for (size_t c = 0; c < N_COLS; c++)
		cells[c] = row_value(v, row, names[c]);
	return w->each(w->s, cells, err);
}

static enum err_code for_each(struct spool *s, each_item each, struct err *err)
{
	struct row_query query = {.view = "evidence"};
	struct walk w = {s, each};

	if (s->host)
		cmd_where(&query, names[COL_HOST], s->host);
	if (s->spec->of_run)
		cmd_where(&query, "run_id", s->spec->of_run);
	if (s->spec->assumed && !s->host)
		cmd_where(&query, names[COL_ASSUMED], "1");
	return app_each_row(s->app->casefile, &query, take_row, &w, err);
}

/* Nothing is in an empty file, but a unit that leads to nothing is masked. */
static bool can_be_read(const struct value *cells[])
{
	return cells[COL_HOST]->type == VALUE_TEXT && cells[COL_WHOLE]->i &&
	       (cells[COL_SIZE]->i > 0 || S_ISLNK(cells[COL_MODE]->i));
}

static bool is_unread(const struct spool *s, const struct value *cells[])
{
	return s->spec->again ||
	       (!s->spec->assumed && cells[COL_EVENTS]->i == 0 &&
		cells[COL_FACTS]->i == 0);
}

/* Not read yet, or without the zone that is known by now. */
static bool is_wanted(const struct spool *s, const struct value *cells[])
{
	return can_be_read(cells) &&
	       (is_unread(s, cells) || (cells[COL_ASSUMED]->i && s->zone.n));
}

static enum err_code add_item(struct spool *s, const struct value *cells[],
			      struct err *err)
{
	struct rec_item item = {.seq = s->n_ids + 1,
				.evidence = cells[COL_ID]->b,
				.path = cells[COL_PATH]->b,
				.size = (uint64_t)cells[COL_SIZE]->i,
				.mtime_ns = cells[COL_MTIME]->type == VALUE_INT
						    ? cells[COL_MTIME]->i
						    : TIME_UNKNOWN,
				.taken_ns = cells[COL_TAKEN]->i};

	if (!is_wanted(s, cells)) {
		/* Which logs there are matters to their neighbours. */
		item.known = true;
		item.seq = 0;
		item.size = 0;
		return cells[COL_PATH]->type == VALUE_BLOB
			       ? record_encode(REC_ITEM, &item, &s->table, err)
			       : ERR_OK;
	}
	s->ids = xrealloc(s->ids, s->n_ids + 1, sizeof *s->ids);
	(void)snprintf(s->ids[s->n_ids].s, sizeof s->ids[0].s, "%s",
		       shown(cells[COL_ID]->b).s);
	s->n_ids++;
	return record_encode(REC_ITEM, &item, &s->table, err);
}

static enum err_code fill(struct spool *s, int *spool, struct err *err)
{
	int fd = *spool;
	struct rec_done end = {.complete = true};
	enum err_code code = record_encode(REC_DONE, &end, &s->table, err);

	if (code == ERR_OK)
		code = fs_write_all(fd, buf_bytes(&s->table), err);
	for (size_t i = 0; code == ERR_OK && i < s->n_ids; i++)
		code = app_spool_item(s->app, s->ids[i].s, fd, err);
	return code == ERR_OK ? app_spool_seal(spool, err) : code;
}

static enum err_code submit(struct spool *s, int fd, struct uuid *run,
			    struct err *err)
{
	struct job *job = job_new(JOB_PARSE);
	struct import_spec given = {.parser = s->spec->parser};
	enum err_code code = app_read_given(job, &given, err);

	job->zone = s->zone;
	s->zone = (struct job_zone){.bytes = NULL};

	job->bundle_fd = fd;
	job->via = VIA_BUNDLE;
	job->source = xasprintf("evidence of %s", s->host);
	job->again = true;
	job->named_host = true;
	job->command = xstrdup(s->spec->command ? s->spec->command : "");
	job_add_host(job)->name = xstrdup(s->host);
	if (code == ERR_OK)
		code = app_know_hosts(s->app, job, err);
	if (code == ERR_OK)
		code = app_start_engine(s->app, err);
	if (code != ERR_OK) {
		job_free(job);
		return code;
	}
	*run = job->run;
	engine_submit(s->app->engine, job);
	return ERR_OK;
}

enum err_code app_start_parse(struct app *app, const struct parse_spec *spec,
			      struct uuid *run, struct err *err)
{
	struct spool s = {.app = app, .spec = spec};
	struct case_host host = {0};
	enum err_code code =
		case_host_find(app->casefile, spec->host, &host, err);
	int fd = -1;

	s.host = host.name;
	buf_init(&s.table, TABLE_MAX);
	if (code == ERR_OK)
		code = app_zone(app, s.host, spec->zone, &s.zone, err);
	if (code == ERR_OK)
		code = for_each(&s, add_item, err);
	if (code == ERR_OK && s.n_ids == 0)
		code = err_set(err, ERR_NOTFOUND,
			       "%s has no evidence that was not read yet; "
			       "--again reads it once more",
			       shown_str(spec->host).s);
	if (code == ERR_OK) {
		fd = app_spool_open(app, err);
		code = fd < 0 ? err->code : fill(&s, &fd, err);
	}
	if (code == ERR_OK)
		code = submit(&s, fd, run, err); /* takes it */
	else
		close_fd(fd);
	buf_release(&s.table);
	free(s.ids);
	job_zone_release(&s.zone);
	case_host_release(&host);
	return code;
}

/* ---- whose evidence there is to be read ---- */

struct hosts_found {
	struct spool s; /* first: for_each gives it */
	struct found {
		char *host;
		bool unread; /* else it matters whether its zone is known */
	} *v;
	size_t n;
};

static enum err_code add_host(struct spool *s, const struct value *cells[],
			      struct err *err UNUSED)
{
	struct hosts_found *f = (struct hosts_found *)s;
	bool unread = is_unread(s, cells);
	size_t i = 0;

	if (!can_be_read(cells) || (!unread && !cells[COL_ASSUMED]->i))
		return ERR_OK;
	while (i < f->n && !bytes_eq(cells[COL_HOST]->b, bytes_str(f->v[i].host)))
		i++;
	if (i == f->n) {
		f->v = xrealloc(f->v, f->n + 1, sizeof *f->v);
		f->v[f->n++] = (struct found){bytes_to_str(cells[COL_HOST]->b),
					      unread};
	}
	f->v[i].unread |= unread;
	return ERR_OK;
}

/* Whether the child could read it: else it would be tried each time. */
static enum err_code is_readable(struct app *app, const struct job_zone *zone,
				 bool *yes, struct err *err)
{
	struct row_query query = {.view = "fact"};
	uint64_t n = 0;
	enum err_code code;

	if (!zone->evidence)
		return ERR_OK;
	cmd_where(&query, "kind", "time_zone");
	cmd_where(&query, "evidence_id", zone->evidence);
	code = app_count(app, &query, &n, err);
	*yes = n > 0;
	return code;
}

static enum err_code has_work(struct hosts_found *f, const struct found *host,
			      bool *yes, struct err *err)
{
	struct job_zone zone = {.bytes = NULL};
	enum err_code code = ERR_OK;

	*yes = host->unread;
	if (!host->unread) {
		code = app_zone(f->s.app, host->host, f->s.spec->zone, &zone,
				err);
		*yes = zone.n > 0;
		if (code == ERR_OK && *yes)
			code = is_readable(f->s.app, &zone, yes, err);
	}
	job_zone_release(&zone);
	return code;
}

enum err_code app_parse_hosts(struct app *app, const struct parse_spec *spec,
			      char ***hosts, size_t *n, struct err *err)
{
	struct hosts_found f = {.s = {.app = app, .spec = spec}};
	enum err_code code = for_each(&f.s, add_host, err);

	*hosts = xcalloc(f.n + 1, sizeof **hosts);
	*n = 0;
	for (size_t i = 0; i < f.n; i++) {
		bool yes = false;

		if (code == ERR_OK)
			code = has_work(&f, &f.v[i], &yes, err);
		if (yes)
			(*hosts)[(*n)++] = f.v[i].host;
		else
			free(f.v[i].host);
	}
	free(f.v);
	return code;
}
