/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodyfiles of The Sleuth Kit 3 and of UAC:
 * MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime. A name may have
 * bars in it, so fields are counted from the end. Times are seconds of UTC,
 * with a fraction or none; 0 is none.
 */
#include "base/base.h"
#include "parse/inside.h"

enum { INODE, MODE, UID, GID, SIZE, ATIME, MTIME, CTIME, CRTIME, N_FIELDS };

static const struct {
	size_t field;
	const char *desc, *kind;
} moments[] = {
	{ATIME, DESC_ACCESS, "file.accessed"},
	{MTIME, DESC_CHANGED, "file.changed"},
	{CTIME, DESC_META, "file.meta"},
	{CRTIME, DESC_CREATED, "file.created"},
};

/* False: it is none. What is unknown ("", "-", "?", "0", "-1") is a time that
 * is not there: *s is 0. */
static bool read_time(struct bytes b, struct parse_event *e, int64_t *s)
{
	struct civil c = {.precision_ns = NS_PER_S};

	*s = 0;
	if (b.n == 0 || bytes_eq(b, bytes_str("-")) ||
	    bytes_eq(b, bytes_str("?")) || bytes_eq(b, bytes_str("-1")))
		return true;
	if (!take_number(&b, 10, s))
		return false;
	if (take_byte(&b, '.'))
		(void)civil_take_fraction(&b, &c);
	if (b.n || (*s && !epoch_event(*s, e)))
		return false;
	if (*s) {
		e->time_ns += c.ns;
		e->precision_ns = c.precision_ns;
	}
	return true;
}

static bool split(struct bytes line, struct bytes *name,
		  struct bytes f[N_FIELDS])
{
	struct bytes rest = line, md5;
	size_t at;

	for (size_t i = N_FIELDS; i-- > 0;) {
		size_t n = rest.n;

		while (n > 0 && rest.p[n - 1] != '|')
			n--;
		if (n == 0)
			return false;
		f[i] = bytes_skip(rest, n);
		rest.n = n - 1;
	}
	if (!memchr(rest.p, '|', rest.n) || !bytes_split(&rest, '|', &md5))
		return false;
	/* stat's %N quotes it; of a link, both names. */
	if (!bytes_find(rest, "' -> '", &at) && rest.n > 2 &&
	    rest.p[0] == '\'' && rest.p[rest.n - 1] == '\'')
		rest = bytes_of(rest.p + 1, rest.n - 2);
	*name = rest;
	return rest.n > 0;
}

static void describe(struct buf *message, struct bytes name,
		     const struct bytes f[N_FIELDS])
{
	static const struct {
		size_t field;
		const char *name;
	} shown[] = {{MODE, " ("},	{UID, ", uid "}, {GID, ", gid "},
		     {SIZE, ", size "}, {INODE, ", inode "}};

	message_add(message, name);
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		message_add(message, bytes_str(shown[i].name));
		message_add(message, f[shown[i].field]);
	}
	message_add(message, bytes_str(")"));
}

static enum err_code say_times(const struct parse_out *out,
			       const struct parse_event *at,
			       const struct bytes f[N_FIELDS], struct err *err)
{
	enum err_code code = ERR_OK;
	struct parse_event e = *at;
	bool said = false;
	int64_t s;

	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(moments); i++) {
		e = *at;
		e.desc = moments[i].desc;
		e.kind = moments[i].kind;
		if (!read_time(f[moments[i].field], &e, &s)) {
			code = parse_problem(out, e.offset, "no time of a file",
					     err);
			continue;
		}
		if (s == 0)
			continue;
		code = parse_say(out, &e, err);
		said = true;
	}
	if (code != ERR_OK || said)
		return code;
	e.kind = "file.listed"; /* deleted: the name is all there is */
	no_time(&e);
	return parse_say(out, &e, err);
}

enum err_code bodyfile_run(const struct parse_input *in,
			   const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct buf message;
	struct line line;
	uint64_t at = 0;

	buf_init(&message, PARSE_MESSAGE_MAX);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.offset = line.offset,
					.length = at - line.offset};
		struct bytes name, f[N_FIELDS];

		if (line.text.n == 0 || line.text.p[0] == '#')
			continue;
		if (!split(line.text, &name, f)) {
			code = parse_problem(out, line.offset,
					     "no line of a bodyfile", err);
			continue;
		}
		buf_clear(&message);
		describe(&message, name, f);
		e.message = buf_bytes(&message);
		code = say_times(out, &e, f, err);
	}
	buf_release(&message);
	return code;
}

static bool is_one(struct bytes line)
{
	struct bytes name, f[N_FIELDS];
	struct parse_event e;
	int64_t s;

	if (!split(line, &name, f))
		return false;
	for (size_t i = ATIME; i <= CRTIME; i++)
		if (!read_time(f[i], &e, &s))
			return false;
	return f[MODE].n >= 3;
}

unsigned bodyfile_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_one);

	return share < 50 ? 0 : 45 + share / 2;
}
