/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passwd(5), shadow(5) and group(5). What a hash is stays where it is: a fact
 * says how it was made and whether there is one. A probe that was not allowed
 * to take secrets has put words in place of it already.
 */
#include "base/base.h"
#include "base/time.h"
#include "parse/conf.h"

size_t account_fields(struct bytes line, struct bytes f[ACCOUNT_FIELDS])
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= line.n; i++) {
		if (i < line.n && line.p[i] != ':')
			continue;
		if (n == ACCOUNT_FIELDS)
			return ACCOUNT_FIELDS + 1;
		f[n++] = bytes_of(line.p + from, i - from);
		from = i + 1;
	}
	return n;
}

static bool is_number(struct bytes b)
{
	uint64_t v;

	return bytes_to_u64(b, &v) && v <= UINT32_MAX;
}

/* A number, or nothing. */
static bool number_or_none(struct bytes b)
{
	return b.n == 0 || bytes_eq(b, bytes_str("-1")) || is_number(b);
}

static int64_t number(struct bytes b)
{
	uint64_t v;

	return bytes_to_u64(b, &v) && v <= INT64_MAX ? (int64_t)v : -1;
}

/* NIS: "+", "-user", "+@netgroup". */
static bool is_nis(struct bytes line)
{
	return line.n && (line.p[0] == '+' || line.p[0] == '-');
}

/* ---- passwd ---- */

static bool is_account(struct bytes line)
{
	struct bytes f[ACCOUNT_FIELDS];

	return is_nis(line) || (account_fields(line, f) == 7 && f[0].n &&
				is_number(f[2]) && is_number(f[3]));
}

unsigned passwd_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("etc/passwd"), is_account);
}

enum err_code passwd_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	struct bytes f[ACCOUNT_FIELDS] = {{0}};
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		size_t n = account_fields(line.text, f);

		if (n != 7 || !is_account(line.text)) {
			if (!is_nis(line.text) || n < 1)
				conf_problem(&c, line.offset,
					     "no line of passwd(5)");
			continue;
		}
		fact_begin(&c, "account", f[0], &line);
		if (number(f[2]) >= 0)
			fact_int(&c, "uid", number(f[2]));
		if (number(f[3]) >= 0)
			fact_int(&c, "gid", number(f[3]));
		fact_text(&c, "gecos", f[4]);
		fact_text(&c, "home", f[5]);
		fact_text(&c, "shell", f[6]);
		/* A hash may stand here, as in the old days. */
		if (!bytes_eq(f[1], bytes_str("x")))
			fact_str(&c, "field",
				 f[1].n == 0        ? ""
				 : f[1].p[0] == '*' ? "*"
				 : f[1].p[0] == '!' ? "!"
						    : "hash");
		fact_tell(&c);
	}
	return conf_end(&c);
}

/* ---- shadow ---- */

static bool is_password(struct bytes line)
{
	struct bytes f[ACCOUNT_FIELDS];

	if (account_fields(line, f) != 9 || f[0].n == 0)
		return false;
	for (size_t i = 2; i < 8; i++)
		if (!number_or_none(f[i]))
			return false;
	return true;
}

/* "$y$j9T$..." is of y; "_..." and thirteen letters are of DES. What a probe
 * leaves where it does not take secrets says it too. */
static struct bytes method_of(struct bytes hash)
{
	struct bytes piece;

	if (take_byte(&hash, '$'))
		return bytes_split(&hash, '$', &piece) && piece.n <= 8
			       ? piece
			       : bytes_str("");
	if (hash.n == 13 || (hash.n == 20 && hash.p[0] == '_') ||
	    bytes_eq(hash, bytes_str("redacted-des")) ||
	    bytes_eq(hash, bytes_str("_redacted")))
		return bytes_str("des");
	return bytes_str("");
}

/* What locks an account stands in front of the hash. */
static struct bytes without_lock(struct bytes field)
{
	while (field.n && (field.p[0] == '!' || field.p[0] == '*'))
		field = bytes_skip(field, 1);
	return field;
}

static const char *state_of(struct bytes field)
{
	struct bytes hash = without_lock(field);

	if (field.n == 0)
		return "empty";
	if (!method_of(hash).n && !bytes_eq(hash, bytes_str("redacted")))
		return "none";
	return hash.n < field.n ? "locked" : "set";
}

static void fact_day(struct conf *c, const char *member, struct bytes field)
{
	int64_t day = number(field);

	if (field.n && day >= 0 && day < 100000)
		fact_int(c, member, day * 86400 * NS_PER_S);
}

enum err_code shadow_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	struct bytes f[ACCOUNT_FIELDS] = {{0}};
	bool is_backup = in->path.n && in->path.p[in->path.n - 1] == '-';
	struct conf_line line;
	enum err_code code;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (!is_password(line.text)) {
			if (!is_nis(line.text))
				conf_problem(&c, line.offset,
					     "no line of shadow(5)");
			continue;
		}
		if (is_backup) /* what was so before */
			continue;
		(void)account_fields(line.text, f);
		fact_begin(&c, "password", f[0], &line);
		fact_str(&c, "state", state_of(f[1]));
		fact_text(&c, "method", method_of(without_lock(f[1])));
		fact_day(&c, "changed_at", f[2]);
		if (f[4].n && number(f[4]) >= 0)
			fact_int(&c, "max_days", number(f[4]));
		fact_day(&c, "expires_at", f[7]);
		fact_tell(&c);
	}
	code = conf_end(&c);
	return code == ERR_OK ? shadow_events(in, out, err) : code;
}

/* ---- group ---- */

static bool is_group(struct bytes line)
{
	struct bytes f[ACCOUNT_FIELDS];

	return is_nis(line) ||
	       (account_fields(line, f) == 4 && f[0].n && is_number(f[2]));
}

unsigned group_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("etc/group"), is_group);
}

enum err_code group_run(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	struct bytes f[ACCOUNT_FIELDS] = {{0}};
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		struct word_list members = {.n = 0};

		if (account_fields(line.text, f) != 4 || !is_group(line.text)) {
			if (!is_nis(line.text))
				conf_problem(&c, line.offset,
					     "no line of group(5)");
			continue;
		}
		list_split(&members, f[3], ",");
		fact_begin(&c, "account_group", f[0], &line);
		if (number(f[2]) >= 0)
			fact_int(&c, "gid", number(f[2]));
		fact_list(&c, "members", &members);
		fact_tell(&c);
	}
	return conf_end(&c);
}
