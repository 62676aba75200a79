/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words to an invocation: which row of the table they name, which options
 * and arguments follow. Knows no command by name.
 */
#include "base/base.h"

#include "app/command.h"
#include "base/text.h"

#define NAME_ROOM 64 /* of a command's name, NUL included */

static bool starts_with_word(const char *name, const char *word)
{
	size_t n = strlen(word);

	return strncmp(name, word, n) == 0 && name[n] == ' ';
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

bool command_is_group(const char *word)
{
	for (size_t i = 0; i < n_commands; i++)
		if (starts_with_word(commands[i].name, word))
			return true;
	return false;
}

/* Where we are in argv. */
struct parse {
	const char *const *argv;
	int argc, at;
	bool ended;	   /* "--" was seen: what follows is arguments */
	const char *group; /* first word of a command of two words */
	struct invocation *inv;
};

static const struct option_spec *find_name(const struct option_spec *specs,
					   struct bytes name)
{
	for (; specs && specs->name; specs++)
		if (bytes_eq(bytes_str(specs->name), name))
			return specs;
	return NULL;
}

static const struct option_spec *find_letter(const struct option_spec *specs,
					     char letter)
{
	for (; specs && specs->name; specs++)
		if (specs->letter == letter)
			return specs;
	return NULL;
}

static const struct option_spec *own_options(const struct invocation *inv)
{
	return inv->command ? inv->command->options : NULL;
}

static enum err_code bad_option(const struct invocation *inv,
				const char *given, struct err *err)
{
	if (inv->command)
		return err_set(err, ERR_USAGE,
			       "'%s' has no option %s; see `halligan help %s`",
			       inv->command->name, shown_str(given).s,
			       inv->command->name);
	return err_set(err, ERR_USAGE,
		       "there is no option %s for all commands; options of a "
		       "command come after its name",
		       shown_str(given).s);
}

static enum err_code read_value(struct option_value *value, struct err *err)
{
	const struct option_spec *spec = value->spec;

	if (spec->kind == OPTION_NUMBER &&
	    !bytes_to_u64(bytes_str(value->text), &value->number))
		return err_set(err, ERR_USAGE, "--%s wants a number, not '%s'",
			       spec->name, shown_str(value->text).s);
	if (spec->kind == OPTION_SIZE &&
	    !bytes_to_size(bytes_str(value->text), &value->number))
		return err_set(err, ERR_USAGE,
			       "--%s wants a size such as 4096, 64M or 2G, "
			       "not '%s'",
			       spec->name, shown_str(value->text).s);
	return ERR_OK;
}

/* "1a2b3c4d" or a whole one: what stands in the place of a host there. */
static bool is_run_id(const char *word)
{
	size_t n = strlen(word);

	return (n == 8 || n == UUID_TEXT_LEN) && strpbrk(word, "0123456789") &&
	       strspn(word, n == 8 ? "0123456789abcdef"
				   : "0123456789abcdef-") == n;
}

static enum err_code add_option(struct parse *p, const struct option_spec *spec,
				const char *text, struct err *err)
{
	struct invocation *inv = p->inv;
	struct option_value *value = &inv->options[inv->n_options];

	if (inv->n_options == COMMAND_VALUES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d options",
			       COMMAND_VALUES_MAX);
	for (size_t i = 0; i < inv->n_options; i++)
		if (inv->options[i].spec == spec && !spec->repeats &&
		    spec->kind != OPTION_FLAG)
			return err_set(err, ERR_USAGE, "--%s is given twice",
				       spec->name);
	if (spec->kind == OPTION_RUN && !text && p->at < p->argc &&
	    is_run_id(p->argv[p->at]))
		text = p->argv[p->at++];
	if (spec->kind != OPTION_FLAG && spec->kind != OPTION_RUN && !text) {
		if (p->at >= p->argc)
			return err_set(err, ERR_USAGE, "--%s wants %s",
				       spec->name, spec->value);
		text = p->argv[p->at++];
	}
	*value = (struct option_value){.spec = spec, .text = text};
	inv->n_options++;
	return read_value(value, err);
}

static enum err_code parse_long(struct parse *p, const char *word,
				struct err *err)
{
	const char *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - word) : strlen(word);
	struct bytes name = bytes_of(word + 2, n - 2);
	const struct option_spec *spec = find_name(own_options(p->inv), name);

	if (!spec)
		spec = find_name(global_options, name);
	if (!spec)
		return bad_option(p->inv, word, err);
	if (equals && spec->kind == OPTION_FLAG)
		return err_set(err, ERR_USAGE, "--%s takes no value",
			       spec->name);
	return add_option(p, spec, equals ? equals + 1 : NULL, err);
}

/* -q, -qC FILE, -CFILE */
static enum err_code parse_letters(struct parse *p, const char *word,
				   struct err *err)
{
	for (const char *at = word + 1; *at; at++) {
		const struct option_spec *spec =
			find_letter(own_options(p->inv), *at);
		enum err_code code;

		if (!spec)
			spec = find_letter(global_options, *at);
		if (!spec)
			return bad_option(p->inv, word, err);
		if (spec->kind != OPTION_FLAG)
			return add_option(p, spec, at[1] ? at + 1 : NULL, err);
		code = add_option(p, spec, NULL, err);
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

static enum err_code add_arg(struct invocation *inv, const char *word,
			     struct err *err)
{
	if (inv->n_args == COMMAND_VALUES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d arguments",
			       COMMAND_VALUES_MAX);
	inv->args[inv->n_args++] = word;
	return ERR_OK;
}

/* A word while the command is not known yet. */
static enum err_code parse_name(struct parse *p, const char *word,
				struct err *err)
{
	struct invocation *inv = p->inv;
	char name[NAME_ROOM];

	if (inv->n_args) /* already a word that names nothing */
		return add_arg(inv, word, err);
	if (p->group) {
		(void)snprintf(name, sizeof name, "%s %s", p->group, word);
		inv->command = command_find(name);
		return inv->command ? ERR_OK : add_arg(inv, word, err);
	}
	inv->command = command_find(word);
	if (!inv->command && command_is_group(word)) {
		p->group = word;
		return ERR_OK;
	}
	return inv->command ? ERR_OK : add_arg(inv, word, err);
}

/* "list" behind "hunt", which is a command of its own: the longer name is
 * meant, unless something of the shorter one came between. */
static bool goes_on(struct parse *p, const char *word)
{
	struct invocation *inv = p->inv;
	const struct command *longer;
	char name[NAME_ROOM];

	if (p->ended || inv->n_args || strchr(inv->command->name, ' '))
		return false;
	for (size_t i = 0; i < inv->n_options; i++)
		if (find_name(inv->command->options,
			      bytes_str(inv->options[i].spec->name)))
			return false;
	(void)snprintf(name, sizeof name, "%s %s", inv->command->name, word);
	longer = command_find(name);
	if (longer)
		inv->command = longer;
	return longer != NULL;
}

static enum err_code parse_word(struct parse *p, struct err *err)
{
	const char *word = p->argv[p->at++];

	if (!p->ended && strcmp(word, "--") == 0) {
		p->ended = true;
		return ERR_OK;
	}
	if (!p->ended && word[0] == '-' && word[1] == '-')
		return parse_long(p, word, err);
	if (!p->ended && word[0] == '-' && word[1])
		return parse_letters(p, word, err);
	if (!p->inv->command)
		return parse_name(p, word, err);
	return goes_on(p, word) ? ERR_OK : add_arg(p->inv, word, err);
}

/* What was typed names no command. */
static enum err_code no_command(struct parse *p, struct err *err)
{
	struct invocation *inv = p->inv;
	char typed[2 * NAME_ROOM], close[NAME_ROOM];

	if (p->group) { /* gives the word back: it is what was typed */
		memmove(inv->args + 1, inv->args,
			MIN(inv->n_args, (size_t)COMMAND_VALUES_MAX - 1) *
				sizeof inv->args[0]);
		inv->args[0] = p->group;
		inv->n_args = MIN(inv->n_args + 1, (size_t)COMMAND_VALUES_MAX);
	}
	if (inv->n_args == 0)
		return err_set(err, ERR_USAGE,
			       "no command given; see `halligan help`");
	(void)snprintf(typed, sizeof typed, "%s%s%s", inv->args[0],
		       inv->n_args > 1 ? " " : "",
		       inv->n_args > 1 ? inv->args[1] : "");
	if (p->group && inv->n_args == 1)
		return err_set(err, ERR_USAGE,
			       "'%s' wants a verb; see `halligan help %s`",
			       p->group, p->group);
	if (command_closest(typed, close, sizeof close))
		return err_set(err, ERR_USAGE,
			       "'%s' is not a command, did you mean '%s'?",
			       shown_str(strchr(close, ' ') ? typed
							    : inv->args[0])
				       .s,
			       close);
	return err_set(err, ERR_USAGE,
		       "'%s' is not a command; see `halligan help`",
		       shown_str(p->group ? typed : inv->args[0]).s);
}

static enum err_code check_count(const struct invocation *inv, struct err *err)
{
	const struct command *c = inv->command;

	if (inv->n_args < c->min_args)
		return err_set(err, ERR_USAGE, "usage: halligan %s %s",
			       c->name, c->args ? c->args : "");
	if (inv->n_args > c->max_args)
		return err_set(err, ERR_USAGE,
			       "'%s' is one argument too many for '%s'; see "
			       "`halligan help %s`",
			       shown_str(inv->args[c->max_args]).s, c->name,
			       c->name);
	return ERR_OK;
}

enum err_code command_parse(int argc, const char *const *argv,
			    struct invocation *inv, struct err *err)
{
	struct parse p = {.argv = argv, .argc = argc, .inv = inv};
	enum err_code code;

	*inv = (struct invocation){0};
	while (p.at < p.argc) {
		code = parse_word(&p, err);
		if (code != ERR_OK)
			return code;
	}
	if (!inv->command)
		return no_command(&p, err);
	if (option_flag(inv, "help"))
		return ERR_OK;
	return check_count(inv, err);
}

/* The last one given counts. */
static const struct option_value *find_value(const struct invocation *inv,
					     const char *name)
{
	for (size_t i = inv->n_options; i-- > 0;)
		if (strcmp(inv->options[i].spec->name, name) == 0)
			return &inv->options[i];
	return NULL;
}

const char *option_text(const struct invocation *inv, const char *name)
{
	const struct option_value *value = find_value(inv, name);

	return value ? value->text : NULL;
}

bool option_flag(const struct invocation *inv, const char *name)
{
	return find_value(inv, name) != NULL;
}

uint64_t option_number(const struct invocation *inv, const char *name,
		       uint64_t otherwise)
{
	const struct option_value *value = find_value(inv, name);

	return value ? value->number : otherwise;
}

size_t option_all(const struct invocation *inv, const char *name,
		  const char **out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n_options; i++) {
		if (strcmp(inv->options[i].spec->name, name) != 0)
			continue;
		if (n < room)
			out[n] = inv->options[i].text;
		n++;
	}
	return MIN(n, room);
}
