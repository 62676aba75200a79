/* SPDX-License-Identifier: Apache-2.0 */
/* The program a process runs, and what is mapped into it. */
#ifndef HALLIGAN_PROBE_TRIAGE_PROGRAM_H
#define HALLIGAN_PROBE_TRIAGE_PROGRAM_H

#include "base/base.h"
#include "probe/process.h"
#include "probe/triage.h"

/* Its members, and its hash in out; false: it was not read. */
bool program_tell(struct tell *t, const struct process *p,
		  uint8_t out[SHA256_LEN]);

/* What is mapped to be run. */
void maps_tell(struct tell *t, const struct process *p);

/* The same of a text as proc_pid_maps(5) has it, which it takes; sensitive:
 * every library must be a package's. */
void maps_take(struct tell *t, struct buf *text, bool sensitive);

/* What is hashed and looked at of any file: its first bytes' kind. False when
 * it could not be read to its end. */
bool content_hash(struct tell *t, int fd, uint8_t out[SHA256_LEN],
		  const char **kind);

#endif
