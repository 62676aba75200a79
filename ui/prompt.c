/* SPDX-License-Identifier: Apache-2.0 */
/* The line editor. */
#include "base/base.h"

#include "base/text.h"
#include "ui/prompt.h"

#define OFFERS_MAX (64u << 10)

void history_add(struct history *h, const char *line)
{
	if (!*line || (h->n && strcmp(h->lines[h->n - 1], line) == 0))
		return;
	if (h->n == HISTORY_MAX) {
		free(h->lines[0]);
		memmove(h->lines, h->lines + 1, --h->n * sizeof h->lines[0]);
	}
	h->lines[h->n++] = xstrdup(line);
}

void history_release(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->lines[i]);
	h->n = 0;
}

void prompt_open(struct prompt *p, enum prompt_kind kind, const char *label,
		 struct history *history)
{
	prompt_close(p);
	p->kind = kind;
	p->history = history;
	p->recalled = history ? history->n : 0;
	(void)snprintf(p->label, sizeof p->label, "%s", label);
	buf_init(&p->offers, OFFERS_MAX);
	if (kind == PROMPT_SECRET)
		secret_set(&p->secret, bytes_of(NULL, 0));
}

void prompt_close(struct prompt *p)
{
	explicit_bzero(p->line, sizeof p->line);
	secret_release(&p->secret);
	buf_release(&p->offers);
	free(p->typed);
	*p = (struct prompt){0};
}

void prompt_set(struct prompt *p, const char *line)
{
	(void)snprintf(p->line, sizeof p->line, "%s", line);
	p->n = strlen(p->line);
	/* Never half a character at the end. */
	while (p->n && !utf8_is_valid(bytes_of(p->line, p->n)))
		p->line[--p->n] = '\0';
	p->at = p->n;
	buf_clear(&p->offers);
}

static size_t before(const struct prompt *p, size_t at)
{
	while (at > 0 && ((uint8_t)p->line[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t after(const struct prompt *p, size_t at)
{
	if (at < p->n)
		at++;
	while (at < p->n && ((uint8_t)p->line[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void cut(struct prompt *p, size_t from, size_t to)
{
	memmove(p->line + from, p->line + to, p->n - to + 1);
	p->n -= to - from;
	p->at = from;
}

static bool put(struct prompt *p, const char *s, size_t n)
{
	if (p->n + n >= sizeof p->line)
		return false;
	memmove(p->line + p->at + n, p->line + p->at, p->n - p->at + 1);
	memcpy(p->line + p->at, s, n);
	p->n += n;
	p->at += n;
	return true;
}

static size_t word_before(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && p->line[at - 1] == ' ')
		at--;
	while (at > 0 && p->line[at - 1] != ' ')
		at--;
	return at;
}

/* ---- history ---- */

static bool recall(struct prompt *p, int by)
{
	size_t last = p->history ? p->history->n : 0;

	if ((by < 0 && p->recalled == 0) || (by > 0 && p->recalled >= last))
		return false;
	if (p->recalled == last) {
		free(p->typed);
		p->typed = xstrdup(p->line);
	}
	p->recalled += (size_t)by;
	prompt_set(p, p->recalled == last ? p->typed
					  : p->history->lines[p->recalled]);
	return true;
}

/* ---- keys ---- */

static bool key_home(struct prompt *p)
{
	p->at = 0;
	return false;
}

static bool key_end(struct prompt *p)
{
	p->at = p->n;
	return false;
}

static bool key_left(struct prompt *p)
{
	p->at = before(p, p->at);
	return false;
}

static bool key_right(struct prompt *p)
{
	p->at = after(p, p->at);
	return false;
}

static bool key_backspace(struct prompt *p)
{
	if (p->at == 0)
		return false;
	cut(p, before(p, p->at), p->at);
	return true;
}

static bool key_delete(struct prompt *p)
{
	if (p->at == p->n)
		return false;
	cut(p, p->at, after(p, p->at));
	return true;
}

static bool key_kill_line(struct prompt *p)
{
	cut(p, 0, p->at);
	return true;
}

static bool key_kill_rest(struct prompt *p)
{
	cut(p, p->at, p->n);
	return true;
}

static bool key_kill_word(struct prompt *p)
{
	cut(p, word_before(p), p->at);
	return true;
}

static bool key_older(struct prompt *p)
{
	return recall(p, -1);
}

static bool key_newer(struct prompt *p)
{
	return recall(p, 1);
}

static const struct {
	int32_t code;
	bool (*run)(struct prompt *p); /* whether the line is another */
} edits[] = {
	{K_HOME, key_home},
	{KEY_CTRL_('a'), key_home},
	{K_END, key_end},
	{KEY_CTRL_('e'), key_end},
	{K_LEFT, key_left},
	{KEY_CTRL_('b'), key_left},
	{K_RIGHT, key_right},
	{KEY_CTRL_('f'), key_right},
	{K_BACKSPACE, key_backspace},
	{K_DELETE, key_delete},
	{KEY_CTRL_('d'), key_delete},
	{KEY_CTRL_('u'), key_kill_line},
	{KEY_CTRL_('k'), key_kill_rest},
	{KEY_CTRL_('w'), key_kill_word},
	{K_UP, key_older},
	{KEY_CTRL_('p'), key_older},
	{K_DOWN, key_newer},
	{KEY_CTRL_('n'), key_newer},
};

static enum prompt_event secret_key(struct prompt *p, int32_t code)
{
	struct secret *s = &p->secret;
	char utf8[5];
	size_t n = key_utf8(code, utf8);

	if (code == K_BACKSPACE) {
		while (s->n > 0 && (s->page[--s->n] & 0xc0) == 0x80)
			;
	} else if (code == KEY_CTRL_('u')) {
		s->n = 0;
	} else if (code == K_TAB && !p->pasting) {
		return PROMPT_COMPLETE;
	} else if (n && s->n + n <= SECRET_MAX) {
		memcpy(s->page + s->n, utf8, n);
		s->n += n;
	}
	explicit_bzero(utf8, sizeof utf8);
	return PROMPT_STAYS;
}

static enum prompt_event choice_key(struct prompt *p, int32_t code)
{
	if (code <= ' ' || code > '~' || p->pasting ||
	    !strchr(p->choices, (char)code))
		return PROMPT_STAYS;
	p->line[0] = (char)code;
	p->line[1] = '\0';
	return PROMPT_DONE;
}

static enum prompt_event line_key(struct prompt *p, int32_t code)
{
	char utf8[5];
	size_t n;

	if (code == K_TAB && !p->pasting)
		return PROMPT_COMPLETE;
	buf_clear(&p->offers);
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++)
		if (edits[i].code == code)
			return edits[i].run(p) ? PROMPT_CHANGED : PROMPT_STAYS;
	if (p->pasting && (code == K_ENTER || code == K_TAB))
		code = ' '; /* a paste is never what ends a line */
	n = key_utf8(code, utf8);
	return n && put(p, utf8, n) ? PROMPT_CHANGED : PROMPT_STAYS;
}

enum prompt_event prompt_key(struct prompt *p, int32_t code)
{
	if (code == K_PASTE_BEGIN || code == K_PASTE_END) {
		p->pasting = code == K_PASTE_BEGIN;
		return PROMPT_STAYS;
	}
	if (!p->pasting) {
		if (code == K_ESC || code == KEY_CTRL_('c'))
			return PROMPT_LEFT;
		if (code == K_ENTER && p->kind != PROMPT_CHOICE)
			return PROMPT_DONE;
		if (code == K_BACKSPACE && p->kind == PROMPT_LINE && p->n == 0)
			return PROMPT_LEFT;
	}
	if (p->kind == PROMPT_SECRET)
		return secret_key(p, code);
	return p->kind == PROMPT_CHOICE ? choice_key(p, code)
					: line_key(p, code);
}

/* ---- completion ---- */

static size_t common_start(struct bytes a, struct bytes b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

void prompt_offer(struct prompt *p, struct bytes candidates)
{
	struct bytes rest = candidates, piece, common = bytes_of(NULL, 0);
	size_t n = 0, word = p->at;

	while (word > 0 && p->line[word - 1] != ' ')
		word--;
	while (bytes_split(&rest, '\n', &piece)) {
		if (piece.n == 0)
			continue;
		common = n++ ? bytes_of(common.p, common_start(common, piece))
			     : piece;
	}
	buf_clear(&p->offers);
	if (n > 1)
		(void)buf_add_bytes(&p->offers, candidates);
	if (common.n > p->at - word) {
		cut(p, word, p->at);
		(void)put(p, (const char *)common.p, common.n);
	}
	if (n == 1 && p->at == p->n)
		(void)put(p, " ", 1);
}

/* ---- drawing ---- */

/* Cells of line[from..to), as shown. */
static unsigned cells_of(const struct prompt *p, size_t from, size_t to)
{
	struct text t;
	unsigned cells;

	text_from_bytes(&t, bytes_of(p->line + from, to - from),
			TEXT_ANY_WIDTH);
	cells = t.cells;
	text_release(&t);
	return cells;
}

static void draw_line(const struct prompt *p, struct pen *pen)
{
	unsigned room = pen_left(pen), at;
	size_t from = 0;
	struct text t;

	/* Scrolls so that the cursor is in sight. */
	while (cells_of(p, from, p->at) + 1 > room && from < p->at)
		from = after(p, from);
	at = pen->col + cells_of(p, from, p->at);
	text_from_bytes(&t, bytes_of(p->line + from, p->n - from),
			TEXT_ANY_WIDTH);
	(void)pen_put(pen, ROLE_NORMAL, text_str(&t));
	text_release(&t);
	pen->g->cursor_col = (int)MIN(at, pen->end - 1);
}

void prompt_draw(const struct prompt *p, struct grid *g, unsigned row)
{
	struct pen pen = pen_at(g, grid_rect(g), row);

	if (row >= g->rows)
		return;
	(void)pen_put(&pen, p->kind == PROMPT_LINE ? ROLE_TITLE : ROLE_WARN,
		      p->label);
	g->cursor_row = (int)row;
	g->cursor_col = (int)pen.col;
	if (p->kind == PROMPT_LINE && pen_left(&pen))
		draw_line(p, &pen);
	if (p->kind == PROMPT_SECRET)
		(void)pen_put(&pen, ROLE_DIM, "(not shown)");
	pen_fill(&pen, ROLE_NORMAL);
}

void prompt_draw_offers(const struct prompt *p, struct grid *g, unsigned row,
			unsigned max)
{
	struct bytes rest = buf_bytes(&p->offers), piece;
	unsigned n = 0, line;

	while (bytes_split(&rest, '\n', &piece))
		n += piece.n > 0;
	n = MIN(MIN(n, max), row);
	rest = buf_bytes(&p->offers);
	for (line = 0; line < n && bytes_split(&rest, '\n', &piece);) {
		struct pen pen = pen_at(g, grid_rect(g), row - n + line);
		struct text t;

		if (piece.n == 0)
			continue;
		line++;
		text_from_bytes(&t, piece, TEXT_ANY_WIDTH);
		(void)pen_put(&pen, ROLE_MARK, "  ");
		(void)pen_put(&pen, ROLE_MARK, text_str(&t));
		if (line == n && rest.n)
			(void)pen_put(&pen, ROLE_DIM, "  and more");
		pen_fill(&pen, ROLE_MARK);
		text_release(&t);
	}
}
