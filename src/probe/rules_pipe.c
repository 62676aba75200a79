/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled rules, and what is known of them, through a pipe. */
#include "base/base.h"

#include <yara.h>

#include "base/fs.h"
#include "probe/rules.h"
#include "probe/yara.h"

/* A stream of libyara's in a pipe: its length goes first, for libyara reads
 * as long as something comes. */
struct piped {
	int fd; /* -1: only counted */
	uint64_t n;
};

static size_t write_piped(const void *p, size_t size, size_t count, void *user)
{
	struct piped *to = user;
	struct err err;

	to->n += size * count;
	if (to->fd >= 0 &&
	    fs_write_all(to->fd, bytes_of(p, size * count), &err) != ERR_OK)
		return 0;
	return count;
}

static size_t read_piped(void *p, size_t size, size_t count, void *user)
{
	struct piped *from = user;
	size_t n = (size_t)MIN((uint64_t)(size * count), from->n);
	size_t got = fs_read_full(from->fd, p, n);

	from->n -= got;
	return size ? got / size : 0;
}

static bool put_number(int fd, uint64_t n)
{
	struct piped to = {.fd = fd};

	return write_piped(&n, sizeof n, 1, &to) == 1;
}

static bool get_number(int fd, uint64_t *n)
{
	struct piped from = {.fd = fd, .n = sizeof *n};

	return read_piped(n, sizeof *n, 1, &from) == 1;
}

static bool put_bounds(const struct bounds *b, const YR_RULES *rules, int fd)
{
	struct piped to = {.fd = fd};
	size_t n = b->max_size ? rules->num_rules : 0;

	return put_number(fd, n) &&
	       (n == 0 ||
		write_piped(b->max_size, sizeof *b->max_size, n, &to) == n);
}

static bool get_bounds(struct bounds *b, const YR_RULES *rules, int fd)
{
	struct piped from = {.fd = fd};
	uint64_t n;

	if (!get_number(fd, &n) || (n && n != rules->num_rules))
		return false;
	if (n == 0)
		return true;
	b->max_size = xcalloc((size_t)n, sizeof *b->max_size);
	from.n = n * sizeof *b->max_size;
	return read_piped(b->max_size, sizeof *b->max_size, (size_t)n, &from) ==
	       n;
}

/* NULL: a length of 0, and nothing more. */
static bool put(YR_RULES *rules, const struct bounds *bounds, int fd)
{
	struct piped counted = {.fd = -1}, to = {.fd = fd};
	YR_STREAM count = {.user_data = &counted, .write = write_piped};
	YR_STREAM write = {.user_data = &to, .write = write_piped};

	if (!rules)
		return put_number(fd, 0);
	return yr_rules_save_stream(rules, &count) == ERROR_SUCCESS &&
	       put_number(fd, counted.n) &&
	       yr_rules_save_stream(rules, &write) == ERROR_SUCCESS &&
	       put_bounds(bounds, rules, fd);
}

static int get(YR_RULES **rules, struct bounds *bounds, int fd)
{
	struct piped from = {.fd = fd};
	YR_STREAM stream = {.user_data = &from, .read = read_piped};
	int got;

	if (!get_number(fd, &from.n))
		return ERROR_INVALID_FILE;
	if (from.n == 0)
		return ERROR_SUCCESS;
	got = yr_rules_load_stream(&stream, rules);
	if (got == ERROR_SUCCESS && !get_bounds(bounds, *rules, fd))
		got = ERROR_INVALID_FILE;
	return got;
}

bool rules_put(const struct rules *rules, int fd)
{
	return put(rules->yr, &rules->bounds, fd) &&
	       put(rules->lean, &rules->lean_bounds, fd);
}

int rules_get(struct rules *rules, int fd)
{
	int got = get(&rules->yr, &rules->bounds, fd);

	if (got == ERROR_SUCCESS)
		got = get(&rules->lean, &rules->lean_bounds, fd);
	return got;
}
