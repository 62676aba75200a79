/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL of checks, which strangers may have written, over what the case has of
 * one host. Each kind of fact is a table whose columns are its members, of
 * the newest picture of the host; events, files and the like are there too:
 * halligan-checks(5) is the public face. A judge has a connection of its own
 * that can only read, takes nothing but SELECT, and stops it between steps of
 * SQLite's machine: within one nothing does, nor while it is compiled, so that
 * who cannot wait has it in a process of its own (app/judging.h).
 *
 * SQL sees these functions besides SQLite's own: regexp (the operator REGEXP,
 * base/regex.h), the words that bytes are as text, base_name and dir_name of a
 * path, its top_of n parts, whether it is_scratch or is_hidden, the program_of
 * a command, address_of and port_of of an end of a socket. One thread.
 */
#ifndef HALLIGAN_CASE_JUDGE_H
#define HALLIGAN_CASE_JUDGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/wait.h"
#include "case/case.h"

struct judge;

/* ERR_NOTFOUND: the case has no such host. */
enum err_code judge_open(const struct casefile *cf, const char *host,
			 struct judge **out, struct err *err) MUST_CHECK;

/* The same in another process, which is told where the case is. */
struct judge_case {
	const char *path;
	int mode; /* as judge_case_of has it */
};
struct judge_case judge_case_of(const struct casefile *cf);
enum err_code judge_open_at(const struct judge_case *at, const char *host,
			    struct judge **out, struct err *err) MUST_CHECK;

/*
 * The same over made-up rows: {"tables": {"module": [{"name": "x"}, ...]}}.
 * A table or column that there is not is ERR_FORMAT. Empty json: no rows.
 */
enum err_code judge_open_fixture(struct bytes json, struct judge **out,
				 struct err *err) MUST_CHECK;
void judge_close(struct judge *j); /* NULL is fine */

/* Facts, processes, sockets and evidence that there are to be judged. */
uint64_t judge_rows(const struct judge *j);

struct judge_ask {
	const char *sql; /* one SELECT */
	int64_t limit_ns; /* for how long it may run */
	uint64_t max_rows;
	const struct cancel *cancel; /* NULL: nothing cancels it */
	/* Borrowed values; an error ends it and comes back. */
	enum err_code (*row)(void *arg, const char *const *names,
			     const struct value *values, size_t n,
			     struct err *err);
	/* Behind the rows: a kind of fact (or "event") that the SQL reads and
	 * that the case has not, or not all of, and why; failed: it was to be
	 * there. NULL: nobody asks. */
	void (*lack)(void *arg, const char *kind, const char *why, bool failed);
	void *arg;
};

/*
 * ERR_FORMAT: what is wrong with the SQL, *at is where in it then (its length
 * when that is not known). ERR_TIMEOUT, ERR_LIMIT: it gave more rows, of
 * which the first max_rows were told.
 */
enum err_code judge_run(struct judge *j, const struct judge_ask *ask,
			size_t *at, struct err *err) MUST_CHECK;

/* What a fixture says is to be found: names, and how bad (empty: not told). */
enum err_code judge_fixture_objects(struct bytes json,
				    void (*each)(void *arg, struct bytes name,
						 struct bytes severity),
				    void *arg, struct err *err) MUST_CHECK;

/* The tables besides those of the kinds of facts, and first the columns that
 * each of those has; for the manual. */
void judge_each_column(void (*each)(void *arg, const char *table,
				    const char *about, const char *column,
				    const char *help),
		       void *arg);

#endif
