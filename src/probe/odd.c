/* SPDX-License-Identifier: Apache-2.0 */
/* Telling of a file that is out of the ordinary. */
#include "base/base.h"

#include <fcntl.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/odd.h"

#define REVISION_MASK  UINT32_C(0xff000000)
#define REVISION_1     UINT32_C(0x01000000)
#define EFFECTIVE      UINT32_C(1)

/* capabilities(7), by number. */
static const char *const caps[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid",
	"kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind_service", "net_broadcast", "net_admin", "net_raw",
	"ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot",
	"sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
	"sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
	"audit_write", "audit_control", "setfcap", "mac_override",
	"mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read",
	"perfmon", "bpf", "checkpoint_restore",
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* struct vfs_cap_data: magic, permitted, inheritable; the last two twice. */
void odd_caps(struct bytes x, char out[CAPS_ROOM])
{
	uint64_t permitted, inheritable;
	uint32_t magic;
	size_t n = 0;
	bool two;

	out[0] = '\0';
	if (x.n < 12)
		return;
	magic = le32(x.p);
	two = (magic & REVISION_MASK) != REVISION_1;
	if (two && x.n < 20)
		return;
	permitted = le32(x.p + 4) | (two ? (uint64_t)le32(x.p + 12) << 32 : 0);
	inheritable = le32(x.p + 8) |
		      (two ? (uint64_t)le32(x.p + 16) << 32 : 0);
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if ((permitted | inheritable) >> i & 1)
			n += (size_t)snprintf(out + n, CAPS_ROOM - n,
					      "%scap_%s", n ? "," : "",
					      caps[i]);
	if (n)
		(void)snprintf(out + n, CAPS_ROOM - n, "%s%s%s",
			       magic & EFFECTIVE ? "+e" : "+",
			       inheritable ? "i" : "", permitted ? "p" : "");
}

int64_t odd_time(struct statx_timestamp ts)
{
	return time_from_parts(ts.tv_sec, ts.tv_nsec);
}

bool odd_stat(int dir, const char *name, struct statx *st)
{
	return statx(dir, name,
		     AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT |
			     (*name ? 0 : AT_EMPTY_PATH),
		     STATX_BASIC_STATS | STATX_BTIME, st) == 0;
}

uint64_t odd_attributes(const struct statx *st)
{
	return st->stx_attributes & st->stx_attributes_mask &
	       (ODD_IMMUTABLE | ODD_APPEND);
}

static void tell_inside(struct tell *t, const struct odd_file *f)
{
	if (f->kind && *f->kind)
		tell_str(t, "kind", f->kind);
	if (f->target.n)
		tell_bytes(t, "target", f->target);
	if (f->n_signs) {
		tell_list(t, "signs");
		for (size_t i = 0; i < f->n_signs; i++)
			tell_entry(t, bytes_str(f->signs[i]));
		tell_list_end(t);
	}
	if (f->sha256)
		tell_hex(t, "sha256", bytes_of(f->sha256, SHA256_LEN));
}

void odd_tell(struct tell *t, const char *why, const struct odd_file *f)
{
	const struct statx *st = f->st;

	triage_begin(t, "odd_file", f->path);
	tell_str(t, "why", why);
	tell_u64(t, "mode", st->stx_mode);
	tell_u64(t, "uid", st->stx_uid);
	tell_u64(t, "gid", st->stx_gid);
	tell_u64(t, "size", st->stx_size);
	tell_time(t, "mtime", odd_time(st->stx_mtime));
	tell_time(t, "ctime", odd_time(st->stx_ctime));
	if (st->stx_mask & STATX_BTIME)
		tell_time(t, "btime", odd_time(st->stx_btime));
	if (t->triage->has_packages)
		tell_bool(t, "packaged", f->packaged);
	if (f->caps)
		tell_str(t, "caps", f->caps);
	tell_u64(t, "attributes", odd_attributes(st));
	tell_inside(t, f);
	triage_end(t);
}
