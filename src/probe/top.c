/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of a host, or of the image of one. */
#include "base/base.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/text.h"
#include "probe/top.h"

/* openat2(2), which older headers do not have; its number is one for all. */
#define NR_OPENAT2	   437
#define RESOLVE_NO_MAGIC   0x02
#define RESOLVE_IN_ROOT_   0x10

struct how {
	uint64_t flags, mode, resolve;
};

static int open_in_root(const struct top *top, const char *path, int flags)
{
	struct how how = {
		.flags = (uint64_t)flags,
		.resolve = RESOLVE_IN_ROOT_ | RESOLVE_NO_MAGIC,
	};

	return (int)syscall(NR_OPENAT2, top->fd, path, &how, sizeof how);
}

/* Folder by folder; `..` and symlinks are not gone through. */
static int open_by_steps(const struct top *top, const char *path, int flags)
{
	struct bytes rest = bytes_str(path), name;
	int fd = fcntl(top->fd, F_DUPFD_CLOEXEC, 3), next;

	while (fd >= 0 && bytes_split(&rest, '/', &name)) {
		char *s;

		if (name.n == 0 || bytes_eq(name, bytes_str(".")))
			continue;
		s = bytes_to_str(name);
		if (strcmp(s, "..") == 0) {
			next = -1;
			errno = ELOOP;
		} else {
			next = openat(fd, s,
				      O_NOFOLLOW | O_CLOEXEC |
					      (rest.n ? O_PATH | O_DIRECTORY
						      : flags));
		}
		free(s);
		close_fd(fd);
		fd = next;
	}
	return fd;
}

enum err_code top_open_dir(struct top *top, const char *dir, struct err *err)
{
	int fd;

	*top = (struct top){.fd = -1};
	if (!dir)
		return ERR_OK;
	top->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top->fd < 0)
		return err_errno(err, "opening %s", shown_str(dir).s);
	top->dir = xstrdup(dir);
	fd = open_in_root(top, "/", O_PATH | O_CLOEXEC);
	top->plain = fd < 0; /* too old, or a filter of system calls */
	close_fd(fd);
	return ERR_OK;
}

void top_release(struct top *top)
{
	close_fd(top->fd);
	free(top->dir);
	*top = (struct top){.fd = -1};
}

int top_open(const struct top *top, const char *path, int flags)
{
	flags |= O_CLOEXEC;
	if (!top->dir)
		return open(path, flags);
	if (top->plain)
		return open_by_steps(top, path, flags);
	return open_in_root(top, path, flags);
}

DIR *top_opendir(const struct top *top, const char *path)
{
	int fd = top_open(top, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir)
		close_fd(fd); /* errno stays */
	return dir;
}

bool top_read(const struct top *top, const char *path, struct buf *out)
{
	int fd = top_open(top, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		uint8_t *to;

		do {
			to = buf_reserve(out, 1 << 16);
			n = to ? read(fd, to, 1 << 16) : -1;
			if (n > 0)
				buf_commit(out, (size_t)n);
		} while (n > 0);
	}
	close_fd(fd);
	return n == 0;
}

char *top_link(const struct top *top, const char *path)
{
	char *to = xmalloc(PATH_MAX);
	int fd = top_open(top, path, O_PATH | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", to, PATH_MAX - 1);

	close_fd(fd);
	if (n <= 0) {
		free(to);
		return NULL;
	}
	to[n] = '\0';
	return to;
}

int open_quietly(int dir_fd, const char *name, int flags)
{
	int fd;

	flags |= O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	fd = openat(dir_fd, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(dir_fd, name, flags);
	return fd;
}
