/* SPDX-License-Identifier: Apache-2.0 */
/* A file that somebody brought becomes records; in the bundle child's jail. */
#include "base/base.h"

#include <sys/mman.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "parse/parse.h"
#include "remote/given.h"
#include "remote/unfold.h"
#include "remote/unpack.h"
#include "wire/records.h"

#define THE_FILE 1u /* its number in the stream */
#define SEND_AT  ((size_t)128 << 10)

struct teller {
	const struct given *g;
	const struct parser *parser;
	struct bytes content; /* mapped: the evidence */
	struct buf plain;     /* what is in it, when it is packed */
	bool is_packed;
	const char *missing; /* of that, for people */
	struct buf records;  /* not sent yet */
	uint64_t n_problems;
	uint64_t problem_at; /* of the first */
	const char *problem;
};

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

static enum err_code tell(struct teller *t, enum rec_type type, const void *rec,
			  struct err *err)
{
	enum err_code code = record_encode(type, rec, &t->records, err);

	if (code == ERR_OK && t->records.n >= SEND_AT)
		code = flush(t, err);
	return code;
}

static enum err_code tell_begin(struct teller *t, struct err *err)
{
	struct rec_hello hello = {.version = RECORD_VERSION,
				  .program = bytes_str("halligan"),
				  .engine = bytes_str(t->parser->name),
				  .clock_ns = time_now_ns(),
				  .unlinked = true};
	struct rec_plan plan = {.op = bytes_str("import"),
				.command = bytes_str(t->parser->name),
				.root = t->g->order->path};
	struct rec_file file = {.seq = THE_FILE,
				.path = t->g->order->path,
				.mode = t->g->st->st_mode,
				.uid = t->g->st->st_uid,
				.gid = t->g->st->st_gid,
				.nlink = t->g->st->st_nlink,
				.ino = t->g->st->st_ino,
				.dev = t->g->st->st_dev,
				.size = t->g->size,
				.mtime_ns = time_from_spec(t->g->st->st_mtim),
				/* those of the copy say nothing of the host */
				.atime_ns = TIME_UNKNOWN,
				.ctime_ns = TIME_UNKNOWN,
				.btime_ns = TIME_UNKNOWN,
				.content = true};
	enum err_code code = tell(t, REC_HELLO, &hello, err);

	if (code == ERR_OK)
		code = tell(t, REC_PLAN, &plan, err);
	if (code == ERR_OK)
		code = tell(t, REC_FILE, &file, err);
	return code;
}

static enum err_code tell_content(struct teller *t, struct err *err)
{
	struct rec_file_end end = {
		.file_seq = THE_FILE, .size = t->content.n, .complete = true};
	uint8_t digest[HASH_LEN_MAX];
	char hex[HASH_HEX_MAX];
	struct hash hash;
	enum err_code code = ERR_OK;

	hash_init(&hash, HASH_SHA256);
	for (size_t at = 0; code == ERR_OK && at < t->content.n;
	     at += RECORD_CHUNK_MAX / 2) {
		struct rec_chunk chunk = {.file_seq = THE_FILE, .offset = at};

		chunk.data = bytes_skip(t->content, at);
		chunk.data.n = MIN(chunk.data.n, (size_t)RECORD_CHUNK_MAX / 2);
		hash_add(&hash, chunk.data);
		code = tell(t, REC_CHUNK, &chunk, err);
	}
	(void)hash_final(&hash, digest);
	if (code != ERR_OK)
		return code;
	end.sha256 = bytes_of(digest, SHA256_LEN);
	(void)hex_encode(end.sha256, hex, sizeof hex);
	if (strcmp(hex, t->g->sha256) != 0)
		return err_set(err, ERR_VERIFY,
			       "the file changed while it was read");
	return tell(t, REC_FILE_END, &end, err);
}

static struct bytes cut(struct bytes b)
{
	return bytes_of(b.p, MIN(b.n, PARSE_MESSAGE_MAX));
}

static enum err_code on_event(void *arg, const struct parse_event *e,
			      struct err *err)
{
	struct teller *t = arg;
	struct rec_event rec = {.file_seq = THE_FILE,
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
	return tell(t, REC_EVENT, &rec, err);
}

static enum err_code on_problem(void *arg, uint64_t offset, const char *what,
				struct err *err UNUSED)
{
	struct teller *t = arg;

	if (t->n_problems++ == 0) {
		t->problem = what;
		t->problem_at = offset;
	}
	return ERR_OK;
}

static enum err_code tell_coverage(struct teller *t, const char *outcome,
				   const char *reason, uint64_t files,
				   struct err *err)
{
	struct rec_coverage c = {.what = bytes_str("import"),
				 .outcome = bytes_str(outcome),
				 .reason = bytes_str(reason),
				 .path = t->g->order->path,
				 .files = files,
				 .bytes = t->content.n};

	return tell(t, REC_COVERAGE, &c, err);
}

/* One row for the file, one for what in it could not be read. */
static enum err_code tell_outcome(struct teller *t, struct err *err)
{
	enum err_code code = tell_coverage(t, "collected", "", 1, err);
	char reason[160];

	if (code != ERR_OK || !t->n_problems)
		return code;
	(void)snprintf(reason, sizeof reason,
		       "not understood: %s (first at byte %" PRIu64 ")",
		       t->problem, t->problem_at);
	return tell_coverage(t, "skipped", reason, t->n_problems, err);
}

static enum err_code tell_done(struct teller *t, struct err *err)
{
	struct rec_done done = {.files = 1,
				.bytes = t->content.n,
				.clock_ns = time_now_ns(),
				.complete = true};
	enum err_code code = tell(t, REC_DONE, &done, err);

	return code == ERR_OK ? flush(t, err) : code;
}

static struct parse_input input_of(const struct teller *t)
{
	const struct msg_bundle_start *order = t->g->order;
	int64_t mtime_ns = time_from_spec(t->g->st->st_mtim);

	return (struct parse_input){
		.content = t->is_packed ? buf_bytes(&t->plain) : t->content,
		.path = order->path,
		.mtime_ns = mtime_ns,
		.taken_ns = time_now_ns(),
		.has_zone = order->has_zone,
		.zone_s = order->zone_s};
}

static enum err_code find_parser(struct teller *t, const struct parse_input *in,
				 struct err *err)
{
	struct bytes name = t->g->order->parser;

	if (name.n == 0) {
		t->parser = parser_guess(in);
		return t->parser ? ERR_OK
				 : err_set(err, ERR_UNSUPPORTED,
					   "it is no bundle of a probe, and no "
					   "parser knows it; --as NAME says "
					   "what it is");
	}
	for (size_t i = 0; i < n_parsers && !t->parser; i++)
		if (bytes_eq(bytes_str(parsers[i].name), name))
			t->parser = &parsers[i];
	return t->parser ? ERR_OK
			 : err_set(err, ERR_USAGE, "there is no parser '%s'",
				   shown(name).s);
}

/* A log that shrinks while it is mapped ends this child, and nothing else. */
static enum err_code map_content(struct teller *t, struct err *err)
{
	void *p;

	if (t->g->size == 0)
		return ERR_OK;
	p = mmap(NULL, (size_t)t->g->size, PROT_READ, MAP_PRIVATE, t->g->fd, 0);
	if (p == MAP_FAILED)
		return err_errno(err, "mapping the file");
	t->content = bytes_of(p, (size_t)t->g->size);
	t->is_packed = is_folded(t->content);
	if (t->is_packed)
		t->missing = unfold(t->content, &t->plain);
	return ERR_OK;
}

enum err_code given_tell(const struct given *g, struct err *err)
{
	struct teller t = {.g = g};
	struct parse_out out = {&t, on_event, on_problem};
	struct parse_input in;
	enum err_code code;

	buf_init(&t.records, SEND_AT + RECORD_BODY_MAX);
	buf_init(&t.plain, UNFOLD_MAX);
	code = map_content(&t, err);
	in = input_of(&t);
	if (code == ERR_OK)
		code = find_parser(&t, &in, err);
	if (code == ERR_OK)
		code = tell_begin(&t, err);
	if (code == ERR_OK)
		code = tell_content(&t, err);
	if (code == ERR_OK)
		code = t.parser->run(&in, &out, err);
	if (code == ERR_OK && t.missing)
		code = on_problem(&t, t.plain.n, t.missing, err);
	if (code == ERR_OK)
		code = tell_outcome(&t, err);
	if (code == ERR_OK)
		code = tell_done(&t, err);
	else if (flush(&t, &(struct err){0}) != ERR_OK)
		code = ERR_NET; /* nobody is there to be told */
	buf_release(&t.records);
	buf_release(&t.plain);
	return code;
}
