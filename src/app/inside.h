/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the facade: what the files of app/ share, fronts do not see. */
#ifndef HALLIGAN_APP_INSIDE_H
#define HALLIGAN_APP_INSIDE_H

#include "app/app.h"
#include "base/buf.h"
#include "base/zygote.h"
#include "job/job.h"

/* The probe as it is sent: plain, and by gzip. */
struct probe {
	struct buf plain, gz;
};

/* Finds it beside the program, else where it is installed. Once. */
enum err_code probe_load(struct probe *probe, struct err *err) MUST_CHECK;
void probe_release(struct probe *probe);

struct app {
	struct zygote zygote;
	struct casefile *casefile; /* NULL: none is open */
	struct engine *engine;	   /* NULL until the first job */
	struct probe probe;
	int epoll_fd; /* case_fd and the engine's notices */
	int case_fd;  /* rung by the writer after each commit */
	bool interactive;
	char user[128];
	char actor[400];
	char *ssh_dir;
};

/* Letters, digits and a few signs: nothing to quote. */
enum err_code app_check_host_name(const char *name,
				  struct err *err) MUST_CHECK;

/* Adds a host that is not reached, only told of. */
enum err_code app_add_host(struct app *app, const char *name,
			   struct err *err) MUST_CHECK;

enum err_code app_start_engine(struct app *app, struct err *err) MUST_CHECK;

#endif
