/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Things that run at a time: jobs of at(1), whose names say when; the stamps
 * of systemd's timers and anacron's.
 */
#include "base/base.h"
#include "parse/inside.h"

/* ---- at: "a0001901c5b2d4": queue, number, minutes since 1970 ---- */

bool at_time(struct bytes path, struct parse_event *e)
{
	struct bytes name = bytes_file_name(path);
	uint64_t number, minutes;

	if (name.n != 14 ||
	    !bytes_hex_to_u64(bytes_of(name.p + 1, 5), &number) ||
	    !bytes_hex_to_u64(bytes_of(name.p + 6, 8), &minutes) ||
	    !epoch_event((int64_t)minutes * 60, e))
		return false;
	e->precision_ns = 60 * NS_PER_S;
	return true;
}

/* What at put in front of the commands ends with the change of folder, or
 * where it hands them to a shell. */
static struct bytes at_commands(struct bytes content)
{
	static const char shell[] = "${SHELL:-/bin/sh} << '";
	struct bytes rest, mark;
	size_t at;

	if (bytes_find(content, shell, &at)) {
		rest = bytes_skip(content, at + strlen(shell));
		if (!bytes_split(&rest, '\'', &mark) || mark.n == 0)
			return content;
		rest = bytes_trim(rest);
		for (size_t i = 0; i + mark.n <= rest.n; i++)
			if (memcmp(rest.p + i, mark.p, mark.n) == 0)
				rest.n = i;
		return rest;
	}
	if (bytes_find(content, "\n\t exit 1\n}\n", &at))
		return bytes_skip(content, at + strlen("\n\t exit 1\n}\n"));
	return content;
}

static struct bytes trim_lines(struct bytes b)
{
	while (b.n && (b.p[0] == '\n' || b.p[0] == '\r'))
		b = bytes_skip(b, 1);
	while (b.n && (b.p[b.n - 1] == '\n' || b.p[b.n - 1] == '\r'))
		b.n--;
	return b;
}

enum err_code at_events(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	struct parse_event e = {.desc = DESC_PLANNED,
				.kind = "at.job",
				.length = in->content.n};
	struct bytes rest = in->content;
	enum err_code code = ERR_OK;
	size_t at;

	if (!at_time(in->path, &e)) {
		code = parse_problem(out, 0,
				     "when it runs is in its name, which is "
				     "not one of at",
				     err);
		no_time(&e);
	}
	if (bytes_find(rest, "# mail ", &at)) {
		rest = bytes_skip(rest, at + strlen("# mail "));
		e.actor = take_word(&rest);
		if (memchr(e.actor.p, '\n', e.actor.n))
			e.actor.n = 0;
	}
	e.message = trim_lines(at_commands(in->content));
	return code == ERR_OK ? parse_say(out, &e, err) : code;
}

unsigned at_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, 512);

	return bytes_starts(head, "#!") &&
			       bytes_find(head, "\n# atrun uid=", NULL)
		       ? 95
		       : 0;
}

/* ---- stamps ---- */

/* systemd's files are empty: when they were touched is all there is. */
enum err_code timer_stamp_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	struct parse_event e = {.time_ns = in->mtime_ns,
				.precision_ns = 1,
				.source = SOURCE_UTC,
				.desc = DESC_RUN,
				.kind = "timer.run",
				.length = in->content.n};
	struct bytes name = bytes_file_name(in->path);

	(void)take_words(&name, "stamp-");
	e.message = e.actor = name;
	if (in->mtime_ns == TIME_UNKNOWN)
		no_time(&e);
	return parse_say(out, &e, err);
}

unsigned timer_stamp_score(const struct parse_input *in)
{
	return in->content.n == 0 && bytes_find(in->path,
						"systemd/timers/stamp-", NULL)
		       ? 95
		       : 0;
}

/* anacron's have a day: "20240102". */
static bool take_day(struct bytes line, struct civil *c)
{
	*c = (struct civil){.precision_ns = 86400 * NS_PER_S};
	return take_number(&line, 4, &c->year) &&
	       take_number(&line, 2, &c->month) &&
	       take_number(&line, 2, &c->day) && line.n == 0 &&
	       civil_is_valid(c);
}

enum err_code anacron_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	struct parse_event e = {.desc = DESC_RUN,
				.kind = "cron.run",
				.length = in->content.n,
				.actor = bytes_str("anacron")};
	struct civil c;

	if (!take_day(trim_lines(in->content), &c) || !civil_event(&c, in, &e))
		return err_set(err, ERR_FORMAT, "no stamp of anacron");
	e.message = bytes_file_name(in->path);
	return parse_say(out, &e, err);
}

unsigned anacron_score(const struct parse_input *in)
{
	struct civil c;

	return bytes_find(in->path, "spool/anacron/", NULL) &&
			       take_day(trim_lines(in->content), &c)
		       ? 90
		       : 0;
}
