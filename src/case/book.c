/* SPDX-License-Identifier: Apache-2.0 */
/* The writing side of a case: transactions, and who applies which change. */
#include "base/base.h"
#include "base/log.h"
#include "base/text.h"
#include "case/book.h"

static apply_fn *const appliers[] = {
	[CHANGE_HOST_ADD] = apply_host_add,
	[CHANGE_HOST_REMOVE] = apply_host_remove,
	[CHANGE_HOST_TRUST] = apply_host_trust,
	[CHANGE_HOST_KEY_REFUSED] = apply_host_key_refused,
	[CHANGE_HOST_SEEN] = apply_host_seen,
	[CHANGE_HOST_LABEL] = apply_host_label,
	[CHANGE_HOST_UNLABEL] = apply_host_unlabel,
	[CHANGE_HOP] = apply_hop,
	[CHANGE_PIN] = apply_pin,
	[CHANGE_RUN_BEGIN] = apply_run_begin,
	[CHANGE_RUN_HOST] = apply_run_host,
	[CHANGE_RUN_END] = apply_run_end,
	[CHANGE_RECORD] = apply_record,
	[CHANGE_NOTE_ADD] = apply_note_add,
	[CHANGE_NOTE_EDIT] = apply_note_edit,
	[CHANGE_FINDING_SET] = apply_finding_set,
	[CHANGE_CHECK_FOUND] = apply_check_found,
	[CHANGE_HUNT_SAVE] = apply_hunt_save,
	[CHANGE_HUNT_REMOVE] = apply_hunt_remove,
	[CHANGE_EXCLUSION_ADD] = apply_exclusion_add,
	[CHANGE_EXCLUSION_REMOVE] = apply_exclusion_remove,
	[CHANGE_INDICATOR_ADD] = apply_indicator_add,
	[CHANGE_INDICATOR_REMOVE] = apply_indicator_remove,
	[CHANGE_EXPORT] = apply_export,
	[CHANGE_EVENT] = apply_event,
};

_Static_assert(ARRAY_SIZE(appliers) == CHANGE_N_KINDS, "a change is missing");

static enum err_code say_migrated(struct book *book, int from, struct err *err)
{
	char detail[64];

	(void)snprintf(detail, sizeof detail, "{\"from\":%d,\"to\":%d}", from,
		       schema_version());
	return audit_add(&book->audit,
			 &(struct audit_entry){.action = "case.migrate",
					       .at_ns = time_now_ns(),
					       .detail = detail},
			 err);
}

/*
 * An older case becomes one of our version, in one transaction: all of it or
 * nothing. Rows stay as they are, and so do the digests of them.
 */
static enum err_code migrate(struct book *book, struct err *err)
{
	int from = 0;
	enum err_code code = book_begin(book, err);

	if (code == ERR_OK) /* another process may have been quicker */
		code = schema_identify(&book->db, &from, err);
	if (code == ERR_OK)
		code = schema_check_objects(&book->db, from, err);
	if (code == ERR_OK && from < schema_version()) {
		code = schema_migrate(&book->db, schema_version(), err);
		if (code == ERR_OK)
			code = say_migrated(book, from, err);
	}
	if (code == ERR_OK)
		code = book_commit(book, err);
	if (code == ERR_OK)
		return code;
	book_undo(book);
	return err_wrap(err, "bringing the case from version %d to %d", from,
			schema_version());
}

static enum err_code check(struct book *book, struct err *err)
{
	int version = 0;
	enum err_code code = schema_identify(&book->db, &version, err);

	if (code == ERR_OK)
		code = schema_check_objects(&book->db, version, err);
	if (code == ERR_OK && version < schema_version())
		code = migrate(book, err);
	return code;
}

enum err_code book_open(struct book *book, const char *path, const char *actor,
			struct err *err)
{
	enum err_code code;

	*book = (struct book){0};
	code = db_open(&book->db, path, DB_WRITE, err);
	if (code != ERR_OK)
		return code;
	book->actor = xstrdup(actor);
	owner_self(book->owner);
	book->audit.db = &book->db;
	book->audit.actor = book->actor;
	code = check(book, err);
	if (code == ERR_OK) /* in pages: 64 MiB, for fewer waits on the disk */
		code = db_script(&book->db,
				 "PRAGMA wal_autocheckpoint = 4096;"
				 "PRAGMA journal_size_limit = 67108864;",
				 err);
	if (code != ERR_OK)
		book_close(book);
	return code;
}

void book_close(struct book *book)
{
	errands_free(book->packer);
	events_release(book);
	streams_release(book);
	audit_release(&book->audit);
	db_close(&book->db);
	free(book->actor);
	*book = (struct book){0};
}

enum err_code book_begin(struct book *book, struct err *err)
{
	enum err_code code;

	book->txn++;
	book->db.broken = false;
	/* IMMEDIATE: another process may write too, and the head of the audit
	 * log must stay the one read here. */
	code = db_run(&book->db, "BEGIN IMMEDIATE", DB_NONE, err);
	return code == ERR_OK ? audit_begin(&book->audit, err) : code;
}

enum err_code book_commit(struct book *book, struct err *err)
{
	enum err_code code = evidence_settle(book, true, err);

	if (code == ERR_OK)
		code = events_write(book, err);
	if (code == ERR_OK)
		code = audit_flush(&book->audit, err);
	if (code == ERR_OK)
		code = db_run(&book->db, "COMMIT", DB_NONE, err);
	if (code == ERR_OK)
		streams_committed(book);
	return code;
}

void book_undo(struct book *book)
{
	struct err err;

	/* SQLite may have rolled back by itself when the error was grave. */
	if (!sqlite3_get_autocommit(book->db.handle) &&
	    db_run(&book->db, "ROLLBACK", DB_NONE, &err) != ERR_OK)
		log_line(LOG_ERROR, "case", "%s", err.msg);
	errands_drop(book->packer);
	events_drop(book);
	audit_forget(&book->audit);
	streams_undo(book);
}

/* Undoes one change alone. What its audit rows were built on is put back
 * with it. */
static enum err_code apply_whole(struct book *book, const struct change *c,
				 struct err *err)
{
	struct audit *a = &book->audit;
	uint8_t head[SHA256_LEN];
	int64_t seq;
	struct err ignored;
	enum err_code code = events_write(book, err), undone;

	if (code == ERR_OK)
		code = audit_flush(a, err);
	seq = a->seq;
	memcpy(head, a->head, sizeof head);
	if (code == ERR_OK)
		code = db_run(&book->db, "SAVEPOINT one", DB_NONE, err);
	if (code != ERR_OK)
		return code;
	code = appliers[c->kind](book, c, err);
	if (code == ERR_OK)
		code = events_write(book, err);
	if (code == ERR_OK)
		return db_run(&book->db, "RELEASE one", DB_NONE, err);
	events_drop(book);
	if (book->db.broken)
		return code;
	undone = db_run(&book->db, "ROLLBACK TO one", DB_NONE, &ignored);
	if (undone == ERR_OK)
		undone = db_run(&book->db, "RELEASE one", DB_NONE, &ignored);
	audit_forget(a);
	a->seq = seq;
	memcpy(a->head, head, sizeof head);
	return code; /* when undoing failed, db.broken says so */
}

enum err_code book_apply(struct book *book, const struct change *c,
			 struct err *err)
{
	/* Records check before they write: a savepoint for each would copy
	 * every page they touch. */
	if (c->kind == CHANGE_RECORD)
		return apply_record(book, c, err);
	return apply_whole(book, c, err);
}

enum err_code book_store_rest(struct book *book, struct err *err)
{
	int64_t now = time_now_ns();
	enum err_code code = ERR_OK;

	for (struct stream *s = book->streams; s; s = s->next)
		for (struct transfer *t = s->transfers; t && code == ERR_OK;
		     t = t->next)
			if (!t->ended_txn)
				code = transfer_store(book, s, t, now, err);
	return code;
}

static enum err_code number_of(struct book *book, const char *sql,
			       const struct uuid *id, int64_t *row,
			       struct err *err)
{
	*row = 0;
	if (!id->s[0])
		return ERR_OK;
	return db_number(&book->db, sql, DB_ARGS(v_text(id->s)), row, err);
}

enum err_code book_host(struct book *book, const struct uuid *id, int64_t *row,
			struct err *err)
{
	enum err_code code = number_of(
		book, "SELECT id FROM hosts WHERE uuid = ?", id, row, err);

	if (code == ERR_OK && id->s[0] && !*row)
		return err_set(err, ERR_NOTFOUND, "no host %s in this case",
			       shown_str(id->s).s);
	return code;
}

enum err_code book_its_host(struct book *book, const struct change *c,
			    int64_t *row, struct err *err)
{
	enum err_code code = book_host(book, &c->host, row, err);

	if (code == ERR_OK && !*row)
		return err_set(err, ERR_USAGE, "which host?");
	return code;
}

enum err_code book_run(struct book *book, const struct uuid *id, int64_t *row,
		       struct err *err)
{
	enum err_code code = number_of(
		book, "SELECT id FROM runs WHERE uuid = ?", id, row, err);

	if (code == ERR_OK && id->s[0] && !*row)
		return err_set(err, ERR_NOTFOUND, "no run %s in this case",
			       shown_str(id->s).s);
	return code;
}

enum err_code book_find(struct book *book, const char *sql, const char *what,
			const char *id, int64_t *row, struct err *err)
{
	enum err_code code =
		db_number(&book->db, sql, DB_ARGS(v_text(id)), row, err);

	if (code == ERR_OK && !*row)
		code = err_set(err, ERR_NOTFOUND, "there is no %s %s", what,
			       shown_str(id ? id : "").s);
	return code;
}
