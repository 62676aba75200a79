/* SPDX-License-Identifier: Apache-2.0 */
/* How techniques of ATT&CK are written. */
#ifndef HALLIGAN_MODEL_TECHNIQUE_H
#define HALLIGAN_MODEL_TECHNIQUE_H

#include "base/base.h"

/* "T1014" or "T1574.006" at the start; how long it is, 0: it is none. */
size_t technique_length(const char *s);

#endif
