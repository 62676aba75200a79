/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems a walk does not enter: those the kernel makes up, where
 * reading can have effects, and those of other machines, where reading can
 * hang and which are somebody else's evidence.
 */
#include "base/base.h"
#include "probe/fstype.h"

/* Numbers: linux/magic.h and, where it lacks them, the file systems' own
 * sources; written out because old headers do not have them all. 0: known
 * by name only, in mount tables. */
static const struct {
	uint32_t type;
	enum reason reason;
	const char *name;
} types[] = {
	{0x00009fa0, REASON_PSEUDO, "proc"},
	{0x62656572, REASON_PSEUDO, "sysfs"},
	{0x0027e0eb, REASON_PSEUDO, "cgroup"},
	{0x63677270, REASON_PSEUDO, "cgroup2"},
	{0x00001cd1, REASON_PSEUDO, "devpts"},
	{0x64626720, REASON_PSEUDO, "debugfs"},
	{0x74726163, REASON_PSEUDO, "tracefs"},
	{0x73636673, REASON_PSEUDO, "securityfs"},
	{0xf97cff8c, REASON_PSEUDO, "selinuxfs"},
	{0x43415d53, REASON_PSEUDO, "smackfs"},
	{0x5a3c69f0, REASON_PSEUDO, "apparmorfs"},
	{0xcafe4a11, REASON_PSEUDO, "bpf"},
	{0x62656570, REASON_PSEUDO, "configfs"},
	{0x6165676c, REASON_PSEUDO, "pstore"},
	{0xde5e81e4, REASON_PSEUDO, "efivarfs"},
	{0x42494e4d, REASON_PSEUDO, "binfmt_misc"},
	{0x19800202, REASON_PSEUDO, "mqueue"},
	{0x958458f6, REASON_PSEUDO, "hugetlbfs"},
	{0x6e736673, REASON_PSEUDO, "nsfs"},
	{0x00009fa1, REASON_PSEUDO, "openpromfs"},
	{0x00009fa2, REASON_PSEUDO, "usbfs"},
	{0x0bad1dea, REASON_PSEUDO, "futexfs"},
	{0x67596969, REASON_PSEUDO, "rpc_pipefs"},
	{0x65735543, REASON_PSEUDO, "fusectl"},
	{0x6c6f6f70, REASON_PSEUDO, "binder"},
	{0x07655821, REASON_PSEUDO, "resctrl"},
	{0xabba1974, REASON_PSEUDO, "xenfs"},
	{0x00000187, REASON_NETWORK, "autofs"},
	{0x00006969, REASON_NETWORK, "nfs"},
	{0x6e667364, REASON_PSEUDO, "nfsd"},
	{0xff534d42, REASON_NETWORK, "cifs"},
	{0xfe534d42, REASON_NETWORK, "smb2"},
	{0x0000517b, REASON_NETWORK, "smbfs"},
	{0x65735546, REASON_NETWORK, "fuse"},
	{0x01021997, REASON_NETWORK, "9p"},
	{0x00c36400, REASON_NETWORK, "ceph"},
	{0x5346414f, REASON_NETWORK, "openafs"},
	{0x6b414653, REASON_NETWORK, "afs"},
	{0x73757245, REASON_NETWORK, "coda"},
	{0x0000564c, REASON_NETWORK, "ncpfs"},
	{0x0bd00bd0, REASON_NETWORK, "lustre"},
	{0x01161970, REASON_NETWORK, "gfs2"},
	{0x7461636f, REASON_NETWORK, "ocfs2"},
	{0x47504653, REASON_NETWORK, "gpfs"},
	{0x19830326, REASON_NETWORK, "beegfs"},
	{0xaad7aaea, REASON_NETWORK, "panfs"},
	{0x786f4256, REASON_NETWORK, "vboxsf"},
	{0xbacbacbc, REASON_NETWORK, "vmhgfs"},
	{0x20030528, REASON_NETWORK, "orangefs"},
	{0, REASON_NETWORK, "nfs4"},
	{0, REASON_NETWORK, "smb3"},
	{0, REASON_NETWORK, "fuseblk"},
	{0, REASON_NETWORK, "virtiofs"},
	{0, REASON_NETWORK, "prl_fs"},
	{0, REASON_NETWORK, "pvfs2"},
};

enum reason fstype_reason(uint64_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type && types[i].type == (uint32_t)type)
			return types[i].reason;
	}
	return REASON_SCANNED;
}

enum reason fstype_reason_of_name(struct bytes name)
{
	if (bytes_starts(name, "fuse."))
		return REASON_NETWORK;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (bytes_eq(name, bytes_str(types[i].name)))
			return types[i].reason;
	}
	return REASON_SCANNED;
}
