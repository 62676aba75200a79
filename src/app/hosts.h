/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts of the case, all at once; and which of them a command means. */
#ifndef HALLIGAN_APP_HOSTS_H
#define HALLIGAN_APP_HOSTS_H

#include "app/command.h"

#define HOSTS_MAX 100000

struct host_entry {
	struct uuid id;
	char *name, *target;	/* target "": it is not reached */
	char *tags, *groups;	/* by commas */
	bool meant;
};

struct host_list {
	struct host_entry *v; /* by name */
	size_t n;
};

/* Those that did not leave. */
enum err_code hosts_load(struct app *app, struct host_list *hosts,
			 struct err *err) MUST_CHECK;
void hosts_release(struct host_list *hosts);

/* By name; NULL when there is none. */
struct host_entry *hosts_find(const struct host_list *hosts,
			      const char *name);

/* kind: "tag" or "group" */
bool host_has_label(const struct host_entry *host, const char *kind,
		    const char *name);

/* Where to look for them, besides what the invocation says. */
struct select_scope {
	size_t first_arg;	/* the first that names hosts */
	size_t n_behind;	/* arguments behind those that do */
	const char *hunt;	/* --failed is of its last run; NULL: of any */
	const char *run;	/* id of the run that --failed is of; NULL */
	const char *const *among; /* ids of the only ones; NULL: all */
	size_t n_among;
	bool all_by_default;	/* nothing said means all */
	bool not_reached;	/* those, too, that are only told of */
};

/*
 * The one place that says which hosts a command means: names, ids and globs
 * together, of these those with one of the tags, in one of the groups, and
 * that failed or were not done in a run. None left is an error that says
 * why. The ids are the caller's to release.
 */
struct selection {
	char **ids;
	size_t n;
};

enum err_code select_hosts(struct app *app, const struct invocation *inv,
			   const struct select_scope *scope,
			   struct selection *out, struct err *err) MUST_CHECK;
void selection_release(struct selection *s);

/* Whether the invocation says anything about which hosts. */
bool selection_is_said(const struct invocation *inv, size_t first_arg);

/* Options that say which hosts; n_select_options of them. */
extern const char *const select_options[];
extern const size_t n_select_options;
/* Of these, the ones that narrow what others say: of a run. */
bool select_option_is_of_run(const char *name);

#endif
