/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What containers wrote: Docker's json-file and the CRI's lines. Both cut a
 * long line in pieces, which are joined here; the two streams take turns.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/json.h"

#define OUTPUT_MAX (PARSE_MESSAGE_MAX * 2) /* more is not shown anyway */
#define JOIN_NS	   (60 * NS_PER_S) /* pieces of one line are not further apart */

enum { STDOUT, STDERR, N_STREAMS };

/* A line that has no end yet. */
struct open_line {
	struct buf text;
	struct parse_event e;
	bool is_open;
};

struct output {
	const struct parse_out *out;
	struct bytes actor;
	struct open_line lines[N_STREAMS];
};

static void output_init(struct output *o, const struct parse_out *out,
			struct bytes actor)
{
	*o = (struct output){.out = out, .actor = actor};
	for (size_t i = 0; i < N_STREAMS; i++)
		buf_init(&o->lines[i].text, OUTPUT_MAX);
}

static enum err_code say_line(struct output *o, size_t stream, struct err *err)
{
	struct open_line *l = &o->lines[stream];
	enum err_code code;

	if (!l->is_open)
		return ERR_OK;
	l->is_open = false;
	l->e.actor = o->actor;
	l->e.message = buf_bytes(&l->text);
	while (l->e.message.n &&
	       strchr("\r\n", l->e.message.p[l->e.message.n - 1]))
		l->e.message.n--;
	code = parse_say(o->out, &l->e, err);
	buf_clear(&l->text);
	return code;
}

/* A piece of a line; `e` has its time and place. */
static enum err_code add_piece(struct output *o, size_t stream,
			       const struct parse_event *e, struct bytes text,
			       struct err *err)
{
	struct open_line *l = &o->lines[stream];
	enum err_code code = ERR_OK;

	if (l->is_open && (e->time_ns - l->e.time_ns > JOIN_NS ||
			   e->time_ns < l->e.time_ns))
		code = say_line(o, stream, err);
	if (!l->is_open) {
		l->e = *e;
		l->e.desc = DESC_CHANGED;
		l->e.kind = stream == STDERR ? "container.stderr"
					     : "container.stdout";
		l->is_open = true;
	}
	l->e.length = e->offset + e->length - l->e.offset;
	message_add(&l->text, text);
	return code;
}

static enum err_code output_end(struct output *o, enum err_code code,
				struct err *err)
{
	for (size_t i = 0; i < N_STREAMS; i++) {
		if (code == ERR_OK)
			code = say_line(o, i, err);
		buf_release(&o->lines[i].text);
	}
	return code;
}

/* The time has nanoseconds, without the zeroes at its end, in UTC. */
static bool take_time(struct bytes *rest, const struct parse_input *in,
		      struct parse_event *e)
{
	struct civil c;

	if (!civil_take_iso(rest, &c))
		return false;
	c.has_offset = true;
	if (!civil_event(&c, in, e))
		return false;
	e->precision_ns = 1;
	return true;
}

/* ---- Docker: {"log":"...\n","stream":"stdout","time":"..."} ---- */

static enum err_code take_docker_line(const struct parse_input *in,
				      struct output *o, struct parse_event *e,
				      struct bytes line, struct err *err)
{
	json_t *doc = json_read(line);
	struct bytes text = json_text(doc, "log");
	struct bytes when = json_text(doc, "time");
	size_t stream = bytes_eq(json_text(doc, "stream"), bytes_str("stderr"))
				? STDERR
				: STDOUT;
	enum err_code code;

	if (!take_time(&when, in, e))
		code = parse_problem(o->out, e->offset,
				     "no output of a container", err);
	else
		code = add_piece(o, stream, e, text, err);
	if (code == ERR_OK && text.n && text.p[text.n - 1] == '\n')
		code = say_line(o, stream, err);
	json_decref(doc);
	return code;
}

/* ".../CONTAINER/CONTAINER-json.log": as short as docker shows it. */
static struct bytes docker_id(struct bytes path)
{
	struct bytes id = bytes_file_name(path);
	uint64_t value;

	id.n = MIN(id.n, 12U);
	return id.n == 12 && bytes_hex_to_u64(id, &value) ? id : bytes_str("");
}

enum err_code docker_log_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct output o;
	struct line line;
	uint64_t at = 0;

	output_init(&o, out, docker_id(in->path));
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};

		if (line.text.n)
			code = take_docker_line(in, &o, &e, line.text, err);
	}
	return output_end(&o, code, err);
}

static bool is_docker_line(struct bytes line)
{
	return bytes_starts(line, "{\"log\":\"") &&
	       bytes_find(line, "\"stream\":\"std", NULL) &&
	       bytes_find(line, "\"time\":\"", NULL);
}

unsigned docker_log_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_docker_line);

	return share < 50 ? 0 : 40 + share / 2;
}

/* ---- CRI: "TIME stdout F text", P where it goes on ---- */

static bool take_cri(struct bytes *line, size_t *stream, bool *goes_on)
{
	struct bytes word;

	if (!take_byte(line, ' '))
		return false;
	word = take_word(line);
	*stream = bytes_eq(word, bytes_str("stderr")) ? STDERR : STDOUT;
	if (*stream == STDOUT && !bytes_eq(word, bytes_str("stdout")))
		return false;
	*goes_on = bytes_starts(*line, "P");
	if (!*goes_on && !bytes_starts(*line, "F"))
		return false;
	*line = bytes_skip(*line, 1);
	return line->n == 0 || take_byte(line, ' ');
}

static enum err_code take_cri_line(const struct parse_input *in,
				   struct output *o, struct parse_event *e,
				   struct bytes line, struct err *err)
{
	enum err_code code;
	size_t stream;
	bool goes_on;

	if (!take_time(&line, in, e) || !take_cri(&line, &stream, &goes_on))
		return parse_problem(o->out, e->offset,
				     "no output of a container", err);
	code = add_piece(o, stream, e, line, err);
	return code == ERR_OK && !goes_on ? say_line(o, stream, err) : code;
}

/* "/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log" */
static struct bytes cri_name(struct bytes path)
{
	static const char top[] = "/var/log/pods/";
	struct bytes rest, piece;

	if (!bytes_starts(path, top))
		return bytes_str("");
	rest = bytes_skip(path, strlen(top));
	return bytes_split(&rest, '/', &piece) ? piece : bytes_str("");
}

enum err_code cri_run(const struct parse_input *in, const struct parse_out *out,
		      struct err *err)
{
	enum err_code code = ERR_OK;
	struct output o;
	struct line line;
	uint64_t at = 0;

	output_init(&o, out, cri_name(in->path));
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};

		if (line.text.n)
			code = take_cri_line(in, &o, &e, line.text, err);
	}
	return output_end(&o, code, err);
}

static bool is_cri_line(struct bytes line)
{
	struct civil c;
	size_t stream;
	bool goes_on;

	return civil_take_iso(&line, &c) && take_cri(&line, &stream, &goes_on);
}

unsigned cri_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_cri_line);

	return share < 50 ? 0 : 50 + share / 2;
}
