/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the details of rows: what its files share. */
#ifndef HALLIGAN_UI_DETAIL_H
#define HALLIGAN_UI_DETAIL_H

#include "base/base.h"
#include "ui/console.h"

#define DETAIL_LINES_MAX 20 /* of what is listed beside a row */

/* Lines about rows of another view. */
struct detail_rows {
	const char *view, *column, *value;
	uint64_t most;
	bool reverse;
	void (*put)(struct doc *d, const struct view *view,
		    const struct row *row);
	/* no more after this one; NULL */
	bool (*is_last)(const struct view *view, const struct row *row);
};

/* One value under its label; nothing when there is none. */
void detail_field(struct doc *d, const char *label, const struct column *c,
		  const struct value *v);

/* Bytes of a host under their label; a time, when they are to be one and are
 * nanoseconds. */
void detail_bytes(struct doc *d, const char *label, struct bytes b,
		  bool is_time);

/* Columns by name, NULL ends; "name=label" gives another label. */
void detail_columns(struct doc *d, const struct view *view,
		    const struct row *row, const char *const *names);

/* All of them, under their own names. */
void detail_all(struct ui *ui, const struct view *view, const struct row *row,
		struct doc *d);

/* One column within a line. */
void detail_shown(struct doc *d, enum role role, const struct view *view,
		  const struct row *row, const char *column);

/* What may be long and is to be read whole, on lines of its own. */
void detail_long(struct doc *d, enum role role, const char *label,
		 struct bytes b);

/* Rows of another view that belong to this one; how many there are. */
uint64_t detail_list(struct ui *ui, struct doc *d,
		     const struct detail_rows *w);

/* The bytes of the evidence that say so. */
void detail_said(struct ui *ui, const struct view *view, const struct row *row,
		 struct doc *d);

/* ---- detail_fact.c ---- */

void detail_fact(struct ui *ui, const struct view *view, const struct row *row,
		 struct doc *d);
void detail_process(struct ui *ui, const struct view *view,
		    const struct row *row, struct doc *d);
void detail_socket(struct ui *ui, const struct view *view,
		   const struct row *row, struct doc *d);

/* ---- detail_finding.c ---- */

void detail_finding(struct ui *ui, const struct view *view,
		    const struct row *row, struct doc *d);
void detail_indicator(struct ui *ui, const struct view *view,
		      const struct row *row, struct doc *d);

/* ---- detail_check.c: a finding of a check ---- */

void detail_check(struct ui *ui, const struct view *view,
		  const struct row *row, struct doc *d);

#endif
