/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of syslog as daemons write them into files: RFC 3164 ("Jan  2
 * 03:04:05 host prog[1]: text", without a year), RFC 5424 ("<13>1 TIME HOST
 * APP PROCID MSGID SD text") and ISO 8601 in front. What a line says of
 * logins and the like, auth.c knows.
 */
#include "base/base.h"
#include "parse/auth.h"
#include "parse/inside.h"
#include "parse/words.h"

#define LOOK_LINES 40

struct stamp {
	struct civil c;
	bool has_year;
	bool is_5424;
};

struct log {
	const struct parse_input *in;
	const struct parse_out *out;
	struct years years;
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
	int64_t year;

	s->c = (struct civil){.year = 2000}; /* a leap year: any day is one */
	/* "2015 Nov 13 13:40:01" */
	if (take_number(&at, 4, &year) && year >= 1970 && take_byte(&at, ' ')) {
		s->has_year = true;
		s->c.year = year;
	} else {
		at = *rest;
	}
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
	if (!s->has_year && take_number(&at, 4, &year) && take_byte(&at, ' ')) {
		s->has_year = true;
		s->c.year = year;
	} else {
		at = before;
	}
	if (!civil_take_clock(&at, &s->c) || !civil_is_valid(&s->c))
		return false;
	*rest = at;
	return true;
}

/* " UTC" off the front, up to the blank behind it. */
static void take_zone_name(struct bytes *rest, struct civil *c)
{
	struct bytes at = bytes_skip(*rest, 1), word = at;

	word = take_word(&at);
	at = word;
	if (!c->has_offset && word.n >= 3 && civil_take_zone(&at, c))
		*rest = bytes_skip(*rest, 1 + word.n);
}

/* "Fri Jan 19 12:20:33 2007", "Fri 2007-01-19 12:20:33 UTC" */
static bool take_day(struct bytes *rest, struct stamp *s)
{
	struct bytes at = bytes_skip(*rest, 4);

	if (!text_starts_any(*rest, LIST("Mon ", "Tue ", "Wed ", "Thu ",
					 "Fri ", "Sat ", "Sun ")))
		return false;
	if (!civil_take_iso(&at, &s->c))
		return civil_take_ctime(rest, &s->c);
	take_zone_name(&at, &s->c);
	*rest = at;
	return true;
}

/* "<auth.info> " or "<4.6> ", as BSD's syslogd -v writes. */
static void skip_level(struct bytes *rest)
{
	const uint8_t *end = memchr(rest->p, '>', MIN(rest->n, (size_t)24));
	struct bytes level = *rest;

	if (!end || !take_byte(&level, '<'))
		return;
	level.n = (size_t)(end - level.p);
	if (memchr(level.p, ' ', level.n))
		return;
	*rest = bytes_trim(bytes_skip(*rest, level.n + 2));
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
	if (civil_take_iso(&at, &s->c) || take_day(&at, s))
		s->has_year = true;
	else if (s->is_5424 || !take_bsd(&at, s))
		return false;
	/* Some put a colon behind it. */
	(void)take_byte(&at, ':');
	if (at.n && at.p[0] != ' ')
		return false;
	while (take_byte(&at, ' '))
		;
	skip_level(&at);
	*rest = at;
	return true;
}

/* ---- what a line says ---- */

static bool is_severity(struct bytes word)
{
	return word_is(word, LIST("DEBUG", "INFO", "NOTICE", "WARNING", "ERR",
				  "CRIT", "ALERT", "EMERG"));
}

/* "[sshd]:" or "[sshd] text" gives sshd. */
static struct bytes bracketed(struct bytes text)
{
	const uint8_t *end = memchr(text.p, ']', MIN(text.n, (size_t)64));
	struct bytes name = bytes_skip(text, 1);

	name.n = end ? (size_t)(end - name.p) : 0;
	if (memchr(name.p, ' ', name.n))
		name.n = 0;
	return name;
}

/* "prog[12]:" or "prog:" gives prog; anything else is none. */
static struct bytes program_of(struct bytes text)
{
	const uint8_t *colon = memchr(text.p, ':', MIN(text.n, (size_t)128));
	struct bytes name = text;
	const uint8_t *end;

	if (bytes_starts(text, "["))
		return bracketed(text);
	if (!colon)
		return bytes_of(text.p, 0);
	name.n = (size_t)(colon - text.p);
	for (size_t i = 0; i < name.n; i++) /* "sshd(pam_unix)[7]:" */
		if (name.p[i] == '[' || name.p[i] == '(')
			name.n = i;
	if (memchr(name.p, ' ', name.n))
		name.n = 0;
	end = memrchr(name.p, '/', name.n);
	return end ? bytes_skip(name, (size_t)(end + 1 - name.p)) : name;
}

/* "authpriv.info ", as BusyBox' syslogd has it behind the host. */
static struct bytes skip_facility(struct bytes rest)
{
	static const char *const levels[] = {".emerg",  ".alert", ".crit",
					     ".err",    ".warn",  ".warning",
					     ".notice", ".info",  ".debug"};
	struct bytes at = rest, word = take_word(&at);

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (bytes_ends(word, levels[i]))
			return at;
	return rest;
}

/* Skips the host's name, where there is one. */
static struct bytes skip_host(struct bytes rest)
{
	struct bytes at = rest, word = take_word(&at);

	if (word.n == 0 || word.p[word.n - 1] == ':' ||
	    bytes_starts(word, "---") || bytes_starts(word, "["))
		return rest;
	return is_severity(word) ? at : at.n ? skip_facility(at) : rest;
}

/* To behind its bracket, which may stand in a value. */
static struct bytes skip_element(struct bytes rest)
{
	bool quoted = false;
	size_t n = 0;

	while (n < rest.n && (quoted || rest.p[n] != ']')) {
		quoted ^= rest.p[n] == '"';
		n += rest.p[n] == '\\' ? 2 : 1;
	}
	return bytes_skip(rest, MIN(n + 1, rest.n));
}

/* Behind the time: HOST APP PROCID MSGID SD text. */
static struct bytes skip_5424(struct bytes rest, struct bytes *program)
{
	(void)take_word(&rest);
	*program = take_word(&rest);
	(void)take_word(&rest);
	(void)take_word(&rest);
	while (take_byte(&rest, '['))
		rest = skip_element(rest);
	(void)take_byte(&rest, '-');
	while (take_byte(&rest, ' '))
		;
	return bytes_starts(rest, "\xef\xbb\xbf") ? bytes_skip(rest, 3) : rest;
}

/* A line whose time has no year. */
static bool take_yearless(struct bytes line, struct civil *c)
{
	struct stamp s;

	if (!take_stamp(&line, &s) || s.has_year)
		return false;
	*c = s.c;
	return true;
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
		s->c.year = years_at(&l->years, line->offset);
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
	/* journalctl says where a boot or a file begins: "-- Boot 1 --". */
	if (line->text.n == 0 || bytes_starts(line->text, "-- "))
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
	struct bytes start = bytes_first(in->content, SCORE_BYTES);
	unsigned lines = 0, good = 0;
	struct line line;
	uint64_t at = 0;

	while (lines < LOOK_LINES && next_line(start, &at, &line)) {
		struct bytes rest = line.text;
		struct stamp s;

		/* Blanks in front: what is said goes on, in a log. */
		if (line.text.n == 0 ||
		    (good && strchr(" \t", line.text.p[0])))
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
	struct log l = {.in = in, .out = out, .years = {in, take_yearless}};
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
	years_release(&l.years);
	return code;
}
