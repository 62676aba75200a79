/* SPDX-License-Identifier: Apache-2.0 */
/* Notes and judgements: what the responder says about the case. */
#include "base/base.h"

#include "app/cmd.h"
#include "base/fs.h"
#include "base/text.h"

#define NOTE_MAX (1u << 20)

/* The text as typed, or standard input for "-". */
static enum err_code read_body(const char *arg, struct buf *body,
			       struct err *err)
{
	enum err_code code = ERR_OK;

	if (strcmp(arg, "-") == 0)
		code = fs_read("-", body, err);
	else if (!buf_add_str(body, arg))
		code = err_set(err, ERR_LIMIT, "a note holds at most %u KiB",
			       NOTE_MAX >> 10);
	if (code != ERR_OK)
		return code;
	if (bytes_trim(buf_bytes(body)).n == 0)
		return err_set(err, ERR_USAGE, "the note is empty");
	if (!utf8_is_valid(buf_bytes(body)) ||
	    memchr(body->p, '\0', body->n) != NULL)
		return err_set(err, ERR_FORMAT, "the note is not UTF-8 text");
	return ERR_OK;
}

static enum err_code write_note(struct app *app, enum change_kind kind,
				const struct uuid *id, const struct uuid *host,
				struct buf *body, struct err *err)
{
	struct change *c = change_new(kind);

	if (host)
		c->host = *host;
	c->u.note.id = change_str(c, id->s);
	c->u.note.body = change_str(c, buf_str(body));
	return case_apply(app_case(app), c, err);
}

COMMAND_RUN(cmd_note_add)
{
	const char *name = option_text(inv, "host");
	struct uuid id = uuid_v7(), host;
	struct buf body;
	enum err_code code = ERR_OK;

	buf_init(&body, NOTE_MAX);
	if (name)
		code = cmd_host_id(app, name, &host, err);
	if (code == ERR_OK)
		code = read_body(inv->args[0], &body, err);
	if (code == ERR_OK)
		code = write_note(app, CHANGE_NOTE_ADD, &id,
				  name ? &host : NULL, &body, err);
	if (code == ERR_OK)
		cmd_say(inv, "wrote note %s", id.s + UUID_TEXT_LEN - 8);
	buf_release(&body);
	return code;
}

COMMAND_RUN(cmd_note_edit)
{
	struct uuid id;
	struct buf body;
	enum err_code code;

	buf_init(&body, NOTE_MAX);
	code = case_find_id(app_case(app), "note", inv->args[0], &id, err);
	if (code == ERR_OK)
		code = read_body(inv->args[1], &body, err);
	if (code == ERR_OK)
		code = write_note(app, CHANGE_NOTE_EDIT, &id, NULL, &body, err);
	if (code == ERR_OK)
		cmd_say(inv, "rewrote note %s; the audit log keeps both",
			id.s + UUID_TEXT_LEN - 8);
	buf_release(&body);
	return code;
}

static const char *const statuses[] = {
	"new", "confirmed", "benign", "false-positive", NULL,
};

static const char *const severities[] = {
	"info", "low", "medium", "high", "critical", NULL,
};

static enum err_code check_word(const char *option, const char *given,
				const char *const *words, struct err *err)
{
	char all[128] = "";
	size_t n = 0;

	for (size_t i = 0; words[i]; i++) {
		if (!given || strcmp(words[i], given) == 0)
			return ERR_OK;
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%s",
				      i ? ", " : "", words[i]);
		if (n >= sizeof all)
			BUG("words of --%s", option);
	}
	return err_set(err, ERR_USAGE, "--%s is one of %s; not '%s'", option,
		       all, shown_str(given).s);
}

COMMAND_RUN(cmd_finding_set)
{
	const char *status = option_text(inv, "status");
	const char *severity = option_text(inv, "severity");
	struct change *c;
	struct uuid id;
	enum err_code code;

	if (!status && !severity)
		return err_set(err, ERR_USAGE,
			       "set what? give --status or --severity");
	code = check_word("status", status, statuses, err);
	if (code == ERR_OK)
		code = check_word("severity", severity, severities, err);
	if (code == ERR_OK)
		code = case_find_id(app_case(app), "finding", inv->args[0],
				    &id, err);
	if (code != ERR_OK)
		return code;
	c = change_new(CHANGE_FINDING_SET);
	c->u.finding.id = change_str(c, id.s);
	c->u.finding.status = change_str(c, status);
	c->u.finding.severity = change_str(c, severity);
	code = case_apply(app_case(app), c, err);
	if (code == ERR_OK)
		cmd_say(inv, "finding %s is set", id.s + UUID_TEXT_LEN - 8);
	return code;
}
