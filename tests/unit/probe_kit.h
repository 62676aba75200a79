/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the probe: a folder to look at, runs, and what came out. */
#ifndef HALLIGAN_TESTS_UNIT_PROBE_KIT_H
#define HALLIGAN_TESTS_UNIT_PROBE_KIT_H

#include "unit/unit.h"

#include "base/buf.h"
#include "base/wait.h"
#include "model/record.h"
#include "probe/engine.h"
#include "probe/plan.h"
#include "probe/run.h"

/* A temporary folder; its name fits where a path is wanted. */
struct folder {
	char path[64];
};

void folder_make(struct folder *f);
void folder_remove(struct folder *f);
/* "folder/name", valid until the 8th next call. */
const char *folder_at(const struct folder *f, const char *name);
void folder_write(const struct folder *f, const char *name, struct bytes b);

/* Bytes that do not compress, always the same. */
uint8_t *noise(size_t n) MUST_CHECK;

/* A finished stream, taken apart. */
struct took {
	struct buf plain;
	struct record *recs;
	size_t n;
};

void took_parse(struct took *t, struct bytes packed);
/* Reads fd to its end. */
void took_read(struct took *t, int fd);
void took_release(struct took *t);

/* The nth (from 0) record of that type; fails the test when there is none. */
const struct record *took_nth(const struct took *t, enum rec_type type,
			      size_t nth);
size_t took_count(const struct took *t, enum rec_type type);
/* REC_FILE of that path, NULL when there is none. */
const struct rec_file *took_file(const struct took *t, const char *path);
/* Sum of the files of the rows with that outcome and reason. */
uint64_t took_covered(const struct took *t, const char *outcome,
		      const char *reason);
/* Whether a row of that path alone has that reason. */
bool took_covers_path(const struct took *t, const char *reason,
		      const char *path);
/* Whether a match of that rule in the file at path was reported. */
bool took_match(const struct took *t, const char *rule, const char *path);

void plan_rules_str(struct plan *plan, const char *name, const char *source);
void plan_root_str(struct plan *plan, const char *path);
void plan_go(struct plan *plan, struct req_start start);

/* An engine ready to scan with the plan's rules; NULL without scanning. */
struct engine *kit_engine(const struct plan *plan) MUST_CHECK;

/* Carries out a plan with no limits and releases it. */
void kit_run(struct plan *plan, struct took *t);

/* The same with a deadline and limits of the test's own. */
void kit_run_within(struct plan *plan, struct deadline d,
		    const struct run_limits *limits, struct took *t);

/* The scanner below a process that has used so much CPU time; 0 when there is
 * none such yet. */
pid_t kit_scanner(pid_t of, unsigned long cpu_ms);
pid_t kit_parent(pid_t of);

/* hunt (source given) or collect of one root. */
void kit_look(const char *source, const char *root, struct took *t);

/* A listener of fanotify(7): who opens or reads what it holds waits for its
 * answer, or until all are let go. -1: none may be made here. */
int kit_listener(void);
void kit_hold(int listener, uint64_t what, const char *path);
void kit_let_go(void);
/* The teardown of a test with one: when it failed, what looks for leaks would
 * wait for those that are held, and nobody ends that. */
int kit_end_listening(void **state);

#endif
