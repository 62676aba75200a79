/* SPDX-License-Identifier: Apache-2.0 */
/* Local files: capped reads, atomic replacement, private folders, trees,
 * descriptors. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fs.h"

#define FIRST_FD 3 /* standard input, output and error stay */
#define KEEP_MAX 16
#define FDS_MAX	 1024 /* where the kernel cannot close a range */

static enum err_code read_fd(int fd, const char *path, struct buf *out,
			     struct err *err)
{
	for (;;) {
		size_t want = MIN((size_t)65536, out->max - out->n);
		uint8_t *to = buf_reserve(out, want ? want : 1);
		ssize_t n;
		uint8_t extra;

		n = to ? read(fd, to, want) : read(fd, &extra, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "reading %s", path);
		if (n == 0)
			return ERR_OK;
		if (!to)
			return err_set(err, ERR_LIMIT,
				       "%s is larger than %zu bytes", path,
				       out->max);
		buf_commit(out, (size_t)n);
	}
}

enum err_code fs_read(const char *path, struct buf *out, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	enum err_code code;
	int fd = is_stdin ? STDIN_FILENO
			  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_errno(err, "opening %s", path);
	code = read_fd(fd, path, out, err);
	out->full = false;
	if (!is_stdin)
		close_fd(fd);
	return code;
}

enum err_code fs_read_plain(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum err_code code;
	struct stat st;

	if (fd < 0)
		return err_errno(err, "opening %s", path);
	if (fstat(fd, &st) != 0)
		code = err_errno(err, "looking at %s", path);
	else if (S_ISREG(st.st_mode) ||
		 (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)))
		code = read_fd(fd, path, out, err);
	else
		code = err_set(err, ERR_FORMAT, "%s is no file", path);
	out->full = false;
	close_fd(fd);
	return code;
}

enum err_code fs_write_all(int fd, struct bytes b, struct err *err)
{
	while (b.n) {
		ssize_t n = write(fd, b.p, b.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "writing");
		b = bytes_skip(b, (size_t)n);
	}
	return ERR_OK;
}

size_t fs_read_full(int fd, void *to, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t more = read(fd, (uint8_t *)to + got, n - got);

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			break;
		got += (size_t)more;
	}
	return got;
}

static enum err_code write_and_sync(int fd, struct bytes b, mode_t mode,
				    struct err *err)
{
	enum err_code code = fs_write_all(fd, b, err);

	if (code != ERR_OK)
		return code;
	if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
		return err_errno(err, "writing");
	return ERR_OK;
}

enum err_code fs_replace(const char *path, struct bytes b, mode_t mode,
			 struct err *err)
{
	char *temp = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	enum err_code code;

	if (fd < 0) {
		code = err_errno(err, "making a file beside %s", path);
		goto out;
	}
	code = write_and_sync(fd, b, mode, err);
	close_fd(fd);
	if (code == ERR_OK && rename(temp, path) != 0)
		code = err_errno(err, "renaming");
	if (code != ERR_OK) {
		(void)unlink(temp); /* it is only a leftover */
		err_wrap(err, "replacing %s", path);
	}
out:
	free(temp);
	return code;
}

enum err_code fs_make_dirs(const char *path, mode_t mode, struct err *err)
{
	char *copy = xstrdup(path);
	enum err_code code = ERR_OK;

	for (char *at = copy + 1; code == ERR_OK; at++) {
		char was = *at;

		if (was != '/' && was != '\0')
			continue;
		*at = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST)
			code = err_errno(err, "making the folder %s", copy);
		*at = was;
		if (was == '\0')
			break;
	}
	free(copy);
	return code;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

enum err_code fs_remove_tree(const char *path, struct err *err)
{
	char *copy = xstrdup(path);
	char *roots[] = {copy, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	enum err_code code = ERR_OK;
	FTSENT *e;

	while (fts && code == ERR_OK && (e = fts_read(fts))) {
		if (e->fts_info == FTS_D ||
		    (e->fts_info == FTS_NS && e->fts_errno == ENOENT))
			continue;
		if (remove(e->fts_accpath) != 0 && errno != ENOENT)
			code = err_errno(err, "removing %s", e->fts_path);
	}
	if (fts)
		(void)fts_close(fts); /* read only */
	free(copy);
	return code;
}

enum err_code fs_each_file(const char *path,
			   enum err_code (*each)(const char *file, void *arg,
						 struct err *err),
			   void *arg, struct err *err)
{
	char *copy = xstrdup(path);
	char *roots[] = {copy, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW,
			    by_name);
	enum err_code code = ERR_OK;
	FTSENT *e;

	while (fts && code == ERR_OK && (e = fts_read(fts))) {
		if (e->fts_info == FTS_F) {
			code = each(e->fts_path, arg, err);
		} else if (e->fts_info == FTS_NS || e->fts_info == FTS_DNR ||
			   e->fts_info == FTS_ERR) {
			errno = e->fts_errno;
			code = err_errno(err, "reading %s", e->fts_path);
		}
	}
	if (fts)
		(void)fts_close(fts);
	free(copy);
	return code;
}

void fs_set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 ||
	    fcntl(fd, F_SETFL,
		  on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) < 0)
		BUG("fcntl on descriptor %d", fd);
}

static int compare_fds(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Linux before 5.9 and some containers know no close_range(2). */
static void close_span(int from, unsigned to)
{
	if (close_range((unsigned)from, to, 0) == 0)
		return;
	for (int fd = from; fd < FDS_MAX && (unsigned)fd <= to; fd++)
		(void)close(fd); /* most are not open */
}

int fs_close_others(const int *keep, size_t n)
{
	int sorted[KEEP_MAX], from = FIRST_FD;

	if (n > KEEP_MAX)
		BUG("keeping %zu descriptors", n);
	if (n) { /* none is NULL, which these two do not take */
		memcpy(sorted, keep, n * sizeof sorted[0]);
		qsort(sorted, n, sizeof sorted[0], compare_fds);
	}
	for (size_t i = 0; i < n; i++) {
		if (sorted[i] < from)
			continue; /* none, standard, or named twice */
		if (sorted[i] > from)
			close_span(from, (unsigned)sorted[i] - 1);
		from = sorted[i] + 1;
	}
	close_span(from, ~0U);
	return from - 1;
}
