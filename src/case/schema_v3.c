/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 3: tags and groups of hosts, how each is reached, and the SSH
 * servers on the way there. New columns are nullable and last in their
 * tables, which leaves the digests of older rows as they are (audit.c).
 * Never edited once released.
 */
#include "base/base.h"
#include "case/schema.h"

const char schema_tables_v3[] =
	/* kind: 'tag' or 'group' */
	"CREATE TABLE labels (id INTEGER PRIMARY KEY,"
	" host INTEGER NOT NULL REFERENCES hosts (id), kind TEXT NOT NULL,"
	" name TEXT NOT NULL, added_at INTEGER NOT NULL,"
	" added_by TEXT NOT NULL, removed_at INTEGER) STRICT;"
	"CREATE UNIQUE INDEX labels_one ON labels (host, kind, name)"
	" WHERE removed_at IS NULL;"

	/* address: NULL when the server before connected to it */
	"CREATE TABLE hops (id INTEGER PRIMARY KEY,"
	" run INTEGER NOT NULL REFERENCES runs (id),"
	" host INTEGER NOT NULL REFERENCES hosts (id),"
	" position INTEGER NOT NULL, target TEXT NOT NULL, address TEXT,"
	" \"user\" TEXT, key_type TEXT, key_fingerprint TEXT NOT NULL,"
	" how TEXT, kex TEXT, host_key TEXT, cipher TEXT, mac TEXT,"
	" at_ns INTEGER NOT NULL) STRICT;"
	"CREATE INDEX hops_of ON hops (host, run);"

	/* name: [name]:port; key: RFC 4253 6.6 */
	"CREATE TABLE pins (id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE, key_type TEXT NOT NULL,"
	" key BLOB NOT NULL, key_fingerprint TEXT NOT NULL, how TEXT,"
	" at_ns INTEGER NOT NULL, \"by\" TEXT NOT NULL) STRICT;"

	"ALTER TABLE hosts ADD COLUMN jump TEXT;"
	"ALTER TABLE hosts ADD COLUMN escalate TEXT;"
	"ALTER TABLE hosts ADD COLUMN mode TEXT;"
	"ALTER TABLE run_hosts ADD COLUMN mode TEXT;"
	"ALTER TABLE run_hosts ADD COLUMN ran_as TEXT;"
	"ALTER TABLE run_hosts ADD COLUMN attempts INTEGER;"

	"DROP VIEW host;"
	"DROP VIEW run;"
	"DROP VIEW run_host;";

/* The labels of one kind that a host has, by commas. */
#define LABELS(kind)                                                           \
	"(SELECT group_concat(l.name, ',') FROM (SELECT name FROM labels"      \
	" WHERE host = h.id AND kind = '" kind "' AND removed_at IS NULL"      \
	" ORDER BY name) l)"

const char schema_views_v3[] =
	"CREATE VIEW host AS SELECT h.uuid AS id, h.name, h.target,"
	" h.identity, CASE WHEN h.removed_at IS NOT NULL THEN 'removed'"
	" ELSE coalesce((SELECT s.state FROM run_hosts s WHERE s.host = h.id"
	" ORDER BY s.run DESC LIMIT 1), CASE WHEN h.key IS NULL THEN 'new'"
	" ELSE 'trusted' END) END AS state,"
	" h.address, h.os, h.arch, h.hostname, h.key_type,"
	" h.key_fingerprint, h.clock_offset_ns, h.clock_error_ns,"
	" h.last_seen_at, h.added_at, h.added_by, h.removed_at,"
	" (SELECT count(*) FROM findings f WHERE f.host = h.id"
	" AND f.exclusion IS NULL) AS findings,"
	" " LABELS("tag") " AS tags, " LABELS("group") " AS \"groups\","
	" h.jump, h.escalate, h.mode FROM hosts h;"

	"CREATE VIEW run AS SELECT r.uuid AS id, r.op, r.command,"
	" r.started_at, r.started_by, r.ended_at, r.state, r.code,"
	" r.message, (SELECT count(*) FROM run_hosts s WHERE s.run = r.id)"
	" AS hosts, r.rules_sha256, coalesce(r.probe_sha256,"
	" (SELECT group_concat(DISTINCT s.probe_sha256) FROM run_hosts s"
	" WHERE s.run = r.id)) AS probe_sha256, u.name AS hunt,"
	" r.n_rules, r.rules_form, r.source, r.source_sha256, r.words,"
	" p.uuid AS resumes, (SELECT count(*) FROM run_hosts s"
	" WHERE s.run = r.id AND s.state IN ('done', 'partial')) AS n_done,"
	" (SELECT count(*) FROM run_hosts s WHERE s.run = r.id"
	" AND s.state = 'failed') AS n_failed"
	" FROM runs r LEFT JOIN hunts u ON u.id = r.hunt"
	" LEFT JOIN runs p ON p.id = r.resumes;"

	"CREATE VIEW run_host AS SELECT r.uuid AS run_id, h.name AS host,"
	" s.state, s.code, s.message, s.footprint, s.jail, s.files, s.bytes,"
	" s.matches, s.changed_at, s.engine, s.cpu_ns, s.rss_bytes,"
	" s.cursor_root, s.cursor, s.probe_sha256, s.mode, s.ran_as,"
	" s.attempts FROM run_hosts s"
	" LEFT JOIN runs r ON r.id = s.run"
	" LEFT JOIN hosts h ON h.id = s.host;"

	"CREATE VIEW hop AS SELECT p.id, r.uuid AS run_id, h.name AS host,"
	" p.position, p.target, p.address, p.\"user\", p.key_type,"
	" p.key_fingerprint, p.how, p.kex, p.host_key, p.cipher, p.mac,"
	" p.at_ns AS at FROM hops p LEFT JOIN runs r ON r.id = p.run"
	" LEFT JOIN hosts h ON h.id = p.host;"

	"CREATE VIEW pin AS SELECT p.id, p.name, p.key_type,"
	" p.key_fingerprint, p.how, p.at_ns AS at, p.\"by\" FROM pins p;";
