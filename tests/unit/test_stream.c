/* SPDX-License-Identifier: Apache-2.0 */
/* The zstd frames around records. */
#include "unit/unit.h"

#include "wire/stream.h"

#define BIG ((size_t)3 << 20)

/* Bytes that compress neither well nor not at all, always the same. */
static uint8_t *filler(size_t n)
{
	uint8_t *p = xmalloc(n);
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24 & 63u);
	}
	return p;
}

static void compress(struct bytes in, size_t step, enum zflush each,
		     struct buf *out)
{
	struct zwriter z;
	struct err err;

	zwriter_init(&z, 3);
	while (in.n) {
		struct bytes piece = bytes_of(in.p, MIN(step, in.n));

		assert_ok(zwriter_add(&z, piece, each, out, &err), err);
		in = bytes_skip(in, piece.n);
	}
	assert_ok(zwriter_add(&z, in, ZFLUSH_END, out, &err), err);
	zwriter_release(&z);
}

/* Reads in steps into a small buffer, the way a link child does. */
static void expand(struct bytes in, size_t step, size_t room, struct buf *all)
{
	struct zreader z;
	struct err err;
	struct buf out;

	zreader_init(&z);
	buf_init(&out, room);
	for (;;) {
		struct bytes piece = bytes_of(in.p, MIN(step, in.n));
		size_t had = piece.n;

		assert_ok(zreader_add(&z, &piece, &out, &err), err);
		assert_true(out.n <= room);
		assert_true(buf_add_bytes(all, buf_bytes(&out)));
		in = bytes_skip(in, had - piece.n);
		if (in.n == 0 && out.n < room)
			break;
		buf_clear(&out);
	}
	buf_release(&out);
	zreader_release(&z);
}

static void what_goes_in_comes_out_in_any_pieces(void **state UNUSED)
{
	static const struct {
		size_t write, read, room;
		enum zflush flush;
	} rows[] = {
		{BIG, BIG, BIG + 1, ZFLUSH_NONE},
		{1000, 4096, 1 << 16, ZFLUSH_BLOCK},
		{300001, 17, 1009, ZFLUSH_NONE},
		{BIG, 1, BIG + 1, ZFLUSH_BLOCK},
		{BIG, BIG, 1 << 10, ZFLUSH_END},
	};
	uint8_t *in = filler(BIG);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf packed, all;

		buf_init(&packed, 2 * BIG);
		buf_init(&all, BIG);
		compress(bytes_of(in, BIG), rows[i].write, rows[i].flush,
			 &packed);
		expand(buf_bytes(&packed), rows[i].read, rows[i].room, &all);
		assert_int_equal(all.n, BIG);
		assert_memory_equal(all.p, in, BIG);
		buf_release(&packed);
		buf_release(&all);
	}
	free(in);
}

static void a_flushed_block_can_be_read_at_once(void **state UNUSED)
{
	struct zwriter w;
	struct zreader r;
	struct buf packed, plain;
	struct bytes in;
	struct err err;

	zwriter_init(&w, 3);
	zreader_init(&r);
	buf_init(&packed, 4096);
	buf_init(&plain, 4096);
	assert_ok(zwriter_add(&w, bytes_str("early"), ZFLUSH_BLOCK, &packed,
			      &err),
		  err);
	in = buf_bytes(&packed);
	assert_ok(zreader_add(&r, &in, &plain, &err), err);
	assert_true(bytes_eq(buf_bytes(&plain), bytes_str("early")));
	buf_release(&packed);
	buf_release(&plain);
	zwriter_release(&w);
	zreader_release(&r);
}

static void a_bomb_fills_one_buffer_at_a_time(void **state UNUSED)
{
	uint8_t *zeroes = xcalloc(1, BIG);
	struct buf packed, plain;
	struct zreader r;
	struct bytes in;
	struct err err;

	buf_init(&packed, BIG);
	buf_init(&plain, 5000);
	compress(bytes_of(zeroes, BIG), BIG, ZFLUSH_NONE, &packed);
	assert_true(packed.n < 5000);
	zreader_init(&r);
	in = buf_bytes(&packed);
	assert_ok(zreader_add(&r, &in, &plain, &err), err);
	assert_int_equal(plain.n, 5000);
	zreader_release(&r);
	buf_release(&packed);
	buf_release(&plain);
	free(zeroes);
}

static enum err_code read_all(struct bytes in)
{
	struct zreader r;
	struct buf plain;
	struct err err;
	enum err_code code;

	zreader_init(&r);
	buf_init(&plain, BIG);
	code = zreader_add(&r, &in, &plain, &err);
	buf_release(&plain);
	zreader_release(&r);
	return code;
}

static void what_is_not_zstd_is_refused(void **state UNUSED)
{
	struct buf packed;

	assert_code(read_all(bytes_str("bash: probe: not found")), ERR_FORMAT);
	buf_init(&packed, 4096);
	compress(bytes_str("some text, some text"), 100, ZFLUSH_NONE, &packed);
	assert_code(read_all(buf_bytes(&packed)), ERR_OK);
	packed.p[packed.n - 1] ^= 1; /* the checksum */
	assert_code(read_all(buf_bytes(&packed)), ERR_FORMAT);
	buf_release(&packed);
}

/* RFC 8878 3.1.1: magic, a descriptor without content size, the exponent of
 * the window over 1 KiB, then a last block of no bytes. */
static void a_window_over_8_mib_is_refused(void **state UNUSED)
{
	uint8_t frame[] = {0x28,    0xb5, 0x2f, 0xfd, 0x00,
			   13 << 3, 0x01, 0x00, 0x00};

	assert_code(read_all(bytes_of(frame, sizeof frame)), ERR_OK);
	frame[5] = 14 << 3;
	assert_code(read_all(bytes_of(frame, sizeof frame)), ERR_FORMAT);
}

static void output_without_room_is_an_error(void **state UNUSED)
{
	uint8_t *in = filler(BIG);
	struct zwriter z;
	struct err err;
	struct buf out;

	buf_init(&out, 1000);
	zwriter_init(&z, 3);
	assert_code(zwriter_add(&z, bytes_of(in, BIG), ZFLUSH_END, &out, &err),
		    ERR_LIMIT);
	assert_true(out.n <= 1000);
	zwriter_release(&z);
	buf_release(&out);
	free(in);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out_in_any_pieces),
		cmocka_unit_test(a_flushed_block_can_be_read_at_once),
		cmocka_unit_test(a_bomb_fills_one_buffer_at_a_time),
		cmocka_unit_test(what_is_not_zstd_is_refused),
		cmocka_unit_test(a_window_over_8_mib_is_refused),
		cmocka_unit_test(output_without_room_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
