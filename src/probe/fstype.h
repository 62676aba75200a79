/* SPDX-License-Identifier: Apache-2.0 */
/* File systems a walk does not enter. */
#ifndef HALLIGAN_PROBE_FSTYPE_H
#define HALLIGAN_PROBE_FSTYPE_H

#include "base/base.h"
#include "base/bytes.h"
#include "model/fstype.h"
#include "probe/coverage.h"

/* statfs(2) f_type: REASON_PSEUDO, REASON_NETWORK, or REASON_SCANNED when it
 * may be entered. */
enum reason fstype_reason(uint64_t type);

enum reason fstype_reason_of_kind(enum fs_kind kind);

/* The same for the name in a mount table: "nfs4", "fuse.sshfs". */
enum reason fstype_reason_of_name(struct bytes name);

#endif
