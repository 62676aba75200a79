/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages, their files held against what their databases say, and programs
 * in system folders that are no package's. An intruder with the rights of
 * root can write to these databases, too.
 */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "probe/odd.h"
#include "probe/pkgdb.h"
#include "probe/tool.h"
#include "probe/triage_program.h"

#define STATUS_MAX  ((size_t)128 << 20)
#define SUMS_MAX    ((size_t)64 << 20)
#define DIVERT_MAX  ((size_t)4 << 20)
#define DESC_MAX    ((size_t)1 << 20)
#define PIECE	    ((size_t)256 << 10)
#define RPM_SECONDS 20u
#define FILES_MAX   20000u
#define INFO	    "/var/lib/dpkg/info"
#define SUMS	    ".md5sums" /* what names of lists of hashes end with */

/* ---- which there are ---- */

struct listing {
	struct tell *t;
	const char *manager;
	int info; /* dpkg's folder; -1: none */
};

/* When its list was last written. */
static int64_t installed_at(const struct listing *l, const struct pkg *p)
{
	char name[512];
	struct stat st;

	for (unsigned i = 0; l->info >= 0 && i < 2; i++) {
		(void)snprintf(name, sizeof name, "%.*s%s%.*s.list",
			       (int)MIN(p->name.n, (size_t)200),
			       (const char *)p->name.p, i ? ":" : "",
			       i ? (int)MIN(p->arch.n, (size_t)64) : 0,
			       (const char *)p->arch.p);
		if (fstatat(l->info, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return time_from_spec(st.st_mtim);
	}
	return p->installed_ns;
}

static void tell_package(void *arg, const struct pkg *p)
{
	struct listing *l = arg;

	if (!tell_go(l->t, 0))
		return;
	triage_begin(l->t, "package", p->name);
	tell_bytes(l->t, "version", p->version);
	tell_bytes(l->t, "arch", p->arch);
	tell_bytes(l->t, "status", p->status);
	tell_time(l->t, "installed_at", installed_at(l, p));
	tell_str(l->t, "manager", l->manager);
	triage_end(l->t);
}

static bool read_top(struct tell *t, const char *path, struct buf *out,
		     size_t max)
{
	buf_init(out, max);
	return top_read(&t->triage->top, path, out);
}

static void list_pacman(struct tell *t)
{
	struct listing l = {.t = t, .manager = "pacman", .info = -1};
	DIR *dir = top_opendir(&t->triage->top, "/var/lib/pacman/local");
	struct dirent *d;
	struct pkg p;

	while (dir && (d = readdir(dir)) && tell_go(t, 0)) {
		char *path;
		struct buf text;

		if (d->d_name[0] == '.')
			continue;
		path = xasprintf("/var/lib/pacman/local/%s/desc", d->d_name);
		if (read_top(t, path, &text, DESC_MAX) &&
		    pkgdb_pacman(buf_bytes(&text), &p))
			tell_package(&l, &p);
		buf_release(&text);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

/* Its database is read by its own program alone. */
static void list_rpm(struct tell *t)
{
	static const char *const args[] = {"-qa", "--qf", PKGDB_RPM_FORMAT,
					   NULL};
	struct listing l = {.t = t, .manager = "rpm", .info = -1};
	struct tool tool = {0};
	uint64_t before = t->told;

	if (!packages_has_rpm(&t->triage->top))
		return;
	if (t->triage->is_image)
		tell_why(t, "not-live"); /* nothing of an image is run */
	else if (tool_run_for(t, &tool, "rpm", args, RPM_SECONDS)) {
		pkgdb_rpm(buf_bytes(&tool.out), tell_package, &l);
		tool.said = t->told - before;
		tool_tell(t, &tool);
	} else {
		tell_why(t, reason_word(REASON_PACKAGES));
	}
	tool_release(&tool);
}

void look_packages(struct tell *t)
{
	static const char *const apk[] = {"/lib/apk/db/installed",
					  "/usr/lib/apk/db/installed"};
	struct listing l = {.t = t, .manager = "dpkg"};
	struct buf text;

	l.info = top_open(&t->triage->top, INFO, O_PATH | O_DIRECTORY);
	if (read_top(t, "/var/lib/dpkg/status", &text, STATUS_MAX))
		pkgdb_dpkg(buf_bytes(&text), tell_package, NULL, &l);
	else if (errno != ENOENT && errno != ENOTDIR)
		tell_errno(t, errno);
	buf_release(&text);
	close_fd(l.info);
	l.info = -1;
	l.manager = "apk";
	for (size_t i = 0; i < ARRAY_SIZE(apk); i++) {
		if (read_top(t, apk[i], &text, STATUS_MAX))
			pkgdb_apk(buf_bytes(&text), tell_package, NULL, &l);
		buf_release(&text);
	}
	list_pacman(t);
	list_rpm(t);
	if (!t->told)
		tell_errno(t, ENOENT);
}

/* ---- whether their files are as they came ---- */

struct verify {
	struct tell *t;
	struct buf diversions;
	uint8_t *piece;
	uint64_t checked;
};

/* False with errno. */
static bool hash_file(struct verify *v, const char *path, enum hash_alg alg,
		      uint8_t out[HASH_LEN_MAX])
{
	int fd = top_open(&v->t->triage->top, path,
			  O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct hash hash;
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return false;
	hash_init(&hash, alg);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while (tell_go(v->t, PIECE) &&
		       (n = read(fd, v->piece, PIECE)) > 0)
			hash_add(&hash, bytes_of(v->piece, (size_t)n));
	(void)hash_final(&hash, out);
	close_fd(fd);
	errno = n < 0 ? EIO : 0;
	return n == 0;
}

static void tell_changed(struct verify *v, const struct pkg_file *f,
			 const char *path, const uint8_t *actual)
{
	struct tell *t = v->t;

	triage_begin(t, "changed_file", bytes_str(path));
	tell_bytes(t, "package", f->package);
	tell_bool(t, "config", f->config);
	tell_bool(t, "missing", !actual);
	if (f->n_hash)
		tell_hex(t, "expected", bytes_of(f->hash, f->n_hash));
	if (actual && f->n_hash)
		tell_hex(t, "actual", bytes_of(actual, f->n_hash));
	tell_bool(t, "critical", pkgdb_is_critical(bytes_str(path)));
	triage_end(t);
}

static void verify_file(void *arg, const struct pkg_file *f)
{
	struct verify *v = arg;
	uint8_t actual[HASH_LEN_MAX];
	struct bytes at;
	char *path, *place;

	path = xasprintf("%s%.*s", *f->path.p == '/' ? "" : "/",
			 (int)MIN(f->path.n, (size_t)4096),
			 (const char *)f->path.p);
	if ((f->config || pkgdb_is_checked(bytes_str(path))) &&
	    tell_go(v->t, 0)) {
		at = pkgdb_diverted(buf_bytes(&v->diversions), f->package,
				    bytes_str(path));
		place = bytes_to_str(at);
		v->checked++;
		if (hash_file(v, place, f->alg, actual)) {
			if (memcmp(actual, f->hash, f->n_hash) != 0)
				tell_changed(v, f, path, actual);
		} else if (errno == ENOENT || errno == ENOTDIR) {
			tell_changed(v, f, path, NULL);
		} else if (errno == EACCES) {
			tell_errno(v->t, errno);
		}
		free(place);
	}
	free(path);
}

/* "bash.md5sums", "libc6:amd64.md5sums" */
static struct bytes package_of(const char *name)
{
	struct bytes b = bytes_str(name), package;

	b.n -= strlen(SUMS);
	return bytes_split(&b, ':', &package) ? package : b;
}

static void verify_dpkg(struct verify *v)
{
	DIR *dir = top_opendir(&v->t->triage->top, INFO);
	struct dirent *d;
	struct buf text;

	while (dir && (d = readdir(dir)) && tell_go(v->t, 0)) {
		struct bytes name = bytes_str(d->d_name);
		char *path;

		if (name.n <= strlen(SUMS) || !bytes_ends(name, SUMS))
			continue;
		path = xasprintf(INFO "/%s", d->d_name);
		if (read_top(v->t, path, &text, SUMS_MAX))
			pkgdb_md5sums(package_of(d->d_name), buf_bytes(&text),
				      verify_file, v);
		buf_release(&text);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
	if (read_top(v->t, "/var/lib/dpkg/status", &text, STATUS_MAX))
		pkgdb_dpkg(buf_bytes(&text), NULL, verify_file, v);
	buf_release(&text);
}

static void verify_apk(struct verify *v, const char *path)
{
	struct buf text;

	if (read_top(v->t, path, &text, STATUS_MAX))
		pkgdb_apk(buf_bytes(&text), NULL, verify_file, v);
	buf_release(&text);
}

/* Those that logins and lists depend on; all of them would take minutes. */
static void verify_rpm(struct verify *v)
{
	static const char *const args[] = {
		"-V", "--nodeps", "--nomtime", "--noscripts", "openssh-server",
		"openssh-clients", "openssh", "pam", "sudo", "shadow-utils",
		"util-linux", "util-linux-core", "procps-ng", "coreutils",
		"coreutils-single", "iproute", "net-tools", "lsof", "kmod",
		"cronie", "bash", "glibc", "systemd", "rpm", NULL};
	struct tool tool = {0};
	struct bytes rest, line;

	if (v->t->triage->is_image ||
	    !packages_has_rpm(&v->t->triage->top) ||
	    !tool_run_for(v->t, &tool, "rpm", args, RPM_SECONDS)) {
		tool_release(&tool);
		return;
	}
	rest = buf_bytes(&tool.out);
	while (bytes_split(&rest, '\n', &line)) {
		struct pkg_file f = {0};
		bool missing;
		char *path;

		if (!pkgdb_rpm_verify(line, &f.path, &f.config, &missing))
			continue;
		path = bytes_to_str(f.path);
		tell_changed(v, &f, path,
			     missing ? NULL : (const uint8_t *)"");
		free(path);
	}
	v->checked++;
	if (tool.timeout)
		tell_why(v->t, "deadline");
	tool_release(&tool);
}

void look_changed_files(struct tell *t)
{
	struct verify v = {.t = t, .piece = xmalloc(PIECE)};

	(void)!read_top(t, "/var/lib/dpkg/diversions", &v.diversions,
			DIVERT_MAX);
	verify_dpkg(&v);
	verify_apk(&v, "/lib/apk/db/installed");
	verify_apk(&v, "/usr/lib/apk/db/installed");
	verify_rpm(&v);
	if (!v.checked)
		tell_errno(t, ENOENT);
	buf_release(&v.diversions);
	free(v.piece);
}

/* ---- programs that are nobody's ---- */

static void tell_unpackaged(struct tell *t, const char *path, int dir,
			    const char *name, const struct statx *st)
{
	uint8_t sha256[SHA256_LEN];
	const char *kind = "";
	int fd = open_quietly(dir, name, 0);
	bool hashed = fd >= 0 && content_hash(t, fd, sha256, &kind);

	close_fd(fd);
	if (!*kind)
		return;
	triage_begin(t, "unpackaged_file", bytes_str(path));
	tell_str(t, "kind", kind);
	tell_u64(t, "mode", st->stx_mode & 07777u);
	tell_time(t, "ctime", odd_time(st->stx_ctime));
	tell_u64(t, "size", st->stx_size);
	if (hashed)
		tell_hex(t, "sha256", bytes_of(sha256, sizeof sha256));
	triage_end(t);
}

static void look_in(struct tell *t, const char *folder, bool libraries)
{
	DIR *dir = top_opendir(&t->triage->top, folder);
	unsigned n = 0;
	struct dirent *d;

	while (dir && n < FILES_MAX && (d = readdir(dir)) && tell_go(t, 0)) {
		struct statx st;
		char *path;

		if (libraries && !bytes_find(bytes_str(d->d_name), ".so", NULL))
			continue;
		if (!odd_stat(dirfd(dir), d->d_name, &st) ||
		    !S_ISREG(st.stx_mode))
			continue;
		n++;
		path = xasprintf("%s/%s", folder, d->d_name);
		if (!triage_packaged(t, bytes_str(path)))
			tell_unpackaged(t, path, dirfd(dir), d->d_name, &st);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

/* Folders that are symlinks to others are looked at there. */
static bool is_link(struct tell *t, const char *folder)
{
	char *to = top_link(&t->triage->top, folder);

	free(to);
	return to != NULL;
}

static void look_in_libraries(struct tell *t, const char *top)
{
	DIR *dir = top_opendir(&t->triage->top, top);
	struct dirent *d;

	look_in(t, top, true);
	while (dir && (d = readdir(dir)) && tell_go(t, 0)) {
		char *folder, *inner;

		if (!bytes_find(bytes_str(d->d_name), "-linux-", NULL) &&
		    strcmp(d->d_name, "security") != 0)
			continue;
		folder = xasprintf("%s/%s", top, d->d_name);
		inner = xasprintf("%s/security", folder);
		look_in(t, folder, true);
		look_in(t, inner, true);
		free(folder);
		free(inner);
	}
	if (dir)
		(void)closedir(dir);
}

void look_unpackaged(struct tell *t)
{
	static const char *const programs[] = {
		"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/libexec",
		"/usr/lib/openssh", "/usr/lib/systemd",
		"/usr/lib/systemd/system-generators",
		"/usr/lib/systemd/user-generators",
		"/usr/lib/systemd/system-environment-generators",
		"/usr/lib/cgi-bin", "/usr/lib/sudo"};
	static const char *const libraries[] = {"/usr/lib", "/usr/lib64",
						"/lib", "/lib64"};

	if (!t->triage->has_packages) {
		tell_errno(t, ENOENT); /* everything would be nobody's */
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (!is_link(t, programs[i]))
			look_in(t, programs[i], false);
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (!is_link(t, libraries[i]))
			look_in_libraries(t, libraries[i]);
}
