/* SPDX-License-Identifier: Apache-2.0 */
/* Which files belong to packages. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "model/record.h"
#include "probe/packages.h"

#define LINE_ROOM    ((size_t)16 << 10)
#define DATABASE_MAX  ((uint64_t)512 << 20) /* bytes read of one file */
#define SLOTS_FIRST  ((size_t)1 << 12)

static uint64_t digest(struct bytes path)
{
	uint8_t sha256[SHA256_LEN];
	uint64_t d;

	hash_sha256(path, sha256);
	memcpy(&d, sha256, sizeof d);
	return d ? d : 1;
}

/* Where d is, or would be put. */
static uint64_t *slot_of(uint64_t *slots, size_t n, uint64_t d)
{
	size_t i = (size_t)d & (n - 1);

	while (slots[i] && slots[i] != d)
		i = (i + 1) & (n - 1);
	return &slots[i];
}

static void grow(struct packages *p)
{
	size_t n = p->n_slots ? p->n_slots * 2 : SLOTS_FIRST;
	uint64_t *slots = xcalloc(n, sizeof *slots);

	for (size_t i = 0; i < p->n_slots; i++) {
		if (p->slots[i])
			*slot_of(slots, n, p->slots[i]) = p->slots[i];
	}
	free(p->slots);
	p->slots = slots;
	p->n_slots = n;
}

/* The path without the symlinks that whole trees were merged by. */
static struct bytes real_path(const struct packages *p, struct bytes path,
			      struct buf *room)
{
	for (size_t i = 0; i < p->n_aliases; i++) {
		size_t from = strlen(p->aliases[i].from);

		if (!bytes_starts(path, p->aliases[i].from))
			continue;
		buf_clear(room);
		(void)buf_add_str(room, p->aliases[i].to);
		if (!buf_add_bytes(room, bytes_skip(path, from)))
			return path;
		return buf_bytes(room);
	}
	return path;
}

bool packages_add(struct packages *p, struct bytes path)
{
	struct buf room;
	uint64_t d, *slot;

	if (p->n == PACKAGES_FILES_MAX)
		return false;
	if (p->n * 2 >= p->n_slots)
		grow(p);
	buf_init(&room, RECORD_PATH_MAX);
	d = digest(real_path(p, path, &room));
	buf_release(&room);
	slot = slot_of(p->slots, p->n_slots, d);
	p->n += *slot == 0;
	*slot = d;
	return true;
}

bool packages_has(const struct packages *p, struct bytes path)
{
	struct buf room;
	uint64_t d;

	if (!p->n)
		return false;
	buf_init(&room, RECORD_PATH_MAX);
	d = digest(real_path(p, path, &room));
	buf_release(&room);
	return *slot_of(p->slots, p->n_slots, d) == d;
}

/* A database on its way into the set. */
struct reading {
	struct packages *p;
	const struct top *top;
	struct buf folder; /* apk: of the files that follow */
	bool in_files;	   /* pacman: after %FILES% */
	unsigned line;	   /* from 0 */
	bool ok;
};

typedef void take_line(struct reading *r, struct bytes line);

static void take_dpkg(struct reading *r, struct bytes line)
{
	if (line.n > 1 && line.p[0] == '/')
		r->ok = packages_add(r->p, line) && r->ok;
}

/* Three lines each: the path, where it was put instead, by whom. */
static void take_diversion(struct reading *r, struct bytes line)
{
	if (r->line % 3 == 1)
		take_dpkg(r, line);
}

static void add_relative(struct reading *r, struct bytes folder,
			 struct bytes name)
{
	struct buf path;

	buf_init(&path, LINE_ROOM * 2);
	(void)buf_add_byte(&path, '/');
	(void)buf_add_bytes(&path, folder);
	if (folder.n)
		(void)buf_add_byte(&path, '/');
	if (buf_add_bytes(&path, name))
		r->ok = packages_add(r->p, buf_bytes(&path)) && r->ok;
	buf_release(&path);
}

static void take_apk(struct reading *r, struct bytes line)
{
	if (bytes_starts(line, "F:")) {
		buf_clear(&r->folder);
		(void)buf_add_bytes(&r->folder, bytes_skip(line, 2));
	} else if (bytes_starts(line, "R:")) {
		add_relative(r, buf_bytes(&r->folder), bytes_skip(line, 2));
	}
}

static void take_pacman(struct reading *r, struct bytes line)
{
	if (bytes_starts(line, "%"))
		r->in_files = bytes_eq(line, bytes_str("%FILES%"));
	else if (r->in_files && line.n)
		add_relative(r, (struct bytes){0}, line);
}

/* The whole lines of what was read so far; the rest stays. */
static void take_lines(struct reading *r, take_line *take, struct buf *in,
		       bool at_end)
{
	struct bytes rest = buf_bytes(in);
	const uint8_t *end;

	while (rest.n && (end = memchr(rest.p, '\n', rest.n))) {
		size_t n = (size_t)(end - rest.p);

		take(r, bytes_of(rest.p, n));
		r->line++;
		rest = bytes_skip(rest, n + 1);
	}
	if (rest.n && at_end)
		take(r, rest);
	buf_consume(in, in->n - rest.n);
}

/* Takes fd. */
static void read_file(struct reading *r, int fd, take_line *take)
{
	uint64_t left = DATABASE_MAX;
	struct stat st;
	struct buf in;
	ssize_t n = -1;

	buf_init(&in, LINE_ROOM * 2);
	r->line = 0;
	r->in_files = false;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		do {
			uint8_t *to = buf_reserve(&in, LINE_ROOM);

			n = to && left ? read(fd, to, LINE_ROOM) : -1;
			if (n > 0)
				buf_commit(&in, (size_t)n);
			left -= n > 0 ? MIN(left, (uint64_t)n) : 0;
			take_lines(r, take, &in, n == 0);
		} while (n > 0);
	}
	r->ok = r->ok && n == 0;
	close_fd(fd);
	buf_release(&in);
}

#define READ_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* Every file of a folder whose name ends so, or the file of that name in
 * each folder in it. Takes fd. */
static void read_folder(struct reading *r, int fd, const char *name,
			take_line *take)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		close_fd(fd);
		r->ok = false;
		return;
	}
	while ((d = readdir(dir))) {
		char *path;

		if (d->d_name[0] == '.' ||
		    (name[0] == '.' &&
		     !bytes_ends(bytes_str(d->d_name), name)))
			continue;
		path = name[0] == '.' ? xstrdup(d->d_name)
				      : xasprintf("%s/%s", d->d_name, name);
		fd = openat(dirfd(dir), path, READ_FLAGS);
		if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR))
			read_file(r, fd, take);
		free(path);
	}
	(void)closedir(dir); /* read only */
}

/* Databases: files to be read whole, folders of them, and those of whose
 * form we cannot read. */
static const struct {
	const char *path;
	const char *name; /* in the folder; NULL: path is a file */
	take_line *take;  /* NULL: not known to us, which are rpm's */
} databases[] = {
	{"/var/lib/dpkg/info", ".list", take_dpkg},
	{"/var/lib/dpkg/diversions", NULL, take_diversion},
	{"/lib/apk/db/installed", NULL, take_apk},
	{"/usr/lib/apk/db/installed", NULL, take_apk},
	{"/var/lib/pacman/local", "files", take_pacman},
	{"/var/lib/rpm/rpmdb.sqlite", NULL, NULL},
	{"/var/lib/rpm/Packages", NULL, NULL},
	{"/var/lib/rpm/Packages.db", NULL, NULL},
	{"/usr/lib/sysimage/rpm/rpmdb.sqlite", NULL, NULL},
	{"/usr/lib/sysimage/rpm/Packages.db", NULL, NULL},
};

bool packages_has_rpm(const struct top *top)
{
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		int fd = databases[i].take
				 ? -1
				 : top_open(top, databases[i].path, O_PATH);

		if (fd >= 0) {
			close_fd(fd);
			return true;
		}
	}
	return false;
}

static void read_database(struct reading *r, size_t i)
{
	const char *name = databases[i].name;
	int fd = top_open(r->top, databases[i].path,
			  O_RDONLY | O_NONBLOCK | O_NOCTTY |
				  (name ? O_DIRECTORY : 0));

	r->ok = fd >= 0 || errno == ENOENT || errno == ENOTDIR;
	if (fd < 0)
		return;
	if (!databases[i].take) {
		r->ok = false;
		close_fd(fd);
	} else if (name) {
		read_folder(r, fd, name, databases[i].take);
	} else {
		read_file(r, fd, databases[i].take);
	}
}

/* to, or what that is an alias of. */
static char *alias_end(const struct packages *p, char *to)
{
	for (size_t i = 0; i < p->n_aliases; i++) {
		if (strcmp(p->aliases[i].from, to) != 0)
			continue;
		free(to);
		return xstrdup(p->aliases[i].to);
	}
	return to;
}

/* Folders that distributions made symlinks of; those that others lead to
 * come first. */
static void find_aliases(struct packages *p, const struct top *top)
{
	static const char *const folders[PACKAGES_ALIASES_MAX] = {
		"/usr/sbin", "/usr/lib64", "/bin",   "/sbin",
		"/lib",	     "/lib32",	   "/lib64", "/libx32"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		struct packages_alias *a = &p->aliases[p->n_aliases];
		char *to = top_link(top, folders[i]);
		const char *up = bytes_starts(bytes_str(folders[i]), "/usr/")
					 ? "/usr/"
					 : "/";

		if (to && !strstr(to, "..")) {
			a->from = xasprintf("%s/", folders[i]);
			a->to = alias_end(p, xasprintf("%s%s/",
						       to[0] == '/' ? "" : up,
						       to));
			p->n_aliases++;
		}
		free(to);
	}
}

void packages_read(struct packages *p, const struct top *top,
		   packages_gap *gap, void *arg)
{
	struct reading r = {.p = p, .top = top};

	*p = (struct packages){0};
	buf_init(&r.folder, LINE_ROOM);
	find_aliases(p, top);
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		read_database(&r, i);
		if (!r.ok)
			gap(arg, databases[i].path);
	}
	buf_release(&r.folder);
}

void packages_release(struct packages *p)
{
	for (size_t i = 0; i < p->n_aliases; i++) {
		free(p->aliases[i].from);
		free(p->aliases[i].to);
	}
	free(p->slots);
	*p = (struct packages){0};
}
