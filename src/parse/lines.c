/* SPDX-License-Identifier: Apache-2.0 */
/* Text by lines and words; every length is checked. */
#include "base/base.h"
#include "parse/inside.h"

bool next_line(struct bytes content, uint64_t *at, struct line *line)
{
	struct bytes rest = bytes_skip(content, (size_t)*at);
	const uint8_t *end;

	if (rest.n == 0)
		return false;
	end = memchr(rest.p, '\n', rest.n);
	line->offset = *at;
	line->text = bytes_of(rest.p, end ? (size_t)(end - rest.p) : rest.n);
	*at += line->text.n + (end != NULL);
	if (end && line->text.n && line->text.p[line->text.n - 1] == '\r')
		line->text.n--;
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

bool take_words(struct bytes *rest, const char *words)
{
	if (!bytes_starts(*rest, words))
		return false;
	*rest = bytes_skip(*rest, strlen(words));
	return true;
}

struct bytes take_word(struct bytes *rest)
{
	struct bytes word = *rest;
	size_t n = 0;

	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	word.n = n;
	while (n < rest->n && is_blank(rest->p[n]))
		n++;
	*rest = bytes_skip(*rest, n);
	return word;
}

struct bytes before_any(struct bytes b, const char *ends)
{
	size_t n = 0;

	while (n < b.n && !strchr(ends, b.p[n] ? b.p[n] : ' '))
		n++;
	return bytes_of(b.p, n);
}

bool take_number(struct bytes *rest, size_t digits, int64_t *n)
{
	size_t i = 0;

	*n = 0;
	for (; i < rest->n && i < digits && rest->p[i] >= '0' &&
	       rest->p[i] <= '9';
	     i++)
		*n = *n * 10 + (rest->p[i] - '0');
	*rest = bytes_skip(*rest, i);
	return i > 0;
}

bool take_byte(struct bytes *rest, uint8_t byte)
{
	if (rest->n == 0 || rest->p[0] != byte)
		return false;
	*rest = bytes_skip(*rest, 1);
	return true;
}

bool take_month(struct bytes *rest, int64_t *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (rest->n < 3)
		return false;
	for (int64_t i = 0; i < 12; i++)
		if (strncasecmp((const char *)rest->p, names + 3 * i, 3) == 0) {
			*month = i + 1;
			*rest = bytes_skip(*rest, 3);
			return true;
		}
	return false;
}

/* ---- logs of which each line is an event ---- */

struct saying {
	const struct parse_input *in;
	const struct parse_out *out;
	const struct line_form *form;
	bool waits; /* e is not told yet */
	struct parse_event e;
};

static enum err_code say_waiting(struct saying *s, struct err *err)
{
	bool waits = s->waits;

	s->waits = false;
	return waits ? parse_say(s->out, &s->e, err) : ERR_OK;
}

/* The event before goes on to the end of the line. */
static void lengthen(struct saying *s, struct bytes line, uint64_t behind)
{
	const uint8_t *end = line.p + line.n;

	s->e.length = behind - s->e.offset;
	if (s->e.message.n)
		s->e.message.n = (size_t)(end - s->e.message.p);
}

static enum err_code take_one(struct saying *s, const struct line *line,
			      uint64_t behind, void *state, struct err *err)
{
	struct parse_event e = {.offset = line->offset,
				.length = behind - line->offset};
	enum line_is is = s->form->take(s->in, state, line->text, &e);
	enum err_code code = ERR_OK;

	if (is == LINE_NOTHING)
		return ERR_OK;
	if (is == LINE_MORE && s->waits) {
		lengthen(s, line->text, behind);
		return ERR_OK;
	}
	code = say_waiting(s, err);
	if (code != ERR_OK)
		return code;
	if (is != LINE_EVENT)
		return parse_problem(s->out, line->offset, s->form->problem,
				     err);
	if (!e.message.n)
		e.message = line->text;
	s->e = e;
	s->waits = true;
	return s->form->joins ? ERR_OK : say_waiting(s, err);
}

enum err_code say_lines(const struct parse_input *in,
			const struct parse_out *out,
			const struct line_form *form, void *state,
			struct err *err)
{
	struct saying s = {.in = in, .out = out, .form = form};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line))
		if (line.text.n)
			code = take_one(&s, &line, at, state, err);
	return code == ERR_OK ? say_waiting(&s, err) : code;
}

unsigned score_lines(const struct parse_input *in, const struct line_form *form,
		     void *state)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);
	unsigned n = 0, good = 0, share;
	struct line line;
	uint64_t at = 0;

	while (n < JUDGED_LINES && next_line(head, &at, &line)) {
		struct parse_event e = {.offset = line.offset};
		enum line_is is;

		if (line.text.n == 0)
			continue;
		is = form->take(in, state, line.text, &e);
		n += is == LINE_EVENT || is == LINE_ODD || !good;
		good += is == LINE_EVENT;
	}
	share = n ? 100 * good / n : 0;
	return share < 50 ? 0 : 45 + share / 2;
}
