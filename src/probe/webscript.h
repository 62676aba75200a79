/* SPDX-License-Identifier: Apache-2.0 */
/* Signs in a script that a web server would run, and what a file is by its
 * first bytes. Pure functions: nothing is run or decoded. */
#ifndef HALLIGAN_PROBE_WEBSCRIPT_H
#define HALLIGAN_PROBE_WEBSCRIPT_H

#include "base/base.h"
#include "base/bytes.h"

enum { WEBSCRIPT_SIGNS = 10 };

/* Its name ends as one that servers run, or that says what they run. */
bool webscript_name(struct bytes name);

/* Words of model/fact.c's script.signs; how many. */
size_t webscript_signs(struct bytes content,
		       const char *signs[WEBSCRIPT_SIGNS]);

/* "elf", "go", "upx", "script", "php", "jsp", "gzip", "zip", "tar", ...; ""
 * for what says nothing. */
const char *content_kind(struct bytes head);

/* One of them is packed, or holds other files. */
bool content_is_archive(const char *kind);

#endif
