/* SPDX-License-Identifier: Apache-2.0 */
/* Moving and finding in anything that is made of lines. */
#include "base/base.h"

#include "base/time.h"
#include "ui/scroll.h"

static uint64_t last_top(const struct scroll *s)
{
	return s->n > s->rows ? s->n - s->rows : 0;
}

static void keep_in_sight(struct scroll *s)
{
	uint64_t last = s->n ? s->n - 1 : 0;

	if (!s->has_cursor) {
		s->top = MIN(s->top, last_top(s));
		s->cursor = s->top;
		return;
	}
	s->cursor = MIN(s->cursor, last);
	s->top = MIN(s->top, last_top(s));
	if (s->cursor < s->top)
		s->top = s->cursor;
	if (s->rows && s->cursor >= s->top + s->rows)
		s->top = s->cursor - s->rows + 1;
}

void scroll_fit(struct scroll *s, uint64_t n, unsigned rows)
{
	s->n = n;
	s->rows = rows;
	keep_in_sight(s);
}

void scroll_to(struct scroll *s, uint64_t line)
{
	s->cursor = line;
	if (!s->has_cursor || line < s->top || line >= s->top + s->rows)
		s->top = line > s->rows / 3 ? line - s->rows / 3 : 0;
	if (!s->has_cursor)
		s->top = line;
	keep_in_sight(s);
}

void scroll_near(struct scroll *s, uint64_t line)
{
	scroll_to(s, line - MIN(line, (uint64_t)MIN(s->rows / 3, 3u)));
}

static void move_by(struct scroll *s, int64_t by)
{
	uint64_t *at = s->has_cursor ? &s->cursor : &s->top;

	if (by < 0)
		*at -= MIN(*at, (uint64_t)-by);
	else
		*at += (uint64_t)by;
	keep_in_sight(s);
}

bool scroll_act(struct scroll *s, enum action action)
{
	int64_t page = s->rows > 1 ? (int64_t)s->rows - 1 : 1;
	const struct {
		enum action action;
		int64_t by;
	} moves[] = {
		{ACT_DOWN, 1},
		{ACT_UP, -1},
		{ACT_PAGE_DOWN, page},
		{ACT_PAGE_UP, -page},
		{ACT_HALF_DOWN, (page + 1) / 2},
		{ACT_HALF_UP, -(page + 1) / 2},
		{ACT_FIRST, INT64_MIN + 1},
		{ACT_LAST, s->n < INT64_MAX / 2 ? (int64_t)s->n : 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		if (moves[i].action == action) {
			move_by(s, moves[i].by);
			return true;
		}
	return false;
}

const char *scroll_where(const struct scroll *s, char *out, size_t room)
{
	uint64_t end = MIN(s->n, s->top + s->rows);

	(void)snprintf(out, room, "%" PRIu64 "-%" PRIu64 " of %" PRIu64,
		       s->n ? s->top + 1 : 0, end, s->n);
	return out;
}

static bool has_capital(const char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			return true;
	return false;
}

static char folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts_folded(const char *s, const char *words)
{
	for (; *words; s++, words++)
		if (folded(*s) != *words)
			return false;
	return true;
}

bool find_in(const char *words, const char *shown)
{
	if (!*words)
		return false;
	if (has_capital(words))
		return strstr(shown, words) != NULL;
	for (; *shown; shown++)
		if (starts_folded(shown, words))
			return true;
	return false;
}

void find_start(struct find *f, uint64_t from, uint64_t n, bool back)
{
	f->pending = f->words[0] && n;
	f->back = back;
	f->at = n ? from % n : 0;
	f->left = n;
}

static void step_on(struct find *f, uint64_t n)
{
	if (f->back)
		f->at = f->at ? f->at - 1 : n - 1;
	else
		f->at = f->at + 1 < n ? f->at + 1 : 0;
	f->left--;
}

enum find_result find_step(struct find *f, uint64_t n, int64_t until_ns,
			   bool (*match)(void *arg, uint64_t i), void *arg,
			   uint64_t *found)
{
	f->left = MIN(f->left, n);
	if (f->at >= n)
		f->at = 0;
	while (f->pending && f->left) {
		uint64_t at = f->at;

		step_on(f, n);
		if (match(arg, at)) {
			f->pending = false;
			*found = at;
			return FIND_FOUND;
		}
		if (time_mono_ns() > until_ns && f->left)
			return FIND_MORE;
	}
	f->pending = false;
	return FIND_NONE;
}
