/* SPDX-License-Identifier: Apache-2.0 */
/* Small questions to a case: its numbers, a host, an id. */
#include "base/base.h"

#include <ctype.h>

#include "base/text.h"
#include "case/casefile.h"

#define META(key) "SELECT value FROM meta WHERE key = '" key "'"

static enum err_code read_str(struct db *db, const char *sql, char *out,
			      size_t room, struct err *err)
{
	sqlite3_stmt *stmt;
	bool got;
	enum err_code code = db_query(db, sql, DB_NONE, &stmt, err);

	out[0] = '\0';
	if (code == ERR_OK)
		code = db_step(db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	if (got && sqlite3_column_type(stmt, 0) != SQLITE_NULL)
		(void)snprintf(out, room, "%s",
			       (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_reset(stmt);
	return ERR_OK;
}

/* Rows of tables that only grow are numbered from 1 without gaps. */
static const struct {
	size_t at; /* in struct case_info */
	const char *sql;
} numbers[] = {
#define INFO(m) offsetof(struct case_info, m)
	{INFO(n_hosts), "SELECT count(*) FROM hosts WHERE removed_at IS NULL"},
	{INFO(n_findings),
	 "SELECT count(*) FROM findings WHERE exclusion IS NULL"},
	{INFO(n_new_findings),
	 "SELECT count(*) FROM findings WHERE status = 'new'"
	 " AND exclusion IS NULL AND quiet IS NULL"},
	{INFO(n_excluded),
	 "SELECT count(*) FROM findings WHERE exclusion IS NOT NULL"},
	{INFO(n_evidence), "SELECT count(*) FROM evidence_items"},
	{INFO(n_notes), "SELECT count(*) FROM notes"},
	{INFO(n_events), "SELECT max(id) FROM events"},
	{INFO(n_runs), "SELECT count(*) FROM runs"},
	{INFO(evidence_bytes), "SELECT sum(size) FROM evidence_items"},
	{INFO(n_audit), "SELECT max(seq) FROM audit_log"},
#undef INFO
};

enum err_code case_info(struct casefile *cf, struct case_info *info,
			struct err *err)
{
	struct db *db = &cf->reader;
	char created[32];
	uint64_t created_ns;
	enum err_code code;

	*info = (struct case_info){0};
	code = read_str(db, META("name"), info->name, sizeof info->name, err);
	if (code == ERR_OK)
		code = read_str(db, META("tlp"), info->tlp, sizeof info->tlp,
				err);
	if (code == ERR_OK)
		code = read_str(db, META("created_at"), created, sizeof created,
				err);
	if (code == ERR_OK)
		code = read_str(db,
				"SELECT uuid FROM runs ORDER BY id DESC"
				" LIMIT 1",
				info->last_run.s, sizeof info->last_run.s, err);
	for (size_t i = 0; i < ARRAY_SIZE(numbers) && code == ERR_OK; i++) {
		int64_t n;

		code = db_number(db, numbers[i].sql, DB_NONE, &n, err);
		memcpy((char *)info + numbers[i].at, &n, sizeof n);
	}
	info->created_ns = bytes_to_u64(bytes_str(created), &created_ns)
				   ? (int64_t)created_ns
				   : TIME_UNKNOWN;
	return code;
}

#define NEW_FINDINGS                                                           \
	"SELECT count(*) FROM runs r JOIN finding_runs t ON t.run = r.id"      \
	" JOIN findings d ON d.id = t.finding AND d.found_at >= r.started_at"  \
	" WHERE r.uuid = ?1 AND NOT EXISTS (SELECT 1 FROM finding_runs o"      \
	" WHERE o.finding = t.finding AND o.id < t.id)"

/* The file is asked for first: many files are alike, empty ones above all. */
#define BROUGHT                                                                \
	"SELECT count(*) FROM runs r JOIN evidence_items v ON v.run = r.id"    \
	" JOIN files f ON f.id = v.file WHERE r.uuid = ?1"
#define AS_BEFORE                                                              \
	" AND EXISTS (SELECT 1 FROM files g JOIN evidence_items w"             \
	" ON w.file = g.id WHERE g.host = f.host AND g.path = f.path"          \
	" AND g.member IS f.member AND +w.sha256 = v.sha256 AND w.id < v.id"   \
	" AND w.complete)"

enum err_code case_brought(struct casefile *cf, const struct uuid *run,
			   struct case_brought *out, struct err *err)
{
	static const char *const questions[] = {
		NEW_FINDINGS " AND d.exclusion IS NULL",
		NEW_FINDINGS " AND d.exclusion IS NOT NULL",
		BROUGHT,
		BROUGHT AS_BEFORE,
	};
	uint64_t *const answers[ARRAY_SIZE(questions)] = {
		&out->n_findings, &out->n_excluded, &out->n_evidence,
		&out->n_unchanged};
	enum err_code code = ERR_OK;

	*out = (struct case_brought){.n_findings = 0};
	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(questions); i++) {
		int64_t n = 0;

		code = db_number(&cf->reader, questions[i],
				 DB_ARGS(v_text(run->s)), &n, err);
		*answers[i] = (uint64_t)n;
	}
	return code;
}

static void host_from_row(sqlite3_stmt *stmt, struct case_host *host)
{
	struct bytes key = db_column_bytes(stmt, 5);

	*host = (struct case_host){
		.name = db_column_str(stmt, 1),
		.target = db_column_str(stmt, 2),
		.identity = db_column_str(stmt, 3),
		.key_type = db_column_str(stmt, 4),
		.key = key.n ? xmemdup(key.p, key.n) : NULL,
		.key_len = key.n,
		.key_fingerprint = db_column_str(stmt, 6),
		.jump = db_column_str(stmt, 8),
		.escalate = db_column_str(stmt, 9),
		.mode = db_column_str(stmt, 10),
	};
	(void)snprintf(host->id.s, sizeof host->id.s, "%s",
		       (const char *)sqlite3_column_text(stmt, 0));
}

static char *lower(const char *s)
{
	char *copy = xstrdup(s);

	for (char *p = copy; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

#define HOST_SQL                                                               \
	"SELECT uuid, name, target, identity, key_type, key,"                  \
	" key_fingerprint, removed_at, jump, escalate, mode"                   \
	" FROM hosts WHERE name = ?1"                                          \
	" OR uuid = ?2 OR (length(?2) >= 8 AND"                                \
	" substr(uuid, -length(?2)) = ?2)"                                     \
	" ORDER BY name = ?1 DESC, removed_at IS NOT NULL LIMIT 1"

enum err_code case_host_find(struct casefile *cf, const char *name,
			     struct case_host *host, struct err *err)
{
	char *id = lower(name);
	sqlite3_stmt *stmt;
	bool got = false;
	enum err_code code =
		db_query(&cf->reader, HOST_SQL,
			 DB_ARGS(v_text(name), v_text(id)), &stmt, err);

	*host = (struct case_host){0};
	if (code == ERR_OK)
		code = db_step(&cf->reader, stmt, &got, err);
	if (code == ERR_OK && !got)
		code = err_set(err, ERR_NOTFOUND,
			       "there is no host %s in the case",
			       shown_str(without_password(name)).s);
	else if (code == ERR_OK && sqlite3_column_type(stmt, 7) != SQLITE_NULL)
		code = err_set(err, ERR_NOTFOUND,
			       "the host %s was removed from the case",
			       shown_str(name).s);
	else if (code == ERR_OK)
		host_from_row(stmt, host);
	sqlite3_reset(stmt);
	free(id);
	return code;
}

void case_host_release(struct case_host *host)
{
	free(host->name);
	free(host->target);
	free(host->identity);
	free(host->key_type);
	free(host->key);
	free(host->key_fingerprint);
	free(host->jump);
	free(host->escalate);
	free(host->mode);
	*host = (struct case_host){0};
}

#define ID_DIGITS_MIN 4

static enum err_code two_ids(struct casefile *cf, sqlite3_stmt *stmt,
			     const char *view, const char *typed,
			     struct uuid *id, struct err *err)
{
	bool got;
	enum err_code code = db_step(&cf->reader, stmt, &got, err);

	if (code == ERR_OK && !got)
		return err_set(err, ERR_NOTFOUND, "there is no %s %s", view,
			       shown_str(typed).s);
	if (code != ERR_OK)
		return code;
	(void)snprintf(id->s, sizeof id->s, "%s",
		       (const char *)sqlite3_column_text(stmt, 0));
	code = db_step(&cf->reader, stmt, &got, err);
	if (code == ERR_OK && got)
		return err_set(err, ERR_USAGE,
			       "more than one %s ends in %s: type more of it",
			       view, shown_str(typed).s);
	return code;
}

enum err_code case_find_id(struct casefile *cf, const char *view,
			   const char *typed, struct uuid *id, struct err *err)
{
	const struct view *v = view_find(view);
	int column = v ? view_column(v, "id") : -1;
	sqlite3_stmt *stmt = NULL;
	char *low, *sql;
	enum err_code code;

	if (column < 0 || v->columns[column].kind != COLUMN_ID)
		BUG("view %s has no ids", view);
	if (strlen(typed) < ID_DIGITS_MIN)
		return err_set(err, ERR_USAGE,
			       "'%s' is too short for an id: at least %d "
			       "digits",
			       shown_str(typed).s, ID_DIGITS_MIN);
	low = lower(typed);
	sql = xasprintf("SELECT id FROM %s WHERE id = ?1"
			" OR substr(id, -length(?1)) = ?1 LIMIT 2",
			v->name);
	code = db_prepare(&cf->reader, sql, &stmt, err);
	if (code == ERR_OK)
		code = db_bind(&cf->reader, stmt, DB_ARGS(v_text(low)), err);
	if (code == ERR_OK)
		code = two_ids(cf, stmt, v->name, typed, id, err);
	sqlite3_finalize(stmt);
	free(sql);
	free(low);
	return code;
}
