/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scanning, apart from us. A process of its own, forked before there are
 * threads, compiles the rules and then forks a jailed child for each thread
 * that scans: rules are shared memory, and what one piece of content does to
 * libyara costs that piece and a child, which is replaced.
 *
 * Content is put into a scanner's area, or given as a descriptor of a file to
 * be mapped; what the child says of it is checked and handed to a sink. Files,
 * members of archives and the memory of processes all go this way.
 */
#ifndef HALLIGAN_PROBE_ENGINE_H
#define HALLIGAN_PROBE_ENGINE_H

#include "base/base.h"
#include "base/err.h"
#include "base/wait.h"
#include "model/record.h"
#include "probe/coverage.h"
#include "probe/order.h"
#include "probe/plan.h"

/* Content that fits is scanned where it was read to; more is mapped. */
#define ENGINE_AREA ((size_t)8 << 20)

struct engine;
struct scanner; /* one thread's */

/*
 * Forks the process, which begins to compile the plan's rules. Before any
 * thread; hash_lib_init came before. Beside rules and content, all children
 * together may take what memory the plan's budget has.
 */
enum err_code engine_start(const struct plan *plan, size_t n_scanners,
			   struct engine **engine, struct err *err) MUST_CHECK;

/* Waits until the rules are compiled; the error when they are not good. */
enum err_code engine_await(struct engine *engine, struct deadline d,
			   struct err *err) MUST_CHECK;

/* Ends its processes and waits for them. Scanners gone first; NULL is fine. */
void engine_stop(struct engine *engine);

/* Whether a rule asks for that variable: others need not be given. */
bool engine_uses(const struct engine *engine, enum external e);

/* Rules that can match. */
uint64_t engine_rules(const struct engine *engine);

/* slot: 0 to n_scanners - 1, each for one thread. */
struct scanner *scanner_new(struct engine *engine, size_t slot) MUST_CHECK;
void scanner_free(struct scanner *s); /* NULL is fine */

/* ENGINE_AREA bytes that the child sees too. */
uint8_t *scanner_area(struct scanner *s);

/* Takes what is found, as it comes. Records are valid during the call; their
 * seqs are the child's and mean nothing. */
struct scan_sink {
	void (*match)(void *user, struct rec_match *m);
	void (*hit)(void *user, struct rec_hit *h); /* of the last match */
	/* When the order looks into archives: what follows is about that. */
	void (*member)(void *user, const struct scan_member *m);
	/* When it judges: whether a member is to be told of, whatever matches
	 * in it. */
	bool (*seen)(void *user, const struct scan_seen *s);
	void (*data)(void *user, const struct scan_data *d);
	void (*problem)(void *user, const struct scan_problem *p);
	void *user;
};

/*
 * Scans order->length bytes: of the area when fd is -1, else of the file from
 * order->offset. REASON_SCANNED, _SCANNED_MANY, _TIMEOUT (the order's),
 * _STOPPED (d is over or cancelled), _MEMORY, _CRASH or _ENGINE. *end says
 * more, when the child lived to say it; else it is zero.
 */
enum reason scanner_scan(struct scanner *s, const struct scan_order *order,
			 int fd, struct deadline d,
			 const struct scan_sink *sink,
			 struct scan_end *end) MUST_CHECK;

/* What the rule of that number, below engine_rules(), is called, into out:
 * "namespace:rule". */
bool scanner_rule_name(struct scanner *s, uint64_t number, struct deadline d,
		       struct buf *out) MUST_CHECK;

/* Content that comes in pieces, each put into the scanner's area. */
struct scan_pieces {
	/* The next; false: there are no more. */
	bool (*next)(void *user, struct scan_piece *piece);
	/* One that was there before, by its number; false: it is gone. */
	bool (*again)(void *user, uint32_t number, struct scan_piece *piece);
	void *user;
};

/* The same for pieces; offsets are what their bases say. Hits have no more
 * context than the match itself, and nothing is unpacked. */
enum reason scanner_scan_pieces(struct scanner *s,
				const struct scan_order *order,
				const struct scan_pieces *pieces,
				struct deadline d,
				const struct scan_sink *sink) MUST_CHECK;

/* CPU time this scanner's children have used since the last call. */
uint64_t scanner_take_cpu_ns(struct scanner *s);

#endif
