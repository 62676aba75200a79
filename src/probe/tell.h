/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source of the triage says: facts (model/fact.h), processes and
 * sockets with their members. A source is looked at by a thread of its own,
 * which is left behind when the host holds it up; from then on nothing it
 * says is heard. One thread for each, unless said otherwise.
 */
#ifndef HALLIGAN_PROBE_TELL_H
#define HALLIGAN_PROBE_TELL_H

#include <pthread.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/json.h"
#include "model/record.h"
#include "probe/budget.h"
#include "probe/run.h"

#define TELL_TEXT_MAX ((size_t)4 << 10)	 /* of one member, as told */
#define TELL_LONG_MAX ((size_t)16 << 10) /* the same of firewalls */
#define TELL_LIST_MAX 64u		 /* entries */
#define TELL_WORD_MAX ((size_t)512)	 /* of one entry */

struct triage;

struct tell {
	struct triage *triage;
	struct run *run; /* of who watches: nothing of it once lost */
	const char *kind;
	struct buf name, detail;
	struct json json;
	uint64_t process_seq;
	unsigned n_list;
	struct turn turn;

	pthread_mutex_t lock; /* for what follows */
	bool lost, waiting;
	int64_t beat_ns; /* when it last went on */
	int64_t end_ns;	 /* when its time is up */
	uint64_t told;
	const char *why; /* NULL: nothing went wrong */
	uint64_t at;	 /* what it is at: a pid, say; 0: nothing */
};

void tell_init(struct tell *t, struct triage *triage, struct run *run,
	       int64_t span_ns);
void tell_release(struct tell *t);

/* Before each step, which may read so many bytes: waits as the budgets say.
 * False: the source is to come to its end. */
bool tell_go(struct tell *t, uint64_t bytes);

/* What the next step is about, so that another goes on behind it. */
void tell_at(struct tell *t, uint64_t at);

/* Something that others share is about to be changed; false: not any more. */
bool tell_enter(struct tell *t) MUST_CHECK;
void tell_leave(struct tell *t);

/* Remembers the first thing that went wrong: an errno, or a word of its own
 * (a string that stays). */
void tell_errno(struct tell *t, int error);
void tell_why(struct tell *t, const char *why);

/* Members of what is told next; what does not fit is left out. */
void tell_bytes(struct tell *t, const char *key, struct bytes b);
void tell_long(struct tell *t, const char *key, struct bytes b);
void tell_str(struct tell *t, const char *key, const char *s);
void tell_int(struct tell *t, const char *key, int64_t v);
void tell_u64(struct tell *t, const char *key, uint64_t v); /* cut at 2^63 */
void tell_bool(struct tell *t, const char *key, bool v);
void tell_time(struct tell *t, const char *key, int64_t ns); /* if known */
void tell_hex(struct tell *t, const char *key, struct bytes digest);
void tell_list(struct tell *t, const char *key);
void tell_entry(struct tell *t, struct bytes b);
void tell_list_end(struct tell *t);

/* Members between these two are a fact's. */
void triage_begin(struct tell *t, const char *kind, struct bytes name);
void triage_end(struct tell *t);

/* A fact: two views of the same that differ. note: NULL for none. The first
 * leaves room for more. */
void difference_begin(struct tell *t, struct bytes name, const char *subject,
		      const char *seen_by, const char *not_by,
		      const char *note);
void tell_difference(struct tell *t, struct bytes name, const char *subject,
		     const char *seen_by, const char *not_by,
		     const char *note);

/* Or a process's or socket's: its number, 0 when nobody hears it. */
void tell_members(struct tell *t);
uint64_t tell_process(struct tell *t, struct rec_process *rec);
uint64_t tell_socket(struct tell *t, struct rec_socket *rec);

/* A text as if it were the content of a file of that path. */
void tell_content(struct tell *t, struct bytes path, struct bytes content);

#endif
