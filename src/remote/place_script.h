/* SPDX-License-Identifier: Apache-2.0 */
/* The script for the host's shell that places the probe. */
#ifndef HALLIGAN_REMOTE_PLACE_SCRIPT_H
#define HALLIGAN_REMOTE_PLACE_SCRIPT_H

#include "base/base.h"
#include "base/buf.h"

/*
 * A shell reads what it is to do on its standard input, and has read all of it
 * before it does any: some read ahead, so nothing may be sent behind a script
 * that has not said something.
 */
#define RUN_SHELL    "exec /bin/sh -s"
#define SCRIPT_BEGIN "{\n"
#define SCRIPT_END   "} # end\n"

/*
 * On a terminal it would take us for a person, and so would root's, which may
 * have one: these are told the length (twice) of what they are to read, by
 * head(1) where it knows -c.
 */
#define RUN_SCRIPT                                                             \
	"S=$(head -c %zu 2>/dev/null) || "                                     \
	"S=$(dd bs=1 count=%zu 2>/dev/null); eval \"$S\""

/* nonce: 32 hex digits, of the file's name; mark: what its lines begin with;
 * kib: room that is wanted. Look at script->full afterwards. */
void place_script(const char *nonce, const char *mark, uint64_t kib,
		  struct buf *script);

#endif
