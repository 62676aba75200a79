/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of ssh(1) as variables of Ansible have them: what says how a host is
 * reached. As with ssh, what is said first counts.
 */
#include "base/base.h"

#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "inventory/inside.h"
#include "remote/remote.h"
#include "remote/ssh_config.h"
#include "remote/ssh_line.h"

#define HOPS_MAX  4096
#define DEPTH_MAX 1 /* a ProxyCommand of a ProxyCommand is not followed */

static void keep(char **at, char *value)
{
	if (*at)
		free(value);
	else
		*at = value;
}

/* A value in ssh's own form for that keyword; false: it is none. */
static bool keep_checked(char **at, enum ssh_setting what, const char *value)
{
	char *form = ssh_value_check(what, value);

	if (form)
		keep(at, form);
	return form != NULL;
}

static bool take_user(struct ssh_args *a, const char *value)
{
	return keep_checked(&a->user, SSH_USER, value);
}

static bool take_port(struct ssh_args *a, const char *value)
{
	return keep_checked(&a->port, SSH_PORT, value);
}

/* One file is all that a host here has. */
static bool take_key(struct ssh_args *a, const char *value)
{
	return !a->key && keep_checked(&a->key, SSH_IDENTITYFILE, value);
}

static bool take_jump(struct ssh_args *a, const char *value)
{
	return !strpbrk(value, "'\"") &&
	       keep_checked(&a->jump, SSH_PROXYJUMP, value);
}

static bool take_forward(struct ssh_args *a, const char *value)
{
	if (a->depth == 0)
		return false;
	keep(&a->forward, xstrdup(value));
	return true;
}

/* "ssh ... -W %h:%p bastion" goes where -J bastion goes. */
static bool is_forward(const struct ssh_args *a)
{
	return a->forward && a->word && !a->more &&
	       (strcmp(a->forward, "%h:%p") == 0 ||
		strcmp(a->forward, "[%h]:%p") == 0);
}

/* A port stands in a URI alone there: "b:22" is a name to ssh. */
static bool is_server(const char *word, struct target *t)
{
	struct err err;

	return target_parse(word, t, &err) == ERR_OK &&
	       (!t->has_port || strncasecmp(word, "ssh://", 6) == 0);
}

/* The servers of such a command, as a list of jump hosts; NULL: it is none. */
static char *hops_of(const struct ssh_args *a)
{
	struct target t;
	struct buf out;
	char *hops;
	bool ip6;

	if (!is_forward(a) || !is_server(a->word, &t))
		return NULL;
	buf_init(&out, HOPS_MAX);
	if (a->jump && strcmp(a->jump, "none") != 0)
		(void)buf_addf(&out, "%s,", a->jump);
	if (a->user || t.user[0])
		(void)buf_addf(&out, "%s@", a->user ? a->user : t.user);
	ip6 = strchr(t.host, ':') != NULL;
	(void)buf_addf(&out, "%s%s%s", ip6 ? "[" : "", t.host, ip6 ? "]" : "");
	if (a->port)
		(void)buf_addf(&out, ":%s", a->port);
	else if (t.has_port)
		(void)buf_addf(&out, ":%u", (unsigned)t.port);
	hops = out.full ? NULL : buf_detach(&out);
	buf_release(&out);
	return hops;
}

static void add_left(struct ssh_args *to, const struct ssh_args *from)
{
	for (size_t i = 0; i < from->left.n; i++) {
		char *text = xasprintf("%s of its ProxyCommand",
				       from->left.v[i]);

		names_add(&to->left, text);
		free(text);
	}
	if (from->key)
		names_add(&to->left, "-i of its ProxyCommand");
}

static bool is_ssh(const char *word)
{
	const char *slash = strrchr(word, '/');

	return strcmp(slash ? slash + 1 : word, "ssh") == 0;
}

static void take_words(struct ssh_args *a, char *const *words, size_t n);

/* Words of a shell that are more than words are not looked into. */
static char *jump_of_command(struct ssh_args *a, const char *command)
{
	struct ssh_args inner = {.depth = a->depth + 1};
	struct ssh_words w = {0};
	size_t first = 0;
	char *hops = NULL;

	if (inner.depth > DEPTH_MAX || strpbrk(command, ";|&<>$`(){}\\"))
		return NULL;
	if (ssh_split_words(command, &w)) {
		first = w.n && strcmp(w.v[0], "exec") == 0;
		if (first < w.n && is_ssh(w.v[first])) {
			first++;
			take_words(&inner, w.v + first, w.n - first);
			hops = hops_of(&inner);
		}
	}
	if (hops && !a->jump)
		add_left(a, &inner);
	ssh_words_release(&w);
	ssh_args_release(&inner);
	return hops;
}

static bool take_command(struct ssh_args *a, const char *value)
{
	char *hops;
	bool ok;

	if (a->depth == DEPTH_MAX)
		a->more = true; /* what is behind it is not known then */
	if (a->jump)
		return true;
	if (strcasecmp(value, "none") == 0)
		return take_jump(a, "none");
	hops = jump_of_command(a, value);
	ok = hops && take_jump(a, hops);
	free(hops);
	return ok;
}

typedef bool take_fn(struct ssh_args *a, const char *value);

static bool pass(struct ssh_args *a UNUSED, const char *value UNUSED)
{
	return true;
}

static const struct {
	enum ssh_setting what;
	take_fn *take;
} keywords[] = {
	{SSH_PROXYJUMP, take_jump}, {SSH_PROXYCOMMAND, take_command},
	{SSH_USER, take_user},	    {SSH_PORT, take_port},
	{SSH_IDENTITYFILE, take_key},
};

/* The value behind "Keyword=" or "Keyword ", without quotes around it. */
static char *value_of(const char *behind)
{
	size_t n;

	behind += strspn(behind, SSH_BLANKS);
	if (*behind == '=')
		behind++;
	behind += strspn(behind, SSH_BLANKS);
	n = strlen(behind);
	if (n >= 2 && behind[0] == '"' && behind[n - 1] == '"')
		return bytes_to_str(bytes_of(behind + 1, n - 2));
	return xstrdup(behind);
}

/* "-o Keyword=value" */
static bool take_keyword(struct ssh_args *a, const char *text)
{
	size_t n = strcspn(text, SSH_BLANKS "=");
	char *word = bytes_to_str(bytes_of(text, n));
	char *value = value_of(text + n), *left;
	enum ssh_setting what = ssh_setting_find(word);
	bool ok = ssh_keyword_is_idle(word);

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (keywords[i].what == what)
			ok = keywords[i].take(a, value);
	if (!ok) {
		left = xasprintf("-o %s", shown_str(word).s);
		names_add(&a->left, left);
		free(left);
	}
	free(word);
	free(value);
	return true; /* it was told of */
}

/* Those that have a value; without a function they are not honoured. */
static const struct {
	char letter;
	take_fn *take;
} options[] = {
	{'J', take_jump}, {'W', take_forward}, {'o', take_keyword},
	{'i', take_key},  {'l', take_user},    {'p', take_port},
	/* of no concern here: forwarding, sharing, talk */
	{'D', pass},	  {'L', pass},	       {'R', pass},
	{'w', pass},	  {'S', pass},	       {'E', pass},
	{'e', pass},	  {'B', NULL},	       {'b', NULL},
	{'c', NULL},	  {'F', NULL},	       {'I', NULL},
	{'m', NULL},	  {'O', NULL},	       {'Q', NULL},
};

#define IDLE_FLAGS "AaCfgKkMNnqTtvXxYy"

static void leave_option(struct ssh_args *a, char letter)
{
	char text[3] = {'-', letter, '\0'};

	names_add(&a->left, text);
}

/* The option at *at and what stands behind it. True: it had a value, so that
 * its word is at an end. */
static bool take_option(struct ssh_args *a, const char *at, const char *next,
			bool *took_next)
{
	const char *value = at[1] ? at + 1 : next;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].letter != *at)
			continue;
		*took_next = !at[1];
		if (!value || !options[i].take || !options[i].take(a, value))
			leave_option(a, *at);
		return true;
	}
	if (!strchr(IDLE_FLAGS, *at))
		leave_option(a, *at);
	return false;
}

static void take_words(struct ssh_args *a, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *next = i + 1 < n ? words[i + 1] : NULL;
		bool took_next = false;
		const char *at = words[i];

		if (*at != '-' || !at[1]) {
			a->more |= a->word != NULL;
			keep(&a->word, xstrdup(at));
			continue;
		}
		while (*++at && !take_option(a, at, next, &took_next))
			;
		i += took_next;
	}
}

void ssh_args_read(struct ssh_args *a, const char *text)
{
	struct ssh_words w = {0};

	if (ssh_split_words(text, &w))
		take_words(a, w.v, w.n);
	else
		names_add(&a->left, "all of it");
	if (a->word)
		names_add(&a->left, a->word);
	free(a->word);
	a->word = NULL;
	ssh_words_release(&w);
}

void ssh_args_release(struct ssh_args *a)
{
	free(a->jump);
	free(a->user);
	free(a->port);
	free(a->key);
	free(a->forward);
	free(a->word);
	names_release(&a->left);
	*a = (struct ssh_args){0};
}
