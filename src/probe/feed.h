/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the script of shell mode says (job/shell_script.c writes it): a
 * host's files with what is known of them, and their content, over a pipe.
 * Frames are a letter and text that ends with a zero byte, which no name and
 * no line of a shell can hold; content comes in as many bytes as both sides
 * can reckon from the size that was said before. Whoever speaks may be
 * hostile: each text has a maximum, and what does not fit ends it all.
 */
#ifndef HALLIGAN_PROBE_FEED_H
#define HALLIGAN_PROBE_FEED_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wait.h"
#include "model/fstype.h"
#include "model/record.h"

/* Content is padded to whole blocks; of a small file to one of its size. */
#define FEED_BLOCK	((uint64_t)256 << 10)
#define FEED_SPARSE_MIN ((uint64_t)256 << 20)
/* Content is held in memory while it is looked at: no larger file is. */
#define FEED_FILE_MAX	((uint64_t)1 << 30)

struct feed {
	int fd;
	struct buf in;
	size_t used; /* of in, given out already */
	struct deadline deadline;
	int64_t clock_ns; /* the host's, in seconds */
	int word_order;	  /* of the host's /proc/net: LITTLE_ENDIAN or BIG_ENDIAN */
};

/* The host, as its first frame tells. Borrowed, until the next. */
struct feed_host {
	struct bytes system, release, machine, name;
	uint64_t uid;
	struct bytes precision; /* "ns", "s", "min": of times */
};

enum feed_state {
	FEED_PLAIN,    /* nothing was read of it */
	FEED_CONTENT,  /* fd has what it holds */
	FEED_VANISHED, /* exchanged, or gone, when it was to be read */
	FEED_DENIED,
	FEED_FAILED, /* reading it did */
};

/* A path below (or at) the root, and what is there. */
struct feed_entry {
	struct rec_file file; /* path included */
	bool known;	      /* it was there when it was looked at */
	uint64_t blocks;      /* of 512 bytes; UINT64_MAX: not told */
	bool offered;	      /* its content was to come if it is wanted */
	enum feed_state state;
	bool changed; /* it was another after reading */
	struct bytes target; /* where a link leads, if that was told; borrowed */
	int fd;	      /* FEED_CONTENT: a file in memory; the taker's */
};

/* A process as texts of its folder have it, proc(5); for a triage. */
struct feed_process {
	uint64_t pid;
	struct bytes stat, status;
	struct bytes cmdline; /* \1 in place of each zero byte */
	struct bytes links; /* exe, cwd, root and fd/N, as ls(1) shows them */
};

/* What is done with it; each may be NULL. False ends the reading. */
struct feed_sink {
	void *arg;
	void (*passwd)(void *arg, struct bytes text);
	void (*hosts)(void *arg, struct bytes text);
	void (*sockets)(void *arg, struct bytes name, struct bytes table);
	/* A text of the host that has a name: "modules", "kernel". */
	void (*text)(void *arg, struct bytes name, struct bytes text);
	void (*process)(void *arg, const struct feed_process *p);
	void (*mount)(void *arg, enum fs_kind kind, struct bytes path);
	/* find(1) below a path ended so, and not by itself. */
	void (*broken)(void *arg, uint64_t status, struct bytes path);
	/* A path of a pattern, and what it is without symlinks. */
	void (*leads)(void *arg, struct bytes from, struct bytes to);
	bool (*root)(void *arg, uint64_t root);
	/* The root itself is not there, or is on such a file system. */
	void (*absent)(void *arg);
	void (*shut)(void *arg, enum fs_kind kind);
	/* So much of it has come, while its content does. */
	void (*part)(void *arg, const struct feed_entry *e, uint64_t part);
	bool (*entry)(void *arg, struct feed_entry *e);
};

void feed_init(struct feed *f, int fd); /* takes fd */
void feed_release(struct feed *f);

/* The first frame. */
enum err_code feed_begin(struct feed *f, struct feed_host *host,
			 struct err *err) MUST_CHECK;

/* All others to the last. ERR_OK also when the sink wanted no more. */
enum err_code feed_read(struct feed *f, const struct feed_sink *sink,
			struct err *err) MUST_CHECK;

/* A line about a file; false for one of no shape. clock_ns tells the year
 * where ls(1) does not. */
bool feed_parse_meta(struct bytes line, int64_t clock_ns,
		     struct feed_entry *e);

#endif
