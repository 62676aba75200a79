/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow(5): when passwords were set and accounts end. Of a password its kind
 * is told, never its hash.
 */
#include "base/base.h"
#include "parse/inside.h"

#define DAY_S    INT64_C(86400)
#define DAYS_MAX (EPOCH_MAX / DAY_S)

enum { NAME, HASH, CHANGED, LEAST, MOST, WARN, IDLE, EXPIRES, SPARE, N_FIELDS };

_Static_assert(N_FIELDS == ACCOUNT_FIELDS, "the fields of shadow(5)");

static bool split(struct bytes line, struct bytes f[N_FIELDS])
{
	return account_fields(line, f) == N_FIELDS && f[NAME].n > 0;
}

/* A number, or nothing: -1. */
static bool read_days(struct bytes b, int64_t *days)
{
	*days = -1;
	return b.n == 0 || bytes_eq(b, bytes_str("-1")) ||
	       (take_number(&b, 7, days) && b.n == 0);
}

/* crypt(5) */
static const char *kind_of(struct bytes hash)
{
	static const struct {
		const char *prefix, *kind;
	} kinds[] = {
		{"$y$", "yescrypt"}, {"$gy$", "gost-yescrypt"},
		{"$7$", "scrypt"},   {"$6$", "SHA-512"},
		{"$5$", "SHA-256"},  {"$2", "bcrypt"},
		{"$1$", "MD5"},      {"$sha1", "SHA-1"},
		{"$3$", "NT"},       {"_", "BSDi DES"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (bytes_starts(hash, kinds[i].prefix))
			return kinds[i].kind;
	return hash.n == 13 ? "DES" : "unknown";
}

static void describe(struct buf *message, const struct bytes f[N_FIELDS])
{
	struct bytes hash = f[HASH];
	bool locked = take_byte(&hash, '!') || take_byte(&hash, '*');

	while (take_byte(&hash, '!') || take_byte(&hash, '*'))
		;
	message_add(message, bytes_str("password of "));
	message_add(message, f[NAME]);
	message_add(message, bytes_str(" was set last; "));
	if (f[HASH].n == 0)
		message_add(message,
			    bytes_str("it is empty: anybody comes in"));
	else if (hash.n == 0)
		message_add(message, bytes_str("none fits"));
	else
		(void)buf_addf(message, "hash: %s%s", kind_of(hash),
			       locked ? ", locked" : "");
	if (f[MOST].n && !bytes_eq(f[MOST], bytes_str("99999"))) {
		message_add(message, bytes_str(", good for days: "));
		message_add(message, f[MOST]);
	}
}

static bool set_day(struct parse_event *e, int64_t days)
{
	if (days <= 0 || days > DAYS_MAX || !epoch_event(days * DAY_S, e))
		return false;
	e->precision_ns = DAY_S * NS_PER_S;
	return true;
}

static enum err_code take_line(const struct parse_out *out,
			       const struct line *line, struct parse_event *e,
			       struct buf *message, struct err *err)
{
	struct bytes f[N_FIELDS];
	enum err_code code = ERR_OK;
	int64_t set, ends;

	if (!split(line->text, f) || !read_days(f[CHANGED], &set) ||
	    !read_days(f[EXPIRES], &ends))
		return ERR_OK; /* who reads the facts says so */
	e->actor = f[NAME];
	buf_clear(message);
	describe(message, f);
	if (set_day(e, set)) {
		e->kind = "password.changed";
		e->desc = DESC_PASSWORD;
		e->message = buf_bytes(message);
		code = parse_say(out, e, err);
	}
	if (code != ERR_OK || !set_day(e, ends))
		return code;
	buf_clear(message);
	message_add(message, bytes_str("account ends: "));
	message_add(message, f[NAME]);
	e->kind = "account.expires";
	e->desc = DESC_EXPIRES;
	e->message = buf_bytes(message);
	return parse_say(out, e, err);
}

enum err_code shadow_events(const struct parse_input *in,
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

		if (line.text.n)
			code = take_line(out, &line, &e, &message, err);
	}
	buf_release(&message);
	return code;
}

static bool is_one(struct bytes line)
{
	struct bytes f[N_FIELDS];
	int64_t days;

	if (!split(line, f))
		return false;
	for (size_t i = CHANGED; i <= EXPIRES; i++)
		if (!read_days(f[i], &days))
			return false;
	return f[HASH].n == 0 || memchr("$!*_", f[HASH].p[0], 4) ||
	       f[HASH].n == 13 || bytes_eq(f[HASH], bytes_str("x"));
}

unsigned shadow_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_one);

	return share < 80
		       ? 0
		       : 60 + (path_is_of(in->path, LIST("shadow")) ? 35 : 0);
}
