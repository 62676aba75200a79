/* SPDX-License-Identifier: Apache-2.0 */
/* Text by lines and words; every length is checked. */
#include "base/base.h"
#include "parse/inside.h"

bool next_line(struct bytes content, uint64_t *at, struct line *line)
{
	struct bytes rest = bytes_skip(content, (size_t)*at);
	const uint8_t *end;

	if (rest.n == 0)
		return false;
	end = memchr(rest.p, '\n', rest.n);
	line->offset = *at;
	line->text = bytes_of(rest.p, end ? (size_t)(end - rest.p) : rest.n);
	*at += line->text.n + (end != NULL);
	if (end && line->text.n && line->text.p[line->text.n - 1] == '\r')
		line->text.n--;
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct bytes take_word(struct bytes *rest)
{
	struct bytes word = *rest;
	size_t n = 0;

	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	word.n = n;
	while (n < rest->n && is_blank(rest->p[n]))
		n++;
	*rest = bytes_skip(*rest, n);
	return word;
}

bool take_number(struct bytes *rest, size_t digits, int64_t *n)
{
	size_t i = 0;

	*n = 0;
	for (; i < rest->n && i < digits && rest->p[i] >= '0' &&
	       rest->p[i] <= '9';
	     i++)
		*n = *n * 10 + (rest->p[i] - '0');
	*rest = bytes_skip(*rest, i);
	return i > 0;
}

bool take_byte(struct bytes *rest, uint8_t byte)
{
	if (rest->n == 0 || rest->p[0] != byte)
		return false;
	*rest = bytes_skip(*rest, 1);
	return true;
}

bool take_month(struct bytes *rest, int64_t *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (rest->n < 3)
		return false;
	for (int64_t i = 0; i < 12; i++)
		if (strncasecmp((const char *)rest->p, names + 3 * i, 3) == 0) {
			*month = i + 1;
			*rest = bytes_skip(*rest, 3);
			return true;
		}
	return false;
}
