/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CloudTrail of AWS: an object a line, as `lookup-events` gives them, or a
 * document with all of them in "Records", as it is delivered. There each
 * record is found by its braces, so that an event opens its own bytes.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/json.h"

#define RECORDS "\"Records\""

/* The first of them that is there. */
static struct bytes text_of(const json_t *doc, const char *a, const char *b)
{
	struct bytes text = json_text(doc, a);

	return text.n ? text : json_text(doc, b);
}

static void add_named(struct buf *message, const char *name, struct bytes b)
{
	if (b.n == 0)
		return;
	message_add(message, bytes_str(name));
	message_add(message, b);
}

static struct bytes who(const json_t *doc, const json_t *inner)
{
	struct bytes name = json_text(doc, "Username");

	if (!name.n)
		name = text_of(inner, "userIdentity.userName",
			       "userIdentity.arn");
	return name.n ? name
		      : text_of(inner, "userIdentity.invokedBy",
				"userIdentity.type");
}

static void describe(struct buf *message, const json_t *doc,
		     const json_t *inner)
{
	const json_t *resources = json_at(doc, "Resources"), *one;
	size_t i;

	message_add(message, text_of(doc, "EventName", "eventName"));
	add_named(message, " at ", text_of(doc, "EventSource", "eventSource"));
	json_array_foreach(resources, i, one) add_named(
		message, i ? ", " : " on ", json_text(one, "ResourceName"));
	add_named(message, ", from ", json_text(inner, "sourceIPAddress"));
	add_named(message, ", key ",
		  text_of(doc, "AccessKeyId", "userIdentity.accessKeyId"));
	add_named(message, ", region ", json_text(inner, "awsRegion"));
	add_named(message, ", error ", json_text(inner, "errorCode"));
	add_named(message, ", by ", json_text(inner, "userAgent"));
}

/* False: it is none. Seconds since 1970 are what some tools make of it. */
static bool read_time(const json_t *doc, const struct parse_input *in,
		      struct parse_event *e)
{
	struct bytes when = text_of(doc, "eventTime", "EventTime");
	const json_t *number = json_at(doc, "EventTime");
	struct civil c;

	if (json_is_number(number))
		return epoch_event((int64_t)json_number_value(number), e);
	return civil_take_iso(&when, &c) && civil_event(&c, in, e);
}

static enum err_code take_record(const struct parse_input *in,
				 const struct parse_out *out,
				 struct parse_event *e, struct bytes text,
				 struct err *err)
{
	json_t *doc = json_read(text), *inside = NULL;
	const json_t *inner = doc;
	struct bytes quoted = json_text(doc, "CloudTrailEvent");
	enum err_code code;
	struct buf message;

	if (quoted.n)
		inner = inside = json_read(quoted);
	if (!text_of(doc, "EventName", "eventName").n ||
	    !read_time(doc, in, e)) {
		code = parse_problem(out, e->offset, "no event of CloudTrail",
				     err);
	} else {
		buf_init(&message, PARSE_MESSAGE_MAX);
		describe(&message, doc, inner);
		e->desc = DESC_RECORDED;
		e->kind = "cloud.api";
		e->actor = who(doc, inner);
		e->message = buf_bytes(&message);
		code = parse_say(out, e, err);
		buf_release(&message);
	}
	json_decref(inside);
	json_decref(doc);
	return code;
}

/* How long the object is that begins there; 0: it has no end. */
static size_t object_length(struct bytes b)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '{')
			depth++;
		else if (!quoted && c == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* Behind the bracket that begins the list; 0: there is none. */
static size_t find_records(struct bytes content)
{
	struct bytes head = bytes_first(content, SCORE_BYTES);
	const uint8_t *bracket;
	size_t at;

	if (!bytes_find(head, RECORDS, &at))
		return 0;
	head = bytes_skip(head, at);
	bracket = memchr(head.p, '[', head.n);
	return bracket ? (size_t)(bracket + 1 - content.p) : 0;
}

static enum err_code take_records(const struct parse_input *in,
				  const struct parse_out *out, size_t at,
				  struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK) {
		struct bytes rest = bytes_skip(in->content, at);
		const uint8_t *brace = memchr(rest.p, '{', rest.n);
		struct parse_event e = {.offset = 0};

		if (rest.n == 0 || !brace)
			return ERR_OK;
		e.offset = (uint64_t)(brace - in->content.p);
		rest = bytes_skip(in->content, (size_t)e.offset);
		e.length = object_length(rest);
		if (e.length == 0)
			return parse_problem(out, e.offset,
					     "a record that was cut off", err);
		rest.n = (size_t)e.length;
		at = (size_t)(e.offset + e.length);
		code = take_record(in, out, &e, rest, err);
	}
	return code;
}

enum err_code cloudtrail_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	size_t records = find_records(in->content);
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	if (records)
		return take_records(in, out, records, err);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};

		if (line.text.n)
			code = take_record(in, out, &e, line.text, err);
	}
	return code;
}

static bool is_one(struct bytes line)
{
	return bytes_starts(line, "{") &&
	       (bytes_find(line, "\"EventName\"", NULL) ||
		bytes_find(line, "\"eventName\"", NULL)) &&
	       (bytes_find(line, "\"EventSource\"", NULL) ||
		bytes_find(line, "\"eventSource\"", NULL));
}

unsigned cloudtrail_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);

	if (!bytes_starts(in->content, "{"))
		return 0;
	if (find_records(in->content))
		return bytes_find(head, "\"eventSource\"", NULL) ? 90 : 0;
	return share_of_lines(in->content, is_one) >= 50 ? 85 : 0;
}
