/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format is that of section 4 of SQLite's file format: a header, then
 * frames of a page each. A frame counts when it has the salts of the header
 * and the sum of all before it, up to the last one that commits; behind that
 * are what was never committed, and frames of an earlier round.
 */
#include "base/base.h"
#include "parse/database_log.h"
#include "parse/numbers.h"

#define LOG_HEADER   32u
#define LOG_MAGIC    0x377f0682u /* the last bit: sums are of big endians */
#define LOG_VERSION  3007000u
#define FRAME        24u
#define SALTS        16u /* in the header; in a frame: */
#define FRAME_SALTS  8u
#define SUMS         24u
#define FRAME_SUMS   16u
#define DB_PAGE_SIZE 16u
#define DB_PAGES     28u

struct log {
	struct bytes all;
	uint32_t page_size;
	bool is_big;
	uint32_t s0, s1; /* the sum so far */
	size_t n_frames; /* that are whole */
};

bool is_database_log(struct bytes log)
{
	return log.n >= LOG_HEADER && (be32(log, 0) & ~1u) == LOG_MAGIC &&
	       be32(log, 4) == LOG_VERSION;
}

/* n is a multiple of eight, as all sizes of pages are. */
static void add_sum(struct log *l, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i += 8) {
		l->s0 += l->s1 + (uint32_t)number_at(l->all, i, 4, l->is_big);
		l->s1 += l->s0 +
			 (uint32_t)number_at(l->all, i + 4, 4, l->is_big);
	}
}

static bool has_sum(const struct log *l, size_t at)
{
	return be32(l->all, at) == l->s0 && be32(l->all, at + 4) == l->s1;
}

static uint32_t page_size_of(struct bytes file)
{
	uint32_t size = be16(file, DB_PAGE_SIZE);

	return size == 1 ? 65536 : size;
}

static bool open_log(struct log *l, struct bytes file, struct bytes log)
{
	uint32_t size;

	if (!is_database_log(log) || file.n < DB_PAGES + 4)
		return false;
	size = be32(log, 8);
	if (size < 512 || size > 65536 || (size & (size - 1)) ||
	    size != page_size_of(file))
		return false;
	*l = (struct log){.all = log,
			  .page_size = size,
			  .is_big = be32(log, 0) & 1,
			  .n_frames = (log.n - LOG_HEADER) / (FRAME + size)};
	add_sum(l, 0, SUMS);
	return has_sum(l, SUMS);
}

static size_t frame_at(const struct log *l, size_t i)
{
	return LOG_HEADER + i * (FRAME + l->page_size);
}

/* How many frames there are up to the last commit, and how many pages the
 * database has then. */
static size_t committed(struct log *l, uint32_t *pages, bool *is_damaged)
{
	size_t n = 0;

	*pages = 0;
	*is_damaged = false;
	for (size_t i = 0; i < l->n_frames; i++) {
		size_t at = frame_at(l, i);

		if (memcmp(l->all.p + at + FRAME_SALTS, l->all.p + SALTS, 8))
			break; /* of an earlier round */
		add_sum(l, at, 8);
		add_sum(l, at + FRAME, l->page_size);
		if (!has_sum(l, at + FRAME_SUMS) || be32(l->all, at) == 0) {
			*is_damaged = true;
			break;
		}
		if (be32(l->all, at + 4) == 0)
			continue;
		n = i + 1;
		*pages = be32(l->all, at + 4);
	}
	return n;
}

static void lay(const struct log *l, size_t n, uint32_t pages, struct laid *out)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = frame_at(l, i);
		uint32_t page = be32(l->all, at);

		if (page > pages) /* it was given back later */
			continue;
		memcpy(out->p + (size_t)(page - 1) * l->page_size,
		       l->all.p + at + FRAME, l->page_size);
		out->is_new[page - 1] = 1;
	}
}

bool database_lay(struct bytes file, struct bytes log, struct laid *out)
{
	struct log l;
	uint32_t pages;
	size_t n, most;

	*out = (struct laid){0};
	out->is_damaged = log.n > 0;
	if (!open_log(&l, file, log))
		return false;
	n = committed(&l, &pages, &out->is_damaged);
	/* Each of its pages is in one of the two. */
	most = file.n / l.page_size + n;
	out->is_damaged |= pages > most;
	if (n == 0 || pages > most)
		return false;
	out->page_size = l.page_size;
	out->n = (size_t)pages * l.page_size;
	out->p = xcalloc(pages, l.page_size);
	memcpy(out->p, file.p, MIN(file.n, out->n));
	out->is_new = xcalloc(pages, 1);
	lay(&l, n, pages, out);
	for (size_t i = 0; i < 4; i++)
		out->p[DB_PAGES + i] = (uint8_t)(pages >> (24 - 8 * i));
	return true;
}

void laid_release(struct laid *l)
{
	free(l->p);
	free(l->is_new);
	*l = (struct laid){0};
}

bool laid_is_old(const struct laid *l, uint64_t offset, uint64_t length)
{
	uint64_t first = offset / l->page_size;
	uint64_t last = (offset + MAX(length, 1u) - 1) / l->page_size;

	for (uint64_t i = first; i <= last; i++)
		if (i >= l->n / l->page_size || l->is_new[i])
			return false;
	return true;
}
