/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of services: PostgreSQL, vsftpd, fail2ban, cloud-init. */
#include "base/base.h"
#include "parse/inside.h"

struct word_kind {
	const char *words, *kind;
};

/* The kind of the first words that are in it, or `other`. */
static const char *kind_by(struct bytes text, const struct word_kind *kinds,
			   size_t n, const char *other)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_find(text, kinds[i].words, NULL))
			return kinds[i].kind;
	return other;
}

/* What is between the first of one and the next of the other. */
static struct bytes between(struct bytes b, const char *from, const char *to)
{
	size_t at;

	if (!bytes_find(b, from, &at))
		return bytes_str("");
	b = bytes_skip(b, at + strlen(from));
	if (!bytes_find(b, to, &at))
		return bytes_str("");
	b.n = at;
	return b;
}

/* ---- PostgreSQL: "2022-04-12 00:16:05.526 UTC [77] me@db LOG:  text" ---- */

/* Where the level is; what is before it, its prefix says. */
static bool find_level(struct bytes text, size_t *at)
{
	static const char *const levels[] = {
		"LOG:  ",      "FATAL:  ",  "ERROR:  ",     "WARNING:  ",
		"DETAIL:  ",   "HINT:  ",   "STATEMENT:  ", "NOTICE:  ",
		"CONTEXT:  ",  "PANIC:  ",  "INFO:  ",      "QUERY:  ",
		"LOCATION:  ", "DEBUG1:  ", "DEBUG2:  ",    "DEBUG3:  ",
		"DEBUG4:  ",   "DEBUG5:  ",
	};

	*at = text.n;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		size_t n;

		if (bytes_find(text, levels[i], &n))
			*at = MIN(*at, n);
	}
	return *at < text.n;
}

/* "user@database", or "user=me,db=it", of a prefix. */
static struct bytes find_user(struct bytes prefix)
{
	struct bytes word = between(prefix, "user=", ",");

	if (word.n)
		return word;
	while (prefix.n) {
		const uint8_t *at;

		word = take_word(&prefix);
		at = memchr(word.p, '@', word.n);
		if (at && at > word.p && word.p[0] != '[')
			return bytes_of(word.p, (size_t)(at - word.p));
	}
	return bytes_str("");
}

static enum line_is take_postgres(const struct parse_input *in,
				  void *state UNUSED, struct bytes line,
				  struct parse_event *e)
{
	static const struct word_kind kinds[] = {
		{"authentication failed for user", "auth.failed"},
		{"no pg_hba.conf entry for", "auth.failed"},
		{"connection authorized:", "login"},
		{"disconnection: session time", "logout"},
		{"starting PostgreSQL", "service.started"},
		{"database system is shut down", "service.stopped"},
		{"COPY ", "database.copy"},
	};
	struct civil c;
	size_t level;

	if (!civil_take_iso(&line, &c))
		return LINE_MORE;
	if (!c.has_offset && take_byte(&line, ' '))
		(void)civil_take_zone(&line, &c);
	line = bytes_trim(line);
	if (!find_level(line, &level) || !civil_event(&c, in, e))
		return LINE_ODD;
	e->desc = DESC_RECORDED;
	e->message = line;
	e->actor = find_user(bytes_of(line.p, level));
	e->kind = kind_by(bytes_skip(line, level), kinds, ARRAY_SIZE(kinds),
			  "database");
	return LINE_EVENT;
}

static const struct line_form postgres = {
	take_postgres, "a line of PostgreSQL without a level", true};

unsigned postgresql_score(const struct parse_input *in)
{
	return score_lines(in, &postgres, NULL);
}

enum err_code postgresql_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &postgres, NULL, err);
}

/* ---- vsftpd: "Mon Jun  6 18:43:28 2016 [pid 1] [me] OK LOGIN: ..." ---- */

/* wu-ftpd's form, which vsftpd writes too: "1 192.0.2.7 512 /file b _ i r me
 * ftp 0 * c" behind the time. */
static bool take_transfer(struct bytes line, struct parse_event *e)
{
	struct bytes seconds = take_word(&line), host = take_word(&line);
	struct bytes size = take_word(&line), word, last[9];
	uint64_t n;
	size_t words = 0;

	if (!bytes_to_u64(seconds, &n) || !host.n || !bytes_to_u64(size, &n))
		return false;
	while (line.n) {
		word = take_word(&line);
		memmove(last, last + 1, 8 * sizeof *last);
		last[8] = word;
		words++;
	}
	if (words < 10 || last[2].n != 1)
		return false;
	e->kind = last[2].p[0] == 'o' ? "ftp.download" : "ftp.upload";
	e->actor = last[4];
	return last[2].p[0] == 'o' || last[2].p[0] == 'i';
}

static enum line_is take_vsftpd(const struct parse_input *in,
				void *state UNUSED, struct bytes line,
				struct parse_event *e)
{
	static const struct word_kind kinds[] = {
		{"OK LOGIN:", "ftp.login"},
		{"FAIL LOGIN:", "ftp.failed"},
		{"OK UPLOAD:", "ftp.upload"},
		{"OK DOWNLOAD:", "ftp.download"},
		{"CONNECT:", "ftp.connection"},
		{"OK DELETE:", "ftp.deleted"},
	};
	struct civil c;
	struct bytes who;

	if (!civil_take_ctime(&line, &c) || !take_byte(&line, ' ') ||
	    !civil_event(&c, in, e))
		return LINE_ODD;
	e->desc = DESC_ADDED;
	e->message = line;
	if (take_transfer(line, e))
		return LINE_EVENT;
	if (!bytes_starts(line, "[pid "))
		return LINE_ODD;
	who = line;
	(void)take_word(&who); /* "[pid" */
	(void)take_word(&who); /* "12]" */
	e->kind = kind_by(who, kinds, ARRAY_SIZE(kinds), "ftp");
	if (bytes_starts(who, "["))
		e->actor = between(who, "[", "]");
	return LINE_EVENT;
}

static const struct line_form vsftpd_form = {take_vsftpd, "no line of vsftpd",
					     false};

unsigned vsftpd_score(const struct parse_input *in)
{
	return score_lines(in, &vsftpd_form, NULL);
}

enum err_code vsftpd_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &vsftpd_form, NULL, err);
}

/* ---- fail2ban.log: "... 12:00:00,123 fail2ban.actions [1]: NOTICE ..." -- */

static enum line_is take_fail2ban(const struct parse_input *in,
				  void *state UNUSED, struct bytes line,
				  struct parse_event *e)
{
	static const struct word_kind kinds[] = {
		{"] Ban ", "ban"},           {"] Restore Ban ", "ban"},
		{"] Unban ", "ban.removed"}, {"] Found ", "ban.found"},
		{"already banned", "ban"},
	};
	struct civil c;
	struct bytes rest;

	if (!civil_take_iso(&line, &c))
		return LINE_MORE;
	line = bytes_trim(line);
	if (!bytes_starts(line, "fail2ban") || !civil_event(&c, in, e))
		return LINE_ODD;
	e->desc = DESC_RECORDED;
	e->message = line;
	e->kind = kind_by(line, kinds, ARRAY_SIZE(kinds), "service");
	e->actor = bytes_str("fail2ban");
	for (rest = line; rest.n;) { /* whose address is behind the word */
		struct bytes word = take_word(&rest);

		if (bytes_eq(word, bytes_str("Ban")) ||
		    bytes_eq(word, bytes_str("Unban")) ||
		    bytes_eq(word, bytes_str("Found")))
			e->actor = take_word(&rest);
	}
	return LINE_EVENT;
}

static const struct line_form fail2ban_form = {take_fail2ban,
					       "no line of fail2ban", true};

unsigned fail2ban_log_score(const struct parse_input *in)
{
	return score_lines(in, &fail2ban_form, NULL);
}

enum err_code fail2ban_log_run(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &fail2ban_form, NULL, err);
}

/* ---- cloud-init.log: "2022-01-01 00:00:00,123 - util.py[DEBUG]: text" --- */

static enum line_is take_cloud_init(const struct parse_input *in,
				    void *state UNUSED, struct bytes line,
				    struct parse_event *e)
{
	struct civil c;
	struct bytes name;
	size_t at;

	if (!civil_take_iso(&line, &c))
		return LINE_MORE;
	if (!bytes_starts(line, " - ") || !bytes_find(line, "]: ", &at))
		return LINE_ODD;
	line = bytes_skip(line, 3);
	name = between(line, "", "[");
	if (name.n == 0 || name.n > 64 || memchr(name.p, ' ', name.n))
		return LINE_ODD;
	/* Without an offset its clock is UTC's, always. */
	if (!(c.has_offset ? civil_event(&c, in, e) : civil_event_utc(&c, e)))
		return LINE_ODD;
	e->desc = DESC_RECORDED;
	e->kind = "cloud-init";
	e->actor = name;
	e->message = line;
	return LINE_EVENT;
}

static const struct line_form cloud_init_form = {take_cloud_init,
						 "no line of cloud-init", true};

unsigned cloud_init_score(const struct parse_input *in)
{
	return score_lines(in, &cloud_init_form, NULL);
}

enum err_code cloud_init_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &cloud_init_form, NULL, err);
}
