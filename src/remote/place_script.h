/* SPDX-License-Identifier: Apache-2.0 */
/* The script for the host's shell that places the probe. */
#ifndef HALLIGAN_REMOTE_PLACE_SCRIPT_H
#define HALLIGAN_REMOTE_PLACE_SCRIPT_H

#include "base/base.h"
#include "base/buf.h"

/* nonce: 32 hex digits, of the file's name; mark: what its lines begin with;
 * kib: room that is wanted. Look at script->full afterwards. */
void place_script(const char *nonce, const char *mark, uint64_t kib,
		  struct buf *script);

#endif
