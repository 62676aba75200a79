/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is by its first bytes, named as rule sets expect it. */
#ifndef HALLIGAN_PROBE_FILETYPE_H
#define HALLIGAN_PROBE_FILETYPE_H

#include "base/base.h"
#include "base/bytes.h"

/* Bytes of a file it looks at. */
#define FILETYPE_HEAD 512u

/* "EXE", "ELF", "ZIP", ...; "" for none it knows. */
const char *filetype_of(struct bytes head);

#endif
