/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are known by their place or by how they look, line by line:
 * accounts, where a hash needs no form to be one, and names with values.
 */
#include "base/base.h"

#include <strings.h>

#include "model/redact_inside.h"

#define FIELDS_MAX 11u
#define LOOK_LINES 64u
#define METHOD_MAX 20u /* bytes behind a "$" or "{" */

static size_t fields_of(struct bytes line, struct bytes f[FIELDS_MAX])
{
	size_t n = 0;

	while (n < FIELDS_MAX) {
		const uint8_t *colon =
			line.n ? memchr(line.p, ':', line.n) : NULL;

		f[n] = line;
		if (!colon)
			return n + 1;
		f[n++].n = (size_t)(colon - line.p);
		line = bytes_skip(line, f[n - 1].n + 1);
	}
	return n + 1;
}

static bool is_number(struct bytes b, bool may_be_empty)
{
	uint64_t v;

	return b.n ? bytes_to_u64(b, &v) || bytes_eq(b, bytes_str("-1"))
		   : may_be_empty;
}

static bool is_name(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (!is_word(b.p[i]) && !strchr("-.$@", b.p[i]))
			return false;
	return b.n > 0 && b.n <= 64;
}

/* ---- how a file looks ---- */

static bool is_passwd(const struct bytes *f, size_t n)
{
	size_t home = n == 10 ? 8 : 5; /* master.passwd(5) of BSD has ten */

	return (n == 7 || n == 10) && is_number(f[2], false) &&
	       is_number(f[3], false) && (!f[home].n || f[home].p[0] == '/');
}

static bool is_shadow(const struct bytes *f, size_t n)
{
	bool numbers = n == 9;

	for (size_t i = 2; numbers && i < 9; i++)
		numbers = is_number(f[i], true);
	return numbers;
}

/* Samba's: two hashes of 32 digits; pwdump's, which has nothing behind. */
static bool is_smbpasswd(const struct bytes *f, size_t n)
{
	return n >= 6 && is_number(f[1], false) && f[2].n == 32 &&
	       f[3].n == 32;
}

/* htdigest(1) */
static bool is_htdigest(const struct bytes *f, size_t n)
{
	if (n != 3 || f[2].n != 32)
		return false;
	for (size_t i = 0; i < 32; i++)
		if (!is_hex(f[2].p[i]))
			return false;
	return true;
}

static bool is_group(const struct bytes *f, size_t n)
{
	return n == 4 && is_number(f[2], false);
}

/* Thirteen letters of all kinds, which no word is. */
static bool is_des(struct bytes b)
{
	bool upper = false, lower = false, other = false;

	for (size_t i = 0; i < b.n; i++) {
		if (!is_crypt(b.p[i]))
			return false;
		upper |= b.p[i] >= 'A' && b.p[i] <= 'Z';
		lower |= b.p[i] >= 'a' && b.p[i] <= 'z';
		other |= b.p[i] <= '9';
	}
	return b.n == 13 && upper && lower && other;
}

static bool is_htpasswd(const struct bytes *f, size_t n)
{
	return n == 2 && is_des(f[1]);
}

static bool looks(struct bytes line)
{
	struct bytes f[FIELDS_MAX + 1];
	size_t n = fields_of(line, f);

	return is_name(f[0]) &&
	       (is_passwd(f, n) || is_shadow(f, n) || is_smbpasswd(f, n) ||
		is_htdigest(f, n) || is_group(f, n) || is_htpasswd(f, n));
}

enum redact_lines lines_of_look(struct bytes start)
{
	size_t lines = 0, like = 0;
	struct bytes line;

	while (lines < LOOK_LINES && bytes_split(&start, '\n', &line)) {
		line = bytes_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (start.n == 0 && lines)
			break; /* it may have been cut */
		lines++;
		like += looks(line);
	}
	return like && 2 * like >= lines ? LINES_ACCOUNTS : LINES_NONE;
}

/* ---- accounts ---- */

static struct span span_of(const struct redactor *r, struct bytes field)
{
	size_t from = (size_t)(field.p - r->p);

	return (struct span){from, from + field.n};
}

static bool is_redacted(struct bytes b)
{
	size_t n = MIN(b.n, strlen(REDACTED));

	return n && memcmp(b.p, REDACTED, n) == 0;
}

/* How much of a hash says which kind it is: "$6$", "{SSHA}". */
static size_t method_length(struct bytes b)
{
	const uint8_t *end = memchr(b.p + 1, b.p[0] == '$' ? '$' : '}',
				    MIN(b.n - 1, (size_t)METHOD_MAX));
	size_t n = end ? (size_t)(end + 1 - b.p) : 0;

	return n == b.n ? 0 : n;
}

/* "!$6$salt$hash" is "!$6$redacted"; what locks an account stays. */
void redact_field(struct redactor *r, struct span field, bool is_hash)
{
	struct bytes b;

	while (field.from < field.to && (r->p[field.from] == '!' ||
					 r->p[field.from] == '*'))
		field.from++;
	b = bytes_of(r->p + field.from, field.to - field.from);
	if (b.n <= 4 || is_redacted(b)) /* x, LK, NP: no hash is so short */
		return;
	if (b.p[0] == '$' || b.p[0] == '{') {
		field.from += method_length(b);
		if (!is_redacted(bytes_of(r->p + field.from,
					  field.to - field.from)))
			redact_mask(r, field, REDACTED);
	} else if (b.p[0] == '_' && b.n == 20) {
		redact_mask(r, field, "_redacted");
	} else if (is_des(b) || (is_hash && b.n == 13)) {
		redact_mask(r, field, "redacted-des");
	} else if (is_hash) {
		redact_mask(r, field, REDACTED);
	}
}

static void redact_account(struct redactor *r, struct bytes line, bool shadow)
{
	struct bytes f[FIELDS_MAX + 1];
	size_t n = fields_of(line, f);

	if (n < 2)
		return;
	if (is_smbpasswd(f, n)) {
		redact_field(r, span_of(r, f[2]), true);
		redact_field(r, span_of(r, f[3]), true);
	} else if (is_htdigest(f, n)) {
		redact_field(r, span_of(r, f[2]), true);
	} else {
		redact_field(r, span_of(r, f[1]),
			     shadow || ((is_passwd(f, n) || is_shadow(f, n)) &&
					is_name(f[0])));
	}
}

/* ---- names and values ---- */

static bool is_name_byte(uint8_t c)
{
	return is_word(c) || c == '-' || c == '.';
}

/* Whether a value that has that name is secret. */
static bool is_secret_name(struct bytes name)
{
	static const char *const words[] = {
		"pass",	   "secret",	 "psk",	     "token",
		"_auth",   "auth_key",	 "wep-key",  "wep_key",
		"private-key", "privatekey", "presharedkey", "preshared-key",
	};
	static const char *const not[] = {"file", "path", "flags", "key-mgmt",
					  "url", "expiry", "type"};
	char low[64];

	if (name.n >= sizeof low)
		return false;
	for (size_t i = 0; i < name.n; i++)
		low[i] = (char)(name.p[i] | (name.p[i] >= 'A' &&
							     name.p[i] <= 'Z'
						     ? 0x20
						     : 0));
	low[name.n] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(not); i++)
		if (strstr(low, not[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(low, words[i]))
			return true;
	return strcmp(low, "auth") == 0;
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

static size_t skip_blanks(const struct redactor *r, size_t at, size_t end)
{
	while (at < end && (r->p[at] == ' ' || r->p[at] == '\t'))
		at++;
	return at;
}

/* Behind a name: its value, in quotes, behind a sign up to the end of the
 * line, or else the next word; an empty one when it has none. */
static struct span value_of(const struct redactor *r, size_t at, size_t end)
{
	bool quoted = at < end && is_quote(r->p[at]), sign;
	size_t from = skip_blanks(r, at + quoted, end);
	struct span s;

	sign = from < end && (r->p[from] == ':' || r->p[from] == '=');
	s.from = skip_blanks(r, from + sign, end);
	if (!sign && (quoted || s.from == at))
		return (struct span){end, end};
	s.to = s.from;
	if (sign && s.to < end && is_quote(r->p[s.to])) {
		s.from = ++s.to;
		while (s.to < end && (r->p[s.to] != r->p[s.from - 1] ||
				      r->p[s.to - 1] == '\\'))
			s.to++;
		return s;
	}
	while (s.to < end && (sign || (r->p[s.to] != ' ' &&
				       r->p[s.to] != '\t')))
		s.to++;
	return s;
}

void redact_values(struct redactor *r, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		size_t end = MIN(run_of(r, at, is_name_byte), to);
		struct span s;

		if (end == at) {
			at++;
			continue;
		}
		s = value_of(r, end, to);
		if (s.to > s.from &&
		    is_secret_name(bytes_of(r->p + at, end - at)) &&
		    !is_redacted(bytes_of(r->p + s.from, s.to - s.from)) &&
		    r->p[s.from] != '{' && r->p[s.from] != '[') {
			redact_mask(r, s, REDACTED);
			end = s.to;
		}
		at = end;
	}
}

/* ---- all lines ---- */

static void redact_line(struct redactor *r, size_t from, size_t to)
{
	if (r->lines == LINES_VALUES)
		redact_values(r, from, to);
	else
		redact_account(r, bytes_of(r->p + from, to - from),
			       r->lines == LINES_SHADOW);
}

/* Maps of NIS have NULs where files have ends of lines. */
void lines_redact(struct redactor *r, size_t from, size_t to)
{
	while (from < to) {
		size_t end = from;

		while (end < to && r->p[end] != '\n' && r->p[end] != '\r' &&
		       r->p[end])
			end++;
		redact_line(r, from, end);
		from = end + 1;
	}
}
