/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as offset, hex and characters. */
#include "base/base.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "ui/hex.h"
#include "ui/words.h"

void hex_init(struct hex *h, struct blob *blob)
{
	*h = (struct hex){.blob = blob};
	h->window = xmalloc(HEX_WINDOW);
}

void hex_release(struct hex *h)
{
	free(h->window);
	*h = (struct hex){0};
}

static uint64_t n_lines(const struct hex *h)
{
	return h->blob->size / HEX_WIDTH + (h->blob->size % HEX_WIDTH != 0);
}

static void load(struct hex *h, uint64_t at)
{
	size_t got = 0;

	h->window_at = at;
	h->window_n = 0;
	while (h->window_n < HEX_WINDOW) {
		got = HEX_WINDOW - h->window_n;
		if (h->blob->read(h->blob, at + h->window_n,
				  h->window + h->window_n, &got,
				  &h->err) != ERR_OK ||
		    got == 0)
			return;
		h->window_n += got;
	}
}

/* Up to n bytes at an offset; fewer at the end or where evidence lacks. */
static struct bytes bytes_at(struct hex *h, uint64_t at, size_t n)
{
	if (at < h->window_at || at + n > h->window_at + h->window_n)
		load(h, at - at % HEX_WIDTH);
	if (at < h->window_at || at >= h->window_at + h->window_n)
		return bytes_of(NULL, 0);
	return bytes_of(h->window + (at - h->window_at),
			MIN(n, (size_t)(h->window_at + h->window_n - at)));
}

static enum role role_at(const struct hex *h, uint64_t at)
{
	bool is_hit = h->hit_n && at >= h->hit && at < h->hit + h->hit_n;

	return is_hit ? ROLE_MARK : ROLE_NORMAL;
}

static void draw_line(struct hex *h, uint64_t at, struct pen *p)
{
	struct bytes b = bytes_at(h, at, HEX_WIDTH);

	(void)pen_putf(p, ROLE_DIM, "%08" PRIx64 "  ", at);
	for (size_t i = 0; i < HEX_WIDTH; i++) {
		const char *gap = i == HEX_WIDTH / 2 - 1 ? "  " : " ";

		if (i < b.n)
			(void)pen_putf(p, role_at(h, at + i), "%02x", b.p[i]);
		else
			(void)pen_put(p, ROLE_NORMAL, "  ");
		(void)pen_put(p, ROLE_NORMAL, gap);
	}
	(void)pen_put(p, ROLE_NORMAL, " ");
	for (size_t i = 0; i < b.n; i++) {
		bool plain = b.p[i] >= 0x20 && b.p[i] < 0x7f;
		char one[2] = {plain ? (char)b.p[i] : '.', '\0'};
		enum role role = role_at(h, at + i);

		if (!plain && role == ROLE_NORMAL)
			role = ROLE_DIM;
		(void)pen_put(p, role, one);
	}
}

void hex_draw(struct hex *h, struct grid *g, struct rect r)
{
	scroll_fit(&h->scroll, n_lines(h), r.rows);
	h->err.code = ERR_OK;
	for (unsigned line = 0; line < r.rows; line++) {
		uint64_t at = (h->scroll.top + line) * HEX_WIDTH;
		struct pen p = pen_at(g, r, line);

		if (at >= h->blob->size)
			break;
		draw_line(h, at, &p);
	}
}

void hex_goto(struct hex *h, uint64_t offset, uint64_t n)
{
	uint64_t line = offset / HEX_WIDTH;

	h->hit = offset;
	h->hit_n = n;
	h->scroll.n = n_lines(h);
	scroll_near(&h->scroll, line);
}

/* Only what begins with 0x: "dead" and "1234" are words as well. */
static bool needle_from_hex(struct hex *h, const char *words)
{
	char digits[2 * HEX_NEEDLE + 1];
	size_t n = 0;

	if (words[0] != '0' || (words[1] != 'x' && words[1] != 'X'))
		return false;
	for (words += 2; *words; words++)
		if (*words != ' ' && n < sizeof digits - 1)
			digits[n++] = *words;
	if (n < 2 || n % 2)
		return false;
	h->needle_n = n / 2;
	return hex_decode(bytes_of(digits, n), h->needle, h->needle_n);
}

static void search_from(struct hex *h, uint64_t at, bool back)
{
	h->search_at = at;
	h->search_back = back;
	h->searching = h->needle_n > 0;
	h->found_none = false;
}

void hex_search(struct hex *h, const char *words)
{
	if (!needle_from_hex(h, words)) {
		h->needle_n = MIN(strlen(words), (size_t)HEX_NEEDLE);
		memcpy(h->needle, words, h->needle_n);
	}
	search_from(h, h->scroll.top * HEX_WIDTH, false);
}

/* Looks on through one window; true: it is over, found or not. */
static bool search_on(struct hex *h)
{
	const uint8_t *at;

	load(h, h->search_at);
	at = h->window_n
		     ? memmem(h->window, h->window_n, h->needle, h->needle_n)
		     : NULL;
	if (at) {
		hex_goto(h, h->search_at + (uint64_t)(at - h->window),
			 h->needle_n);
		return true;
	}
	if (h->window_n < HEX_WINDOW) {
		h->found_none = true;
		return true;
	}
	h->search_at += HEX_WINDOW - h->needle_n + 1;
	return false;
}

/* The last place in the window that begins before search_at. */
static const uint8_t *last_before(const struct hex *h)
{
	const uint8_t *end = h->window + h->window_n, *last = NULL, *at;

	for (at = h->window; at < end; at++) {
		at = memmem(at, (size_t)(end - at), h->needle, h->needle_n);
		if (!at ||
		    h->window_at + (uint64_t)(at - h->window) >= h->search_at)
			break;
		last = at;
	}
	return last;
}

static bool search_back(struct hex *h)
{
	uint64_t step = HEX_WINDOW / 2;
	uint64_t from = h->search_at > step ? h->search_at - step : 0;
	const uint8_t *at;

	load(h, from);
	at = last_before(h);
	if (at) {
		hex_goto(h, from + (uint64_t)(at - h->window), h->needle_n);
		return true;
	}
	h->search_at = from;
	h->found_none = from == 0;
	return from == 0;
}

bool hex_work(struct hex *h)
{
	int64_t until_ns = time_mono_ns() + UI_SLICE_NS;

	while (h->searching) {
		h->searching =
			!(h->search_back ? search_back(h) : search_on(h));
		if (time_mono_ns() > until_ns)
			return h->searching;
	}
	return false;
}

bool hex_act(struct hex *h, enum action action)
{
	if (action == ACT_NEXT_HIT || action == ACT_PREV_HIT) {
		if (action == ACT_PREV_HIT)
			search_from(h, h->hit, true);
		else
			search_from(h, h->hit_n ? h->hit + 1 : 0, false);
		return true;
	}
	scroll_fit(&h->scroll, n_lines(h), h->scroll.rows);
	return scroll_act(&h->scroll, action);
}

void hex_context(const struct hex *h, struct pen *p)
{
	char size[WORDS_MAX];

	(void)pen_putf(p, ROLE_DIM, "  at 0x%" PRIx64 " of %s",
		       h->scroll.top * HEX_WIDTH,
		       words_size(h->blob->size, size));
	if (h->searching)
		(void)pen_put(p, ROLE_WARN, "  searching");
	else if (h->found_none)
		(void)pen_put(p, ROLE_WARN,
			      h->search_back ? "  not found before"
					     : "  not found from here on");
	if (h->err.code != ERR_OK)
		(void)pen_putf(p, ROLE_BAD, "  %s", h->err.msg);
}
