/* SPDX-License-Identifier: Apache-2.0 */
/* Checks: which there are, running them over hosts of the case, and holding
 * each against its fixtures. */
#ifndef HALLIGAN_APP_CHECKS_H
#define HALLIGAN_APP_CHECKS_H

#include "app/app.h"
#include "base/hash.h"
#include "base/wait.h"
#include "detect/checkset.h"

#define CHECK_LIMIT_NS ((int64_t)10000000000) /* one check on one host */
#define CHECK_ROWS_MAX 1000

/*
 * The shipped checks and those of the paths, which take the place of shipped
 * ones of the same id. Problems are said; a file or folder with some ends it
 * as ERR_FORMAT.
 */
enum err_code checks_load(struct checkset *set, const char *const *paths,
			  size_t n, check_say say, void *arg,
			  struct err *err) MUST_CHECK;

/* ---- running them ---- */

struct check_spec {
	const char *const *hosts; /* names or ids; one at least */
	size_t n_hosts;
	const char *const *paths; /* of checks, besides those shipped */
	size_t n_paths;
	const char *baseline; /* a host of the case, or a case file; NULL */
	const char *const *known; /* files with SHA-256 that are known */
	size_t n_known;
	const char *command;  /* the command line, for the record */
	void (*say)(void *arg, const char *line); /* may be NULL */
	void *say_arg;
	const struct cancel *cancel; /* NULL: nothing cancels it */
};

/*
 * Runs all checks over what the case has of the hosts, and keeps what they
 * find. Waits for it: seconds for each host. ERR_PARTIAL: some checks or
 * hosts could not be done, which was said; the rest was. Front thread.
 */
enum err_code app_check(struct app *app, const struct check_spec *spec,
			struct check_result *result,
			struct err *err) MUST_CHECK;

/* ---- one row that a check gives ---- */

struct judge_row {
	const char *const *names;
	const struct value *values;
	size_t n;
};

/* What it is about, at most this long; "" when there is none. */
#define CHECK_OBJECT_MAX 400
void check_row_object(const struct judge_row *row, char *out, size_t room);

/* Hashes of files that are known to be harmless. */
struct hash_set {
	uint8_t (*v)[SHA256_LEN]; /* sorted */
	size_t n;
};

/* Adds those of a list: 64 digits at the start of a line, as sha256sum(1)
 * prints them. ERR_FORMAT: there are none. */
enum err_code hash_set_read(struct hash_set *set, const char *path,
			    struct err *err) MUST_CHECK;
void hash_set_release(struct hash_set *set);
/* Whether the file that the row is about is one of them. */
bool check_row_is_known(const struct judge_row *row,
			const struct hash_set *known);

/* Fills the change from it. ERR_FORMAT: it has no object, or its severity
 * is none. */
enum err_code check_row_read(const struct judge_row *row,
			     const struct check *check, const char *quiet,
			     struct change *c, struct err *err) MUST_CHECK;

/* ---- holding them against what they are to find ---- */

/* Each problem is said, as FILE:LINE. */
void checks_lint(struct app *app, const struct checkset *set, check_say say,
		 void *arg);
/* Runs each over its fixtures, too. */
void checks_test(struct app *app, const struct checkset *set, check_say say,
		 void *arg);

#endif
