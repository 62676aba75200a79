/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check found becomes a finding: of one host, one check and one object
 * there is one, which later runs see again. Its verdict, and how bad people
 * said it is, stays.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/records.h"

/* What it says, ready to be bound. */
struct found {
	const struct change_check *check;
	int64_t host, run, at_ns;
	int severity;
	char *title, *object, *quiet, *meta;
};

static char *words_or_null(const char *s)
{
	return s && *s ? words_of(bytes_str(s)) : NULL;
}

static void found_release(struct found *f)
{
	free(f->title);
	free(f->object);
	free(f->quiet);
	free(f->meta);
}

static enum err_code check_change(const struct change_check *c,
				  struct err *err)
{
	if (!c->check || !*c->check || !c->file || !c->object || !*c->object)
		return err_set(err, ERR_USAGE,
			       "a check's finding needs the check, its file "
			       "and an object");
	if (!c->severity || severity_of(bytes_str(c->severity)) < 0)
		return err_set(err, ERR_FORMAT, "'%s' is no severity",
			       shown_str(c->severity ? c->severity : "").s);
	return ERR_OK;
}

/* All that it refers to, as far as it is of that host: ?1 the host. */
#define PROOF                                                                  \
	" FROM (SELECT 1) LEFT JOIN facts a ON a.id = ?2 AND a.host = ?1"      \
	" LEFT JOIN events e ON e.id = ?6 AND e.host = ?1"                     \
	" LEFT JOIN processes p ON p.id = coalesce(?3, a.process)"             \
	" AND p.host = ?1"                                                     \
	" LEFT JOIN sockets s ON s.id = ?4 AND s.host = ?1"                    \
	" LEFT JOIN evidence_items v ON v.host = ?1 AND v.id ="                \
	" coalesce((SELECT id FROM evidence_items WHERE uuid = ?7),"           \
	" a.evidence, e.evidence)"                                             \
	" LEFT JOIN files f ON f.host = ?1"                                    \
	" AND f.id = coalesce(?5, v.file, a.file, e.file)"

#define OFFSET "coalesce(?8, a.\"offset\", e.\"offset\")"

/* The first eight arguments. */
#define PROOF_ARGS(f)                                                          \
	v_int((f)->host), v_ref((f)->check->fact),                             \
		v_ref((f)->check->process), v_ref((f)->check->socket),         \
		v_ref((f)->check->file_row), v_ref((f)->check->event),         \
		v_text((f)->check->evidence),                                  \
		(f)->check->has_offset ? v_u64((f)->check->offset) : v_null()

/* Empty: where the proof is. */
#define PATH                                                                   \
	"CASE WHEN length(?9) > 0 THEN ?9 ELSE"                                \
	" coalesce(f.path, p.exe, x'') END"

/* Of a program, when the check names no other. */
#define HASH "coalesce(?10, p.sha256)"

#define FOUND_INSERT                                                           \
	"INSERT INTO findings (fact, process, socket, file, evidence,"         \
	" \"offset\", path, sha256, host, run, uuid, kind, rule, namespace,"   \
	" severity, status, technique, description, author, found_at,"         \
	" last_seen_at, meta, rules_sha256, object, quiet) SELECT a.id, p.id," \
	" s.id, f.id, v.id, " OFFSET ", " PATH ", " HASH ", ?1, ?11, ?12, 'check'," \
	" ?13, ?14, ?15, 'new', ?16, ?17, ?18, ?19, ?19, ?20,"                 \
	" (SELECT rules_sha256 FROM runs WHERE id = ?11), ?21, ?22" PROOF

/* The severity that people gave it stays: it is not what the run before
 * said. */
#define FOUND_AGAIN                                                            \
	"UPDATE findings SET (fact, process, socket, file, evidence,"          \
	" \"offset\", path, sha256, run, namespace, technique, description,"   \
	" author, last_seen_at, meta, rules_sha256, quiet, severity) ="        \
	" (SELECT a.id, p.id, s.id, f.id, v.id, " OFFSET ", " PATH ", " HASH ","    \
	" ?11, ?13, ?14, ?15, ?16, ?17, ?18,"                                  \
	" (SELECT rules_sha256 FROM runs WHERE id = ?11), ?19,"                \
	" CASE WHEN findings.severity = "                                      \
	SEVERITY_OF("findings.meta ->> 'severity'")                            \
	" THEN ?20 ELSE findings.severity END"                                 \
	PROOF ") WHERE id = ?12"

static enum err_code insert(struct book *book, const struct found *f,
			    int64_t *row, struct err *err)
{
	const struct change_check *c = f->check;
	struct uuid id = uuid_v7();

	return db_insert(
		&book->db, FOUND_INSERT,
		DB_ARGS(PROOF_ARGS(f), v_blob(c->path), v_text(c->sha256),
			v_int(f->run), v_text(id.s), v_text(c->check),
			v_text(c->file), v_int(f->severity),
			v_text(c->technique), v_text(f->title),
			v_text(c->author), v_int(f->at_ns), v_text(f->meta),
			v_text(f->object), v_text(f->quiet)),
		row, err);
}

static enum err_code again(struct book *book, const struct found *f,
			   int64_t row, struct err *err)
{
	const struct change_check *c = f->check;

	return db_run(&book->db, FOUND_AGAIN,
		      DB_ARGS(PROOF_ARGS(f), v_blob(c->path),
			      v_text(c->sha256), v_int(f->run), v_int(row),
			      v_text(c->file), v_text(c->technique),
			      v_text(f->title), v_text(c->author),
			      v_int(f->at_ns), v_text(f->meta),
			      v_text(f->quiet), v_int(f->severity)),
		      err);
}

/* On the timeline is what is to alarm somebody. */
static enum err_code tell(struct intake *in, const struct found *f,
			  int64_t row, struct err *err)
{
	char *message;
	enum err_code code;

	if (f->severity == 0)
		return ERR_OK;
	message = xasprintf("%s: %s: %s", f->check->check,
			    f->title ? f->title : "check", f->object);
	code = finding_event(in, row, 0, message, err);
	free(message);
	return code;
}

static enum err_code put(struct intake *in, const struct found *f,
			 int64_t *row, struct err *err)
{
	enum err_code code = db_number(
		&in->book->db,
		"SELECT id FROM findings WHERE host = ? AND rule = ?"
		" AND kind = 'check' AND object = ? LIMIT 1",
		DB_ARGS(v_int(f->host), v_text(f->check->check),
			v_text(f->object)),
		row, err);

	if (code == ERR_OK && *row)
		return again(in->book, f, *row, err);
	if (code == ERR_OK)
		code = insert(in->book, f, row, err);
	return code == ERR_OK ? tell(in, f, *row, err) : code;
}

enum err_code apply_check_found(struct book *book, const struct change *c,
				struct err *err)
{
	struct found f = {.check = &c->u.check, .at_ns = c->at_ns};
	struct stream of = {0};
	struct intake in = {.book = book, .s = &of, .at_ns = c->at_ns};
	int64_t row = 0;
	enum err_code code = check_change(f.check, err);

	if (code == ERR_OK)
		code = book_its_host(book, c, &f.host, err);
	if (code == ERR_OK)
		code = book_run(book, &c->run, &f.run, err);
	if (code == ERR_OK && !f.run)
		code = err_set(err, ERR_USAGE, "which run?");
	if (code != ERR_OK)
		return code;
	f.severity = severity_of(bytes_str(f.check->severity));
	f.title = words_or_null(f.check->title);
	f.object = words_or_null(f.check->object);
	f.quiet = words_or_null(f.check->quiet);
	f.meta = words_or_null(f.check->meta);
	of.run = f.run;
	of.host = f.host;
	code = put(&in, &f, &row, err);
	if (code == ERR_OK)
		code = finding_seen(&in, row, 0, err);
	found_release(&f);
	return code;
}
