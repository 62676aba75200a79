/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in a folder, in the order of their bytes, so that two walks of
 * the same tree go the same way. A folder with more of them than may be held
 * at once is read several times, each time for those that come next.
 */
#ifndef HALLIGAN_PROBE_NAMES_H
#define HALLIGAN_PROBE_NAMES_H

#include "base/base.h"

/* Names held at once, and the bytes of them. */
#define NAMES_MAX	((size_t)1 << 17)
#define NAMES_BYTES_MAX ((size_t)8 << 20)

struct helper;

struct names {
	char *text; /* a byte of type (DT_*), the name, NUL; one by one */
	size_t text_n, text_cap;
	uint32_t *at; /* of each in text, in order */
	size_t n, cap;
	size_t next;
	bool more; /* the folder has others behind the last of these */
};

/*
 * The first names behind `after` (NULL: of all), `.` and `..` left out.
 * False with errno when the folder could not be read to its end; what was
 * read is there. The helper, if there is one, reads it.
 */
bool names_read(struct names *names, struct helper *helper, int dir_fd,
		const char *after);
void names_release(struct names *names); /* zeroed is fine */

/* NULL when these are used up. Valid until release. */
const char *names_next(struct names *names, unsigned char *type);

/* The last of them, NULL when there was none. */
const char *names_last(const struct names *names);

/* What they take in memory. */
size_t names_bytes(const struct names *names);

#endif
