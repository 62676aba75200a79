/* SPDX-License-Identifier: Apache-2.0 */
/*
 * viminfo: vim 8 repeats each item it keeps in a line that begins with a bar
 * and has its time: history (2), registers (3), marks and jumps (4). Older
 * ones have the history alone, without times.
 */
#include "base/base.h"
#include "parse/inside.h"

#define FIELDS_MAX 8u
#define BAR_MAX	   ((size_t)64 << 10)

struct bar {
	const char *kind;
	size_t time_at, text_at; /* fields behind the type */
};

static const struct bar bars[] = {
	['2' - '2'] = {"command", 1, 3},
	['3' - '2'] = {"editor.register", 5, 6},
	['4' - '2'] = {"editor.mark", 3, 4},
};

/* Of histories, by the first field. */
static const char *const histories[] = {
	"command", "editor.search", "editor.expression", "editor.input",
	"editor.debug",
};

/* A long text is cut: ">LENGTH" ends its line, "|<" begins the next ones. */
static void join_bar(struct bytes content, uint64_t *at, struct bytes first,
		     struct buf *out)
{
	struct bytes text = first;
	struct line next;
	uint64_t ahead = *at;

	while (next_line(content, &ahead, &next) &&
	       bytes_starts(next.text, "|<")) {
		size_t n = text.n;

		while (n > 0 && text.p[n - 1] >= '0' && text.p[n - 1] <= '9')
			n--;
		if (n > 0 && text.p[n - 1] == '>')
			text.n = n - 1;
		message_add(out, text);
		text = bytes_skip(next.text, 2);
		*at = ahead;
	}
	message_add(out, text);
}

/* The quoted text at the front, without its escapes. */
static void take_quoted(struct bytes *rest, struct buf *out)
{
	(void)take_byte(rest, '"');
	while (rest->n && rest->p[0] != '"') {
		uint8_t c = rest->p[0];

		*rest = bytes_skip(*rest, 1);
		if (c == '\\' && rest->n) {
			c = rest->p[0] == 'n' ? '\n' : rest->p[0];
			*rest = bytes_skip(*rest, 1);
		}
		(void)buf_add_byte(out, c);
	}
	(void)take_byte(rest, '"');
}

static bool read_bar(struct bytes line, const struct bar *bar,
		     struct parse_event *e, struct buf *message)
{
	struct bytes fields[FIELDS_MAX], rest = line;
	uint64_t s, type;
	size_t n = 0;

	while (n < bar->text_at && bytes_split(&rest, ',', &fields[n]))
		n++;
	if (n < bar->text_at || rest.n == 0 || rest.p[0] != '"' ||
	    !bytes_to_u64(fields[bar->time_at], &s))
		return false;
	e->kind = bar->kind;
	if (bar == &bars[0] && bytes_to_u64(fields[0], &type) &&
	    type < ARRAY_SIZE(histories))
		e->kind = histories[type];
	take_quoted(&rest, message);
	while (take_byte(&rest, ',') && rest.n) { /* lines of a register */
		(void)buf_add_byte(message, '\n');
		take_quoted(&rest, message);
	}
	/* A mark of a version that kept no time has 0. */
	if (s == 0 || s > INT64_MAX || !epoch_event((int64_t)s, e))
		no_time(e);
	return true;
}

static enum err_code take_bar(const struct parse_input *in,
			      const struct parse_out *out, struct line *line,
			      uint64_t *at, struct err *err)
{
	struct parse_event e = {.desc = DESC_RECORDED,
				.actor = path_account(in->path),
				.offset = line->offset};
	enum err_code code = ERR_OK;
	struct buf joined, message;
	uint8_t type = line->text.n > 2 ? line->text.p[1] : 0;

	if (type < '2' || type > '4' || line->text.p[2] != ',')
		return ERR_OK; /* the version, or what we do not know */
	buf_init(&joined, BAR_MAX);
	buf_init(&message, PARSE_MESSAGE_MAX);
	join_bar(in->content, at, bytes_skip(line->text, 3), &joined);
	e.length = *at - e.offset;
	if (!read_bar(buf_bytes(&joined), &bars[type - '2'], &e, &message)) {
		code = parse_problem(out, e.offset, "no item of vim", err);
	} else {
		e.message = buf_bytes(&message);
		code = parse_say(out, &e, err);
	}
	buf_release(&joined);
	buf_release(&message);
	return code;
}

static enum err_code take_plain(const struct parse_input *in,
				const struct parse_out *out,
				const struct line *line, struct err *err)
{
	struct parse_event e = {.actor = path_account(in->path),
				.offset = line->offset,
				.length = line->text.n};

	if (line->text.n < 2 || !strchr(":?", line->text.p[0]))
		return ERR_OK;
	e.kind = line->text.p[0] == ':' ? "command" : "editor.search";
	e.message = bytes_skip(line->text, 1);
	no_time(&e);
	return parse_say(out, &e, err);
}

enum err_code viminfo_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;
	bool has_bars = bytes_find(in->content, "\n|1,", NULL);

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		if (line.text.n && line.text.p[0] == '|')
			code = take_bar(in, out, &line, &at, err);
		else if (!has_bars)
			code = take_plain(in, out, &line, err);
	}
	return code;
}

unsigned viminfo_score(const struct parse_input *in)
{
	return bytes_starts(in->content, "# This viminfo file was generated")
		       ? 95
		       : 0;
}
