/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entry of UAC finds, as patterns. It is find(1) that is meant there:
 * a path is that and all that is below it, the asterisk of a path pattern
 * does not stop at a slash, a pattern of names is one of the last part.
 */
#include "base/base.h"

#include "artifact/uac.h"
#include "base/text.h"

#define HOME "%user_home%"

static bool is_for_linux(unsigned os)
{
	return os & (ARTIFACT_LINUX | UAC_ALL_OS);
}

/* A path as it begins a pattern; false: why it cannot be one. */
static bool begin_pattern(struct uac *u, const char *path, struct buf *out)
{
	struct bytes rest = bytes_str(path);

	buf_clear(out);
	if (bytes_starts(rest, HOME)) {
		(void)buf_add_byte(out, '~');
		rest = bytes_skip(rest, strlen(HOME));
	}
	while (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	if (rest.n && rest.p[0] != '/')
		u->entry.why = "a path that a placeholder or a list begins";
	else if (rest.n && memchr(rest.p, '%', rest.n))
		u->entry.why = "a placeholder that only its own shell fills";
	(void)buf_add_bytes(out, rest);
	return !u->entry.why;
}

static void keep(struct artifact_source *s, const struct buf *base,
		 const char *fmt, ...) PRINTF_LIKE(3, 4);

static void keep(struct artifact_source *s, const struct buf *base,
		 const char *fmt, ...)
{
	struct words words = {s->values, s->n};
	char tail[ARTIFACT_WORD_MAX];
	struct buf whole;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(tail, sizeof tail, fmt, ap);
	va_end(ap);
	buf_init(&whole, 2 * ARTIFACT_WORD_MAX);
	(void)buf_add_bytes(&whole, buf_bytes(base));
	(void)buf_add_str(&whole, tail);
	if (whole.n)
		(void)words_add(&words, buf_bytes(&whole));
	s->values = words.v;
	s->n = words.n;
	buf_release(&whole);
}

/* A name at any depth that is left, and what is in it if it is a folder. */
static void add_name(struct uac *u, struct artifact_source *s,
		     const struct buf *base, unsigned depth, const char *name)
{
	bool brings = s->type == ARTIFACT_FILE && u->entry.only_folders;

	keep(s, base, "/%s", name);
	if (brings)
		keep(s, base, "/%s/**%u", name, ARTIFACT_DEPTH_MAX);
	if (depth < 2)
		return;
	keep(s, base, "/**%u/%s", depth - 1, name);
	if (brings)
		keep(s, base, "/**%u/%s/**%u", depth - 1, name,
		     ARTIFACT_DEPTH_MAX);
}

static void add_names(struct uac *u, struct artifact_source *s,
		      const struct buf *base, unsigned depth)
{
	for (size_t i = 0; i < u->entry.names.n; i++)
		add_name(u, s, base, depth, u->entry.names.v[i]);
	if (u->entry.names.n)
		return;
	if (depth)
		keep(s, base, "/**%u", depth);
}

/* "* /logs/ *" without its blanks: the folders in it are what counts. */
static void add_in_path(struct uac *u, struct artifact_source *s,
			const struct buf *base, const char *pattern)
{
	struct bytes rest = bytes_str(pattern), segment;
	bool anywhere = bytes_starts(rest, "*/"), below = false;
	struct buf tail, deep;

	if (!anywhere && bytes_starts(rest, (const char *)u->entry.paths.v[0]))
		rest = bytes_skip(rest, strlen(u->entry.paths.v[0]));
	else if (anywhere)
		rest = bytes_skip(rest, 2);
	buf_init(&tail, ARTIFACT_WORD_MAX);
	buf_init(&deep, 2 * ARTIFACT_WORD_MAX);
	while (bytes_split(&rest, '/', &segment)) {
		below = segment.n == 1 && segment.p[0] == '*';
		if (segment.n && !(below && rest.n == 0))
			(void)buf_addf(&tail, "/%.*s", (int)segment.n,
				       (const char *)segment.p);
	}
	for (int at_depth = 0; at_depth <= anywhere; at_depth++) {
		buf_clear(&deep);
		(void)buf_add_bytes(&deep, buf_bytes(base));
		if (at_depth)
			(void)buf_addf(&deep, "/**%u", ARTIFACT_DEPTH_MAX);
		(void)buf_add_bytes(&deep, buf_bytes(&tail));
		if (below)
			add_names(u, s, &deep, ARTIFACT_DEPTH_MAX);
		else
			keep(s, &deep, "%s", "");
	}
	buf_release(&tail);
	buf_release(&deep);
}

static void add_path(struct uac *u, struct artifact_source *s,
		     const char *path)
{
	struct uac_entry *e = &u->entry;
	unsigned depth = e->max_depth ? (unsigned)MIN(e->max_depth,
						      ARTIFACT_DEPTH_MAX)
				      : ARTIFACT_DEPTH_MAX;
	struct buf base;

	buf_init(&base, ARTIFACT_WORD_MAX);
	if (begin_pattern(u, path, &base)) {
		for (size_t i = 0; i < e->in_paths.n; i++)
			add_in_path(u, s, &base, e->in_paths.v[i]);
		if (!e->in_paths.n && !e->names.n)
			keep(s, &base, "%s", "");
		if (!e->in_paths.n)
			add_names(u, s, &base, depth);
	}
	buf_release(&base);
}

/* As globs of whole paths: an asterisk there goes through slashes. */
static void add_excludes(struct uac *u, struct artifact_source *s)
{
	const struct uac_entry *e = &u->entry;
	struct buf out;

	buf_init(&out, UAC_VALUE_MAX);
	for (size_t i = 0; i < e->not_names.n; i++)
		(void)buf_addf(&out, "%s\n%s/**\n", e->not_names.v[i],
			       e->not_names.v[i]);
	for (size_t i = 0; i < e->not_paths.n; i++) {
		const char *path = e->not_paths.v[i];

		for (int below = 0; below < 2; below++) {
			for (const char *c = path; *c; c++)
				(void)buf_add_str(&out, *c == '*' ? "**"
								  : (char[]){
									    *c,
									    0});
			(void)buf_add_str(&out, below ? "/**\n" : "\n");
		}
	}
	if (out.n && !out.full)
		s->exclude = buf_detach(&out);
	buf_release(&out);
}

static bool find_type(struct uac *u, struct artifact_source *s)
{
	static const struct {
		const char *name;
		enum artifact_type type;
	} collectors[] = {
		{"file", ARTIFACT_FILE},
		{"find", ARTIFACT_PATH},
		{"stat", ARTIFACT_PATH},
		{"hash", ARTIFACT_PATH},
		{"command", ARTIFACT_COMMAND},
	};

	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++) {
		if (strcmp(u->entry.collector, collectors[i].name) != 0)
			continue;
		s->type = collectors[i].type;
		s->hash = strcmp(u->entry.collector, "hash") == 0;
		return true;
	}
	problem(u->sink, u->file, u->entry.line, true, "no collector: %s",
		shown_str(u->entry.collector).s);
	return false;
}

static void fill_command(struct uac *u, struct artifact_source *s)
{
	const char *command = u->entry.command ? u->entry.command : "";

	s->values = xcalloc(1, sizeof *s->values);
	s->values[s->n++] = xstrdup(command);
}

static void fill_paths(struct uac *u, struct artifact_source *s)
{
	struct uac_entry *e = &u->entry;

	s->max_size = e->max_size;
	s->mode_any = e->mode_any;
	if (e->loops)
		e->why = "it is done for each line that a command says";
	for (size_t i = 0; !e->why && i < e->paths.n; i++)
		add_path(u, s, e->paths.v[i]);
	if (!e->why && e->paths.n == 0)
		e->why = "it has no path";
	add_excludes(u, s);
	if (e->why)
		problem(u->sink, u->file, e->line, false, "not done: %s",
			e->why);
	else if (e->has_condition || u->has_condition)
		problem(u->sink, u->file, e->line, false,
			"its condition is a command, which is not run: what "
			"is there is taken");
}

void uac_add_source(struct uac *u)
{
	struct artifact *a = &u->a;
	struct artifact_source s = {.line = u->entry.line};
	unsigned os = u->entry.os;

	if (!find_type(u, &s))
		return;
	s.os = os & UAC_ALL_OS ? 0 : os;
	if (s.type == ARTIFACT_COMMAND)
		fill_command(u, &s);
	else if (is_for_linux(os))
		fill_paths(u, &s);
	a->sources = xrealloc(a->sources, a->n_sources + 1,
			      sizeof *a->sources);
	a->sources[a->n_sources++] = s;
}
