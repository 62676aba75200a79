/* SPDX-License-Identifier: Apache-2.0 */
/* From what was said of a host to the settings that count. */
#include "base/base.h"

#include <strings.h>

#include "base/hash.h"
#include "base/text.h"
#include "remote/reach.h"
#include "remote/remote.h"

#define SSH_PORT_USUAL 22
#define TIME_MOST      UINT64_C(3600)

/* While it is made. */
struct making {
	const struct reach_us *us;
	struct reach *r;
	struct ssh_tokens tokens;
	char port[8], uid[16], here[256], here_short[256];
	char connection[HASH_HEX_MAX]; /* %C */
	struct err *err;
};

static const char *text_of(const struct reach *r, enum ssh_setting what)
{
	const struct ssh_value *v = ssh_values_first(&r->values, what);

	return v ? v->text : NULL;
}

static bool is_none(const char *s)
{
	return s && strcasecmp(s, "none") == 0;
}

static enum err_code copy(struct making *m, enum ssh_setting what, char *out,
			  size_t room)
{
	const char *s = text_of(m->r, what);

	if (!s)
		return ERR_OK;
	if (strlen(s) >= room)
		return err_set(m->err, ERR_LIMIT, "%s: %s is too long",
			       shown_str(reach_where(m->r, what)).s,
			       ssh_setting_name(what));
	(void)snprintf(out, room, "%s", s);
	return ERR_OK;
}

/* ---- what is known before a file is read ---- */

static enum err_code add(struct making *m, enum ssh_setting what,
			 const char *text, const char *where)
{
	return ssh_values_add(&m->r->values, what, text, where, m->err);
}

static enum err_code add_asked(struct making *m, const struct reach_ask *ask)
{
	enum err_code code;
	struct target t;
	char port[8];

	code = target_parse(ask->target, &t, m->err);
	if (code != ERR_OK)
		return code;
	(void)snprintf(m->r->name, sizeof m->r->name, "%s", t.host);
	(void)snprintf(port, sizeof port, "%u", (unsigned)t.port);
	if (t.user[0])
		code = add(m, SSH_USER, t.user, "target");
	if (code == ERR_OK && t.has_port)
		code = add(m, SSH_PORT, port, "target");
	if (code == ERR_OK && ask->jump)
		code = add(m, SSH_PROXYJUMP, ask->jump, "case");
	return code;
}

static enum err_code read_config(struct making *m, struct ssh_config *config)
{
	const struct ssh_who who = {.host = m->r->name,
				    .local_user = m->us->user};
	struct ssh_config none;
	enum err_code code;

	if (config)
		return ssh_config_read(config, &who, &m->r->values, m->err);
	ssh_config_init(&none, m->us->home, "none");
	code = ssh_config_read(&none, &who, &m->r->values, m->err);
	ssh_config_release(&none);
	return code;
}

/* ---- what they come to ---- */

/* A name that is taken for an option, or for words of a shell, is none. */
static bool is_usable_name(const char *s)
{
	if (!*s || *s == '-')
		return false;
	for (; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("'`\"$\\;&<>|(){}", *s))
			return false;
	return true;
}

static enum err_code set_names(struct making *m)
{
	struct reach *r = m->r;
	enum err_code code = copy(m, SSH_HOSTNAME, r->host, sizeof r->host);
	const char *port = text_of(r, SSH_PORT);
	char *alias = NULL;
	uint64_t v;

	(void)snprintf(r->user, sizeof r->user, "%s", m->us->user);
	if (code == ERR_OK)
		code = copy(m, SSH_USER, r->user, sizeof r->user);
	if (code == ERR_OK)
		code = copy(m, SSH_HOSTKEYALIAS, r->alias, sizeof r->alias);
	if (code == ERR_OK && !is_usable_name(r->host))
		code = err_set(m->err, ERR_FORMAT,
			       "%s: HostName cannot be '%s'",
			       shown_str(reach_where(r, SSH_HOSTNAME)).s,
			       shown_str(r->host).s);
	r->port = SSH_PORT_USUAL;
	if (port && bytes_to_u64(bytes_str(port), &v) && v <= 65535)
		r->port = (uint16_t)v;
	alias = xstrdup(r->alias);
	for (char *p = alias; *p; p++)
		r->alias[p - alias] =
			(char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	free(alias);
	return code;
}

/* Who reaches whom, in as many digits as a name of a socket may have. */
static void set_connection(struct making *m)
{
	char *text = xasprintf("%s%s%s%s", m->here, m->r->host, m->port,
			       m->r->user);
	uint8_t digest[HASH_LEN_MAX];
	struct hash hash;
	size_t n;

	hash_init(&hash, HASH_SHA1);
	hash_add(&hash, bytes_str(text));
	n = hash_final(&hash, digest);
	(void)hex_encode(bytes_of(digest, n), m->connection,
			 sizeof m->connection);
	free(text);
}

static void set_tokens(struct making *m)
{
	struct reach *r = m->r;

	if (gethostname(m->here, sizeof m->here - 1) != 0)
		m->here[0] = '\0';
	(void)snprintf(m->here_short, sizeof m->here_short, "%.*s",
		       (int)strcspn(m->here, "."), m->here);
	(void)snprintf(m->port, sizeof m->port, "%u", (unsigned)r->port);
	(void)snprintf(m->uid, sizeof m->uid, "%u", (unsigned)getuid());
	set_connection(m);
	m->tokens = (struct ssh_tokens){
		.h = r->host,
		.n = r->name,
		.p = m->port,
		.r = r->user,
		.d = m->us->home,
		.u = m->us->user,
		.L = m->here_short,
		.l = m->here,
		.i = m->uid,
		.k = r->alias[0] ? r->alias : r->name,
		.C = m->connection,
	};
}

static enum err_code expand(struct making *m, const struct ssh_value *v,
			    const char *allowed, bool file, char **out)
{
	enum err_code code =
		ssh_expand(v->text, allowed, file, &m->tokens, out, m->err);

	return code == ERR_OK ? code
			      : err_wrap(m->err, "%s", shown_str(v->where).s);
}

static void add_file(struct reach_files *files, enum ssh_setting what,
		     char *path, const struct ssh_value *v)
{
	files->v = xrealloc(files->v, files->n + 1, sizeof *files->v);
	files->v[files->n++] = (struct reach_file){
		.path = path,
		.what = what,
		.written = v ? v->text : NULL,
		.where = v ? v->where : "default",
	};
}

/* The files that a setting names; those of all users as they stand. */
static enum err_code add_files(struct making *m, enum ssh_setting what,
			       struct reach_files *files)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < m->r->values.n; i++) {
		const struct ssh_value *v = &m->r->values.v[i];
		char *path = NULL;

		if (v->what != what || is_none(v->text))
			continue;
		if (what == SSH_GLOBALKNOWNHOSTSFILE)
			path = xstrdup(v->text);
		else
			code = expand(m, v, "hnprduLlikC", true, &path);
		if (code == ERR_OK)
			add_file(files, what, path, v);
	}
	return code;
}

/* What stands for nothing said. */
static void add_usual(struct making *m, enum ssh_setting what,
		      struct reach_files *files, const char *const *names,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_file(files, what,
			 names[i][0] == '/' ? xstrdup(names[i])
					    : xasprintf("%s/.ssh/%s",
							m->us->home, names[i]),
			 NULL);
}

static enum err_code set_files(struct making *m)
{
	static const char *const keys[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
	static const char *const user[] = {"known_hosts", "known_hosts2"};
	static const char *const global[] = {"/etc/ssh/ssh_known_hosts",
					     "/etc/ssh/ssh_known_hosts2"};
	const struct {
		enum ssh_setting what;
		struct reach_files *files;
		const char *const *usual;
		size_t n_usual;
	} all[] = {
		{SSH_IDENTITYFILE, &m->r->keys, keys,
		 m->r->identity ? 0 : ARRAY_SIZE(keys)},
		{SSH_USERKNOWNHOSTSFILE, &m->r->known, user, ARRAY_SIZE(user)},
		{SSH_GLOBALKNOWNHOSTSFILE, &m->r->known, global,
		 ARRAY_SIZE(global)},
	};
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(all); i++) {
		code = add_files(m, all[i].what, all[i].files);
		if (!text_of(m->r, all[i].what))
			add_usual(m, all[i].what, all[i].files, all[i].usual,
				  all[i].n_usual);
	}
	return code;
}

static enum err_code set_agent(struct making *m)
{
	const struct ssh_value *v =
		ssh_values_first(&m->r->values, SSH_IDENTITYAGENT);
	const char *env = m->us->agent;

	if (v && is_none(v->text)) {
		env = "";
	} else if (v && v->text[0] == '$' && v->text[1] != '{') {
		env = getenv(v->text + 1);
	} else if (v && strcmp(v->text, "SSH_AUTH_SOCK") != 0) {
		return expand(m, v, "hnprduLlikC", true, &m->r->agent);
	}
	m->r->agent = xstrdup(env ? env : "");
	return ERR_OK;
}

/* Seconds; "none" and 0, which are ssh's defaults, are not what we do. */
static uint64_t seconds(const struct reach *r, enum ssh_setting what,
			uint64_t otherwise)
{
	const char *s = text_of(r, what);
	uint64_t v;

	if (!s || !bytes_to_u64(bytes_str(s), &v) || v == 0)
		return otherwise;
	return MIN(v, TIME_MOST);
}

static void set_times(struct reach *r)
{
	bool paced = seconds(r, SSH_SERVERALIVEINTERVAL, 0) != 0;

	r->connect_s = seconds(r, SSH_CONNECTTIMEOUT, REACH_CONNECT_S);
	r->alive_s = seconds(r, SSH_SERVERALIVEINTERVAL, REACH_ALIVE_S);
	r->alive_count = seconds(r, SSH_SERVERALIVECOUNTMAX,
				 paced ? 3 : REACH_ALIVE_COUNT);
}

static const char *const families[] = {
	[REACH_ANY] = "any", [REACH_INET] = "inet", [REACH_INET6] = "inet6"};
static const char *const stricts[] = {[REACH_ASK] = "ask",
				      [REACH_STRICT] = "yes",
				      [REACH_ACCEPT_NEW] = "accept-new",
				      [REACH_NOT_STRICT] = "no"};

/* The index of the word; 0, the default, when nothing was said. */
static unsigned index_of(const char *s, const char *const *words, unsigned n)
{
	for (unsigned i = 0; s && i < n; i++)
		if (strcmp(words[i], s) == 0)
			return i;
	return 0;
}

static void set_choices(struct reach *r)
{
	const char *only = text_of(r, SSH_IDENTITIESONLY);
	const char *methods = text_of(r, SSH_PREFERREDAUTHENTICATIONS);
	const char *from = text_of(r, SSH_BINDADDRESS);

	r->family = (enum reach_family)index_of(text_of(r, SSH_ADDRESSFAMILY),
						families, ARRAY_SIZE(families));
	r->strict = (enum reach_strict)index_of(
		text_of(r, SSH_STRICTHOSTKEYCHECKING), stricts,
		ARRAY_SIZE(stricts));
	r->keys_only = only && strcmp(only, "yes") == 0;
	r->methods = xstrdup(methods ? methods : REACH_METHODS);
	r->bind = from ? xstrdup(from) : NULL;
}

static bool has_token(const char *text, char token)
{
	while ((text = strchr(text, '%')) && text[1]) {
		if (text[1] == token)
			return true;
		text += 2;
	}
	return false;
}

/* A shell reads what it comes to: names from elsewhere that stand in it must
 * be only names. */
static enum err_code check_words(const struct making *m, const char *command)
{
	const struct {
		char token;
		const char *what, *is;
	} words[] = {{'r', "user", m->r->user}, {'n', "name", m->r->name}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (has_token(command, words[i].token) &&
		    !is_usable_name(words[i].is))
			return err_set(m->err, ERR_FORMAT,
				       "the %s '%s' cannot be given to a "
				       "ProxyCommand",
				       words[i].what,
				       shown_str(words[i].is).s);
	return ERR_OK;
}

/* ssh gives jump hosts to a shell, which takes quotes away. */
static void drop_quotes(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s != '"' && *s != '\'')
			*to++ = *s;
	*to = '\0';
}

/* A way round: hosts between it and us, or a command. */
static enum err_code set_proxy(struct making *m)
{
	const struct ssh_value *jump =
		ssh_values_first(&m->r->values, SSH_PROXYJUMP);
	const struct ssh_value *command =
		ssh_values_first(&m->r->values, SSH_PROXYCOMMAND);
	enum err_code code = ERR_OK;

	if (jump && !is_none(jump->text))
		code = expand(m, jump, "hnpr", false, &m->r->jump);
	if (m->r->jump)
		drop_quotes(m->r->jump);
	if (code != ERR_OK || !command || is_none(command->text))
		return code;
	code = check_words(m, command->text);
	return code == ERR_OK ? expand(m, command, "hnpr", false,
				       &m->r->proxy_command)
			      : code;
}

enum err_code reach_make(const struct reach_us *us, struct ssh_config *config,
			 const struct reach_ask *ask, struct reach *out,
			 struct err *err)
{
	struct making m = {.us = us, .r = out, .err = err};
	enum err_code code;

	*out = (struct reach){.identity = ask->identity ? xstrdup(ask->identity)
							: NULL};
	code = add_asked(&m, ask);
	if (code == ERR_OK)
		code = read_config(&m, config);
	if (code == ERR_OK)
		code = set_names(&m);
	if (code != ERR_OK)
		return code;
	set_tokens(&m);
	set_times(out);
	set_choices(out);
	code = set_files(&m);
	if (code == ERR_OK)
		code = set_agent(&m);
	if (code == ERR_OK)
		code = set_proxy(&m);
	return code;
}

static void files_release(struct reach_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->v[i].path);
	free(files->v);
}

void reach_release(struct reach *r)
{
	files_release(&r->keys);
	files_release(&r->known);
	free(r->bind);
	free(r->methods);
	free(r->identity);
	free(r->agent);
	free(r->jump);
	free(r->proxy_command);
	ssh_values_release(&r->values);
	*r = (struct reach){0};
}

void reach_key_name(const struct reach *r, char out[REACH_KEY_NAME_MAX])
{
	const char *plain = r->alias[0] ? r->alias : r->host;

	if (r->alias[0] || r->port == SSH_PORT_USUAL)
		(void)snprintf(out, REACH_KEY_NAME_MAX, "%s", plain);
	else
		(void)snprintf(out, REACH_KEY_NAME_MAX, "[%s]:%u", r->host,
			       (unsigned)r->port);
}

/* ---- for people ---- */

const char *reach_where(const struct reach *r, enum ssh_setting what)
{
	const struct ssh_value *v = ssh_values_first(&r->values, what);

	return v ? v->where : "default";
}

static char *number(uint64_t v)
{
	return xasprintf("%" PRIu64, v);
}

static char *text(const char *s)
{
	return s && *s ? xstrdup(s) : NULL;
}

/* What a setting of one value came to; NULL: nothing. */
static char *effective(const struct reach *r, enum ssh_setting what)
{
	switch (what) {
	case SSH_HOSTNAME:
		return text(r->host);
	case SSH_HOSTKEYALIAS:
		return text(r->alias);
	case SSH_USER:
		return text(r->user);
	case SSH_PORT:
		return number(r->port);
	case SSH_ADDRESSFAMILY:
		return text(families[r->family]);
	case SSH_BINDADDRESS:
		return text(r->bind);
	case SSH_CONNECTTIMEOUT:
		return number(r->connect_s);
	case SSH_SERVERALIVEINTERVAL:
		return number(r->alive_s);
	case SSH_SERVERALIVECOUNTMAX:
		return number(r->alive_count);
	case SSH_PROXYJUMP:
		return text(r->jump);
	case SSH_PROXYCOMMAND:
		return text(r->proxy_command);
	case SSH_STRICTHOSTKEYCHECKING:
		return text(r->strict == REACH_NOT_STRICT
				    ? stricts[REACH_ACCEPT_NEW]
				    : stricts[r->strict]);
	case SSH_PREFERREDAUTHENTICATIONS:
		return text(r->methods);
	case SSH_IDENTITIESONLY:
		return text(r->keys_only ? "yes" : "no");
	case SSH_IDENTITYAGENT:
		return text(r->agent);
	case SSH_USERKNOWNHOSTSFILE:
	case SSH_GLOBALKNOWNHOSTSFILE:
	case SSH_IDENTITYFILE:
	case SSH_SETTINGS:
		break;
	}
	return NULL;
}

static bool is_files(enum ssh_setting what)
{
	return ssh_setting_is_list(what) || what == SSH_IDENTITYFILE;
}

static bool file_line(const struct reach *r, enum ssh_setting what, size_t i,
		      struct reach_line *line)
{
	const struct reach_files *files =
		what == SSH_IDENTITYFILE ? &r->keys : &r->known;
	bool none = i == 0;

	*line = (struct reach_line){.value = xstrdup("none"),
				    .where = reach_where(r, what)};
	if (what == SSH_IDENTITYFILE && r->identity && i-- == 0) {
		free(line->value);
		*line = (struct reach_line){.value = xstrdup(r->identity),
					    .where = "case"};
		return true;
	}
	none = none && i == 0;
	for (size_t j = 0; j < files->n; j++) {
		const struct reach_file *f = &files->v[j];

		if (f->what != what || i-- != 0)
			continue;
		free(line->value);
		*line = (struct reach_line){.value = xstrdup(f->path),
					    .written = f->written,
					    .where = f->where};
		return true;
	}
	if (!none)
		free(line->value);
	return none;
}

bool reach_line(const struct reach *r, enum ssh_setting what, size_t i,
		struct reach_line *line)
{
	const struct ssh_value *v = ssh_values_first(&r->values, what);

	if (is_files(what))
		return file_line(r, what, i, line);
	if (i)
		return false;
	*line = (struct reach_line){.value = effective(r, what),
				    .written = v ? v->text : NULL,
				    .where = v ? v->where : "default"};
	if (!line->value)
		line->value = xstrdup("none");
	return true;
}
