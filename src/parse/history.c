/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories with lines of times: bash's "#1700000000" and tcsh's
 * "#+1700000000", each over the command it is of. A command may have several
 * lines: as bash itself reads the file, all up to the next time are one. What
 * would not fit a message is no such command, most likely the times were
 * turned off there: those lines follow one by one, without a time.
 */
#include "base/base.h"
#include "parse/inside.h"

static bool is_stamp(struct bytes line, bool plus, int64_t *s)
{
	size_t digits;

	if (!take_byte(&line, '#') || (plus && !take_byte(&line, '+')))
		return false;
	digits = line.n;
	/* Nine digits are 1973: what is shorter is a comment somebody typed. */
	return (digits == 9 || digits == 10) && take_number(&line, 10, s) &&
	       line.n == 0 && *s > 0 && *s < EPOCH_MAX;
}

struct stamped {
	const struct parse_input *in;
	const struct parse_out *out;
	bool plus;
	bool timed; /* by the time before */
	int64_t s;
	uint64_t from, to; /* lines of the command that is open */
	bool open;
};

static enum err_code say_command(const struct stamped *h, uint64_t from,
				 uint64_t to, struct err *err)
{
	struct parse_event e = {.desc = DESC_CHANGED,
				.kind = "command",
				.actor = path_account(h->in->path),
				.offset = from,
				.length = to - from};

	e.message = bytes_trim(
		bytes_of(h->in->content.p + from, (size_t)(to - from)));
	if (e.message.n == 0)
		return ERR_OK;
	if (!h->timed || !epoch_event(h->s, &e))
		no_time(&e);
	return parse_say(h->out, &e, err);
}

static enum err_code end_command(struct stamped *h, struct err *err)
{
	enum err_code code = ERR_OK;

	if (h->open)
		code = say_command(h, h->from, h->to, err);
	h->open = false;
	return code;
}

static enum err_code take_command(struct stamped *h, uint64_t from, uint64_t to,
				  struct err *err)
{
	enum err_code code = ERR_OK;

	if (!h->timed)
		return say_command(h, from, to, err);
	if (!h->open) {
		h->from = from;
		h->open = true;
	} else if (to - h->from > PARSE_MESSAGE_MAX) {
		code = end_command(h, err);
		h->timed = false;
		if (code == ERR_OK)
			code = parse_problem(h->out, from,
					     "more lines than a command has",
					     err);
		return code == ERR_OK ? say_command(h, from, to, err) : code;
	}
	h->to = to;
	return ERR_OK;
}

/* The last line of the file before this one may be the time of the first
 * command here. */
static void take_over(struct stamped *h)
{
	struct line line;
	uint64_t at = 0;

	while (next_line(h->in->before, &at, &line))
		h->timed = is_stamp(line.text, h->plus, &h->s);
}

static enum err_code read_all(const struct parse_input *in,
			      const struct parse_out *out, bool plus,
			      struct err *err)
{
	struct stamped h = {.in = in, .out = out, .plus = plus};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;
	int64_t s;

	take_over(&h);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		if (!is_stamp(line.text, plus, &s)) {
			code = take_command(&h, line.offset, at, err);
			continue;
		}
		code = end_command(&h, err);
		h.timed = true;
		h.s = s;
	}
	return code == ERR_OK ? end_command(&h, err) : code;
}

static unsigned count_stamps(struct bytes content, bool plus)
{
	struct bytes head = bytes_first(content, SCORE_BYTES);
	unsigned n = 0;
	struct line line;
	uint64_t at = 0;
	int64_t s;

	while (n < 2 && next_line(head, &at, &line))
		n += is_stamp(line.text, plus, &s);
	return n;
}

/* Commands are any text: without a time only the name tells. */
static unsigned score(const struct parse_input *in, bool plus, bool named)
{
	if (!in->content.n)
		return named ? EMPTY_HISTORY : 0;
	if (!looks_like_text(in->content))
		return 0;
	return 20 + 25 * count_stamps(in->content, plus) + (named ? 30 : 0);
}

unsigned bash_score(const struct parse_input *in)
{
	return score(in, false,
		     path_is_of(in->path, LIST("bash_history", ".ash_history",
					       ".sh_history")));
}

static enum err_code read_bash(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	return read_all(in, out, false, err);
}

enum err_code bash_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	return history_run(in, out, read_bash, err);
}

unsigned tcsh_score(const struct parse_input *in)
{
	return score(in, true,
		     path_is_of(in->path, LIST("tcsh_history", ".history")));
}

static enum err_code read_tcsh(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	return read_all(in, out, true, err);
}

enum err_code tcsh_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	return history_run(in, out, read_tcsh, err);
}
