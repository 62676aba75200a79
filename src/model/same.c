/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of events. What daemons say is the same wherever it was written down;
 * any other line is so only in copies of one log, since two containers, or
 * two sites, may well say the same at one time.
 */
#include "base/base.h"
#include "base/rotated.h"
#include "model/same.h"

#define PREFIX_MAX ((size_t)64)

static bool is_kind(struct bytes kind, const char *const *kinds)
{
	for (; *kinds; kinds++) {
		size_t n = strlen(*kinds);

		if ((*kinds)[n - 1] == '.' ? bytes_starts(kind, *kinds)
					   : bytes_eq(kind, bytes_str(*kinds)))
			return true;
	}
	return false;
}

static void add(struct same_key *key, struct bytes b)
{
	size_t room = key->text.max - key->text.n;

	(void)buf_add(&key->text, b.p, MIN(b.n, room));
	if (room > b.n)
		(void)buf_add(&key->text, "", 1);
}

/* ---- logins ---- */

/* ", line pts/0" of a message. */
static struct bytes line_of(struct bytes message)
{
	struct bytes line = {0};
	size_t at;

	if (!bytes_find(message, ", line ", &at))
		return line;
	message = bytes_skip(message, at + strlen(", line "));
	(void)bytes_split(&message, ',', &line);
	/* What PAM calls it as long as there is no terminal. */
	return bytes_eq(line, bytes_str("ssh")) ? bytes_of(NULL, 0) : line;
}

/* The end of a session in wtmp names its line alone. */
static bool login_key(const struct same_event *e, struct same_key *key)
{
	static const char *const ends[] = {"logout", NULL};
	static const char *const logins[] = {"login", "login.failed", NULL};
	struct bytes line = line_of(e->message);

	add(key, e->kind);
	if (is_kind(e->kind, ends)) {
		add(key, line);
		return line.n > 0;
	}
	if (is_kind(e->kind, logins)) {
		add(key, e->actor);
		key->who = line;
	}
	return true;
}

/* ---- what daemons say ---- */

/* "sshd[12]" of "/usr/sbin/sshd[12]: text"; its end goes off the message. */
static struct bytes take_program(const struct same_event *e,
				 struct bytes *message)
{
	/* They say so without a number, and not of themselves. */
	static const char *const named[] = {"kernel", "sudo",  "su",  "doas",
					    "pkexec", "login", NULL};
	const uint8_t *colon =
		memmem(message->p, MIN(message->n, PREFIX_MAX), ": ", 2);
	struct bytes who = bytes_of(message->p, 0);

	if (!colon)
		return who;
	who.n = (size_t)(colon - message->p);
	if (who.n == 0 || memchr(who.p, ' ', who.n) ||
	    (who.p[who.n - 1] != ']' && !bytes_eq(who, e->actor) &&
	     !is_kind(who, named)))
		return bytes_of(message->p, 0);
	*message = bytes_skip(*message, who.n + 2);
	return bytes_file_name(who);
}

/* rsyslog writes the kernel's clock in front of what the kernel says. */
static void skip_uptime(struct bytes *message)
{
	struct bytes b = *message;
	size_t n = 1;

	if (b.n == 0 || b.p[0] != '[')
		return;
	while (n < b.n && (b.p[n] == ' ' || b.p[n] == '.' ||
			   (b.p[n] >= '0' && b.p[n] <= '9')))
		n++;
	if (n > 1 && n + 1 < b.n && b.p[n] == ']' && b.p[n + 1] == ' ')
		*message = bytes_skip(b, n + 2);
}

/* "#012" is how rsyslog writes what no line can hold. */
static bool is_octal(struct bytes b)
{
	return b.n >= 4 && b.p[0] == '#' && b.p[1] >= '0' && b.p[1] <= '3' &&
	       b.p[2] >= '0' && b.p[2] <= '7' && b.p[3] >= '0' && b.p[3] <= '7';
}

/* How many bytes stand for a blank there; 0: none. */
static size_t blank_at(struct bytes b)
{
	if (b.p[0] <= ' ')
		return 1;
	return b.p[0] == '#' && b.n > 1 && b.p[1] == '0' && is_octal(b) ? 4 : 0;
}

/* Blanks, ends of lines and what stands for such are one blank each run. */
static void add_squeezed(struct same_key *key, struct bytes b)
{
	bool gap = false;

	while (b.n && key->text.n + 2 < key->text.max) {
		size_t n = blank_at(b);

		if (n) {
			gap = true;
			b = bytes_skip(b, n);
			continue;
		}
		if (gap)
			(void)buf_add(&key->text, " ", 1);
		gap = false;
		while (n < b.n && !blank_at(bytes_skip(b, n)))
			n++;
		(void)buf_add(&key->text, b.p,
			      MIN(n, key->text.max - key->text.n - 1));
		b = bytes_skip(b, n);
	}
	(void)buf_add(&key->text, "", 1);
}

static bool log_key(const struct same_event *e, struct same_key *key)
{
	static const char *const plain[] = {"syslog", "journal", NULL};
	struct bytes message = e->message;

	key->who = take_program(e, &message);
	skip_uptime(&message);
	/* What nobody made out has another name in each log. */
	if (!is_kind(e->kind, plain)) {
		add(key, e->kind);
		add(key, e->actor);
	}
	add_squeezed(key, bytes_trim(message));
	return message.n > 0;
}

/* ---- any other: only in copies of one log ---- */

static bool copy_key(const struct same_event *e, struct same_key *key)
{
	struct rotated r = rotated_of(e->path);

	add(key, r.stem);
	add(key, e->kind);
	add(key, e->desc);
	add(key, e->actor);
	add(key, e->message);
	return e->path.n > 0;
}

bool same_key_of(const struct same_event *e, struct same_key *key)
{
	static const char *const logins[] = {
		"login", "logout", "login.failed", "boot", "shutdown", NULL};
	static const char *const logs[] = {
		"syslog",    "journal",  "ssh.",     "sudo.",
		"su.",       "session.", "account.", "auth.",
		"password.", "group.",   "cron.",    "kernel.",
		"doas.",     "firewall.", "at.run",  "pkexec",
		"sudo",      "su",       "doas",     "boot",
		NULL};

	buf_clear(&key->text);
	key->who = bytes_of(NULL, 0);
	if (is_kind(e->kind, logins) &&
	    !bytes_find(e->message, "Linux version ", NULL))
		return login_key(e, key);
	return is_kind(e->kind, logs) ? log_key(e, key) : copy_key(e, key);
}

int64_t same_distance(int64_t a_ns, int64_t a_precision, int64_t b_ns)
{
	return MAX(b_ns - (a_ns + MAX(a_precision, INT64_C(1)) - 1),
		   INT64_C(0));
}
