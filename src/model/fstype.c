/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems a walk does not enter: those the kernel makes up, where
 * reading can have effects, and those of other machines, where reading can
 * hang and which are somebody else's evidence.
 */
#include "base/base.h"
#include "model/fstype.h"

/* Numbers: linux/magic.h and, where it lacks them, the file systems' own
 * sources; written out because old headers do not have them all. 0: known
 * by name only, in mount tables. */
static const struct {
	uint32_t type;
	enum fs_kind kind;
	const char *name;
} types[] = {
	{0x00009fa0, FS_PSEUDO, "proc"},
	{0x62656572, FS_PSEUDO, "sysfs"},
	{0x0027e0eb, FS_PSEUDO, "cgroup"},
	{0x63677270, FS_PSEUDO, "cgroup2"},
	{0x00001cd1, FS_PSEUDO, "devpts"},
	{0x64626720, FS_PSEUDO, "debugfs"},
	{0x74726163, FS_PSEUDO, "tracefs"},
	{0x73636673, FS_PSEUDO, "securityfs"},
	{0xf97cff8c, FS_PSEUDO, "selinuxfs"},
	{0x43415d53, FS_PSEUDO, "smackfs"},
	{0x5a3c69f0, FS_PSEUDO, "apparmorfs"},
	{0xcafe4a11, FS_PSEUDO, "bpf"},
	{0x62656570, FS_PSEUDO, "configfs"},
	{0x6165676c, FS_PSEUDO, "pstore"},
	{0xde5e81e4, FS_PSEUDO, "efivarfs"},
	{0x42494e4d, FS_PSEUDO, "binfmt_misc"},
	{0x19800202, FS_PSEUDO, "mqueue"},
	{0x958458f6, FS_PSEUDO, "hugetlbfs"},
	{0x6e736673, FS_PSEUDO, "nsfs"},
	{0x00009fa1, FS_PSEUDO, "openpromfs"},
	{0x00009fa2, FS_PSEUDO, "usbfs"},
	{0x0bad1dea, FS_PSEUDO, "futexfs"},
	{0x67596969, FS_PSEUDO, "rpc_pipefs"},
	{0x65735543, FS_PSEUDO, "fusectl"},
	{0x6c6f6f70, FS_PSEUDO, "binder"},
	{0x07655821, FS_PSEUDO, "resctrl"},
	{0xabba1974, FS_PSEUDO, "xenfs"},
	{0x00000187, FS_NETWORK, "autofs"},
	{0x00006969, FS_NETWORK, "nfs"},
	{0x6e667364, FS_PSEUDO, "nfsd"},
	{0xff534d42, FS_NETWORK, "cifs"},
	{0xfe534d42, FS_NETWORK, "smb2"},
	{0x0000517b, FS_NETWORK, "smbfs"},
	{0x65735546, FS_NETWORK, "fuse"},
	{0x01021997, FS_NETWORK, "9p"},
	{0x00c36400, FS_NETWORK, "ceph"},
	{0x5346414f, FS_NETWORK, "openafs"},
	{0x6b414653, FS_NETWORK, "afs"},
	{0x73757245, FS_NETWORK, "coda"},
	{0x0000564c, FS_NETWORK, "ncpfs"},
	{0x0bd00bd0, FS_NETWORK, "lustre"},
	{0x01161970, FS_NETWORK, "gfs2"},
	{0x7461636f, FS_NETWORK, "ocfs2"},
	{0x47504653, FS_NETWORK, "gpfs"},
	{0x19830326, FS_NETWORK, "beegfs"},
	{0xaad7aaea, FS_NETWORK, "panfs"},
	{0x786f4256, FS_NETWORK, "vboxsf"},
	{0xbacbacbc, FS_NETWORK, "vmhgfs"},
	{0x20030528, FS_NETWORK, "orangefs"},
	{0, FS_NETWORK, "nfs4"},
	{0, FS_NETWORK, "smb3"},
	{0, FS_NETWORK, "fuseblk"},
	{0, FS_NETWORK, "virtiofs"},
	{0, FS_NETWORK, "prl_fs"},
	{0, FS_NETWORK, "pvfs2"},
	/* of other systems, which are asked by name alone */
	{0, FS_PSEUDO, "procfs"},
	{0, FS_PSEUDO, "linprocfs"},
	{0, FS_PSEUDO, "linsysfs"},
	{0, FS_PSEUDO, "fdescfs"},
	{0, FS_PSEUDO, "kernfs"},
	{0, FS_NETWORK, "fusefs"},
};

enum fs_kind fs_kind_of_magic(uint64_t magic)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type && types[i].type == (uint32_t)magic)
			return types[i].kind;
	}
	return FS_ORDINARY;
}

enum fs_kind fs_kind_of_name(struct bytes name)
{
	if (bytes_starts(name, "fuse."))
		return FS_NETWORK;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (bytes_eq(name, bytes_str(types[i].name)))
			return types[i].kind;
	}
	return FS_ORDINARY;
}

const char *fs_name(size_t i, enum fs_kind *kind)
{
	if (i >= ARRAY_SIZE(types))
		return NULL;
	*kind = types[i].kind;
	return types[i].name;
}
