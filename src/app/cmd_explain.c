/* SPDX-License-Identifier: Apache-2.0 */
/* How a host would be reached, and where each setting comes from. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/reaching.h"
#include "base/json.h"
#include "base/text.h"

#define PRINT_MAX (1u << 20)
#define WIDTH     80
#define NAME_COLS 26

/* "~/.ssh/config:3" in place of the whole path. */
static void add_where(struct buf *out, const struct app *app, const char *where)
{
	size_t n = strlen(app->home);

	if (n > 1 && strncmp(where, app->home, n) == 0 && where[n] == '/') {
		(void)buf_add_byte(out, '~');
		where += n;
	}
	(void)text_append(out, bytes_str(where), TEXT_ANY_WIDTH);
}

/* The value in its column, then where it is from: behind it when that fits,
 * else on a line of its own. */
static void add_line(struct buf *out, const struct app *app, const char *name,
		     const struct reach_line *line)
{
	struct buf where;
	size_t begun = out->n;
	unsigned cells;

	buf_init(&where, PRINT_MAX);
	add_where(&where, app, line->where);
	(void)buf_addf(out, "%-*s", NAME_COLS, name);
	cells = text_append(out, bytes_str(line->value), TEXT_ANY_WIDTH);
	if (NAME_COLS + cells + 2 + where.n <= WIDTH)
		(void)buf_addf(out, "%*s%s",
			       (int)(WIDTH - NAME_COLS - cells - where.n), "",
			       buf_str(&where));
	else
		(void)buf_addf(out, "\n%*s%s",
			       (int)(where.n < WIDTH ? WIDTH - where.n : 0), "",
			       buf_str(&where));
	(void)buf_add_byte(out, '\n');
	if (out->full)
		out->n = begun;
	buf_release(&where);
}

static void add_json(struct buf *out, const char *keyword,
		     const struct reach_line *line, bool honoured)
{
	struct json j = json_to(out);

	json_begin_object(&j, NULL);
	json_bytes(&j, "keyword", bytes_str(keyword));
	if (line->value)
		json_bytes(&j, "value", bytes_str(line->value));
	else
		json_no_value(&j, "value");
	if (line->written)
		json_bytes(&j, "written", bytes_str(line->written));
	else
		json_no_value(&j, "written");
	json_bytes(&j, "from", bytes_str(line->where));
	json_bool(&j, "honoured", honoured);
	json_end_object(&j);
	(void)buf_add_byte(out, '\n');
}

static void add_settings(struct buf *out, const struct app *app,
			 const struct reach *r, bool json)
{
	struct reach_line line;

	for (unsigned s = 0; s < SSH_SETTINGS; s++)
		for (size_t i = 0; reach_line(r, s, i, &line); i++) {
			if (json)
				add_json(out, ssh_setting_name(s), &line, true);
			else
				add_line(out, app, i ? "" : ssh_setting_name(s),
					 &line);
			free(line.value);
		}
}

/* Two lists: what would change how it is reached, and what would not. */
static void add_passed_over(struct buf *out, const struct app *app,
			    const struct reach *r, bool idle)
{
	bool first = true;

	for (size_t i = 0; i < r->values.n_passed_over; i++) {
		const struct ssh_unhonoured *u = &r->values.passed_over[i];
		char none[] = "";
		struct reach_line line = {.value = none, .where = u->where};
		char name[64];

		if (u->idle != idle)
			continue;
		if (first)
			(void)buf_addf(out, "\n%s:\n",
				       idle ? "Of no concern here"
					    : "Not honoured here");
		first = false;
		(void)snprintf(name, sizeof name, "  %s", shown_str(u->word).s);
		add_line(out, app, name, &line);
	}
}

static void add_notes(struct buf *out, const struct reach *r)
{
	if (r->strict == REACH_NOT_STRICT)
		(void)buf_add_str(out,
				  "\nStrictHostKeyChecking no is taken as "
				  "accept-new: a changed key is refused.\n");
}

static void add_all(struct buf *out, const struct app *app,
		    const struct reach *r, bool json)
{
	add_settings(out, app, r, json);
	for (size_t i = 0; json && i < r->values.n_passed_over; i++) {
		const struct ssh_unhonoured *u = &r->values.passed_over[i];
		struct reach_line line = {.where = u->where};

		add_json(out, u->word, &line, false);
	}
	if (json)
		return;
	add_notes(out, r);
	add_passed_over(out, app, r, false);
	add_passed_over(out, app, r, true);
}

/* A host of the case by its name, else a target. */
static enum err_code find_ask(struct app *app, const char *name,
			      struct case_host *host, struct reach_ask *ask,
			      struct err *err)
{
	enum err_code code;

	*ask = (struct reach_ask){.target = name};
	if (!app_case(app))
		return ERR_OK;
	code = case_host_find(app_case(app), name, host, err);
	if (code == ERR_NOTFOUND)
		return ERR_OK;
	if (code == ERR_OK && !host->target[0])
		return err_set(err, ERR_USAGE,
			       "%s is not reached: it is only told of",
			       shown_str(name).s);
	if (code == ERR_OK)
		*ask = (struct reach_ask){.target = host->target,
					  .identity = host->identity,
					  .jump = host->jump};
	return code;
}

COMMAND_RUN(cmd_host_explain)
{
	struct case_host host = {0};
	struct reaching reaching;
	struct reach_ask ask;
	struct reach reach = {0};
	struct buf out;
	enum err_code code = find_ask(app, inv->args[0], &host, &ask, err);

	buf_init(&out, PRINT_MAX);
	reaching_begin(&reaching, app, option_text(inv, "ssh-config"));
	if (option_text(inv, "jump"))
		ask.jump = option_text(inv, "jump");
	if (code == ERR_OK)
		code = reaching_host(&reaching, &ask, &reach, err);
	if (code == ERR_OK) {
		add_all(&out, app, &reach, inv->front->json);
		code = cmd_print(inv, &out, err);
	}
	reach_release(&reach);
	reaching_end(&reaching);
	buf_release(&out);
	case_host_release(&host);
	return code;
}
