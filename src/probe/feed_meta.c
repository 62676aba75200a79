/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line about a file: from stat(1) of GNU, BusyBox or a BSD with the mode in
 * hex, or made of one of ls(1), with the mode in letters and a date by hand.
 */
#include "base/base.h"

#include <sys/stat.h>

#include "base/text.h"
#include "base/time.h"
#include "probe/feed.h"

#define DAY_S 86400

static bool next(struct bytes *rest, struct bytes *field)
{
	do {
		if (!bytes_split(rest, ' ', field))
			return false;
	} while (field->n == 0);
	return true;
}

static bool parse_hex(struct bytes b, uint64_t *v)
{
	*v = 0;
	if (b.n == 0 || b.n > 8)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *at = b.p[i] ? strchr(digits, b.p[i] | 0x20) : NULL;

		if (!at)
			return false;
		*v = *v << 4 | (uint64_t)(at - digits);
	}
	return true;
}

/* "-rwsr-xr-t", with whatever ls adds behind it. */
static bool parse_letters(struct bytes b, uint64_t *mode)
{
	static const char types[] = "-dlpscb";
	static const uint32_t type_bits[] = {S_IFREG, S_IFDIR,	S_IFLNK,
					     S_IFIFO, S_IFSOCK, S_IFCHR,
					     S_IFBLK};
	static const uint32_t special[] = {S_ISUID, S_ISGID, S_ISVTX};
	const char *type;

	if (b.n < 10 || !(type = strchr(types, b.p[0])) || !*type)
		return false;
	*mode = type_bits[type - types];
	for (unsigned i = 0; i < 9; i++) {
		uint8_t c = b.p[i + 1];

		if (i % 3 == 2 && (c == 's' || c == 't' || c == 'S' ||
				   c == 'T'))
			*mode |= special[i / 3];
		if (c != '-' && c != 'S' && c != 'T')
			*mode |= 1u << (8 - i);
	}
	return true;
}

/* Seconds, perhaps with a fraction; anything else is not known. */
static int64_t parse_time(struct bytes b)
{
	struct bytes whole;
	uint64_t s, ns = 0;

	if (!bytes_split(&b, '.', &whole) || !bytes_to_u64(whole, &s) ||
	    s > INT64_MAX / NS_PER_S - 1)
		return TIME_UNKNOWN;
	if (b.n == 9 && !bytes_to_u64(b, &ns))
		return TIME_UNKNOWN;
	return time_from_parts((int64_t)s, (int64_t)ns);
}

/* "Nov/25/20:31" of the last twelve months, or "Nov/25/2024". */
static int64_t parse_date(struct bytes b, int64_t clock_ns)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct bytes month, day;
	char text[TIME_TEXT_MAX], now[TIME_TEXT_MAX], name[4] = "";
	const char *at;
	uint64_t d;
	int64_t ns;
	int year;

	if (!bytes_split(&b, '/', &month) || !bytes_split(&b, '/', &day) ||
	    month.n != 3 || !bytes_to_u64(day, &d) || d < 1 || d > 31 ||
	    (b.n != 4 && b.n != 5) || clock_ns == TIME_UNKNOWN)
		return TIME_UNKNOWN;
	memcpy(name, month.p, 3);
	at = strstr(months, name);
	if (!at || (at - months) % 3)
		return TIME_UNKNOWN;
	year = (int)strtol(time_format(clock_ns, TIME_S, now), NULL, 10);
	for (int back = 0; back < 2; back++) {
		if (b.n == 4)
			(void)snprintf(text, sizeof text,
				       "%.4s-%02d-%02dT00:00:00Z",
				       (const char *)b.p,
				       (int)(at - months) / 3 + 1, (int)d);
		else
			(void)snprintf(text, sizeof text,
				       "%04d-%02d-%02dT%.5s:00Z", year - back,
				       (int)(at - months) / 3 + 1, (int)d,
				       (const char *)b.p);
		if (time_parse(bytes_str(text), &ns) &&
		    (b.n == 4 || ns <= clock_ns + DAY_S * NS_PER_S))
			return ns;
	}
	return TIME_UNKNOWN;
}

static bool parse_number(struct bytes b, uint64_t *v)
{
	return bytes_to_u64(b, v) && *v <= INT64_MAX;
}

/* mode size blocks nlink uid gid dev ino atime mtime ctime btime */
bool feed_parse_meta(struct bytes line, int64_t clock_ns,
		     struct feed_entry *e)
{
	enum { MODE, SIZE, BLOCKS, NLINK, UID, GID, DEV, INO, A, M, C, B, N };
	struct rec_file *r = &e->file;
	struct bytes f[N];
	bool letters;

	for (size_t i = 0; i < N; i++)
		if (!next(&line, &f[i]))
			return false;
	letters = strchr("-dlpscb", f[MODE].p[0]) && f[MODE].n >= 10;
	if (!(letters ? parse_letters : parse_hex)(f[MODE], &r->mode) ||
	    !parse_number(f[SIZE], &r->size) ||
	    !parse_number(f[NLINK], &r->nlink) ||
	    !parse_number(f[UID], &r->uid) || !parse_number(f[GID], &r->gid) ||
	    !bytes_to_u64(f[DEV], &r->dev) || !bytes_to_u64(f[INO], &r->ino))
		return false;
	if (!parse_number(f[BLOCKS], &e->blocks))
		e->blocks = UINT64_MAX;
	r->atime_ns = parse_time(f[A]);
	r->mtime_ns = letters ? parse_date(f[M], clock_ns) : parse_time(f[M]);
	r->ctime_ns = parse_time(f[C]);
	r->btime_ns = parse_time(f[B]);
	if (r->btime_ns == 0) /* how stat(1) says that it does not know */
		r->btime_ns = TIME_UNKNOWN;
	return true;
}
