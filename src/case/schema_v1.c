/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 1 of the schema. Never edited once released: a change is the next
 * migration. Rows refer to each other by number (id); uuid is what the
 * outside knows. Bytes from hosts are BLOB; times are nanoseconds UTC, NULL
 * when unknown. A column added later is nullable and last in its table, which
 * leaves the digests of older rows as they are (audit.c).
 */
#include "base/base.h"
#include "case/schema.h"

const char schema_tables_v1[] =
	"CREATE TABLE meta (id INTEGER PRIMARY KEY,"
	" key TEXT NOT NULL UNIQUE, value TEXT NOT NULL) STRICT;"

	"CREATE TABLE hosts (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,"
	" target TEXT NOT NULL, identity TEXT,"
	" added_at INTEGER NOT NULL, added_by TEXT NOT NULL,"
	" removed_at INTEGER,"
	" key_type TEXT, key BLOB, key_fingerprint TEXT, key_how TEXT,"
	" key_at INTEGER,"
	" address TEXT, os TEXT, arch TEXT, hostname BLOB,"
	" clock_offset_ns INTEGER, clock_error_ns INTEGER,"
	" last_seen_at INTEGER) STRICT;"

	/* owner: the process that runs it (owner.c) */
	"CREATE TABLE runs (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE, op TEXT NOT NULL, command TEXT,"
	" rules_sha256 TEXT, probe_sha256 TEXT,"
	" started_at INTEGER NOT NULL, started_by TEXT NOT NULL,"
	" owner TEXT NOT NULL, ended_at INTEGER, state TEXT NOT NULL,"
	" code TEXT NOT NULL, message TEXT) STRICT;"

	"CREATE TABLE run_hosts (id INTEGER PRIMARY KEY,"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" state TEXT NOT NULL, code TEXT NOT NULL, message TEXT,"
	" footprint TEXT, jail TEXT, files INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL, matches INTEGER NOT NULL,"
	" changed_at INTEGER NOT NULL, UNIQUE (run, host)) STRICT;"
	"CREATE INDEX run_hosts_host ON run_hosts (host, run);"

	/* A file as it was at one moment; changed since: another row. */
	"CREATE TABLE files (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" path BLOB NOT NULL, mode INTEGER NOT NULL, uid INTEGER NOT NULL,"
	" gid INTEGER NOT NULL, nlink INTEGER NOT NULL,"
	" ino INTEGER NOT NULL, dev INTEGER NOT NULL,"
	" size INTEGER NOT NULL, mtime_ns INTEGER, atime_ns INTEGER,"
	" ctime_ns INTEGER, btime_ns INTEGER, sha256 TEXT,"
	" changed INTEGER NOT NULL, seen_at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX files_path ON files (host, path);"
	"CREATE INDEX files_sha256 ON files (sha256);"

	/* severity: 4 critical .. 0 info */
	"CREATE TABLE findings (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" file INTEGER REFERENCES files (id),"
	" kind TEXT NOT NULL, rule TEXT NOT NULL, namespace TEXT NOT NULL,"
	" path BLOB NOT NULL, sha256 TEXT,"
	" severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 4),"
	" status TEXT NOT NULL, tags TEXT, technique TEXT,"
	" description TEXT, author TEXT, reference TEXT, \"offset\" INTEGER,"
	" found_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,"
	" evidence INTEGER REFERENCES evidence_items (id)) STRICT;"
	"CREATE INDEX findings_same ON findings (host, path, rule);"
	"CREATE INDEX findings_order ON findings (severity, uuid);"

	"CREATE TABLE hits (id INTEGER PRIMARY KEY,"
	" finding INTEGER NOT NULL REFERENCES findings (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" identifier TEXT NOT NULL, \"offset\" INTEGER NOT NULL,"
	" length INTEGER NOT NULL, context BLOB NOT NULL,"
	" context_offset INTEGER NOT NULL) STRICT;"
	"CREATE INDEX hits_finding ON hits (finding, \"offset\");"

	"CREATE TABLE coverage_rows (id INTEGER PRIMARY KEY,"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" what TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,"
	" path BLOB NOT NULL, files INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL, at_ns INTEGER NOT NULL) STRICT;"
	"CREATE INDEX coverage_run ON coverage_rows (run, host);"

	/* size and sha256 are NULL until the item is over. */
	"CREATE TABLE evidence_items (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" file INTEGER NOT NULL REFERENCES files (id),"
	" size INTEGER, sha256 TEXT, sha256_source TEXT,"
	" acquired_at INTEGER NOT NULL, acquired_by TEXT NOT NULL,"
	" method TEXT NOT NULL, complete INTEGER NOT NULL,"
	" reason TEXT) STRICT;"
	"CREATE INDEX evidence_file ON evidence_items (file);"
	"CREATE INDEX evidence_sha256 ON evidence_items (sha256);"

	/* codec: 0 as it is, 1 zstd. data_sha256 is of data as stored, so
	 * that the row's digest need not read it. */
	"CREATE TABLE chunks (id INTEGER PRIMARY KEY,"
	" sha256 BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"
	" codec INTEGER NOT NULL, data_sha256 BLOB NOT NULL,"
	" data BLOB NOT NULL) STRICT;"

	"CREATE TABLE pieces (id INTEGER PRIMARY KEY,"
	" evidence INTEGER NOT NULL REFERENCES evidence_items (id),"
	" \"offset\" INTEGER NOT NULL, size INTEGER NOT NULL,"
	" chunk INTEGER NOT NULL REFERENCES chunks (id)) STRICT;"
	"CREATE INDEX pieces_at ON pieces (evidence, \"offset\");"

	"CREATE TABLE notes (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE, host INTEGER REFERENCES hosts (id),"
	" created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,"
	" author TEXT NOT NULL, body TEXT NOT NULL) STRICT;"

	"CREATE TABLE events (id INTEGER PRIMARY KEY,"
	" host INTEGER REFERENCES hosts (id), time_ns INTEGER NOT NULL,"
	" timestamp_desc TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT,"
	" message TEXT, file INTEGER REFERENCES files (id),"
	" evidence INTEGER REFERENCES evidence_items (id),"
	" \"offset\" INTEGER, finding INTEGER REFERENCES findings (id),"
	" note INTEGER REFERENCES notes (id)) STRICT;"
	"CREATE INDEX events_time ON events (time_ns);"
	"CREATE INDEX events_host ON events (host, time_ns);"

	"CREATE TABLE processes (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" pid INTEGER NOT NULL, ppid INTEGER, uid INTEGER, start_ns INTEGER,"
	" exe BLOB, exe_deleted INTEGER, cmdline BLOB, sha256 TEXT) STRICT;"

	"CREATE TABLE sockets (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" proto TEXT NOT NULL, local BLOB, remote BLOB, state TEXT,"
	" pid INTEGER) STRICT;"

	"CREATE TABLE accounts (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" name BLOB NOT NULL, uid INTEGER, gid INTEGER, home BLOB,"
	" shell BLOB) STRICT;"

	"CREATE TABLE units (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" name BLOB NOT NULL, kind TEXT NOT NULL, state TEXT, path BLOB,"
	" command BLOB) STRICT;"

	"CREATE TABLE indicators (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
	" value TEXT NOT NULL, severity TEXT NOT NULL, technique TEXT,"
	" description TEXT, source TEXT, valid_from INTEGER,"
	" valid_until INTEGER, added_at INTEGER NOT NULL,"
	" added_by TEXT NOT NULL) STRICT;"

	"CREATE TABLE sightings (id INTEGER PRIMARY KEY,"
	" uuid TEXT NOT NULL UNIQUE,"
	" indicator INTEGER NOT NULL REFERENCES indicators (id),"
	" host INTEGER REFERENCES hosts (id),"
	" run INTEGER REFERENCES runs (id),"
	" finding INTEGER REFERENCES findings (id), context BLOB,"
	" seen_at INTEGER NOT NULL) STRICT;"

	/* digest: SHA-256 of each row from row_first to row_last, one after
	 * the other, as they were left by what this row records. */
	"CREATE TABLE audit_log (seq INTEGER PRIMARY KEY,"
	" at_ns INTEGER NOT NULL, actor TEXT NOT NULL,"
	" action TEXT NOT NULL, host INTEGER REFERENCES hosts (id),"
	" object TEXT, object_id TEXT, row_first INTEGER, row_last INTEGER,"
	" detail TEXT, digest BLOB, prev BLOB NOT NULL,"
	" hash BLOB NOT NULL) STRICT;"
	"CREATE INDEX audit_rows ON audit_log (object, row_first, seq);";

/* Seconds of a time, rounding down before 1970 too. */
#define FLOOR_S(ns) \
	"(" ns " - ((" ns " % 1000000000) + 1000000000) % 1000000000)" \
	" / 1000000000"
#define MICRO(ns) "((" ns " % 1000000000) + 1000000000) % 1000000000 / 1000"

const char schema_views_v1[] =
	"CREATE VIEW host AS SELECT h.uuid AS id, h.name, h.target,"
	" h.identity, CASE WHEN h.removed_at IS NOT NULL THEN 'removed'"
	" ELSE coalesce((SELECT s.state FROM run_hosts s WHERE s.host = h.id"
	" ORDER BY s.run DESC LIMIT 1), CASE WHEN h.key IS NULL THEN 'new'"
	" ELSE 'trusted' END) END AS state,"
	" h.address, h.os, h.arch, h.hostname, h.key_type,"
	" h.key_fingerprint, h.clock_offset_ns, h.clock_error_ns,"
	" h.last_seen_at, h.added_at, h.added_by, h.removed_at,"
	" (SELECT count(*) FROM findings f WHERE f.host = h.id) AS findings"
	" FROM hosts h;"

	"CREATE VIEW run AS SELECT r.uuid AS id, r.op, r.command,"
	" r.started_at, r.started_by, r.ended_at, r.state, r.code,"
	" r.message, (SELECT count(*) FROM run_hosts s WHERE s.run = r.id)"
	" AS hosts, r.rules_sha256, r.probe_sha256 FROM runs r;"

	"CREATE VIEW run_host AS SELECT r.uuid AS run_id, h.name AS host,"
	" s.state, s.code, s.message, s.footprint, s.jail, s.files, s.bytes,"
	" s.matches, s.changed_at FROM run_hosts s"
	" LEFT JOIN runs r ON r.id = s.run"
	" LEFT JOIN hosts h ON h.id = s.host;"

	"CREATE VIEW coverage AS SELECT c.id, r.uuid AS run_id,"
	" h.name AS host, c.what, c.outcome, c.reason, c.path, c.files,"
	" c.bytes, c.at_ns AS at FROM coverage_rows c"
	" LEFT JOIN runs r ON r.id = c.run"
	" LEFT JOIN hosts h ON h.id = c.host;"

	"CREATE VIEW evidence AS SELECT v.uuid AS id, h.name AS host,"
	" r.uuid AS run_id, f.path, coalesce(v.size, (SELECT sum(p.size)"
	" FROM pieces p WHERE p.evidence = v.id), 0) AS size, v.sha256,"
	" v.sha256_source, f.size AS size_source, f.mode, f.uid, f.gid,"
	" f.mtime_ns, f.atime_ns, f.ctime_ns, f.btime_ns, v.acquired_at,"
	" v.acquired_by, v.method, v.complete, v.reason"
	" FROM evidence_items v LEFT JOIN hosts h ON h.id = v.host"
	" LEFT JOIN runs r ON r.id = v.run"
	" LEFT JOIN files f ON f.id = v.file;"

	"CREATE VIEW file AS SELECT f.id, h.name AS host, r.uuid AS run_id,"
	" f.path, f.size, f.mode, f.uid, f.gid, f.nlink, f.ino, f.dev,"
	" f.mtime_ns, f.atime_ns, f.ctime_ns, f.btime_ns, f.sha256,"
	" f.changed, f.seen_at FROM files f"
	" LEFT JOIN hosts h ON h.id = f.host"
	" LEFT JOIN runs r ON r.id = f.run;"

	"CREATE VIEW process AS SELECT p.id, h.name AS host,"
	" r.uuid AS run_id, p.pid, p.ppid, p.uid, p.start_ns, p.exe,"
	" p.exe_deleted, p.cmdline, p.sha256 FROM processes p"
	" LEFT JOIN hosts h ON h.id = p.host"
	" LEFT JOIN runs r ON r.id = p.run;"

	"CREATE VIEW socket AS SELECT s.id, h.name AS host,"
	" r.uuid AS run_id, s.proto, s.local, s.remote, s.state, s.pid"
	" FROM sockets s LEFT JOIN hosts h ON h.id = s.host"
	" LEFT JOIN runs r ON r.id = s.run;"

	"CREATE VIEW account AS SELECT a.id, h.name AS host,"
	" r.uuid AS run_id, a.name, a.uid, a.gid, a.home, a.shell"
	" FROM accounts a LEFT JOIN hosts h ON h.id = a.host"
	" LEFT JOIN runs r ON r.id = a.run;"

	"CREATE VIEW unit AS SELECT u.id, h.name AS host,"
	" r.uuid AS run_id, u.name, u.kind, u.state, u.path, u.command"
	" FROM units u LEFT JOIN hosts h ON h.id = u.host"
	" LEFT JOIN runs r ON r.id = u.run;"

	"CREATE VIEW event AS SELECT e.id, h.name AS host, e.time_ns,"
	" strftime('%Y-%m-%dT%H:%M:%S', " FLOOR_S("e.time_ns")
	", 'unixepoch') || printf('.%06d+00:00', " MICRO("e.time_ns")
	") AS datetime, e.timestamp_desc, e.kind, e.actor,"
	" coalesce(e.message, n.body) AS message, f.path,"
	" coalesce(v.uuid, (SELECT w.uuid FROM evidence_items w"
	" WHERE w.file = e.file ORDER BY w.id LIMIT 1)) AS evidence_id,"
	" e.\"offset\", d.uuid AS finding_id, n.uuid AS note_id"
	" FROM events e LEFT JOIN hosts h ON h.id = e.host"
	" LEFT JOIN files f ON f.id = e.file"
	" LEFT JOIN evidence_items v ON v.id = e.evidence"
	" LEFT JOIN findings d ON d.id = e.finding"
	" LEFT JOIN notes n ON n.id = e.note;"

	"CREATE VIEW finding AS SELECT d.uuid AS id, h.name AS host, d.kind,"
	" CASE d.severity WHEN 4 THEN 'critical' WHEN 3 THEN 'high'"
	" WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'info' END"
	" AS severity, d.severity AS severity_rank, d.status, d.rule,"
	" d.namespace, d.tags, d.path, d.sha256, f.size, f.mtime_ns,"
	" d.\"offset\", d.technique, d.description, d.author, d.reference,"
	" d.found_at, d.last_seen_at, r.uuid AS run_id,"
	" v.uuid AS evidence_id FROM findings d"
	" LEFT JOIN hosts h ON h.id = d.host"
	" LEFT JOIN runs r ON r.id = d.run"
	" LEFT JOIN files f ON f.id = d.file"
	" LEFT JOIN evidence_items v ON v.id = d.evidence;"

	"CREATE VIEW hit AS SELECT t.id, d.uuid AS finding_id,"
	" h.name AS host, t.identifier, t.\"offset\", t.length, t.context,"
	" t.context_offset FROM hits t"
	" LEFT JOIN findings d ON d.id = t.finding"
	" LEFT JOIN hosts h ON h.id = d.host;"

	"CREATE VIEW indicator AS SELECT i.uuid AS id, i.kind, i.value,"
	" i.severity, i.technique, i.description, i.source, i.valid_from,"
	" i.valid_until, i.added_at, i.added_by FROM indicators i;"

	"CREATE VIEW sighting AS SELECT s.uuid AS id,"
	" i.uuid AS indicator_id, h.name AS host, r.uuid AS run_id,"
	" d.uuid AS finding_id, s.context, s.seen_at FROM sightings s"
	" LEFT JOIN indicators i ON i.id = s.indicator"
	" LEFT JOIN hosts h ON h.id = s.host"
	" LEFT JOIN runs r ON r.id = s.run"
	" LEFT JOIN findings d ON d.id = s.finding;"

	"CREATE VIEW note AS SELECT n.uuid AS id, h.name AS host,"
	" n.created_at, n.changed_at, n.author, n.body FROM notes n"
	" LEFT JOIN hosts h ON h.id = n.host;"

	"CREATE VIEW audit AS SELECT a.seq, a.at_ns AS at, a.actor,"
	" a.action, h.name AS host, a.object, a.object_id, a.detail,"
	" lower(hex(a.hash)) AS hash, lower(hex(a.prev)) AS prev"
	" FROM audit_log a LEFT JOIN hosts h ON h.id = a.host;";
