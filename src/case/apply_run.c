/* SPDX-License-Identifier: Apache-2.0 */
/* Runs: begin, how each host fares, end, and those that were cut off. */
#include "base/base.h"
#include "base/json.h"
#include "base/text.h"
#include "case/book.h"

static const char *const final_states[] = {"done", "failed", "partial",
					   "cancelled", "interrupted"};

static bool is_final(const char *state)
{
	for (size_t i = 0; i < ARRAY_SIZE(final_states); i++)
		if (strcmp(state, final_states[i]) == 0)
			return true;
	return false;
}

/* One that is reached again begins a stream with numbers of its own. */
static bool ends_stream(const char *state)
{
	return is_final(state) || strcmp(state, "reconnecting") == 0;
}

static enum err_code audit_run(struct book *book, const char *action,
			       int64_t at_ns, int64_t row, struct err *err)
{
	return audit_add(&book->audit,
			 &(struct audit_entry){.action = action,
					       .at_ns = at_ns,
					       .has_rows = true,
					       .table = T_RUNS,
					       .first = row,
					       .last = row},
			 err);
}

#define BEGUN_MAX (2u << 20) /* how, which has up to 256 KiB, as JSON */

/* What it takes up, and that it takes secrets, is told in words: the log is
 * read without the rows. How it goes about it is here alone: whoever takes it
 * up reads it. */
static enum err_code audit_begun(struct book *book, const struct change *c,
				 int64_t row, struct err *err)
{
	struct touched run = {T_RUNS, row, 0};
	struct buf detail;
	struct json json;
	enum err_code code;

	if (!c->u.run.resumes && !c->u.run.with_secrets && !c->u.run.how)
		return audit_one(book, c, run, NULL, err);
	buf_init(&detail, BEGUN_MAX);
	json = json_to(&detail);
	json_begin_object(&json, NULL);
	if (c->u.run.resumes)
		json_str(&json, "resumes", c->u.run.resumes);
	if (c->u.run.with_secrets)
		json_bool(&json, "with_secrets", true);
	if (c->u.run.how)
		json_str(&json, "how", c->u.run.how);
	json_end_object(&json);
	code = audit_one(book, c, run, buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

enum err_code apply_run_begin(struct book *book, const struct change *c,
			      struct err *err)
{
	const struct change_run *r = &c->u.run;
	int64_t row;
	enum err_code code;

	if (!uuid_is_valid(c->run.s))
		return err_set(err, ERR_USAGE, "a run needs an id");
	code = db_insert(&book->db,
			 "INSERT INTO runs (uuid, op, command, rules_sha256,"
			 " started_at, started_by, owner, state,"
			 " code, n_rules, rules_form, source, source_sha256,"
			 " words, hunt, resumes, rule_names)"
			 " VALUES (?1,?2,?3,?4,?5,?6,?7,'running','ok',?8,?9,"
			 "?10,?11,?12, (SELECT id FROM hunts WHERE uuid = ?13),"
			 " (SELECT id FROM runs WHERE uuid = ?14),"
			 " CASE WHEN NOT EXISTS (SELECT 1 FROM runs x WHERE"
			 " x.rules_sha256 = ?4 AND x.rule_names IS NOT NULL)"
			 " THEN ?15 END)",
			 DB_ARGS(v_text(c->run.s), v_text(r->op ? r->op : ""),
				 v_text(r->command), v_text(r->rules_sha256),
				 v_int(c->at_ns), v_text(book->actor),
				 v_text(book->owner),
				 r->rules_sha256 ? v_u64(r->n_rules) : v_null(),
				 v_text(r->rules_form), v_text(r->source),
				 v_text(r->source_sha256), v_text(r->words),
				 v_text(r->hunt),
				 v_text(r->resumes), v_text(r->rule_names)),
			 &row, err);
	if (code != ERR_OK)
		return code;
	return audit_begun(book, c, row, err);
}

static enum err_code its_run(struct book *book, const struct change *c,
			     int64_t *row, struct err *err)
{
	enum err_code code = book_run(book, &c->run, row, err);

	if (code == ERR_OK && !*row)
		return err_set(err, ERR_USAGE, "which run?");
	return code;
}

/* Why a host's word that this was all is not taken: in coverage, and for
 * people. */
static const struct {
	const char *reason, *message;
} doubts[] = {
	{REASON_REFUSED, "some of what it said made no sense and was refused, "
			 "see the audit log"},
	{REASON_HASH, "the content of a file is not what its hash says, see "
		      "its evidence"},
};

/* The first of these there is in the run; NULL: none. host 0: of any. */
static enum err_code find_doubt(struct book *book, int64_t run, int64_t host,
				const char **message, struct err *err)
{
	enum err_code code = ERR_OK;

	*message = NULL;
	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(doubts); i++) {
		int64_t row = 0;

		code = db_number(&book->db,
				 "SELECT id FROM coverage_rows WHERE run = ?1"
				 " AND (host = ?2 OR ?2 = 0)"
				 " AND outcome = 'failed' AND reason = ?3"
				 " LIMIT 1",
				 DB_ARGS(v_int(run), v_int(host),
					 v_text(doubts[i].reason)),
				 &row, err);
		if (row && !*message)
			*message = doubts[i].message;
	}
	return code;
}

static enum err_code judge_done(struct book *book, int64_t run, int64_t host,
				struct change_run_host *h, struct err *err)
{
	const char *doubt = NULL;
	enum err_code code = ERR_OK;

	if (strcmp(h->state, "done") == 0)
		code = find_doubt(book, run, host, &doubt, err);
	if (doubt) {
		h->state = "partial";
		h->code = ERR_PARTIAL;
		h->message = doubt;
	}
	return code;
}

static enum err_code put_run_host(struct book *book, const struct change *c,
				  int64_t run, int64_t host, int64_t *row,
				  struct err *err)
{
	struct change_run_host said = c->u.run_host;
	const struct change_run_host *h = &said;
	enum err_code code = judge_done(book, run, host, &said, err);

	if (code != ERR_OK)
		return code;
	return db_number(
		&book->db,
		"INSERT INTO run_hosts (run, host, state, code, message,"
		" footprint, jail, files, bytes, matches, changed_at,"
		" cursor_root, cursor, engine, cpu_ns, rss_bytes,"
		" probe_sha256, mode, ran_as, attempts, zone, zone_source,"
		" zone_evidence)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
		" (SELECT id FROM evidence_items WHERE uuid = ?))"
		" ON CONFLICT (run, host) DO UPDATE SET"
		" state = excluded.state, code = excluded.code,"
		" message = excluded.message,"
		" footprint = coalesce(excluded.footprint, footprint),"
		" jail = coalesce(excluded.jail, jail),"
		" probe_sha256 = coalesce(excluded.probe_sha256,"
		" probe_sha256),"
		" files = max(files, excluded.files),"
		" bytes = max(bytes, excluded.bytes),"
		" matches = max(matches, excluded.matches),"
		" cursor_root = coalesce(excluded.cursor_root, cursor_root),"
		" cursor = coalesce(excluded.cursor, cursor),"
		" engine = coalesce(excluded.engine, engine),"
		" cpu_ns = coalesce(excluded.cpu_ns, cpu_ns),"
		" rss_bytes = coalesce(excluded.rss_bytes, rss_bytes),"
		" mode = coalesce(excluded.mode, mode),"
		" ran_as = coalesce(excluded.ran_as, ran_as),"
		" attempts = coalesce(excluded.attempts, attempts),"
		" zone = coalesce(excluded.zone, zone),"
		" zone_source = coalesce(excluded.zone_source, zone_source),"
		" zone_evidence = coalesce(excluded.zone_evidence,"
		" zone_evidence),"
		" changed_at = excluded.changed_at RETURNING id",
		DB_ARGS(v_int(run), v_int(host), v_text(h->state),
			v_text(err_name(h->code)), v_text(h->message),
			v_text(h->footprint), v_text(h->jail), v_u64(h->files),
			v_u64(h->bytes), v_u64(h->matches), v_int(c->at_ns),
			h->cursor.n ? v_u64(h->cursor_root) : v_null(),
			h->cursor.n ? v_blob(h->cursor) : v_null(),
			v_text(h->engine),
			h->cpu_ns ? v_u64(h->cpu_ns) : v_null(),
			h->rss_bytes ? v_u64(h->rss_bytes) : v_null(),
			v_text(h->probe_sha256), v_text(h->mode),
			v_text(h->ran_as),
			h->attempts ? v_u64(h->attempts) : v_null(),
			v_text(h->zone), v_text(h->zone_source),
			v_text(h->zone_evidence)),
		row, err);
}

/* A triage that came to its end has taken all files that it was to take. */
static enum err_code picture_files(struct book *book, const struct change *c,
				   int64_t run, int64_t host, struct err *err)
{
	int64_t row = 0;
	enum err_code code = db_number(
		&book->db,
		"INSERT INTO picture_kinds (host, run, kind)"
		" SELECT p.host, p.run, 'files' FROM run_hosts s"
		" JOIN runs r ON r.id = s.run JOIN pictures p"
		" ON p.host = s.host AND p.run = coalesce(r.resumes, r.id)"
		" WHERE s.run = ?1 AND s.host = ?2 AND s.state = 'done'"
		" AND NOT EXISTS (SELECT 1 FROM picture_kinds k"
		" WHERE k.host = p.host AND k.run = p.run"
		" AND k.kind = 'files') RETURNING id",
		DB_ARGS(v_int(run), v_int(host)), &row, err);

	if (code != ERR_OK || !row)
		return code;
	return audit_row(&book->audit, T_PICTURE_KINDS, row, host, c->at_ns,
			 err);
}

/* What somebody said of a host is remembered as long as it says nothing
 * itself. */
static enum err_code keep_zone(struct book *book, const struct change *c,
			       int64_t host, struct err *err)
{
	const struct change_run_host *h = &c->u.run_host;
	int64_t row = 0;
	enum err_code code;

	if (!h->zone_source || strcmp(h->zone_source, "--zone") != 0)
		return ERR_OK;
	code = db_number(&book->db,
			 "UPDATE hosts SET zone = ?1, zone_source = ?2"
			 " WHERE id = ?3 AND (zone_source IS NULL"
			 " OR (zone_source = ?2 AND zone IS NOT ?1))"
			 " RETURNING id",
			 DB_ARGS(v_text(h->zone), v_text(h->zone_source),
				 v_int(host)),
			 &row, err);
	if (code != ERR_OK || !row)
		return code;
	return audit_row(&book->audit, T_HOSTS, row, host, c->at_ns, err);
}

enum err_code apply_run_host(struct book *book, const struct change *c,
			     struct err *err)
{
	int64_t run, host, row;
	enum err_code code = its_run(book, c, &run, err);

	if (code == ERR_OK)
		code = book_host(book, &c->host, &host, err);
	if (code == ERR_OK && (!host || !c->u.run_host.state))
		return err_set(err, ERR_USAGE, "the state of which host?");
	if (code == ERR_OK)
		code = put_run_host(book, c, run, host, &row, err);
	if (code == ERR_OK)
		code = audit_add(
			&book->audit,
			&(struct audit_entry){.action = change_action(c->kind),
					      .at_ns = c->at_ns,
					      .host = host,
					      .has_rows = true,
					      .table = T_RUN_HOSTS,
					      .first = row,
					      .last = row},
			err);
	if (code == ERR_OK)
		code = picture_files(book, c, run, host, err);
	if (code == ERR_OK)
		code = keep_zone(book, c, host, err);
	if (code == ERR_OK && ends_stream(c->u.run_host.state))
		code = streams_end(book, run, host, c->at_ns, err);
	return code;
}

static const char *end_state(enum err_code code)
{
	if (code == ERR_OK)
		return "done";
	if (code == ERR_PARTIAL)
		return "partial";
	return code == ERR_CANCELLED ? "cancelled" : "failed";
}

enum err_code apply_run_end(struct book *book, const struct change *c,
			    struct err *err)
{
	const struct change_run_end *e = &c->u.run_end;
	int64_t run;
	const char *doubt = NULL;
	enum err_code end = e->code, code = its_run(book, c, &run, err);

	if (code == ERR_OK)
		code = find_doubt(book, run, 0, &doubt, err);
	if (end == ERR_OK && doubt)
		end = ERR_PARTIAL;
	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE runs SET ended_at = ?, state = ?,"
			      " code = ?, message = ? WHERE id = ?",
			      DB_ARGS(v_int(c->at_ns),
				      v_text(end_state(end)),
				      v_text(err_name(end)),
				      v_text(e->message), v_int(run)),
			      err);
	if (code == ERR_OK)
		code = audit_run(book, change_action(c->kind), c->at_ns, run,
				 err);
	if (code == ERR_OK)
		code = streams_end(book, run, 0, c->at_ns, err);
	return code;
}

/* Every row that the statement changes and returns gets its audit row. */
static enum err_code close_rows(struct book *book, const char *sql,
				enum table_id table, int64_t run,
				struct err *err)
{
	int64_t now = time_now_ns(), row = 1;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && row) {
		code = db_number(&book->db, sql, DB_ARGS(v_int(run)), &row,
				 err);
		if (code == ERR_OK && row)
			code = audit_row(&book->audit, table, row, 0, now, err);
	}
	return code;
}

#define CUT_HOSTS                                                              \
	"UPDATE run_hosts SET state = 'interrupted' WHERE id ="                \
	" (SELECT id FROM run_hosts WHERE run = ? AND state NOT IN"            \
	" ('done','failed','partial','cancelled','interrupted') LIMIT 1)"      \
	" RETURNING id"
/* What it has of a file that was under way is known by the pieces. */
#define CUT_EVIDENCE                                                           \
	"UPDATE evidence_items SET size = (SELECT coalesce(sum(p.size), 0)"    \
	" FROM pieces p WHERE p.evidence = evidence_items.id),"                \
	" reason = 'interrupted' WHERE id = (SELECT id FROM"                   \
	" evidence_items WHERE run = ? AND size IS NULL LIMIT 1)"              \
	" RETURNING id"

static enum err_code interrupt(struct book *book, int64_t run, struct err *err)
{
	enum err_code code = db_run(
		&book->db,
		"UPDATE runs SET state = 'interrupted', code = 'cancelled',"
		" message = 'the program ended before the run' WHERE id = ?",
		DB_ARGS(v_int(run)), err);

	if (code == ERR_OK)
		code = audit_run(book, "run.interrupted", time_now_ns(), run,
				 err);
	if (code == ERR_OK)
		code = close_rows(book, CUT_HOSTS, T_RUN_HOSTS, run, err);
	if (code == ERR_OK)
		code = close_rows(book, CUT_EVIDENCE, T_EVIDENCE, run, err);
	return code;
}

/* The next run after `from` that is under way, and whose it is. */
static enum err_code next_running(struct book *book, int64_t from, int64_t *row,
				  char owner[OWNER_MAX], struct err *err)
{
	sqlite3_stmt *stmt;
	bool got;
	enum err_code code = db_query(&book->db,
				      "SELECT id, owner FROM runs"
				      " WHERE state = 'running' AND id > ?"
				      " ORDER BY id LIMIT 1",
				      DB_ARGS(v_int(from)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(&book->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	*row = got ? sqlite3_column_int64(stmt, 0) : 0;
	(void)snprintf(owner, OWNER_MAX, "%s",
		       got ? (const char *)sqlite3_column_text(stmt, 1) : "");
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err_code book_recover(struct book *book, struct err *err)
{
	char owner[OWNER_MAX];
	int64_t run = 0;
	enum err_code code = ERR_OK;

	do {
		code = next_running(book, run, &run, owner, err);
		if (code == ERR_OK && run &&
		    (strcmp(owner, book->owner) == 0 || owner_is_gone(owner)))
			code = interrupt(book, run, err);
	} while (code == ERR_OK && run);
	return code;
}
