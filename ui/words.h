/* SPDX-License-Identifier: Apache-2.0 */
/* Which words of ours are good news and which are not, for their colour; and
 * numbers as people read them. */
#ifndef HALLIGAN_UI_WORDS_H
#define HALLIGAN_UI_WORDS_H

#include "base/base.h"
#include "ui/grid.h"

/* Whether values of that column are such words. */
bool words_column(const char *column);
enum role words_role(const char *word);

#define WORDS_MAX 32

/* "12,345" / "1.2 GB" / "[####------]". Return out. */
const char *words_count(uint64_t n, char out[WORDS_MAX]);
/* st_mode as people write it: "0644 regular file". */
const char *words_mode(uint64_t mode, char out[WORDS_MAX]);
const char *words_size(uint64_t bytes, char out[WORDS_MAX]);
const char *words_bar(uint64_t done, uint64_t of, char out[WORDS_MAX]);

/* "paused" / "pace 25%", "" for neither. */
const char *words_pace(bool paused, unsigned pace, char out[WORDS_MAX]);

/* "1 host", "3 hosts". */
const char *words_plural(uint64_t n, const char *noun, char out[WORDS_MAX]);

#endif
