/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lastlog: a record for each uid, of 292 bytes where its time is of 32 bits
 * and of 296 where it is of 64 (aarch64, s390x), in either byte order. Most of
 * it are zeroes: who never came has them.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/numbers.h"

#define LINE_LEN 32u
#define HOST_LEN 256u
#define Y1990    INT64_C(631152000) /* earlier is the wrong byte order */

struct layout {
	size_t size, time;
	bool big;
};

static const struct layout layouts[] = {
	{292, 4, false}, {296, 8, false}, {296, 8, true}, {292, 4, true}};

struct last {
	int64_t s;
	struct bytes line, host;
};

/* False: it is none. */
static bool read_last(const struct layout *l, struct bytes b, struct last *last)
{
	uint64_t v = number_at(b, 0, l->time, l->big);

	last->s = l->time == 4 ? (int32_t)v : (int64_t)v;
	last->line = field_string(b, l->time, LINE_LEN);
	last->host = field_string(b, l->time + LINE_LEN, HOST_LEN);
	return last->s >= 0 && last->s < EPOCH_MAX &&
	       is_printable(last->line) && is_printable(last->host);
}

/* The next record that has something in it; *at moves behind it. */
static bool next_record(const struct layout *l, struct bytes content,
			size_t *at, struct bytes *record)
{
	while (content.n - *at >= l->size) {
		*record = bytes_of(content.p + *at, l->size);
		*at += l->size;
		if (!bytes_is_zero(*record))
			return true;
	}
	return false;
}

/* How many of the first records are sane, in percent; 0: there are none. */
static unsigned judge(const struct layout *l, struct bytes content)
{
	unsigned n = 0, good = 0;
	struct bytes record;
	struct last last;
	size_t at = 0;

	while (n < 16 && next_record(l, content, &at, &record)) {
		n++;
		good += read_last(l, record, &last) && last.s >= Y1990 &&
			last.line.n > 0;
	}
	return n ? 100 * good / n : 0;
}

static const struct layout *find_layout(struct bytes content, unsigned *points)
{
	const struct layout *best = NULL;

	*points = 0;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		unsigned p = judge(&layouts[i], content);

		/* A whole number of them decides between two. */
		p = p && content.n % layouts[i].size == 0 ? p + 1 : p;
		if (p > *points) {
			*points = p;
			best = &layouts[i];
		}
	}
	return best;
}

static bool is_named(struct bytes path)
{
	return path_is_of(path, LIST("lastlog"));
}

unsigned lastlog_score(const struct parse_input *in)
{
	unsigned points;

	if (!find_layout(in->content, &points) || points < 50)
		return 0;
	return is_named(in->path) ? 95 : points > 100 ? 55 : 0;
}

static enum err_code say_last(const struct parse_out *out, uint64_t uid,
			      const struct last *last, struct parse_event *e,
			      struct err *err)
{
	struct buf message;
	enum err_code code;
	char actor[24];

	(void)snprintf(actor, sizeof actor, "%" PRIu64, uid);
	buf_init(&message, PARSE_MESSAGE_MAX);
	(void)buf_addf(&message, "last login of uid %s, line ", actor);
	message_add(&message, last->line);
	message_part(&message, "host", last->host);
	e->desc = DESC_LOGIN;
	e->kind = "login";
	e->actor = bytes_str(actor);
	e->message = buf_bytes(&message);
	code = parse_say(out, e, err);
	buf_release(&message);
	return code;
}

enum err_code lastlog_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	unsigned points;
	const struct layout *l = find_layout(in->content, &points);
	enum err_code code = ERR_OK;
	struct bytes record;
	size_t at = 0;

	if (!l && !bytes_is_zero(in->content))
		return err_set(err, ERR_FORMAT, "no last logins in it");
	while (l && code == ERR_OK &&
	       next_record(l, in->content, &at, &record)) {
		struct parse_event e = {.offset = at - l->size,
					.length = l->size};
		struct last last;

		if (!read_last(l, record, &last) || !epoch_event(last.s, &e))
			code = parse_problem(out, e.offset,
					     "no record of a login", err);
		else
			code = say_last(out, e.offset / l->size, &last, &e,
					err);
	}
	return code;
}
