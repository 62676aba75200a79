/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, who is logged in, what is mounted, and which packages there are
 * files of. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <utmp.h>

#include "probe/proctext.h"
#include "probe/take.h"
#include "probe/tool.h"
#include "probe/triage.h"

#define UTMP_MAX   ((size_t)8 << 20)
#define MOUNTS_MAX ((size_t)16 << 20)
#define TEXT_MAX   ((size_t)64 << 10)
#define RPM_SECONDS 20u

/* ---- the clock ---- */

/* What only is there while it works. */
static const struct {
	const char *path, *name;
} keepers[] = {
	{"/run/chrony/chronyd.pid", "chrony"},
	{"/run/chronyd.pid", "chrony"},
	{"/run/systemd/timesync/synchronized", "timesyncd"},
	{"/run/systemd/timesync", "timesyncd"},
	{"/run/ntpd.pid", "ntpd"},
	{"/run/ntpsec/ntpd.pid", "ntpsec"},
	{"/run/openntpd.pid", "openntpd"},
	{"/dev/ptp_kvm", "ptp_kvm"},
};

static const char *keeper(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(keepers); i++)
		if (access(keepers[i].path, F_OK) == 0)
			return keepers[i].name;
	return "";
}

void look_clock(struct tell *t)
{
	struct timex now = {0}; /* no mode: it is only read */
	int state = adjtimex(&now);
	int64_t unit = now.status & STA_NANO ? 1 : NS_PER_US;

	if (state < 0) {
		tell_errno(t, errno);
		return;
	}
	triage_begin(t, "timesync", bytes_str("clock"));
	tell_bool(t, "synced", !(now.status & STA_UNSYNC));
	tell_int(t, "offset_ns", now.offset * unit);
	tell_int(t, "max_error_ns", now.maxerror * NS_PER_US);
	tell_str(t, "source", keeper());
	triage_end(t);
}

void take_zone_link(struct tell *t, struct bytes to)
{
	static const char folder[] = "zoneinfo/";
	size_t at;

	if (!bytes_find(to, folder, &at))
		return;
	triage_begin(t, "time_zone", bytes_skip(to, at + strlen(folder)));
	tell_str(t, "source", "live");
	triage_end(t);
}

void look_time_zone(struct tell *t)
{
	char *to = top_link(&t->triage->top, "/etc/localtime");

	if (to)
		take_zone_link(t, bytes_str(to));
	free(to);
}

/* ---- packages ---- */

/* Databases that are not known, or not all of them. */
struct gaps {
	bool rpm, others;
};

static void on_gap(void *arg, const char *path)
{
	struct gaps *g = arg;

	if (bytes_find(bytes_str(path), "/rpm", NULL))
		g->rpm = true;
	else
		g->others = true;
}

/* Those of rpm are read by its own program alone. */
static bool ask_rpm(struct tell *t, struct packages *p)
{
	static const char *const args[] = {"-qal", NULL};
	struct tool tool = {0};
	struct bytes rest, line;
	bool all = false;

	if (!t->triage->is_image &&
	    tool_run_for(t, &tool, "rpm", args, RPM_SECONDS)) {
		all = tool_ended_well(&tool);
		rest = buf_bytes(&tool.out);
		while (all && bytes_split(&rest, '\n', &line))
			all = !line.n || *line.p != '/' ||
			      packages_add(p, line);
	}
	tool_release(&tool);
	return all;
}

void look_package_lists(struct tell *t)
{
	struct packages p;
	struct gaps gaps = {0};

	packages_read(&p, &t->triage->top, on_gap, &gaps);
	if (gaps.rpm)
		gaps.rpm = !ask_rpm(t, &p);
	if (gaps.rpm || gaps.others)
		tell_why(t, reason_word(REASON_PACKAGES));
	if (!tell_enter(t)) {
		packages_release(&p);
		return;
	}
	t->triage->packages = p;
	t->triage->has_packages = p.n > 0 && !t->why;
	t->told = p.n;
	tell_leave(t);
	if (!p.n)
		tell_errno(t, ENOENT);
}

/* ---- sessions ---- */

static struct bytes field(const char *p, size_t n)
{
	return bytes_of(p, strnlen(p, n));
}

static void tell_utmp(struct tell *t, const struct utmp *u)
{
	if (u->ut_type != USER_PROCESS)
		return;
	triage_begin(t, "session", field(u->ut_user, sizeof u->ut_user));
	tell_bytes(t, "tty", field(u->ut_line, sizeof u->ut_line));
	tell_bytes(t, "from", field(u->ut_host, sizeof u->ut_host));
	tell_int(t, "pid", u->ut_pid);
	tell_time(t, "since",
		  time_from_parts(u->ut_tv.tv_sec,
				  u->ut_tv.tv_usec * NS_PER_US));
	tell_str(t, "source", "utmp");
	triage_end(t);
}

static bool look_utmp(struct tell *t, const char *path)
{
	struct utmp u;
	struct buf text;
	bool got;

	buf_init(&text, UTMP_MAX);
	got = proc_read(AT_FDCWD, path, &text);
	for (size_t at = 0; at + sizeof u <= text.n && tell_go(t, 0);
	     at += sizeof u) {
		memcpy(&u, text.p + at, sizeof u);
		tell_utmp(t, &u);
	}
	buf_release(&text);
	return got;
}

static void tell_logind(struct tell *t, struct bytes text)
{
	struct bytes value, user;
	uint64_t us = proc_number(text, "REALTIME=", 10);

	if (!proc_value(text, "USER=", &user))
		return;
	triage_begin(t, "session", user);
	if (proc_value(text, "TTY=", &value))
		tell_bytes(t, "tty", value);
	(void)proc_value(text, "REMOTE_HOST=", &value); /* else it is here */
	tell_bytes(t, "from", value);
	tell_u64(t, "pid", proc_number(text, "LEADER=", 10));
	if (us && us < (uint64_t)(INT64_MAX / NS_PER_US))
		tell_time(t, "since", (int64_t)us * NS_PER_US);
	tell_str(t, "source", "logind");
	triage_end(t);
}

static bool look_logind(struct tell *t)
{
	DIR *dir = opendir("/run/systemd/sessions");
	struct dirent *d;
	struct buf text;

	if (!dir)
		return false;
	while ((d = readdir(dir)) && tell_go(t, 0)) {
		if (bytes_find(bytes_str(d->d_name), ".", NULL))
			continue; /* 7.ref is a pipe */
		if (proc_read_new(dirfd(dir), d->d_name, &text, TEXT_MAX))
			tell_logind(t, buf_bytes(&text));
		buf_release(&text);
	}
	(void)closedir(dir);
	return true;
}

void look_sessions(struct tell *t)
{
	bool any = look_utmp(t, "/run/utmp");

	if (!any)
		any = look_utmp(t, "/var/run/utmp");
	if (!look_logind(t) && !any)
		tell_errno(t, ENOENT);
}

/* ---- mounts ---- */

static void tell_unescaped(struct tell *t, const char *key, struct bytes b)
{
	struct buf plain;

	buf_init(&plain, RECORD_PATH_MAX);
	proc_unescape(b, &plain);
	tell_bytes(t, key, buf_bytes(&plain));
	buf_release(&plain);
}

/* "36 35 98:0 /sub /mnt rw,noatime master:1 - ext3 /dev/root rw" */
static void take_mount(struct tell *t, struct bytes line)
{
	struct bytes rest;
	struct buf name;
	size_t at;

	if (!bytes_find(line, " - ", &at) || !proc_word(line, 5).n)
		return;
	rest = bytes_skip(line, at + 3);
	buf_init(&name, RECORD_PATH_MAX);
	proc_unescape(proc_word(line, 4), &name);
	triage_begin(t, "mount", buf_bytes(&name));
	buf_release(&name);
	tell_bytes(t, "fstype", proc_word(rest, 0));
	tell_unescaped(t, "source", proc_word(rest, 1));
	tell_unescaped(t, "subtree", proc_word(line, 3));
	tell_bytes(t, "options", proc_word(line, 5));
	tell_unescaped(t, "super_options", proc_word(rest, 2));
	tell_u64(t, "id", proc_word_number(line, 0));
	tell_u64(t, "parent", proc_word_number(line, 1));
	triage_end(t);
}

void take_mounts(struct tell *t, struct bytes text)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line) && tell_go(t, 0))
		take_mount(t, line);
}

/* As whoever started first sees them; as we do where that is not shown. */
void look_mounts(struct tell *t)
{
	struct buf text;

	buf_init(&text, MOUNTS_MAX);
	if (proc_read(AT_FDCWD, "/proc/1/mountinfo", &text) ||
	    proc_read(AT_FDCWD, "/proc/self/mountinfo", &text))
		take_mounts(t, buf_bytes(&text));
	else
		tell_errno(t, errno);
	buf_release(&text);
}
