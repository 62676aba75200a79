/* SPDX-License-Identifier: Apache-2.0 */
/* The indicators of the case: added one by one, from lists, removed. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/indicators.h"
#include "base/text.h"

#define X(kind, name, help) name " "
#define KINDS INDICATOR_KINDS(X)

static enum err_code time_option(const struct invocation *inv,
				 const char *name, int64_t *when_ns,
				 struct err *err)
{
	const char *given = option_text(inv, name);

	if (indicator_time(bytes_str(given), when_ns))
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "--%s is a date or time such as 2026-11-21 or "
		       "2026-11-21T22:14:05Z, not '%s'",
		       name, shown_str(given).s);
}

/* What was typed in the one way it is kept. */
static enum err_code normal_value(const struct invocation *inv,
				  enum indicator_kind *kind, struct buf *value,
				  struct err *err)
{
	enum err_code code;

	if (!indicator_kind_of(bytes_str(inv->args[0]), kind))
		return err_set(err, ERR_USAGE,
			       "'%s' is no kind of indicator: " KINDS,
			       shown_str(inv->args[0]).s);
	code = indicator_normal(*kind, bytes_str(inv->args[1]), value, err);
	if (code == ERR_FORMAT)
		err->code = code = ERR_USAGE;
	return code;
}

static void fill(struct change *c, const struct invocation *inv,
		 const struct uuid *id, enum indicator_kind kind,
		 struct buf *value)
{
	struct change_indicator *i = &c->u.indicator;

	i->id = change_str(c, id->s);
	i->kind = indicator_kind_name(kind);
	i->value = change_str(c, buf_str(value));
	i->severity = change_str(c, option_text(inv, "severity"));
	i->technique = change_str(c, option_text(inv, "technique"));
	i->description = change_str(c, option_text(inv, "description"));
	i->source = change_str(c, option_text(inv, "source"));
}

COMMAND_RUN(cmd_indicator_add)
{
	struct change *c;
	struct uuid id = uuid_v7();
	enum indicator_kind kind;
	int64_t from, until;
	struct buf value;
	enum err_code code;

	buf_init(&value, INDICATOR_VALUE_MAX);
	code = normal_value(inv, &kind, &value, err);
	if (code == ERR_OK)
		code = time_option(inv, "valid-from", &from, err);
	if (code == ERR_OK)
		code = time_option(inv, "valid-until", &until, err);
	if (code == ERR_OK) {
		c = change_new(CHANGE_INDICATOR_ADD);
		fill(c, inv, &id, kind, &value);
		c->u.indicator.valid_from_ns = from;
		c->u.indicator.valid_until_ns = until;
		code = case_apply(app_case(app), c, err);
	}
	if (code == ERR_OK)
		cmd_say(inv, "added %s %s", indicator_kind_name(kind),
			shown(buf_bytes(&value)).s);
	buf_release(&value);
	return code;
}

COMMAND_RUN(cmd_indicator_import)
{
	struct indicator_import import = {.say = cmd_say_line, .arg = inv};
	enum err_code code = indicators_import_all(
		app_case(app), inv->args, inv->n_args, &import, err);

	if (code == ERR_OK && import.n_bad)
		code = err_set(err, ERR_PARTIAL, "%" PRIu64
			       " lines were not taken", import.n_bad);
	indicator_keys_release(&import.keys);
	return code;
}

COMMAND_RUN(cmd_indicator_remove)
{
	struct uuid id;
	struct change *c;
	enum err_code code = case_find_id(app_case(app), "indicator",
					  inv->args[0], &id, err);

	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_INDICATOR_REMOVE);
	c->u.indicator.id = change_str(c, id.s);
	code = case_apply(app_case(app), c, err);
	if (code == ERR_OK)
		cmd_say(inv, "indicator %s is not looked for any more; its "
			"sightings stay", id.s + UUID_TEXT_LEN - 8);
	return code;
}
