/* SPDX-License-Identifier: Apache-2.0 */
/* A finding and an indicator, to read: what was matched, where it was seen,
 * and why it is left out. */
#include "base/base.h"

#include "base/text.h"
#include "ui/detail.h"

#define HITS_MAX 64

static void put_hit(struct doc *d, const struct view *view,
		    const struct row *row)
{
	int64_t offset = row_int(view, row, "offset", 0);
	int64_t base = row_int(view, row, "context_offset", 0);
	int64_t length = row_int(view, row, "length", 0);

	doc_begin(d, -1);
	detail_shown(d, ROLE_TITLE, view, row, "identifier");
	doc_putf(d, ROLE_NORMAL, "at 0x%" PRIx64 ", %" PRId64 " bytes", offset,
		 length);
	if (row_bytes(view, row, "region").n)
		detail_long(d, ROLE_DIM, "", row_bytes(view, row, "region"));
	doc_hex(d, row_bytes(view, row, "context"), (uint64_t)base,
		(uint64_t)offset, (uint64_t)MAX(length, INT64_C(0)));
}

static void put_reason(struct doc *d, const struct view *view,
		       const struct row *row)
{
	char id[UUID_TEXT_LEN + 1];

	(void)snprintf(id, sizeof id, "%.*s",
		       (int)row_bytes(view, row, "id").n,
		       (const char *)row_bytes(view, row, "id").p);
	doc_field(d, "excluded", ROLE_WARN, id);
	detail_long(d, ROLE_WARN, "", row_bytes(view, row, "reason"));
}

static void put_exclusion(struct ui *ui, struct doc *d, const char *id)
{
	struct detail_rows exclusion = {.view = "exclusion",
					.column = "id",
					.value = id,
					.most = 1,
					.put = put_reason};

	if (*id)
		(void)detail_list(ui, d, &exclusion);
}

static void put_what_is_meant(struct doc *d, const struct view *view,
			      const struct row *row)
{
	static const char *const columns[] = {
		"kind=indicator", "value", "description=meaning", "source",
		"exclude=not in",  NULL};

	detail_columns(d, view, row, columns);
}

static void put_sighting(struct doc *d, const struct view *view,
			 const struct row *row)
{
	doc_begin(d, -1);
	doc_put(d, ROLE_NORMAL, "  ");
	detail_shown(d, ROLE_DIM, view, row, "seen_at");
	detail_shown(d, ROLE_NORMAL, view, row, "host");
	detail_long(d, ROLE_NORMAL, "", row_bytes(view, row, "context"));
}

static void put_sightings(struct ui *ui, struct doc *d, const char *column,
			  const char *id)
{
	struct detail_rows sightings = {.view = "sighting",
					.column = column,
					.value = id,
					.most = DETAIL_LINES_MAX,
					.reverse = true,
					.put = put_sighting};

	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, "SIGHTINGS");
	if (detail_list(ui, d, &sightings) == 0)
		doc_line(d, ROLE_DIM, "it was not seen");
}

void detail_indicator(struct ui *ui, const struct view *view,
		      const struct row *row, struct doc *d)
{
	char *id = bytes_to_str(row_bytes(view, row, "id"));

	detail_all(ui, view, row, d);
	put_sightings(ui, d, "indicator_id", id);
	free(id);
}

static void put_indicator(struct ui *ui, struct doc *d, const char *id)
{
	struct detail_rows indicator = {.view = "indicator",
					.column = "id",
					.value = id,
					.most = 1,
					.put = put_what_is_meant};

	(void)detail_list(ui, d, &indicator);
}

static void put_strings(struct ui *ui, struct doc *d, const char *id)
{
	struct detail_rows hits = {.view = "hit",
				   .column = "finding_id",
				   .value = id,
				   .most = HITS_MAX,
				   .put = put_hit};

	doc_line(d, ROLE_NORMAL, "");
	doc_line(d, ROLE_TITLE, "MATCHED STRINGS");
	if (detail_list(ui, d, &hits) == 0)
		doc_line(d, ROLE_DIM, "the rule has a condition, no strings");
}

static const char *const match_columns[] = {
	"rule", "author", "description=what", "severity", "score", "status",
	"host", "path", "member", "pid=process", "exe=program",
	"process_start_ns=started", "size", "mtime_ns=modified", "owner",
	"sha256", "technique=ATT&CK", NULL};

/* Behind the strings, which are to be seen at once. */
static const char *const later_columns[] = {
	"ctime_ns=changed", "btime_ns=created", "atime_ns=accessed", "mode",
	"uid", "gid", "reference", "meta", "rules_sha256=rules",
	"namespace=ruleset", "tags", "found_at=found", "last_seen_at=seen",
	"id", "evidence_id=evidence", "run_id=run", NULL};

static void detail_match(struct ui *ui, const struct view *view,
			 const struct row *row, struct doc *d)
{
	char *id = bytes_to_str(row_bytes(view, row, "id"));
	char *exclusion = bytes_to_str(row_bytes(view, row, "exclusion_id"));
	char *indicator = bytes_to_str(row_bytes(view, row, "indicator_id"));
	struct doc later;

	detail_columns(d, view, row, match_columns);
	if (!*indicator && row_bytes(view, row, "author").n == 0)
		doc_field(d, "author", ROLE_DIM, "the rule names none");
	/* The strings go before what is seldom looked at, but the row is
	 * gone once they are read. */
	doc_init(&later, false);
	later.width = d->width;
	detail_columns(&later, view, row, later_columns);
	put_exclusion(ui, d, exclusion);
	if (*indicator) {
		put_indicator(ui, d, indicator);
		put_sightings(ui, d, "finding_id", id);
	} else {
		put_strings(ui, d, id);
	}
	doc_line(d, ROLE_NORMAL, "");
	doc_append(d, &later);
	doc_release(&later);
	free(indicator);
	free(exclusion);
	free(id);
}

/* A run that looked there again, and did not see it. */
static void put_gone(struct doc *d, const struct view *view,
		     const struct row *row)
{
	struct bytes run = row_bytes(view, row, "gone_run_id");

	if (run.n >= 8)
		doc_linef(d, ROLE_WARN,
			  "not seen any more: run %s looked there again",
			  shown(bytes_skip(run, run.n - 8)).s);
}

void detail_finding(struct ui *ui, const struct view *view,
		    const struct row *row, struct doc *d)
{
	char *exclusion;

	put_gone(d, view, row);
	if (!bytes_eq(row_bytes(view, row, "kind"), bytes_str("check"))) {
		detail_match(ui, view, row, d);
		return;
	}
	exclusion = bytes_to_str(row_bytes(view, row, "exclusion_id"));
	detail_check(ui, view, row, d);
	put_exclusion(ui, d, exclusion);
	free(exclusion);
}
