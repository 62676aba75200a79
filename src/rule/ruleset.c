/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rule files into a set and sending it on. */
#include "base/base.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "rule/rule.h"
#include "rule/slim.h"
#include "wire/records.h"

static bool has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && strcmp(s + n - m, suffix) == 0;
}

static bool is_rule_file(const char *path)
{
	return has_suffix(path, ".yar") || has_suffix(path, ".yara");
}

/* YARA takes any string for a namespace; ours says which file a rule is of. */
static char *namespace_of(const char *file, const char *root)
{
	size_t n = strlen(root);
	const char *slash = strrchr(file, '/');
	const char *from = slash ? slash + 1 : file;
	const char *dot;

	if (strncmp(file, root, n) == 0 && file[n] == '/')
		from = file + n + 1;
	dot = strrchr(from, '.');
	return bytes_to_str(bytes_of(from, dot ? (size_t)(dot - from)
					       : strlen(from)));
}

struct loading {
	struct ruleset *set;
	const char *root;
	char *below; /* the folder includes may come from */
};

static enum err_code add_file(const char *path, void *arg, struct err *err)
{
	struct loading *l = arg;
	struct ruleset *set = l->set;
	struct rule_file *f;
	enum err_code code;

	if (strcmp(path, l->root) != 0 && !is_rule_file(path))
		return ERR_OK;
	if (set->n_files == RULES_FILES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d rule files",
			       RULES_FILES_MAX);
	set->files = xrealloc(set->files, set->n_files + 1,
			      sizeof *set->files);
	f = &set->files[set->n_files++];
	*f = (struct rule_file){.path = xstrdup(path),
				.ns = namespace_of(path, l->root)};
	buf_init(&f->source, RULES_TOTAL_MAX - set->n_bytes);
	code = rule_file_read(f, l->below, err);
	set->n_bytes += f->source.n;
	return code;
}

/* A folder that was named, or the one a file lies in that was. */
static enum err_code find_below(struct loading *l, struct err *err)
{
	struct stat st;
	char *slash;

	l->below = realpath(l->root, NULL);
	if (!l->below || stat(l->below, &st) != 0)
		return err_errno(err, "opening %s", shown_str(l->root).s);
	slash = strrchr(l->below, '/');
	if (!S_ISDIR(st.st_mode) && slash)
		slash[slash == l->below] = '\0';
	return ERR_OK;
}

static enum err_code load_one(struct loading *l, struct err *err)
{
	size_t before = l->set->n_files;
	enum err_code code = find_below(l, err);

	if (code == ERR_OK)
		code = fs_each_file(l->root, add_file, l, err);
	if (code == ERR_OK && l->set->n_files == before)
		code = err_set(err, ERR_NOTFOUND,
			       "no rule files (*.yar, *.yara) in %s",
			       shown_str(l->root).s);
	free(l->below);
	return code;
}

static void file_release(struct rule_file *f)
{
	for (size_t i = 0; i < f->n_paths; i++)
		free(f->paths[i]);
	free(f->paths);
	free(f->spans);
	free(f->path);
	free(f->ns);
	buf_release(&f->source);
}

static bool is_included(const struct ruleset *set, const char *real)
{
	for (size_t i = 0; i < set->n_files; i++)
		for (size_t j = 1; j < set->files[i].n_paths; j++)
			if (strcmp(set->files[i].paths[j], real) == 0)
				return true;
	return false;
}

/* An index of a folder includes its other files: each counts once. */
static void drop_included(struct ruleset *set)
{
	size_t kept = 0, n = set->n_files;
	bool any = false, *drop;

	for (size_t i = 0; i < n; i++)
		any = any || set->files[i].n_paths > 1;
	if (!any)
		return;
	drop = xcalloc(n, sizeof *drop);
	for (size_t i = 0; i < n; i++) {
		char *real = realpath(set->files[i].path, NULL);

		drop[i] = real && is_included(set, real);
		free(real);
	}
	for (size_t i = 0; i < n; i++) {
		if (!drop[i])
			set->files[kept++] = set->files[i];
		else
			set->n_bytes -= set->files[i].source.n;
		if (drop[i])
			file_release(&set->files[i]);
	}
	set->n_files = kept;
	free(drop);
}

static void hash_set(struct ruleset *set)
{
	uint8_t digest[HASH_LEN_MAX];
	struct hash h;

	hash_init(&h, HASH_SHA256);
	for (size_t i = 0; i < set->n_files; i++) {
		struct rule_file *f = &set->files[i];
		char head[64];

		(void)snprintf(head, sizeof head, "%zu %zu ", strlen(f->ns),
			       f->source.n);
		hash_add(&h, bytes_str(head));
		hash_add(&h, bytes_str(f->ns));
		hash_add(&h, buf_bytes(&f->source));
	}
	(void)hash_final(&h, digest);
	hex_encode(bytes_of(digest, SHA256_LEN), set->sha256,
		   sizeof set->sha256);
}

enum err_code ruleset_load(struct ruleset *set, const char *const *paths,
			   size_t n_paths, struct err *err)
{
	enum err_code code = ERR_OK;

	*set = (struct ruleset){0};
	buf_init(&set->magic, RULES_MAGIC_MAX);
	for (size_t i = 0; code == ERR_OK && i < n_paths; i++)
		code = load_one(&(struct loading){.set = set, .root = paths[i]},
				err);
	if (code == ERR_OK)
		drop_included(set);
	if (code == ERR_OK)
		hash_set(set);
	else
		ruleset_release(set);
	return code;
}

void ruleset_release(struct ruleset *set)
{
	for (size_t i = 0; i < set->n_files; i++)
		file_release(&set->files[i]);
	free(set->files);
	buf_release(&set->magic);
	*set = (struct ruleset){0};
}

enum err_code ruleset_load_magic(struct ruleset *set, const char *path,
				 struct err *err)
{
	static const char *const usual[] = {"/usr/share/misc/magic.mgc",
					    "/usr/lib/file/magic.mgc",
					    "/usr/share/file/magic.mgc"};
	enum err_code code = ERR_NOTFOUND;

	if (path)
		return fs_read(path, &set->magic, err);
	for (size_t i = 0; code != ERR_OK && i < ARRAY_SIZE(usual); i++)
		code = fs_read(usual[i], &set->magic, err);
	return code == ERR_OK ? ERR_OK
			      : err_wrap(err, "rules import \"magic\", which "
					 "needs the file magic.mgc");
}

static enum err_code encode_source(const char *ns, const char *name,
				   struct bytes rest, struct buf *out,
				   struct err *err)
{
	enum err_code code;

	do {
		size_t n = MIN(rest.n, (size_t)RECORD_RULES_MAX);
		struct req_rules req = {.ns = bytes_str(ns),
					.name = bytes_str(name),
					.source = bytes_of(rest.p, n),
					.last = n == rest.n};

		code = record_encode(REQ_RULES, &req, out, err);
		rest = bytes_skip(rest, n);
	} while (code == ERR_OK && rest.n);
	return code;
}

/* Neither what rules say of themselves nor where they lie here leaves. */
static enum err_code encode_slim(const struct rule_file *f, struct buf *out,
				 struct err *err)
{
	enum err_code code;
	struct buf slim;

	buf_init(&slim, f->source.n + 1);
	if (!rule_slim(buf_bytes(&f->source), &slim))
		BUG("less of a source is more of it");
	code = encode_source(f->ns, f->ns, buf_bytes(&slim), out, err);
	buf_release(&slim);
	return code;
}

static enum err_code encode_whole(const struct rule_file *f, struct buf *out,
				  struct err *err)
{
	return encode_source(f->ns, f->path, buf_bytes(&f->source), out, err);
}

static enum err_code encode_magic(struct bytes rest, struct buf *out,
				  struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && rest.n) {
		size_t n = MIN(rest.n, (size_t)RECORD_RULES_MAX);
		struct req_magic req = {.data = bytes_of(rest.p, n),
					.last = n == rest.n};

		code = record_encode(REQ_MAGIC, &req, out, err);
		rest = bytes_skip(rest, n);
	}
	return code;
}

enum err_code ruleset_encode_compiled(const struct ruleset *set,
				      struct bytes compiled, struct buf *out,
				      struct err *err)
{
	enum err_code code;

	do {
		size_t n = MIN(compiled.n, (size_t)RECORD_RULES_MAX);
		struct req_rules req = {.name = bytes_str("compiled rules"),
					.source = bytes_of(compiled.p, n),
					.last = n == compiled.n,
					.compiled = true};

		code = record_encode(REQ_RULES, &req, out, err);
		compiled = bytes_skip(compiled, n);
	} while (code == ERR_OK && compiled.n);
	if (code == ERR_OK)
		code = encode_magic(buf_bytes(&set->magic), out, err);
	return code;
}

static enum err_code
encode_all(const struct ruleset *set,
	   enum err_code (*encode)(const struct rule_file *f, struct buf *out,
				   struct err *err),
	   struct buf *out, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < set->n_files; i++)
		code = encode(&set->files[i], out, err);
	if (code == ERR_OK)
		code = encode_magic(buf_bytes(&set->magic), out, err);
	return code;
}

enum err_code ruleset_encode(const struct ruleset *set, struct buf *out,
			     struct err *err)
{
	return encode_all(set, encode_whole, out, err);
}

enum err_code ruleset_encode_slim(const struct ruleset *set, struct buf *out,
				  struct err *err)
{
	return encode_all(set, encode_slim, out, err);
}
