/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a scenario and reading its manifest, one directive per line. */
#include "base/base.h"

#include <dirent.h>
#include <limits.h>

#include "base/bytes.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "range/scenario.h"

#define MANIFEST_MAX 65536
#define WORDS_MAX    5

/* One line taken apart: words, the last of which runs to the line's end. */
struct line {
	struct bytes word[WORDS_MAX];
	size_t n;
	unsigned number;
	const char *file;
};

struct directive {
	const char *name;
	size_t words; /* exactly so many, its own name counted */
	enum item_kind kind;
	enum err_code (*read)(struct scenario *s, const struct directive *d,
			      const struct line *line, struct err *err);
};

static enum err_code complain(const struct line *line, const char *what,
			      struct err *err)
{
	return err_set(err, ERR_FORMAT, "%s:%u: %s", line->file, line->number,
		       what);
}

/* Lower-case letters, digits and dashes: a name no path can hide in. */
static bool is_name(struct bytes b)
{
	if (b.n == 0 || b.n >= SCENARIO_NAME_MAX || b.p[0] == '-')
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789-", b.p[i],
			    37))
			return false;
	return true;
}

/* A path that stays below where it is put: no "..", no NUL. */
static bool is_contained(struct bytes path)
{
	struct bytes piece;

	if (path.n == 0 || memchr(path.p, '\0', path.n))
		return false;
	while (bytes_split(&path, '/', &piece))
		if (bytes_eq(piece, bytes_str("..")))
			return false;
	return true;
}

static bool read_mode(struct bytes b, mode_t *mode)
{
	*mode = 0;
	if (b.n != 4)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] < '0' || b.p[i] > '7')
			return false;
		*mode = *mode << 3 | (mode_t)(b.p[i] - '0');
	}
	return true;
}

static struct scenario_item *add_item(struct scenario *s, enum item_kind kind)
{
	if (s->n_items == SCENARIO_ITEMS_MAX)
		return NULL;
	s->items = xrealloc(s->items, s->n_items + 1, sizeof *s->items);
	s->items[s->n_items] = (struct scenario_item){
		.kind = kind,
		.host = s->n_hosts - 1,
	};
	return &s->items[s->n_items++];
}

static enum err_code read_title(struct scenario *s, const struct directive *d,
				const struct line *line, struct err *err)
{
	(void)d;
	if (s->title || !text_is_plain(line->word[1]))
		return complain(line, "one title of plain text", err);
	s->title = bytes_to_str(line->word[1]);
	return ERR_OK;
}

static enum err_code read_host(struct scenario *s, const struct directive *d,
			       const struct line *line, struct err *err)
{
	struct bytes name = line->word[1];

	(void)d;
	if (s->n_hosts == SCENARIO_HOSTS_MAX)
		return complain(line, "too many hosts", err);
	if (!is_name(name))
		return complain(line, "a host's name is a-z, 0-9 and -", err);
	memcpy(s->hosts[s->n_hosts], name.p, name.n);
	s->n_hosts++;
	return ERR_OK;
}

/* What all items share: they follow a host, and have a path. */
static enum err_code begin_item(struct scenario *s, const struct directive *d,
				const struct line *line, struct bytes path,
				struct scenario_item **item, struct err *err)
{
	if (s->n_hosts == 0)
		return complain(line, "comes before the first host", err);
	if (!bytes_starts(path, "/") || !is_contained(path))
		return complain(line, "not an absolute path without ..", err);
	*item = add_item(s, d->kind);
	if (!*item)
		return complain(line, "too many items", err);
	(*item)->path = bytes_to_str(path);
	return ERR_OK;
}

static enum err_code read_path(struct scenario *s, const struct directive *d,
			       const struct line *line, struct err *err)
{
	struct scenario_item *item;

	return begin_item(s, d, line, line->word[1], &item, err);
}

static enum err_code read_entry(struct scenario *s, const struct directive *d,
				const struct line *line, struct err *err)
{
	struct scenario_item *item;
	enum err_code code = begin_item(s, d, line, line->word[3], &item, err);

	if (code != ERR_OK)
		return code;
	if (!read_mode(line->word[1], &item->mode))
		return complain(line, "the mode is four octal digits", err);
	if (!time_parse(line->word[2], &item->mtime_ns))
		return complain(line, "the time is not RFC 3339", err);
	if (d->words == 5)
		item->arg = bytes_to_str(line->word[4]);
	return ERR_OK;
}

static enum err_code read_copy(struct scenario *s, const struct directive *d,
			       const struct line *line, struct err *err)
{
	if (bytes_starts(line->word[4], "/") || !is_contained(line->word[4]))
		return complain(line, "a file is copied from beside here", err);
	return read_entry(s, d, line, err);
}

static const struct directive directives[] = {
	{"title", 2, ITEM_DIR, read_title},
	{"host", 2, ITEM_DIR, read_host},
	{"dir", 4, ITEM_DIR, read_entry},
	{"file", 5, ITEM_FILE, read_copy},
	{"elf", 5, ITEM_ELF, read_entry},
	{"hunt", 2, ITEM_HUNT, read_path},
	{"collect", 2, ITEM_COLLECT, read_path},
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Words up to max; the last one keeps its inner blanks. */
static void split_line(struct line *line, struct bytes b, size_t max)
{
	line->n = 0;
	b = bytes_trim(b);
	while (b.n && line->n < max) {
		size_t n = 0;

		while (n < b.n && (line->n + 1 == max || !is_blank(b.p[n])))
			n++;
		line->word[line->n++] = bytes_of(b.p, n);
		b = bytes_trim(bytes_skip(b, n));
	}
}

static enum err_code read_line(struct scenario *s, struct line *line,
			       struct bytes b, struct err *err)
{
	split_line(line, b, WORDS_MAX);
	if (line->n == 0 || line->word[0].p[0] == '#')
		return ERR_OK;
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		const struct directive *d = &directives[i];

		if (!bytes_eq(line->word[0], bytes_str(d->name)))
			continue;
		split_line(line, b, d->words);
		if (line->n != d->words)
			return complain(line, "words are missing", err);
		return d->read(s, d, line, err);
	}
	return complain(line, "no such directive", err);
}

static enum err_code read_lines(struct scenario *s, const char *file,
				struct bytes rest, struct err *err)
{
	struct line line = {.file = file};
	enum err_code code = ERR_OK;
	struct bytes b;

	while (code == ERR_OK && bytes_split(&rest, '\n', &b)) {
		line.number++;
		code = read_line(s, &line, b, err);
	}
	if (code == ERR_OK && (s->n_hosts == 0 || !s->title))
		return complain(&line, "a scenario has a title and hosts", err);
	return code;
}

enum err_code scenario_read(struct scenario *s, const char *folder,
			    struct err *err)
{
	char *file = xasprintf("%s/manifest", folder);
	enum err_code code;
	struct buf buf;

	*s = (struct scenario){.folder = xstrdup(folder)};
	buf_init(&buf, MANIFEST_MAX);
	code = fs_read(file, &buf, err);
	if (code == ERR_OK)
		code = read_lines(s, file, buf_bytes(&buf), err);
	buf_release(&buf);
	free(file);
	return code;
}

void scenario_release(struct scenario *s)
{
	for (size_t i = 0; i < s->n_items; i++) {
		free(s->items[i].path);
		free(s->items[i].arg);
	}
	free(s->items);
	free(s->folder);
	free(s->title);
	*s = (struct scenario){0};
}

/* " a b c": the scenarios of the first place that has any. */
static void list_scenarios(struct buf *out)
{
	char *path;

	for (size_t i = 0;
	     out->n == 0 && (path = datadir_candidate(i, "scenarios/")); i++) {
		DIR *dir = opendir(path);
		struct dirent *d;

		while (dir && (d = readdir(dir)))
			if (is_name(bytes_str(d->d_name)))
				buf_addf(out, " %s", d->d_name);
		if (dir)
			closedir(dir);
		free(path);
	}
}

static enum err_code not_found(const char *name, struct err *err)
{
	enum err_code code;
	struct buf names;

	buf_init(&names, 256);
	list_scenarios(&names);
	code = err_set(err, ERR_NOTFOUND,
		       "there is no scenario \"%s\"; there are:%s",
		       shown_str(name).s, names.n ? buf_str(&names) : " none");
	buf_release(&names);
	return code;
}

enum err_code scenario_open(struct scenario *s, const char *name,
			    struct err *err)
{
	char *below, *manifest = NULL;
	enum err_code code;

	*s = (struct scenario){0};
	if (strchr(name, '/'))
		return scenario_read(s, name, err);
	below = xasprintf("scenarios/%s/manifest", name);
	if (is_name(bytes_str(name)))
		manifest = datadir_find(below);
	free(below);
	if (!manifest)
		return not_found(name, err);
	*strrchr(manifest, '/') = '\0';
	code = scenario_read(s, manifest, err);
	free(manifest);
	return code;
}
