/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over all that is on disks of this host, for files that are out of
 * the ordinary by mode, attributes, name or place. Content is read only of
 * the few whose place alone is a reason.
 */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include "probe/odd.h"
#include "probe/pathsign.h"
#include "probe/triage_program.h"
#include "probe/webscript.h"

#define DEPTH_MAX   128u
#define STEP	    64u	 /* files between looks at the clock */
#define TOLD_MAX    500u /* of one reason */
#define HEAD_MAX    4096u
#define ARCHIVE_MIN ((uint64_t)1 << 20)
#define HASH_MAX    ((uint64_t)64 << 20)  /* of one file */
#define HASHES_MAX  ((uint64_t)512 << 20) /* of all */
#define HEADS_MAX   5000u /* files opened for their place alone */
#define SCRIPT_MAX  ((size_t)1 << 20)
#define RECENT_NS   (14 * INT64_C(86400) * NS_PER_S)

/* What a folder is to those in it. */
enum { IN_SCRATCH = 1, IN_DEV = 2, IN_SYSTEM = 4, IN_WEB = 8, IN_HIDDEN = 16,
       IN_LOCAL = 32, IN_UPLOADS = 64 };

enum why { SUID, SGID, CAPS, FIXED, APPENDED, WRITABLE, HIDDEN, DEVICE,
	   EXECUTABLE, ARCHIVE, RECENT, WEB, N_WHYS };

static const char *const words[N_WHYS] = {
	"suid", "sgid", "caps", "immutable", "append", "world-writable",
	"hidden", "device-folder", "scratch-executable", "archive",
	"recent-executable", "web-script"};

struct walk {
	struct tell *t;
	struct buf path;
	unsigned told[N_WHYS];
	unsigned step, heads;
	uint64_t hashed; /* bytes */
	int64_t recent_ns;
	bool cut; /* there were more than may be told */
};

/* One entry of a folder. */
struct entry {
	int dir;
	const char *name;
	struct statx st;
	struct odd_file odd;
	unsigned area;
	uint8_t sha256[SHA256_LEN];
	char caps[CAPS_ROOM];
	bool looked; /* at its content */
	bool asked;  /* whose it is */
};

/* Few are asked for. */
static bool is_packaged(struct walk *w, struct entry *e)
{
	if (!e->asked)
		e->odd.packaged = triage_packaged(w->t, e->odd.path);
	e->asked = true;
	return e->odd.packaged;
}

static void tell(struct walk *w, enum why why, struct entry *e)
{
	(void)is_packaged(w, e);
	if (w->told[why]++ < TOLD_MAX)
		odd_tell(w->t, words[why], &e->odd);
	else
		w->cut = true;
}

/* ---- places ---- */

static const struct {
	const char *path;
	unsigned area;
} places[] = {
	{"/tmp", IN_SCRATCH},	     {"/var/tmp", IN_SCRATCH},
	{"/dev/shm", IN_SCRATCH},    {"/run/user", IN_SCRATCH},
	{"/run/shm", IN_SCRATCH},    {"/dev", IN_DEV},
	{"/etc", IN_SYSTEM},	     {"/usr", IN_SYSTEM},
	{"/bin", IN_SYSTEM},	     {"/sbin", IN_SYSTEM},
	{"/lib", IN_SYSTEM},	     {"/lib32", IN_SYSTEM},
	{"/lib64", IN_SYSTEM},	     {"/boot", IN_SYSTEM},
	{"/usr/local", IN_LOCAL},    {"/home", IN_LOCAL},
	{"/root", IN_LOCAL},	     {"/opt", IN_LOCAL},
	{"/srv", IN_LOCAL},	     {"/var", IN_LOCAL},
	{"/var/spool/cron", IN_SYSTEM}, {"/var/lib/dpkg/info", 0},
};

static const char *const webs[] = {
	"/var/www",	      "/srv/www",      "/srv/http",
	"/usr/share/nginx",   "/usr/lib/cgi-bin", "/var/lib/tomcat",
	"/opt/zimbra/jetty",  "/usr/local/apache2/htdocs",
	"/usr/local/www",     "/webapps",      "/public_html",
	"/htdocs",	      "/wwwroot"};

static bool is_web(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_SIZE(webs); i++) {
		size_t at;

		if (bytes_find(path, webs[i], &at) &&
		    (at == 0 || i >= ARRAY_SIZE(webs) - 4))
			return true;
	}
	return false;
}

static bool is_upload(struct bytes path)
{
	static const char *const parts[] = {"/upload", "/images", "/img/",
					    "/files/", "/media/", "/cache/",
					    "/tmp/"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (bytes_find(path, parts[i], NULL))
			return true;
	return false;
}

/* Of a folder, by its path. */
static unsigned area_of(struct bytes path)
{
	unsigned area = 0;
	size_t nearest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t n = strlen(places[i].path);

		if (n > nearest && path_is_below(path, places[i].path)) {
			nearest = n;
			area = places[i].area;
		}
	}
	if (path_is_hidden(path))
		area |= IN_HIDDEN;
	if (is_web(path))
		area |= IN_WEB | (is_upload(path) ? IN_UPLOADS : 0u);
	return area;
}

/* File systems of containers and packages that are files of their own. */
static bool is_left_out(struct bytes path)
{
	static const char *const folders[] = {
		"/proc", "/sys", "/snap", "/var/lib/docker/overlay2",
		"/var/lib/docker/vfs", "/var/lib/docker/aufs",
		"/var/lib/containers/storage/overlay",
		"/var/lib/containerd", "/var/lib/machines",
		"/var/lib/snapd/snap", "/var/lib/flatpak",
		"/run/containerd", "/run/docker", "/var/lib/lxcfs"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (bytes_eq(path, bytes_str(folders[i])))
			return true;
	return false;
}

/* ---- content ---- */

static void read_kind(struct entry *e)
{
	uint8_t head[HEAD_MAX];
	int fd = open_quietly(e->dir, e->name, 0);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;

	e->odd.kind = n > 0 ? content_kind(bytes_of(head, (size_t)n)) : "";
	close_fd(fd);
}

static void look_inside(struct walk *w, struct entry *e, bool with_hash)
{
	const char *kind = "";
	int fd;

	if (!e->odd.kind)
		read_kind(e);
	if (!with_hash || e->looked || e->st.stx_size > HASH_MAX ||
	    w->hashed + e->st.stx_size > HASHES_MAX)
		return;
	e->looked = true;
	w->hashed += e->st.stx_size;
	fd = open_quietly(e->dir, e->name, 0);
	if (fd >= 0 && content_hash(w->t, fd, e->sha256, &kind))
		e->odd.sha256 = e->sha256;
	close_fd(fd);
}

static bool is_program(const struct entry *e)
{
	static const char *const kinds[] = {"elf", "go", "upx", "script"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (e->odd.kind && strcmp(e->odd.kind, kinds[i]) == 0)
			return true;
	return false;
}

static void look_at_script(struct walk *w, struct entry *e)
{
	const char *signs[WEBSCRIPT_SIGNS];
	struct buf text;
	int fd = open_quietly(e->dir, e->name, 0);
	ssize_t n = -1;

	buf_init(&text, SCRIPT_MAX);
	if (fd >= 0 && tell_go(w->t, e->st.stx_size))
		n = read(fd, buf_reserve(&text, SCRIPT_MAX), SCRIPT_MAX);
	close_fd(fd);
	if (n > 0) {
		buf_commit(&text, (size_t)n);
		e->odd.signs = signs;
		e->odd.n_signs = webscript_signs(buf_bytes(&text), signs);
	}
	if (e->odd.n_signs || (e->area & IN_UPLOADS && !is_packaged(w, e))) {
		look_inside(w, e, true);
		tell(w, WEB, e);
	}
	e->odd.signs = NULL;
	e->odd.n_signs = 0;
	buf_release(&text);
}

/* ---- one file ---- */

static void check_caps(struct walk *w, struct entry *e)
{
	uint8_t raw[64];
	struct top *top = &w->t->triage->top;
	char *path;
	ssize_t n;

	if (!(e->st.stx_mode & 0111))
		return;
	path = xasprintf("%s%s", top->dir ? top->dir : "",
			 buf_str(&w->path));
	n = lgetxattr(path, "security.capability", raw, sizeof raw);
	free(path);
	if (n <= 0)
		return;
	odd_caps(bytes_of(raw, (size_t)n), e->caps);
	e->odd.caps = e->caps;
	look_inside(w, e, !is_packaged(w, e));
	tell(w, CAPS, e);
}

static void check_mode(struct walk *w, struct entry *e)
{
	unsigned mode = e->st.stx_mode;

	if (mode & S_ISUID) {
		look_inside(w, e, !is_packaged(w, e));
		tell(w, SUID, e);
	} else if (mode & S_ISGID && mode & S_IXGRP) {
		look_inside(w, e, !is_packaged(w, e));
		tell(w, SGID, e);
	}
	if (mode & S_IWOTH && e->area & IN_SYSTEM)
		tell(w, WRITABLE, e);
}

static void check_place(struct walk *w, struct entry *e)
{
	bool runs = e->st.stx_mode & 0111;

	if (e->area & IN_DEV) {
		look_inside(w, e, true);
		tell(w, DEVICE, e);
	}
	if (e->area & IN_SCRATCH && w->told[EXECUTABLE] < TOLD_MAX &&
	    (runs || w->heads++ < HEADS_MAX)) {
		look_inside(w, e, false);
		if (runs || (is_program(e) && strcmp(e->odd.kind, "script"))) {
			look_inside(w, e, true);
			tell(w, EXECUTABLE, e);
		}
	} else if (e->area & IN_SCRATCH) {
		w->cut = true;
	}
	if (e->st.stx_size >= ARCHIVE_MIN &&
	    e->area & (IN_SCRATCH | IN_HIDDEN | IN_WEB | IN_DEV) &&
	    w->told[ARCHIVE] < TOLD_MAX && !is_packaged(w, e)) {
		look_inside(w, e, false);
		if (content_is_archive(e->odd.kind))
			tell(w, ARCHIVE, e);
	}
	if (runs && e->area & IN_LOCAL &&
	    odd_time(e->st.stx_ctime) >= w->recent_ns &&
	    w->told[RECENT] < TOLD_MAX && !is_packaged(w, e)) {
		look_inside(w, e, false);
		if (is_program(e))
			tell(w, RECENT, e);
	}
}

static void check_regular(struct walk *w, struct entry *e)
{
	check_mode(w, e);
	check_caps(w, e);
	check_place(w, e);
	if (e->area & IN_WEB && webscript_name(bytes_str(e->name)))
		look_at_script(w, e);
}

static void check_attributes(struct walk *w, struct entry *e)
{
	uint64_t flags = odd_attributes(&e->st);

	if (flags & ODD_IMMUTABLE)
		tell(w, FIXED, e);
	if (flags & ODD_APPEND)
		tell(w, APPENDED, e);
}

/* X11 and friends have always hidden their sockets so. */
static bool is_usual(struct bytes path)
{
	static const char *const paths[] = {
		"/tmp/.X11-unix",  "/tmp/.ICE-unix",  "/tmp/.XIM-unix",
		"/tmp/.font-unix", "/tmp/.Test-unix", "/etc/.pwd.lock",
		"/etc/.updated",   "/var/.updated",   "/dev/.lxc",
		"/dev/.lxd-mounts", "/etc/.java",     "/etc/.git",
		"/dev/shm/.s"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (bytes_eq(path, bytes_str(paths[i])))
			return true;
	return bytes_starts(path, "/tmp/.X") && bytes_find(path, "-lock", NULL);
}

static void check_name(struct walk *w, struct entry *e)
{
	struct bytes name = bytes_str(e->name);
	bool dot = e->name[0] == '.', folder = S_ISDIR(e->st.stx_mode);
	bool odd = name_is_odd(name);

	if (!odd && (!dot || is_usual(e->odd.path)))
		return;
	if (odd || e->area & (IN_DEV | IN_SCRATCH) ||
	    (e->area & IN_SYSTEM && folder && !is_packaged(w, e))) {
		if (S_ISREG(e->st.stx_mode) && w->told[HIDDEN] < TOLD_MAX)
			look_inside(w, e, true);
		tell(w, HIDDEN, e);
	}
}

/* ---- the walk ---- */

static void walk_folder(struct walk *w, int fd, unsigned depth, uint64_t dev);

static uint64_t device(const struct statx *st)
{
	return (uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor;
}

static void enter(struct walk *w, const struct entry *e, unsigned depth,
		  uint64_t dev)
{
	struct bytes path = buf_bytes(&w->path);
	uint64_t own = device(&e->st);
	int fd;

	if (!depth || is_left_out(path) ||
	    (!w->t->triage->is_image &&
	     mounts_at(&w->t->triage->mounts, path) != REASON_SCANNED &&
	     !bytes_eq(path, bytes_str("/dev"))))
		return;
	if (own != dev && w->t->triage->is_image)
		return; /* no part of the image */
	fd = open_quietly(e->dir, e->name, O_DIRECTORY);
	if (fd >= 0)
		walk_folder(w, fd, depth - 1, own);
}

static void take(struct walk *w, int dir, const char *name, unsigned area,
		 unsigned depth, uint64_t dev)
{
	struct entry e = {.dir = dir, .name = name, .area = area};

	if (!odd_stat(dir, name, &e.st))
		return;
	e.odd.path = buf_bytes(&w->path);
	e.odd.st = &e.st;
	check_attributes(w, &e);
	check_name(w, &e);
	if (S_ISREG(e.st.stx_mode))
		check_regular(w, &e);
	else if (S_ISDIR(e.st.stx_mode))
		enter(w, &e, depth, dev);
}

/* Takes fd. */
static void walk_folder(struct walk *w, int fd, unsigned depth, uint64_t dev)
{
	DIR *dir = fdopendir(fd);
	size_t n = w->path.n;
	unsigned area = area_of(buf_bytes(&w->path));
	struct dirent *d;

	if (!dir) {
		close_fd(fd);
		return;
	}
	while ((d = readdir(dir))) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		if (w->step++ % STEP == 0 && !tell_go(w->t, 0))
			break;
		if (w->path.n != 1 || w->path.p[0] != '/')
			(void)buf_add_byte(&w->path, '/');
		if (buf_add_str(&w->path, d->d_name))
			take(w, dirfd(dir), d->d_name, area, depth, dev);
		w->path.n = n;
		w->path.full = false;
	}
	(void)closedir(dir);
}

void look_odd_files(struct tell *t)
{
	struct walk w = {.t = t, .recent_ns = time_now_ns() - RECENT_NS};
	int fd = top_open(&t->triage->top, "/",
			  O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	struct statx st;

	buf_init(&w.path, RECORD_PATH_MAX - 2);
	(void)buf_add_byte(&w.path, '/');
	if (fd >= 0 && odd_stat(fd, "", &st))
		walk_folder(&w, fd, DEPTH_MAX, device(&st));
	else
		tell_errno(t, errno);
	if (w.cut)
		tell_why(t, reason_word(REASON_LIMIT));
	buf_release(&w.path);
}
