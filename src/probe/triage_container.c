/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers by what their runtimes wrote down, and by the groups of running
 * processes: one that nobody wrote down runs all the same.
 */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "base/time.h"
#include "probe/container.h"
#include "probe/jsonread.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/triage.h"

#define CONFIG_MAX     ((size_t)8 << 20)
#define CONTAINERS_MAX 2048u
#define ID_MAX	       160u

struct seen_containers {
	struct tell *t;
	char (*ids)[ID_MAX];
	size_t n;
};

static bool is_known(const struct seen_containers *s, struct bytes id)
{
	for (size_t i = 0; i < s->n; i++)
		if (bytes_eq(bytes_str(s->ids[i]), id))
			return true;
	return false;
}

static void know(struct seen_containers *s, struct bytes id)
{
	if (s->n == CONTAINERS_MAX)
		return;
	s->ids = xrealloc(s->ids, s->n + 1, sizeof *s->ids);
	(void)snprintf(s->ids[s->n++], ID_MAX, "%.*s",
		       (int)MIN(id.n, (size_t)ID_MAX - 1),
		       (const char *)id.p);
}

/* ---- members ---- */

static void tell_text(struct tell *t, const char *key, struct bytes value)
{
	struct buf text;

	buf_init(&text, TELL_TEXT_MAX);
	if (json_text(value, &text))
		tell_bytes(t, key, buf_bytes(&text));
	buf_release(&text);
}

static void tell_member(struct tell *t, const char *key, struct bytes doc,
			const char *path)
{
	struct bytes value;

	if (json_at(doc, path, &value))
		tell_text(t, key, value);
}

/* Arguments as one line. */
static bool add_word(void *arg, struct bytes key UNUSED, struct bytes value)
{
	struct buf *line = arg;

	if (line->n)
		(void)buf_add_byte(line, ' '); /* cut is fine */
	(void)!json_text(value, line);
	return true;
}

static void tell_command(struct tell *t, struct bytes first,
			 struct bytes rest)
{
	struct buf line;

	buf_init(&line, TELL_TEXT_MAX);
	(void)!json_text(first, &line);
	json_each(rest, add_word, &line);
	if (line.n)
		tell_bytes(t, "command", buf_bytes(&line));
	buf_release(&line);
}

static void add_mount(struct tell *t, struct bytes from, struct bytes to)
{
	struct buf both;

	buf_init(&both, TELL_WORD_MAX);
	(void)!json_text(from, &both);
	(void)buf_add_byte(&both, ':');
	(void)!json_text(to, &both);
	if (both.n > 1)
		tell_entry(t, buf_bytes(&both));
	buf_release(&both);
}

/* RFC 3339, with as many digits as Go cares to print. */
static void tell_created(struct tell *t, struct bytes value)
{
	int64_t when;

	if (value.n > 2 && time_parse(bytes_of(value.p + 1, value.n - 2), &when))
		tell_time(t, "created_at", when);
}

/* ---- docker ---- */

static bool add_docker_mount(void *arg, struct bytes key UNUSED,
			     struct bytes value)
{
	struct bytes from, to;

	if (json_at(value, "Source", &from) &&
	    json_at(value, "Destination", &to))
		add_mount(arg, from, to);
	return true;
}

static bool add_bind(void *arg, struct bytes key UNUSED, struct bytes value)
{
	struct buf text;

	buf_init(&text, TELL_WORD_MAX);
	if (json_text(value, &text))
		tell_entry(arg, buf_bytes(&text));
	buf_release(&text);
	return true;
}

void take_docker(struct tell *t, struct bytes id, struct bytes config,
		 struct bytes host)
{
	struct bytes a, b;

	triage_begin(t, "container", id);
	tell_str(t, "runtime", "docker");
	tell_member(t, "image", config, "Config.Image");
	(void)!json_at(config, "State.Pid", &a);
	tell_u64(t, "pid", json_u64(a));
	(void)!json_at(config, "State.Running", &a);
	tell_str(t, "state", json_yes(a) ? "running" : "stopped");
	(void)!json_at(host, "Privileged", &a);
	tell_bool(t, "privileged", json_yes(a));
	tell_list(t, "mounts");
	if (json_at(config, "MountPoints", &a))
		json_each(a, add_docker_mount, t);
	if (json_at(host, "Binds", &a))
		json_each(a, add_bind, t);
	tell_list_end(t);
	(void)!json_at(config, "Path", &a);
	(void)!json_at(config, "Args", &b);
	tell_command(t, a, b);
	if (json_at(config, "Created", &a))
		tell_created(t, a);
	triage_end(t);
}

static void look_docker(struct seen_containers *s, const char *folder)
{
	DIR *dir = top_opendir(&s->t->triage->top, folder);
	struct dirent *d;

	if (!dir && errno == EACCES)
		tell_errno(s->t, errno);
	while (dir && (d = readdir(dir)) && tell_go(s->t, 0)) {
		struct buf config, host;
		char *path;

		if (d->d_name[0] == '.')
			continue;
		buf_init(&config, CONFIG_MAX);
		buf_init(&host, CONFIG_MAX);
		path = xasprintf("%s/config.v2.json", d->d_name);
		if (proc_read(dirfd(dir), path, &config)) {
			free(path);
			path = xasprintf("%s/hostconfig.json", d->d_name);
			(void)!proc_read(dirfd(dir), path, &host);
			take_docker(s->t, bytes_str(d->d_name),
				    buf_bytes(&config), buf_bytes(&host));
			know(s, bytes_str(d->d_name));
		}
		free(path);
		buf_release(&config);
		buf_release(&host);
	}
	if (dir)
		(void)closedir(dir);
}

/* ---- config.json of the Open Container Initiative ---- */

static bool add_oci_mount(void *arg, struct bytes key UNUSED,
			  struct bytes value)
{
	struct bytes from, to, type;

	if (json_at(value, "source", &from) &&
	    json_at(value, "destination", &to) &&
	    json_at(value, "type", &type) &&
	    bytes_eq(type, bytes_str("\"bind\"")))
		add_mount(arg, from, to);
	return true;
}

static bool is_sys_admin(void *arg, struct bytes key UNUSED,
			 struct bytes value)
{
	bool *yes = arg;

	*yes |= bytes_eq(value, bytes_str("\"CAP_SYS_ADMIN\"")) ||
		bytes_eq(value, bytes_str("\"CAP_SYS_MODULE\""));
	return !*yes;
}

/* Free of every device and capability is what --privileged comes to. */
static bool is_privileged(struct bytes config)
{
	bool has_caps = false;
	struct bytes caps;

	if (json_at(config, "process.capabilities.bounding", &caps))
		json_each(caps, is_sys_admin, &has_caps);
	return has_caps;
}

static bool ends_with_image(void *arg, struct bytes key, struct bytes value)
{
	static const char *const names[] = {
		"io.kubernetes.cri.image-name", "io.container.manager.image",
		"io.podman.annotations.image", "org.opencontainers.image.ref."
		"name", "io.kubernetes.cri-o.ImageName", "nerdctl/image"};
	struct bytes *found = arg;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (bytes_eq(key, bytes_str(names[i])))
			*found = value;
	return found->n == 0;
}

static struct bytes container_image(struct bytes annotations)
{
	struct bytes found = {0};

	json_each(annotations, ends_with_image, &found);
	return found;
}

void take_oci(struct tell *t, const char *runtime, struct bytes id,
	      struct bytes config, uint64_t pid)
{
	struct bytes a;

	triage_begin(t, "container", id);
	tell_str(t, "runtime", runtime);
	if (json_at(config, "annotations", &a)) {
		struct bytes image = container_image(a);

		if (image.n)
			tell_text(t, "image", image);
	}
	tell_u64(t, "pid", pid);
	tell_str(t, "state", pid ? "running" : "stopped");
	tell_bool(t, "privileged", is_privileged(config));
	tell_list(t, "mounts");
	if (json_at(config, "mounts", &a))
		json_each(a, add_oci_mount, t);
	tell_list_end(t);
	if (json_at(config, "process.args", &a))
		tell_command(t, (struct bytes){0}, a);
	triage_end(t);
}

static uint64_t pid_in(int dir, const char *name)
{
	struct buf text;
	uint64_t pid = 0;

	if (proc_read_new(dir, name, &text, 64) &&
	    !bytes_to_u64(buf_bytes(&text), &pid))
		pid = 0;
	buf_release(&text);
	return pid;
}

static void look_oci(struct seen_containers *s, int folder, const char *id,
		     const char *runtime, const char *inner)
{
	char *path = xasprintf("%s/%sconfig.json", id, inner);
	char *pid = xasprintf("%s/%s", id,
			      *inner ? "userdata/pidfile" : "init.pid");
	struct buf config;

	buf_init(&config, CONFIG_MAX);
	if (proc_read(folder, path, &config)) {
		take_oci(s->t, runtime, bytes_str(id), buf_bytes(&config),
			 pid_in(folder, pid));
		know(s, bytes_str(id));
	}
	buf_release(&config);
	free(path);
	free(pid);
}

/* Takes fd: a folder of a folder for each container. */
static void look_folder(struct seen_containers *s, int fd,
			const char *runtime, const char *inner)
{
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;

	while (dir && (d = readdir(dir)) && tell_go(s->t, 0))
		if (d->d_name[0] != '.')
			look_oci(s, dirfd(dir), d->d_name, runtime, inner);
	if (dir)
		(void)closedir(dir);
	else
		close_fd(fd);
}

/* One folder for each namespace of containerd: docker's is "moby". */
static void look_containerd(struct seen_containers *s)
{
	DIR *dir = top_opendir(&s->t->triage->top,
			       "/run/containerd/io.containerd.runtime.v2.task");
	struct dirent *d;

	while (dir && (d = readdir(dir)) && tell_go(s->t, 0))
		if (d->d_name[0] != '.' && strcmp(d->d_name, "moby") != 0)
			look_folder(s,
				    openat(dirfd(dir), d->d_name,
					   O_RDONLY | O_DIRECTORY | O_CLOEXEC),
				    "containerd", "");
	if (dir)
		(void)closedir(dir);
}

/* ---- lxc ---- */

/* "lxc.mount.entry = /srv mnt none bind 0 0" */
void take_lxc(struct tell *t, struct bytes name, struct bytes text)
{
	struct bytes line, rest = text, value;
	bool privileged = true;

	triage_begin(t, "container", name);
	tell_str(t, "runtime", "lxc");
	tell_list(t, "mounts");
	while (bytes_split(&rest, '\n', &line)) {
		const uint8_t *eq = line.n ? memchr(line.p, '=', line.n) : NULL;
		char both[TELL_WORD_MAX];

		value = eq ? bytes_trim(bytes_skip(line,
						   (size_t)(eq - line.p) + 1))
			   : (struct bytes){0};
		privileged &= !bytes_starts(line, "lxc.idmap") &&
			      !bytes_starts(line, "lxc.id_map");
		if (!bytes_starts(line, "lxc.mount.entry"))
			continue;
		(void)snprintf(both, sizeof both, "%.*s:%.*s",
			       (int)MIN(proc_word(value, 0).n, (size_t)200),
			       (const char *)proc_word(value, 0).p,
			       (int)MIN(proc_word(value, 1).n, (size_t)200),
			       (const char *)proc_word(value, 1).p);
		tell_entry(t, bytes_str(both));
	}
	tell_list_end(t);
	tell_bool(t, "privileged", privileged);
	triage_end(t);
}

static void look_lxc(struct seen_containers *s)
{
	DIR *dir = top_opendir(&s->t->triage->top, "/var/lib/lxc");
	struct dirent *d;

	while (dir && (d = readdir(dir)) && tell_go(s->t, 0)) {
		char *path;
		struct buf text;

		if (d->d_name[0] == '.')
			continue;
		path = xasprintf("%s/config", d->d_name);
		buf_init(&text, CONFIG_MAX);
		if (proc_read(dirfd(dir), path, &text)) {
			take_lxc(s->t, bytes_str(d->d_name), buf_bytes(&text));
			know(s, bytes_str(d->d_name));
		}
		buf_release(&text);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

/* ---- by what runs ---- */

static void look_running(struct seen_containers *s)
{
	const struct triage *shared = s->t->triage;

	for (size_t i = 0; i < shared->n_processes && tell_go(s->t, 0); i++) {
		const struct seen_process *p = &shared->processes[i];
		struct bytes id = {0};
		const char *runtime =
			cgroup_container(bytes_str(p->cgroup), &id);

		if (!*runtime || !id.n || is_known(s, id))
			continue;
		know(s, id);
		triage_begin(s->t, "container", id);
		tell_str(s->t, "runtime", runtime);
		tell_u64(s->t, "pid", p->pid);
		tell_str(s->t, "state", "running");
		tell_str(s->t, "command", p->note);
		triage_end(s->t);
	}
}

void look_containers(struct tell *t)
{
	struct seen_containers s = {.t = t};

	look_docker(&s, "/var/lib/docker/containers");
	look_containerd(&s);
	look_folder(&s,
		    top_open(&t->triage->top,
			     "/var/lib/containers/storage/overlay-containers",
			     O_RDONLY | O_DIRECTORY | O_NONBLOCK),
		    "podman", "userdata/");
	look_lxc(&s);
	look_running(&s);
	free(s.ids);
}
