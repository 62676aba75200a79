/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utmp, wtmp and btmp: utmp(5), glibc sysdeps/gnu/bits/utmp.h and
 * sysdeps/unix/sysv/linux. Records are of 384 bytes where the time is of 32
 * bits (x86, arm, ppc64le), of 400 where it is of 64 (aarch64, s390x), each in
 * either byte order. Which it is the records tell: the size of the file does
 * not, there may be stray bytes at its end.
 */
#include "base/base.h"
#include "parse/conf.h"
#include "parse/numbers.h"

#define LINE_AT  8u
#define LINE_LEN 32u
#define USER_AT  44u
#define USER_LEN 32u
#define HOST_AT  76u
#define HOST_LEN 256u
#define TYPE_MAX 9
#define LOOK_AT  16u /* records are judged by the first so many */
#define Y1990    INT64_C(631152000)

struct layout {
	size_t size;
	bool big;
	bool wide; /* of 64-bit times */
	size_t sec_at, usec_at, addr_at;
};

static const struct layout layouts[] = {
	{384, false, false, 340, 344, 348},
	{400, false, true, 344, 352, 360},
	{400, true, true, 344, 352, 360},
	{384, true, false, 340, 344, 348},
};

struct login {
	int type;
	uint32_t pid;
	struct bytes line, user, host;
	int64_t sec, usec;
	const uint8_t *addr;
};

static struct login read_login(const struct layout *l, struct bytes b)
{
	size_t wide = l->wide ? 8 : 4;
	struct login u = {
		.type = (int16_t)number_at(b, 0, 2, l->big),
		.pid = (uint32_t)number_at(b, 4, 4, l->big),
		.line = field_string(b, LINE_AT, LINE_LEN),
		.user = field_string(b, USER_AT, USER_LEN),
		.host = field_string(b, HOST_AT, HOST_LEN),
		.sec = (int64_t)number_at(b, l->sec_at, wide, l->big),
		.usec = (int64_t)number_at(b, l->usec_at, wide, l->big),
		.addr = b.p + l->addr_at};

	if (!l->wide) {
		u.sec = (int32_t)u.sec;
		u.usec = (int32_t)u.usec;
	}
	return u;
}

static bool is_sane(const struct login *u)
{
	return u->type >= 0 && u->type <= TYPE_MAX && u->usec >= 0 &&
	       u->usec < 1000000 && u->sec >= 0 &&
	       u->sec < EPOCH_MAX && is_printable(u->line) &&
	       is_printable(u->user) && is_printable(u->host);
}

/* A string and nothing behind it: no other bytes look like three of them. */
static bool is_clean(struct bytes record, size_t at, size_t room)
{
	size_t n = field_string(record, at, room).n;

	return bytes_is_zero(bytes_of(record.p + at + n, room - n));
}

static bool is_certain(const struct login *u, struct bytes record)
{
	return u->type != 0 && u->sec >= Y1990 &&
	       is_clean(record, LINE_AT, LINE_LEN) &&
	       is_clean(record, USER_AT, USER_LEN) &&
	       is_clean(record, HOST_AT, HOST_LEN);
}

struct fit {
	unsigned points; /* of the first records make sense, in percent */
	unsigned used;   /* of them are not empty */
	unsigned certain;
};

static struct fit judge(const struct layout *l, struct bytes content)
{
	unsigned n = (unsigned)MIN(content.n / l->size, LOOK_AT), good = 0;
	struct fit j = {.points = 0};

	for (size_t i = 0; i < n; i++) {
		struct bytes b = bytes_of(content.p + i * l->size, l->size);
		struct login u = read_login(l, b);

		if (!is_sane(&u))
			continue;
		good++;
		j.used += u.type != 0 && u.sec != 0;
		j.certain += is_certain(&u, b);
	}
	j.points = n ? 100 * good / n : 0;
	return j;
}

static const struct layout *find_layout(struct bytes content, struct fit *j)
{
	const struct layout *best = NULL;

	*j = (struct fit){.points = 0};
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		struct fit of = judge(&layouts[i], content);

		if (of.used && of.points > j->points) {
			*j = of;
			best = &layouts[i];
		}
	}
	/* Who wiped all of it left no order of bytes to find. */
	return best || content.n < layouts[0].size || !bytes_is_zero(content)
		       ? best
		       : &layouts[0];
}

static bool is_named(struct bytes path)
{
	return path_is_of(path, LIST("utmp", "wtmp", "btmp"));
}

unsigned utmp_score(const struct parse_input *in)
{
	bool named = is_named(in->path);
	struct fit j;

	/* An empty one says something too, on a host that is old. */
	if (bytes_is_zero(in->content))
		return named ? 60 : 0;
	if (!find_layout(in->content, &j))
		return 0;
	/* Every second record of random bytes is not sane by chance. */
	if (j.certain >= 2 && j.points >= 50)
		j.points = MAX(j.points, 70U);
	return MIN(j.points * 8 / 10 + (named ? 20 : 0), 100U);
}

/* By ut_type. */
static const struct {
	const char *kind, *words;
} types[TYPE_MAX + 1] = {
	[0] = {"login.empty", "empty record"},
	[1] = {"runlevel", "run level changed"},
	[2] = {"boot", "system booted"},
	[3] = {"clock.set", "clock was set, time after"},
	[4] = {"clock.set", "clock was set, time before"},
	[5] = {"process", "process started by init"},
	[6] = {"login.wait", "waits for a login"},
	[7] = {"login", "login"},
	[8] = {"logout", "logout"},
	[9] = {"accounting", "accounting"},
};

#define RUN_LVL      1
#define BOOT_TIME    2
#define LOGIN_PROC   6
#define USER_PROCESS 7

/* An address of 12 zeroes behind is of four bytes, but for those of IPv6 that
 * end so: their host's name has colons, as a display's has but one of. */
static bool is_ipv4(const uint8_t *a, struct bytes host)
{
	const uint8_t *colon = memchr(host.p, ':', host.n);

	return bytes_is_zero(bytes_of(a + 4, 12)) &&
	       !(colon && colon != host.p &&
		 memchr(colon + 1, ':', (size_t)(host.p + host.n - colon) - 1));
}

static void add_address(struct buf *out, const uint8_t *a, struct bytes host)
{
	if (bytes_is_zero(bytes_of(a, 16)))
		return;
	(void)buf_add_str(out, ", address ");
	if (is_ipv4(a, host)) {
		(void)buf_addf(out, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
		return;
	}
	for (size_t i = 0; i < 16; i += 2)
		(void)buf_addf(out, "%s%x", i ? ":" : "",
			       (unsigned)(a[i] << 8 | a[i + 1]));
}

/* btmp has what was refused, in records like those of logins. */
static bool is_of_failures(struct bytes path)
{
	return path_is_of(path, LIST("btmp"));
}

static const char *kind_of(const struct login *u, bool failures)
{
	if (failures && (u->type == LOGIN_PROC || u->type == USER_PROCESS))
		return "login.failed";
	/* sshd writes such a line nowhere else, whatever the file's name. */
	if (u->type == LOGIN_PROC && bytes_eq(u->line, bytes_str("ssh:notty")))
		return "login.failed";
	if (u->type == RUN_LVL && bytes_eq(u->user, bytes_str("shutdown")))
		return "shutdown";
	return types[u->type].kind;
}

static enum err_code say_login(const struct parse_out *out,
			       const struct parse_event *at,
			       const struct login *u, bool failures,
			       struct err *err)
{
	struct parse_event e = *at;
	struct buf message;
	enum err_code code;

	e.kind = kind_of(u, failures);
	e.actor = u->user;
	buf_init(&message, PARSE_MESSAGE_MAX);
	(void)buf_add_str(&message, strcmp(e.kind, "login.failed") == 0
					    ? "login failed"
				    : strcmp(e.kind, "shutdown") == 0
					    ? "system went down"
					    : types[u->type].words);
	message_part(&message, "user", u->user);
	message_part(&message, "line", u->line);
	message_part(&message, "host", u->host);
	add_address(&message, u->addr, u->host);
	if (u->pid)
		(void)buf_addf(&message, ", pid %" PRIu32, u->pid);
	e.message = buf_bytes(&message);
	code = parse_say(out, &e, err);
	buf_release(&message);
	return code;
}

/* What cleaners of logs leave behind: it has its place, and no time. */
static enum err_code say_empty(const struct parse_out *out,
			       const struct parse_event *at, struct err *err)
{
	struct parse_event e = *at;

	e.source = SOURCE_NONE;
	e.desc = DESC_NOT_A_TIME;
	e.kind = types[0].kind;
	e.message = bytes_str("a record of zeroes: it may have been wiped");
	return parse_say(out, &e, err);
}

static enum err_code take_record(const struct parse_input *in,
				 const struct parse_out *out,
				 const struct layout *l, size_t at,
				 struct err *err)
{
	struct bytes record = bytes_of(in->content.p + at, l->size);
	struct login u = read_login(l, record);
	struct parse_event e = {.source = SOURCE_UTC,
				.desc = DESC_CHANGED,
				.precision_ns = NS_PER_US,
				.offset = at,
				.length = l->size};

	if (bytes_is_zero(record))
		return say_empty(out, &e, err);
	if (!is_sane(&u))
		return parse_problem(out, at, "no record of a login", err);
	e.time_ns = time_from_parts(u.sec, u.usec * NS_PER_US);
	if (u.usec == 0)
		e.precision_ns = NS_PER_S;
	return say_login(out, &e, &u, is_of_failures(in->path), err);
}

/* ---- what the file itself says of those who wrote it ---- */

struct tally {
	uint64_t records, backwards;
	uint64_t zeroed, zeros; /* between others; and not known yet */
	int64_t first, last;
	int64_t before; /* time of the last one */
};

static void count(struct tally *t, const struct layout *l, struct bytes record)
{
	struct login u = read_login(l, record);
	int64_t ns;

	t->records++;
	if (bytes_is_zero(record)) {
		t->zeros += t->records > 1;
		return;
	}
	t->zeroed += t->zeros;
	t->zeros = 0;
	if (!is_sane(&u) || !u.sec)
		return;
	ns = time_from_parts(u.sec, u.usec * NS_PER_US);
	t->backwards += ns < t->before;
	t->before = ns;
	t->first = t->first ? MIN(t->first, ns) : ns;
	t->last = MAX(t->last, ns);
}

/* In utmp each line has its place, whenever somebody was on it. */
static bool is_in_order(struct bytes path)
{
	return !bytes_find(bytes_file_name(path), "utmp", NULL);
}

static enum err_code tell_file(const struct parse_input *in,
			       const struct parse_out *out,
			       const struct tally *t, bool torn,
			       struct err *err)
{
	bool in_order = is_in_order(in->path);
	struct conf_line whole;
	struct conf c;

	conf_begin(&c, in, out, err);
	whole = conf_whole(&c);
	fact_begin(&c, "login_record", in->path, &whole);
	fact_str(&c, "format", "utmp");
	fact_int(&c, "size", (int64_t)in->content.n);
	fact_int(&c, "records", (int64_t)t->records);
	fact_int(&c, "zeroed",
		 (int64_t)(in_order && bytes_is_zero(in->content) ? t->records
								  : t->zeroed));
	fact_bool(&c, "torn", torn);
	fact_int(&c, "backwards", in_order ? (int64_t)t->backwards : 0);
	if (t->first) {
		fact_int(&c, "first", t->first);
		fact_int(&c, "last", t->last);
	}
	fact_tell(&c);
	return conf_end(&c);
}

enum err_code utmp_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	struct fit j;
	const struct layout *l = find_layout(in->content, &j);
	struct tally tally = {.records = 0};
	enum err_code code = ERR_OK;
	size_t at = 0;

	if (!l)
		return in->content.n == 0
			       ? tell_file(in, out, &tally, false, err)
			       : err_set(err, ERR_FORMAT,
					 "no records of logins in it");
	for (; code == ERR_OK && in->content.n - at >= l->size; at += l->size) {
		count(&tally, l, bytes_of(in->content.p + at, l->size));
		code = take_record(in, out, l, at, err);
	}
	if (code == ERR_OK && at < in->content.n)
		code = parse_problem(out, at, "stray bytes at the end", err);
	return code == ERR_OK
		       ? tell_file(in, out, &tally, at < in->content.n, err)
		       : code;
}
