/* SPDX-License-Identifier: Apache-2.0 */
/* The records of model/record.h as tables, and what is checked beyond them. */
#include "base/base.h"
#include "wire/records.h"

#define WORD_MAX    RECORD_WORD_MAX
#define META_MAX    RECORD_META_MAX
#define ID_MAX      RECORD_ID_MAX
#define SHA256_SIZE 32u
#define HIT_MAX     (2u * RECORD_CONTEXT_MAX + RECORD_MATCH_MAX)

#define FIELD(key_, kind_, req_, type, member)                                 \
	{                                                                      \
		.key = (key_), .kind = (kind_), .required = (req_),            \
		.offset = offsetof(struct type, member), .name = #member       \
	}
#define BYTES(key_, req_, max_, type, member)                                  \
	{                                                                      \
		.key = (key_), .kind = WIRE_BYTES, .required = (req_),         \
		.max = (max_), .offset = offsetof(struct type, member),        \
		.name = #member                                                \
	}

static const struct wire_field hello_fields[] = {
	FIELD(1, WIRE_U63, true, rec_hello, version),
	BYTES(2, true, WORD_MAX, rec_hello, program),
	BYTES(3, false, WORD_MAX, rec_hello, engine),
	BYTES(4, false, WORD_MAX, rec_hello, os),
	BYTES(5, false, WORD_MAX, rec_hello, arch),
	BYTES(6, false, WORD_MAX, rec_hello, hostname),
	FIELD(7, WIRE_U63, true, rec_hello, uid),
	FIELD(8, WIRE_U63, true, rec_hello, pid),
	FIELD(9, WIRE_I64, true, rec_hello, clock_ns),
	FIELD(10, WIRE_BOOL, false, rec_hello, unlinked),
	BYTES(11, false, WORD_MAX, rec_hello, host_name),
	BYTES(12, false, ID_MAX, rec_hello, machine_id),
	BYTES(13, false, ID_MAX, rec_hello, product_id),
};

static const struct wire_field file_fields[] = {
	FIELD(1, WIRE_U63, true, rec_file, seq),
	BYTES(2, true, RECORD_PATH_MAX, rec_file, path),
	FIELD(3, WIRE_U63, true, rec_file, mode),
	FIELD(4, WIRE_U63, true, rec_file, uid),
	FIELD(5, WIRE_U63, true, rec_file, gid),
	FIELD(6, WIRE_U63, true, rec_file, nlink),
	FIELD(7, WIRE_U64, true, rec_file, ino),
	FIELD(8, WIRE_U64, true, rec_file, dev),
	FIELD(9, WIRE_U63, true, rec_file, size),
	FIELD(10, WIRE_I64, true, rec_file, mtime_ns),
	FIELD(11, WIRE_I64, true, rec_file, atime_ns),
	FIELD(12, WIRE_I64, true, rec_file, ctime_ns),
	FIELD(13, WIRE_I64, true, rec_file, btime_ns),
	BYTES(14, false, SHA256_SIZE, rec_file, sha256),
	FIELD(15, WIRE_BOOL, false, rec_file, changed),
	FIELD(16, WIRE_BOOL, false, rec_file, content),
	BYTES(17, false, RECORD_PATH_MAX, rec_file, member),
	FIELD(18, WIRE_U63, false, rec_file, same_as),
	BYTES(19, false, WORD_MAX, rec_file, owner),
	FIELD(20, WIRE_U63, false, rec_file, from),
	FIELD(21, WIRE_BOOL, false, rec_file, known),
	FIELD(22, WIRE_U63, false, rec_file, packaged),
	FIELD(23, WIRE_U63, false, rec_file, pid),
	FIELD(24, WIRE_I64, false, rec_file, start_ns),
	BYTES(25, false, RECORD_PATH_MAX, rec_file, exe),
};

static const struct wire_field match_fields[] = {
	FIELD(1, WIRE_U63, true, rec_match, seq),
	FIELD(2, WIRE_U63, true, rec_match, file_seq),
	BYTES(3, true, WORD_MAX, rec_match, rule),
	BYTES(4, false, META_MAX, rec_match, ns),
	BYTES(5, false, META_MAX, rec_match, tags),
	BYTES(6, false, WORD_MAX, rec_match, severity),
	BYTES(7, false, WORD_MAX, rec_match, technique),
	BYTES(8, false, META_MAX, rec_match, description),
	BYTES(9, false, META_MAX, rec_match, author),
	BYTES(10, false, META_MAX, rec_match, reference),
	FIELD(11, WIRE_U63, false, rec_match, n_hits),
	FIELD(12, WIRE_U63, false, rec_match, process_seq),
	BYTES(13, false, WORD_MAX, rec_match, score),
	BYTES(14, false, META_MAX, rec_match, meta),
};

static const struct wire_field hit_fields[] = {
	FIELD(1, WIRE_U63, true, rec_hit, match_seq),
	BYTES(2, true, WORD_MAX, rec_hit, identifier),
	FIELD(3, WIRE_U63, true, rec_hit, offset),
	FIELD(4, WIRE_U63, true, rec_hit, length),
	BYTES(5, false, HIT_MAX, rec_hit, context),
	FIELD(6, WIRE_U63, false, rec_hit, context_offset),
	BYTES(7, false, META_MAX, rec_hit, region),
};

static const struct wire_field coverage_fields[] = {
	BYTES(1, true, WORD_MAX, rec_coverage, what),
	BYTES(2, true, WORD_MAX, rec_coverage, outcome),
	BYTES(3, false, WORD_MAX, rec_coverage, reason),
	BYTES(4, true, RECORD_PATH_MAX, rec_coverage, path),
	FIELD(5, WIRE_U63, false, rec_coverage, files),
	FIELD(6, WIRE_U63, false, rec_coverage, bytes),
	BYTES(7, false, WORD_MAX, rec_coverage, detail),
};

static const struct wire_field chunk_fields[] = {
	FIELD(1, WIRE_U63, true, rec_chunk, file_seq),
	FIELD(2, WIRE_U63, true, rec_chunk, offset),
	BYTES(3, true, RECORD_CHUNK_MAX, rec_chunk, data),
};

static const struct wire_field file_end_fields[] = {
	FIELD(1, WIRE_U63, true, rec_file_end, file_seq),
	FIELD(2, WIRE_U63, true, rec_file_end, size),
	BYTES(3, true, SHA256_SIZE, rec_file_end, sha256),
	FIELD(4, WIRE_BOOL, true, rec_file_end, complete),
	BYTES(5, false, WORD_MAX, rec_file_end, reason),
	FIELD(6, WIRE_U63, false, rec_file_end, redacted),
	BYTES(7, false, SHA256_SIZE, rec_file_end, original),
};

static const struct wire_field progress_fields[] = {
	FIELD(1, WIRE_U63, true, rec_progress, files),
	FIELD(2, WIRE_U63, true, rec_progress, bytes),
	FIELD(3, WIRE_U63, false, rec_progress, matches),
	BYTES(4, false, RECORD_PATH_MAX, rec_progress, path),
	FIELD(5, WIRE_BOOL, false, rec_progress, paused),
	FIELD(6, WIRE_U63, false, rec_progress, pace),
	BYTES(7, false, WORD_MAX, rec_progress, waiting),
	FIELD(8, WIRE_U63, false, rec_progress, part),
	FIELD(9, WIRE_U63, false, rec_progress, whole),
};

static const struct wire_field done_fields[] = {
	FIELD(1, WIRE_U63, true, rec_done, files),
	FIELD(2, WIRE_U63, true, rec_done, bytes),
	FIELD(3, WIRE_U63, true, rec_done, matches),
	FIELD(4, WIRE_U63, true, rec_done, skipped),
	FIELD(5, WIRE_I64, true, rec_done, clock_ns),
	FIELD(6, WIRE_U63, false, rec_done, cpu_ns),
	FIELD(7, WIRE_U63, false, rec_done, rss_bytes),
	FIELD(8, WIRE_BOOL, true, rec_done, complete),
	BYTES(9, false, WORD_MAX, rec_done, reason),
};

static const struct wire_field fault_fields[] = {
	BYTES(1, true, WORD_MAX, rec_fault, code),
	BYTES(2, true, META_MAX, rec_fault, message),
};

static const struct wire_field plan_fields[] = {
	BYTES(1, true, WORD_MAX, rec_plan, op),
	BYTES(2, false, META_MAX, rec_plan, command),
	BYTES(3, false, ID_MAX, rec_plan, rules_sha256),
	FIELD(4, WIRE_U63, false, rec_plan, n_rules),
	BYTES(5, false, WORD_MAX, rec_plan, form),
	BYTES(6, false, RECORD_PATH_MAX, rec_plan, root),
};

static const struct wire_field process_fields[] = {
	FIELD(1, WIRE_U63, true, rec_process, seq),
	FIELD(2, WIRE_U63, true, rec_process, pid),
	FIELD(3, WIRE_U63, false, rec_process, ppid),
	FIELD(4, WIRE_U63, false, rec_process, uid),
	FIELD(5, WIRE_I64, true, rec_process, start_ns),
	BYTES(6, false, RECORD_PATH_MAX, rec_process, exe),
	FIELD(7, WIRE_BOOL, false, rec_process, exe_deleted),
	FIELD(8, WIRE_BOOL, false, rec_process, memfd),
	BYTES(9, false, META_MAX, rec_process, cmdline),
	BYTES(10, false, SHA256_SIZE, rec_process, sha256),
	FIELD(11, WIRE_U63, false, rec_process, bytes_read),
	FIELD(12, WIRE_U63, false, rec_process, bytes_skipped),
	BYTES(13, false, RECORD_DETAIL_MAX, rec_process, detail),
};

static const struct wire_field socket_fields[] = {
	FIELD(1, WIRE_U63, true, rec_socket, seq),
	BYTES(2, true, WORD_MAX, rec_socket, proto),
	BYTES(3, false, WORD_MAX, rec_socket, local),
	BYTES(4, false, WORD_MAX, rec_socket, remote),
	BYTES(5, false, WORD_MAX, rec_socket, state),
	FIELD(6, WIRE_U63, false, rec_socket, uid),
	FIELD(7, WIRE_U63, false, rec_socket, inode),
	FIELD(8, WIRE_U63, false, rec_socket, process_seq),
	BYTES(9, false, RECORD_DETAIL_MAX, rec_socket, detail),
};

static const struct wire_field sighting_fields[] = {
	BYTES(1, true, ID_MAX, rec_sighting, indicator),
	FIELD(2, WIRE_U63, false, rec_sighting, file_seq),
	FIELD(3, WIRE_U63, false, rec_sighting, process_seq),
	FIELD(4, WIRE_U63, false, rec_sighting, socket_seq),
	BYTES(5, false, META_MAX, rec_sighting, context),
	BYTES(6, false, WORD_MAX, rec_sighting, kind),
	BYTES(7, false, META_MAX, rec_sighting, value),
	BYTES(8, false, WORD_MAX, rec_sighting, severity),
	BYTES(9, false, META_MAX, rec_sighting, description),
};

static const struct wire_field cursor_fields[] = {
	FIELD(1, WIRE_U63, false, rec_cursor, root),
	BYTES(2, true, RECORD_PATH_MAX, rec_cursor, path),
};

static const struct wire_field clock_fields[] = {
	FIELD(1, WIRE_U63, true, rec_clock, asked_ns),
	FIELD(2, WIRE_I64, true, rec_clock, heard_ns),
	FIELD(3, WIRE_I64, true, rec_clock, said_ns),
};

static const struct wire_field item_fields[] = {
	FIELD(1, WIRE_U63, true, rec_item, seq),
	BYTES(2, true, ID_MAX, rec_item, evidence),
	BYTES(3, true, RECORD_PATH_MAX, rec_item, path),
	FIELD(4, WIRE_U63, true, rec_item, size),
	FIELD(5, WIRE_I64, true, rec_item, mtime_ns),
	FIELD(6, WIRE_I64, true, rec_item, taken_ns),
	FIELD(7, WIRE_BOOL, false, rec_item, known),
};

static const struct wire_field event_fields[] = {
	FIELD(1, WIRE_U63, true, rec_event, file_seq),
	FIELD(2, WIRE_I64, true, rec_event, time_ns),
	FIELD(3, WIRE_U63, false, rec_event, precision_ns),
	BYTES(4, true, WORD_MAX, rec_event, source),
	BYTES(5, true, WORD_MAX, rec_event, desc),
	BYTES(6, true, WORD_MAX, rec_event, kind),
	BYTES(7, false, META_MAX, rec_event, actor),
	BYTES(8, false, META_MAX, rec_event, message),
	FIELD(9, WIRE_U63, false, rec_event, offset),
	FIELD(10, WIRE_U63, false, rec_event, length),
};

static const struct wire_field fact_fields[] = {
	BYTES(1, true, WORD_MAX, rec_fact, kind),
	BYTES(2, true, RECORD_PATH_MAX, rec_fact, name),
	BYTES(3, false, RECORD_DETAIL_MAX, rec_fact, detail),
	FIELD(4, WIRE_U63, false, rec_fact, process_seq),
	FIELD(5, WIRE_U63, false, rec_fact, file_seq),
	FIELD(6, WIRE_U63, false, rec_fact, offset),
	FIELD(7, WIRE_U63, false, rec_fact, length),
};

static const struct wire_field rules_fields[] = {
	BYTES(1, false, WORD_MAX, req_rules, ns),
	BYTES(2, true, RECORD_PATH_MAX, req_rules, name),
	BYTES(3, true, RECORD_RULES_MAX, req_rules, source),
	FIELD(4, WIRE_BOOL, true, req_rules, last),
	FIELD(5, WIRE_BOOL, false, req_rules, compiled),
};

static const struct wire_field req_path_fields[] = {
	BYTES(1, true, RECORD_PATH_MAX, req_path, path),
};

static const struct wire_field start_fields[] = {
	FIELD(1, WIRE_BOOL, true, req_start, scan),
	FIELD(2, WIRE_BOOL, true, req_start, collect),
	FIELD(3, WIRE_U63, false, req_start, context),
	FIELD(4, WIRE_U63, false, req_start, max_file_size),
	FIELD(5, WIRE_U63, false, req_start, deadline_s),
	FIELD(6, WIRE_U63, false, req_start, threads),
	FIELD(7, WIRE_BOOL, false, req_start, walk),
	FIELD(8, WIRE_BOOL, false, req_start, archives),
	FIELD(9, WIRE_U63, false, req_start, archive_depth),
	FIELD(10, WIRE_U63, false, req_start, archive_bytes),
	FIELD(11, WIRE_BOOL, false, req_start, hash),
	FIELD(12, WIRE_U63, false, req_start, heard_s),
	FIELD(13, WIRE_BOOL, false, req_start, triage),
	FIELD(14, WIRE_BOOL, false, req_start, secrets),
};

static const struct wire_field control_fields[] = {
	FIELD(1, WIRE_U63, true, req_control, action),
	FIELD(2, WIRE_U63, false, req_control, asked_ns),
};

static const struct wire_field budget_fields[] = {
	FIELD(1, WIRE_U63, false, req_budget, cpu_percent),
	FIELD(2, WIRE_U63, false, req_budget, read_bytes_s),
	FIELD(3, WIRE_U63, false, req_budget, memory_bytes),
	FIELD(4, WIRE_U63, false, req_budget, load_centi),
	FIELD(5, WIRE_U63, false, req_budget, file_timeout_s),
};

static const struct wire_field filter_fields[] = {
	FIELD(1, WIRE_U63, false, req_filter, min_size),
	FIELD(2, WIRE_I64, true, req_filter, mtime_from_ns),
	FIELD(3, WIRE_I64, true, req_filter, mtime_until_ns),
	FIELD(4, WIRE_I64, true, req_filter, ctime_from_ns),
	FIELD(5, WIRE_I64, true, req_filter, ctime_until_ns),
	FIELD(6, WIRE_BOOL, false, req_filter, has_uid),
	FIELD(7, WIRE_U63, false, req_filter, uid),
	FIELD(8, WIRE_U63, false, req_filter, mode_any),
	FIELD(9, WIRE_BOOL, false, req_filter, one_fs),
	FIELD(10, WIRE_U63, false, req_filter, packaged),
	BYTES(11, false, WORD_MAX, req_filter, owner),
};

static const struct wire_field glob_fields[] = {
	FIELD(1, WIRE_U63, true, req_glob, use),
	BYTES(2, true, RECORD_PATH_MAX, req_glob, pattern),
};

static const struct wire_field memory_fields[] = {
	FIELD(1, WIRE_U63, false, req_memory, pid),
	FIELD(2, WIRE_BOOL, false, req_memory, only),
	FIELD(3, WIRE_BOOL, false, req_memory, file_backed),
	FIELD(4, WIRE_U63, false, req_memory, process_bytes),
	FIELD(5, WIRE_U63, false, req_memory, total_bytes),
};

static const struct wire_field indicator_fields[] = {
	BYTES(1, true, ID_MAX, req_indicator, id),
	BYTES(2, true, WORD_MAX, req_indicator, kind),
	BYTES(3, true, META_MAX, req_indicator, value),
	BYTES(4, false, WORD_MAX, req_indicator, severity),
	BYTES(5, false, META_MAX, req_indicator, description),
	BYTES(6, false, META_MAX, req_indicator, exclude),
};

static const struct wire_field req_cursor_fields[] = {
	FIELD(1, WIRE_U63, false, req_cursor, root),
	BYTES(2, true, RECORD_PATH_MAX, req_cursor, path),
};

static const struct wire_field have_fields[] = {
	BYTES(1, true, RECORD_PATH_MAX, req_have, path),
	FIELD(2, WIRE_U63, true, req_have, bytes),
	FIELD(3, WIRE_U64, true, req_have, ino),
	FIELD(4, WIRE_U64, true, req_have, dev),
	FIELD(5, WIRE_I64, true, req_have, mtime_ns),
	FIELD(6, WIRE_I64, true, req_have, ctime_ns),
	FIELD(7, WIRE_U63, true, req_have, size),
	BYTES(8, true, SHA256_SIZE, req_have, sha256),
	FIELD(9, WIRE_BOOL, false, req_have, whole),
};

static const struct wire_field pattern_fields[] = {
	FIELD(1, WIRE_U63, true, req_pattern, use),
	BYTES(2, true, RECORD_PATH_MAX, req_pattern, pattern),
	FIELD(3, WIRE_U63, false, req_pattern, max_size),
	FIELD(4, WIRE_U63, false, req_pattern, secrecy),
	FIELD(5, WIRE_U63, false, req_pattern, mode_any),
	BYTES(6, false, RECORD_PATH_MAX, req_pattern, exclude),
};

static const struct wire_field known_fields[] = {
	BYTES(1, true, RECORD_RULES_MAX, req_known, list),
};

static const struct wire_field about_fields[] = {
	BYTES(1, false, META_MAX, req_about, command),
	BYTES(2, false, ID_MAX, req_about, rules_sha256),
	BYTES(3, false, RECORD_PATH_MAX, req_about, root),
};

static const struct wire_field magic_fields[] = {
	BYTES(1, true, RECORD_RULES_MAX, req_magic, data),
	FIELD(2, WIRE_BOOL, true, req_magic, last),
};

#define TYPE(id_, name_, struct_, fields_)                                     \
	{                                                                      \
		.id = (id_), .name = (name_), .size = sizeof(struct struct_),  \
		.fields = (fields_), .n_fields = ARRAY_SIZE(fields_)           \
	}

const struct wire_type record_types[] = {
	TYPE(REC_HELLO, "hello", rec_hello, hello_fields),
	TYPE(REC_FILE, "file", rec_file, file_fields),
	TYPE(REC_MATCH, "match", rec_match, match_fields),
	TYPE(REC_HIT, "hit", rec_hit, hit_fields),
	TYPE(REC_COVERAGE, "coverage", rec_coverage, coverage_fields),
	TYPE(REC_CHUNK, "chunk", rec_chunk, chunk_fields),
	TYPE(REC_FILE_END, "file_end", rec_file_end, file_end_fields),
	TYPE(REC_PROGRESS, "progress", rec_progress, progress_fields),
	TYPE(REC_DONE, "done", rec_done, done_fields),
	TYPE(REC_FAULT, "fault", rec_fault, fault_fields),
	TYPE(REC_PLAN, "plan", rec_plan, plan_fields),
	TYPE(REC_PROCESS, "process", rec_process, process_fields),
	TYPE(REC_SOCKET, "socket", rec_socket, socket_fields),
	TYPE(REC_SIGHTING, "sighting", rec_sighting, sighting_fields),
	TYPE(REC_CURSOR, "cursor", rec_cursor, cursor_fields),
	TYPE(REC_CLOCK, "clock", rec_clock, clock_fields),
	TYPE(REC_EVENT, "event", rec_event, event_fields),
	TYPE(REC_ITEM, "item", rec_item, item_fields),
	TYPE(REC_FACT, "fact", rec_fact, fact_fields),
	TYPE(REQ_RULES, "rules", req_rules, rules_fields),
	TYPE(REQ_PATH, "path", req_path, req_path_fields),
	TYPE(REQ_START, "start", req_start, start_fields),
	TYPE(REQ_CONTROL, "control", req_control, control_fields),
	TYPE(REQ_BUDGET, "budget", req_budget, budget_fields),
	TYPE(REQ_FILTER, "filter", req_filter, filter_fields),
	TYPE(REQ_GLOB, "glob", req_glob, glob_fields),
	TYPE(REQ_MEMORY, "memory", req_memory, memory_fields),
	TYPE(REQ_INDICATOR, "indicator", req_indicator, indicator_fields),
	TYPE(REQ_CURSOR, "req_cursor", req_cursor, req_cursor_fields),
	TYPE(REQ_ABOUT, "about", req_about, about_fields),
	TYPE(REQ_MAGIC, "magic", req_magic, magic_fields),
	TYPE(REQ_HAVE, "have", req_have, have_fields),
	TYPE(REQ_PATTERN, "pattern", req_pattern, pattern_fields),
	TYPE(REQ_KNOWN, "known", req_known, known_fields),
};
const size_t n_record_types = ARRAY_SIZE(record_types);

const struct wire_type *record_type(enum rec_type type)
{
	return wire_find(record_types, n_record_types, type);
}

enum err_code record_encode(enum rec_type type, const void *msg,
			    struct buf *out, struct err *err)
{
	const struct wire_type *row = record_type(type);

	if (!row)
		BUG("record type %d", (int)type);
	return wire_encode(row, msg, out, err);
}

static bool is_hash(struct bytes b, bool may_be_empty)
{
	return b.n == SHA256_SIZE || (may_be_empty && b.n == 0);
}

/* The end of [offset, offset + n) is a file offset too. */
static bool is_range(uint64_t offset, uint64_t n)
{
	return n <= INT64_MAX && offset <= INT64_MAX - n;
}

static bool is_sound(const struct record *rec)
{
	switch (rec->type) {
	case REC_FILE:
		return rec->u.file.path.n && is_hash(rec->u.file.sha256, true);
	case REC_FILE_END:
		return is_hash(rec->u.file_end.sha256, false);
	case REC_CHUNK:
		return is_range(rec->u.chunk.offset, rec->u.chunk.data.n);
	case REC_HIT:
		return is_range(rec->u.hit.offset, rec->u.hit.length) &&
		       is_range(rec->u.hit.context_offset,
				rec->u.hit.context.n);
	case REC_MATCH:
		return rec->u.match.rule.n != 0;
	case REQ_PATH:
		return rec->u.req_path.path.n != 0 &&
		       !memchr(rec->u.req_path.path.p, 0,
			       rec->u.req_path.path.n);
	case REC_PROCESS:
		return is_hash(rec->u.process.sha256, true);
	case REQ_HAVE:
		return rec->u.have.path.n && is_hash(rec->u.have.sha256, false) &&
		       rec->u.have.bytes <= rec->u.have.size;
	case REC_HELLO:
	case REC_COVERAGE:
	case REC_PROGRESS:
	case REC_DONE:
	case REC_FAULT:
	case REC_PLAN:
	case REC_SOCKET:
	case REC_SIGHTING:
	case REC_CURSOR:
	case REC_CLOCK:
	case REC_EVENT:
	case REC_ITEM:
	case REC_FACT:
	case REQ_RULES:
	case REQ_START:
	case REQ_CONTROL:
	case REQ_BUDGET:
	case REQ_FILTER:
	case REQ_GLOB:
	case REQ_MEMORY:
	case REQ_INDICATOR:
	case REQ_CURSOR:
	case REQ_ABOUT:
	case REQ_MAGIC:
	case REQ_PATTERN:
	case REQ_KNOWN:
		return true;
	}
	BUG("record type %d", (int)rec->type);
}

enum err_code record_next(struct bytes in, size_t *used, struct record *rec,
			  struct err *err)
{
	const struct wire_type *row;
	struct bytes body;
	uint32_t id;
	enum err_code code;

	memset(rec, 0, sizeof *rec);
	code = wire_next(in, RECORD_BODY_MAX, used, &id, &body, err);
	if (code != ERR_OK || *used == 0)
		return code;
	row = wire_find(record_types, n_record_types, id);
	if (!row)
		return ERR_OK; /* news from a later version */
	code = wire_decode(row, body, &rec->u, err);
	if (code != ERR_OK)
		return code;
	rec->type = (enum rec_type)id;
	if (!is_sound(rec))
		return err_set(err, ERR_FORMAT,
			       "a %s record contradicts itself", row->name);
	return ERR_OK;
}
