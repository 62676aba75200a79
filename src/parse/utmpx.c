/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utmpx of macOS (Libc's utmpx-darwin.c): records of 628 bytes, of which the
 * first has the file's signature in the place of a user.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/numbers.h"

#define SIGNATURE "utmpx-1.00"
#define RECORD    ((size_t)628)
#define USER_LEN  256u
#define LINE_AT   260u
#define LINE_LEN  32u
#define PID_AT    292u
#define TYPE_AT   296u
#define SEC_AT    300u
#define USEC_AT   304u
#define HOST_AT   308u
#define HOST_LEN  256u

/* By ut_type; 10 is the signature's. */
static const struct {
	const char *kind, *words;
} types[] = {
	[0] = {"login.empty", "empty record"},
	[1] = {"runlevel", "run level changed"},
	[2] = {"boot", "system booted"},
	[3] = {"clock.set", "clock was set, time before"},
	[4] = {"clock.set", "clock was set, time after"},
	[5] = {"process", "process started by init"},
	[6] = {"login.wait", "waits for a login"},
	[7] = {"login", "login"},
	[8] = {"logout", "logout"},
	[9] = {"accounting", "accounting"},
	[10] = {"login.empty", "signature"},
	[11] = {"shutdown", "system went down"},
};

static enum err_code take_record(const struct parse_out *out,
				 struct bytes record, struct parse_event *e,
				 struct err *err)
{
	unsigned type = le16(record, TYPE_AT);
	uint32_t sec = le32(record, SEC_AT), usec = le32(record, USEC_AT);
	struct buf message;
	enum err_code code;

	if (type >= ARRAY_SIZE(types) || usec >= 1000000)
		return parse_problem(out, e->offset, "no record of a login",
				     err);
	e->time_ns = time_from_parts(sec, (int64_t)usec * NS_PER_US);
	e->precision_ns = NS_PER_US;
	e->source = SOURCE_UTC;
	if (!sec && !usec)
		no_time(e);
	e->kind = types[type].kind;
	e->actor = field_string(record, 0, USER_LEN);
	buf_init(&message, PARSE_MESSAGE_MAX);
	(void)buf_add_str(&message, types[type].words);
	message_part(&message, "user", e->actor);
	message_part(&message, "line",
		     field_string(record, LINE_AT, LINE_LEN));
	message_part(&message, "host",
		     field_string(record, HOST_AT, HOST_LEN));
	if (le32(record, PID_AT))
		(void)buf_addf(&message, ", pid %" PRIu32,
			       le32(record, PID_AT));
	e->message = buf_bytes(&message);
	code = parse_say(out, e, err);
	buf_release(&message);
	return code;
}

enum err_code utmpx_run(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	size_t at = RECORD;

	if (!bytes_starts(in->content, SIGNATURE))
		return err_set(err, ERR_FORMAT, "no utmpx of macOS");
	for (; code == ERR_OK && at < in->content.n; at += RECORD) {
		struct bytes record = bytes_skip(in->content, at);
		struct parse_event e = {.desc = DESC_CHANGED,
					.offset = at,
					.length = RECORD};

		if (record.n < RECORD)
			return parse_problem(out, at, "stray bytes at the end",
					     err);
		record.n = RECORD;
		code = take_record(out, record, &e, err);
	}
	return code;
}

unsigned utmpx_score(const struct parse_input *in)
{
	return in->content.n >= RECORD && bytes_starts(in->content, SIGNATURE)
		       ? 100
		       : 0;
}
