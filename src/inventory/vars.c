/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of Ansible that say how a host is reached, and the host they
 * make of a name. */
#include "base/base.h"

#include <strings.h>

#include "base/text.h"
#include "inventory/inside.h"
#include "remote/remote.h"

#define VALUE_MAX 1024u

static const struct {
	const char *name;
	enum var var;
} honoured[] = {
	{"ansible_host", VAR_HOST},
	{"ansible_ssh_host", VAR_HOST},
	{"ansible_port", VAR_PORT},
	{"ansible_ssh_port", VAR_PORT},
	{"ansible_user", VAR_USER},
	{"ansible_ssh_user", VAR_USER},
	{"ansible_ssh_private_key_file", VAR_KEY},
	{"ansible_private_key_file", VAR_KEY},
	{"ansible_become", VAR_BECOME},
	{"ansible_become_method", VAR_METHOD},
	{"ansible_become_user", VAR_BECOME_USER},
	{"ansible_connection", VAR_CONNECTION},
	{"ansible_ssh_common_args", VAR_COMMON_ARGS},
	{"ansible_ssh_extra_args", VAR_EXTRA_ARGS},
	{"ansible_group_priority", VAR_PRIORITY},
};

/* Endings of names whose values nobody should have written there. */
static const char *const secret_endings[] = {
	"pass", "password", "passphrase", "passwd", "vault", "secret", "token",
};

void vars_release(struct vars *vars)
{
	for (size_t i = 0; i < N_VARS; i++)
		free(vars->v[i]);
	*vars = (struct vars){0};
}

void vars_put(struct vars *to, const struct vars *from)
{
	for (size_t i = 0; i < N_VARS; i++) {
		if (!from->v[i])
			continue;
		free(to->v[i]);
		to->v[i] = xstrdup(from->v[i]);
	}
}

static bool names_secret(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(secret_endings); i++) {
		size_t k = strlen(secret_endings[i]);

		if (n >= k && strcasecmp(name + n - k, secret_endings[i]) == 0)
			return true;
	}
	return false;
}

void vars_set(struct vars *vars, struct inventory *inv, const char *name,
	      struct bytes value, bool is_secret)
{
	bool is_ours = strncmp(name, "ansible_", 8) == 0;

	if (is_secret || names_secret(name)) {
		names_add(&inv->secrets, name);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(honoured); i++) {
		if (strcmp(honoured[i].name, name) != 0)
			continue;
		if (value.n > VALUE_MAX || !text_is_plain(value)) {
			names_add(&inv->not_honoured, name);
			return;
		}
		free(vars->v[honoured[i].var]);
		vars->v[honoured[i].var] = bytes_to_str(value);
		return;
	}
	if (is_ours)
		names_add(&inv->not_honoured, name);
	else
		inv->n_other++;
}

/* ---- the host they make ---- */

static bool is_template(const char *s)
{
	return s && (strstr(s, "{{") || strstr(s, "{%"));
}

static bool is_true(const char *s)
{
	static const char *const words[] = {"true", "yes", "on", "1", "y",
					    "t"};

	for (size_t i = 0; s && i < ARRAY_SIZE(words); i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

/* How to become root there, when that is what is meant. */
static char *escalation(struct inventory *inv, const struct vars *vars)
{
	static const char *const methods[] = {"sudo", "su", "doas"};
	const char *method = vars->v[VAR_METHOD];
	const char *user = vars->v[VAR_BECOME_USER];

	if (!is_true(vars->v[VAR_BECOME])) {
		if (is_template(vars->v[VAR_BECOME]))
			names_add(&inv->not_honoured, "ansible_become");
		return NULL;
	}
	if (user && *user && strcmp(user, "root") != 0) {
		names_add(&inv->not_honoured, "ansible_become_user");
		return NULL;
	}
	if (!method || !*method)
		return xstrdup(methods[0]);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (strcmp(method, methods[i]) == 0)
			return xstrdup(methods[i]);
	names_add(&inv->not_honoured, "ansible_become_method");
	return NULL;
}

/* Which option is not honoured, and for whom. */
static void leave_option(struct inventory *inv, const char *option,
			 const char *var, const char *host)
{
	char *text = xasprintf("%s of %s", option, var);
	struct left_option *left = inv->left_options;
	struct left_option *end = left + inv->n_left_options;

	while (left < end && strcmp(left->text, text) != 0)
		left++;
	if (left == end && inv->n_left_options == INVENTORY_NAMES_MAX) {
		names_add(&inv->not_honoured, var);
		free(text);
		return;
	}
	if (left == end) {
		inv->n_left_options++;
		*left = (struct left_option){.text = text};
	} else {
		free(text);
	}
	if (left->n < INVENTORY_FIRST)
		left->first[left->n] = xstrdup(host);
	left->n++;
}

static void move(char **from, char **to)
{
	if (*to && **to)
		return;
	free(*to);
	*to = *from;
	*from = NULL;
}

/* What arguments of ssh say, behind the variables that say it. */
static void take_args(struct inventory *inv, const char *name,
		      struct vars *vars)
{
	static const struct {
		enum var var;
		const char *name;
	} from[] = {
		{VAR_COMMON_ARGS, "ansible_ssh_common_args"},
		{VAR_EXTRA_ARGS, "ansible_ssh_extra_args"},
	};
	struct ssh_args args = {0};

	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		const char *text = vars->v[from[i].var];

		if (is_template(text))
			names_add(&args.left, "all, which is a template,");
		else if (text)
			ssh_args_read(&args, text);
		for (size_t k = 0; k < args.left.n; k++)
			leave_option(inv, args.left.v[k], from[i].name, name);
		names_release(&args.left);
	}
	move(&args.jump, &vars->v[VAR_JUMP]);
	move(&args.user, &vars->v[VAR_USER]);
	move(&args.port, &vars->v[VAR_PORT]);
	move(&args.key, &vars->v[VAR_KEY]);
	ssh_args_release(&args);
}

/* An address of IPv6 stands in brackets when a port follows it. */
static char *make_target(const struct vars *vars, const char *host)
{
	const char *user = vars->v[VAR_USER], *port = vars->v[VAR_PORT];
	bool has_port = port && *port, has_user = user && *user;
	bool is_v6 = strchr(host, ':') != NULL && host[0] != '[';
	bool brackets = has_port && is_v6;

	return xasprintf("%s%s%s%s%s%s%s", has_user ? user : "",
			 has_user ? "@" : "", brackets ? "[" : "", host,
			 brackets ? "]" : "", has_port ? ":" : "",
			 has_port ? port : "");
}

static void leave_out(struct inventory *inv, const char *name,
		      const char *why)
{
	char *text = xasprintf("%s (%s)", shown_str(name).s, why);

	names_add(&inv->left_out, text);
	free(text);
}

/* Why a host of the inventory is none to be reached over SSH; NULL: it is. */
static const char *why_not(const struct vars *vars)
{
	static const char *const ways[] = {"ssh", "smart", "paramiko",
					   "paramiko_ssh",
					   "ansible.builtin.ssh",
					   "ansible.builtin.paramiko_ssh"};
	const char *way = vars->v[VAR_CONNECTION];

	if (is_template(vars->v[VAR_HOST]))
		return "its ansible_host is a template";
	if (!way || !*way)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (strcmp(way, ways[i]) == 0)
			return NULL;
	return "its ansible_connection is not ssh";
}

/* What cannot be taken over is told of, and not there then. */
static void drop_templates(struct inventory *inv, struct vars *vars)
{
	static const struct {
		enum var var;
		const char *name;
	} plain[] = {{VAR_USER, "ansible_user"},
		     {VAR_PORT, "ansible_port"},
		     {VAR_KEY, "ansible_ssh_private_key_file"}};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		char **v = &vars->v[plain[i].var];

		if (!is_template(*v))
			continue;
		names_add(&inv->not_honoured, plain[i].name);
		free(*v);
		*v = NULL;
	}
}

static enum err_code fill_host(struct inventory *inv, const char *name,
			       const struct vars *vars, char **groups,
			       size_t n_groups, struct err *err)
{
	const char *host = vars->v[VAR_HOST];
	const char *key = vars->v[VAR_KEY], *jump = vars->v[VAR_JUMP];
	char *target = make_target(vars, host && *host ? host : name);
	struct wanted_host *to;
	struct target parsed;
	enum err_code code = target_parse(target, &parsed, err);

	to = code == ERR_OK ? inventory_add(inv, err) : NULL;
	if (!to) {
		free(target);
		return err_wrap(err, "%s", shown_str(name).s);
	}
	to->name = xstrdup(name);
	to->target = target;
	to->identity = key && *key ? xstrdup(key) : NULL;
	to->escalate = escalation(inv, vars);
	to->jump = jump ? xstrdup(jump) : NULL;
	to->groups = xcalloc(n_groups ? n_groups : 1, sizeof *to->groups);
	for (size_t i = 0; i < n_groups; i++)
		to->groups[to->n_groups++] = xstrdup(groups[i]);
	return ERR_OK;
}

enum err_code vars_host(struct inventory *inv, const char *name,
			const struct vars *vars, char **groups,
			size_t n_groups, struct err *err)
{
	struct vars own = {0};
	const char *why = why_not(vars);
	enum err_code code;

	if (why) {
		leave_out(inv, name, why);
		return ERR_OK;
	}
	vars_put(&own, vars);
	drop_templates(inv, &own);
	take_args(inv, name, &own);
	code = fill_host(inv, name, &own, groups, n_groups, err);
	vars_release(&own);
	return code;
}
