/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of eBPF: by number as bpf(2) has them, by who holds them, and by
 * the pins that keep them. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/time.h"
#include "probe/triage.h"

#define PROGRAMS_MAX 4096u
#define PINS_MAX     4096u
#define DEPTH_MAX    16u
#define PINS_TOP     "/sys/fs/bpf"

/* enum bpf_prog_type, as bpftool names them. */
static const char *const types[] = {
	"unspec", "socket_filter", "kprobe", "sched_cls", "sched_act",
	"tracepoint", "xdp", "perf_event", "cgroup_skb", "cgroup_sock",
	"lwt_in", "lwt_out", "lwt_xmit", "sock_ops", "sk_skb",
	"cgroup_device", "sk_msg", "raw_tracepoint", "cgroup_sock_addr",
	"lwt_seg6local", "lirc_mode2", "sk_reuseport", "flow_dissector",
	"cgroup_sysctl", "raw_tracepoint_writable", "cgroup_sockopt",
	"tracing", "struct_ops", "ext", "lsm", "sk_lookup", "syscall",
	"netfilter",
};

/* A folder of pins holds these. */
struct pin {
	uint64_t id;
	char *path;
};

struct pins {
	struct tell *t;
	struct pin *v;
	size_t n;
};

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

static bool get_info(int fd, struct bpf_prog_info *info)
{
	union bpf_attr attr = {.info = {
				       .bpf_fd = (uint32_t)fd,
				       .info_len = sizeof *info,
				       .info = (uint64_t)(uintptr_t)info,
			       }};

	memset(info, 0, sizeof *info);
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0;
}

/* ---- pins ---- */

static void take_pin(struct pins *pins, const char *path)
{
	union bpf_attr attr = {
		.pathname = (uint64_t)(uintptr_t)path,
		.file_flags = BPF_F_RDONLY,
	};
	struct bpf_prog_info info;
	int fd = bpf(BPF_OBJ_GET, &attr);
	uint64_t id = 0;

	if (fd < 0) { /* programs have no mode to be opened in */
		attr.file_flags = 0;
		fd = bpf(BPF_OBJ_GET, &attr);
	}
	if (fd >= 0 && get_info(fd, &info))
		id = info.id;
	close_fd(fd);
	pins->v = xrealloc(pins->v, pins->n + 1, sizeof *pins->v);
	pins->v[pins->n++] = (struct pin){.id = id, .path = xstrdup(path)};
}

static void walk_pins(struct pins *pins, const char *folder, unsigned depth)
{
	DIR *dir = opendir(folder);
	struct dirent *d;

	while (dir && pins->n < PINS_MAX && (d = readdir(dir)) &&
	       tell_go(pins->t, 0)) {
		char *path;

		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		path = xasprintf("%s/%s", folder, d->d_name);
		if (d->d_type == DT_DIR && depth)
			walk_pins(pins, path, depth - 1);
		else if (d->d_type != DT_DIR)
			take_pin(pins, path);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

static void release(struct pins *pins)
{
	for (size_t i = 0; i < pins->n; i++)
		free(pins->v[i].path);
	free(pins->v);
}

static const char *pin_of(const struct pins *pins, uint64_t id)
{
	for (size_t i = 0; i < pins->n; i++)
		if (pins->v[i].id == id)
			return pins->v[i].path;
	return NULL;
}

/* ---- programs ---- */

static uint64_t holder_of(const struct tell *t, uint64_t id)
{
	for (size_t i = 0; i < t->triage->n_bpf; i++)
		if (t->triage->bpf[i].id == id)
			return t->triage->bpf[i].pid;
	return 0;
}

/* load_time is of a clock that began with the host. */
static int64_t loaded_at(uint64_t load_ns)
{
	struct timespec up;

	if (clock_gettime(CLOCK_BOOTTIME, &up) != 0 ||
	    load_ns > (uint64_t)time_from_spec(up))
		return TIME_UNKNOWN;
	return time_now_ns() - (time_from_spec(up) - (int64_t)load_ns);
}

static void tell_common(struct tell *t, uint64_t id, const char *pin)
{
	uint64_t holder = holder_of(t, id);
	const struct seen_process *p = triage_process(t->triage, holder);

	if (pin)
		tell_str(t, "pinned", pin);
	if (holder)
		tell_u64(t, "holder", holder);
	t->process_seq = p ? p->seq : 0;
	triage_end(t);
	t->process_seq = 0;
}

static void tell_program(struct tell *t, const struct pins *pins,
			 const struct bpf_prog_info *info)
{
	char id[24];

	(void)snprintf(id, sizeof id, "%u", info->id);
	triage_begin(t, "bpf", bytes_str(id));
	tell_str(t, "type",
		 info->type < ARRAY_SIZE(types) ? types[info->type] : "");
	tell_bytes(t, "program",
		   bytes_of(info->name,
			    strnlen(info->name, sizeof info->name)));
	tell_hex(t, "tag", bytes_of(info->tag, sizeof info->tag));
	tell_time(t, "loaded_at", loaded_at(info->load_time));
	tell_u64(t, "uid", info->created_by_uid);
	tell_common(t, info->id, pin_of(pins, info->id));
}

/* False: not allowed, errno says why. */
static bool look_by_number(struct tell *t, const struct pins *pins)
{
	union bpf_attr attr = {0};
	struct bpf_prog_info info;
	unsigned n = 0;

	while (bpf(BPF_PROG_GET_NEXT_ID, &attr) == 0) {
		union bpf_attr get = {.prog_id = attr.next_id};
		int fd = bpf(BPF_PROG_GET_FD_BY_ID, &get);

		if (fd >= 0 && get_info(fd, &info))
			tell_program(t, pins, &info);
		close_fd(fd);
		attr = (union bpf_attr){.start_id = attr.next_id};
		if (++n == PROGRAMS_MAX || !tell_go(t, 0))
			return true;
	}
	return errno == ENOENT;
}

/* What may be known without being asked: who holds which. */
static void look_by_holder(struct tell *t)
{
	char id[24];

	for (size_t i = 0; i < t->triage->n_bpf && tell_go(t, 0); i++) {
		(void)snprintf(id, sizeof id, "%" PRIu64,
			       t->triage->bpf[i].id);
		triage_begin(t, "bpf", bytes_str(id));
		tell_common(t, t->triage->bpf[i].id, NULL);
	}
}

/* Maps and links that are pinned, and programs nobody could look at. */
static void tell_pins(struct tell *t, const struct pins *pins, bool all)
{
	for (size_t i = 0; i < pins->n; i++) {
		if (!all && pins->v[i].id)
			continue;
		triage_begin(t, "bpf", bytes_str(pins->v[i].path));
		tell_str(t, "pinned", pins->v[i].path);
		triage_end(t);
	}
}

void look_bpf(struct tell *t)
{
	struct pins pins = {.t = t};
	bool allowed;
	int error;

	walk_pins(&pins, PINS_TOP, DEPTH_MAX);
	allowed = look_by_number(t, &pins);
	error = errno;
	if (!allowed) {
		look_by_holder(t);
		tell_errno(t, error == EINVAL ? ENOSYS : error);
	}
	tell_pins(t, &pins, !allowed);
	release(&pins);
}
