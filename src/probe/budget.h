/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run may cost the host, and how fast it may go: whoever is about to
 * work asks budget_pass, which waits for as long as the budgets and the
 * console say. Any thread.
 */
#ifndef HALLIGAN_PROBE_BUDGET_H
#define HALLIGAN_PROBE_BUDGET_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "base/err.h"
#include "model/record.h"

struct run;

#define BUDGET_MEMORY ((uint64_t)150 << 20) /* when none was asked for */
#define PACE_FULL     100u
#define PACE_MIN      5u

/* Why a run must end before its time; BUDGET_KEPT: it need not. */
enum budget_end { BUDGET_KEPT, BUDGET_PRESSURE, BUDGET_UNHEARD, BUDGET_HANGS };

struct budget {
	const struct req_budget *asked; /* the plan's */
	int open_fd;                    /* eventfd, readable unless paused */
	atomic_bool paused;
	atomic_uint pace;               /* percent of the time to work in */
	atomic_int end;                 /* enum budget_end */
	atomic_uint_fast64_t load;      /* too high, in hundredths; 0: not */
	atomic_int_fast64_t watched_ns; /* when the host was last looked at */
	atomic_uint_fast64_t scanned;   /* ns of CPU time of those who scan */
	pthread_mutex_t lock;           /* for what follows */
	int64_t filled_ns;              /* when credit was last given */
	int64_t cpu_credit;             /* ns; below 0: wait */
	uint64_t cpu_seen;              /* ns used until then */
	int64_t read_credit;            /* bytes; below 0: wait */
};

/* What one thread has worked and not yet rested for. Zeroed: nothing. */
struct turn {
	int64_t since_ns; /* it works since then; 0: it does not */
	int64_t worked_ns, rested_ns;
};

/* Borrows asked. */
void budget_init(struct budget *b, const struct req_budget *asked);
void budget_release(struct budget *b);

/* Whether the host has the memory that the run may need. */
enum err_code budget_may_start(const struct req_budget *asked,
			       uint64_t rule_bytes, struct err *err) MUST_CHECK;

/* The scanners begin: what was used before is not held against them. */
void budget_begin(struct budget *b);

/* Waits until the thread may go on and read so many bytes. False when the run
 * is over instead. */
bool budget_pass(struct run *run, struct turn *turn, uint64_t bytes);

/* CPU time that a process of ours which still lives says it used. */
void budget_spent(struct budget *b, uint64_t cpu_ns);

/* The thread has nothing to do until its next budget_pass. */
void budget_rest(struct turn *turn);

/* What the console says while the run goes on. */
void budget_control(struct budget *b, uint64_t action);

/* Ends the run for that reason. */
void budget_stop(struct budget *b, enum budget_end end);

/* Looks at the host's memory and load, if the last look was a while ago. */
void budget_watch(struct budget *b);

/* One line for people about what is being waited for; "" for nothing. */
#define BUDGET_WAIT_MAX 64
const char *budget_waiting(const struct budget *b, char out[BUDGET_WAIT_MAX]);

#endif
