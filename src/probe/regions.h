/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a process in pieces worth reading: /proc/PID/smaps says what
 * there is, /proc/PID/pagemap which of its pages hold something that is not
 * just the file they were mapped from (proc(5), Linux
 * Documentation/admin-guide/mm/pagemap.rst). Reading needs the right to trace
 * the process, and does not stop it.
 */
#ifndef HALLIGAN_PROBE_REGIONS_H
#define HALLIGAN_PROBE_REGIONS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"

struct region {
	uint64_t start, end;
	struct bytes path;  /* or [heap], or nothing; in regions.text */
	struct bytes perms; /* "rw-p" */
	bool device;	    /* not memory: reading it may do something */
	bool on_disk;	    /* mapped from a file that still has a name */
	uint64_t used;	    /* bytes in memory or swapped out, at most; the
			       rest of it was never touched */
};

/* Why bytes of a process were not read. */
enum unread {
	UNREAD_SWAPPED,
	UNREAD_UNTOUCHED, /* nothing was ever there */
	UNREAD_DEVICE,
	UNREAD_FILE, /* as it is in the file */
	UNREAD_LIMIT,
	UNREAD_FAILED,
	N_UNREAD
};

struct regions {
	struct buf text; /* of smaps */
	struct region *all;
	size_t n;
	int mem, pagemap; /* owned; pagemap -1: every page is worth it */
	bool file_backed; /* also what is as in its file */
	uint64_t page;

	/* where reading goes on */
	size_t at;
	uint64_t next;	/* address */
	uint64_t from;	/* what overlaps with the piece before is not counted */
	uint64_t left;	/* bytes that may yet be read */
	uint64_t read, unread[N_UNREAD];
};

/* Parses the text of an smaps or a maps file into regions.all, in place. */
void regions_parse(struct regions *r);

/* dir is /proc/PID. False with errno. */
bool regions_open(struct regions *r, int dir, bool file_backed,
		  uint64_t limit);
void regions_close(struct regions *r);

/*
 * Reads the next piece, at most n bytes, into to; false at the end. Pages
 * between that are not worth reading, or failed, are zeroes. *base is its
 * address. Long regions come in pieces that overlap by REGIONS_OVERLAP.
 */
#define REGIONS_OVERLAP ((uint64_t)64 << 10)
bool regions_next(struct regions *r, uint8_t *to, size_t n, uint64_t *base,
		  size_t *length);

/* Any n bytes from there on; what cannot be read (any more) is zeroes. */
void regions_read(const struct regions *r, uint64_t at, uint8_t *to, size_t n);

/* The region an address is in; NULL: none. */
const struct region *regions_find(const struct regions *r, uint64_t address);

/* "7f00-7f10 rw-p [heap]" */
void region_describe(const struct region *region, struct buf *out);

#endif
