/* SPDX-License-Identifier: Apache-2.0 */
/* How bad a thing is, in the words rules and lists have for it. */
#ifndef HALLIGAN_MODEL_SEVERITY_H
#define HALLIGAN_MODEL_SEVERITY_H

#include "base/base.h"
#include "base/bytes.h"

/* As a number, 4 critical .. 0 info; from a score of 0 to 100 too. -1 for a
 * word that is none. */
int severity_of(struct bytes b);
const char *severity_name(int severity);

#endif
