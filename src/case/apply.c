/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that people make: hosts, notes, verdicts, exports. */
#include "base/base.h"
#include "base/json.h"
#include "base/text.h"
#include "case/book.h"

#define NAME_MAX_BYTES 120        /* of a host: fronts keep it in 128 */
#define BODY_MAX_BYTES (1u << 20) /* of a note */
#define DETAIL_MAX     (8u << 20)

enum err_code audit_one(struct book *book, const struct change *c,
			struct touched what, const char *detail,
			struct err *err)
{
	return audit_add(&book->audit,
			 &(struct audit_entry){.action = change_action(c->kind),
					       .at_ns = c->at_ns,
					       .host = what.host,
					       .has_rows = what.row != 0,
					       .table = what.table,
					       .first = what.row,
					       .last = what.row,
					       .detail = detail},
			 err);
}

static enum err_code check_name(const char *name, struct err *err)
{
	if (!name || !*name)
		return err_set(err, ERR_USAGE, "a host needs a name");
	if (strlen(name) > NAME_MAX_BYTES)
		return err_set(err, ERR_USAGE,
			       "a host's name has at most %d bytes",
			       NAME_MAX_BYTES);
	if (!text_is_plain(bytes_str(name)))
		return err_set(err, ERR_USAGE,
			       "'%s' is no name for a host: it has characters "
			       "that do not show",
			       shown_str(name).s);
	return ERR_OK;
}

/*
 * A name in use is refused. One that a removed host had is free again: that
 * host goes on as NAME~REMOVED-ID, so that its evidence is not mixed up with
 * the newcomer's.
 */
static enum err_code free_name(struct book *book, const struct change *c,
			       struct err *err)
{
	const char *name = c->u.host.name;
	int64_t live, removed;
	enum err_code code = db_number(&book->db,
				       "SELECT id FROM hosts WHERE name = ?"
				       " AND removed_at IS NULL",
				       DB_ARGS(v_text(name)), &live, err);

	if (code == ERR_OK && live)
		return err_set(err, ERR_EXISTS,
			       "there is a host %s in the case already",
			       shown_str(name).s);
	if (code == ERR_OK)
		code = db_number(&book->db,
				 "UPDATE hosts SET name = name || '~' ||"
				 " substr(uuid, -8) WHERE name = ?"
				 " RETURNING id",
				 DB_ARGS(v_text(name)), &removed, err);
	if (code == ERR_OK && removed)
		code = audit_add(&book->audit,
				 &(struct audit_entry){.action = "host.rename",
						       .at_ns = c->at_ns,
						       .host = removed,
						       .has_rows = true,
						       .table = T_HOSTS,
						       .first = removed,
						       .last = removed},
				 err);
	return code;
}

enum err_code apply_host_add(struct book *book, const struct change *c,
			     struct err *err)
{
	const struct change_host *h = &c->u.host;
	struct uuid id = c->host.s[0] ? c->host : uuid_v7();
	int64_t row;
	enum err_code code = check_name(h->name, err);

	if (code == ERR_OK)
		code = free_name(book, c, err);
	if (code == ERR_OK)
		code = db_insert(&book->db,
				 "INSERT INTO hosts (uuid, name, target,"
				 " identity, added_at, added_by, jump,"
				 " escalate, mode)"
				 " VALUES (?,?,?,?,?,?,?,?,?)",
				 DB_ARGS(v_text(id.s), v_text(h->name),
					 v_text(h->target ? h->target : ""),
					 v_text(h->identity), v_int(c->at_ns),
					 v_text(book->actor), v_text(h->jump),
					 v_text(h->escalate), v_text(h->mode)),
				 &row, err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_HOSTS, row, row}, NULL,
			 err);
}

enum err_code apply_host_remove(struct book *book, const struct change *c,
				struct err *err)
{
	int64_t row;
	enum err_code code = book_its_host(book, c, &row, err);

	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE hosts SET removed_at = ? WHERE id = ?",
			      DB_ARGS(v_int(c->at_ns), v_int(row)), err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_HOSTS, row, row}, NULL,
			 err);
}

static void key_detail(const struct change_host_key *k, struct buf *out)
{
	struct json json = json_to(out);

	json_begin_object(&json, NULL);
	json_str(&json, "key_type", k->key_type);
	json_str(&json, "fingerprint", k->fingerprint);
	if (k->how)
		json_str(&json, "how", k->how);
	if (k->pinned_fingerprint)
		json_str(&json, "pinned", k->pinned_fingerprint);
	json_end_object(&json);
}

enum err_code apply_host_trust(struct book *book, const struct change *c,
			       struct err *err)
{
	const struct change_host_key *k = &c->u.host_key;
	struct buf detail;
	int64_t row;
	enum err_code code = book_its_host(book, c, &row, err);

	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE hosts SET key_type = ?, key = ?,"
			      " key_fingerprint = ?, key_how = ?, key_at = ?"
			      " WHERE id = ?",
			      DB_ARGS(v_text(k->key_type), v_blob(k->key),
				      v_text(k->fingerprint), v_text(k->how),
				      v_int(c->at_ns), v_int(row)),
			      err);
	if (code != ERR_OK)
		return code;
	buf_init(&detail, DETAIL_MAX);
	key_detail(k, &detail);
	code = audit_one(book, c, (struct touched){T_HOSTS, row, row},
			 buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

enum err_code apply_host_key_refused(struct book *book, const struct change *c,
				     struct err *err)
{
	struct buf detail;
	int64_t row;
	enum err_code code = book_its_host(book, c, &row, err);

	if (code != ERR_OK)
		return code;
	buf_init(&detail, DETAIL_MAX);
	key_detail(&c->u.host_key, &detail);
	code = audit_one(book, c, (struct touched){T_HOSTS, 0, row},
			 buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

enum err_code apply_host_seen(struct book *book, const struct change *c,
			      struct err *err)
{
	const struct change_host_seen *s = &c->u.host_seen;
	int64_t row, seen_ns = s->seen_ns ? s->seen_ns : c->at_ns;
	enum err_code code = book_its_host(book, c, &row, err);

	if (code == ERR_OK)
		code = db_run(&book->db,
			      "UPDATE hosts SET address = coalesce(?, address),"
			      " os = coalesce(?, os), arch = coalesce(?, arch),"
			      " hostname = coalesce(?, hostname),"
			      " machine_id = coalesce(?, machine_id),"
			      " product_id = coalesce(?, product_id),"
			      " clock_offset_ns = coalesce(?, clock_offset_ns),"
			      " clock_error_ns = coalesce(?, clock_error_ns),"
			      " last_seen_at = max(coalesce(last_seen_at, ?),"
			      " ?) WHERE id = ?",
			      DB_ARGS(v_text(s->address), v_text(s->os),
				      v_text(s->arch),
				      s->hostname
					      ? v_blob(bytes_str(s->hostname))
					      : v_null(),
				      v_text(s->machine_id),
				      v_text(s->product_id),
				      v_time(s->clock_offset_ns),
				      s->clock_offset_ns == TIME_UNKNOWN
					      ? v_null()
					      : v_time(s->clock_error_ns),
				      v_int(seen_ns), v_int(seen_ns),
				      v_int(row)),
			      err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_HOSTS, row, row}, NULL,
			 err);
}

static enum err_code check_note(const struct change_note *n, struct err *err)
{
	const char *body = n->body;

	if (n->id && !uuid_is_valid(n->id))
		return err_set(err, ERR_USAGE, "'%s' is no id",
			       shown_str(n->id).s);
	if (!body || !*body)
		return err_set(err, ERR_USAGE, "a note needs words");
	if (strlen(body) > BODY_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "a note has at most 1 MiB");
	if (!utf8_is_valid(bytes_str(body)))
		return err_set(err, ERR_USAGE, "a note is UTF-8 text");
	return ERR_OK;
}

enum err_code apply_note_add(struct book *book, const struct change *c,
			     struct err *err)
{
	const struct change_note *n = &c->u.note;
	struct uuid id = uuid_v7();
	int64_t row, host;
	enum err_code code = check_note(n, err);

	if (code == ERR_OK)
		code = book_host(book, &c->host, &host, err);
	if (code == ERR_OK)
		code = db_insert(&book->db,
				 "INSERT INTO notes (uuid, host, created_at,"
				 " changed_at, author, body)"
				 " VALUES (?,?,?,?,?,?)",
				 DB_ARGS(v_text(n->id ? n->id : id.s),
					 v_ref(host), v_int(c->at_ns),
					 v_int(c->at_ns), v_text(book->actor),
					 v_text(n->body)),
				 &row, err);
	if (code == ERR_OK) /* its words are the note's: they may change */
		code = book_event(book,
				  &(struct event){.host = host,
						  .time_ns = c->at_ns,
						  .note = row,
						  .desc = bytes_str("Added Time"),
						  .kind = bytes_str("note"),
						  .actor = bytes_str(book->actor),
						  .at_ns = c->at_ns},
				  err);
	if (code != ERR_OK)
		return code;
	return audit_one(book, c, (struct touched){T_NOTES, row, host}, NULL,
			 err);
}

/* The audit log keeps what the words were before. */
static enum err_code old_words(struct book *book, int64_t row,
			       struct buf *detail, struct err *err)
{
	struct json json = json_to(detail);
	sqlite3_stmt *stmt;
	bool got;
	enum err_code code =
		db_query(&book->db, "SELECT body FROM notes WHERE id = ?",
			 DB_ARGS(v_int(row)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(&book->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	json_begin_object(&json, NULL);
	json_bytes(&json, "was", db_column_bytes(stmt, 0));
	json_end_object(&json);
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err_code apply_note_edit(struct book *book, const struct change *c,
			      struct err *err)
{
	const struct change_note *n = &c->u.note;
	struct buf detail;
	int64_t row = 0, host = 0;
	enum err_code code = check_note(n, err);

	if (code == ERR_OK)
		code = book_find(book, "SELECT id FROM notes WHERE uuid = ?",
				"note", n->id, &row, err);
	buf_init(&detail, DETAIL_MAX);
	if (code == ERR_OK)
		code = old_words(book, row, &detail, err);
	if (code == ERR_OK)
		code = db_number(
			&book->db,
			"UPDATE notes SET body = ?, changed_at = ?"
			" WHERE id = ? RETURNING host",
			DB_ARGS(v_text(n->body), v_int(c->at_ns), v_int(row)),
			&host, err);
	if (code == ERR_OK)
		code = audit_one(book, c, (struct touched){T_NOTES, row, host},
				 buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

/* A verdict is a short word: lower-case letters, digits and dashes. */
static bool is_status(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= 32 && s[n] == '\0';
}

/* What a finding is called and how bad it is, before and after. */
static enum err_code verdict_detail(struct book *book, int64_t row,
				    const struct change_finding_set *f,
				    struct buf *out, struct err *err)
{
	struct json json = json_to(out);
	sqlite3_stmt *stmt;
	bool got;
	enum err_code code = db_query(
		&book->db, "SELECT status, severity FROM findings WHERE id = ?",
		DB_ARGS(v_int(row)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(&book->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	json_begin_object(&json, NULL);
	if (f->status) {
		json_str(&json, "status", f->status);
		json_bytes(&json, "status_was", db_column_bytes(stmt, 0));
	}
	if (f->severity) {
		json_str(&json, "severity", f->severity);
		json_str(&json, "severity_was",
			 severity_name(sqlite3_column_int(stmt, 1)));
	}
	json_end_object(&json);
	sqlite3_reset(stmt);
	return ERR_OK;
}

static enum err_code check_verdict(const struct change_finding_set *f,
				   struct err *err)
{
	if (!f->status && !f->severity)
		return err_set(err, ERR_USAGE,
			       "a finding's status or severity?");
	if (f->status && !is_status(f->status))
		return err_set(err, ERR_USAGE, "'%s' is no status",
			       shown_str(f->status).s);
	if (f->severity && severity_of(bytes_str(f->severity)) < 0)
		return err_set(err, ERR_USAGE,
			       "'%s' is no severity: critical, high, medium, "
			       "low or info",
			       shown_str(f->severity).s);
	return ERR_OK;
}

enum err_code apply_finding_set(struct book *book, const struct change *c,
				struct err *err)
{
	const struct change_finding_set *f = &c->u.finding;
	struct buf detail;
	int64_t row = 0, host = 0;
	enum err_code code = check_verdict(f, err);

	if (code == ERR_OK)
		code = book_find(book, "SELECT id FROM findings WHERE uuid = ?",
				"finding", f->id, &row, err);
	buf_init(&detail, DETAIL_MAX);
	if (code == ERR_OK)
		code = verdict_detail(book, row, f, &detail, err);
	if (code == ERR_OK)
		code = db_number(
			&book->db,
			"UPDATE findings SET status = coalesce(?, status),"
			" severity = coalesce(?, severity) WHERE id = ?"
			" RETURNING host",
			DB_ARGS(v_text(f->status),
				f->severity ? v_int(severity_of(
						      bytes_str(f->severity)))
					    : v_null(),
				v_int(row)),
			&host, err);
	if (code == ERR_OK)
		code = audit_one(book, c,
				 (struct touched){T_FINDINGS, row, host},
				 buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

enum err_code apply_export(struct book *book, const struct change *c,
			   struct err *err)
{
	const struct change_export *e = &c->u.export;
	struct buf detail;
	struct json json;
	enum err_code code;

	buf_init(&detail, DETAIL_MAX);
	json = json_to(&detail);
	json_begin_object(&json, NULL);
	json_str(&json, "format", e->format);
	json_str(&json, "path", e->path);
	if (e->sha256)
		json_str(&json, "sha256", e->sha256);
	json_int(&json, "rows", (int64_t)e->rows);
	json_end_object(&json);
	code = audit_one(book, c, (struct touched){T_META, 0, 0},
			 buf_str(&detail), err);
	buf_release(&detail);
	return code;
}

enum err_code apply_event(struct book *book, const struct change *c,
			  struct err *err)
{
	int64_t host;
	enum err_code code = book_host(book, &c->host, &host, err);

	if (code == ERR_OK && !c->u.event.action)
		return err_set(err, ERR_USAGE, "an audit row needs an action");
	if (code != ERR_OK)
		return code;
	return audit_add(&book->audit,
			 &(struct audit_entry){.action = c->u.event.action,
					       .at_ns = c->at_ns,
					       .host = host,
					       .detail = c->u.event.detail},
			 err);
}
