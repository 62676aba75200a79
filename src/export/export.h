/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exporters: rows in, a stream of bytes out. A table; each row is a format
 * somebody else's tool reads. Nothing is held whole in memory.
 */
#ifndef HALLIGAN_EXPORT_EXPORT_H
#define HALLIGAN_EXPORT_EXPORT_H

#include "base/base.h"
#include "base/err.h"
#include "export/outfile.h"
#include "model/rows.h"

/* Where the rows come from. */
struct export_source {
	const struct view *view;
	/* The next row, borrowed until the next call; *got false at the end. */
	enum err_code (*next)(struct export_source *source, struct row *row,
			      bool *got, struct err *err);
	bool one_host; /* all rows are about one host: no need to name it */
};

struct exporter {
	const char *name;
	const char *extension; /* with the dot */
	const char *help;      /* one sentence */
	const char *view;      /* what it takes when nobody says */
	bool only_that_view;
	enum err_code (*run)(struct export_source *source, struct outfile *out,
			     uint64_t *n_rows, struct err *err);
};

extern const struct exporter exporters[];
extern const size_t n_exporters;

const struct exporter *exporter_find(const char *name); /* NULL: none */

/* Writes the source to out in that format; *n_rows counts the rows. Does not
 * finish out. ERR_USAGE when the format cannot hold the view. */
enum err_code export_run(const struct exporter *exporter,
			 struct export_source *source, struct outfile *out,
			 uint64_t *n_rows, struct err *err) MUST_CHECK;

/* The value of a named column, a VALUE_NULL when the view has none. */
struct value export_value(const struct view *view, const struct row *row,
			  const char *column);

/* The formats, for the table. */
enum err_code export_csv(struct export_source *source, struct outfile *out,
			 uint64_t *n_rows, struct err *err) MUST_CHECK;
enum err_code export_jsonl(struct export_source *source, struct outfile *out,
			   uint64_t *n_rows, struct err *err) MUST_CHECK;
enum err_code export_bodyfile(struct export_source *source,
			      struct outfile *out, uint64_t *n_rows,
			      struct err *err) MUST_CHECK;

#endif
