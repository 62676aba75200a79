/* SPDX-License-Identifier: Apache-2.0 */
/* Settings and state of the kernel. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "probe/proctext.h"
#include "probe/take.h"
#include "probe/triage.h"

#define VALUE_MAX   ((size_t)64 << 10)
#define FORMATS_MAX 256u

const struct kernel_setting kernel_settings[] = {
	{"tainted", "/proc/sys/kernel/tainted"},
	{"release", "/proc/sys/kernel/osrelease"},
	{"version", "/proc/version"},
	{"cmdline", "/proc/cmdline"},
	{"uptime", "/proc/uptime"},
	{"core_pattern", "/proc/sys/kernel/core_pattern"},
	{"core_pipe_limit", "/proc/sys/kernel/core_pipe_limit"},
	{"modprobe", "/proc/sys/kernel/modprobe"},
	{"hotplug", "/proc/sys/kernel/hotplug"},
	{"uevent_helper", "/sys/kernel/uevent_helper"},
	{"poweroff_cmd", "/proc/sys/kernel/poweroff_cmd"},
	{"modules_disabled", "/proc/sys/kernel/modules_disabled"},
	{"kexec_load_disabled", "/proc/sys/kernel/kexec_load_disabled"},
	{"kexec_loaded", "/sys/kernel/kexec_loaded"},
	{"randomize_va_space", "/proc/sys/kernel/randomize_va_space"},
	{"kptr_restrict", "/proc/sys/kernel/kptr_restrict"},
	{"dmesg_restrict", "/proc/sys/kernel/dmesg_restrict"},
	{"printk", "/proc/sys/kernel/printk"},
	{"perf_event_paranoid", "/proc/sys/kernel/perf_event_paranoid"},
	{"unprivileged_bpf_disabled",
	 "/proc/sys/kernel/unprivileged_bpf_disabled"},
	{"bpf_jit_harden", "/proc/sys/net/core/bpf_jit_harden"},
	{"unprivileged_userns_clone",
	 "/proc/sys/kernel/unprivileged_userns_clone"},
	{"ptrace_scope", "/proc/sys/kernel/yama/ptrace_scope"},
	{"sysrq", "/proc/sys/kernel/sysrq"},
	{"ftrace_enabled", "/proc/sys/kernel/ftrace_enabled"},
	{"suid_dumpable", "/proc/sys/fs/suid_dumpable"},
	{"protected_symlinks", "/proc/sys/fs/protected_symlinks"},
	{"protected_hardlinks", "/proc/sys/fs/protected_hardlinks"},
	{"ip_forward", "/proc/sys/net/ipv4/ip_forward"},
	{"ipv6_forwarding", "/proc/sys/net/ipv6/conf/all/forwarding"},
	{"accept_redirects", "/proc/sys/net/ipv4/conf/all/accept_redirects"},
	{"rp_filter", "/proc/sys/net/ipv4/conf/all/rp_filter"},
	{"lockdown", "/sys/kernel/security/lockdown"},
	{"lsm", "/sys/kernel/security/lsm"},
	{"selinux_enforce", "/sys/fs/selinux/enforce"},
	{"apparmor", "/sys/module/apparmor/parameters/enabled"},
	{"ima_policy", "/sys/kernel/security/ima/policy"},
	{"kprobes", "/sys/kernel/debug/kprobes/list"},
	{"traced_functions", "/sys/kernel/tracing/enabled_functions"},
	{"boot_id", "/proc/sys/kernel/random/boot_id"},
	{NULL, NULL},
};

void take_setting(struct tell *t, struct bytes name, struct bytes value)
{
	uint64_t number;

	triage_begin(t, "kernel", name);
	tell_bytes(t, "value", value);
	if (bytes_to_u64(value, &number))
		tell_u64(t, "number", number);
	triage_end(t);
}

static void look_settings(struct tell *t)
{
	const struct kernel_setting *s = kernel_settings;
	struct buf value;

	for (; s->path && tell_go(t, 0); s++) {
		if (proc_read_new(AT_FDCWD, s->path, &value, VALUE_MAX))
			take_setting(t, bytes_str(s->name), buf_bytes(&value));
		else if (errno == EACCES || errno == EPERM)
			tell_errno(t, errno);
		buf_release(&value);
	}
}

/* "interpreter /usr/bin/qemu-arm-static" of what is not run by itself. */
static void look_formats(struct tell *t)
{
	DIR *dir = opendir("/proc/sys/fs/binfmt_misc");
	struct bytes interpreter;
	struct dirent *d;
	struct buf text;
	unsigned n = 0;

	while (dir && n < FORMATS_MAX && (d = readdir(dir)) && tell_go(t, 0)) {
		if (d->d_name[0] == '.' || strcmp(d->d_name, "status") == 0 ||
		    strcmp(d->d_name, "register") == 0)
			continue;
		if (proc_read_new(dirfd(dir), d->d_name, &text, VALUE_MAX) &&
		    proc_value(buf_bytes(&text), "interpreter ",
			       &interpreter)) {
			char *name = xasprintf("binfmt %s", d->d_name);

			take_setting(t, bytes_str(name), interpreter);
			free(name);
			n++;
		}
		buf_release(&text);
	}
	if (dir)
		(void)closedir(dir);
}

void look_kernel(struct tell *t)
{
	look_settings(t);
	look_formats(t);
}
