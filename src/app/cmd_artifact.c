/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of artifacts: listed, shown, checked. They need no case. */
#include "base/base.h"

#include "app/artifacts.h"
#include "app/cmd.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/pathset.h"
#include "base/text.h"
#include "parse/parse.h"

#define PRINT_MAX ((size_t)8 << 20)

/* What of a definition can be asked of a Linux host. */
struct sum {
	size_t n_patterns, n_undone;
};

static enum err_code count_pattern(void *arg, const struct artifact *of UNUSED,
				   const struct artifact_source *s UNUSED,
				   const struct req_pattern *p UNUSED,
				   struct err *err UNUSED)
{
	((struct sum *)arg)->n_patterns++;
	return ERR_OK;
}

static void count_undone(void *arg, const char *file UNUSED,
			 unsigned line UNUSED, bool is_error UNUSED,
			 const char *why UNUSED)
{
	((struct sum *)arg)->n_undone++;
}

static void sum_up(const struct artifact_set *set, const struct artifact *a,
		   struct sum *sum)
{
	const struct artifact_sink sink = {count_undone, sum};
	struct err err;

	*sum = (struct sum){0};
	(void)!artifact_each_pattern(set, a, count_pattern, sum, &sink, &err);
}

/* "First sentence or line of it" */
static struct bytes first_line(const char *doc)
{
	struct bytes rest = bytes_str(doc), line = {0};

	(void)bytes_split(&rest, '\n', &line);
	return line;
}

static void add_row(struct invocation *inv, struct buf *out,
		    const struct artifact *a, const struct sum *sum)
{
	struct json j = json_to(out);

	if (!inv->front->json) {
		(void)buf_addf(out, "%-36s %3zu  ", shown_str(a->name).s,
			       sum->n_patterns);
		(void)text_append(out, first_line(a->doc), TEXT_ANY_WIDTH);
		(void)buf_add_byte(out, '\n');
		return;
	}
	json_begin_object(&j, NULL);
	json_str(&j, "name", a->name);
	json_int(&j, "patterns", (int64_t)sum->n_patterns);
	json_int(&j, "not_done", (int64_t)sum->n_undone);
	json_bytes(&j, "doc", bytes_str(a->doc));
	json_bytes(&j, "file", bytes_str(a->file));
	json_int(&j, "line", a->line);
	json_end_object(&j);
	(void)buf_add_byte(out, '\n');
}

static void add_profiles(struct invocation *inv, struct buf *out,
			 const struct artifact_set *set)
{
	for (size_t i = 0; i < set->n_profiles; i++) {
		const struct artifact_profile *p = &set->profiles[i];
		struct json j = json_to(out);

		if (!inv->front->json) {
			(void)buf_addf(out, "profile %-28s %3zu  %s\n",
				       shown_str(p->name).s, p->n,
				       shown_str(p->doc ? p->doc : "").s);
			continue;
		}
		json_begin_object(&j, NULL);
		json_str(&j, "profile", p->name);
		json_int(&j, "seconds", p->seconds);
		json_bytes(&j, "doc", bytes_str(p->doc));
		json_begin_array(&j, "artifacts");
		for (size_t k = 0; k < p->n; k++)
			json_bytes(&j, NULL, bytes_str(p->names[k]));
		json_end_array(&j);
		json_end_object(&j);
		(void)buf_add_byte(out, '\n');
	}
}

COMMAND_RUN(cmd_artifact_list)
{
	struct artifact_set set = {0};
	struct buf out;
	struct sum sum;
	enum err_code code = artifacts_of(inv, &set, NULL, err);

	(void)app;
	buf_init(&out, PRINT_MAX);
	if (code == ERR_OK)
		add_profiles(inv, &out, &set);
	for (size_t i = 0; code == ERR_OK && i < set.n; i++) {
		sum_up(&set, &set.v[i], &sum);
		if (artifact_is_of_linux(&set.v[i], NULL))
			add_row(inv, &out, &set.v[i], &sum);
	}
	if (code == ERR_OK)
		code = cmd_print(inv, &out, err);
	buf_release(&out);
	artifacts_release(&set);
	return code;
}

/* ---- one of them ---- */

struct showing {
	struct buf *out;
	struct json json;
	bool as_json, of_problems;
};

static void add_words(struct showing *s, const char *what, char *const *v,
		      size_t n)
{
	if (s->as_json)
		json_begin_array(&s->json, what);
	else if (n)
		(void)buf_addf(s->out, "%-12s", what);
	for (size_t i = 0; i < n; i++) {
		if (s->as_json)
			json_bytes(&s->json, NULL, bytes_str(v[i]));
		else
			(void)buf_addf(s->out, "%s%s", i ? ", " : "",
				       shown_str(v[i]).s);
	}
	if (s->as_json)
		json_end_array(&s->json);
	else if (n)
		(void)buf_add_byte(s->out, '\n');
}

static void add_word(struct showing *s, const char *what, struct bytes word)
{
	if (s->as_json) {
		json_bytes(&s->json, what, word);
	} else if (word.n) {
		(void)buf_addf(s->out, "%-12s", what);
		(void)text_append(s->out, word, TEXT_ANY_WIDTH);
		(void)buf_add_byte(s->out, '\n');
	}
}

static enum err_code show_pattern(void *arg, const struct artifact *of,
				  const struct artifact_source *source UNUSED,
				  const struct req_pattern *p,
				  struct err *err UNUSED)
{
	static const char *const uses[] = {
		[PATTERN_CONTENT] = "content",
		[PATTERN_METADATA] = "metadata",
		[PATTERN_HASH] = "hash",
	};
	struct showing *s = arg;

	if (s->as_json) {
		json_begin_object(&s->json, NULL);
		json_bytes(&s->json, "path", p->pattern);
		json_str(&s->json, "use", uses[p->use]);
		json_str(&s->json, "sensitivity",
			 artifact_secrecy_name((enum req_secrecy)p->secrecy));
		json_int(&s->json, "max_size", (int64_t)p->max_size);
		json_str(&s->json, "artifact", of->name);
		json_end_object(&s->json);
		return ERR_OK;
	}
	(void)buf_addf(s->out, "  %-8s  ", uses[p->use]);
	(void)text_append(s->out, p->pattern, TEXT_ANY_WIDTH);
	if (p->secrecy)
		(void)buf_addf(s->out, "  (secret: %s)",
			       artifact_secrecy_name(
				       (enum req_secrecy)p->secrecy));
	(void)buf_add_byte(s->out, '\n');
	return ERR_OK;
}

static void show_problem(void *arg, const char *file, unsigned line,
			 bool is_error UNUSED, const char *why)
{
	struct showing *s = arg;

	if (s->as_json != s->of_problems)
		return;
	if (!s->as_json) {
		(void)buf_addf(s->out, "  %s:%u: %s\n", shown_str(file).s,
			       line, why);
		return;
	}
	json_begin_object(&s->json, NULL);
	json_bytes(&s->json, "file", bytes_str(file));
	json_int(&s->json, "line", line);
	json_str(&s->json, "why", why);
	json_end_object(&s->json);
}

static enum err_code ignore_pattern(void *arg UNUSED,
				    const struct artifact *of UNUSED,
				    const struct artifact_source *s UNUSED,
				    const struct req_pattern *p UNUSED,
				    struct err *err UNUSED)
{
	return ERR_OK;
}

static enum err_code show_patterns(struct showing *s,
				   const struct artifact_set *set,
				   const struct artifact *a, struct err *err)
{
	const struct artifact_sink sink = {show_problem, s};
	enum err_code code;

	if (s->as_json)
		json_begin_array(&s->json, "patterns");
	else
		(void)buf_add_str(s->out, "\n");
	code = artifact_each_pattern(set, a, show_pattern, s, &sink, err);
	if (!s->as_json || code != ERR_OK)
		return code;
	json_end_array(&s->json);
	json_begin_array(&s->json, "not_done");
	s->of_problems = true;
	code = artifact_each_pattern(set, a, ignore_pattern, s, &sink, err);
	json_end_array(&s->json);
	return code;
}

static enum err_code show(struct showing *s, const struct artifact_set *set,
			  const struct artifact *a, struct err *err)
{
	const struct artifact_extra *extra = &a->extra;
	struct buf os;
	enum err_code code;

	buf_init(&os, 200);
	artifact_add_os(&os, a->os);
	if (s->as_json)
		json_begin_object(&s->json, NULL);
	add_word(s, "name", bytes_str(a->name));
	add_words(s, "aliases", a->aliases, a->n_aliases);
	add_word(s, "doc", bytes_str(a->doc));
	add_word(s, "os", buf_bytes(&os));
	add_word(s, "parser", bytes_str(extra->parser));
	add_words(s, "attack", extra->attack, extra->n_attack);
	add_word(s, "sensitivity",
		 bytes_str(artifact_secrecy_name(extra->secrecy)));
	add_word(s, "file", bytes_str(a->file));
	if (s->as_json) {
		json_int(&s->json, "line", a->line);
		json_int(&s->json, "max_size", (int64_t)extra->max_size);
		json_int(&s->json, "volatility", extra->volatility);
	}
	add_words(s, "urls", a->urls, a->n_urls);
	code = show_patterns(s, set, a, err);
	if (s->as_json)
		json_end_object(&s->json);
	if (s->as_json)
		(void)buf_add_byte(s->out, '\n');
	buf_release(&os);
	return code;
}

COMMAND_RUN(cmd_artifact_show)
{
	struct artifact_set set = {0};
	const struct artifact *a = NULL;
	struct buf out;
	struct showing s = {.out = &out,
			    .json = json_to(&out),
			    .as_json = inv->front->json};
	enum err_code code = artifacts_of(inv, &set, NULL, err);

	(void)app;
	buf_init(&out, PRINT_MAX);
	if (code == ERR_OK)
		a = artifacts_find(&set, inv->args[0]);
	if (code == ERR_OK && !a)
		code = err_set(err, ERR_NOTFOUND,
			       "there is no artifact '%s'; `artifact list` "
			       "has them",
			       shown_str(inv->args[0]).s);
	if (code == ERR_OK && a)
		code = show(&s, &set, a, err);
	if (code == ERR_OK)
		code = cmd_print(inv, &out, err);
	buf_release(&out);
	artifacts_release(&set);
	return code;
}

/* ---- what is wrong with them ---- */

struct lint {
	struct invocation *inv;
	unsigned errors;
};

static void print_problem(void *arg, const char *file, unsigned line,
			  bool is_error, const char *why)
{
	struct lint *lint = arg;
	const struct cmd_problem problem = {.file = file,
					    .line = line,
					    .is_error = is_error,
					    .message = why};

	lint->errors += is_error;
	cmd_problem(lint->inv, &problem);
}

static void check_parsers(const struct artifact_set *set, struct lint *lint)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *parser = set->v[i].extra.parser;
		char why[200];

		if (!parser || parser_find(parser))
			continue;
		(void)snprintf(why, sizeof why, "%s: there is no parser '%s'",
			       shown_str(set->v[i].name).s,
			       shown_str(parser).s);
		print_problem(lint, set->v[i].file, set->v[i].line, true, why);
	}
}

static enum err_code try_pattern(void *arg, const struct artifact *of,
				 const struct artifact_source *source,
				 const struct req_pattern *pattern,
				 struct err *err UNUSED)
{
	struct pathset *set = pathset_new();
	struct err why;

	if (pathset_add(set, pattern->pattern, 0, &why) != ERR_OK)
		print_problem(arg, of->file, source->line, true, why.msg);
	pathset_free(set);
	return ERR_OK;
}

static enum err_code check_patterns(const struct artifact_set *set,
				    struct lint *lint, struct err *err)
{
	const struct artifact_sink sink = {print_problem, lint};
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < set->n; i++) {
		bool groups = false;

		for (size_t j = 0; j < set->v[i].n_sources; j++)
			groups |= set->v[i].sources[j].type == ARTIFACT_GROUP;
		if (!groups && artifact_is_of_linux(&set->v[i], NULL))
			code = artifact_each_pattern(set, &set->v[i],
						     try_pattern, lint, &sink,
						     err);
	}
	return code;
}

COMMAND_RUN(cmd_artifact_lint)
{
	struct artifact_set set = {0};
	struct lint lint = {.inv = inv};
	const struct artifact_sink sink = {print_problem, &lint};
	enum err_code code = ERR_OK;

	(void)app;
	for (size_t i = 0; code == ERR_OK && i < inv->n_args; i++)
		code = artifacts_load(&set, inv->args[i], &sink, err);
	if (code == ERR_OK) {
		artifacts_check(&set, &sink);
		check_parsers(&set, &lint);
		code = check_patterns(&set, &lint, err);
	}
	if (code == ERR_OK && lint.errors)
		code = err_set(err, ERR_FORMAT, "%u %s in the definitions",
			       lint.errors,
			       lint.errors == 1 ? "error" : "errors");
	if (code == ERR_OK)
		cmd_say(inv, "%zu %s can be read", set.n,
			set.n == 1 ? "definition" : "definitions");
	artifacts_release(&set);
	return code;
}

/* ---- for a probe that works alone ---- */

COMMAND_RUN(cmd_artifact_plan)
{
	const char *path = option_text(inv, "output");
	struct buf plan;
	enum err_code code = ERR_OK;

	(void)app;
	buf_init(&plan, PRINT_MAX);
	if (!path)
		code = err_set(err, ERR_USAGE, "where to? give --output FILE");
	if (code == ERR_OK)
		code = artifacts_wanted(inv, NULL, &plan, err);
	if (code == ERR_OK && plan.n == 0)
		code = err_set(err, ERR_USAGE,
			       "what? give --artifact NAME or --profile NAME");
	if (code == ERR_OK && strcmp(path, "-") == 0)
		code = cmd_print(inv, &plan, err);
	else if (code == ERR_OK)
		code = fs_replace(path, buf_bytes(&plan), 0600, err);
	buf_release(&plan);
	return code;
}
