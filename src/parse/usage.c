/* SPDX-License-Identifier: Apache-2.0 */
/* What was used, and what was installed: popularity-contest, apk.log. */
#include "base/base.h"
#include "parse/inside.h"

/* ---- popularity-contest: "ATIME CTIME PACKAGE PROGRAM <TAG>" ---- */

#define HEAD "POPULARITY-CONTEST-"
#define TAIL "END-POPULARITY-CONTEST-"

static enum err_code say_survey(const struct parse_out *out,
				const struct line *line, struct parse_event *e,
				struct err *err)
{
	struct bytes rest = line->text;
	size_t at;
	int64_t s;

	if (!bytes_find(rest, "TIME:", &at))
		return parse_problem(out, line->offset,
				     "a survey without a time", err);
	rest = bytes_skip(rest, at + strlen("TIME:"));
	if (!take_number(&rest, 11, &s) || !epoch_event(s, e))
		return parse_problem(out, line->offset,
				     "a survey without a time", err);
	e->desc = bytes_starts(line->text, TAIL) ? DESC_END : DESC_START;
	e->kind = "package.survey";
	e->message = line->text;
	return parse_say(out, e, err);
}

static enum err_code say_use(const struct parse_out *out,
			     const struct line *line, struct parse_event *e,
			     struct err *err)
{
	struct bytes rest = line->text;
	enum err_code code = ERR_OK;
	int64_t used, changed;

	if (!take_number(&rest, 11, &used) || !take_byte(&rest, ' ') ||
	    !take_number(&rest, 11, &changed) || !take_byte(&rest, ' ') ||
	    rest.n == 0)
		return parse_problem(out, line->offset, "no line of a survey",
				     err);
	e->message = rest;
	e->actor = take_word(&rest);
	e->kind = "program.used";
	e->desc = DESC_ACCESS;
	if (epoch_event(used, e))
		code = parse_say(out, e, err);
	e->kind = "program.changed";
	e->desc = DESC_META;
	return code == ERR_OK && epoch_event(changed, e)
		       ? parse_say(out, e, err)
		       : code;
}

enum err_code popcontest_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};

		if (line.text.n == 0)
			continue;
		code = bytes_starts(line.text, HEAD) ||
				       bytes_starts(line.text, TAIL)
			       ? say_survey(out, &line, &e, err)
			       : say_use(out, &line, &e, err);
	}
	return code;
}

unsigned popcontest_score(const struct parse_input *in)
{
	return bytes_starts(in->content, HEAD) ? 95 : 0;
}

/* ---- apk: "Running `apk add x` at 2024-01-02 03:04:05", and what it did -- */

static bool take_run(struct bytes line, struct civil *c, struct bytes *command)
{
	const uint8_t *tick;
	struct bytes rest;

	if (!take_words(&line, "Running `"))
		return false;
	tick = memrchr(line.p, '`', line.n);
	if (!tick)
		return false;
	*command = bytes_of(line.p, (size_t)(tick - line.p));
	rest = bytes_skip(line, command->n + 1);
	return take_words(&rest, " at ") && civil_take_iso(&rest, c);
}

/* "( 1/13) Installing musl (1.2)" */
static const char *step_kind(struct bytes line)
{
	size_t at;

	if (bytes_starts(line, "(") && bytes_find(line, ") ", &at))
		line = bytes_skip(line, at + 2);
	if (bytes_starts(line, "ERROR"))
		return "package.failed";
	return package_log_kind(take_word(&line));
}

/* The run before says when, in UTC wherever it is. */
static enum line_is take_apk(const struct parse_input *in UNUSED, void *state,
			     struct bytes line, struct parse_event *e)
{
	struct parse_event *run = state;
	struct civil c;
	struct bytes command;

	if (take_run(line, &c, &command) && civil_event_utc(&c, e)) {
		e->kind = "package.run";
		e->message = command;
		*run = *e;
	} else if (run->precision_ns) {
		e->time_ns = run->time_ns;
		e->precision_ns = run->precision_ns;
		e->source = run->source;
		e->kind = step_kind(line);
	} else {
		return LINE_ODD;
	}
	e->desc = DESC_ADDED;
	e->actor = bytes_str("apk");
	return LINE_EVENT;
}

static const struct line_form apk_form = {take_apk, "no run of apk", false};

unsigned apk_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, 4096);
	struct civil c;
	struct bytes command;

	while (head.n && head.p[0] == '\n')
		head = bytes_skip(head, 1);
	if (!memchr(head.p ? head.p : (const uint8_t *)"", '\n', head.n))
		return 0;
	head.n = (size_t)((const uint8_t *)memchr(head.p, '\n', head.n) -
			  head.p);
	return take_run(head, &c, &command) ? 95 : 0;
}

enum err_code apk_run(const struct parse_input *in, const struct parse_out *out,
		      struct err *err)
{
	struct parse_event run = {.precision_ns = 0};

	return say_lines(in, out, &apk_form, &run, err);
}
