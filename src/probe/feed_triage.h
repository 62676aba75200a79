/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live picture of a host without a probe, as far as its shell can show
 * it: texts of /proc and /sys, read by what reads them on a host.
 */
#ifndef HALLIGAN_PROBE_FEED_TRIAGE_H
#define HALLIGAN_PROBE_FEED_TRIAGE_H

#include "base/base.h"
#include "probe/feed.h"
#include "probe/run.h"

struct feed_triage;

struct feed_triage *feed_triage_new(struct run *run) MUST_CHECK;

/* A table of /proc/net; before the processes that hold its sockets. */
void feed_triage_table(struct feed_triage *f, struct bytes name,
		       struct bytes table, bool swapped);
/* Any other text: what it is called, and what it says. */
void feed_triage_text(struct feed_triage *f, struct bytes name,
		      struct bytes text, bool swapped);
void feed_triage_process(struct feed_triage *f, const struct feed_process *p);

/* Tells the rest, and what was not told; frees it. NULL is fine. */
void feed_triage_end(struct feed_triage *f);

#endif
