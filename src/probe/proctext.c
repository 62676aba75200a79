/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's small texts. */
#include "base/base.h"

#include <fcntl.h>
#include <limits.h>

#include "probe/proctext.h"

bool proc_read(int dir, const char *name, struct buf *out)
{
	int fd = openat(dir, name,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
				O_NOCTTY);
	ssize_t n = -1;

	if (fd < 0)
		return false;
	while (out->n < out->max) {
		size_t room = MIN(out->max - out->n, (size_t)64 << 10);

		n = read(fd, buf_reserve(out, room), room);
		if (n <= 0)
			break;
		buf_commit(out, (size_t)n);
	}
	close_fd(fd);
	return n >= 0;
}

bool proc_read_new(int dir, const char *name, struct buf *out, size_t max)
{
	struct bytes trimmed;

	buf_init(out, max);
	if (!proc_read(dir, name, out))
		return false;
	trimmed = bytes_trim(buf_bytes(out));
	if (trimmed.n && trimmed.p > out->p)
		buf_consume(out, (size_t)(trimmed.p - out->p));
	out->n = trimmed.n;
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct bytes proc_word(struct bytes line, unsigned n)
{
	for (;;) {
		size_t k = 0;

		while (line.n && is_blank(*line.p))
			line = bytes_skip(line, 1);
		while (k < line.n && !is_blank(line.p[k]))
			k++;
		if (n-- == 0 || k == 0)
			return bytes_of(line.p, k);
		line = bytes_skip(line, k);
	}
}

uint64_t proc_word_number(struct bytes line, unsigned n)
{
	uint64_t v;

	return bytes_to_u64(proc_word(line, n), &v) ? v : 0;
}

bool proc_value(struct bytes text, const char *key, struct bytes *value)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line)) {
		if (!bytes_starts(line, key))
			continue;
		*value = bytes_trim(bytes_skip(line, strlen(key)));
		return true;
	}
	*value = (struct bytes){0};
	return false;
}

uint64_t proc_number(struct bytes text, const char *key, unsigned base)
{
	struct bytes value;
	uint64_t n;

	(void)proc_value(text, key, &value); /* else it is empty */
	value = proc_word(value, 0);
	if (base == 16 ? bytes_hex_to_u64(value, &n) : bytes_to_u64(value, &n))
		return n;
	return 0;
}

static bool is_octal(uint8_t c)
{
	return c >= '0' && c <= '7';
}

size_t proc_unescape_here(uint8_t *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		if (c == '\\' && i + 3 < n && is_octal(p[i + 1]) &&
		    is_octal(p[i + 2]) && is_octal(p[i + 3])) {
			c = (uint8_t)((p[i + 1] - '0') << 6 |
				      (p[i + 2] - '0') << 3 | (p[i + 3] - '0'));
			i += 3;
		}
		p[to++] = c;
	}
	return to;
}

void proc_unescape(struct bytes b, struct buf *out)
{
	size_t from = out->n;

	if (!buf_add(out, b.p, MIN(b.n, out->max - out->n)) || !b.n)
		return;
	out->n = from + proc_unescape_here(out->p + from, out->n - from);
}

bool proc_link(int dir, const char *name, struct buf *out)
{
	uint8_t *to;
	ssize_t n;

	buf_clear(out);
	to = buf_reserve(out, PATH_MAX);
	n = to ? readlinkat(dir, name, (char *)to, PATH_MAX) : -1;
	if (n <= 0)
		return false;
	buf_commit(out, (size_t)n);
	return true;
}
