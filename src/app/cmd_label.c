/* SPDX-License-Identifier: Apache-2.0 */
/* Tags and groups: given to hosts and taken from them; and the list of hosts
 * they are looked at in. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/hosts.h"
#include "base/text.h"

/* What each command does with which label, and how that is told. */
static const struct {
	const char *command;
	const char *kind;
	enum change_kind change;
	const char *before, *behind; /* the label, and how many hosts */
} labelings[] = {
	{"host tag", "tag", CHANGE_HOST_LABEL, "put the tag", " on"},
	{"host untag", "tag", CHANGE_HOST_UNLABEL, "took the tag", " off"},
	{"host group", "group", CHANGE_HOST_LABEL, "added to the group", ":"},
	{"host ungroup", "group", CHANGE_HOST_UNLABEL,
	 "taken out of the group", ":"},
};

static size_t labeling_of(const struct invocation *inv)
{
	for (size_t i = 0; i < ARRAY_SIZE(labelings); i++)
		if (strcmp(labelings[i].command, inv->command->name) == 0)
			return i;
	BUG("'%s' labels nothing", inv->command->name);
}

struct labeling {
	struct app *app;
	size_t which;
	const char *name;
	struct host_list hosts;
	struct selection meant;
	size_t n; /* hosts that it was news for */
};

static enum err_code submit_label(const struct labeling *l,
				  const struct uuid *host, struct err *err)
{
	struct change *c = change_new(labelings[l->which].change);

	c->host = *host;
	c->u.label.kind = labelings[l->which].kind;
	c->u.label.name = change_str(c, l->name);
	return case_submit(app_case(l->app), c, err);
}

static bool gives(const struct labeling *l)
{
	return labelings[l->which].change == CHANGE_HOST_LABEL;
}

/* Hosts and those that are meant are both in the order of names. */
static enum err_code label_meant(struct labeling *l, struct err *err)
{
	enum err_code code = ERR_OK;
	size_t at = 0;

	for (size_t i = 0;
	     code == ERR_OK && at < l->meant.n && i < l->hosts.n; i++) {
		const struct host_entry *host = &l->hosts.v[i];

		if (strcmp(host->id.s, l->meant.ids[at]) != 0)
			continue;
		at++;
		if (host_has_label(host, labelings[l->which].kind, l->name) ==
		    gives(l))
			continue;
		code = submit_label(l, &host->id, err);
		l->n++;
	}
	if (code == ERR_OK)
		code = case_flush(app_case(l->app), err);
	return code == ERR_OK ? case_health(app_case(l->app), err) : code;
}

static void tell(struct invocation *inv, const struct labeling *l)
{
	size_t rest = l->meant.n - l->n;

	cmd_say(inv, "%s %s%s %zu %s", labelings[l->which].before, l->name,
		labelings[l->which].behind, l->n, l->n == 1 ? "host" : "hosts");
	if (rest)
		cmd_say(inv, "%zu %s %s", rest, rest == 1 ? "host" : "hosts",
			gives(l) ? "had it already" : "did not have it");
}

COMMAND_RUN(cmd_host_label)
{
	struct labeling l = {.app = app,
			     .which = labeling_of(inv),
			     .name = inv->args[inv->n_args - 1]};
	const struct select_scope scope = {.n_behind = 1, .not_reached = true};
	const char *kind = labelings[l.which].kind;
	enum err_code code = change_check_label(kind, l.name, err);

	if (code == ERR_OK)
		code = hosts_load(app, &l.hosts, err);
	/* "host tag web01 web02": the label was forgotten. */
	if (code == ERR_OK && hosts_find(&l.hosts, l.name))
		code = err_set(err, ERR_USAGE,
			       "%s is a host: the %s comes last, behind the "
			       "hosts",
			       shown_str(l.name).s, kind);
	if (code == ERR_OK)
		code = select_hosts(app, inv, &scope, &l.meant, err);
	if (code == ERR_OK)
		code = label_meant(&l, err);
	if (code == ERR_OK)
		tell(inv, &l);
	selection_release(&l.meant);
	hosts_release(&l.hosts);
	return code;
}

/* ---- the list ---- */

COMMAND_RUN(cmd_host_list)
{
	struct row_query query = {.view = "host",
				  .limit = option_number(inv, "limit", 0),
				  .reverse = option_flag(inv, "reverse"),
				  .stack = option_flag(inv, "stack")};
	const struct select_scope scope = {.all_by_default = true,
					   .not_reached = true};
	struct selection meant = {0};
	enum err_code code;

	if (!selection_is_said(inv, 0))
		return cmd_rows(app, inv, &query, err);
	if (query.stack)
		return err_set(err, ERR_USAGE,
			       "--stack counts all hosts: name none");
	code = select_hosts(app, inv, &scope, &meant, err);
	if (code == ERR_OK)
		code = cmd_rows_of(app, inv, &query, meant.ids, meant.n, err);
	selection_release(&meant);
	return code;
}
