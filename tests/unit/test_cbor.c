/* SPDX-License-Identifier: Apache-2.0 */
/* Our CBOR against another's: libcbor reads what we write and the other way
 * around, and agrees on what is one value. */
#include "unit/unit.h"

#include <cbor.h>

#include "unit/wire_samples.h"

static cbor_item_t *build_uint(uint64_t v)
{
	if (v <= UINT8_MAX)
		return cbor_build_uint8((uint8_t)v);
	if (v <= UINT16_MAX)
		return cbor_build_uint16((uint16_t)v);
	if (v <= UINT32_MAX)
		return cbor_build_uint32((uint32_t)v);
	return cbor_build_uint64(v);
}

static cbor_item_t *build_int(int64_t v)
{
	cbor_item_t *item = build_uint(v < 0 ? ~(uint64_t)v : (uint64_t)v);

	if (v < 0)
		cbor_mark_negint(item);
	return item;
}

static cbor_item_t *build_value(const struct wire_field *f, const void *msg)
{
	const void *at = (const uint8_t *)msg + f->offset;
	const struct bytes *b = at;

	switch (f->kind) {
	case WIRE_U64:
	case WIRE_U63:
		return build_uint(*(const uint64_t *)at);
	case WIRE_I64:
		return build_int(*(const int64_t *)at);
	case WIRE_BOOL:
		return cbor_build_bool(*(const bool *)at);
	case WIRE_BYTES:
		return cbor_build_bytestring(b->p, b->n);
	}
	return NULL;
}

static void add_pair(cbor_item_t *map, uint64_t key, cbor_item_t *value)
{
	struct cbor_pair pair = {cbor_move(build_uint(key)), cbor_move(value)};

	assert_true(cbor_map_add(map, pair));
}

/* All fields, then one from the future with some structure. */
static cbor_item_t *build_record(const struct wire_type *type,
				 const struct record *rec)
{
	cbor_item_t *array = cbor_new_definite_array(2);
	cbor_item_t *map = cbor_new_definite_map(type->n_fields + 1);
	cbor_item_t *news = cbor_new_definite_array(3);

	for (size_t i = 0; i < type->n_fields; i++)
		add_pair(map, type->fields[i].key,
			 build_value(&type->fields[i], &rec->u));
	assert_true(cbor_array_push(news, cbor_move(cbor_build_float8(1.5))));
	assert_true(cbor_array_push(news, cbor_move(cbor_build_string("x"))));
	assert_true(cbor_array_push(news, cbor_move(cbor_new_null())));
	add_pair(map, 300, news);
	assert_true(cbor_array_push(array, cbor_move(build_uint(type->id))));
	assert_true(cbor_array_push(array, cbor_move(map)));
	return array;
}

static void we_read_what_libcbor_writes(void **state UNUSED)
{
	for (size_t i = 0; i < N_SAMPLES * n_record_types; i++) {
		const struct wire_type *type = &record_types[i / N_SAMPLES];
		struct record rec, back;
		cbor_item_t *item;
		unsigned char *p;
		size_t room, n, used;
		struct err err;

		sample_record(type, (enum sample)(i % N_SAMPLES), &rec);
		item = build_record(type, &rec);
		n = cbor_serialize_alloc(item, &p, &room);
		assert_true(n > 0);
		assert_ok(record_next(bytes_of(p, n), &used, &back, &err), err);
		assert_int_equal(used, n);
		assert_true(same_record(&rec, &back));
		free(p);
		cbor_decref(&item);
	}
}

static bool same_value(const struct wire_field *f, const void *msg,
		       const cbor_item_t *item)
{
	const void *at = (const uint8_t *)msg + f->offset;
	const struct bytes *b = at;
	int64_t i;

	switch (f->kind) {
	case WIRE_U64:
	case WIRE_U63:
		return cbor_isa_uint(item) &&
		       cbor_get_int(item) == *(const uint64_t *)at;
	case WIRE_I64:
		i = *(const int64_t *)at;
		return cbor_isa_negint(item) == (i < 0) &&
		       cbor_get_int(item) == (uint64_t)(i < 0 ? ~i : i);
	case WIRE_BOOL:
		return cbor_is_bool(item) &&
		       cbor_get_bool(item) == *(const bool *)at;
	case WIRE_BYTES:
		return cbor_isa_bytestring(item) &&
		       bytes_eq(*b, bytes_of(cbor_bytestring_handle(item),
					     cbor_bytestring_length(item)));
	}
	return false;
}

static void check_record(const struct wire_type *type, const struct record *rec,
			 const cbor_item_t *item)
{
	cbor_item_t **pair = cbor_array_handle(item);
	struct cbor_pair *pairs = cbor_map_handle(pair[1]);
	size_t n = cbor_map_size(pair[1]), k = 0;

	assert_int_equal(cbor_array_size(item), 2);
	assert_true(cbor_array_is_definite(item));
	assert_true(cbor_map_is_definite(pair[1]));
	assert_int_equal(cbor_get_int(pair[0]), type->id);
	for (size_t i = 0; i < type->n_fields && k < n; i++) {
		if (type->fields[i].key != cbor_get_int(pairs[k].key)) {
			assert_false(type->fields[i].required);
			continue;
		}
		assert_true(
			same_value(&type->fields[i], &rec->u, pairs[k].value));
		k++;
	}
	assert_int_equal(k, n);
}

static void libcbor_reads_what_we_write(void **state UNUSED)
{
	for (size_t i = 0; i < N_SAMPLES * n_record_types; i++) {
		const struct wire_type *type = &record_types[i / N_SAMPLES];
		struct cbor_load_result result;
		struct record rec;
		cbor_item_t *item;
		struct err err;
		struct buf out;

		sample_record(type, (enum sample)(i % N_SAMPLES), &rec);
		buf_init(&out, RECORD_BODY_MAX);
		assert_ok(record_encode(rec.type, &rec.u, &out, &err), err);
		item = cbor_load(out.p, out.n, &result);
		assert_non_null(item);
		assert_int_equal(result.read, out.n);
		check_record(type, &rec, item);
		cbor_decref(&item);
		buf_release(&out);
	}
}

static uint32_t next_random(uint32_t *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 8;
}

/* libcbor takes more than we do (long forms, indefinite lengths), so only
 * what we accept must be the same to both. It refuses tags and simple values
 * that mean nothing to it, which RFC 8949 3.3 and 3.4 call well-formed. */
static void check_agreement(struct bytes in)
{
	struct cbor_load_result result;
	cbor_item_t *item;
	struct bytes body;
	struct err err;
	uint32_t id;
	size_t used;

	if (wire_next(in, in.n, &used, &id, &body, &err) != ERR_OK || !used)
		return;
	item = cbor_load(in.p, in.n, &result);
	if (!item) {
		assert_int_equal(result.error.code, CBOR_ERR_MALFORMATED);
		assert_true(in.p[result.error.position] >= 0xc0);
		return;
	}
	assert_int_equal(result.read, used);
	cbor_decref(&item);
}

static void both_agree_on_damaged_records(void **state UNUSED)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n_record_types; i++) {
		struct record rec;
		struct err err;
		struct buf out;

		sample_record(&record_types[i], SAMPLE_SMALL, &rec);
		buf_init(&out, RECORD_BODY_MAX);
		assert_ok(record_encode(rec.type, &rec.u, &out, &err), err);
		for (unsigned k = 0; k < 4000; k++) {
			uint8_t *at = out.p + next_random(&x) % out.n;
			uint8_t was = *at;

			*at = (uint8_t)next_random(&x);
			check_agreement(buf_bytes(&out));
			*at = was;
		}
		buf_release(&out);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(we_read_what_libcbor_writes),
		cmocka_unit_test(libcbor_reads_what_we_write),
		cmocka_unit_test(both_agree_on_damaged_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
