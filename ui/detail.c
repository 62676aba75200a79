/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row as lines to read: what matters of it first, then the rest. Values
 * are taken out of the row before anything else of the case is read.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/detail.h"
#include "ui/words.h"

#define SHOWN_MAX    (256u << 10)
#define ID_DIGITS    8
#define PREVIEW_MAX  4096u
#define CHANGES_MAX  40 /* lines */
#define MISSED_TITLE "WHAT WE DID NOT SEE"

/* ---- fields ---- */

void detail_field(struct doc *d, const char *label, const struct column *c,
		  const struct value *v)
{
	struct buf shown;
	enum role role = ROLE_NORMAL;

	if (v->type == VALUE_NULL ||
	    ((v->type == VALUE_TEXT || v->type == VALUE_BLOB) && v->b.n == 0))
		return;
	buf_init(&shown, SHOWN_MAX);
	if (c->kind == COLUMN_ID) /* whole: it is here to be copied */
		(void)text_append(&shown, v->b, TEXT_ANY_WIDTH);
	else
		(void)value_show(c, v, TEXT_ANY_WIDTH, &shown);
	if (words_column(c->name))
		role = words_role(buf_str(&shown));
	doc_field(d, label, role, buf_str(&shown));
	buf_release(&shown);
}

void detail_columns(struct doc *d, const struct view *view,
		    const struct row *row, const char *const *names)
{
	for (; *names; names++) {
		const char *label = strchr(*names, '=');
		char name[64];
		int i;

		(void)snprintf(name, sizeof name, "%.*s",
			       (int)(label ? label - *names
					   : (ptrdiff_t)strlen(*names)),
			       *names);
		i = view_column(view, name);
		if (i >= 0)
			detail_field(d, label ? label + 1 : name,
				     &view->columns[i], &row->values[i]);
	}
}

void detail_all(struct ui *ui UNUSED, const struct view *view,
		const struct row *row, struct doc *d)
{
	for (size_t i = 0; i < view->n_columns; i++)
		detail_field(d, view->columns[i].name, &view->columns[i],
			     &row->values[i]);
}

/* ---- lines of other views ---- */

uint64_t detail_list(struct ui *ui, struct doc *d, const struct detail_rows *w)
{
	struct row_query query = {.view = w->view, .reverse = w->reverse};
	struct rows *rows = NULL;
	struct row row;
	struct err err;
	uint64_t n;

	query.where[0].column = w->column;
	query.where[0].value = w->value;
	if (app_rows(ui->app, &query, &rows, &err) != ERR_OK) {
		doc_linef(d, ROLE_BAD, "%s", err.msg);
		return 0;
	}
	n = rows_count(rows);
	for (uint64_t i = 0; i < MIN(n, w->most); i++) {
		if (rows_get(rows, i, &row, &err) != ERR_OK) {
			doc_linef(d, ROLE_BAD, "%s", err.msg);
			break;
		}
		w->put(d, rows_view(rows), &row);
		if (w->is_last && w->is_last(rows_view(rows), &row)) {
			n = i + 1;
			break;
		}
	}
	if (n > w->most)
		doc_linef(d, ROLE_DIM, "and %" PRIu64 " more", n - w->most);
	rows_close(rows);
	return n;
}

void detail_shown(struct doc *d, enum role role, const struct view *view,
		  const struct row *row, const char *column)
{
	int i = view_column(view, column);
	struct buf shown;

	if (i < 0)
		return;
	buf_init(&shown, SHOWN_MAX);
	(void)value_show(&view->columns[i], &row->values[i], TEXT_ANY_WIDTH,
			 &shown);
	if (words_column(column))
		role = words_role(buf_str(&shown));
	doc_put(d, role, buf_str(&shown));
	doc_put(d, ROLE_NORMAL, "  ");
	buf_release(&shown);
}

void detail_long(struct doc *d, enum role role, const char *label,
		 struct bytes b)
{
	struct buf shown;

	if (b.n == 0)
		return;
	buf_init(&shown, SHOWN_MAX);
	(void)buf_add_str(&shown, label);
	(void)text_append(&shown, b, TEXT_ANY_WIDTH);
	doc_indented(d, role, 4, buf_str(&shown));
	buf_release(&shown);
}

/* ---- host ---- */

static void put_finding_line(struct doc *d, const struct view *view,
			     const struct row *row)
{
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, view, row, "severity");
	detail_shown(d, ROLE_NORMAL, view, row, "status");
	detail_shown(d, ROLE_NORMAL, view, row, "rule");
	detail_long(d, ROLE_DIM, "", row_bytes(view, row, "path"));
}

/* That it was a probe goes without saying. */
static bool is_by_shell(const struct view *view, const struct row *row)
{
	return bytes_eq(row_bytes(view, row, "mode"), bytes_str("shell"));
}

static void put_shell_mode(struct doc *d, const struct view *view,
			   const struct row *row)
{
	if (is_by_shell(view, row))
		doc_put(d, ROLE_NORMAL, "  in shell mode");
}

static void put_run_host_line(struct doc *d, const struct view *view,
			      const struct row *row)
{
	char files[WORDS_MAX];

	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_DIM, view, row,
		     view_column(view, "run_id") >= 0 ? "run_id" : "host");
	detail_shown(d, ROLE_NORMAL, view, row, "state");
	doc_putf(d, ROLE_NORMAL, "%s files  ",
		 words_count((uint64_t)row_int(view, row, "files", 0), files));
	put_shell_mode(d, view, row);
	detail_long(d, ROLE_WARN, "", row_bytes(view, row, "message"));
	detail_long(d, ROLE_DIM, "left there: ",
		    row_bytes(view, row, "footprint"));
}

static void put_note_line(struct doc *d, const struct view *view,
			  const struct row *row)
{
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_DIM, view, row, "created_at");
	detail_shown(d, ROLE_NORMAL, view, row, "body");
}

static void put_section(struct ui *ui, struct doc *d, const char *title,
			const struct detail_rows *w)
{
	size_t at = d->n;

	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, title);
	if (detail_list(ui, d, w) == 0)
		doc_cut(d, at);
}

/* What was negotiated with each server on the way; the host comes first. */
static void put_hop_line(struct doc *d, const struct view *view,
			 const struct row *row)
{
	static const char *const columns[] = {"target", "kex", "host_key",
					      "cipher", "mac"};

	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		detail_shown(d, i ? ROLE_NORMAL : ROLE_DIM, view, row,
			     columns[i]);
}

static bool is_first_hop(const struct view *view, const struct row *row)
{
	return row_int(view, row, "position", 0) == 0;
}

static void put_clock(struct doc *d, const struct view *view,
		      const struct row *row)
{
	char words[JOB_CLOCK_MAX];

	if (job_clock_off(row_int(view, row, "clock_offset_ns", TIME_UNKNOWN),
			  words)[0])
		doc_linef(d, ROLE_WARN, "%s" JOB_CLOCK_SO, words);
}

static void detail_host(struct ui *ui, const struct view *view,
			const struct row *row, struct doc *d)
{
	static const char *const columns[] = {"state",
					      "tags",
					      "groups",
					      "target",
					      "address",
					      "key_type=key",
					      "key_fingerprint=fingerprint",
					      "os",
					      "arch",
					      "hostname",
					      "clock_offset_ns=clock",
					      "clock_error_ns=plus/minus",
					      "identity",
					      "last_seen_at=last seen",
					      "added_at=added",
					      "zone=time zone",
					      "zone_source=says",
					      "added_by=by",
					      "removed_at=removed",
					      "id",
					      NULL};
	char *name = bytes_to_str(row_bytes(view, row, "name"));
	struct detail_rows runs = {.view = "run_host",
				   .column = "host",
				   .value = name,
				   .most = 8,
				   .put = put_run_host_line};
	struct detail_rows hops = {.view = "hop",
				   .column = "host",
				   .value = name,
				   .most = DETAIL_LINES_MAX,
				   .reverse = true,
				   .put = put_hop_line,
				   .is_last = is_first_hop};
	struct detail_rows findings = {.view = "finding",
				       .column = "host",
				       .value = name,
				       .most = DETAIL_LINES_MAX,
				       .put = put_finding_line};
	struct detail_rows notes = {.view = "note",
				    .column = "host",
				    .value = name,
				    .most = DETAIL_LINES_MAX,
				    .put = put_note_line};

	detail_columns(d, view, row, columns);
	put_clock(d, view, row);
	put_section(ui, d, "LAST CONNECTION", &hops);
	put_section(ui, d, "RUNS", &runs);
	put_section(ui, d, "FINDINGS", &findings);
	put_section(ui, d, "NOTES", &notes);
	free(name);
}

/* ---- run ---- */

static void put_run_host_by_host(struct doc *d, const struct view *view,
				 const struct row *row)
{
	char files[WORDS_MAX], size[WORDS_MAX];

	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, view, row, "host");
	detail_shown(d, ROLE_NORMAL, view, row, "state");
	doc_putf(d, ROLE_NORMAL, "%s files  %s  %" PRId64 " matches",
		 words_count((uint64_t)row_int(view, row, "files", 0), files),
		 words_size((uint64_t)row_int(view, row, "bytes", 0), size),
		 row_int(view, row, "matches", 0));
	put_shell_mode(d, view, row);
	detail_long(d, ROLE_WARN, "", row_bytes(view, row, "message"));
	if (is_by_shell(view, row)) /* it says why */
		detail_long(d, ROLE_DIM, "",
			    row_bytes(view, row, "footprint"));
}

static void put_missed(struct doc *d, const struct view *view,
		       const struct row *row)
{
	char files[WORDS_MAX];

	if (bytes_eq(row_bytes(view, row, "outcome"), bytes_str("scanned")) ||
	    bytes_eq(row_bytes(view, row, "outcome"), bytes_str("collected")) ||
	    bytes_eq(row_bytes(view, row, "outcome"), bytes_str("listed")))
		return;
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, view, row, "host");
	detail_shown(d, ROLE_NORMAL, view, row, "outcome");
	detail_shown(d, ROLE_NORMAL, view, row, "reason");
	doc_putf(d, ROLE_NORMAL, "%s  ",
		 words_plural((uint64_t)row_int(view, row, "files", 0), "file",
			      files));
	detail_shown(d, ROLE_DIM, view, row, "path");
}

/* A host that said nothing of what it has is in no row of coverage. */
static void put_unseen(struct doc *d, const struct view *view,
		       const struct row *row)
{
	if (!host_state_is_short(row_bytes(view, row, "state")))
		return;
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, view, row, "host");
	detail_shown(d, ROLE_NORMAL, view, row, "state");
	doc_put(d, ROLE_WARN, "not looked at, or not to its end");
}

static void put_sum(struct doc *d, const struct view *view,
		    const struct row *row)
{
	const struct value *percent = row_value(view, row, "percent");
	char files[WORDS_MAX];

	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, view, row, "host");
	detail_shown(d, ROLE_NORMAL, view, row, "outcome");
	if (row_bytes(view, row, "reason").n)
		detail_shown(d, ROLE_NORMAL, view, row, "reason");
	doc_putf(d, ROLE_NORMAL, "%s  ",
		 words_plural((uint64_t)row_int(view, row, "files", 0), "file",
			      files));
	if (percent && percent->type == VALUE_REAL)
		doc_putf(d, ROLE_DIM, "%.2f%%", percent->real);
}

static void put_change(void *arg, const struct row *row)
{
	struct doc *d = arg;

	if (d->n >= CHANGES_MAX)
		return;
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, &diff_view, row, "change");
	detail_shown(d, ROLE_NORMAL, &diff_view, row, "severity");
	detail_shown(d, ROLE_NORMAL, &diff_view, row, "host");
	detail_shown(d, ROLE_NORMAL, &diff_view, row, "rule");
	detail_long(d, ROLE_DIM, "", row_bytes(&diff_view, row, "path"));
}

/* What is new since the last run of the same hunt. */
static void put_changes(struct ui *ui, struct doc *d, const struct uuid *run)
{
	struct case_diff diff = {.each = put_change};
	struct err err;
	struct doc lines;

	doc_init(&lines, false);
	lines.width = d->width;
	diff.arg = &lines;
	if (case_diff(app_case(ui->app), run, NULL, &diff, &err) != ERR_OK)
		doc_linef(&lines, ROLE_BAD, "%s", err.msg);
	if (lines.n && !diff.n_first) {
		doc_line(d, ROLE_NORMAL, "");
		doc_line(d, ROLE_TITLE, "CHANGED SINCE THE LAST SUCH RUN");
		doc_append(d, &lines);
		if (lines.n >= CHANGES_MAX)
			doc_linef(d, ROLE_DIM, "  %" PRIu64 " in all",
				  diff.n_changes);
	}
	if (diff.n_unseen)
		doc_linef(d, ROLE_WARN,
			  "  %" PRIu64 " earlier findings could not be looked "
			  "at again", diff.n_unseen);
	doc_release(&lines);
}

/* Hosts first, then files of the others. */
static void put_missed_section(struct ui *ui, struct doc *d,
			       const struct detail_rows *hosts,
			       const struct detail_rows *files)
{
	size_t at = d->n;

	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, MISSED_TITLE);
	if (detail_list(ui, d, hosts) + detail_list(ui, d, files) == 0)
		doc_cut(d, at);
}

static void detail_run(struct ui *ui, const struct view *view,
		       const struct row *row, struct doc *d)
{
	static const char *const columns[] = {"command",
					      "state",
					      "code",
					      "message",
					      "hosts",
					      "started_at=started",
					      "started_by=by",
					      "ended_at=ended",
					      "hunt=saved as",
					      "resumes",
					      "rules_sha256=rules",
					      "probe_sha256=probe",
					      "id",
					      NULL};
	struct uuid run = {0};
	struct job_view job;
	char *id = bytes_to_str(row_bytes(view, row, "id"));
	struct detail_rows hosts = {.view = "run_host",
				    .column = "run_id",
				    .value = id,
				    .most = 500,
				    .put = put_run_host_by_host};
	struct detail_rows missed = {.view = "coverage",
				     .column = "run_id",
				     .value = id,
				     .most = 500,
				     .put = put_missed};
	struct detail_rows sums = {.view = "coverage_sum",
				   .column = "run_id",
				   .value = id,
				   .most = 500,
				   .reverse = true,
				   .put = put_sum};
	struct detail_rows unseen = {.view = "run_host",
				     .column = "run_id",
				     .value = id,
				     .most = 500,
				     .put = put_unseen};
	struct doc fields;

	(void)snprintf(run.s, sizeof run.s, "%s", id);
	doc_init(&fields, false);
	fields.width = d->width;
	detail_columns(&fields, view, row, columns);
	if (app_job(ui->app, &run, &job)) {
		doc_job(d, &job);
		doc_job_hosts(ui, d, &run);
		doc_line(d, ROLE_NORMAL, "");
		doc_append(d, &fields);
	} else {
		doc_append(d, &fields);
		put_section(ui, d, "HOSTS", &hosts);
	}
	put_changes(ui, d, &run);
	put_section(ui, d, "COVERAGE", &sums);
	put_missed_section(ui, d, &unseen, &missed);
	if (d->n && strcmp(d->lines[d->n - 1].s, MISSED_TITLE) == 0)
		doc_line(d, ROLE_GOOD, "  nothing that was asked for");
	doc_release(&fields);
	free(id);
}

/* ---- note, evidence, audit ---- */

static void detail_note(struct ui *ui UNUSED, const struct view *view,
			const struct row *row, struct doc *d)
{
	static const char *const columns[] = {
		"author", "host", "created_at=written", "changed_at=changed",
		"id",     NULL};

	doc_bytes(d, ROLE_NORMAL, 0, row_bytes(view, row, "body"));
	doc_line(d, ROLE_NORMAL, "");
	detail_columns(d, view, row, columns);
}

static void put_preview(struct ui *ui, struct doc *d, const char *id)
{
	uint8_t head[PREVIEW_MAX];
	size_t n = sizeof head;
	struct err err;

	if (case_evidence_read(app_case(ui->app), id, 0, head, &n, &err) !=
	    ERR_OK) {
		doc_linef(d, ROLE_BAD, "%s", err.msg);
		return;
	}
	if (memchr(head, '\0', n))
		doc_hex(d, bytes_of(head, MIN(n, (size_t)512)), 0, 0, 0);
	else
		doc_bytes(d, ROLE_NORMAL, 0, bytes_of(head, n));
}

static void detail_evidence(struct ui *ui, const struct view *view,
			    const struct row *row, struct doc *d)
{
	static const char *const columns[] = {
		"path", "member", "host",   "complete=whole",
		"reason", "size", "sha256", "redacted=overwritten",
		"original_sha256=sha256 there", NULL};
	char *id = bytes_to_str(row_bytes(view, row, "id"));

	detail_columns(d, view, row, columns);
	doc_line(d, ROLE_NORMAL, "");
	put_preview(ui, d, id);
	free(id);
}

static void put_source(struct doc *d, const struct view *view,
		       const struct row *row)
{
	char when[TIME_TEXT_MAX];

	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	doc_put(d, ROLE_NORMAL, time_format(row_int(view, row, "time_ns", 0),
					    TIME_US, when));
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_NORMAL, view, row, "path");
	doc_putf(d, ROLE_DIM, "byte %" PRId64 "  ",
		 row_int(view, row, "offset", 0));
	detail_shown(d, ROLE_DIM, view, row, "evidence_id");
}

/* All that tell it, this row as well. */
static void put_sources(struct ui *ui, const struct view *view,
			const struct row *row, struct doc *d)
{
	char id[32];
	struct detail_rows others = {.view = "fold",
				     .column = "event_id",
				     .value = id,
				     .most = DETAIL_LINES_MAX,
				     .put = put_source};

	if (row_int(view, row, "sources", 1) < 2)
		return;
	(void)snprintf(id, sizeof id, "%" PRId64, row_int(view, row, "id", 0));
	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, "TOLD BY");
	put_source(d, view, row);
	(void)detail_list(ui, d, &others);
}

static void detail_event(struct ui *ui, const struct view *view,
			 const struct row *row, struct doc *d)
{
	static const char *const columns[] = {
		"message",    "datetime=time", "timestamp_desc=which",
		"time_source=rests on", "zone", "zone_from=says", "kind", "actor", "host", "path",
		"finding_id", "note_id", "evidence_id", "run_id", NULL};

	detail_columns(d, view, row, columns);
	if (row_int(view, row, "precision_ns", 0) > 1000000000)
		doc_linef(d, ROLE_WARN, "known to within %" PRId64 " seconds",
			  row_int(view, row, "precision_ns", 0) / 1000000000);
	put_sources(ui, view, row, d);
	detail_said(ui, view, row, d);
}

static const struct {
	const char *view;
	void (*put)(struct ui *ui, const struct view *view,
		    const struct row *row, struct doc *d);
} details[] = {
	{"finding", detail_finding},   {"host", detail_host},
	{"run", detail_run},           {"note", detail_note},
	{"evidence", detail_evidence}, {"indicator", detail_indicator},
	{"event", detail_event},       {"fact", detail_fact},
	{"process", detail_process},   {"socket", detail_socket},
};

static bool is_stack(const struct view *view)
{
	return view_column(view, "host_names") >= 0;
}

/* What is the same, on how many, and on which. */
static void put_stack(const struct view *view, const struct row *row,
		      struct doc *d)
{
	static const char *const not_shown[] = {"place", "id", "seen_on",
						"severity_rank", "rank"};

	for (size_t i = 0; i < view->n_columns; i++) {
		bool skip = false;

		for (size_t k = 0; k < ARRAY_SIZE(not_shown); k++)
			skip |= strcmp(view->columns[i].name, not_shown[k]) ==
				0;
		if (!skip)
			detail_field(d, view->columns[i].name,
				     &view->columns[i], &row->values[i]);
	}
}

void detail_row(struct ui *ui, const struct view *view, const struct row *row,
		struct doc *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(details); i++)
		if (strcmp(details[i].view, view->name) == 0) {
			details[i].put(ui, view, row, d);
			return;
		}
	if (is_stack(view))
		put_stack(view, row, d);
	else
		detail_all(ui, view, row, d);
}

void detail_title(const struct view *view, const struct row *row, char *out,
		  size_t room)
{
	static const char *const names[] = {"name", "rule", "path", "action",
					    "host"};
	struct bytes id = row_bytes(view, row, "id");

	if (is_stack(view)) {
		(void)snprintf(out, room, "the same on %" PRId64 " %s",
			       row_int(view, row, "hosts", 0),
			       row_int(view, row, "hosts", 0) == 1 ? "host"
								   : "hosts");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct bytes b = row_bytes(view, row, names[i]);

		if (b.n == 0)
			continue;
		(void)snprintf(out, room, "%s %.60s", view->name, shown(b).s);
		return;
	}
	if (id.n > ID_DIGITS)
		id = bytes_skip(id, id.n - ID_DIGITS);
	(void)snprintf(out, room, "%s %s", view->name, shown(id).s);
}
