/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts join the case: one, or as many as a list, an inventory or a network
 * names. Those that are there already are left alone.
 */
#include "base/base.h"

#include <search.h>

#include "app/cmd.h"
#include "app/hosts.h"
#include "app/inside.h"
#include "base/text.h"
#include "inventory/inventory.h"
#include "remote/remote.h"

#define ASKED_ABOVE 256 /* addresses of networks */
#define LINE_MAX_BYTES 900

/* A host that is there, or that was just added: part of two trees of
 * tsearch(3), by name and by target. */
struct known {
	char *key;
	char *target; /* as keys of targets are */
	struct uuid id;
};

struct adding {
	struct app *app;
	struct invocation *inv;
	struct inventory wanted;
	struct host_list hosts;
	void *names, *targets;
	char *identity; /* of all that have no other; NULL */
	const char *escalate; /* of all; NULL: as the inventory has it */
	size_t n_new, n_there;
	struct name_set differ;	    /* names that are there, elsewhere */
	struct name_set bad_groups; /* names that no label can have */
	struct name_set no_keys;    /* key files that are not here */
};

static int compare_known(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void free_known(void *p)
{
	struct known *k = p;

	free(k->key);
	free(k->target);
	free(k);
}

static const struct known *find_known(void *const *tree, char *key)
{
	struct known k = {.key = key};
	struct known *const *found = tfind(&k, tree, compare_known);

	return found ? *found : NULL;
}

static void know(void **tree, const char *key, const char *target,
		 const struct uuid *id)
{
	struct known *k = xcalloc(1, sizeof *k);
	struct known **at;

	*k = (struct known){.key = xstrdup(key),
			    .target = xstrdup(target),
			    .id = *id};
	at = tsearch(k, tree, compare_known);
	if (!at)
		BUG("out of memory");
	if (*at != k) /* there is one of that key */
		free_known(k);
}

/* The same for all ways to write one target. */
static char *target_key(const char *target)
{
	struct target t;
	struct err err;

	if (!*target || target_parse(target, &t, &err) != ERR_OK)
		return xstrdup(target);
	for (char *p = t.host; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return xasprintf("%s@%s %u", t.user, t.host, t.port);
}

static enum err_code know_hosts(struct adding *a, struct err *err)
{
	enum err_code code = hosts_load(a->app, &a->hosts, err);

	for (size_t i = 0; code == ERR_OK && i < a->hosts.n; i++) {
		const struct host_entry *host = &a->hosts.v[i];
		char *key = target_key(host->target);

		know(&a->names, host->name, key, &host->id);
		if (*key)
			know(&a->targets, key, key, &host->id);
		free(key);
	}
	return code;
}

static void adding_release(struct adding *a)
{
	names_release(&a->differ);
	names_release(&a->bad_groups);
	names_release(&a->no_keys);
	inventory_release(&a->wanted);
	hosts_release(&a->hosts);
	tdestroy(a->names, free_known);
	tdestroy(a->targets, free_known);
	free(a->identity);
}

/* ---- what is wanted ---- */

static enum err_code check_identity(const char *given, char **path,
				    struct err *err)
{
	*path = NULL;
	if (!given)
		return ERR_OK;
	*path = realpath(given, NULL);
	if (!*path || access(*path, R_OK) != 0)
		return err_errno(err, "the key file %s", shown_str(given).s);
	return ERR_OK;
}

/* Whether a word says more than a name can: a user, a port, an address. */
static bool says_where(const char *word)
{
	return strpbrk(word, "@:/[") ||
	       strspn(word, "0123456789.") == strlen(word);
}

/* "kim@192.0.2.7 web01": the second is the name of the first. */
static const char *second_is_name(const struct invocation *inv)
{
	bool unreached = strcmp(inv->args[0], "-") == 0;

	if (inv->n_args != 2 || option_text(inv, "name") ||
	    inv->args[0][0] == '@')
		return NULL;
	if (!unreached && !says_where(inv->args[0]))
		return NULL;
	return says_where(inv->args[1]) && !unreached ? NULL : inv->args[1];
}

/* No shell puts the home folder in the place of @~/hosts. */
static enum err_code read_file(struct adding *a, const char *given,
			       enum inventory_form form, struct err *err)
{
	const char *home = getenv("HOME");
	bool at_home = home && strncmp(given, "~/", 2) == 0;
	char *path;
	enum err_code code;

	if (strcmp(given, "-") == 0 && a->inv->front->is_console)
		return err_set(err, ERR_USAGE,
			       "the console has no standard input; name a "
			       "file");
	path = xasprintf("%s%s", at_home ? home : "", given + at_home);
	code = inventory_file(&a->wanted, path, form, err);
	free(path);
	return code;
}

static enum err_code read_word(struct adding *a, const char *word,
			       struct err *err)
{
	if (word[0] == '@')
		return read_file(a, word + 1, INVENTORY_AUTO, err);
	if (strcmp(word, "-") == 0)
		return err_set(err, ERR_USAGE,
			       "a host that is not reached needs a name: "
			       "host add - NAME; @- reads targets from "
			       "standard input");
	return inventory_word(&a->wanted, word, err);
}

static enum err_code read_words(struct adding *a, size_t n, struct err *err)
{
	const char *files[COMMAND_VALUES_MAX];
	size_t n_files = option_all(a->inv, "inventory", files,
				    ARRAY_SIZE(files));
	enum err_code code = ERR_OK;

	if (n + n_files == 0)
		return err_set(err, ERR_USAGE,
			       "which hosts? name targets, @FILE with a list "
			       "of them, or --inventory FILE");
	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = read_word(a, a->inv->args[i], err);
	for (size_t i = 0; code == ERR_OK && i < n_files; i++)
		code = read_file(a, files[i], INVENTORY_ANSIBLE, err);
	return code;
}

/* A name goes to the one host there is. */
static enum err_code name_it(struct adding *a, const char *name,
			     struct err *err)
{
	if (!name)
		return ERR_OK;
	if (a->wanted.n != 1)
		return err_set(err, ERR_USAGE,
			       "%s is the name of one host, not of %zu",
			       shown_str(name).s, a->wanted.n);
	free(a->wanted.hosts[0].name);
	a->wanted.hosts[0].name = xstrdup(name);
	return ERR_OK;
}

static enum err_code check_labels(const struct invocation *inv,
				  const char *option, struct err *err)
{
	const char *names[COMMAND_VALUES_MAX];
	size_t n = option_all(inv, option, names, ARRAY_SIZE(names));
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = change_check_label(option, names[i], err);
	return code;
}

static enum err_code check_many(struct adding *a, struct err *err)
{
	char question[128];

	if (a->wanted.n_addresses <= ASKED_ABOVE)
		return ERR_OK;
	(void)snprintf(question, sizeof question,
		       "%zu addresses of networks: add each as a host?",
		       a->wanted.n_addresses);
	return cmd_confirm(a->inv, question, err);
}

static enum err_code read_wanted(struct adding *a, struct err *err)
{
	const struct invocation *inv = a->inv;
	const char *given = option_text(inv, "name");
	const char *second = inv->n_args ? second_is_name(inv) : NULL;
	enum err_code code = check_identity(option_text(inv, "identity"),
					    &a->identity, err);

	if (code == ERR_OK)
		code = read_words(a, inv->n_args - (second != NULL), err);
	if (code == ERR_OK)
		code = name_it(a, second ? second : given, err);
	return code == ERR_OK ? check_many(a, err) : code;
}

/* ---- into the case ---- */

/* The private key for it, as far as it is here. */
static char *key_file(struct adding *a, const struct wanted_host *w)
{
	const char *home = getenv("HOME");
	char *path, *real;

	if (!w->identity)
		return a->identity ? xstrdup(a->identity) : NULL;
	path = home && strncmp(w->identity, "~/", 2) == 0
		       ? xasprintf("%s/%s", home, w->identity + 2)
		       : xstrdup(w->identity);
	real = realpath(path, NULL);
	if (!real || access(real, R_OK) != 0) {
		names_add(&a->no_keys, w->identity);
		free(real);
		real = NULL;
	}
	free(path);
	return real;
}

static enum err_code submit_host(struct adding *a,
				 const struct wanted_host *w, const char *name,
				 const struct uuid *id, struct err *err)
{
	struct change *c = change_new(CHANGE_HOST_ADD);
	char *identity = key_file(a, w);

	c->host = *id;
	c->u.host.name = change_str(c, name);
	c->u.host.target = change_str(c, w->target ? w->target : "");
	c->u.host.identity = change_str(c, identity);
	c->u.host.jump = change_str(
		c, w->jump ? w->jump : option_text(a->inv, "jump"));
	c->u.host.escalate =
		change_str(c, a->escalate ? a->escalate : w->escalate);
	c->u.host.mode = option_flag(a->inv, "no-probe") ? "shell" : NULL;
	free(identity);
	return case_submit(app_case(a->app), c, err);
}

static enum err_code submit_label(struct adding *a, const char *kind,
				  const char *name, const struct uuid *id,
				  struct err *err)
{
	struct change *c = change_new(CHANGE_HOST_LABEL);

	c->host = *id;
	c->u.label.kind = kind;
	c->u.label.name = change_str(c, name);
	return case_submit(app_case(a->app), c, err);
}

static enum err_code label_host(struct adding *a, const struct wanted_host *w,
				const struct uuid *id, struct err *err)
{
	static const char *const kinds[] = {"tag", "group"};
	const char *names[COMMAND_VALUES_MAX];
	enum err_code code = ERR_OK;
	struct err bad;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		size_t n = option_all(a->inv, kinds[k], names,
				      ARRAY_SIZE(names));

		for (size_t i = 0; code == ERR_OK && i < n; i++)
			code = submit_label(a, kinds[k], names[i], id, err);
	}
	for (size_t i = 0; code == ERR_OK && i < w->n_groups; i++) {
		if (change_check_label("group", w->groups[i], &bad) != ERR_OK)
			names_add(&a->bad_groups, w->groups[i]);
		else
			code = submit_label(a, "group", w->groups[i], id, err);
	}
	return code;
}

static enum err_code there_already(struct adding *a,
				   const struct wanted_host *w,
				   const struct known *known, const char *key,
				   struct err *err)
{
	a->n_there++;
	if (strcmp(known->target, key) == 0)
		return label_host(a, w, &known->id, err);
	if (a->wanted.n == 1)
		return err_set(err, ERR_EXISTS,
			       "there is a host %s in the case already, with "
			       "another target; --name gives this one another "
			       "name",
			       shown_str(known->key).s);
	names_add(&a->differ, known->key);
	return ERR_OK;
}

/* What a host without a name is called: as its target says, with the port
 * when another host has that name. */
static char *own_name(struct adding *a, const char *target, const char *key)
{
	struct target t;
	struct err err;
	const struct known *known;

	if (target_parse(target, &t, &err) != ERR_OK)
		return xstrdup(target); /* no name either: it is refused */
	known = find_known(&a->names, t.host);
	if (known && strcmp(strrchr(key, ' '),
			    strrchr(known->target, ' ')
				    ? strrchr(known->target, ' ')
				    : "") != 0)
		return xasprintf("%s:%u", t.host, t.port);
	return xstrdup(t.host);
}

static enum err_code add_named(struct adding *a, const struct wanted_host *w,
			       char *name, char *key, struct err *err)
{
	const struct known *known = find_known(&a->names, name);
	struct uuid id = uuid_v7();
	enum err_code code;

	if (!known && !w->name)
		known = find_known(&a->targets, key);
	if (known)
		return there_already(a, w, known, key, err);
	code = app_check_host_name(name, err);
	if (code == ERR_OK)
		code = submit_host(a, w, name, &id, err);
	if (code != ERR_OK)
		return code;
	know(&a->names, name, key, &id);
	if (*key)
		know(&a->targets, key, key, &id);
	a->n_new++;
	return label_host(a, w, &id, err);
}

static enum err_code add_one(struct adding *a, struct wanted_host *w,
			     struct err *err)
{
	const char *target = w->target ? w->target : "";
	char *key = target_key(target);
	char *name = w->name ? xstrdup(w->name) : own_name(a, target, key);
	enum err_code code = add_named(a, w, name, key, err);

	free(w->name);
	w->name = name; /* as it is told */
	free(key);
	return code;
}

/* All names before the first change: a list with a bad one adds nothing. */
static enum err_code check_names(const struct adding *a, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < a->wanted.n; i++)
		if (a->wanted.hosts[i].name)
			code = app_check_host_name(a->wanted.hosts[i].name,
						   err);
	return code;
}

static enum err_code add_all(struct adding *a, struct err *err)
{
	struct casefile *cf = app_case(a->app);
	enum err_code code = check_names(a, err);

	if (code == ERR_OK)
		code = know_hosts(a, err);
	for (size_t i = 0; code == ERR_OK && i < a->wanted.n; i++)
		code = add_one(a, &a->wanted.hosts[i], err);
	if (code == ERR_OK)
		code = case_flush(cf, err);
	return code == ERR_OK ? case_health(cf, err) : code;
}

/* ---- what is told ---- */

/* "before: a, b and 12 more" and what is behind them. */
static void tell_names(struct adding *a, const char *before,
		       const struct name_set *names)
{
	struct buf line;
	size_t more = names->n_more;

	if (names->n == 0)
		return;
	buf_init(&line, 2 * LINE_MAX_BYTES);
	(void)buf_addf(&line, "%s: ", before);
	for (size_t i = 0; i < names->n; i++) {
		if (line.n > LINE_MAX_BYTES)
			more++;
		else
			(void)buf_addf(&line, "%s%s", i ? ", " : "",
				       shown_str(names->v[i]).s);
	}
	if (more)
		(void)buf_addf(&line, " and %zu more", more);
	cmd_say(a->inv, "%s", buf_str(&line));
	buf_release(&line);
}

/* "-o Ciphers of ansible_ssh_common_args (for a, b, c and 9 more)" */
static char *say_option(const struct left_option *left)
{
	struct buf out;
	char *text;

	buf_init(&out, 2 * LINE_MAX_BYTES);
	(void)buf_addf(&out, "%s (for ", left->text);
	for (size_t i = 0; i < MIN(left->n, INVENTORY_FIRST); i++)
		(void)buf_addf(&out, "%s%s", i ? ", " : "",
			       shown_str(left->first[i]).s);
	if (left->n > INVENTORY_FIRST)
		(void)buf_addf(&out, " and %zu more",
			       left->n - INVENTORY_FIRST);
	(void)buf_add_str(&out, ")");
	text = buf_detach(&out);
	buf_release(&out);
	return text;
}

static void tell_options(struct adding *a)
{
	struct name_set names = {0};

	for (size_t i = 0; i < a->wanted.n_left_options; i++) {
		char *text = say_option(&a->wanted.left_options[i]);

		names_add(&names, text);
		free(text);
	}
	tell_names(a, "options of ssh that are not honoured", &names);
	names_release(&names);
}

static void tell(struct adding *a)
{
	const struct wanted_host *only = &a->wanted.hosts[0];

	tell_names(a, "passwords and secrets are never taken from a file",
		   &a->wanted.secrets);
	tell_names(a, "variables that are not honoured",
		   &a->wanted.not_honoured);
	tell_options(a);
	tell_names(a, "left out", &a->wanted.left_out);
	tell_names(a, "key files that are not here", &a->no_keys);
	tell_names(a, "groups whose names no group can have here",
		   &a->bad_groups);
	tell_names(a, "in the case with another target, left alone",
		   &a->differ);
	if (a->wanted.n == 0)
		cmd_say(a->inv, "no hosts to add");
	else if (a->wanted.n == 1 && a->n_new == 1)
		cmd_say(a->inv, "added %s (%s)",
			only->name,
			only->target ? shown_str(only->target).s
				     : "not reached, only imported to");
	else if (a->n_there == 0)
		cmd_say(a->inv, "added %zu hosts", a->n_new);
	else
		cmd_say(a->inv,
			"added %zu %s; %zu %s in the case already and %s left "
			"alone",
			a->n_new, a->n_new == 1 ? "host" : "hosts",
			a->n_there, a->n_there == 1 ? "is" : "are",
			a->n_there == 1 ? "was" : "were");
}

static enum err_code want_unreached(struct adding *a, struct err *err)
{
	const char *name = a->inv->n_args > 1 ? a->inv->args[1]
					      : option_text(a->inv, "name");
	struct wanted_host *w;

	if (!name || a->inv->n_args > 2)
		return err_set(err, ERR_USAGE,
			       "a host that is not reached needs a name: "
			       "host add - NAME");
	w = inventory_add(&a->wanted, err);
	if (w)
		w->name = xstrdup(name);
	return w ? ERR_OK : err->code;
}

COMMAND_RUN(cmd_host_add)
{
	struct adding a = {.app = app, .inv = inv};
	bool unreached = inv->n_args && strcmp(inv->args[0], "-") == 0;
	enum err_code code = check_labels(inv, "tag", err);

	if (code == ERR_OK)
		code = check_labels(inv, "group", err);
	if (code == ERR_OK)
		code = cmd_escalate(inv, &a.escalate, err);
	if (code == ERR_OK)
		code = unreached ? want_unreached(&a, err)
				 : read_wanted(&a, err);
	if (code == ERR_OK)
		code = add_all(&a, err);
	if (code == ERR_OK)
		tell(&a);
	adding_release(&a);
	return code;
}
