/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journals of systemd-journald (systemd's JOURNAL_FILE_FORMAT): a header and
 * objects one behind the other, read as they lie there. The tables of hashes
 * and the arrays of entries are not needed for that, so that a file that was
 * cut off, or was never closed, or has a hole, gives all the entries that are
 * still whole. libsystemd refuses such a file, wants a descriptor for each,
 * and loads its decompressors from files: a jail has none.
 */
#include "base/base.h"
#include "parse/auth.h"
#include "parse/blob.h"
#include "parse/inside.h"
#include "parse/numbers.h"

#define MAGIC          "LPKSHHRH"
#define HEADER_MIN     208u /* the oldest one */
#define HEADER_MAX     4096u
#define FLAG_COMPACT   16u
#define FLAGS_KNOWN    31u
#define STATE_ONLINE   1u
#define OBJECT_HEADER  16u
#define ENTRY_ITEMS_AT 64u
#define DATA_AT        64u
#define DATA_AT_SMALL  72u /* of a compact file */
#define ITEMS_MAX      1024u
#define FIELD_MAX      ((size_t)64 << 10) /* of a packed one is read */

enum { TYPE_DATA = 1, TYPE_ENTRY = 3, TYPE_MAX = 7 };

struct object {
	uint64_t at, size;
	uint8_t type, flags;
};

/* What is shown of an entry. */
enum field { MESSAGE, IDENTIFIER, COMM, PID, SENDER_PID, TRANSPORT, N_FIELDS };

static const char *const field_names[N_FIELDS] = {
	[MESSAGE] = "MESSAGE=", [IDENTIFIER] = "SYSLOG_IDENTIFIER=",
	[COMM] = "_COMM=",      [PID] = "SYSLOG_PID=",
	[SENDER_PID] = "_PID=", [TRANSPORT] = "_TRANSPORT=",
};

struct journal {
	struct bytes file;
	const struct parse_out *out;
	bool compact;
	struct buf plain;   /* of a field that is packed */
	struct buf others;  /* fields of an entry that has no message */
	struct buf message; /* made for the event */
	struct bytes fields[N_FIELDS];
	bool damaged; /* a field of this entry */
	uint64_t n_entries;
};

/* Whether an object begins there, of a size that ends in the file. */
static bool read_object(const struct journal *j, uint64_t at, struct object *o)
{
	static const uint8_t least[TYPE_MAX + 1] = {
		[1] = 64, [2] = 40, [3] = 64, [4] = 16,
		[5] = 16, [6] = 24, [7] = 64,
	};

	if (at % 8 || at > j->file.n || j->file.n - at < OBJECT_HEADER)
		return false;
	*o = (struct object){.at = at,
			     .size = le64(j->file, at + 8),
			     .type = j->file.p[at],
			     .flags = j->file.p[at + 1]};
	return o->type >= TYPE_DATA && o->type <= TYPE_MAX && o->flags < 8 &&
	       (o->flags & (o->flags - 1)) == 0 &&
	       number_at(j->file, at + 2, 6, false) == 0 &&
	       o->size >= least[o->type] && o->size <= j->file.n - at;
}

/* ---- the fields of an entry ---- */

static void keep_other(struct journal *j, struct bytes field)
{
	if (field.n == 0 || field.p[0] == '_')
		return;
	if (j->others.n)
		message_add(&j->others, bytes_str(" "));
	message_add(&j->others, field);
}

static const enum blob packings[] = {
	[1] = BLOB_XZ, [2] = BLOB_LZ4, [4] = BLOB_ZSTD};

/* "NAME=value" of the object there; false when it cannot be read. */
static bool read_field(struct journal *j, uint64_t at, struct bytes *field)
{
	uint64_t payload = j->compact ? DATA_AT_SMALL : DATA_AT;
	struct object o;

	if (!read_object(j, at, &o) || o.type != TYPE_DATA || o.size < payload)
		return false;
	*field = bytes_of(j->file.p + at + payload, (size_t)(o.size - payload));
	if (!o.flags)
		return true;
	/* Only a message is long enough to be packed, or of no interest. */
	if (j->fields[MESSAGE].p) {
		field->n = 0;
		return true;
	}
	if (!blob_unpack(packings[o.flags], *field, &j->plain))
		return false;
	*field = buf_bytes(&j->plain);
	if (!bytes_starts(*field, field_names[MESSAGE])) {
		keep_other(j, *field); /* the next one takes its place */
		field->n = 0;
	}
	return true;
}

static void keep_field(struct journal *j, struct bytes field)
{
	for (size_t i = 0; i < N_FIELDS; i++) {
		size_t n = strlen(field_names[i]);

		if (!bytes_starts(field, field_names[i]))
			continue;
		if (!j->fields[i].p)
			j->fields[i] = bytes_skip(field, n);
		return;
	}
	if (!j->fields[MESSAGE].p)
		keep_other(j, field);
}

static void read_fields(struct journal *j, const struct object *o)
{
	size_t step = j->compact ? 4 : 16;
	uint64_t n = (o->size - ENTRY_ITEMS_AT) / step;

	memset(j->fields, 0, sizeof j->fields);
	j->damaged = false;
	buf_clear(&j->others);
	for (uint64_t i = 0; i < MIN(n, (uint64_t)ITEMS_MAX); i++) {
		uint64_t item = o->at + ENTRY_ITEMS_AT + i * step;
		uint64_t at =
			j->compact ? le32(j->file, item) : le64(j->file, item);
		struct bytes field;

		if (read_field(j, at, &field))
			keep_field(j, field);
		else
			j->damaged = true;
	}
}

/* ---- an entry, as an event ---- */

/* "sshd[12]: text", as syslog would have it; the program is in it. */
static struct bytes make_message(struct journal *j)
{
	const struct bytes *f = j->fields;
	struct bytes program = f[IDENTIFIER].n ? f[IDENTIFIER] : f[COMM];
	struct bytes pid = f[PID].n ? f[PID] : f[SENDER_PID];

	if (program.n == 0 && bytes_eq(f[TRANSPORT], bytes_str("kernel")))
		program = bytes_str("kernel");
	buf_clear(&j->message);
	message_add(&j->message, program);
	program.n = j->message.n;
	if (pid.n) {
		message_add(&j->message, bytes_str("["));
		message_add(&j->message, pid);
		message_add(&j->message, bytes_str("]"));
	}
	if (program.n || pid.n)
		message_add(&j->message, bytes_str(": "));
	message_add(&j->message,
		    f[MESSAGE].p ? f[MESSAGE] : buf_bytes(&j->others));
	return bytes_of(j->message.p, program.n);
}

static enum err_code say_entry(struct journal *j, const struct object *o,
			       struct err *err)
{
	uint64_t us = le64(j->file, o->at + 24);
	struct parse_event e = {.desc = DESC_CHANGED,
				.kind = "journal",
				.offset = o->at,
				.length = o->size};

	if (us == 0 || !epoch_event((int64_t)(us / 1000000), &e))
		return parse_problem(j->out, o->at, "an entry without a time",
				     err);
	e.time_ns += (int64_t)(us % 1000000) * NS_PER_US;
	e.precision_ns = NS_PER_US;
	e.actor = make_message(j);
	e.message = buf_bytes(&j->message);
	auth_classify(e.actor, e.message, &e);
	return parse_say(j->out, &e, err);
}

static enum err_code take_entry(struct journal *j, const struct object *o,
				struct err *err)
{
	enum err_code code = ERR_OK;

	j->n_entries++;
	read_fields(j, o);
	if (j->damaged)
		code = parse_problem(j->out, o->at,
				     "an entry with a damaged field", err);
	/* Who and what it was is lost then. */
	if (code != ERR_OK ||
	    (j->damaged && !j->fields[MESSAGE].p && !j->others.n))
		return code;
	return say_entry(j, o, err);
}

/* ---- the file ---- */

/* The next object behind what is none: what follows it is one, too. */
static uint64_t find_object(const struct journal *j, uint64_t at)
{
	struct object o, next;

	for (at += 8 - at % 8; at < j->file.n; at += 8) {
		uint64_t end;

		if (j->file.p[at] == 0 || !read_object(j, at, &o))
			continue;
		end = (at + o.size + 7) & ~UINT64_C(7);
		if (end >= j->file.n || le64(j->file, end) == 0 ||
		    read_object(j, end, &next))
			return at;
	}
	return j->file.n;
}

static enum err_code walk(struct journal *j, uint64_t at, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && at < j->file.n) {
		struct object o;

		if (read_object(j, at, &o)) {
			if (o.type == TYPE_ENTRY)
				code = take_entry(j, &o, err);
			at += (o.size + 7) & ~UINT64_C(7);
			continue;
		}
		/* What journald has set aside for more is zeroes. */
		if (bytes_is_zero(bytes_skip(j->file, (size_t)at)))
			break;
		code = parse_problem(j->out, at, "a damaged or cut object",
				     err);
		at = find_object(j, at);
	}
	return code;
}

static enum err_code judge_header(struct journal *j, uint64_t *first,
				  struct err *err)
{
	uint32_t flags = le32(j->file, 12);
	uint64_t header = le64(j->file, 88), arena = le64(j->file, 96);

	if (!bytes_starts(j->file, MAGIC) || j->file.n < HEADER_MIN)
		return err_set(err, ERR_FORMAT, "no journal of systemd");
	j->compact = flags & FLAG_COMPACT;
	*first = header;
	if (header % 8 || header < HEADER_MIN || header > HEADER_MAX) {
		*first = find_object(j, HEADER_MIN - 8);
		return parse_problem(j->out, 88, "a damaged header", err);
	}
	if (flags & ~FLAGS_KNOWN)
		return parse_problem(j->out, 12,
				     "a form of journals newer than this "
				     "parser",
				     err);
	if (arena > j->file.n || header > j->file.n - arena)
		return parse_problem(j->out, j->file.n,
				     "the file ends early: what was behind "
				     "that is lost",
				     err);
	return ERR_OK;
}

enum err_code journal_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	struct journal j = {.file = in->content, .out = out};
	enum err_code code;
	uint64_t first = 0;

	code = judge_header(&j, &first, err);
	if (code != ERR_OK)
		return code;
	buf_init(&j.plain, FIELD_MAX);
	buf_init(&j.others, PARSE_MESSAGE_MAX);
	buf_init(&j.message, PARSE_MESSAGE_MAX);
	code = walk(&j, first, err);
	/* What is open is counted when it is written. */
	if (code == ERR_OK && in->content.p[16] != STATE_ONLINE &&
	    j.n_entries < le64(in->content, 152))
		code = parse_problem(
			out, 152, "fewer entries than its header counts", err);
	buf_release(&j.plain);
	buf_release(&j.others);
	buf_release(&j.message);
	return code;
}

unsigned journal_score(const struct parse_input *in)
{
	return bytes_starts(in->content, MAGIC) ? 100 : 0;
}
