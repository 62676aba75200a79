/* SPDX-License-Identifier: Apache-2.0 */
/* Values of ssh_config(5): their forms, patterns and tokens. */
#include "base/base.h"

#include <limits.h>
#include <netdb.h>
#include <pwd.h>
#include <strings.h>

#include "base/text.h"
#include "remote/remote.h"
#include "remote/ssh_config.h"

#define VALUE_MAX   (16u << 10)
#define PATTERN_MAX 1024
#define BLANKS      " \t\r\n\f\v"

static const char *const names[] = {
#define X(id, name) [SSH_##id] = (name),
	SSH_SETTINGS_TABLE(X)
#undef X
};

const char *ssh_setting_name(enum ssh_setting s)
{
	return names[s];
}

enum ssh_setting ssh_setting_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(names[i], word) == 0)
			return (enum ssh_setting)i;
	return SSH_SETTINGS;
}

/* Keywords about what we never do: forwarding, terminals, sharing, talk. */
static const char *const idle[] = {
	"AddKeysToAgent",
	"BatchMode",
	"CheckHostIP",
	"ClearAllForwardings",
	"Compression",
	"ControlMaster",
	"ControlPath",
	"ControlPersist",
	"DynamicForward",
	"EnableEscapeCommandline",
	"EscapeChar",
	"ExitOnForwardFailure",
	"FingerprintHash",
	"Protocol",
	"ForkAfterAuthentication",
	"ForwardAgent",
	"ForwardX11",
	"ForwardX11Timeout",
	"ForwardX11Trusted",
	"GatewayPorts",
	"GSSAPIAuthentication",
	"GSSAPIDelegateCredentials",
	"HashKnownHosts",
	"IgnoreUnknown",
	"IPQoS",
	"LocalCommand",
	"LocalForward",
	"LogLevel",
	"LogVerbose",
	"NumberOfPasswordPrompts",
	"ObscureKeystrokeTiming",
	"PermitLocalCommand",
	"PermitRemoteOpen",
	"RemoteCommand",
	"RemoteForward",
	"RequestTTY",
	"SendEnv",
	"SessionType",
	"SetEnv",
	"StdinNull",
	"StreamLocalBindMask",
	"StreamLocalBindUnlink",
	"SyslogFacility",
	"TCPKeepAlive",
	"Tunnel",
	"TunnelDevice",
	"UpdateHostKeys",
	"UseKeychain",
	"VisualHostKey",
	"XAuthLocation",
};

bool ssh_keyword_is_idle(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		if (strcasecmp(idle[i], word) == 0)
			return true;
	return false;
}

bool ssh_setting_is_rest(enum ssh_setting s)
{
	return s == SSH_PROXYCOMMAND || s == SSH_PROXYJUMP;
}

bool ssh_setting_is_time(enum ssh_setting s)
{
	return s == SSH_CONNECTTIMEOUT || s == SSH_SERVERALIVEINTERVAL;
}

bool ssh_setting_is_list(enum ssh_setting s)
{
	return s == SSH_USERKNOWNHOSTSFILE || s == SSH_GLOBALKNOWNHOSTSFILE;
}

/* ---- forms ---- */

/* Words of one meaning each; the last of a row is its form. */
struct state {
	const char *word, *form;
};

static char *one_of(const struct state *states, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(states[i].word, text) == 0)
			return xstrdup(states[i].form);
	return NULL;
}

static char *check_flag(const char *text)
{
	static const struct state states[] = {
		{"yes", "yes"}, {"true", "yes"}, {"no", "no"}, {"false", "no"}};

	return one_of(states, ARRAY_SIZE(states), text);
}

static char *check_strict(const char *text)
{
	static const struct state states[] = {{"yes", "yes"},
					      {"true", "yes"},
					      {"no", "no"},
					      {"false", "no"},
					      {"off", "no"},
					      {"ask", "ask"},
					      {"accept-new", "accept-new"}};

	return one_of(states, ARRAY_SIZE(states), text);
}

static char *check_family(const char *text)
{
	static const struct state states[] = {
		{"any", "any"}, {"inet", "inet"}, {"inet6", "inet6"}};

	return one_of(states, ARRAY_SIZE(states), text);
}

static char *number(uint64_t v)
{
	return xasprintf("%" PRIu64, v);
}

/* The digits of a number: ssh lets blanks and one + stand before them. */
static const char *digits_of(const char *text)
{
	const char *at = text + strspn(text, BLANKS);

	if (*at == '+')
		at++;
	return *at >= '0' && *at <= '9' ? at : text;
}

/* A number, or the name of a service. */
static char *check_port(const char *text)
{
	struct servent *service;
	uint64_t v;

	if (bytes_to_u64(bytes_str(digits_of(text)), &v))
		return v > 0 && v <= 65535 ? number(v) : NULL;
	service = getservbyname(text, "tcp");
	return service ? number(ntohs((uint16_t)service->s_port)) : NULL;
}

static char *check_count(const char *text)
{
	uint64_t v;

	if (!bytes_to_u64(bytes_str(digits_of(text)), &v) || v > INT_MAX)
		return NULL;
	return number(v);
}

static uint64_t unit_seconds(int c)
{
	switch (c | 0x20) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * UINT64_C(86400);
	}
	return 0;
}

/* "90", "1m30s"; "none" stays. */
static char *check_time(const char *text)
{
	uint64_t sum = 0;

	if (strcmp(text, "none") == 0)
		return xstrdup(text);
	if (!*text)
		return NULL;
	while (*text) {
		uint64_t v, unit = 1;
		size_t n;

		text = digits_of(text);
		n = strspn(text, "0123456789");
		if (!bytes_to_u64(bytes_of(text, n), &v))
			return NULL;
		text += n;
		if (*text) {
			unit = unit_seconds(*text++);
			if (!unit)
				return NULL;
		}
		if (v > INT_MAX || v * unit > INT_MAX - sum)
			return NULL;
		sum += v * unit;
	}
	return number(sum);
}

/* ssh shows the server next to the host in its one form, and leaves those
 * before it. One with tokens is looked at when they are known. */
static bool add_hop(struct buf *out, struct bytes piece, bool is_last)
{
	char *hop = bytes_to_str(piece);
	bool ok = true, plain = !strchr(hop, '%');
	bool ip6;
	struct target t;
	struct err err;

	if (plain)
		ok = target_parse(hop, &t, &err) == ERR_OK;
	if (ok && plain && is_last) {
		ip6 = strchr(t.host, ':') != NULL;
		(void)buf_addf(out, "%s%s%s%s%s", t.user, t.user[0] ? "@" : "",
			       ip6 ? "[" : "", t.host, ip6 ? "]" : "");
		if (t.has_port)
			(void)buf_addf(out, ":%u", (unsigned)t.port);
	} else {
		(void)buf_add_bytes(out, piece);
	}
	free(hop);
	return ok;
}

/* Hosts between commas, up to a # or a blank: ssh cuts there, whatever is
 * behind. "none" before a comment is a host's name to ssh 9.2, which nobody
 * means. */
static char *check_jump(const char *text)
{
	struct bytes rest = bytes_of(text, strcspn(text, "#" BLANKS)), piece;
	struct buf out;
	bool ok = rest.n && rest.p[rest.n - 1] != ',';
	char *form = NULL;

	if (rest.n == 4 && strncasecmp(text, "none", 4) == 0)
		return xstrdup("none");
	buf_init(&out, VALUE_MAX + 16);
	while (ok && bytes_split(&rest, ',', &piece)) {
		ok = add_hop(&out, piece, !rest.n);
		if (rest.n)
			(void)buf_add_byte(&out, ',');
	}
	if (ok && !out.full)
		form = buf_detach(&out);
	buf_release(&out);
	return form;
}

char *ssh_value_check(enum ssh_setting what, const char *text)
{
	static char *(*const checks[SSH_SETTINGS])(const char *text) = {
		[SSH_PORT] = check_port,
		[SSH_ADDRESSFAMILY] = check_family,
		[SSH_CONNECTTIMEOUT] = check_time,
		[SSH_SERVERALIVEINTERVAL] = check_time,
		[SSH_SERVERALIVECOUNTMAX] = check_count,
		[SSH_PROXYJUMP] = check_jump,
		[SSH_STRICTHOSTKEYCHECKING] = check_strict,
		[SSH_IDENTITIESONLY] = check_flag,
	};

	if (strlen(text) > VALUE_MAX || !*text)
		return NULL;
	return checks[what] ? checks[what](text) : xstrdup(text);
}

/* ---- patterns ---- */

bool ssh_pattern_matches(const char *p, const char *s)
{
	const char *star = NULL, *star_s = NULL;

	while (*s) {
		if (*p == '*') {
			star = p++;
			star_s = s;
		} else if (*p && (*p == '?' || *p == *s)) {
			p++;
			s++;
		} else if (star) {
			p = star + 1;
			s = ++star_s;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return !*p;
}

static void to_lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

int ssh_pattern_list(const char *list, const char *s, bool lower)
{
	struct bytes rest = bytes_str(list), piece;
	int found = 0;

	while (bytes_split(&rest, ',', &piece)) {
		bool negated = bytes_starts(piece, "!");
		char pattern[PATTERN_MAX];

		piece = bytes_skip(piece, negated);
		if (piece.n >= sizeof pattern)
			return 0;
		(void)snprintf(pattern, sizeof pattern, "%.*s", (int)piece.n,
			       (const char *)piece.p);
		if (lower)
			to_lower(pattern);
		if (!ssh_pattern_matches(pattern, s))
			continue;
		if (negated)
			return -1;
		found = 1;
	}
	return found;
}

/* ---- tokens ---- */

static const char *token_value(const struct ssh_tokens *t, char c)
{
	const struct {
		char c;
		const char *value;
	} all[] = {
		{'h', t->h}, {'n', t->n}, {'p', t->p}, {'r', t->r},
		{'d', t->d}, {'u', t->u}, {'L', t->L}, {'l', t->l},
		{'i', t->i}, {'k', t->k}, {'C', t->C}, {'%', "%"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].c == c)
			return all[i].value;
	return NULL;
}

static enum err_code add_token(const char *text, char c, const char *allowed,
			       const struct ssh_tokens *t, struct buf *out,
			       struct err *err)
{
	const char *value = NULL;

	if (c == '%' || (c && strchr(allowed, c)))
		value = token_value(t, c);
	if (!value)
		return err_set(err, ERR_FORMAT,
			       "the token %%%s of %s is not known here",
			       shown(bytes_of(&c, c != 0)).s,
			       shown_str(text).s);
	(void)buf_add_str(out, value);
	return ERR_OK;
}

/* "${NAME}": n is how long it is. */
static enum err_code add_variable(const char *at, size_t *n, struct buf *out,
				  struct err *err)
{
	const char *end = strchr(at, '}');
	const char *value;
	char *name;

	if (!end)
		return err_set(err, ERR_FORMAT, "%s has no end",
			       shown_str(at).s);
	*n = (size_t)(end - at) + 1;
	name = bytes_to_str(bytes_of(at + 2, *n - 3));
	value = getenv(name);
	free(name);
	if (!value)
		return err_set(err, ERR_FORMAT,
			       "the environment variable of %s is not set",
			       shown_str(at).s);
	(void)buf_add_str(out, value);
	return ERR_OK;
}

/* "~" or "~name" in front; *rest is what follows it. */
static enum err_code add_home(const char *text, const struct ssh_tokens *t,
			      struct buf *out, const char **rest,
			      struct err *err)
{
	size_t n = strcspn(text, "/");
	const char *home = t->d;
	struct passwd *pw;
	char *name;

	*rest = text + n;
	if (n > 1) {
		name = bytes_to_str(bytes_of(text + 1, n - 1));
		pw = getpwnam(name);
		free(name);
		if (!pw)
			return err_set(err, ERR_FORMAT,
				       "there is no such user: %s",
				       shown_str(text).s);
		home = pw->pw_dir;
	}
	(void)buf_add_str(out, home);
	return ERR_OK;
}

enum err_code ssh_expand(const char *text, const char *allowed, bool file,
			 const struct ssh_tokens *t, char **out,
			 struct err *err)
{
	enum err_code code = ERR_OK;
	const char *at = text;
	struct buf b;

	buf_init(&b, VALUE_MAX);
	if (file && *at == '~')
		code = add_home(text, t, &b, &at, err);
	while (code == ERR_OK && *at) {
		size_t n = 1;

		if (at[0] == '%') {
			n = at[1] ? 2 : 1;
			code = add_token(text, at[1], allowed, t, &b, err);
		} else if (file && at[0] == '$' && at[1] == '{') {
			code = add_variable(at, &n, &b, err);
		} else {
			(void)buf_add_byte(&b, (uint8_t)*at);
		}
		at += n;
	}
	if (code == ERR_OK && b.full)
		code = err_set(err, ERR_LIMIT, "%s becomes too long",
			       shown_str(text).s);
	*out = code == ERR_OK ? buf_detach(&b) : NULL;
	buf_release(&b);
	return code;
}
