/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was looked at and what was not, and why: counted by root and reason,
 * and for failures path by path as far as LISTED_MAX of a reason. A file is
 * in one row only, so that rows can be summed. Any thread.
 */
#ifndef HALLIGAN_PROBE_COVERAGE_H
#define HALLIGAN_PROBE_COVERAGE_H

#include "base/base.h"
#include "probe/budget.h"
#include "probe/out.h"
#include "probe/plan.h"

/* Paths of one reason that get a row of their own. */
#define COVERAGE_LISTED_MAX 200u

/* id, what (NULL: what the run does), outcome, reason, path by path */
#define COVERAGE_REASONS(X)                                                    \
	X(SCANNED, "hunt", "scanned", "", false)                               \
	X(SCANNED_CHANGED, "hunt", "scanned", "changed", false)                \
	X(SCANNED_MANY, "hunt", "scanned", "too-many-matches", true)           \
	X(SCANNED_NO_RULES, "hunt", "scanned", "indicators-only", false)       \
	X(MEMBER, "archive", "scanned", "", false)                             \
	X(COLLECTED, "collect", "collected", "", false)                        \
	X(COLLECTED_CHANGED, "collect", "collected", "changed", true)          \
	X(COLLECTED_ANEW, "collect", "collected", "anew", true)                \
	X(COLLECTED_KNOWN, "collect", "collected", "known", false)             \
	X(REDACTED, "collect", "collected", "secret", true)                    \
	X(TAKEN_OUT, "collect", "redacted", "secret", true)                    \
	X(LISTED, "walk", "listed", "", false)                                 \
	X(CUT_SHORT, "collect", "failed", "truncated", true)                   \
	X(SHRUNK, "hunt", "failed", "truncated", true)                         \
	X(SYMLINK, NULL, "skipped", "symlink", false)                          \
	X(FIFO, NULL, "skipped", "fifo", false)                                \
	X(SOCKET, NULL, "skipped", "socket", false)                            \
	X(DEVICE, NULL, "skipped", "device", false)                            \
	X(SIZE, NULL, "skipped", "size", true)                                 \
	X(SPARSE, NULL, "skipped", "sparse", true)                             \
	X(ARCHIVE_LIMIT, "archive", "skipped", "archive-limit", true)          \
	X(ENCRYPTED, "archive", "skipped", "encrypted", true)                  \
	X(CORRUPT, "archive", "skipped", "corrupt", true)                      \
	X(TRAILING, "archive", "skipped", "trailing", true)                    \
	X(OWN, NULL, "skipped", "own-output", true)                            \
	X(SECRET, "collect", "skipped", "secret", true)                        \
	X(FILTERED, NULL, "skipped", "filtered", false)                        \
	X(EXCLUDED, NULL, "skipped", "excluded", true)                         \
	X(OTHER_FS, NULL, "skipped", "other-fs", true)                         \
	X(UNDER, "mount", "skipped", "mounted-over", true)                     \
	X(RESUMED, NULL, "skipped", "resumed", false)                          \
	X(PSEUDO, NULL, "skipped", "pseudo-fs", true)                          \
	X(NETWORK, NULL, "skipped", "network-fs", true)                        \
	X(LOOP, NULL, "skipped", "loop", true)                                 \
	X(DEPTH, NULL, "skipped", "depth", true)                               \
	X(STOPPED, NULL, "skipped", "stopped", true)                           \
	X(PRESSURE, NULL, "skipped", "memory-pressure", true)                  \
	X(PERMISSION, NULL, "failed", "permission", true)                      \
	X(VANISHED, NULL, "failed", "vanished", true)                          \
	X(NOT_FOUND, NULL, "failed", "not-found", true)                        \
	X(NO_USER, NULL, "failed", "unknown-user", true)                       \
	X(PACKAGES, NULL, "failed", "package-database", true)                  \
	X(TIMEOUT, NULL, "failed", "timeout", true)                            \
	X(MEMORY, NULL, "failed", "memory", true)                              \
	X(LIMIT, NULL, "failed", "limit", true)                                \
	X(ENGINE, NULL, "failed", "engine", true)                              \
	X(CRASH, NULL, "failed", "crash", true)                                \
	X(IO, NULL, "failed", "io", true)                                      \
	X(HANG, NULL, "failed", "hang", true)                                  \
	X(FIND, NULL, "failed", "find", true)                                  \
	X(MEMORY_SCANNED, "memory", "scanned", "", false)                      \
	X(MEMORY_PARTLY, "memory", "scanned", "partly", true)                  \
	X(MEMORY_LIMIT, "memory", "skipped", "limit", true)                    \
	X(KERNEL_THREAD, "memory", "skipped", "kernel-thread", false)          \
	X(OWN_PROCESS, "memory", "skipped", "own-process", false)              \
	X(MEMORY_GONE, "memory", "skipped", "vanished", false)                 \
	X(MEMORY_DENIED, "memory", "failed", "permission", true)               \
	X(NO_PROBE, "memory", "failed", "no-probe", true)                      \
	X(UNREAD_SWAPPED, "memory", "skipped", "swapped", false)               \
	X(UNREAD_UNTOUCHED, "memory", "skipped", "untouched", false)           \
	X(UNREAD_DEVICE, "memory", "skipped", "device", false)                 \
	X(UNREAD_FILE, "memory", "skipped", "file-backed", false)              \
	X(UNREAD_LIMIT, "memory", "skipped", "limit", false)                   \
	X(UNREAD_FAILED, "memory", "failed", "io", false)

enum reason {
#define X(id, what, outcome, reason, listed) REASON_##id,
	COVERAGE_REASONS(X)
#undef X
		N_REASONS
};

/* Of a large file that does not count yet: what was read, and all of it. */
struct under_way {
	uint64_t part, whole;
};

/*
 * What is noted on the way to one step of a walk (probe/cursor.h), and while
 * its file is worked on: it counts once all before it is done, so that who goes
 * on behind a cursor tells what is missing, no more and no less.
 */
struct ledger {
	struct ledger_row {
		size_t root;
		enum reason reason;
		uint64_t files, bytes;
		struct under_way under_way; /* until it counts */
		uint8_t *path; /* of a row of its own; NULL: of a sum */
		size_t path_n;
		char *detail; /* NULL: none; of a row of its own */
		bool is_failure;
		bool is_file;
	} * v;
	size_t n, cap;
};

/* What the thread notes from now on goes there; NULL: counts at once. Returns
 * what it was before. */
struct ledger *coverage_into(struct ledger *ledger);
/* Puts from behind into, and empties it. */
void ledger_move(struct ledger *into, struct ledger *from);
void ledger_release(struct ledger *ledger);

struct coverage {
	pthread_mutex_t lock;
	struct ledger rows; /* with paths, to be sent */
	const struct plan *plan;
	struct out *out;
	const struct budget *budget;
	struct tally {
		uint64_t files, bytes;
	} * tallies; /* [root][reason] */
	uint64_t listed[N_REASONS];
	uint64_t done, done_bytes; /* that count: scanned, or collected when not scanning */
	uint64_t skipped, failed, stopped;
	struct under_way under_way; /* of all files together */
};

/* Borrows all. */
void coverage_init(struct coverage *c, const struct plan *plan, struct out *out,
		   const struct budget *budget);
void coverage_release(struct coverage *c);

/* A file, whatever became of it. */
struct covered {
	size_t root;
	enum reason reason;
	struct bytes path;
	uint64_t bytes;
	struct bytes detail; /* for its row, where it gets one: as a record's */
	struct under_way under_way; /* what was told of it; its row's now */
};

void coverage_file(struct coverage *c, const struct covered *file);

/* The same without a detail. */
void coverage_add(struct coverage *c, size_t root, enum reason reason,
		  struct bytes path, uint64_t bytes);

/* So much of a file was read: `of` has what was told of it so far, which
 * never becomes less. It is in a sum until a row takes it over. */
void coverage_read(struct coverage *c, struct under_way *of, uint64_t part,
		   uint64_t whole);
/* It will not come to a row. */
void coverage_forget(struct coverage *c, struct under_way *of);

/* What is in no sum of files, but has a name. */
void coverage_row(struct coverage *c, size_t root, enum reason reason,
		  struct bytes path, uint64_t n, uint64_t bytes);

/* What is no file and only counted: members of archives, bytes of memory. */
void coverage_sum(struct coverage *c, size_t root, enum reason reason,
		  uint64_t n, uint64_t bytes);

/* What is no file and has a row of its own. */
void coverage_count(struct coverage *c, const char *outcome, const char *why);

/* It counts now, and is empty. */
void coverage_settle(struct coverage *c, struct ledger *ledger);

/* Sends what counts since the last time. */
void coverage_send(struct coverage *c);

/* The reason as coverage rows have it; "" for success. */
const char *reason_word(enum reason reason);

/* Whether the file was done at all. */
bool reason_is_success(enum reason reason);

/* The reason for an errno of a path below (or at) a root. */
enum reason reason_of_errno(int error);

/* The reason for an inode that is neither a regular file nor a folder. */
enum reason reason_of_mode(uint32_t mode);

#endif
