/* SPDX-License-Identifier: Apache-2.0 */
/* One file: read once, described, scanned, sent. */
#ifndef HALLIGAN_PROBE_FILE_H
#define HALLIGAN_PROBE_FILE_H

#include <sys/stat.h>

#include "base/base.h"
#include "model/record.h"
#include "probe/run.h"
#include "probe/work.h"

struct scanner;

/* What one thread keeps between files. */
struct worker {
	struct run *run;
	struct scanner *scanner; /* NULL when not scanning */
	uint8_t *content;        /* of the file being scanned */
	size_t room;
	struct turn turn;
};

/* A file under way. */
struct file {
	struct run *run;
	const struct job *job;
	struct turn *turn; /* of the thread */
	struct rec_file rec;
	uint8_t sha256[32];
	struct bytes content; /* read so far, when scanning */
	bool reported;        /* REC_FILE was sent */
};

struct worker *worker_new(struct run *run) MUST_CHECK;
void worker_free(struct worker *w); /* NULL is fine */
void worker_do(struct worker *w, const struct job *job);

/* Sends REC_FILE unless it was: with the hash of what was read. */
void file_report(struct file *f);

/* stat of an open descriptor into the record; false with errno. */
bool file_stat(int fd, struct rec_file *rec);

/* Sends the file's bytes, from its descriptor, or from content if scanned. */
void file_send(struct file *f);

#endif
