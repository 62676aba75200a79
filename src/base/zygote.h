/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The zygote: one small single-threaded process forked before any thread
 * exists, which forks every other child. Kinds of children are a table given
 * at start (connect, link, keyring, rules); a child gets a socket pair end
 * to its user (a struct chan) and at most one more descriptor, and runs its
 * kind's main. The zygote is the parent of all of them: it reports their end,
 * kills on request by its own child's id (never a reused one), and when its
 * user is gone kills all and ends.
 */
#ifndef HALLIGAN_BASE_ZYGOTE_H
#define HALLIGAN_BASE_ZYGOTE_H

#include <pthread.h>
#include <sys/types.h>

#include "base/base.h"
#include "base/chan.h"
#include "base/err.h"

struct child_kind {
	const char *name; /* shown by ps: "halligan: link" */
	/*
	 * Runs in the child, which has nothing open but stdio (on /dev/null),
	 * the log, chan_fd and fd (-1 when none came). Returns the exit
	 * status. Enters its own jail when it is ready to.
	 */
	int (*main)(int chan_fd, int fd);
	bool group; /* has children of its own: they are killed with it */
};

struct zygote {
	struct chan chan; /* to the process */
	pid_t pid;
	pthread_mutex_t lock; /* any thread may spawn, kill and ask for ends */
};

/* A child as its user sees it. */
struct child {
	uint64_t id;	  /* 0: none */
	struct chan chan; /* to talk to it */
	bool ended;
	int status;	  /* waitpid status once ended */
};

/*
 * Forks the zygote. Before any thread and before anything worth hiding is
 * open. warm_up (may be NULL) runs in it once, to initialise libraries that
 * would want files later.
 */
enum err_code zygote_start(struct zygote *z, const struct child_kind *kinds,
			   size_t n_kinds, void (*warm_up)(void),
			   struct err *err) MUST_CHECK;

/* Ends it and waits for it. Kills what children are left. */
void zygote_stop(struct zygote *z);

/* Forks a child of that kind; fd (borrowed, -1 for none) goes to it. */
enum err_code zygote_spawn(struct zygote *z, size_t kind, int fd,
			   struct child *child, struct err *err) MUST_CHECK;

/* SIGKILL. The end is reported as for any other. */
void zygote_kill(struct zygote *z, const struct child *child);

/*
 * Gives the next child that ended, false when none. Poll z->chan.fd, but call
 * it whenever awake: a spawn by another thread may have read the news already.
 * ERR_NET when the zygote itself is gone.
 */
enum err_code zygote_ended(struct zygote *z, uint64_t *id, int *status,
			   bool *got, struct err *err) MUST_CHECK;

#endif
