/* SPDX-License-Identifier: Apache-2.0 */
/* The folders that a walk is in. */
#include "base/base.h"

#include <fcntl.h>

#include "probe/helper.h"
#include "probe/levels.h"

static void drop_names(struct levels *l, struct level *level)
{
	l->names_bytes -= names_bytes(&level->names);
	names_release(&level->names);
	level->dropped = true;
}

static bool get_names(struct levels *l, struct level *level, const char *after)
{
	bool ok = names_read(&level->names, l->helper, level->fd,
			     after);

	level->dropped = false;
	l->names_bytes += names_bytes(&level->names);
	return ok;
}

/* The first stays open, for others to be found from it. */
static void keep_few(struct levels *l)
{
	size_t at = l->n > LEVELS_OPEN_MAX ? l->n - LEVELS_OPEN_MAX : 0;

	if (at) {
		close_fd(l->v[at].fd);
		l->v[at].fd = -1;
		if (!l->v[at].dropped)
			drop_names(l, &l->v[at]);
	}
	for (size_t i = at;
	     i + 1 < l->n && l->names_bytes > LEVELS_NAMES_MAX; i++) {
		if (!l->v[i].dropped)
			drop_names(l, &l->v[i]);
	}
}

bool levels_push(struct levels *l, int fd, uint64_t dev, uint64_t ino,
		 const struct buf *path)
{
	struct level *level;
	int error;
	bool ok;

	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 32;
		l->v = xrealloc(l->v, l->cap, sizeof *l->v);
	}
	level = &l->v[l->n++];
	*level = (struct level){
		.fd = fd, .dev = dev, .ino = ino, .path_n = path->n};
	ok = get_names(l, level, NULL);
	error = errno;
	keep_few(l);
	errno = error;
	return ok;
}

struct level *levels_last(const struct levels *l)
{
	return &l->v[l->n - 1];
}

const char *levels_next(struct levels *l, unsigned char *type)
{
	struct level *level = levels_last(l);
	const char *name = names_next(&level->names, type);
	char *last;

	errno = 0;
	if (name || !level->names.more)
		return name;
	last = xstrdup(names_last(&level->names));
	drop_names(l, level);
	if (get_names(l, level, last))
		errno = 0;
	free(last);
	return names_next(&level->names, type);
}

/* fd is taken, and given back when it is that folder. */
static int only_if(int fd, const struct rec_file *now,
		   const struct level *level)
{
	if (fd < 0 || (now->dev == level->dev && now->ino == level->ino))
		return fd;
	close_fd(fd);
	errno = ESTALE;
	return -1;
}

/* From the first, name by name, should a folder have been moved. */
static int find_again(const struct levels *l, size_t at, struct bytes path)
{
	int fd = fcntl(l->v[0].fd, F_DUPFD_CLOEXEC, 3), next;

	for (size_t i = 1; i <= at && fd >= 0; i++) {
		size_t from = l->v[i - 1].path_n;
		struct rec_file now;
		char *name;

		from += path.p[from] == '/';
		name = bytes_to_str(bytes_of(path.p + from,
					     l->v[i].path_n - from));
		next = helper_open_folder(l->helper, fd, name, &now);
		free(name);
		close_fd(fd);
		fd = only_if(next, &now, &l->v[i]);
	}
	return fd;
}

static void open_again(struct levels *l, int below, struct bytes path)
{
	struct level *level = levels_last(l);
	struct rec_file now;

	if (below >= 0)
		level->fd = only_if(helper_open_folder(l->helper, below, "..",
						       &now),
				    &now, level);
	if (level->fd < 0)
		level->fd = find_again(l, l->n - 1, path);
}

bool levels_pop(struct levels *l, struct bytes path)
{
	struct level *level = levels_last(l);
	int fd = level->fd;
	size_t from;
	bool ok = true;
	char *name;

	drop_names(l, level);
	l->n--;
	if (l->n && levels_last(l)->fd < 0)
		open_again(l, fd, path);
	if (l->n && levels_last(l)->fd < 0) {
		ok = false;
	} else if (l->n && levels_last(l)->dropped) {
		from = levels_last(l)->path_n;
		from += path.p[from] == '/';
		name = bytes_to_str(bytes_of(path.p + from, path.n - from));
		ok = get_names(l, levels_last(l), name);
		free(name);
	}
	close_fd(fd);
	return ok;
}

bool levels_has(const struct levels *l, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].dev == dev && l->v[i].ino == ino)
			return true;
	}
	return false;
}

void levels_release(struct levels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		close_fd(l->v[i].fd);
		names_release(&l->v[i].names);
	}
	free(l->v);
	*l = (struct levels){0};
}
