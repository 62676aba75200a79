/* SPDX-License-Identifier: Apache-2.0 */
/* A grid of 10x40 cells for each test, and what it shows as text. */
#ifndef HALLIGAN_TESTS_UNIT_UI_SHOT_H
#define HALLIGAN_TESTS_UNIT_UI_SHOT_H

#include "unit/unit.h"

#include "ui/grid.h"
#include "unit/fake_app.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static struct grid grid;
static char *shot;

static const char *text_of(void)
{
	struct buf out;

	buf_init(&out, 1u << 20);
	grid_to_text(&grid, &out);
	free(shot);
	shot = buf_detach(&out);
	return shot;
}

UNUSED static const char *roles_of(void)
{
	struct buf out;

	buf_init(&out, 1u << 20);
	grid_to_roles(&grid, &out);
	free(shot);
	shot = buf_detach(&out);
	return shot;
}

#define assert_shows(words)                                                    \
	do {                                                                   \
		if (!strstr(text_of(), words))                                 \
			fail_msg("no \"%s\" in:\n%s", words, shot);            \
	} while (0)

#define assert_hides(words)                                                    \
	do {                                                                   \
		if (strstr(text_of(), words))                                  \
			fail_msg("\"%s\" in:\n%s", words, shot);               \
	} while (0)

static int fresh(void **state UNUSED)
{
	fake_reset();
	grid_init(&grid, 10, 40);
	return 0;
}

static int done(void **state UNUSED)
{
	grid_release(&grid);
	free(shot);
	shot = NULL;
	fake_reset();
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

#endif
