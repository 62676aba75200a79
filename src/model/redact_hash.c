/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of passwords wherever they stand, told by their form: what crypt(3)
 * makes and what borrowed its form, LDAP's, those of databases, NT's.
 */
#include "base/base.h"

#include <strings.h>

#include "base/hash.h"
#include "model/redact_inside.h"

/* ---- crypt(3) ---- */

#define LOOSE_LAST 4u /* where it can be nothing else */

/* How many fields are behind the id, how long the last one is at least. */
static const struct crypt_form {
	const char *id;
	uint8_t fields, last;
} forms[] = {
	{"1", 2, 22},	   {"2", 2, 53},    {"2a", 2, 53},
	{"2b", 2, 53},	   {"2x", 2, 53},   {"2y", 2, 53},
	{"3", 2, 32},	   {"5", 2, 43},    {"6", 2, 86},
	{"7", 2, 43},	   {"8", 2, 43},    {"9", 2, 43},
	{"y", 3, 43},	   {"gy", 3, 43},   {"P", 1, 31},
	{"H", 1, 31},	   {"S", 1, 52},    {"md5", 2, 22},
	{"sha1", 3, 28},   {"apr1", 2, 22}, {"scrypt", 3, 16},
	{"argon2i", 3, 16}, {"argon2d", 3, 16}, {"argon2id", 3, 16},
	{"pbkdf2", 3, 16}, {"pbkdf2-sha1", 3, 16},
	{"pbkdf2-sha256", 3, 16}, {"pbkdf2-sha512", 3, 16},
};

/* A dollar sign, which a shell's script may have quoted. */
static size_t sign_at(const struct redactor *r, size_t at)
{
	if (byte_at(r, at) == '\\' && byte_at(r, at + 1) == '$')
		return 2;
	return byte_at(r, at) == '$';
}

/* And a slash, which JSON may have. */
static size_t field_end(const struct redactor *r, size_t at)
{
	while (at < r->n) {
		uint8_t c = r->p[at];

		if (is_crypt(c) || c == '=' || c == ',' || c == '+' ||
		    c == '-' || c == '_')
			at++;
		else if (c == '\\' && byte_at(r, at + 1) == '/')
			at += 2;
		else
			break;
	}
	return at;
}

static const struct crypt_form *form_of(const struct redactor *r, size_t at,
					size_t to)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strlen(forms[i].id) == to - at &&
		    memcmp(r->p + at, forms[i].id, to - at) == 0)
			return &forms[i];
	return NULL;
}

/* MySQL's caching_sha2_password: its salt may be any bytes. */
static bool is_mysql_sha2(const struct redactor *r, size_t at)
{
	return is_at(r, at, "$A$") && byte_at(r, at + 6) == '$' &&
	       r->n - at >= 70 && run_of(r, at + 3, is_hex) == at + 6;
}

enum verdict crypt_find(const struct redactor *r, size_t at, bool loose,
			size_t *method_end, size_t *end)
{
	size_t from = at + sign_at(r, at), to = from, fields = 0, last = 0;
	const struct crypt_form *form;

	while (to < r->n && to - from < 16 &&
	       (is_word(r->p[to]) || r->p[to] == '-'))
		to++;
	form = form_of(r, from, to);
	if (is_at(r, at, "$A$") && is_open(r, at, at + 70))
		return VERDICT_MORE;
	if (is_mysql_sha2(r, at)) {
		*method_end = at + 7;
		*end = at + 70;
		return VERDICT_YES;
	}
	if (!form)
		return is_open(r, at, to) ? VERDICT_MORE : VERDICT_NO;
	*method_end = to + sign_at(r, to);
	/* Sun's has its rounds behind a comma. */
	if (byte_at(r, to) == ',' && memcmp(form->id, "md5", 3) == 0)
		to = field_end(r, to);
	for (size_t sign; (sign = sign_at(r, to)); fields++) {
		size_t field = to + sign;

		to = field_end(r, field);
		last = to - field;
	}
	if (is_open(r, at, to))
		return VERDICT_MORE;
	*end = to;
	if (fields < form->fields)
		return VERDICT_NO;
	if (to >= r->n && last >= LOOSE_LAST * 2)
		return VERDICT_YES; /* it was cut off */
	return last >= (loose ? LOOSE_LAST : form->last) ? VERDICT_YES
							  : VERDICT_NO;
}

/* "name:$6$salt$hash:": who writes so means it, however short it is. */
static bool is_in_account(const struct redactor *r, size_t at)
{
	while (at && (r->p[at - 1] == '!' || r->p[at - 1] == '*'))
		at--;
	return at > 1 && r->p[at - 1] == ':' && is_word(r->p[at - 2]);
}

static bool ends_account(const struct redactor *r, size_t at)
{
	return at >= r->n || strchr(":\n\r\"' \t", r->p[at]);
}

enum verdict judge_crypt(struct redactor *r, size_t at, struct span *s)
{
	enum verdict verdict;

	s->from = at;
	if (!sign_at(r, at))
		return VERDICT_NO;
	verdict = crypt_find(r, at, false, &s->from, &s->to);
	if (verdict == VERDICT_NO && is_in_account(r, at)) {
		verdict = crypt_find(r, at, true, &s->from, &s->to);
		if (verdict == VERDICT_YES && !ends_account(r, s->to))
			verdict = VERDICT_NO;
	}
	if (verdict == VERDICT_YES)
		redact_mask(r, *s, REDACTED);
	else
		s->from = at;
	return verdict;
}

/* ---- LDAP (RFC 2307), AIX ---- */

/* What the name stands for has so many bytes, or more: salt. */
static const struct scheme {
	const char *name;
	uint8_t bytes;
	bool salted;
} schemes[] = {
	{"MD5", 16, false},    {"SMD5", 16, true},	{"SHA", 20, false},
	{"SSHA", 20, true},    {"SHA256", 32, false},	{"SSHA256", 32, true},
	{"SHA384", 48, false}, {"SSHA384", 48, true},	{"SHA512", 64, false},
	{"SSHA512", 64, true}, {"SSHA1", 20, true},	{"CRYPT", 0, true},
	{"BCRYPT", 0, true},
};

static bool is_ldap_value(uint8_t c)
{
	return is_base64(c) || c == '.' || c == '$';
}

static bool is_value_of(const struct scheme *scheme, struct bytes value)
{
	uint8_t raw[256];
	size_t n = 0;

	if (memchr(value.p, '$', value.n))
		return value.n >= 20;
	if (!scheme->bytes)
		return value.n >= 13;
	if (value.n % 4 || !base64_decode(value, raw, sizeof raw, &n))
		return false;
	return scheme->salted ? n > scheme->bytes && n <= scheme->bytes + 64u
			      : n == scheme->bytes;
}

enum verdict judge_ldap(struct redactor *r, size_t at, struct span *s)
{
	size_t name = at + 1, to = run_of(r, name, is_word);

	s->from = at;
	if (byte_at(r, to) != '}')
		return is_open(r, at, to) && to - at < 16 ? VERDICT_MORE
							   : VERDICT_NO;
	s->to = run_of(r, to + 1, is_ldap_value);
	if (is_open(r, at, s->to))
		return VERDICT_MORE;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t n = strlen(schemes[i].name);

		if (n != to - name ||
		    strncasecmp((const char *)r->p + name, schemes[i].name,
				n) != 0 ||
		    !is_value_of(&schemes[i], bytes_of(r->p + to + 1,
						       s->to - to - 1)))
			continue;
		s->from = to + 1;
		redact_mask(r, *s, REDACTED);
		return VERDICT_YES;
	}
	return VERDICT_NO;
}

/* "userPassword:: " and base64 of the same. */
enum verdict judge_ldif(struct redactor *r, size_t at, struct span *s)
{
	static const struct behind ldif = {"userPassword:: ", is_base64, 1,
					   SIZE_MAX};

	return judge_behind(r, at, &ldif, s);
}

/* ---- those of programs ---- */

static bool is_parameter(uint8_t c)
{
	return is_base64(c) || (c && strchr(":$._", c));
}

/* Of a name, numbers, a salt and a hash, all of it behind the name. */
static enum verdict judge_parameters(struct redactor *r, size_t at, size_t name,
				     struct span *s)
{
	size_t to;

	s->to = run_of(r, name, is_parameter);
	if (is_open(r, at, s->to))
		return VERDICT_MORE;
	to = s->to;
	while (to > name && is_base64(r->p[to - 1]))
		to--;
	if (s->to - to < 24 || to == name)
		return VERDICT_NO;
	s->from = name;
	redact_mask(r, *s, REDACTED);
	return VERDICT_YES;
}

/* "pbkdf2_sha256$...", "pbkdf2:sha256:...", "grub.pbkdf2.sha512...." */
enum verdict judge_pbkdf2(struct redactor *r, size_t at, struct span *s)
{
	static const char *const hashes[] = {"sha1", "sha256", "sha512"};

	s->from = at;
	if (!is_at(r, at, "pbkdf2"))
		return is_open(r, at, at + 6) ? VERDICT_MORE : VERDICT_NO;
	if (at && r->p[at - 1] == '$')
		return judge_crypt(r, at - 1, s);
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		size_t to = at + 7 + strlen(hashes[i]);

		if (is_at(r, at + 7, hashes[i]) && !is_word(byte_at(r, to)))
			return judge_parameters(r, at, to + 1, s);
	}
	return is_open(r, at, at + 14) ? VERDICT_MORE : VERDICT_NO;
}

/* Werkzeug's. */
enum verdict judge_scrypt(struct redactor *r, size_t at, struct span *s)
{
	static const char name[] = "scrypt:";

	s->from = at;
	return is_at(r, at, name)
		       ? judge_parameters(r, at, at + strlen(name), s)
		       : VERDICT_NO;
}

/* PostgreSQL's. */
enum verdict judge_scram(struct redactor *r, size_t at, struct span *s)
{
	static const char name[] = "SCRAM-SHA-256$";

	s->from = at;
	if (!is_at(r, at, name))
		return is_open(r, at, at + strlen(name)) ? VERDICT_MORE
							  : VERDICT_NO;
	return judge_parameters(r, at, at + strlen(name), s);
}

/* "'*" and forty digits of MySQL's. */
enum verdict judge_mysql(struct redactor *r, size_t at, struct span *s)
{
	s->from = at;
	s->to = run_of(r, at + 2, is_hex);
	if (is_open(r, at, s->to) && s->to - at < 64)
		return VERDICT_MORE;
	if (s->to - at != 42 || byte_at(r, s->to) != '\'')
		return VERDICT_NO;
	s->from = at + 2;
	redact_mask(r, *s, REDACTED);
	return VERDICT_YES;
}

/* ---- by the name in front ---- */

static bool is_between(uint8_t c)
{
	return c && strchr(" \t\"'=:,(>[", c);
}

/* Of a message digest of some kind, in hexadecimal digits. */
static bool is_digest(size_t n)
{
	return n == 32 || n == 40 || n == 56 || n == 64 || n == 96 || n == 128;
}

/* "password_hash": "5f4d...", sambaNTPassword: 8846..., PASSWORD 'md5...'. */
enum verdict judge_named(struct redactor *r, size_t at, struct span *s)
{
	size_t name = run_of(r, at, is_word), from = name;

	s->from = at;
	if (byte_at(r, from) == '-') /* "password-hash" */
		from = name = run_of(r, from + 1, is_word);
	from = run_of(r, from, is_between);
	if (from == name)
		return is_open(r, at, from) && from - at < 64 ? VERDICT_MORE
							       : VERDICT_NO;
	if (is_at(r, from, "md5") || is_at(r, from, "0x"))
		from += is_at(r, from, "md5") ? 3 : 2;
	else if (byte_at(r, from) == '*')
		from++;
	s->to = run_of(r, from, is_hex);
	if (is_open(r, at, s->to) && s->to - at < 256)
		return VERDICT_MORE;
	if (!is_digest(s->to - from) || is_word(byte_at(r, s->to)))
		return VERDICT_NO;
	s->from = from;
	redact_mask(r, *s, REDACTED);
	return VERDICT_YES;
}

/* ---- lines of accounts anywhere ---- */

/* root's, as DES has it: by itself such a hash is thirteen letters. */
enum verdict judge_root(struct redactor *r, size_t at, struct span *s)
{
	s->from = at;
	if (!is_at(r, at, "root:") || (at && is_word(r->p[at - 1])))
		return VERDICT_NO;
	for (at += strlen("root:");
	     byte_at(r, at) == '!' || byte_at(r, at) == '*'; at++)
		continue;
	s->to = byte_at(r, at) == '_' ? run_of(r, at + 1, is_crypt)
				      : run_of(r, at, is_crypt);
	if (is_open(r, s->from, s->to))
		return VERDICT_MORE;
	if (byte_at(r, s->to) != ':' ||
	    s->to - at != (r->p[at] == '_' ? 20u : 13u))
		return VERDICT_NO;
	s->from = at;
	redact_mask(r, *s, r->p[at] == '_' ? "_redacted" : "redacted-des");
	return VERDICT_YES;
}

/* "Administrator:500:LM:NT:::" */
enum verdict judge_nt(struct redactor *r, size_t at, struct span *s)
{
	size_t lm = at + 5, nt = lm + 33;

	s->from = at;
	if (!is_at(r, at, ":500:"))
		return is_open(r, at, at + 5) ? VERDICT_MORE : VERDICT_NO;
	s->to = nt + 32;
	if (is_open(r, at, s->to))
		return VERDICT_MORE;
	if (byte_at(r, nt - 1) != ':' || run_of(r, nt, is_hex) != s->to)
		return VERDICT_NO;
	redact_mask(r, (struct span){lm, lm + 32}, REDACTED);
	redact_mask(r, (struct span){nt, s->to}, REDACTED);
	return VERDICT_YES;
}
