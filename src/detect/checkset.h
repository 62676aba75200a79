/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of checks: a header in the comments of SQL, then one SELECT. What is
 * wrong with one is said as FILE:LINE; what the SQL means is for case/judge.h
 * to say. The format is that of halligan-checks(5).
 */
#ifndef HALLIGAN_DETECT_CHECKSET_H
#define HALLIGAN_DETECT_CHECKSET_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define CHECK_FILE_MAX ((size_t)64 << 10)
#define CHECKS_MAX     1000

/* header, member, whether it must be there, what it says */
#define CHECK_HEADERS(X)                                                       \
	X("id", id, true, "its name: lower case, digits and -; that of the "   \
			  "file without .sql")                                 \
	X("title", title, true, "what is found, in a few words")               \
	X("severity", severity, true,                                          \
	  "critical, high, medium, low or info")                               \
	X("attack", attack, true,                                              \
	  "techniques of ATT&CK by commas; what one is called in a newer "     \
	  "version follows in brackets")                                       \
	X("why", why, true, "why it matters")                                  \
	X("false-positives", false_positives, true,                            \
	  "what is found by it and harmless")                                  \
	X("author", author, false, "who wrote it")

struct check {
	char *path; /* as found, for messages */
	char *file; /* its name without folders */
#define X(header, member, needed, help) char *member;
	CHECK_HEADERS(X)
#undef X
	char *source; /* all of the file */
	size_t sql;   /* where the SELECT begins in it */
};

struct checkset {
	struct check *v; /* by id */
	size_t n;
	char sha256[65]; /* over ids and sources, hex */
};

struct check_problem {
	const char *path;
	unsigned line; /* from 1 */
	const char *message;
};

typedef void (*check_say)(void *arg, const struct check_problem *problem);

/*
 * Reads the *.sql files of folders (not of folders in them) and single files.
 * One of the same id as one before takes its place, when `replaces`; else it
 * is a problem. ERR_FORMAT: problems were said, the rest is there. The set is
 * the caller's to release in any case; zeroed before the first.
 */
enum err_code checkset_load(struct checkset *set, const char *path,
			    bool replaces, check_say say, void *arg,
			    struct err *err) MUST_CHECK;
/* The same of what would be in the file at path. */
enum err_code checkset_read(struct checkset *set, const char *path,
			    struct bytes source, check_say say, void *arg,
			    struct err *err) MUST_CHECK;
void checkset_release(struct checkset *set);

/* Over all of it, once it is loaded. */
void checkset_hash(struct checkset *set);

const struct check *checkset_find(const struct checkset *set, const char *id);

/* The line of a place in the SELECT. */
unsigned check_line(const struct check *check, size_t at);

/* Techniques as they are called now: without what is in brackets. */
char *check_techniques(const struct check *check) MUST_CHECK;

/* Whether there is a file of checks at path: *.sql, or a folder with one. */
bool checkset_is_at(const char *path);

/* The fixture beside a check: fixtures/ID.KIND.json. ERR_NOTFOUND. */
enum err_code check_fixture(const struct check *check, const char *kind,
			    struct buf *out, struct err *err) MUST_CHECK;

#endif
