/* SPDX-License-Identifier: Apache-2.0 */
/* When Docker's containers and layers were made, began and ended; and Caddy's
 * access log, which is JSON too. */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/json.h"
#include "parse/words.h"

#define ID_SHOWN 12u

static void add_words(struct buf *message, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *word = json_array_get(list, i);

		if (!json_is_string(word))
			continue;
		message_add(message, bytes_str(" "));
		message_add(message, bytes_of(json_string_value(word),
					      json_string_length(word)));
	}
}

static void add_named(struct buf *message, const char *name, struct bytes b)
{
	if (b.n == 0)
		return;
	message_add(message, bytes_str(name));
	message_add(message, b);
}

/* Says it if `when` is a time; Docker's "never" is in the year 1. */
static enum err_code say_at(const struct parse_input *in,
			    const struct parse_out *out, struct bytes when,
			    struct parse_event *e, struct err *err)
{
	struct civil c;

	if (!civil_take_iso(&when, &c))
		return ERR_OK;
	c.has_offset = true;
	if (!civil_event(&c, in, e))
		return ERR_OK;
	e->length = in->content.n;
	return parse_say(out, e, err);
}

/* ---- config.v2.json ---- */

static const struct {
	const char *path, *desc, *kind;
} moments[] = {
	{"Created", DESC_CREATED, "container.created"},
	{"State.StartedAt", DESC_START, "container.started"},
	{"State.FinishedAt", DESC_END, "container.ended"},
};

static void describe(const json_t *doc, struct buf *message)
{
	struct bytes id = json_text(doc, "ID");

	id.n = MIN(id.n, ID_SHOWN);
	add_named(message, "container ", id);
	add_named(message, " ", json_text(doc, "Name"));
	add_named(message, ", image ", json_text(doc, "Config.Image"));
	add_named(message, ", runs ", json_text(doc, "Path"));
	add_words(message, json_at(doc, "Args"));
	add_named(message, ", as user ", json_text(doc, "Config.User"));
	add_named(message, ", error: ", json_text(doc, "State.Error"));
}

enum err_code docker_config_run(const struct parse_input *in,
				const struct parse_out *out, struct err *err)
{
	json_t *doc = json_read(in->content);
	enum err_code code = ERR_OK;
	struct buf message;

	if (!json_is_object(doc)) {
		json_decref(doc);
		return err_set(err, ERR_FORMAT, "no JSON of a container");
	}
	buf_init(&message, PARSE_MESSAGE_MAX);
	describe(doc, &message);
	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(moments); i++) {
		struct parse_event e = {.desc = moments[i].desc,
					.kind = moments[i].kind,
					.actor = json_text(doc, "ID"),
					.message = buf_bytes(&message)};

		e.actor.n = MIN(e.actor.n, ID_SHOWN);
		code = say_at(in, out, json_text(doc, moments[i].path), &e,
			      err);
	}
	buf_release(&message);
	json_decref(doc);
	return code;
}

/* JSON that has all of them near its begin. */
static bool has_all(struct bytes content, const char *const what[])
{
	struct bytes head = bytes_trim(bytes_first(content, SCORE_BYTES));

	return bytes_starts(head, "{") && text_has_all(head, what);
}

unsigned docker_config_score(const struct parse_input *in)
{
	return has_all(in->content, LIST("\"State\":", "\"StartedAt\":",
					 "\"FinishedAt\":", "\"Created\":"))
		       ? 90
		       : 0;
}

/* ---- a layer, or an image with the history of its layers ---- */

static enum err_code say_layer(const struct parse_input *in,
			       const struct parse_out *out, const json_t *layer,
			       const char *cmd, struct err *err)
{
	struct parse_event e = {.desc = DESC_CREATED,
				.kind = "container.layer",
				.actor = json_text(layer, "author")};
	struct buf message;
	enum err_code code;

	buf_init(&message, PARSE_MESSAGE_MAX);
	message_add(&message, bytes_str("layer:"));
	add_words(&message, json_at(layer, cmd));
	add_named(&message, " ", json_text(layer, cmd));
	e.message = buf_bytes(&message);
	code = say_at(in, out, json_text(layer, "created"), &e, err);
	buf_release(&message);
	return code;
}

enum err_code docker_layer_run(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	json_t *doc = json_read(in->content);
	const json_t *history = json_at(doc, "history");
	enum err_code code;

	if (!json_is_object(doc)) {
		json_decref(doc);
		return err_set(err, ERR_FORMAT, "no JSON of a layer");
	}
	code = say_layer(in, out, doc, "container_config.Cmd", err);
	for (size_t i = 0; code == ERR_OK && i < json_array_size(history); i++)
		code = say_layer(in, out, json_array_get(history, i),
				 "created_by", err);
	json_decref(doc);
	return code;
}

unsigned docker_layer_score(const struct parse_input *in)
{
	return has_all(in->content,
		       LIST("\"created\":\"", "\"container_config\":")) ||
			       has_all(in->content,
				       LIST("\"created\":\"",
					    "\"rootfs\":", "\"history\":"))
		       ? 85
		       : 0;
}

/* ---- Caddy ---- */

static bool read_caddy(const json_t *doc, struct parse_event *e,
		       struct buf *message)
{
	double ts = json_number_value(json_at(doc, "ts"));
	struct bytes client = json_text(doc, "request.client_ip");
	const json_t *agents = json_at(doc, "request.headers.User-Agent");

	if (!(ts > 0) || ts > (double)EPOCH_MAX)
		return false;
	if (client.n == 0)
		client = json_text(doc, "request.remote_ip");
	e->time_ns = (int64_t)(ts * 1e6) * NS_PER_US; /* of a double */
	e->precision_ns = NS_PER_US;
	e->source = SOURCE_UTC;
	e->actor = json_text(doc, "user_id");
	message_add(message, client);
	add_named(message, " to ", json_text(doc, "request.host"));
	add_named(message, " as ", e->actor);
	add_named(message, ": \"", json_text(doc, "request.method"));
	add_named(message, " ", json_text(doc, "request.uri"));
	add_named(message, " ", json_text(doc, "request.proto"));
	(void)buf_addf(message, "\" %" JSON_INTEGER_FORMAT " %" JSON_INTEGER_FORMAT,
		       json_integer_value(json_at(doc, "status")),
		       json_integer_value(json_at(doc, "size")));
	add_words(message, agents);
	if (e->actor.n == 0)
		e->actor = client;
	return true;
}

static enum err_code take_caddy_line(const struct parse_out *out,
				     struct parse_event *e, struct bytes line,
				     struct err *err)
{
	json_t *doc = json_read(line);
	struct buf message;
	enum err_code code;

	buf_init(&message, PARSE_MESSAGE_MAX);
	if (!json_is_object(json_at(doc, "request")) ||
	    !read_caddy(doc, e, &message)) {
		code = parse_problem(out, e->offset, "no request in this line",
				     err);
	} else {
		e->message = buf_bytes(&message);
		code = parse_say(out, e, err);
	}
	buf_release(&message);
	json_decref(doc);
	return code;
}

enum err_code caddy_run(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.desc = DESC_RECORDED,
					.kind = "web.request",
					.offset = line.offset,
					.length = at - line.offset};

		if (line.text.n)
			code = take_caddy_line(out, &e, line.text, err);
	}
	return code;
}

unsigned caddy_score(const struct parse_input *in)
{
	return has_all(in->content,
		       LIST("\"ts\":", "http.log.access", "\"request\":{"))
		       ? 80
		       : 0;
}
