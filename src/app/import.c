/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that are told of and not reached: names, and bundles of them. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "app/cmd.h"
#include "app/inside.h"
#include "base/age.h"
#include "base/fs.h"
#include "base/text.h"
#include "parse/parse.h"

#define NAME_MAX_BYTES 100
#define IDENTITY_MAX   ((size_t)64 << 10)

enum err_code app_check_host_name(const char *name, struct err *err)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:";
	size_t n = strlen(name);

	if (n && n <= NAME_MAX_BYTES && strspn(name, good) == n &&
	    name[0] != '-')
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "'%s' cannot be the name of a host: letters, digits "
		       "and . _ - : make one",
		       shown_str(name).s);
}

enum err_code app_add_host(struct app *app, const char *name, struct err *err)
{
	struct change *c;
	enum err_code code = app_check_host_name(name, err);

	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_HOST_ADD);
	c->u.host.name = change_str(c, name);
	return case_apply(app->casefile, c, err);
}

static struct job_known *know_row(struct job_known_list *list,
				  const struct row *row, int name, int id)
{
	struct job_known *known;
	char *s = bytes_to_str(row->values[name].b);
	struct uuid uuid = {0};

	(void)snprintf(uuid.s, sizeof uuid.s, "%s",
		       shown(row->values[id].b).s);
	known = job_know(list, s, &uuid);
	free(s);
	return known;
}

static char *word_or_null(const struct view *v, const struct row *row,
			  const char *name)
{
	struct bytes b = row_bytes(v, row, name);

	return b.n ? bytes_to_str(b) : NULL;
}

static void know_machine(struct job_known *k, const struct view *v,
			 const struct row *row)
{
	k->is_reached = row_bytes(v, row, "target").n != 0;
	k->machine = (struct job_machine){
		.machine_id = word_or_null(v, row, "machine_id"),
		.product_id = word_or_null(v, row, "product_id"),
		.hostname = word_or_null(v, row, "hostname"),
	};
}

/* What is there already: hosts that did not leave, bundles that came in. */
static bool counts(const struct row *row, int removed, int state)
{
	static const char *const vain[] = {"failed", "cancelled",
					   "interrupted"};

	if (removed >= 0)
		return row->values[removed].type == VALUE_NULL;
	for (size_t i = 0; i < ARRAY_SIZE(vain); i++)
		if (bytes_eq(row->values[state].b, bytes_str(vain[i])))
			return false;
	return true;
}

/* What becomes known, and the column that names it. */
struct knowing {
	struct job_known_list *list;
	const char *name;
	const char *path; /* of what it is the hash; NULL */
};

/* The same, of one path alone. */
static void know_file(const struct knowing *k, const struct view *v,
		      const struct row *row)
{
	char *hash = bytes_to_str(row_bytes(v, row, k->name));
	char *path = bytes_to_str(row_bytes(v, row, k->path));
	char *name = job_known_file(hash, path);
	struct uuid id = k->list->v[k->list->n - 1].id;

	job_know(k->list, name, &id);
	free(name);
	free(path);
	free(hash);
}

static enum err_code know_one(void *arg, const struct view *v,
			      const struct row *row, struct err *err UNUSED)
{
	const struct knowing *k = arg;
	int key = view_column(v, k->name);
	struct job_known *known;

	if (row->values[key].type == VALUE_NULL ||
	    !counts(row, view_column(v, "removed_at"), view_column(v, "state")))
		return ERR_OK;
	known = know_row(k->list, row, key, view_column(v, "id"));
	if (view_column(v, "machine_id") >= 0)
		know_machine(known, v, row);
	if (k->path)
		know_file(k, v, row);
	return ERR_OK;
}

static enum err_code know(struct app *app, struct job_known_list *list,
			  const char *view, const char *name, const char *path,
			  struct err *err)
{
	const struct row_query query = {.view = view};
	struct knowing k = {list, name, path};

	return app_each_row(app->casefile, &query, know_one, &k, err);
}

/* What was imported, and what of it the job is to know. */
struct imports {
	struct job_known_list all, *known;
};

static enum err_code know_import(void *arg, const struct view *v,
				 const struct row *row, struct err *err UNUSED)
{
	struct imports *i = arg;
	struct bytes run = row_bytes(v, row, "run_id");

	for (size_t k = 0; k < i->all.n; k++)
		if (bytes_eq(run, bytes_str(i->all.v[k].id.s)))
			job_know(i->known, i->all.v[k].name, &i->all.v[k].id);
	return ERR_OK;
}

/* Of a host that is named only what was imported of it counts: two hosts may
 * have the same file. */
static enum err_code know_imports(struct app *app, struct job *job,
				  struct err *err)
{
	struct imports imports = {.known = &job->bundles_known};
	struct row_query query = {.view = "run_host"};
	enum err_code code =
		know(app, &imports.all, "run", "source_sha256", "source", err);

	if (code != ERR_OK || !job->named_host) {
		job->bundles_known = imports.all;
		return code;
	}
	cmd_where(&query, "host", job->hosts[0].name);
	code = app_each_row(app->casefile, &query, know_import, &imports, err);
	job_known_release(&imports.all);
	return code;
}

enum err_code app_know_hosts(struct app *app, struct job *job, struct err *err)
{
	return know(app, &job->hosts_known, "host", "name", NULL, err);
}

static enum err_code open_bundle(struct job *job, const char *path,
				 struct err *err)
{
	struct stat st;

	job->bundle_fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (job->bundle_fd < 0 || fstat(job->bundle_fd, &st) != 0)
		return err_errno(err, "opening the bundle %s",
				 shown_str(path).s);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_USAGE, "%s is not a file",
			       shown_str(path).s);
	return ERR_OK;
}

static enum err_code read_identity(struct job *job, const char *path,
				   struct err *err)
{
	struct age_identity id;
	struct buf file;
	enum err_code code;

	if (!path)
		return ERR_OK;
	buf_init(&file, IDENTITY_MAX);
	code = fs_read(path, &file, err);
	if (code == ERR_OK)
		code = age_identity_parse(buf_bytes(&file), &id, err);
	if (code == ERR_OK) {
		secret_set(&job->identity,
			   bytes_of(id.scalar, sizeof id.scalar));
		age_identity_wipe(&id);
	}
	buf_wipe(&file);
	buf_release(&file);
	return code == ERR_OK ? code
			      : err_wrap(err, "the key file %s",
					 shown_str(path).s);
}

/* The name that --host means: of a host that is there, by name or id, or of
 * one that is to be. */
static enum err_code name_host(struct app *app, struct job *job,
			       const char *given, struct err *err)
{
	struct job_host *host = job_add_host(job);
	struct case_host found;
	const char *slash = strrchr(job->source, '/');
	enum err_code code;

	job->named_host = given != NULL;
	if (!given) { /* shown until it says who it is */
		host->name = xstrdup(slash ? slash + 1 : job->source);
		return ERR_OK;
	}
	code = case_host_find(app->casefile, given, &found, err);
	if (code == ERR_OK) {
		host->name = xstrdup(found.name);
		case_host_release(&found);
		return ERR_OK;
	}
	host->name = xstrdup(given);
	return code == ERR_NOTFOUND ? app_check_host_name(given, err) : code;
}

/* What a file that is no bundle is taken for. */
enum err_code app_read_given(struct job *job, const struct import_spec *spec,
				struct err *err)
{
	job->parser = spec->parser ? xstrdup(spec->parser) : NULL;
	if (spec->parser && !parser_find(spec->parser))
		return err_set(err, ERR_USAGE,
			       "there is no parser '%s'; `halligan parser "
			       "list` has those there are",
			       shown_str(spec->parser).s);
	return ERR_OK;
}

enum err_code app_start_import(struct app *app, const struct import_spec *spec,
			       struct uuid *run, struct err *err)
{
	struct job *job = job_new(JOB_IMPORT);
	enum err_code code = open_bundle(job, spec->file, err);

	job->via = VIA_BUNDLE;
	job->source = xstrdup(spec->file);
	job->again = spec->again;
	job->with_secrets = spec->with_secrets;
	job->command = xstrdup(spec->command ? spec->command : "");
	if (code == ERR_OK)
		code = read_identity(job, spec->identity, err);
	if (code == ERR_OK)
		code = app_read_given(job, spec, err);
	if (code == ERR_OK)
		code = name_host(app, job, spec->host, err);
	if (code == ERR_OK)
		code = app_zone(app, job->hosts[0].name, spec->zone,
				&job->zone, err);
	if (code == ERR_OK)
		code = app_know_hosts(app, job, err);
	if (code == ERR_OK)
		code = know_imports(app, job, err);
	if (code == ERR_OK)
		code = app_start_engine(app, err);
	if (code != ERR_OK) {
		job_free(job);
		return code;
	}
	*run = job->run;
	engine_submit(app->engine, job);
	return ERR_OK;
}
