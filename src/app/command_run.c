/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running an invocation: whether it may run here, then its function; and what
 * could come next on a line. Also the small things all commands share.
 */
#include "base/base.h"

#include "app/cmd.h"
#include "app/command.h"

#define SAY_MAX	      1024
#define HELP_MAX      (256u << 10)
#define COMPLETE_HOSTS 500

void cmd_say(struct invocation *inv, const char *fmt, ...)
{
	char line[SAY_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap); /* cut is fine */
	va_end(ap);
	inv->front->say(inv->front, line);
}

void cmd_say_line(void *arg, const char *line)
{
	cmd_say(arg, "%s", line);
}

enum err_code cmd_print(struct invocation *inv, const struct buf *text,
			struct err *err)
{
	if (inv->front->data(inv->front, buf_bytes(text)))
		return ERR_OK;
	return err_set(err, ERR_IO, "writing the output");
}

enum err_code cmd_cancelled(const struct invocation *inv, struct err *err)
{
	const struct cancel *cancel = inv->front->cancel;

	if (cancel && atomic_load(&cancel->raised))
		return err_set(err, ERR_CANCELLED, "stopped");
	return ERR_OK;
}

enum err_code cmd_confirm(struct invocation *inv, const char *question,
			  struct err *err)
{
	struct front *front = inv->front;
	enum confirmed said = CONFIRM_NOBODY;

	if (option_flag(inv, "yes"))
		return ERR_OK;
	if (front->confirm)
		said = front->confirm(front, question);
	if (said == CONFIRM_YES)
		return ERR_OK;
	if (said == CONFIRM_NO)
		return err_set(err, ERR_CANCELLED, "nothing was done");
	return err_set(err, ERR_USAGE,
		       "%s there is nobody to ask; --yes says so beforehand",
		       question);
}

static bool is_global(const struct option_spec *spec)
{
	for (const struct option_spec *g = global_options; g->name; g++)
		if (g == spec)
			return true;
	return false;
}

/* Options of the program make no sense once it runs. */
static enum err_code check_console(const struct invocation *inv,
				   struct err *err)
{
	if (inv->command->flags & COMMAND_CLI_ONLY)
		return err_set(err, ERR_USAGE,
			       "'%s' is for the command line, not the console",
			       inv->command->name);
	for (size_t i = 0; i < inv->n_options; i++)
		if (is_global(inv->options[i].spec))
			return err_set(err, ERR_USAGE,
				       "--%s is for the command line, not the "
				       "console",
				       inv->options[i].spec->name);
	return ERR_OK;
}

static enum err_code check(struct app *app, const struct invocation *inv,
			   struct err *err)
{
	const struct command *c = inv->command;

	if (inv->front->is_console)
		return check_console(inv, err);
	if (c->flags & COMMAND_CONSOLE_ONLY)
		return err_set(err, ERR_USAGE,
			       "'%s' is for the console, of what runs in it; a "
			       "job of a command line is steered by keys where "
			       "it runs: p, -, +, s, and Ctrl-C stops it",
			       c->name);
	if (option_flag(inv, "json") && !(c->flags & COMMAND_LISTS))
		return err_set(err, ERR_USAGE,
			       "'%s' prints no data, so --json has no meaning",
			       c->name);
	if ((c->flags & COMMAND_NEEDS_CASE) && !app_case(app))
		return err_set(err, ERR_USAGE, "'%s' needs a case", c->name);
	return ERR_OK;
}

enum err_code command_run(struct app *app, struct invocation *inv,
			  struct err *err)
{
	enum err_code code;
	struct buf out;

	if (option_flag(inv, "help")) {
		buf_init(&out, HELP_MAX);
		command_usage(inv->command, &out);
		code = cmd_print(inv, &out, err);
		buf_release(&out);
		return code;
	}
	code = check(app, inv, err);
	return code == ERR_OK ? inv->command->run(app, inv, err) : code;
}

/* ---- completion at the `:` prompt ---- */

static void offer(struct buf *out, const char *candidate, const char *begun)
{
	if (strncmp(candidate, begun, strlen(begun)) == 0)
		(void)buf_addf(out, "%s\n", candidate);
}

static void offer_options(struct buf *out, const struct option_spec *spec,
			  const char *begun)
{
	for (; spec && spec->name; spec++) {
		char *name = xasprintf("--%s", spec->name);

		offer(out, name, begun);
		free(name);
	}
}

/* The words of a list with commas, each once. */
static void offer_words(struct buf *out, struct bytes list, const char *begun)
{
	struct bytes piece;

	while (bytes_split(&list, ',', &piece)) {
		char *s = bytes_to_str(piece);
		char *line = xasprintf("%s\n", s);

		if (!strstr(buf_str(out), line))
			offer(out, s, begun);
		free(line);
		free(s);
	}
}

/* What hosts have in that column: their names, tags or groups. */
static void offer_hosts(struct app *app, struct buf *out, const char *column,
			const char *begun)
{
	struct row_query query = {.view = "host", .limit = COMPLETE_HOSTS};
	struct rows *rows = NULL;
	struct row row;
	struct err err;
	int at = view_column(view_find("host"), column);

	if (!app_case(app) || app_rows(app, &query, &rows, &err) != ERR_OK)
		return; /* no completions, then */
	for (uint64_t i = 0; i < rows_count(rows); i++) {
		if (rows_get(rows, i, &row, &err) != ERR_OK)
			break;
		offer_words(out, row.values[at].b, begun);
	}
	rows_close(rows);
}

/* The next word of a command's name, each once: rows of a group follow each
 * other in the table. */
static void offer_names(struct buf *out, const char *group, const char *begun)
{
	size_t skip = group ? strlen(group) + 1 : 0;
	char last[64] = "";

	for (size_t i = 0; i < n_commands; i++) {
		const char *name = commands[i].name;
		char word[64];

		if (commands[i].flags & COMMAND_CLI_ONLY)
			continue;
		if (group && (strncmp(name, group, skip - 1) != 0 ||
			      name[skip - 1] != ' '))
			continue;
		(void)snprintf(word, sizeof word, "%.*s",
			       (int)strcspn(name + skip, " "), name + skip);
		if (strcmp(word, last) != 0)
			offer(out, word, begun);
		memcpy(last, word, sizeof last);
	}
}

static const struct command *command_of(const struct command_words *words,
					size_t n)
{
	const struct command *c = NULL;
	char *name;

	if (n >= 2) {
		name = xasprintf("%s %s", words->v[0], words->v[1]);
		c = command_find(name);
		free(name);
	}
	return c || n == 0 ? c : command_find(words->v[0]);
}

/* The column of the hosts that is wanted next; NULL: nothing of theirs. */
static const char *wants_of_hosts(const struct command *c,
				  const struct command_words *words, size_t n)
{
	static const struct {
		const char *option, *column;
	} values[] = {
		{"--host", "name"}, {"--tag", "tags"}, {"--group", "groups"}};

	for (size_t i = 0; n && i < ARRAY_SIZE(values); i++)
		if (strcmp(words->v[n - 1], values[i].option) == 0)
			return values[i].column;
	if (!c->args || strcmp(c->name, "host add") == 0)
		return NULL;
	return strstr(c->args, "HOST") || strstr(c->args, "NAME") ? "name"
								   : NULL;
}

void command_complete(struct app *app, const char *line, struct buf *out)
{
	size_t length = strlen(line);
	struct command_words words;
	const struct command *c;
	const char *begun = "", *column;
	struct err err;
	size_t n;

	if (command_split(line, &words, &err) != ERR_OK)
		return; /* inside quotes: nothing to offer */
	n = words.n;
	if (n && length && line[length - 1] != ' ')
		begun = words.v[--n];
	c = command_of(&words, n);
	if (n < 2 && begun[0] != '-')
		offer_names(out, n ? words.v[0] : NULL, begun);
	if (c && begun[0] == '-')
		offer_options(out, c->options, begun);
	else if (c && (column = wants_of_hosts(c, &words, n)) != NULL)
		offer_hosts(app, out, column, begun);
	command_words_free(&words);
}
