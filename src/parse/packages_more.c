/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other package managers write: yum.log (no year), dnf.rpm.log and
 * dnf.log, pacman.log and zypp's history.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/words.h"

/* ---- yum.log and dnf's logs ---- */

/* "Jan 02 03:04:05", of a leap year: any day is one. */
static bool take_bsd(struct bytes *line, struct civil *c)
{
	struct bytes at = *line;

	*c = (struct civil){.year = 2000};
	if (!take_month(&at, &c->month) || !take_byte(&at, ' '))
		return false;
	(void)take_byte(&at, ' ');
	if (!take_number(&at, 2, &c->day) || !take_byte(&at, ' ') ||
	    !civil_take_clock(&at, c) || !civil_is_valid(c))
		return false;
	*line = at;
	return true;
}

static bool take_yearless(struct bytes line, struct civil *c)
{
	return take_bsd(&line, c);
}

struct rpm {
	struct years years;
	bool is_dnf; /* its lines have a year, and some go on */
};

static bool take_rpm_time(const struct parse_input *in, struct rpm *r,
			  struct bytes *line, struct parse_event *e)
{
	struct civil c;

	if (civil_take_iso(line, &c)) {
		r->is_dnf = true;
		return civil_event(&c, in, e);
	}
	if (!take_bsd(line, &c))
		return false;
	c.year = years_at(&r->years, e->offset);
	e->year_deduced = true;
	return civil_event(&c, in, e);
}

static bool is_level(struct bytes word)
{
	return word_is(word, LIST("SUBDEBUG", "DDEBUG", "DEBUG", "INFO",
				  "WARNING", "ERROR", "CRITICAL", "TRACE"));
}

/* "[1234] " of dnf5 */
static void skip_pid(struct bytes *rest)
{
	struct bytes at = *rest;
	int64_t pid;

	if (take_byte(&at, '[') && take_number(&at, 10, &pid) &&
	    take_byte(&at, ']'))
		*rest = bytes_trim(at);
}

/* What a line says was done: "Installed: x", "Command: dnf up". */
static const char *rpm_kind(struct bytes verb)
{
	return bytes_ends(verb, ":") ? package_log_kind(verb) : "package.log";
}

static enum line_is take_rpm_line(const struct parse_input *in, void *state,
				  struct bytes line, struct parse_event *e)
{
	struct rpm *r = state;
	struct bytes rest = line, word;

	if (!take_rpm_time(in, r, &rest, e))
		return r->is_dnf ? LINE_MORE : LINE_ODD;
	rest = bytes_trim(rest);
	skip_pid(&rest);
	e->message = rest;
	word = take_word(&rest);
	if (is_level(word)) {
		e->message = rest;
		word = take_word(&rest);
	}
	e->desc = DESC_ADDED;
	e->kind = rpm_kind(word);
	return LINE_EVENT;
}

static const struct line_form rpm_form = {take_rpm_line,
					  "no time in this line", true};

enum err_code rpm_log_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	struct rpm r = {.years = {in, take_yearless}};
	enum err_code code = say_lines(in, out, &rpm_form, &r, err);

	years_release(&r.years);
	return code;
}

static bool is_rpm_line(struct bytes line)
{
	struct civil c;
	bool yearless = false;
	struct bytes word;

	if (!civil_take_iso(&line, &c)) {
		yearless = take_bsd(&line, &c);
		if (!yearless)
			return false;
	}
	line = bytes_trim(line);
	skip_pid(&line);
	word = take_word(&line);
	if (yearless)
		return word.n && word.p[word.n - 1] == ':' && line.n &&
		       package_kind(word);
	return is_level(word);
}

unsigned rpm_log_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);
	unsigned share = share_of_lines(in->content, is_rpm_line);
	bool named, sure;

	if (share < 50)
		return 0;
	/* Many logs have a time and a level; syslog takes them. */
	named = path_is_of(in->path, LIST("yum.log", "dnf"));
	sure = text_has_any(
		head, LIST("--- logging initialized ---", "DNF", "libdnf",
			   "ibrepo", "SUBDEBUG", "Installed: ", "Updated: ",
			   "Erased: "));
	return (sure ? 72 : share * 7 / 10) + (named ? 25 : 0);
}

/* ---- pacman.log ---- */

static bool take_pacman_time(struct bytes *line, struct civil *c)
{
	struct bytes at = *line, inner;
	const uint8_t *end;

	if (!take_byte(&at, '[') || !(end = memchr(at.p, ']', at.n)))
		return false;
	inner = bytes_of(at.p, (size_t)(end - at.p));
	if (!civil_take_iso(&inner, c)) {
		/* Before 5.2: "2019-01-02 03:04". */
		*c = (struct civil){.precision_ns = 60 * NS_PER_S};
		if (!civil_take_date(&inner, "-", c) ||
		    !take_byte(&inner, ' ') ||
		    !take_number(&inner, 2, &c->hour) ||
		    !take_byte(&inner, ':') ||
		    !take_number(&inner, 2, &c->minute))
			return false;
	}
	if (inner.n)
		return false;
	*line = bytes_trim(bytes_skip(at, (size_t)(end - at.p) + 1));
	return civil_is_valid(c);
}

enum err_code pacman_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.desc = DESC_ADDED,
					.offset = line.offset,
					.length = at - line.offset};
		struct bytes rest;
		struct civil c;

		if (line.text.n == 0)
			continue;
		if (!take_pacman_time(&line.text, &c) ||
		    !civil_event(&c, in, &e)) {
			code = parse_problem(out, line.offset,
					     "no line of pacman", err);
			continue;
		}
		rest = line.text;
		if (rest.n && rest.p[0] == '[') /* who says it */
			(void)take_word(&rest);
		e.message = rest;
		e.kind = package_log_kind(take_word(&rest));
		code = parse_say(out, &e, err);
	}
	return code;
}

static bool is_pacman_line(struct bytes line)
{
	struct civil c;

	return take_pacman_time(&line, &c) &&
	       (bytes_starts(line, "[ALPM") || bytes_starts(line, "[PACMAN") ||
		package_kind(take_word(&line)));
}

unsigned pacman_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_pacman_line);

	return share < 40 ? 0 : 50 + share / 2;
}

/* ---- zypp's history: fields between bars ---- */

#define ZYPP_FIELDS 6u /* time, action, name, version, arch, who */

static size_t zypp_split(struct bytes line, struct bytes f[ZYPP_FIELDS])
{
	size_t n = 0;

	while (n < ZYPP_FIELDS && bytes_split(&line, '|', &f[n])) {
		f[n] = bytes_trim(f[n]);
		n++;
	}
	return n;
}

static bool is_zypp_line(struct bytes line)
{
	struct bytes f[ZYPP_FIELDS];
	struct civil c;

	return zypp_split(line, f) >= 3 && civil_take_iso(&f[0], &c) &&
	       f[0].n == 0;
}

static enum err_code take_zypp_line(const struct parse_input *in,
				    const struct parse_out *out,
				    const struct line *line, struct err *err)
{
	struct bytes f[ZYPP_FIELDS] = {{.n = 0}};
	struct parse_event e = {.desc = DESC_ADDED,
				.offset = line->offset,
				.length = line->text.n};
	struct civil c;
	size_t n = zypp_split(line->text, f), at;

	if (n < 3 || !civil_take_iso(&f[0], &c) || !civil_event(&c, in, &e))
		return parse_problem(out, line->offset, "no line of zypp", err);
	e.kind = package_log_kind(f[1]);
	/* "root@host": of a command its first field, of packages the fifth. */
	if (strcmp(e.kind, "package.run") == 0)
		e.actor = f[2];
	else if (n == ZYPP_FIELDS)
		e.actor = f[5];
	if (!bytes_find(e.actor, "@", &at))
		e.actor.n = 0;
	e.message = line->text;
	if (bytes_find(e.message, "|", &at))
		e.message = bytes_skip(e.message, at + 1);
	return parse_say(out, &e, err);
}

enum err_code zypp_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line))
		if (line.text.n && line.text.p[0] != '#')
			code = take_zypp_line(in, out, &line, err);
	return code;
}

unsigned zypp_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_zypp_line);

	/* What rpm said stands between them, in comments. */
	return share < 10 ? 0 : 50 + share / 2;
}
