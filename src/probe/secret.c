/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose content stays where it is, or goes without what is secret. */
#include "base/base.h"

#include <fnmatch.h>

#include "base/hash.h"
#include "model/secret.h"
#include "probe/secret.h"

#define HASHES_MAX ((size_t)4 << 20) /* a larger file is no shadow(5) */

enum req_secrecy secret_of_path(struct bytes path)
{
	char *s = bytes_to_str(path);
	enum req_secrecy secrecy = SECRECY_NONE;
	const struct secret_place *place;

	for (size_t i = 0; (place = secret_place(i)); i++) {
		if (fnmatch(place->path, s, 0) != 0)
			continue;
		secrecy = place->secrecy;
		break;
	}
	free(s);
	return secrecy;
}

bool secret_is_endless(struct bytes path)
{
	static const char *const paths[] = {
		"/proc/kmsg",	     "/proc/kcore",
		"/proc/*/mem",	     "/proc/*/pagemap",
		"/proc/kpage*",	     "/proc/*clear_refs",
		"/sys/*/trace_pipe", "/proc/acpi/event",
		"/proc/sysrq-trigger",
	};
	char *s = bytes_to_str(path);
	bool yes = false;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		yes |= fnmatch(paths[i], s, 0) == 0;
	free(s);
	return yes;
}

/* ---- hashes ---- */

static bool is_des(struct bytes b)
{
	if (b.n != 13)
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (!strchr("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz",
			    b.p[i]) ||
		    !b.p[i])
			return false;
	return true;
}

/* "!$6$salt$hash" is "!$6$redacted"; what locks an account stays. */
static void redact_field(struct bytes field, struct buf *out)
{
	struct bytes kind;

	while (field.n && (field.p[0] == '!' || field.p[0] == '*')) {
		(void)buf_add_byte(out, field.p[0]);
		field = bytes_skip(field, 1);
	}
	if (field.n <= 4) { /* x, LK, NP: no hash is so short */
		(void)buf_add_bytes(out, field);
	} else if (field.p[0] == '$') {
		field = bytes_skip(field, 1);
		(void)bytes_split(&field, '$', &kind);
		kind.n = MIN(kind.n, (size_t)16);
		(void)buf_addf(out, "$%.*s$redacted", (int)kind.n,
			       (const char *)kind.p);
	} else {
		(void)buf_add_str(out, field.p[0] == '_' ? "_redacted"
				       : is_des(field)	 ? "redacted-des"
							 : "redacted");
	}
}

void secret_redact_hashes(struct bytes text, struct buf *out)
{
	while (text.n) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		struct bytes line = bytes_of(text.p, n), name, rest;
		const uint8_t *colon = memchr(line.p, ':', line.n);

		name = bytes_of(line.p, colon ? (size_t)(colon - line.p) + 1
					      : line.n);
		rest = bytes_skip(line, name.n);
		(void)buf_add_bytes(out, name);
		if (colon) {
			struct bytes field = rest;
			const uint8_t *next =
				rest.n ? memchr(rest.p, ':', rest.n) : NULL;

			if (next)
				field.n = (size_t)(next - rest.p);
			redact_field(field, out);
			(void)buf_add_bytes(out, bytes_skip(rest, field.n));
		}
		if (end)
			(void)buf_add_byte(out, '\n');
		text = bytes_skip(text, n + (end != NULL));
	}
}

/* ---- a file ---- */

/* All of it, when it is no longer than that. */
static enum reason read_whole(struct file *f, size_t max, struct buf *out)
{
	int error = 0;

	if (file_length(f) > max)
		return REASON_SECRET;
	buf_init(out, max + 1);
	while (out->n < file_length(f)) {
		struct bytes piece = file_piece(
			f, (size_t)file_length(f) - out->n, out->n, &error);

		if (piece.n == 0)
			break;
		if (!buf_add_bytes(out, piece))
			return REASON_SECRET;
	}
	return error ? reason_of_errno(error) : REASON_SCANNED;
}

/* A file may say that it is a public one. */
static bool is_public(struct bytes start)
{
	static const char *const begins[] = {"ssh-", "ecdsa-", "sk-",
					     "-----BEGIN PUBLIC",
					     "-----BEGIN CERTIFICATE"};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (bytes_starts(start, begins[i]))
			return true;
	return false;
}

static enum reason withhold_key(struct file *f, struct buf *whole)
{
	enum reason reason = read_whole(f, KEY_MAX, whole);
	struct buf told;

	if (reason != REASON_SCANNED)
		return reason;
	if (!secret_is_key(buf_bytes(whole)))
		return whole->n == 0 || is_public(buf_bytes(whole))
			       ? REASON_SCANNED
			       : REASON_SECRET;
	buf_init(&told, 2 * KEY_MAX);
	secret_describe_key(buf_bytes(whole), &told);
	file_hold(f, &told);
	f->redacted = true;
	return REASON_SCANNED;
}

static enum reason withhold_hashes(struct file *f, struct buf *whole)
{
	enum reason reason = read_whole(f, HASHES_MAX, whole);
	struct buf told;

	if (reason != REASON_SCANNED)
		return reason;
	buf_init(&told, 4 * HASHES_MAX);
	secret_redact_hashes(buf_bytes(whole), &told);
	if (told.full || bytes_eq(buf_bytes(&told), buf_bytes(whole))) {
		reason = told.full ? REASON_SECRET : REASON_SCANNED;
		buf_release(&told);
		return reason;
	}
	file_hold(f, &told);
	f->redacted = true;
	return REASON_SCANNED;
}

enum reason secret_withhold(struct file *f)
{
	struct buf whole = {0};
	enum reason reason = REASON_SCANNED;
	enum req_secrecy secrecy;
	int error;

	if (f->run->plan->start.secrets)
		return REASON_SCANNED;
	secrecy = secret_of_path(f->rec.path);
	secrecy = MAX(secrecy, f->job->want.secrecy);
	if (secrecy < SECRECY_KEY && file_length(f) <= KEY_MAX &&
	    secret_is_key(file_piece(f, 4096, 0, &error)))
		secrecy = SECRECY_KEY;
	if (secrecy == SECRECY_METADATA)
		reason = REASON_SECRET;
	else if (secrecy == SECRECY_KEY)
		reason = withhold_key(f, &whole);
	else if (secrecy == SECRECY_HASHES)
		reason = withhold_hashes(f, &whole);
	buf_wipe(&whole);
	buf_release(&whole);
	return reason;
}
