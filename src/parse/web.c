/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access logs of web servers: common, combined, combined with the host asked
 * for in front; and those of Confluence and Jira. What a client sent stays as
 * the server escaped it.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/words.h"

/* "13/Jan/2016:19:31:16 +0000]" */
static bool take_stamp(struct bytes *rest, struct civil *c)
{
	struct bytes at = *rest;

	*c = (struct civil){.year = 0};
	if (!take_number(&at, 2, &c->day) || !take_byte(&at, '/') ||
	    !take_month(&at, &c->month) || !take_byte(&at, '/') ||
	    !take_number(&at, 4, &c->year) || !take_byte(&at, ':') ||
	    !civil_take_clock(&at, c))
		return false;
	(void)civil_take_offset(&at, c);
	if (!take_byte(&at, ']') || !civil_is_valid(c))
		return false;
	*rest = at;
	return true;
}

struct request {
	struct bytes vhost, client, user;
	struct bytes said; /* the request and what came of it */
	struct civil when;
};

static bool is_nobody(struct bytes b)
{
	return b.n == 0 || bytes_eq(b, bytes_str("-")) ||
	       bytes_eq(b, bytes_str("\"\""));
}

/* "[vhost] client": proxies make it a list, with the first of them in front. */
static void read_front(struct bytes front, struct request *r)
{
	struct bytes rest = front, word = take_word(&rest);

	r->client = front;
	if (!rest.n || !word.n || word.p[0] == '"' || bytes_ends(word, ","))
		return;
	r->vhost = word;
	r->client = rest;
}

/* Without a dash: "[vhost] client ident user", or lighttpd's "client vhost
 * user"; or less than that. */
static bool read_names(struct bytes who, struct request *r)
{
	struct bytes rest = who, first = take_word(&rest);
	struct bytes behind = rest, second = take_word(&behind);
	struct bytes last = behind;

	(void)take_word(&last);
	r->client = first;
	r->user = behind;
	if (last.n) {
		r->vhost = first;
		r->client = second;
		r->user = last;
	} else if (behind.n && (memchr(second.p, '.', second.n) ||
				memchr(second.p, ':', second.n))) {
		r->vhost = second;
	}
	return !is_nobody(first);
}

/* "[vhost] client - user": what ident would say is a dash, today. The user may
 * have blanks in it. */
static bool read_who(struct bytes who, struct request *r)
{
	size_t at;

	if (!bytes_find(who, " - ", &at))
		return read_names(who, r);
	read_front(bytes_of(who.p, at), r);
	r->user = bytes_skip(who, at + strlen(" - "));
	return true;
}

/* The first of a list, which may be in quotes. */
static struct bytes first_of(struct bytes list)
{
	(void)take_byte(&list, '"');
	return before_any(list, ",\" ");
}

/* Is there a status of three digits behind the quoted request? Quotes may be
 * in it that nobody escaped. */
static bool has_status(struct bytes said)
{
	size_t at;

	if (!take_byte(&said, '"'))
		return false;
	while (bytes_find(said, "\" ", &at)) {
		int64_t status;
		struct bytes rest = said = bytes_skip(said, at + 2);

		if (take_byte(&rest, '-') || (take_number(&rest, 3, &status) &&
					      status >= 100))
			if (rest.n == 0 || rest.p[0] == ' ')
				return true;
	}
	return false;
}

/* mod_ssl's "[time] client TLSv1.3 cipher "request" size". */
static bool read_ssl(struct bytes line, struct request *r)
{
	if (!take_byte(&line, '[') || !take_stamp(&line, &r->when))
		return false;
	line = bytes_trim(line);
	r->client = take_word(&line);
	r->said = line;
	return r->client.n && text_starts_any(line, LIST("TLSv", "SSLv")) &&
	       bytes_find(line, " \"", NULL);
}

static bool read_request(struct bytes line, struct request *r)
{
	struct bytes rest = line;
	size_t at;

	*r = (struct request){.client = {.n = 0}};
	if (read_ssl(line, r))
		return true;
	while (bytes_find(rest, "[", &at)) {
		rest = bytes_skip(rest, at + 1);
		if (!take_stamp(&rest, &r->when))
			continue; /* a user named so */
		at = line.n - rest.n;
		while (line.p[at - 1] != '[')
			at--;
		r->said = bytes_trim(rest);
		return read_who(bytes_trim(bytes_of(line.p, at - 1)), r) &&
		       has_status(r->said);
	}
	return false;
}

static enum err_code say_request(const struct parse_out *out,
				 const struct request *r,
				 struct parse_event *e, struct err *err)
{
	struct buf message;
	enum err_code code;

	e->kind = "web.request";
	e->actor = is_nobody(r->user) ? first_of(r->client) : r->user;
	buf_init(&message, PARSE_MESSAGE_MAX);
	message_add(&message, r->client);
	if (r->vhost.n) {
		message_add(&message, bytes_str(" to "));
		message_add(&message, r->vhost);
	}
	if (!is_nobody(r->user)) {
		message_add(&message, bytes_str(" as "));
		message_add(&message, r->user);
	}
	message_add(&message, bytes_str(": "));
	message_add(&message, r->said);
	e->message = buf_bytes(&message);
	code = parse_say(out, e, err);
	buf_release(&message);
	return code;
}

typedef bool read_fn(struct bytes line, struct request *r);

static enum err_code take_line(const struct parse_input *in,
			       const struct parse_out *out, read_fn *read,
			       const struct line *line, uint64_t behind,
			       struct err *err)
{
	struct parse_event e = {.desc = DESC_RECORDED,
				.offset = line->offset,
				.length = behind - line->offset};
	struct request r;

	if (line->text.n == 0)
		return ERR_OK;
	if (read(line->text, &r) && civil_event(&r.when, in, &e))
		return say_request(out, &r, &e, err);
	/* A container may write both logs into one. */
	if (web_error_take(in, line->text, &e))
		return parse_say(out, &e, err);
	return parse_problem(out, line->offset, "no request in this line", err);
}

static enum err_code run(const struct parse_input *in,
			 const struct parse_out *out, read_fn *read,
			 struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line))
		code = take_line(in, out, read, &line, at, err);
	return code;
}

enum err_code web_access_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	return run(in, out, read_request, err);
}

static bool is_request(struct bytes line)
{
	struct request r;

	return read_request(line, &r);
}

unsigned web_access_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_request);

	/* Such lines stand in what containers wrote, too: leave room. */
	return share < 40 ? 0 : 45 + share / 2;
}

/* ---- "[time] [client] user thread client METHOD URL PROTOCOL ..." ---- */

static bool is_method(struct bytes word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	return word.n >= 3;
}

/* "GET /x HTTP/1.1" */
static bool is_said(struct bytes rest)
{
	if (!is_method(take_word(&rest)))
		return false;
	(void)take_word(&rest);
	return bytes_starts(rest, "HTTP/");
}

static bool read_atlassian(struct bytes line, struct request *r)
{
	struct bytes rest = line, who[4];
	size_t n = 0;

	*r = (struct request){.client = {.n = 0}};
	if (!take_byte(&rest, '[') || !take_stamp(&rest, &r->when))
		return false;
	rest = bytes_trim(rest);
	while (n < 3 || (n < ARRAY_SIZE(who) && !is_said(rest)))
		who[n++] = take_word(&rest);
	/* Since 2021 the client stands in front; the last is a proxy then. */
	r->user = who[n - 3];
	r->client = n == 4 ? who[0] : who[2];
	r->said = rest;
	return is_said(rest);
}

enum err_code atlassian_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	return run(in, out, read_atlassian, err);
}

static bool is_atlassian(struct bytes line)
{
	struct request r;

	return read_atlassian(line, &r);
}

unsigned atlassian_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_atlassian);

	return share < 40 ? 0 : 50 + share / 2;
}
