/* SPDX-License-Identifier: Apache-2.0 */
/* What parsers read in evidence becomes events of the timeline. */
#include "base/base.h"
#include "case/records.h"

/* What was read in it before is not what is read in it now. */
static enum err_code supersede(struct intake *in, int64_t evidence,
			       struct err *err)
{
	int64_t before, row;
	enum err_code code = db_number(
		&in->book->db,
		"SELECT max(run) FROM (SELECT max(run) AS run FROM events"
		" WHERE evidence = ?1 UNION ALL SELECT max(run) FROM facts"
		" WHERE evidence = ?1)",
		DB_ARGS(v_int(evidence)), &before, err);

	if (code != ERR_OK || !before || before == in->s->run)
		return code;
	code = db_insert(&in->book->db,
			 "INSERT INTO superseded (evidence, run)"
			 " VALUES (?,?)",
			 DB_ARGS(v_int(evidence), v_int(before)), &row, err);
	if (code != ERR_OK)
		return code;
	return audit_row(&in->book->audit, T_SUPERSEDED, row, in->s->host,
			 in->at_ns, err);
}

enum err_code take_item(struct intake *in, const struct record *r,
			struct err *err)
{
	const struct rec_item *k = &r->u.item;
	struct seen seen = {.seq = k->seq, .txn = in->book->txn};
	char *id = words_of(k->evidence);
	enum err_code code = seen_check(&in->s->files, k->seq, err);

	if (code == ERR_OK)
		code = db_number(&in->book->db,
				 "SELECT id FROM evidence_items"
				 " WHERE uuid = ? AND host = ?",
				 DB_ARGS(v_text(id), v_int(in->s->host)),
				 &seen.evidence, err);
	free(id);
	if (code == ERR_OK && !seen.evidence)
		code = err_set(err, ERR_FORMAT,
			       "evidence that the host has not");
	if (code == ERR_OK)
		code = db_number(&in->book->db,
				 "SELECT file FROM evidence_items"
				 " WHERE id = ?",
				 DB_ARGS(v_int(seen.evidence)), &seen.row, err);
	if (code == ERR_OK)
		code = events_write(in->book, err);
	if (code == ERR_OK)
		code = supersede(in, seen.evidence, err);
	if (code == ERR_OK)
		seen_add(&in->s->files, &seen);
	return code;
}

/* In the words of the case: most are as they came. */
static struct bytes words_as(struct bytes b, char **made)
{
	*made = NULL;
	if (b.n == 0)
		return bytes_str("");
	if (is_text_as_is(b))
		return b;
	*made = words_of(b);
	return bytes_str(*made);
}

/* What a lost transaction told widens what fold_told looks at, no more. */
static void note_time(struct stream *s, const struct event *e)
{
	if (e->precision_ns == 0 || /* only the order is known */
	    e->time_ns < -TIME_FAR_NS || e->time_ns > TIME_FAR_NS)
		return;
	s->told_from = s->told ? MIN(s->told_from, e->time_ns) : e->time_ns;
	s->told_until = s->told ? MAX(s->told_until, e->time_ns) : e->time_ns;
	s->told = true;
}

/* Local times of that evidence were taken for UTC, which is to be mended once
 * the zone of its host is known. */
static enum err_code note_assumed(struct intake *in, const struct event *e,
				  struct err *err)
{
	struct stream *s = in->s;
	int64_t row;
	enum err_code code;

	if (!bytes_starts(e->source, "assumed utc") ||
	    (s->assumed == e->evidence && s->assumed_txn == in->book->txn))
		return ERR_OK;
	code = db_number(&in->book->db,
			 "INSERT INTO assumptions (evidence, run)"
			 " SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1"
			 " FROM assumptions WHERE evidence = ?1"
			 " AND run = ?2) RETURNING id",
			 DB_ARGS(v_int(e->evidence), v_int(e->run)), &row, err);
	if (code != ERR_OK)
		return code;
	s->assumed = e->evidence;
	s->assumed_txn = in->book->txn;
	return row ? audit_row(&in->book->audit, T_ASSUMPTIONS, row, s->host,
			       in->at_ns, err)
		   : ERR_OK;
}

enum err_code take_event(struct intake *in, const struct record *r,
			 struct err *err)
{
	const struct rec_event *k = &r->u.event;
	const struct seen *file = seen_find(&in->s->files, k->file_seq);
	char *made[5];
	struct event e = {.host = in->s->host,
			  .run = in->s->run,
			  .at_ns = in->at_ns,
			  .time_ns = k->time_ns,
			  .precision_ns = k->precision_ns,
			  .offset = k->offset,
			  .length = k->length};
	enum err_code code;

	if (!file || !file->evidence || k->time_ns == TIME_UNKNOWN)
		return err_set(err, ERR_FORMAT,
			       "an event of file %" PRIu64
			       ", which is no evidence",
			       k->file_seq);
	e.file = file->row;
	e.evidence = file->evidence;
	e.actor = words_as(k->actor, &made[0]);
	if (!e.actor.n)
		e.actor.p = NULL;
	e.message = words_as(k->message, &made[1]);
	e.kind = words_as(k->kind, &made[2]);
	e.desc = words_as(k->desc, &made[3]);
	e.source = words_as(k->source, &made[4]);
	code = book_event(in->book, &e, err);
	if (code == ERR_OK)
		code = note_assumed(in, &e, err);
	if (code == ERR_OK)
		note_time(in->s, &e);
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		free(made[i]);
	return code;
}
