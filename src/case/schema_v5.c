/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 5: facts, which are what is so on a host, and what checks find in
 * them; and events that several sources tell, as one. New columns are nullable
 * and last, which leaves the digests of older rows as they are (audit.c). Never
 * edited once released.
 */
#include "base/base.h"
#include "case/schema.h"

const char schema_tables_v5[] =
	/* kind, and the members of detail: model/fact.h */
	"CREATE TABLE facts (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id), kind TEXT NOT NULL,"
	" name BLOB NOT NULL, detail TEXT NOT NULL,"
	" process INTEGER REFERENCES processes (id),"
	" file INTEGER REFERENCES files (id),"
	" evidence INTEGER REFERENCES evidence_items (id),"
	" \"offset\" INTEGER, length INTEGER) STRICT;"
	"CREATE INDEX facts_kind ON facts (host, kind);"
	"CREATE INDEX facts_evidence ON facts (evidence, run)"
	" WHERE evidence IS NOT NULL;"

	/* A triage began, which looks at the host anew: what is older is no
	 * part of the picture of it any more. */
	"CREATE TABLE pictures (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id)) STRICT;"
	"CREATE INDEX pictures_of ON pictures (host, run);"

	"ALTER TABLE processes ADD COLUMN detail TEXT;"
	"ALTER TABLE sockets ADD COLUMN detail TEXT;"
	/* Two rows tell one event (model/same.h): the timeline shows the
	 * first, which is not itself the other of a row here, as long as it
	 * stands. */
	"CREATE TABLE folds (id INTEGER PRIMARY KEY,"
	" event INTEGER NOT NULL REFERENCES events (id),"
	" first INTEGER NOT NULL REFERENCES events (id)) STRICT;"
	"CREATE INDEX folds_of ON folds (event, first);"
	"CREATE INDEX folds_into ON folds (first, event);"

	"CREATE INDEX processes_pid ON processes (host, pid);"
	"CREATE INDEX processes_run ON processes (run, host);"
	"CREATE INDEX sockets_run ON sockets (run, host);"
	"CREATE INDEX evidence_run ON evidence_items (run);"

	/* What some kinds of facts say, in columns: schemas that are not
	 * trusted may not use the functions of JSON (trusted_schema). */
	"ALTER TABLE accounts ADD COLUMN fact INTEGER REFERENCES facts (id);"
	"ALTER TABLE units ADD COLUMN fact INTEGER REFERENCES facts (id);"

	/* object: what it is about, for people; quiet: why it is not to alarm
	 * anybody ("package", "baseline NAME") */
	"ALTER TABLE findings ADD COLUMN object TEXT;"
	"ALTER TABLE findings ADD COLUMN quiet TEXT;"
	"ALTER TABLE findings ADD COLUMN fact INTEGER REFERENCES facts (id);"
	"ALTER TABLE findings ADD COLUMN socket INTEGER REFERENCES sockets (id);"

	"DROP VIEW process;"
	"DROP VIEW socket;"
	"DROP VIEW account;"
	"DROP VIEW unit;"
	"DROP VIEW evidence;"
	"DROP VIEW event;"
	"DROP VIEW finding;"
	"DROP VIEW host;";

/* Whether an event or a fact e of that evidence was not read anew. */
#define STANDS(e, evidence)                                                    \
	"NOT EXISTS (SELECT 1 FROM superseded s WHERE s.run >= " e ".run AND"  \
	" s.evidence = " evidence ")"

/* Seconds of a time, rounding down before 1970 too. */
#define FLOOR_S(ns)                                                            \
	"(" ns " - ((" ns " % 1000000000) + 1000000000) % 1000000000)"         \
	" / 1000000000"
#define MICRO(ns) "((" ns " % 1000000000) + 1000000000) % 1000000000 / 1000"

/* Of the rows of events; own: the columns in front of message. */
#define EVENT_VIEW(own)                                                        \
	"e.id, h.name AS host, e.time_ns,"                                     \
	" strftime('%Y-%m-%dT%H:%M:%S', " FLOOR_S("e.time_ns")                 \
	", 'unixepoch') || printf('.%06d+00:00', " MICRO("e.time_ns")          \
	") AS datetime, e.timestamp_desc, e.kind, e.actor, " own               \
	", coalesce(e.message, n.body) AS message, f.path,"                     \
	" coalesce(v.uuid, (SELECT w.uuid FROM evidence_items w"               \
	" WHERE w.file = e.file ORDER BY w.id LIMIT 1)) AS evidence_id,"       \
	" e.\"offset\", d.uuid AS finding_id, n.uuid AS note_id,"              \
	" e.precision_ns, e.time_source, e.length, r.uuid AS run_id"      \
	" FROM events e LEFT JOIN hosts h ON h.id = e.host"                    \
	" LEFT JOIN files f ON f.id = e.file"                                  \
	" LEFT JOIN evidence_items v ON v.id = e.evidence"                     \
	" LEFT JOIN findings d ON d.id = e.finding"                            \
	" LEFT JOIN notes n ON n.id = e.note"                                  \
	" LEFT JOIN runs r ON r.id = e.run WHERE " STANDS("e", "e.evidence")

/* What another row that stands tells, too, and is shown for both. */
#define FOLDED_INTO                                                            \
	"SELECT l.first FROM folds l JOIN events x ON x.id = l.first"          \
	" WHERE l.event = e.id AND " STANDS("x", "x.evidence")

/*
 * Whether a fact a, of the item v or of none, is part of the newest picture:
 * no triage began after it was seen, and what says it was not taken, and read,
 * again.
 */
#define IS_CURRENT                                                             \
	STANDS("a", "a.evidence")                                              \
	" AND coalesce(v.run, a.run) >= coalesce((SELECT max(p.run)"           \
	" FROM pictures p WHERE p.host = a.host), 0)"                          \
	" AND (v.id IS NULL OR NOT EXISTS (SELECT 1 FROM files g"              \
	" JOIN evidence_items w ON w.file = g.id WHERE g.host = a.host"        \
	" AND g.path = f.path AND g.member IS f.member AND w.id > v.id"        \
	" AND EXISTS (SELECT 1 FROM facts y WHERE y.evidence = w.id)))"

/* Whether no triage began since the row was told. */
#define NO_LATER(row)                                                          \
	row ".run >= coalesce((SELECT max(q.run) FROM pictures q"              \
	" WHERE q.host = " row ".host), 0)"
#define OF_PICTURE(row) "CAST(" NO_LATER(row) " AS INTEGER) AS current"

/* How many of them a host has now, of what is no fact. */
#define SUM_OF(kind, table)                                                    \
	" UNION ALL SELECT min(x.id), h.name, '" kind "', count(*)"            \
	" FROM " table " x JOIN hosts h ON h.id = x.host"                      \
	" WHERE " NO_LATER("x") " GROUP BY x.host"

/* The labels of one kind that a host has, by commas. */
#define LABELS(kind)                                                           \
	"(SELECT group_concat(l.name, ',') FROM (SELECT name FROM labels"      \
	" WHERE host = h.id AND kind = '" kind "' AND removed_at IS NULL"      \
	" ORDER BY name) l)"

const char schema_views_v5[] =
	"CREATE VIEW host AS SELECT h.uuid AS id, h.name, h.target,"
	" h.identity, CASE WHEN h.removed_at IS NOT NULL THEN 'removed'"
	" ELSE coalesce((SELECT s.state FROM run_hosts s WHERE s.host = h.id"
	" ORDER BY s.run DESC LIMIT 1), CASE WHEN h.key IS NULL THEN 'new'"
	" ELSE 'trusted' END) END AS state,"
	" h.address, h.os, h.arch, h.hostname, h.key_type,"
	" h.key_fingerprint, h.clock_offset_ns, h.clock_error_ns,"
	" h.last_seen_at, h.added_at, h.added_by, h.removed_at,"
	" (SELECT count(*) FROM findings f WHERE f.host = h.id"
	" AND f.exclusion IS NULL AND f.quiet IS NULL) AS findings,"
	" " LABELS("tag") " AS tags, " LABELS("group") " AS \"groups\","
	" h.jump, h.escalate, h.mode FROM hosts h;"

	"CREATE VIEW process AS SELECT p.id, h.name AS host,"
	" r.uuid AS run_id, p.pid, p.ppid, p.uid, p.start_ns, p.exe,"
	" p.exe_deleted, p.cmdline, p.sha256, p.memfd, p.bytes_read,"
	" p.bytes_skipped, p.detail, " OF_PICTURE("p") " FROM processes p"
	" LEFT JOIN hosts h ON h.id = p.host"
	" LEFT JOIN runs r ON r.id = p.run;"

	"CREATE VIEW socket AS SELECT s.id, h.name AS host,"
	" r.uuid AS run_id, s.proto, s.local, s.remote, s.state, s.pid,"
	" s.uid, s.inode, s.detail, " OF_PICTURE("s") " FROM sockets s"
	" LEFT JOIN hosts h ON h.id = s.host"
	" LEFT JOIN runs r ON r.id = s.run;"

	"CREATE VIEW fact AS SELECT a.id, h.name AS host,"
	" r.uuid AS run_id, a.kind, a.name, a.detail, p.pid, f.path,"
	" v.uuid AS evidence_id, a.\"offset\", a.length,"
	" CAST(" IS_CURRENT " AS INTEGER) AS current"
	" FROM facts a LEFT JOIN hosts h ON h.id = a.host"
	" LEFT JOIN runs r ON r.id = a.run"
	" LEFT JOIN processes p ON p.id = a.process"
	" LEFT JOIN files f ON f.id = a.file"
	" LEFT JOIN evidence_items v ON v.id = a.evidence;"

	"CREATE VIEW fact_sum AS SELECT min(a.id) AS id, a.host, a.kind,"
	" count(*) AS facts FROM fact a WHERE a.current"
	" GROUP BY a.host, a.kind" SUM_OF("process", "processes")
	SUM_OF("socket", "sockets") ";"

	"CREATE VIEW event AS SELECT "
	EVENT_VIEW("1 + (SELECT count(*) FROM folds k"
		   " JOIN events y ON y.id = k.event WHERE k.first = e.id"
		   " AND " STANDS("y", "y.evidence") ") AS sources")
	" AND NOT EXISTS (" FOLDED_INTO ");"

	"CREATE VIEW event_source AS SELECT "
	EVENT_VIEW("coalesce((" FOLDED_INTO "), e.id) AS event_id") ";"

	/* From the event to its other sources: event_source is walked in the
	 * order of time. */
	"CREATE VIEW fold AS SELECT l.id, l.first AS event_id,"
	" l.event AS source_id, h.name AS host, e.time_ns, f.path,"
	" v.uuid AS evidence_id, e.\"offset\", e.length FROM folds l"
	" JOIN events e ON e.id = l.event JOIN events x ON x.id = l.first"
	" LEFT JOIN hosts h ON h.id = e.host"
	" LEFT JOIN files f ON f.id = e.file"
	" LEFT JOIN evidence_items v ON v.id = e.evidence"
	" WHERE " STANDS("e", "e.evidence") " AND " STANDS("x", "x.evidence")
	";"

	"CREATE VIEW account AS SELECT c.id, h.name AS host,"
	" r.uuid AS run_id, c.name, c.uid, c.gid, c.home, c.shell"
	" FROM accounts c JOIN facts a ON a.id = c.fact"
	" LEFT JOIN hosts h ON h.id = c.host"
	" LEFT JOIN runs r ON r.id = c.run"
	" LEFT JOIN files f ON f.id = a.file"
	" LEFT JOIN evidence_items v ON v.id = a.evidence"
	" WHERE " IS_CURRENT ";"

	"CREATE VIEW unit AS SELECT u.id, h.name AS host,"
	" r.uuid AS run_id, u.name, u.kind, u.state, u.path, u.command"
	" FROM units u JOIN facts a ON a.id = u.fact"
	" LEFT JOIN hosts h ON h.id = u.host"
	" LEFT JOIN runs r ON r.id = u.run"
	" LEFT JOIN files f ON f.id = a.file"
	" LEFT JOIN evidence_items v ON v.id = a.evidence"
	" WHERE " IS_CURRENT ";"

	"CREATE VIEW evidence AS SELECT v.uuid AS id, h.name AS host,"
	" r.uuid AS run_id, f.path, coalesce(v.size, (SELECT sum(p.size)"
	" FROM pieces p WHERE p.evidence = v.id), 0) AS size, v.sha256,"
	" v.sha256_source, f.size AS size_source, f.mode, f.uid, f.gid,"
	" f.mtime_ns, f.atime_ns, f.ctime_ns, f.btime_ns, v.acquired_at,"
	" v.acquired_by, v.method, v.complete, v.reason, f.member,"
	" (SELECT count(*) FROM events e WHERE e.evidence = v.id AND"
	" " STANDS("e", "v.id") ") AS events,"
	" (SELECT count(*) FROM facts a WHERE a.evidence = v.id AND"
	" " STANDS("a", "v.id") ") AS facts"
	" FROM evidence_items v LEFT JOIN hosts h ON h.id = v.host"
	" LEFT JOIN runs r ON r.id = v.run"
	" LEFT JOIN files f ON f.id = v.file;"

	"CREATE VIEW finding AS SELECT d.uuid AS id, h.name AS host, d.kind,"
	" CASE d.severity WHEN 4 THEN 'critical' WHEN 3 THEN 'high'"
	" WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'info' END"
	" AS severity, d.severity AS severity_rank, d.status, d.rule,"
	" d.namespace, d.tags, d.path, d.sha256, f.size, f.mtime_ns,"
	" d.\"offset\", d.technique, d.description, d.author, d.reference,"
	" d.found_at, d.last_seen_at, r.uuid AS run_id,"
	" v.uuid AS evidence_id, d.score, d.meta, d.rules_sha256, d.member,"
	" p.pid, p.start_ns AS process_start_ns, i.uuid AS indicator_id,"
	" x.uuid AS exclusion_id, d.object, d.quiet, d.fact AS fact_id,"
	" k.remote, coalesce(x.uuid, d.quiet) AS aside FROM findings d"
	" LEFT JOIN hosts h ON h.id = d.host"
	" LEFT JOIN runs r ON r.id = d.run"
	" LEFT JOIN files f ON f.id = d.file"
	" LEFT JOIN evidence_items v ON v.id = d.evidence"
	" LEFT JOIN processes p ON p.id = d.process"
	" LEFT JOIN sockets k ON k.id = d.socket"
	" LEFT JOIN indicators i ON i.id = d.indicator"
	" LEFT JOIN exclusions x ON x.id = d.exclusion;";
