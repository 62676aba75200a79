/* SPDX-License-Identifier: Apache-2.0 */
/* What a process has open. */
#ifndef HALLIGAN_PROBE_TRIAGE_FDS_H
#define HALLIGAN_PROBE_TRIAGE_FDS_H

#include "base/base.h"
#include "probe/triage.h"

struct open_files {
	struct buf standard[3]; /* what 0, 1 and 2 are; empty: closed */
	struct buf deleted;	/* paths, NUL behind each */
	uint64_t *sockets;	/* inodes */
	size_t n_sockets;
	unsigned n_bpf;
	bool denied; /* it may not be looked at */
};

void open_files_init(struct open_files *f);

/* One descriptor, by what its link says. */
void open_files_take(struct tell *t, struct open_files *f, uint64_t fd,
		     struct bytes link);

/* All of them; dir is /proc/PID. */
void open_files_read(struct tell *t, uint64_t pid, int dir,
		     struct open_files *f);
void open_files_release(struct open_files *f);

/* Its members. */
void open_files_tell(struct tell *t, const struct open_files *f);

/* The sockets among them are those of this process, which was told. */
void open_files_claim(struct tell *t, const struct open_files *f, uint64_t pid,
		      uint64_t seq);

#endif
