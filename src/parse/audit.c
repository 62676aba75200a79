/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.log of auditd (auditd(8), and the kernel's audit_log_format): records
 * "type=T msg=audit(SECONDS.MS:SERIAL): key=value...", where those of one time
 * and serial (and node) are one event, told in pieces that other events may
 * stand between, or stand before. Values that programs chose are in quotes or
 * hexadecimal; ENRICHED logs have names for numbers behind a byte 1D.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/words.h"

#define OPEN_MAX    64u /* events that wait for more of them */
#define RECORDS_MAX 64u /* of one event; more are told as another */
#define LOOK_LINES  40
#define JOINED_MAX  32u /* that may go on in the next file; all are open then */
#define ENRICHED    0x1d
#define NAME_LEN_MAX ((size_t)256) /* of an account, in hexadecimal */

struct record_at {
	struct bytes type, body;
};

struct group {
	bool used;
	uint64_t order; /* when it was begun */
	int64_t time_ns;
	uint64_t serial;
	struct bytes node;
	int64_t precision_ns;
	uint64_t offset, end;
	struct record_at records[RECORDS_MAX];
	size_t n;
};

struct head {
	struct bytes node, type, body;
	int64_t time_ns, precision_ns;
	uint64_t serial;
};

struct joined {
	int64_t time_ns;
	uint64_t serial;
};

struct audit {
	const struct parse_input *in;
	const struct parse_out *out;
	struct joined joined[JOINED_MAX]; /* a ring */
	uint64_t n_joined;
	struct group *groups; /* OPEN_MAX */
	uint64_t n_begun;
};

/* ---- one record ---- */

static struct bytes take_until(struct bytes *rest, uint8_t end)
{
	const uint8_t *p = memchr(rest->p, end, rest->n);
	struct bytes b = *rest;

	b.n = p ? (size_t)(p - b.p) : b.n;
	*rest = bytes_skip(*rest, b.n + (p != NULL));
	return b;
}

/* "SECONDS.MS:SERIAL", or without the milliseconds. */
static bool take_when(struct bytes when, struct head *h)
{
	struct bytes s = take_until(&when, ':'), ms;
	uint64_t sec, rest = 0;

	ms = s;
	s = take_until(&ms, '.');
	if (!bytes_to_u64(s, &sec) || sec > INT64_MAX / NS_PER_S - 1 ||
	    ms.n > 9 || (ms.n && !bytes_to_u64(ms, &rest)) ||
	    !bytes_to_u64(when, &h->serial))
		return false;
	h->precision_ns = NS_PER_S;
	for (size_t i = 0; i < ms.n; i++)
		h->precision_ns /= 10;
	h->time_ns = (int64_t)sec * NS_PER_S + (int64_t)rest * h->precision_ns;
	return true;
}

static bool read_head(struct bytes line, struct head *h)
{
	*h = (struct head){.serial = 0};
	if (take_words(&line, "node="))
		h->node = take_word(&line);
	if (!take_words(&line, "type="))
		return false;
	h->type = take_until(&line, ' ');
	if (h->type.n == 0 || !take_words(&line, "msg=audit("))
		return false;
	if (!take_when(take_until(&line, ')'), h))
		return false;
	(void)take_byte(&line, ':');
	(void)take_byte(&line, ' ');
	h->body = line;
	return true;
}

/* A value in front, without quotes. */
static struct bytes read_value(struct bytes v)
{
	if (take_byte(&v, '"'))
		return take_until(&v, '"');
	for (size_t i = 0; i < v.n; i++)
		if (strchr(" '\x1d", v.p[i]))
			v.n = i;
	return v;
}

static bool is_set(struct bytes v)
{
	return v.n && !word_is(v, LIST("unset", "?", "4294967295"));
}

/* Is it a key at p: behind a blank, a quote or the byte 1D, and not an old
 * value ("old auid=")? */
static bool is_key_at(struct bytes body, const uint8_t *p)
{
	size_t before = (size_t)(p - body.p);

	return before == 0 || (strchr(" '\x1d", p[-1]) && p[-1] &&
			       !(before >= 4 && memcmp(p - 4, "old ", 4) == 0));
}

/* The first value of the key that is set. Behind the byte 1D keys are in
 * capitals, and values are names. */
static struct bytes find_value(struct bytes body, const char *key)
{
	size_t n = strlen(key);
	struct bytes at = body;

	while (at.n) {
		const uint8_t *p = memmem(at.p, at.n, key, n);
		struct bytes v;

		if (!p)
			break;
		at = bytes_skip(at, (size_t)(p - at.p) + n);
		v = read_value(at);
		if (is_key_at(body, p) && is_set(v))
			return v;
	}
	return bytes_of(NULL, 0);
}

static int hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Keys whose value the kernel writes in hexadecimal when it must. */
static bool may_be_hex(struct bytes key)
{
	if (key.n >= 2 && key.p[0] == 'a' && key.p[1] >= '0' && key.p[1] <= '9')
		return true;
	return word_is(key, LIST("proctitle", "comm", "exe", "name", "cwd",
				 "cmd", "acct", "data", "path", "dir", "key",
				 "file", "vm"));
}

static bool is_hex(struct bytes v)
{
	for (size_t i = 0; i < v.n; i++)
		if (hex_digit(v.p[i]) < 0)
			return false;
	return v.n >= 2 && v.n % 2 == 0;
}

static void add_hex(struct buf *out, struct bytes v)
{
	for (size_t i = 0; i + 1 < v.n; i += 2) {
		uint8_t c = (uint8_t)(hex_digit(v.p[i]) << 4 |
				      hex_digit(v.p[i + 1]));

		(void)buf_add_byte(out, c ? c : ' '); /* between arguments */
	}
}

static void add_decoded(struct buf *out, struct bytes v)
{
	(void)buf_add_byte(out, '"');
	add_hex(out, v);
	(void)buf_add_byte(out, '"');
}

/* An address of a socket as the kernel has it in memory: its family in the
 * byte order of the host, port and address in that of the network. */
static bool add_address(struct buf *out, struct bytes v)
{
	uint8_t a[24];
	size_t n = MIN(v.n / 2, sizeof a);
	unsigned family, port;

	for (size_t i = 0; i < n; i++)
		a[i] = (uint8_t)(hex_digit(v.p[2 * i]) << 4 |
				 hex_digit(v.p[2 * i + 1]));
	if (n < 8 || (a[0] && a[1]))
		return false;
	family = a[0] | a[1];
	port = (unsigned)(a[2] << 8 | a[3]);
	if (family == 2)
		return buf_addf(out, "saddr=%u.%u.%u.%u:%u", a[4], a[5], a[6],
				a[7], port);
	if (family != 10 || n < sizeof a)
		return false;
	(void)buf_add_str(out, "saddr=[");
	for (size_t i = 8; i < sizeof a; i += 2)
		(void)buf_addf(out, "%s%x", i > 8 ? ":" : "",
			       (unsigned)(a[i] << 8 | a[i + 1]));
	return buf_addf(out, "]:%u", port);
}

/* The fields with what was hexadecimal in clear. Arguments of a system call
 * (a0=...) are numbers. */
static void add_body(struct buf *out, const struct record_at *r)
{
	bool is_call = bytes_eq(r->type, bytes_str("SYSCALL"));
	struct bytes rest = r->body;

	while (rest.n && !out->full) {
		struct bytes word = take_word(&rest);
		const uint8_t *eq = memchr(word.p, '=', word.n);
		struct bytes key, value;

		(void)buf_add_byte(out, ' ');
		if (!eq) {
			(void)buf_add_bytes(out, word);
			continue;
		}
		key = bytes_of(word.p, (size_t)(eq - word.p));
		if (key.n && key.p[0] == ENRICHED)
			key = bytes_skip(key, 1);
		value = bytes_skip(word, (size_t)(eq + 1 - word.p));
		if (bytes_eq(key, bytes_str("saddr")) && is_hex(value) &&
		    add_address(out, value))
			continue;
		if ((is_call && key.n == 2 && key.p[0] == 'a') ||
		    !may_be_hex(key) || !is_hex(value)) {
			(void)buf_add_bytes(out, word);
			continue;
		}
		(void)buf_add_bytes(out, key);
		(void)buf_add_byte(out, '=');
		add_decoded(out, value);
	}
}

/* ---- what it means ---- */

static const struct {
	const char *type; /* of the record; * at its end: begins like that */
	const char *kind;
	const char *failed; /* kind when it says res=failed; NULL: the same */
	const char *words;  /* it must have them; NULL: no matter */
} meanings[] = {
	{"USER_LOGIN", "login", "login.failed", NULL},
	{"USER_AUTH", "auth", "auth.failed", NULL},
	{"USER_ACCT", "auth.account", "auth.failed", NULL},
	{"USER_START", "session.opened", NULL, NULL},
	{"USER_END", "session.closed", NULL, NULL},
	{"USER_LOGOUT", "session.closed", NULL, NULL},
	{"USER_CMD", "sudo", "sudo.denied", NULL},
	{"USER_CHAUTHTOK", "password.changed", NULL, NULL},
	{"ADD_USER", "account.added", NULL, NULL},
	{"DEL_USER", "account.removed", NULL, NULL},
	{"USER_MGMT", "account.changed", NULL, NULL},
	{"ADD_GROUP", "group.added", NULL, NULL},
	{"DEL_GROUP", "group.removed", NULL, NULL},
	{"GRP_MGMT", "group.changed", NULL, NULL},
	{"EXECVE", "exec", NULL, NULL},
	{"CONFIG_CHANGE", "audit.config", NULL, NULL},
	{"DAEMON_*", "audit.daemon", NULL, NULL},
	{"AVC", "selinux.denied", NULL, "avc:  denied"},
	{"AVC", "selinux.granted", NULL, "avc:  granted"},
	{"AVC", "apparmor.denied", NULL, "apparmor=\"DENIED\""},
	{"AVC", "apparmor", NULL, "apparmor="},
	{"ANOM_PROMISCUOUS", "kernel.promiscuous", NULL, NULL},
	{"ANOM_*", "audit.anomaly", NULL, NULL},
	{"KERN_MODULE", "kernel.module", NULL, NULL},
	{"SERVICE_START", "service.started", NULL, NULL},
	{"SERVICE_STOP", "service.stopped", NULL, NULL},
	{"SYSTEM_BOOT", "boot", NULL, NULL},
	{"SYSTEM_SHUTDOWN", "shutdown", NULL, NULL},
	{"LOGIN", "audit.login", NULL, NULL},
	{"TTY", "tty.input", NULL, NULL},
	{"USER_TTY", "tty.input", NULL, NULL},
	{"SECCOMP", "seccomp", NULL, NULL},
};

static bool is_type(struct bytes type, const char *pattern)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] != '*')
		return bytes_eq(type, bytes_str(pattern));
	return type.n >= n - 1 && memcmp(type.p, pattern, n - 1) == 0;
}

static bool is_meant(size_t m, const struct record_at *r)
{
	const char *words = meanings[m].words;

	return is_type(r->type, meanings[m].type) &&
	       (!words || memmem(r->body.p, r->body.n, words, strlen(words)));
}

static bool has_failed(const struct record_at *r)
{
	struct bytes res = find_value(r->body, "res=");

	return bytes_starts(res, "fail") || bytes_eq(res, bytes_str("0"));
}

/* Of all its records the first that means something. */
static const char *kind_of(const struct group *g)
{
	for (size_t m = 0; m < ARRAY_SIZE(meanings); m++)
		for (size_t i = 0; i < g->n; i++) {
			if (!is_meant(m, &g->records[i]))
				continue;
			return meanings[m].failed && has_failed(&g->records[i])
				       ? meanings[m].failed
				       : meanings[m].kind;
		}
	return "audit";
}

/* A name that a program had from somebody is in hexadecimal when the kernel
 * must: "(unknown user)". */
static struct bytes clear_name(struct bytes v, struct buf *name)
{
	if (v.p[-1] != '=' || !is_hex(v) || v.n > 2 * name->max)
		return v;
	add_hex(name, v);
	for (size_t i = 0; i < name->n; i++)
		if (name->p[i] < ' ' || name->p[i] == 0x7f)
			return v; /* it was a number */
	return buf_bytes(name);
}

static struct bytes actor_of(const struct group *g, struct buf *name)
{
	static const char *const keys[] = {
		"acct=", "AUID=", "auid=", "UID=", "uid="};

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
		for (size_t i = 0; i < g->n; i++) {
			struct bytes v =
				find_value(g->records[i].body, keys[k]);

			if (v.n)
				return k ? v : clear_name(v, name);
		}
	return bytes_of(NULL, 0);
}

static enum err_code say_group(struct audit *a, struct group *g,
			       struct err *err)
{
	struct parse_event e = {.time_ns = g->time_ns,
				.precision_ns = g->precision_ns,
				.source = SOURCE_UTC,
				.desc = DESC_CHANGED,
				.kind = kind_of(g),
				.offset = g->offset,
				.length = g->end - g->offset};
	struct buf message, name;
	enum err_code code;

	buf_init(&name, NAME_LEN_MAX);
	e.actor = actor_of(g, &name);
	buf_init(&message, PARSE_MESSAGE_MAX);
	for (size_t i = 0; i < g->n; i++) {
		if (i)
			(void)buf_add_str(&message, " | ");
		(void)buf_add_bytes(&message, g->records[i].type);
		add_body(&message, &g->records[i]);
	}
	e.message = buf_bytes(&message);
	code = parse_say(a->out, &e, err);
	buf_release(&message);
	buf_release(&name);
	g->used = false;
	return code;
}

/* ---- events out of records ---- */

static struct group *oldest(struct audit *a)
{
	struct group *g = &a->groups[0];

	for (size_t i = 0; i < OPEN_MAX; i++) {
		if (!a->groups[i].used)
			return &a->groups[i];
		if (a->groups[i].order < g->order)
			g = &a->groups[i];
	}
	return g;
}

static struct group *find_group(struct audit *a, const struct head *h)
{
	for (size_t i = 0; i < OPEN_MAX; i++) {
		struct group *g = &a->groups[i];

		if (g->used && g->serial == h->serial &&
		    g->time_ns == h->time_ns && bytes_eq(g->node, h->node) &&
		    g->n < RECORDS_MAX)
			return g;
	}
	return NULL;
}

static enum err_code add_record(struct audit *a, const struct head *h,
				const struct line *line, struct err *err)
{
	struct group *g = find_group(a, h);
	enum err_code code = ERR_OK;

	if (!g) {
		g = oldest(a);
		if (g->used)
			code = say_group(a, g, err);
		g->used = true;
		g->order = a->n_begun++;
		g->time_ns = h->time_ns;
		g->serial = h->serial;
		g->node = h->node;
		g->precision_ns = h->precision_ns;
		g->offset = line->offset;
		g->n = 0;
	}
	g->records[g->n++] = (struct record_at){h->type, h->body};
	g->end = line->offset + line->text.n;
	return code;
}

/* ---- events that go on in the next file: it is the older one's to tell ---- */

static bool is_joined(const struct audit *a, const struct head *h)
{
	for (size_t i = 0; i < MIN(a->n_joined, (uint64_t)JOINED_MAX); i++)
		if (a->joined[i].serial == h->serial &&
		    a->joined[i].time_ns == h->time_ns)
			return true;
	return false;
}

/* What was open when the file before ended. */
static void find_joined(struct audit *a)
{
	struct line line;
	uint64_t at = 0;

	while (next_line(a->in->before, &at, &line)) {
		struct head h;

		if (read_head(line.text, &h) && !is_joined(a, &h))
			a->joined[a->n_joined++ % JOINED_MAX] =
				(struct joined){h.time_ns, h.serial};
	}
}

/* What is open goes on where the next file begins. */
static void take_after(struct audit *a)
{
	struct line line;
	uint64_t at = 0;

	while (next_line(a->in->after, &at, &line)) {
		struct head h;
		struct group *g = read_head(line.text, &h) ? find_group(a, &h)
							   : NULL;

		if (g)
			g->records[g->n++] =
				(struct record_at){h.type, h.body};
	}
}

unsigned audit_score(const struct parse_input *in)
{
	struct bytes start = bytes_first(in->content, SCORE_BYTES);
	unsigned lines = 0, good = 0;
	struct line line;
	struct head h;
	uint64_t at = 0;

	while (lines < LOOK_LINES && next_line(start, &at, &line)) {
		lines += line.text.n != 0;
		good += read_head(line.text, &h);
	}
	return good ? MIN(40 + 60 * good / lines, 100U) : 0;
}

enum err_code audit_run(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	struct audit a = {.in = in, .out = out};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	a.groups = xcalloc(OPEN_MAX, sizeof *a.groups);
	find_joined(&a);
	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct head h;
		bool is_record = read_head(line.text, &h);

		if (is_record && line.offset < PARSE_BORDER &&
		    is_joined(&a, &h))
			continue;
		if (is_record)
			code = add_record(&a, &h, &line, err);
		else if (line.text.n)
			code = parse_problem(out, line.offset,
					     "no record of audit", err);
	}
	take_after(&a);
	for (size_t i = 0; code == ERR_OK && i < OPEN_MAX; i++) {
		struct group *g = oldest(&a);

		for (size_t k = 0; k < OPEN_MAX; k++)
			if (a.groups[k].used &&
			    (!g->used || a.groups[k].order < g->order))
				g = &a.groups[k];
		if (g->used)
			code = say_group(&a, g, err);
	}
	free(a.groups);
	return code;
}
