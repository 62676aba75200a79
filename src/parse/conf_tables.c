/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables whose lines name what is run: inittab(5), the network's interfaces,
 * inetd and xinetd. Each such line is a hook.
 */
#include "base/base.h"
#include "parse/conf.h"

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
	static const char *const words[] = {"up",   "pre-up",   "post-up",
					    "down", "pre-down", "post-down"};

	*word = take_word(&line);
	*command = line;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (bytes_eq(*word, bytes_str(words[i])))
			return true;
	return false;
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

static const struct table {
	const char *const *where;
	const char *prefix;
	bool (*take)(struct bytes line, struct bytes *word,
		     struct bytes *command);
} tables[] = {
	{PATHS("etc/inittab"), "inittab", take_inittab},
	{PATHS("network/interfaces", "network/interfaces.d/*"), "interfaces",
	 take_interface},
	{PATHS("etc/inetd.conf", "inetd.d/*"), "inetd", take_inetd},
	{PATHS("xinetd.d/*", "etc/xinetd.conf"), "xinetd", take_xinetd},
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

enum err_code run_table_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	const struct table *table = table_of(in->path);
	struct bytes word, command;
	struct conf_line line;
	struct buf name;
	struct conf c;

	if (!table)
		table = &tables[0];
	conf_begin(&c, in, out, err);
	buf_init(&name, 256);
	while (conf_next_said(&c, " ", &line)) {
		if (!table->take(line.text, &word, &command) || !command.n)
			continue;
		buf_clear(&name);
		(void)buf_addf(&name, "%s ", table->prefix);
		(void)buf_add(&name, word.p, MIN(word.n, (size_t)128));
		tell_hook(&c, buf_bytes(&name), command, &line);
	}
	buf_release(&name);
	return conf_end(&c);
}
