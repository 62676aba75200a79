/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones: TZif as RFC 8536 has it. Its changes are listed, and after the last
 * one its rules hold. Leap seconds of "right/" zones are passed over: their
 * changes are up to half a minute off.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/zone.h"

#define HEAD_LEN     44u
#define OFFSET_MAX   INT64_C(93599) /* RFC 8536: less than 26 hours */
#define TIME_FAR_S   (INT64_C(1) << 40)
#define LOOK_S	     (2 * (OFFSET_MAX + 1)) /* no two clocks differ more */
#define CHANGES_NEAR 64u

struct change {
	int64_t at_s, offset_s;
};

struct zone {
	int64_t first_s; /* before any change */
	struct change *changes; /* rising */
	size_t n_changes;
	struct buf text; /* of the rules */
	bool has_rules;
	struct zone_rules rules;
};

/* ---- TZif ---- */

struct head {
	uint8_t version; /* 0 is 1 */
	uint32_t n_ut, n_std, n_leap, n_times, n_types, n_chars;
};

static bool read_head(struct reader *r, struct head *h)
{
	if (!bytes_eq(rd_bytes(r, 4), bytes_str("TZif")))
		return false;
	h->version = rd_u8(r);
	(void)rd_bytes(r, 15);
	h->n_ut = rd_u32be(r);
	h->n_std = rd_u32be(r);
	h->n_leap = rd_u32be(r);
	h->n_times = rd_u32be(r);
	h->n_types = rd_u32be(r);
	h->n_chars = rd_u32be(r);
	return !r->bad && (h->version == 0 || h->version >= '2');
}

/* What is in a block, of times of so many bytes. */
struct block {
	struct bytes times, kinds, types;
	size_t time_len;
};

static bool read_block(struct reader *r, const struct head *h, size_t time_len,
		       struct block *b)
{
	b->time_len = time_len;
	b->times = rd_bytes(r, (size_t)h->n_times * time_len);
	b->kinds = rd_bytes(r, h->n_times);
	b->types = rd_bytes(r, (size_t)h->n_types * 6);
	(void)rd_bytes(r, h->n_chars);
	(void)rd_bytes(r, (size_t)h->n_leap * (time_len + 4));
	(void)rd_bytes(r, h->n_std);
	(void)rd_bytes(r, h->n_ut);
	return !r->bad;
}

static bool offset_of(const struct block *b, size_t kind, int64_t *offset_s)
{
	struct reader r = reader_of(bytes_skip(b->types, 6 * kind));

	*offset_s = (int32_t)rd_u32be(&r);
	return !r.bad && *offset_s >= -OFFSET_MAX && *offset_s <= OFFSET_MAX;
}

static bool take_changes(struct zone *z, const struct head *h,
			 const struct block *b)
{
	struct reader times = reader_of(b->times), kinds = reader_of(b->kinds);

	if (h->n_types == 0 || h->n_types > 256 ||
	    !offset_of(b, 0, &z->first_s))
		return false;
	z->changes = xcalloc((size_t)h->n_times + 1, sizeof *z->changes);
	for (; z->n_changes < h->n_times; z->n_changes++) {
		struct change *c = &z->changes[z->n_changes];

		c->at_s = b->time_len == 8 ? (int64_t)rd_u64be(&times)
					   : (int32_t)rd_u32be(&times);
		if (!offset_of(b, rd_u8(&kinds), &c->offset_s) ||
		    (z->n_changes && c->at_s <= c[-1].at_s))
			return false;
	}
	return true;
}

/* Between two ends of lines, or nothing between them. */
static bool take_footer(struct zone *z, struct reader *r)
{
	struct bytes text = r->rest;
	const uint8_t *end;

	if (!take_byte(&text, '\n'))
		return false;
	end = text.n ? memchr(text.p, '\n', text.n) : NULL;
	if (!end)
		return false;
	text.n = (size_t)(end - text.p);
	(void)buf_add_bytes(&z->text, text);
	z->has_rules = text.n && zone_rules_read(text, &z->rules);
	return text.n == 0 || z->has_rules;
}

static bool read_tzif(struct bytes b, struct zone *z)
{
	struct reader r = reader_of(b);
	struct block block;
	struct head head;

	if (!read_head(&r, &head) || !read_block(&r, &head, 4, &block))
		return false;
	if (head.version == 0)
		return take_changes(z, &head, &block);
	return read_head(&r, &head) && read_block(&r, &head, 8, &block) &&
	       take_changes(z, &head, &block) && take_footer(z, &r);
}

/* ---- text ---- */

static bool read_text(struct bytes text, struct zone *z)
{
	struct civil c = {.year = 0};
	struct bytes rest = text;

	(void)buf_add_bytes(&z->text, text);
	z->has_rules = true;
	if (zone_rules_read(text, &z->rules))
		return true;
	if (!civil_take_offset(&rest, &c) || rest.n || c.offset_s <= -86400 ||
	    c.offset_s >= 86400)
		return false;
	z->rules = (struct zone_rules){.offset_s = c.offset_s};
	return true;
}

enum err_code zone_read(struct bytes b, struct zone **zone, struct err *err)
{
	struct zone *z = xcalloc(1, sizeof *z);
	bool is_file = bytes_starts(b, "TZif");

	buf_init(&z->text, ZONE_BYTES_MAX);
	if (b.n <= ZONE_BYTES_MAX && b.n &&
	    (is_file ? read_tzif(b, z) : read_text(b, z))) {
		*zone = z;
		return ERR_OK;
	}
	zone_free(z);
	return err_set(err, ERR_FORMAT,
		       is_file ? "a time zone (TZif) that is damaged"
			       : "no time zone");
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	free(zone->changes);
	buf_release(&zone->text);
	free(zone);
}

struct bytes zone_rules(const struct zone *zone)
{
	return buf_bytes(&zone->text);
}

struct bytes zone_footer(struct bytes tzif)
{
	const uint8_t *end, *begin;

	if (!bytes_ends(tzif, "\n"))
		return bytes_of(NULL, 0);
	end = tzif.p + tzif.n - 1;
	begin = memrchr(tzif.p, '\n', tzif.n - 1);
	return begin ? bytes_of(begin + 1, (size_t)(end - begin - 1))
		     : bytes_of(NULL, 0);
}

size_t zone_n_changes(const struct zone *zone)
{
	return zone->n_changes;
}

/* ---- which offset there was ---- */

static int64_t near(int64_t s)
{
	return MAX(-TIME_FAR_S, MIN(s, TIME_FAR_S));
}

/* How many changes there were by then. */
static size_t changes_by(const struct zone *zone, int64_t utc_s)
{
	size_t from = 0, until = zone->n_changes;

	while (from < until) {
		size_t mid = from + (until - from) / 2;

		if (zone->changes[mid].at_s <= utc_s)
			from = mid + 1;
		else
			until = mid;
	}
	return from;
}

int64_t zone_offset_at(const struct zone *zone, int64_t utc_s)
{
	size_t n = changes_by(zone, utc_s);

	if (n == zone->n_changes && zone->has_rules)
		return zone_rules_offset(&zone->rules, near(utc_s));
	return n ? zone->changes[n - 1].offset_s : zone->first_s;
}

bool zone_next_change(const struct zone *zone, int64_t utc_s, int64_t *next_s)
{
	size_t n = changes_by(zone, utc_s);

	if (n < zone->n_changes) {
		*next_s = zone->changes[n].at_s;
		return true;
	}
	return zone->has_rules && utc_s < TIME_FAR_S &&
	       zone_rules_next(&zone->rules, near(utc_s), next_s) &&
	       *next_s > utc_s;
}

/* ---- local times ---- */

/* A moment at which clocks show that time, if there was one by the offset. */
static void try_offset(const struct zone *zone, int64_t local_s,
		       int64_t offset_s, int64_t utc_s[2], size_t *n)
{
	int64_t utc = local_s - offset_s;

	if (zone_offset_at(zone, utc) != offset_s)
		return;
	for (size_t i = 0; i < *n; i++)
		if (utc_s[i] == utc)
			return;
	if (*n == 2) /* of three it is the first or the last */
		utc_s[1] = MAX(utc_s[1], utc);
	else
		utc_s[(*n)++] = utc;
	if (*n == 2 && utc_s[0] > utc_s[1]) {
		int64_t first = utc_s[1];

		utc_s[1] = utc_s[0];
		utc_s[0] = first;
	}
}

enum zone_local zone_from_local(const struct zone *zone, int64_t local_s,
				int64_t utc_s[2])
{
	int64_t at, before, never;
	size_t n = 0;

	local_s = near(local_s);
	at = local_s - LOOK_S;
	before = zone_offset_at(zone, at);
	never = local_s - before;
	try_offset(zone, local_s, before, utc_s, &n);
	for (unsigned i = 0; i < CHANGES_NEAR; i++) {
		int64_t after;

		if (!zone_next_change(zone, at, &at) || at > local_s + LOOK_S)
			break;
		after = zone_offset_at(zone, at);
		try_offset(zone, local_s, after, utc_s, &n);
		if (local_s - after < at && local_s - before >= at)
			never = local_s - before;
		before = after;
	}
	if (n == 0)
		utc_s[0] = never;
	return n == 2 ? LOCAL_TWICE : n ? LOCAL_ONCE : LOCAL_NEVER;
}
