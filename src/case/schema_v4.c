/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 4: events that evidence tells of: how well their time is known,
 * where it comes from, where they are said and which run read them. New
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

	"DROP VIEW event;";

/* Seconds of a time, rounding down before 1970 too. */
#define FLOOR_S(ns)                                                            \
	"(" ns " - ((" ns " % 1000000000) + 1000000000) % 1000000000)"         \
	" / 1000000000"
#define MICRO(ns) "((" ns " % 1000000000) + 1000000000) % 1000000000 / 1000"

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
	" LEFT JOIN runs r ON r.id = e.run;";
