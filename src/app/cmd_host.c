/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts of a case. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/inside.h"
#include "base/hash.h"
#include "base/text.h"

enum err_code cmd_host_id(struct app *app, const char *name, struct uuid *id,
			  struct err *err)
{
	struct case_host host = {0};
	enum err_code code = case_host_find(app_case(app), name, &host, err);

	if (code == ERR_OK)
		*id = host.id;
	case_host_release(&host);
	return code;
}

/* Each server that the last connection went through, the host itself last. */
static enum err_code show_last_hops(struct app *app, struct invocation *inv,
				    const char *name, struct err *err)
{
	struct row_query first = {.view = "hop", .reverse = true, .limit = 1};
	struct row_query hops = {.view = "hop"};
	char from[32];
	enum err_code code;

	cmd_where(&first, "host", name);
	cmd_where(&first, "position", "0");
	code = cmd_newest(app, &first, "id", from, sizeof from, err);
	if (code == ERR_NOTFOUND) /* it was never connected to */
		return ERR_OK;
	cmd_where(&hops, "host", name);
	cmd_where_op(&hops, "id", ROW_AT_LEAST, from);
	return code == ERR_OK ? cmd_rows(app, inv, &hops, err) : code;
}

static enum err_code say_clock(struct app *app, struct invocation *inv,
			       const char *name, const struct uuid *id,
			       struct err *err)
{
	struct row_query query = {.view = "host", .limit = 1};
	char offset[32], words[JOB_CLOCK_MAX];
	enum err_code code;

	cmd_where(&query, "id", id->s);
	code = cmd_newest(app, &query, "clock_offset_ns", offset,
			  sizeof offset, err);
	if (code == ERR_OK && offset[0] &&
	    job_clock_off(strtoll(offset, NULL, 10), words)[0])
		cmd_say(inv, "%s: %s" JOB_CLOCK_SO, shown_str(name).s, words);
	return code;
}

/* Whose times a log of it has is asked before all else. */
static enum err_code say_zone(struct app *app, struct invocation *inv,
			      const char *name, struct err *err)
{
	struct job_zone zone = {.bytes = NULL};
	enum err_code code = app_zone(app, name, NULL, &zone, err);

	if (code == ERR_OK && zone.n)
		cmd_say(inv,
			"%s: local times of its logs are read in %s, as %s "
			"has it%s%s",
			shown_str(name).s, shown_str(zone.name).s,
			shown_str(zone.source).s,
			zone.evidence ? ", evidence " : "",
			zone.evidence ? zone.evidence + UUID_TEXT_LEN - 8
				      : "");
	else if (code == ERR_OK)
		cmd_say(inv,
			"%s: its time zone is not known, and local times of "
			"its logs are taken for UTC: collect or import its "
			"/etc/localtime, or give --zone",
			shown_str(name).s);
	job_zone_release(&zone);
	return code;
}

COMMAND_RUN(cmd_host_show)
{
	struct case_host host = {0};
	enum err_code code = case_host_find(app_case(app), inv->args[0], &host,
					    err);

	if (code == ERR_OK)
		code = cmd_rows_where(app, inv, "host", "id", host.id.s, err);
	if (code == ERR_OK)
		code = show_last_hops(app, inv, host.name, err);
	if (code == ERR_OK)
		code = say_clock(app, inv, host.name, &host.id, err);
	if (code == ERR_OK)
		code = say_zone(app, inv, host.name, err);
	case_host_release(&host);
	return code;
}

COMMAND_RUN(cmd_host_remove)
{
	struct uuid id;
	struct change *c;
	enum err_code code = cmd_host_id(app, inv->args[0], &id, err);

	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_HOST_REMOVE);
	c->host = id;
	code = case_apply(app_case(app), c, err);
	if (code == ERR_OK)
		cmd_say(inv, "removed %s; its evidence stays",
			shown_str(inv->args[0]).s);
	return code;
}

/* "SHA256:" and 43 characters of base64 without padding, as ssh-keygen -l. */
static enum err_code check_fingerprint(const char *s, struct err *err)
{
	static const char prefix[] = "SHA256:";
	size_t skip = sizeof prefix - 1, n = strlen(s);
	uint8_t digest[SHA256_LEN + 2];
	size_t got = 0;

	if (n == skip + 43 && memcmp(s, prefix, skip) == 0 &&
	    base64_decode(bytes_str(s + skip), digest, sizeof digest, &got) &&
	    got == SHA256_LEN)
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "--fingerprint wants SHA256:... as `ssh-keygen -lf` "
		       "prints it, not '%s'",
		       shown_str(s).s);
}

COMMAND_RUN(cmd_host_trust)
{
	const char *fingerprint = option_text(inv, "fingerprint");
	struct uuid id;
	struct change *c;
	enum err_code code;

	if (!fingerprint)
		return err_set(err, ERR_USAGE,
			       "which key? give --fingerprint SHA256:...");
	code = check_fingerprint(fingerprint, err);
	if (code == ERR_OK)
		code = cmd_host_id(app, inv->args[0], &id, err);
	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_HOST_TRUST);
	c->host = id;
	c->u.host_key.fingerprint = change_str(c, fingerprint);
	c->u.host_key.how = change_str(c, "command");
	code = case_apply(app_case(app), c, err);
	if (code == ERR_OK)
		cmd_say(inv, "%s is trusted with the key %s",
			shown_str(inv->args[0]).s, fingerprint);
	return code;
}
