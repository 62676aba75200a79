/* SPDX-License-Identifier: Apache-2.0 */
/* All that a host knows about a file, birth included. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/time.h"
#include "probe/file.h"

static int64_t ns_of(struct statx_timestamp ts)
{
	return time_from_parts(ts.tv_sec, ts.tv_nsec);
}

static void from_statx(const struct statx *sx, struct rec_file *rec)
{
	rec->mode = sx->stx_mode;
	rec->uid = sx->stx_uid;
	rec->gid = sx->stx_gid;
	rec->nlink = sx->stx_nlink;
	rec->ino = sx->stx_ino;
	rec->dev = makedev(sx->stx_dev_major, sx->stx_dev_minor);
	rec->size = sx->stx_size;
	rec->mtime_ns = ns_of(sx->stx_mtime);
	rec->atime_ns = ns_of(sx->stx_atime);
	rec->ctime_ns = ns_of(sx->stx_ctime);
	rec->btime_ns = sx->stx_mask & STATX_BTIME ? ns_of(sx->stx_btime)
						   : TIME_UNKNOWN;
}

static void from_stat(const struct stat *st, struct rec_file *rec)
{
	rec->mode = st->st_mode;
	rec->uid = st->st_uid;
	rec->gid = st->st_gid;
	rec->nlink = st->st_nlink;
	rec->ino = st->st_ino;
	rec->dev = st->st_dev;
	rec->size = (uint64_t)st->st_size;
	rec->mtime_ns = time_from_spec(st->st_mtim);
	rec->atime_ns = time_from_spec(st->st_atim);
	rec->ctime_ns = time_from_spec(st->st_ctim);
	rec->btime_ns = TIME_UNKNOWN;
}

/* Old container filters answer statx(2), which is new, with EPERM. */
static bool stat_at(int fd, const char *name, int flags, struct rec_file *rec)
{
	struct statx sx;
	struct stat st;

	if (statx(fd, name, flags, STATX_BASIC_STATS | STATX_BTIME, &sx) == 0) {
		from_statx(&sx, rec);
		return true;
	}
	if (fstatat(fd, name, &st, flags) != 0)
		return false;
	from_stat(&st, rec);
	return true;
}

bool file_stat(int fd, struct rec_file *rec)
{
	return stat_at(fd, "", AT_EMPTY_PATH, rec);
}

bool file_stat_at(int dir_fd, const char *name, struct rec_file *rec)
{
	return stat_at(dir_fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
		       rec);
}
