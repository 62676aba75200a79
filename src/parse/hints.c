/* SPDX-License-Identifier: Apache-2.0 */
/* What parsers of texts share: hints of a path, judging, building messages. */
#include "base/base.h"
#include "parse/inside.h"

#define LOOK_BYTES ((size_t)4 << 10)

bool path_is_of(struct bytes path, const char *const names[])
{
	return text_has_any(bytes_file_name(path), names);
}

/* Only where it is sure enough: the home of root, and /home/NAME. */
struct bytes path_account(struct bytes path)
{
	struct bytes rest = path, piece;

	if (bytes_starts(path, "/root/"))
		return bytes_str("root");
	if (!bytes_starts(path, "/home/"))
		return bytes_str("");
	rest = bytes_skip(path, strlen("/home/"));
	if (!memchr(rest.p, '/', rest.n) || !bytes_split(&rest, '/', &piece))
		return bytes_str("");
	return piece;
}

bool looks_like_text(struct bytes content)
{
	size_t n = MIN(content.n, LOOK_BYTES), odd = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = content.p[i];

		if (c == 0)
			return false;
		odd += c < 0x20 && !strchr("\t\n\r\033\001", c);
	}
	return n > 0 && odd * 50 <= n;
}

unsigned share_of_lines(struct bytes content, bool (*is_one)(struct bytes line))
{
	struct bytes head = bytes_first(content, SCORE_BYTES);
	size_t n = 0, good = 0;
	struct line line;
	uint64_t at = 0;

	while (n < JUDGED_LINES && next_line(head, &at, &line)) {
		if (line.text.n == 0)
			continue;
		n++;
		good += is_one(line.text);
	}
	return n ? (unsigned)(100 * good / n) : 0;
}

struct bytes field_string(struct bytes record, size_t at, size_t room)
{
	struct bytes b = bytes_skip(record, at);

	b.n = MIN(b.n, room);
	b.n = strnlen((const char *)b.p, b.n);
	return b;
}

bool is_printable(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < 0x20 || b.p[i] == 0x7f)
			return false;
	return true;
}

bool epoch_event(int64_t s, struct parse_event *e)
{
	if (s <= 0 || s > EPOCH_MAX)
		return false;
	e->time_ns = time_from_parts(s, 0);
	e->precision_ns = NS_PER_S;
	e->source = SOURCE_UTC;
	return true;
}

void no_time(struct parse_event *e)
{
	e->time_ns = 0;
	e->precision_ns = 0;
	e->source = SOURCE_NONE;
	e->desc = DESC_NOT_A_TIME;
}

void message_add(struct buf *message, struct bytes b)
{
	size_t room = message->max - message->n;

	(void)buf_add(message, b.p, MIN(b.n, room));
}

void message_part(struct buf *message, const char *name, struct bytes text)
{
	if (text.n == 0)
		return;
	(void)buf_addf(message, ", %s ", name);
	message_add(message, text);
}
