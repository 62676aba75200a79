/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of sshd, dropbear, PAM, login, sudo, doas, su, the tools for
 * accounts, cron, logind and the kernel, by table. Names that strangers typed
 * may hold anything, " from 192.0.2.1 port 22" for one: who it was ends at the
 * last " from ADDRESS port N". A command that sudo runs may hold anything,
 * too: whether it was refused is said in front of the first field.
 */
#include "base/base.h"
#include "parse/auth.h"
#include "parse/inside.h"

/* Where the account stands in what is behind the phrase. */
enum actor {
	ACTOR_NONE,   /* nowhere: the program stays the actor */
	ACTOR_WORD,   /* the next word */
	ACTOR_FROM,   /* up to the last " from ADDRESS port N" */
	ACTOR_FOR,    /* behind " for " or " for invalid user ", up to that */
	ACTOR_USER,   /* "user NAME", up to an origin or the word's end */
	ACTOR_FIRST,  /* behind "User ", up to that */
	ACTOR_FIELD,  /* PAM's last field; none: the program stays it */
	ACTOR_COLON,  /* in "pts/0 NAME:root" or, of old, "pts/0 NAME-root" */
	ACTOR_HEAD,   /* the first word of the text */
	ACTOR_QUOTED, /* the next word, when it is in quotes */
	ACTOR_OLD,    /* behind " from ", a word */
	ACTOR_CAPS,   /* behind " FOR " or " BY ", a word */
	ACTOR_ROOT,   /* root, who else */
	ACTOR_BY,     /* behind " by ", a word */
	ACTOR_IN,     /* in the parentheses that the text begins with */
	ACTOR_SUDO,   /* in front of " : " */
	ACTOR_LAST,   /* behind " on "'s word before: "(to root) NAME on" */
};

/* Where the words stand. */
enum place {
	AT_START,
	ANYWHERE,
	AS_REASON, /* of sudo: between "NAME : " and the first field */
};

struct phrase {
	const char *programs; /* between blanks; "": any */
	enum place place;
	const char *words;
	const char *kind;
	enum actor actor;
};

#define SSHD     " sshd sshd-session sshd-auth "
#define CRON     " CRON cron crond CROND "
#define DROPBEAR " dropbear "

static const struct phrase phrases[] = {
	{SSHD, AT_START, "Accepted key ", "ssh.key", ACTOR_NONE},
	{SSHD, AT_START, "Accepted certificate ", "ssh.key", ACTOR_NONE},
	{SSHD, AT_START, "Accepted ", "ssh.accepted", ACTOR_FOR},
	{SSHD, AT_START, "Failed ", "ssh.failed", ACTOR_FOR},
	{SSHD, AT_START, "error: PAM: Authentication ", "ssh.failed",
	 ACTOR_FOR},
	{SSHD, AT_START, "error: PAM: authentication ", "ssh.failed",
	 ACTOR_FOR},
	{SSHD, AT_START, "error: PAM: User ", "ssh.failed", ACTOR_FOR},
	{SSHD, AT_START, "error: PAM: Permission denied for ", "ssh.failed",
	 ACTOR_FOR},
	{SSHD, AT_START, "Invalid user ", "ssh.invalid-user", ACTOR_FROM},
	{SSHD, AT_START, "Illegal user ", "ssh.invalid-user", ACTOR_FROM},
	{SSHD, ANYWHERE, "maximum authentication attempts exceeded",
	 "ssh.max-attempts", ACTOR_FOR},
	{SSHD, AT_START, "Disconnecting: Too many authentication failures for ",
	 "ssh.max-attempts", ACTOR_WORD},
	{SSHD, AT_START, "Disconnecting ", "ssh.disconnected", ACTOR_USER},
	{SSHD, AT_START, "Disconnected from ", "ssh.disconnected", ACTOR_USER},
	{SSHD, ANYWHERE, "Received disconnect from ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "Disconnecting: ", "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "Connection closed by ", "ssh.disconnected",
	 ACTOR_USER},
	{SSHD, AT_START, "Connection reset by ", "ssh.disconnected",
	 ACTOR_USER},
	/* What ended before anybody had said a name: scans, mostly. */
	{SSHD, AT_START, "Did not receive identification string from ",
	 "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "Bad protocol version identification ",
	 "ssh.disconnected", ACTOR_NONE},
	{SSHD, ANYWHERE, "Unable to negotiate ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, ANYWHERE, "Timeout before authentication for ",
	 "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "fatal: Read from socket failed", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "Read error from remote host ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "fatal: no matching ", "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "Corrupted MAC on input", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "Bad packet length ", "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "banner exchange: Connection from ",
	 "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "ssh_dispatch_run_fatal: Connection from ",
	 "ssh.disconnected", ACTOR_NONE},
	{SSHD, ANYWHERE, "kex_exchange_identification: ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "Connection from ", "ssh.connection", ACTOR_NONE},
	{SSHD, AT_START, "Starting session: ", "ssh.session", ACTOR_FOR},
	{SSHD, AT_START, "Close session: user ", "session.closed", ACTOR_WORD},
	{SSHD, AT_START, "Server listening on ", "ssh.started", ACTOR_NONE},
	{SSHD, AT_START, "ROOT LOGIN REFUSED FROM ", "ssh.refused", ACTOR_ROOT},
	{SSHD, AT_START, "drop connection #", "ssh.refused", ACTOR_NONE},
	{SSHD, AT_START, "refused connect from ", "ssh.refused", ACTOR_NONE},
	{SSHD, ANYWHERE, " not allowed because ", "ssh.refused", ACTOR_FIRST},
	{DROPBEAR, ANYWHERE, " auth succeeded for ", "ssh.accepted",
	 ACTOR_WORD},
	{DROPBEAR, ANYWHERE, "ad password attempt for ", "ssh.failed",
	 ACTOR_WORD},
	{DROPBEAR, ANYWHERE, "ad PAM password attempt for ", "ssh.failed",
	 ACTOR_WORD},
	{DROPBEAR, ANYWHERE, "ogin attempt for nonexistent user ",
	 "ssh.invalid-user", ACTOR_QUOTED},
	{DROPBEAR, ANYWHERE, "ogin attempt with wrong user ",
	 "ssh.invalid-user", ACTOR_QUOTED},
	{DROPBEAR, ANYWHERE, "Child connection from ", "ssh.connection",
	 ACTOR_NONE},
	{DROPBEAR, ANYWHERE, "ax auth tries reached", "ssh.max-attempts",
	 ACTOR_USER},
	{DROPBEAR, ANYWHERE, "Exit before auth", "ssh.disconnected",
	 ACTOR_USER},
	{DROPBEAR, ANYWHERE, "Exit (", "ssh.disconnected", ACTOR_WORD},
	{" login ", ANYWHERE, "FAILED LOGIN ", "login.failed", ACTOR_CAPS},
	{" login ", ANYWHERE, "TOO MANY LOGIN TRIES ", "login.failed",
	 ACTOR_CAPS},
	{" login ", AT_START, "ROOT LOGIN ", "login", ACTOR_ROOT},
	{" login ", AT_START, "LOGIN ON ", "login", ACTOR_CAPS},
	{" login ", AT_START, "root login on '", "login", ACTOR_ROOT},
	{" login ", AT_START, "invalid password for '", "login.failed",
	 ACTOR_WORD},
	{" sudo ", AS_REASON, "user NOT in sudoers", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "incorrect password attempt", "sudo.denied",
	 ACTOR_SUDO},
	{" sudo ", AS_REASON, "command not allowed", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "command rejected", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "user NOT authorized", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, " is required", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "no tty present", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "must have a tty", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "account validation failure", "sudo.denied",
	 ACTOR_SUDO},
	{" sudo ", ANYWHERE, "COMMAND=", "sudo", ACTOR_SUDO},
	{" doas ", AT_START, "failed auth for ", "doas.denied", ACTOR_WORD},
	{" doas ", AT_START, "failed command for ", "doas.denied", ACTOR_WORD},
	{" doas ", AT_START, "command not permitted for ", "doas.denied",
	 ACTOR_WORD},
	{" doas ", ANYWHERE, " ran command ", "doas", ACTOR_HEAD},
	{" pkexec ", ANYWHERE, ": Executing command ", "pkexec", ACTOR_HEAD},
	{" su ", AT_START, "Successful su for ", "su", ACTOR_BY},
	{" su ", AT_START, "FAILED su for ", "su.failed", ACTOR_BY},
	{" su ", AT_START, "FAILED SU (to ", "su.failed", ACTOR_LAST},
	{" su ", AT_START, "Authentication failed for ", "su.failed",
	 ACTOR_NONE},
	{" su ", AT_START, "BAD SU ", "su.failed", ACTOR_WORD},
	{" su ", AT_START, "failed: ", "su.failed", ACTOR_OLD},
	{" su ", ANYWHERE, "' failed for ", "su.failed", ACTOR_WORD},
	{" su ", ANYWHERE, "' succeeded for ", "su", ACTOR_WORD},
	{" su ", AT_START, "(to ", "su", ACTOR_LAST},
	{" su ", AT_START, "+ ", "su", ACTOR_COLON},
	{" su ", AT_START, "- ", "su.failed", ACTOR_COLON},
	{" su ", ANYWHERE, " on /dev/", "su", ACTOR_HEAD},
	{" useradd adduser ", AT_START, "new user: name=", "account.added",
	 ACTOR_WORD},
	{" useradd ", AT_START, "failed adding user '", "account.failed",
	 ACTOR_WORD},
	{" useradd usermod gpasswd ", AT_START, "add '", "account.changed",
	 ACTOR_WORD},
	{" userdel usermod gpasswd ", AT_START, "delete '", "account.changed",
	 ACTOR_WORD},
	{" useradd groupadd addgroup ", AT_START,
	 "new group: name=", "group.added", ACTOR_WORD},
	{" usermod chfn chsh ", AT_START, "change user '", "account.changed",
	 ACTOR_WORD},
	{" chfn chsh ", AT_START, "changed user '", "account.changed",
	 ACTOR_WORD},
	{" usermod ", AT_START, "change user name '", "account.changed",
	 ACTOR_WORD},
	{" usermod ", AT_START, "lock user '", "account.changed", ACTOR_WORD},
	{" usermod ", AT_START, "unlock user '", "account.changed", ACTOR_WORD},
	{" gpasswd ", AT_START, "user ", "account.changed", ACTOR_WORD},
	{" userdel deluser ", AT_START, "delete user '", "account.removed",
	 ACTOR_WORD},
	{" userdel groupdel ", AT_START, "removed group '", "group.removed",
	 ACTOR_WORD},
	{" groupdel ", AT_START, "group '", "group.removed", ACTOR_WORD},
	{" groupmod ", AT_START, "group changed in /etc/group (group ",
	 "group.changed", ACTOR_WORD},
	{" chage ", AT_START, "changed password expiry for ", "account.changed",
	 ACTOR_WORD},
	{" passwd chpasswd ", ANYWHERE, "password changed for ",
	 "password.changed", ACTOR_WORD},
	{" passwd ", AT_START, "password for '", "password.changed",
	 ACTOR_WORD},
	{" passwd chpasswd ", AT_START, "Password for ", "password.changed",
	 ACTOR_WORD},
	{" crontab ", ANYWHERE, ") REPLACE (", "cron.changed", ACTOR_IN},
	{" crontab ", ANYWHERE, ") DELETE (", "cron.changed", ACTOR_IN},
	{CRON, ANYWHERE, ") RELOAD (", "cron.changed", ACTOR_IN},
	{CRON, ANYWHERE, ") CMD (", "cron.run", ACTOR_IN},
	{CRON, AT_START, "USER ", "cron.run", ACTOR_WORD},
	{" anacron ", ANYWHERE, ") CMD (", "cron.run", ACTOR_IN},
	{" anacron ", ANYWHERE, "' started", "cron.run", ACTOR_NONE},
	{" atd ", AT_START, "Starting job ", "at.run", ACTOR_USER},
	{" systemd-logind ", AT_START, "New session ", "session.opened",
	 ACTOR_USER},
	{" systemd-logind ", AT_START, "Removed session ", "session.closed",
	 ACTOR_NONE},
	{" systemd-logind ", AT_START, "System is ", "shutdown", ACTOR_NONE},
	{" systemd-logind ", AT_START, "The system will ", "shutdown",
	 ACTOR_NONE},
	{" kernel ", ANYWHERE, "entered promiscuous mode", "kernel.promiscuous",
	 ACTOR_NONE},
	{" kernel ", ANYWHERE, "left promiscuous mode", "kernel.promiscuous",
	 ACTOR_NONE},
	{" kernel ", ANYWHERE, "New USB device found", "kernel.usb",
	 ACTOR_NONE},
	{" kernel ", ANYWHERE, "taints kernel", "kernel.taint", ACTOR_NONE},
	{" kernel ", ANYWHERE, "module verification failed", "kernel.taint",
	 ACTOR_NONE},
	{" kernel ", ANYWHERE, "segfault at", "kernel.segfault", ACTOR_NONE},
	{" kernel ", ANYWHERE, " SRC=", "firewall.packet", ACTOR_WORD},
	{" kernel ", AT_START, "Linux version ", "boot", ACTOR_NONE},
	{" unix_chkpwd ", AT_START, "password check failed for user (",
	 "password.failed", ACTOR_WORD},
	/* PAM, whoever asks it */
	{"", ANYWHERE, "session opened for user ", "session.opened",
	 ACTOR_WORD},
	{"", ANYWHERE, "session closed for user ", "session.closed",
	 ACTOR_WORD},
	{"", ANYWHERE, "authentication failure; logname=", "auth.failed",
	 ACTOR_FIELD},
	{"", ANYWHERE, "more authentication failure", "auth.failed",
	 ACTOR_FIELD},
	{"", ANYWHERE, "): check pass; user unknown", "auth.failed",
	 ACTOR_NONE},
	{"", AT_START, "check pass; user unknown", "auth.failed", ACTOR_NONE},
	{"", ANYWHERE, "): auth could not identify password for [",
	 "auth.failed", ACTOR_WORD},
	{"", ANYWHERE, "): Consecutive login failures for user ",
	 "account.locked", ACTOR_WORD},
};

/* The last place of the words, or NULL. */
static const uint8_t *find_last(struct bytes b, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = b.n + 1; i-- > 0;)
		if (b.n - i >= n && memcmp(b.p + i, words, n) == 0)
			return b.p + i;
	return NULL;
}

static struct bytes up_to(struct bytes b, const uint8_t *end)
{
	return end ? bytes_of(b.p, (size_t)(end - b.p)) : b;
}

static struct bytes behind(struct bytes b, const char *words)
{
	size_t at;

	return bytes_find(b, words, &at) ? bytes_skip(b, at + strlen(words))
					 : bytes_of(b.p, 0);
}

/* A word as names are written, in a quote or not: it ends at a blank, a quote
 * or the like. */
static struct bytes plain_word(struct bytes b)
{
	size_t n = 0;

	if (b.n && strchr("'\"`", b.p[0]))
		b = bytes_skip(b, 1);
	while (n < b.n && b.p[n] && !strchr(" \t'\"`,;()[]/\n", b.p[n]))
		n++;
	return bytes_of(b.p, n);
}

static struct bytes skip_words(struct bytes b, const char *words)
{
	return bytes_starts(b, words) ? bytes_skip(b, strlen(words)) : b;
}

/* "ADDRESS port N" */
static bool is_origin(struct bytes b)
{
	int64_t n;

	return take_word(&b).n && bytes_eq(take_word(&b), bytes_str("port")) &&
	       take_number(&b, 5, &n);
}

/* What is behind an origin (the name of a certificate) may say "from", too;
 * some lines have no port. */
static struct bytes before_from(struct bytes b)
{
	const uint8_t *last = find_last(b, " from "), *from = last;

	while (from) {
		struct bytes head = up_to(b, from);

		if (is_origin(bytes_skip(b, head.n + strlen(" from "))))
			return head;
		from = find_last(head, " from ");
	}
	return last ? up_to(b, last) : plain_word(b);
}

static struct bytes word_behind(struct bytes text, const char *words)
{
	struct bytes b = plain_word(behind(text, words));

	while (b.n && strchr(".:", b.p[b.n - 1])) /* the end of what is said */
		b.n--;
	return b;
}

/* "user NAME ADDRESS port N": the name may have blanks, and may say so, too.
 * What a client says behind a colon may say anything. */
static struct bytes named_user(struct bytes text)
{
	const uint8_t *colon = memmem(text.p, text.n, ": ", 2), *port;
	struct bytes b, name;

	if (bytes_starts(text, "Disconnecting "))
		text = up_to(text, colon);
	b = behind(text, "user ");
	port = find_last(b, " port ");
	if (!port)
		return word_behind(text, "user ");
	name = up_to(b, port);
	return up_to(name, memrchr(name.p, ' ', name.n));
}

/* Without bytes at all: the text names nobody. */
static struct bytes find_actor(enum actor where, struct bytes text,
			       struct bytes rest)
{
	const struct bytes nobody = bytes_of(NULL, 0);
	const uint8_t *last;
	struct bytes b;

	switch (where) {
	case ACTOR_NONE:
		return nobody;
	case ACTOR_WORD:
		return word_behind(rest, "");
	case ACTOR_QUOTED:
		return bytes_starts(rest, "'") ? plain_word(rest) : nobody;
	case ACTOR_FROM:
		return before_from(skip_words(rest, "illegal user "));
	case ACTOR_FOR:
		b = behind(text, " for ");
		b = skip_words(skip_words(b, "invalid user "), "illegal user ");
		return before_from(b);
	case ACTOR_USER:
		return bytes_find(text, "user ", NULL) ? named_user(text)
						       : nobody;
	case ACTOR_FIRST:
		return before_from(skip_words(text, "User "));
	case ACTOR_FIELD:
		last = find_last(rest, " user=");
		return last ? plain_word(behind(
				      bytes_skip(rest, (size_t)(last - rest.p)),
				      "="))
			    : nobody;
	case ACTOR_COLON:
		(void)take_word(&rest);
		last = memchr(rest.p, ':', rest.n);
		return up_to(rest, last ? last : find_last(rest, "-"));
	case ACTOR_HEAD:
		return word_behind(text, "");
	case ACTOR_OLD:
		return word_behind(text, " from ");
	case ACTOR_CAPS:
		b = word_behind(text, " FOR ");
		return b.n ? b : word_behind(text, " BY ");
	case ACTOR_ROOT:
		return bytes_str("root");
	case ACTOR_BY:
		return word_behind(rest, " by ");
	case ACTOR_IN:
		return plain_word(skip_words(text, "("));
	case ACTOR_SUDO:
		return bytes_trim(
			up_to(text, memmem(text.p, text.n, " : ", 3)));
	case ACTOR_LAST:
		return plain_word(behind(rest, ") "));
	}
	return nobody;
}

static bool is_of(const char *programs, struct bytes program)
{
	const char *at = programs;

	if (!*programs)
		return true;
	if (program.n == 0)
		return false;
	while ((at = strchr(at, ' ')) && at[1]) {
		at++;
		if (strncmp(at, (const char *)program.p, program.n) == 0 &&
		    at[program.n] == ' ')
			return true;
	}
	return false;
}

/* "sshd[1]: text" and "[sshd][1] text" give the text. */
static struct bytes skip_program(struct bytes program, struct bytes text)
{
	const uint8_t *colon;
	struct bytes rest;

	if (program.n == 0 || program.p < text.p ||
	    program.p >= text.p + text.n)
		return text;
	rest = bytes_skip(text, (size_t)(program.p - text.p) + program.n);
	if (take_byte(&rest, ']')) {
		if (take_byte(&rest, '['))
			rest = behind(rest, "]");
		(void)take_byte(&rest, ':');
		return bytes_trim(rest);
	}
	colon = memchr(rest.p, ':', rest.n);
	if (colon)
		text = bytes_skip(text, (size_t)(colon + 1 - text.p));
	return bytes_trim(text);
}

/* "[ID 800047 auth.info] text" of Solaris, "[   12.34] text" of the kernel. */
static struct bytes skip_number(struct bytes program, struct bytes text)
{
	struct bytes rest = text;
	bool is_kernel = bytes_eq(program, bytes_str("kernel"));

	if (!take_byte(&rest, '[') ||
	    (!is_kernel && !bytes_starts(rest, "ID ")))
		return text;
	while (is_kernel && rest.n && strchr(" .0123456789", rest.p[0]))
		rest = bytes_skip(rest, 1);
	if (!is_kernel)
		rest = bytes_skip(rest,
				  up_to(rest, memchr(rest.p, ']', rest.n)).n);
	return take_byte(&rest, ']') ? bytes_trim(rest) : text;
}

/* "message repeated 5 times: [ text]" means text, so often. */
static struct bytes skip_repeated(struct bytes text)
{
	struct bytes inner;

	if (!bytes_starts(text, "message repeated "))
		return text;
	inner = behind(text, "times: [");
	if (inner.n == 0)
		return text;
	if (inner.p[inner.n - 1] == ']')
		inner.n--;
	return bytes_trim(inner);
}

/* What sudo says of a command before the fields: "" when it ran it. */
static struct bytes reason_of(struct bytes said)
{
	struct bytes b = behind(said, " : ");
	const uint8_t *end = memmem(b.p, b.n, " ; ", 3);

	b = up_to(b, end);
	return memchr(b.p, '=', b.n) ? bytes_of(b.p, 0) : b;
}

/* Where the words of the phrase are, or NULL. */
static const uint8_t *find_phrase(const struct phrase *p, struct bytes said)
{
	if (p->place == AT_START)
		return bytes_starts(said, p->words) ? said.p : NULL;
	if (p->place == AS_REASON)
		said = reason_of(said);
	return memmem(said.p, said.n, p->words, strlen(p->words));
}

void auth_classify(struct bytes program, struct bytes text,
		   struct parse_event *e)
{
	struct bytes said = skip_repeated(
		skip_number(program, skip_program(program, text)));

	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		const struct phrase *p = &phrases[i];
		struct bytes actor, rest;
		const uint8_t *at;

		if (!is_of(p->programs, program))
			continue;
		at = find_phrase(p, said);
		if (!at)
			continue;
		rest = bytes_skip(said,
				  (size_t)(at - said.p) + strlen(p->words));
		e->kind = p->kind;
		actor = find_actor(p->actor, said, rest);
		if (actor.p) /* a name may be empty */
			e->actor = actor;
		return;
	}
}
