/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known false positives. The one place where it is decided that an exclusion
 * covers a finding: when the finding is stored, and for those that are there
 * when an exclusion comes or goes. Nothing is deleted: a finding names what
 * covers it, and its verdict stays as people left it.
 */
#include "base/base.h"
#include "base/glob.h"
#include "base/text.h"
#include "case/book.h"

#define WORDS_BYTES 4096

/* All of an exclusion but its path, which is a glob. */
#define COVERS                                                                 \
	" (x.rule IS NULL OR x.rule = d.rule)"                                 \
	" AND (x.sha256 IS NULL OR x.sha256 = d.sha256)"                       \
	" AND (x.host IS NULL OR x.host = d.host)"

/* Whether the path is one that the exclusion means; no glob: any is. */
static enum err_code path_fits(struct bytes pattern, struct bytes path,
			       bool *fits, struct err *err)
{
	struct glob *glob = NULL;
	enum err_code code = ERR_OK;

	*fits = pattern.n == 0;
	if (*fits)
		return ERR_OK;
	code = glob_compile(pattern, &glob, err);
	if (code == ERR_OK)
		*fits = glob_matches(glob, path);
	glob_free(glob);
	return code;
}

/* Steps through rows of (id, glob, path) to the first that fits; 0: none. */
static enum err_code first_fit(struct book *book, sqlite3_stmt *stmt,
			       int64_t *id, struct err *err)
{
	bool got = true, fits = false;
	enum err_code code = ERR_OK;

	*id = 0;
	while (code == ERR_OK && got && !fits) {
		code = db_step(&book->db, stmt, &got, err);
		if (code != ERR_OK || !got)
			break;
		*id = sqlite3_column_int64(stmt, 0);
		code = path_fits(db_column_bytes(stmt, 1),
				 db_column_bytes(stmt, 2), &fits, err);
	}
	if (!fits)
		*id = 0;
	sqlite3_reset(stmt);
	return code;
}

static enum err_code set_exclusion(struct book *book, int64_t finding,
				   int64_t exclusion, struct err *err)
{
	return db_run(&book->db,
		      "UPDATE findings SET exclusion = ? WHERE id = ?",
		      DB_ARGS(v_ref(exclusion), v_int(finding)), err);
}

/* What a glob may be of: the file, and what a check found, which need not be
 * a path. */
#define PLACES " (SELECT 0 AS k UNION ALL SELECT 1) "
#define PLACE                                                                  \
	"CASE k WHEN 0 THEN d.path ELSE CAST(iif(d.object GLOB '/*', '', '/')" \
	" || d.object AS BLOB) END"
#define IS_PLACE " (k = 0 OR d.object IS NOT NULL) "

#define WHAT_COVERS                                                            \
	"SELECT x.id, x.path, " PLACE " FROM exclusions x, findings d," PLACES    \
	" WHERE" IS_PLACE "AND d.id = ? AND d.exclusion IS NULL AND x.removed_at IS NULL"     \
	" AND" COVERS " ORDER BY x.id"

enum err_code exclusion_judge(struct book *book, int64_t finding,
			      struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t exclusion = 0;
	enum err_code code = db_query(&book->db, WHAT_COVERS,
				      DB_ARGS(v_int(finding)), &stmt, err);

	if (code == ERR_OK)
		code = first_fit(book, stmt, &exclusion, err);
	if (code == ERR_OK && exclusion)
		code = set_exclusion(book, finding, exclusion, err);
	return code;
}

#define WHAT_IS_COVERED                                                        \
	"SELECT d.id, x.path, " PLACE " FROM exclusions x, findings d," PLACES    \
	" WHERE" IS_PLACE "AND x.id = ? AND d.id > ? AND d.exclusion IS NULL AND" COVERS      \
	" ORDER BY d.id"

/* A new exclusion and the findings that are there already. */
static enum err_code cover(struct book *book, int64_t exclusion, int64_t at_ns,
			   struct err *err)
{
	int64_t finding = 0;
	enum err_code code;

	do {
		sqlite3_stmt *stmt;

		code = db_query(&book->db, WHAT_IS_COVERED,
				DB_ARGS(v_int(exclusion), v_int(finding)),
				&stmt, err);
		if (code == ERR_OK)
			code = first_fit(book, stmt, &finding, err);
		if (code != ERR_OK || !finding)
			break;
		code = set_exclusion(book, finding, exclusion, err);
		if (code == ERR_OK)
			code = audit_row(&book->audit, T_FINDINGS, finding, 0,
					 at_ns, err);
	} while (code == ERR_OK);
	return code;
}

/* What it covered is judged by the others. */
static enum err_code uncover(struct book *book, int64_t exclusion,
			     int64_t at_ns, struct err *err)
{
	int64_t finding = 0;
	enum err_code code;

	do {
		code = db_number(&book->db,
				 "UPDATE findings SET exclusion = NULL"
				 " WHERE id = (SELECT min(id) FROM findings"
				 " WHERE exclusion = ? AND id > ?)"
				 " RETURNING id",
				 DB_ARGS(v_int(exclusion), v_int(finding)),
				 &finding, err);
		if (code != ERR_OK || !finding)
			break;
		code = exclusion_judge(book, finding, err);
		if (code == ERR_OK)
			code = audit_row(&book->audit, T_FINDINGS, finding, 0,
					 at_ns, err);
	} while (code == ERR_OK);
	return code;
}

static bool is_words(const char *s)
{
	return !s || (*s && strlen(s) <= WORDS_BYTES &&
		      utf8_is_valid(bytes_str(s)));
}

static enum err_code check(const struct change_exclusion *x, struct err *err)
{
	char hex[HASH_HEX_MAX];
	bool fits;

	if (!x->rule && !x->sha256 && !x->path)
		return err_set(err, ERR_USAGE,
			       "exclude what? a rule, a hash or a path");
	if (!x->reason)
		return err_set(err, ERR_USAGE,
			       "an exclusion wants a reason: others will ask "
			       "why this is harmless");
	if (!is_words(x->rule) || !is_words(x->path) || !is_words(x->reason))
		return err_set(err, ERR_USAGE,
			       "rule, path and reason of an exclusion are "
			       "UTF-8, not empty, %d bytes at most",
			       WORDS_BYTES);
	if (x->sha256 && (strlen(x->sha256) != 2 * (size_t)SHA256_LEN ||
			  !hash_text(bytes_str(x->sha256), hex)))
		return err_set(err, ERR_USAGE, "'%s' is no SHA-256",
			       shown_str(x->sha256).s);
	if (!x->path)
		return ERR_OK;
	return path_fits(bytes_str(x->path), bytes_str("/"), &fits, err);
}

enum err_code apply_exclusion_add(struct book *book, const struct change *c,
				  struct err *err)
{
	const struct change_exclusion *x = &c->u.exclusion;
	struct uuid id = uuid_v7();
	char sha256[HASH_HEX_MAX];
	int64_t row, host;
	enum err_code code = check(x, err);

	if (code == ERR_OK)
		code = book_host(book, &c->host, &host, err);
	if (code != ERR_OK)
		return code;
	(void)hash_text(bytes_str(x->sha256 ? x->sha256 : ""), sha256);
	for (char *p = sha256; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
	code = db_insert(&book->db,
			 "INSERT INTO exclusions (uuid, rule, sha256, path,"
			 " host, reason, added_at, added_by)"
			 " VALUES (?,?,?,?,?,?,?,?)",
			 DB_ARGS(v_text(x->id ? x->id : id.s), v_text(x->rule),
				 v_text(*sha256 ? sha256 : NULL),
				 v_text(x->path), v_ref(host),
				 v_text(x->reason), v_int(c->at_ns),
				 v_text(book->actor)),
			 &row, err);
	if (code == ERR_OK)
		code = audit_one(book, c,
				 (struct touched){T_EXCLUSIONS, row, host},
				 NULL, err);
	return code == ERR_OK ? cover(book, row, c->at_ns, err) : code;
}

enum err_code apply_exclusion_remove(struct book *book, const struct change *c,
				     struct err *err)
{
	int64_t row;
	enum err_code code = book_find(book,
				       "SELECT id FROM exclusions WHERE uuid ="
				       " ? AND removed_at IS NULL",
				       "exclusion", c->u.exclusion.id, &row,
				       err);

	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE exclusions SET removed_at = ?"
			      " WHERE id = ?",
			      DB_ARGS(v_int(c->at_ns), v_int(row)), err);
	if (code == ERR_OK)
		code = audit_one(book, c,
				 (struct touched){T_EXCLUSIONS, row, 0}, NULL,
				 err);
	return code == ERR_OK ? uncover(book, row, c->at_ns, err) : code;
}
