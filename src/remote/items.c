/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a spool, in sets of rotated logs. */
#include "base/base.h"

#include <time.h>

#include "base/time.h"
#include "remote/items.h"
#include "wire/records.h"

/* What was taken farther apart was rotated in between, perhaps. */
#define TOGETHER_NS (3600 * NS_PER_S)
#define DAY_NS      (86400 * NS_PER_S)
#define NUMBERS_MAX 1000u /* more than that is another way of counting */

static void add(struct items *items, const struct rec_item *rec)
{
	if ((items->n & (items->n - 1)) == 0) /* 0, 1, 2, 4... */
		items->v = xrealloc(items->v, items->n ? 2 * items->n : 1,
				    sizeof *items->v);
	items->v[items->n++] = (struct item_of_spool){
		.rec = *rec, .name = rotated_of(rec->path)};
}

static enum err_code read_table(struct items *items, struct bytes *spool,
				struct err *err)
{
	struct record rec = {.type = REC_ITEM};

	while (rec.type != REC_DONE) {
		size_t used;
		enum err_code code = record_next(*spool, &used, &rec, err);

		if (code != ERR_OK)
			return code;
		*spool = bytes_skip(*spool, used);
		if (used == 0 || (rec.type != REC_ITEM && rec.type != REC_DONE))
			return err_set(err, ERR_FORMAT,
				       "a spool without an end");
		if (rec.type == REC_ITEM)
			add(items, &rec.u.item);
	}
	return ERR_OK;
}

static enum err_code find_contents(struct items *items, struct bytes rest,
				   struct err *err)
{
	for (size_t i = 0; i < items->n; i++) {
		struct item_of_spool *it = &items->v[i];

		if (it->rec.known)
			continue;
		if (it->rec.size > rest.n)
			return err_set(err, ERR_FORMAT, "a spool cut short");
		it->content = bytes_of(rest.p, (size_t)it->rec.size);
		rest = bytes_skip(rest, it->content.n);
	}
	return ERR_OK;
}

/* ---- in which order ---- */

static int compare_sets(const struct item_of_spool *a,
			const struct item_of_spool *b)
{
	return bytes_cmp(a->name.stem, b->name.stem);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_taking(const void *a, const void *b)
{
	const struct item_of_spool *x = a, *y = b;
	int order = compare_sets(x, y);

	if (order == 0)
		order = (x->rec.taken_ns > y->rec.taken_ns) -
			(x->rec.taken_ns < y->rec.taken_ns);
	return order ? order : compare_numbers(x->rec.seq, y->rec.seq);
}

static int by_age(const void *a, const void *b)
{
	const struct item_of_spool *x = a, *y = b;
	int order = compare_sets(x, y);

	if (order == 0)
		order = compare_numbers(x->taking, y->taking);
	if (order == 0)
		order = rotated_cmp(&y->name, &x->name);
	return order ? order : compare_numbers(x->rec.seq, y->rec.seq);
}

static void put_in_order(struct items *items)
{
	int64_t began = 0;
	unsigned taking = 0;

	if (items->n == 0)
		return;
	qsort(items->v, items->n, sizeof *items->v, by_taking);
	for (size_t i = 0; i < items->n; i++) {
		struct item_of_spool *it = &items->v[i];

		if (i == 0 || compare_sets(it - 1, it) != 0 ||
		    it->rec.taken_ns > began + TOGETHER_NS) {
			began = MIN(it->rec.taken_ns, INT64_MAX - TOGETHER_NS);
			taking++;
		}
		it->taking = taking;
	}
	qsort(items->v, items->n, sizeof *items->v, by_age);
}

enum err_code items_read(struct items *items, struct bytes spool,
			 struct err *err)
{
	enum err_code code;

	*items = (struct items){0};
	code = read_table(items, &spool, err);
	if (code == ERR_OK)
		code = find_contents(items, spool, err);
	if (code == ERR_OK)
		put_in_order(items);
	return code;
}

void items_release(struct items *items)
{
	free(items->v);
	*items = (struct items){0};
}

/* ---- neighbours ---- */

/* Of the same age they are copies. */
static const struct item_of_spool *neighbour(const struct items *items,
					     size_t i, bool newer)
{
	const struct item_of_spool *it = &items->v[i];

	for (size_t k = newer ? i - 1 : i + 1; k < items->n;
	     k += newer ? SIZE_MAX : 1) {
		const struct item_of_spool *other = &items->v[k];

		if (other->taking != it->taking)
			break;
		if (rotated_cmp(&other->name, &it->name) != 0)
			return other;
	}
	return NULL;
}

const struct item_of_spool *items_newer(const struct items *items, size_t i)
{
	return neighbour(items, i, true);
}

const struct item_of_spool *items_older(const struct items *items, size_t i)
{
	return neighbour(items, i, false);
}

uint64_t items_missing(const struct item_of_spool *newer,
		       const struct item_of_spool *older)
{
	const struct rotated *a = &newer->name, *b = &older->name;
	uint64_t next = a->has_number ? a->number + 1 : 1;

	/* Some begin with .0. */
	if (!b->has_number || a->date || b->number <= next ||
	    b->number > NUMBERS_MAX)
		return 0;
	return b->number - next;
}

/* ---- what belongs together ---- */

static bool is_path(struct bytes path, struct bytes stem, const char *suffix)
{
	struct bytes end = bytes_str(suffix);

	return path.n == stem.n + end.n &&
	       bytes_eq(bytes_skip(path, stem.n), end) &&
	       bytes_eq(bytes_first(path, stem.n), stem);
}

/* Of several the one that was taken next to it in time. */
static const struct item_of_spool *nearest(const struct items *items, size_t i,
					   struct bytes stem,
					   const char *suffix)
{
	const struct item_of_spool *it = &items->v[i], *found = NULL;
	int64_t at = it->rec.taken_ns, most = TOGETHER_NS;

	for (size_t k = 0; k < items->n; k++) {
		const struct item_of_spool *other = &items->v[k];
		int64_t far;

		if (k == i || other->rec.known ||
		    __builtin_sub_overflow(other->rec.taken_ns, at, &far) ||
		    far < -most || far > most ||
		    !is_path(other->rec.path, stem, suffix))
			continue;
		found = other;
		most = far < 0 ? -far : far;
	}
	return found;
}

const struct item_of_spool *items_beside(const struct items *items, size_t i,
					 const char *suffix)
{
	return nearest(items, i, items->v[i].rec.path, suffix);
}

const struct item_of_spool *items_before(const struct items *items, size_t i,
					 const char *suffix)
{
	struct bytes path = items->v[i].rec.path;

	if (!bytes_ends(path, suffix))
		return NULL;
	return nearest(items, i, bytes_first(path, path.n - strlen(suffix)),
		       "");
}

/* ---- when a log was ended ---- */

/* "-20260101": it was rotated on that day, or the one behind it. */
static int64_t named_at(const struct rotated *name)
{
	uint64_t date = name->date / 1000000;
	struct tm tm = {.tm_year = (int)(date / 10000) - 1900,
			.tm_mon = (int)(date / 100 % 100) - 1,
			.tm_mday = (int)(date % 100)};

	if (!name->date)
		return TIME_UNKNOWN;
	return timegm(&tm) * NS_PER_S + 2 * DAY_NS;
}

/* RFC 1952, MTIME: of the file that was packed; 0: there was none. */
static int64_t packed_at(struct bytes content)
{
	int64_t s;

	if (content.n < 10 || !bytes_starts(content, "\x1f\x8b\x08"))
		return TIME_UNKNOWN;
	s = (int64_t)((uint64_t)content.p[4] | (uint64_t)content.p[5] << 8 |
		      (uint64_t)content.p[6] << 16 |
		      (uint64_t)content.p[7] << 24);
	return s ? s * NS_PER_S : TIME_UNKNOWN;
}

int64_t rotated_at(struct bytes path, struct bytes content)
{
	struct rotated name = rotated_of(path);
	int64_t named = named_at(&name), packed = packed_at(content);

	if (named == TIME_UNKNOWN || packed == TIME_UNKNOWN)
		return named == TIME_UNKNOWN ? packed : named;
	return MIN(named, packed);
}
