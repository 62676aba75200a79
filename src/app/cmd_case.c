/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the case as a whole, and which case is meant. */
#include "base/base.h"

#include <glob.h>

#include "app/cmd.h"
#include "base/json.h"
#include "base/text.h"

#define PRINT_MAX (64u << 10)

/* FIRST's Traffic Light Protocol 2.0: as typed, as shown. */
static const struct {
	const char *name;
	const char *label;
} tlp[] = {
	{"red", "TLP:RED"},
	{"amber+strict", "TLP:AMBER+STRICT"},
	{"amber", "TLP:AMBER"},
	{"green", "TLP:GREEN"},
	{"clear", "TLP:CLEAR"},
};

/* NULL when there is none of that name. */
static const char *tlp_label(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tlp); i++)
		if (strcmp(tlp[i].name, name) == 0)
			return tlp[i].label;
	return NULL;
}

/* "acme" of "/home/kim/acme.case" */
static char *name_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t n = strlen(base);

	if (n > 5 && strcmp(base + n - 5, ".case") == 0)
		n -= 5;
	return bytes_to_str(bytes_of(base, n));
}

COMMAND_RUN(cmd_new)
{
	const char *path = inv->args[0], *given = option_text(inv, "name");
	const char *label = option_text(inv, "tlp");
	char *name = given ? xstrdup(given) : name_of_path(path);
	struct case_meta meta = {.name = name, .tlp = label ? label : "amber"};
	enum err_code code;

	if (!tlp_label(meta.tlp))
		code = err_set(err, ERR_USAGE,
			       "--tlp is one of red, amber+strict, amber, "
			       "green, clear; not '%s'",
			       shown_str(meta.tlp).s);
	else if (!utf8_is_valid(bytes_str(name)))
		code = err_set(err, ERR_USAGE, "--name is not UTF-8");
	else
		code = case_create(path, &meta, app_actor(app), err);
	if (code == ERR_OK)
		cmd_say(inv, "made the case %s, marked %s", shown_str(path).s,
			tlp_label(meta.tlp));
	free(name);
	return code;
}

static enum err_code only_case_here(char **path, struct err *err)
{
	glob_t found;
	enum err_code code = ERR_OK;
	int rc = glob("*.case", GLOB_NOSORT, NULL, &found);

	if (rc == 0 && found.gl_pathc == 1)
		*path = xstrdup(found.gl_pathv[0]);
	else if (rc == 0)
		code = err_set(err, ERR_USAGE,
			       "there are %zu cases in this folder; choose one "
			       "with --case or $HALLIGAN_CASE",
			       (size_t)found.gl_pathc);
	else
		code = err_set(err, ERR_USAGE,
			       "which case? name one with --case or "
			       "$HALLIGAN_CASE, or make one with `halligan new "
			       "NAME.case`");
	globfree(&found);
	return code;
}

enum err_code app_find_case(const char *given, char **path, struct err *err)
{
	const char *from_env = getenv("HALLIGAN_CASE");

	if (!given || !*given)
		given = from_env;
	if (!given || !*given)
		return only_case_here(path, err);
	*path = xstrdup(given);
	return ERR_OK;
}


/* A problem is what was asked for: data, whatever else is kept quiet. */
static void print_problem(void *arg, const char *line)
{
	struct invocation *inv = arg;
	struct buf out;
	struct json j = json_to(&out);

	buf_init(&out, PRINT_MAX);
	if (inv->front->json) {
		json_begin_object(&j, NULL);
		json_str(&j, "problem", line);
		json_end_object(&j);
	} else {
		(void)buf_add_str(&out, line);
	}
	(void)buf_add_str(&out, "\n");
	(void)inv->front->data(inv->front, buf_bytes(&out)); /* it remembers */
	buf_release(&out);
}

static void report_text(const char *path, const struct verify_report *r,
			struct buf *out)
{
	(void)buf_addf(out,
		       "%s: %s\n"
		       "audit rows      %" PRIu64 "\n"
		       "data rows       %" PRIu64 "\n"
		       "evidence items  %" PRIu64 " (%" PRIu64 " bytes)\n"
		       "incomplete      %" PRIu64 "\n"
		       "problems        %" PRIu64 "\n"
		       "head            %" PRId64 " %s\n",
		       shown_str(path).s, r->problems ? "does not hold" : "holds",
		       r->audit_rows, r->rows, r->evidence_items,
		       r->evidence_bytes, r->incomplete, r->problems,
		       r->head_seq, r->head);
}

static void report_json(const char *path, const struct verify_report *r,
			struct buf *out)
{
	struct json j = json_to(out);

	json_begin_object(&j, NULL);
	json_str(&j, "case", path);
	json_bool(&j, "holds", r->problems == 0);
	json_int(&j, "audit_rows", (int64_t)r->audit_rows);
	json_int(&j, "rows", (int64_t)r->rows);
	json_int(&j, "evidence_items", (int64_t)r->evidence_items);
	json_int(&j, "evidence_bytes", (int64_t)r->evidence_bytes);
	json_int(&j, "incomplete", (int64_t)r->incomplete);
	json_int(&j, "problems", (int64_t)r->problems);
	json_int(&j, "head_seq", r->head_seq);
	json_str(&j, "head", r->head);
	json_end_object(&j);
	(void)buf_add_str(out, "\n");
}

static enum err_code verify_path(struct invocation *inv, const char *path,
				 struct err *err)
{
	struct verify_report report = {0};
	struct err print_err;
	struct buf out;
	enum err_code code = case_verify(path, print_problem, inv, &report,
					 err);

	if (code != ERR_OK && code != ERR_VERIFY)
		return code;
	buf_init(&out, PRINT_MAX);
	if (inv->front->json)
		report_json(path, &report, &out);
	else
		report_text(path, &report, &out);
	if (cmd_print(inv, &out, &print_err) != ERR_OK && code == ERR_OK) {
		*err = print_err;
		code = print_err.code;
	}
	buf_release(&out);
	return code;
}

COMMAND_RUN(cmd_verify)
{
	struct casefile *open = app_case(app);
	char *path = NULL;
	enum err_code code;

	if (inv->n_args)
		return verify_path(inv, inv->args[0], err);
	if (open)
		return verify_path(inv, case_path(open), err);
	code = app_find_case(option_text(inv, "case"), &path, err);
	if (code == ERR_OK)
		code = verify_path(inv, path, err);
	free(path);
	return code;
}
