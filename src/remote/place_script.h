/* SPDX-License-Identifier: Apache-2.0 */
/* The script for the host's shell that places the probe. */
#ifndef HALLIGAN_REMOTE_PLACE_SCRIPT_H
#define HALLIGAN_REMOTE_PLACE_SCRIPT_H

#include "base/base.h"
#include "base/buf.h"

/* With what a shell reads a script and runs it, given its length twice.
 * head(1) is quick about it where it knows -c, and $T is set then. It may read
 * beyond the script: nothing may be sent behind one that has not said
 * something. */
#define RUN_SCRIPT                                                             \
	"S=$(head -c %zu 2>/dev/null) && T=1 || "                              \
	"S=$(dd bs=1 count=%zu 2>/dev/null); eval \"$S\""

/* nonce: 32 hex digits, of the file's name; mark: what its lines begin with;
 * kib: room that is wanted. Look at script->full afterwards. */
void place_script(const char *nonce, const char *mark, uint64_t kib,
		  struct buf *script);

#endif
