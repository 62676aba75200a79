/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the console: which view, which columns, what when empty. */
#include "base/base.h"

#include "app/hosts.h"
#include "model/fact.h"
#include "ui/console.h"

static const char *const host_columns[] = {
	"name",   "state",        "findings",        "tags",
	"target", "last_seen_at", "clock_offset_ns", "groups",
	"os",     "arch",         NULL};
static const char *const run_columns[] = {
	"op",	      "state",	 "hosts", "n_done", "n_failed",
	"started_at", "command", "id",	  NULL};
static const char *const coverage_sum_columns[] = {
	"host", "outcome", "reason", "files", "bytes", "percent", "run_id",
	NULL};
static const char *const hunt_columns[] = {
	"name",	  "last_run_at", "last_state", "findings",
	"runs",	  "command",	 NULL};
static const char *const diff_columns[] = {"change", "severity", "host",
					   "rule",   "path",     NULL};
static const char *const coverage_columns[] = {
	"host", "what", "outcome", "reason", "files", "bytes", "path", NULL};
static const char *const evidence_columns[] = {
	"host",        "path",   "size", "complete",
	"acquired_at", "sha256", "id",   NULL};
static const char *const finding_columns[] = {
	"severity",  "status", "host",  "rule", "path",
	"technique", "score",  "gone_run_id", "id", NULL};
static const char *const note_columns[] = {"created_at", "author", "host",
					   "body", NULL};
static const char *const event_columns[] = {
	"time_ns", "host", "kind", "timestamp_desc", "sources", "message",
	NULL};
static const char *const fact_sum_columns[] = {"host", "kind", "facts", NULL};
static const char *const fact_columns[] = {"host", "kind",   "name",
					   "path", "detail", NULL};
static const char *const process_columns[] = {
	"host", "pid", "ppid", "uid", "start_ns", "exe", "cmdline", NULL};
static const char *const socket_columns[] = {
	"host", "proto", "local", "remote", "state", "pid", NULL};
static const char *const audit_columns[] = {"seq",    "at",     "actor", "host",
					    "action", "detail", NULL};

static const char *const indicator_columns[] = {
	"kind", "value", "severity", "sightings", "description", "source",
	"id",	NULL};
static const char *const sighting_columns[] = {
	"seen_at", "host", "kind", "value", "path", "remote", "pid", NULL};

static struct page *open_sightings(struct ui *ui, const struct view *view,
				   const struct row *row)
{
	struct row_query query = {.view = "sighting"};
	char *id = bytes_to_str(row_bytes(view, row, "id"));
	struct page *page;

	query.where[0].column = "indicator_id";
	query.where[0].value = id;
	page = page_list(ui, list_spec_for("sighting"), &query);
	free(id);
	return page;
}

static struct page *open_evidence(struct ui *ui, const struct view *view,
				  const struct row *row)
{
	char *id = bytes_to_str(row_bytes(view, row, "id"));
	struct page *page = page_item(ui, id, 0, 0);

	free(id);
	return page;
}

/* The rows of a sum. */
static struct page *open_coverage(struct ui *ui, const struct view *view,
				  const struct row *row)
{
	static const char *const columns[] = {"run_id", "host", "what",
					      "outcome", "reason"};
	struct row_query query = {.view = "coverage"};
	char *values[ARRAY_SIZE(columns)];
	struct page *page;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		values[i] = bytes_to_str(row_bytes(view, row, columns[i]));
		query.where[i].column = columns[i];
		query.where[i].value = values[i];
	}
	page = page_list(ui, list_spec_for("coverage"), &query);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		free(values[i]);
	return page;
}

/* All of one kind that a host has now. */
static struct page *open_facts(struct ui *ui, const struct view *view,
			       const struct row *row)
{
	char *host = bytes_to_str(row_bytes(view, row, "host"));
	char *kind = bytes_to_str(row_bytes(view, row, "kind"));
	const struct fact_kind *known = fact_kind_find(bytes_str(kind));
	bool is_view = known && known->home != FACT_OWN;
	struct row_query query = {.view = is_view ? kind : "fact",
				  .where = {{"host", host, ROW_IS},
					    {"current", "1", ROW_IS}}};
	struct page *page;

	if (!is_view) {
		query.where[2].column = "kind";
		query.where[2].value = kind;
	}
	page = page_list(ui, list_spec_for(query.view), &query);
	free(host);
	free(kind);
	return page;
}

static void add_host(void *arg, const struct view *view, const struct row *row)
{
	struct buf *line = arg;

	(void)buf_add_str(line, " ");
	(void)command_quote(line, row_bytes(view, row, "name"));
}

/* Whether words of a saved hunt say which hosts it is of. */
static bool says_hosts(const char *command)
{
	bool says = strstr(command, " -- ") != NULL;

	for (size_t i = 0; i < n_select_options; i++) {
		char *option = xasprintf(" --%s", select_options[i]);

		says |= strstr(command, option) != NULL;
		free(option);
	}
	return says;
}

/* Proposes to run it: on the hosts that are marked on their screen, or, when
 * it was saved without any, on all. */
static struct page *open_hunt(struct ui *ui, const struct view *view,
			      const struct row *row)
{
	struct page *hosts = ui->tops[2];
	struct list *marked = hosts ? page_rows(hosts) : NULL;
	char *command = bytes_to_str(row_bytes(view, row, "command"));
	struct buf line;

	buf_init(&line, PROMPT_LINE_MAX);
	(void)buf_add_str(&line, "hunt run ");
	(void)buf_add_bytes(&line, row_bytes(view, row, "name"));
	if (marked && marked->n_marks)
		(void)list_each_chosen(marked, add_host, &line);
	else if (!says_hosts(command))
		(void)buf_add_str(&line, " --all");
	if (line.full)
		ui_say(ui, ROLE_WARN, "too many marked hosts for one line");
	else
		ui_propose(ui, buf_str(&line));
	buf_release(&line);
	free(command);
	return NULL;
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
	 .view = "coverage_sum",
	 .what = "sum",
	 .columns = coverage_sum_columns,
	 .open = open_coverage,
	 .empty = "Nothing was looked at yet. H hunts, c collects"},
	{.name = "hunts",
	 .view = "hunt",
	 .what = "saved hunt",
	 .columns = hunt_columns,
	 .has_detail = true,
	 .hides = "removed_at",
	 .hides_what = "removed",
	 .open = open_hunt,
	 .empty = "No saved hunts. a saves one: hunt save NAME --rules ... "
		  "--path ..."},
	{.name = "changes",
	 .view = "diff",
	 .what = "change",
	 .columns = diff_columns,
	 .has_detail = true,
	 .empty = "Nothing is new, changed or gone since the run before"},
	{.name = "paths",
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
	 .hides = "aside",
	 .hides_what = "excluded or quiet",
	 .empty = "No findings. H on a host hunts; coverage (4) says what "
		  "was not seen"},
	{.name = "indicators",
	 .view = "indicator",
	 .what = "indicator",
	 .columns = indicator_columns,
	 .has_detail = true,
	 .hides = "removed_at",
	 .hides_what = "removed",
	 .open = open_sightings,
	 .empty = "No indicators. a adds one, i adds those of a list"},
	{.name = "sightings",
	 .view = "sighting",
	 .what = "sighting",
	 .columns = sighting_columns,
	 .has_detail = true,
	 .newest_first = true,
	 .empty = "It was not seen. H on the indicators hunts for them"},
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
	{.name = "picture",
	 .view = "fact_sum",
	 .what = "kind",
	 .columns = fact_sum_columns,
	 .open = open_facts,
	 .empty = "Nothing is known of what runs there. L takes the picture: "
		  "triage"},
	{.name = "facts",
	 .view = "fact",
	 .what = "fact",
	 .columns = fact_columns,
	 .has_detail = true,
	 .empty = "Nothing of that kind"},
	{.name = "processes",
	 .view = "process",
	 .what = "process",
	 .columns = process_columns,
	 .has_detail = true,
	 .empty = "No processes were seen"},
	{.name = "sockets",
	 .view = "socket",
	 .what = "socket",
	 .columns = socket_columns,
	 .has_detail = true,
	 .empty = "No sockets were seen"},
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
