/* SPDX-License-Identifier: Apache-2.0 */
/* From a key's template and the chosen rows to command lines. */
#include "base/base.h"

#include "base/text.h"
#include "ui/console.h"

#define LINES_BYTES (1u << 20)

/* A value as one word of a command line. */
static bool add_word(struct buf *out, struct bytes b)
{
	return text_is_plain(b) && command_quote(out, b);
}

/*
 * A place in a template: %{name} is the value, %{name*} the values of all
 * rows, %{--option name*} each behind the option, %{name=} the one value
 * that all rows have.
 */
struct place {
	char option[32];
	char column[64];
	bool joins, is_one;
	const char *end;
};

static bool read_place(const char *s, struct place *place)
{
	const char *close = strchr(s, '}'), *blank;
	size_t n;

	if (s[0] != '%' || s[1] != '{' || !close)
		return false;
	s += 2;
	*place = (struct place){.end = close + 1};
	blank = memchr(s, ' ', (size_t)(close - s));
	if (blank) {
		(void)snprintf(place->option, sizeof place->option, "%.*s ",
			       (int)(blank - s), s);
		s = blank + 1;
	}
	n = (size_t)(close - s);
	place->is_one = n && s[n - 1] == '=';
	place->joins = n && s[n - 1] == '*';
	n -= place->joins || place->is_one;
	(void)snprintf(place->column, sizeof place->column, "%.*s", (int)n, s);
	return true;
}

struct expansion {
	const char *template;
	struct buf lines;  /* finished ones, each with its newline */
	struct buf joined; /* words of the place so far */
	struct buf seen;   /* their values, a NUL around each */
	struct place place;
	size_t n_words; /* in joined */
	size_t n;       /* lines */
	bool bad;       /* a value that no word can hold */
	bool differ;    /* %{name=} has several values */
};

static void expand_row(void *arg, const struct view *view,
		       const struct row *row)
{
	struct expansion *e = arg;
	struct place place;

	for (const char *s = e->template; *s;) {
		struct bytes value;

		if (!read_place(s, &place)) {
			(void)buf_add_byte(&e->lines, (uint8_t)*s++);
			continue;
		}
		value = row_bytes(view, row, place.column);
		e->bad |= value.n == 0 || !add_word(&e->lines, value);
		s = place.end;
	}
	(void)buf_add_byte(&e->lines, '\n');
	e->n++;
}

/* Two rules that hit one file are one path. */
static bool is_seen(struct expansion *e, struct bytes value)
{
	size_t at = e->seen.n ? e->seen.n - 1 : 0;
	bool seen;

	if (e->seen.n == 0)
		(void)buf_add_byte(&e->seen, 0);
	(void)buf_add_bytes(&e->seen, value);
	(void)buf_add_byte(&e->seen, 0);
	seen = at && !e->seen.full &&
	       memmem(e->seen.p, at + 1, e->seen.p + at, value.n + 2);
	if (seen)
		e->seen.n = at + 1;
	return seen;
}

static void join_row(void *arg, const struct view *view, const struct row *row)
{
	struct expansion *e = arg;
	struct bytes value = row_bytes(view, row, e->place.column);

	e->bad |= value.n == 0 || !text_is_plain(value);
	if (e->bad || is_seen(e, value))
		return;
	if (e->n_words++)
		(void)buf_add_byte(&e->joined, ' ');
	(void)buf_add_str(&e->joined, e->place.option);
	(void)add_word(&e->joined, value);
}

static size_t expand_joined(struct page *page, struct expansion *e)
{
	size_t n = 0;

	for (const char *s = e->template; *s;) {
		if (!read_place(s, &e->place)) {
			(void)buf_add_byte(&e->lines, (uint8_t)*s++);
			continue;
		}
		buf_clear(&e->joined);
		buf_clear(&e->seen);
		e->n_words = 0;
		n = page->type->chosen(page, join_row, e);
		e->differ |= e->place.is_one && e->n_words > 1;
		(void)buf_add_bytes(&e->lines, buf_bytes(&e->joined));
		s = e->place.end;
	}
	e->n = n > 0;
	return n;
}

static size_t expand_rows(struct ui *ui, struct expansion *e)
{
	struct page *page = ui_page(ui);

	if (!page->type->chosen)
		return 0;
	if (strstr(e->template, "*}"))
		return expand_joined(page, e);
	return page->type->chosen(page, expand_row, e);
}

/* Why there is no line, NULL when there is one. */
static const char *trouble(const struct expansion *e)
{
	if (e->n == 0)
		return "there is no row to do that with";
	if (e->bad)
		return "this row has a value that cannot be typed; use : and "
		       "the command line";
	if (e->differ)
		return "the marked rows are of several hosts: mark those of "
		       "one host at a time";
	if (e->lines.full || e->joined.full || e->seen.full)
		return "too many rows for that: mark fewer";
	return NULL;
}

char *ui_expand(struct ui *ui, const char *line, size_t *n_lines)
{
	struct expansion e = {.template = line};
	bool one_only = line[strlen(line) - 1] == ' ';
	const char *why;
	char *out;

	if (!strstr(line, "%{")) {
		*n_lines = 1;
		return xstrdup(line);
	}
	buf_init(&e.lines, LINES_BYTES);
	buf_init(&e.joined, LINES_BYTES);
	buf_init(&e.seen, LINES_BYTES);
	(void)expand_rows(ui, &e);
	why = trouble(&e);
	*n_lines = e.n;
	out = buf_detach(&e.lines);
	buf_release(&e.joined);
	buf_release(&e.seen);
	/* What is to be completed by hand is one line. */
	if (one_only && strchr(out, '\n'))
		*strchr(out, '\n') = '\0';
	if (!why && one_only && strlen(out) >= PROMPT_LINE_MAX)
		why = "too many rows for one line: mark fewer";
	if (!why)
		return out;
	ui_say(ui, e.n ? ROLE_WARN : ROLE_NORMAL, "%s", why);
	free(out);
	return NULL;
}
