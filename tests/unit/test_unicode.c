/* SPDX-License-Identifier: Apache-2.0 */
/* The two that know characters: where they must say the same, they do. */
#include "unit/unit.h"

#include "base/unicode.h"

/* The other one, under names of its own. */
size_t plain_first(struct bytes b, int32_t *cp);
bool plain_is_mark(int32_t cp);
bool plain_is_drawn(int32_t cp);
unsigned plain_cells(int32_t cp);
#define unicode_first	 plain_first
#define unicode_is_mark	 plain_is_mark
#define unicode_is_drawn plain_is_drawn
#define unicode_cells	 plain_cells
#include "base/unicode_plain.c"
#undef unicode_first
#undef unicode_is_mark
#undef unicode_is_drawn
#undef unicode_cells

static void same(const uint8_t *p, size_t n)
{
	int32_t want, got;
	size_t want_n = unicode_first(bytes_of(p, n), &want);
	size_t got_n = plain_first(bytes_of(p, n), &got);

	if (want != got || want_n != got_n)
		fail_msg("%02x %02x %02x %02x, %zu: %x in %zu, not %x in %zu",
			 p[0], p[1], p[2], p[3], n, (unsigned)got, got_n,
			 (unsigned)want, want_n);
}

/* All that one byte may be in front of, at the borders of what may follow. */
static void they_decode_alike(void **state UNUSED)
{
	static const uint8_t next[] = {0x00, 0x41, 0x7f, 0x80, 0x81, 0x8f, 0x90,
				       0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xff};
	uint8_t p[5] = {0};

	for (unsigned a = 0; a < 256; a++) {
		p[0] = (uint8_t)a;
		for (unsigned b = 0; b < 256; b++) {
			p[1] = (uint8_t)b;
			for (size_t i = 0; i < ARRAY_SIZE(next); i++) {
				p[2] = next[i];
				for (size_t j = 0; j < ARRAY_SIZE(next); j++) {
					p[3] = next[j];
					for (size_t n = 0; n <= 5; n++)
						same(p, n);
				}
			}
		}
	}
}

static void controls_are_drawn_by_neither(void **state UNUSED)
{
	for (int32_t cp = 0; cp < 0x250; cp++) {
		if (cp == 0xad) /* a hyphen that is not to be seen */
			continue;
		assert_int_equal(plain_is_drawn(cp), unicode_is_drawn(cp));
	}
	assert_false(unicode_is_drawn(0x202e)); /* right to left */
	assert_true(unicode_is_mark(0x301));
	assert_int_equal(unicode_cells(0x4e2d), 2);
	assert_int_equal(plain_cells('a'), 1);
	assert_false(plain_is_mark('a'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_decode_alike),
		cmocka_unit_test(controls_are_drawn_by_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
