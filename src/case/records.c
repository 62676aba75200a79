/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a host's stream become rows: files, coverage, evidence, events;
 * what was found is in findings.c. All checks come before the first write of a record. What
 * a record refers to and is not there is an error of the stream (ERR_FORMAT).
 */
#include "base/base.h"
#include "base/json.h"
#include "base/text.h"
#include "case/records.h"

/* The host's times of a file, in plaso's words. */
static const struct {
	size_t at; /* in struct rec_file */
	const char *desc;
	const char *earlier; /* was it so when the file was seen before? */
} file_times[] = {
#define SAME(column)                                                           \
	"SELECT 1 FROM files WHERE host = ? AND path = ? AND id < ? "          \
	"AND " column " = ? LIMIT 1"
	{offsetof(struct rec_file, mtime_ns), "Content Modification Time",
	 SAME("mtime_ns")},
	{offsetof(struct rec_file, atime_ns), "Last Access Time",
	 SAME("atime_ns")},
	{offsetof(struct rec_file, ctime_ns), "Metadata Modification Time",
	 SAME("ctime_ns")},
	{offsetof(struct rec_file, btime_ns), "Creation Time",
	 SAME("btime_ns")},
#undef SAME
};

static char *file_message(const struct rec_file *f)
{
	struct buf out;

	buf_init(&out, 8 * RECORD_PATH_MAX + 128);
	(void)text_append(&out, f->path, TEXT_ANY_WIDTH);
	if (f->member.n) {
		(void)buf_add_str(&out, "!/");
		(void)text_append(&out, f->member, TEXT_ANY_WIDTH);
	}
	(void)buf_addf(&out,
		       " (%" PRIu64 " bytes, mode %04o, uid %" PRIu64
		       ", gid %" PRIu64 ")",
		       f->size, (unsigned)(f->mode & 07777), f->uid, f->gid);
	return buf_detach(&out);
}

static enum err_code file_events(struct intake *in, const struct rec_file *f,
				 int64_t row, struct err *err)
{
	char *message = file_message(f);
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < ARRAY_SIZE(file_times) && code == ERR_OK; i++) {
		struct event e = {.host = in->s->host,
				  .file = row,
				  .desc = bytes_str(file_times[i].desc),
				  .kind = bytes_str("file"),
				  .message = bytes_str(message),
				  .at_ns = in->at_ns};
		int64_t known;

		memcpy(&e.time_ns, (const char *)f + file_times[i].at,
		       sizeof e.time_ns);
		if (e.time_ns == TIME_UNKNOWN)
			continue;
		code = db_number(&in->book->db, file_times[i].earlier,
				 DB_ARGS(v_int(e.host), v_blob(f->path),
					 v_int(row), v_int(e.time_ns)),
				 &known, err);
		if (code == ERR_OK && !known)
			code = book_event(in->book, &e, err);
	}
	free(message);
	return code;
}

/* By its path: of files that were only listed none has a hash, and the index
 * of hashes would find them all. */
#define FILE_IS                                                                \
	"SELECT id FROM files INDEXED BY files_path"                           \
	" WHERE host = ? AND path = ? AND mode = ?"                            \
	" AND uid = ? AND gid = ? AND nlink = ? AND ino = ? AND dev = ?"       \
	" AND size = ? AND mtime_ns IS ? AND atime_ns IS ?"                    \
	" AND ctime_ns IS ? AND btime_ns IS ? AND sha256 IS ?"                 \
	" AND changed = ? AND member IS ? AND packaged IS ? AND exe IS ?"      \
	" LIMIT 1"
#define FILE_INSERT                                                            \
	"INSERT INTO files (host, path, mode, uid, gid, nlink, ino, dev,"      \
	" size, mtime_ns, atime_ns, ctime_ns, btime_ns, sha256, changed,"      \
	" member, packaged, exe, run, seen_at, owner, pid, process_start_ns)"  \
	" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
#define FILE_SAME 18 /* arguments of the former, in order, of the latter */

static struct value v_some(struct bytes b)
{
	return b.n ? v_blob(b) : v_null();
}

static struct value packaged_of(const struct rec_file *f)
{
	if (f->packaged != FILE_PACKAGED_NO && f->packaged != FILE_PACKAGED_YES)
		return v_null();
	return v_int(f->packaged == FILE_PACKAGED_YES);
}

/* The row of the file just as it is told, made when it is news. */
static enum err_code file_row(struct intake *in, const struct rec_file *f,
			      const char *sha256, int64_t *row, struct err *err)
{
	struct db *db = &in->book->db;
	char *owner = words_of(f->owner);
	bool is_new = true;
	const struct value args[] = {
		v_int(in->s->host),
		v_blob(f->path),
		v_u64(f->mode),
		v_u64(f->uid),
		v_u64(f->gid),
		v_u64(f->nlink),
		v_u64(f->ino),
		v_u64(f->dev),
		v_u64(f->size),
		v_time(f->mtime_ns),
		v_time(f->atime_ns),
		v_time(f->ctime_ns),
		v_time(f->btime_ns),
		v_text(sha256),
		v_int(f->changed),
		v_some(f->member),
		packaged_of(f),
		v_some(f->exe),
		v_int(in->s->run),
		v_int(in->at_ns),
		v_text(*owner ? owner : NULL),
		f->pid ? v_u64(f->pid) : v_null(),
		f->pid ? v_time(f->start_ns) : v_null(),
	};
	enum err_code code = db_number(db, FILE_IS, args, FILE_SAME, row, err);

	if (code == ERR_OK && !*row)
		code = db_insert(db, FILE_INSERT, args, ARRAY_SIZE(args), row,
				 err);
	else
		is_new = false;
	free(owner);
	if (code != ERR_OK || !is_new)
		return code;
	if (code == ERR_OK)
		code = audit_row(&in->book->audit, T_FILES, *row, in->s->host,
				 in->at_ns, err);
	if (code == ERR_OK)
		code = file_events(in, f, *row, err);
	return code;
}

enum err_code evidence_row(struct intake *in, int64_t file, int64_t *row,
			   struct err *err)
{
	struct uuid id = uuid_v7();
	enum err_code code = db_insert(
		&in->book->db,
		"INSERT INTO evidence_items (uuid, host, run, file,"
		" acquired_at, acquired_by, method, complete)"
		" VALUES (?,?,?,?,?,?,?,0)",
		DB_ARGS(v_text(id.s), v_int(in->s->host), v_int(in->s->run),
			v_int(file), v_int(in->at_ns), v_text(in->book->actor),
			v_text(in->s->program)),
		row, err);

	if (code != ERR_OK)
		return code;
	return audit_row(&in->book->audit, T_EVIDENCE, *row, in->s->host,
			 in->at_ns, err);
}

static enum err_code take_file(struct intake *in, const struct record *r,
			       struct err *err)
{
	const struct rec_file *f = &r->u.file;
	struct seen seen = {.seq = f->seq, .txn = in->book->txn};
	char sha256[HASH_HEX_MAX];
	enum err_code code;

	if (f->path.n == 0 || f->path.n > RECORD_PATH_MAX ||
	    f->from > f->size || !hash_text(f->sha256, sha256) ||
	    (f->known && (f->content || !sha256[0])))
		return err_set(err, ERR_FORMAT,
			       "file %" PRIu64 " has no path, a bad hash, or "
			       "goes on behind its end",
			       f->seq);
	if (f->content && !transfer_room(in->s))
		return err_set(err, ERR_LIMIT,
			       "too many files under way in one stream");
	code = seen_check(&in->s->files, f->seq, err);
	if (code != ERR_OK)
		return code;
	code = file_row(in, f, sha256[0] ? sha256 : NULL, &seen.row, err);
	if (code == ERR_OK && f->content && f->from)
		code = had_go_on(in, f, &seen, err);
	else if (code == ERR_OK && f->content)
		code = evidence_row(in, seen.row, &seen.evidence, err);
	else if (code == ERR_OK && f->known)
		code = known_item(in, f, sha256, &seen, err);
	if (code != ERR_OK)
		return code;
	seen_add(&in->s->files, &seen);
	if (f->content && !f->from)
		transfer_begin(in->book, in->s, &seen);
	return ERR_OK;
}

static enum err_code take_coverage(struct intake *in, const struct record *r,
				   struct err *err)
{
	const struct rec_coverage *k = &r->u.coverage;
	char *what = words_of(k->what), *outcome = words_of(k->outcome);
	char *reason = words_of(k->reason), *detail = words_of(k->detail);
	int64_t row;
	enum err_code code = db_insert(
		&in->book->db,
		"INSERT INTO coverage_rows (run, host, what, outcome, reason,"
		" path, files, bytes, at_ns, detail)"
		" VALUES (?,?,?,?,?,?,?,?,?,?)",
		DB_ARGS(v_int(in->s->run), v_int(in->s->host), v_text(what),
			v_text(outcome), v_text(reason), v_blob(k->path),
			v_u64(k->files), v_u64(k->bytes), v_int(in->at_ns),
			k->detail.n ? v_text(detail) : v_null()),
		&row, err);

	free(what);
	free(outcome);
	free(reason);
	free(detail);
	if (code == ERR_OK)
		code = audit_row(&in->book->audit, T_COVERAGE, row,
				 in->s->host, in->at_ns, err);
	return code == ERR_OK ? picture_told(in, k, err) : code;
}

static enum err_code take_hello(struct intake *in, const struct record *r,
				struct err *err)
{
	const struct rec_hello *h = &r->u.hello;
	char *os = words_of(h->os), *arch = words_of(h->arch);
	char *program = words_of(h->program);
	int64_t changed;
	enum err_code code =
		db_number(&in->book->db,
			  "UPDATE hosts SET os = ?1, arch = ?2, hostname = ?3"
			  " WHERE id = ?4 AND (os IS NOT ?1 OR arch IS NOT ?2"
			  " OR hostname IS NOT ?3) RETURNING id",
			  DB_ARGS(v_text(os), v_text(arch), v_blob(h->hostname),
				  v_int(in->s->host)),
			  &changed, err);

	if (*program)
		(void)snprintf(in->s->program, sizeof in->s->program, "%s",
			       shown_str(program).s);
	free(os);
	free(arch);
	free(program);
	if (code != ERR_OK || !changed)
		return code;
	return audit_row(&in->book->audit, T_HOSTS, in->s->host, in->s->host,
			 in->at_ns, err);
}

/* In the transaction of what came before it, or a later one: what is behind
 * it may be lost, nothing before it. */
static enum err_code take_cursor(struct intake *in, const struct record *r,
				 struct err *err)
{
	const struct rec_cursor *k = &r->u.cursor;
	int64_t row;
	enum err_code code = db_number(
		&in->book->db,
		"UPDATE run_hosts SET cursor_root = ?, cursor = ?"
		" WHERE run = ? AND host = ? RETURNING id",
		DB_ARGS(v_u64(k->root), v_blob(k->path), v_int(in->s->run),
			v_int(in->s->host)),
		&row, err);

	if (code != ERR_OK || !row)
		return code;
	return audit_row(&in->book->audit, T_RUN_HOSTS, row, in->s->host,
			 in->at_ns, err);
}

/* All hosts of a run get the rules in one form: the first says which. */
static enum err_code first_form(struct intake *in, const char *form,
				struct err *err)
{
	int64_t changed;
	enum err_code code = db_number(
		&in->book->db,
		"UPDATE runs SET rules_form = ? WHERE id = ?"
		" AND rules_form IS NULL RETURNING id",
		DB_ARGS(v_text(form), v_int(in->s->run)), &changed, err);

	if (code != ERR_OK || !changed)
		return code;
	return audit_row(&in->book->audit, T_RUNS, in->s->run, 0, in->at_ns,
			 err);
}

/* What was asked for in the first place, of a bundle that says so. */
static enum err_code audit_plan(struct intake *in, const struct rec_plan *p,
				struct err *err)
{
	struct buf detail;
	struct json json;
	enum err_code code;

	buf_init(&detail, 8 * (RECORD_META_MAX + RECORD_PATH_MAX));
	json = json_to(&detail);
	json_begin_object(&json, NULL);
	json_bytes(&json, "op", p->op);
	json_bytes(&json, "command", p->command);
	json_bytes(&json, "root", p->root);
	json_end_object(&json);
	code = audit_add(&in->book->audit,
			 &(struct audit_entry){.action = "run.plan",
					       .at_ns = in->at_ns,
					       .host = in->s->host,
					       .has_rows = true,
					       .table = T_RUNS,
					       .first = in->s->run,
					       .last = in->s->run,
					       .detail = buf_str(&detail)},
			 err);
	buf_release(&detail);
	return code;
}

/* The console knows what it asked a host; of a bundle only this tells. */
static enum err_code take_plan(struct intake *in, const struct record *r,
			       struct err *err)
{
	const struct rec_plan *p = &r->u.plan;
	char *op = words_of(p->op), *form = words_of(p->form);
	char *rules = words_of(p->rules_sha256);
	int64_t imported = 0;
	enum err_code code = db_number(
		&in->book->db,
		"UPDATE runs SET op = ?, rules_sha256 = ?, n_rules = ?,"
		" rules_form = ? WHERE id = ? AND source IS NOT NULL"
		" RETURNING id",
		DB_ARGS(v_text(op), v_text(*rules ? rules : NULL),
			*rules ? v_u64(p->n_rules) : v_null(),
			v_text(*form ? form : NULL), v_int(in->s->run)),
		&imported, err);

	if (code == ERR_OK && imported)
		code = audit_plan(in, p, err);
	else if (code == ERR_OK && *form)
		code = first_form(in, form, err);
	if (code == ERR_OK && strcmp(op, "triage") == 0)
		code = picture_begin(in, err);
	free(op);
	free(form);
	free(rules);
	return code;
}

static enum err_code take_chunk(struct intake *in, const struct record *r,
				struct err *err)
{
	struct transfer *t = transfer_find(in->s, r->u.chunk.file_seq);

	if (!t)
		return err_set(err, ERR_FORMAT,
			       "bytes of file %" PRIu64 ", which sends none",
			       r->u.chunk.file_seq);
	return transfer_add(in->book, in->s, t, &r->u.chunk, in->at_ns, err);
}

static enum err_code take_file_end(struct intake *in, const struct record *r,
				   struct err *err)
{
	struct transfer *t = transfer_find(in->s, r->u.file_end.file_seq);

	if (!t)
		return err_set(err, ERR_FORMAT,
			       "the end of file %" PRIu64
			       ", which sends nothing",
			       r->u.file_end.file_seq);
	return transfer_end(in->book, in->s, t, &r->u.file_end, in->at_ns, err);
}

/* What is not here leaves no row: run_host carries the totals. */
static enum err_code (*const takers[])(struct intake *in,
				       const struct record *r,
				       struct err *err) = {
	[REC_HELLO] = take_hello,       [REC_FILE] = take_file,
	[REC_MATCH] = take_match,       [REC_HIT] = take_hit,
	[REC_COVERAGE] = take_coverage, [REC_CHUNK] = take_chunk,
	[REC_FILE_END] = take_file_end, [REC_PROCESS] = take_process,
	[REC_SOCKET] = take_socket,     [REC_SIGHTING] = take_sighting,
	[REC_CURSOR] = take_cursor,     [REC_EVENT] = take_event,
	[REC_ITEM] = take_item,         [REC_FACT] = take_fact,
	[REC_PLAN] = take_plan,
};

/* A stream that made no sense did not tell all: that is on record once, for
 * whoever reads coverage and for how the host ended (apply_run_host). */
static enum err_code say_refused(struct intake *in, struct err *err)
{
	int64_t row;
	enum err_code code;

	if (in->s->refused_txn)
		return ERR_OK;
	code = db_insert(&in->book->db,
			 "INSERT INTO coverage_rows (run, host, what, outcome,"
			 " reason, path, files, bytes, at_ns) SELECT id, ?, op,"
			 " 'failed', '" REASON_REFUSED "', X'', 0, 0, ?"
			 " FROM runs WHERE id = ?",
			 DB_ARGS(v_int(in->s->host), v_int(in->at_ns),
				 v_int(in->s->run)),
			 &row, err);
	if (code != ERR_OK)
		return code;
	in->s->refused_txn = in->book->txn;
	return audit_row(&in->book->audit, T_COVERAGE, row, in->s->host,
			 in->at_ns, err);
}

enum err_code apply_record(struct book *book, const struct change *c,
			   struct err *err)
{
	const struct record *r = &c->u.record;
	struct intake in = {.book = book, .at_ns = c->at_ns};
	enum err_code code;

	if ((size_t)r->type >= ARRAY_SIZE(takers) || !takers[r->type])
		return ERR_OK;
	code = stream_get(book, c, &in.s, err);
	if (code != ERR_OK)
		return code;
	code = takers[r->type](&in, r, err);
	if (code != ERR_OK && !book->db.broken) {
		struct err lost;

		if (say_refused(&in, &lost) != ERR_OK)
			code = (*err = lost).code;
	}
	return code;
}
