/* SPDX-License-Identifier: Apache-2.0 */
/* What ls(1) and find(1) of the host say of a few telling folders, held against
 * getdents(2); and what opens, and is not listed. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "probe/triage_views.h"

#define FOLDER_MAX 64u

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
	"/etc/cron.daily",
	"/etc/cron.hourly",
	"/etc/sudoers.d",
	"/etc/pam.d",
	"/etc/ssh",
	"/etc/ld.so.conf.d",
	"/etc/init.d",
	"/etc/profile.d",
	"/etc/systemd/system",
	"/lib/systemd/system",
	"/etc/modules-load.d",
	"/var/spool/cron/crontabs",
	"/var/log",
	"/var/www",
	"/var/www/html",
	"/opt",
	"/srv",
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
	each_name(v->about, take_name, out);
	numbers_sort(out);
}

static void take_found(struct bytes name, void *arg)
{
	if (!bytes_eq(name, bytes_str("..")))
		take_name(name, arg);
}

static void our_found(struct view *v, struct numbers *out)
{
	each_name(v->about, take_found, out);
	numbers_sort(out);
}

/* With a slash, since the folder may be a link to one. */
static const char *in_full(const struct view *v, char folder[FOLDER_MAX])
{
	const char *name = v->about;

	(void)snprintf(folder, FOLDER_MAX, "%s%s", name, name[1] ? "/" : "");
	return folder;
}

static void their_names(struct view *v, struct numbers *out)
{
	said_names(buf_bytes(&v->tool.out), out);
}

static void their_long_names(struct view *v, struct numbers *out)
{
	said_long_names(buf_bytes(&v->tool.out), out);
}

static void their_found(struct view *v, struct numbers *out)
{
	char folder[FOLDER_MAX];

	said_found(buf_bytes(&v->tool.out), in_full(v, folder), out);
}

#define FORM_ARGS 3u
static const char here[] = ""; /* the folder's place */

struct file_form {
	const char *args[FORM_ARGS];
	void (*ours)(struct view *v, struct numbers *out);
	void (*theirs)(struct view *v, struct numbers *out);
};

/* As a script asks, and as people do. */
static const struct file_form ls_forms[] = {
	{{"-a", "-1", here}, our_names, their_names},
	{{"-la", here}, our_names, their_long_names},
};
static const struct file_form find_forms[] = {
	{{here, "-maxdepth", "1"}, our_found, their_found},
};

static void tell_hidden_name(struct bytes name, void *arg)
{
	struct view *v = arg;
	const char *folder = v->about;
	char *path;

	if (!said_is_plain(name) || !numbers_has(&v->odd, said_name(name)))
		return;
	path = xasprintf("%s/%.*s", strcmp(folder, "/") == 0 ? "" : folder,
			 (int)name.n, (const char *)name.p);
	if (view_is_new(v, said_name(bytes_str(path))))
		view_tell(v, bytes_str(path), "file", "getdents", NULL);
	free(path);
}

/* What is read as a whole by all programs: it opens, and is not listed. */
static void look_opened(struct tell *t)
{
	static const char *const paths[] = {"/etc/ld.so.preload",
					    "/etc/passwd", "/etc/crontab",
					    "/etc/rc.local"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct view v = {.about = "/etc"};
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

static bool ask_form(struct view *v, const char *program,
		     const struct file_form *form)
{
	const char *args[FORM_ARGS + 1] = {NULL};
	char folder[FOLDER_MAX];

	(void)in_full(v, folder);
	for (size_t i = 0; i < FORM_ARGS; i++)
		args[i] = form->args[i] == here ? folder : form->args[i];
	v->ours = form->ours;
	v->theirs = form->theirs;
	return view_ask(v, program, args);
}

static void ask(struct tell *t, const char *program,
		const struct file_form *forms, size_t n)
{
	/* 1: something went away meanwhile. */
	struct view v = {.t = t, .ok_status = 1};
	size_t said = 0;
	bool good = true;

	for (size_t i = 0; good && i < n * ARRAY_SIZE(listed); i++) {
		v.about = listed[i / n];
		if (access(v.about, R_OK | X_OK) != 0)
			continue;
		good = ask_form(&v, program, &forms[i % n]);
		said += v.said;
		if (v.odd.n)
			each_name(v.about, tell_hidden_name, &v);
	}
	v.said = said;
	view_end(&v);
}

void look_file_views(struct tell *t)
{
	ask(t, "ls", ls_forms, ARRAY_SIZE(ls_forms));
	ask(t, "find", find_forms, ARRAY_SIZE(find_forms));
	look_opened(t);
}
