/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that somebody brought, or evidence of the case, becomes records; in
 * the bundle child's jail.
 */
#include "base/base.h"

#include <sys/mman.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "remote/given_inside.h"
#include "remote/unfold.h"
#include "remote/unpack.h"
#include "wire/records.h"

#define SEND_AT ((size_t)128 << 10)

static enum err_code flush(struct teller *t, struct err *err)
{
	struct msg_data m = {.data = buf_bytes(&t->records)};
	enum err_code code = ERR_OK;

	if (t->records.n)
		code = msg_send(t->g->chan, MSG_LINK_OUTPUT, &m, err);
	buf_clear(&t->records);
	if (code == ERR_OK)
		code = chan_flush(t->g->chan, err);
	if (code == ERR_OK && unpack_is_held_up(t->g->chan))
		code = chan_drain(t->g->chan, deadline_in(INT64_MAX, NULL),
				  err);
	return code;
}

enum err_code given_tell_record(struct teller *t, enum rec_type type, const void *rec,
			  struct err *err)
{
	enum err_code code = record_encode(type, rec, &t->records, err);

	if (code == ERR_OK && t->records.n >= SEND_AT)
		code = flush(t, err);
	return code;
}

enum err_code given_tell_begin(struct teller *t, const char *op,
				const char *what, struct err *err)
{
	struct rec_hello hello = {.version = RECORD_VERSION,
				  .program = bytes_str("halligan"),
				  .engine = bytes_str(what),
				  .clock_ns = time_now_ns(),
				  .unlinked = true};
	struct rec_plan plan = {.op = bytes_str(op),
				.command = bytes_str(what),
				.root = t->g->order->path};
	enum err_code code = given_tell_record(t, REC_HELLO, &hello, err);

	return code == ERR_OK ? given_tell_record(t, REC_PLAN, &plan, err) : code;
}

static enum err_code tell_done(struct teller *t, struct err *err)
{
	struct rec_done done = {.files = t->files,
				.bytes = t->bytes,
				.clock_ns = time_now_ns(),
				.complete = true};
	enum err_code code = given_tell_record(t, REC_DONE, &done, err);

	return code == ERR_OK ? flush(t, err) : code;
}

/* ---- what a parser reads in it ---- */

static struct bytes cut(struct bytes b)
{
	return bytes_of(b.p, MIN(b.n, PARSE_MESSAGE_MAX));
}

static enum err_code on_event(void *arg, const struct parse_event *e,
			      struct err *err)
{
	struct teller *t = arg;
	struct rec_event rec = {.file_seq = t->item.seq,
				.time_ns = e->time_ns,
				.precision_ns = e->precision_ns,
				.desc = bytes_str(e->desc),
				.kind = bytes_str(e->kind),
				.actor = cut(e->actor),
				.message = cut(e->message),
				.offset = e->offset,
				.length = e->length};
	char source[64];

	(void)snprintf(source, sizeof source, "%s%s",
		       time_source_name(e->source),
		       e->year_deduced ? ", year deduced" : "");
	rec.source = bytes_str(source);
	return given_tell_record(t, REC_EVENT, &rec, err);
}

static enum err_code on_fact(void *arg, const struct parse_fact *f,
			     struct err *err)
{
	struct teller *t = arg;
	struct rec_fact rec = {.kind = bytes_str(f->kind),
			       .name = bytes_of(f->name.p,
						MIN(f->name.n,
						    PARSE_MESSAGE_MAX)),
			       .detail = f->detail,
			       .file_seq = t->item.seq,
			       .offset = f->offset,
			       .length = f->length};

	return given_tell_record(t, REC_FACT, &rec, err);
}

static enum err_code on_problem(void *arg, uint64_t offset, const char *what,
				struct err *err UNUSED)
{
	struct item *item = &((struct teller *)arg)->item;

	if (item->n_problems++ == 0) {
		item->problem = what;
		item->problem_at = offset;
	}
	return ERR_OK;
}

enum err_code given_tell_coverage(struct teller *t, const char *outcome,
				   const char *reason, uint64_t files,
				   struct err *err)
{
	struct rec_coverage c = {
		.what = bytes_str(t->g->order->spool ? "parse" : "import"),
		.outcome = bytes_str(outcome),
		.reason = bytes_str(reason),
		.path = t->item.path,
		.files = files,
		.bytes = t->item.content.n};

	return given_tell_record(t, REC_COVERAGE, &c, err);
}

struct parse_input given_take_up(struct teller *t)
{
	const struct msg_bundle_start *order = t->g->order;
	struct item *item = &t->item;

	buf_clear(&t->plain);
	item->is_packed = is_folded(item->content);
	if (item->is_packed)
		item->missing = unfold(item->content, &t->plain);
	return (struct parse_input){.content = item->is_packed
						       ? buf_bytes(&t->plain)
						       : item->content,
				    .path = item->path,
				    .mtime_ns = item->mtime_ns,
				    .taken_ns = item->taken_ns,
				    .has_zone = order->has_zone,
				    .zone_s = order->zone_s};
}

/* Its events, and a row for what in it could not be read. */
enum err_code given_parse_item(struct teller *t, const struct parse_input *in,
				struct err *err)
{
	struct parse_out out = {t, on_event, on_fact, on_problem};
	struct item *item = &t->item;
	enum err_code code = item->parser->run(in, &out, err);
	char reason[160];

	if (code == ERR_OK && item->missing)
		code = on_problem(t, t->plain.n, item->missing, err);
	t->files++;
	t->bytes += item->content.n;
	if (code != ERR_OK || !item->n_problems)
		return code;
	(void)snprintf(reason, sizeof reason,
		       "not understood: %s (first at byte %" PRIu64 ")",
		       item->problem, item->problem_at);
	return given_tell_coverage(t, "skipped", reason, item->n_problems, err);
}

static enum err_code find_parser(struct teller *t,
				 const struct parse_input *in, struct err *err)
{
	struct bytes name = t->g->order->parser;
	char *s = bytes_to_str(name);

	t->item.parser = name.n ? parser_find(s) : parser_guess(in);
	free(s);
	if (t->item.parser)
		return ERR_OK;
	return name.n ? err_set(err, ERR_USAGE, "there is no parser '%s'",
				shown(name).s)
		      : err_set(err, ERR_UNSUPPORTED,
				"it is no bundle of a probe, and no parser "
				"knows it; --as NAME says what it is");
}

/* ---- a file that somebody brought ---- */

static enum err_code tell_content(struct teller *t, struct err *err)
{
	struct bytes content = t->item.content;
	struct rec_file_end end = {.file_seq = t->item.seq,
				   .size = content.n,
				   .complete = true};
	uint8_t digest[HASH_LEN_MAX];
	char hex[HASH_HEX_MAX];
	struct hash hash;
	enum err_code code = ERR_OK;

	hash_init(&hash, HASH_SHA256);
	for (size_t at = 0; code == ERR_OK && at < content.n;
	     at += RECORD_CHUNK_MAX / 2) {
		struct rec_chunk chunk = {.file_seq = t->item.seq,
					  .offset = at};

		chunk.data = bytes_skip(content, at);
		chunk.data.n = MIN(chunk.data.n, (size_t)RECORD_CHUNK_MAX / 2);
		hash_add(&hash, chunk.data);
		code = given_tell_record(t, REC_CHUNK, &chunk, err);
	}
	(void)hash_final(&hash, digest);
	if (code != ERR_OK)
		return code;
	end.sha256 = bytes_of(digest, SHA256_LEN);
	(void)hex_encode(end.sha256, hex, sizeof hex);
	if (strcmp(hex, t->g->sha256) != 0)
		return err_set(err, ERR_VERIFY,
			       "the file changed while it was read");
	return given_tell_record(t, REC_FILE_END, &end, err);
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
	enum err_code code = given_tell_record(t, REC_FILE, &file, err);

	if (code == ERR_OK)
		code = tell_content(t, err);
	if (code == ERR_OK)
		code = given_tell_coverage(t, "collected", "", 1, err);
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
	in = given_take_up(t);
	code = find_parser(t, &in, err);
	if (code == ERR_OK)
		code = given_tell_begin(t, "import", t->item.parser->name, err);
	if (code == ERR_OK)
		code = tell_evidence(t, err);
	return code == ERR_OK ? given_parse_item(t, &in, err) : code;
}

/* ---- evidence that the case has: items, an end, then their contents ---- */

static enum err_code next_item(struct bytes *table, struct record *rec,
			       struct err *err)
{
	size_t used;
	enum err_code code = record_next(*table, &used, rec, err);

	if (code != ERR_OK)
		return code;
	*table = bytes_skip(*table, used);
	if (used == 0 || (rec->type != REC_ITEM && rec->type != REC_DONE))
		return err_set(err, ERR_FORMAT, "a spool without an end");
	return ERR_OK;
}

/* One that no parser knows, or whose parser gives up, costs itself. */
static enum err_code tell_item(struct teller *t, const struct rec_item *rec,
			       struct err *err)
{
	struct parse_input in = given_take_up(t);
	struct err why;
	enum err_code code;

	if (find_parser(t, &in, &why) != ERR_OK)
		return given_tell_coverage(t, "skipped", "no parser knows it", 1,
				     err);
	code = given_tell_record(t, REC_ITEM, rec, err);
	if (code != ERR_OK)
		return code;
	code = given_parse_item(t, &in, &why);
	if (code == ERR_OK)
		return given_tell_coverage(t, "parsed", t->item.parser->name, 1,
				     err);
	return code == ERR_FORMAT ? given_tell_coverage(t, "failed", why.msg, 1, err)
				  : (*err = why).code;
}

static enum err_code find_contents(struct bytes table, struct bytes *contents,
				   struct err *err)
{
	struct record rec = {.type = REC_ITEM};
	enum err_code code = ERR_OK;

	while (code == ERR_OK && rec.type != REC_DONE)
		code = next_item(&table, &rec, err);
	*contents = table;
	return code;
}

static enum err_code tell_spool(struct teller *t, struct err *err)
{
	struct bytes table = t->whole, contents;
	struct record rec;
	enum err_code code = find_contents(table, &contents, err);

	if (code == ERR_OK)
		code = given_tell_begin(t, "parse", "parse", err);
	while (code == ERR_OK) {
		code = next_item(&table, &rec, err);
		if (code != ERR_OK || rec.type == REC_DONE)
			break;
		if (rec.u.item.size > contents.n)
			return err_set(err, ERR_FORMAT, "a spool cut short");
		t->item = (struct item){
			.seq = rec.u.item.seq,
			.path = rec.u.item.path,
			.content = bytes_of(contents.p,
					    (size_t)rec.u.item.size),
			.mtime_ns = rec.u.item.mtime_ns,
			.taken_ns = rec.u.item.taken_ns};
		contents = bytes_skip(contents, t->item.content.n);
		code = tell_item(t, &rec.u.item, err);
	}
	return code;
}

/* A log that shrinks while it is mapped ends this child, and nothing else. */
static enum err_code map_whole(struct teller *t, struct err *err)
{
	void *p;

	if (t->g->size == 0)
		return ERR_OK;
	p = mmap(NULL, (size_t)t->g->size, PROT_READ, MAP_PRIVATE, t->g->fd,
		 0);
	if (p == MAP_FAILED)
		return err_errno(err, "mapping the file");
	t->whole = bytes_of(p, (size_t)t->g->size);
	return ERR_OK;
}

enum err_code given_tell(const struct given *g, struct err *err)
{
	struct teller t = {.g = g};
	struct err late;
	enum err_code code;

	buf_init(&t.records, SEND_AT + RECORD_BODY_MAX);
	buf_init(&t.plain, UNFOLD_MAX);
	code = map_whole(&t, err);
	if (code == ERR_OK)
		code = g->order->spool ? tell_spool(&t, err)
				       : tell_file(&t, err);
	if (code == ERR_OK)
		code = tell_done(&t, err);
	else if (flush(&t, &late) != ERR_OK)
		code = (*err = late).code; /* nobody is there to be told */
	buf_release(&t.records);
	buf_release(&t.plain);
	return code;
}
