/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of sshd, PAM, sudo, su, the tools for accounts, cron, logind and
 * the kernel, by table. Names that strangers typed may hold anything, " from
 * 192.0.2.1 port 22" for one: who it was ends at the last " from ".
 */
#include "base/base.h"
#include "parse/auth.h"
#include "parse/inside.h"

/* Where the account stands in what is behind the phrase. */
enum actor {
	ACTOR_NONE,   /* nowhere: the program stays the actor */
	ACTOR_WORD,   /* the next word */
	ACTOR_FROM,   /* up to the last " from " */
	ACTOR_FOR,    /* behind " for " or " for invalid user ", up to that */
	ACTOR_USER,   /* "user NAME", "invalid user NAME", and a blank */
	ACTOR_BY,     /* behind " by ", a word */
	ACTOR_IN,     /* in the parentheses that the text begins with */
	ACTOR_SUDO,   /* in front of " : " */
	ACTOR_LAST,   /* behind " on "'s word before: "(to root) NAME on" */
};

struct phrase {
	const char *programs; /* between blanks; "": any */
	bool anywhere;        /* in the message, or it begins with it */
	const char *words;
	const char *kind;
	enum actor actor;
};

#define SSHD " sshd sshd-session sshd-auth "

static const struct phrase phrases[] = {
	{SSHD, false, "Accepted ", "ssh.accepted", ACTOR_FOR},
	{SSHD, false, "Failed ", "ssh.failed", ACTOR_FOR},
	{SSHD, false, "error: PAM: Authentication failure for ", "ssh.failed",
	 ACTOR_FROM},
	{SSHD, false, "error: PAM: User not known to the underlying",
	 "ssh.failed", ACTOR_FOR},
	{SSHD, false, "Invalid user ", "ssh.invalid-user", ACTOR_FROM},
	{SSHD, false, "Illegal user ", "ssh.invalid-user", ACTOR_FROM},
	{SSHD, false, "User ", "ssh.refused", ACTOR_FROM},
	{SSHD, true, "maximum authentication attempts exceeded",
	 "ssh.max-attempts", ACTOR_FOR},
	{SSHD, false, "Disconnecting ", "ssh.disconnected", ACTOR_USER},
	{SSHD, false, "Disconnected from ", "ssh.disconnected", ACTOR_USER},
	{SSHD, false, "Received disconnect from ", "ssh.disconnected",
	 ACTOR_NONE},
	{SSHD, false, "Connection closed by ", "ssh.disconnected", ACTOR_USER},
	{SSHD, false, "Connection reset by ", "ssh.disconnected", ACTOR_USER},
	{SSHD, false, "Connection from ", "ssh.connection", ACTOR_NONE},
	{SSHD, false, "Server listening on ", "ssh.started", ACTOR_NONE},
	{" sudo ", true, "user NOT in sudoers", "sudo.denied", ACTOR_SUDO},
	{" sudo ", true, "incorrect password attempt", "sudo.denied",
	 ACTOR_SUDO},
	{" sudo ", true, "command not allowed", "sudo.denied", ACTOR_SUDO},
	{" sudo ", true, "authentication failure", "sudo.denied", ACTOR_NONE},
	{" sudo ", true, "COMMAND=", "sudo", ACTOR_SUDO},
	{" su ", false, "Successful su for ", "su", ACTOR_BY},
	{" su ", false, "FAILED su for ", "su.failed", ACTOR_BY},
	{" su ", false, "FAILED SU (to ", "su.failed", ACTOR_LAST},
	{" su ", false, "(to ", "su", ACTOR_LAST},
	{" useradd adduser ", false, "new user: name=", "account.added",
	 ACTOR_WORD},
	{" useradd usermod gpasswd ", false, "add '", "account.changed",
	 ACTOR_WORD},
	{" useradd groupadd addgroup ", false,
	 "new group: name=", "group.added", ACTOR_WORD},
	{" usermod chfn chsh ", false, "change user '", "account.changed",
	 ACTOR_WORD},
	{" usermod ", false, "lock user '", "account.changed", ACTOR_WORD},
	{" userdel deluser ", false, "delete user '", "account.removed",
	 ACTOR_WORD},
	{" userdel groupdel ", false, "removed group '", "group.removed",
	 ACTOR_WORD},
	{" chage ", false, "changed password expiry for ", "account.changed",
	 ACTOR_WORD},
	{" passwd chpasswd ", true, "password changed for ", "password.changed",
	 ACTOR_WORD},
	{" CRON cron crond CROND anacron ", true, ") CMD (", "cron.run",
	 ACTOR_IN},
	{" systemd-logind ", false, "New session ", "session.opened",
	 ACTOR_USER},
	{" systemd-logind ", false, "Removed session ", "session.closed",
	 ACTOR_NONE},
	{" kernel ", true, "entered promiscuous mode", "kernel.promiscuous",
	 ACTOR_NONE},
	{" kernel ", true, "left promiscuous mode", "kernel.promiscuous",
	 ACTOR_NONE},
	{" kernel ", true, "New USB device found", "kernel.usb", ACTOR_NONE},
	{" kernel ", true, "taints kernel", "kernel.taint", ACTOR_NONE},
	{" kernel ", true, "module verification failed", "kernel.taint",
	 ACTOR_NONE},
	{" kernel ", true, "segfault at", "kernel.segfault", ACTOR_NONE},
	{" kernel ", false, "Linux version ", "boot", ACTOR_NONE},
	/* PAM, whoever asks it */
	{"", true, "session opened for user ", "session.opened", ACTOR_WORD},
	{"", true, "session closed for user ", "session.closed", ACTOR_WORD},
	{"", true, "): authentication failure;", "auth.failed", ACTOR_NONE},
	{"", true, "): check pass; user unknown", "auth.failed", ACTOR_NONE},
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

static struct bytes before_from(struct bytes b)
{
	const uint8_t *from = find_last(b, " from ");

	return from ? up_to(b, from) : plain_word(b);
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

void auth_classify(struct bytes program, struct bytes text,
		   struct parse_event *e)
{
	struct bytes said = skip_repeated(skip_program(program, text));

	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		const struct phrase *p = &phrases[i];
		size_t n = strlen(p->words);
		struct bytes actor, rest;
		const uint8_t *at;

		if (!is_of(p->programs, program))
			continue;
		at = p->anywhere ? memmem(said.p, said.n, p->words, n)
		     : bytes_starts(said, p->words) ? said.p
						    : NULL;
		if (!at)
			continue;
		rest = bytes_skip(said, (size_t)(at - said.p) + n);
		e->kind = p->kind;
		actor = find_actor(p->actor, said, rest);
		if (p->actor != ACTOR_NONE)
			e->actor = actor; /* a name may be empty */
		return;
	}
}
