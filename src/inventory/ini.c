/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An inventory of Ansible as INI: sections of hosts, of groups ([x:children])
 * and of variables ([x:vars]); a host with variables behind it, a line each.
 */
#include "base/base.h"

#include "base/buf.h"
#include "base/text.h"
#include "inventory/inside.h"

#define LINE_MAX_BYTES (64u << 10)
#define WORDS_MAX      256u

enum section { SECTION_HOSTS, SECTION_CHILDREN, SECTION_VARS };

struct ini {
	struct inventory *inv;
	struct graph *graph;
	enum section section;
	size_t group; /* of the section */
	/* a line of hosts */
	char *words[WORDS_MAX];
	size_t n_words;
	char *port; /* behind the name of the host, NULL: none */
};

/* An address in brackets is a target: a name is no address. */
static bool is_address(struct bytes name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("0123456789abcdefABCDEF:.", name.p[i]))
			return false;
	return memchr(name.p, ':', name.n) != NULL;
}

bool ini_is_section(struct bytes line, struct bytes *name, struct bytes *kind)
{
	const uint8_t *close, *colon;
	struct bytes behind;

	if (!bytes_starts(line, "["))
		return false;
	close = memchr(line.p, ']', line.n);
	if (!close)
		return false;
	*name = bytes_of(line.p + 1, (size_t)(close - line.p) - 1);
	behind = bytes_trim(bytes_skip(line, name->n + 2));
	if (name->n == 0 || (behind.n && behind.p[0] != '#') ||
	    is_address(*name) || memchr(name->p, ' ', name->n))
		return false;
	*kind = bytes_of(NULL, 0);
	colon = memchr(name->p, ':', name->n);
	if (!colon)
		return true;
	*kind = bytes_skip(*name, (size_t)(colon - name->p) + 1);
	name->n = (size_t)(colon - name->p);
	return name->n > 0;
}

static enum err_code get_group(struct ini *ini, struct bytes name,
			       size_t *group, struct err *err)
{
	char *s;
	enum err_code code;

	if (!text_is_plain(name))
		return err_set(err, ERR_FORMAT, "%s is no name of a group",
			       shown(name).s);
	s = bytes_to_str(name);
	code = graph_group(ini->graph, s, group, err);
	free(s);
	return code;
}

static enum err_code begin_section(struct ini *ini, struct bytes name,
				   struct bytes kind, struct err *err)
{
	static const struct {
		const char *word;
		enum section section;
	} kinds[] = {
		{"", SECTION_HOSTS},
		{"hosts", SECTION_HOSTS},
		{"children", SECTION_CHILDREN},
		{"vars", SECTION_VARS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (bytes_eq(kind, bytes_str(kinds[i].word))) {
			ini->section = kinds[i].section;
			return get_group(ini, name, &ini->group, err);
		}
	return err_set(err, ERR_FORMAT,
		       "a section is [group], [group:children] or "
		       "[group:vars], not of '%s'",
		       shown(kind).s);
}

/* ---- words of a line of hosts ---- */

/* One word with its quotes off; false: a quote is never closed. */
static bool read_word(struct bytes *rest, struct buf *word)
{
	uint8_t quote = 0;
	size_t i = 0;

	for (; i < rest->n; i++) {
		uint8_t c = rest->p[i];

		if (quote ? c == quote : c == '\'' || c == '"') {
			quote = quote ? 0 : c;
			continue;
		}
		if (!quote && (c == ' ' || c == '\t' || c == '#'))
			break;
		if (c == '\\' && quote != '\'' && i + 1 < rest->n)
			c = rest->p[++i];
		(void)buf_add_byte(word, c);
	}
	*rest = bytes_skip(*rest, i);
	return !quote;
}

static void forget_words(struct ini *ini)
{
	for (size_t i = 0; i < ini->n_words; i++)
		free(ini->words[i]);
	ini->n_words = 0;
	free(ini->port);
	ini->port = NULL;
}

static enum err_code split_words(struct ini *ini, struct bytes line,
				 struct err *err)
{
	struct buf word;

	while (line.n && line.p[0] != '#') {
		if (ini->n_words == WORDS_MAX)
			return err_set(err, ERR_LIMIT,
				       "more than %u words on a line",
				       WORDS_MAX);
		buf_init(&word, LINE_MAX_BYTES);
		if (!read_word(&line, &word)) {
			buf_release(&word);
			return err_set(err, ERR_FORMAT,
				       "a quote is never closed");
		}
		if (memchr(buf_str(&word), '\0', word.n)) {
			buf_release(&word);
			return err_set(err, ERR_FORMAT,
				       "a NUL in a line of text");
		}
		ini->words[ini->n_words++] = buf_detach(&word);
		line = bytes_trim(line);
	}
	return ERR_OK;
}

/* Variables may be written as in Python: "2222", 'root'. */
static struct bytes unquoted(struct bytes b)
{
	if (b.n >= 2 && (b.p[0] == '\'' || b.p[0] == '"') &&
	    b.p[b.n - 1] == b.p[0])
		return bytes_of(b.p + 1, b.n - 2);
	return b;
}

static enum err_code set_var(struct ini *ini, struct vars *vars,
			     struct bytes text, struct err *err)
{
	const uint8_t *equals = text.n ? memchr(text.p, '=', text.n) : NULL;
	struct bytes name, value;
	char *s;

	if (!equals)
		return err_set(err, ERR_FORMAT,
			       "name=value, not '%s', sets a variable",
			       shown(text).s);
	name = bytes_trim(bytes_of(text.p, (size_t)(equals - text.p)));
	value = bytes_trim(bytes_skip(text, (size_t)(equals - text.p) + 1));
	if (!text_is_plain(name))
		return err_set(err, ERR_FORMAT, "%s is no name of a variable",
			       shown(name).s);
	s = bytes_to_str(name);
	vars_set(vars, ini->inv, s, unquoted(value), false);
	free(s);
	return ERR_OK;
}

static enum err_code add_host(void *arg, const char *name, struct err *err)
{
	struct ini *ini = arg;
	struct vars *vars;
	size_t host;
	enum err_code code = graph_host(ini->graph, name, &host, err);

	if (code == ERR_OK)
		code = graph_join(ini->graph, ini->group, host, err);
	if (code != ERR_OK)
		return code;
	vars = graph_host_vars(ini->graph, host);
	if (ini->port)
		vars_set(vars, ini->inv, "ansible_port",
			 bytes_str(ini->port), false);
	for (size_t i = 1; code == ERR_OK && i < ini->n_words; i++)
		code = set_var(ini, vars, bytes_str(ini->words[i]), err);
	return code;
}

static enum err_code read_host(struct ini *ini, struct bytes line,
			       struct err *err)
{
	enum err_code code = split_words(ini, line, err);

	if (code == ERR_OK && ini->n_words) {
		char *name = pattern_take_port(ini->words[0], &ini->port);

		code = pattern_each(name, add_host, ini, err);
		free(name);
	}
	forget_words(ini);
	return code;
}

static enum err_code read_child(struct ini *ini, struct bytes line,
				struct err *err)
{
	const uint8_t *hash = memchr(line.p, '#', line.n);
	size_t child;
	enum err_code code;

	if (hash)
		line = bytes_trim(bytes_of(line.p, (size_t)(hash - line.p)));
	code = get_group(ini, line, &child, err);
	return code == ERR_OK ? graph_nest(ini->graph, ini->group, child, err)
			      : code;
}

static enum err_code read_line(struct ini *ini, struct bytes line,
			       struct err *err)
{
	struct bytes name, kind;

	if (line.n > LINE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "a line of more than %u KiB",
			       LINE_MAX_BYTES >> 10);
	if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
		return ERR_OK;
	if (ini_is_section(line, &name, &kind))
		return begin_section(ini, name, kind, err);
	switch (ini->section) {
	case SECTION_CHILDREN:
		return read_child(ini, line, err);
	case SECTION_VARS:
		return set_var(ini,
			       graph_group_vars(ini->graph, ini->group), line,
			       err);
	case SECTION_HOSTS:
		break;
	}
	return read_host(ini, line, err);
}

enum err_code ini_read(struct inventory *inv, struct bytes text,
		       uint64_t *line, struct err *err)
{
	struct ini ini = {.inv = inv, .graph = graph_new(inv)};
	enum err_code code = graph_group(ini.graph, "ungrouped", &ini.group,
					 err);
	struct bytes piece;

	while (code == ERR_OK && bytes_split(&text, '\n', &piece)) {
		++*line;
		code = read_line(&ini, bytes_trim(piece), err);
	}
	if (code == ERR_OK) {
		*line = 0;
		code = graph_resolve(ini.graph, err);
	}
	graph_free(ini.graph);
	return code;
}
