/* SPDX-License-Identifier: Apache-2.0 */
/* What a path alone says: where programs have no business to be. */
#ifndef HALLIGAN_PROBE_PATHSIGN_H
#define HALLIGAN_PROBE_PATHSIGN_H

#include "base/base.h"
#include "base/bytes.h"

/* Below a folder where everybody may write. */
bool path_is_scratch(struct bytes path);

/* A part of it begins with a dot, or looks like nothing. */
bool path_is_hidden(struct bytes path);

/* "..." or ".. " or one with blanks at its end. */
bool name_is_odd(struct bytes name);

/* Below the folder, or the folder itself. */
bool path_is_below(struct bytes path, const char *folder);

#endif
