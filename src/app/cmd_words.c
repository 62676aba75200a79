/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which options of a command are kept as words, so that it can be done again:
 * as a saved hunt, all of them; of a run, what it does, by which it is known
 * to be the same again, and beside it how its hosts are reached and spared,
 * which whoever takes it up does not have to say anew.
 */
#include "base/base.h"

#include "app/cmd.h"
#include "app/command_lists.h"
#include "app/hosts.h"

/* Options that say how, not what: another run of the same hunt may differ in
 * them, as in which hosts it is of (select_options). */
static const char *const how_options[] = {
	"parallel", "accept-new-host-keys", "changed-only", "no-probe", "canary",
	"canary-go", "max-failures", "retry", "rate", "total-rate",
	"reconnect", "jump", "share-password",
};

/* Of these, what is only of the terminal where it was said. */
static const char *const passing_options[] = {"changed-only"};

/* Options whose values are files of this machine. */
static const char *const file_options[] = {"rules", "indicators", "root",
					   "ssh-config", "definitions"};

/* Who gives one of them means none of the others. */
static const char *const escalate_options[] = {"sudo", "su", "doas"};

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

#define IS_ONE_OF(name, table) is_one_of(name, table, ARRAY_SIZE(table))

static bool is_of(const char *name, const struct option_spec *specs)
{
	for (; specs->name; specs++)
		if (strcmp(specs->name, name) == 0)
			return true;
	return false;
}

/* How a run may be taken up is how one is done: as well those that are words
 * of what it does, so that the one that was said last is on record. */
static bool says_how(const char *name)
{
	return is_of(name, resume_options) &&
	       !is_one_of(name, select_options, n_select_options) &&
	       !IS_ONE_OF(name, passing_options);
}

bool cmd_is_kept(enum words_kind kind, const char *name)
{
	if (is_of(name, global_options))
		return false;
	if (kind == WORDS_ALL)
		return true;
	if (kind == WORDS_HOW)
		return says_how(name);
	return !IS_ONE_OF(name, how_options) &&
	       !is_one_of(name, select_options, n_select_options);
}

/* As it is called from the root: the next time may be in another folder. */
static void add_file(struct buf *out, const char *path)
{
	bool is_none = strcmp(path, "none") == 0; /* --ssh-config none */
	char *cwd = path[0] == '/' || is_none ? NULL : realpath(".", NULL);
	char *whole = cwd ? xasprintf("%s/%s", cwd, path) : xstrdup(path);

	(void)command_quote(out, bytes_str(whole));
	free(whole);
	free(cwd);
}

static void add_option(const struct option_value *v, struct buf *out)
{
	const char *name = v->spec->name;

	(void)buf_addf(out, "%s--%s", out->n ? " " : "", name);
	if (!v->text)
		return;
	(void)buf_add_str(out, v->spec->kind == OPTION_RUN ? "=" : " ");
	if (IS_ONE_OF(name, file_options))
		add_file(out, v->text);
	else
		(void)command_quote(out, bytes_str(v->text));
}

enum err_code cmd_words(const struct invocation *inv, enum words_kind kind,
			struct buf *out, struct err *err)
{
	for (size_t i = 0; i < inv->n_options; i++)
		if (cmd_is_kept(kind, inv->options[i].spec->name))
			add_option(&inv->options[i], out);
	if (out->full)
		return err_set(err, ERR_LIMIT, "a command has at most %u KiB",
			       COMMAND_WORDS_MAX >> 10);
	return ERR_OK;
}

/* ---- said again ---- */

void cmd_drop_option(struct invocation *inv, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n_options; i++)
		if (strcmp(inv->options[i].spec->name, name) != 0)
			inv->options[n++] = inv->options[i];
	inv->n_options = n;
}

static void make_room_for(struct invocation *then, const char *name)
{
	bool escalates = IS_ONE_OF(name, escalate_options);

	cmd_drop_option(then, name);
	for (size_t i = 0; escalates && i < ARRAY_SIZE(escalate_options); i++)
		cmd_drop_option(then, escalate_options[i]);
}

enum err_code cmd_add_options(struct invocation *then,
			      const struct invocation *now, struct err *err)
{
	for (size_t i = 0; i < now->n_options; i++)
		if (!now->options[i].spec->repeats)
			make_room_for(then, now->options[i].spec->name);
	if (then->n_options + now->n_options > COMMAND_VALUES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d options",
			       COMMAND_VALUES_MAX);
	memcpy(then->options + then->n_options, now->options,
	       now->n_options * sizeof now->options[0]);
	then->n_options += now->n_options;
	then->front = now->front;
	then->line = now->line;
	return ERR_OK;
}
