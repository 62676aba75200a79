/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks over one host in a process of their own. Nothing ends SQLite within
 * a function or while it compiles, and its SQL may be a stranger's: the
 * process has a jail, and is killed when its time is over. It runs ahead of
 * whoever asks it, so that several hosts are judged side by side while what
 * they give is taken in order. Front thread.
 */
#ifndef HALLIGAN_APP_JUDGING_H
#define HALLIGAN_APP_JUDGING_H

#include "base/zygote.h"
#include "case/judge.h"
#include "detect/checkset.h"

struct judging;

/* Over what: a host of a case, or (cf NULL) a fixture, which may be empty. */
struct judging_of {
	const struct casefile *cf;
	const char *host;
	struct bytes fixture;
};

/* Begins with the checks in order (borrowed, as the case and the name are);
 * does not wait. */
enum err_code judging_begin(struct zygote *z, const struct judging_of *of,
			    const struct checkset *set, struct judging **out,
			    struct err *err) MUST_CHECK;
void judging_end(struct judging *g); /* kills it; NULL is fine */

/* As judge_rows. ERR_NOTFOUND: there is no such host. */
enum err_code judging_rows(struct judging *g, const struct cancel *cancel,
			   uint64_t *n, struct err *err) MUST_CHECK;

/*
 * What the next check gives: ask->sql is not looked at, the rest is as
 * judge_run has it. After ERR_TIMEOUT or ERR_LIMIT those behind it are run by
 * another process.
 */
enum err_code judging_next(struct judging *g, const struct judge_ask *ask,
			   size_t *at, struct err *err) MUST_CHECK;

/* ---- judge_child.c: the other end ---- */

int judge_main(int chan_fd, int fd);

#endif
