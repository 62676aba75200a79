/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of file systems as reasons not to enter them. */
#include "base/base.h"
#include "model/fstype.h"
#include "probe/fstype.h"

enum reason fstype_reason_of_kind(enum fs_kind kind)
{
	static const enum reason reasons[] = {
		[FS_ORDINARY] = REASON_SCANNED,
		[FS_PSEUDO] = REASON_PSEUDO,
		[FS_NETWORK] = REASON_NETWORK,
	};

	return reasons[kind];
}

enum reason fstype_reason(uint64_t type)
{
	return fstype_reason_of_kind(fs_kind_of_magic(type));
}

enum reason fstype_reason_of_name(struct bytes name)
{
	return fstype_reason_of_kind(fs_kind_of_name(name));
}
