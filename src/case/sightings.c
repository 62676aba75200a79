/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of what is not a file become rows: processes, sockets, and
 * sightings of indicators with the findings they are.
 */
#include "base/base.h"
#include "base/text.h"
#include "case/records.h"
#include "model/indicator.h"

#define RULE_MAX 120 /* bytes of "kind:value" as the rule of a finding */

/* The time of boot, from which starts are counted, is not always read alike. */
#define START_SLACK_NS NS_PER_S
#define TICK_NS	       (NS_PER_S / 100) /* how exactly the kernel tells a start */

static char *process_message(const struct rec_process *p)
{
	struct buf out;
	char *words;

	buf_init(&out, 8 * (RECORD_PATH_MAX + RECORD_META_MAX));
	(void)text_append(&out, p->exe.n ? p->exe : bytes_str("unknown"),
			  TEXT_ANY_WIDTH);
	(void)buf_addf(&out, " (pid %" PRIu64 ", parent %" PRIu64
			     ", uid %" PRIu64 ")%s",
		       p->pid, p->ppid, p->uid, p->cmdline.n ? ": " : "");
	words = xmemdup(p->cmdline.p, p->cmdline.n);
	for (size_t i = 0; i < p->cmdline.n; i++)
		if (words[i] == '\0')
			words[i] = ' ';
	(void)text_append(&out, bytes_trim(bytes_of(words, p->cmdline.n)),
			  TEXT_ANY_WIDTH);
	free(words);
	return buf_detach(&out);
}

/* Whether it has a start that people ask for: threads of the kernel have none,
 * and a host can say anything. */
static bool has_start(const struct rec_process *p)
{
	return p->start_ns > 0 && p->start_ns < TIME_FAR_NS &&
	       (p->exe.n || p->cmdline.n);
}

/* Once for each process, however often it is seen. */
static enum err_code start_event(struct intake *in, const struct rec_process *p,
				 int64_t row, struct err *err)
{
	struct event e = {.host = in->s->host,
			  .run = in->s->run,
			  .time_ns = p->start_ns,
			  .precision_ns = TICK_NS,
			  .desc = bytes_str("Start Time"),
			  .kind = bytes_str("process.start"),
			  .source = bytes_str("utc"),
			  .at_ns = in->at_ns};
	int64_t known;
	char *message;
	enum err_code code = db_number(
		&in->book->db,
		"SELECT 1 FROM processes WHERE host = ? AND pid = ? AND id < ?"
		" AND start_ns BETWEEN ? AND ? LIMIT 1",
		DB_ARGS(v_int(e.host), v_u64(p->pid), v_int(row),
			v_int(p->start_ns - START_SLACK_NS),
			v_int(p->start_ns + START_SLACK_NS)),
		&known, err);

	if (code != ERR_OK || known)
		return code;
	message = process_message(p);
	e.message = bytes_str(message);
	code = book_event(in->book, &e, err);
	free(message);
	return code;
}

enum err_code take_process(struct intake *in, const struct record *r,
			   struct err *err)
{
	const struct rec_process *p = &r->u.process;
	struct seen seen = {.seq = p->seq, .txn = in->book->txn};
	char sha256[HASH_HEX_MAX], *detail = NULL;
	enum err_code code = seen_check(&in->s->processes, p->seq, err);

	if (code != ERR_OK)
		return code;
	if (!hash_text(p->sha256, sha256))
		return err_set(err, ERR_FORMAT,
			       "process %" PRIu64 " has a bad hash", p->seq);
	code = detail_of(p->detail, &detail, err);
	if (code != ERR_OK)
		return code;
	code = db_insert(
		&in->book->db,
		"INSERT INTO processes (host, run, pid, ppid, uid, start_ns,"
		" exe, exe_deleted, cmdline, sha256, memfd, bytes_read,"
		" bytes_skipped, detail) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		DB_ARGS(v_int(in->s->host), v_int(in->s->run), v_u64(p->pid),
			v_u64(p->ppid), v_u64(p->uid), v_time(p->start_ns),
			v_blob(p->exe), v_int(p->exe_deleted),
			v_blob(p->cmdline),
			v_text(sha256[0] ? sha256 : NULL), v_int(p->memfd),
			v_u64(p->bytes_read), v_u64(p->bytes_skipped),
			v_text(*detail ? detail : NULL)),
		&seen.row, err);
	free(detail);
	if (code == ERR_OK)
		code = audit_row(&in->book->audit, T_PROCESSES, seen.row,
				 in->s->host, in->at_ns, err);
	if (code == ERR_OK && has_start(p))
		code = start_event(in, p, seen.row, err);
	if (code == ERR_OK)
		seen_add(&in->s->processes, &seen);
	return code;
}

/* What a number in a record stands for; 0 stands for none. */
static enum err_code referred(const struct seen_list *list, uint64_t seq,
			      const char *what, struct seen *seen,
			      struct err *err)
{
	const struct seen *found = seq ? seen_find(list, seq) : NULL;

	*seen = found ? *found : (struct seen){0};
	if (seq && !found)
		return err_set(err, ERR_FORMAT,
			       "%s %" PRIu64 " was never told of", what, seq);
	return ERR_OK;
}

static enum err_code socket_row(struct intake *in, const struct rec_socket *s,
				int64_t process, int64_t *row, struct err *err)
{
	char *proto, *state, *detail;
	enum err_code code = detail_of(s->detail, &detail, err);

	if (code != ERR_OK)
		return code;
	proto = words_of(s->proto);
	state = words_of(s->state);
	code = db_insert(
		&in->book->db,
		"INSERT INTO sockets (host, run, proto, local, remote, state,"
		" uid, inode, detail, pid) VALUES (?,?,?,?,?,?,?,?,?,"
		" (SELECT pid FROM processes WHERE id = ?))",
		DB_ARGS(v_int(in->s->host), v_int(in->s->run), v_text(proto),
			v_blob(s->local), v_blob(s->remote), v_text(state),
			v_u64(s->uid), v_u64(s->inode),
			v_text(*detail ? detail : NULL), v_ref(process)),
		row, err);
	free(detail);
	free(proto);
	free(state);
	if (code != ERR_OK)
		return code;
	return audit_row(&in->book->audit, T_SOCKETS, *row, in->s->host,
			 in->at_ns, err);
}

enum err_code take_socket(struct intake *in, const struct record *r,
			  struct err *err)
{
	const struct rec_socket *s = &r->u.socket;
	struct seen seen = {.seq = s->seq, .txn = in->book->txn};
	struct seen process;
	enum err_code code = seen_check(&in->s->sockets, s->seq, err);

	if (code == ERR_OK)
		code = referred(&in->s->processes, s->process_seq, "process",
				&process, err);
	if (code == ERR_OK)
		code = socket_row(in, s, process.row, &seen.row, err);
	if (code == ERR_OK) {
		seen.evidence = process.row; /* who holds it */
		seen_add(&in->s->sockets, &seen);
	}
	return code;
}

/* ---- sightings ---- */

/* Where an indicator was seen, as rows. */
struct sighting {
	int64_t indicator, file, evidence, process, socket;
};

static enum err_code is_imported(struct intake *in, int64_t *yes,
				 struct err *err)
{
	return db_number(&in->book->db,
			 "SELECT source IS NOT NULL FROM runs WHERE id = ?",
			 DB_ARGS(v_int(in->s->run)), yes, err);
}

/* A bundle brings indicators this case need not know; a host that is asked
 * about ours must not make any. */
static enum err_code new_indicator(struct intake *in,
				   const struct rec_sighting *s, int64_t *row,
				   struct err *err)
{
	struct change c = {.kind = CHANGE_INDICATOR_ADD, .at_ns = in->at_ns};
	struct change_indicator *i = &c.u.indicator;
	char *kind = words_of(s->kind), *value = words_of(s->value);
	char *severity = words_of(s->severity);
	char *description = words_of(s->description);
	enum indicator_kind known;
	struct buf normal;
	enum err_code code = ERR_OK;

	buf_init(&normal, INDICATOR_VALUE_MAX);
	if (!indicator_kind_of(s->kind, &known))
		code = err_set(err, ERR_FORMAT, "a sighting of nothing known");
	if (code == ERR_OK)
		code = indicator_normal(known, bytes_str(value), &normal, err);
	if (code == ERR_OK) {
		i->kind = indicator_kind_name(known);
		i->value = buf_str(&normal);
		i->severity = severity_of(s->severity) < 0 ? NULL : severity;
		i->description = description;
		i->source = in->s->program;
		i->valid_from_ns = i->valid_until_ns = TIME_UNKNOWN;
		i->if_new = true;
		code = apply_indicator_add(in->book, &c, err);
	}
	if (code == ERR_OK)
		code = db_number(&in->book->db,
				 "SELECT id FROM indicators WHERE kind = ?"
				 " AND value = ?",
				 DB_ARGS(v_text(i->kind), v_text(i->value)),
				 row, err);
	buf_release(&normal);
	free(kind);
	free(value);
	free(severity);
	free(description);
	return code;
}

static enum err_code indicator_row(struct intake *in,
				   const struct rec_sighting *s, int64_t *row,
				   struct err *err)
{
	char *id = words_of(s->indicator);
	int64_t imported = 0;
	enum err_code code =
		db_number(&in->book->db,
			  "SELECT id FROM indicators WHERE uuid = ?",
			  DB_ARGS(v_text(id)), row, err);

	if (code == ERR_OK && !*row)
		code = is_imported(in, &imported, err);
	if (code == ERR_OK && !*row && !imported)
		code = err_set(err, ERR_FORMAT,
			       "a sighting of indicator %s, which is not in "
			       "the case",
			       shown_str(id).s);
	if (code == ERR_OK && !*row)
		code = new_indicator(in, s, row, err);
	free(id);
	return code;
}

static enum err_code resolve(struct intake *in, const struct rec_sighting *s,
			     struct sighting *to, struct err *err)
{
	struct seen file, process, socket;
	enum err_code code =
		referred(&in->s->files, s->file_seq, "file", &file, err);

	if (code == ERR_OK)
		code = referred(&in->s->processes, s->process_seq, "process",
				&process, err);
	if (code == ERR_OK)
		code = referred(&in->s->sockets, s->socket_seq, "socket",
				&socket, err);
	if (code != ERR_OK)
		return code;
	to->file = file.row;
	to->evidence = file.evidence;
	to->process = process.row ? process.row : socket.evidence;
	to->socket = socket.row;
	return indicator_row(in, s, &to->indicator, err);
}

/* What a finding is about: the file, else the program of the process. */
#define PLACE                                                                  \
	" coalesce((SELECT path FROM files WHERE id = ?2),"                    \
	" (SELECT exe FROM processes WHERE id = ?3), x'')"
#define HASHED                                                                 \
	" coalesce((SELECT sha256 FROM files WHERE id = ?2),"                  \
	" (SELECT sha256 FROM processes WHERE id = ?3))"
#define FINDING_IS                                                             \
	"SELECT id FROM findings WHERE host = ?4 AND path =" PLACE             \
	" AND kind = 'indicator' AND indicator = ?1"                           \
	" AND member IS (SELECT member FROM files WHERE id = ?2) LIMIT 1"
#define FINDING_AGAIN                                                          \
	"UPDATE findings SET run = ?4, last_seen_at = ?5, file = ?2,"          \
	" process = ?3, sha256 = coalesce(" HASHED ", sha256),"                \
	" evidence = coalesce(?6, evidence) WHERE id = ?1"
#define FINDING_INSERT                                                         \
	"INSERT INTO findings (uuid, host, run, file, kind, rule, namespace,"  \
	" path, sha256, severity, status, technique, description, found_at,"   \
	" last_seen_at, evidence, process, indicator, member)"                 \
	" SELECT ?6, ?4, ?5, ?2,"                                              \
	" 'indicator', substr(i.kind || ':' || i.value, 1, ?9),"               \
	" coalesce(i.source, '')," PLACE "," HASHED ", "                        \
	SEVERITY_OF("i.severity") ", 'new', i.technique, i.description,"       \
	" ?7, ?7, ?8, ?3, i.id, (SELECT member FROM files WHERE id = ?2)"      \
	" FROM indicators i WHERE i.id = ?1"

static enum err_code sighted_event(struct intake *in, const struct sighting *s,
				   int64_t finding, struct err *err)
{
	sqlite3_stmt *stmt;
	char *message, *words;
	bool got;
	enum err_code code = db_query(&in->book->db,
				      "SELECT rule || coalesce(': ' ||"
				      " description, ' was seen')"
				      " FROM findings WHERE id = ?",
				      DB_ARGS(v_int(finding)), &stmt, err);

	if (code == ERR_OK)
		code = db_step(&in->book->db, stmt, &got, err);
	if (code != ERR_OK)
		return code;
	message = bytes_to_str(db_column_bytes(stmt, 0));
	sqlite3_reset(stmt);
	words = words_of(bytes_str(message));
	code = finding_event(in, finding, s->file, words, err);
	free(message);
	free(words);
	return code;
}

static enum err_code finding_row(struct intake *in, const struct sighting *s,
				 int64_t *row, struct err *err)
{
	struct db *db = &in->book->db;
	struct uuid id = uuid_v7();
	enum err_code code = db_number(
		db, FINDING_IS,
		DB_ARGS(v_int(s->indicator), v_ref(s->file), v_ref(s->process),
			v_int(in->s->host)),
		row, err);

	if (code == ERR_OK && *row)
		return db_run(db, FINDING_AGAIN,
			      DB_ARGS(v_int(*row), v_ref(s->file),
				      v_ref(s->process), v_int(in->s->run),
				      v_int(in->at_ns), v_ref(s->evidence)),
			      err);
	if (code == ERR_OK)
		code = db_insert(db, FINDING_INSERT,
				 DB_ARGS(v_int(s->indicator), v_ref(s->file),
					 v_ref(s->process),
					 v_int(in->s->host), v_int(in->s->run),
					 v_text(id.s), v_int(in->at_ns),
					 v_ref(s->evidence), v_int(RULE_MAX)),
				 row, err);
	if (code == ERR_OK)
		code = sighted_event(in, s, *row, err);
	return code;
}

static enum err_code sighting_row(struct intake *in, const struct sighting *s,
				  int64_t finding, struct bytes context,
				  struct err *err)
{
	struct uuid id = uuid_v7();
	int64_t row;
	enum err_code code = db_insert(
		&in->book->db,
		"INSERT INTO sightings (uuid, indicator, host, run, finding,"
		" context, seen_at, file, process, socket)"
		" VALUES (?,?,?,?,?,?,?,?,?,?)",
		DB_ARGS(v_text(id.s), v_int(s->indicator), v_int(in->s->host),
			v_int(in->s->run), v_int(finding), v_blob(context),
			v_int(in->at_ns), v_ref(s->file), v_ref(s->process),
			v_ref(s->socket)),
		&row, err);

	if (code != ERR_OK)
		return code;
	return audit_row(&in->book->audit, T_SIGHTINGS, row, in->s->host,
			 in->at_ns, err);
}

enum err_code take_sighting(struct intake *in, const struct record *r,
			    struct err *err)
{
	const struct rec_sighting *s = &r->u.sighting;
	struct sighting rows = {0};
	int64_t finding;
	enum err_code code = resolve(in, s, &rows, err);

	if (code == ERR_OK)
		code = finding_row(in, &rows, &finding, err);
	if (code == ERR_OK)
		code = finding_seen(in, finding, rows.file, err);
	if (code == ERR_OK)
		code = sighting_row(in, &rows, finding, s->context, err);
	return code;
}
