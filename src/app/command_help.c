/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the table of commands says to people: usage, lists, the closest name
 * to a mistyped one.
 */
#include "base/base.h"

#include "app/command.h"

#define NAME_ROOM     64
#define HELP_COLUMN   28 /* where the sentences begin */
#define SCREEN_WIDTH  79
#define TYPO_MAX      3

/* Optimal string alignment distance: insert, delete, change, swap. */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[3][NAME_ROOM];
	size_t n = strlen(a), m = strlen(b);
	unsigned *before = d[0], *last = d[1], *now = d[2];

	if (n >= NAME_ROOM || m >= NAME_ROOM)
		return UINT32_MAX;
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned)j;
	memcpy(before, last, sizeof d[0]);
	for (size_t i = 1; i <= n; i++) {
		unsigned *spare = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned change = last[j - 1] + (a[i - 1] != b[j - 1]);

			now[j] = MIN(MIN(last[j], now[j - 1]) + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

/* The first `words` words of s. */
static void first_words(const char *s, unsigned words, char *out, size_t room)
{
	size_t n = 0;

	for (; s[n]; n++)
		if (s[n] == ' ' && --words == 0)
			break;
	(void)snprintf(out, room, "%.*s", (int)MIN(n, room - 1), s);
}

const char *command_closest(const char *typed, char *out, size_t room)
{
	unsigned best = TYPO_MAX + 1;

	for (size_t i = 0; i < n_commands; i++) {
		bool two = strchr(commands[i].name, ' ') != NULL;
		char name[NAME_ROOM], said[2 * NAME_ROOM];
		unsigned d, most;

		first_words(typed, two ? 2 : 1, said, sizeof said);
		first_words(commands[i].name, strchr(said, ' ') ? 2 : 1, name,
			    sizeof name);
		d = distance(said, name);
		most = (unsigned)strlen(name) / 3 + 1;
		if (d > most || d >= best)
			continue;
		best = d;
		(void)snprintf(out, room, "%s", name);
	}
	return best <= TYPO_MAX ? out : NULL;
}

/* Text broken at blanks; lines after the first are indented. */
static void add_wrapped(struct buf *out, const char *s, unsigned indent)
{
	const size_t width = SCREEN_WIDTH - indent;

	while (*s) {
		size_t n = strlen(s), cut = n;

		if (n > width)
			for (cut = width; cut > 0 && s[cut] != ' ';)
				cut--;
		if (cut == 0)
			cut = n; /* one word wider than the screen */
		(void)buf_addf(out, "%.*s\n", (int)cut, s);
		s += cut;
		s += strspn(s, " ");
		if (*s)
			(void)buf_addf(out, "%*s", (int)indent, "");
	}
}

/* name, blanks up to the column, sentence */
static void add_row(struct buf *out, const char *left, const char *help)
{
	int pad = HELP_COLUMN - (int)strlen(left) - 2;

	if (pad < 1)
		(void)buf_addf(out, "  %s\n%*s", left, HELP_COLUMN, "");
	else
		(void)buf_addf(out, "  %s%*s", left, pad, "");
	add_wrapped(out, help, HELP_COLUMN);
}

static void add_options(struct buf *out, const struct option_spec *spec)
{
	for (; spec && spec->name; spec++) {
		char letter[8] = "", *left;

		if (spec->letter)
			(void)snprintf(letter, sizeof letter, "-%c, ",
				       spec->letter);
		left = xasprintf("%s--%s%s%s%s", letter, spec->name,
				 spec->value ? " " : "",
				 spec->value ? spec->value : "",
				 spec->repeats ? " ..." : "");
		add_row(out, left, spec->help);
		free(left);
	}
}

static void add_command(struct buf *out, const struct command *c)
{
	char *left = xasprintf("%s%s%s", c->name, c->args ? " " : "",
			       c->args ? c->args : "");

	add_row(out, left, c->help);
	free(left);
}

/* Longer commands that begin with this one's name. */
static void add_group(const char *name, struct buf *out)
{
	struct buf group;

	buf_init(&group, 64u << 10);
	if (command_list_group(name, &group))
		(void)buf_addf(out, "\nsee also:\n%s", buf_str(&group));
	buf_release(&group);
}

void command_usage(const struct command *command, struct buf *out)
{
	bool in_console = command->flags & COMMAND_CONSOLE_ONLY;

	(void)buf_addf(out, "usage%s%s%s%s%s\n\n",
		       in_console ? ", in the console: :" : ": halligan ",
		       command->name,
		       command->options ? " [OPTION...]" : "",
		       command->args ? " " : "",
		       command->args ? command->args : "");
	add_wrapped(out, command->help, 0);
	if (command->details) {
		(void)buf_add_str(out, "\n");
		add_wrapped(out, command->details, 0);
	}
	if (command->options) {
		(void)buf_add_str(out, "\noptions:\n");
		add_options(out, command->options);
	}
	add_group(command->name, out);
	(void)buf_add_str(out, "\nfor every command:\n");
	add_options(out, global_options);
}

void command_list(struct buf *out)
{
	(void)buf_add_str(out, "usage: halligan [OPTION...] COMMAND ...\n"
			       "       halligan CASE\n\ncommands:\n");
	for (size_t i = 0; i < n_commands; i++)
		if (!(commands[i].flags & COMMAND_CONSOLE_ONLY))
			add_command(out, &commands[i]);
	(void)buf_add_str(out, "\nfor every command:\n");
	add_options(out, global_options);
	(void)buf_add_str(out,
			  "\nThe case comes from --case, $HALLIGAN_CASE, or "
			  "the one *.case file in this folder.\n"
			  "`halligan help COMMAND` says more.\n");
}

bool command_list_group(const char *word, struct buf *out)
{
	size_t n = strlen(word);
	bool any = false;

	for (size_t i = 0; i < n_commands; i++) {
		if (strncmp(commands[i].name, word, n) != 0 ||
		    commands[i].name[n] != ' ' ||
		    (commands[i].flags & COMMAND_CONSOLE_ONLY))
			continue;
		add_command(out, &commands[i]);
		any = true;
	}
	return any;
}

bool command_help(const char *const *words, size_t n, struct buf *out)
{
	const struct command *c;
	char name[NAME_ROOM];

	if (n == 0) {
		command_list(out);
		return true;
	}
	(void)snprintf(name, sizeof name, "%s%s%s", words[0], n > 1 ? " " : "",
		       n > 1 ? words[1] : "");
	c = command_find(name);
	if (!c)
		c = command_find(words[0]);
	if (c) {
		command_usage(c, out);
		return true;
	}
	return n == 1 && command_list_group(words[0], out);
}
