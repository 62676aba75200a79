/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files of checks. */
#include "base/base.h"

#include <dirent.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "detect/checkset.h"
#include "model/severity.h"
#include "model/technique.h"

static const struct header {
	const char *name;
	size_t member;
	bool needed;
} headers[] = {
#define X(header, member, needed, help)                                        \
	{header, offsetof(struct check, member), needed},
	CHECK_HEADERS(X)
#undef X
};

/* One file on its way into a set. */
struct reading {
	struct check check;
	check_say say;
	void *arg;
	bool bad;
	unsigned lines[ARRAY_SIZE(headers)]; /* 0: not there */
};

static char **member_of(struct check *check, size_t i)
{
	return (char **)((char *)check + headers[i].member);
}

static void check_release(struct check *check)
{
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		free(*member_of(check, i));
	free(check->path);
	free(check->file);
	free(check->source);
	*check = (struct check){0};
}

static void problem(struct reading *r, unsigned line, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

static void problem(struct reading *r, unsigned line, const char *fmt, ...)
{
	struct check_problem p = {.path = r->check.path, .line = line};
	char message[256];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	p.message = message;
	r->bad = true;
	if (r->say)
		r->say(r->arg, &p);
}

/* ---- the header ---- */

/* "-- why: because": the name is a word of small letters. */
static bool split_header(struct bytes line, struct bytes *name,
			 struct bytes *value)
{
	size_t n = 0;

	while (n < line.n && ((line.p[n] >= 'a' && line.p[n] <= 'z') ||
			      line.p[n] == '-'))
		n++;
	if (n == 0 || n == line.n || line.p[n] != ':')
		return false;
	*name = bytes_of(line.p, n);
	*value = bytes_trim(bytes_skip(line, n + 1));
	return true;
}

static void add_header(struct reading *r, unsigned line, struct bytes name,
		       struct bytes value, char ***goes_on)
{
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		if (!bytes_eq(name, bytes_str(headers[i].name)))
			continue;
		*goes_on = member_of(&r->check, i);
		if (r->lines[i])
			problem(r, line, "%s is there twice", headers[i].name);
		r->lines[i] = line;
		free(**goes_on);
		**goes_on = bytes_to_str(value);
		return;
	}
	problem(r, line, "there is no header '%s'", shown(name).s);
}

static void go_on(char **value, struct bytes more)
{
	char *more_text = bytes_to_str(more);
	char *whole = xasprintf("%s%s%s", *value, **value ? " " : "",
				more_text);

	free(more_text);
	free(*value);
	*value = whole;
}

/* A line of comment: a header, the rest of one, which has more blanks in
 * front, or words of no meaning. */
static void read_comment(struct reading *r, unsigned line, struct bytes text,
			 char ***goes_on)
{
	struct bytes name, value, trimmed = bytes_trim(text);
	bool goes = bytes_starts(text, "  ") && *goes_on && trimmed.n;

	if (goes) {
		go_on(*goes_on, trimmed);
		return;
	}
	*goes_on = NULL;
	if (split_header(trimmed, &name, &value))
		add_header(r, line, name, value, goes_on);
}

static void read_header(struct reading *r)
{
	struct bytes rest = bytes_str(r->check.source), line;
	char **goes_on = NULL;
	unsigned n = 0;

	r->check.sql = rest.n;
	while (bytes_split(&rest, '\n', &line)) {
		struct bytes trimmed = bytes_trim(line);

		n++;
		if (trimmed.n && !bytes_starts(trimmed, "--")) {
			r->check.sql =
				(size_t)(line.p -
					 (const uint8_t *)r->check.source);
			return;
		}
		if (trimmed.n)
			read_comment(r, n, bytes_skip(trimmed, 2), &goes_on);
	}
}

/* ---- what it has to say ---- */

static bool is_id(const char *s)
{
	return *s >= 'a' && *s <= 'z' && strlen(s) <= 48 &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* T1070.002 [T1685.006], T1014 */
static bool is_attack(const char *s)
{
	for (;;) {
		size_t n = technique_length(s);

		if (!n)
			return false;
		s += n;
		if (s[0] == ' ' && s[1] == '[') {
			n = technique_length(s + 2);
			if (!n || s[2 + n] != ']')
				return false;
			s += n + 3;
		}
		if (!*s)
			return true;
		if (s[0] != ',' || s[1] != ' ')
			return false;
		s += 2;
	}
}

static unsigned line_of(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		if (strcmp(headers[i].name, name) == 0)
			return r->lines[i];
	return 1;
}

static bool names_file(const struct check *check)
{
	size_t n = strlen(check->id);

	return strncmp(check->file, check->id, n) == 0 &&
	       strcmp(check->file + n, ".sql") == 0;
}

static void judge_headers(struct reading *r)
{
	const struct check *c = &r->check;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		const char *value = *member_of(&r->check, i);

		if (headers[i].needed && !(value && *value))
			problem(r, MAX(r->lines[i], 1u), "it has no %s",
				headers[i].name);
	}
	if (c->id && !is_id(c->id))
		problem(r, line_of(r, "id"),
			"an id is of small letters, digits and -");
	else if (c->id && !names_file(c))
		problem(r, line_of(r, "id"),
			"the file is not called %s.sql, as its id says",
			c->id);
	if (c->severity && severity_of(bytes_str(c->severity)) < 0)
		problem(r, line_of(r, "severity"), "'%s' is no severity",
			shown_str(c->severity).s);
	if (c->attack && *c->attack && !is_attack(c->attack))
		problem(r, line_of(r, "attack"),
			"techniques are written T1574.006, by a comma and a "
			"blank");
	if (!c->source[c->sql])
		problem(r, 1, "there is no SELECT");
}

/* ---- the set ---- */

static int compare_checks(const void *a, const void *b)
{
	return strcmp(((const struct check *)a)->id,
		      ((const struct check *)b)->id);
}

static struct check *find(const struct checkset *set, const char *id)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->v[i].id, id) == 0)
			return &set->v[i];
	return NULL;
}

const struct check *checkset_find(const struct checkset *set, const char *id)
{
	return find(set, id);
}

/* Takes the check. */
static void add(struct checkset *set, struct reading *r, bool replaces)
{
	struct check *other = find(set, r->check.id);

	if (other && !replaces) {
		problem(r, line_of(r, "id"), "%s has the id %s, too",
			shown_str(other->path).s, r->check.id);
		check_release(&r->check);
		return;
	}
	if (other) {
		check_release(other);
		*other = r->check;
		return;
	}
	set->v = xrealloc(set->v, set->n + 1, sizeof *set->v);
	set->v[set->n++] = r->check;
	qsort(set->v, set->n, sizeof *set->v, compare_checks);
}

static enum err_code read_source(struct checkset *set, const char *path,
				 struct bytes source, bool replaces,
				 struct reading *r, struct err *err)
{
	if (set->n >= CHECKS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d checks",
			       CHECKS_MAX);
	if ((source.n && memchr(source.p, '\0', source.n)) ||
	    !utf8_is_valid(source))
		return err_set(err, ERR_FORMAT, "%s is no text in UTF-8",
			       shown_str(path).s);
	r->check.path = xstrdup(path);
	r->check.file = bytes_to_str(bytes_file_name(bytes_str(path)));
	r->check.source = bytes_to_str(source);
	read_header(r);
	judge_headers(r);
	if (r->bad)
		check_release(&r->check);
	else
		add(set, r, replaces);
	return ERR_OK;
}

enum err_code checkset_read(struct checkset *set, const char *path,
			    struct bytes source, check_say say, void *arg,
			    struct err *err)
{
	struct reading r = {.say = say, .arg = arg};
	enum err_code code = read_source(set, path, source, false, &r, err);

	if (code == ERR_OK && r.bad)
		return err_set(err, ERR_FORMAT, "what is wrong was said");
	return code;
}

static enum err_code read_file(struct checkset *set, const char *path,
			       bool replaces, struct reading *r,
			       struct err *err)
{
	struct buf source;
	enum err_code code;

	buf_init(&source, CHECK_FILE_MAX);
	code = fs_read(path, &source, err);
	if (code == ERR_OK)
		code = read_source(set, path, buf_bytes(&source), replaces, r,
				   err);
	buf_release(&source);
	return code;
}

static bool is_check_file(const char *path)
{
	struct bytes name = bytes_file_name(bytes_str(path));

	return bytes_ends(name, ".sql") && name.p[0] != '.';
}

static int is_wanted(const struct dirent *entry)
{
	return is_check_file(entry->d_name);
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The names in a folder, in order; the caller frees them. */
static int list(const char *path, struct dirent ***names)
{
	return scandir(path, names, is_wanted, alphasort);
}

static void free_names(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static enum err_code read_one(struct checkset *set, const char *path,
			      bool replaces, const struct reading *how,
			      bool *bad, struct err *err)
{
	struct reading r = {.say = how->say, .arg = how->arg};
	enum err_code code = read_file(set, path, replaces, &r, err);

	*bad |= r.bad;
	return code;
}

enum err_code checkset_load(struct checkset *set, const char *path,
			    bool replaces, check_say say, void *arg,
			    struct err *err)
{
	const struct reading how = {.say = say, .arg = arg};
	struct dirent **names = NULL;
	bool bad = false;
	enum err_code code = ERR_OK;
	int n;

	if (!is_dir(path)) {
		code = read_one(set, path, replaces, &how, &bad, err);
	} else {
		n = list(path, &names);
		if (n < 0)
			return err_errno(err, "reading %s", shown_str(path).s);
		for (int i = 0; code == ERR_OK && i < n; i++) {
			char *file = xasprintf("%s/%s", path,
					       names[i]->d_name);

			code = read_one(set, file, replaces, &how, &bad, err);
			free(file);
		}
		free_names(names, n);
		if (code == ERR_OK && n == 0)
			return err_set(err, ERR_NOTFOUND,
				       "there is no check (*.sql) in %s",
				       shown_str(path).s);
	}
	if (code == ERR_OK && bad)
		return err_set(err, ERR_FORMAT,
			       "what is wrong with the checks of %s was said",
			       shown_str(path).s);
	return code;
}

void checkset_release(struct checkset *set)
{
	for (size_t i = 0; i < set->n; i++)
		check_release(&set->v[i]);
	free(set->v);
	*set = (struct checkset){0};
}

void checkset_hash(struct checkset *set)
{
	uint8_t digest[HASH_LEN_MAX];
	struct hash hash;

	hash_init(&hash, HASH_SHA256);
	for (size_t i = 0; i < set->n; i++) { /* the ends count, too */
		const struct check *c = &set->v[i];

		hash_add(&hash, bytes_of(c->id, strlen(c->id) + 1));
		hash_add(&hash, bytes_of(c->source, strlen(c->source) + 1));
	}
	(void)hash_final(&hash, digest);
	hex_encode(bytes_of(digest, SHA256_LEN), set->sha256,
		   sizeof set->sha256);
}

unsigned check_line(const struct check *check, size_t at)
{
	unsigned line = 1;
	size_t end = MIN(check->sql + at, strlen(check->source));

	for (size_t i = 0; i < end; i++)
		line += check->source[i] == '\n';
	return line;
}

char *check_techniques(const struct check *check)
{
	char *out = xstrdup(check->attack), *to = out;
	bool skips = false;

	for (const char *p = out; *p; p++) {
		if (p[0] == ' ' && p[1] == '[')
			skips = true;
		if (!skips)
			*to++ = *p;
		if (*p == ']')
			skips = false;
	}
	*to = '\0';
	return out;
}

bool checkset_is_at(const char *path)
{
	struct dirent **names = NULL;
	int n;

	if (!is_dir(path))
		return is_check_file(path);
	n = list(path, &names);
	if (n > 0)
		free_names(names, n);
	else
		free(names);
	return n > 0;
}

enum err_code check_fixture(const struct check *check, const char *kind,
			    struct buf *out, struct err *err)
{
	size_t n = strlen(check->path) - strlen(check->file);
	char *path = xasprintf("%.*sfixtures/%s.%s.json", (int)n, check->path,
			       check->id, kind);
	enum err_code code = fs_read(path, out, err);

	free(path);
	return code;
}
