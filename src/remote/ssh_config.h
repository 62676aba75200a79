/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh_config(5), read by ourselves for the keywords that say how a host is
 * reached: what `ssh -G` would make of them, and where each value stands. No
 * command is run: Match exec never matches, and that is said. Everything that
 * a file can make us do is bounded.
 */
#ifndef HALLIGAN_REMOTE_SSH_CONFIG_H
#define HALLIGAN_REMOTE_SSH_CONFIG_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* The keywords we honour: name as ssh -G prints it, as people write it. */
#define SSH_SETTINGS_TABLE(X)                                       \
	X(HOSTNAME, "HostName")                                     \
	X(HOSTKEYALIAS, "HostKeyAlias")                             \
	X(USER, "User")                                             \
	X(PORT, "Port")                                             \
	X(ADDRESSFAMILY, "AddressFamily")                           \
	X(BINDADDRESS, "BindAddress")                               \
	X(CONNECTTIMEOUT, "ConnectTimeout")                         \
	X(SERVERALIVEINTERVAL, "ServerAliveInterval")               \
	X(SERVERALIVECOUNTMAX, "ServerAliveCountMax")               \
	X(PROXYJUMP, "ProxyJump")                                   \
	X(PROXYCOMMAND, "ProxyCommand")                             \
	X(STRICTHOSTKEYCHECKING, "StrictHostKeyChecking")           \
	X(USERKNOWNHOSTSFILE, "UserKnownHostsFile")                 \
	X(GLOBALKNOWNHOSTSFILE, "GlobalKnownHostsFile")             \
	X(PREFERREDAUTHENTICATIONS, "PreferredAuthentications")     \
	X(IDENTITYFILE, "IdentityFile")                             \
	X(IDENTITIESONLY, "IdentitiesOnly")                         \
	X(IDENTITYAGENT, "IdentityAgent")

enum ssh_setting {
#define X(id, name) SSH_##id,
	SSH_SETTINGS_TABLE(X)
#undef X
	SSH_SETTINGS
};

const char *ssh_setting_name(enum ssh_setting s); /* "HostName" */

/* What was said of one host. Strings are owned. */
struct ssh_value {
	enum ssh_setting what;
	char *text;  /* in the one form of each kind: "yes", seconds */
	char *where; /* "FILE:LINE", "command line", "target", "case" */
};

/* A keyword that stands in a part of a file that holds for the host, and that
 * changes nothing here. */
struct ssh_unhonoured {
	char *word; /* "Ciphers", "Match exec" */
	char *where;
	bool idle; /* of no concern to what we do: forwarding, colours */
};

struct ssh_values {
	struct ssh_value *v;
	size_t n;
	struct ssh_unhonoured *passed_over; /* one for each word */
	size_t n_passed_over;
};

/* Adds one, which goes before all that is added later. */
enum err_code ssh_values_add(struct ssh_values *values, enum ssh_setting what,
			     const char *text, const char *where,
			     struct err *err) MUST_CHECK;
/* The first; NULL: nothing was said. */
const struct ssh_value *ssh_values_first(const struct ssh_values *values,
					 enum ssh_setting what);
void ssh_values_release(struct ssh_values *values);

struct ssh_config_file; /* one that was read, kept for the next host */

struct ssh_config {
	const char *home; /* borrowed */
	const char *file; /* in place of the usual two; NULL; "none" */
	struct ssh_config_file *files;
	size_t n_files;
};

/* Which host, and who asks. */
struct ssh_who {
	const char *host; /* as it was typed */
	const char *local_user;
};

void ssh_config_init(struct ssh_config *c, const char *home, const char *file);
void ssh_config_release(struct ssh_config *c);

/*
 * Adds to out what the files say of that host, and its HostName, resolved, in
 * any case. ERR_DENIED: others may write a file; ERR_FORMAT, with its line:
 * ssh would not take it either.
 */
enum err_code ssh_config_read(struct ssh_config *c, const struct ssh_who *who,
			      struct ssh_values *out,
			      struct err *err) MUST_CHECK;

/* ---- ssh_values.c ---- */

/* A value in its one form, the caller's to free; NULL: it is none. */
char *ssh_value_check(enum ssh_setting what, const char *text);
/* The keyword of that name, in any case of letters; SSH_SETTINGS: none. */
enum ssh_setting ssh_setting_find(const char *word);
/* Whether the keyword is of no concern here; *name: as it is written. */
bool ssh_keyword_is_idle(const char *word);
/* The rest of the line is one value. */
bool ssh_setting_is_rest(enum ssh_setting s);
/* Seconds, or "none". */
bool ssh_setting_is_time(enum ssh_setting s);
/* Several words of a line are as many values. */
bool ssh_setting_is_list(enum ssh_setting s);

/* A pattern with * and ?, in time n * m. */
bool ssh_pattern_matches(const char *pattern, const char *s);
/* Patterns between commas, with ! before those that rule out: 1 matches, -1
 * is ruled out, 0 neither. */
int ssh_pattern_list(const char *list, const char *s, bool lower);

/* What %-tokens stand for. */
struct ssh_tokens {
	const char *h, *n, *p, *r, *d, *u, *L, *l, *i, *k, *C;
};

/*
 * The text with the tokens that `allowed` has ("hnpr"; %% is always there);
 * with files: ~ and ${VARIABLE} too. ERR_FORMAT names what cannot be.
 */
enum err_code ssh_expand(const char *text, const char *allowed, bool file,
			 const struct ssh_tokens *t, char **out,
			 struct err *err) MUST_CHECK;

#endif
