/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that checks see. What hosts told is typed here: a member that is
 * not of its type is NULL, so that no check fails over it. */
#include "base/base.h"
#include "case/judge.h"
#include "case/judge_tables.h"

#define C(name_, sql_, help_)                                                  \
	{                                                                      \
		.name = (name_), .sql = (sql_), .help = (help_)                \
	}

#define HOST_COLUMN C("host", "(SELECT name FROM main.hosts WHERE id = ?1)", \
		      "the host's name")
#define RUN_COLUMN                                                             \
	C("run_id", "(SELECT uuid FROM main.runs WHERE id = a.run)",           \
	  "the run that told it")

/* A triage and what was told since then by others: the first that there was,
 * since the views say what of it is current; and the newest. */
#define PICTURE                                                                \
	"coalesce((SELECT min(p.run) FROM main.pictures p WHERE p.host = ?1),"
#define NEWEST_PICTURE                                                         \
	"coalesce((SELECT max(p.run) FROM main.pictures p WHERE p.host = ?1),"

static const struct judge_column fact_columns[] = {
	C("fact_id", "a.id", "the row of fact"),
	HOST_COLUMN,
	RUN_COLUMN,
	C("name", "words(a.name)", "see the kind"),
	C("path", "words(f.path)", "the file that says it"),
	C("file_id", "a.file", "the row of file"),
	C("process_id", "a.process", "the row of process, if it is of one"),
	C("evidence_id", "v.uuid", "the evidence that says it"),
	C("offset", "a.\"offset\"", "where in it"),
	C("length", "a.length", "how many bytes"),
};

static const struct judge_column process_columns[] = {
	C("process_id", "a.id", "the row of process"),
	HOST_COLUMN,
	RUN_COLUMN,
	C("pid", "a.pid", "its number"),
	C("ppid", "a.ppid", "of its parent"),
	C("uid", "a.uid", "effective user"),
	C("start_ns", "a.start_ns", "when it started"),
	C("exe", "words(a.exe)", "its program, without \" (deleted)\""),
	C("exe_deleted", "a.exe_deleted", "that file is gone"),
	C("memfd", "a.memfd", "it runs from memory"),
	C("cmdline", "words(a.cmdline)", "arguments, blanks between them"),
	C("sha256", "a.sha256", "of its program, when it was read"),
};

static const struct judge_column socket_columns[] = {
	C("socket_id", "a.id", "the row of socket"),
	HOST_COLUMN,
	RUN_COLUMN,
	C("proto", "a.proto", "tcp, tcp6, udp, udp6, raw, raw6, packet, unix"),
	C("local", "words(a.local)", "192.0.2.7:443, [2001:db8::7]:443"),
	C("remote", "words(a.remote)", "the peer"),
	C("state", "a.state", "established, listen, ..."),
	C("pid", "a.pid", "who holds it, if known"),
	C("uid", "a.uid", "whose it is"),
	C("inode", "a.inode", "its number"),
};

static const struct judge_column event_columns[] = {
	C("event_id", "a.id", "the row of event"),
	HOST_COLUMN,
	RUN_COLUMN,
	C("time_ns", "a.time_ns", "when"),
	C("timestamp_desc", "a.timestamp_desc", "what kind of time"),
	C("kind", "a.kind", "login, command, package, web, ..."),
	C("actor", "a.actor", "who, if known"),
	C("message", "a.message", "what, one line"),
	C("path", "words(f.path)", "the file that says it, or is meant"),
	C("file_id", "a.file", "the row of file"),
	C("evidence_id", "v.uuid", "the evidence that says it"),
	C("offset", "a.\"offset\"", "where in it"),
	C("length", "a.length", "how many bytes"),
};

static const struct judge_column file_columns[] = {
	C("file_id", "a.id", "the row of file"),
	HOST_COLUMN,
	RUN_COLUMN,
	C("path", "words(a.path)", "where"),
	C("member", "words(a.member)", "in the archive there"),
	C("mode", "a.mode", "permission bits and type"),
	C("uid", "a.uid", "owner"),
	C("gid", "a.gid", "group"),
	C("owner", "a.owner", "name of the owner there, if known"),
	C("nlink", "a.nlink", "names it has"),
	C("size", "a.size", "bytes"),
	C("mtime_ns", "a.mtime_ns", "content"),
	C("atime_ns", "a.atime_ns", "last read"),
	C("ctime_ns", "a.ctime_ns", "metadata"),
	C("btime_ns", "a.btime_ns", "birth"),
	C("sha256", "a.sha256", "of its content, when it was read"),
	C("packaged", "a.packaged", "its path is a package's, if known"),
};

static const struct judge_column evidence_columns[] = {
	C("evidence_id", "a.uuid", "its id"),
	HOST_COLUMN,
	RUN_COLUMN,
	C("file_id", "a.file", "the row of file"),
	C("path", "words(f.path)", "where it was"),
	C("size", "a.size", "bytes"),
	C("sha256", "a.sha256", "of it"),
	C("complete", "a.complete", "all of it is here"),
	C("mtime_ns", "f.mtime_ns", "content"),
	C("ctime_ns", "f.ctime_ns", "metadata"),
};

static const struct judge_column coverage_columns[] = {
	HOST_COLUMN,
	RUN_COLUMN,
	C("what", "a.what", "what was to be done"),
	C("outcome", "a.outcome", "scanned, skipped, failed, ..."),
	C("reason", "a.reason", "why"),
	C("path", "words(a.path)", "where, or which source"),
	C("files", "a.files", "how many"),
};

static const struct judge_column indicator_columns[] = {
	C("kind", "a.kind", "sha256, ip, domain, path, ..."),
	C("value", "a.value", "what to look for"),
	C("severity", "a.severity", "how bad"),
	C("description", "a.description", "what it stands for"),
	C("source", "a.source", "where it came from"),
};

static const struct judge_column host_columns[] = {
	C("name", "a.name", "the host's name"),
	C("os", "a.os", "system and release"),
	C("arch", "a.arch", "machine type"),
	C("hostname", "words(a.hostname)", "the name it calls itself"),
	C("clock_offset_ns", "a.clock_offset_ns", "its clock minus ours"),
};

#define TABLE(name_, columns_, from_, help_)                                   \
	{                                                                      \
		.name = (name_), .help = (help_),                              \
		.columns = (columns_), .n_columns = ARRAY_SIZE(columns_),      \
		.from = (from_)                                                \
	}

static const struct judge_table bases[] = {
	[FACT_OWN] = TABLE(
		"each kind of fact", fact_columns,
		"main.fact c JOIN main.facts a ON a.id = c.id"
		" LEFT JOIN main.files f ON f.id = a.file"
		" LEFT JOIN main.evidence_items v ON v.id = a.evidence"
		" WHERE c.current = 1 AND a.host = ?1 AND a.kind = ",
		"has these columns before its members"),
	[FACT_PROCESS] = TABLE("process", process_columns,
			       "main.process c JOIN main.processes a"
			       " ON a.id = c.id WHERE a.host = ?1"
			       " AND a.detail IS NOT NULL AND c.current = 1"
			       " AND a.run >= " PICTURE
			       " (SELECT max(q.run) FROM main.processes q"
			       " WHERE q.host = ?1))",
			       "has these before its members"),
	[FACT_SOCKET] = TABLE("socket", socket_columns,
			      "main.socket c JOIN main.sockets a"
			      " ON a.id = c.id WHERE a.host = ?1"
			      " AND c.current = 1 AND a.run >= " PICTURE
			      " (SELECT max(q.run) FROM main.sockets q"
			      " WHERE q.host = ?1))"
			      " AND a.detail IS NOT NULL",
			      "has these before its members"),
};

#define STANDS                                                                 \
	" AND NOT EXISTS (SELECT 1 FROM main.superseded s WHERE"               \
	" s.run >= a.run AND s.evidence = a.evidence)"

const struct judge_table judge_views[] = {
	TABLE("event", event_columns,
	      "main.events a LEFT JOIN main.files f ON f.id = a.file"
	      " LEFT JOIN main.evidence_items v ON v.id = a.evidence"
	      " WHERE a.host = ?1" STANDS,
	      "what happened: the timeline of the host"),
	TABLE("file", file_columns,
	      "main.files a WHERE a.host = ?1 AND NOT EXISTS"
	      " (SELECT 1 FROM main.files g WHERE g.host = a.host"
	      " AND g.path = a.path AND g.member IS a.member"
	      " AND g.id > a.id)",
	      "files as they were seen last"),
	TABLE("evidence", evidence_columns,
	      "main.evidence_items a LEFT JOIN main.files f ON f.id = a.file"
	      " WHERE a.host = ?1",
	      "what was collected"),
	TABLE("coverage", coverage_columns,
	      "main.coverage_rows a WHERE a.host = ?1"
	      " AND a.run >= " NEWEST_PICTURE
	      " 0)",
	      "what was looked at since the last triage began, and what not"),
	TABLE("indicator", indicator_columns,
	      "main.indicators a WHERE a.removed_at IS NULL"
	      " AND (a.valid_from IS NULL OR a.valid_from <="
	      " unixepoch() * 1000000000)"
	      " AND (a.valid_until IS NULL OR a.valid_until >="
	      " unixepoch() * 1000000000)",
	      "the indicators of the case that are valid now"),
	TABLE("host", host_columns,
	      "main.hosts a WHERE a.id = ?1", "the host, one row"),
};
const size_t n_judge_views = ARRAY_SIZE(judge_views);

const struct judge_table *judge_base(enum fact_home home)
{
	return &bases[home];
}

void judge_member_name(const struct fact_kind *kind,
		       const struct fact_member *member, char *out, size_t room)
{
	const struct judge_table *base = judge_base(kind->home);
	bool taken = false;

	for (size_t i = 0; i < base->n_columns; i++)
		taken |= strcmp(base->columns[i].name, member->name) == 0;
	(void)snprintf(out, room, "%s%s%s", taken ? kind->name : "",
		       taken ? "_" : "", member->name);
}

/* How JSON may have each type, in json_type's words. */
static const struct {
	const char *is;
	bool as_text;
} types[] = {
	[FACT_TEXT] = {"'text','integer','real'", true},
	[FACT_INT] = {"'integer'", false},
	[FACT_BOOL] = {"'true','false'", false},
	[FACT_TIME] = {"'integer'", false},
	[FACT_LIST] = {"'array'", true},
};

/* A member of an object in JSON, or NULL when it is not of its type. */
static void add_member(const char *json, const char *name,
		       enum fact_type type, struct buf *out)
{
	bool as_text = types[type].as_text;

	(void)buf_addf(out,
		       ", CASE WHEN json_type(%s, '$.%s') IN (%s)"
		       " THEN %s%s ->> '$.%s'%s END",
		       json, name, types[type].is, as_text ? "CAST(" : "",
		       json, name, as_text ? " AS TEXT)" : "");
}

/* The host's row in place of ?1: a view takes no arguments. */
static void add_for_host(const char *sql, int64_t host, struct buf *out)
{
	for (const char *at; (at = strstr(sql, "?1")) != NULL; sql = at + 2)
		(void)buf_addf(out, "%.*s%" PRId64, (int)(at - sql), sql, host);
	(void)buf_add_str(out, sql);
}

static void add_names(const struct judge_table *t, struct buf *out)
{
	for (size_t i = 0; i < t->n_columns; i++)
		(void)buf_addf(out, "%s\"%s\"", i ? ", " : "",
			       t->columns[i].name);
}

static void add_members(const struct fact_kind *kind, struct buf *out)
{
	char name[64];

	for (size_t i = 0; i < kind->n_members; i++) {
		judge_member_name(kind, &kind->members[i], name, sizeof name);
		(void)buf_addf(out, ", \"%s\"", name);
	}
}

void judge_sql_make_kind(const struct fact_kind *kind, struct buf *out)
{
	(void)buf_addf(out, "CREATE TEMP TABLE \"%s\" (", kind->name);
	add_names(judge_base(kind->home), out);
	add_members(kind, out);
	(void)buf_add_str(out, ")");
}

void judge_sql_make_view(const struct judge_table *view, struct buf *out)
{
	(void)buf_addf(out, "CREATE TEMP TABLE \"%s\" (", view->name);
	add_names(view, out);
	(void)buf_add_str(out, ")");
}

static void add_columns(const struct judge_table *t, int64_t host,
			struct buf *out)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		(void)buf_add_str(out, i ? ", " : "");
		add_for_host(t->columns[i].sql, host, out);
		(void)buf_addf(out, " AS \"%s\"", t->columns[i].name);
	}
}

/* Of what files say the probe tells with the file whose it is. */
static void add_told(const struct fact_kind *kind,
		     const struct fact_member *member, struct buf *out)
{
	bool of_file = kind->files && strcmp(member->name, "packaged") == 0;

	if (of_file)
		(void)buf_add_str(out, ", f.packaged");
	else
		add_member("a.detail", member->name, member->type, out);
}

void judge_sql_fill(const struct fact_kind *kind, int64_t host,
		    struct buf *out)
{
	const struct judge_table *base = judge_base(kind->home);

	(void)buf_addf(out, "INSERT INTO temp.\"%s\" SELECT ", kind->name);
	add_columns(base, host, out);
	for (size_t i = 0; i < kind->n_members; i++)
		add_told(kind, &kind->members[i], out);
	(void)buf_add_str(out, " FROM ");
	add_for_host(base->from, host, out);
	if (kind->home == FACT_OWN)
		(void)buf_addf(out, "'%s'", kind->name);
}

void judge_sql_view(const struct judge_table *view, int64_t host,
		    struct buf *out)
{
	(void)buf_addf(out, "CREATE TEMP VIEW \"%s\" AS SELECT ", view->name);
	add_columns(view, host, out);
	(void)buf_add_str(out, " FROM ");
	add_for_host(view->from, host, out);
}

/* Rows of a fixture need not say what numbers they have, nor the host. */
static void add_fixture_columns(const struct judge_table *t, struct buf *out)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *name = t->columns[i].name;
		const char *otherwise = "NULL";

		if (strcmp(name, "host") == 0)
			otherwise = "'fixture'";
		else if (i == 0 && t->columns[i].sql[0] == 'a')
			otherwise = "e.key + 1";
		(void)buf_addf(out, "%scoalesce(e.value ->> '$.%s', %s)",
			       i ? ", " : "", name, otherwise);
	}
}

void judge_sql_fixture_kind(const struct fact_kind *kind, struct buf *out)
{
	char name[64];

	(void)buf_addf(out, "INSERT INTO temp.\"%s\" SELECT ", kind->name);
	add_fixture_columns(judge_base(kind->home), out);
	for (size_t i = 0; i < kind->n_members; i++) {
		judge_member_name(kind, &kind->members[i], name, sizeof name);
		add_member("e.value", name, kind->members[i].type, out);
	}
	(void)buf_add_str(out, " FROM json_each(?1) e");
}

void judge_sql_fixture_view(const struct judge_table *view, struct buf *out)
{
	(void)buf_addf(out, "INSERT INTO temp.\"%s\" SELECT ", view->name);
	add_fixture_columns(view, out);
	(void)buf_add_str(out, " FROM json_each(?1) e");
}

static void each_of(const struct judge_table *t,
		    void (*each)(void *arg, const char *table,
				 const char *about, const char *column,
				 const char *help),
		    void *arg)
{
	for (size_t i = 0; i < t->n_columns; i++)
		each(arg, t->name, t->help, t->columns[i].name,
		     t->columns[i].help);
}

void judge_each_column(void (*each)(void *arg, const char *table,
				    const char *about, const char *column,
				    const char *help),
		       void *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
		each_of(&bases[i], each, arg);
	for (size_t i = 0; i < n_judge_views; i++)
		each_of(&judge_views[i], each, arg);
	each(arg, "strong_sign",
	     "the signs that scripts of admins and packages hardly have",
	     "name", "as in the member signs");
}
