/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found, as rows: a match of a rule is a finding, which later runs
 * see again; its strings are hits.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/records.h"
#include "model/detail.h"

/* The rule's words as text, for binding; each is freed by match_free. */
struct match_words {
	char *rule, *ns, *tags, *technique, *description, *author, *reference;
	char *meta;
	struct value score;
	int severity;
};

#define SCORE_MAX 100

/* A rule with a score needs no word for how bad it is. */
static void match_score(struct match_words *w, const struct rec_match *m)
{
	struct bytes text = m->score.n ? m->score : m->severity;
	uint64_t score;

	w->score = v_null();
	if (bytes_to_u64(bytes_trim(text), &score))
		w->score = v_u64(MIN(score, (uint64_t)SCORE_MAX));
	w->severity = severity_of(m->severity);
	if (w->severity < 0)
		w->severity = severity_of(m->score);
	if (w->severity < 0)
		w->severity = severity_of(bytes_str("medium"));
}

static void match_words(struct match_words *w, const struct rec_match *m)
{
	w->rule = words_of(m->rule);
	w->ns = words_of(m->ns);
	w->tags = words_of(m->tags);
	w->technique = words_of(m->technique);
	w->description = words_of(m->description);
	w->author = words_of(m->author);
	w->reference = words_of(m->reference);
	/* What readers would not read alike is left out. */
	w->meta = words_of(m->meta.n && detail_fault(m->meta)
				   ? (struct bytes){0}
				   : m->meta);
	match_score(w, m);
}

static void match_free(struct match_words *w)
{
	free(w->rule);
	free(w->ns);
	free(w->tags);
	free(w->technique);
	free(w->description);
	free(w->author);
	free(w->reference);
	free(w->meta);
}

static const char *or_null(const char *s)
{
	return *s ? s : NULL;
}

/* Where it was found: in a file, or in the memory of a process. */
struct place {
	int64_t file, evidence;
	int64_t process;
};

#define FINDING_INSERT                                                         \
	"INSERT INTO findings (uuid, host, run, file, process, kind, rule,"    \
	" namespace, path, sha256, severity, status, tags, technique,"         \
	" description, author, reference, found_at, last_seen_at,"             \
	" evidence, score, meta, member, rules_sha256)"                        \
	" SELECT ?1, ?2, r.id, f.id, p.id,"                                    \
	" CASE WHEN f.id IS NULL THEN 'memory' ELSE 'yara' END, ?3, ?4,"       \
	" coalesce(f.path, p.exe, x''), coalesce(f.sha256, p.sha256), ?5,"     \
	" 'new', ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, f.member,"      \
	" r.rules_sha256 FROM runs r LEFT JOIN files f ON f.id = ?15"          \
	" LEFT JOIN processes p ON p.id = ?16 WHERE r.id = ?17"

static enum err_code new_finding(struct intake *in, const struct place *at,
				 const struct match_words *w, int64_t *row,
				 struct err *err)
{
	struct uuid id = uuid_v7();

	return db_insert(
		&in->book->db, FINDING_INSERT,
		DB_ARGS(v_text(id.s), v_int(in->s->host), v_text(w->rule),
			v_text(w->ns), v_int(w->severity),
			v_text(or_null(w->tags)), v_text(or_null(w->technique)),
			v_text(or_null(w->description)),
			v_text(or_null(w->author)),
			v_text(or_null(w->reference)), v_int(in->at_ns),
			v_ref(at->evidence), w->score, v_text(or_null(w->meta)),
			v_ref(at->file), v_ref(at->process), v_int(in->s->run)),
		row, err);
}

enum err_code finding_event(struct intake *in, int64_t finding, int64_t file,
			    const char *message, struct err *err)
{
	struct event e = {.host = in->s->host,
			  .time_ns = in->at_ns,
			  .file = file,
			  .finding = finding,
			  .desc = bytes_str("Detection Time"),
			  .kind = bytes_str("finding"),
			  .actor = bytes_str(in->book->actor),
			  .message = bytes_str(message),
			  .at_ns = in->at_ns};

	return book_event(in->book, &e, err);
}

static enum err_code match_event(struct intake *in, const struct place *at,
				 const struct match_words *w, int64_t row,
				 struct err *err)
{
	char *message =
		*w->description ? xasprintf("%s: %s", w->rule, w->description)
				: xasprintf("rule %s matched", w->rule);
	enum err_code code = finding_event(in, row, at->file, message, err);

	free(message);
	return code;
}

#define FINDING_IS                                                             \
	"SELECT d.id FROM findings d, files f WHERE f.id = ?"                  \
	" AND d.host = f.host AND d.path = f.path AND d.rule = ?"              \
	" AND d.kind = 'yara' AND d.namespace = ? AND d.sha256 IS f.sha256"    \
	" AND d.member IS f.member LIMIT 1"
/* A process is known by its number and its start, which hosts tell to a
 * second or so. */
#define FINDING_IN_MEMORY                                                      \
	"SELECT d.id FROM processes q JOIN findings d ON d.host = q.host"      \
	" AND d.path = coalesce(q.exe, x'') AND d.rule = ?2"                   \
	" AND d.kind = 'memory' AND d.namespace = ?3"                          \
	" JOIN processes p ON p.id = d.process AND p.pid = q.pid"              \
	" AND (p.start_ns IS q.start_ns"                                       \
	" OR abs(p.start_ns - q.start_ns) < 2000000000)"                       \
	" WHERE q.id = ?1 LIMIT 1"
/* Another set of rules may say something else of the same file. */
#define FINDING_AGAIN                                                          \
	"UPDATE findings SET run = ?1, last_seen_at = ?2, file = ?3,"          \
	" evidence = coalesce(?4, evidence), score = coalesce(?5, score),"     \
	" meta = coalesce(?6, meta), rules_sha256 ="                           \
	" (SELECT rules_sha256 FROM runs WHERE id = ?1), process = ?8"         \
	" WHERE id = ?7"

static enum err_code finding_row(struct intake *in, const struct place *at,
				 const struct match_words *w, int64_t *row,
				 struct err *err)
{
	struct db *db = &in->book->db;
	enum err_code code = db_number(
		db, at->file ? FINDING_IS : FINDING_IN_MEMORY,
		DB_ARGS(v_int(at->file ? at->file : at->process),
			v_text(w->rule), v_text(w->ns)),
		row, err);

	if (code == ERR_OK && *row)
		return db_run(db, FINDING_AGAIN,
			      DB_ARGS(v_int(in->s->run), v_int(in->at_ns),
				      v_ref(at->file), v_ref(at->evidence),
				      w->score, v_text(or_null(w->meta)),
				      v_int(*row), v_ref(at->process)),
			      err);
	if (code == ERR_OK)
		code = new_finding(in, at, w, row, err);
	if (code == ERR_OK)
		code = match_event(in, at, w, *row, err);
	return code;
}

/* Two matches of one run may be one finding: two names of a file. */
#define SEEN_INSERT                                                            \
	"INSERT INTO finding_runs (finding, run, file) SELECT ?1, ?2, ?3"      \
	" WHERE NOT EXISTS (SELECT 1 FROM finding_runs WHERE run = ?2"         \
	" AND finding = ?1) RETURNING id"

enum err_code finding_seen(struct intake *in, int64_t finding, int64_t file,
			   struct err *err)
{
	struct audit *audit = &in->book->audit;
	int64_t row;
	enum err_code code = db_number(&in->book->db, SEEN_INSERT,
				       DB_ARGS(v_int(finding),
					       v_int(in->s->run), v_ref(file)),
				       &row, err);

	if (code == ERR_OK && row)
		code = audit_row(audit, T_FINDING_RUNS, row, in->s->host,
				 in->at_ns, err);
	if (code == ERR_OK)
		code = exclusion_judge(in->book, finding, err);
	if (code == ERR_OK)
		code = audit_row(audit, T_FINDINGS, finding, in->s->host,
				 in->at_ns, err);
	return code;
}

static enum err_code find_place(struct intake *in, const struct rec_match *m,
				struct place *at, struct err *err)
{
	const struct seen *file = seen_find(&in->s->files, m->file_seq);
	const struct seen *process =
		seen_find(&in->s->processes, m->process_seq);

	if ((file == NULL) == (process == NULL) || m->rule.n == 0)
		return err_set(err, ERR_FORMAT,
			       "match %" PRIu64 " has no rule, or is not in one "
			       "file or process",
			       m->seq);
	*at = (struct place){.file = file ? file->row : 0,
			     .evidence = file ? file->evidence : 0,
			     .process = process ? process->row : 0};
	return ERR_OK;
}

enum err_code take_match(struct intake *in, const struct record *r,
			 struct err *err)
{
	const struct rec_match *m = &r->u.match;
	struct seen seen = {.seq = m->seq, .txn = in->book->txn};
	struct match_words w;
	struct place at = {0};
	enum err_code code = seen_check(&in->s->matches, m->seq, err);

	if (code == ERR_OK)
		code = find_place(in, m, &at, err);
	if (code != ERR_OK)
		return code;
	match_words(&w, m);
	code = finding_row(in, &at, &w, &seen.row, err);
	match_free(&w);
	if (code == ERR_OK)
		code = finding_seen(in, seen.row, at.file, err);
	if (code == ERR_OK)
		seen_add(&in->s->matches, &seen);
	return code;
}

/* The finding's offset is that of its first hit. */
static enum err_code first_offset(struct intake *in, const struct seen *match,
				  uint64_t offset, struct err *err)
{
	int64_t changed;
	enum err_code code = db_number(
		&in->book->db,
		"UPDATE findings SET \"offset\" = ? WHERE id = ?"
		" AND \"offset\" IS NULL RETURNING id",
		DB_ARGS(v_u64(offset), v_int(match->row)), &changed, err);

	if (code == ERR_OK && changed)
		code = audit_row(&in->book->audit, T_FINDINGS, match->row,
				 in->s->host, in->at_ns, err);
	return code;
}

static enum err_code new_hit(struct intake *in, const struct seen *match,
			     const struct rec_hit *h, const char *identifier,
			     struct err *err)
{
	char *region = h->region.n ? words_of(h->region) : NULL;
	int64_t row;
	enum err_code code = db_insert(
		&in->book->db,
		"INSERT INTO hits (finding, run, identifier, \"offset\","
		" length, context, context_offset, region)"
		" VALUES (?,?,?,?,?,?,?,?)",
		DB_ARGS(v_int(match->row), v_int(in->s->run),
			v_text(identifier), v_u64(h->offset), v_u64(h->length),
			v_blob(h->context), v_u64(h->context_offset),
			v_text(region)),
		&row, err);

	free(region);
	if (code == ERR_OK)
		code = audit_row(&in->book->audit, T_HITS, row, in->s->host,
				 in->at_ns, err);
	if (code == ERR_OK)
		code = first_offset(in, match, h->offset, err);
	return code;
}

enum err_code take_hit(struct intake *in, const struct record *r,
			      struct err *err)
{
	const struct rec_hit *h = &r->u.hit;
	const struct seen *match = seen_find(&in->s->matches, h->match_seq);
	char *identifier;
	int64_t known;
	enum err_code code;

	if (!match)
		return err_set(err, ERR_FORMAT,
			       "a hit of match %" PRIu64 ", which is not there",
			       h->match_seq);
	identifier = words_of(h->identifier);
	code = db_number(&in->book->db,
			 "SELECT id FROM hits WHERE finding = ?"
			 " AND \"offset\" = ? AND length = ?"
			 " AND identifier = ? LIMIT 1",
			 DB_ARGS(v_int(match->row), v_u64(h->offset),
				 v_u64(h->length), v_text(identifier)),
			 &known, err);
	if (code == ERR_OK && !known) /* else an earlier run told it */
		code = new_hit(in, match, h, identifier, err);
	free(identifier);
	return code;
}
