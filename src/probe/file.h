/* SPDX-License-Identifier: Apache-2.0 */
/* One file: read once, described, scanned, sent. */
#ifndef HALLIGAN_PROBE_FILE_H
#define HALLIGAN_PROBE_FILE_H

#include <sys/stat.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/hash.h"
#include "model/record.h"
#include "model/secret.h"
#include "probe/engine.h"
#include "probe/run.h"
#include "probe/work.h"

/* What one thread keeps between files. */
struct worker {
	struct run *run;
	struct scanner *scanner; /* NULL when not scanning */
	struct helper *helper;
	struct buf room;         /* for pieces of what is not held whole */
	struct turn turn;
};

/* A file under way. */
struct file {
	struct run *run;
	const struct job *job;
	struct turn *turn; /* of the thread */
	struct rec_file rec;
	uint8_t sha256[HASH_LEN_MAX];
	struct worker *worker;
	struct bytes content; /* all of it, where it is held for scanning */
	bool mapped;          /* it is not held: read it again */
	bool hashed;          /* sha256 is that of the content */
	bool reported;        /* REC_FILE was sent */
	bool pseudo;	      /* the kernel makes it up as it is read */
	bool judged;	      /* secret_judge was here */
	bool withheld;	      /* its bytes do not go */
	enum secret_form form; /* how it is read for what is secret in it */
	bool held;	      /* content is that of room, all there is */
	struct buf room;
	enum { TORN_UNKNOWN, TORN_NO, TORN_YES } torn; /* torn.c */
	/* Of what the console has of it, when that is the same (had.c). */
	bool had_known, had_whole, had_other;
	uint64_t from;
	struct under_way under_way; /* what is told of it while it is read */
	struct hash so_far; /* of what is before `from`; zeroed: nothing is */
	char detail[SLOW_DETAIL_MAX]; /* which rule took its time; or empty */
};

/* number: from 0, below crew_size(). */
struct worker *worker_new(struct run *run, size_t number) MUST_CHECK;
void worker_free(struct worker *w); /* NULL is fine */
void worker_do(struct worker *w, const struct job *job);

/* Sends REC_FILE unless it was: with the hash of what was read. */
void file_report(struct file *f);

/* The next piece of the file, at most max (up to 1 MiB) bytes of it, valid
 * until the next call; an empty one at its end or on an error. */
struct bytes file_piece(struct file *f, size_t max, uint64_t offset,
			int *error);

/* Of all of it; false when it could not be read whole, errno 0 or why. */
bool file_hash(struct file *f, enum hash_alg alg, uint8_t out[HASH_LEN_MAX]);

/* It was read up to there, which is told where it is a large one. */
void file_read_to(struct file *f, uint64_t end);

/* Whether it is not as it was when it was opened. */
bool file_has_changed(const struct file *f);

/* stat of an open descriptor into the record; false with errno. */
bool file_stat(int fd, struct rec_file *rec);

/* The same for a name in a folder, symlinks not followed. */
bool file_stat_at(int dir_fd, const char *name, struct rec_file *rec);

/* ---- had.c: what the console has of it already ---- */

/* Once, before REC_FILE: reads and hashes what there is said to be. */
void file_had(struct file *f);

/* How much of it there is to read or send. */
static inline uint64_t file_length(const struct file *f)
{
	return f->held ? f->content.n : f->rec.size;
}

/* Sends the file's bytes, from where it is held or from its descriptor. */
void file_send(struct file *f);

#endif
