/* SPDX-License-Identifier: Apache-2.0 */
/* Without a console: from the command line into a bundle. */
#ifndef HALLIGAN_PROBE_ALONE_H
#define HALLIGAN_PROBE_ALONE_H

#include "base/base.h"

/* An option of `hunt`, `collect` and `walk`, for getopt_long(3) and --help. */
struct alone_option {
	const char *name;
	int id;
	const char *value; /* NULL: takes none */
	const char *help;  /* one sentence */
};

extern const struct alone_option alone_options[];
extern const size_t n_alone_options;

/* argv[0] is "hunt", "collect" or "walk". Returns the exit status. */
int alone_main(int argc, char **argv);

#endif
