/* SPDX-License-Identifier: Apache-2.0 */
/* What a check found, to read: what and why, what would be harmless, the row
 * that proves it, and what says that row. */
#include "base/base.h"

#include "base/text.h"
#include "ui/console.h"
#include "ui/detail.h"

#define SAID_MAX (64u << 10)

/* ---- the finding's own words ---- */

static void put_text(struct doc *d, const char *title, struct bytes text)
{
	struct buf shown;

	if (text.n == 0)
		return;
	buf_init(&shown, SAID_MAX);
	(void)text_append(&shown, text, TEXT_ANY_WIDTH);
	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, title);
	doc_indented(d, ROLE_NORMAL, 2, buf_str(&shown));
	buf_release(&shown);
}

static void put_about(void *arg, const char *name, struct bytes value)
{
	static const struct {
		const char *name, *title;
	} parts[] = {
		{"why", "WHY IT MATTERS"},
		{"false_positives", "HARMLESS IF"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			put_text(arg, parts[i].title, value);
}

static void put_cell(void *arg, const char *name, struct bytes value)
{
	static const char *const times[] = {
		"start_ns", "mtime",  "ctime",	    "btime",	"exe_ctime",
		"since",    "run_at", "created_at", "loaded_at", "changed_at",
		"first",    "last"};
	bool is_time = false;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		is_time |= strcmp(times[i], name) == 0;
	detail_bytes(arg, name, value, is_time);
}

static void put_parts(void *arg, const char *name, struct bytes value)
{
	struct doc *d = arg;

	if (strcmp(name, "check") == 0)
		app_each_member(value, put_about, d);
	if (strcmp(name, "row") == 0) {
		doc_line(d, ROLE_NORMAL, "");
		doc_line(d, ROLE_TITLE, "THE ROW THAT PROVES IT");
		app_each_member(value, put_cell, d);
	}
}

/* ---- what says so ---- */

/* The bytes of the evidence that the fact was read from. */
static void put_fact(struct ui *ui, struct doc *d, int64_t fact)
{
	char id[24];
	struct source *src;
	struct row row;
	struct err err;

	(void)snprintf(id, sizeof id, "%" PRId64, fact);
	src = source_of_row(ui->app, "fact", id, &row, &err);
	if (src)
		detail_said(ui, source_view(src), &row, d);
	else
		doc_linef(d, ROLE_BAD, "%s", err.msg);
	source_close(src);
}

void detail_check(struct ui *ui, const struct view *view,
		  const struct row *row, struct doc *d)
{
	static const char *const first[] = {
		"rule=check", "description=what", "object",
		"severity",   "quiet=quiet as",	  "status",
		"host",	      "path",		  "pid=process",
		"remote=peer", "technique=ATT&CK", NULL};
	static const char *const rest[] = {
		"sha256",	       "author",       "namespace=file",
		"rules_sha256=checks", "found_at=found", "last_seen_at=seen",
		"id", "evidence_id=evidence", "run_id=run", NULL};
	struct bytes meta = row_bytes(view, row, "meta");
	int64_t fact = row_int(view, row, "fact_id", 0);
	struct doc later;

	detail_columns(d, view, row, first);
	doc_init(&later, false);
	later.width = d->width;
	detail_columns(&later, view, row, rest);
	app_each_member(meta, put_parts, d);
	if (fact)
		put_fact(ui, d, fact);
	doc_line(d, ROLE_NORMAL, "");
	doc_append(d, &later);
	doc_release(&later);
}
