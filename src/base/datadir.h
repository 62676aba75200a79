/* SPDX-License-Identifier: Apache-2.0 */
/* Where what comes with the program lies: rules, scenarios, definitions. */
#ifndef HALLIGAN_BASE_DATADIR_H
#define HALLIGAN_BASE_DATADIR_H

#include "base/base.h"

/* The i-th place rules/NAME may be, the nearest first: beside the program,
 * beside a build folder, installed. NULL behind the last; the caller frees. */
char *datadir_candidate(size_t i, const char *name) MUST_CHECK;

/* The first of them that is there, or NULL. */
char *datadir_find(const char *name) MUST_CHECK;

#endif
