/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people's own folders keep: files thrown away (.trashinfo), servers
 * that wget was at (.wget-hsts), who came in by TeamViewer.
 */
#include "base/base.h"
#include "parse/inside.h"

/* ---- "[Trash Info]", Path=/a%20b, DeletionDate=2020-01-02T03:04:05 ---- */

static void add_decoded(struct buf *message, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		uint64_t byte = b.p[i];

		if (byte == '%' && i + 2 < b.n &&
		    bytes_hex_to_u64(bytes_of(b.p + i + 1, 2), &byte))
			i += 2;
		(void)buf_add_byte(message, (uint8_t)byte);
	}
}

static struct bytes value_of(struct bytes content, const char *key)
{
	struct line line;
	uint64_t at = 0;

	while (next_line(content, &at, &line))
		if (bytes_starts(line.text, key))
			return bytes_skip(line.text, strlen(key));
	return bytes_str("");
}

enum err_code trashinfo_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	struct bytes when = value_of(in->content, "DeletionDate=");
	struct bytes path = value_of(in->content, "Path=");
	struct parse_event e = {.desc = DESC_DELETED,
				.kind = "file.deleted",
				.actor = path_account(in->path),
				.length = in->content.n};
	struct buf message;
	enum err_code code = ERR_OK;
	struct civil c;

	if (!civil_take_iso(&when, &c) || !civil_event(&c, in, &e)) {
		code = parse_problem(out, 0, "a deletion without a date", err);
		no_time(&e);
	}
	if (code != ERR_OK)
		return code;
	buf_init(&message, PARSE_MESSAGE_MAX);
	message_add(&message, bytes_str("put into the trash: "));
	add_decoded(&message, path);
	e.message = buf_bytes(&message);
	code = parse_say(out, &e, err);
	buf_release(&message);
	return code;
}

unsigned trashinfo_score(const struct parse_input *in)
{
	return bytes_starts(in->content, "[Trash Info]") ? 95 : 0;
}

/* ---- .wget-hsts: host, port, subdomains, created, max-age ---- */

static enum line_is take_hsts(const struct parse_input *in, void *state,
			      struct bytes line, struct parse_event *e)
{
	struct buf *message = state;
	struct bytes host, port;
	int64_t created, age;

	if (bytes_starts(line, "#"))
		return LINE_NOTHING;
	host = take_word(&line);
	port = take_word(&line);
	(void)take_word(&line);
	if (!take_number(&line, 11, &created) || !take_word(&line).p ||
	    !take_number(&line, 11, &age) || !epoch_event(created, e))
		return LINE_ODD;
	buf_clear(message);
	message_add(message, bytes_str("wget was at "));
	message_add(message, host);
	if (!bytes_eq(port, bytes_str("0"))) {
		message_add(message, bytes_str(" port "));
		message_add(message, port);
	}
	e->desc = DESC_CREATED;
	e->kind = "web.visited";
	e->actor = path_account(in->path);
	e->message = buf_bytes(message);
	return LINE_EVENT;
}

static const struct line_form hsts = {take_hsts, "no line of wget", false};

unsigned wget_hsts_score(const struct parse_input *in)
{
	return bytes_starts(in->content, "# HSTS 1.0 Known Hosts database") ? 95
									    : 0;
}

enum err_code wget_hsts_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	enum err_code code;
	struct buf message;

	buf_init(&message, PARSE_MESSAGE_MAX);
	code = say_lines(in, out, &hsts, &message, err);
	buf_release(&message);
	return code;
}

/* ---- TeamViewer: connections_incoming.txt, by tabs ---- */

enum { ID, NAME, BEGIN, END, ACCOUNT, MODE, SESSION, N_FIELDS };

/* "16-02-2024 14:16:32", of UTC. */
static bool take_dmy(struct bytes b, struct parse_event *e)
{
	struct civil c = {.year = 0};

	b = bytes_trim(b);
	if (!take_number(&b, 2, &c.day) || !take_byte(&b, '-') ||
	    !take_number(&b, 2, &c.month) || !take_byte(&b, '-') ||
	    !take_number(&b, 4, &c.year) || !take_byte(&b, ' ') ||
	    !civil_take_clock(&b, &c) || b.n)
		return false;
	return civil_event_utc(&c, e);
}

static bool split_session(struct bytes line, struct bytes f[N_FIELDS])
{
	(void)take_words(&line, "\xef\xbb\xbf");
	for (size_t i = 0; i < N_FIELDS; i++) {
		const uint8_t *tab = memchr(line.p, '\t', line.n);

		if (line.n == 0)
			return false;
		f[i] = bytes_of(line.p, tab ? (size_t)(tab - line.p) : line.n);
		line = bytes_skip(line, f[i].n + 1);
	}
	return f[ID].n > 0;
}

static enum err_code take_session(const struct parse_out *out,
				  const struct line *line,
				  struct parse_event *e, struct buf *message,
				  struct err *err)
{
	struct bytes f[N_FIELDS];
	enum err_code code;

	if (!split_session(line->text, f) || !take_dmy(f[BEGIN], e))
		return parse_problem(out, line->offset,
				     "no session of TeamViewer", err);
	buf_clear(message);
	message_add(message, f[MODE]);
	message_add(message, bytes_str(" by TeamViewer id "));
	message_add(message, f[ID]);
	message_add(message, bytes_str(", "));
	message_add(message, f[NAME]);
	message_add(message, bytes_str(", as "));
	message_add(message, f[ACCOUNT]);
	message_add(message, bytes_str(", session "));
	message_add(message, f[SESSION]);
	e->desc = DESC_START;
	e->kind = "remote.session";
	e->actor = f[ACCOUNT];
	e->message = buf_bytes(message);
	code = parse_say(out, e, err);
	if (code != ERR_OK || !take_dmy(f[END], e))
		return code;
	e->desc = DESC_END;
	e->kind = "remote.ended";
	return parse_say(out, e, err);
}

enum err_code teamviewer_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct buf message;
	struct line line;
	uint64_t at = 0;

	buf_init(&message, PARSE_MESSAGE_MAX);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};

		if (bytes_trim(line.text).n)
			code = take_session(out, &line, &e, &message, err);
	}
	buf_release(&message);
	return code;
}

static bool is_session(struct bytes line)
{
	struct bytes f[N_FIELDS];
	struct parse_event e;

	return split_session(line, f) && take_dmy(f[BEGIN], &e);
}

unsigned teamviewer_score(const struct parse_input *in)
{
	return share_of_lines(in->content, is_session) >= 50 ? 90 : 0;
}
