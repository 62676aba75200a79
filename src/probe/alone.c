/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without a console: from the command line into a bundle, which is the same
 * stream in a file, to be imported later.
 */
#include "base/base.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/filter.h"
#include "probe/alone.h"
#include "probe/engine.h"
#include "probe/limits.h"
#include "probe/plan.h"
#include "probe/run.h"
#include "probe/seal.h"
#include "probe/serve.h"
#include "probe/work.h"
#include "wire/records.h"

#define CONTEXT_DEFAULT 32u
#define RULE_PATHS_MAX  256
#define PLAN_FILE_MAX   ((size_t)16 << 20)

enum option_id {
	OPT_RULES = 1,
	OPT_PATH,
	OPT_OUT,
	OPT_RECIPIENT,
	OPT_TAKE,
	OPT_MAX_SIZE,
	OPT_CONTEXT,
	OPT_DEADLINE,
	OPT_THREADS,
	OPT_MAGIC,
	OPT_CPU,
	OPT_READ_RATE,
	OPT_MEMORY_LIMIT,
	OPT_MAX_LOAD,
	OPT_FILE_TIMEOUT,
	OPT_INDICATORS,
	OPT_ARCHIVES,
	OPT_ARCHIVE_DEPTH,
	OPT_ARCHIVE_BYTES,
	OPT_HASH,
	OPT_FILTER, /* all those of model/filter.h */
	OPT_ROOT,
	OPT_ONLY,
	OPT_MEMORY,
	OPT_PID,
	OPT_MEMORY_ONLY,
	OPT_MEMORY_ALL,
	OPT_MEMORY_PROCESS,
	OPT_MEMORY_TOTAL,
	OPT_PLAN,
	OPT_WITH_SECRETS,
	OPT_HOST_NAME,
	OPT_MAX_BUNDLE,
};

const struct alone_option alone_options[] = {
	{"rules", OPT_RULES, "PATH",
	 "YARA rule file, or folder of them; may be repeated"},
	{"path", OPT_PATH, "PATH",
	 "file or folder to look at; may be repeated"},
	{"plan", OPT_PLAN, "FILE",
	 "collect: the files that a plan names, which `halligan artifact "
	 "plan` wrote; may be repeated"},
	{"with-secrets", OPT_WITH_SECRETS, NULL,
	 "take hashes of passwords, private keys and tokens, too"},
	{"out", OPT_OUT, "BUNDLE", "new file that takes the records"},
	{"max-bundle", OPT_MAX_BUNDLE, "SIZE",
	 "stop once the bundle is so large"},
	{"host-name", OPT_HOST_NAME, "NAME",
	 "what this host is to be called in the case"},
	{"recipient", OPT_RECIPIENT, "KEY",
	 "encrypt the bundle to this public key, age1...; may be repeated"},
	{"take", OPT_TAKE, NULL, "hunt: take the files that match, too"},
	{"max-size", OPT_MAX_SIZE, "SIZE", "pass over larger files"},
	{"context", OPT_CONTEXT, "BYTES",
	 "bytes to keep either side of a match, 0 to 256"},
	{"deadline", OPT_DEADLINE, "SECONDS", "stop after this long"},
	{"threads", OPT_THREADS, "N", "threads that scan, 1 to 16"},
	{"magic", OPT_MAGIC, "FILE",
	 "magic.mgc, for rules that import \"magic\""},
	{"cpu", OPT_CPU, "PERCENT", "of one CPU, all threads together"},
	{"read-rate", OPT_READ_RATE, "BYTES", "read no more in a second"},
	{"memory-limit", OPT_MEMORY_LIMIT, "BYTES",
	 "do not start unless so much is available"},
	{"max-load", OPT_MAX_LOAD, "LOAD", "wait while the load is higher"},
	{"file-timeout", OPT_FILE_TIMEOUT, "SECONDS", "for one file"},
	{"indicators", OPT_INDICATORS, "FILE",
	 "hunt: a list of indicators to look for; may be repeated"},
	{"archives", OPT_ARCHIVES, NULL,
	 "hunt: look into archives and compressed files"},
	{"archive-depth", OPT_ARCHIVE_DEPTH, "N",
	 "archives in archives, 1 to 16 (2)"},
	{"archive-bytes", OPT_ARCHIVE_BYTES, "BYTES",
	 "to be unpacked of one file (268435456)"},
	{"hash", OPT_HASH, NULL, "walk: read files for their SHA-256, too"},
	{"root", OPT_ROOT, "DIR",
	 "folder that stands for /, such as a mounted image"},
	{"only", OPT_ONLY, "SOURCE",
	 "triage: of the live picture this source; may be repeated"},
	{"memory", OPT_MEMORY, NULL,
	 "hunt: scan processes; collect: take deleted programs that run"},
	{"pid", OPT_PID, "PID", "the memory of this process only"},
	{"memory-only", OPT_MEMORY_ONLY, NULL, "scan processes, no files"},
	{"memory-all", OPT_MEMORY_ALL, NULL,
	 "also memory that is as in the file it was mapped from"},
	{"memory-process", OPT_MEMORY_PROCESS, "BYTES",
	 "of one process, at most (1 GiB)"},
	{"memory-total", OPT_MEMORY_TOTAL, "BYTES",
	 "of all processes, at most (16 GiB)"},
	{"min-size", OPT_FILTER, "SIZE", "only files of this size or larger"},
	{"mtime-after", OPT_FILTER, "TIME",
	 "only files modified then or later"},
	{"mtime-before", OPT_FILTER, "TIME", "only files modified earlier"},
	{"ctime-after", OPT_FILTER, "TIME",
	 "only files whose metadata changed then or later"},
	{"ctime-before", OPT_FILTER, "TIME",
	 "only files whose metadata changed earlier"},
	{"owner", OPT_FILTER, "USER", "only files of this user, id or name"},
	{"mode", OPT_FILTER, "BITS",
	 "only files with one of these permission bits: octal, or words"},
	{"ext", OPT_FILTER, "EXT",
	 "only files with this extension; may be repeated"},
	{"include", OPT_FILTER, "GLOB",
	 "only files whose path matches; may be repeated"},
	{"exclude", OPT_FILTER, "GLOB",
	 "no files and folders whose path matches; may be repeated"},
	{"one-fs", OPT_FILTER, NULL, "stay on the file system of each path"},
	{"packaged", OPT_FILTER, NULL, "only files that belong to packages"},
	{"not-packaged", OPT_FILTER, NULL,
	 "only files that belong to no package"},
};
const size_t n_alone_options = ARRAY_SIZE(alone_options);

struct alone {
	struct plan plan;
	const char *rule_paths[RULE_PATHS_MAX], *magic_path;
	size_t n_rule_paths;
	struct ruleset rules;
	struct req_start start;
	struct filter_words words;
	const char *out_path, *host_name; /* NULL: not said */
	uint64_t max_bundle;
	struct age_recipient recipients[AGE_RECIPIENTS_MAX];
	size_t n_recipients;
	bool has_relative; /* a path that does not begin with a slash */
	struct top top;
	struct out out;
	struct seal seal; /* of out, when it is for recipients */
	struct run_limits limits;
};

static struct cancel interrupted;

static void on_signal(int sig UNUSED)
{
	int saved = errno;

	cancel_raise(&interrupted);
	errno = saved;
}

static enum err_code name_rules(struct alone *a, const char *path,
				struct err *err)
{
	if (a->n_rule_paths == ARRAY_SIZE(a->rule_paths))
		return err_set(err, ERR_LIMIT, "more than %zu times --rules",
			       ARRAY_SIZE(a->rule_paths));
	a->rule_paths[a->n_rule_paths++] = path;
	return ERR_OK;
}

static enum err_code add_recipient(struct alone *a, const char *key,
				   struct err *err)
{
	if (a->n_recipients == ARRAY_SIZE(a->recipients))
		return err_set(err, ERR_LIMIT, "more than %zu recipients",
			       ARRAY_SIZE(a->recipients));
	return age_recipient_parse(key, &a->recipients[a->n_recipients++], err);
}

static enum err_code load_rules(struct alone *a, struct err *err)
{
	enum err_code code = ERR_OK;

	if (a->n_rule_paths)
		code = ruleset_load(&a->rules, a->rule_paths, a->n_rule_paths,
				    err);
	if (code == ERR_OK && a->magic_path)
		code = ruleset_load_magic(&a->rules, a->magic_path, err);
	return code == ERR_OK ? plan_add_ruleset(&a->plan, &a->rules, err)
			      : code;
}

static enum err_code take_indicator(void *arg, const struct indicator *i,
				    struct err *err)
{
	const struct req_indicator req = {
		.kind = bytes_str(indicator_kind_name(i->kind)),
		.value = i->value,
		.severity = i->severity,
		.description = i->description,
		.exclude = i->exclude,
	};

	return plan_add_indicator(arg, &req, err);
}

static void say_bad(void *arg UNUSED, uint64_t line, const char *why)
{
	fprintf(stderr, "halligan-probe: line %" PRIu64 ": %s\n", line, why);
}

static enum err_code add_indicators(struct plan *plan, const char *path,
				    struct err *err)
{
	struct indicator_reader reader = {.name = path,
					  .take = take_indicator,
					  .bad = say_bad,
					  .arg = plan};
	struct buf list;
	enum err_code code;

	buf_init(&list, INDICATOR_LIST_MAX);
	code = fs_read(path, &list, err);
	if (code == ERR_OK)
		code = indicator_list_read(&reader, buf_bytes(&list), err);
	buf_release(&list);
	return code;
}

/* Patterns and nothing else: what is done is said here. */
static enum err_code add_plan(struct plan *plan, const char *path,
			      struct err *err)
{
	struct buf file;
	struct bytes rest;
	enum err_code code;

	buf_init(&file, PLAN_FILE_MAX);
	code = fs_read(path, &file, err);
	rest = buf_bytes(&file);
	while (code == ERR_OK && rest.n) {
		struct record rec;
		size_t used = 0;

		code = record_next(rest, &used, &rec, err);
		if (code == ERR_OK && (used == 0 || rec.type != REQ_PATTERN))
			code = err_set(err, ERR_FORMAT, "no plan");
		if (code == ERR_OK)
			code = plan_add(plan, &rec, err);
		rest = bytes_skip(rest, used);
	}
	buf_release(&file);
	return code == ERR_OK ? code
			      : err_wrap(err, "%s", shown_str(path).s);
}

static enum err_code number(const char *option, const char *text, uint64_t *out,
			    struct err *err)
{
	if (!bytes_to_u64(bytes_str(text), out) || *out > INT64_MAX)
		return err_set(err, ERR_USAGE, "--%s: %s is not a number",
			       option, shown_str(text).s);
	return ERR_OK;
}

static enum err_code load(const char *option, const char *text, uint64_t *out,
			  struct err *err)
{
	if (!bytes_to_centi(bytes_str(text), out) || *out > INT64_MAX)
		return err_set(err, ERR_USAGE, "--%s: %s is not a load", option,
			       shown_str(text).s);
	return ERR_OK;
}

static enum err_code size(const char *option, const char *text, uint64_t *out,
			  struct err *err)
{
	if (!bytes_to_size(bytes_str(text), out) || *out > INT64_MAX)
		return err_set(err, ERR_USAGE,
			       "--%s: %s is no size such as 4096, 64M or 2G",
			       option, shown_str(text).s);
	return ERR_OK;
}

static enum err_code name_top(struct alone *a, const char *dir, struct err *err)
{
	free(a->plan.root);
	a->plan.root = realpath(dir, NULL);
	if (!a->plan.root)
		return err_errno(err, "the folder %s", shown_str(dir).s);
	return ERR_OK;
}

static enum err_code name_host(struct alone *a, const char *name,
			       struct err *err)
{
	if (!*name || strlen(name) > RECORD_WORD_MAX)
		return err_set(err, ERR_USAGE,
			       "--host-name: 1 to %u bytes make a name",
			       RECORD_WORD_MAX);
	a->host_name = name;
	return ERR_OK;
}

/* Options that are a number, or nothing but there, and where they go. */
static const struct {
	enum option_id id;
	size_t at; /* of a uint64_t in struct alone */
} numbers[] = {
#define NUMBER(id, member) {OPT_##id, offsetof(struct alone, member)}
	NUMBER(CONTEXT, start.context),
	NUMBER(DEADLINE, start.deadline_s),
	NUMBER(THREADS, start.threads),
	NUMBER(ARCHIVE_DEPTH, start.archive_depth),
	NUMBER(ARCHIVE_BYTES, start.archive_bytes),
	NUMBER(CPU, plan.budget.cpu_percent),
	NUMBER(READ_RATE, plan.budget.read_bytes_s),
	NUMBER(MEMORY_LIMIT, plan.budget.memory_bytes),
	NUMBER(FILE_TIMEOUT, plan.budget.file_timeout_s),
	NUMBER(PID, plan.memory.pid),
	NUMBER(MEMORY_PROCESS, plan.memory.process_bytes),
	NUMBER(MEMORY_TOTAL, plan.memory.total_bytes),
#undef NUMBER
};

static const struct {
	enum option_id id;
	size_t at; /* of a bool in struct alone */
} flags[] = {
#define FLAG(id, member) {OPT_##id, offsetof(struct alone, member)}
	FLAG(TAKE, start.collect),
	FLAG(ARCHIVES, start.archives),
	FLAG(HASH, start.hash),
	FLAG(WITH_SECRETS, start.secrets),
	FLAG(MEMORY, plan.has_memory),
	FLAG(MEMORY_ONLY, plan.memory.only),
	FLAG(MEMORY_ALL, plan.memory.file_backed),
#undef FLAG
};

static bool is_of_memory(enum option_id id)
{
	return id == OPT_MEMORY || id == OPT_PID || id == OPT_MEMORY_ONLY;
}

/* False when it is neither. */
static bool take_simple(struct alone *a, const struct alone_option *option,
			const char *value, enum err_code *code, struct err *err)
{
	char *base = (char *)a;

	*code = ERR_OK;
	a->plan.has_memory |= is_of_memory((enum option_id)option->id);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if ((int)flags[i].id == option->id) {
			*(bool *)(base + flags[i].at) = true;
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if ((int)numbers[i].id == option->id) {
			*code = number(option->name, value,
				       (uint64_t *)(base + numbers[i].at), err);
			return true;
		}
	}
	return false;
}

static enum err_code take_option(struct alone *a,
				 const struct alone_option *option,
				 const char *value, struct err *err)
{
	const char *name = option->name;
	enum err_code code;

	if (take_simple(a, option, value, &code, err))
		return code;
	switch (option->id) {
	case OPT_RULES:
		return name_rules(a, value, err);
	case OPT_MAGIC:
		a->magic_path = value;
		return ERR_OK;
	case OPT_PATH:
		a->has_relative |= value[0] != '/';
		return plan_add_root(&a->plan, bytes_str(value), err);
	case OPT_PLAN:
		return add_plan(&a->plan, value, err);
	case OPT_OUT:
		a->out_path = value;
		return ERR_OK;
	case OPT_MAX_BUNDLE:
		return size(name, value, &a->max_bundle, err);
	case OPT_HOST_NAME:
		return name_host(a, value, err);
	case OPT_RECIPIENT:
		return add_recipient(a, value, err);
	case OPT_MAX_SIZE:
		return size(name, value, &a->start.max_file_size, err);
	case OPT_MAX_LOAD:
		return load(name, value, &a->plan.budget.load_centi, err);
	case OPT_INDICATORS:
		return add_indicators(&a->plan, value, err);
	case OPT_FILTER:
		return filter_words_add(&a->words, name, value, err);
	case OPT_ROOT:
		return name_top(a, value, err);
	case OPT_ONLY:
		return plan_add_source(&a->plan, value, err);
	}
	BUG("option %d", option->id);
}

static enum err_code add_filter(struct alone *a, struct err *err)
{
	enum err_code code =
		plan_add_filter(&a->plan, &a->words.filter, err);

	for (size_t i = 0; code == ERR_OK && i < a->words.n_globs; i++)
		code = plan_add_glob(&a->plan, &a->words.globs[i], err);
	return code;
}

static enum err_code parse(struct alone *a, int argc, char **argv,
			   struct err *err)
{
	struct option longs[ARRAY_SIZE(alone_options) + 1] = {0};
	enum err_code code = ERR_OK;
	int id, at = 0;

	for (size_t i = 0; i < n_alone_options; i++) {
		longs[i] = (struct option){
			.name = alone_options[i].name,
			.has_arg = alone_options[i].value ? required_argument
							  : no_argument,
			.val = alone_options[i].id,
		};
	}
	opterr = 0;
	while (code == ERR_OK &&
	       (id = getopt_long(argc, argv, ":", longs, &at)) != -1) {
		if (id == '?' || id == ':')
			return err_set(err, ERR_USAGE, "%s: %s",
				       shown_str(argv[optind - 1]).s,
				       id == ':' ? "needs a value"
						 : "no such option");
		code = take_option(a, &alone_options[at], optarg, err);
	}
	if (code == ERR_OK && optind < argc)
		code = err_set(err, ERR_USAGE, "%s: unexpected",
			       shown_str(argv[optind]).s);
	if (code == ERR_OK && !a->out_path)
		code = err_set(err, ERR_USAGE, "no --out");
	if (code == ERR_OK)
		code = load_rules(a, err);
	if (a->plan.n_indicators && !a->plan.n_rules)
		a->start.scan = false;
	if (code == ERR_OK && a->plan.root && a->has_relative)
		code = err_set(err, ERR_USAGE,
			       "with --root a --path begins with a slash");
	if (code == ERR_OK)
		code = top_open_dir(&a->top, a->plan.root, err);
	if (code == ERR_OK)
		code = add_filter(a, err);
	return code == ERR_OK ? plan_start(&a->plan, &a->start, err) : code;
}

/* The bundle must not be found by the walk that fills it. */
static enum err_code open_bundle(struct alone *a, int *fd, struct err *err)
{
	struct stat st;

	*fd = open(a->out_path,
		   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd < 0 || fstat(*fd, &st) != 0)
		return err_errno(err, "making %s", shown_str(a->out_path).s);
	a->limits.skip_own = true;
	a->limits.own_dev = st.st_dev;
	a->limits.own_ino = st.st_ino;
	a->limits.top = &a->top;
	out_init(&a->out, *fd, OUT_LEVEL_BUNDLE);
	a->out.max = a->max_bundle;
	if (a->n_recipients == 0 ||
	    seal_begin(&a->seal, &a->out, a->recipients, a->n_recipients,
		       err) == ERR_OK)
		return ERR_OK;
	out_release(&a->out);
	seal_release(&a->seal);
	return err->code;
}

static void say_what_was_done(const struct alone *a, const struct run *run)
{
	fprintf(stderr,
		"%" PRIu64 " files, %" PRIu64 " bytes, %" PRIuFAST64
		" matches; skipped %" PRIu64 ", failed %" PRIu64 "; see %s\n",
		run->coverage.done, run->coverage.done_bytes,
		atomic_load(&run->matches), run->coverage.skipped,
		run->coverage.failed, shown_str(a->out_path).s);
}

static enum err_code fill(struct alone *a, struct engine *engine, int fd,
			  struct err *err)
{
	struct run run;
	enum err_code code;

	send_hello(&a->out, false, a->host_name ? a->host_name : "");
	run_init(&run, &a->plan, engine, &a->out, &interrupted, &a->limits);
	run_files(&run);
	run_finish(&run);
	code = out_end(&a->out, err);
	if (code == ERR_OK && fsync(fd) != 0)
		code = err_errno(err, "writing");
	if (code != ERR_OK)
		err_wrap(err, "%s", shown_str(a->out_path).s);
	else
		say_what_was_done(a, &run);
	if (code == ERR_OK && run.coverage.stopped)
		code = err_set(err, ERR_PARTIAL, "stopped before the end");
	else if (code == ERR_OK && run.coverage.failed)
		code = err_set(err, ERR_PARTIAL, "some files failed");
	run_release(&run);
	out_release(&a->out);
	seal_release(&a->seal);
	return code;
}

/* As it was typed, for whoever gets the bundle. */
static void note_command(struct plan *plan, int argc, char **argv)
{
	struct buf line;

	buf_init(&line, RECORD_META_MAX);
	(void)buf_add_str(&line, "halligan-probe");
	for (int i = 0; i < argc; i++)
		(void)buf_addf(&line, " %s", argv[i]); /* cut is fine */
	plan->command = buf_detach(&line);
}

static enum err_code carry_out(struct alone *a, struct err *err)
{
	const struct deadline d = {.mono_ns = INT64_MAX,
				   .cancel = &interrupted};
	struct engine *engine = NULL;
	enum err_code code = ERR_OK;
	int fd = -1;

	code = budget_may_start(&a->plan.budget, a->plan.source_bytes, err);
	if (code == ERR_OK && plan_scans(&a->plan))
		code = engine_start(&a->plan, crew_size(&a->plan), &engine,
				    err);
	if (code == ERR_OK && engine)
		code = engine_await(engine, d, err);
	if (code == ERR_OK)
		code = open_bundle(a, &fd, err);
	if (code == ERR_OK)
		code = fill(a, engine, fd, err);
	else
		engine_stop(engine);
	close_fd(fd);
	return code;
}

static enum err_code begin(struct err *err)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	enum err_code code = cancel_init(&interrupted, err);

	if (code != ERR_OK)
		return code;
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaction(signals[i], &sa, NULL); /* valid, so it works */
	limits_apply();
	hash_lib_init();
	return ERR_OK;
}

int alone_main(int argc, char **argv)
{
	bool hunts = strcmp(argv[0], "hunt") == 0;
	bool walks = strcmp(argv[0], "walk") == 0;
	bool triages = strcmp(argv[0], "triage") == 0;
	struct alone a = {
		.top = {.fd = -1},
		.start = {.scan = hunts,
			  .collect = !hunts && !walks,
			  .walk = walks,
			  .triage = triages,
			  .context = CONTEXT_DEFAULT},
	};
	struct err err;
	enum err_code code = begin(&err);

	note_command(&a.plan, argc, argv); /* getopt puts them in order */
	filter_words_init(&a.words);
	if (code == ERR_OK)
		code = parse(&a, argc, argv, &err);
	if (code == ERR_OK)
		code = filter_words_check(&a.words, a.start.max_file_size,
					  &err);
	if (code == ERR_OK)
		code = carry_out(&a, &err);
	if (code != ERR_OK)
		fprintf(stderr, "halligan-probe: %s\n", err.msg);
	plan_release(&a.plan);
	ruleset_release(&a.rules);
	filter_words_release(&a.words);
	top_release(&a.top);
	cancel_release(&interrupted);
	return err_exit_status(code);
}
