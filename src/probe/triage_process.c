/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of the host: each with all that /proc has of it, hidden ones too,
 * and ours left out. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"
#include "probe/hidden.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/secret.h"
#include "probe/take.h"
#include "probe/triage_fds.h"
#include "probe/triage_program.h"

#define STAT_MAX    ((size_t)16 << 10)
#define ENVIRON_MAX ((size_t)2 << 20)
#define NOTE_CELLS  200u
#define NETS_MAX    256u
#define TABLE_MAX   ((size_t)64 << 20)

static const char *const spaces[] = {"mnt", "pid",    "net",  "ipc",
				     "uts", "user", "cgroup", "time"};

struct namespaces {
	struct buf of[ARRAY_SIZE(spaces)]; /* "mnt:[4026531841]" */
};

/* A process under way. */
struct member {
	struct tell *t;
	struct process p;
	struct namespaces ns;
	struct open_files open;
	struct buf stat, status, cgroup;
	const struct found_process *found;
	const struct namespaces *first; /* of pid 1 */
};

/* ---- namespaces ---- */

static void read_namespaces(int dir, struct namespaces *ns)
{
	char path[32];

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		(void)snprintf(path, sizeof path, "ns/%s", spaces[i]);
		buf_init(&ns->of[i], 4200);
		(void)!proc_link(dir, path, &ns->of[i]); /* then empty */
	}
}

/* Those of the first process; ours where it may not be looked at. */
static void read_first(struct namespaces *ns)
{
	int one = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char path[32];

	read_namespaces(one, ns);
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		(void)snprintf(path, sizeof path, "ns/%s", spaces[i]);
		if (!ns->of[i].n)
			(void)!proc_link(self, path, &ns->of[i]); /* as above */
	}
	close_fd(one);
	close_fd(self);
}

static void release_namespaces(struct namespaces *ns)
{
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++)
		buf_release(&ns->of[i]);
}

/* "net:[4026531840]" */
static uint64_t namespace_number(struct bytes link)
{
	struct bytes head;
	uint64_t n;

	if (!bytes_split(&link, '[', &head) || link.n < 2 ||
	    !bytes_to_u64(bytes_of(link.p, link.n - 1), &n))
		return 0;
	return n;
}

static void tell_namespaces(struct member *m)
{
	bool other_pids = false;
	struct bytes id = {0};

	tell_list(m->t, "namespaces");
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		struct bytes mine = buf_bytes(&m->ns.of[i]);
		struct bytes firsts = buf_bytes(&m->first->of[i]);
		char text[48];

		if (!mine.n || !firsts.n || bytes_eq(mine, firsts))
			continue;
		other_pids |= strcmp(spaces[i], "pid") == 0;
		(void)snprintf(text, sizeof text, "%s:%" PRIu64, spaces[i],
			       namespace_number(mine));
		tell_entry(m->t, bytes_str(text));
	}
	tell_list_end(m->t);
	tell_bool(m->t, "container",
		  other_pids ||
			  *cgroup_container(buf_bytes(&m->cgroup), &id));
}

/* ---- the members of one ---- */

void take_stat(struct tell *t, struct bytes stat, struct bytes status)
{
	char state[2] = {0};
	struct proc_stat s;
	struct bytes text;

	if (!proc_stat_parse(stat, &s))
		return;
	state[0] = s.state;
	tell_bytes(t, "comm", s.comm);
	tell_str(t, "state", state);
	tell_bool(t, "kernel_thread", s.kernel_thread);
	tell_bool(t, "has_memory", proc_value(status, "VmSize:", &text));
	tell_int(t, "tty", s.tty);
	tell_u64(t, "sid", s.sid);
	tell_u64(t, "threads", s.threads);
	tell_u64(t, "tracer", proc_number(status, "TracerPid:", 10));
	tell_u64(t, "seccomp", proc_number(status, "Seccomp:", 10));
	if (proc_value(status, "CapEff:", &text))
		tell_bytes(t, "caps", text);
	if (proc_value(status, "Gid:", &text))
		tell_u64(t, "gid", proc_word_number(text, 1));
}

static void tell_link(struct member *m, const char *name, const char *key,
		      const char *unless)
{
	struct buf link;

	buf_init(&link, 4200);
	if (proc_link(m->p.dir, name, &link) &&
	    !bytes_eq(buf_bytes(&link), bytes_str(unless)))
		tell_bytes(m->t, key, buf_bytes(&link));
	buf_release(&link);
}

static void tell_environ(struct member *m)
{
	struct bytes rest, variable;
	struct buf text;

	if (m->p.kernel)
		return;
	buf_init(&text, ENVIRON_MAX);
	if (proc_read(m->p.dir, "environ", &text)) {
		secret_clean_text(m->t->triage->with_secrets, &text);
		rest = buf_bytes(&text);
		tell_bool(m->t, "environ_empty", rest.n == 0);
		tell_list(m->t, "environ");
		while (bytes_split(&rest, 0, &variable))
			if (environ_matters(variable))
				tell_entry(m->t, variable);
		tell_list_end(m->t);
	} else if (errno == EACCES || errno == EPERM) {
		tell_errno(m->t, errno);
	}
	buf_release(&text);
}

static void tell_paths(struct member *m)
{
	struct bytes cmdline = buf_bytes(&m->p.cmdline), argv0;

	if (bytes_split(&cmdline, 0, &argv0))
		tell_bytes(m->t, "argv0", argv0);
	tell_link(m, "cwd", "cwd", "");
	tell_link(m, "root", "root", "/");
	if (m->cgroup.n)
		tell_bytes(m->t, "cgroup", buf_bytes(&m->cgroup));
}

static void tell_found(struct member *m)
{
	tell_bool(m->t, "listed", strcmp(m->found->found_by, "readdir") == 0);
	tell_str(m->t, "found_by", m->found->found_by);
}

/* ---- those who come later ask for it ---- */

static char *note_of(const struct process *p, struct bytes comm)
{
	struct buf line, shown;

	buf_init(&line, RECORD_META_MAX);
	buf_init(&shown, RECORD_META_MAX);
	(void)buf_add_bytes(&line, p->cmdline.n ? buf_bytes(&p->cmdline)
						: comm);
	for (size_t i = 0; i < line.n; i++)
		line.p[i] = line.p[i] ? line.p[i] : ' ';
	text_append(&shown, bytes_trim(buf_bytes(&line)), NOTE_CELLS);
	buf_release(&line);
	return buf_detach(&shown);
}

static void remember(struct member *m, uint64_t seq)
{
	struct triage *shared = m->t->triage;
	struct proc_stat s = {0};
	struct seen_process now = {
		.pid = m->p.pid,
		.seq = seq,
		.exe = bytes_to_str(buf_bytes(&m->p.exe)),
		.cgroup = bytes_to_str(buf_bytes(&m->cgroup)),
	};

	(void)!proc_stat_parse(buf_bytes(&m->stat), &s); /* then no name */
	now.note = note_of(&m->p, s.comm);
	if (!tell_enter(m->t)) {
		free(now.exe);
		free(now.cgroup);
		free(now.note);
		return;
	}
	shared->processes = xrealloc(shared->processes,
				     shared->n_processes + 1, sizeof now);
	shared->processes[shared->n_processes++] = now;
	tell_leave(m->t);
}

/* ---- one process ---- */

static void read_cgroup(struct member *m)
{
	struct buf text;

	buf_init(&text, STAT_MAX);
	buf_init(&m->cgroup, STAT_MAX);
	if (proc_read(m->p.dir, "cgroup", &text))
		(void)buf_add_bytes(&m->cgroup, proc_cgroup(buf_bytes(&text)));
	buf_release(&text);
}

static void tell_one(struct member *m)
{
	uint8_t sha256[SHA256_LEN];
	struct rec_process rec;
	uint64_t seq;

	process_fill(&m->p, &rec);
	tell_members(m->t);
	take_stat(m->t, buf_bytes(&m->stat), buf_bytes(&m->status));
	tell_paths(m);
	tell_namespaces(m);
	if (program_tell(m->t, &m->p, sha256))
		rec.sha256 = bytes_of(sha256, sizeof sha256);
	tell_environ(m);
	maps_tell(m->t, &m->p);
	open_files_tell(m->t, &m->open);
	tell_found(m);
	seq = tell_process(m->t, &rec);
	open_files_claim(m->t, &m->open, m->p.pid, seq);
	remember(m, seq);
}

static void look_at(struct tell *t, const struct found_process *found,
		    const struct namespaces *first)
{
	struct member m = {.t = t, .found = found, .first = first};

	if (!process_open(&m.p, found->pid))
		return; /* it has ended */
	secret_clean_arguments(t->triage->with_secrets, &m.p.cmdline);
	if (!m.p.own) {
		read_namespaces(m.p.dir, &m.ns);
		buf_init(&m.stat, STAT_MAX);
		buf_init(&m.status, STAT_MAX);
		(void)!proc_read(m.p.dir, "stat", &m.stat);
		(void)!proc_read(m.p.dir, "status", &m.status);
		read_cgroup(&m);
		open_files_read(t, m.p.pid, m.p.dir, &m.open);
		if (m.open.denied)
			tell_errno(t, EACCES);
		tell_one(&m);
		open_files_release(&m.open);
		buf_release(&m.cgroup);
		buf_release(&m.stat);
		buf_release(&m.status);
		release_namespaces(&m.ns);
	}
	process_close(&m.p);
}

/* What does not ask for its memory, which is what hung. */
static void tell_stuck(struct tell *t, uint64_t pid)
{
	struct rec_process rec = {.pid = pid, .start_ns = TIME_UNKNOWN};
	char path[64], state[2] = {0};
	struct proc_stat s;
	struct buf text;

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/stat", pid);
	if (proc_stat_read(AT_FDCWD, path, &text, &s)) {
		rec.ppid = s.ppid;
		state[0] = s.state;
		tell_members(t);
		tell_bytes(t, "comm", s.comm);
		tell_str(t, "state", state);
		(void)tell_process(t, &rec); /* nobody claims for it */
	}
	buf_release(&text);
}

/* ---- the sockets that they may hold ---- */

static void read_tables(struct tell *t, uint64_t pid, uint64_t net)
{
	char path[64];
	struct buf text;

	for (size_t i = 0; socktable_names[i]; i++) {
		(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/net/%s",
			       pid, socktable_names[i]);
		buf_init(&text, TABLE_MAX);
		if (proc_read(AT_FDCWD, path, &text) && tell_enter(t)) {
			socktable_add(&t->triage->sockets, socktable_names[i],
				      buf_bytes(&text), net, false);
			tell_leave(t);
		}
		buf_release(&text);
	}
}

static uint64_t net_of(uint64_t pid)
{
	char path[64];
	struct buf link;
	uint64_t net = 0;

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/ns/net", pid);
	buf_init(&link, 4200);
	if (proc_link(AT_FDCWD, path, &link))
		net = namespace_number(buf_bytes(&link));
	buf_release(&link);
	return net;
}

/* Our own first; then by whoever lives in each other one. */
static void read_sockets(struct tell *t, const struct found_process *all,
			 size_t n)
{
	uint64_t seen[NETS_MAX] = {net_of((uint64_t)getpid())}, net;
	size_t n_seen = 1, k;

	read_tables(t, (uint64_t)getpid(), seen[0]);
	for (size_t i = 0; i < n && n_seen < NETS_MAX; i++) {
		net = net_of(all[i].pid);
		for (k = 0; k < n_seen && seen[k] != net; k++)
			continue;
		if (!net || k < n_seen || !tell_go(t, 0))
			continue;
		seen[n_seen++] = net;
		read_tables(t, all[i].pid, net);
	}
}

/* ---- all of them ---- */

static void tell_hidden(struct tell *t, const struct found_process *f)
{
	const struct seen_process *p = triage_process(t->triage, f->pid);
	char name[24];

	if (strcmp(f->found_by, "readdir") == 0)
		return;
	(void)snprintf(name, sizeof name, "%" PRIu64, f->pid);
	tell_difference(t, bytes_str(name), "process", f->found_by, "readdir",
			p ? p->note : NULL);
}

void look_processes(struct tell *t)
{
	uint64_t from = t->at; /* another hung there */
	struct namespaces first;
	struct found_process *all;
	size_t n;

	all = hidden_list(t, &n);
	if (!n)
		tell_errno(t, errno);
	if (from)
		tell_stuck(t, from);
	else
		read_sockets(t, all, n);
	read_first(&first);
	for (size_t i = 0; i < n && tell_go(t, 0); i++) {
		if (all[i].pid <= from)
			continue;
		tell_at(t, all[i].pid);
		look_at(t, &all[i], &first);
		tell_hidden(t, &all[i]);
	}
	release_namespaces(&first);
	free(all);
}
