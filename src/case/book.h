/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The book: the one side of a case that writes. A read-write connection, the
 * audit log, and what is known of the streams of records that are coming in.
 * The writer thread's alone.
 *
 * A change is applied inside a transaction; when that transaction is lost
 * (disk full), book_undo puts the streams back to where it began and the same
 * changes are applied again later. So whoever changes a stream's state marks
 * it with the number of the transaction.
 */
#ifndef HALLIGAN_CASE_BOOK_H
#define HALLIGAN_CASE_BOOK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/hash.h"
#include "case/audit.h"
#include "case/db.h"
#include "case/pack.h"
#include "model/change.h"
#include "model/severity.h"

#define CHUNK_SIZE (1u << 20) /* of evidence, before compression */
#define OWNER_MAX  160
/* Nothing was read anew in the place of that event, in SQL. */
#define EVENT_STANDS(e)                                                        \
	"NOT EXISTS (SELECT 1 FROM superseded s WHERE s.run >= " e ".run"      \
	" AND s.evidence = " e ".evidence)"

#define REASON_REFUSED "refused" /* coverage: records made no sense */
#define REASON_HASH    "sha256 differs after transfer"

/* What a stream's number for a file or a match stands for here. */
struct seen {
	uint64_t seq;
	int64_t row; /* of files, findings, processes or sockets */
	/* of a file: its row of evidence_items; of a socket: its process; 0 */
	int64_t evidence;
	uint64_t txn; /* that made this */
};

struct seen_list {
	struct seen *v; /* by seq */
	size_t n, cap;
};

/* How far the content of one file has come. */
struct progress {
	struct buf block;  /* bytes not stored yet, under CHUNK_SIZE */
	uint64_t block_at; /* offset of its first byte in the file */
	uint64_t size;     /* bytes taken so far */
	struct hash hash;  /* of them */
};

struct transfer {
	struct transfer *next;
	uint64_t file_seq;
	int64_t evidence;
	struct progress now;
	struct progress before; /* the transaction `txn`, once it touched it */
	uint64_t txn, made_txn, ended_txn;
};

struct stream {
	struct stream *next;
	struct uuid run_id, host_id;
	int64_t run, host;
	char program[96]; /* what sends it */
	struct seen_list files, matches, processes, sockets;
	struct transfer *transfers;
	uint64_t made_txn, ended_txn;
	bool told; /* events, of times from... until */
	int64_t told_from, told_until;
	int64_t assumed;      /* evidence with local times taken for UTC, */
	uint64_t assumed_txn; /* of which that transaction knows */
	uint64_t refused_txn; /* that says in coverage that it made no sense */
};

/* A row of the timeline. A text without bytes is none. */
struct event {
	int64_t host, time_ns, file, finding, note;
	struct bytes desc, kind, actor, message;
	/* of one that evidence tells; else 0 and none */
	int64_t evidence, run, precision_ns;
	uint64_t offset, length;
	struct bytes source;
	int64_t at_ns; /* for the audit log */
};

/* Rows of the open transaction on their way. */
struct event_queue {
	struct event_batch *filling; /* not written yet; NULL: there are none */
	struct event_batch *spare;   /* to be filled again */
	struct errands *sums;        /* written; their digests are under way */
};

struct book {
	struct db db;
	struct audit audit;
	char *actor;
	char owner[OWNER_MAX]; /* whose the runs are that begin here */
	uint64_t txn; /* number of the current or last transaction, from 1 */
	struct stream *streams;
	struct event_queue events;
	struct errands *packer; /* blocks on their way; NULL: none was yet */
};

/* ---- book.c ---- */

enum err_code book_open(struct book *book, const char *path, const char *actor,
			struct err *err) MUST_CHECK;
void book_close(struct book *book);

enum err_code book_begin(struct book *book, struct err *err) MUST_CHECK;
enum err_code book_commit(struct book *book, struct err *err) MUST_CHECK;
void book_undo(struct book *book);

/*
 * Applies a change in the transaction. When it returns a code and
 * book->db.broken is not set, the change was refused and nothing of it is
 * left; with broken set the whole transaction is lost: book_undo.
 */
enum err_code book_apply(struct book *book, const struct change *c,
			 struct err *err) MUST_CHECK;

/* Stores the parts of blocks that are waiting to be whole. */
enum err_code book_store_rest(struct book *book, struct err *err) MUST_CHECK;

/* Runs whose process is gone become "interrupted". In a transaction. */
enum err_code book_recover(struct book *book, struct err *err) MUST_CHECK;

/* ---- apply*.c: one function for each kind of change ---- */

typedef enum err_code apply_fn(struct book *book, const struct change *c,
			       struct err *err);
apply_fn apply_host_add, apply_host_remove, apply_host_trust,
	apply_host_key_refused, apply_host_seen, apply_host_label,
	apply_host_unlabel, apply_hop, apply_pin, apply_run_begin,
	apply_run_host, apply_run_end, apply_record, apply_note_add,
	apply_note_edit, apply_finding_set, apply_check_found, apply_hunt_save,
	apply_hunt_remove, apply_exclusion_add, apply_exclusion_remove,
	apply_indicator_add, apply_indicator_remove, apply_export, apply_event;

/* What a change of a person's touched, for its audit row. */
struct touched {
	enum table_id table;
	int64_t row;  /* 0: none */
	int64_t host; /* that it is about, 0: none */
};

enum err_code audit_one(struct book *book, const struct change *c,
			struct touched what, const char *detail,
			struct err *err) MUST_CHECK;

/* The row that a person's id means, by a query with one place for it;
 * ERR_NOTFOUND names what there is not. */
enum err_code book_find(struct book *book, const char *sql, const char *what,
			const char *id, int64_t *row,
			struct err *err) MUST_CHECK;

/* Row of a host or run by id; ERR_NOTFOUND. No id: 0. */
enum err_code book_host(struct book *book, const struct uuid *id, int64_t *row,
			struct err *err) MUST_CHECK;
enum err_code book_run(struct book *book, const struct uuid *id, int64_t *row,
		       struct err *err) MUST_CHECK;

/* The row of the host that a change is about, which must be about one. */
enum err_code book_its_host(struct book *book, const struct change *c,
			    int64_t *row, struct err *err) MUST_CHECK;

/* ---- event_rows.c ---- */

/* A row of the timeline; what it says is copied, and written soon. */
enum err_code book_event(struct book *book, const struct event *event,
			 struct err *err) MUST_CHECK;
/* Writes those that wait, before somebody looks for them. */
enum err_code events_write(struct book *book, struct err *err) MUST_CHECK;
void events_drop(struct book *book); /* their transaction is lost */
void events_release(struct book *book);

/* ---- streams.c ---- */

/* The stream of the change's run and host, made when it is new. */
enum err_code stream_get(struct book *book, const struct change *c,
			 struct stream **out, struct err *err) MUST_CHECK;

struct seen *seen_find(const struct seen_list *list, uint64_t seq);
/* Whether the number may be added: it is new, and there is room. */
enum err_code seen_check(const struct seen_list *list, uint64_t seq,
			 struct err *err) MUST_CHECK;
void seen_add(struct seen_list *list, const struct seen *seen);

/* Ends the streams of the run, or of one host (0: all) in it; files under
 * way stay as they are, incomplete. */
enum err_code streams_end(struct book *book, int64_t run, int64_t host,
			  int64_t at_ns, struct err *err) MUST_CHECK;
void streams_undo(struct book *book);
void streams_committed(struct book *book);
void streams_release(struct book *book);

bool transfer_room(const struct stream *s); /* for one more file */
void transfer_begin(struct book *book, struct stream *s,
		    const struct seen *file);
/* The same for the rest of a file; so_far: of what is before it, taken. */
void transfer_begin_at(struct book *book, struct stream *s,
		       const struct seen *file, uint64_t from,
		       const struct hash *so_far);
struct transfer *transfer_find(struct stream *s, uint64_t file_seq);

/* ---- evidence.c ---- */

enum err_code transfer_add(struct book *book, struct stream *s,
			   struct transfer *t, const struct rec_chunk *chunk,
			   int64_t at_ns, struct err *err) MUST_CHECK;

/* What is waiting goes to the case as it is: at the latest before the end of
 * the transaction, by evidence_settle. */
enum err_code transfer_store(struct book *book, const struct stream *s,
			     struct transfer *t, int64_t at_ns,
			     struct err *err) MUST_CHECK;

/* Stores the blocks that are packed; all: waits for those that are not. */
enum err_code evidence_settle(struct book *book, bool all,
			      struct err *err) MUST_CHECK;

/* The end of a file; end NULL: the stream broke off before it. */
enum err_code transfer_end(struct book *book, struct stream *s,
			   struct transfer *t, const struct rec_file_end *end,
			   int64_t at_ns, struct err *err) MUST_CHECK;
void transfer_undo(struct transfer *t);
void transfer_free(struct transfer *t);

/* ---- fold.c ---- */

/* The stream ends: which of the events that it told others tell, too. */
enum err_code fold_told(struct book *book, struct stream *s, int64_t at_ns,
			struct err *err) MUST_CHECK;

/* ---- exclusions.c ---- */

/* A new finding: whether an exclusion covers it. */
enum err_code exclusion_judge(struct book *book, int64_t finding,
			      struct err *err) MUST_CHECK;

/* ---- words.c ---- */

/* Whether it can be TEXT as it is. */
bool is_text_as_is(struct bytes b);

/* Text from a host or a rule as TEXT: valid UTF-8 as it is, other bytes
 * spelled out. Owned: free() it. */
char *words_of(struct bytes b) MUST_CHECK;

/* Hex of a hash that is raw or hex already; false when it is neither. An
 * empty one gives "". */
bool hash_text(struct bytes b, char out[HASH_HEX_MAX]);

/* ---- owner.c ---- */

/* For the rows of runs: boot, pid namespace, pid, start time of this process
 * and a number that is another each time. */
void owner_self(char out[OWNER_MAX]);
/* Whether the process named so is certainly gone. */
bool owner_is_gone(const char *owner);

#endif
