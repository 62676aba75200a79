/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a file something is packed, by magic alone. */
#include "base/base.h"
#include "probe/filetype.h"
#include "probe/packed.h"

#define EOCD_LEN  22u /* of a zip, without its comment */
#define USTAR_AT  257u
#define ZIP64     UINT32_MAX /* the number is in another record */

static bool is_type(struct bytes head, const char *const *types, size_t n)
{
	const char *type = filetype_of(bytes_first(head, FILETYPE_HEAD));

	for (size_t i = 0; i < n; i++) {
		if (strcmp(type, types[i]) == 0)
			return true;
	}
	return false;
}

bool packed_is_zip(struct bytes head)
{
	static const char *const types[] = {"ZIP", "PKZIP", "Office"};

	return is_type(head, types, ARRAY_SIZE(types));
}

bool packed_knows(struct bytes head)
{
	static const char *const types[] = {"GZIP", "XZ", "ZSTD", "BZip2",
					    "TAR"};

	return is_type(head, types, ARRAY_SIZE(types)) || packed_is_zip(head);
}

/* ---- a zip at the end ---- */

static uint32_t le(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/* An end of central directory at p, which is so far into the file. */
static bool is_end(const uint8_t *p, uint64_t at, uint64_t size,
		   struct packed_zip *zip)
{
	uint64_t n_here = le(p + 8, 2), n = le(p + 10, 2);
	uint64_t length = le(p + 12, 4), offset = le(p + 16, 4);

	if (memcmp(p, "PK\x05\x06", 4) != 0 || le(p + 4, 4) != 0 ||
	    n_here != n || at + EOCD_LEN + le(p + 20, 2) > size)
		return false;
	zip->end = at + EOCD_LEN;
	if (length == ZIP64 || offset == ZIP64) {
		zip->begin = 0; /* libarchive has to find it */
		return true;
	}
	zip->begin = at - MIN(at, length + offset);
	return length + offset <= at;
}

bool packed_find_zip(struct bytes tail, uint64_t size, struct packed_zip *zip)
{
	uint64_t before = size - tail.n; /* bytes that we do not have */
	size_t most = MIN(tail.n, PACKED_TAIL), left;
	const uint8_t *from, *p;

	if (most < EOCD_LEN)
		return false;
	from = tail.p + (tail.n - most);
	left = most - EOCD_LEN + 1; /* places where one may begin */
	while (left && (p = memrchr(from, 'P', left))) {
		if (is_end(p, before + (uint64_t)(p - tail.p), size, zip))
			return true;
		left = (size_t)(p - from);
	}
	return false;
}

/* ---- what is behind an archive ---- */

/* Longer than those of file types, for they are looked for at each place. */
static const struct {
	const char *bytes;
	uint8_t n;
} marks[] = {
	{"\x1f\x8b\x08", 3},
	{"PK\x03\x04", 4},
	{"\xfd" "7zXZ\x00", 6},
	{"\x28\xb5\x2f\xfd", 4},
	{"BZh", 3},
};

/* Of formats whose mark is short more is looked at. */
static bool is_sound(struct bytes at)
{
	if (at.p[0] == 0x1f) /* no flag that there is not */
		return at.n > 3 && (at.p[3] & 0xe0) == 0;
	if (at.p[0] == 'B')
		return at.n > 10 && at.p[3] >= '1' && at.p[3] <= '9' &&
		       memcmp(at.p + 4, "1AY&SY", 6) == 0;
	return true;
}

static bool is_packed_at(struct bytes at)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (at.p[0] == (uint8_t)marks[i].bytes[0] &&
		    at.n >= marks[i].n &&
		    memcmp(at.p, marks[i].bytes, marks[i].n) == 0)
			return is_sound(at);
	}
	return at.p[0] != '\0' && at.n >= USTAR_AT + 5 &&
	       at.p[USTAR_AT] == 'u' && memcmp(at.p + USTAR_AT, "ustar", 5) == 0;
}

size_t packed_next(struct bytes content, size_t from)
{
	while (from < content.n && !is_packed_at(bytes_skip(content, from)))
		from++;
	return from;
}
