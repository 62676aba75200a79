/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that work on hosts: each starts a job and returns at once. */
#include "base/base.h"

#include <limits.h>
#include <sys/stat.h>

#include "app/artifacts.h"
#include "app/cmd.h"
#include "app/hosts.h"
#include "base/text.h"

#define PATTERNS_MAX ((size_t)8 << 20)
#define RETRY_MAX 20
#define RECONNECT_DEFAULT 3

/* A folder stands for the one host that --host names. */
static enum err_code check_root(const struct invocation *inv, char **root,
				struct err *err)
{
	const char *given = option_text(inv, "root");
	struct stat st;

	if (!given && option_text(inv, "host"))
		return err_set(err, ERR_USAGE,
			       "--host goes with --root DIR; hosts to be "
			       "reached are named without it");
	if (!given)
		return ERR_OK;
	if (selection_is_said(inv, 0) || !option_text(inv, "host"))
		return err_set(err, ERR_USAGE,
			       "--root is of one host: name it with --host "
			       "NAME alone");
	*root = realpath(given, NULL);
	if (!*root || stat(*root, &st) != 0)
		return err_errno(err, "the folder %s", shown_str(given).s);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, "%s is no folder",
			       shown_str(given).s);
	return ERR_OK;
}

static enum err_code read_budget(const struct invocation *inv,
				 struct req_budget *budget, struct err *err)
{
	const char *load = option_text(inv, "max-load");

	*budget = (struct req_budget){
		.cpu_percent = option_number(inv, "cpu", 0),
		.read_bytes_s = option_number(inv, "read-rate", 0),
		.memory_bytes = option_number(inv, "memory-limit", 0),
		.file_timeout_s = option_number(inv, "file-timeout", 0),
	};
	if (load && (!bytes_to_centi(bytes_str(load), &budget->load_centi) ||
		     budget->load_centi > INT64_MAX))
		return err_set(err, ERR_USAGE, "--max-load: %s is not a load",
			       shown_str(load).s);
	return ERR_OK;
}

static unsigned small_number(const struct invocation *inv, const char *name)
{
	return (unsigned)MIN(option_number(inv, name, 0), (uint64_t)UINT_MAX);
}

/* "3", "10%" */
static enum err_code read_max_failures(const char *given,
				       struct job_fleet *fleet,
				       struct err *err)
{
	char digits[24];
	size_t n = strspn(given, "0123456789");

	(void)snprintf(digits, sizeof digits, "%.*s", (int)MIN(n, 20u), given);
	fleet->max_failures_is_percent = strcmp(given + n, "%") == 0;
	fleet->max_failures = strtoull(digits, NULL, 10);
	if (n == 0 || n > 9 || fleet->max_failures == 0 ||
	    (given[n] && !fleet->max_failures_is_percent) ||
	    (fleet->max_failures_is_percent && fleet->max_failures > 100))
		return err_set(err, ERR_USAGE,
			       "--max-failures takes a number of hosts such "
			       "as 5, or a part of them such as 10%%, not %s",
			       shown_str(given).s);
	return ERR_OK;
}

static enum err_code read_fleet(const struct invocation *inv,
				struct job_fleet *fleet, struct err *err)
{
	const char *max_failures = option_text(inv, "max-failures");

	*fleet = (struct job_fleet){
		.parallel = small_number(inv, "parallel"),
		.canary = small_number(inv, "canary"),
		.canary_asks = !option_flag(inv, "canary-go") &&
			       inv->front->asks,
		.retry = small_number(inv, "retry"),
		.rate = option_number(inv, "rate", 0),
		.total_rate = option_number(inv, "total-rate", 0),
		.reconnect = (unsigned)MIN(
			option_number(inv, "reconnect", RECONNECT_DEFAULT),
			(uint64_t)UINT_MAX),
	};
	if (option_flag(inv, "canary-go") && !fleet->canary)
		return err_set(err, ERR_USAGE,
			       "--canary-go goes with --canary N");
	if (fleet->reconnect > RETRY_MAX)
		return err_set(err, ERR_USAGE, "--reconnect is at most %d",
			       RETRY_MAX);
	if (fleet->retry > RETRY_MAX)
		return err_set(err, ERR_USAGE, "--retry is at most %d",
			       RETRY_MAX);
	return max_failures ? read_max_failures(max_failures, fleet, err)
			    : ERR_OK;
}

/* Each of these options says that memory is meant; others only how. */
static void read_memory(const struct invocation *inv, struct job_spec *spec)
{
	static const char *const names[] = {"memory", "pid", "memory-only"};

	for (size_t i = 0; i < inv->n_options; i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			spec->has_memory |= strcmp(inv->options[i].spec->name,
						   names[j]) == 0;
	spec->memory = (struct req_memory){
		.pid = option_number(inv, "pid", 0),
		.only = option_flag(inv, "memory-only"),
		.file_backed = option_flag(inv, "memory-all"),
		.process_bytes = option_number(inv, "memory-process", 0),
		.total_bytes = option_number(inv, "memory-total", 0),
	};
}

static enum err_code add_filter(struct invocation *inv,
				struct filter_words *w, struct err *err)
{
	enum err_code code = ERR_OK;
	const char *ahead;

	for (size_t i = 0; code == ERR_OK && i < inv->n_options; i++) {
		const struct option_value *o = &inv->options[i];

		if (filter_has_option(o->spec->name))
			code = filter_words_add(w, o->spec->name, o->text,
						err);
	}
	if (code == ERR_OK)
		code = filter_words_check(
			w, option_number(inv, "max-size", 0), err);
	ahead = code == ERR_OK ? filter_words_ahead(w) : NULL;
	if (ahead)
		cmd_say(inv, "--%s is ahead of this machine's clock: only "
			"files whose time is ahead, too, are meant",
			ahead);
	return code;
}

enum err_code cmd_escalate(const struct invocation *inv, const char **how,
			   struct err *err)
{
	static const char *const names[] = {"sudo", "su", "doas"};

	*how = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!option_flag(inv, names[i]))
			continue;
		if (*how)
			return err_set(err, ERR_USAGE,
				       "--%s or --%s, not both", *how,
				       names[i]);
		*how = names[i];
	}
	return ERR_OK;
}

static enum err_code get_rules_form(const struct invocation *inv,
				    enum rules_form *form, struct err *err)
{
	static const char *const words[] = {
		[RULES_SOURCE] = "source",
		[RULES_COMPILED] = "compiled",
		[RULES_AUTO] = "auto",
	};
	const char *given = option_text(inv, "rules-form");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (given && strcmp(given, words[i]) != 0)
			continue;
		*form = (enum rules_form)i;
		return ERR_OK;
	}
	return err_set(err, ERR_USAGE,
		       "--rules-form takes source, compiled or auto");
}

/* Numbers that mean nothing as 0: who types one means something else. */
static enum err_code check_numbers(const struct invocation *inv,
				   struct err *err)
{
	static const char *const names[] = {
		"cpu",		 "read-rate",	   "memory-limit", "file-timeout",
		"deadline",	 "parallel",	   "pid",	   "archive-depth",
		"archive-bytes", "memory-process", "memory-total",
		"canary",	 "rate",	   "total-rate"};

	for (size_t i = 0; i < inv->n_options; i++) {
		const struct option_value *o = &inv->options[i];

		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			if (o->number == 0 &&
			    strcmp(o->spec->name, names[j]) == 0)
				return err_set(err, ERR_USAGE,
					       "--%s is at least 1", names[j]);
	}
	return ERR_OK;
}

static enum err_code start_filtered(struct app *app, struct invocation *inv,
				    struct job_spec *spec, struct err *err)
{
	struct filter_words filter;
	enum err_code code;

	filter_words_init(&filter);
	spec->filter = &filter;
	code = add_filter(inv, &filter, err);
	if (code == ERR_OK)
		code = app_start_job(app, spec, &inv->run, err);
	filter_words_release(&filter);
	return code;
}

/* What it does, and how: kept, so that it can be done again. A run that takes
 * up another does the same, also with options that were no words then. */
static enum err_code put_words(const struct invocation *inv,
			       const struct job_spec *spec, struct buf *words,
			       struct buf *how, struct err *err)
{
	bool resumes = spec->again && spec->again->resumes;
	enum err_code code = cmd_words(inv, WORDS_HOW, how, err);

	(void)buf_add_str(words, resumes ? spec->again->words
					 : job_op_name(spec->op));
	if (code == ERR_OK && !resumes)
		code = cmd_words(inv, WORDS_WHAT, words, err);
	return code;
}

static enum err_code start_worded(struct app *app, struct invocation *inv,
				  struct job_spec *spec, struct err *err)
{
	struct buf words, how, patterns;
	enum err_code code;

	buf_init(&words, COMMAND_WORDS_MAX);
	buf_init(&how, COMMAND_WORDS_MAX);
	buf_init(&patterns, PATTERNS_MAX);
	code = put_words(inv, spec, &words, &how, err);
	spec->words = buf_str(&words);
	spec->how = how.n ? buf_str(&how) : NULL;
	if (code == ERR_OK && spec->op == JOB_COLLECT)
		code = artifacts_wanted(inv, NULL, &patterns, err);
	else if (code == ERR_OK && spec->op == JOB_TRIAGE)
		code = artifacts_wanted(inv, "triage", &patterns, err);
	spec->patterns = buf_bytes(&patterns);
	if (code == ERR_OK)
		code = start_filtered(app, inv, spec, err);
	buf_release(&words);
	buf_release(&how);
	buf_release(&patterns);
	inv->wants_changes = option_flag(inv, "changed-only");
	return code;
}

/* The hosts it is about: the one whose folder is here, or those selected. */
static enum err_code set_hosts(struct app *app, const struct invocation *inv,
			       const struct select_scope *scope,
			       struct job_spec *spec, struct selection *hosts,
			       struct err *err)
{
	const char *folder_of = spec->root ? option_text(inv, "host") : NULL;
	enum err_code code = ERR_OK;

	if (folder_of) {
		hosts->ids = xcalloc(1, sizeof *hosts->ids);
		hosts->ids[hosts->n++] = xstrdup(folder_of);
	} else {
		code = select_hosts(app, inv, scope, hosts, err);
	}
	spec->hosts = (const char *const *)hosts->ids;
	spec->n_hosts = hosts->n;
	return code;
}

/* What a triage brings, or artifacts are, is read as soon as it is here; of a
 * triage it is looked through, too. */
static void follow(struct app *app, const struct invocation *inv,
		   enum job_op op)
{
	const struct follow_spec spec = {
		.command = inv->line,
		.checks = op == JOB_TRIAGE && !option_flag(inv, "no-checks"),
		.baseline = option_text(inv, "baseline")};
	bool artifacts = option_text(inv, "artifact") ||
			 option_text(inv, "profile");

	if (!option_flag(inv, "no-parse") &&
	    (op == JOB_TRIAGE ||
	     (op == JOB_COLLECT && (artifacts || option_flag(inv, "parse")))))
		app_follow(app, &inv->run, &spec);
}

enum err_code cmd_job(struct app *app, struct invocation *inv, enum job_op op,
		      const struct job_again *again,
		      const struct select_scope *scope, struct err *err)
{
	const struct select_scope anywhere = {0};
	const char *paths[COMMAND_VALUES_MAX], *rules[COMMAND_VALUES_MAX];
	const char *lists[COMMAND_VALUES_MAX];
	struct job_spec spec = {
		.op = op,
		.again = again,
		.paths = paths,
		.n_paths = option_all(inv, "path", paths, ARRAY_SIZE(paths)),
		.rules = rules,
		.n_rules = option_all(inv, "rules", rules, ARRAY_SIZE(rules)),
		.indicators = lists,
		.n_indicators = option_all(inv, "indicators", lists,
					   ARRAY_SIZE(lists)),
		.case_indicators = option_flag(inv, "case-indicators"),
		.say = cmd_say_line,
		.say_arg = inv,
		.no_probe = option_flag(inv, "no-probe"),
		.share_password = option_flag(inv, "share-password"),
		.accept_new_host_keys = option_flag(inv,
						    "accept-new-host-keys"),
		.take_hits = option_flag(inv, "take-hits"),
		.hash = option_flag(inv, "hash"),
		.with_secrets = option_flag(inv, "with-secrets"),
		.share_known = option_flag(inv, "share-known"),
		.max_file_size = option_number(inv, "max-size", 0),
		.context = option_number(inv, "context", 0),
		.archives = option_flag(inv, "archives"),
		.archive_depth = option_number(inv, "archive-depth", 0),
		.archive_bytes = option_number(inv, "archive-bytes", 0),
		.deadline_s = option_number(inv, "deadline", 0),
		.ssh_config = option_text(inv, "ssh-config"),
		.jump = option_text(inv, "jump"),
		.command = inv->line,
	};
	struct selection hosts = {0};
	char *root = NULL;
	enum err_code code = check_numbers(inv, err);

	read_memory(inv, &spec);
	if (code == ERR_OK)
		code = check_root(inv, &root, err);
	spec.root = root;
	if (code == ERR_OK)
		code = set_hosts(app, inv, scope ? scope : &anywhere, &spec,
				 &hosts, err);
	if (code == ERR_OK)
		code = get_rules_form(inv, &spec.rules_form, err);
	if (code == ERR_OK)
		code = cmd_escalate(inv, &spec.escalate, err);
	if (code == ERR_OK)
		code = read_budget(inv, &spec.budget, err);
	if (code == ERR_OK)
		code = read_fleet(inv, &spec.fleet, err);
	if (code == ERR_OK)
		code = start_worded(app, inv, &spec, err);
	if (code == ERR_OK)
		follow(app, inv, op);
	selection_release(&hosts);
	free(root);
	return code;
}

COMMAND_RUN(cmd_hunt)
{
	return cmd_job(app, inv, JOB_HUNT, NULL, NULL, err);
}

COMMAND_RUN(cmd_collect)
{
	return cmd_job(app, inv, JOB_COLLECT, NULL, NULL, err);
}

COMMAND_RUN(cmd_triage)
{
	return cmd_job(app, inv, JOB_TRIAGE, NULL, NULL, err);
}

COMMAND_RUN(cmd_walk)
{
	return cmd_job(app, inv, JOB_WALK, NULL, NULL, err);
}

COMMAND_RUN(cmd_connect)
{
	return cmd_job(app, inv, JOB_CONNECT, NULL, NULL, err);
}
