/* SPDX-License-Identifier: Apache-2.0 */
/* What is so on a host, to read: its columns, then the members by kind. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "model/fact.h"
#include "ui/console.h"
#include "ui/detail.h"

#define PREVIEW_MAX 4096u

void detail_said(struct ui *ui, const struct view *view, const struct row *row,
		 struct doc *d)
{
	uint64_t at = (uint64_t)row_int(view, row, "offset", 0);
	size_t n = (size_t)MIN(row_int(view, row, "length", 0),
			       (int64_t)PREVIEW_MAX);
	char *id = bytes_to_str(row_bytes(view, row, "evidence_id"));
	uint8_t said[PREVIEW_MAX];
	struct err err;

	if (n && *id) {
		doc_line(d, ROLE_NORMAL, "");
		doc_linef(d, ROLE_TITLE, "THE EVIDENCE SAYS, AT BYTE %" PRIu64,
			  at);
		if (app_said_read(ui->app, id, at, said, &n, &err) != ERR_OK)
			doc_linef(d, ROLE_BAD, "%s", err.msg);
		else if (memchr(said, '\0', n))
			doc_hex(d, bytes_of(said, MIN(n, (size_t)512)), at, 0,
				0);
		else
			doc_bytes(d, ROLE_NORMAL, 0, bytes_of(said, n));
	}
	free(id);
}

void detail_bytes(struct doc *d, const char *label, struct bytes b,
		  bool is_time)
{
	static const struct column as_bytes = {.name = "b",
					       .kind = COLUMN_BYTES};
	static const struct column as_time = {.name = "t",
					      .kind = COLUMN_TIME};
	struct value v = {.type = VALUE_BLOB, .b = b};
	uint64_t ns;

	is_time = is_time && bytes_to_u64(b, &ns) && ns <= INT64_MAX;
	if (is_time)
		v = (struct value){.type = VALUE_INT, .i = (int64_t)ns};
	detail_field(d, label, is_time ? &as_time : &as_bytes, &v);
}

struct members {
	struct doc *d;
	const struct fact_kind *kind;
};

static const struct fact_member *find_member(const struct fact_kind *kind,
					     const char *name)
{
	for (size_t i = 0; kind && i < kind->n_members; i++)
		if (strcmp(kind->members[i].name, name) == 0)
			return &kind->members[i];
	return NULL;
}

static void put_member(void *arg, const char *name, struct bytes value)
{
	const struct members *m = arg;
	const struct fact_member *member = find_member(m->kind, name);

	if (member) /* else the exact bytes of one beside it, or a later kind's */
		detail_bytes(m->d, name, value, member->type == FACT_TIME);
}

static void put_members(struct doc *d, struct bytes kind, struct bytes detail)
{
	struct members m = {.d = d, .kind = fact_kind_find(kind)};

	if (m.kind)
		doc_linef(d, ROLE_DIM, "%s", m.kind->help);
	doc_line(d, ROLE_NORMAL, "");
	app_each_member(detail, put_member, &m);
}

void detail_fact(struct ui *ui, const struct view *view, const struct row *row,
		 struct doc *d)
{
	static const char *const columns[] = {
		"kind", "name",	  "host",	  "pid",   "path",
		"evidence_id=evidence", "run_id=run", NULL};

	detail_columns(d, view, row, columns);
	if (!row_int(view, row, "current", 1))
		doc_line(d, ROLE_WARN,
			 "a later triage or copy of its file took its place");
	put_members(d, row_bytes(view, row, "kind"),
		    row_bytes(view, row, "detail"));
	detail_said(ui, view, row, d);
}

void detail_process(struct ui *ui UNUSED, const struct view *view,
		    const struct row *row, struct doc *d)
{
	static const char *const columns[] = {
		"cmdline=command", "exe", "pid", "ppid=parent", "uid",
		"start_ns=started", "exe_deleted=deleted", "memfd=from memory",
		"sha256", "host", "run_id=run", NULL};

	detail_columns(d, view, row, columns);
	put_members(d, bytes_str("process"), row_bytes(view, row, "detail"));
}

void detail_socket(struct ui *ui UNUSED, const struct view *view,
		   const struct row *row, struct doc *d)
{
	static const char *const columns[] = {"proto", "local", "remote",
					      "state", "pid",	"uid",
					      "inode", "host",	"run_id=run",
					      NULL};

	detail_columns(d, view, row, columns);
	put_members(d, bytes_str("socket"), row_bytes(view, row, "detail"));
}
