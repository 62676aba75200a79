/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign bytes -> text a terminal, a log and a reader can trust. */
#include "base/base.h"

#include "base/text.h"
#include "base/unicode.h"

#define MAX_MARKS 4 /* combining marks per base; ncurses keeps no more */
#define TEXT_MAX  (16u << 20)

/* Letters and symbols that draw as nothing although their category is fine. */
static const int32_t blank_looking[] = {
	0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0,
};

static bool is_blank_looking(int32_t cp)
{
	for (size_t i = 0; i < ARRAY_SIZE(blank_looking); i++)
		if (blank_looking[i] == cp)
			return true;
	return false;
}

bool text_char_is_mark(int32_t cp)
{
	return unicode_is_mark(cp);
}

static bool is_shown_as_is(int32_t cp)
{
	return unicode_is_drawn(cp) && cp != '\\' && !is_blank_looking(cp);
}

unsigned text_char_cells(int32_t cp)
{
	return unicode_cells(cp);
}

/* One step through foreign bytes: a code point, or one byte that is none. */
struct step {
	size_t n;	/* bytes it takes, 0 at the end */
	int32_t cp;	/* -1: not UTF-8 */
};

static struct step next_step(struct bytes b)
{
	struct step st;

	st.n = unicode_first(b, &st.cp);
	return st;
}

size_t text_hidden(struct bytes at, int32_t *cp)
{
	struct step st = next_step(at);

	*cp = st.cp;
	return st.cp < 0 || st.cp == '\\' || is_shown_as_is(st.cp) ? 0 : st.n;
}

size_t text_first_char(struct bytes b, int32_t *codepoint)
{
	struct step st = next_step(b);

	*codepoint = st.cp;
	return st.n;
}

/* The shown form of one step into out; its width in cells. */
static unsigned show_step(struct bytes at, struct step st, unsigned *marks,
			  char out[16])
{
	if (st.cp < 0 || st.cp < 0x20 || (st.cp >= 0x7f && st.cp < 0xa0)) {
		*marks = 0;
		return (unsigned)snprintf(out, 16, "\\x%02x",
					  st.cp < 0 ? at.p[0]
						    : (unsigned)st.cp);
	}
	*marks = text_char_is_mark(st.cp) ? *marks + 1 : 0;
	if (st.cp == '\\') {
		memcpy(out, "\\\\", 3);
		return 2;
	}
	if (!is_shown_as_is(st.cp) || *marks > MAX_MARKS)
		return (unsigned)snprintf(out, 16, "\\u{%04x}",
					  (unsigned)st.cp);
	memcpy(out, at.p, st.n);
	out[st.n] = '\0';
	return text_char_cells(st.cp);
}

unsigned text_append(struct buf *out, struct bytes b, unsigned max_cells)
{
	unsigned cells = 0, cut_cells = 0, marks = 1;
	size_t cut_at = out->n;
	struct step st;

	while ((st = next_step(b)).n) {
		char piece[16];
		unsigned w = show_step(b, st, &marks, piece);

		if (max_cells && cells + w > max_cells) {
			out->n = cut_at; /* back to where "~" still fits */
			(void)buf_add_byte(out, '~');
			return cut_cells + 1;
		}
		if (!buf_add_str(out, piece))
			break;
		cells += w;
		if (cells + 1 <= max_cells) {
			cut_at = out->n;
			cut_cells = cells;
		}
		b = bytes_skip(b, st.n);
	}
	return cells;
}

void text_from_bytes(struct text *t, struct bytes b, unsigned max_cells)
{
	struct buf out;

	buf_init(&out, TEXT_MAX);
	t->cells = text_append(&out, b, max_cells);
	t->n = out.n;
	t->s = buf_detach(&out);
}

void text_release(struct text *t)
{
	free(t->s);
	*t = (struct text){0};
}

bool text_is_plain(struct bytes b)
{
	struct step st;

	while ((st = next_step(b)).n) {
		if (st.cp < 0 || (st.cp != '\\' && !is_shown_as_is(st.cp)))
			return false;
		b = bytes_skip(b, st.n);
	}
	return true;
}

struct shown shown(struct bytes b)
{
	struct shown sh;
	struct buf out;

	buf_init(&out, sizeof sh.s - 1);
	(void)text_append(&out, b, 76);
	(void)snprintf(sh.s, sizeof sh.s, "%s", buf_str(&out));
	buf_release(&out);
	return sh;
}

struct shown shown_str(const char *s)
{
	return shown(bytes_str(s));
}

const char *without_password(const char *s)
{
	const char *at = strrchr(s, '@');
	const char *scheme = strstr(s, "://");
	const char *user = scheme && scheme < at ? scheme + 3 : s;

	return at && memchr(user, ':', (size_t)(at - user)) ? at + 1 : s;
}

struct shown shown_line(struct bytes b)
{
	uint8_t line[512];
	size_t n = 0;

	b = bytes_trim(b);
	for (size_t i = 0; i < b.n && n < sizeof line; i++) {
		bool ends = b.p[i] == '\n' || b.p[i] == '\r';

		if (!ends)
			line[n++] = b.p[i];
		else if (line[n - 1] != ' ')
			line[n++] = ' ';
	}
	return shown(bytes_of(line, n));
}

const char *text_into(char *out, size_t room, struct bytes b)
{
	struct text t;

	text_from_bytes(&t, b, TEXT_ANY_WIDTH);
	(void)snprintf(out, room, "%s", text_str(&t));
	text_release(&t);
	return out;
}

/* How many bytes at the front are of ASCII; most texts are nothing else. */
static size_t count_ascii(struct bytes b)
{
	size_t n = 0;
	uint64_t word;

	for (; b.n - n >= sizeof word; n += sizeof word) {
		memcpy(&word, b.p + n, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (n < b.n && b.p[n] < 0x80)
		n++;
	return n;
}

bool utf8_is_valid(struct bytes b)
{
	struct step st;

	b = bytes_skip(b, count_ascii(b));
	while ((st = next_step(b)).n) {
		if (st.cp < 0)
			return false;
		b = bytes_skip(b, st.n);
	}
	return true;
}
