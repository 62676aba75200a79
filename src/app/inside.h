/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the facade: what the files of app/ share, fronts do not see. */
#ifndef HALLIGAN_APP_INSIDE_H
#define HALLIGAN_APP_INSIDE_H

#include "app/app.h"
#include "base/buf.h"
#include "base/zygote.h"
#include "job/job.h"

/* Finds the probes beside the program, else where they are installed. Once. */
enum err_code probes_find(struct bundle *probes, struct err *err) MUST_CHECK;

struct app {
	struct zygote zygote;
	struct casefile *casefile; /* NULL: none is open */
	struct engine *engine;	   /* NULL until the first job */
	struct bundle probes;
	int epoll_fd; /* case_fd and the engine's notices */
	int case_fd;  /* rung by the writer after each commit */
	bool interactive;
	char user[128];
	char actor[400];
	char *home;
	struct buf said; /* what is said once, a line each */
	struct follow *follows; /* follow.c */
	struct unpacked *unpacked; /* spool.c: the log looked at last */
};

/* Letters, digits and a few signs: nothing to quote. */
enum err_code app_check_host_name(const char *name,
				  struct err *err) MUST_CHECK;

/* What the same words met on the hosts of the job the last time. */
enum err_code earlier_add(struct app *app, struct job *job, const char *words,
			  struct err *err) MUST_CHECK;

/* For the engine (job/job.h); the first argument is the open case. */
enum err_code app_had(void *casefile, const struct uuid *run,
		      const struct uuid *host, struct buf *out,
		      struct err *err) MUST_CHECK;

/* The same: what the case has of the host, which need not send it again. */
enum err_code app_known(void *casefile, const struct uuid *host,
			struct buf *out, struct err *err) MUST_CHECK;

/* Adds a host that is not reached, only told of. */
enum err_code app_add_host(struct app *app, const char *name,
			   struct err *err) MUST_CHECK;

enum err_code app_start_engine(struct app *app, struct err *err) MUST_CHECK;

/* What a file that is no bundle is taken for. */
enum err_code app_read_given(struct job *job, const struct import_spec *spec,
			     struct err *err) MUST_CHECK;

/* In which zone the host's local times are read; option NULL: what the case
 * knows of it. Nothing is set where nothing is known. */
enum err_code app_zone(struct app *app, const char *host, const char *option,
		       struct job_zone *zone, struct err *err) MUST_CHECK;

/* Nothing follows any more. */
void follows_release(struct app *app);

/* ---- spool.c: evidence for the child that reads it ---- */

/* Beside the case, where there is room for it; -1 with err set. */
int app_spool_open(const struct app *app, struct err *err);
/* All of an item's bytes behind what is in it. */
enum err_code app_spool_item(struct app *app, const char *id, int fd,
			     struct err *err) MUST_CHECK;
/* It is whole: from its begin, and for reading alone. */
enum err_code app_spool_seal(int *fd, struct err *err) MUST_CHECK;
void unpacked_forget(struct app *app);

/* The job learns which hosts the case has. */
enum err_code app_know_hosts(struct app *app, struct job *job,
			     struct err *err) MUST_CHECK;

#endif
