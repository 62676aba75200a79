/* SPDX-License-Identifier: Apache-2.0 */
/* The messages between the probe and the child that scans, as tables. */
#include "base/base.h"
#include "base/hash.h"
#include "probe/order.h"
#include "wire/records.h"

#define FIELD(key_, kind_, type, member)                                       \
	{                                                                      \
		.key = (key_), .kind = (kind_), .required = true,              \
		.offset = offsetof(struct type, member), .name = #member       \
	}
#define BYTES(key_, max_, type, member)                                        \
	{                                                                      \
		.key = (key_), .kind = WIRE_BYTES, .max = (max_),              \
		.offset = offsetof(struct type, member), .name = #member       \
	}

/* Keys of external variables, above all others. */
#define EXTERNAL_KEY 32

const char *const external_names[N_EXTERNALS] = {
#define X(name) #name,
	RULE_EXTERNALS(X)
#undef X
};

static const struct wire_field order_fields[] = {
	FIELD(1, WIRE_U63, scan_order, offset),
	FIELD(2, WIRE_U63, scan_order, length),
	FIELD(3, WIRE_U63, scan_order, base),
	FIELD(4, WIRE_U63, scan_order, context),
	FIELD(5, WIRE_U63, scan_order, timeout_ms),
	FIELD(6, WIRE_U63, scan_order, depth),
	FIELD(7, WIRE_U63, scan_order, unpacked),
	FIELD(8, WIRE_U63, scan_order, unpack_ms),
	FIELD(9, WIRE_BOOL, scan_order, take),
	BYTES(10, RECORD_PATH_MAX, scan_order, path),
	FIELD(11, WIRE_BOOL, scan_order, judge),
	FIELD(12, WIRE_U63, scan_order, hashes),
	FIELD(13, WIRE_BOOL, scan_order, part),
	FIELD(14, WIRE_U63, scan_order, part_from),
	FIELD(15, WIRE_U63, scan_order, part_n),
	FIELD(16, WIRE_BOOL, scan_order, name),
#define X(name_)                                                               \
	BYTES(EXTERNAL_KEY + EXTERNAL_##name_, EXTERNAL_MAX, scan_order,       \
	      externals[EXTERNAL_##name_]),
	RULE_EXTERNALS(X)
#undef X
};

static const struct wire_field piece_fields[] = {
	FIELD(1, WIRE_U64, scan_piece, base),
	FIELD(2, WIRE_U63, scan_piece, length),
};

static const struct wire_field end_fields[] = {
	FIELD(1, WIRE_U63, scan_end, reason),
	FIELD(2, WIRE_U63, scan_end, cpu_ns),
	FIELD(3, WIRE_U63, scan_end, members),
	FIELD(4, WIRE_U63, scan_end, member_bytes),
	BYTES(5, RULE_NAME_MAX, scan_end, rule),
};

static const struct wire_field member_fields[] = {
	BYTES(1, RECORD_PATH_MAX, scan_member, name),
	FIELD(2, WIRE_U63, scan_member, size),
	BYTES(3, SHA256_LEN, scan_member, sha256),
};

static const struct wire_field seen_fields[] = {
	BYTES(1, RECORD_PATH_MAX, scan_seen, name),
	FIELD(2, WIRE_U63, scan_seen, size),
	FIELD(3, WIRE_BOOL, scan_seen, whole),
	BYTES(4, HASH_LEN_MAX, scan_seen, hashes[0]),
	BYTES(5, HASH_LEN_MAX, scan_seen, hashes[1]),
	BYTES(6, HASH_LEN_MAX, scan_seen, hashes[2]),
};
_Static_assert(HASH_N == 3, "a field for each");

static const struct wire_field data_fields[] = {
	BYTES(1, RECORD_CHUNK_MAX, scan_data, bytes),
	FIELD(2, WIRE_BOOL, scan_data, last),
};

static const struct wire_field problem_fields[] = {
	BYTES(1, RECORD_PATH_MAX, scan_problem, name),
	FIELD(2, WIRE_U63, scan_problem, reason),
};

static const struct wire_field ready_fields[] = {
	FIELD(1, WIRE_U63, engine_ready, code),
	BYTES(2, RECORD_META_MAX, engine_ready, message),
	FIELD(3, WIRE_U63, engine_ready, uses),
	FIELD(4, WIRE_U63, engine_ready, n_rules),
};

#define TYPE(id_, type, fields_)                                               \
	{                                                                      \
		.id = (id_), .name = #type, .size = sizeof(struct type),       \
		.fields = fields_, .n_fields = ARRAY_SIZE(fields_)             \
	}

static const struct wire_type own_types[] = {
	TYPE(FRAME_READY, engine_ready, ready_fields),
	TYPE(FRAME_MEMBER, scan_member, member_fields),
	TYPE(FRAME_SEEN, scan_seen, seen_fields),
	TYPE(FRAME_DATA, scan_data, data_fields),
	TYPE(FRAME_PROBLEM, scan_problem, problem_fields),
	TYPE(FRAME_END, scan_end, end_fields),
	TYPE(FRAME_SCAN, scan_order, order_fields),
	TYPE(FRAME_SCAN_FD, scan_order, order_fields),
	TYPE(FRAME_SCAN_PIECES, scan_order, order_fields),
	TYPE(FRAME_PIECE, scan_piece, piece_fields),
};

static const struct wire_type *type_of(enum engine_frame type)
{
	if (type == FRAME_MATCH)
		return record_type(REC_MATCH);
	if (type == FRAME_HIT)
		return record_type(REC_HIT);
	return wire_find(own_types, ARRAY_SIZE(own_types), type);
}

enum err_code order_encode(enum engine_frame type, const void *msg,
			   struct buf *out, struct err *err)
{
	buf_clear(out);
	return wire_encode(type_of(type), msg, out, err);
}

enum err_code order_decode(const struct frame *f, enum engine_frame type,
			   void *msg, struct err *err)
{
	const struct wire_type *row = type_of(type);
	struct bytes body;
	size_t used = 0;
	uint32_t id = 0;
	enum err_code code = ERR_OK;

	if (f->type == type)
		code = wire_next(f->body, CHAN_BODY_MAX, &used, &id, &body,
				 err);
	if (code == ERR_OK && (used == 0 || used != f->body.n || id != row->id))
		code = err_set(err, ERR_FORMAT, "not a %s message", row->name);
	return code == ERR_OK ? wire_decode(row, body, msg, err) : code;
}
