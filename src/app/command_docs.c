/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of commands for other programs: the sections of halligan(1) in
 * mdoc, and completion scripts for shells.
 */
#include "base/base.h"

#include "app/command.h"
#include "app/mdoc.h"

/* mdoc: a leading dot or quote is a request, a backslash an escape. */
void mdoc_text(struct buf *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		(void)buf_add_str(out, "\\&");
	for (; *s; s++) {
		if (*s == '\\')
			(void)buf_add_str(out, "\\e");
		else if (*s == '-')
			(void)buf_add_str(out, "\\-");
		else
			(void)buf_add_byte(out, (uint8_t)*s);
	}
}

void mdoc_sentences(struct buf *out, const char *s)
{
	size_t n = strlen(s);

	while (*s) {
		const char *stop = strstr(s, ". ");
		char *sentence;

		if (!stop)
			break;
		sentence = bytes_to_str(bytes_of(s, (size_t)(stop + 1 - s)));
		mdoc_text(out, sentence);
		(void)buf_add_byte(out, '\n');
		free(sentence);
		s = stop + 2;
	}
	mdoc_text(out, s);
	(void)buf_add_str(out, n && s[strlen(s) - 1] != '.' ? ".\n" : "\n");
}

static void add_mdoc_options(struct buf *out, const struct option_spec *spec)
{
	(void)buf_add_str(out, ".Bl -tag -width Ds\n");
	for (; spec->name; spec++) {
		(void)buf_add_str(out, ".It ");
		if (spec->letter)
			(void)buf_addf(out, "Fl %c , ", spec->letter);
		(void)buf_add_str(out, "Fl \\-");
		mdoc_text(out, spec->name);
		if (spec->value)
			(void)buf_addf(out, " Ar %s", spec->value);
		(void)buf_add_byte(out, '\n');
		mdoc_sentences(out, spec->help);
		if (spec->repeats)
			(void)buf_add_str(out, "May be given more than once.\n");
	}
	(void)buf_add_str(out, ".El\n");
}

/* "TARGET [NAME]" as ".Ar" words; brackets and dots stay where they are. */
static void add_mdoc_args(struct buf *out, const char *args)
{
	struct bytes rest = bytes_str(args), word;

	while (bytes_split(&rest, ' ', &word)) {
		char *s = bytes_to_str(word);

		(void)buf_add_str(out, " Ar ");
		mdoc_text(out, s);
		free(s);
	}
}

void command_mdoc(struct buf *out)
{
	(void)buf_add_str(out, ".Sh COMMANDS\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < n_commands; i++) {
		const struct command *c = &commands[i];

		(void)buf_addf(out, ".It Ic %s", c->name);
		if (c->options)
			(void)buf_add_str(out, " Oo Ar option ... Oc");
		add_mdoc_args(out, c->args ? c->args : "");
		(void)buf_add_byte(out, '\n');
		mdoc_sentences(out, c->help);
		if (c->details)
			mdoc_sentences(out, c->details);
		if (c->options)
			add_mdoc_options(out, c->options);
	}
	(void)buf_add_str(out, ".El\n.Sh OPTIONS\n"
			       "These go with every command.\n");
	add_mdoc_options(out, global_options);
}

static void add_words_of(struct buf *out, const struct command *c,
			 const char *word, bool *seen)
{
	size_t n = strlen(word);

	if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ' &&
	    !(c->flags & COMMAND_CONSOLE_ONLY)) {
		(void)buf_addf(out, "%s%s", *seen ? " " : "", c->name + n + 1);
		*seen = true;
	}
}

/* First words of the names, each once. */
static bool is_new_first_word(size_t i, char *word, size_t room)
{
	size_t n = strcspn(commands[i].name, " ");

	(void)snprintf(word, room, "%.*s", (int)n, commands[i].name);
	return i == 0 || strncmp(commands[i - 1].name, word, n) != 0 ||
	       strcspn(commands[i - 1].name, " ") != n;
}

static void add_option_words(struct buf *out, const struct option_spec *spec)
{
	for (; spec && spec->name; spec++)
		(void)buf_addf(out, " --%s", spec->name);
}

static void add_first_words(struct buf *out)
{
	char word[64];

	for (size_t i = 0; i < n_commands; i++)
		if (is_new_first_word(i, word, sizeof word))
			(void)buf_addf(out, "%s%s", i ? " " : "", word);
}

/* case patterns that map what was typed so far to what may follow */
static void add_case_arms(struct buf *out)
{
	char word[64];

	for (size_t i = 0; i < n_commands; i++) {
		bool seen = false;

		if (!is_new_first_word(i, word, sizeof word) ||
		    !command_is_group(word))
			continue;
		(void)buf_addf(out, "\t'%s') verbs='", word);
		for (size_t j = 0; j < n_commands; j++)
			add_words_of(out, &commands[j], word, &seen);
		(void)buf_add_str(out, "' ;;\n");
	}
}

/* Of a command that others go on from, whatever word follows: it comes after
 * those others. */
static void add_option_arm(struct buf *out, const struct command *c,
			   const char *more)
{
	if (!c->options)
		return;
	(void)buf_addf(out, "\t'%s'%s) options='", c->name, more);
	add_option_words(out, c->options);
	(void)buf_add_str(out, "' ;;\n");
}

static void add_option_arms(struct buf *out)
{
	for (size_t i = 0; i < n_commands; i++)
		if (!command_is_group(commands[i].name))
			add_option_arm(out, &commands[i], "");
	for (size_t i = 0; i < n_commands; i++)
		if (command_is_group(commands[i].name))
			add_option_arm(out, &commands[i], "*");
}

static void complete_bash(struct buf *out)
{
	(void)buf_add_str(out, "# bash completion for halligan\n"
			       "_halligan() {\n"
			       "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
			       "\tlocal first=${COMP_WORDS[1]} verbs= "
			       "options=\n"
			       "\tcase $first in\n");
	add_case_arms(out);
	(void)buf_add_str(out, "\tesac\n"
			       "\tcase \"$first${verbs:+ "
			       "${COMP_WORDS[2]}}\" in\n");
	add_option_arms(out);
	(void)buf_add_str(out, "\tesac\n\tCOMPREPLY=()\n"
			       "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
			       "\t\tCOMPREPLY=($(compgen -W '");
	add_first_words(out);
	(void)buf_add_str(out, "' -- \"$cur\"))\n"
			       "\telif [ \"$COMP_CWORD\" = 2 ] && "
			       "[ \"$verbs\" ] && "
			       "[ \"${cur#-}\" = \"$cur\" ]; then\n"
			       "\t\tCOMPREPLY=($(compgen -W \"$verbs\" -- "
			       "\"$cur\"))\n"
			       "\telif [ \"${cur#-}\" != \"$cur\" ]; then\n"
			       "\t\tCOMPREPLY=($(compgen -W \"$options");
	add_option_words(out, global_options);
	(void)buf_add_str(out, "\" -- \"$cur\"))\n\tfi\n}\n"
			       "complete -o default -F _halligan halligan\n");
}

/* zsh runs bash's script through its own compatibility layer. */
static void complete_zsh(struct buf *out)
{
	(void)buf_add_str(out, "#compdef halligan\n"
			       "autoload -U +X bashcompinit && bashcompinit\n");
	complete_bash(out);
}

static void complete_fish_options(struct buf *out,
				  const struct option_spec *spec,
				  const char *when)
{
	for (; spec && spec->name; spec++) {
		(void)buf_addf(out, "complete -c halligan%s -l %s", when,
			       spec->name);
		if (spec->letter)
			(void)buf_addf(out, " -s %c", spec->letter);
		if (spec->kind != OPTION_FLAG && spec->kind != OPTION_RUN)
			(void)buf_add_str(out, " -r");
		(void)buf_add_str(out, "\n");
	}
}

static void complete_fish(struct buf *out)
{
	char word[64];

	(void)buf_add_str(out, "# fish completion for halligan\n");
	for (size_t i = 0; i < n_commands; i++) {
		const char *verb = strchr(commands[i].name, ' ');
		char when[128];

		if (is_new_first_word(i, word, sizeof word))
			(void)buf_addf(out,
				       "complete -c halligan -n "
				       "__fish_use_subcommand -a %s\n",
				       word);
		(void)snprintf(when, sizeof when,
			       " -n '__fish_seen_subcommand_from %s'", word);
		if (verb && !(commands[i].flags & COMMAND_CONSOLE_ONLY))
			(void)buf_addf(out, "complete -c halligan%s -a %s\n",
				       when, verb + 1);
		complete_fish_options(out, commands[i].options, when);
	}
	complete_fish_options(out, global_options, "");
}

bool command_completion(const char *shell, struct buf *out)
{
	static const struct {
		const char *name;
		void (*write)(struct buf *out);
	} shells[] = {
		{"bash", complete_bash},
		{"zsh", complete_zsh},
		{"fish", complete_fish},
	};

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		shells[i].write(out);
		return true;
	}
	return false;
}
