/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of ssh_config(5): which are read, in which order, and which lines
 * of them hold for a host. A line is a line: ssh knows no continuation.
 */
#include "base/base.h"

#include <fcntl.h>
#include <glob.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/text.h"
#include "remote/ssh_pass.h"

#define FILE_MAX   (1u << 20)
#define FILES_MAX  256 /* of one host, counted as often as one is included */
#define DEPTH_MAX  16  /* as ssh */
#define VALUES_MAX 1024
#define KEYS_MAX   100 /* as ssh */
#define SYSTEM_DIR "/etc/ssh"

struct ssh_config_file {
	char *path;
	bool there;
	struct buf text;
};

void ssh_config_init(struct ssh_config *c, const char *home, const char *file)
{
	*c = (struct ssh_config){.home = home, .file = file};
}

void ssh_config_release(struct ssh_config *c)
{
	for (size_t i = 0; i < c->n_files; i++) {
		free(c->files[i].path);
		buf_release(&c->files[i].text);
	}
	free(c->files);
	*c = (struct ssh_config){0};
}

/* ---- values ---- */

enum err_code ssh_values_add(struct ssh_values *values, enum ssh_setting what,
			     const char *text, const char *where,
			     struct err *err)
{
	if (values->n == VALUES_MAX)
		return err_set(err, ERR_LIMIT,
			       "%s: more than %d values for one host",
			       shown_str(where).s, VALUES_MAX);
	values->v = xrealloc(values->v, values->n + 1, sizeof *values->v);
	values->v[values->n++] = (struct ssh_value){
		.what = what, .text = xstrdup(text), .where = xstrdup(where)};
	return ERR_OK;
}

const struct ssh_value *ssh_values_first(const struct ssh_values *values,
					 enum ssh_setting what)
{
	for (size_t i = 0; i < values->n; i++)
		if (values->v[i].what == what)
			return &values->v[i];
	return NULL;
}

void ssh_values_release(struct ssh_values *values)
{
	for (size_t i = 0; i < values->n; i++) {
		free(values->v[i].text);
		free(values->v[i].where);
	}
	for (size_t i = 0; i < values->n_passed_over; i++) {
		free(values->passed_over[i].word);
		free(values->passed_over[i].where);
	}
	free(values->v);
	free(values->passed_over);
	*values = (struct ssh_values){0};
}

/* ---- files ---- */

/* An empty one in every other's place: `ssh -F /dev/null` is a habit. */
static bool is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static enum err_code read_all(int fd, const char *path, struct buf *text,
			      struct err *err)
{
	ssize_t n;

	do {
		uint8_t *room = buf_reserve(text, 4096);

		if (!room)
			return err_set(err, ERR_LIMIT,
				       "%s has more than %u bytes",
				       shown_str(path).s, FILE_MAX);
		n = read(fd, room, 4096);
		if (n < 0 && errno != EINTR)
			return err_errno(err, "reading %s", shown_str(path).s);
		if (n > 0)
			buf_commit(text, (size_t)n);
	} while (n != 0);
	if (text->n && memchr(text->p, '\0', text->n))
		return err_set(err, ERR_FORMAT, "%s is no text",
			       shown_str(path).s);
	return ERR_OK;
}

static enum err_code read_open(int fd, const char *path, bool check,
			       struct buf *text, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(err, "looking at %s", shown_str(path).s);
	if (is_null_device(&st))
		return ERR_OK;
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_FORMAT, "%s is no file",
			       shown_str(path).s);
	if (check &&
	    ((st.st_uid != 0 && st.st_uid != getuid()) || (st.st_mode & 022)))
		return err_set(err, ERR_DENIED,
			       "%s may be written by others than you, so it is "
			       "not trusted, as ssh would not: chmod go-w it, "
			       "and see whose it is",
			       shown_str(path).s);
	return read_all(fd, path, text, err);
}

/* *out NULL: it is not there. */
static enum err_code open_file(struct ssh_config *c, const char *path,
			       bool check, struct ssh_config_file **out,
			       struct err *err)
{
	enum err_code code = ERR_OK;
	struct ssh_config_file *f;
	int fd;

	*out = NULL;
	for (size_t i = 0; i < c->n_files; i++)
		if (strcmp(c->files[i].path, path) == 0) {
			*out = c->files[i].there ? &c->files[i] : NULL;
			return ERR_OK;
		}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		return err_errno(err, "opening %s", shown_str(path).s);
	c->files = xrealloc(c->files, c->n_files + 1, sizeof *c->files);
	f = &c->files[c->n_files];
	*f = (struct ssh_config_file){.there = fd >= 0};
	buf_init(&f->text, FILE_MAX);
	if (fd >= 0) {
		code = read_open(fd, path, check, &f->text, err);
		close_fd(fd);
	}
	if (code != ERR_OK) {
		buf_release(&f->text);
		return code;
	}
	f->path = xstrdup(path);
	c->n_files++;
	*out = f->there ? f : NULL;
	return ERR_OK;
}

/* ---- lines ---- */

enum err_code ssh_bad(const struct ssh_place *at, struct err *err,
		      const char *what, const char *word)
{
	return err_set(err, ERR_FORMAT, "%s:%u: %s%s%s", shown_str(at->path).s,
		       at->line, what, word ? ": " : "",
		       word ? shown_str(word).s : "");
}

static char *where_is(const struct ssh_place *at)
{
	return xasprintf("%s:%u", at->path, at->line);
}

void ssh_pass_over(struct ssh_pass *p, const struct ssh_place *at,
		   const char *word)
{
	struct ssh_values *values = p->out;

	if (at->never || values->n_passed_over == VALUES_MAX)
		return;
	for (size_t i = 0; i < values->n_passed_over; i++)
		if (strcasecmp(values->passed_over[i].word, word) == 0)
			return;
	values->passed_over =
		xrealloc(values->passed_over, values->n_passed_over + 1,
			 sizeof *values->passed_over);
	values->passed_over[values->n_passed_over++] = (struct ssh_unhonoured){
		.word = xstrdup(word),
		.where = where_is(at),
		.idle = ssh_keyword_is_idle(word),
	};
}

static enum err_code on_host(struct ssh_pass *p, struct ssh_place *at,
			     const struct ssh_words *w, struct err *err)
{
	bool found = false;

	for (size_t i = 0; i < w->n; i++) {
		const char *pattern = w->v[i];
		bool negated = pattern[0] == '!';

		if (!*pattern)
			return ssh_bad(at, err, "an empty pattern", NULL);
		if (!ssh_pattern_matches(pattern + negated, p->host))
			continue;
		found = !negated;
		if (negated)
			break;
	}
	at->active = found && !at->never;
	return ERR_OK;
}

static enum err_code read_file(struct ssh_pass *p, const char *path, bool check,
			       struct ssh_place *at, bool *there,
			       struct err *err);

static enum err_code include_one(struct ssh_pass *p, struct ssh_place *at,
				 const char *path, struct err *err)
{
	struct ssh_place inner = {.path = path,
				  .depth = at->depth + 1,
				  .user = at->user,
				  .never = at->never || !at->active,
				  .active = at->active};
	bool there;

	if (inner.depth > DEPTH_MAX)
		return ssh_bad(at, err, "files include each other too deep",
			       path);
	return read_file(p, path, true, &inner, &there, err);
}

/* "~/x" and names without a slash in front are of the user's folder. */
static char *include_pattern(const struct ssh_pass *p,
			     const struct ssh_place *at, const char *word)
{
	const char *home = p->config->home;

	if (word[0] == '/' || (word[0] == '~' && word[1] != '/'))
		return xstrdup(word);
	if (word[0] == '~')
		return xasprintf("%s%s", home, word + 1);
	return at->user ? xasprintf("%s/.ssh/%s", home, word)
			: xasprintf(SYSTEM_DIR "/%s", word);
}

static enum err_code on_include(struct ssh_pass *p, struct ssh_place *at,
				const struct ssh_words *w, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < w->n; i++) {
		glob_t found = {0};
		char *pattern;

		if (!*w->v[i] || (w->v[i][0] == '~' && !at->user))
			return ssh_bad(at, err, "no such file can be included",
				       w->v[i]);
		pattern = include_pattern(p, at, w->v[i]);
		if (glob(pattern, GLOB_TILDE, NULL, &found) == GLOB_NOSPACE)
			code = ssh_bad(at, err, "too many files", w->v[i]);
		for (size_t j = 0; code == ERR_OK && j < found.gl_pathc; j++)
			code = include_one(p, at, found.gl_pathv[j], err);
		globfree(&found);
		free(pattern);
	}
	return code;
}

/* A jump host and a command stand for the same: the first of both counts,
 * but that a command may follow where no jump host was to be. */
static bool is_settled(const struct ssh_pass *p, enum ssh_setting s)
{
	const struct ssh_value *jump = ssh_values_first(p->out, SSH_PROXYJUMP);

	if (s == SSH_IDENTITYFILE)
		return false;
	if (s == SSH_PROXYJUMP && ssh_values_first(p->out, SSH_PROXYCOMMAND))
		return true;
	if (s == SSH_PROXYCOMMAND && jump &&
	    strcasecmp(jump->text, "none") != 0)
		return true;
	return ssh_values_first(p->out, s) != NULL;
}

/* The same file named twice counts once. */
static bool is_known_file(const struct ssh_pass *p, const char *text, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < p->out->n; i++) {
		if (p->out->v[i].what != SSH_IDENTITYFILE)
			continue;
		++*n;
		if (strcmp(p->out->v[i].text, text) == 0)
			return true;
	}
	return false;
}

static enum err_code add_value(struct ssh_pass *p, struct ssh_place *at,
			       enum ssh_setting s, const char *word,
			       bool counts, struct err *err)
{
	char *text = ssh_value_check(s, word), *where;
	enum err_code code = ERR_OK;
	size_t n = 0;

	if (!text)
		return err_set(err, ERR_FORMAT, "%s:%u: %s cannot be '%s'",
			       shown_str(at->path).s, at->line,
			       ssh_setting_name(s), shown_str(word).s);
	/* To ssh that is as if nothing had been said: a later one counts. */
	if (ssh_setting_is_time(s) && strcmp(text, "none") == 0)
		counts = false;
	if (s == SSH_IDENTITYFILE && is_known_file(p, text, &n))
		counts = false;
	if (counts && n == KEYS_MAX)
		code = ssh_bad(at, err, "too many identity files", NULL);
	where = where_is(at);
	if (counts && code == ERR_OK)
		code = ssh_values_add(p->out, s, text, where, err);
	free(where);
	free(text);
	return code;
}

static enum err_code on_setting(struct ssh_pass *p, struct ssh_place *at,
				enum ssh_setting s, const struct ssh_words *w,
				const char *rest, struct err *err)
{
	bool counts = at->active && !is_settled(p, s);
	enum err_code code = ERR_OK;

	if (ssh_setting_is_rest(s))
		return add_value(p, at, s, rest, counts, err);
	if (w->n == 0)
		return ssh_bad(at, err, "no value for", ssh_setting_name(s));
	if (w->n > 1 && !ssh_setting_is_list(s))
		return ssh_bad(at, err, "more than one value for",
			       ssh_setting_name(s));
	for (size_t i = 0; code == ERR_OK && i < w->n; i++) {
		if (w->n > 1 && strcasecmp(w->v[i], "none") == 0)
			return ssh_bad(at, err, "none goes with no other file",
				       NULL);
		code = add_value(p, at, s, w->v[i], counts, err);
	}
	return code;
}

static enum err_code on_words(struct ssh_pass *p, struct ssh_place *at,
			      const char *keyword, char *rest, struct err *err)
{
	enum ssh_setting s = ssh_setting_find(keyword);
	struct ssh_words w = {0};
	enum err_code code = ERR_OK;

	if (!*rest)
		return ssh_bad(at, err, "nothing behind", keyword);
	if (!ssh_split_words(rest, &w))
		code = ssh_bad(at, err,
			       "a quote without its end, or too many "
			       "words, behind",
			       keyword);
	else if (strcasecmp(keyword, "host") == 0)
		code = on_host(p, at, &w, err);
	else if (strcasecmp(keyword, "match") == 0)
		code = ssh_match(p, at, rest, err);
	else if (strcasecmp(keyword, "include") == 0)
		code = on_include(p, at, &w, err);
	else if (s != SSH_SETTINGS)
		code = on_setting(p, at, s, &w,
				  rest + strspn(rest, SSH_BLANKS "="), err);
	else if (at->active)
		ssh_pass_over(p, at, keyword);
	ssh_words_release(&w);
	return code;
}

static enum err_code on_line(struct ssh_pass *p, struct ssh_place *at,
			     char *line, struct err *err)
{
	size_t n = strlen(line);
	char *rest = line, *keyword;

	while (n && strchr(SSH_BLANKS "\f", line[n - 1]))
		line[--n] = '\0';
	keyword = ssh_take_word(&rest);
	if (keyword && !*keyword)
		keyword = ssh_take_word(&rest);
	if (!keyword || !*keyword || *keyword == '#')
		return ERR_OK;
	if (!rest)
		return ssh_bad(at, err, "nothing behind", keyword);
	rest += strspn(rest, SSH_BLANKS);
	return on_words(p, at, keyword, rest, err);
}

static enum err_code read_file(struct ssh_pass *p, const char *path, bool check,
			       struct ssh_place *at, bool *there,
			       struct err *err)
{
	struct ssh_config_file *f;
	struct bytes rest, piece;
	enum err_code code;

	*there = false;
	if (++p->n_files > FILES_MAX)
		return err_set(err, ERR_LIMIT,
			       "more than %d files are read "
			       "for one host, at %s",
			       FILES_MAX, shown_str(path).s);
	code = open_file(p->config, path, check, &f, err);
	if (code != ERR_OK || !f)
		return code;
	*there = true;
	/* Not through f: an included file may move it. */
	rest = buf_bytes(&f->text);
	while (code == ERR_OK && bytes_split(&rest, '\n', &piece)) {
		char *line = bytes_to_str(piece);

		at->line++;
		code = on_line(p, at, line, err);
		free(line);
	}
	return code;
}

/* The user's file, where nothing was ever said of another, then all users'. */
static enum err_code read_pass(struct ssh_pass *p, struct err *err)
{
	struct ssh_config *c = p->config;
	struct ssh_place user = {.user = true, .active = true};
	struct ssh_place system = {.path = SYSTEM_DIR "/ssh_config",
				   .active = true};
	enum err_code code;
	bool there = true;
	char *path;

	p->n_files = 0;
	if (c->file && strcasecmp(c->file, "none") == 0)
		return ERR_OK;
	path = c->file ? xstrdup(c->file)
		       : xasprintf("%s/.ssh/config", c->home);
	user.path = path;
	code = read_file(p, path, !c->file, &user, &there, err);
	if (code == ERR_OK && c->file && !there)
		code = err_set(err, ERR_NOTFOUND, "there is no file %s",
			       shown_str(c->file).s);
	if (code == ERR_OK && !c->file)
		code = read_file(p, system.path, false, &system, &there, err);
	free(path);
	return code;
}

/* The name to connect to takes HostName's place. */
static enum err_code settle_name(struct ssh_values *values,
				 const struct ssh_who *who, struct err *err)
{
	const struct ssh_tokens tokens = {.h = who->host};
	enum err_code code;
	char *name;

	for (size_t i = 0; i < values->n; i++) {
		struct ssh_value *v = &values->v[i];

		if (v->what != SSH_HOSTNAME)
			continue;
		code = ssh_expand(v->text, "h", false, &tokens, &name, err);
		if (code != ERR_OK)
			return err_wrap(err, "%s", shown_str(v->where).s);
		free(v->text);
		v->text = ssh_plain_name(name);
		free(name);
		return ERR_OK;
	}
	name = ssh_plain_name(who->host);
	code = ssh_values_add(values, SSH_HOSTNAME, name, "target", err);
	free(name);
	return code;
}

enum err_code ssh_config_read(struct ssh_config *c, const struct ssh_who *who,
			      struct ssh_values *out, struct err *err)
{
	struct ssh_pass p = {
		.config = c, .who = who, .out = out, .host = who->host};
	enum err_code code = read_pass(&p, err);
	const struct ssh_value *name;
	char *host;

	if (code == ERR_OK)
		code = settle_name(out, who, err);
	if (code != ERR_OK || !p.wants_final)
		return code;
	name = ssh_values_first(out, SSH_HOSTNAME);
	host = xstrdup(name ? name->text : who->host);
	p.final = true;
	p.host = host;
	code = read_pass(&p, err);
	free(host);
	return code;
}
