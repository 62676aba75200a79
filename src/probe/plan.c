/* SPDX-License-Identifier: Apache-2.0 */
/* Requests become a plan, with a limit on each of its parts. */
#include "base/base.h"
#include "base/glob.h"
#include "base/hash.h"
#include "base/text.h"
#include "probe/plan_inside.h"
#include "probe/triage.h"

static void release_indicator(struct plan_indicator *i)
{
	free(i->id);
	free(i->value);
	free(i->severity);
	free(i->description);
	free(i->exclude);
}

void plan_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_rules; i++) {
		free(plan->rules[i].ns);
		free(plan->rules[i].name);
		buf_release(&plan->rules[i].source);
	}
	for (size_t i = 0; i < plan->n_roots; i++)
		free(plan->roots[i]);
	for (size_t i = 0; i < plan->n_indicators; i++)
		release_indicator(&plan->indicators[i]);
	free(plan->indicators);
	for (size_t i = 0; i < plan->n_globs; i++) {
		glob_free(plan->globs[i].glob);
		free(plan->globs[i].extension);
	}
	free(plan->globs);
	for (size_t i = 0; i < plan->n_have; i++)
		free(plan->have[i].path);
	free(plan->have);
	plan_release_patterns(plan);
	free(plan->owner);
	free(plan->rules);
	free(plan->roots);
	for (size_t i = 0; i < plan->n_sources; i++)
		free(plan->sources[i]);
	free(plan->sources);
	free(plan->command);
	free(plan->root);
	buf_release(&plan->magic);
	buf_release(&plan->cursor);
	*plan = (struct plan){0};
}

static struct plan_rules *new_rules(struct plan *plan,
				    const struct req_rules *req)
{
	struct plan_rules *r;

	plan->rules = xrealloc(plan->rules, plan->n_rules + 1, sizeof *r);
	r = &plan->rules[plan->n_rules++];
	*r = (struct plan_rules){.ns = bytes_to_str(req->ns),
				 .name = bytes_to_str(req->name),
				 .compiled = req->compiled};
	buf_init(&r->source, PLAN_SOURCE_MAX);
	return r;
}

enum err_code plan_add_rules(struct plan *plan, const struct req_rules *req,
			     struct err *err)
{
	struct plan_rules *r = NULL;

	if (plan->n_rules)
		r = &plan->rules[plan->n_rules - 1];
	if (req->source.n > PLAN_SOURCE_MAX - plan->source_bytes)
		return err_set(err, ERR_LIMIT, "more than %zu bytes of rules",
			       PLAN_SOURCE_MAX);
	if (r && (r->compiled != req->compiled || (r->compiled && r->whole)))
		return err_set(err, ERR_FORMAT,
			       "compiled rules are all there is, or none");
	if (!r || r->whole) {
		if (plan->n_rules == PLAN_RULE_FILES_MAX)
			return err_set(err, ERR_LIMIT,
				       "more than %u rule files",
				       PLAN_RULE_FILES_MAX);
		r = new_rules(plan, req);
	} else if (!bytes_eq(req->name, bytes_str(r->name))) {
		return err_set(err, ERR_FORMAT,
			       "%s begins before the rule file before it ends",
			       shown(req->name).s);
	}
	if (!buf_add_bytes(&r->source, req->source))
		BUG("rule source over its limit");
	plan->source_bytes += req->source.n;
	r->whole = req->last;
	return ERR_OK;
}

enum err_code plan_add_magic(struct plan *plan, const struct req_magic *req,
			     struct err *err)
{
	plan->magic.max = PLAN_MAGIC_MAX;
	if (plan->magic_whole || !buf_add_bytes(&plan->magic, req->data))
		return err_set(err, ERR_LIMIT,
			       "more than %zu bytes of magic database, or two",
			       PLAN_MAGIC_MAX);
	plan->magic_whole = req->last;
	return ERR_OK;
}

enum err_code plan_add_ruleset(struct plan *plan, const struct ruleset *set,
			       struct err *err)
{
	struct req_magic magic = {.data = buf_bytes(&set->magic), .last = true};
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < set->n_files; i++) {
		const struct rule_file *f = &set->files[i];
		struct req_rules req = {.ns = bytes_str(f->ns),
					.name = bytes_str(f->path),
					.source = buf_bytes(&f->source),
					.last = true};

		code = plan_add_rules(plan, &req, err);
		if (code == ERR_OK)
			plan->rules[plan->n_rules - 1].from = f;
	}
	if (code == ERR_OK && magic.data.n)
		code = plan_add_magic(plan, &magic, err);
	(void)snprintf(plan->rules_sha256, sizeof plan->rules_sha256, "%s",
		       set->n_files ? set->sha256 : "");
	return code;
}

/* Absolute, because evidence without a place is of little use; and without
 * slashes at the end, which would follow a symlink. */
static char *absolute(struct bytes path, struct err *err)
{
	char *cwd, *full;

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.p[0] == '/')
		return bytes_to_str(path);
	cwd = getcwd(NULL, 0);
	if (!cwd) {
		err_errno(err, "finding the current folder");
		return NULL;
	}
	full = xasprintf("%s/%.*s", cwd, (int)path.n, (const char *)path.p);
	free(cwd);
	return full;
}

enum err_code plan_add_root(struct plan *plan, struct bytes path,
			    struct err *err)
{
	char *root;

	if (path.n == 0 || path.n > RECORD_PATH_MAX / 2 ||
	    memchr(path.p, 0, path.n))
		return err_set(err, ERR_USAGE, "%s is not a path",
			       shown(path).s);
	if (plan->n_roots == PLAN_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %u paths",
			       PLAN_ROOTS_MAX);
	root = absolute(path, err);
	if (!root)
		return err->code;
	plan->roots =
		xrealloc(plan->roots, plan->n_roots + 1, sizeof *plan->roots);
	plan->roots[plan->n_roots++] = root;
	return ERR_OK;
}

/* A value that is written another way is one we read another way: refused. */
static enum err_code check_indicator(const struct req_indicator *req,
				     enum indicator_kind *kind, struct err *err)
{
	struct buf normal;
	enum err_code code;

	if (!indicator_kind_of(req->kind, kind))
		return err_set(err, ERR_UNSUPPORTED,
			       "%s is no kind of indicator",
			       shown(req->kind).s);
	buf_init(&normal, INDICATOR_VALUE_MAX);
	code = indicator_normal(*kind, req->value, &normal, err);
	if (code == ERR_OK && !bytes_eq(buf_bytes(&normal), req->value))
		code = err_set(err, ERR_FORMAT, "%s is written another way",
			       shown(req->value).s);
	buf_clear(&normal);
	if (code == ERR_OK && req->exclude.n)
		code = indicator_normal(INDICATOR_FILENAME, req->exclude,
					&normal, err);
	buf_release(&normal);
	return code;
}

enum err_code plan_add_indicator(struct plan *plan,
				 const struct req_indicator *req,
				 struct err *err)
{
	size_t n = req->id.n + req->value.n + req->severity.n +
		   req->description.n + req->exclude.n;
	struct plan_indicator i = {0};
	enum err_code code;

	if (plan->n_indicators == PLAN_INDICATORS_MAX ||
	    n > PLAN_INDICATOR_BYTES_MAX - plan->indicator_bytes)
		return err_set(err, ERR_LIMIT,
			       "more than %u indicators, or %zu bytes of them",
			       PLAN_INDICATORS_MAX, PLAN_INDICATOR_BYTES_MAX);
	code = check_indicator(req, &i.kind, err);
	if (code != ERR_OK)
		return code;
	i.id = bytes_to_str(req->id);
	i.value = bytes_to_str(req->value);
	i.severity = bytes_to_str(req->severity);
	i.description = bytes_to_str(req->description);
	i.exclude = bytes_to_str(req->exclude);
	if (plan->n_indicators == plan->cap_indicators) {
		plan->cap_indicators = MAX(64u, 2 * plan->cap_indicators);
		plan->indicators = xrealloc(plan->indicators,
					    plan->cap_indicators,
					    sizeof *plan->indicators);
	}
	plan->indicators[plan->n_indicators++] = i;
	plan->indicator_bytes += n;
	return ERR_OK;
}

enum err_code plan_about(struct plan *plan, const struct req_about *req,
			 struct err *err)
{
	if (req->root.n && (req->root.p[0] != '/' ||
			    memchr(req->root.p, 0, req->root.n)))
		return err_set(err, ERR_USAGE, "%s is not an absolute path",
			       shown(req->root).s);
	free(plan->command);
	free(plan->root);
	plan->command = bytes_to_str(req->command);
	plan->root = req->root.n ? bytes_to_str(req->root) : NULL;
	(void)snprintf(plan->rules_sha256, sizeof plan->rules_sha256, "%.*s",
		       (int)MIN(req->rules_sha256.n, (size_t)64),
		       (const char *)req->rules_sha256.p);
	return ERR_OK;
}

static const char *op_of(const struct plan *plan)
{
	if (plan->start.triage)
		return "triage";
	if (plan_hunts(plan))
		return "hunt";
	return plan->start.collect ? "collect" : "walk";
}

struct rec_plan plan_record(const struct plan *plan, uint64_t n_rules)
{
	struct bytes command =
		bytes_str(plan->command ? plan->command : "");

	command.n = MIN(command.n, (size_t)RECORD_META_MAX);
	return (struct rec_plan){
		.op = bytes_str(op_of(plan)),
		.command = command,
		.rules_sha256 = bytes_str(plan->rules_sha256),
		.n_rules = n_rules,
		.form = bytes_str(plan->n_rules == 0	    ? ""
				  : plan->rules[0].compiled ? "compiled"
							    : "source"),
		.root = bytes_str(plan->root ? plan->root : ""),
	};
}

enum err_code plan_add_filter(struct plan *plan, const struct req_filter *req,
			      struct err *err)
{
	if (plan->has_filter)
		return err_set(err, ERR_FORMAT, "a second filter");
	if (memchr(req->owner.p ? req->owner.p : (const uint8_t *)"", 0,
		   req->owner.n))
		return err_set(err, ERR_USAGE, "%s is no user name",
			       shown(req->owner).s);
	plan->has_filter = true;
	plan->filter = *req;
	if (req->owner.n)
		plan->owner = bytes_to_str(req->owner);
	plan->filter.owner = (struct bytes){0};
	return ERR_OK;
}

enum err_code plan_add_glob(struct plan *plan, const struct req_glob *req,
			    struct err *err)
{
	struct plan_glob g = {.use = req->use};

	if (plan->n_globs == PLAN_GLOBS_MAX ||
	    req->pattern.n > PLAN_GLOB_BYTES_MAX - plan->glob_bytes)
		return err_set(err, ERR_LIMIT, "more than %u globs, or %zu "
			       "bytes of them",
			       PLAN_GLOBS_MAX, PLAN_GLOB_BYTES_MAX);
	if (req->use != GLOB_EXTENSION &&
	    glob_compile(req->pattern, &g.glob, err) != ERR_OK)
		return err->code;
	if (req->use == GLOB_EXTENSION)
		g.extension = bytes_to_str(req->pattern);
	plan->has_includes |= req->use != GLOB_EXCLUDE;
	plan->glob_bytes += req->pattern.n;
	plan->globs =
		xrealloc(plan->globs, plan->n_globs + 1, sizeof *plan->globs);
	plan->globs[plan->n_globs++] = g;
	return ERR_OK;
}

enum err_code plan_add_cursor(struct plan *plan, const struct req_cursor *req,
			      struct err *err)
{
	if (plan->has_cursor)
		return err_set(err, ERR_FORMAT, "a second cursor");
	plan->has_cursor = true;
	plan->cursor_root = (size_t)MIN(req->root, (uint64_t)PLAN_ROOTS_MAX);
	buf_init(&plan->cursor, RECORD_PATH_MAX);
	(void)buf_add_bytes(&plan->cursor, req->path); /* fits: a record's */
	return ERR_OK;
}

enum err_code plan_add_source(struct plan *plan, const char *name,
			      struct err *err)
{
	if (!triage_source_find(name))
		return err_set(err, ERR_USAGE, "%s is no source of a triage",
			       shown_str(name).s);
	plan->sources = xrealloc(plan->sources, plan->n_sources + 1,
				 sizeof *plan->sources);
	plan->sources[plan->n_sources++] = xstrdup(name);
	return ERR_OK;
}

static enum err_code add_have(struct plan *plan, const struct req_have *req,
			      struct err *err)
{
	struct plan_have *h;

	if (plan->n_have == PLAN_HAVE_MAX)
		return err_set(err, ERR_LIMIT, "more than %u files had in part",
			       PLAN_HAVE_MAX);
	if (plan->n_have == plan->cap_have) {
		plan->cap_have = MAX(16u, 2 * plan->cap_have);
		plan->have = xrealloc(plan->have, plan->cap_have,
				      sizeof *plan->have);
	}
	h = &plan->have[plan->n_have++];
	h->req = *req;
	h->path = xmemdup(req->path.p, req->path.n);
	memcpy(h->sha256, req->sha256.p, sizeof h->sha256);
	return ERR_OK;
}

static int by_path(const void *va, const void *vb)
{
	const struct plan_have *a = va, *b = vb;

	return bytes_cmp(a->req.path, b->req.path);
}

static void settle_have(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_have; i++) {
		struct plan_have *h = &plan->have[i];

		h->req.path.p = h->path;
	}
	if (plan->n_have)
		qsort(plan->have, plan->n_have, sizeof *plan->have, by_path);
	for (size_t i = 0; i < plan->n_have; i++)
		plan->have[i].req.sha256 = bytes_of(plan->have[i].sha256,
						    SHA256_LEN);
}

const struct req_have *plan_have(const struct plan *plan, struct bytes path)
{
	const struct plan_have key = {.req.path = path}, *found;

	if (!plan->n_have)
		return NULL;
	found = bsearch(&key, plan->have, plan->n_have, sizeof key, by_path);
	return found ? &found->req : NULL;
}

/* Processes are counted as if /proc were one more path that was asked for,
 * behind all others, whose numbers stay as they are. */
static enum err_code add_memory(struct plan *plan, const struct req_start *req,
				struct err *err)
{
	if (!req->scan && !req->collect)
		return err_set(err, ERR_USAGE, "no rules to scan memory with");
	if (plan->root)
		return err_set(err, ERR_USAGE, "an image has no processes");
	if (plan->memory.only && plan->n_roots)
		return err_set(err, ERR_USAGE,
			       "paths to look at, and nothing but memory");
	plan->memory_root = plan->n_roots;
	return plan_add_root(plan, bytes_str("/proc"), err);
}

/* Patterns are found by a walk of /, which is counted behind all others. */
static enum err_code add_pattern_root(struct plan *plan, struct err *err)
{
	if (plan->memory.only)
		return err_set(err, ERR_USAGE,
			       "files to look at, and nothing but memory");
	plan->pattern_root = plan->n_roots;
	return plan_add_root(plan, bytes_str("/"), err);
}

enum err_code plan_start(struct plan *plan, const struct req_start *req,
			 struct err *err)
{
	enum err_code code = ERR_OK;

	if (plan->n_rules && !plan->rules[plan->n_rules - 1].whole)
		return err_set(
			err, ERR_FORMAT, "the rule file %s has no end",
			shown_str(plan->rules[plan->n_rules - 1].name).s);
	if (!req->scan && !req->collect && !req->walk && !req->triage &&
	    !plan->n_indicators)
		return err_set(err, ERR_USAGE, "nothing to do");
	if (req->walk && (req->scan || req->collect || plan->n_indicators))
		return err_set(err, ERR_USAGE,
			       "a walk neither hunts nor collects");
	if (req->scan && plan->n_rules == 0)
		return err_set(err, ERR_USAGE, "no rules to scan with");
	if (plan->has_memory)
		code = add_memory(plan, req, err);
	if (code == ERR_OK && plan->n_patterns)
		code = add_pattern_root(plan, err);
	if (code != ERR_OK)
		return code;
	if (plan->n_roots == 0 &&
	    (req->scan || (!plan->n_indicators && !req->triage)))
		return err_set(err, ERR_USAGE, "no paths to look at");
	settle_have(plan);
	plan_settle_known(plan);
	plan->start = *req;
	plan->start.context = MIN(req->context, RECORD_CONTEXT_MAX);
	plan->start.archive_depth =
		MIN(req->archive_depth, PLAN_ARCHIVE_DEPTH_MAX);
	plan->started = true;
	return ERR_OK;
}

enum err_code plan_add(struct plan *plan, const struct record *rec,
		       struct err *err)
{
	switch ((unsigned)rec->type) {
	case 0: /* from a console newer than us */
		return ERR_OK;
	case REQ_RULES:
		return plan_add_rules(plan, &rec->u.rules, err);
	case REQ_MAGIC:
		return plan_add_magic(plan, &rec->u.magic, err);
	case REQ_PATH:
		return plan_add_root(plan, rec->u.req_path.path, err);
	case REQ_BUDGET:
		plan->budget = rec->u.budget;
		return ERR_OK;
	case REQ_MEMORY:
		plan->memory = rec->u.memory;
		plan->has_memory = true;
		return ERR_OK;
	case REQ_INDICATOR:
		return plan_add_indicator(plan, &rec->u.indicator, err);
	case REQ_ABOUT:
		return plan_about(plan, &rec->u.about, err);
	case REQ_FILTER:
		return plan_add_filter(plan, &rec->u.filter, err);
	case REQ_GLOB:
		return plan_add_glob(plan, &rec->u.glob, err);
	case REQ_CURSOR:
		return plan_add_cursor(plan, &rec->u.req_cursor, err);
	case REQ_HAVE:
		return add_have(plan, &rec->u.have, err);
	case REQ_PATTERN:
		return plan_add_pattern(plan, &rec->u.pattern, err);
	case REQ_KNOWN:
		return plan_add_known(plan, &rec->u.known, err);
	case REQ_START:
		return plan_start(plan, &rec->u.start, err);
	default:
		return err_set(err, ERR_FORMAT,
			       "record type %d is not a request",
			       (int)rec->type);
	}
}
