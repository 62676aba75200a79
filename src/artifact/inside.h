/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of definitions share. */
#ifndef HALLIGAN_ARTIFACT_INSIDE_H
#define HALLIGAN_ARTIFACT_INSIDE_H

#include "artifact/artifact.h"

#define ARTIFACTS_MAX	   16384u /* of a set */
#define ARTIFACT_FILE_MAX  ((size_t)8 << 20)
#define ARTIFACT_WORD_MAX  4096u  /* a name, a path */
#define ARTIFACT_DOC_MAX   ((size_t)64 << 10)
#define ARTIFACT_WORDS_MAX 4096u  /* of one list */
#define ARTIFACT_STARS_MAX 10u	  /* folders that ** goes down */
#define ARTIFACT_DEPTH_MAX 64u	  /* of all that is below a folder */

/* A growing list of strings that it owns. */
struct words {
	char **v;
	size_t n;
};

/* False when there are too many. */
bool words_add(struct words *w, struct bytes word);
void words_free(char **v, size_t n);

void artifact_release(struct artifact *a);
void source_release(struct artifact_source *s);

/* Takes what is in a, which is empty then. False when there are too many. */
bool set_add(struct artifact_set *set, struct artifact *a);

/* Tells the sink (which may be NULL). */
void problem(const struct artifact_sink *sink, const char *file,
	     unsigned line, bool is_error, const char *fmt, ...)
	PRINTF_LIKE(5, 6);

/* ---- paths.c ---- */

/*
 * A path of a definition as one of REQ_PATTERN: %%users.homedir%% is ~ in
 * front, globstars as they are counted there. NULL when it is none of Linux;
 * why says so then.
 */
char *pattern_of_path(const char *path, char separator, const char **why);

/* The bits of a name of an operating system; 0: not known. */
unsigned os_of_name(struct bytes name);

/* "none", "hashes", "key" or "metadata"; false: it is none of them. */
bool secrecy_of_name(struct bytes name, enum req_secrecy *out);

#endif
