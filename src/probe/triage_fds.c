/* SPDX-License-Identifier: Apache-2.0 */
/* What a process has open: only names are read. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "probe/proctext.h"
#include "probe/triage_fds.h"

#define FDS_MAX	    65536u
#define LINK_MAX_   ((size_t)4096)
#define DELETED_MAX ((size_t)64 << 10)
#define DELETED	    " (deleted)"

/* Memory that has the form of a file is deleted from the start. */
static bool is_deleted(struct bytes link)
{
	static const char *const memory[] = {"/memfd:", "/dev/zero", "/SYSV",
					     "/dev/shm/", "/[aio]", "/drm ",
					     "/i915"};

	if (link.n == 0 || link.p[0] != '/' || !bytes_ends(link, DELETED))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(memory); i++)
		if (bytes_starts(link, memory[i]))
			return false;
	return true;
}

/* A name for people: a path as it is, else what kind of thing it is. */
static void name_standard(struct tell *t, struct bytes link, struct buf *out)
{
	char shown[SOCK_SHOWN_MAX];
	const struct sock *s;
	uint64_t inode;

	if (socket_of_link(link, &inode)) {
		s = socktable_find(&t->triage->sockets, inode);
		(void)buf_add_bytes(out, s ? sock_show(s, shown)
					   : bytes_str("socket"));
	} else if (bytes_starts(link, "pipe:")) {
		(void)buf_add_str(out, "pipe");
	} else if (bytes_starts(link, "/dev/pts/") ||
		   bytes_starts(link, "/dev/tty") ||
		   bytes_starts(link, "/dev/console")) {
		(void)buf_add_str(out, "tty");
	} else {
		(void)buf_add_bytes(out, link);
	}
}

static void add_socket(struct open_files *f, uint64_t inode)
{
	if ((f->n_sockets & (f->n_sockets + 1)) == 0) /* 0, 1, 3, 7... */
		f->sockets = xrealloc(f->sockets, 2 * f->n_sockets + 2,
				      sizeof *f->sockets);
	f->sockets[f->n_sockets++] = inode;
}

/* prog_id: 12 */
static void add_bpf(struct tell *t, int dir, const char *fd, uint64_t pid)
{
	char path[64];
	struct buf text;
	uint64_t id = 0;

	(void)snprintf(path, sizeof path, "fdinfo/%s", fd);
	buf_init(&text, 4096);
	if (proc_read(dir, path, &text))
		id = proc_number(buf_bytes(&text), "prog_id:", 10);
	buf_release(&text);
	if (!id || !tell_enter(t))
		return;
	t->triage->bpf = xrealloc(t->triage->bpf, t->triage->n_bpf + 1,
				  sizeof *t->triage->bpf);
	t->triage->bpf[t->triage->n_bpf++] = (struct seen_bpf){id, pid};
	tell_leave(t);
}

void open_files_init(struct open_files *f)
{
	*f = (struct open_files){0};
	for (size_t i = 0; i < ARRAY_SIZE(f->standard); i++)
		buf_init(&f->standard[i], LINK_MAX_);
	buf_init(&f->deleted, DELETED_MAX);
}

void open_files_take(struct tell *t, struct open_files *f, uint64_t fd,
		     struct bytes link)
{
	uint64_t inode;

	if (fd < ARRAY_SIZE(f->standard))
		name_standard(t, link, &f->standard[fd]);
	if (socket_of_link(link, &inode))
		add_socket(f, inode);
	if (is_deleted(link) &&
	    buf_add(&f->deleted, link.p, link.n - strlen(DELETED)))
		(void)buf_add_byte(&f->deleted, 0); /* cut is fine */
}

void open_files_read(struct tell *t, uint64_t pid, int dir,
		     struct open_files *f)
{
	int fd = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	struct buf link;
	uint64_t number;

	open_files_init(f);
	f->denied = !d && errno == EACCES;
	buf_init(&link, LINK_MAX_ + 64);
	for (unsigned n = 0; d && n < FDS_MAX && (e = readdir(d)); n++) {
		if (!bytes_to_u64(bytes_str(e->d_name), &number) ||
		    !proc_link(dirfd(d), e->d_name, &link))
			continue;
		open_files_take(t, f, number, buf_bytes(&link));
		if (bytes_eq(buf_bytes(&link),
			     bytes_str("anon_inode:bpf-prog"))) {
			f->n_bpf++;
			add_bpf(t, dir, e->d_name, pid);
		}
	}
	if (d)
		(void)closedir(d);
	else
		close_fd(fd);
	buf_release(&link);
}

void open_files_release(struct open_files *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(f->standard); i++)
		buf_release(&f->standard[i]);
	buf_release(&f->deleted);
	free(f->sockets);
}

void open_files_tell(struct tell *t, const struct open_files *f)
{
	static const char *const keys[] = {"stdin", "stdout", "stderr"};
	struct bytes rest = buf_bytes(&f->deleted), path;

	if (f->denied)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (f->standard[i].n)
			tell_bytes(t, keys[i], buf_bytes(&f->standard[i]));
	tell_list(t, "deleted_open");
	while (bytes_split(&rest, 0, &path))
		if (path.n)
			tell_entry(t, path);
	tell_list_end(t);
	tell_int(t, "bpf_programs", f->n_bpf);
}

/* systemd keeps a hold of what it listens on for others: they come first. */
void open_files_claim(struct tell *t, const struct open_files *f, uint64_t pid,
		      uint64_t seq)
{
	if (!seq || !tell_enter(t))
		return;
	for (size_t i = 0; i < f->n_sockets; i++) {
		struct sock *s = socktable_find(&t->triage->sockets,
						f->sockets[i]);

		if (s && (!s->process_seq || s->pid == 1)) {
			s->process_seq = seq;
			s->pid = pid;
		}
	}
	tell_leave(t);
}
