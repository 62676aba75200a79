/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host's own programs say of processes, modules and logins, held
 * against what system calls say, in the ways that people ask them: a program
 * that hides by name does so where names are shown.
 */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <utmp.h>

#include "probe/process.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/triage_module.h"
#include "probe/triage_views.h"

#define CMDLINE_MAX ((size_t)128 << 10)
#define WTMP_MAX    ((size_t)2 << 20) /* last(1) reads all of it */

/* ---- ps ---- */

struct ps_form {
	const char *args[4];
	/* A process's own words in that form; false: they are not compared. */
	bool (*text_of)(uint64_t pid, struct buf *out);
};

static bool may_be_compared(struct bytes text)
{
	return said_is_plain(text) && !memchr(text.p, '\\', text.n) &&
	       bytes_trim(text).n;
}

/* The kernel's threads take other names all the time. */
static bool name_of(uint64_t pid, struct buf *out)
{
	struct proc_stat s;
	struct buf stat;
	char path[40];
	bool got;

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/stat", pid);
	got = proc_stat_read(AT_FDCWD, path, &stat, &s) && !s.kernel_thread &&
	      !proc_stat_ended(&s) && buf_add_bytes(out, s.comm);
	buf_release(&stat);
	return got && may_be_compared(buf_bytes(out));
}

static bool command_of(uint64_t pid, struct buf *out)
{
	char path[40];

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/cmdline", pid);
	if (!proc_read(AT_FDCWD, path, out))
		return false;
	while (out->n && !out->p[out->n - 1])
		out->n--;
	for (size_t i = 0; i < out->n; i++)
		out->p[i] = out->p[i] ? out->p[i] : ' ';
	return may_be_compared(buf_bytes(out));
}

static const struct ps_form ps_forms[] = {
	{{"-e", "-o", "pid=,comm=", NULL}, name_of},
	{{"aux", NULL}, command_of},
	{{"-ef", NULL}, command_of},
};

/* BusyBox lists all without being asked to, and knows no -e. */
static const struct ps_form small_ps_forms[] = {
	{{"-o", "pid,comm", NULL}, NULL},
	{{NULL}, NULL},
};

/* A form, and whose words may be compared: one that was not told of may be
 * one whose arguments nobody gets, so that asking would hold us up. */
struct ps_ask {
	const struct ps_form *form;
	struct numbers told;
};

/* 0: it is not compared. */
static uint64_t key_of_text(const struct view *v, uint64_t pid)
{
	const struct ps_ask *ask = v->about;
	struct buf text;
	uint64_t key = 0;

	if (!ask->form->text_of || !numbers_has(&ask->told, pid))
		return 0;
	buf_init(&text, CMDLINE_MAX);
	if (ask->form->text_of(pid, &text))
		key = said_command(pid, buf_bytes(&text));
	buf_release(&text);
	return key;
}

static void our_processes(struct view *v, struct numbers *out)
{
	size_t n;
	uint64_t key, *pids = process_list(&n);

	for (size_t i = 0; i < n; i++) {
		numbers_add(out, pids[i]);
		key = key_of_text(v, pids[i]);
		if (key)
			numbers_add(out, key);
	}
	free(pids);
	numbers_sort(out);
}

static void their_processes(struct view *v, struct numbers *out)
{
	said_processes(buf_bytes(&v->tool.out), out);
}

static void tell_hidden_process(struct view *v, uint64_t pid)
{
	const struct seen_process *p = triage_process(v->t->triage, pid);
	char name[24];

	if (!view_is_new(v, pid))
		return;
	(void)snprintf(name, sizeof name, "%" PRIu64, pid);
	view_tell(v, bytes_str(name), "process", "proc", p ? p->note : NULL);
}

/* It is shown, with other words than its own. */
static void tell_other_words(struct view *v, uint64_t pid)
{
	const struct seen_process *p = triage_process(v->t->triage, pid);
	uint64_t key = key_of_text(v, pid);
	char name[24];

	if (!key || !numbers_has(&v->odd, key) || numbers_has(&v->odd, pid) ||
	    !view_is_new(v, key))
		return;
	(void)snprintf(name, sizeof name, "%" PRIu64, pid);
	view_tell(v, bytes_str(name), "command", "proc", p ? p->note : NULL);
}

static bool ask_ps(struct view *v, struct ps_ask *ask,
		   const struct ps_form *forms, size_t n)
{
	size_t n_pids;

	v->about = ask;
	for (size_t i = 0; i < n; i++) {
		uint64_t *pids;

		ask->form = &forms[i];
		if (!view_ask(v, "ps", forms[i].args))
			return false;
		pids = process_list(&n_pids);
		for (size_t k = 0; k < v->odd.n; k++)
			if (said_is_pid(v->odd.v[k]))
				tell_hidden_process(v, v->odd.v[k]);
		for (size_t k = 0; v->odd.n && k < n_pids; k++)
			tell_other_words(v, pids[k]);
		free(pids);
	}
	return true;
}

/* Of a link or a second name of it. */
static bool is_busybox(const char *path)
{
	static const char *const paths[] = {"/bin/busybox", "/usr/bin/busybox",
					    "/sbin/busybox"};
	struct stat st, other;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (stat(path, &st) == 0 && stat(paths[i], &other) == 0 &&
		    st.st_ino == other.st_ino && st.st_dev == other.st_dev)
			return true;
	return false;
}

static void look_ps(struct tell *t)
{
	struct view v = {
		.t = t, .ours = our_processes, .theirs = their_processes};

	struct ps_ask ask = {0};

	for (size_t i = 0; i < t->triage->n_processes; i++)
		numbers_add(&ask.told, t->triage->processes[i].pid);
	numbers_sort(&ask.told);
	if (!ask_ps(&v, &ask, ps_forms, ARRAY_SIZE(ps_forms)) &&
	    is_busybox(v.tool.path))
		(void)!ask_ps(&v, &ask, small_ps_forms,
			      ARRAY_SIZE(small_ps_forms));
	numbers_release(&ask.told);
	view_end(&v);
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

static void their_modules(struct view *v, struct numbers *out)
{
	said_modules(buf_bytes(&v->tool.out), out);
}

static void look_lsmod(struct tell *t)
{
	static const char *const none[] = {NULL};
	struct view v = {.t = t, .ours = our_modules, .theirs = their_modules};
	struct modules_seen m;

	modules_read(t, &m, false);
	if (m.has_proc && view_ask(&v, "lsmod", none))
		for (size_t i = 0; i < m.proc.n; i++)
			if (numbers_has(&v.odd,
					said_name(bytes_str(m.proc.v[i]))))
				view_tell(&v, bytes_str(m.proc.v[i]), "module",
					  "proc", NULL);
	modules_release(&m);
	view_end(&v);
}

/* ---- who, last ---- */

struct logins {
	const char *path, *seen_by;
	const char *const *args;
	bool here; /* only who is there yet */
};

static struct bytes field(const char *p, size_t n)
{
	return bytes_of(p, strnlen(p, n));
}

/* Those that every who(1) and last(1) shows: of a person, at a line. */
static bool is_shown(const struct logins *l, const struct utmp *u)
{
	static const char *const others[] = {"reboot", "shutdown", "runlevel",
					     "LOGIN"};
	struct bytes user = field(u->ut_user, sizeof u->ut_user),
		     line = field(u->ut_line, sizeof u->ut_line);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (bytes_eq(user, bytes_str(others[i])))
			return false;
	if (l->here && kill(u->ut_pid, 0) != 0 && errno != EPERM)
		return false;
	return u->ut_type == USER_PROCESS && said_is_plain(user) &&
	       said_is_plain(line) && !memchr(user.p, ' ', user.n) &&
	       !memchr(line.p, ' ', line.n) && u->ut_tv.tv_sec > 0;
}

static void each_login(const struct view *v,
		       void (*take)(void *arg, struct bytes user,
				    struct bytes line),
		       void *arg)
{
	const struct logins *l = v->about;
	struct utmp u;
	struct buf text;

	buf_init(&text, WTMP_MAX + 1);
	if (!proc_read(AT_FDCWD, l->path, &text) || text.n > WTMP_MAX)
		text.n = 0;
	for (size_t at = 0; at + sizeof u <= text.n; at += sizeof u) {
		memcpy(&u, text.p + at, sizeof u);
		if (is_shown(l, &u))
			take(arg, field(u.ut_user, sizeof u.ut_user),
			     field(u.ut_line, sizeof u.ut_line));
	}
	buf_release(&text);
}

static void add_login(void *arg, struct bytes user, struct bytes line)
{
	numbers_add(arg, said_login(user, line));
}

static void our_logins(struct view *v, struct numbers *out)
{
	each_login(v, add_login, out);
	numbers_sort(out);
}

static void their_logins(struct view *v, struct numbers *out)
{
	said_logins(buf_bytes(&v->tool.out), out);
}

static void tell_hidden_login(void *arg, struct bytes user, struct bytes line)
{
	struct view *v = arg;
	uint64_t key = said_login(user, line);
	const struct logins *l = v->about;
	char name[80];

	if (!numbers_has(&v->odd, key) || !view_is_new(v, key))
		return;
	(void)snprintf(name, sizeof name, "%.*s %.*s", (int)user.n,
		       (const char *)user.p, (int)line.n,
		       (const char *)line.p);
	view_tell(v, bytes_str(name), "login", l->seen_by, NULL);
}

static void look_logins(struct tell *t, const char *program,
			const struct logins *l)
{
	struct view v = {
		.t = t, .ours = our_logins, .theirs = their_logins, .about = l};
	struct numbers any = {0};

	our_logins(&v, &any);
	if (any.n && view_ask(&v, program, l->args))
		each_login(&v, tell_hidden_login, &v);
	numbers_release(&any);
	view_end(&v);
}

/* Named, who(1) reads the file even where it would ask logind; BusyBox takes
 * no name. */
static void look_who(struct tell *t)
{
	static const char *const named[] = {"/run/utmp", NULL};
	static const char *const none[] = {NULL};
	bool small = is_busybox("/bin/who") || is_busybox("/usr/bin/who");
	const struct logins l = {"/run/utmp", "utmp", small ? none : named,
				 true};

	look_logins(t, "who", &l);
}

/* That of wtmpdb(8) reads another file. */
static void look_last(struct tell *t)
{
	static const char *const none[] = {NULL};
	static const struct logins l = {"/var/log/wtmp", "wtmp", none, false};
	char *real = realpath("/usr/bin/last", NULL);

	if (real && bytes_eq(bytes_file_name(bytes_str(real)),
			     bytes_str("wtmpdb"))) {
		free(real);
		return;
	}
	free(real);
	look_logins(t, "last", &l);
}

void look_views(struct tell *t)
{
	look_ps(t);
	look_lsmod(t);
	look_net_views(t);
	look_file_views(t);
	look_who(t);
	look_last(t);
}
