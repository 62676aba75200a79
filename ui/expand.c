/* SPDX-License-Identifier: Apache-2.0 */
/* From a key's template and the chosen rows to command lines. */
#include "base/base.h"

#include "base/text.h"
#include "ui/console.h"

#define LINES_BYTES (64u << 10)

struct expansion {
	const char *template;
	struct buf lines;  /* finished ones, each with its newline */
	struct buf joined; /* words of %{column*} so far */
	size_t n;          /* lines */
	bool bad;          /* a value that no word can hold */
};

static bool is_plain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("_./:@%+,-", c));
}

/* A value as one word of a command line. */
static bool add_word(struct buf *out, struct bytes b)
{
	bool plain = b.n > 0;

	if (!text_is_plain(b))
		return false;
	for (size_t i = 0; i < b.n; i++)
		plain &= is_plain_char((char)b.p[i]);
	if (plain)
		return buf_add_bytes(out, b);
	(void)buf_add_byte(out, '"');
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '"' || b.p[i] == '\\')
			(void)buf_add_byte(out, '\\');
		(void)buf_add_byte(out, b.p[i]);
	}
	return buf_add_byte(out, '"');
}

/* A place in a template: %{name} or %{name*}. */
struct place {
	char column[64];
	bool joins;
	const char *end;
};

static bool read_place(const char *s, struct place *place)
{
	const char *close = strchr(s, '}');
	size_t n;

	if (s[0] != '%' || s[1] != '{' || !close)
		return false;
	n = (size_t)(close - s) - 2;
	place->joins = n && s[n + 1] == '*';
	n -= place->joins;
	(void)snprintf(place->column, sizeof place->column, "%.*s", (int)n,
		       s + 2);
	place->end = close + 1;
	return true;
}

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

static void join_row(void *arg, const struct view *view, const struct row *row)
{
	struct expansion *e = arg;
	const char *s = strstr(e->template, "%{");
	struct place place;
	struct bytes value;

	if (!s || !read_place(s, &place))
		return;
	value = row_bytes(view, row, place.column);
	if (e->joined.n)
		(void)buf_add_byte(&e->joined, ' ');
	e->bad |= value.n == 0 || !add_word(&e->joined, value);
}

static void expand_joined(struct expansion *e)
{
	struct place place;

	for (const char *s = e->template; *s;) {
		if (read_place(s, &place)) {
			(void)buf_add_bytes(&e->lines, buf_bytes(&e->joined));
			s = place.end;
		} else {
			(void)buf_add_byte(&e->lines, (uint8_t)*s++);
		}
	}
	e->n = 1;
}

static size_t expand_rows(struct ui *ui, struct expansion *e)
{
	struct page *page = ui_page(ui);
	bool joins = strstr(e->template, "*}") != NULL;
	size_t n;

	if (!page->type->chosen)
		return 0;
	n = page->type->chosen(page, joins ? join_row : expand_row, e);
	if (n && joins)
		expand_joined(e);
	return n;
}

char *ui_expand(struct ui *ui, const char *line, size_t *n_lines)
{
	struct expansion e = {.template = line};
	bool one_only = line[strlen(line) - 1] == ' ';
	char *out;

	if (!strstr(line, "%{")) {
		*n_lines = 1;
		return xstrdup(line);
	}
	buf_init(&e.lines, LINES_BYTES);
	buf_init(&e.joined, LINES_BYTES);
	if (expand_rows(ui, &e) == 0)
		ui_say(ui, ROLE_NORMAL, "there is no row to do that with");
	else if (e.bad || e.lines.full || e.joined.full)
		ui_say(ui, ROLE_WARN,
		       "this row has a value that cannot be typed; use : and "
		       "the command line");
	*n_lines = e.n;
	out = buf_detach(&e.lines);
	buf_release(&e.joined);
	if (e.n == 0 || e.bad) {
		free(out);
		return NULL;
	}
	/* What is to be completed by hand is one line. */
	if (one_only && strchr(out, '\n'))
		*strchr(out, '\n') = '\0';
	return out;
}
