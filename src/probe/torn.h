/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that change while they are read and show no sign of it. Who writes
 * through a shared mapping changes mtime and ctime only when a page becomes
 * dirty, which may have been long ago, and on tmpfs never. So files that some
 * process has mapped like that (/proc/PID/maps) are read twice, and are the
 * same when their hashes are. Of a few files it is a lease that tells.
 *
 * What is looked at may be some seconds old, and who is not root sees its own
 * processes alone: a file that slips by is as it was before, one that is named
 * did change.
 */
#ifndef HALLIGAN_PROBE_TORN_H
#define HALLIGAN_PROBE_TORN_H

#include <pthread.h>

#include "base/base.h"
#include "base/buf.h"

struct file;
struct helper;

struct mapped {
	uint64_t dev, ino;
	size_t path, path_n; /* in the text */
};

/* Files that processes may write to through their memory. Any thread. */
struct writers {
	pthread_mutex_t lock;
	int64_t read_ns; /* on the monotonic clock; 0: never */
	unsigned n_leases; /* that were asked for */
	bool hangs;	 /* a process whose maps cannot be read: never again */
	struct mapped *all;
	size_t n, cap;
	struct buf text;
};

void writers_init(struct writers *w);
void writers_release(struct writers *w);

/* The lines of a /proc/PID/maps, proc(5). */
void writers_add(struct writers *w, struct bytes maps);

/* Btrfs has other devices there than in stat(2), so that a path counts too. */
bool writers_have(const struct writers *w, uint64_t dev, uint64_t ino,
		  struct bytes path);

bool file_is_mapped(const struct file *f);

/* Whether the file, whose sha256 is of what was read, reads otherwise now. */
bool file_is_torn(struct file *f);

#endif
