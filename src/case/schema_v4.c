/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 4: events that evidence tells of: how well their time is known,
 * where it comes from, where they are said and which run read them; and how
 * many of them each item of evidence has. New
 * columns are nullable and last, which leaves the digests of older rows as
 * they are (audit.c). Never edited once released.
 */
#include "base/base.h"
#include "case/schema.h"

const char schema_tables_v4[] =
	/* time_source: "utc", "offset", "host zone", "assumed utc", "none",
	 * and ", year deduced" behind it */
	"ALTER TABLE events ADD COLUMN precision_ns INTEGER;"
	"ALTER TABLE events ADD COLUMN time_source TEXT;"
	"ALTER TABLE events ADD COLUMN length INTEGER;"
	"ALTER TABLE events ADD COLUMN run INTEGER REFERENCES runs (id);"

	"CREATE INDEX events_evidence ON events (evidence, run)"
	" WHERE evidence IS NOT NULL;"

	/* Evidence was read anew: what that run and those before it read in
	 * it is kept, and no part of the timeline any more. */
	"CREATE TABLE superseded (id INTEGER PRIMARY KEY,"
	" evidence INTEGER NOT NULL REFERENCES evidence_items (id),"
	" run INTEGER NOT NULL REFERENCES runs (id)) STRICT;"
	"CREATE INDEX superseded_of ON superseded (evidence, run);"

	"DROP VIEW event;"
	"DROP VIEW evidence;";

/* Seconds of a time, rounding down before 1970 too. */
#define FLOOR_S(ns)                                                            \
	"(" ns " - ((" ns " % 1000000000) + 1000000000) % 1000000000)"         \
	" / 1000000000"
#define MICRO(ns) "((" ns " % 1000000000) + 1000000000) % 1000000000 / 1000"

/* Whether an event e of the evidence that follows was not read anew. */
#define STANDS                                                                 \
	"NOT EXISTS (SELECT 1 FROM superseded s WHERE s.run >= e.run AND"      \
	" s.evidence = "

const char schema_views_v4[] =
	"CREATE VIEW event AS SELECT e.id, h.name AS host, e.time_ns,"
	" strftime('%Y-%m-%dT%H:%M:%S', " FLOOR_S("e.time_ns")
	", 'unixepoch') || printf('.%06d+00:00', " MICRO("e.time_ns")
	") AS datetime, e.timestamp_desc, e.kind, e.actor,"
	" coalesce(e.message, n.body) AS message, f.path,"
	" coalesce(v.uuid, (SELECT w.uuid FROM evidence_items w"
	" WHERE w.file = e.file ORDER BY w.id LIMIT 1)) AS evidence_id,"
	" e.\"offset\", d.uuid AS finding_id, n.uuid AS note_id,"
	" e.precision_ns, e.time_source, e.length, r.uuid AS run_id"
	" FROM events e LEFT JOIN hosts h ON h.id = e.host"
	" LEFT JOIN files f ON f.id = e.file"
	" LEFT JOIN evidence_items v ON v.id = e.evidence"
	" LEFT JOIN findings d ON d.id = e.finding"
	" LEFT JOIN notes n ON n.id = e.note"
	" LEFT JOIN runs r ON r.id = e.run WHERE " STANDS "e.evidence);"

	"CREATE VIEW evidence AS SELECT v.uuid AS id, h.name AS host,"
	" r.uuid AS run_id, f.path, coalesce(v.size, (SELECT sum(p.size)"
	" FROM pieces p WHERE p.evidence = v.id), 0) AS size, v.sha256,"
	" v.sha256_source, f.size AS size_source, f.mode, f.uid, f.gid,"
	" f.mtime_ns, f.atime_ns, f.ctime_ns, f.btime_ns, v.acquired_at,"
	" v.acquired_by, v.method, v.complete, v.reason, f.member,"
	" (SELECT count(*) FROM events e WHERE e.evidence = v.id AND"
	" " STANDS "v.id)) AS events"
	" FROM evidence_items v LEFT JOIN hosts h ON h.id = v.host"
	" LEFT JOIN runs r ON r.id = v.run"
	" LEFT JOIN files f ON f.id = v.file;";
