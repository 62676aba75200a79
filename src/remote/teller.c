/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a parser reads in one file, told as records; and what keeps a file
 * that ends its parser from costing more than itself.
 */
#include "base/base.h"

#include <sys/time.h>

#include "base/text.h"
#include "base/time.h"
#include "remote/items.h"
#include "remote/teller.h"
#include "remote/unfold.h"
#include "remote/unpack.h"
#include "wire/records.h"

/* What a file may take of the processor: a minute, and one second more for
 * each so many bytes, packed or plain. */
#define CPU_S          60u
#define PACKED_PER_CPU ((size_t)1 << 20)
#define PLAIN_PER_CPU  ((size_t)4 << 20)

#define CHUNK_BYTES ((size_t)RECORD_CHUNK_MAX / 2) /* told at once */

#define TIME_FIRST_NS (315532800 * NS_PER_S) /* 1980: no log is older */

enum err_code teller_flush(struct teller *t, struct err *err)
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

enum err_code teller_tell(struct teller *t, enum rec_type type, const void *rec,
			  struct err *err)
{
	enum err_code code = record_encode(type, rec, &t->records, err);

	if (code == ERR_OK && t->records.n >= TELLER_SEND_AT)
		code = teller_flush(t, err);
	return code;
}

enum err_code teller_begin(struct teller *t, const char *op, const char *what,
			   struct err *err)
{
	struct rec_hello hello = {.version = RECORD_VERSION,
				  .program = bytes_str("halligan"),
				  .engine = bytes_str(what),
				  .clock_ns = time_now_ns(),
				  .unlinked = true};
	struct rec_plan plan = {.op = bytes_str(op),
				.command = bytes_str(what),
				.root = t->g->order->path};
	enum err_code code = teller_tell(t, REC_HELLO, &hello, err);

	return code == ERR_OK ? teller_tell(t, REC_PLAN, &plan, err) : code;
}

enum err_code teller_done(struct teller *t, struct err *err)
{
	struct rec_done done = {.files = t->files,
				.bytes = t->bytes,
				.clock_ns = time_now_ns(),
				.complete = true};
	enum err_code code = teller_tell(t, REC_DONE, &done, err);

	return code == ERR_OK ? teller_flush(t, err) : code;
}

/* ---- what a parser reads in it ---- */

static struct bytes cut(struct bytes b)
{
	return bytes_first(b, PARSE_MESSAGE_MAX);
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

	if (!t->item.first_ns && e->source != SOURCE_NONE &&
	    e->time_ns >= TIME_FIRST_NS)
		t->item.first_ns = e->time_ns;
	(void)snprintf(source, sizeof source, "%s%s%s",
		       time_source_name(e->source),
		       event_local_words(e->local),
		       e->year_deduced ? ", year deduced" : "");
	rec.source = bytes_str(source);
	return teller_tell(t, REC_EVENT, &rec, err);
}

static enum err_code on_fact(void *arg, const struct parse_fact *f,
			     struct err *err)
{
	struct teller *t = arg;
	struct rec_fact rec = {.kind = bytes_str(f->kind),
			       .name = cut(f->name),
			       .detail = f->detail,
			       .file_seq = t->item.seq,
			       .offset = f->offset,
			       .length = f->length};

	return teller_tell(t, REC_FACT, &rec, err);
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

enum err_code teller_coverage(struct teller *t, const char *outcome,
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

	return teller_tell(t, REC_COVERAGE, &c, err);
}

enum err_code teller_bytes(struct teller *t, struct rec_file_end *end,
			   struct bytes bytes, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && bytes.n) {
		struct rec_chunk chunk = {
			.file_seq = end->file_seq,
			.offset = end->size,
			.data = bytes_of(bytes.p, MIN(bytes.n, CHUNK_BYTES)),
		};

		end->size += chunk.data.n;
		bytes = bytes_skip(bytes, chunk.data.n);
		code = teller_tell(t, REC_CHUNK, &chunk, err);
	}
	return code;
}

enum err_code teller_taken_out(struct teller *t, uint64_t bytes,
			       struct err *err)
{
	struct rec_coverage c = {.what = bytes_str("import"),
				 .outcome = bytes_str("redacted"),
				 .reason = bytes_str("secret"),
				 .path = t->item.path,
				 .bytes = bytes};

	return teller_tell(t, REC_COVERAGE, &c, err);
}

/* ---- files that end their parser ---- */

/* In time of the processor: a busy console is no reason. SIGPROF ends us. */
static void limit_cpu(const struct teller *t, size_t bytes, size_t per_s)
{
	uint64_t given = t->g->order->item_cpu_s;
	uint64_t s = given ? given : CPU_S + bytes / per_s;
	struct itimerval limit = {.it_value.tv_sec = (time_t)s};

	(void)setitimer(ITIMER_PROF, &limit, NULL);
}

/* All that was told is on its way before it is touched. */
enum err_code teller_at(struct teller *t, uint64_t step, struct err *err)
{
	struct msg_bundle_at at = {
		.step = step, .files = t->files, .bytes = t->bytes};
	enum err_code code = teller_flush(t, err);

	if (code == ERR_OK)
		code = msg_send(t->g->chan, MSG_BUNDLE_AT, &at, err);
	if (code == ERR_OK)
		code = chan_drain(t->g->chan, deadline_in(INT64_MAX, NULL),
				  err);
	return code;
}

/* The one that the child before us ended at. */
enum err_code teller_lost(struct teller *t, struct err *err)
{
	char *why = bytes_to_str(t->g->order->why);
	enum err_code code = teller_coverage(t, "failed", why, 1, err);

	free(why);
	return code;
}

/* A zone that cannot be read leaves local times for UTC, which is said. */
enum err_code teller_zone(struct teller *t, struct err *err)
{
	struct bytes bytes = t->g->order->zone, path = t->item.path;
	enum err_code code;
	struct err why;

	if (bytes.n == 0 || zone_read(bytes, &t->zone, &why) == ERR_OK) {
		t->clock = clock_of(t->zone);
		return ERR_OK;
	}
	t->item.path = bytes_str("time zone");
	code = teller_coverage(t, "failed",
			       "cannot be read: local times are taken for UTC",
			       0, err);
	t->item.path = path;
	return code;
}

struct parse_input teller_take_up(struct teller *t)
{
	struct item *item = &t->item;
	int64_t ended = rotated_at(item->path, item->content);
	bool is_packed = is_folded(item->content);

	limit_cpu(t, item->content.n, PACKED_PER_CPU);
	buf_clear(&t->plain);
	if (is_packed)
		item->missing = unfold(item->content, &t->plain);
	return (struct parse_input){
		.content = is_packed ? buf_bytes(&t->plain) : item->content,
		.path = item->path,
		.mtime_ns = item->mtime_ns,
		.taken_ns = item->taken_ns,
		.clock = t->clock.zone ? &t->clock : NULL,
		.not_after_ns = ended == TIME_UNKNOWN ? 0 : ended};
}

/* Its events, and a row for what in it could not be read. */
enum err_code teller_parse(struct teller *t, const struct parse_input *in,
			   struct err *err)
{
	struct parse_out out = {t, on_event, on_fact, on_problem};
	struct item *item = &t->item;
	enum err_code code;
	char reason[200], more[40] = "";

	limit_cpu(t, in->content.n, PLAIN_PER_CPU);
	t->clock = clock_of(t->zone); /* a file has an order of its own */
	code = item->parser->run(in, &out, err);
	if (code == ERR_OK && item->missing)
		code = on_problem(t, t->plain.n, item->missing, err);
	t->files++;
	t->bytes += item->content.n;
	if (code != ERR_OK || !item->n_problems)
		return code;
	if (item->n_problems > 1)
		(void)snprintf(more, sizeof more, " of %" PRIu64 " places",
			       item->n_problems);
	(void)snprintf(reason, sizeof reason,
		       "not understood: %s (first at byte %" PRIu64 "%s)",
		       item->problem, item->problem_at, more);
	return teller_coverage(t, "skipped", reason, 1, err);
}

enum err_code teller_find_parser(struct teller *t, const struct parse_input *in,
				 struct err *err)
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
