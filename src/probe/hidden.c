/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that some views have and others have not. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>

#include "probe/hidden.h"
#include "probe/process.h"
#include "probe/proctext.h"

#define CAP_MAX	    (UINT64_C(1) << 22) /* Linux has no more numbers */
#define LOOKUPS_MAX (UINT64_C(1) << 17) /* numbers asked for by path, too */
#define STEP	    1024u		/* numbers between looks at the clock */
#define DEPTH_MAX   24u
#define FOLDERS_MAX 20000u
#define CHECKS	    3u /* that one must not be listed in */
#define HIDDEN_MAX  4096u

struct views {
	struct tell *t;
	uint64_t *listed;
	size_t n_listed;
	struct found_process *found; /* beside those */
	size_t n_found;
	unsigned folders;
};

static bool is_listed(const struct views *v, uint64_t pid)
{
	size_t from = 0, to = v->n_listed;

	while (from < to) {
		size_t at = from + (to - from) / 2;

		if (v->listed[at] == pid)
			return true;
		if (v->listed[at] < pid)
			from = at + 1;
		else
			to = at;
	}
	return false;
}

static void add(struct views *v, uint64_t pid, const char *by)
{
	for (size_t i = 0; i < v->n_found; i++)
		if (v->found[i].pid == pid)
			return;
	if (v->n_found == HIDDEN_MAX)
		return;
	v->found = xrealloc(v->found, v->n_found + 1, sizeof *v->found);
	v->found[v->n_found++] = (struct found_process){pid, by};
}

/* ---- by number ---- */

/* A process, not one of the threads of another. */
static bool leads_itself(uint64_t pid)
{
	char path[64];
	struct buf text;
	bool yes;

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/status", pid);
	buf_init(&text, 4096);
	yes = proc_read(AT_FDCWD, path, &text) &&
	      proc_number(buf_bytes(&text), "Tgid:", 10) == pid;
	buf_release(&text);
	return yes;
}

static bool answers(uint64_t pid, bool by_path)
{
	char path[64];

	if (kill((pid_t)pid, 0) == 0 || errno == EPERM)
		return true;
	if (!by_path)
		return false;
	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/stat", pid);
	return access(path, F_OK) == 0;
}

/* The last number that was given out, unless they began anew since. */
uint64_t hidden_cap(struct bytes loadavg, struct bytes pid_max,
		    uint64_t largest)
{
	uint64_t last = 0, max = 0;

	if (!bytes_to_u64(bytes_trim(proc_word(bytes_trim(loadavg), 4)), &last))
		last = 0;
	if (!bytes_to_u64(bytes_trim(pid_max), &max) || max > CAP_MAX)
		max = CAP_MAX;
	return last && largest <= last ? MIN(last, max) : max;
}

static uint64_t cap_now(const struct views *v)
{
	struct buf load, max;
	uint64_t cap = 0;
	bool got = proc_read_new(AT_FDCWD, "/proc/loadavg", &load, 256);

	got &= proc_read_new(AT_FDCWD, "/proc/sys/kernel/pid_max", &max, 64);
	if (got && v->n_listed)
		cap = hidden_cap(buf_bytes(&load), buf_bytes(&max),
				 v->listed[v->n_listed - 1]);
	buf_release(&load);
	buf_release(&max);
	return cap;
}

static void look_by_number(struct views *v)
{
	uint64_t cap = cap_now(v);

	for (uint64_t pid = 1; pid <= cap; pid++) {
		if (pid % STEP == 0 && !tell_go(v->t, 0))
			return;
		if (!is_listed(v, pid) && answers(pid, cap <= LOOKUPS_MAX) &&
		    leads_itself(pid))
			add(v, pid, "number");
	}
}

/* ---- by group ---- */

static void read_group(struct views *v, int dir)
{
	struct bytes rest, line;
	struct buf text;
	uint64_t pid;

	buf_init(&text, (size_t)1 << 20);
	if (proc_read(dir, "cgroup.procs", &text)) {
		rest = buf_bytes(&text);
		while (bytes_split(&rest, '\n', &line))
			if (bytes_to_u64(line, &pid) && pid &&
			    !is_listed(v, pid))
				add(v, pid, "cgroup");
	}
	buf_release(&text);
}

/* Takes fd. */
static void walk_groups(struct views *v, int fd, unsigned depth)
{
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;

	if (!dir) {
		close_fd(fd);
		return;
	}
	read_group(v, fd);
	while (depth && (d = readdir(dir))) {
		if (d->d_name[0] == '.' || d->d_type != DT_DIR)
			continue;
		if (v->folders++ >= FOLDERS_MAX || !tell_go(v->t, 0))
			break;
		walk_groups(v,
			    openat(fd, d->d_name,
				   O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					   O_CLOEXEC),
			    depth - 1);
	}
	(void)closedir(dir);
}

/* One hierarchy, or of those before it the ones that hold all processes. */
static void look_by_group(struct views *v)
{
	static const char *const tops[] = {"/sys/fs/cgroup",
					   "/sys/fs/cgroup/unified",
					   "/sys/fs/cgroup/systemd"};

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		int fd = open(tops[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bool is_group = fd >= 0 &&
				faccessat(fd, "cgroup.procs", F_OK, 0) == 0;

		if (is_group)
			walk_groups(v, fd, DEPTH_MAX);
		else
			close_fd(fd);
	}
}

/* ---- all of them ---- */

/* Who is listed by now, or gone, came or went while we looked. */
static void check_again(struct views *v)
{
	size_t k = 0;

	free(v->listed);
	v->listed = process_list(&v->n_listed);
	for (size_t i = 0; i < v->n_found; i++) {
		uint64_t pid = v->found[i].pid;

		if (!is_listed(v, pid) && answers(pid, true))
			v->found[k++] = v->found[i];
	}
	v->n_found = k;
}

static int by_pid(const void *va, const void *vb)
{
	const struct found_process *a = va, *b = vb;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

struct found_process *hidden_list(struct tell *t, size_t *n)
{
	struct views v = {.t = t};
	size_t n_hidden;

	v.listed = process_list(&v.n_listed);
	*n = 0;
	if (!v.n_listed) {
		free(v.listed);
		return NULL;
	}
	look_by_number(&v);
	look_by_group(&v);
	for (unsigned i = 0; v.n_found && i < CHECKS; i++)
		check_again(&v);
	if (!v.n_found) { /* as fresh as can be */
		free(v.listed);
		v.listed = process_list(&v.n_listed);
	}
	n_hidden = v.n_found;
	v.found = xrealloc(v.found, n_hidden + v.n_listed + 1,
			   sizeof *v.found);
	for (size_t i = 0; i < v.n_listed; i++)
		v.found[v.n_found++] =
			(struct found_process){v.listed[i], "readdir"};
	free(v.listed);
	qsort(v.found, v.n_found, sizeof *v.found, by_pid);
	*n = v.n_found;
	return v.found;
}
