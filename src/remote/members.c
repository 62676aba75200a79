/* SPDX-License-Identifier: Apache-2.0 */
/* The members of archives, one by one. */
#include "base/base.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "base/time.h"
#include "remote/members.h"

#define STEP ((size_t)128 << 10)

struct members {
	struct archive *a;
	struct archive_entry *entry;
	bool has_first; /* it was read to see what this is */
	uint8_t room[STEP];
};

/* By name: "all" would have some of them run programs. */
static bool open_it(struct archive *a, struct bytes whole)
{
	(void)archive_read_support_filter_gzip(a);
	(void)archive_read_support_filter_xz(a);
	(void)archive_read_support_filter_zstd(a);
	(void)archive_read_support_filter_bzip2(a);
	(void)archive_read_support_format_tar(a);
	(void)archive_read_support_format_zip(a);
	return whole.n &&
	       archive_read_open_memory(a, whole.p, whole.n) == ARCHIVE_OK;
}

struct members *members_open(struct bytes whole)
{
	struct members *m = xcalloc(1, sizeof *m);
	int rc = ARCHIVE_FATAL;

	m->a = archive_read_new();
	if (m->a && open_it(m->a, whole))
		rc = archive_read_next_header(m->a, &m->entry);
	m->has_first = rc == ARCHIVE_OK || rc == ARCHIVE_WARN;
	if (m->has_first)
		return m;
	members_close(m);
	return NULL;
}

void members_close(struct members *m)
{
	if (!m)
		return;
	if (m->a)
		(void)archive_read_free(m->a);
	free(m);
}

static int64_t time_of(bool is_set, int64_t s, long ns)
{
	/* 1970 is what formats have that know no such time */
	if (!is_set || (s == 0 && ns == 0) || s > INT64_MAX / NS_PER_S - 1 ||
	    s < INT64_MIN / NS_PER_S + 1 || ns < 0 || ns >= NS_PER_S)
		return TIME_UNKNOWN;
	return s * NS_PER_S + ns;
}

static const char *kind_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return "hard link";
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return archive_entry_is_data_encrypted(e) ? "encrypted" : NULL;
	case AE_IFDIR:
		return "folder";
	case AE_IFLNK:
		return "symlink";
	case AE_IFIFO:
		return "fifo";
	default:
		return "device";
	}
}

static void describe(struct archive_entry *e, struct member *m)
{
	const char *name = archive_entry_pathname(e);
	int64_t size = archive_entry_size(e);

	*m = (struct member){
		.name = bytes_str(name ? name : ""),
		.kind = kind_of(e),
		.size = size > 0 ? (uint64_t)size : 0,
		.mode = archive_entry_mode(e),
		.uid = (uint64_t)MAX(archive_entry_uid(e), (int64_t)0),
		.gid = (uint64_t)MAX(archive_entry_gid(e), (int64_t)0),
		.mtime_ns = time_of(archive_entry_mtime_is_set(e),
				    archive_entry_mtime(e),
				    archive_entry_mtime_nsec(e)),
		.atime_ns = time_of(archive_entry_atime_is_set(e),
				    archive_entry_atime(e),
				    archive_entry_atime_nsec(e)),
		.ctime_ns = time_of(archive_entry_ctime_is_set(e),
				    archive_entry_ctime(e),
				    archive_entry_ctime_nsec(e)),
		.btime_ns = time_of(archive_entry_birthtime_is_set(e),
				    archive_entry_birthtime(e),
				    archive_entry_birthtime_nsec(e)),
	};
}

bool members_next(struct members *m, struct member *member, const char **why)
{
	int rc = ARCHIVE_OK;

	*why = NULL;
	if (!m->has_first)
		rc = archive_read_next_header(m->a, &m->entry);
	m->has_first = false;
	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		describe(m->entry, member);
		return true;
	}
	if (rc != ARCHIVE_EOF)
		*why = "the archive is cut off or damaged: what is behind "
		       "that could not be read";
	return false;
}

struct bytes members_read(struct members *m, const char **why)
{
	la_ssize_t n = archive_read_data(m->a, m->room, sizeof m->room);

	*why = NULL;
	if (n < 0)
		*why = "it is cut off or damaged";
	return bytes_of(m->room, n > 0 ? (size_t)n : 0);
}
