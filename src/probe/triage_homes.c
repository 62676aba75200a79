/* SPDX-License-Identifier: Apache-2.0 */
/* Shell histories, logs that lead nowhere, and folders of PATH that others
 * may write to. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "base/nameset.h"
#include "probe/odd.h"
#include "probe/proctext.h"
#include "probe/triage.h"

#define PASSWD_MAX  ((size_t)16 << 20)
#define HISTORY_MAX ((size_t)8 << 20)
#define HOMES_MAX   4096u
#define PATH_ROOM   ((size_t)16 << 10)
#define NEW_NS	    (60 * NS_PER_S) /* what comes with it is written */

/* An entry of a folder that is known, with its link's end. */
static bool meet(struct tell *t, const char *path, struct statx *st,
		 struct odd_file *f, struct buf *target)
{
	int fd = top_open(&t->triage->top, path, O_PATH | O_NOFOLLOW);
	bool met = fd >= 0 && odd_stat(fd, "", st);

	*f = (struct odd_file){.path = bytes_str(path), .st = st};
	buf_init(target, PATH_ROOM);
	if (met && S_ISLNK(st->stx_mode) && proc_link(fd, "", target))
		f->target = buf_bytes(target);
	if (met)
		f->packaged = triage_packaged(t, f->path);
	close_fd(fd);
	return met;
}

/* ---- histories ---- */

static const char *const histories[] = {
	".bash_history", ".zsh_history", ".histfile",	  ".sh_history",
	".ash_history",	 ".history",	 ".ksh_history",  ".mksh_history",
	".local/share/fish/fish_history", ".mysql_history",
	".psql_history", ".python_history", ".lesshst",	  ".viminfo",
};

static uint64_t count_lines(struct tell *t, const char *path)
{
	struct buf text;
	uint64_t n = 0;

	buf_init(&text, HISTORY_MAX);
	if (tell_go(t, 0))
		(void)!top_read(&t->triage->top, path, &text);
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	buf_release(&text);
	return n;
}

static bool is_of_shell(const char *name)
{
	return bytes_find(bytes_str(name), "hist", NULL) &&
	       !bytes_find(bytes_str(name), "sql", NULL) &&
	       !bytes_find(bytes_str(name), "python", NULL) &&
	       !bytes_find(bytes_str(name), "less", NULL);
}

static void look_history(struct tell *t, struct bytes account, const char *home,
			 const char *name)
{
	char *path = xasprintf("%s/%s", strcmp(home, "/") == 0 ? "" : home,
			       name);
	struct odd_file f;
	struct buf target;
	struct statx st;

	if (meet(t, path, &st, &f, &target)) {
		triage_begin(t, "history", f.path);
		tell_bytes(t, "account", account);
		tell_u64(t, "size", st.stx_size);
		if (f.target.n)
			tell_bytes(t, "target", f.target);
		tell_u64(t, "attributes", odd_attributes(&st));
		if (S_ISREG(st.stx_mode))
			tell_u64(t, "lines", count_lines(t, path));
		triage_end(t);
		if (is_of_shell(name) &&
		    (f.target.n || odd_attributes(&st) ||
		     !S_ISREG(st.stx_mode) || st.stx_size == 0))
			odd_tell(t, "history", &f);
	}
	buf_release(&target);
	free(path);
}

static bool is_new(struct nameset *seen, struct bytes folder)
{
	return seen->n < HOMES_MAX && nameset_add(seen, folder);
}

/* name:x:uid:gid:gecos:home:shell */
static bool account_of(struct bytes line, struct bytes *name,
		       struct bytes *home)
{
	struct bytes skipped;

	if (!bytes_split(&line, ':', name))
		return false;
	for (unsigned i = 0; i < 4; i++)
		if (!bytes_split(&line, ':', &skipped))
			return false;
	return bytes_split(&line, ':', home) && home->n && *home->p == '/' &&
	       !memchr(home->p, 0, home->n);
}

void look_histories(struct tell *t)
{
	struct bytes rest, line, name, home;
	struct nameset homes = {0};
	struct buf text;

	buf_init(&text, PASSWD_MAX);
	if (!top_read(&t->triage->top, "/etc/passwd", &text))
		tell_errno(t, errno);
	rest = buf_bytes(&text);
	while (bytes_split(&rest, '\n', &line) && tell_go(t, 0)) {
		if (!account_of(line, &name, &home) || !is_new(&homes, home))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(histories); i++)
			look_history(t, name, homes.v[homes.n - 1],
				     histories[i]);
	}
	nameset_release(&homes);
	buf_release(&text);
}

/* ---- logs ---- */

static bool is_log(const char *name)
{
	static const char *const names[] = {
		"auth.log", "secure",  "syslog",  "messages", "kern.log",
		"wtmp",	    "btmp",    "lastlog", "faillog",  "daemon.log",
		"user.log", "cron",    "audit.log", "access.log", "wtmp.db"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Nobody has written to a new one, and btmp is empty on every host that
 * nobody tried to enter. */
static bool is_emptied(const char *name, const struct statx *st)
{
	int64_t born = odd_time(st->stx_btime);

	static const char *const never[] = {"wtmp", "auth.log", "syslog",
					    "messages", "secure"};

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (strcmp(name, never[i]) == 0)
			return S_ISREG(st->stx_mode) && st->stx_size == 0 &&
			       st->stx_mask & STATX_BTIME &&
			       odd_time(st->stx_mtime) - born > NEW_NS;
	return false;
}

void look_logs(struct tell *t)
{
	DIR *dir = top_opendir(&t->triage->top, "/var/log");
	struct dirent *d;

	if (!dir)
		tell_errno(t, errno);
	while (dir && (d = readdir(dir)) && tell_go(t, 0)) {
		struct odd_file f;
		struct buf target;
		struct statx st;
		char *path;

		if (!is_log(d->d_name))
			continue;
		path = xasprintf("/var/log/%s", d->d_name);
		if (meet(t, path, &st, &f, &target) &&
		    (bytes_eq(f.target, bytes_str("/dev/null")) ||
		     odd_attributes(&st) || is_emptied(d->d_name, &st)))
			odd_tell(t, "log", &f);
		buf_release(&target);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

/* ---- PATH ---- */

/* Each folder above it, too: who may write there may put another in place. */
static void look_folder(struct tell *t, struct nameset *seen, struct bytes path)
{
	struct odd_file f;
	struct buf target;
	struct statx st;

	while (path.n && *path.p == '/') {
		const uint8_t *slash = memrchr(path.p, '/', path.n);

		if (is_new(seen, path) &&
		    meet(t, seen->v[seen->n - 1], &st, &f, &target)) {
			if (S_ISDIR(st.stx_mode) &&
			    (st.stx_uid != 0 || (st.stx_mode & S_IWOTH &&
						 !(st.stx_mode & S_ISVTX))))
				odd_tell(t, "path-writable", &f);
			buf_release(&target);
		}
		path.n = slash > path.p ? (size_t)(slash - path.p) : 0;
	}
}

/* A folder that is no path is looked for where somebody happens to be. */
static void look_list(struct tell *t, struct nameset *seen, struct bytes list)
{
	struct bytes folder;

	list = bytes_trim(list);
	if (list.n >= 2 && (*list.p == '"' || *list.p == '\''))
		list = bytes_of(list.p + 1, list.n - 2);
	while (bytes_split(&list, ':', &folder)) {
		while (folder.n > 1 && folder.p[folder.n - 1] == '/')
			folder.n--;
		if (folder.n < 4096 && folder.n && *folder.p == '/')
			look_folder(t, seen, folder);
	}
}

/* Of the first process, as it was given it. */
static void look_environ(struct tell *t, struct nameset *seen)
{
	struct bytes rest, variable;
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	if (proc_read(AT_FDCWD, "/proc/1/environ", &text)) {
		rest = buf_bytes(&text);
		while (bytes_split(&rest, 0, &variable))
			if (bytes_starts(variable, "PATH="))
				look_list(t, seen, bytes_skip(variable, 5));
	}
	buf_release(&text);
}

void look_path(struct tell *t)
{
	static const char usual[] =
		"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	struct nameset seen = {0};
	struct buf text;
	struct bytes rest, line;

	look_list(t, &seen, bytes_str(usual));
	buf_init(&text, PATH_ROOM);
	(void)!top_read(&t->triage->top, "/etc/environment", &text);
	(void)!top_read(&t->triage->top, "/etc/crontab", &text);
	rest = buf_bytes(&text);
	while (bytes_split(&rest, '\n', &line))
		if (bytes_starts(line, "PATH="))
			look_list(t, &seen, bytes_skip(line, 5));
	buf_release(&text);
	if (!t->triage->is_image)
		look_environ(t, &seen);
	nameset_release(&seen);
}
