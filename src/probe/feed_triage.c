/* SPDX-License-Identifier: Apache-2.0 */
/* What a shell tells of a live host. */
#include "base/base.h"

#include "base/time.h"
#include "probe/feed_triage.h"
#include "probe/process.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/secret.h"
#include "probe/take.h"
#include "probe/triage.h"
#include "probe/triage_fds.h"

#define HZ_USUAL  100u

/* Sources that a shell can show, and what was told of each. */
enum { PROCESSES, SOCKETS, MODULES, KERNEL, MOUNTS, INTERFACES, ROUTES,
       NEIGHBOURS, TIME_ZONE, N_SHOWN };

static const char *const shown_sources[N_SHOWN] = {
	"processes", "sockets",	   "modules", "kernel",
	"mounts",    "interfaces", "routes",  "neighbours", "time-zone"};

struct feed_triage {
	struct triage triage;
	struct tell tell;
	uint64_t told[N_SHOWN];
	uint64_t hz, self; /* the shell's own number */
	int64_t boot_ns;
};

struct feed_triage *feed_triage_new(struct run *run)
{
	struct feed_triage *f = xcalloc(1, sizeof *f);

	f->hz = HZ_USUAL;
	f->boot_ns = TIME_UNKNOWN;
	f->triage.is_fed = true;
	f->triage.top.fd = -1;
	socktable_init(&f->triage.sockets);
	tell_init(&f->tell, &f->triage, run, INT64_MAX / 4);
	return f;
}

/* What was told since is of that source. */
static void count(struct feed_triage *f, unsigned source, uint64_t before)
{
	f->told[source] += f->tell.told - before;
}

void feed_triage_table(struct feed_triage *f, struct bytes name,
		       struct bytes table, bool swapped)
{
	for (size_t i = 0; socktable_names[i]; i++)
		if (bytes_eq(name, bytes_str(socktable_names[i])))
			socktable_add(&f->triage.sockets, socktable_names[i],
				      table, 1, swapped);
}

/* ---- texts ---- */

static void take_modules(struct tell *t, struct bytes text, bool swapped UNUSED)
{
	struct module_line m;
	struct bytes line;

	while (bytes_split(&text, '\n', &line)) {
		if (!module_parse(line, &m))
			continue;
		module_tell(t, &m);
		triage_end(t);
	}
}

static void take_mountinfo(struct tell *t, struct bytes text,
			   bool swapped UNUSED)
{
	take_mounts(t, text);
}

static void take_ipv6_route(struct tell *t, struct bytes text,
			    bool swapped UNUSED)
{
	take_routes6(t, text);
}

static void take_arp(struct tell *t, struct bytes text, bool swapped UNUSED)
{
	take_neighbours(t, text);
}

/* "eth0 0x1003 52:54:00:12:34:56 1500 up", or the name alone. */
static void take_interface(struct tell *t, struct bytes text,
			   bool swapped UNUSED)
{
	struct bytes flags = proc_word(text, 1);
	uint64_t v = 0;

	triage_begin(t, "interface", proc_word(text, 0));
	if (bytes_starts(flags, "0x") &&
	    bytes_hex_to_u64(bytes_skip(flags, 2), &v)) {
		tell_bytes(t, "mac", proc_word(text, 2));
		tell_u64(t, "flags", v);
		tell_bool(t, "promiscuous", (v & 0x100) != 0);
		tell_u64(t, "mtu", proc_word_number(text, 3));
		tell_bytes(t, "state", proc_word(text, 4));
	}
	triage_end(t);
}

static void take_zone(struct tell *t, struct bytes text, bool swapped UNUSED)
{
	take_zone_link(t, bytes_trim(text));
}

/* "core_pattern |/usr/lib/..." */
static void take_kernel(struct tell *t, struct bytes text, bool swapped UNUSED)
{
	struct bytes name;

	if (bytes_split(&text, ' ', &name) && name.n)
		take_setting(t, name, bytes_trim(text));
}

static const struct {
	const char *name;
	unsigned source;
	void (*take)(struct tell *t, struct bytes text, bool swapped);
} texts[] = {
	{"modules", MODULES, take_modules},
	{"mountinfo", MOUNTS, take_mountinfo},
	{"route", ROUTES, take_routes},
	{"ipv6_route", ROUTES, take_ipv6_route},
	{"arp", NEIGHBOURS, take_arp},
	{"interface", INTERFACES, take_interface},
	{"kernel", KERNEL, take_kernel},
	{"localtime", TIME_ZONE, take_zone},
};

void feed_triage_text(struct feed_triage *f, struct bytes name,
		      struct bytes text, bool swapped)
{
	uint64_t before = f->tell.told, v;

	if (bytes_eq(name, bytes_str("hz")) &&
	    bytes_to_u64(bytes_trim(text), &v) && v && v <= 10000)
		f->hz = v;
	if (bytes_eq(name, bytes_str("self")) &&
	    bytes_to_u64(bytes_trim(text), &v))
		f->self = v;
	if (bytes_eq(name, bytes_str("stat")) &&
	    (v = proc_number(text, "btime ", 10)) &&
	    v < (uint64_t)(INT64_MAX / NS_PER_S))
		f->boot_ns = (int64_t)v * NS_PER_S;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!bytes_eq(name, bytes_str(texts[i].name)))
			continue;
		texts[i].take(&f->tell, text, swapped);
		count(f, texts[i].source, before);
	}
}

/* ---- processes ---- */

/* A process as its links have it. */
struct links {
	struct bytes exe, cwd, root;
	struct open_files open;
};

/* ls(1): "lrwxrwxrwx 1 root root 0 Jan 1 00:00 /proc/7/exe -> /bin/sh" */
static bool link_of(struct bytes line, uint64_t pid, struct bytes *name,
		    struct bytes *to)
{
	char prefix[48];
	size_t at, arrow;

	(void)snprintf(prefix, sizeof prefix, " /proc/%" PRIu64 "/", pid);
	if (!bytes_find(line, prefix, &at))
		return false;
	*name = bytes_skip(line, at + strlen(prefix));
	if (!bytes_find(*name, " -> ", &arrow))
		return false;
	*to = bytes_skip(*name, arrow + 4);
	name->n = arrow;
	return true;
}

static void read_links(struct feed_triage *f, const struct feed_process *p,
		       struct links *l)
{
	struct bytes rest = p->links, line, name, to;
	uint64_t fd;

	*l = (struct links){0};
	open_files_init(&l->open);
	l->open.denied = true;
	while (bytes_split(&rest, '\n', &line)) {
		if (!link_of(line, p->pid, &name, &to))
			continue;
		if (bytes_eq(name, bytes_str("exe")))
			l->exe = to;
		else if (bytes_eq(name, bytes_str("cwd")))
			l->cwd = to;
		else if (bytes_eq(name, bytes_str("root")))
			l->root = to;
		else if (bytes_starts(name, "fd/") &&
			 bytes_to_u64(bytes_skip(name, 3), &fd)) {
			l->open.denied = false;
			open_files_take(&f->tell, &l->open, fd, to);
		}
	}
}

/* Zero bytes come as \1, which no argument has but on purpose. */
static struct bytes arguments(const struct run *run,
			      const struct feed_process *p, struct buf *room)
{
	struct bytes b;

	buf_init(room, RECORD_META_MAX);
	(void)buf_add(room, p->cmdline.p,
		      MIN(p->cmdline.n, (size_t)RECORD_META_MAX));
	for (size_t i = 0; i < room->n; i++)
		room->p[i] = room->p[i] == 1 ? 0 : room->p[i];
	secret_clean_arguments(run->plan->start.secrets, room);
	b = buf_bytes(room);
	if (b.n && b.p[b.n - 1] == 0)
		b.n--;
	return b;
}

static void remember(struct feed_triage *f, const struct rec_process *rec,
		     struct bytes exe)
{
	struct triage *t = &f->triage;

	t->processes = xrealloc(t->processes, t->n_processes + 1,
				sizeof *t->processes);
	t->processes[t->n_processes++] =
		(struct seen_process){.pid = rec->pid,
				      .seq = rec->seq,
				      .exe = bytes_to_str(exe)};
}

static void tell_one(struct feed_triage *f, const struct feed_process *p,
		     const struct proc_stat *s, struct links *l)
{
	struct tell *t = &f->tell;
	struct rec_process rec = {.pid = p->pid, .ppid = s->ppid};
	struct bytes uid, argv0, args;
	struct buf room;

	args = rec.cmdline = arguments(t->run, p, &room);
	rec.start_ns = process_start_ns(f->boot_ns, (int64_t)f->hz, s->ticks);
	if (proc_value(p->status, "Uid:", &uid))
		rec.uid = proc_word_number(uid, 1);
	rec.exe_deleted = process_cut_deleted(&l->exe);
	rec.exe = l->exe;
	rec.memfd = bytes_starts(l->exe, "/memfd:");
	tell_members(t);
	take_stat(t, p->stat, p->status);
	if (bytes_split(&args, 0, &argv0))
		tell_bytes(t, "argv0", argv0);
	if (l->cwd.n)
		tell_bytes(t, "cwd", l->cwd);
	if (l->root.n > 1)
		tell_bytes(t, "root", l->root);
	open_files_tell(t, &l->open);
	tell_bool(t, "listed", true);
	tell_str(t, "found_by", "readdir");
	(void)tell_process(t, &rec);
	open_files_claim(t, &l->open, rec.pid, rec.seq);
	remember(f, &rec, l->exe);
	buf_release(&room);
}

/* The shell that tells is no part of the picture, nor what it runs. */
void feed_triage_process(struct feed_triage *f, const struct feed_process *p)
{
	uint64_t before = f->tell.told;
	struct proc_stat s;
	struct links l;

	if (!proc_stat_parse(p->stat, &s) || s.pid != p->pid ||
	    (f->self && (s.pid == f->self || s.ppid == f->self)))
		return;
	read_links(f, p, &l);
	tell_one(f, p, &s, &l);
	open_files_release(&l.open);
	count(f, PROCESSES, before);
}

/* ---- the end ---- */

static bool is_shown(const char *name)
{
	for (size_t i = 0; i < N_SHOWN; i++)
		if (strcmp(shown_sources[i], name) == 0)
			return true;
	return false;
}

static void say_all(struct feed_triage *f)
{
	for (size_t i = 0; i < N_SHOWN; i++)
		triage_say(f->tell.run, shown_sources[i],
			   f->told[i] ? "" : "not-found", f->told[i]);
	for (size_t i = 0; i < n_triage_sources; i++)
		if (!is_shown(triage_sources[i].name))
			triage_say(f->tell.run, triage_sources[i].name,
				   "no-probe", 0);
}

void feed_triage_end(struct feed_triage *f)
{
	uint64_t before;

	if (!f)
		return;
	before = f->tell.told;
	if (f->triage.sockets.n)
		look_sockets(&f->tell);
	count(f, SOCKETS, before);
	say_all(f);
	for (size_t i = 0; i < f->triage.n_processes; i++)
		free(f->triage.processes[i].exe);
	free(f->triage.processes);
	socktable_release(&f->triage.sockets);
	tell_release(&f->tell);
	free(f);
}
