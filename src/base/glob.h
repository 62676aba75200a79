/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Globs of whole paths, on bytes: `*` and `?` stay within a folder, `**`
 * does not, `**` and a slash stand for any number of folders, none included;
 * `[a-z]` and `[!a-z]` are one byte, a backslash takes the next one as it
 * is. A glob that does not begin with a slash may begin in any folder.
 * Matching takes time in proportion to the path, whatever the glob.
 */
#ifndef HALLIGAN_BASE_GLOB_H
#define HALLIGAN_BASE_GLOB_H

#include "base/base.h"
#include "base/bytes.h"
#include "base/err.h"

#define GLOB_LEN_MAX 4096u

struct glob;

/* ERR_USAGE for one that is empty, too long, or not closed. */
enum err_code glob_compile(struct bytes pattern, struct glob **out,
			   struct err *err) MUST_CHECK;
void glob_free(struct glob *glob); /* NULL is fine */

/* path begins with a slash. Any thread. */
bool glob_matches(const struct glob *glob, struct bytes path);

#endif
