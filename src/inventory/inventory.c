/* SPDX-License-Identifier: Apache-2.0 */
/* The list of hosts to be added, and what a file of them is. */
#include "base/base.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "inventory/inside.h"
#include "remote/remote.h"

static const char bom[] = "\xef\xbb\xbf";

void names_release(struct name_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		free(set->v[i]);
	*set = (struct name_set){0};
}

void names_add(struct name_set *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->v[i], name) == 0)
			return;
	if (set->n == INVENTORY_NAMES_MAX)
		set->n_more++;
	else
		set->v[set->n++] = xstrdup(name);
}

void inventory_release(struct inventory *inv)
{
	for (size_t i = 0; i < inv->n; i++) {
		struct wanted_host *host = &inv->hosts[i];

		for (size_t k = 0; k < host->n_groups; k++)
			free(host->groups[k]);
		free(host->groups);
		free(host->name);
		free(host->target);
		free(host->identity);
		free(host->jump);
		free(host->escalate);
	}
	free(inv->hosts);
	names_release(&inv->not_honoured);
	names_release(&inv->secrets);
	names_release(&inv->left_out);
	for (size_t i = 0; i < inv->n_left_options; i++) {
		free(inv->left_options[i].text);
		for (size_t k = 0; k < INVENTORY_FIRST; k++)
			free(inv->left_options[i].first[k]);
	}
	*inv = (struct inventory){0};
}

struct wanted_host *inventory_add(struct inventory *inv, struct err *err)
{
	if (inv->n == INVENTORY_HOSTS_MAX) {
		(void)err_set(err, ERR_LIMIT, "more than %u hosts at once",
			      INVENTORY_HOSTS_MAX);
		return NULL;
	}
	if (inv->n == inv->cap) {
		inv->cap = inv->cap ? 2 * inv->cap : 16;
		inv->hosts = xrealloc(inv->hosts, inv->cap,
				      sizeof *inv->hosts);
	}
	inv->hosts[inv->n] = (struct wanted_host){0};
	return &inv->hosts[inv->n++];
}

/* ---- a word ---- */

/* "ssh://kim@web01:2222/" is kim@web01:2222. */
static char *without_scheme(const char *word)
{
	static const char scheme[] = "ssh://";
	size_t n = sizeof scheme - 1, end;

	if (strncasecmp(word, scheme, n) != 0)
		return xstrdup(word);
	end = strlen(word);
	end -= end > n && word[end - 1] == '/';
	return xasprintf("%.*s", (int)(end - n), word + n);
}

static enum err_code add_target(void *arg, const char *word, struct err *err)
{
	struct inventory *inv = arg;
	struct wanted_host *host;
	struct target target;
	enum err_code code = target_parse(word, &target, err);

	if (code != ERR_OK)
		return code;
	host = inventory_add(inv, err);
	if (!host)
		return err->code;
	host->target = without_scheme(word);
	return ERR_OK;
}

static enum err_code add_address(void *arg, const char *word, struct err *err)
{
	struct inventory *inv = arg;

	inv->n_addresses++;
	return add_target(arg, word, err);
}

enum err_code inventory_word(struct inventory *inv, const char *word,
			     struct err *err)
{
	bool is_network;
	enum err_code code = cidr_each(word, add_address, inv, &is_network,
				       err);

	return code != ERR_OK || is_network
		       ? code
		       : pattern_each(word, add_target, inv, err);
}

/* ---- a file ---- */

/* The next line, without what is around it; false at the end. */
static bool next_line(struct bytes *rest, struct bytes *line)
{
	bool got = bytes_split(rest, '\n', line);

	if (got)
		*line = bytes_trim(*line);
	return got;
}

static bool is_comment(struct bytes line)
{
	return line.n == 0 || line.p[0] == '#' || line.p[0] == ';';
}

/* "all:", as a mapping begins; a target ends with a number. */
static bool begins_yaml(struct bytes line)
{
	return bytes_starts(line, "---") || bytes_starts(line, "{") ||
	       bytes_starts(line, "%YAML") || line.p[line.n - 1] == ':' ||
	       (memmem(line.p, line.n, ": ", 2) &&
		!memchr(line.p, '=', line.n));
}

/* Sections, or words that set variables. */
static bool looks_like_ini(struct bytes text)
{
	struct bytes line, name, kind;

	while (next_line(&text, &line)) {
		if (is_comment(line))
			continue;
		if (ini_is_section(line, &name, &kind) ||
		    memchr(line.p, '=', line.n))
			return true;
	}
	return false;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && strcasecmp(s + n - k, end) == 0;
}

enum inventory_form inventory_form_of(const char *path, struct bytes text,
				      enum inventory_form wanted)
{
	struct bytes rest = text, line;

	if (wanted != INVENTORY_AUTO && wanted != INVENTORY_ANSIBLE)
		return wanted;
	if (ends_with(path, ".yml") || ends_with(path, ".yaml") ||
	    ends_with(path, ".json"))
		return INVENTORY_YAML;
	if (ends_with(path, ".ini"))
		return INVENTORY_INI;
	while (next_line(&rest, &line)) {
		if (is_comment(line))
			continue;
		if (begins_yaml(line))
			return INVENTORY_YAML;
		break;
	}
	if (wanted == INVENTORY_ANSIBLE || looks_like_ini(text))
		return INVENTORY_INI;
	return INVENTORY_LIST;
}

enum err_code inventory_read(struct inventory *inv, const char *name,
			     struct bytes text, enum inventory_form form,
			     struct err *err)
{
	static enum err_code (*const readers[])(struct inventory *,
						struct bytes, uint64_t *,
						struct err *) = {
		[INVENTORY_LIST] = list_read,
		[INVENTORY_INI] = ini_read,
		[INVENTORY_YAML] = yaml_read,
	};
	uint64_t line = 0;
	enum err_code code;

	if (bytes_starts(text, "\xff\xfe") || bytes_starts(text, "\xfe\xff"))
		return err_set(err, ERR_FORMAT,
			       "%s is UTF-16: save it as UTF-8",
			       shown_str(name).s);
	if (bytes_starts(text, bom))
		text = bytes_skip(text, sizeof bom - 1);
	if (bytes_starts(text, "#!"))
		return err_set(err, ERR_UNSUPPORTED,
			       "%s is a program: let `ansible-inventory -i "
			       "FILE --list --yaml` write what it says to a "
			       "file",
			       shown_str(name).s);
	form = inventory_form_of(name, text, form);
	code = readers[form](inv, text, &line, err);
	if (code != ERR_OK && line)
		return err_wrap(err, "%s:%" PRIu64, shown_str(name).s, line);
	return code == ERR_OK ? ERR_OK
			      : err_wrap(err, "%s", shown_str(name).s);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xasprintf("%.*s", (int)MAX(slash - path, (ptrdiff_t)1), path);
}

enum err_code inventory_file(struct inventory *inv, const char *path,
			     enum inventory_form form, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	enum err_code code;
	struct stat st;
	struct buf text;

	if (!is_stdin && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE,
			       "%s is a folder: name the file in it",
			       shown_str(path).s);
	buf_init(&text, INVENTORY_BYTES_MAX);
	code = fs_read(path, &text, err);
	if (!is_stdin)
		inv->folder = folder_of(path);
	if (code == ERR_OK)
		code = inventory_read(inv, is_stdin ? "standard input" : path,
				      buf_bytes(&text), form, err);
	free(inv->folder);
	inv->folder = NULL;
	buf_release(&text);
	return code;
}
