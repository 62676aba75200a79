/* SPDX-License-Identifier: Apache-2.0 */
/* Known false positives: what is excluded, and why. */
#include "base/base.h"

#include "app/cmd.h"
#include "base/text.h"

#define PATH_MAX_BYTES 4096

/* What is to be excluded; strings are owned. */
struct asked {
	char *rule, *sha256, *path;
	bool is_covered; /* that finding is excluded already */
};

static void asked_release(struct asked *a)
{
	free(a->rule);
	free(a->sha256);
	free(a->path);
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* The path as a glob that means just it. */
static char *glob_of(struct bytes path)
{
	struct buf out;

	buf_init(&out, 2 * PATH_MAX_BYTES);
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] && strchr("*?[\\", path.p[i]))
			(void)buf_add_byte(&out, '\\');
		(void)buf_add_byte(&out, path.p[i]);
	}
	return buf_detach(&out);
}

static struct bytes cell(const struct row *row, const char *column)
{
	return row->values[view_column(view_find("finding"), column)].b;
}

static enum err_code take_over(const struct row *row, bool by_path,
			       struct asked *a, struct err *err)
{
	struct bytes path = cell(row, "path"), sha256 = cell(row, "sha256");
	struct bytes object = cell(row, "object");

	a->is_covered = cell(row, "exclusion_id").n > 0;
	if (a->is_covered)
		return ERR_OK;
	a->rule = bytes_to_str(cell(row, "rule"));
	if (object.n) { /* a check's: it is about just that */
		path = object;
		by_path = true;
	}
	if (!by_path && sha256.n == 0)
		return err_set(err, ERR_USAGE,
			       "that finding has no hash: exclude it with "
			       "--by-path");
	if (!by_path) {
		a->sha256 = bytes_to_str(sha256);
		return ERR_OK;
	}
	if (path.n > PATH_MAX_BYTES || !utf8_is_valid(path))
		return err_set(err, ERR_USAGE,
			       "that finding's path is no text: exclude it by "
			       "its hash");
	a->path = glob_of(path);
	return ERR_OK;
}

/* The rule and the hash, or path, of a finding. */
static enum err_code from_finding(struct app *app, const struct invocation *inv,
				  struct asked *a, struct err *err)
{
	struct row_query query = {.view = "finding"};
	struct rows *rows;
	struct uuid id;
	struct row row;
	enum err_code code;

	if (option_text(inv, "rule") || option_text(inv, "sha256") ||
	    option_text(inv, "path"))
		return err_set(err, ERR_USAGE,
			       "either a finding or --rule, --sha256 and "
			       "--path, not both");
	code = case_find_id(app_case(app), "finding", inv->args[0], &id, err);
	if (code != ERR_OK)
		return code;
	cmd_where(&query, "id", id.s);
	code = app_rows(app, &query, &rows, err);
	if (code != ERR_OK)
		return code;
	code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK)
		code = take_over(&row, option_flag(inv, "by-path"), a, err);
	rows_close(rows);
	return code;
}

static enum err_code from_options(const struct invocation *inv,
				  struct asked *a, struct err *err)
{
	a->rule = copy(option_text(inv, "rule"));
	a->sha256 = copy(option_text(inv, "sha256"));
	a->path = copy(option_text(inv, "path"));
	if (option_flag(inv, "by-path"))
		return err_set(err, ERR_USAGE,
			       "--by-path goes with a finding's id");
	if (!a->rule && !a->sha256 && !a->path)
		return err_set(err, ERR_USAGE,
			       "exclude what? a finding's id, --rule, --sha256 "
			       "or --path");
	return ERR_OK;
}

/* How many findings it covers, from its row. */
static enum err_code tell(struct app *app, struct invocation *inv,
			  const struct uuid *id, struct err *err)
{
	struct row_query query = {.view = "exclusion"};
	struct rows *rows;
	struct row row;
	enum err_code code;

	cmd_where(&query, "id", id->s);
	code = app_rows(app, &query, &rows, err);
	if (code != ERR_OK)
		return code;
	code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK) {
		int at = view_column(rows_view(rows), "findings");
		int64_t n = row.values[at].i;

		cmd_say(inv, "exclusion %s covers %" PRId64 " %s",
			id->s + UUID_TEXT_LEN - 8, n,
			n == 1 ? "finding" : "findings");
	}
	rows_close(rows);
	return code;
}

static enum err_code apply(struct app *app, const struct invocation *inv,
			   const struct asked *a, const struct uuid *id,
			   struct err *err)
{
	const char *name = option_text(inv, "host");
	struct change *c;
	struct uuid host = {0};
	enum err_code code = ERR_OK;

	if (name)
		code = cmd_host_id(app, name, &host, err);
	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_EXCLUSION_ADD);
	c->host = host;
	c->u.exclusion.id = change_str(c, id->s);
	c->u.exclusion.rule = change_str(c, a->rule);
	c->u.exclusion.sha256 = change_str(c, a->sha256);
	c->u.exclusion.path = change_str(c, a->path);
	c->u.exclusion.reason = change_str(c, option_text(inv, "reason"));
	return case_apply(app_case(app), c, err);
}

COMMAND_RUN(cmd_exclusion_add)
{
	struct uuid id = uuid_v7();
	struct asked a = {0};
	enum err_code code = inv->n_args ? from_finding(app, inv, &a, err)
					 : from_options(inv, &a, err);

	if (code == ERR_OK && a.is_covered) {
		cmd_say(inv, "an exclusion covers that finding already");
		return ERR_OK;
	}
	if (code == ERR_OK)
		code = apply(app, inv, &a, &id, err);
	if (code == ERR_OK && !a.sha256 && !a.path)
		cmd_say(inv, "take care: whatever %s finds is called harmless "
			"now, in any file", shown_str(a.rule).s);
	if (code == ERR_OK)
		code = tell(app, inv, &id, err);
	asked_release(&a);
	return code;
}

COMMAND_RUN(cmd_exclusion_list)
{
	struct row_query query = {
		.view = "exclusion",
		.where = {{"removed_at", NULL, ROW_IS}},
		.limit = option_number(inv, "limit", 0),
		.reverse = option_flag(inv, "reverse")};

	return cmd_rows(app, inv, &query, err);
}

COMMAND_RUN(cmd_exclusion_show)
{
	struct uuid id;
	enum err_code code = case_find_id(app_case(app), "exclusion",
					  inv->args[0], &id, err);

	if (code == ERR_OK)
		code = cmd_rows_where(app, inv, "exclusion", "id", id.s, err);
	if (code == ERR_OK)
		code = cmd_rows_where(app, inv, "finding", "exclusion_id",
				      id.s, err);
	return code;
}

COMMAND_RUN(cmd_exclusion_remove)
{
	struct change *c;
	struct uuid id;
	enum err_code code = case_find_id(app_case(app), "exclusion",
					  inv->args[0], &id, err);

	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_EXCLUSION_REMOVE);
	c->u.exclusion.id = change_str(c, id.s);
	code = case_apply(app_case(app), c, err);
	if (code == ERR_OK)
		cmd_say(inv, "exclusion %s no longer holds; what it covered "
			"counts again", id.s + UUID_TEXT_LEN - 8);
	return code;
}
