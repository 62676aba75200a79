/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DIR/.halligan-range: what a range made, for the one who ends it. Text, a
 * fact a line; written before the thing it speaks of where that is possible.
 */
#ifndef HALLIGAN_RANGE_MARKER_H
#define HALLIGAN_RANGE_MARKER_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "range/process.h"
#include "range/scenario.h"

/* More than one per host: a server that lost its port is started again. */
#define MARKER_SERVERS_MAX 64

struct marker {
	char boot[64]; /* boot_id: process ids mean nothing after a reboot */
	bool made_run_sshd;
	struct process servers[MARKER_SERVERS_MAX];
	size_t n_servers;
};

/* A new marker of this boot on disk. ERR_EXISTS: there is one already. */
enum err_code marker_create(const char *dir, struct marker *m,
			    struct err *err) MUST_CHECK;
enum err_code marker_save(const char *dir, const struct marker *m,
			  struct err *err) MUST_CHECK;

/* ERR_NOTFOUND: dir holds no range. */
enum err_code marker_load(const char *dir, struct marker *m,
			  struct err *err) MUST_CHECK;
enum err_code marker_remove(const char *dir, struct err *err) MUST_CHECK;
bool marker_is_there(const char *dir);

/* Whether the machine was not started anew since m was made. */
bool marker_is_of_this_boot(const struct marker *m);

#endif
