/* SPDX-License-Identifier: Apache-2.0 */
/* What a judge does not know. */
#include "base/base.h"
#include "base/text.h"
#include "case/judge_gaps.h"

/* Logs of logins, and those that all is logged in. */
#define EVENT_FILES                                                            \
	"/var/log/auth.log* /var/log/secure* /var/log/syslog*"                 \
	" /var/log/messages* /var/log/wtmp* /var/log/btmp* /var/log/journal/*"

/* Where it is asked, and of which host. */
struct at {
	struct db *db;
	int64_t host;
};

/* Rows of coverage since the last triage that took all files. */
#define SINCE                                                                  \
	"coalesce((SELECT max(k.run) FROM main.picture_kinds k"                \
	" WHERE k.host = ?1 AND k.kind = 'files'), (SELECT max(p.run)"         \
	" FROM main.pictures p WHERE p.host = ?1), 0)"

const char *judge_gap_kind(size_t kind)
{
	return kind < n_fact_kinds ? fact_kinds[kind].name : "event";
}

/* A statement of the host and a text, at its first row; got: there is one. */
static enum err_code ask(const struct at *at, const char *sql, const char *text,
			 sqlite3_stmt **stmt, bool *got, struct err *err)
{
	enum err_code code =
		db_query(at->db, sql, DB_ARGS(v_int(at->host), v_text(text)),
			 stmt, err);

	*got = false;
	return code == ERR_OK ? db_step(at->db, *stmt, got, err) : code;
}

static enum err_code ask_number(const struct at *at, const char *sql,
				int64_t *out, struct err *err)
{
	return db_number(at->db, sql, DB_ARGS(v_int(at->host)), out, err);
}

/* The newest triage that told all of that kind; 0: none did. */
static enum err_code newest_whole(const struct at *at, const char *kind,
				  int64_t *run, struct err *err)
{
	return db_number(at->db,
			 "SELECT max(run) FROM main.picture_kinds"
			 " WHERE host = ?1 AND kind = ?2",
			 DB_ARGS(v_int(at->host), v_text(kind)), run, err);
}

/* ---- told live ---- */

/* As the newest triage has it: its row, and the last word of that source. */
#define LAST_WORD                                                              \
	"SELECT p.run, c.outcome, c.reason FROM (SELECT max(run) AS run"       \
	" FROM main.pictures WHERE host = ?1) p LEFT JOIN main.coverage_rows"  \
	" c ON c.host = ?1 AND c.run >= p.run AND c.what = 'triage'"           \
	" AND c.path = CAST(?2 AS BLOB) WHERE p.run IS NOT NULL"               \
	" ORDER BY c.id DESC LIMIT 1"

/* Whether that was never meant to be told. */
static bool was_left_out(struct bytes reason)
{
	return bytes_eq(reason, bytes_str("not-live")) ||
	       bytes_eq(reason, bytes_str("no-probe"));
}

static enum err_code look_live(const struct at *at,
			       const struct fact_kind *kind,
			       struct judge_gap *gap, struct err *err)
{
	struct bytes outcome = {0}, reason = {0};
	sqlite3_stmt *stmt = NULL;
	int64_t before = 0;
	bool triaged;
	enum err_code code =
		ask(at, LAST_WORD, kind->source, &stmt, &triaged, err);

	if (code == ERR_OK)
		code = newest_whole(at, kind->name, &before, err);
	if (code == ERR_OK && triaged) {
		outcome = db_column_bytes(stmt, 1);
		reason = db_column_bytes(stmt, 2);
	}
	if (code == ERR_OK && !triaged) {
		gap->why = xstrdup("no triage told it");
	} else if (code == ERR_OK && !fact_source_is_whole(outcome, reason)) {
		gap->failed = !was_left_out(reason);
		gap->why = xasprintf(
			"%s: %s%s", kind->source,
			outcome.n ? shown(reason).s
				  : "the triage did not come to it",
			before ? "; what an earlier triage told was judged"
			       : "");
	}
	sqlite3_reset(stmt);
	return code;
}

/* More of them were told than the case takes: what is missing may be what was
 * looked for. */
#define LEFT_OUT                                                               \
	"SELECT 1 FROM main.coverage_rows c WHERE c.host = ?1"                 \
	" AND c.what = 'facts' AND c.path = CAST(?2 AS BLOB)"                  \
	" AND c.run >= coalesce((SELECT max(run) FROM main.pictures"           \
	" WHERE host = ?1), 0) LIMIT 1"

static enum err_code look_left_out(const struct at *at, const char *kind,
				   struct judge_gap *gap, struct err *err)
{
	int64_t some = 0;
	enum err_code code = db_number(at->db, LEFT_OUT,
				       DB_ARGS(v_int(at->host), v_text(kind)),
				       &some, err);

	if (code == ERR_OK && some) {
		gap->failed = true;
		gap->why = xstrdup("the host told more of them than the case "
				   "takes");
	}
	return code;
}

/* ---- said by files ---- */

/* A place that is meant and was not had: the file itself, or a folder above it.
 * What was taken since is there. */
#define NOT_HAD                                                                \
	"SELECT words(c.path), c.reason, count(*) OVER ()"                     \
	" FROM main.coverage_rows c WHERE c.host = ?1 AND c.run >= " SINCE     \
	" AND length(c.path) AND ((c.outcome = 'failed' AND c.reason NOT IN"   \
	" ('not-found', 'vanished', 'package-database', 'unknown-user'))"      \
	" OR (c.outcome = 'skipped' AND c.reason IN ('size', 'sparse',"        \
	" 'stopped', 'memory-pressure', 'depth', 'loop')))"                    \
	" AND (words(c.path) GLOB ?2 OR ?2 GLOB words(c.path) || '/*')"        \
	" AND NOT EXISTS (SELECT 1 FROM main.files f JOIN main.evidence_items" \
	" v ON v.file = f.id WHERE f.host = ?1 AND f.path = c.path"            \
	" AND v.complete = 1 AND v.run >= c.run) ORDER BY c.id LIMIT 1"

static enum err_code look_at_files(const struct at *at, const char *glob,
				   struct judge_gap *gap, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got;
	enum err_code code = ask(at, NOT_HAD, glob, &stmt, &got, err);

	if (code == ERR_OK && got) {
		int64_t n = db_column_value(stmt, 2).i;

		gap->failed = true;
		gap->why =
			xasprintf("%s: %s", shown(db_column_bytes(stmt, 0)).s,
				  shown(db_column_bytes(stmt, 1)).s);
		if (n > 1) {
			char *first = gap->why;

			gap->why = xasprintf("%s, and %" PRId64 " more", first,
					     n - 1);
			free(first);
		}
	}
	sqlite3_reset(stmt);
	return code;
}

/* Taken, and read by nobody: what it says is not in the case yet. */
#define UNREAD                                                                 \
	"SELECT words(f.path) FROM main.evidence_items v JOIN main.files f"    \
	" ON f.id = v.file WHERE v.host = ?1 AND v.run >= " SINCE              \
	" AND (f.size > 0 OR f.mode & 61440 = 40960)" /* nothing is in others  \
						       */                      \
	" AND words(f.path) GLOB ?2 AND NOT EXISTS (SELECT 1"                  \
	" FROM main.coverage_rows c WHERE c.host = ?1 AND c.run >= v.run"      \
	" AND c.path = f.path AND c.what NOT IN ('collect', 'triage'))"        \
	" AND NOT EXISTS (SELECT 1 FROM main.facts a WHERE a.evidence = v.id)" \
	" AND NOT EXISTS (SELECT 1 FROM main.events e WHERE e.evidence = "     \
	"v.id)"                                                                \
	" LIMIT 1"

static enum err_code look_unread(const struct at *at, const char *glob,
				 struct judge_gap *gap, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool got;
	enum err_code code = ask(at, UNREAD, glob, &stmt, &got, err);

	if (code == ERR_OK && got) {
		gap->failed = true;
		gap->why = xasprintf("%s was not read yet: `halligan parse`",
				     shown(db_column_bytes(stmt, 0)).s);
	}
	sqlite3_reset(stmt);
	return code;
}

static enum err_code look_said(const struct at *at, const char *files,
			       struct judge_gap *gap, struct err *err)
{
	struct bytes rest = bytes_str(files), glob;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && !gap->why && bytes_split(&rest, ' ', &glob)) {
		char *text = bytes_to_str(glob);

		code = look_at_files(at, text, gap, err);
		if (code == ERR_OK && !gap->why)
			code = look_unread(at, text, gap, err);
		free(text);
	}
	return code;
}

/* What is so of all files: none were taken, or not all. */
static enum err_code look_at_all(const struct at *at, struct judge_gap *gap,
				 struct err *err)
{
	int64_t begun = 0, whole = 0, taken = 0;
	enum err_code code = ask_number(
		at, "SELECT max(run) FROM main.pictures WHERE host = ?1",
		&begun, err);

	if (code == ERR_OK)
		code = newest_whole(at, "files", &whole, err);
	if (code == ERR_OK)
		code = ask_number(at,
				  "SELECT count(*) FROM main.evidence_items"
				  " WHERE host = ?1",
				  &taken, err);
	if (code != ERR_OK)
		return code;
	if (!taken && whole < begun) {
		gap->failed = true;
		gap->why = xstrdup("the triage took no files");
	} else if (!taken && !begun) {
		gap->why = xstrdup("no files were taken");
	}
	return ERR_OK;
}

enum err_code judge_gaps_read(struct db *db, int64_t host,
			      struct judge_gaps *out, struct err *err)
{
	const struct at here = {db, host}, *at = &here;
	struct judge_gap all = {0};
	enum err_code code = look_at_all(at, &all, err);

	*out = (struct judge_gaps){0};
	for (size_t i = 0; code == ERR_OK && i <= n_fact_kinds; i++) {
		const struct fact_kind *kind =
			i < n_fact_kinds ? &fact_kinds[i] : NULL;
		const char *files = kind ? kind->files : EVENT_FILES;
		struct judge_gap *gap = &out->of[i];

		if (kind)
			code = look_left_out(at, kind->name, gap, err);
		if (code != ERR_OK || gap->why)
			continue;
		if (kind && kind->source) {
			code = look_live(at, kind, gap, err);
		} else if (all.why) {
			gap->why = xstrdup(all.why);
			gap->failed = all.failed;
		} else if (files) {
			code = look_said(at, files, gap, err);
		}
	}
	free(all.why);
	return code;
}

void judge_gaps_release(struct judge_gaps *gaps)
{
	for (size_t i = 0; i < ARRAY_SIZE(gaps->of); i++)
		free(gaps->of[i].why);
	*gaps = (struct judge_gaps){0};
}
