/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of sshd, PAM, sudo, su, the tools for accounts, cron, logind and
 * the kernel, by table. Names that strangers typed may hold anything, " from
 * 192.0.2.1 port 22" for one: who it was ends at the last " from ADDRESS port
 * N". A command that sudo runs may hold anything, too: whether it was refused
 * is said in front of the first field.
 */
#include "base/base.h"
#include "parse/auth.h"
#include "parse/inside.h"

/* Where the account stands in what is behind the phrase. */
enum actor {
	ACTOR_NONE,  /* nowhere: the program stays the actor */
	ACTOR_WORD,  /* the next word */
	ACTOR_FROM,  /* up to the last " from ADDRESS port N" */
	ACTOR_FOR,   /* behind " for " or " for invalid user ", up to that */
	ACTOR_USER,  /* "user NAME", "invalid user NAME", and a blank */
	ACTOR_FIRST, /* behind "User ", up to that */
	ACTOR_FIELD, /* PAM's last field; none: the program stays it */
	ACTOR_COLON, /* in front of the colon of "pts/0 NAME:root" */
	ACTOR_BY,    /* behind " by ", a word */
	ACTOR_IN,    /* in the parentheses that the text begins with */
	ACTOR_SUDO,  /* in front of " : " */
	ACTOR_LAST,  /* behind " on "'s word before: "(to root) NAME on" */
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

#define SSHD " sshd sshd-session sshd-auth "

static const struct phrase phrases[] = {
	{SSHD, AT_START, "Accepted ", "ssh.accepted", ACTOR_FOR},
	{SSHD, AT_START, "Failed ", "ssh.failed", ACTOR_FOR},
	{SSHD, AT_START, "error: PAM: Authentication failure for ",
	 "ssh.failed", ACTOR_FROM},
	{SSHD, AT_START, "error: PAM: User not known to the underlying",
	 "ssh.failed", ACTOR_FOR},
	{SSHD, AT_START, "Invalid user ", "ssh.invalid-user", ACTOR_FROM},
	{SSHD, AT_START, "Illegal user ", "ssh.invalid-user", ACTOR_FROM},
	{SSHD, ANYWHERE, "maximum authentication attempts exceeded",
	 "ssh.max-attempts", ACTOR_FOR},
	{SSHD, AT_START, "Disconnecting ", "ssh.disconnected", ACTOR_USER},
	{SSHD, AT_START, "Disconnected from ", "ssh.disconnected", ACTOR_USER},
	{SSHD, AT_START, "Received disconnect from ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "error: Received disconnect from ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, AT_START, "Disconnecting: ", "ssh.disconnected", ACTOR_NONE},
	{SSHD, AT_START, "Connection closed by ", "ssh.disconnected",
	 ACTOR_USER},
	{SSHD, AT_START, "Connection reset by ", "ssh.disconnected",
	 ACTOR_USER},
	{SSHD, AT_START, "Connection from ", "ssh.connection", ACTOR_NONE},
	{SSHD, AT_START, "Server listening on ", "ssh.started", ACTOR_NONE},
	{SSHD, ANYWHERE, " not allowed because ", "ssh.refused", ACTOR_FIRST},
	{SSHD, ANYWHERE, "more authentication failure", "auth.failed",
	 ACTOR_FIELD},
	{" sudo ", AS_REASON, "user NOT in sudoers", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "incorrect password attempt", "sudo.denied",
	 ACTOR_SUDO},
	{" sudo ", AS_REASON, "command not allowed", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "user NOT authorized", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, " is required", "sudo.denied", ACTOR_SUDO},
	{" sudo ", AS_REASON, "no tty present", "sudo.denied", ACTOR_SUDO},
	{" sudo ", ANYWHERE, "COMMAND=", "sudo", ACTOR_SUDO},
	{" su ", AT_START, "Successful su for ", "su", ACTOR_BY},
	{" su ", AT_START, "FAILED su for ", "su.failed", ACTOR_BY},
	{" su ", AT_START, "FAILED SU (to ", "su.failed", ACTOR_LAST},
	{" su ", AT_START, "(to ", "su", ACTOR_LAST},
	{" su ", AT_START, "+ ", "su", ACTOR_COLON},
	{" su ", AT_START, "- ", "su.failed", ACTOR_COLON},
	{" useradd adduser ", AT_START, "new user: name=", "account.added",
	 ACTOR_WORD},
	{" useradd usermod gpasswd ", AT_START, "add '", "account.changed",
	 ACTOR_WORD},
	{" useradd groupadd addgroup ", AT_START,
	 "new group: name=", "group.added", ACTOR_WORD},
	{" usermod chfn chsh ", AT_START, "change user '", "account.changed",
	 ACTOR_WORD},
	{" usermod ", AT_START, "lock user '", "account.changed", ACTOR_WORD},
	{" usermod ", AT_START, "unlock user '", "account.changed", ACTOR_WORD},
	{" gpasswd ", AT_START, "user ", "account.changed", ACTOR_WORD},
	{" userdel deluser ", AT_START, "delete user '", "account.removed",
	 ACTOR_WORD},
	{" userdel groupdel ", AT_START, "removed group '", "group.removed",
	 ACTOR_WORD},
	{" groupdel ", AT_START, "group '", "group.removed", ACTOR_WORD},
	{" chage ", AT_START, "changed password expiry for ", "account.changed",
	 ACTOR_WORD},
	{" passwd chpasswd ", ANYWHERE, "password changed for ",
	 "password.changed", ACTOR_WORD},
	{" passwd ", AT_START, "password for '", "password.changed",
	 ACTOR_WORD},
	{" crontab ", ANYWHERE, ") REPLACE (", "cron.changed", ACTOR_IN},
	{" crontab ", ANYWHERE, ") DELETE (", "cron.changed", ACTOR_IN},
	{" CRON cron crond CROND anacron ", ANYWHERE, ") CMD (", "cron.run",
	 ACTOR_IN},
	{" systemd-logind ", AT_START, "New session ", "session.opened",
	 ACTOR_USER},
	{" systemd-logind ", AT_START, "Removed session ", "session.closed",
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
	{" kernel ", AT_START, "Linux version ", "boot", ACTOR_NONE},
	/* PAM, whoever asks it */
	{"", ANYWHERE, "session opened for user ", "session.opened",
	 ACTOR_WORD},
	{"", ANYWHERE, "session closed for user ", "session.closed",
	 ACTOR_WORD},
	{"", ANYWHERE, "): authentication failure;", "auth.failed",
	 ACTOR_FIELD},
	{"", AT_START, "authentication failure; logname=", "auth.failed",
	 ACTOR_FIELD},
	{"", ANYWHERE, "): check pass; user unknown", "auth.failed",
	 ACTOR_NONE},
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

/* A word as names are written: it ends at a blank, a quote or the like. */
static struct bytes plain_word(struct bytes b)
{
	size_t n = 0;

	while (n < b.n && !strchr(" \t',;()\n", b.p[n]) && b.p[n])
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

static struct bytes find_actor(enum actor where, struct bytes text,
			       struct bytes rest)
{
	struct bytes b;

	switch (where) {
	case ACTOR_NONE:
		break;
	case ACTOR_WORD:
		return plain_word(rest);
	case ACTOR_FROM:
		return before_from(skip_words(rest, "illegal user "));
	case ACTOR_FOR:
		b = behind(text, " for ");
		b = skip_words(skip_words(b, "invalid user "), "illegal user ");
		return before_from(b);
	case ACTOR_USER:
		b = plain_word(behind(text, "user "));
		return b.n && b.p[b.n - 1] == '.' ? bytes_of(b.p, b.n - 1) : b;
	case ACTOR_FIRST:
		return before_from(skip_words(text, "User "));
	case ACTOR_FIELD:
		return behind(rest, "  user=");
	case ACTOR_COLON:
		(void)take_word(&rest);
		return up_to(rest, memchr(rest.p, ':', rest.n));
	case ACTOR_BY:
		return plain_word(behind(rest, " by "));
	case ACTOR_IN:
		return plain_word(skip_words(text, "("));
	case ACTOR_SUDO:
		return bytes_trim(
			up_to(text, memmem(text.p, text.n, " : ", 3)));
	case ACTOR_LAST:
		return plain_word(behind(rest, ") "));
	}
	return bytes_of(NULL, 0);
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

/* "sshd[1]: text" gives the text. */
static struct bytes skip_program(struct bytes program, struct bytes text)
{
	const uint8_t *colon;

	if (program.n == 0 || program.p < text.p ||
	    program.p >= text.p + text.n)
		return text;
	colon = memchr(program.p, ':', (size_t)(text.p + text.n - program.p));
	if (colon)
		text = bytes_skip(text, (size_t)(colon + 1 - text.p));
	return bytes_trim(text);
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
	struct bytes said = skip_repeated(skip_program(program, text));

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
		/* A name may be empty; a field may be missing. */
		if (p->actor != ACTOR_NONE &&
		    (p->actor != ACTOR_FIELD || actor.n))
			e->actor = actor;
		return;
	}
}
