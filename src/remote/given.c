/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that somebody brought, or evidence of the case, becomes records; in
 * the bundle child's jail.
 */
#include "base/base.h"

#include <sys/mman.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "model/redact.h"
#include "parse/database_log.h"
#include "remote/given_inside.h"
#include "remote/items.h"
#include "remote/unfold.h"

#define REDACT_STEP ((size_t)256 << 10)
#define LOG_SUFFIX  "-wal" /* of databases of SQLite */

/* ---- a file that somebody brought ---- */

/* Its bytes as they go into the case, which is what is parsed, too. */
static enum err_code tell_content(struct teller *t, struct rec_file_end *end,
				  struct err *err)
{
	enum err_code code = teller_bytes(t, end, t->item.content, err);

	end->complete = true;
	return code == ERR_OK ? teller_tell(t, REC_FILE_END, end, err) : code;
}

/* The map is ours: what is overwritten in it is so for us alone. */
static void redact(struct teller *t, struct rec_file_end *end,
		   struct redacted_hashes *hashes)
{
	struct bytes content = t->item.content;
	struct redactor r;

	redactor_init(&r, secret_place_of(t->item.path)->form,
		      t->g->order->secrets);
	for (size_t at = 0, done = 0; at < content.n; at += REDACT_STEP) {
		struct bytes piece = bytes_skip(content, at), ready;

		piece.n = MIN(piece.n, REDACT_STEP);
		ready = redactor_next(&r, piece, at + piece.n == content.n);
		/* Only pages that differ are copied. */
		if (r.differs && memcmp(t->writable + done, ready.p, ready.n))
			memcpy(t->writable + done, ready.p, ready.n);
		done += ready.n;
	}
	if (redactor_end(&r, end, hashes))
		end->reason = bytes_str(RECORD_REDACTED);
}

static enum err_code check_sum(const struct teller *t,
			       const uint8_t original[HASH_LEN_MAX],
			       struct err *err)
{
	char hex[HASH_HEX_MAX];

	(void)hex_encode(bytes_of(original, SHA256_LEN), hex, sizeof hex);
	return strcmp(hex, t->g->sha256) == 0
		       ? ERR_OK
		       : err_set(err, ERR_VERIFY,
				 "the file changed while it was read");
}

/* The other times are of the copy, and say nothing of the host. */
static enum err_code tell_evidence(struct teller *t, struct err *err)
{
	const struct stat *st = t->g->st;
	struct rec_file file = {.seq = t->item.seq,
				.path = t->item.path,
				.mode = st->st_mode,
				.uid = st->st_uid,
				.gid = st->st_gid,
				.nlink = st->st_nlink,
				.ino = st->st_ino,
				.dev = st->st_dev,
				.size = t->item.content.n,
				.mtime_ns = t->item.mtime_ns,
				.atime_ns = TIME_UNKNOWN,
				.ctime_ns = TIME_UNKNOWN,
				.btime_ns = TIME_UNKNOWN,
				.content = true};
	struct redacted_hashes hashes;
	struct rec_file_end end = {.file_seq = t->item.seq};
	enum err_code code;

	redact(t, &end, &hashes);
	code = check_sum(t, hashes.original, err);
	if (code == ERR_OK)
		code = teller_tell(t, REC_FILE, &file, err);
	if (code == ERR_OK)
		code = tell_content(t, &end, err);
	if (code == ERR_OK)
		code = teller_coverage(t, "collected",
				       end.redacted ? "secret" : "", 1, err);
	if (code == ERR_OK && end.redacted)
		code = teller_taken_out(t, end.redacted, err);
	return code;
}

static enum err_code tell_file(struct teller *t, struct err *err)
{
	struct members *members =
		t->g->order->parser.n ? NULL : members_open(t->whole);
	struct parse_input in;
	enum err_code code;

	if (members) {
		code = given_tell_archive(t, members, err);
		members_close(members);
		return code;
	}
	t->item = (struct item){.seq = 1,
				.path = t->g->order->path,
				.content = t->whole,
				.mtime_ns = time_from_spec(t->g->st->st_mtim),
				.taken_ns = time_now_ns()};
	if (t->g->order->after)
		return teller_lost(t, err); /* its bytes are evidence already */
	in = teller_take_up(t);
	code = teller_find_parser(t, &in, err);
	if (code == ERR_OK)
		code = teller_begin(t, "import", t->item.parser->name, err);
	if (code == ERR_OK)
		code = teller_zone(t, err);
	in.clock = t->zone ? &t->clock : NULL;
	if (code == ERR_OK)
		code = tell_evidence(t, err);
	if (code == ERR_OK)
		code = teller_at(t, 1, err);
	return code == ERR_OK ? teller_parse(t, &in, err) : code;
}

/* ---- evidence that the case has ---- */

/* Only what is read in one piece is looked at behind and before its border. */
static void look_around(struct teller *t, const struct items *items, size_t i,
			struct parse_input *in)
{
	const struct item_of_spool *newer = items_newer(items, i);
	const struct item_of_spool *older = items_older(items, i);
	struct bytes b;

	if (newer && newer->rec.seq == t->head_of) {
		in->after = buf_bytes(&t->head);
		if (t->head_ns &&
		    (!in->not_after_ns || t->head_ns < in->not_after_ns))
			in->not_after_ns = t->head_ns;
	}
	if (!older || !parser_joins(t->item.parser))
		return;
	b = older->content;
	buf_clear(&t->other);
	if (is_folded(b)) {
		(void)unfold(b, &t->other);
		b = buf_bytes(&t->other);
	}
	in->before = bytes_skip(b, b.n - MIN(b.n, PARSE_BORDER));
}

/* For the older one. */
static void keep_head(struct teller *t, struct bytes content)
{
	buf_clear(&t->head);
	(void)buf_add(&t->head, content.p, MIN(content.n, PARSE_BORDER));
	t->head_of = t->item.seq;
	t->head_ns = t->item.first_ns;
}

/* A number of a rotated log that is not there. */
static enum err_code tell_gap(struct teller *t,
			      const struct item_of_spool *newer,
			      const struct item_of_spool *older,
			      struct err *err)
{
	uint64_t n = newer && older ? items_missing(newer, older) : 0;
	struct rec_coverage c = {
		.what = bytes_str("parse"),
		.outcome = bytes_str("skipped"),
		.reason = bytes_str("a rotated log that is not here: it "
				    "was removed, or not collected"),
		.files = n};
	struct rec_fact fact = {.kind = bytes_str("rotation_gap"),
				.file_seq = t->item.seq};
	struct buf path, detail;
	struct json json;
	enum err_code code;

	if (!n)
		return ERR_OK;
	buf_init(&path, RECORD_PATH_MAX + 32);
	buf_init(&detail, RECORD_DETAIL_MAX);
	(void)buf_add_bytes(&path, older->name.stem);
	(void)buf_addf(&path, ".%" PRIu64, older->name.number - n);
	json = json_to(&detail);
	json_begin_object(&json, NULL);
	json_bytes(&json, "newer", newer->rec.path);
	json_bytes(&json, "older", older->rec.path);
	json_int(&json, "missing", (int64_t)n);
	json_end_object(&json);
	c.path = fact.name = buf_bytes(&path);
	fact.detail = buf_bytes(&detail);
	code = teller_tell(t, REC_FACT, &fact, err);
	if (code == ERR_OK)
		code = teller_tell(t, REC_COVERAGE, &c, err);
	buf_release(&path);
	buf_release(&detail);
	return code;
}

static enum err_code tell_gaps(struct teller *t, const struct items *items,
			       size_t i, struct err *err)
{
	const struct item_of_spool *newer = items_newer(items, i);
	enum err_code code =
		tell_gap(t, &items->v[i], items_older(items, i), err);

	/* Else it was, or will be, told with that one. */
	if (code == ERR_OK && newer && newer->rec.known)
		code = tell_gap(t, newer, &items->v[i], err);
	return code;
}

/* A database and the log beside it are one. */
static void take_log(const struct items *items, size_t i,
		     struct parse_input *in)
{
	const struct item_of_spool *log =
		is_database(in->content) ? items_beside(items, i, LOG_SUFFIX)
					 : NULL;

	if (log && is_database_log(log->content))
		in->log = log->content;
}

static bool is_log_of_another(const struct items *items, size_t i)
{
	const struct item_of_spool *of =
		is_database_log(items->v[i].content)
			? items_before(items, i, LOG_SUFFIX)
			: NULL;

	return of && is_database(of->content);
}

/* One that no parser knows, or whose parser gives up, costs itself. */
static enum err_code tell_item(struct teller *t, const struct items *items,
			       size_t i, struct err *err)
{
	struct parse_input in = teller_take_up(t);
	struct err why;
	enum err_code code;

	if (is_log_of_another(items, i))
		return teller_coverage(t, "parsed",
				       "with the database that it is the log "
				       "of",
				       1, err);
	take_log(items, i, &in);
	if (teller_find_parser(t, &in, &why) != ERR_OK)
		return teller_coverage(t, "unknown", "no parser knows it", 1,
				       err);
	look_around(t, items, i, &in);
	code = teller_tell(t, REC_ITEM, &items->v[i].rec, err);
	if (code == ERR_OK)
		code = tell_gaps(t, items, i, err);
	if (code != ERR_OK)
		return code;
	code = teller_parse(t, &in, &why);
	keep_head(t, in.content);
	if (code == ERR_OK)
		return teller_coverage(t, "parsed", t->item.parser->name, 1,
				       err);
	return code == ERR_FORMAT
		       ? teller_coverage(t, "failed", why.msg, 1, err)
		       : (*err = why).code;
}

static struct item item_in(const struct item_of_spool *it)
{
	return (struct item){.seq = it->rec.seq,
			     .path = it->rec.path,
			     .content = it->content,
			     .mtime_ns = it->rec.mtime_ns,
			     .taken_ns = it->rec.taken_ns};
}

static enum err_code tell_items(struct teller *t, const struct items *items,
				struct err *err)
{
	uint64_t step = 0, after = t->g->order->after;
	enum err_code code = ERR_OK;

	for (size_t i = 0; code == ERR_OK && i < items->n; i++) {
		if (items->v[i].rec.known || ++step < after)
			continue;
		t->item = item_in(&items->v[i]);
		if (step == after) {
			code = teller_lost(t, err);
			continue;
		}
		code = teller_at(t, step, err);
		if (code == ERR_OK)
			code = tell_item(t, items, i, err);
	}
	return code;
}

static enum err_code tell_spool(struct teller *t, struct err *err)
{
	struct items items;
	enum err_code code = items_read(&items, t->whole, err);

	if (code == ERR_OK && !t->g->order->after)
		code = teller_begin(t, "parse", "parse", err);
	if (code == ERR_OK)
		code = teller_zone(t, err);
	if (code == ERR_OK)
		code = tell_items(t, &items, err);
	items_release(&items);
	return code;
}

/* A log that shrinks while it is mapped ends this child, and nothing else. */
static enum err_code map_whole(struct teller *t, struct err *err)
{
	void *p;

	if (t->g->size == 0)
		return ERR_OK;
	p = mmap(NULL, (size_t)t->g->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_NORESERVE, t->g->fd, 0);
	if (p == MAP_FAILED)
		return err_errno(err, "mapping the file");
	t->writable = p;
	t->whole = bytes_of(p, (size_t)t->g->size);
	return ERR_OK;
}

bool given_is_file(const struct given *g)
{
	struct teller t = {.g = g};
	struct members *members;
	struct err err;

	if (g->order->parser.n || map_whole(&t, &err) != ERR_OK || !t.whole.n)
		return true;
	members = members_open(t.whole);
	members_close(members);
	(void)munmap((void *)(uintptr_t)t.whole.p, t.whole.n);
	return members == NULL;
}

enum err_code given_tell(const struct given *g, struct err *err)
{
	struct teller t = {
		.g = g, .files = g->order->files, .bytes = g->order->bytes};
	struct err late;
	enum err_code code;

	buf_init(&t.records, TELLER_SEND_AT + RECORD_BODY_MAX);
	buf_init(&t.plain, UNFOLD_MAX);
	buf_init(&t.other, UNFOLD_MAX);
	buf_init(&t.head, PARSE_BORDER);
	code = map_whole(&t, err);
	if (code == ERR_OK)
		code = g->order->spool ? tell_spool(&t, err)
				       : tell_file(&t, err);
	if (code == ERR_OK)
		code = teller_done(&t, err);
	else if (teller_flush(&t, &late) != ERR_OK)
		code = (*err = late).code; /* nobody is there to be told */
	buf_release(&t.records);
	buf_release(&t.plain);
	buf_release(&t.other);
	buf_release(&t.head);
	zone_free(t.zone);
	return code;
}
