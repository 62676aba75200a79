/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files whose lines name what is run: inittab(5), the network's interfaces,
 * inetd and xinetd, hosts.allow(5), services of D-Bus, settings of git. Each
 * such line is a hook.
 */
#include "base/base.h"
#include "parse/conf.h"
#include "parse/words.h"

/* id:runlevels:action:process */
static bool take_inittab(struct bytes line, struct bytes *word,
			 struct bytes *command)
{
	struct bytes piece;

	if (!bytes_split(&line, ':', &piece) ||
	    !bytes_split(&line, ':', &piece) || !bytes_split(&line, ':', word))
		return false;
	*command = bytes_trim(line);
	return word->n > 0;
}

static bool take_interface(struct bytes line, struct bytes *word,
			   struct bytes *command)
{
	*word = take_word(&line);
	*command = line;
	return word_is(*word, LIST("up", "pre-up", "post-up", "down",
				   "pre-down", "post-down"));
}

/* service type protocol wait user program arguments */
static bool take_inetd(struct bytes line, struct bytes *word,
		       struct bytes *command)
{
	*word = take_word(&line);
	for (unsigned i = 0; i < 4; i++)
		(void)take_word(&line);
	*command = line;
	return line.n > 0;
}

static bool take_xinetd(struct bytes line, struct bytes *word,
			struct bytes *command)
{
	return take_setting(line, "= \t", word, command) &&
	       (bytes_eq(*word, bytes_str("server")) ||
		bytes_eq(*word, bytes_str("server_args")));
}

/* "sshd: ALL: spawn (command)" */
static bool take_allow(struct bytes line, struct bytes *word,
		       struct bytes *command)
{
	static const char *const words[] = {"spawn", "twist"};
	size_t at;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!bytes_find(line, words[i], &at))
			continue;
		*word = bytes_str(words[i]);
		*command = bytes_trim(bytes_skip(line, at + strlen(words[i])));
		return true;
	}
	return false;
}

static bool take_dbus(struct bytes line, struct bytes *word,
		      struct bytes *command)
{
	return take_setting(line, "=", word, command) &&
	       bytes_eq(*word, bytes_str("Exec"));
}

/* Those that git runs. */
static bool take_git(struct bytes line, struct bytes *word,
		     struct bytes *command)
{
	static const char *const keys[] = {
		"fsmonitor", "hooksPath", "sshCommand",      "pager",
		"editor",    "askPass",   "gitProxy",        "clean",
		"smudge",    "process",   "external",        "helper",
		"program",   "textconv",  "packObjectsHook", "templateDir",
		"command",   "cmd"};

	if (!take_setting(line, "= \t", word, command))
		return false;
	*command = unquoted(*command);
	if (bytes_starts(*command, "!")) {
		*command = bytes_skip(*command, 1);
		return true; /* an alias, or a helper */
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (bytes_eq_nocase(*word, keys[i]))
			return true;
	return false;
}

static const struct table {
	const char *const *where;
	const char *prefix;
	bool (*take)(struct bytes line, struct bytes *word,
		     struct bytes *command);
	bool sections; /* "[core]" is part of the name */
} tables[] = {
	{PATHS("etc/inittab"), "inittab", take_inittab, false},
	{PATHS("network/interfaces", "network/interfaces.d/*"), "interfaces",
	 take_interface, false},
	{PATHS("etc/inetd.conf", "inetd.d/*"), "inetd", take_inetd, false},
	{PATHS("xinetd.d/*", "etc/xinetd.conf"), "xinetd", take_xinetd, false},
	{PATHS("etc/hosts.allow", "etc/hosts.deny"), "hosts.allow", take_allow,
	 false},
	{PATHS("dbus-1/services/*.service", "dbus-1/system-services/*.service"),
	 "dbus", take_dbus, false},
	{PATHS(".gitconfig", "etc/gitconfig", "git/config", ".git/config"),
	 "git", take_git, true},
};

static const struct table *table_of(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (path_ends_any(path, tables[i].where))
			return &tables[i];
	return NULL;
}

unsigned run_table_score(const struct parse_input *in)
{
	const struct table *table = table_of(in->path);

	return table ? conf_score(in, table->where, NULL) : 0;
}

/* "core" of "[core]", "filter" of "[filter \"lfs\"]". */
static struct bytes section_of(struct bytes line)
{
	size_t n = 1;

	while (n < line.n && line.p[n] != ']' && line.p[n] != ' ')
		n++;
	return bytes_of(line.p + 1, n - 1);
}

static void name_hook(struct buf *name, const struct table *table,
		      struct bytes section, struct bytes word)
{
	buf_clear(name);
	(void)buf_addf(name, "%s ", table->prefix);
	if (table->sections && section.n) {
		(void)buf_add(name, section.p, MIN(section.n, (size_t)64));
		(void)buf_add_byte(name, '.');
	}
	(void)buf_add(name, word.p, MIN(word.n, (size_t)128));
}

enum err_code run_table_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	const struct table *table = table_of(in->path);
	struct bytes word, command, section = {0};
	struct conf_line line;
	struct buf name;
	struct conf c;

	if (!table)
		table = &tables[0];
	conf_begin(&c, in, out, err);
	buf_init(&name, 256);
	/* Lines that go on would take the section away with them. */
	while (conf_next_said(&c, table->sections ? NULL : " ", &line)) {
		if (line.text.p[0] == '[')
			section = section_of(line.text);
		if (!table->take(line.text, &word, &command) || !command.n)
			continue;
		name_hook(&name, table, section, word);
		tell_hook(&c, buf_bytes(&name), command, &line);
	}
	buf_release(&name);
	return conf_end(&c);
}
