/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case file: one SQLite database, application_id CASE_APPLICATION_ID,
 * user_version = number of the last migration. One writer thread owns the
 * read-write connection; readers have read-only connections of their own.
 * halligan-case(5) is the public face of what is inside.
 */
#ifndef HALLIGAN_CASE_CASE_H
#define HALLIGAN_CASE_CASE_H

#include "base/base.h"
#include "base/err.h"
#include "model/change.h"
#include "model/rows.h"

#define CASE_APPLICATION_ID 0x48414c47 /* "HALG" */

struct case_meta {
	const char *name;
	const char *tlp; /* "red" "amber+strict" "amber" "green" "clear" */
};

/* Makes a new case, 0600. ERR_EXISTS when there is something at path. */
enum err_code case_create(const char *path, const struct case_meta *meta,
			  const char *actor, struct err *err) MUST_CHECK;

struct casefile;

/*
 * Opens a case and starts its writer thread. One of an older version is
 * brought to ours first. One that cannot be written is opened for reading
 * only: what would change it is ERR_DENIED then. `actor` is who acts, for the
 * audit log ("kim@laptop"). ERR_NOTFOUND, ERR_FORMAT (not a case),
 * ERR_UNSUPPORTED (a newer version), ERR_DENIED, ERR_IO.
 * notify_fd: an eventfd of the caller that is rung after each commit; -1.
 */
enum err_code case_open(const char *path, const char *actor, int notify_fd,
			struct casefile **out, struct err *err) MUST_CHECK;

/* For reading alone: what would change it is ERR_DENIED. One of an older
 * version is, too. */
enum err_code case_open_reading(const char *path, struct casefile **out,
				struct err *err) MUST_CHECK;

/* Writes what was submitted, ends the writer. The first write error that was
 * not reported to anybody comes out here. */
enum err_code case_close(struct casefile *cf, struct err *err);

bool case_is_read_only(const struct casefile *cf);

/* The sink of this case: engine and commands submit to it, on any thread.
 * ERR_DENIED when it is open for reading only. */
enum err_code case_sink(struct casefile *cf, struct sink **sink,
			struct err *err) MUST_CHECK;

/*
 * Applies one change and waits until it is committed (any thread but the
 * writer's). Takes the change. The error of applying it comes back; it is
 * undone then, and the rest of the case is as before.
 */
enum err_code case_apply(struct casefile *cf, struct change *c,
			 struct err *err) MUST_CHECK;

/* Hands it to the writer, which commits it soon: for many changes; then come
 * case_flush and case_health. Takes the change. */
enum err_code case_submit(struct casefile *cf, struct change *c,
			  struct err *err) MUST_CHECK;

/* Waits until all that was submitted so far is committed. ERR_IO with the
 * reason (disk full) when it could not be. */
enum err_code case_flush(struct casefile *cf, struct err *err) MUST_CHECK;

/* First error of the writer since the last call of this, ERR_OK when none.
 * It goes on trying: nothing that was taken is dropped before close. */
enum err_code case_health(struct casefile *cf, struct err *err);

const char *case_path(const struct casefile *cf);

struct case_info {
	char name[128], tlp[16];
	int64_t created_ns;
	uint64_t n_hosts, n_findings, n_new_findings, n_excluded, n_evidence,
		n_notes,
		n_events, n_runs, evidence_bytes, n_audit;
	struct uuid last_run;
};

/* Front thread (uses the case's own read-only connection). */
enum err_code case_info(struct casefile *cf, struct case_info *info,
			struct err *err) MUST_CHECK;

/* Rows of a view. Front thread, or one reader thread of the caller's. */
enum err_code case_rows(struct casefile *cf, const struct row_query *query,
			struct rows **rows, struct err *err) MUST_CHECK;

/*
 * The files that a run, and those that are one with it, brought from a host:
 * whole ones, and the begins of those that were cut. Any thread: by a
 * connection of its own.
 */
struct had_sink {
	enum err_code (*take)(void *user, const struct req_have *have,
			      struct err *err);
	void *user;
};

enum err_code case_had(struct casefile *cf, const struct uuid *run,
		       const struct uuid *host, const struct had_sink *sink,
		       struct err *err) MUST_CHECK;

/*
 * How far each host of a run has come, in it or in any that took it up or that
 * it takes up: the newest counts. Front thread.
 */
struct case_leg {
	struct bytes host;  /* its name */
	struct bytes state; /* "done" once any of them did it */
	bool is_at_work;    /* one of them is at it, or will be */
	struct bytes mode, cursor; /* empty: it begins anew */
	uint64_t cursor_root;
};

struct leg_sink {
	enum err_code (*take)(void *user, const struct case_leg *leg,
			      struct err *err);
	void *user;
};

enum err_code case_legs(struct casefile *cf, const char *run,
			const struct leg_sink *sink,
			struct err *err) MUST_CHECK;

/* The runs that are one with a run, itself among them, the newest first. */
typedef enum err_code leg_fn(void *user, const struct uuid *run,
			     struct err *err);
enum err_code case_legs_of(struct casefile *cf, const char *run, leg_fn *take,
			   void *user, struct err *err) MUST_CHECK;

/* Content that the case has whole of a host, NULL: of any: each once, the
 * largest files first, as many as a probe takes. */
struct known_sink {
	enum err_code (*take)(void *user, uint64_t size, struct bytes sha256,
			      struct err *err);
	void *user;
};

enum err_code case_known(struct casefile *cf, const struct uuid *host,
			 const struct known_sink *sink,
			 struct err *err) MUST_CHECK;

/*
 * A host by name, id, or the last 8 or more digits of its id. The strings
 * are the caller's to release with case_host_release.
 */
struct case_host {
	struct uuid id;
	char *name, *target, *identity;
	char *key_type;	       /* pinned host key; NULL: none yet */
	uint8_t *key;
	size_t key_len;
	char *key_fingerprint; /* NULL: none */
	char *jump, *escalate, *mode; /* as in change_host; NULL */
};

enum err_code case_host_find(struct casefile *cf, const char *name,
			     struct case_host *host,
			     struct err *err) MUST_CHECK;
void case_host_release(struct case_host *host);

/* What one run brought, whatever else was at work at the same time. */
struct case_brought {
	uint64_t n_findings, n_excluded; /* that nobody saw before */
	uint64_t n_evidence, n_unchanged; /* items; of those, as the host had
					     that file before */
};

enum err_code case_brought(struct casefile *cf, const struct uuid *run,
			   struct case_brought *out,
			   struct err *err) MUST_CHECK;

/* The full id for what a person typed (an id or its last digits, at least 4)
 * in the view's id column. ERR_NOTFOUND, ERR_USAGE when it is not unique. */
enum err_code case_find_id(struct casefile *cf, const char *view,
			   const char *typed, struct uuid *id,
			   struct err *err) MUST_CHECK;

/*
 * What a run found that the one before it had not, and the other way round:
 * rows of diff_view, by host. other NULL: for each host the last run before
 * that did the same there.
 */
struct case_diff {
	void (*each)(void *arg, const struct row *row);
	void *arg;
	uint64_t n_changes; /* out: rows */
	uint64_t n_unseen;  /* findings of before that were not looked at */
	uint64_t n_first;   /* hosts without a run before */
	uint64_t n_other_rules; /* hosts whose run before had other rules */
	uint64_t n_no_rule; /* of the rows: what this run has no rule for */
};

enum err_code case_diff(struct casefile *cf, const struct uuid *run,
			const struct uuid *other, struct case_diff *diff,
			struct err *err) MUST_CHECK;

/*
 * Bytes of an evidence item from offset; *n in: room, out: got (0 at end).
 * What is missing in an incomplete item reads as ERR_NOTFOUND.
 */
enum err_code case_evidence_read(struct casefile *cf, const char *id,
				 uint64_t offset, uint8_t *to, size_t *n,
				 struct err *err) MUST_CHECK;

struct verify_report {
	uint64_t audit_rows, evidence_items, evidence_bytes, rows;
	uint64_t problems;
	uint64_t incomplete; /* evidence that was never finished: no problem */
	int64_t head_seq;
	char head[65]; /* hex hash of the last audit row */
};

/*
 * Recomputes the audit chain, the digests of all rows it covers, and all
 * evidence. `problem` (borrowed text, one line) is called for each. ERR_OK
 * or ERR_VERIFY; other codes when it could not be done. Opens path read-only
 * by itself and may be called on a case that is open and being written.
 */
enum err_code case_verify(const char *path,
			  void (*problem)(void *arg, const char *line),
			  void *arg, struct verify_report *report,
			  struct err *err) MUST_CHECK;

#endif
