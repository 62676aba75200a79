/* SPDX-License-Identifier: Apache-2.0 */
/* Records to CBOR and back, and what is refused on the way. */
#include "unit/unit.h"

#include "unit/wire_samples.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

/* A type of the tests' own, so that every kind and rule has a field. */
struct thing {
	uint64_t u, small;
	int64_t i;
	bool b;
	struct bytes s;
};

static const struct wire_field thing_fields[] = {
	{1, WIRE_U64, true, 0, offsetof(struct thing, u), "u"},
	{3, WIRE_I64, false, 0, offsetof(struct thing, i), "i"},
	{4, WIRE_BOOL, false, 0, offsetof(struct thing, b), "b"},
	{5, WIRE_BYTES, false, 4, offsetof(struct thing, s), "s"},
	{6, WIRE_U63, false, 0, offsetof(struct thing, small), "small"},
};

static const struct wire_type thing_type = {
	.id = 9,
	.name = "thing",
	.size = sizeof(struct thing),
	.fields = thing_fields,
	.n_fields = ARRAY_SIZE(thing_fields),
};

static enum err_code decode(struct bytes in, struct thing *thing)
{
	struct err err;
	struct bytes body;
	uint32_t id;
	size_t used;
	enum err_code code = wire_next(in, 64, &used, &id, &body, &err);

	if (code != ERR_OK)
		return code;
	assert_int_equal(used, in.n);
	assert_int_equal(id, 9);
	return wire_decode(&thing_type, body, thing, &err);
}

static void encoded_form_is_as_written_down(void **state UNUSED)
{
	struct thing thing = {.u = 500, .i = -2, .b = true, .s = LIT("hi")};
	struct bytes want = LIT("\x82\x09\xa4\x01\x19\x01\xf4\x03\x21\x04\xf5"
				"\x05\x42hi");
	struct thing back;
	struct err err;
	struct buf out;

	buf_init(&out, 64);
	assert_ok(wire_encode(&thing_type, &thing, &out, &err), err);
	assert_int_equal(out.n, want.n);
	assert_memory_equal(out.p, want.p, want.n);
	assert_code(decode(want, &back), ERR_OK);
	assert_int_equal(back.u, 500);
	assert_int_equal(back.i, -2);
	assert_true(back.b);
	assert_true(bytes_eq(back.s, thing.s));
	buf_release(&out);
}

static const struct {
	const char *why;
	struct bytes in;
} refused[] = {
	{"a key twice", {(const uint8_t *)"\x82\x09\xa2\x01\x00\x01\x00", 7}},
	{"keys in disorder",
	 {(const uint8_t *)"\x82\x09\xa2\x03\x00\x01\x00", 7}},
	{"required key missing", {(const uint8_t *)"\x82\x09\xa1\x03\x00", 5}},
	{"no keys at all", {(const uint8_t *)"\x82\x09\xa0", 3}},
	{"a number that is bytes",
	 {(const uint8_t *)"\x82\x09\xa1\x01\x41x", 6}},
	{"a negative for unsigned",
	 {(const uint8_t *)"\x82\x09\xa1\x01\x20", 5}},
	{"text for bytes",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x05\x61x", 8}},
	{"bytes over their maximum",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x05\x45xxxxx", 12}},
	{"bool that is null",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x04\xf6", 7}},
	{"bool that is a number",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x04\x01", 7}},
	{"a number past int64",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x03\x1b\x80\0\0\0\0\0\0\0",
	  15}},
	{"a negative past int64",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x03\x3b\x80\0\0\0\0\0\0\0",
	  15}},
	{"a size past int64",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x06\x1b\x80\0\0\0\0\0\0\0",
	  15}},
	{"a long form of a short number",
	 {(const uint8_t *)"\x82\x09\xa1\x01\x18\x17", 6}},
	{"a long form, 8 bytes",
	 {(const uint8_t *)"\x82\x09\xa1\x01\x1b\0\0\0\0\xff\xff\xff\xff", 13}},
	{"indefinite map", {(const uint8_t *)"\x82\x09\xbf\x01\x00\xff", 6}},
	{"indefinite array", {(const uint8_t *)"\x9f\x09\xa1\x01\x00\xff", 6}},
	{"indefinite string",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x05\x5f\x41x\xff", 10}},
	{"array of three", {(const uint8_t *)"\x83\x09\xa1\x01\x00\x00", 6}},
	{"type that is text", {(const uint8_t *)"\x82\x61x\xa1\x01\x00", 6}},
	{"type past 32 bits",
	 {(const uint8_t *)"\x82\x1b\0\0\0\x01\0\0\0\0\xa0", 11}},
	{"key that is text",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x61x\x00", 8}},
	{"no map", {(const uint8_t *)"\x82\x09\x80", 3}},
	{"reserved head", {(const uint8_t *)"\x82\x09\xa1\x01\x1c", 5}},
	{"two-byte simple value under 32",
	 {(const uint8_t *)"\x82\x09\xa2\x01\x00\x07\xf8\x14", 8}},
	{"zeroes", {(const uint8_t *)"\0\0\0\0", 4}},
};

static void everything_refused_is_refused(void **state UNUSED)
{
	struct thing thing;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (decode(refused[i].in, &thing) != ERR_FORMAT)
			fail_msg("%s was not refused", refused[i].why);
	}
}

static void extremes_of_int64_travel(void **state UNUSED)
{
	static const int64_t values[] = {
		INT64_MIN, INT64_MIN + 1, -256, -25, -24, -1, 0, 23,
		24,        INT64_MAX,
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct thing thing = {.i = values[i]}, back;
		struct err err;
		struct buf out;

		buf_init(&out, 64);
		assert_ok(wire_encode(&thing_type, &thing, &out, &err), err);
		assert_code(decode(buf_bytes(&out), &back), ERR_OK);
		assert_true(back.i == values[i]);
		buf_release(&out);
	}
}

static void unknown_keys_of_any_shape_are_skipped(void **state UNUSED)
{
	/* 2: [[{"a": null}], 1.5, tag 1 (0)]; 200: text */
	struct bytes in = LIT("\x82\x09\xa4\x01\x07\x02\x83\x81\xa1\x61"
			      "a\xf6\xfb\x3f\xf8\0\0\0\0\0\0\xc1\x00"
			      "\x04\xf5\x18\xc8\x62hi");
	struct thing thing;

	assert_code(decode(in, &thing), ERR_OK);
	assert_int_equal(thing.u, 7);
	assert_true(thing.b);
}

static void nesting_ends_at_its_limit(void **state UNUSED)
{
	for (size_t depth = 1; depth < 20; depth++) {
		uint8_t in[32] = "\x82\x09\xa2\x01\x00\x07";
		struct thing thing;
		enum err_code want = depth > 6 ? ERR_FORMAT : ERR_OK;

		memset(in + 6, 0x81, depth);
		in[5 + depth] = 0x00;
		assert_code(decode(bytes_of(in, 6 + depth), &thing), want);
	}
}

static void lengths_past_the_limit_are_refused_unseen(void **state UNUSED)
{
	struct bytes in = LIT("\x82\x09\xa1\x05\x5b\xff\xff\xff\xff\xff\xff"
			      "\xff\xff");
	struct bytes fits = LIT("\x82\x09\xa1\x05\x58\x30");
	struct bytes body;
	struct err err;
	uint32_t id;
	size_t used;

	assert_code(wire_next(in, 64, &used, &id, &body, &err), ERR_LIMIT);
	assert_code(wire_next(fits, 54, &used, &id, &body, &err), ERR_OK);
	assert_int_equal(used, 0);
	assert_code(wire_next(fits, 53, &used, &id, &body, &err), ERR_LIMIT);
}

static void an_endless_map_ends_at_the_limit(void **state UNUSED)
{
	uint8_t in[128] = "\x82\x09\xbb\xff\xff\xff\xff\xff\xff\xff\xff";
	struct bytes body;
	struct err err;
	uint32_t id;
	size_t used;

	assert_code(wire_next(bytes_of(in, sizeof in), sizeof in, &used, &id,
			      &body, &err),
		    ERR_LIMIT);
}

static void encoding_is_whole_or_nothing(void **state UNUSED)
{
	struct thing thing = {.u = 1, .s = LIT("four")};
	struct thing wide = {.s = LIT("five!")};
	struct thing big = {.small = UINT64_MAX};
	struct err err;
	struct buf out;

	for (size_t max = 0; max < 11; max++) {
		buf_init(&out, max);
		assert_code(wire_encode(&thing_type, &thing, &out, &err),
			    ERR_LIMIT);
		assert_int_equal(out.n, 0);
		buf_release(&out);
	}
	buf_init(&out, 11);
	assert_code(wire_encode(&thing_type, &wide, &out, &err), ERR_LIMIT);
	assert_code(wire_encode(&thing_type, &big, &out, &err), ERR_LIMIT);
	assert_ok(wire_encode(&thing_type, &thing, &out, &err), err);
	buf_release(&out);
}

static void tables_have_ascending_keys_and_room(void **state UNUSED)
{
	struct record rec;

	for (size_t i = 0; i < n_record_types; i++) {
		const struct wire_type *type = &record_types[i];

		assert_true(type->size <= sizeof rec.u);
		assert_true(i == 0 || type->id > type[-1].id);
		for (size_t k = 0; k < type->n_fields; k++) {
			const struct wire_field *f = &type->fields[k];

			assert_true(f->offset < type->size);
			assert_true(k == 0 || f->key > f[-1].key);
			assert_true(f->max < RECORD_BODY_MAX);
			assert_true((f->kind == WIRE_BYTES) == (f->max > 0));
		}
	}
	assert_null(record_type((enum rec_type)63));
}

static void every_record_travels(void **state UNUSED)
{
	for (size_t i = 0; i < N_SAMPLES * n_record_types; i++) {
		struct record rec, back;
		struct err err;
		struct buf out;
		size_t used;

		sample_record(&record_types[i / N_SAMPLES],
			      (enum sample)(i % N_SAMPLES), &rec);
		buf_init(&out, RECORD_BODY_MAX);
		assert_ok(record_encode(rec.type, &rec.u, &out, &err), err);
		assert_ok(record_next(buf_bytes(&out), &used, &back, &err),
			  err);
		assert_int_equal(used, out.n);
		assert_true(same_record(&rec, &back));
		buf_release(&out);
	}
}

/* The copy is as long as what is read, so that ASan sees a byte too far. */
static enum err_code next_of_copy(struct bytes in, size_t *used,
				  enum rec_type *type)
{
	uint8_t *copy = xmemdup(in.p, in.n);
	struct record rec;
	struct err err;
	enum err_code code =
		record_next(bytes_of(copy, in.n), used, &rec, &err);

	*type = rec.type;
	free(copy);
	return code;
}

static void every_truncation_asks_for_more(void **state UNUSED)
{
	for (size_t i = 0; i < n_record_types; i++) {
		struct record rec;
		struct err err;
		struct buf out;

		sample_record(&record_types[i], SAMPLE_SMALL, &rec);
		buf_init(&out, RECORD_BODY_MAX);
		assert_ok(record_encode(rec.type, &rec.u, &out, &err), err);
		for (size_t n = 0; n < out.n; n++) {
			enum rec_type type;
			size_t used = 1;

			assert_code(
				next_of_copy(bytes_of(out.p, n), &used, &type),
				ERR_OK);
			assert_int_equal(used, 0);
		}
		buf_release(&out);
	}
}

static void every_bit_flip_is_survived(void **state UNUSED)
{
	for (size_t i = 0; i < n_record_types; i++) {
		struct record rec;
		struct err err;
		struct buf out;

		sample_record(&record_types[i], SAMPLE_SMALL, &rec);
		buf_init(&out, RECORD_BODY_MAX);
		assert_ok(record_encode(rec.type, &rec.u, &out, &err), err);
		for (size_t bit = 0; bit < 8 * out.n; bit++) {
			enum rec_type type;
			size_t used = 0;
			enum err_code code;

			out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			code = next_of_copy(buf_bytes(&out), &used, &type);
			assert_true(code == ERR_OK || code == ERR_FORMAT ||
				    code == ERR_LIMIT);
			assert_true(used <= out.n);
			out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		buf_release(&out);
	}
}

static void unknown_records_are_passed_over(void **state UNUSED)
{
	struct bytes in = LIT("\x82\x18\x63\xa1\x01\x83\x01\x02\x03\x82\x09");
	struct record rec;
	struct err err;
	size_t used;

	assert_ok(record_next(in, &used, &rec, &err), err);
	assert_int_equal(used, 9);
	assert_int_equal(rec.type, 0);
}

static void refuses(enum rec_type type, const void *msg)
{
	struct record back;
	struct err err;
	struct buf out;
	size_t used;

	buf_init(&out, RECORD_BODY_MAX);
	assert_ok(record_encode(type, msg, &out, &err), err);
	assert_code(record_next(buf_bytes(&out), &used, &back, &err),
		    ERR_FORMAT);
	buf_release(&out);
}

static void contradictions_are_refused(void **state UNUSED)
{
	struct rec_file short_hash = {.path = LIT("/x"), .sha256 = LIT("abc")};
	struct rec_file no_path = {.seq = 1};
	struct rec_file_end no_hash = {.file_seq = 1};
	struct rec_chunk far = {.offset = INT64_MAX, .data = LIT("x")};
	struct rec_hit far_hit = {
		.identifier = LIT("$a"), .offset = INT64_MAX, .length = 1};
	struct req_path nul = {.path = LIT("/etc\0/shadow")};

	refuses(REC_FILE, &short_hash);
	refuses(REC_FILE, &no_path);
	refuses(REC_FILE_END, &no_hash);
	refuses(REC_CHUNK, &far);
	refuses(REC_HIT, &far_hit);
	refuses(REQ_PATH, &nul);
}

static void a_change_owns_its_record(void **state UNUSED)
{
	char path[] = "/etc/passwd";
	struct record rec = {.type = REC_FILE};
	struct change *c = change_new(CHANGE_RECORD);
	size_t weight = c->mail.weight;

	rec.u.file.path = bytes_str(path);
	rec.u.file.size = 7;
	change_set_record(c, &rec);
	memset(path, 'x', sizeof path);
	assert_true(bytes_eq(c->u.record.u.file.path, LIT("/etc/passwd")));
	assert_int_equal(c->u.record.u.file.size, 7);
	assert_true(c->mail.weight >= weight + sizeof path - 1);
	change_free(c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoded_form_is_as_written_down),
		cmocka_unit_test(everything_refused_is_refused),
		cmocka_unit_test(extremes_of_int64_travel),
		cmocka_unit_test(unknown_keys_of_any_shape_are_skipped),
		cmocka_unit_test(nesting_ends_at_its_limit),
		cmocka_unit_test(lengths_past_the_limit_are_refused_unseen),
		cmocka_unit_test(an_endless_map_ends_at_the_limit),
		cmocka_unit_test(encoding_is_whole_or_nothing),
		cmocka_unit_test(tables_have_ascending_keys_and_room),
		cmocka_unit_test(every_record_travels),
		cmocka_unit_test(every_truncation_asks_for_more),
		cmocka_unit_test(every_bit_flip_is_survived),
		cmocka_unit_test(unknown_records_are_passed_over),
		cmocka_unit_test(contradictions_are_refused),
		cmocka_unit_test(a_change_owns_its_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
