/* SPDX-License-Identifier: Apache-2.0 */
/* What parsers of configuration share: lines, and the making of facts. */
#include "base/base.h"
#include "parse/conf.h"

#define JOINED_MAX ((size_t)64 << 10)
#define DETAIL_MAX ((size_t)60 << 10) /* the records take 64 KiB */
#define TEXT_MAX   ((size_t)4 << 10)
#define GROWTH     8u /* a byte of a stranger in JSON, with its base64 */

void conf_begin(struct conf *c, const struct parse_input *in,
		const struct parse_out *out, struct err *err)
{
	*c = (struct conf){.in = in, .out = out, .err = err};
	buf_init(&c->joined, JOINED_MAX);
	buf_init(&c->detail, DETAIL_MAX);
}

enum err_code conf_end(struct conf *c)
{
	buf_release(&c->joined);
	buf_release(&c->detail);
	return c->code;
}

static bool goes_on(struct bytes line)
{
	size_t n = 0;

	while (n < line.n && line.p[line.n - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

/* What does not fit any more is left out: the line is cut there. */
static void join(struct conf *c, struct bytes piece, const char *glue)
{
	(void)buf_add(&c->joined, piece.p,
		      MIN(piece.n, c->joined.max - c->joined.n));
	if (c->joined.n + strlen(glue) <= c->joined.max)
		(void)buf_add_str(&c->joined, glue);
}

bool conf_next(struct conf *c, const char *glue, struct conf_line *line)
{
	struct line part;
	bool more;

	if (c->code != ERR_OK || !next_line(c->in->content, &c->at, &part))
		return false;
	line->offset = part.offset;
	line->text = part.text;
	if (glue && goes_on(part.text)) {
		buf_clear(&c->joined);
		do {
			more = goes_on(part.text);
			part.text.n -= more;
			join(c, part.text, more ? glue : "");
		} while (more && next_line(c->in->content, &c->at, &part));
		line->text = buf_bytes(&c->joined);
	}
	line->text = bytes_trim(line->text);
	line->length = c->at - line->offset;
	return true;
}

bool conf_next_said(struct conf *c, const char *glue, struct conf_line *line)
{
	do {
		if (!conf_next(c, glue, line))
			return false;
	} while (line->text.n == 0 || line->text.p[0] == '#' ||
		 line->text.p[0] == ';');
	return true;
}

struct conf_line conf_whole(const struct conf *c)
{
	return (struct conf_line){.text = c->in->content,
				  .length = c->in->content.n};
}

void conf_problem(struct conf *c, uint64_t offset, const char *what)
{
	if (c->code == ERR_OK)
		c->code = parse_problem(c->out, offset, what, c->err);
}

/* ---- facts ---- */

void fact_begin(struct conf *c, const char *kind, struct bytes name,
		const struct conf_line *where)
{
	c->fact = (struct parse_fact){.kind = kind,
				      .name = name,
				      .offset = where->offset,
				      .length = where->length};
	buf_clear(&c->detail);
	c->json = json_to(&c->detail);
	c->room = (DETAIL_MAX - 4096) / GROWTH;
	json_begin_object(&c->json, NULL);
}

/* What there is room for, with no character cut in two. */
static struct bytes fitting(struct conf *c, struct bytes text)
{
	size_t n = MIN(text.n, MIN(c->room, TEXT_MAX));

	if (n < text.n)
		while (n && (text.p[n] & 0xc0) == 0x80)
			n--;
	c->room -= n;
	return bytes_of(text.p, n);
}

void fact_text(struct conf *c, const char *member, struct bytes text)
{
	json_bytes(&c->json, member, fitting(c, text));
}

void fact_str(struct conf *c, const char *member, const char *text)
{
	json_str(&c->json, member, text);
}

void fact_int(struct conf *c, const char *member, int64_t v)
{
	json_int(&c->json, member, v);
}

void fact_bool(struct conf *c, const char *member, bool v)
{
	json_bool(&c->json, member, v);
}

void fact_list(struct conf *c, const char *member, const struct word_list *list)
{
	json_begin_array(&c->json, member);
	for (size_t i = 0; i < list->n; i++)
		json_bytes(&c->json, NULL, fitting(c, list->w[i]));
	json_end_array(&c->json);
}

void fact_signs(struct conf *c, sign_set signs)
{
	json_begin_array(&c->json, "signs");
	for (unsigned i = 0; i < N_SIGNS; i++)
		if (signs & SIGN(i))
			json_str(&c->json, NULL, sign_name(i));
	json_end_array(&c->json);
}

void fact_tell(struct conf *c)
{
	json_end_object(&c->json);
	c->fact.detail = buf_bytes(&c->detail);
	if (c->code == ERR_OK)
		c->code = parse_tell(c->out, &c->fact, c->err);
}
