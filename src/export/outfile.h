/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is whole or not there: written beside its place under another
 * name, hashed on the way, synced and renamed at the end. What is no regular
 * file (a pipe, a device) is written to as it is. Made 0600: it holds parts
 * of a case.
 */
#ifndef HALLIGAN_EXPORT_OUTFILE_H
#define HALLIGAN_EXPORT_OUTFILE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

/* Somewhere else to write: false when it could not be. */
struct outfile_sink {
	bool (*write)(void *arg, struct bytes b);
	void *arg;
};

struct outfile {
	char *path; /* where it will be; symlinks resolved */
	char *temp; /* its name until then; NULL: written in place */
	int fd;	    /* -1 with a sink */
	struct outfile_sink sink;
	struct hash hash;
	struct buf pending;
	uint64_t size;
};

enum err_code outfile_open(struct outfile *f, const char *path,
			   struct err *err) MUST_CHECK;
void outfile_open_sink(struct outfile *f, struct outfile_sink sink);

enum err_code outfile_add(struct outfile *f, struct bytes b,
			  struct err *err) MUST_CHECK;

/* Puts it in its place; sha256 is the hex of all that was written. On an
 * error nothing is left behind. Releases f either way. */
enum err_code outfile_finish(struct outfile *f, char sha256[HASH_HEX_MAX],
			     struct err *err) MUST_CHECK;

/* As if it had never been begun. */
void outfile_discard(struct outfile *f);

#endif
