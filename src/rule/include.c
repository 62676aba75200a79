/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files with what they include in its place, and where lines are from. */
#include "base/base.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "rule/lex.h"
#include "rule/rule.h"

/* One rule file being put together. */
struct reading {
	struct rule_file *f;
	const char *below;
	unsigned line; /* of f->source that is being written */
	unsigned depth;
};

static enum err_code read_into(struct reading *r, const char *path,
			       struct err *err);

static void add_span(struct reading *r, const char *path, unsigned line)
{
	struct rule_file *f = r->f;

	f->spans = xrealloc(f->spans, f->n_spans + 1, sizeof *f->spans);
	f->spans[f->n_spans++] = (struct rule_span){
		.at = r->line, .path = path, .line = line};
}

static bool add(struct reading *r, struct bytes piece)
{
	for (size_t i = 0; i < piece.n; i++)
		r->line += piece.p[i] == '\n';
	return buf_add_bytes(&r->f->source, piece);
}

static enum err_code bad_include(const char *path, const struct token *t,
				 const char *why, struct err *err)
{
	return err_set(err, ERR_FORMAT, "%s:%u:%u: include %s: %s",
		       shown_str(path).s, t->line, t->column, shown(t->text).s,
		       why);
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(path, folder, n) == 0 && path[n] == '/';
}

/* Where the include leads, NULL with why when it may not be followed. */
static char *resolve(const struct reading *r, const char *path,
		     const struct token *t, const char **why)
{
	struct bytes name = bytes_of(t->text.p + 1, t->text.n - 2);
	const char *slash = strrchr(path, '/');
	char *asked, *real;
	struct stat st;

	asked = xasprintf("%.*s%.*s", slash ? (int)(slash + 1 - path) : 0, path,
			  (int)name.n, (const char *)name.p);
	*why = "no such file";
	if (name.n == 0 || name.p[0] == '/' || memchr(name.p, '\\', name.n))
		real = NULL; /* absolute, or of another system */
	else
		real = realpath(asked, NULL);
	free(asked);
	if (!real)
		return NULL;
	if (!is_below(real, r->below))
		*why = "it leads out of the folder of the rules";
	else if (stat(real, &st) != 0 || !S_ISREG(st.st_mode))
		*why = "it is no regular file";
	else
		return real;
	free(real);
	return NULL;
}

static enum err_code take_include(struct reading *r, const char *path,
				  const struct token *t, struct err *err)
{
	const char *why;
	char *real;
	enum err_code code;

	if (t->kind != TOKEN_STRING || t->text.n < 2)
		return bad_include(path, t, "a name in quotes is missing", err);
	if (r->depth == RULES_INCLUDE_MAX)
		return bad_include(path, t, "includes go round in a circle, or "
				   "too deep", err);
	real = resolve(r, path, t, &why);
	if (!real)
		return bad_include(path, t, why, err);
	r->f->paths = xrealloc(r->f->paths, r->f->n_paths + 1,
			       sizeof *r->f->paths);
	r->f->paths[r->f->n_paths++] = real;
	r->depth++;
	code = read_into(r, real, err);
	r->depth--;
	return code;
}

/* What follows an include goes on in a line of its own, as far to the right
 * as it stood, so that its columns hold. */
static bool go_on_behind(struct reading *r, const char *path,
			 const struct token *t)
{
	unsigned indent = t->column - 1 + (unsigned)t->text.n;
	bool ok = true;

	if (r->f->source.n && r->f->source.p[r->f->source.n - 1] != '\n')
		ok = add(r, bytes_str("\n"));
	add_span(r, path, t->line);
	for (unsigned i = 0; ok && i < indent; i++)
		ok = buf_add_byte(&r->f->source, ' ');
	return ok;
}

static enum err_code too_much(struct err *err)
{
	return err_set(err, ERR_LIMIT, "more than %u bytes of rules",
		       RULES_TOTAL_MAX);
}

/* The source of one file, with its includes, which are outside of rules. */
static enum err_code splice(struct reading *r, const char *path,
			    struct bytes source, struct err *err)
{
	struct lexer l = lexer_of(source);
	enum err_code code = ERR_OK;
	size_t from = 0;
	int braces = 0;
	struct token t = lex_next(&l);

	add_span(r, path, 1);
	for (; code == ERR_OK && t.kind != TOKEN_END; t = lex_next(&l)) {
		bool ok;

		braces += token_is(&t, "{") - token_is(&t, "}");
		if (braces || !token_is(&t, "include"))
			continue;
		ok = add(r, bytes_of(source.p + from,
				     (size_t)(t.text.p - source.p) - from));
		t = lex_next(&l);
		code = take_include(r, path, &t, err);
		from = l.at;
		if (code == ERR_OK && !(ok && go_on_behind(r, path, &t)))
			code = too_much(err);
	}
	if (code == ERR_OK && !add(r, bytes_skip(source, from)))
		code = too_much(err);
	return code;
}

static enum err_code read_into(struct reading *r, const char *path,
			       struct err *err)
{
	struct buf source;
	enum err_code code;

	buf_init(&source, r->f->source.max - r->f->source.n);
	code = fs_read(path, &source, err);
	if (code == ERR_OK)
		code = splice(r, path, buf_bytes(&source), err);
	buf_release(&source);
	return code;
}

enum err_code rule_file_read(struct rule_file *f, const char *below,
			     struct err *err)
{
	struct reading r = {.f = f, .below = below, .line = 1};

	f->paths = xcalloc(1, sizeof *f->paths);
	f->paths[f->n_paths++] = xstrdup(f->path);
	return read_into(&r, f->paths[0], err);
}

/* The text of a line, without its end. */
static struct bytes line_of(struct bytes source, unsigned line)
{
	struct bytes piece = {0};

	while (line && bytes_split(&source, '\n', &piece))
		line--;
	return line ? (struct bytes){0} : piece;
}

static unsigned column_of(struct bytes line, struct bytes token)
{
	const uint8_t *at = NULL;
	size_t n = 0;

	if (token.n && line.n)
		at = memmem(line.p, line.n, token.p, token.n);
	if (at)
		return (unsigned)(at - line.p) + 1;
	while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n < line.n ? (unsigned)n + 1 : 1;
}

struct rule_place rule_place(const struct rule_file *f, unsigned line,
			     struct bytes token)
{
	const struct rule_span *span = &f->spans[0];

	for (size_t i = 1; i < f->n_spans && f->spans[i].at <= line; i++)
		span = &f->spans[i];
	return (struct rule_place){
		.path = span->path,
		.line = span->line + (line > span->at ? line - span->at : 0),
		.column = column_of(line_of(buf_bytes(&f->source), line),
				    token),
	};
}
