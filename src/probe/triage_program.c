/* SPDX-License-Identifier: Apache-2.0 */
/* The program a process runs, each file hashed once, and its mappings. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "probe/pathsign.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/regions.h"
#include "probe/triage_program.h"

#define PIECE	     ((size_t)256 << 10)
#define PROGRAM_MAX  ((uint64_t)1 << 30)
#define PROGRAMS_MAX 8192u
#define MAPS_MAX     ((size_t)16 << 20)

/* ---- its file ---- */

bool content_hash(struct tell *t, int fd, uint8_t out[SHA256_LEN],
		  const char **kind)
{
	uint8_t *piece = xmalloc(PIECE), room[HASH_LEN_MAX];
	struct hash hash;
	uint64_t done = 0;
	ssize_t n = -1;

	hash_init(&hash, HASH_SHA256);
	while (done < PROGRAM_MAX && tell_go(t, PIECE)) {
		n = read(fd, piece, PIECE);
		if (n <= 0)
			break;
		if (done == 0)
			*kind = program_kind(bytes_of(piece, (size_t)n));
		hash_add(&hash, bytes_of(piece, (size_t)n));
		done += (uint64_t)n;
	}
	(void)hash_final(&hash, room);
	memcpy(out, room, SHA256_LEN);
	free(piece);
	return n == 0;
}

static struct seen_program *find_program(struct triage *t,
					 const struct stat *st)
{
	for (size_t i = 0; i < t->n_programs; i++) {
		struct seen_program *p = &t->programs[i];

		if (p->ino == st->st_ino && p->dev == st->st_dev &&
		    p->size == (uint64_t)st->st_size &&
		    p->ctime_ns == time_from_spec(st->st_ctim))
			return p;
	}
	return NULL;
}

/* Looked at now, unless it was before. */
static struct seen_program look_at_program(struct tell *t,
					   const struct process *p,
					   const struct stat *st)
{
	struct triage *shared = t->triage;
	const struct seen_program *known = find_program(shared, st);
	struct seen_program now = {.dev = st->st_dev,
				   .ino = st->st_ino,
				   .size = (uint64_t)st->st_size,
				   .ctime_ns = time_from_spec(st->st_ctim),
				   .kind = ""};
	int fd;

	if (known)
		return *known;
	fd = process_open_exe(p);
	now.hashed = fd >= 0 && content_hash(t, fd, now.sha256, &now.kind);
	close_fd(fd);
	if (shared->n_programs < PROGRAMS_MAX && tell_enter(t)) {
		shared->programs = xrealloc(shared->programs,
					    shared->n_programs + 1,
					    sizeof now);
		shared->programs[shared->n_programs++] = now;
		tell_leave(t);
	}
	return now;
}

/* As its own root has it. */
static bool has_other_file(const struct process *p, const struct stat *st)
{
	int root = openat(p->dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *path = bytes_to_str(buf_bytes(&p->exe));
	struct stat other;
	bool yes = root >= 0 && path[0] == '/' && path[1] &&
		   fstatat(root, path + 1, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
		   (other.st_ino != st->st_ino || other.st_dev != st->st_dev);

	close_fd(root);
	free(path);
	return yes;
}

bool program_tell(struct tell *t, const struct process *p,
		  uint8_t out[SHA256_LEN])
{
	struct seen_program program;
	struct stat st;

	if (!p->exe.n || fstatat(p->dir, "exe", &st, 0) != 0)
		return false;
	program = look_at_program(t, p, &st);
	tell_int(t, "exe_mode", st.st_mode & 07777);
	tell_u64(t, "exe_links", st.st_nlink);
	tell_time(t, "exe_ctime", program.ctime_ns);
	tell_u64(t, "exe_size", program.size);
	if (t->triage->has_packages)
		tell_bool(t, "exe_packaged",
			  triage_packaged(t, buf_bytes(&p->exe)));
	if (*program.kind)
		tell_str(t, "exe_kind", program.kind);
	if (p->exe_deleted && !p->memfd)
		tell_bool(t, "exe_replaced", has_other_file(p, &st));
	memcpy(out, program.sha256, SHA256_LEN);
	return program.hashed;
}

/* ---- what is mapped ---- */

static bool is_run(const struct region *r)
{
	return r->perms.n >= 3 && r->perms.p[2] == 'x';
}

enum { MAP_NONE, MAP_MEMFD, MAP_DELETED, MAP_ODD, MAP_UNPACKAGED };

static bool is_memory(struct bytes path)
{
	return bytes_starts(path, "/dev/zero") || bytes_starts(path, "/SYSV") ||
	       bytes_starts(path, "/[aio]") || bytes_starts(path, "/anon_hugepage");
}

static int kind_of_map(const struct tell *t, const struct region *r,
		       bool sensitive)
{
	if (!is_run(r) || !r->path.n || r->path.p[0] != '/' ||
	    is_memory(r->path))
		return MAP_NONE;
	if (bytes_starts(r->path, "/memfd:"))
		return MAP_MEMFD;
	if (bytes_ends(r->path, " (deleted)"))
		return MAP_DELETED;
	if (path_is_scratch(r->path) || path_is_hidden(r->path) ||
	    path_is_below(r->path, "/home") || path_is_below(r->path, "/root"))
		return MAP_ODD;
	return sensitive && t->triage->has_packages &&
			       !triage_packaged(t, r->path)
		       ? MAP_UNPACKAGED
		       : MAP_NONE;
}

static void tell_maps_of(struct tell *t, const struct regions *regions,
			 const int *kinds, int kind, const char *key)
{
	struct bytes last = {0};

	tell_list(t, key);
	for (size_t i = 0; i < regions->n; i++) {
		if (kinds[i] != kind || bytes_eq(regions->all[i].path, last))
			continue;
		last = regions->all[i].path;
		tell_entry(t, last);
	}
	tell_list_end(t);
}

/* Anonymous memory that may be both written and run. */
static unsigned count_rwx(const struct regions *r)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->n; i++) {
		struct bytes path = r->all[i].path;

		n += is_run(&r->all[i]) && r->all[i].perms.p[1] == 'w' &&
		     (path.n == 0 || path.p[0] != '/');
	}
	return n;
}

void maps_take(struct tell *t, struct buf *text, bool sensitive)
{
	struct regions regions = {.mem = -1, .pagemap = -1, .text = *text};
	int *kinds;

	*text = (struct buf){.max = text->max};
	regions_parse(&regions);
	kinds = xcalloc(regions.n, sizeof *kinds);
	for (size_t i = 0; i < regions.n; i++) {
		sensitive |= is_run(&regions.all[i]) &&
			     bytes_find(regions.all[i].path, "/libpam.so",
					NULL);
	}
	for (size_t i = 0; i < regions.n; i++)
		kinds[i] = kind_of_map(t, &regions.all[i], sensitive);
	tell_maps_of(t, &regions, kinds, MAP_MEMFD, "maps_exec_memfd");
	tell_maps_of(t, &regions, kinds, MAP_DELETED, "maps_exec_deleted");
	tell_maps_of(t, &regions, kinds, MAP_ODD, "maps_exec_odd");
	tell_maps_of(t, &regions, kinds, MAP_UNPACKAGED,
		     "maps_exec_unpackaged");
	tell_int(t, "maps_rwx", count_rwx(&regions));
	free(kinds);
	regions_close(&regions);
}

/* Those that logins and jobs depend on. */
static bool is_sensitive(struct bytes exe)
{
	static const char *const names[] = {
		"sshd",	 "sshd-session", "sshd-auth", "cron",  "crond",
		"login", "su",		 "sudo",      "agetty", "getty",
		"atd",	 "polkitd",	 "gdm",	      "lightdm"};
	struct bytes name = bytes_file_name(exe);

	if (bytes_starts(name, "systemd"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (bytes_eq(name, bytes_str(names[i])))
			return true;
	return false;
}

void maps_tell(struct tell *t, const struct process *p)
{
	struct buf text;

	if (p->kernel)
		return;
	buf_init(&text, MAPS_MAX);
	if (proc_read(p->dir, "maps", &text))
		maps_take(t, &text, is_sensitive(buf_bytes(&p->exe)));
	else if (errno == EACCES || errno == EPERM)
		tell_errno(t, errno);
	buf_release(&text);
}
