/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs as they are rotated: gz (RFC 1952), xz, zst (RFC 8878), bz2. By
 * libarchive, in the bundle child's jail.
 */
#ifndef HALLIGAN_REMOTE_UNFOLD_H
#define HALLIGAN_REMOTE_UNFOLD_H

#include "base/base.h"
#include "base/buf.h"

#define UNFOLD_MAX ((size_t)1 << 30) /* bytes that come of one file */

/* Whether it begins as such a file does; six bytes are enough to tell. */
bool is_folded(struct bytes start);

/*
 * What was packed, into out (made with UNFOLD_MAX), as far as it can be had:
 * NULL when that is all of it, else what is missing, for people.
 */
const char *unfold(struct bytes packed, struct buf *out);

#endif
