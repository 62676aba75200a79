/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of syslog as daemons write them into files: RFC 3164 ("Jan  2
 * 03:04:05 host prog[1]: text", without a year), RFC 5424 ("<13>1 TIME HOST
 * APP PROCID MSGID SD text") and ISO 8601 in front. What a line says of
 * logins and the like, auth.c knows.
 *
 * Which year it was: the last line is of the newest year in which it is not
 * later than the file (and a day, for clocks that disagree); going backwards a
 * line that would be later than the one behind it is of the year before.
 */
#include "base/base.h"
#include "parse/auth.h"
#include "parse/inside.h"

#define DAY_S        INT64_C(86400)
#define SEGMENTS_MAX 4096u
#define LOOK_LINES   40

struct stamp {
	struct civil c;
	bool has_year;
	bool is_5424;
};

/* Lines between two turns of a year. */
struct segment {
	uint64_t offset; /* of its first line */
	bool leap;       /* it has a 29th of February */
	int64_t year;
};

struct log {
	const struct parse_input *in;
	const struct parse_out *out;
	struct segment *segments; /* NULL: no line asked for its year yet */
	size_t n_segments, at_segment;
	/* the event that may go on in the next line */
	bool pending;
	struct parse_event e;
	struct bytes program, text;
	uint64_t text_at, end;
};

/* "<13>" or nothing. */
static bool take_priority(struct bytes *rest)
{
	struct bytes at = *rest;
	int64_t n;

	if (!take_byte(&at, '<') || !take_number(&at, 3, &n) ||
	    !take_byte(&at, '>'))
		return false;
	*rest = at;
	return true;
}

/* As daemons under other languages write them: French, German, Spanish and
 * Italian, in UTF-8 and Latin-1, where English would not be taken for them. */
static bool take_other_month(struct bytes *rest, int64_t *month)
{
	static const struct {
		const char *word;
		uint8_t month;
	} names[] = {
		{"janv", 1},
		{"ene", 1},
		{"gen", 1},
		{"f\xc3\xa9vr", 2},
		{"f\xe9vr", 2},
		{"mars", 3},
		{"m\xc3\xa4r", 3},
		{"m\xe4r", 3},
		{"avr", 4},
		{"abr", 4},
		{"mai", 5},
		{"mag", 5},
		{"juin", 6},
		{"giu", 6},
		{"juil", 7},
		{"lug", 7},
		{"ao\xc3\xbbt", 8},
		{"ao\xfbt", 8},
		{"ago", 8},
		{"sept", 9},
		{"set", 9},
		{"oct", 10},
		{"okt", 10},
		{"ott", 10},
		{"nov", 11},
		{"d\xc3\xa9"
		 "c",
		 12},
		{"d\xe9"
		 "c",
		 12},
		{"dez", 12},
		{"dic", 12},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i].word);
		struct bytes at;

		if (rest->n < n ||
		    strncasecmp((const char *)rest->p, names[i].word, n) != 0)
			continue;
		at = bytes_skip(*rest, n);
		(void)take_byte(&at, '.');
		if (at.n == 0 || at.p[0] != ' ')
			continue;
		*month = names[i].month;
		*rest = at;
		return true;
	}
	return false;
}

/* "Jan  2 03:04:05", "Jan 2 2020 03:04:05"; true with `*has_year`. */
static bool take_bsd(struct bytes *rest, struct stamp *s)
{
	struct bytes at = *rest, before;

	s->c = (struct civil){.year = 2000}; /* a leap year: any day is one */
	before = at;
	if (!take_month(&at, &s->c.month) || !take_byte(&at, ' ')) {
		at = before;
		if (!take_other_month(&at, &s->c.month) || !take_byte(&at, ' '))
			return false;
	}
	while (take_byte(&at, ' '))
		;
	if (!take_number(&at, 2, &s->c.day) || !take_byte(&at, ' '))
		return false;
	before = at;
	if (take_number(&at, 4, &s->c.year) && take_byte(&at, ' ')) {
		s->has_year = true;
	} else {
		s->c.year = 2000;
		at = before;
	}
	if (!civil_take_clock(&at, &s->c) || !civil_is_valid(&s->c))
		return false;
	*rest = at;
	return true;
}

static bool take_stamp(struct bytes *rest, struct stamp *s)
{
	struct bytes at = *rest;
	bool has_priority;

	while (take_byte(&at, '\0')) /* what a crash leaves in a file */
		;
	*s = (struct stamp){.has_year = false};
	has_priority = take_priority(&at);
	if (has_priority && at.n > 2 && at.p[0] == '1' && at.p[1] == ' ') {
		at = bytes_skip(at, 2);
		s->is_5424 = true;
	}
	if (civil_take_iso(&at, &s->c))
		s->has_year = true;
	else if (s->is_5424 || !take_bsd(&at, s))
		return false;
	/* Some put a colon behind it. */
	(void)take_byte(&at, ':');
	if (at.n && at.p[0] != ' ')
		return false;
	while (take_byte(&at, ' '))
		;
	*rest = at;
	return true;
}

/* ---- which year ---- */

static int64_t seconds_of(const struct civil *c, int64_t year)
{
	return civil_days(year, c->month, c->day) * DAY_S + c->hour * 3600 +
	       c->minute * 60 + c->second;
}

static bool add_segment(struct log *l, uint64_t offset)
{
	if (l->n_segments == SEGMENTS_MAX)
		return false;
	l->segments[l->n_segments++] = (struct segment){.offset = offset};
	return true;
}

/* The newest year in which the last line is not later than the file. */
static int64_t anchor_year(const struct log *l, const struct civil *last)
{
	int64_t until = l->in->mtime_ns != TIME_UNKNOWN ? l->in->mtime_ns
							: l->in->taken_ns;
	int64_t year;

	if (until == TIME_UNKNOWN)
		return 1970;
	if (l->in->has_zone)
		until += l->in->zone_s * NS_PER_S;
	year = civil_year(until);
	return seconds_of(last, year) > until / NS_PER_S + DAY_S ? year - 1
								 : year;
}

/* Backwards from the last: the years of all segments. */
static void date_segments(struct log *l, int64_t year)
{
	for (size_t i = l->n_segments; i-- > 0; year--) {
		while (l->segments[i].leap && !civil_is_leap(year))
			year--;
		l->segments[i].year = year;
	}
}

static void find_years(struct log *l)
{
	struct civil last = {.year = 0};
	int64_t before = INT64_MIN;
	struct line line;
	uint64_t at = 0;

	l->segments = xcalloc(SEGMENTS_MAX, sizeof *l->segments);
	while (next_line(l->in->content, &at, &line)) {
		struct bytes rest = line.text;
		struct stamp s;
		int64_t now;

		if (!take_stamp(&rest, &s) || s.has_year)
			continue;
		now = seconds_of(&s.c, 2000);
		if ((before == INT64_MIN || now < before - DAY_S) &&
		    !add_segment(l, line.offset))
			return; /* this is no log, or one of ages */
		l->segments[l->n_segments - 1].leap |=
			s.c.month == 2 && s.c.day == 29;
		before = now;
		last = s.c;
	}
	if (l->n_segments)
		date_segments(l, anchor_year(l, &last));
}

static void put_year(struct log *l, uint64_t offset, struct stamp *s)
{
	if (!l->segments)
		find_years(l);
	while (l->at_segment + 1 < l->n_segments &&
	       l->segments[l->at_segment + 1].offset <= offset)
		l->at_segment++;
	s->c.year = l->n_segments ? l->segments[l->at_segment].year : 1970;
}

/* ---- what a line says ---- */

static bool is_severity(struct bytes word)
{
	static const char *const words[] = {"DEBUG",   "INFO", "NOTICE",
					    "WARNING", "ERR",  "CRIT",
					    "ALERT",   "EMERG"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (bytes_eq(word, bytes_str(words[i])))
			return true;
	return false;
}

/* "prog[12]:" or "prog:" gives prog; anything else is none. */
static struct bytes program_of(struct bytes text)
{
	const uint8_t *colon = memchr(text.p, ':', MIN(text.n, (size_t)128));
	struct bytes name = text;
	const uint8_t *end;

	if (!colon)
		return bytes_of(text.p, 0);
	name.n = (size_t)(colon - text.p);
	if (take_byte(&name, '[')) { /* "[sshd]:" */
		end = memchr(name.p, ']', name.n);
		name.n = end ? (size_t)(end - name.p) : 0;
	}
	for (size_t i = 0; i < name.n; i++) /* "sshd(pam_unix)[7]:" */
		if (name.p[i] == '[' || name.p[i] == '(')
			name.n = i;
	if (memchr(name.p, ' ', name.n))
		name.n = 0;
	end = memrchr(name.p, '/', name.n);
	return end ? bytes_skip(name, (size_t)(end + 1 - name.p)) : name;
}

/* Skips the host's name, where there is one. */
static struct bytes skip_host(struct bytes rest)
{
	struct bytes at = rest, word = take_word(&at);

	if (word.n == 0 || word.p[word.n - 1] == ':' ||
	    bytes_starts(word, "---"))
		return rest;
	return is_severity(word) ? at : at.n ? at : rest;
}

/* Behind the time: HOST APP PROCID MSGID SD text. */
static struct bytes skip_5424(struct bytes rest, struct bytes *program)
{
	(void)take_word(&rest);
	*program = take_word(&rest);
	(void)take_word(&rest);
	(void)take_word(&rest);
	while (take_byte(&rest, '[')) {
		size_t n = 0;

		while (n < rest.n && rest.p[n] != ']')
			n += rest.p[n] == '\\' ? 2 : 1;
		rest = bytes_skip(rest, MIN(n + 1, rest.n));
	}
	(void)take_byte(&rest, '-');
	while (take_byte(&rest, ' '))
		;
	return bytes_starts(rest, "\xef\xbb\xbf") ? bytes_skip(rest, 3) : rest;
}

static enum err_code give_pending(struct log *l, struct err *err)
{
	if (!l->pending)
		return ERR_OK;
	l->pending = false;
	l->e.length = l->end - l->e.offset;
	l->text.n = (size_t)(l->end - l->text_at);
	l->e.message = l->text;
	l->e.kind = "syslog";
	l->e.actor = l->program;
	auth_classify(l->program, l->text, &l->e);
	return parse_say(l->out, &l->e, err);
}

static enum err_code take_line(struct log *l, const struct line *line,
			       struct bytes rest, struct stamp *s,
			       struct err *err)
{
	enum err_code code = give_pending(l, err);

	if (code != ERR_OK)
		return code;
	l->e = (struct parse_event){.desc = DESC_CHANGED,
				    .offset = line->offset,
				    .year_deduced = !s->has_year};
	if (!s->has_year)
		put_year(l, line->offset, s);
	if (!civil_event(&s->c, l->in, &l->e))
		return parse_problem(l->out, line->offset,
				     "a date that no year has", err);
	if (s->is_5424) {
		l->text = skip_5424(rest, &l->program);
	} else {
		l->text = skip_host(rest);
		l->program = program_of(l->text);
	}
	l->text_at = line->offset + (uint64_t)(l->text.p - line->text.p);
	l->end = line->offset + line->text.n;
	l->pending = true;
	return ERR_OK;
}

/* A date that we cannot read is followed by a clock that we can. */
static bool seems_dated(struct bytes text)
{
	struct civil c;

	(void)take_word(&text);
	(void)take_word(&text);
	return civil_take_clock(&text, &c);
}

static enum err_code take_rest(struct log *l, const struct line *line,
			       struct err *err)
{
	if (line->text.n == 0)
		return ERR_OK;
	if (l->pending && !seems_dated(line->text)) {
		l->end = line->offset + line->text.n;
		return ERR_OK;
	}
	return parse_problem(l->out, line->offset, "a line without a time",
			     err);
}

unsigned syslog_score(const struct parse_input *in)
{
	struct bytes start =
		bytes_of(in->content.p, MIN(in->content.n, SCORE_BYTES));
	unsigned lines = 0, good = 0;
	struct line line;
	uint64_t at = 0;

	while (lines < LOOK_LINES && next_line(start, &at, &line)) {
		struct bytes rest = line.text;
		struct stamp s;

		if (line.text.n == 0)
			continue;
		lines++;
		/* A stamp alone is many things. */
		if (take_stamp(&rest, &s) && (s.is_5424 || rest.n))
			good++;
	}
	if (good == 0)
		return 0;
	/* Dates like these stand in front of other logs, too: leave room. */
	return MIN(30 + 40 * good / lines, 70U);
}

enum err_code syslog_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	struct log l = {.in = in, .out = out};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct bytes rest = line.text;
		struct stamp s;

		code = take_stamp(&rest, &s)
			       ? take_line(&l, &line, rest, &s, err)
			       : take_rest(&l, &line, err);
	}
	if (code == ERR_OK)
		code = give_pending(&l, err);
	free(l.segments);
	return code;
}
