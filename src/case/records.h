/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that make rows of a host's records. */
#ifndef HALLIGAN_CASE_RECORDS_H
#define HALLIGAN_CASE_RECORDS_H

#include "base/base.h"
#include "case/book.h"

/* No log says so: times up to it can be added to without a care. */
#define TIME_FAR_NS INT64_C(4000000000000000000)

/* One record, on its way into the case. */
struct intake {
	struct book *book;
	struct stream *s;
	int64_t at_ns;
};

/* ---- had.c ---- */

/* The file's content goes on where an item of this run, or of one that it
 * takes up, was cut: that item becomes seen->evidence, and its transfer begins
 * there. ERR_FORMAT when there is none. */
enum err_code had_go_on(struct intake *in, const struct rec_file *f,
			struct seen *seen, struct err *err) MUST_CHECK;

/* ---- known.c ---- */

/* The file's content is not sent, since the case has it: an item of its own
 * that has the same chunks. ERR_FORMAT when the case has no such content. */
enum err_code known_item(struct intake *in, const struct rec_file *f,
			 const char *sha256, struct seen *seen,
			 struct err *err) MUST_CHECK;

/* ---- records.c ---- */

/* A new item of evidence, of that row of files. */
enum err_code evidence_row(struct intake *in, int64_t file, int64_t *row,
			   struct err *err) MUST_CHECK;

/* ---- findings.c ---- */

enum err_code take_match(struct intake *in, const struct record *r,
			 struct err *err) MUST_CHECK;
enum err_code take_hit(struct intake *in, const struct record *r,
		       struct err *err) MUST_CHECK;

/*
 * The run saw the finding, in that row of files (0: in none): kept once for
 * each run, judged by the exclusions, and the finding's row is recorded as
 * changed. For a finding of any kind.
 */
enum err_code finding_seen(struct intake *in, int64_t finding, int64_t file,
			   struct err *err) MUST_CHECK;

/* A new finding, in that row of files (0: in none), is on the timeline. */
enum err_code finding_event(struct intake *in, int64_t finding, int64_t file,
			    const char *message, struct err *err) MUST_CHECK;

/* A word for how bad it is as the number that findings have, in SQL. */
#define SEVERITY_OF(word)                                                      \
	"CASE " word " WHEN 'critical' THEN 4 WHEN 'high' THEN 3"              \
	" WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"

/* ---- events.c ---- */

enum err_code take_item(struct intake *in, const struct record *r,
			struct err *err) MUST_CHECK;
enum err_code take_event(struct intake *in, const struct record *r,
			 struct err *err) MUST_CHECK;

/* ---- facts.c ---- */

enum err_code take_fact(struct intake *in, const struct record *r,
			struct err *err) MUST_CHECK;

/* The detail of a record as a string the caller frees; "" when it has none.
 * ERR_FORMAT when not everybody would read it alike (model/detail.h). */
enum err_code detail_of(struct bytes detail, char **out,
			struct err *err) MUST_CHECK;

/* A triage of the host begins. */
enum err_code picture_begin(struct intake *in, struct err *err) MUST_CHECK;
/* A source of it came to its end. */
enum err_code picture_told(struct intake *in, const struct rec_coverage *k,
			   struct err *err) MUST_CHECK;

/* ---- sightings.c ---- */

enum err_code take_process(struct intake *in, const struct record *r,
			   struct err *err) MUST_CHECK;
enum err_code take_socket(struct intake *in, const struct record *r,
			  struct err *err) MUST_CHECK;
enum err_code take_sighting(struct intake *in, const struct record *r,
			    struct err *err) MUST_CHECK;

#endif
