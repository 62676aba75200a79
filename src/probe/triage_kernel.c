/* SPDX-License-Identifier: Apache-2.0 */
/* Settings and state of the kernel. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>

#include "model/kernel_setting.h"
#include "probe/proctext.h"
#include "probe/take.h"
#include "probe/triage.h"

#define VALUE_MAX   ((size_t)64 << 10)
#define FORMATS_MAX 256u

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
