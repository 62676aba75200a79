/* SPDX-License-Identifier: Apache-2.0 */
/* File systems a walk does not enter, whoever walks. */
#ifndef HALLIGAN_MODEL_FSTYPE_H
#define HALLIGAN_MODEL_FSTYPE_H

#include "base/base.h"
#include "base/bytes.h"

enum fs_kind { FS_ORDINARY, FS_PSEUDO, FS_NETWORK };

/* By f_type of statfs(2). */
enum fs_kind fs_kind_of_magic(uint64_t magic);

/* By the name in a mount table: "nfs4", "fuse.sshfs". */
enum fs_kind fs_kind_of_name(struct bytes name);

/* The names one by one, for those who must say them; NULL behind the last.
 * "fuse." and anything is a network file system besides. */
const char *fs_name(size_t i, enum fs_kind *kind);

#endif
