/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 6: which kinds of facts a triage told wholly, so that one that was
 * cut off, or a part of which failed, takes nothing of an earlier one away;
 * whose file a file is; the time zones of hosts, and what local times were read
 * without one; findings that the last run did not see any more; how much of an
 * item was overwritten as it is secret. New columns are nullable and last, which
 * leaves the digests of older rows as they are (audit.c).
 */
#include "base/base.h"
#include "case/schema.h"

const char schema_tables_v6[] =
	/* Whether packages of the host have a file of that path; NULL: nobody
	 * said. */
	"ALTER TABLE files ADD COLUMN packaged INTEGER;"
	/* Of /proc/PID/exe: whose program it is, and what that link said. */
	"ALTER TABLE files ADD COLUMN pid INTEGER;"
	"ALTER TABLE files ADD COLUMN process_start_ns INTEGER;"
	"ALTER TABLE files ADD COLUMN exe BLOB;"

	/* All of that kind, as model/fact.h has them, or "files": what files
	 * say, was told by the triage that began that picture. */
	"CREATE TABLE picture_kinds (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" kind TEXT NOT NULL) STRICT;"
	"CREATE INDEX picture_kinds_of ON picture_kinds (host, kind, run);"

	"DROP VIEW process;"
	"DROP VIEW socket;"
	"DROP VIEW fact;"
	"DROP VIEW fact_sum;"
	"DROP VIEW account;"
	"DROP VIEW unit;"

	/* zone: its rules, as /etc/localtime has them, or what --zone said;
	 * zone_name: "Europe/Berlin", where the host says that; zone_source:
	 * which of them tells, and the evidence that it is in */
	"ALTER TABLE hosts ADD COLUMN zone TEXT;"
	"ALTER TABLE hosts ADD COLUMN zone_name TEXT;"
	"ALTER TABLE hosts ADD COLUMN zone_source TEXT;"
	"ALTER TABLE hosts ADD COLUMN zone_evidence INTEGER"
	" REFERENCES evidence_items (id);"

	/* More about that row, for people: which rule took the time. */
	"ALTER TABLE coverage_rows ADD COLUMN detail TEXT;"

	/* Of the rule set of that run, a line each and one before them,
	 * "namespace:rule"; NULL: not known, or those of an earlier run with
	 * that set. */
	"ALTER TABLE runs ADD COLUMN rule_names TEXT;"

	/* In which zone the run read local times of that host. */
	"ALTER TABLE run_hosts ADD COLUMN zone TEXT;"
	"ALTER TABLE run_hosts ADD COLUMN zone_source TEXT;"
	"ALTER TABLE run_hosts ADD COLUMN zone_evidence INTEGER"
	" REFERENCES evidence_items (id);"

	/* That run read local times in it, and took them for UTC. */
	"CREATE TABLE assumptions (id INTEGER PRIMARY KEY,"
	" evidence INTEGER NOT NULL REFERENCES evidence_items (id),"
	" run INTEGER NOT NULL REFERENCES runs (id)) STRICT;"
	"CREATE INDEX assumptions_of ON assumptions (evidence, run);"

	/* redacted: bytes that were secret and were overwritten before they
	 * left the host; original_sha256: of the file as it is there */
	"ALTER TABLE evidence_items ADD COLUMN redacted INTEGER;"
	"ALTER TABLE evidence_items ADD COLUMN original_sha256 TEXT;"
	"CREATE INDEX evidence_host ON evidence_items (host);"

	"CREATE INDEX finding_runs_of ON finding_runs (finding, id);"

	"DROP VIEW run;"
	"DROP VIEW coverage;"
	"DROP VIEW coverage_sum;"
	"DROP VIEW host;"
	"DROP VIEW run_host;"
	"DROP VIEW evidence;"
	"DROP VIEW event;"
	"DROP VIEW event_source;"
	"DROP VIEW finding;";

/* Whether an event or a fact e of that evidence was not read anew. */
#define STANDS(e, evidence)                                                    \
	"NOT EXISTS (SELECT 1 FROM superseded s WHERE s.run >= " e ".run AND"  \
	" s.evidence = " evidence ")"

/* The last run whose events and facts of the evidence v do not stand. To
 * count those that do is to count behind it, which needs to look at none. */
#define READ_ANEW                                                              \
	"coalesce((SELECT max(s.run) FROM superseded s"                        \
	" WHERE s.evidence = v.id), 0)"

/* The last triage that told all of a kind; NULL: none did. */
#define WHOLE(row, kind)                                                       \
	"(SELECT max(k.run) FROM picture_kinds k WHERE k.host = " row ".host"  \
	" AND k.kind = " kind ")"
/* The one that is looked at: that, or else the last that began. */
#define PICTURE(row, kind)                                                     \
	"coalesce(" WHOLE(row, kind) ", (SELECT max(q.run) FROM pictures q"    \
	" WHERE q.host = " row ".host), 0)"

/* Whether a row that was told live is part of the picture: no triage that told
 * all of its kind began since, and its own is not one that told a part. */
#define IS_LIVE(row, kind)                                                     \
	row ".run >= " PICTURE(row, kind) " AND NOT EXISTS (SELECT 1"          \
	" FROM pictures z WHERE z.host = " row ".host AND z.run ="             \
	" coalesce((SELECT n.resumes FROM runs n WHERE n.id = " row ".run), "  \
	row ".run) AND z.run > " WHOLE(row, kind) ")"
#define LIVE(row, kind) "CAST(" IS_LIVE(row, kind) " AS INTEGER) AS current"

/*
 * The same of a fact a, of the item v or of none: what says it was not taken,
 * and read, again, and no triage that took all files began since.
 */
#define IS_CURRENT                                                             \
	STANDS("a", "a.evidence")                                              \
	" AND CASE WHEN v.id IS NULL THEN " IS_LIVE("a", "a.kind")             \
	" ELSE v.run >= " PICTURE("a", "'files'") " AND NOT EXISTS (SELECT 1"  \
	" FROM files g JOIN evidence_items w ON w.file = g.id"                 \
	" WHERE g.host = a.host AND g.path = f.path AND g.member IS f.member"  \
	" AND w.id > v.id AND EXISTS (SELECT 1 FROM facts y"                   \
	" WHERE y.evidence = w.id)) END"

/* How many of them a host has now, of what is no fact. */
#define SUM_OF(kind, table)                                                    \
	" UNION ALL SELECT min(x.id), h.name, '" kind "', count(*)"            \
	" FROM " table " x JOIN hosts h ON h.id = x.host"                      \
	" WHERE " IS_LIVE("x", "'" kind "'") " GROUP BY x.host"

/* Seconds of a time, rounding down before 1970 too. */
#define FLOOR_S(ns)                                                            \
	"(" ns " - ((" ns " % 1000000000) + 1000000000) % 1000000000)"         \
	" / 1000000000"
#define MICRO(ns) "((" ns " % 1000000000) + 1000000000) % 1000000000 / 1000"

/* Of the zone k that its run read local times in; NULL of other times. */
#define ZONE_OF(what)                                                          \
	"(SELECT " what " FROM run_hosts k LEFT JOIN evidence_items w"         \
	" ON w.id = k.zone_evidence WHERE e.time_source >= 'host zone'"        \
	" AND e.time_source < 'host zonf' AND k.run = e.run"                   \
	" AND k.host = e.host)"

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
	" e.precision_ns, e.time_source, e.length, r.uuid AS run_id, "         \
	ZONE_OF("k.zone") " AS zone, "                                         \
	ZONE_OF("coalesce(w.uuid, k.zone_source)") " AS zone_from"             \
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

/* The labels of one kind that a host has, by commas. */
#define LABELS(kind)                                                           \
	"(SELECT group_concat(l.name, ',') FROM (SELECT name FROM labels"      \
	" WHERE host = h.id AND kind = '" kind "' AND removed_at IS NULL"      \
	" ORDER BY name) l)"

/*
 * The last run that looked again where the finding d was, and did not see it;
 * NULL: none did. A check looks at all that is known of a host, a hunt where
 * it is told to: it has to be the same one, and to have come there.
 */
#define CAME_THERE                                                             \
	"NOT EXISTS (SELECT 1 FROM coverage_rows c WHERE c.run = s.run"        \
	" AND c.host = d.host AND (c.reason = 'stopped'"                       \
	" OR (c.outcome IN ('skipped', 'failed') AND c.path = d.path)"         \
	" OR (c.outcome = 'failed' AND c.files = 1 AND"                        \
	" substr(d.path, 1, length(c.path) + 1) ="                             \
	" CAST(c.path || '/' AS BLOB))))"
/* Whether the run n had the rule of the finding d, that the run r saw, as far as
 * is known: in case/diff.c, too. */
#define HAS_RULE(n)                                                            \
	"(d.kind NOT IN ('yara', 'memory')"                                    \
	" OR " n ".rules_sha256 IS r.rules_sha256 OR coalesce((SELECT instr("  \
	"x.rule_names, char(10) || d.namespace || ':' || d.rule || char(10))"  \
	" FROM runs x WHERE x.rules_sha256 = " n ".rules_sha256"               \
	" AND x.rule_names IS NOT NULL LIMIT 1), 1) <> 0)"
#define NOT_SEEN_BY                                                            \
	"SELECT n.uuid FROM run_hosts s JOIN runs n ON n.id = s.run"           \
	" WHERE s.host = d.host AND s.run > d.run AND n.op = r.op"             \
	" AND n.resumes IS NULL AND n.ended_at IS NOT NULL AND CASE"           \
	" WHEN d.kind = 'check' THEN s.state = 'done' AND"                     \
	" (n.words = r.words OR n.rules_sha256 = r.rules_sha256)"              \
	" ELSE s.state IN ('done', 'partial') AND (n.hunt = r.hunt"            \
	" OR n.words = r.words) AND " CAME_THERE " AND " HAS_RULE("n") " END"  \
	" ORDER BY s.run DESC LIMIT 1"

/* How many hosts of the run r ended so. */
#define FARED(states)                                                          \
	"(SELECT count(*) FROM run_hosts s WHERE s.run = r.id"                 \
	" AND s.state IN (" states "))"

const char schema_views_v6[] =
	"CREATE VIEW process AS SELECT p.id, h.name AS host,"
	" r.uuid AS run_id, p.pid, p.ppid, p.uid, p.start_ns, p.exe,"
	" p.exe_deleted, p.cmdline, p.sha256, p.memfd, p.bytes_read,"
	" p.bytes_skipped, p.detail, " LIVE("p", "'process'") " FROM processes p"
	" LEFT JOIN hosts h ON h.id = p.host"
	" LEFT JOIN runs r ON r.id = p.run;"

	"CREATE VIEW socket AS SELECT s.id, h.name AS host,"
	" r.uuid AS run_id, s.proto, s.local, s.remote, s.state, s.pid,"
	" s.uid, s.inode, s.detail, " LIVE("s", "'socket'") " FROM sockets s"
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

	/* A host of a run that is over is in one of the four counts. */
	"CREATE VIEW run AS SELECT r.uuid AS id, r.op, r.command,"
	" r.started_at, r.started_by, r.ended_at, r.state, r.code,"
	" r.message, (SELECT count(*) FROM run_hosts s WHERE s.run = r.id)"
	" AS hosts, r.rules_sha256, coalesce(r.probe_sha256,"
	" (SELECT group_concat(DISTINCT s.probe_sha256) FROM run_hosts s"
	" WHERE s.run = r.id)) AS probe_sha256, u.name AS hunt,"
	" r.n_rules, r.rules_form, r.source, r.source_sha256, r.words,"
	" p.uuid AS resumes, " FARED("'done'") " AS n_done, "
	FARED("'failed'") " AS n_failed, " FARED("'partial'") " AS n_partial, "
	FARED("'cancelled', 'interrupted'") " AS n_cancelled"
	" FROM runs r LEFT JOIN hunts u ON u.id = r.hunt"
	" LEFT JOIN runs p ON p.id = r.resumes;"

	"CREATE VIEW coverage AS SELECT c.id, r.uuid AS run_id,"
	" h.name AS host, c.what, c.outcome, c.reason, c.path, c.files,"
	" c.bytes, c.at_ns AS at, c.detail FROM coverage_rows c"
	" LEFT JOIN runs r ON r.id = c.run"
	" LEFT JOIN hosts h ON h.id = c.host;"

	/* Percentages round down: 100 is all of it; of what was not looked at
	 * to its end none is known. The groups are those of the windows, or
	 * SQLite would read all runs to show one. */
	"CREATE VIEW coverage_sum AS SELECT min(c.id) AS id,"
	" r.uuid AS run_id, h.name AS host, c.what, c.outcome, c.reason,"
	" sum(c.files) AS files, sum(c.bytes) AS bytes,"
	" CASE c.outcome WHEN 'failed' THEN 2 WHEN 'skipped' THEN 1 ELSE 0"
	" END AS rank, CASE WHEN max(max(c.reason IN ('stopped',"
	" 'memory-pressure'))) OVER (PARTITION BY r.uuid, h.name) THEN NULL"
	" ELSE sum(c.files) * 10000 / max(sum(sum(c.files))"
	" OVER (PARTITION BY r.uuid, h.name, c.what), 1) / 100.0 END"
	" AS percent FROM coverage_rows c JOIN runs r ON r.id = c.run"
	" JOIN hosts h ON h.id = c.host"
	" GROUP BY r.uuid, h.name, c.what, c.outcome, c.reason;"

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
	" h.jump, h.escalate, h.mode, coalesce(h.zone_name, h.zone) AS zone,"
	" h.zone AS zone_rules, h.zone_source, z.uuid AS zone_evidence_id"
	" FROM hosts h LEFT JOIN evidence_items z ON z.id = h.zone_evidence;"

	"CREATE VIEW run_host AS SELECT r.uuid AS run_id, h.name AS host,"
	" s.state, s.code, s.message, s.footprint, s.jail, s.files, s.bytes,"
	" s.matches, s.changed_at, s.engine, s.cpu_ns, s.rss_bytes,"
	" s.cursor_root, s.cursor, s.probe_sha256, s.mode, s.ran_as,"
	" s.attempts, s.zone, s.zone_source, z.uuid AS zone_evidence_id"
	" FROM run_hosts s LEFT JOIN runs r ON r.id = s.run"
	" LEFT JOIN hosts h ON h.id = s.host"
	" LEFT JOIN evidence_items z ON z.id = s.zone_evidence;"

	"CREATE VIEW event AS SELECT "
	EVENT_VIEW("1 + (SELECT count(*) FROM folds k"
		   " JOIN events y ON y.id = k.event WHERE k.first = e.id"
		   " AND " STANDS("y", "y.evidence") ") AS sources")
	" AND NOT EXISTS (" FOLDED_INTO ");"

	"CREATE VIEW event_source AS SELECT "
	EVENT_VIEW("coalesce((" FOLDED_INTO "), e.id) AS event_id") ";"

	"CREATE VIEW evidence AS SELECT v.uuid AS id, h.name AS host,"
	" r.uuid AS run_id, f.path, coalesce(v.size, (SELECT sum(p.size)"
	" FROM pieces p WHERE p.evidence = v.id), 0) AS size, v.sha256,"
	" v.sha256_source, f.size AS size_source, f.mode, f.uid, f.gid,"
	" f.mtime_ns, f.atime_ns, f.ctime_ns, f.btime_ns, v.acquired_at,"
	" v.acquired_by, v.method, v.complete, v.reason, f.member,"
	" (SELECT count(*) FROM events e WHERE e.evidence = v.id"
	" AND e.run > " READ_ANEW ") + (SELECT count(*) FROM events e"
	" WHERE e.evidence = v.id AND e.run IS NULL) AS events,"
	" (SELECT count(*) FROM facts a WHERE a.evidence = v.id"
	" AND a.run > " READ_ANEW ") AS facts,"
	" EXISTS (SELECT 1 FROM assumptions a WHERE a.evidence = v.id AND"
	" " STANDS("a", "v.id") ") AS assumed_utc, v.redacted, v.original_sha256"
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
	" coalesce(p.pid, f.pid) AS pid, coalesce(p.start_ns,"
	" f.process_start_ns) AS process_start_ns, i.uuid AS indicator_id,"
	" x.uuid AS exclusion_id, d.object, d.quiet, d.fact AS fact_id,"
	" k.remote, coalesce(x.uuid, d.quiet) AS aside, (" NOT_SEEN_BY ")"
	" AS gone_run_id, coalesce(f.exe, CASE WHEN p.exe_deleted THEN"
	" CAST(CAST(p.exe AS TEXT) || ' (deleted)' AS BLOB) ELSE p.exe END)"
	" AS exe, f.ctime_ns, f.atime_ns, f.btime_ns, f.mode, f.uid, f.gid,"
	" f.owner, f.packaged FROM findings d"
	" LEFT JOIN hosts h ON h.id = d.host"
	" LEFT JOIN runs r ON r.id = d.run"
	" LEFT JOIN files f ON f.id = d.file"
	" LEFT JOIN evidence_items v ON v.id = d.evidence"
	" LEFT JOIN processes p ON p.id = d.process"
	" LEFT JOIN sockets k ON k.id = d.socket"
	" LEFT JOIN indicators i ON i.id = d.indicator"
	" LEFT JOIN exclusions x ON x.id = d.exclusion;";
