/* SPDX-License-Identifier: Apache-2.0 */
/* The walk of one root. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "probe/fstype.h"
#include "probe/sight.h"
#include "probe/walk.h"

/* Overlays give files the devices of the layers they come from. */
#define KNOWN_DEVS 16u

/* One folder being read; its children are opened through its descriptor. */
struct level {
	DIR *dir;
	dev_t dev;
	ino_t ino;
	size_t path_n; /* of the walk's path, to come back to */
};

struct walk {
	struct run *run;
	struct crew *crew;
	size_t root;
	struct buf path; /* of what is being looked at */
	struct buf real; /* the root's path without symlinks; empty: unknown */
	size_t root_n;   /* of path, the root */
	struct level levels[WALK_DEPTH_MAX];
	size_t depth;            /* levels in use */
	struct turn turn;
	dev_t known[KNOWN_DEVS]; /* whose file systems may be entered */
	size_t n_known;          /* ever; the oldest are overwritten */
};

/* An entry of a folder. */
struct entry {
	int dir_fd;
	const char *name;
	struct stat st;
};

static void note(struct walk *w, enum reason reason, uint64_t bytes)
{
	coverage_add(&w->run->coverage, w->root, reason, buf_bytes(&w->path),
		     bytes);
}

static void note_errno(struct walk *w, uint64_t bytes)
{
	note(w, reason_of_errno(errno), bytes);
}

/* What is not read has a name that may be looked for. */
static void sight_name(struct walk *w, const struct entry *e, uint64_t size)
{
	sight_entry(w->run, w->root, e->dir_fd, e->name, buf_bytes(&w->path),
		    size);
}

/* What was there a moment ago has vanished; a root never was there. */
static void note_absent(struct walk *w)
{
	bool absent = errno == ENOENT || errno == ENOTDIR;

	if (w->depth == 0 && absent)
		note(w, REASON_NOT_FOUND, 0);
	else
		note_errno(w, 0);
}

/* Reading our own files, or as root, leaves no access time behind. */
static int open_quietly(int dir_fd, const char *name, int flags)
{
	int fd;

	flags |= O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	fd = openat(dir_fd, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(dir_fd, name, flags);
	return fd;
}

static bool is_known(const struct walk *w, dev_t dev)
{
	for (size_t i = 0; i < MIN(w->n_known, KNOWN_DEVS); i++) {
		if (w->known[i] == dev)
			return true;
	}
	return false;
}

/*
 * What kind of file system it is on, asked of the kernel only where the
 * device is not that of the folder around it. O_PATH neither opens a device
 * nor triggers an automount.
 */
static enum reason on_which(struct walk *w, const struct entry *e)
{
	struct statfs fs;
	enum reason reason;
	int fd;

	if (is_known(w, e->st.st_dev))
		return REASON_SCANNED;
	fd = openat(e->dir_fd, e->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return reason_of_errno(errno);
	reason = fstatfs(fd, &fs) == 0 ? fstype_reason((uint64_t)fs.f_type)
				       : reason_of_errno(errno);
	close_fd(fd);
	if (reason == REASON_SCANNED)
		w->known[w->n_known++ % KNOWN_DEVS] = e->st.st_dev;
	return reason;
}

static bool is_loop(const struct walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->depth; i++) {
		if (w->levels[i].dev == st->st_dev &&
		    w->levels[i].ino == st->st_ino)
			return true;
	}
	return false;
}

static void push(struct walk *w, const struct entry *e, DIR *dir)
{
	w->levels[w->depth++] = (struct level){
		.dir = dir,
		.dev = e->st.st_dev,
		.ino = e->st.st_ino,
		.path_n = w->path.n,
	};
}

static void enter_folder(struct walk *w, const struct entry *e)
{
	struct stat now;
	DIR *dir = NULL;
	int fd;

	if (w->depth == WALK_DEPTH_MAX) {
		note(w, REASON_DEPTH, 0);
		return;
	}
	if (is_loop(w, &e->st)) {
		note(w, REASON_LOOP, 0);
		return;
	}
	fd = open_quietly(e->dir_fd, e->name, O_DIRECTORY);
	if (fd < 0 || fstat(fd, &now) != 0) {
		note_errno(w, 0);
		close_fd(fd);
		return;
	}
	if (now.st_dev == e->st.st_dev && now.st_ino == e->st.st_ino)
		dir = fdopendir(fd);
	else
		errno = ESTALE; /* it was exchanged while we looked */
	if (!dir) {
		note_errno(w, 0);
		close_fd(fd);
		return;
	}
	sight_name(w, e, SIZE_UNKNOWN);
	push(w, e, dir);
}

static void offer_file(struct walk *w, const struct entry *e)
{
	const struct run_limits *limits = &w->run->limits;
	uint64_t size = (uint64_t)e->st.st_size;
	struct job job = {.root = w->root};

	if (limits->skip_own && e->st.st_dev == limits->own_dev &&
	    e->st.st_ino == limits->own_ino) {
		note(w, REASON_OWN, size);
		return;
	}
	if (size > run_size_limit(w->run)) {
		note(w, REASON_SIZE, size);
		sight_name(w, e, size);
		return;
	}
	job.fd = open_quietly(e->dir_fd, e->name, 0);
	if (job.fd < 0) {
		note_errno(w, size);
		sight_name(w, e, size);
		return;
	}
	job.path = xmemdup(w->path.p, w->path.n);
	job.path_n = w->path.n;
	crew_add(w->crew, job);
}

/* d_type spares a stat(2) for what is passed over anyway. */
static bool is_passed_over(struct walk *w, unsigned char type)
{
	if (type == DT_UNKNOWN || type == DT_DIR || type == DT_REG)
		return false;
	note(w, reason_of_mode(DTTOIF(type)), 0);
	return true;
}

/* What the mount table says, before anything is touched. */
static enum reason mounted_here(struct walk *w)
{
	size_t real_n = w->real.n;
	enum reason reason;

	if (real_n == 0)
		return REASON_SCANNED;
	(void)buf_add(&w->real, w->path.p + w->root_n,
		      w->path.n - w->root_n); /* too long: no mount point */
	reason = mounts_at(&w->run->mounts, buf_bytes(&w->real));
	w->real.n = real_n;
	w->real.full = false;
	return reason;
}

static void look_at(struct walk *w, struct entry *e)
{
	enum reason reason = mounted_here(w);

	if (reason != REASON_SCANNED) {
		note(w, reason, 0);
		return;
	}
	if (fstatat(e->dir_fd, e->name, &e->st,
		    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
		note_absent(w);
		return;
	}
	if (!S_ISREG(e->st.st_mode) && !S_ISDIR(e->st.st_mode)) {
		note(w, reason_of_mode(e->st.st_mode), 0);
		sight_name(w, e, SIZE_UNKNOWN);
		return;
	}
	reason = on_which(w, e);
	if (reason != REASON_SCANNED)
		note(w, reason, 0);
	else if (S_ISDIR(e->st.st_mode))
		enter_folder(w, e);
	else
		offer_file(w, e);
}

static void add_name(struct walk *w, const char *name)
{
	if (w->path.n == 0 || w->path.p[w->path.n - 1] != '/')
		(void)buf_add_byte(&w->path, '/');
	(void)buf_add_str(&w->path, name); /* full is looked at by step */
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The next entry of the deepest folder, or back to the one above. */
static void step(struct walk *w)
{
	struct level *level = &w->levels[w->depth - 1];
	struct dirent *d;
	struct entry e;

	w->path.n = level->path_n;
	w->path.full = false;
	errno = 0;
	d = readdir(level->dir);
	if (!d) {
		if (errno)
			note_errno(w, 0);
		(void)closedir(level->dir); /* read only */
		w->depth--;
		return;
	}
	if (is_dot(d->d_name))
		return;
	add_name(w, d->d_name);
	if (w->path.full) {
		note(w, REASON_DEPTH, 0);
		return;
	}
	e = (struct entry){.dir_fd = dirfd(level->dir), .name = d->d_name};
	if (is_passed_over(w, d->d_type))
		sight_name(w, &e, SIZE_UNKNOWN);
	else
		look_at(w, &e);
}

/* The root as the mount table has it, if /proc tells. */
static void find_real(struct walk *w, const struct entry *e, bool is_top)
{
	char link[64], *real = xmalloc(PATH_MAX);
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", e->dir_fd);
	n = readlink(link, real, PATH_MAX);
	if (n > 0 && n < PATH_MAX && real[0] == '/') {
		(void)buf_add(&w->real, real, (size_t)n);
		if (!is_top && n > 1)
			(void)buf_add_byte(&w->real, '/');
		if (!is_top)
			(void)buf_add_str(&w->real, e->name);
	}
	free(real);
}

/*
 * The folders above a root are the host's business and may be symlinks, as
 * /var/run is; the root itself is an entry like any other.
 */
static void begin(struct walk *w, const char *root)
{
	enum reason reason = mounts_over(&w->run->mounts, bytes_str(root));
	bool is_top = strcmp(root, "/") == 0;
	const char *slash = strrchr(root, '/');
	struct entry e = {.name = is_top ? "." : slash + 1};
	char *parent;

	(void)buf_add_str(&w->path, root);
	w->root_n = w->path.n;
	if (reason != REASON_SCANNED) {
		note(w, reason, 0);
		return;
	}
	parent = xstrdup(root);
	parent[MAX(1, slash - root)] = '\0';
	e.dir_fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	if (e.dir_fd < 0) {
		note_absent(w);
		return;
	}
	find_real(w, &e, is_top);
	look_at(w, &e);
	close_fd(e.dir_fd);
}

void walk_root(struct run *run, size_t root, struct crew *crew)
{
	struct walk *w = xcalloc(1, sizeof *w);

	w->run = run;
	w->crew = crew;
	w->root = root;
	buf_init(&w->path, RECORD_PATH_MAX);
	buf_init(&w->real, RECORD_PATH_MAX);
	if (!run_is_over(run))
		begin(w, run->plan->roots[root]);
	while (w->depth && budget_pass(run, &w->turn, 0))
		step(w);
	if (w->depth || run_is_over(run)) {
		buf_clear(&w->path);
		(void)buf_add_str(&w->path, run->plan->roots[root]);
		note(w, REASON_STOPPED, 0);
	}
	while (w->depth)
		(void)closedir(w->levels[--w->depth].dir);
	buf_release(&w->path);
	buf_release(&w->real);
	free(w);
}
