/* SPDX-License-Identifier: Apache-2.0 */
/* What is in archives and compressed files. */
#include "base/base.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/time.h"
#include "model/record.h"
#include "probe/filetype.h"
#include "probe/packed.h"
#include "probe/unpack.h"

#define STEP      ((size_t)256 << 10) /* between looks at the limits */
#define ROOM_MIN  ((size_t)1 << 20)
#define SEPARATOR "!/"

/* One archive being read. */
struct level {
	struct unpack *u;
	struct archive *a;
	struct bytes container; /* its name; empty: the outer file */
	struct bytes file;      /* the same without folders, never empty */
	uint64_t depth;         /* of its members, from 1 */
	uint64_t packed, unpacked, n_entries;
	bool dead;       /* there is no going on after an error */
	bool guessed;    /* that one begins there: it may be none */
	bool got;        /* something of it, so that it is one */
	bool failed;     /* a problem was told */
	bool may_be_plain; /* it is tried as an archive first */
	bool odd; /* it is none: zeroes pass for the begin of a tar */
	unsigned tries;  /* places that were guessed */
	struct buf name; /* of the member */
	uint8_t *room;   /* for its content */
	size_t n, cap;
};

static void unpack_level(struct level *l, struct bytes content);

/* A member's, or the archive's when there is none yet. */
static void problem(struct level *l, enum reason reason)
{
	struct bytes name = l->name.n ? buf_bytes(&l->name) : l->container;

	if (l->guessed && !l->got)
		return;
	l->failed = true;
	l->u->problem(l->u->user, name, reason);
}

/* Of what libarchive says. */
static enum reason reason_of_error(struct level *l)
{
	return archive_errno(l->a) == ENOMEM ? REASON_MEMORY : REASON_CORRUPT;
}

/* ---- names ---- */

/* What a compressed file would be called without. */
static struct bytes plain_name(struct bytes file)
{
	static const char *const ends[] = {".gz", ".xz", ".zst", ".bz2"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct bytes end = bytes_str(ends[i]);

		if (file.n > end.n &&
		    bytes_eq(bytes_skip(file, file.n - end.n), end))
			return bytes_of(file.p, file.n - end.n);
	}
	return file;
}

static void set_name(struct level *l, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e);
	struct bytes name = bytes_str(path);

	if (archive_format(l->a) == ARCHIVE_FORMAT_RAW)
		name = plain_name(l->file);
	buf_clear(&l->name);
	(void)buf_add_bytes(&l->name, l->container); /* looked at below */
	if (l->container.n)
		(void)buf_add_str(&l->name, SEPARATOR);
	if (name.n)
		(void)buf_add_bytes(&l->name, name);
	if (!name.n || l->name.full) { /* it has none that can be had */
		l->name.n = MIN(l->name.n, (size_t)RECORD_PATH_MAX - 32);
		l->name.full = false;
		(void)buf_addf(&l->name, "#%" PRIu64, l->u->entries);
	}
}

/* ---- content ---- */

static bool get_room(struct level *l)
{
	size_t cap = MIN(MAX(2 * l->cap, ROOM_MIN), UNPACK_MEMBER);
	uint8_t *p;

	if (l->cap - l->n >= STEP || l->cap == UNPACK_MEMBER)
		return true;
	p = realloc(l->room, cap); /* refused is a reason of its own */
	if (!p)
		return false;
	l->room = p;
	l->cap = cap;
	return true;
}

/* Why to read no more of any of it. */
static enum reason all_limits(const struct level *l)
{
	const struct unpack *u = l->u;

	if (time_mono_ns() >= u->until_ns)
		return REASON_TIMEOUT;
	if (u->bytes >= u->max_bytes ||
	    (l->unpacked > UNPACK_FREE &&
	     l->unpacked / UNPACK_RATIO > l->packed))
		return REASON_ARCHIVE_LIMIT;
	return REASON_SCANNED;
}

static enum reason read_step(struct level *l, bool *end)
{
	size_t left =
		(size_t)MIN(l->u->max_bytes - l->u->bytes, (uint64_t)STEP);
	la_ssize_t got;

	if (!get_room(l))
		return REASON_MEMORY;
	left = MIN(left, l->cap - l->n);
	if (left == 0)
		return REASON_ARCHIVE_LIMIT; /* the member's own */
	got = archive_read_data(l->a, l->room + l->n, left);
	l->dead = got == ARCHIVE_FATAL;
	if (got < 0)
		return reason_of_error(l);
	l->n += (size_t)got;
	l->unpacked += (uint64_t)got;
	l->u->bytes += (uint64_t)got;
	*end = got == 0;
	return REASON_SCANNED;
}

/* As much as there is and may be. */
static enum reason read_member(struct level *l)
{
	enum reason reason = REASON_SCANNED;
	bool end = false;

	l->n = 0;
	while (reason == REASON_SCANNED && !end) {
		reason = all_limits(l);
		if (reason != REASON_SCANNED)
			l->u->over = true;
		else
			reason = read_step(l, &end);
	}
	return reason;
}

static bool is_packed(struct bytes content)
{
	struct packed_zip zip;

	return packed_knows(content) ||
	       packed_find_zip(content, content.n, &zip);
}

static void look_inside(struct level *outer)
{
	struct bytes content = bytes_of(outer->room, outer->n);
	struct level l = {
		.u = outer->u,
		.container = buf_bytes(&outer->name),
		.file = bytes_file_name(buf_bytes(&outer->name)),
		.depth = outer->depth + 1,
	};

	if (!is_packed(content) || outer->u->over)
		return;
	if (l.depth > outer->u->max_depth)
		problem(outer, REASON_ARCHIVE_LIMIT);
	else
		unpack_level(&l, content);
}

static void take_member(struct level *l, struct archive_entry *e)
{
	enum reason reason;

	set_name(l, e);
	if (archive_entry_is_encrypted(e)) {
		l->got = true;
		problem(l, REASON_ENCRYPTED);
		return;
	}
	reason = read_member(l);
	if (l->guessed && !l->got && reason == REASON_CORRUPT && l->n == 0)
		return; /* bytes that look like the begin of one */
	l->got = true;
	l->u->member(l->u->user, buf_bytes(&l->name),
		     bytes_of(l->room ? (const void *)l->room : "", l->n),
		     reason == REASON_SCANNED);
	if (reason != REASON_SCANNED)
		problem(l, reason);
	else
		look_inside(l);
}

static bool has_content(struct archive_entry *e)
{
	return archive_entry_filetype(e) == AE_IFREG &&
	       !archive_entry_hardlink(e);
}

/* The next entry; false at the end, and when there is no going on. */
static bool next_entry(struct level *l, struct archive_entry **e)
{
	int got = archive_read_next_header(l->a, e);

	buf_clear(&l->name);
	if (got == ARCHIVE_EOF)
		return false;
	if (l->u->entries++ >= UNPACK_ENTRIES) {
		l->u->over = true;
		problem(l, REASON_ARCHIVE_LIMIT);
		return false;
	}
	if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
		return true;
	l->odd = l->may_be_plain && !l->n_entries &&
		 archive_filter_count(l->a) > 1;
	if (!l->odd) /* else it is looked at again, and may be sound */
		problem(l, reason_of_error(l));
	return false;
}

/* libarchive takes anything for raw; what nothing was unpacked from is none. */
static bool is_none(const struct level *l)
{
	return archive_format(l->a) == ARCHIVE_FORMAT_RAW &&
	       archive_filter_count(l->a) <= 1;
}

static bool open_archive(struct level *l, struct bytes content, bool is_plain)
{
	static const struct {
		int (*support)(struct archive *);
		bool archives; /* and not just something compressed */
	} kinds[] = {
		{archive_read_support_filter_gzip, false},
		{archive_read_support_filter_xz, false},
		{archive_read_support_filter_zstd, false},
		{archive_read_support_filter_bzip2, false},
		{archive_read_support_format_tar, true},
		{archive_read_support_format_zip, true},
		{archive_read_support_format_raw, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!kinds[i].archives || !is_plain) /* fails: "corrupt" then */
			(void)kinds[i].support(l->a);
	}
	/* Behind a plain one we look ourselves; in what is unpacked only
	 * libarchive can. */
	if (!is_plain && strcmp(filetype_of(content), "TAR") != 0)
		(void)archive_read_set_format_option(
			l->a, "tar", "read_concatenated_archives", "1");
	return archive_read_open_memory(l->a, content.p, content.n) ==
	       ARCHIVE_OK;
}

static void take_members(struct level *l)
{
	struct archive_entry *e;

	while (!l->u->over && !l->dead && next_entry(l, &e)) {
		l->n_entries++;
		if (is_none(l)) {
			problem(l, REASON_CORRUPT);
			return;
		}
		if (has_content(e))
			take_member(l, e);
	}
}

/* The bytes it takes; 0: it is none. *is_odd: it was something compressed that
 * was taken for an empty tar, as anything is that begins with 512 zeroes. */
static size_t unpack_as(struct level *l, struct bytes content, bool is_plain,
			bool *is_odd)
{
	int64_t used;

	*is_odd = l->odd = false;
	l->may_be_plain = !is_plain;
	l->a = archive_read_new();
	if (!l->a) {
		problem(l, REASON_MEMORY);
		return content.n;
	}
	if (open_archive(l, content, is_plain)) {
		take_members(l);
		*is_odd = !l->u->over && !l->n_entries && !is_plain &&
			  archive_filter_count(l->a) > 1;
	} else {
		problem(l, reason_of_error(l));
	}
	used = archive_filter_bytes(l->a, -1);
	(void)archive_read_free(l->a);
	buf_clear(&l->name);
	if (used < 0 || (l->guessed && !l->got))
		return 0;
	return (size_t)MIN((uint64_t)used, (uint64_t)content.n);
}

static size_t unpack_one(struct level *l, struct bytes content, bool guessed)
{
	bool is_odd;
	size_t used;

	l->guessed = guessed;
	l->got = l->dead = false;
	l->n_entries = 0;
	used = unpack_as(l, content, false, &is_odd);
	if (is_odd)
		used = unpack_as(l, content, true, &is_odd);
	return used;
}

/* ---- one behind the other ---- */

static size_t skip_zeros(struct bytes content, size_t at)
{
	while (at < content.n && content.p[at] == 0)
		at++;
	return at;
}

static void unpack_span(struct level *l, struct bytes content, bool behind);

/* Archives from the head on. behind: there was one before it. */
static void unpack_row(struct level *l, struct bytes content, bool behind)
{
	size_t at = skip_zeros(content, 0), used;

	if (!behind && !packed_knows(content))
		return;
	if (!behind) /* 512 zeroes are an empty tar, if anything */
		at = 0;
	while (at < content.n && !l->u->over) {
		struct bytes rest = bytes_skip(content, at);
		bool first = at == 0 && !behind;

		if (at && packed_is_zip(rest)) {
			unpack_span(l, rest, true);
			return;
		}
		used = packed_knows(rest) ? unpack_one(l, rest, !first) : 0;
		at = used ? skip_zeros(content, at + used)
			  : packed_next(content, at + 1);
		if (used)
			continue;
		if (at == content.n || l->tries++ >= UNPACK_TRIES) {
			l->guessed = false;
			if (!l->failed)
				problem(l, REASON_TRAILING);
			return;
		}
	}
}

/* A zip is found by its end, and what is before and behind it by that. */
static void unpack_span(struct level *l, struct bytes content, bool behind)
{
	bool by_head = packed_knows(content) && !packed_is_zip(content);
	struct packed_zip zip;

	if (by_head || l->tries++ >= UNPACK_TRIES ||
	    !packed_find_zip(content, content.n, &zip)) {
		unpack_row(l, content, behind);
		return;
	}
	unpack_span(l, bytes_of(content.p, (size_t)zip.begin), behind);
	if (!l->u->over)
		(void)unpack_one(l,
				 bytes_of(content.p + zip.begin,
					  (size_t)(zip.end - zip.begin)),
				 false);
	if (!l->u->over)
		unpack_row(l, bytes_skip(content, (size_t)zip.end), true);
}

static void unpack_level(struct level *l, struct bytes content)
{
	buf_init(&l->name, RECORD_PATH_MAX);
	l->packed = content.n;
	unpack_span(l, content, false);
	buf_release(&l->name);
	free(l->room);
}

void unpack_all(struct unpack *u, struct bytes file, struct bytes content)
{
	struct level l = {.u = u, .file = file, .depth = 1};

	unpack_level(&l, content);
}
