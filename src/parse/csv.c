/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a CSV file: quotes, doubled quotes, and lines within them. */
#include "base/base.h"
#include "parse/csv.h"

void csv_row_init(struct csv_row *row)
{
	*row = (struct csv_row){.n = 0};
	buf_init(&row->text, CSV_ROW_MAX);
}

void csv_row_release(struct csv_row *row)
{
	buf_release(&row->text);
}

static bool ends_field(uint8_t c)
{
	return c == ',' || c == '\n' || c == '\r';
}

/* A field in quotes, the first of them passed; returns what it is. A quote
 * that is never closed ends with the content. */
static struct bytes take_quoted(struct csv_row *row, struct bytes *rest)
{
	size_t from = row->text.n, i = 0;

	for (; i < rest->n; i++) {
		if (rest->p[i] == '"') {
			if (i + 1 >= rest->n || rest->p[i + 1] != '"')
				break;
			i++;
		}
		(void)buf_add_byte(&row->text, rest->p[i]);
	}
	*rest = bytes_skip(*rest, MIN(i + 1, rest->n));
	return bytes_of(row->text.p + from, row->text.n - from);
}

static struct bytes take_plain(struct bytes *rest)
{
	size_t n = 0;
	struct bytes field;

	while (n < rest->n && !ends_field(rest->p[n]))
		n++;
	field = bytes_of(rest->p, n);
	*rest = bytes_skip(*rest, n);
	return field;
}

static void take_fields(struct csv_row *row, struct bytes *rest)
{
	for (;;) {
		struct bytes field;

		if (rest->n && rest->p[0] == '"') {
			*rest = bytes_skip(*rest, 1);
			field = take_quoted(row, rest);
			(void)take_plain(rest); /* junk behind it */
		} else {
			field = take_plain(rest);
		}
		if (row->n < CSV_FIELDS_MAX)
			row->fields[row->n++] = field;
		if (rest->n == 0 || rest->p[0] != ',')
			return;
		*rest = bytes_skip(*rest, 1);
	}
}

bool csv_next(struct bytes content, uint64_t *at, struct csv_row *row)
{
	struct bytes rest = bytes_skip(content, (size_t)*at);

	while (rest.n && (rest.p[0] == '\n' || rest.p[0] == '\r'))
		rest = bytes_skip(rest, 1);
	if (rest.n == 0)
		return false;
	row->n = 0;
	buf_clear(&row->text);
	/* No growing while fields point into it. */
	if (!buf_reserve(&row->text, MIN(rest.n, CSV_ROW_MAX)))
		return false;
	row->offset = content.n - rest.n;
	take_fields(row, &rest);
	if (rest.n && rest.p[0] == '\r')
		rest = bytes_skip(rest, 1);
	if (rest.n && rest.p[0] == '\n')
		rest = bytes_skip(rest, 1);
	*at = content.n - rest.n;
	row->length = *at - row->offset;
	return true;
}
