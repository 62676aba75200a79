/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the console: which view, which columns, what when empty. */
#include "base/base.h"

#include "ui/console.h"

static const char *const host_columns[] = {
	"name",   "state",        "findings",
	"target", "last_seen_at", "clock_offset_ns",
	"os",     "arch",         NULL};
static const char *const run_columns[] = {
	"op", "state", "hosts", "started_at", "command", "id", NULL};
static const char *const coverage_columns[] = {
	"host", "what", "outcome", "reason", "files", "bytes", "path", NULL};
static const char *const evidence_columns[] = {
	"host",        "path",   "size", "complete",
	"acquired_at", "sha256", "id",   NULL};
static const char *const finding_columns[] = {
	"severity", "status", "host", "rule", "path", "technique", "id", NULL};
static const char *const note_columns[] = {"created_at", "author", "host",
					   "body", NULL};
static const char *const event_columns[] = {"time_ns",        "host",    "kind",
					    "timestamp_desc", "message", NULL};
static const char *const audit_columns[] = {"seq",    "at",     "actor", "host",
					    "action", "detail", NULL};

static struct page *open_evidence(struct ui *ui, const struct view *view,
				  const struct row *row)
{
	char *id = bytes_to_str(row_bytes(view, row, "id"));
	struct page *page = page_item(ui, id, 0, 0);

	free(id);
	return page;
}

static const struct list_spec specs[] = {
	{.name = "hosts",
	 .view = "host",
	 .what = "host",
	 .columns = host_columns,
	 .has_detail = true,
	 .live = true,
	 .empty = "No hosts yet. a adds one: host add [user@]host[:port] NAME"},
	{.name = "jobs",
	 .view = "run",
	 .what = "job",
	 .columns = run_columns,
	 .has_detail = true,
	 .live = true,
	 .empty = "No jobs yet. H hunts with YARA rules, c collects files"},
	{.name = "coverage",
	 .view = "coverage",
	 .what = "coverage row",
	 .columns = coverage_columns,
	 .has_detail = true,
	 .empty = "Nothing was looked at yet. H hunts, c collects"},
	{.name = "evidence",
	 .view = "evidence",
	 .what = "item",
	 .columns = evidence_columns,
	 .has_detail = true,
	 .newest_first = true,
	 .open = open_evidence,
	 .empty = "No evidence yet. c on a host collects files"},
	{.name = "findings",
	 .view = "finding",
	 .what = "finding",
	 .columns = finding_columns,
	 .has_detail = true,
	 .empty = "No findings. H on a host hunts; coverage (4) says what "
		  "was not seen"},
	{.name = "notes",
	 .view = "note",
	 .what = "note",
	 .columns = note_columns,
	 .has_detail = true,
	 .newest_first = true,
	 .empty = "No notes. a writes one; it is stamped with UTC and your "
		  "name"},
	{.name = "timeline",
	 .view = "event",
	 .what = "event",
	 .columns = event_columns,
	 .has_detail = true,
	 .empty = "No events. Hunt or collect, and what is dated shows here"},
	{.name = "audit",
	 .view = "audit",
	 .what = "record",
	 .columns = audit_columns,
	 .has_detail = true,
	 .newest_first = true,
	 .empty = "No records: that cannot be, run :verify"},
};

const struct list_spec *list_spec_for(const char *view)
{
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		if (strcmp(specs[i].view, view) == 0)
			return &specs[i];
	return NULL;
}
