/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host's own programs say, held against what system calls say. Each
 * is asked again before a difference is told: what came or went meanwhile is
 * none.
 */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "probe/process.h"
#include "probe/proctext.h"
#include "probe/said.h"
#include "probe/tool.h"
#include "probe/triage_module.h"

#define ROUNDS	      3u
#define TABLE_MAX     ((size_t)64 << 20)
#define TOLD_MAX      200u /* differences of one program */
#define TCP_ESTABLISHED 1u
#define TCP_LISTEN    10u
#define TCP_CLOSE     7u /* of UDP: it has no peer */

/* One program asked: what we see, what it says, and what is then odd. */
struct view {
	struct tell *t;
	struct tool tool;
	void (*ours)(struct view *v, struct numbers *out);
	bool (*theirs)(struct view *v, struct numbers *out);
	const char *folder; /* ls */
	struct numbers odd; /* in ours, and not in theirs, every time */
	size_t said;
	bool compared;
};

/* ---- asking ---- */

static void keep_common(struct numbers *odd, struct numbers *now, bool first)
{
	size_t k = 0;

	if (first) {
		numbers_release(odd);
		*odd = *now;
		*now = (struct numbers){0};
		return;
	}
	for (size_t i = 0; i < odd->n; i++)
		if (numbers_has(now, odd->v[i]))
			odd->v[k++] = odd->v[i];
	odd->n = k;
}

/* Ours before and after theirs; again as long as there are differences. */
static void compare(struct view *v)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct numbers before = {0}, after = {0}, theirs = {0},
			       now = {0};

		v->ours(v, &before);
		v->compared = v->theirs(v, &theirs);
		v->ours(v, &after);
		if (v->compared)
			numbers_missing(&before, &after, &theirs, &now);
		v->said = theirs.n;
		keep_common(&v->odd, &now, i == 0);
		numbers_release(&before);
		numbers_release(&after);
		numbers_release(&theirs);
		numbers_release(&now);
		if (!v->compared || !v->odd.n)
			break;
	}
	if (!v->compared)
		v->odd.n = 0;
}

static void end(struct view *v)
{
	numbers_release(&v->odd);
	tool_release(&v->tool);
}

/* ---- ps ---- */

static void our_pids(struct view *v UNUSED, struct numbers *out)
{
	size_t n;
	uint64_t *pids = process_list(&n);

	for (size_t i = 0; i < n; i++)
		numbers_add(out, pids[i]);
	free(pids);
}

/* BusyBox lists all without being asked to, and knows no -e. */
static bool their_pids(struct view *v, struct numbers *out)
{
	static const char *const all[] = {"-e", "-o", "pid=", NULL};
	static const char *const plain[] = {"-o", "pid", NULL};

	if (!tool_run(v->t, &v->tool, "ps", all))
		return false;
	if (v->tool.status > 0 && !tool_run(v->t, &v->tool, "ps", plain))
		return false;
	said_pids(buf_bytes(&v->tool.out), out);
	return tool_ended_well(&v->tool) && out->n;
}

static void look_ps(struct tell *t)
{
	struct view v = {.t = t, .ours = our_pids, .theirs = their_pids};
	const struct seen_process *p;
	char name[24];

	compare(&v);
	if (v.tool.path[0])
		tool_tell(t, &v.tool, v.said);
	for (size_t i = 0; i < MIN(v.odd.n, (size_t)TOLD_MAX); i++) {
		(void)snprintf(name, sizeof name, "%" PRIu64, v.odd.v[i]);
		p = triage_process(t->triage, v.odd.v[i]);
		tell_difference(t, bytes_str(name), "process", "proc", "ps",
				p ? p->note : NULL);
	}
	end(&v);
}

/* ---- lsmod ---- */

static void our_modules(struct view *v, struct numbers *out)
{
	struct modules_seen m;

	modules_read(v->t, &m, false);
	for (size_t i = 0; i < m.proc.n; i++)
		numbers_add(out, said_name(bytes_str(m.proc.v[i])));
	numbers_sort(out);
	modules_release(&m);
}

static bool their_modules(struct view *v, struct numbers *out)
{
	static const char *const none[] = {NULL};

	if (!tool_run(v->t, &v->tool, "lsmod", none))
		return false;
	said_modules(buf_bytes(&v->tool.out), out);
	return tool_ended_well(&v->tool);
}

static void look_lsmod(struct tell *t)
{
	struct view v = {.t = t, .ours = our_modules, .theirs = their_modules};
	struct modules_seen m;

	modules_read(t, &m, false);
	if (m.has_proc) {
		compare(&v);
		if (v.tool.path[0])
			tool_tell(t, &v.tool, v.said);
		for (size_t i = 0; i < m.proc.n; i++)
			if (numbers_has(&v.odd,
					said_name(bytes_str(m.proc.v[i]))))
				tell_difference(t, bytes_str(m.proc.v[i]),
						"module", "proc", "lsmod",
						NULL);
	}
	modules_release(&m);
	end(&v);
}

/* ---- ss, or netstat ---- */

static const char *const inet[] = {"tcp", "tcp6", "udp", "udp6"};

/* What lasts: what is on its way up or down is not compared. */
static bool lasts(const struct sock *s)
{
	return s->s.state == TCP_ESTABLISHED || s->s.state == TCP_LISTEN ||
	       (s->s.proto[0] == 'u' && s->s.state == TCP_CLOSE);
}

static uint64_t key_of(const struct sock *s)
{
	return said_socket(s->s.proto[0] == 'u', s->s.local.port,
			   s->s.remote.port);
}

static void read_own(struct socktable *table)
{
	char path[32];
	struct buf text;

	socktable_init(table);
	for (size_t i = 0; i < ARRAY_SIZE(inet); i++) {
		(void)snprintf(path, sizeof path, "/proc/net/%s", inet[i]);
		buf_init(&text, TABLE_MAX);
		if (proc_read(AT_FDCWD, path, &text))
			socktable_add(table, inet[i], buf_bytes(&text), 0,
				      false);
		buf_release(&text);
	}
}

static void our_sockets(struct view *v UNUSED, struct numbers *out)
{
	struct socktable table;

	read_own(&table);
	for (size_t i = 0; i < table.n; i++)
		if (lasts(&table.v[i]))
			numbers_add(out, key_of(&table.v[i]));
	numbers_sort(out);
	socktable_release(&table);
}

static bool ask_sockets(struct view *v)
{
	static const char *const all[] = {"-tuan", NULL};

	return tool_run(v->t, &v->tool, "ss", all) ||
	       tool_run(v->t, &v->tool, "netstat", all);
}

static bool their_sockets(struct view *v, struct numbers *out)
{
	if (!ask_sockets(v))
		return false;
	said_sockets(buf_bytes(&v->tool.out), out, NULL);
	return tool_ended_well(&v->tool);
}

/* The other way round: ss asks by netlink, and sees what was taken out of the
 * tables. "ours" and "theirs" change places. */
static void listening_said(struct view *v, struct numbers *out)
{
	struct numbers all = {0};

	if (ask_sockets(v) && tool_ended_well(&v->tool))
		said_sockets(buf_bytes(&v->tool.out), &all, out);
	numbers_release(&all);
}

static bool listening_read(struct view *v, struct numbers *out)
{
	struct socktable table;

	(void)v;
	read_own(&table);
	for (size_t i = 0; i < table.n; i++)
		numbers_add(out, key_of(&table.v[i]));
	numbers_sort(out);
	socktable_release(&table);
	return true;
}

static void tell_hidden_socket(struct tell *t, uint64_t key, const char *tool)
{
	struct socktable *all = &t->triage->sockets;
	const struct seen_process *p = NULL;
	char name[2 * SOCKET_END_MAX + 16], local[SOCKET_END_MAX],
		remote[SOCKET_END_MAX];

	(void)snprintf(name, sizeof name, "%s port %" PRIu64 ", peer %" PRIu64,
		       said_socket_is_udp(key) ? "udp" : "tcp",
		       said_socket_local(key), said_socket_remote(key));
	for (size_t i = 0; i < all->n; i++) {
		const struct sock *s = &all->v[i];

		if (key_of(s) != key || (s->s.proto[0] != 't' &&
					 strncmp(s->s.proto, "udp", 3) != 0))
			continue;
		(void)socket_end_text(&s->s, &s->s.local, local);
		(void)socket_end_text(&s->s, &s->s.remote, remote);
		(void)snprintf(name, sizeof name, "%s %s%s%s", s->s.proto,
			       local, s->s.remote.port ? " " : "",
			       s->s.remote.port ? remote : "");
		p = triage_process(t->triage, s->pid);
		break;
	}
	tell_difference(t, bytes_str(name), "socket", "proc", tool,
			p ? p->note : NULL);
}

static void tell_unread_socket(struct tell *t, uint64_t key)
{
	char name[48];

	(void)snprintf(name, sizeof name, "%s port %" PRIu64,
		       said_socket_is_udp(key) ? "udp" : "tcp",
		       said_socket_local(key));
	tell_difference(t, bytes_str(name), "socket", "netlink", "proc", NULL);
}

static void look_ss(struct tell *t)
{
	struct view v = {.t = t, .ours = our_sockets, .theirs = their_sockets};
	struct view back = {
		.t = t, .ours = listening_said, .theirs = listening_read};

	compare(&v);
	if (v.tool.path[0])
		tool_tell(t, &v.tool, v.said);
	for (size_t i = 0; i < MIN(v.odd.n, (size_t)TOLD_MAX); i++)
		tell_hidden_socket(t, v.odd.v[i], v.tool.name);
	if (v.compared && strcmp(v.tool.name, "ss") == 0) {
		compare(&back);
		for (size_t i = 0; i < MIN(back.odd.n, (size_t)TOLD_MAX); i++)
			tell_unread_socket(t, back.odd.v[i]);
	}
	end(&v);
	end(&back);
}

/* ---- ls ---- */

static const char *const listed[] = {
	"/",
	"/etc",
	"/tmp",
	"/var/tmp",
	"/dev/shm",
	"/dev",
	"/root",
	"/root/.ssh",
	"/home",
	"/usr/bin",
	"/usr/sbin",
	"/usr/local/bin",
	"/usr/local/sbin",
	"/usr/local/lib",
	"/etc/cron.d",
	"/etc/init.d",
	"/etc/profile.d",
	"/etc/systemd/system",
	"/lib/systemd/system",
	"/etc/modules-load.d",
	"/var/spool/cron/crontabs",
	"/opt",
};

static void each_name(const char *folder,
		      void (*take)(struct bytes name, void *arg), void *arg)
{
	DIR *dir = opendir(folder);
	struct dirent *d;

	while (dir && (d = readdir(dir)))
		take(bytes_str(d->d_name), arg);
	if (dir)
		(void)closedir(dir);
}

static void take_name(struct bytes name, void *arg)
{
	if (said_is_plain(name))
		numbers_add(arg, said_name(name));
}

static void our_names(struct view *v, struct numbers *out)
{
	each_name(v->folder, take_name, out);
	numbers_sort(out);
}

static bool their_names(struct view *v, struct numbers *out)
{
	const char *const args[] = {"-a", "-1", v->folder, NULL};

	if (!tool_run(v->t, &v->tool, "ls", args))
		return false;
	said_names(buf_bytes(&v->tool.out), out);
	return tool_ended_well(&v->tool) && out->n;
}

static void tell_hidden_name(struct bytes name, void *arg)
{
	struct view *v = arg;
	char *path;

	if (!said_is_plain(name) || !numbers_has(&v->odd, said_name(name)))
		return;
	path = xasprintf("%s/%.*s",
			 strcmp(v->folder, "/") == 0 ? "" : v->folder,
			 (int)name.n, (const char *)name.p);
	tell_difference(v->t, bytes_str(path), "file", "getdents", "ls", NULL);
	free(path);
}

/* What is read as a whole by all programs: it opens, and is not listed. */
static void look_opened(struct tell *t)
{
	static const char *const paths[] = {"/etc/ld.so.preload",
					    "/etc/passwd", "/etc/crontab",
					    "/etc/rc.local"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct view v = {.folder = "/etc"};
		struct numbers names = {0};
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		our_names(&v, &names);
		if (fd >= 0 &&
		    !numbers_has(&names,
				 said_name(bytes_file_name(
					 bytes_str(paths[i])))))
			tell_difference(t, bytes_str(paths[i]), "file", "open",
					"getdents", NULL);
		close_fd(fd);
		numbers_release(&names);
	}
}

static void look_ls(struct tell *t)
{
	struct view v = {.t = t, .ours = our_names, .theirs = their_names};
	uint64_t said = 0;
	bool told = false;

	for (size_t i = 0; i < ARRAY_SIZE(listed) && tell_go(t, 0); i++) {
		if (access(listed[i], R_OK | X_OK) != 0)
			continue;
		v.folder = listed[i];
		numbers_release(&v.odd);
		compare(&v);
		said += v.said;
		told |= v.tool.path[0] != '\0';
		if (v.odd.n)
			each_name(listed[i], tell_hidden_name, &v);
	}
	if (told)
		tool_tell(t, &v.tool, said);
	end(&v);
}

void look_views(struct tell *t)
{
	look_ps(t);
	look_lsmod(t);
	look_ss(t);
	look_ls(t);
	look_opened(t);
}
