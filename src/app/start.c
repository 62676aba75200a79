/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a command says to a job: everything that can be wrong without a
 * host is found here, before the first packet.
 */
#include "base/base.h"

#include <sys/resource.h>

#include "app/indicators.h"
#include "app/inside.h"
#include "app/reaching.h"
#include "base/text.h"
#include "detect/detect.h"
#include "wire/records.h"

#define CONTEXT_BYTES	  32
#define ARCHIVE_DEPTH_MAX 16

/* How it is reached, once it is known that it is. */
static enum err_code set_reach(struct reaching *reaching,
			       const struct case_host *found,
			       struct job_host *host, struct err *err)
{
	const struct reach_ask ask = {.target = found->target,
				      .identity = found->identity,
				      .jump = reaching->jump ? reaching->jump
							     : found->jump};
	enum err_code code;

	if (!found->target[0])
		return err_set(err, ERR_USAGE,
			       "%s is not reached: import bundles of it, or "
			       "hunt with --root",
			       shown_str(found->name).s);
	code = reaching_host(reaching, &ask, &host->reach, err);
	return code == ERR_OK ? reaching_jumps(reaching, host, err) : code;
}

static enum err_code add_host(struct app *app, struct job *job,
			      struct reaching *reaching, const char *name,
			      struct err *err)
{
	struct case_host found;
	struct job_host *host;
	enum err_code code = case_host_find(app->casefile, name, &found, err);

	if (code != ERR_OK)
		return code;
	host = job_add_host(job);
	if (job->via == VIA_SSH)
		code = set_reach(reaching, &found, host, err);
	if (code == ERR_OK) {
		host->id = found.id;
		/* Taken over from found, which forgets them. */
		host->name = found.name;
		host->pinned_key_type = found.key_type;
		host->pinned_fingerprint = found.key_fingerprint;
		host->jump = found.jump;
		host->escalate = found.escalate;
		host->mode = found.mode;
		found.name = NULL;
		found.jump = found.escalate = found.mode = NULL;
		found.key_type = found.key_fingerprint = NULL;
	}
	case_host_release(&found);
	return code;
}

static enum err_code add_hosts(struct app *app, struct job *job,
			       const struct job_spec *spec, struct err *err)
{
	enum err_code code = ERR_OK;
	struct reaching reaching;

	reaching_begin(&reaching, app, spec->ssh_config);
	reaching.jump = spec->jump;
	reaching.say = spec->say;
	reaching.say_arg = spec->say_arg;
	for (size_t i = 0; code == ERR_OK && i < spec->n_hosts; i++)
		code = add_host(app, job, &reaching, spec->hosts[i], err);
	reaching_end(&reaching);
	if (code == ERR_OK && job->n_hosts == 0)
		code = err_set(err, ERR_USAGE, "which hosts?");
	return code;
}

static enum err_code set_cursor(void *user, const struct case_leg *leg,
				struct err *err UNUSED)
{
	struct job *job = user;

	for (size_t i = 0; leg->cursor.n && i < job->n_hosts; i++) {
		struct job_host *host = &job->hosts[i];

		if (!bytes_eq(bytes_str(host->name), leg->host))
			continue;
		host->has_cursor = true;
		host->cursor_of_shell = bytes_eq(leg->mode, bytes_str("shell"));
		host->cursor_root = leg->cursor_root;
		host->cursor = xmemdup(leg->cursor.p, leg->cursor.n);
		host->cursor_n = leg->cursor.n;
	}
	return ERR_OK;
}

/* Each host goes on from where it had come to, in the run that was cut or in
 * one that took that up since. */
static enum err_code add_cursors(struct app *app, struct job *job,
				 const struct job_again *again, struct err *err)
{
	const struct leg_sink sink = {.take = set_cursor, .user = job};

	if (!again || !again->resumes)
		return ERR_OK;
	return case_legs(app->casefile, again->resumes, &sink, err);
}

static enum err_code add_rules(struct job *job, const struct job_spec *spec,
			       struct err *err)
{
	enum err_code code;

	if (spec->n_rules == 0)
		return err_set(err, ERR_USAGE, "what for? give --rules FILE or "
			       "folder, --indicators FILE or "
			       "--case-indicators");
	job->rules = xcalloc(1, sizeof *job->rules);
	code = ruleset_load(job->rules, spec->rules, spec->n_rules, err);
	if (code != ERR_OK) { /* released already */
		free(job->rules);
		job->rules = NULL;
	}
	return code;
}

/* What was done of a run was done with its rules. */
static enum err_code check_rules(const struct job *job,
				 const struct job_again *again, struct err *err)
{
	if (!again || !again->resumes || !job->rules ||
	    strcmp(job->rules->sha256, again->rules_sha256) == 0)
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "the rules are not those of that run any more, so it "
		       "cannot be taken up; hunt again");
}

static bool has_indicators(const struct job_spec *spec)
{
	return spec->n_indicators || spec->case_indicators;
}

/* Lists go into the case first: what is hunted for is on record. */
static enum err_code add_indicators(struct app *app, struct job *job,
				    const struct job_spec *spec,
				    struct err *err)
{
	struct indicator_import import = {.say = spec->say,
					  .arg = spec->say_arg};
	struct indicator_sum sum = {0};
	enum err_code code = ERR_OK;

	if (spec->n_indicators)
		code = indicators_import_all(app->casefile, spec->indicators,
					     spec->n_indicators, &import, err);
	if (code == ERR_OK)
		code = indicators_encode(
			app->casefile,
			spec->case_indicators ? NULL : &import.keys,
			&job->request, &sum, err);
	if (code == ERR_OK && sum.n == 0)
		code = err_set(err, ERR_NOTFOUND,
			       "there is no indicator to look for that is "
			       "valid now");
	if (code == ERR_OK && sum.n_files && !spec->n_paths)
		code = err_set(err, ERR_USAGE,
			       "indicators of files need a --path PATH");
	indicator_keys_release(&import.keys);
	return code;
}

static enum err_code add_path(struct job *job, const char *path,
			      struct err *err)
{
	struct req_path req = {.path = bytes_str(path)};

	if (path[0] != '/')
		return err_set(err, ERR_USAGE,
			       "a path on a host begins with a slash: %s",
			       shown_str(path).s);
	return record_encode(REQ_PATH, &req, &job->request, err);
}

/* The probe says it again first of all, so that a bundle of it would tell. */
static enum err_code add_about(struct job *job, const struct job_spec *spec,
			       struct err *err)
{
	struct req_about about = {
		.command = bytes_str(spec->command ? spec->command : ""),
		.rules_sha256 =
			bytes_str(job->rules ? job->rules->sha256 : ""),
		.root = bytes_str(spec->root ? spec->root : ""),
	};

	about.command.n = MIN(about.command.n, (size_t)RECORD_META_MAX);
	return record_encode(REQ_ABOUT, &about, &job->request, err);
}

/* What the probe would cut to its limits without a word. */
static enum err_code check_content_options(const struct job_spec *spec,
					   struct err *err)
{
	if (spec->context && (spec->context < CONTEXT_BYTES ||
			      spec->context > RECORD_CONTEXT_MAX))
		return err_set(err, ERR_USAGE,
			       "--context is %d to %u bytes", CONTEXT_BYTES,
			       RECORD_CONTEXT_MAX);
	if (spec->archive_depth > ARCHIVE_DEPTH_MAX)
		return err_set(err, ERR_USAGE,
			       "--archive-depth is 1 to %d", ARCHIVE_DEPTH_MAX);
	if (!spec->archives && (spec->archive_depth || spec->archive_bytes))
		return err_set(err, ERR_USAGE,
			       "--archive-depth and --archive-bytes go with "
			       "--archives");
	return ERR_OK;
}

static enum err_code add_filter(struct job *job, const struct filter_words *w,
				struct err *err)
{
	enum err_code code;

	if (!w)
		return ERR_OK;
	code = record_encode(REQ_FILTER, &w->filter, &job->request, err);
	for (size_t i = 0; code == ERR_OK && i < w->n_globs; i++)
		code = record_encode(REQ_GLOB, &w->globs[i], &job->request,
				     err);
	return code;
}

/* What is sought by its place. */
static enum err_code add_patterns(struct job *job, const struct job_spec *spec,
				  struct err *err)
{
	return buf_add_bytes(&job->request, spec->patterns)
		       ? ERR_OK
		       : err_set(err, ERR_LIMIT, "too many patterns");
}

static enum err_code check_paths(const struct job_spec *spec, struct err *err)
{
	if (spec->has_memory && spec->root)
		return err_set(err, ERR_USAGE, "a folder has no processes");
	if (!spec->has_memory &&
	    (spec->memory.file_backed || spec->memory.process_bytes ||
	     spec->memory.total_bytes))
		return err_set(err, ERR_USAGE,
			       "--memory-all, --memory-process and "
			       "--memory-total go with --memory");
	if (spec->memory.only && spec->n_paths)
		return err_set(err, ERR_USAGE,
			       "--memory-only looks at no files: leave out "
			       "--path");
	if (spec->n_paths == 0 && !spec->has_memory && !spec->patterns.n &&
	    spec->op != JOB_TRIAGE &&
	    (spec->n_rules || !has_indicators(spec)))
		return err_set(err, ERR_USAGE,
			       spec->op == JOB_COLLECT
				       ? "what? give --path PATH, --artifact "
					 "NAME or --profile NAME"
				       : "no path was named: --path PATH");
	return ERR_OK;
}

static enum err_code add_request(struct app *app, struct job *job,
				 const struct job_spec *spec, struct err *err)
{
	const struct req_budget no_budget = {0};
	struct req_start start = {
		.triage = spec->op == JOB_TRIAGE,
		.scan = spec->op == JOB_HUNT &&
			(spec->n_rules || !has_indicators(spec)),
		.collect = spec->op == JOB_COLLECT || spec->op == JOB_TRIAGE ||
			   spec->take_hits,
		.context = spec->context ? spec->context : CONTEXT_BYTES,
		.max_file_size = spec->max_file_size,
		.deadline_s = spec->deadline_s,
		.heard_s = JOB_HEARD_S,
		.archives = spec->archives,
		.archive_depth = spec->archive_depth,
		.archive_bytes = spec->archive_bytes,
		.walk = spec->op == JOB_WALK,
		.hash = spec->hash,
		.secrets = spec->with_secrets,
	};
	enum err_code code = ERR_OK;

	if (spec->op == JOB_CONNECT)
		return ERR_OK;
	code = check_content_options(spec, err);
	if (code != ERR_OK)
		return code;
	code = check_paths(spec, err);
	if (code != ERR_OK)
		return code;
	if (start.scan)
		code = add_rules(job, spec, err);
	if (code == ERR_OK)
		code = check_rules(job, spec->again, err);
	if (code == ERR_OK)
		code = add_about(job, spec, err);
	for (size_t i = 0; code == ERR_OK && i < spec->n_paths; i++)
		code = add_path(job, spec->paths[i], err);
	if (code == ERR_OK)
		code = add_patterns(job, spec, err);
	if (code == ERR_OK && has_indicators(spec))
		code = add_indicators(app, job, spec, err);
	if (code == ERR_OK && spec->has_memory)
		code = record_encode(REQ_MEMORY, &spec->memory, &job->request,
				     err);
	if (code == ERR_OK &&
	    memcmp(&spec->budget, &no_budget, sizeof no_budget) != 0)
		code = record_encode(REQ_BUDGET, &spec->budget, &job->request,
				     err);
	if (code == ERR_OK)
		code = add_filter(job, spec->filter, err);
	if (code == ERR_OK)
		code = record_encode(REQ_START, &start, &job->request, err);
	job->unpacks = start.archives;
	return code;
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* The host of a folder is made when the case has none of that name. */
static enum err_code prepare_root(struct app *app, struct job *job,
				  const struct job_spec *spec, struct err *err)
{
	struct case_host found;
	enum err_code code;

	if (!spec->root)
		return ERR_OK;
	job->via = VIA_LOCAL;
	job->source = xstrdup(spec->root);
	code = case_host_find(app->casefile, spec->hosts[0], &found, err);
	if (code == ERR_OK)
		case_host_release(&found);
	else if (code == ERR_NOTFOUND)
		code = app_add_host(app, spec->hosts[0], err);
	return code == ERR_OK ? add_hosts(app, job, spec, err) : code;
}

#define FILES_OURS     64u /* the case, rules, questions */
#define FILES_PER_HOST 4u  /* its children, and what goes between them */

/* As many hosts at once as there may be open files for. */
static void fit_parallel(const struct job_spec *spec, unsigned *parallel)
{
	struct rlimit files;
	uint64_t most;
	char line[200];

	if (!*parallel)
		*parallel = JOB_PARALLEL_DEFAULT;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	most = files.rlim_cur > FILES_OURS
		       ? (files.rlim_cur - FILES_OURS) / FILES_PER_HOST
		       : 0;
	most = MAX(most, UINT64_C(1));
	if (*parallel <= most)
		return;
	(void)snprintf(line, sizeof line,
		       "%" PRIu64 " hosts at once in place of %u: no more than "
		       "%" PRIu64 " files may be open (ulimit -Hn)",
		       most, *parallel, (uint64_t)files.rlim_cur);
	*parallel = (unsigned)most;
	if (spec->say)
		spec->say(spec->say_arg, line);
}

enum err_code app_start_job(struct app *app, const struct job_spec *spec,
			    struct uuid *run, struct err *err)
{
	struct job *job = job_new(spec->op);
	enum err_code code =
		spec->root ? ERR_OK : add_hosts(app, job, spec, err);

	if (code == ERR_OK)
		code = add_cursors(app, job, spec->again, err);
	if (code == ERR_OK && spec->fleet.parallel > JOB_PARALLEL_MAX)
		code = err_set(err, ERR_USAGE, "at most %d hosts at once",
			       JOB_PARALLEL_MAX);
	if (code == ERR_OK)
		code = add_request(app, job, spec, err);
	if (code == ERR_OK)
		code = prepare_root(app, job, spec, err);
	if (code == ERR_OK)
		code = earlier_add(app, job, spec->words, err);
	if (code == ERR_OK)
		code = app_start_engine(app, err);
	if (code != ERR_OK) {
		job_free(job);
		return code;
	}
	job->fleet = spec->fleet;
	fit_parallel(spec, &job->fleet.parallel);
	job->accept_new_host_keys = spec->accept_new_host_keys;
	job->no_probe = spec->no_probe;
	job->share_password = spec->share_password;
	job->share_known = spec->share_known;
	job->escalate = copy(spec->escalate);
	job->rules_form = spec->rules_form;
	job->with_secrets = spec->with_secrets;
	job->command = xstrdup(spec->command ? spec->command : "");
	job->words = copy(spec->words);
	job->how = copy(spec->how);
	job->hunt = spec->again ? copy(spec->again->hunt) : NULL;
	job->resumes = spec->again ? copy(spec->again->resumes) : NULL;
	*run = job->run;
	engine_submit(app->engine, job);
	return ERR_OK;
}
