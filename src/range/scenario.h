/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario read from its manifest: which hosts there are and what lies on
 * them. The format is described where it is used, at the top of
 * rules/scenarios/first-watch/manifest.
 */
#ifndef HALLIGAN_RANGE_SCENARIO_H
#define HALLIGAN_RANGE_SCENARIO_H

#include <sys/types.h>

#include "base/base.h"
#include "base/err.h"

#define SCENARIO_HOSTS_MAX 8
#define SCENARIO_ITEMS_MAX 512
#define SCENARIO_NAME_MAX  32

enum item_kind {
	ITEM_DIR,
	ITEM_FILE,    /* arg: the file beside the manifest it is a copy of */
	ITEM_ELF,     /* arg: the marker text in it */
	ITEM_HUNT,    /* a path worth hunting, for the list of what to type */
	ITEM_COLLECT, /* a path worth collecting, the same */
};

struct scenario_item {
	enum item_kind kind;
	size_t host; /* which of scenario.hosts */
	mode_t mode;
	int64_t mtime_ns;
	char *path; /* absolute on the host */
	char *arg;  /* by kind; NULL for the others */
};

struct scenario {
	char *folder; /* where the manifest lies */
	char *title;
	char hosts[SCENARIO_HOSTS_MAX][SCENARIO_NAME_MAX];
	size_t n_hosts;
	struct scenario_item *items;
	size_t n_items;
};

/* Finds and reads a scenario; name as in range_up(). Always released. */
enum err_code scenario_open(struct scenario *s, const char *name,
			    struct err *err) MUST_CHECK;

/* Reads folder/manifest. Errors name the file and the line. */
enum err_code scenario_read(struct scenario *s, const char *folder,
			    struct err *err) MUST_CHECK;
void scenario_release(struct scenario *s); /* zeroed is fine */

/* Makes what the items say under hosts_dir/HOST, times last. */
enum err_code scenario_lay(const struct scenario *s, const char *hosts_dir,
			   struct err *err) MUST_CHECK;

#endif
