/* SPDX-License-Identifier: Apache-2.0 */
/* How the hosts of a command are reached: the files of ssh_config, read once,
 * and what is to be said of them. */
#ifndef HALLIGAN_APP_REACHING_H
#define HALLIGAN_APP_REACHING_H

#include "app/inside.h"
#include "job/job.h"
#include "remote/reach.h"

struct reaching {
	struct app *app;
	struct reach_us us;
	struct ssh_config config;
	void (*say)(void *arg, const char *line); /* NULL: nobody hears it */
	void *say_arg;
	const char *jump; /* servers on the way, in place of what the case
			     and ssh_config say; NULL */
};

/* file: in place of the usual ones; NULL; "none". Borrowed. */
void reaching_begin(struct reaching *r, struct app *app, const char *file);
void reaching_end(struct reaching *r);

/* The settings of one host. What is not honoured, or not as ssh would, is
 * said once while the program runs. Release out also after an error. */
enum err_code reaching_host(struct reaching *r, const struct reach_ask *ask,
			    struct reach *out, struct err *err) MUST_CHECK;

/* The servers on the way to a host whose reach is known, with what is pinned
 * of them. */
enum err_code reaching_jumps(struct reaching *r, struct job_host *host,
			     struct err *err) MUST_CHECK;

#endif
