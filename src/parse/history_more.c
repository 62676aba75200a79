/* SPDX-License-Identifier: Apache-2.0 */
/* Histories of zsh and fish, and those of clients that keep no times. */
#include "base/base.h"
#include "parse/inside.h"

static enum err_code say(const struct parse_input *in,
			 const struct parse_out *out, struct parse_event *e,
			 struct err *err)
{
	e->kind = "command";
	e->actor = path_account(in->path);
	if (!e->desc)
		no_time(e);
	return e->message.n ? parse_say(out, e, err) : ERR_OK;
}

/* ---- zsh: ": 1700000000:0;command"; ": :;command" has no time ---- */

#define ZSH_META 0x83 /* the next byte was xored with 32 */

static bool zsh_take_stamp(struct bytes *line, int64_t *s)
{
	struct bytes at = *line;
	int64_t elapsed;

	if (!take_byte(&at, ':') || !take_byte(&at, ' '))
		return false;
	at = bytes_trim(at); /* old ones are padded */
	(void)take_number(&at, 11, s);
	if (!take_byte(&at, ':'))
		return false;
	(void)take_number(&at, 11, &elapsed);
	if (!take_byte(&at, ';'))
		return false;
	*line = at;
	return true;
}

static void zsh_add(struct buf *message, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];

		if (c == ZSH_META && i + 1 < b.n)
			c = b.p[++i] ^ 0x20;
		(void)buf_add_byte(message, c);
	}
}

/* A backslash at the end of a line stands for the end of the line in it. */
static void zsh_take_command(struct bytes content, uint64_t *at,
			     struct bytes first, struct buf *message)
{
	struct line line = {.text = first};

	while (line.text.n && line.text.p[line.text.n - 1] == '\\') {
		line.text.n--;
		zsh_add(message, line.text);
		(void)buf_add_byte(message, '\n');
		if (!next_line(content, at, &line))
			return;
	}
	zsh_add(message, line.text);
}

static enum err_code read_zsh(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct buf message;
	struct line line;
	uint64_t at = 0;
	int64_t s;

	buf_init(&message, PARSE_MESSAGE_MAX);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset};

		if (zsh_take_stamp(&line.text, &s) && epoch_event(s, &e))
			e.desc = DESC_CHANGED;
		buf_clear(&message);
		zsh_take_command(in->content, &at, line.text, &message);
		e.length = at - e.offset;
		e.message = buf_bytes(&message);
		code = say(in, out, &e, err);
	}
	buf_release(&message);
	return code;
}

enum err_code zsh_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	return history_run(in, out, read_zsh, err);
}

static bool is_zsh_line(struct bytes line)
{
	int64_t s;

	return zsh_take_stamp(&line, &s) && s > 0;
}

unsigned zsh_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_zsh_line);
	bool named = path_is_of(in->path,
				LIST("zsh_history", ".zhistory", ".histfile"));

	if (!in->content.n)
		return named ? EMPTY_HISTORY : 0;
	if (!looks_like_text(in->content))
		return 0;
	return (share ? 55 + share / 5 : 20) + (named ? 35 - share / 5 : 0);
}

/* ---- fish: "- cmd: ", "  when: ", "  paths:" ---- */

static void fish_add(struct buf *message, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];

		if (c == '\\' && i + 1 < b.n &&
		    (b.p[i + 1] == 'n' || b.p[i + 1] == '\\'))
			c = b.p[++i] == 'n' ? '\n' : '\\';
		(void)buf_add_byte(message, c);
	}
}

static enum err_code read_fish(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct parse_event e = {.desc = NULL};
	struct buf message;
	struct line line;
	uint64_t at = 0;
	int64_t s;

	buf_init(&message, PARSE_MESSAGE_MAX);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		if (take_words(&line.text, "- cmd: ")) {
			code = say(in, out, &e, err);
			buf_clear(&message);
			fish_add(&message, line.text);
			e = (struct parse_event){.offset = line.offset,
						 .message =
							 buf_bytes(&message)};
		} else if (take_words(&line.text, "  when: ") &&
			   take_number(&line.text, 11, &s) &&
			   epoch_event(s, &e)) {
			e.desc = DESC_CHANGED;
		}
		e.length = at - e.offset;
	}
	if (code == ERR_OK)
		code = say(in, out, &e, err);
	buf_release(&message);
	return code;
}

enum err_code fish_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	return history_run(in, out, read_fish, err);
}

static bool is_fish_line(struct bytes line)
{
	return bytes_starts(line, "- cmd: ") || bytes_starts(line, "  when: ");
}

static struct bytes first_line(struct bytes content)
{
	struct line line = {.offset = 0};
	uint64_t at = 0;

	while (next_line(content, &at, &line))
		if (line.text.n)
			break;
	return line.text;
}

unsigned fish_score(const struct parse_input *in)
{
	if (!in->content.n)
		return bytes_eq(bytes_file_name(in->path),
				bytes_str("fish_history"))
			       ? EMPTY_HISTORY
			       : 0;
	return is_fish_line(first_line(in->content)) &&
			       share_of_lines(in->content, is_fish_line) >= 25
		       ? 90
		       : 0;
}

/* ---- clients without times ---- */

static const char libedit[] = "_HiStOrY_V2_", less[] = ".less-history-file:";

/* libedit has blanks and other bytes as "\040", readline's ends of lines
 * within a statement of psql are ^A. */
static void client_add(struct buf *message, struct bytes b, bool escapes)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];
		struct bytes rest = bytes_skip(b, i + 1);

		if (escapes && c == '\\' && rest.n >= 3 && rest.p[0] >= '0' &&
		    rest.p[0] <= '3' && (rest.p[1] & 0xf8) == '0' &&
		    (rest.p[2] & 0xf8) == '0') {
			c = (uint8_t)((rest.p[0] & 3) << 6 |
				      (rest.p[1] & 7) << 3 | (rest.p[2] & 7));
			i += 3;
		} else if (c == 1) {
			c = '\n';
		}
		(void)buf_add_byte(message, c);
	}
}

/* A line of Python 3.13 that goes on in the next ends with CR LF. */
static bool goes_on(const struct parse_input *in, const struct line *line)
{
	uint64_t end = line->offset + line->text.n;

	return end < in->content.n && in->content.p[end] == '\r' &&
	       path_is_of(in->path, LIST("python_history"));
}

static enum err_code read_client(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	bool escapes = bytes_starts(in->content, libedit);
	bool is_less = bytes_starts(in->content, less);
	enum err_code code = ERR_OK;
	struct buf message;
	struct line line;
	uint64_t at = 0;

	buf_init(&message, PARSE_MESSAGE_MAX);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};

		if (line.offset == 0 && (escapes || is_less))
			continue;
		/* less has sections, and what was typed behind a quote. */
		if (is_less && !take_byte(&line.text, '"'))
			continue;
		buf_clear(&message);
		client_add(&message, line.text, escapes);
		while (goes_on(in, &line) &&
		       next_line(in->content, &at, &line)) {
			(void)buf_add_byte(&message, '\n');
			client_add(&message, line.text, escapes);
			e.length = at - e.offset;
		}
		e.message = buf_bytes(&message);
		code = say(in, out, &e, err);
	}
	buf_release(&message);
	return code;
}

enum err_code client_history_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	return history_run(in, out, read_client, err);
}

unsigned client_history_score(const struct parse_input *in)
{
	bool named = path_is_of(in->path,
				LIST(".python_history", ".mysql_history",
				     ".mariadb_history", ".psql_history",
				     ".sqlite_history", ".rediscli_history",
				     ".dbshell", ".node_repl_history",
				     ".lesshst", ".nano_history"));
	/* nano's has only names that others may have, too. */
	bool is_nano = bytes_find(in->path, "nano/search_history", NULL) ||
		       bytes_find(in->path, "nano/filepos_history", NULL);

	if (!in->content.n)
		return named ? EMPTY_HISTORY : 0;
	if (bytes_starts(in->content, libedit) ||
	    bytes_starts(in->content, less))
		return 90;
	if (!looks_like_text(in->content))
		return 0;
	return 20 + (is_nano || named ? 45 : 0);
}
