/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error logs of Apache, nginx, lighttpd and PHP, in local time. Lines without a time are
 * what programs said that a server ran ("sh: wget: not found"): they are kept
 * in their order.
 */
#include "base/base.h"
#include "parse/inside.h"

static bool skip_find(struct bytes *b, const char *what)
{
	size_t at;

	if (!bytes_find(*b, what, &at))
		return false;
	*b = bytes_skip(*b, at + strlen(what));
	return true;
}

/* ---- Apache: "[Wed Oct 11 14:32:52.123456 2023] [core:error] ..." ---- */

static bool apache_take_time(struct bytes *line, struct civil *c)
{
	struct bytes at = *line;

	if (!take_byte(&at, '[') || !civil_take_ctime(&at, c) ||
	    !take_byte(&at, ']'))
		return false;
	*line = bytes_trim(at);
	return true;
}

/* The address without the port of "1.2.3.4:5678" and "::1:5678". Apache 2.2,
 * which told no "[pid", told no port either. */
static struct bytes apache_client(struct bytes said)
{
	struct bytes client, all = said;
	size_t n;

	if (!skip_find(&said, "[client "))
		return bytes_str("");
	client = before_any(said, "] ");
	if (!skip_find(&all, "[pid "))
		return client;
	n = client.n;
	while (n > 0 && client.p[n - 1] >= '0' && client.p[n - 1] <= '9')
		n--;
	if (n > 1 && n < client.n && client.p[n - 1] == ':')
		client.n = n - 1;
	return client;
}

/* ---- nginx: "2023/10/11 14:32:52 [error] 12#34: *5 ..." ---- */

static bool nginx_take_time(struct bytes *line, struct civil *c)
{
	struct bytes at = *line;

	if (line->n < 5 || line->p[4] != '/' || !civil_take_iso(&at, c) ||
	    !take_byte(&at, ' ') || at.n == 0 || at.p[0] != '[')
		return false;
	*line = at;
	return true;
}

static struct bytes nginx_client(struct bytes said)
{
	if (!skip_find(&said, ", client: "))
		return bytes_str("");
	return before_any(said, ", ");
}

/* ---- lighttpd: "2023-10-11 14:32:52: (server.c.1974) ..." ---- */

static bool lighttpd_take_time(struct bytes *line, struct civil *c)
{
	struct bytes at = *line;

	if (!civil_take_iso(&at, c) || !take_words(&at, ": ("))
		return false;
	*line = bytes_skip(*line, line->n - at.n - 1);
	return true;
}

/* "... on clear port (192.0.2.1)", what connections say of theirs. */
static struct bytes lighttpd_client(struct bytes said)
{
	const uint8_t *from = memrchr(said.p, '(', said.n);
	struct bytes client;

	if (!from || from == said.p || !bytes_ends(said, ")"))
		return bytes_str("");
	client = bytes_skip(said, (size_t)(from + 1 - said.p));
	client.n--;
	for (size_t i = 0; i < client.n; i++)
		if (!strchr("0123456789abcdefABCDEF.:", client.p[i]))
			return bytes_str("");
	return client.n > 6 ? client : bytes_str("");
}

/* ---- PHP: "[26-Nov-2026 08:16:56 UTC] PHP Warning: ...", and php-fpm's,
 * which has no zone ---- */

static bool php_take_time(struct bytes *line, struct civil *c)
{
	struct bytes at = *line, zone;
	const uint8_t *end;

	*c = (struct civil){.year = 0};
	if (!take_byte(&at, '[') || !take_number(&at, 2, &c->day) ||
	    !take_byte(&at, '-') || !take_month(&at, &c->month) ||
	    !take_byte(&at, '-') || !take_number(&at, 4, &c->year) ||
	    !take_byte(&at, ' ') || !civil_take_clock(&at, c) ||
	    !civil_is_valid(c))
		return false;
	end = memchr(at.p, ']', MIN(at.n, (size_t)48));
	if (!end)
		return false;
	zone = bytes_of(at.p, (size_t)(end - at.p));
	if (take_byte(&zone, ' ')) /* of a place's name its clock is ours */
		(void)civil_take_zone(&zone, c);
	else if (zone.n)
		return false;
	*line = bytes_trim(bytes_skip(at, (size_t)(end + 1 - at.p)));
	return true;
}

static struct bytes nobody(struct bytes said UNUSED)
{
	return bytes_str("");
}

/* ---- all of them ---- */

struct flavour {
	bool (*take_time)(struct bytes *line, struct civil *c);
	struct bytes (*client)(struct bytes said);
};

static const struct flavour apache = {apache_take_time, apache_client};
static const struct flavour nginx = {nginx_take_time, nginx_client};
static const struct flavour lighttpd = {lighttpd_take_time, lighttpd_client};
static const struct flavour php = {php_take_time, nobody};

static bool take_error(const struct parse_input *in, const struct flavour *f,
		       struct bytes line, struct parse_event *e)
{
	struct civil c;
	bool timed = f->take_time(&line, &c) && civil_event(&c, in, e);

	e->kind = "web.error";
	e->actor = f->client(line);
	e->message = line;
	return timed;
}

bool web_error_take(const struct parse_input *in, struct bytes line,
		    struct parse_event *e)
{
	return take_error(in, &apache, line, e) ||
	       take_error(in, &nginx, line, e) ||
	       take_error(in, &php, line, e);
}

static enum err_code run(const struct parse_input *in,
			 const struct parse_out *out, const struct flavour *f,
			 struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.desc = DESC_RECORDED,
					.offset = line.offset,
					.length = at - line.offset};

		if (line.text.n == 0)
			continue;
		if (!take_error(in, f, line.text, &e))
			no_time(&e);
		code = parse_say(out, &e, err);
	}
	return code;
}

enum err_code apache_error_run(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	return run(in, out, &apache, err);
}

enum err_code nginx_error_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	return run(in, out, &nginx, err);
}

enum err_code lighttpd_error_run(const struct parse_input *in,
				 const struct parse_out *out, struct err *err)
{
	return run(in, out, &lighttpd, err);
}

/* What PHP says goes on in lines without a time. */
static enum line_is take_php(const struct parse_input *in, void *state UNUSED,
			     struct bytes line, struct parse_event *e)
{
	e->desc = DESC_RECORDED;
	return take_error(in, &php, line, e) ? LINE_EVENT : LINE_MORE;
}

static const struct line_form php_form = {take_php, "no line of PHP", true};

enum err_code php_error_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &php_form, NULL, err);
}

static bool is_apache(struct bytes line)
{
	struct civil c;

	return apache_take_time(&line, &c) && line.n && line.p[0] == '[';
}

static bool is_nginx(struct bytes line)
{
	struct bytes process;
	struct civil c;

	if (!nginx_take_time(&line, &c) || !skip_find(&line, "] "))
		return false;
	process = before_any(line, ": ");
	return memchr(process.p, '#', process.n);
}

/* "(server.c.1974) text" */
static bool is_lighttpd(struct bytes line)
{
	struct civil c;
	size_t at;

	if (!lighttpd_take_time(&line, &c) || !bytes_find(line, ") ", &at))
		return false;
	return bytes_find(bytes_of(line.p, at), ".c.", NULL);
}

static bool is_php(struct bytes line)
{
	struct civil c;

	return php_take_time(&line, &c);
}

/* Half of it may be what programs said. */
static unsigned score(struct bytes content, bool (*is_one)(struct bytes line))
{
	unsigned share = share_of_lines(content, is_one);

	return share < 20 ? 0 : 50 + share / 2;
}

unsigned apache_error_score(const struct parse_input *in)
{
	return score(in->content, is_apache);
}

unsigned nginx_error_score(const struct parse_input *in)
{
	return score(in->content, is_nginx);
}

unsigned lighttpd_error_score(const struct parse_input *in)
{
	return score(in->content, is_lighttpd);
}

unsigned php_error_score(const struct parse_input *in)
{
	return score(in->content, is_php);
}
