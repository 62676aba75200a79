/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a row lies in a database file (SQLite's file format, sections 1.6 and
 * 2.1): down the tree of its table by rowid. SQLite itself does not say.
 */
#include "base/base.h"
#include "parse/database.h"
#include "parse/numbers.h"

#define DEPTH_MAX 40 /* as SQLite bounds it at 20 */

enum { PAGE_INNER = 5, PAGE_LEAF = 13 };

struct page {
	struct bytes b;
	uint64_t at; /* in the file */
	size_t head; /* of the first page, behind the file's header */
	uint8_t type;
	size_t cells;
};

static bool take_varint(struct bytes *b, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < 9 && i < b->n; i++) {
		uint8_t c = b->p[i];

		*v = i == 8 ? *v << 8 | c : *v << 7 | (c & 0x7f);
		if (i == 8 || !(c & 0x80)) {
			*b = bytes_skip(*b, i + 1);
			return true;
		}
	}
	return false;
}

static size_t page_size(struct bytes file)
{
	size_t n = be16(file, 16);

	n = n == 1 ? 65536 : n;
	return n >= 512 && (n & (n - 1)) == 0 ? n : 0;
}

static bool read_page(struct bytes file, uint64_t number, struct page *page)
{
	size_t size = page_size(file);

	if (size == 0 || number == 0 || number > file.n / size)
		return false;
	page->at = (number - 1) * size;
	page->b = bytes_of(file.p + page->at, size);
	page->head = number == 1 ? 100 : 0;
	page->type = page->b.p[page->head];
	page->cells = be16(page->b, page->head + 3);
	return page->type == PAGE_INNER || page->type == PAGE_LEAF;
}

static struct bytes cell(const struct page *page, size_t i)
{
	size_t head = page->head + (page->type == PAGE_LEAF ? 8 : 12);
	size_t at = be16(page->b, head + 2 * i);

	return at >= head ? bytes_skip(page->b, at) : bytes_of(NULL, 0);
}

/* The key of a cell; what is before it is skipped. */
static bool take_key(const struct page *page, struct bytes *c, uint64_t *size,
		     int64_t *key)
{
	uint64_t v;

	*size = 0;
	if (page->type == PAGE_INNER)
		*c = bytes_skip(*c, 4);
	else if (!take_varint(c, size))
		return false;
	if (!take_varint(c, &v))
		return false;
	*key = (int64_t)v;
	return true;
}

/* The first cell whose key is not smaller; page->cells: there is none. */
static size_t find_cell(const struct page *page, int64_t rowid)
{
	size_t low = 0, high = page->cells;

	while (low < high) {
		size_t middle = (low + high) / 2;
		struct bytes c = cell(page, middle);
		uint64_t size;
		int64_t key;

		if (!take_key(page, &c, &size, &key))
			return page->cells;
		if (key < rowid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint64_t child(const struct page *page, int64_t rowid)
{
	size_t i = find_cell(page, rowid);

	return i < page->cells ? be32(cell(page, i), 0)
			       : be32(page->b, page->head + 8);
}

/* What did not fit into the page is elsewhere; its number ends the cell. */
static bool measure(const struct page *page, int64_t rowid, uint64_t *offset,
		    uint64_t *length)
{
	size_t i = find_cell(page, rowid);
	struct bytes c = cell(page, i), rest = c;
	uint64_t size;
	int64_t key;

	if (i >= page->cells || !take_key(page, &rest, &size, &key) ||
	    key != rowid)
		return false;
	*offset = page->at + (uint64_t)(c.p - page->b.p);
	*length = c.n - rest.n + MIN(size, (uint64_t)rest.n);
	return true;
}

bool database_find_row(struct bytes file, uint64_t root, int64_t rowid,
		       uint64_t *offset, uint64_t *length)
{
	struct page page;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (!read_page(file, root, &page))
			return false;
		if (page.type == PAGE_LEAF)
			return measure(&page, rowid, offset, length);
		root = child(&page, rowid);
	}
	return false;
}
